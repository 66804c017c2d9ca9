"""The words of the REML–ML widget: its messages, its question, and the sentence that says a state.

``reml_ml_maths.js`` builds the same sentence in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_, _
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.reml_ml import RemlMl

__all__ = ["MESSAGES", "ask", "sentence"]

MESSAGES = {
    "state": N_("{J} groups of {n}, p = {p}: the true τ² is {tau2}, with τ = {tau} and σ = {sigma}."),
    "average": N_(
        "Over {sets} data sets REML's τ̂² is {reml_mean} on average and ML's {ml_mean}; over all that could be drawn, "
        "{reml_exact} and {ml_exact}."
    ),
    "zeros": N_(
        "τ̂ is 0 in {reml_zero} % of them by REML and in {ml_zero} % by ML; exactly, {reml_never} % and {ml_never} %."
    ),
    "here": N_(
        "The data set below has τ̂ = {reml} by REML, 95 % profile interval {reml_low} to {reml_high}, "
        "and {ml} by ML, {ml_low} to {ml_high}."
    ),
    "boundary": N_("REML's curve rises from τ = 0 on: a boundary fit."),
    "trap_1": N_("With the predictor x, REML's criterion changes by {reml_change} and ML's deviance by {ml_change}."),
    "trap_10": N_(
        "With x multiplied by 10 nothing is different but its unit, yet REML's criterion changes by {reml_change} "
        "where it was {reml_before}; ML's deviance changes by {ml_change} as before."
    ),
    "closed": N_("The picture opens when you have committed to an answer."),
    "preset": N_("Data"),
    "dial_J": N_("J, the number of groups"),
    "dial_n": N_("n, rows per group"),
    "dial_p": N_("p, the number of fixed effects (with the intercept)"),
    "dial_tau": N_("True τ"),
    "group": N_("Group"),
    "group_mean": N_("Mean of {group}"),
    "reset": N_("Reset"),
    "redraw": N_("New draw"),
    "seed": N_("seed {seed}"),
    "trap": N_("×10 the predictor"),
    "untrap": N_("Undo the ×10"),
    "reml": N_("REML"),
    "ml": N_("ML"),
    "histogram": N_("τ̂² of {sets} data sets: REML upwards, ML downwards"),
    "axis": N_("τ̂² (the last bar holds all beyond)"),
    "zero": N_("{method}: 0 in {share} %"),
    "truth": N_("true τ²"),
    "curves": N_("Deviance above its lowest point, for the data set below"),
    "means": N_("Group means: drag one, or use the slider"),
    "key_reml": N_("── REML"),
    "key_ml": N_("╌╌ ML"),
    "key_mean": N_("▲ mean of τ̂², or lowest point"),
    "key_cut": N_("┄ 3.84 above it: the bars are 95 % intervals"),
    "column_mean": N_("mean τ̂²"),
    "column_bias": N_("bias"),
    "column_zero": N_("τ̂ = 0"),
    "row_sets": N_("{method}, {sets} sets"),
    "row_exact": N_("{method}, exactly"),
    "column_without": N_("without x"),
    "column_with": N_("with x"),
    "column_ten": N_("with 10·x"),
    "column_change": N_("change"),
    "row_reml": N_("REML criterion"),
    "row_ml": N_("ML deviance"),
    "numbers": N_("The formulas with their numbers"),
    "formulas": "τ̂_ML^2 = { S / J − MSW | n } = { {S} / {J} − {msw} | {n} } = {ml_raw} {ml_cut}\n"
    "τ̂_REML^2 = { S / ( J − p ) − MSW | n }\n= { {S} / {free} − {msw} | {n} } = {reml_raw} {reml_cut}\n"
    "P ( τ̂_REML = 0 ) = P ( F ≤ { σ^2 | σ^2 + n · τ^2 } ) = {reml_never} %",
}  # fmt: skip


def ask(w: RemlMl) -> dict[str, Any]:
    """Return the question: whose estimates have a mean near the truth?"""
    truth, found = w.tau**2, {name: w.exact(name).mean for name in ("REML", "ML")}
    near = [name for name in found if abs(found[name] - truth) <= 0.05 * truth]
    values = {
        "J": w.J, "n": w.n, "p": w.p, "tau2": fixed(truth, w.digits[1]), "reml": fixed(found["REML"], w.digits[1]),
        "ml": fixed(found["ML"], w.digits[1]), "share": fixed(1 - w.p / w.J, 2),
    }  # fmt: skip
    text = _(
        "500 data sets are drawn, each with {J} groups of {n} rows, p = {p} and the true τ² = {tau2}. From each, τ² is estimated "
        "by REML and by ML. Whose 500 estimates have a mean within 5 % of the truth?",
        **values,
    )
    because = _(
        "ML divides the sum of squares between groups by J where REML divides by J − p: it keeps the share 1 − p/J = {share} of it. "
        "Both then cut at 0, which lifts the mean. Over all data sets REML's mean is {reml}, ML's {ml}.",
        **values,
    )
    options = [_("A: REML's only"), _("B: ML's only"), _("C: both"), _("D: neither")]
    answer = {("REML",): 0, ("ML",): 1, ("REML", "ML"): 2, (): 3}[tuple(near)]
    return {"text": text, "options": options, "answer": answer, "because": because}


def sentence(w: RemlMl) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    drawn, size, square = w.draws, *w.digits
    trap = w.trap
    keys = ["state", "average", "zeros", "here"]
    keys += ["boundary"] if w.reml.tau == 0 else []
    keys += [f"trap_{w.times}"] if trap else []
    values: dict[str, Any] = {
        "J": w.J, "n": w.n, "p": w.p, "sets": len(drawn.reml), "tau": fixed(w.tau, size), "tau2": fixed(w.tau**2, square),
        "sigma": fixed(w.sigma, size),
    }  # fmt: skip
    for name, fit, found in (("reml", w.reml, drawn.reml), ("ml", w.ml, drawn.ml)):
        exact, (low, high) = w.exact(name.upper()), fit.interval
        values |= {
            name: fixed(fit.tau, size), f"{name}_low": fixed(low, size), f"{name}_high": fixed(high, size),
            f"{name}_mean": fixed(found.mean(), square), f"{name}_exact": fixed(exact.mean, square),
            f"{name}_zero": fixed(100 * (found == 0).mean(), 1), f"{name}_never": fixed(100 * exact.zero, 1),
        }  # fmt: skip
    values |= {f"{name}_change": fixed(number, 3) for name, number in trap.items()}
    if trap:
        values["reml_before"] = fixed(trap["before"], 3)
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)

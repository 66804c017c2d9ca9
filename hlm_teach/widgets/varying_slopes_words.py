"""The words of the varying-slopes widget: its messages, its question, and the sentence that says a state.

``varying_slopes_maths.js`` builds the same sentence in the browser from the same messages.

What this file does not do: compute. The numbers are those of `varying_slopes_fit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_, _
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.varying_slopes import VaryingSlopes

__all__ = ["MESSAGES", "ask", "numbers", "sentence"]

MESSAGES = {
    "estimates": N_(
        "With {x} counted from {origin}, the REML estimates are τ0 = {tau0}, τ1 = {tau1} and ρ = {rho}: "
        "the criterion is {criterion}, its minimum."
    ),
    "chosen": N_(
        "With {x} counted from {origin}, τ0 = {tau0}, τ1 = {tau1} and ρ = {rho}: "
        "the criterion is {criterion}, {above} above its minimum."
    ),
    "uncorrelated": N_(
        "Without a correlation (||) and with {x} counted from {origin}, the best are τ0 = {tau0} and τ1 = {tau1}: "
        "the criterion is {criterion}, {above} above that with a correlation. It moves with the origin."
    ),
    "boundary": N_("This is a boundary fit: an SD of 0, or a correlation of ±1."),
    "narrow": N_("The variance of {y} is smallest, {variance}, at {x} = {low}."),
    "parallel": N_("The lines are parallel: the variance of {y} is {variance} everywhere."),
    "shares": N_(
        "Of the variance a share of {share_a} lies between groups at {x} = {at_a}, {share_b} at {at_b} and {share_c} at {at_c}."
    ),
    "group": N_(
        "{group}: its own line has the intercept {own0} and the slope {own1}, its estimate {est0} and {est1}."
    ),
    "group_none": N_(
        "{group} has only one value of {x}, so no line of its own; its estimate has the intercept {est0} and the slope {est1}."
    ),
    "closed": N_("The picture of {J} lines opens when you have committed to an answer."),
    "dial_origin": N_("Where is {x} = 0?"),
    "dial_tau0": N_("τ0, the SD of the intercepts"),
    "dial_tau1": N_("τ1, the SD of the slopes"),
    "dial_rho": N_("ρ, their correlation"),
    "dial_own0": N_("{group}: intercept of its own line"),
    "dial_own1": N_("{group}: slope of its own line"),
    "without": N_("Without the correlation: ( x || group )"),
    "group_pick": N_("Group"),
    "to_reml": N_("To the REML estimates"),
    "reset": N_("Reset"),
    "surface": N_("The criterion as a landscape"),
    "surface_slopes": N_("over τ1 and ρ"),
    "surface_both": N_("over τ0 and τ1"),
    "surface_note": N_(
        "Lighter is lower; the bands end at 1, 3, 6, 12, 25 and 50 above the minimum (✕). ◆ is the state. "
        "What is not on the axes stands at its estimate."
    ),
    "what_if": N_("You have moved a group's line: the estimates are those of the data as they are now."),
    "some_lines": N_("The picture shows {shown} of the {J} groups; the numbers use all of them."),
    "warning": N_(
        "|| says that intercepts and slopes are uncorrelated at this origin, and then the lines lie closest together there. "
        "Another origin is another model: the criterion moves."
    ),
    "numbers": N_("The formulas with their numbers"),
    "lines_title": N_("Lines: {y} on {x}"),
    "plane_x": N_("intercept at the origin"),
    "plane_y": N_("slope"),
    "variance_title": N_("Var({y} | {x})"),
    "key_own": N_("a group's own line"),
    "key_estimate": N_("its estimate"),
    "key_mean": N_("mean line"),
    "key_selected": N_("selected"),
    "formulas": "τ_0^2 = {tau0_2} = {base0_2} + 2 × {origin} × {base01} + {origin_2} × {tau1_2}\n"
    "ρ = { τ_01 | τ_0 τ_1 } = { {tau01} | {tau0} × {tau1} } = {rho}\n"
    "Var ( y ) = τ_0^2 + 2 τ_01 x + τ_1^2 x^2 + σ^2 , σ = {sigma}\n"
    "−2 · log ( L_R ) = {criterion}",
    "formulas_without": "τ_0^2 = {tau0_2} , τ_01 = 0 , τ_1^2 = {tau1_2}\n"
    "Var ( y ) = τ_0^2 + τ_1^2 x^2 + σ^2 , σ = {sigma}\n"
    "−2 · log ( L_R ) = {criterion}",
}


def ask(w: VaryingSlopes) -> dict[str, Any]:
    """Return the question: what changes when x is counted from another origin?"""
    there = w.marks[1] if w.marks[1] != w.origin else w.marks[2]
    here, moved = w.state.spread, w.state.spread.moved(there - w.origin)
    x = {"x": w.names[0], "origin": fixed(w.origin, w.x_digits), "there": fixed(there, w.x_digits)}
    options = [
        _("A: the correlation alone"),
        _("B: τ0 and the correlation"),
        _("C: τ0, the correlation and the criterion"),
        _("D: all of these, and the lines too"),
    ]
    because = _(
        "The lines and the criterion, {criterion}, stay. An intercept is the height of a line at the origin: "
        "τ0 goes from {tau0} to {tau0_there} and ρ from {rho} to {rho_there}, while τ1 stays.",
        criterion=fixed(w.state.criterion, 3),
        tau0=fixed(here.tau0, w.digits), tau0_there=fixed(moved.tau0, w.digits),
        rho=fixed(here.rho, 3), rho_there=fixed(moved.rho, 3),
    )  # fmt: skip
    text = _(
        "{x} is counted from {origin}. You count it from {there} instead and fit again. What changes?", **x
    )
    return {"text": text, "options": options, "answer": 1, "because": because}


def numbers(w: VaryingSlopes) -> dict[str, object]:
    """Return the numbers of a state as texts, by the names that the messages use."""
    state, j = w.state, w.selected
    s, d = state.spread, w.digits
    low = state.narrowest
    said: dict[str, object] = {
        "J": len(w.lines),
        "group": f"{w.names[2]} {w.groups['labels'][j]}",
        "x": w.names[0],
        "y": w.names[1],
    }
    said |= {
        k: fixed(v, d)
        for k, v in {"tau0": s.tau0, "own0": state.own[j, 0], "est0": state.estimate[j, 0]}.items()
    }
    slopes = {"tau1": s.tau1, "own1": state.own[j, 1], "est1": state.estimate[j, 1]}
    said |= {k: fixed(v, w.slope_digits) for k, v in slopes.items()}
    said |= {
        "rho": fixed(s.rho, 3),
        "criterion": fixed(state.criterion, 3),
        "origin": fixed(w.origin, w.x_digits),
    }
    said["above"] = fixed(state.criterion - w.best.criterion, 3)
    said["low"] = fixed(state.origin if low is None else low, w.x_digits)
    said["variance"] = fixed(state.variance_at(state.origin if low is None else low), max(0, d - 1))
    for name, x in zip("abc", w.marks, strict=True):
        between = state.between_at(x)
        said |= {
            f"at_{name}": fixed(x, w.x_digits),
            f"share_{name}": fixed(between / (between + state.sigma**2), 3),
        }
    return said


def sentence(w: VaryingSlopes) -> str:
    """Return the state in words, with its numbers, whether the gate is open or not."""
    first = "uncorrelated" if w.uncorrelated else "chosen" if w.chosen else "estimates"
    keys = [first, *(["boundary"] if w.is_boundary else [])]
    keys += ["parallel" if w.state.narrowest is None else "narrow", "shares"]
    keys += ["group" if w.groups["sxx"][w.selected] > 0 else "group_none"]
    said = numbers(w)
    return w.strings["space"].join(w.strings[key].format(**said) for key in keys)

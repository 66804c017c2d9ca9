"""The words of the widget of boundary fits: its messages, its question, and the sentence that says a state.

``boundary_fits_maths.js`` builds the same sentence, and the same question, in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.boundary_fits import BoundaryFits

__all__ = ["MESSAGES", "REMEDIES", "ask", "sentence"]

REMEDIES = ("keep", "drop", "prior", "groups")
MESSAGES = {
    "state": N_("{J} groups of {n} rows each: the mean square between groups is {msb}, within groups {msw}."),
    "inside": N_(
        "The deviance ({method}) is lowest at τ̂² = {raw}, so τ̂ = {tau}; the 95 % interval for τ goes from {low} to {high}."
    ),
    "boundary": N_(
        "The deviance ({method}) would be lowest at τ̂² = {raw}, which no variance can be. Among the variances it is lowest "
        "at the edge, {rise} higher: τ̂ = 0, a boundary fit. The 95 % interval for τ still goes from 0 to {high}, "
        "so the groups need not be alike."
    ),
    "chance": N_(
        "If the true ICC were {icc}, {method} would give τ̂ = 0 in {chance} % of all data sets; "
        "of the {sets} drawn here it does in {share} %."
    ),
    "keep_boundary": N_(
        "Keep it and say so: report τ̂ = 0 with its interval. The standard error of the mean, {se}, takes τ = 0 for certain; "
        "at the upper end of the interval it would be {se_high}."
    ),
    "keep_inside": N_("This fit lies inside: it needs no remedy."),
    "drop": N_(
        "Drop the term: τ is 0 by decree, and no interval is left to say otherwise. The standard error of the mean is {se_drop}; "
        "with τ = {high} it would be {se_high}."
    ),
    "prior": N_(
        "With a prior that avoids the boundary τ̂ is {prior}, its interval from {prior_low} to {prior_high}, and the standard error "
        "of the mean {se_prior}. The price: this fit never says 0, and with few groups the prior speaks as loudly as the data."
    ),
    "groups": N_(
        "More groups: with a true ICC of {icc} it takes {needed} groups of {n}, {rows} rows, until τ̂ = 0 in no more than 5 % "
        "of data sets. The price is their data."
    ),
    "groups_never": N_(
        "More groups: with a true ICC of {icc} even 1000 groups of {n} give τ̂ = 0 in more than 5 % of data sets."
    ),
    "closed": N_("The picture opens when you have committed to an answer."),
    "ask": N_(
        "{J} groups of {n} rows each; the true ICC is {icc}, so the groups do differ. "
        "In how many data sets does {method} nevertheless estimate τ̂ = 0?"
    ),
    "option_0": N_("A: in less than 5 %"),
    "option_1": N_("B: in 5 to 20 %"),
    "option_2": N_("C: in 20 to 45 %"),
    "option_3": N_("D: in more than 45 %"),
    "because": N_(
        "τ̂ is 0 whenever the means vary by no more than the rows within the groups let expect. With {J} groups that happens in "
        "{chance} % of data sets by chance alone, although τ is not 0."
    ),
    "preset": N_("Data"),
    "dial_J": N_("J, the number of groups"),
    "dial_n": N_("n, rows per group"),
    "dial_icc": N_("True ICC"),
    "method": N_("Method"),
    "remedy": N_("What to do?"),
    "to_keep": N_("keep τ̂ = 0 and say so"),
    "to_drop": N_("drop the term"),
    "to_prior": N_("a prior that avoids the boundary"),
    "to_groups": N_("more groups"),
    "next": N_("Next data set"),
    "redraw": N_("New draw"),
    "reset": N_("Reset"),
    "seed": N_("seed {seed}"),
    "number": N_("data set {number} of {sets}"),
    "curve": N_("deviance above its lowest point"),
    "axis": N_("τ̂²"),
    "histogram": N_("uncut τ̂² of {sets} data sets"),
    "dial": N_("P(τ̂ = 0), %"),
    "dial_axis": N_("J, groups of {n}"),
    "five": N_("5 %"),
    "key_curve": N_("── deviance"),
    "key_raw": N_("○ lowest point"),
    "key_estimate": N_("◆ lowest point among variances"),
    "key_forbidden": N_("▒ τ² < 0: no variance"),
    "key_prior": N_("╌╌ with the prior"),
    "row_keep": N_("as estimated"),
    "column_tau": N_("τ̂"),
    "column_interval": N_("95 % interval"),
    "column_se": N_("SE of the mean"),
    "numbers": N_("The formulas with their numbers"),
    "formulas": "τ̂^2 = { {top} − MSW | n } = { {between} − {msw} | {n} } = {raw} {cut}\n"
    "P ( τ̂ = 0 ) = P ( F_{free},{rest} ≤ {bound} ) = {chance} %",
}  # fmt: skip


def ask(w: BoundaryFits) -> dict[str, Any]:
    """Return the question: how often is τ̂ = 0 by chance alone?"""
    share = w.chance
    values = {
        "J": w.fit.J,
        "n": w.fit.n,
        "icc": fixed(w.icc, 2),
        "method": w.method,
        "chance": fixed(100 * share, 1),
    }
    return {
        "text": w.strings["ask"].format(**values),
        "options": [w.strings[f"option_{i}"] for i in range(4)],
        "answer": sum(share > edge for edge in (0.05, 0.2, 0.45)),
        "because": w.strings["because"].format(**values),
    }


def sentence(w: BoundaryFits) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    fit, (size, square) = w.fit, w.digits
    low, high = fit.interval
    prior = w.prior
    place = "boundary" if fit.tau == 0 else "inside"
    needed = w.needed
    last = {"keep": f"keep_{place}", "groups": "groups" if needed else "groups_never"}.get(w.remedy, w.remedy)
    values = {
        "J": fit.J, "n": fit.n, "method": w.method, "icc": fixed(w.icc, 2), "sets": len(w.raw),
        "msb": fixed(fit.S / (fit.J - 1), square), "msw": fixed(fit.unit, square), "raw": fixed(fit.tau2_raw, square),
        "tau": fixed(fit.tau, size), "low": fixed(low, size), "high": fixed(high, size), "rise": fixed(w.rise, 2),
        "chance": fixed(100 * w.chance, 1), "share": fixed(100 * float((w.raw <= 0).mean()), 1),
        "se": fixed(w.se_of_mean(fit.tau), size), "se_high": fixed(w.se_of_mean(high), size),
        "se_drop": fixed(w.se_of_mean(0.0), size), "se_prior": fixed(w.se_of_mean(prior.tau), size),
        "prior": fixed(prior.tau, size), "prior_low": fixed(prior.interval[0], size),
        "prior_high": fixed(prior.interval[1], size), "needed": needed, "rows": needed * fit.n,
    }  # fmt: skip
    keys = ["state", place, "chance", last]
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)

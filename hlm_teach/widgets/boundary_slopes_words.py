"""The words of the widget of slopes at the boundary: its messages, its question, and the sentence that says a state.

``boundary_slopes_maths.js`` builds the same sentence, and the same question, in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_
from hlm_teach.widgets.boundary_slopes_numbers import SETS, TAU0
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.boundary_slopes import BoundarySlopes

__all__ = ["EDGES", "MESSAGES", "ask", "sentence"]

EDGES = (0.1, 0.35, 0.6)
MESSAGES = {
    "state": N_(
        "{J} groups of {n} rows; x has the SD 1 in each. In truth τ_0 = {tau0}, τ_1 = {tau1}, ρ = {rho} and σ = 1."
    ),
    "inside": N_("REML says τ̂_0 = {keep_tau0}, τ̂_1 = {keep_tau1}, ρ̂ = {keep_rho}."),
    "ridge": N_(
        "REML says τ̂_0 = {keep_tau0}, τ̂_1 = {keep_tau1}, ρ̂ = {keep_rho}, a boundary fit: as if the intercept of a group told its slope. "
        "Without the correlation the criterion is {apart_rise} higher."
    ),
    "nothing": N_(
        "REML says τ̂_0 = τ̂_1 = 0, a boundary fit: the lines of the groups differ no more than chance lets them."
    ),
    "share": N_("Of {sets} data sets drawn like this, {share} % end at the boundary."),
    "keep_boundary": N_("Keep it and say so: it is an estimate at the edge, not a failure to converge, and no knowledge of ρ."),
    "keep_inside": N_("This fit lies inside: it needs no remedy."),
    "apart": N_(
        "Without the correlation (||): τ̂_0 = {now_tau0} and τ̂_1 = {now_tau1}; the standard error of the mean slope is {now_se} instead of "
        "{keep_se}. The price: this model depends on where x is 0."
    ),
    "drop": N_(
        "Without a variance of slopes: τ̂_0 = {now_tau0}, and the criterion is {drop_rise} higher. The standard error of the mean slope is "
        "{now_se} instead of {keep_se}. The price: it is too small wherever slopes do vary."
    ),
    "prior": N_(
        "With a prior that avoids the boundary: τ̂_0 = {now_tau0}, τ̂_1 = {now_tau1}, ρ̂ = {now_rho}; the standard error of the mean slope is "
        "{now_se}. The price: this fit never lies at the edge, also where the truth does."
    ),
    "closed": N_("The picture opens when you have committed to an answer."),
    "ask": N_(
        "{J} groups of {n} rows. The lines of the groups differ: intercepts by τ_0 = {tau0}, slopes by τ_1 = {tau1}, with ρ = {rho}; σ = 1. "
        "In how many data sets does REML end at the boundary, with ρ̂ = ±1 or an SD of 0?"
    ),
    "option_0": N_("A: in less than 10 %"),
    "option_1": N_("B: in 10 to 35 %"),
    "option_2": N_("C: in 35 to 60 %"),
    "option_3": N_("D: in more than 60 %"),
    "because": N_(
        "Of {sets} it is {share} %. Two variances and a correlation are asked of {J} lines, and each line is itself uncertain."
    ),
    "dial_J": N_("J, the number of groups"),
    "dial_n": N_("n, rows per group"),
    "dial_tau1": N_("True τ_1, the SD of slopes"),
    "dial_rho": N_("True ρ"),
    "remedy": N_("What to do?"),
    "to_keep": N_("keep it and say so"),
    "to_apart": N_("drop the correlation (||)"),
    "to_drop": N_("drop the variance of slopes"),
    "to_prior": N_("a prior that avoids the boundary"),
    "next": N_("Next data set"),
    "redraw": N_("New draw"),
    "reset": N_("Reset"),
    "seed": N_("seed {seed}"),
    "number": N_("data set {number} of {sets}"),
    "map": N_("ρ; darker: the criterion is lower"),
    "map_axis": N_("τ_1"),
    "histogram": N_("ρ̂ in {sets} data sets"),
    "none": N_("{none} without any ρ̂: an SD is 0"),
    "key_estimate": N_("◆ estimate"),
    "key_truth": N_("✕ truth"),
    "key_level": N_("▒ steps at 0.5, 2, 4, 6 and 10 above the lowest"),
    "row_keep": N_("as estimated"),
    "column_rise": N_("criterion"),
    "column_se": N_("SE of the slope"),
    "numbers": N_("The formulas with their numbers"),
    "formulas": "C = n · Cov ( a_j , b_j )\nl_1 ( C ) = {l1}\nl_2 ( C ) = {l2}\n{ W | f } = { {W} | {f} } = {unit}\nl_2 {sign} { W | f }",
}  # fmt: skip


def ask(w: BoundarySlopes) -> dict[str, Any]:
    """Return the question: how often does REML end at the boundary?"""
    values = {
        "J": w.J, "n": w.n, "tau0": fixed(TAU0, 2), "tau1": fixed(w.tau1, 2), "rho": fixed(w.rho, 1), "sets": SETS,
        "share": fixed(100 * w.share, 1),
    }  # fmt: skip
    return {
        "text": w.strings["ask"].format(**values),
        "options": [w.strings[f"option_{i}"] for i in range(4)],
        "answer": sum(w.share > edge for edge in EDGES),
        "because": w.strings["because"].format(**values),
    }


def sentence(w: BoundarySlopes) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    keep, now = w.fit("keep"), w.fit(w.remedy)
    values: dict[str, Any] = {
        "J": w.J, "n": w.n, "tau0": fixed(TAU0, 2), "tau1": fixed(w.tau1, 2), "rho": fixed(w.rho, 1), "sets": SETS,
        "share": fixed(100 * w.share, 1),
    }  # fmt: skip
    for name, fit in (("keep", keep), ("now", now)):
        values |= {f"{name}_tau0": fixed(fit.tau0, 3), f"{name}_tau1": fixed(fit.tau1, 3)}
        values |= {f"{name}_rho": fixed(fit.rho, 2), f"{name}_se": fixed(fit.se, 3)}
    for name in ("apart", "drop"):
        values[f"{name}_rise"] = fixed(w.fit(name).height - keep.height, 2)
    place = "inside" if not keep.boundary else "nothing" if math.isnan(keep.rho) else "ridge"
    last = w.remedy if w.remedy != "keep" else "keep_boundary" if keep.boundary else "keep_inside"
    return w.strings["space"].join(w.strings[key].format(**values) for key in ("state", place, "share", last))

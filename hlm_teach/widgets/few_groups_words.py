"""The words of the widget of few groups: its messages, its question, and the sentence that says a state.

``few_groups_maths.js`` builds the same sentence, and the same question, in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from hlm_teach.locale import N_
from hlm_teach.widgets.few_groups_numbers import arms, factor, ratio
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.few_groups import FewGroups

__all__ = ["MESSAGES", "ask", "sentence"]

MESSAGES = {
    "state": N_("{J} groups of {n} rows with ICC {icc}, {treated} of the groups treated, and the treatment does nothing."),
    "covered": N_(
        "By the method “{name}”, {covered} of {sets} intervals of 95 % cover the true effect, {share} %; over all samples it is {exact} %."
    ),
    "z": N_("The factor 1.96 takes the standard error for known; with {free} degrees of freedom it should be {quantile}."),
    "t": N_("The factor {quantile}, that of t with {free} degrees of freedom, allows for a standard error that is estimated."),
    "robust": N_(
        "The residuals of few groups are too small: the robust variance is {ratio} times the unbiased one, and 1.96 "
        "takes it for known."
    ),
    "lmm": N_(
        "The mixed model says τ̂ = 0 in {zero} % of all samples, where its standard error is that of independent rows, and 1.96 takes "
        "it for known."
    ),
    "rows": N_("Without the groups {N} rows count as independent: the more alike the rows of a group are, the worse."),
    "tau": N_("In these samples τ̂ goes from {tau_low} to {tau_high}, and is 0 in {zeros} of {sets}; the truth is {tau}."),
    "pair": N_(
        "With one group on each side the effect of the treatment and the difference of two groups are one number: nothing is left to "
        "estimate τ from, and no standard error that counts groups exists. A dummy for the group is the treatment itself: its interval "
        "says how far two groups differ, and covers the effect in {rows_exact} % of samples."
    ),
    "closed": N_("The picture opens when you have committed to an answer."),
    "ask": N_(
        "{J} groups of {n} rows with ICC {icc}; the treatment goes to {treated} of the groups. 95 % intervals for the effect are made by the "
        "method “{name}”. How many of 100 such intervals cover the truth?"
    ),
    "option_0": N_("A: 94 or more"),
    "option_1": N_("B: 90 to 94"),
    "option_2": N_("C: 84 to 90"),
    "option_3": N_("D: fewer than 84"),
    "because": N_("It is {exact} % exactly. For an effect of whole groups the groups count, not the rows: there are {J}."),
    "dial_J": N_("J, the number of groups"),
    "dial_n": N_("n, rows per group"),
    "dial_icc": N_("ICC"),
    "method": N_("Interval"),
    "method_z": N_("group means, ± 1.96 SE"),
    "method_t": N_("group means, t with J − 2 degrees of freedom"),
    "method_robust": N_("cluster-robust, ± 1.96 SE"),
    "method_lmm": N_("mixed model (REML), ± 1.96 SE"),
    "method_rows": N_("groups ignored, ± 1.96 SE"),
    "redraw": N_("New draw"),
    "reset": N_("Reset"),
    "seed": N_("seed {seed}"),
    "intervals": N_("200 samples with 95 % intervals"),
    "curve": N_("coverage, %"),
    "curve_axis": N_("J"),
    "taus": N_("τ̂ in 200 samples"),
    "key_hit": N_("── covers the truth"),
    "key_miss": N_("━✕━ misses it"),
    "key_exact": N_("◆ coverage exactly"),
    "key_drawn": N_("○ in these samples"),
    "column_factor": N_("factor"),
    "column_covered": N_("of 200"),
    "column_exact": N_("exactly"),
    "numbers": N_("The formulas with their numbers, for the first sample"),
    "formulas": "β̂ ± k · se = {estimate} ± {k} × {se}",
    "formulas_z": "se^2 = { {v} · MSB | J · n } = { {v} × {q} | {N} }\nP ( −1.96 ≤ t_{free} ≤ 1.96 ) = {exact} %",
    "formulas_t": "se^2 = { {v} · MSB | J · n } = { {v} × {q} | {N} }\nP ( −{k} ≤ t_{free} ≤ {k} ) = {exact} %",
    "formulas_robust": "se^2 = { {v} · {ratio} · MSB | J · n } = { {v} × {q} | {N} }\n"
    "P ( −{bound} ≤ t_{free} ≤ {bound} ) = {exact} %",
    "formulas_robust_odd": "se^2 = c · ( SS_1 / J_1^2 + SS_2 / J_2^2 ) = { {v} × {q} | {N} }",
    "formulas_lmm": "se^2 = { {v} · ( σ̂^2 + n · τ̂^2 ) | J · n } = { {v} × {q} | {N} }",
    "formulas_rows": "se^2 = { {v} · s^2 | J · n } = { {v} × {q} | {N} }",
}  # fmt: skip


def ask(w: FewGroups) -> dict[str, Any]:
    """Return the question: how often does the interval cover?"""
    share = 100 * w.coverage(w.method)
    values = {
        "J": w.J, "n": w.n, "treated": arms(w.J)[0], "icc": fixed(w.icc, 2), "name": w.strings[f"method_{w.method}"], "exact": fixed(share, 1),
    }  # fmt: skip
    return {
        "text": w.strings["ask"].format(**values),
        "options": [w.strings[f"option_{i}"] for i in range(4)],
        "answer": sum(share < edge for edge in (94, 90, 84)),
        "because": w.strings["because"].format(**values),
    }


def sentence(w: FewGroups) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    drawn, pair = w.samples, w.J == 2
    values: dict[str, Any] = {
        "J": w.J, "n": w.n, "treated": arms(w.J)[0], "icc": fixed(w.icc, 2), "N": w.J * w.n, "free": w.J - 2, "sets": len(drawn.estimate),
        "name": w.strings[f"method_{w.method}"], "rows_exact": fixed(100 * w.coverage("rows"), 1),
    }  # fmt: skip
    if not pair or w.method == "rows":
        values |= {
            "covered": int(drawn.covered.sum()), "share": fixed(100 * float(drawn.covered.mean()), 1),
            "exact": fixed(100 * w.coverage(w.method), 1),
        }  # fmt: skip
    if not pair:
        tau = np.sqrt(drawn.tau2)
        values |= {
            "quantile": fixed(factor(w.J, "t"), 3), "ratio": fixed(ratio(w.J, w.n, "robust"), 3),
            "zero": fixed(100 * w.zero, 1), "zeros": int((drawn.tau2 == 0).sum()), "tau": fixed(math.sqrt(w.icc), 3),
            "tau_low": fixed(tau.min(), 3), "tau_high": fixed(tau.max(), 3),
        }  # fmt: skip
        keys = ["state", "covered", w.method, "tau"]
    else:
        keys = ["state", "pair"] + (["covered"] if w.method == "rows" else [])
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)

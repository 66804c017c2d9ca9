"""The words of the widget of group-level predictors: its messages, its question, and the sentence that says a state.

``group_predictors_maths.js`` builds the same sentence in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget's fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_, _
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.group_predictors import GroupPredictors

__all__ = ["MESSAGES", "ask", "sentence"]

MESSAGES = {
    "state": N_(
        "{J} groups of {low} to {high} rows: shrunk to one mean of {y}, {mean}, they leave τ̂² = {mean_tau2}; "
        "shrunk to a line with the slope {slope} on {u}, they leave τ̂² = {line_tau2}."
    ),
    "falls": N_("So {u} takes {share} % of the variance between groups."),
    "rises": N_("So τ̂² does not fall when {u} enters: {u} tells the groups apart no better than chance would."),
    "zero": N_("Without {u} τ̂ is 0 already: the means differ by no more than chance."),
    "warning": N_(
        "With {u} τ̂ = 0, a boundary fit: λ = 0 in all groups, every estimate lies on the line, "
        "and what a group says for itself counts for nothing."
    ),
    "chosen_mean": N_(
        "Selected is {group}, n = {n}, {u} = {at}, with the mean {own}: with λ = {weight} to the mean {target} its estimate is "
        "{estimate} ± {se}; to the line it would be {other}."
    ),
    "chosen_line": N_(
        "Selected is {group}, n = {n}, {u} = {at}, with the mean {own}: with λ = {weight} to the line, there {target}, its estimate is "
        "{estimate} ± {se}; to the mean it would be {other}."
    ),
    "halves": N_(
        "When {u} enters, estimates move by {small} on average in the smaller half of the groups and by {large} in the larger half."
    ),
    "closed": N_("The picture opens when you have committed to an answer."),
    "preset": N_("Data"),
    "target": N_("Shrink towards"),
    "to_mean": N_("the mean"),
    "to_line": N_("the line"),
    "dial_r2": N_("Level-2 R²: the share of τ² that u explains"),
    "dial_outlier": N_("Shift of the outlier {group}"),
    "pattern": N_("Group sizes"),
    "group": N_("Group"),
    "group_n": N_("Rows in {group}"),
    "group_mean": N_("Mean of {group}"),
    "reset": N_("Reset"),
    "redraw": N_("New draw"),
    "seed": N_("seed {seed}"),
    "some": N_("The picture shows {shown} of {J} groups; the numbers use all of them."),
    "key_own": N_("○ mean of a group, area by n"),
    "key_estimate": N_("◆ estimate ± its standard error"),
    "key_line": N_("── the line"),
    "key_mean": N_("╌╌ the mean"),
    "row_weight": N_("λ of {group}"),
    "row_target": N_("its target"),
    "row_estimate": N_("its estimate"),
    "row_se": N_("standard error"),
    "numbers": N_("The formulas with their numbers"),
    "formulas_mean": "α̂_j = λ_j ȳ_j + ( 1 − λ_j ) μ̂",
    "formulas_line": "α̂_j = λ_j ȳ_j + ( 1 − λ_j ) ( γ̂_0 + γ̂_1 u_j )",
    "formulas": "= {weight} × {own} + {rest} × {target} = {estimate}\n"
    "λ_j = { n_j τ̂^2 | n_j τ̂^2 + σ̂^2 } = { {n} × {tau2} | {n} × {tau2} + {sigma2} } = {weight}",
}  # fmt: skip


def ask(w: GroupPredictors) -> dict[str, Any]:
    """Return the question: do small or large groups move more when u enters?"""
    small, large = w.halves
    values = {
        "J": len(w.n), "low": min(w.n), "high": max(w.n), "u": w.names[0], "small": fixed(small, w.digits[0]),
        "large": fixed(large, w.digits[0]), "slope": fixed(w.line.slope, w.digits[0]),
    }  # fmt: skip
    text = _(
        "{J} groups of {low} to {high} rows are shrunk to their mean. Now {u} enters, and they are shrunk to a line on {u} instead. "
        "Whose estimates move more on average, those of the smaller or those of the larger half of the groups?",
        **values,
    )
    options = [_("A: the smaller groups'"), _("B: the larger groups'"), _("C: about the same")]
    answer = 2 if min(w.n) == max(w.n) or 0.8 <= small / max(large, 1e-300) <= 1.25 else int(small < large)
    because = _(
        "A change of the target reaches an estimate with the weight 1 − λ, which is near 1 where n is small. "
        "The smaller half moves by {small} on average, the larger by {large}.",
        **values,
    )
    return {"text": text, "options": options, "answer": answer, "because": because}


def sentence(w: GroupPredictors) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    size, square = w.digits
    mean, line, j = w.mean, w.line, w.selected
    now, other = (line, mean) if w.target == "line" else (mean, line)
    change = "zero" if mean.tau2 == 0 else "falls" if line.tau2 < mean.tau2 else "rises"
    keys = [
        "state",
        change,
        *(["warning"] if line.tau2 == 0 < mean.tau2 else []),
        f"chosen_{w.target}",
        "halves",
    ]
    small, large = w.halves
    values = {
        "J": len(w.n), "low": min(w.n), "high": max(w.n), "u": w.names[0], "y": w.names[1],
        "mean": fixed(mean.intercept, size), "slope": fixed(line.slope, size), "mean_tau2": fixed(mean.tau2, square),
        "line_tau2": fixed(line.tau2, square), "share": fixed(100 * (1 - line.tau2 / (mean.tau2 or 1)), 0),
        "group": w.labels[j], "n": w.n[j], "at": fixed(w.u[j], 2), "own": fixed(w.y[j], size),
        "weight": fixed(now.weight[j], 3), "target": fixed(now.target[j], size), "estimate": fixed(now.estimate[j], size),
        "se": fixed(now.se[j], size), "other": fixed(other.estimate[j], size), "small": fixed(small, size),
        "large": fixed(large, size),
    }  # fmt: skip
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)

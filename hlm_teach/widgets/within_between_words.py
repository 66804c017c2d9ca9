"""The words of the within–between widget: its messages, its question, and the sentence that says a state.

``within_between_maths.js`` builds the same sentence in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget's `fit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.within_between import WithinBetween

__all__ = ["MESSAGES", "ask", "sentence"]

MESSAGES = {
    "state": N_(
        "{y} on {x} in {J} groups of {n}: the slope is {within} within groups and {between} between their means; "
        "{icc} % of the variance of {x} lies between groups."
    ),
    "state_uneven": N_(
        "{y} on {x} in {J} groups, {N} rows in all: the slope is {within} within groups and {between} between their means, "
        "each group once; {icc} % of the variance of {x} lies between groups."
    ),
    "pooled_line": N_("One line through all rows has the slope {pooled}."),
    "pooled_line_uneven": N_(
        "One line through all rows has the slope {pooled}; by the size of the groups, the slope between is {by_size}."
    ),
    "mixed_line": N_(
        "The mixed model with {x} alone says {mixed}: its weight is {weight} on the slope within, "
        "and {rest} on the slope between, which it puts at {gls}."
    ),
    "mixed_zero": N_(
        "The mixed model with {x} alone is a boundary fit, τ = 0, so it says what pooling says: {mixed}."
    ),
    "reversed": N_("Pooled and within have opposite signs: this is Simpson's paradox."),
    "mundlak_lines": N_(
        "With the group mean of {x} added, the mixed model says both: {within} within, {full} between. "
        "The difference, {context}, is the contextual effect."
    ),
    "ask_sign": N_(
        "Within groups the slope is {within}. The line through the group means (by size) has the slope {by_size}. "
        "{icc} % of the variance of {x} lies between the groups. "
        "What is the sign of the slope of one line through all {N} rows?"
    ),
    "because_sign": N_(
        "The pooled slope weighs both by where the variance of {x} lies: "
        "{pooled_weight} × {within} + {pooled_rest} × {by_size} = {pooled}."
    ),
    "sign_0": N_("A: positive"),
    "sign_1": N_("B: negative"),
    "sign_2": N_("C: these numbers do not tell"),
    "ask_mixed": N_(
        "Within groups the slope is {within}. The line through the group means (by size) has the slope {by_size}. "
        "{icc} % of the variance of {x} lies between the groups. "
        "Where is the coefficient of a mixed model with {x} alone?"
    ),
    "because_mixed": N_(
        "The mixed model says {mixed}. The groups differ also for other reasons, so their means count little: "
        "the weight on the slope within is {weight}. One line through all rows gives it {pooled_weight} and says {pooled}."
    ),
    "mixed_0": N_("A: near {within}, the slope within"),
    "mixed_1": N_("B: about half way"),
    "mixed_2": N_("C: near {by_size}, the slope between"),
    "closed": N_("The picture opens when you have committed to an answer."),
    "preset": N_("Data"),
    "dial_within": N_("Slope within groups"),
    "dial_between": N_("Slope between group means"),
    "dial_icc": N_("ICC of x: share of its variance between groups"),
    "dial_J": N_("J, the number of groups"),
    "dial_n": N_("n, rows per group"),
    "add_mean": N_("Add the group mean of x (Mundlak)"),
    "reset": N_("Reset"),
    "redraw": N_("New draw"),
    "seed": N_("seed {seed}"),
    "within": N_("── within groups"),
    "between": N_("╌╌ between means"),
    "pooled": N_("━━ pooled, all rows"),
    "mixed": N_("┅┅ mixed model"),
    "bar_pooled": N_("Pooled slope {pooled}: weight {weight} on within (left), {rest} on between (right)."),
    "bar_mixed": N_("Mixed model {mixed}: weight {weight} on within (left), {rest} on between (right)."),
    "bar_mundlak": N_("Mixed model with the group mean: {within} within (left), {full} between (right)."),
    "what_if": N_(
        "Real data: the dials move its slopes and keep what is left of y; Reset shows the data as they are. "
        "The picture shows {shown} of {N} rows; the numbers use all of them."
    ),
    "numbers": N_("The formulas with their numbers"),
    "formulas_pooled": "β_pooled = ( 1 − ICC ) β_within + ICC β_between\n"
    "= {pooled_weight} × {within} + {pooled_rest} × {by_size} = {pooled}",
    "formulas_mixed": "β_mixed = w β_within + ( 1 − w ) β_between\n"
    "= {weight} × {within} + {rest} × {gls} = {mixed}\n"
    "w = { S_within | S_within + S_between } = { {own} | {own} + {spread} }\n"
    "S_between = Σ_j n_j ( x̄_j − x̃ )^2 / ( 1 + n_j θ )\n"
    "θ = τ^2 / σ^2 = {theta}",
    "formulas_mundlak": "β_contextual = β_between − β_within\n= {full} − {within} = {context}",
}  # fmt: skip


def ask(w: WithinBetween) -> dict[str, Any]:
    """Return the question: the sign of the pooled slope; or where the mixed model stands.

    The second is asked where both slopes agree in sign, and of simulated groups whose seed is odd.
    """
    fit, strings = w.fit, w.strings

    def d(x: float) -> str:
        return fixed(x, w.digits)

    values = {
        "x": w.names[0], "N": w.N, "icc": fixed(100 * w.icc, 0), "within": d(fit.within),
        "by_size": d(fit.between_by_size), "pooled": d(fit.pooled), "mixed": d(fit.mixed),
        "pooled_weight": fixed(fit.pooled_weight, 3), "pooled_rest": fixed(1 - fit.pooled_weight, 3),
        "weight": fixed(fit.mixed_weight, 3),
    }  # fmt: skip
    if fit.within * fit.between_by_size < 0 and not (w.simulated and w.seed % 2):
        kind, answer = "sign", int(fit.pooled < 0)
    else:
        kind, answer = "mixed", 0 if fit.mixed_weight > 0.7 else 2 if fit.mixed_weight < 0.3 else 1
    return {
        "text": strings[f"ask_{kind}"].format(**values),
        "options": [strings[f"{kind}_{i}"].format(**values) for i in range(3)],
        "answer": answer,
        "because": strings[f"because_{kind}"].format(**values),
    }


def sentence(w: WithinBetween) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    fit, sizes = w.fit, w.sizes
    x, y = w.names

    def d(value: float) -> str:
        return fixed(value, w.digits)

    uneven = "" if len(set(sizes)) == 1 else "_uneven"
    keys = [f"state{uneven}", f"pooled_line{uneven}", "mixed_line" if fit.theta else "mixed_zero"]
    keys += ["reversed"] if fit.pooled * fit.within < 0 else []
    keys += ["mundlak_lines"] if w.mundlak else []
    values = {
        "J": len(sizes), "n": sizes[0], "N": w.N, "x": x, "y": y, "icc": fixed(100 * w.icc, 0),
        "within": d(fit.within), "between": d(fit.between), "by_size": d(fit.between_by_size),
        "pooled": d(fit.pooled), "mixed": d(fit.mixed), "weight": fixed(fit.mixed_weight, 3),
        "rest": fixed(1 - fit.mixed_weight, 3), "gls": d(fit.between_mixed),
        "full": d(fit.mundlak_between), "context": d(fit.contextual),
    }  # fmt: skip
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)

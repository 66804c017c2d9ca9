"""The words of the ICC explorer: its messages, its question, and the sentence that says a state.

``icc_maths.js`` builds the same sentence in the browser from the same messages.

What this file does not do: compute. The numbers are those of `icc_numbers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_
from hlm_teach.widgets.icc_numbers import numbers, points, target
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.icc_explorer import IccExplorer

__all__ = ["MESSAGES", "ask", "sentence", "state_sentence"]

MESSAGES = {
    "state": N_(
        "ICC = {icc}: {between} % of the variance lies between groups, and two rows of one group correlate {icc}. "
        "The mean of a group of {n} has the reliability {reliability}."
    ),
    "worth": N_(
        "For the overall mean, {N} rows in {J} groups are worth {effective} independent ones: the design effect is {big}."
    ),
    "level_2": N_(
        "For a predictor of whole groups, a test that ignores the groups "
        "rejects a true null hypothesis in {type_one} % of samples, not in 5 %."
    ),
    "level_1": N_(
        "For a predictor that varies only inside groups, a test that ignores the groups "
        "rejects a true null hypothesis in {type_one} % of samples, not in 5 %: it is too careful."
    ),
    "asked": N_(
        "Round {round}: which ICC made the upper picture? The lower picture has ICC {icc}. "
        "Move the dial until both look alike, then commit to it."
    ),
    "told": N_("Round {round}: you said {guess}, and it is {truth}: {points} points. Your score is {score} of {most}."),
    "closed": N_("The picture opens when you have committed to an answer."),
    "ask_n": N_(
        "Groups of {n} with ICC {icc}. You double n to {twice}. What happens to the ICC, and to the reliability of a group's mean?"
    ),
    "ask_J": N_(
        "{J} groups of {n} with ICC {icc}. You double J to {more}. What happens to the ICC, and to the reliability of a group's mean?"
    ),
    "option_0": N_("A: both grow"),
    "option_1": N_("B: the ICC stays, the reliability grows"),
    "option_2": N_("C: the ICC falls, the reliability grows"),
    "option_3": N_("D: both stay"),
    "because_n": N_(
        "The ICC compares two variances of single rows, and n is in neither; a mean of more rows is more reliable: {one} becomes {two}."
    ),
    "because_0": N_("Where the groups do not differ, ICC = 0, no mean of a group says anything about it, however many rows it has."),
    "because_J": N_(
        "The ICC compares two variances of single rows, and the reliability {one} is that of one group: more groups change neither. "
        "They make both better known."
    ),
    "dial_icc": N_("ICC"),
    "dial_J": N_("J, the number of groups"),
    "dial_n": N_("n, rows per group"),
    "level": N_("The predictor tested"),
    "level_one": N_("varies inside groups only (level 1)"),
    "level_two": N_("belongs to whole groups (level 2)"),
    "play": N_("Play: find the ICC"),
    "check": N_("Commit to this ICC"),
    "next": N_("Next round"),
    "stop": N_("Leave the game"),
    "reset": N_("Reset"),
    "redraw": N_("New draw"),
    "seed": N_("seed {seed}"),
    "hsb": N_("160 schools of 45 pupils, ICC 0.18"),
    "strips": N_("y, a column per group"),
    "mystery": N_("ICC = ?"),
    "yours": N_("yours"),
    "pairs_x": N_("one row"),
    "pairs_y": N_("another row of its group"),
    "shown": N_("Drawn: {groups} groups of {rows}. Over all their pairs the correlation is the ICC exactly."),
    "bar_icc": N_("Variance: {between} % between groups (left), {within} % within (right)"),
    "bar_effective": N_("{N} rows are worth {effective} independent ones"),
    "bar_type_one": N_("Type-I error, groups ignored: {type_one} %"),
    "numbers": N_("The formulas with their numbers"),
    "formulas": "ICC = { τ^2 | τ^2 + σ^2 } = { {rho} | {rho} + {sigma2} } = {icc}\n"
    "λ = { n · ICC | 1 + ( n − 1 ) ICC } = { {n} × {icc} | {big} } = {reliability}\n"
    "n_eff = { J · n | 1 + ( n − 1 ) ICC } = { {N} | {big} } = {effective}",
    "formulas_2": "deff = 1 + ( n − 1 ) ICC = {deff}\nP = 2 Φ ( −1.96 / √deff ) = {type_one} %",
    "formulas_1": "deff = 1 − ICC = {deff}\nP = 2 Φ ( −1.96 / √deff ) = {type_one} %",
}  # fmt: skip


def ask(w: IccExplorer) -> dict[str, Any]:
    """Return the question: what does doubling n do to the ICC, and to the reliability; or doubling J, where the seed is odd?"""
    once, twice = (numbers(w.icc, 2, k, 2).reliability for k in (w.n, 2 * w.n))
    values = {
        "n": w.n, "twice": 2 * w.n, "J": w.J, "more": 2 * w.J, "icc": fixed(w.icc, 2), "one": fixed(once, 3), "two": fixed(twice, 3),
    }  # fmt: skip
    kind = "J" if w.seed % 2 else "n"
    because = "because_0" if kind == "n" and w.icc == 0 else f"because_{kind}"
    return {
        "text": w.strings[f"ask_{kind}"].format(**values),
        "options": [w.strings[f"option_{i}"] for i in range(4)],
        "answer": 1 if kind == "n" and w.icc > 0 else 3,
        "because": w.strings[because].format(**values),
    }


def sentence(w: IccExplorer) -> str:
    """Return what a widget says: the gate, the game, or the state."""
    if not w.committed:
        return w.strings["closed"]
    if not w.playing:
        return state_sentence(w)
    truth = target(w.seed, w.round)
    return w.strings["asked" if w.guess < 0 else "told"].format(
        round=w.round, icc=fixed(w.icc, 2), guess=fixed(w.guess, 2), truth=fixed(truth, 2),
        points=points(w.guess, truth), score=w.score, most=100 * w.round,
    )  # fmt: skip


def state_sentence(w: IccExplorer) -> str:
    """Return the state in words, with its numbers, whether the gate is open or not."""
    found = w.numbers
    values = {
        "icc": fixed(w.icc, 2), "between": fixed(100 * w.icc, 0), "J": w.J, "n": w.n, "N": w.J * w.n,
        "reliability": fixed(found.reliability, 3), "effective": fixed(found.effective_n, 1),
        "big": fixed(1 + (w.n - 1) * w.icc, 2), "type_one": fixed(100 * found.type_one, 1),
    }  # fmt: skip
    keys = ("state", "worth", f"level_{w.level}")
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)

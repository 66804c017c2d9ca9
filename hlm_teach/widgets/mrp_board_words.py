"""The words of the MRP board: its messages, its question, and the sentence that says a state.

``mrp_board_maths.js`` builds the same sentence, and the same question, in the browser from the same messages.

What this file does not do: compute. The numbers are those of the widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hlm_teach.locale import N_
from hlm_teach.widgets.mrp_board_fit import METHODS
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.mrp_board import MrpBoard

__all__ = ["MESSAGES", "ask", "sentence", "texts"]

MESSAGES = {
    "state": N_(
        "A simulated poll of {n} people in {J} units ({unit}). Cells without respondents: {empty} of {cells}; units without any: {none} of {J}."
    ),
    "over": N_("Most over-represented is {over}, with {over_sample} % of the poll and {over_people} % of the people."),
    "hidden": N_(
        "Who says yes answers with {odds_y} times the odds of the others in the same cell, and the poll does not show it: over all units "
        "MR and P give {all_mrp} % and the truth is {all_truth} %."
    ),
    "raw": N_("Shown are raw means, with neither MR nor P."),
    "p": N_("Shown is P alone: means of cells, weighted by the census over the cells that have respondents."),
    "mr": N_("Shown is MR alone: the model's predictions for those who answered; τ̂ = {tau} logits."),
    "mrp": N_("Shown are MR and P: the model's predictions for all cells, weighted by the census; τ̂ = {tau} logits."),
    "zero": N_("τ̂ is 0, a boundary fit: the model sees no differences between units beyond its predictors."),
    "errors": N_(
        "Root mean squared errors in points over the {has} units with respondents: raw {rmse_raw}, raking {rmse_rake}, P alone {rmse_p}, "
        "MR alone {rmse_mr}, MR and P {rmse_mrp}."
    ),
    "chosen": N_("Selected is {label} (respondents: {asked}): estimate {estimate} %, truth {truth} %."),
    "chosen_none": N_("Selected is {label}, where nobody answered: no estimate, truth {truth} %."),
    "chosen_model": N_("Selected is {label}, where nobody answered: the model still says {estimate} %, truth {truth} %."),
    "invented": N_("Populations as in the census of 2020; gdp (per head, in SDs) and all answers are invented."),
    "closed": N_("The picture opens when you have committed to an answer."),
    "ask": N_("A simulated poll of {n} people reached nobody in {label}. Which estimate for {label} comes closest to the truth?"),
    "option_0": N_("A: P alone, with census weights for its cells"),
    "option_1": N_("B: raking, which weights the respondents of each unit"),
    "option_2": N_("C: MR and P, without a predictor of units"),
    "option_3": N_("D: MR and P, with the predictor of units, {predictor}"),
    "because": N_(
        "Weights need somebody to weight: P alone and raking say nothing of {label}. Without the predictor the model takes it for an "
        "average unit with its own people, {plain} %; with the predictor for a usual unit of its {predictor}, {better} %. The truth is {truth} %."
    ),
    "mr_switch": N_("MR: predict every cell by a multilevel model"),
    "p_switch": N_("P: weight the cells by the census"),
    "predictor": N_("in MR, the predictor of units: {predictor}"),
    "interaction": N_("in MR, the interaction {predictor} × {trait}"),
    "switches": N_("Switches"),
    "quiet": N_("Nobody answers in {label}"),
    "dial_n": N_("Respondents"),
    "dial_J": N_("Units, the most populous first"),
    "dial_odds_a": N_("Odds of answering: {level}"),
    "dial_odds_b": N_("Odds of answering: {level}"),
    "dial_odds_u": N_("Odds of answering: {predictor} above the middle"),
    "dial_odds_y": N_("Adversary: odds of answering of those who say yes"),
    "unit": N_("Unit"),
    "redraw": N_("New poll"),
    "reset": N_("Reset"),
    "seed": N_("seed {seed}"),
    "cells": N_("Respondents in every cell; hatched: nobody"),
    "strip": N_("% yes"),
    "map": N_("Estimates on the map; hatched: none"),
    "margins": N_("% of the poll and of the people"),
    "numbers": N_("The selected unit, cell by cell"),
    "scoreboard": N_("Every method against the truth"),
    "formula": N_("The formulas with their numbers"),
    "key_raw": N_("○ raw mean"),
    "key_shown": N_("◆ estimate shown"),
    "key_truth": N_("✕ truth"),
    "key_poll": N_("○ poll"),
    "key_people": N_("■ people"),
    "scale": N_("from {low} % (dark) to {high} % (light)"),
    "name_raw": N_("raw"),
    "name_rake": N_("raking"),
    "name_p": N_("P alone"),
    "name_mr": N_("MR alone"),
    "name_mrp": N_("MR and P"),
    "column_method": N_("method"),
    "column_rmse": N_("RMSE"),
    "column_units": N_("units"),
    "column_all": N_("all, %"),
    "column_cell": N_("cell"),
    "column_n": N_("n"),
    "column_yes": N_("yes"),
    "column_share": N_("π̂, %"),
    "column_people": N_("people, %"),
    "truth": N_("truth"),
    "formulas": "θ̂_P = { Σ N_c ȳ_c | Σ N_c } = {p_own} %\nθ̂_MRP = { Σ N_c π̂_c | Σ N_c } = {first} × {first_share} + … ="
    " {mrp_own} %\nlogit ( π̂_c ) = x_c · β̂ + b̂\nb̂ = {b}",
}  # fmt: skip


def ask(w: MrpBoard) -> dict[str, Any]:
    """Return the question: what helps a unit in which nobody answered?"""
    j, strings = w.quiet, w.strings
    plain, better = (float(w.fitted(predictor, False)["mrp"][j]) for predictor in (False, True))
    truth = float(w.truth[j])
    values = {
        "n": w.n, "label": w.world["labels"][j], "predictor": w.world["predictor"], "plain": fixed(100 * plain, 1),
        "better": fixed(100 * better, 1), "truth": fixed(100 * truth, 1),
    }  # fmt: skip
    return {
        "text": strings["ask"].format(**values),
        "options": [strings[f"option_{i}"].format(**values) for i in range(4)],
        "answer": 3 if abs(better - truth) < abs(plain - truth) else 2,
        "because": strings["because"].format(**values),
    }


def texts(w: MrpBoard) -> dict[str, Any]:
    """Return the numbers of a state as texts."""
    j, poll, world, board = w.at, w.poll, w.world, w.estimates
    rows = w.margins
    over = max(range(len(rows)), key=lambda i: rows[i][1] / rows[i][2] if rows[i][2] else 0)
    found: dict[str, Any] = {
        "n": w.n, "J": w.J, "unit": world["unit"], "empty": int((poll.n == 0).sum()), "cells": poll.n.size,
        "none": int((poll.n.sum(1) == 0).sum()), "has": int((poll.n.sum(1) > 0).sum()), "label": world["labels"][j],
        "asked": int(poll.n[j].sum()), "over": rows[over][0], "over_sample": fixed(100 * rows[over][1], 0),
        "over_people": fixed(100 * rows[over][2], 0), "odds_y": fixed(w.odds_y, 2), "tau": fixed(w.fit.tau, 2),
        "estimate": fixed(100 * board[w.method][j], 1), "truth": fixed(100 * w.truth[j], 1),
        "all_mrp": fixed(100 * w.overall("mrp"), 1), "all_truth": fixed(100 * w.overall("truth"), 1),
    }  # fmt: skip
    return found | {f"rmse_{name}": fixed(100 * w.rmse(name), 1) for name in METHODS}


def sentence(w: MrpBoard) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    model = w.method in ("mr", "mrp")
    asked = bool(w.poll.n[w.at].sum())
    keys = ["state", "over", w.method]
    keys += ["zero"] * (model and w.fit.tau == 0) + ["errors"] + ["hidden"] * (w.odds_y != 1)
    keys += [
        "chosen" if asked else "chosen_none" if np.isnan(w.estimates[w.method][w.at]) else "chosen_model"
    ]
    values = texts(w)
    return w.strings["space"].join(w.strings[key].format(**values) for key in keys)

"""Answers that nobody listed, to the exercises of lessons 00 to 03: right in an unusual dress, or wrong in an odd way."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from autograder.check import _call, judge_answer
from autograder.compare import judge
from autograder.exercises import get, registry
from autograder.student_data import assignment_data, hidden_cases

EARLY = [e for e in registry().values() if e.lesson in ("00", "01", "02", "03")]
FUNCTIONS = [e.id for e in EARLY if e.kind == "function"]
VALUES = [e.id for e in EARLY if e.kind == "value"]
SLOTS = [e.id for e in EARLY if e.kind == "slots"]
INVERSE = [e.id for e in EARLY if e.kind == "inverse"]


def graded(id_, function):
    """Judge a function on the cases of the lesson and on hidden ones, as in grading."""
    exercise = get(id_)
    cases = (*exercise.shown, *hidden_cases(exercise, "a term"))
    return judge(exercise, cases, [_call(function, case.inputs)[0] for case in cases])


def right_value(id_):
    exercise = get(id_)
    return exercise.reference(assignment_data(exercise.data))


def right_slots(id_):
    return {slot.name: slot.right for slot in get(id_).slots}


# ---- right, in an unusual dress --------------------------------------------------------------------------------------

DRESSES = {
    "a list": lambda x: np.asarray(x).tolist(),
    "a Series": lambda x: pd.Series(x),
    "one column": lambda x: np.reshape(x, (-1, 1)),
    "objects": lambda x: np.array(x, dtype=object),
    "single precision": lambda x: np.float32(x),
    "fractions": lambda x: [Fraction(float(n)) for n in np.ravel(x)],
}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("id_", [n for n in FUNCTIONS if n != "mse_three_ways"])  # which returns a dict
def test_a_right_function_may_return_its_numbers_in_any_dress(id_, dress):
    """Does it get full marks, whatever holds the numbers, and whatever it calls its arguments?"""
    reference = get(id_).reference
    assert graded(id_, lambda **k: DRESSES[dress](reference(**k))).credit == 1.0
    code = reference.__code__
    names = code.co_varnames[: code.co_argcount]
    others = ", ".join(f"a{i}" for i in range(len(names)))
    renamed = eval(f"lambda {others}: reference({others})", {"reference": reference})
    assert graded(id_, renamed).credit == 1.0


@pytest.mark.parametrize("id_", VALUES)
def test_a_right_value_may_come_in_any_dress(id_):
    """Does a number rounded to two decimals, or alone in a list, a Series or a table, get full marks?"""
    x = right_value(id_)
    for answer in (
        round(x, 2),
        np.float32(x),
        [[x]],
        pd.Series([x], ["b"]),
        pd.DataFrame({"b": [x]}),
        np.array(x),
    ):
        assert judge_answer(id_, answer).credit == 1.0, answer


@pytest.mark.parametrize("id_", SLOTS)
def test_blanks_may_be_filled_in_any_dress(id_):
    """Do capitals, lists of one, a Series, spaces for underscores and further keys do no harm?"""
    right = right_slots(id_)
    for answer in (
        {name.upper(): f'"{option}."' for name, option in right.items()},
        {name.replace("_", " "): [option] for name, option in right.items()},
        pd.Series(right),
        right | {"remark": "see above"},
    ):
        assert judge_answer(id_, answer).credit == 1.0, answer


# ---- wrong, in an odd way ----------------------------------------------------------------------------------------------


def changes_its_argument_and_stops(**inputs):
    for value in inputs.values():
        if isinstance(value, np.ndarray):
            value[:] = 0
    raise KeyError("schol")


ODD = {
    "text": "12,4",
    "a comma for a point": ["1,5", "2,5"],
    "nan": np.nan,
    "infinite": np.inf,
    "a huge int": 10**400,
    "yes": True,
    "nothing inside": [None, None, None],
    "rows of different length": [[1.0], [2.0, 3.0]],
    "a generator": (x for x in (1.0, 2.0)),
    "a set": {1.0, 2.0},
    "a class": dict,
    "two tables": (pd.DataFrame({"a": [1]}), pd.DataFrame()),
    "an exception": ValueError("no"),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_answer_gets_a_sentence_and_nothing_else(odd):
    """Is every odd thing answered to in a sentence, without credit, a fault of ours, or the right number?"""
    for exercise in EARLY:
        if exercise.kind == "written":
            continue
        answer = (lambda **k: ODD[odd]) if exercise.kind == "function" else ODD[odd]
        verdicts = [judge_answer(exercise.id, answer)]
        verdicts += [graded(exercise.id, answer)] if exercise.kind == "function" else []
        for verdict in verdicts:
            assert (verdict.outcome, verdict.credit) == ("not yet", 0.0), (exercise.id, verdict)
            assert verdict.message.endswith(".") or verdict.message.endswith("?"), verdict.message
            if exercise.kind == "value":
                said = " ".join([verdict.message, *verdict.details])
                assert f"{right_value(exercise.id):.2f}" not in said


@pytest.mark.parametrize("id_", FUNCTIONS)
def test_a_function_may_change_its_arguments_and_stop(id_):
    """Is what it did to the inputs of one case not felt in the next, and is its error said?"""
    before = graded(id_, get(id_).reference)
    verdict = graded(id_, changes_its_argument_and_stops)
    assert verdict.credit == 0.0 and "KeyError" in verdict.message
    assert graded(id_, get(id_).reference) == before


# ---- what the odd answers have taught ----------------------------------------------------------------------------------


def test_a_number_is_not_called_the_root_of_a_wrong_one_by_chance():
    """Centring the outcome only gives a number near the root of another slope: is that not said?"""
    data = assignment_data("ps02")
    y = data["math"] - data.groupby("school")["math"].transform("mean")
    verdict = judge_answer("common_slope", np.polyfit(data["homework"], y, 1)[0])
    assert (verdict.credit, verdict.misconception) == (0.0, None)
    total = get("common_slope").misconceptions[0].wrong(data)
    assert judge_answer("common_slope", -total).misconception == "M1+sign"


def test_means_left_as_they_are_were_not_shrunk_anywhere():
    """Returning y: is it not said to be right but for the case in which the positive part acts?"""
    assert graded("james_stein_mean", lambda y, se: y).misconception is None


def test_nan_everywhere_is_called_nan():
    """Is it not called the same answer on every case?"""
    for verdict in (
        judge_answer("partial_means", lambda mean, **k: mean * np.nan),
        graded("pupils_mean", lambda **k: np.nan),
    ):
        assert verdict.misconception is None and "NaN" in verdict.message


def test_blanks_under_other_names_are_not_called_empty():
    """Is a dict without any of the names told which names it needs?"""
    verdict = judge_answer("find_the_flaw", dict(enumerate(right_slots("find_the_flaw").values())))
    assert verdict.outcome == "not yet" and "remedy" in verdict.message


def test_the_same_place_is_not_always_right():
    """Does choosing always the first, the second or the third option earn no more than two thirds?"""
    for id_ in SLOTS:
        slots = get(id_).slots
        if any(len(slot.options) != 2 for slot in slots):
            for k in range(3):
                share = np.mean([slot.options.index(slot.right) == k for slot in slots])
                assert share <= 2 / 3, (id_, k)


def careful(scale=1.0, x=(1.0, 2.0, 3.0, 4.0), noise=(0.3, -0.2, -0.3, 0.2), step=10.0):
    """Return six groups of four rows, each lifted a step above the one before."""
    lifted = np.tile(x, 6) + np.repeat(step * np.arange(6), 4) + np.tile(noise, 6)
    return pd.DataFrame({"group": np.repeat(list("abcdef"), 4), "x": np.tile(x, 6), "y": scale * lifted})


def test_units_do_not_matter_to_data_that_are_too_careful():
    """Is the same table right in metres and in kilometres, and exact lines wrong for being exact only?"""
    for scale in (1e-3, 1.0, 1e6):
        assert judge_answer("too_careful", careful(scale)).credit == 1.0
        assert judge_answer("too_careful", careful(scale, noise=(0, 0, 0, 0))).credit == pytest.approx(0.9)
    nothing = judge_answer("too_careful", careful(noise=(0, 0, 0, 0), step=0.0))
    assert nothing.credit == pytest.approx(
        0.5
    )  # exact lines on top of each other: no standard error is too large


@pytest.mark.parametrize("id_", INVERSE)
def test_a_table_with_a_hole_or_of_text_is_told_what_it_must_be(id_):
    """Is a missing number not called a wrong size or an exact line, and a dict told that a DataFrame is wanted?"""
    table = careful().assign(n=9, truth=50.0, mean=50.0)
    hole = table.assign(x=np.nan, n=np.nan)
    for answer in (hole, table.astype(str), table.to_dict("list"), table.to_numpy(object)):
        verdict = judge_answer(id_, answer)
        assert verdict.credit == 0.0 and "DataFrame" in verdict.message

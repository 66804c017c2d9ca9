"""The exercises of lesson 02: their data, their criteria, and the numbers that the pencil gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from autograder.compare import judge
from autograder.exercise import Answer, Case
from autograder.exercises import get
from autograder.exercises import lesson_02 as lesson
from autograder.student_data import assignment_data
from hlm_teach import load
from hlm_teach.pooling import partial_pooling

IDS = [f"student{i}" for i in range(40)]


def table(n, truth, mean):
    return pd.DataFrame({"n": n, "truth": truth, "mean": mean})


HONEST = {
    "steady others": table([9] * 5 + [4], [50] * 5 + [60], [54, 46, 54, 46, 54, 60]),
    "a low school, whole numbers": table([3] + [5] * 7, [30] + [50] * 7, [31, 56, 44, 56, 44, 56, 44, 56]),
    "floats, other columns, own index": table(
        [2.0] + [4.0] * 6, [70.0] + [50.0] * 6, [69.0, 57, 43.5, 56, 44, 57, 43]
    )
    .assign(name=list("abcdefg"))
    .set_index("name"),
}


@pytest.mark.parametrize("student", IDS)
def test_every_student_gets_a_set_of_the_same_difficulty(student):
    """Is the right slope told apart from every wrong one in each student's set, by three tolerances and more?"""
    data = assignment_data("ps02", student)
    exercise = get("common_slope")
    right = exercise.reference(data)
    assert len(data) == 140 and data["school"].nunique() == 8
    assert 1 <= right <= 3
    for wrong in exercise.misconceptions:
        assert abs(wrong.wrong(data) - right) > 3 * exercise.tolerance.atol, wrong.id


@pytest.mark.parametrize("student", IDS[:5])
def test_the_reference_is_least_squares_with_dummies(student):
    """Does statsmodels find the same slope?"""
    data = assignment_data("ps02", student)
    fit = smf.ols("math ~ 0 + C(school) + homework", data=data).fit()
    assert fit.params["homework"] == pytest.approx(lesson.within_slope(data), rel=1e-9)


def test_the_ten_schools_in_place_of_ones_own_are_named():
    """Is whoever fits the lesson's ten schools told so, and does the last hint name the student's own data?"""
    assert lesson.within_slope(load("schools10")) == pytest.approx(lesson.TEN_SCHOOLS, abs=1e-6)
    data = assignment_data("ps02", "student0")
    verdict = judge(get("common_slope"), (Case({"data": data}),), [Answer(lesson.TEN_SCHOOLS)])
    assert verdict.misconception == "ten_schools"
    assert "data=my_pupils" in get("common_slope").hints[-1]


def test_a_slope_rounded_to_two_decimals_is_right():
    """Is nobody punished for rounding as the task allows?"""
    for student in IDS:
        data = assignment_data("ps02", student)
        verdict = judge(
            get("common_slope"), (Case({"data": data}),), [Answer(round(lesson.within_slope(data), 2))]
        )
        assert verdict.outcome == "correct"


def test_the_pencil_and_the_library_agree():
    """Do the three schools of the lesson come out at 57.0, 45.6 and 44.0, by formula and by library?"""
    by_hand = lesson.partially_pooled(**lesson.HAND)
    assert by_hand == pytest.approx([57.0, 45.6, 44.0])
    fit = partial_pooling(lesson.HAND["mean"], 8 / np.sqrt(lesson.HAND["n"]), tau=4, mu=48)
    assert fit.estimate == pytest.approx(by_hand)


@pytest.mark.parametrize("name", ["partial_means", "mse_three_ways"])
def test_every_known_mistake_is_named(name):
    """Is each wrong way told by its own name, on the cases that the lesson shows?"""
    exercise = get(name)
    for mistake in exercise.misconceptions:
        answers = [Answer(mistake.wrong(**case.inputs)) for case in exercise.shown]
        assert judge(exercise, exercise.shown, answers).misconception == mistake.id


def test_a_mistake_in_partial_means_is_counted_once():
    """Is mse_three_ways right when it is right given the student's own wrong partial_means?"""
    exercise = get("mse_three_ways")
    wrong = {m.id: m.wrong for m in get("partial_means").misconceptions}["swapped_weights"]
    own = [wrong(**{k: v for k, v in case.inputs.items() if k != "truth"}) for case in exercise.shown]
    answers = [
        Answer(
            lesson._errors(
                c.inputs["truth"], np.average(c.inputs["mean"], weights=c.inputs["n"]), c.inputs["mean"], e
            )
        )
        for c, e in zip(exercise.shown, own, strict=True)
    ]
    carried = {"partial_means": tuple(Answer(e) for e in own)}
    assert judge(exercise, exercise.shown, answers, carried=carried).outcome == "correct"
    assert judge(exercise, exercise.shown, answers).outcome != "correct"


@pytest.mark.parametrize("name", HONEST)
def test_different_constructions_of_an_honest_extreme_pass(name):
    """Does any table with the property pass, however it was made?"""
    assert judge(get("honest_extreme"), (), [Answer(HONEST[name])]).outcome == "correct"


def test_the_criteria_measure_what_the_library_computes():
    """Do the criteria use the same partial pooling as ht.partial_pooling?"""
    data = HONEST["steady others"]
    _n, se, none, partial = lesson._losses(data)
    fit = partial_pooling(data["mean"], se, tau=lesson.TAU)
    assert partial == pytest.approx(np.abs(fit.estimate - data["truth"]))
    assert none == pytest.approx(np.abs(data["mean"] - data["truth"]))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        3,
        "a table",
        {"n": [9] * 6, "truth": [50] * 6, "mean": [50] * 6},
        table([9] * 3, [50] * 3, [50] * 3),
        table([0] + [9] * 5, [50] * 6, [50] * 6),
        table([4.5] + [9] * 5, [50] * 6, [50] * 6),
        table([9] * 6, [50] * 5 + [np.nan], [50] * 6),
        table([9] * 6, list("abcdef"), [50] * 6),
        pd.concat([HONEST["steady others"]] * 2, axis=1),
        HONEST["steady others"].rename(columns={"n": "N"}),
    ],
    ids=[
        "none",
        "number",
        "text",
        "dict",
        "short",
        "n zero",
        "half a pupil",
        "nan",
        "letters",
        "columns twice",
        "wrong name",
    ],
)
def test_what_is_no_table_is_refused_without_an_exception(answer):
    """Does every criterion answer False, and not raise, for what is not the table asked for?"""
    assert not any(criterion.holds(answer) for criterion in get("honest_extreme").criteria)


def test_a_table_in_which_everybody_loses_is_not_enough():
    """Is a table refused in which no pooling has no error at all, so that partial pooling never gains?"""
    data = HONEST["steady others"].assign(mean=lambda t: t["truth"])
    verdict = judge(get("honest_extreme"), (), [Answer(data)])
    assert verdict.outcome == "partly" and verdict.misconception is None


def test_a_table_in_which_partial_pooling_is_better_for_everybody_is_named():
    """Is whoever makes data in which nobody loses told the misconception (M9) by name?"""
    data = table([9, 9, 9, 9, 9, 4], [50] * 6, [54, 46, 54, 46, 54, 45])
    assert judge(get("honest_extreme"), (), [Answer(data)]).misconception == "M9"

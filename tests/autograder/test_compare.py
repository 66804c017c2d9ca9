"""The judge: each sentence where its example provokes it, credit as written, and never the right number."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import sentences as S
from autograder.answers import call, read_answer, write_answer
from autograder.check import judge_answer
from autograder.compare import GraderFault, judge
from autograder.exercise import Answer, Carry, Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.match import agrees
from autograder.student_data import hidden_cases

TOLERANCE = Tolerance(1e-6, 1e-9, "closed form")


def exercise(id_="shrinkage_factor", kind="function", **fields):
    return Exercise(id_, "03", "A title", kind, 2, "A section", **fields)


def weight(se, tau):
    return se**2 / (se**2 + tau**2)


def drawn(rng):
    return Case(
        {"se": np.round(rng.uniform(2, 9, 6), 2), "tau": round(float(rng.uniform(2, 9)), 2)}, "six groups"
    )


SWAPPED = Misconception(
    "swapped", "The two weights are swapped.", lambda se, tau: tau**2 / (se**2 + tau**2), 0.5
)
NO_SQUARE = Misconception("sd_for_variance", "Square both first.", lambda se, tau: se / (se + tau), 0.25)
WEIGHT = exercise(
    reference=weight,
    tolerance=TOLERANCE,
    shown=(
        Case({"se": np.array([3.0, 5.0, 8.0]), "tau": 4.0}, "three groups"),
        Case({"se": np.array([3.0, 5.0]), "tau": 0.0}, "no spread between groups"),
    ),
    draw=drawn,
    misconceptions=(SWAPPED, NO_SQUARE),
)
PLAIN = exercise(
    reference=weight, tolerance=TOLERANCE, shown=WEIGHT.shown, draw=drawn
)  # nothing known to go wrong
HIDDEN = hidden_cases(WEIGHT, "a term")

DATA = pd.DataFrame({"school": ["a", "a", "b", "b"], "y": [1.25, 2.5, 4.75, 9.5]})
SLOPE = exercise(
    "my_slope", "value", reference=lambda data: float(data["y"].mean()), tolerance=TOLERANCE, data="ps00"
)
MEANS = exercise(
    "means", "value", reference=lambda data: data.groupby("school")["y"].mean(), tolerance=TOLERANCE
)
PAIR = exercise(
    "pair", "value", reference=lambda data: {"mu": data["y"].mean(), "tau": data["y"].std(), "best": "b"}
)
TABLE = exercise("table", "value", reference=lambda data: data.groupby("school", as_index=False)["y"].mean())
OWN = Case({"data": DATA})


def answer_of(function, inputs):
    """Return what the worker would send for one call."""
    try:
        value = call(function, dict(inputs))
    except Exception as error:
        return Answer(*read_answer({"problem": "raised", "detail": f"{type(error).__name__}: {error}"}))
    return Answer(*read_answer(write_answer(value)))


def judged(function, task=WEIGHT, cases=None, **more):
    """Judge a function on the shown cases and those of a term."""
    cases = (*task.shown, *HIDDEN) if cases is None else cases
    return judge(task, cases, [answer_of(function, c.inputs) for c in cases], **more)


def value(given_, task=SLOPE, **more):
    return judge(task, [OWN], [Answer(*read_answer(write_answer(given_)))], **more)


def problem(name, detail="", task=WEIGHT):
    cases = [OWN] if task.kind == "value" else task.shown
    return judge(task, cases, [Answer(problem=name, detail=detail) for _case in cases])


def raised(detail):
    return problem("raised", detail)


def lost(se, tau):
    return float(tau) * weight(se, tau) / float(tau) if tau else se * math.nan


SENTENCE = exercise(
    "reading",
    "slots",
    slots=(
        Slot("direction", ("toward", "away"), "toward", {"away": Misconception("M5", "Look at the arrows.")}),
        Slot("who", ("small groups", "large groups"), "small groups"),
    ),
)
OBJECT = exercise(
    "steady",
    "inverse",
    criteria=(
        Criterion(lambda t: bool({"n", "mean"} <= set(t.columns)), "It needs columns n and mean.", 0.25),
        Criterion(lambda t: bool((t["n"] > 0).all()), "Every n must be positive.", 0.25),
        Criterion(lambda t: bool(t["mean"].std() > 1), "The means are too close together.", 0.5),
    ),
    misconceptions=(Misconception("M6", "Size is only half of it."),),
)
ESSAY = exercise("essay", "written", rubric=((1.0, "Names the noise."), (1.0, "Names the target.")))
TABLE_OK = pd.DataFrame({"n": [3, 9], "mean": [1.0, 9.0]})
BUILT = exercise(
    "estimate",
    reference=lambda se, tau: 10 * weight(se, tau) + 5,
    tolerance=TOLERANCE,
    shown=WEIGHT.shown,
    draw=drawn,
    misconceptions=(Misconception("own", "No pooling.", lambda se, tau: se, 0.25),),
    carries=(
        Carry(
            "shrinkage_factor",
            lambda se, tau: {"se": se, "tau": tau},
            lambda v, se, tau: 10 * np.asarray(v) + 5,
        ),
    ),
)


def carried(earlier, function):
    cases = (*BUILT.shown, *HIDDEN)
    theirs = tuple(answer_of(earlier, c.inputs) for c in cases)
    return judged(function, BUILT, carried={"shrinkage_factor": theirs})


BUILT_ON_TWO = replace(
    BUILT,
    reference=lambda se, tau: 10 * weight(se, tau) + np.sum(se),
    carries=(
        Carry(
            "shrinkage_factor", lambda se, tau: {"se": se, "tau": tau}, lambda v, se, tau: 10 * v + np.sum(se)
        ),
        Carry("total", lambda se, tau: {"se": se}, lambda v, se, tau: 10 * weight(se, tau) + v),
    ),
    given=lambda earlier, se, tau: 10 * earlier["shrinkage_factor"] + earlier["total"],
)


def carried_twice(function, exercise=BUILT_ON_TWO, total=lambda se: float(np.max(se))):
    cases = (*BUILT.shown, *HIDDEN)
    weights = tuple(answer_of(SWAPPED.wrong, c.inputs) for c in cases)
    totals = tuple(Answer(total(c.inputs["se"])) for c in cases)
    return judged(function, exercise, carried={"shrinkage_factor": weights, "total": totals})


def one_branch(se, tau):
    return weight(se, tau) if tau > 0 else None


def all_but_zero(se, tau):
    return weight(se, tau) if tau > 0 else se


CASE = (Case({"s": 3.25}, "one group"),)
PROVOKED = {  # the sentence: what provokes it
    "CORRECT": lambda: value(4.5),
    "CORRECT_SHOWN": lambda: judged(weight, cases=WEIGHT.shown),
    "CORRECT_CASES": lambda: judged(weight),
    "CARRIED": lambda: carried(SWAPPED.wrong, lambda se, tau: 10 * SWAPPED.wrong(se, tau) + 5),
    "CARRIED_SEVERAL": lambda: carried_twice(lambda se, tau: 10 * SWAPPED.wrong(se, tau) + np.max(se)),
    "SINGLE": lambda: value([4.5]),
    "DIMENSIONS": lambda: judged(lambda se, tau: weight(se, tau).reshape(-1, 1)),
    "EXTRA": lambda: value({"mu": 4.5, "tau": DATA["y"].std(), "best": "b", "note": 1}, PAIR),
    "EMPTY_FUNCTION": lambda: judged(lambda se, tau: None),
    "EMPTY_VALUE": lambda: value(...),
    "UNFINISHED": lambda: judged(lambda se, tau: (1.0, ...)),
    "SOME_EMPTY": lambda: judged(one_branch),
    "MISSING": lambda: problem("missing"),
    "RAISED": lambda: judged(lambda se, tau: Tau),  # noqa: F821
    "RAISED_VALUE": lambda: problem("raised", "KeyError: 'homwork'", SLOPE),
    "TIMEOUT": lambda: problem("timeout"),
    "IDLE": lambda: problem("timeout", "idle"),
    "WAITED": lambda: problem("timeout", "wall"),
    "MEMORY": lambda: problem("memory"),
    "CRASHED": lambda: problem("crashed"),
    "UNREADABLE": lambda: judged(lambda se, tau: range(8)),
    "UNREADABLE_TYPE": lambda: judged(
        lambda se, tau: weight(se, tau) if len(se) < 6 else type("X3_14", (), {})()
    ),
    "TOO_LARGE": lambda: judged(lambda se, tau: [0.5] * 10**6),
    "COMPLEX": lambda: value((-2) ** 0.5),
    "A_FUNCTION": lambda: value(len),
    "TEXT": lambda: value("4.5"),
    "TRUE_FALSE": lambda: judged(lambda se, tau: se > tau),
    "HOLDS_NONE": lambda: judged(lambda se, tau: [None] * np.size(se)),
    "SHAPE": lambda: value(3.25, MEANS),
    "SHAPE_CASE": lambda: judged(lambda se, tau: 0.123),
    "RAGGED": lambda: judged(lambda se, tau: [[0.1, 0.2], [0.3]]),
    "LABELS": lambda: value(pd.Series([1.875, 1.0], index=["a", "c"]), MEANS),
    "KEYS": lambda: value({"mu": 4.5}, PAIR),
    "COLUMNS": lambda: value(pd.DataFrame({"school": ["a", "b"], "Y": [1.875, 7.125]}), TABLE),
    "NEGATIVE": lambda: value(-4.5),
    "PERCENT": lambda: judged(lambda se, tau: 100 * weight(se, tau)),
    "PROPORTION": lambda: value(0.045),
    "SQUARE": lambda: value(20.25),
    "ROOT": lambda: value(4.5**0.5),
    "COMPLEMENT": lambda: judged(lambda se, tau: 1 - weight(se, tau), PLAIN),
    "RECIPROCAL": lambda: judged(lambda se, tau: 1 / weight(se, tau), PLAIN),
    "ORDER": lambda: judged(lambda se, tau: weight(se, tau)[::-1], cases=HIDDEN),
    "ROUNDED": lambda: judged(lambda se, tau: np.round(weight(se, tau), 3)),
    "OTHER_SET": lambda: value(7.0, others=(Case({"data": DATA.assign(y=7.0)}, "the practice set"),)),
    "HARDCODED": lambda: judged(lambda se, tau: weight(se, tau) if len(se) < 6 else np.arange(6.0)),
    "CONSTANT": lambda: judged(lambda se, tau: np.full(len(se), 0.3)),
    "NAN": lambda: judged(lost, cases=WEIGHT.shown),
    "INFINITE": lambda: value(np.float64("inf")),
    "WRONG_VALUE": lambda: value(3.0),
    "WRONG_CASE": lambda: judge(exercise(reference=lambda s: s, shown=CASE), CASE, [Answer(7.0)]),
    "WRONG_HIDDEN": lambda: judged(lambda se, tau: weight(se, tau) * (1.5 if tau >= 5 else 1.0)),
    "WRONG_PLACE": lambda: value([1.5, 7.125], MEANS),
    "WRONG_PLACE_CASE": lambda: judged(lambda se, tau: weight(se, tau) * np.arange(1, len(se) + 1)),
    "WRONG_PART": lambda: value({"mu": 4.5, "tau": DATA["y"].std(), "best": "a"}, PAIR),
    "PARTS": lambda: value({"mu": 4.5, "tau": 1.0, "best": "b"}, PAIR),
    "PARTLY": lambda: judged(all_but_zero),
    "MUTATED": lambda: in_lesson(spoils),
    "NOT_A_FUNCTION": lambda: in_lesson(0.36),
    "AT_LINE": lambda: in_lesson(lambda se, tau: se / nowhere),  # noqa: F821
    "SLOTS_RIGHT": lambda: judge(SENTENCE, (), [Answer({"direction": "Toward", "who": "small  groups"})]),
    "SLOT_WRONG": lambda: judge(SENTENCE, (), [Answer({"direction": "away", "who": "small groups"})]),
    "SLOT_UNKNOWN": lambda: judge(SENTENCE, (), [Answer({"direction": "towrad", "who": "small groups"})]),
    "SLOT_OPEN": lambda: judge(SENTENCE, (), [Answer({"direction": "toward", "who": ...})]),
    "SLOTS_FORM": lambda: judge(SENTENCE, (), [Answer(["toward"])]),
    "ALL_HOLD": lambda: judge(OBJECT, (), [Answer(TABLE_OK)]),
    "NOT_EXAMINED": lambda: judge(OBJECT, (), [Answer("table")]),
    "MANUAL": lambda: judge(ESSAY, (), [Answer("Because of noise.")]),
    "MANUAL_EMPTY": lambda: judge(ESSAY, (), [Answer("  ")]),
    "RUBRIC": lambda: judge(ESSAY, (), [Answer("Because of noise.")]),
}
IN_OTHERS = (
    "NOBODY",
    "OWN_ERROR",
    "CASE_NUMBER",
    "A_NUMBER",
    "A_TEXT",
    "A_BOOL",
    "NOTHING",
    "A_TABLE",
    "A_FRAME",
    "A_DICT",
)
IN_OTHERS += (
    "A_TUPLE",
    "ANOTHER",
    "POSITION",
    "QUOTED",
    "HOW_TO_CHECK",
    "RUN_FIRST",
)  # tested on their own below, or in test_check


def spoils(se, tau):
    result = weight(se, tau)
    se *= 0
    return result


def in_lesson(answer):
    return judge_answer("shrinkage_factor", answer)


@pytest.fixture(autouse=True)
def _only_our_exercises(monkeypatch):
    monkeypatch.setattr("autograder.exercises.registry", lambda: {"shrinkage_factor": WEIGHT})
    monkeypatch.setattr("autograder.exercises.get", {"shrinkage_factor": WEIGHT}.__getitem__)


def pattern(sentence):
    parts = re.split(r"\{[^}]*\}", sentence)
    return re.compile(".+".join(re.escape(p) for p in parts), re.DOTALL)


@pytest.mark.parametrize("name", PROVOKED)
def test_each_sentence_is_said_where_its_example_provokes_it(name):
    """Does the example above each sentence provoke it?"""
    verdict = PROVOKED[name]()
    said = [verdict.message, *verdict.details]
    assert any(pattern(getattr(S, name)).search(s) for s in said), said


def test_no_sentence_is_without_an_example():
    """Is every sentence of the file provoked somewhere?"""
    sentences = {n for n, v in vars(S).items() if n.isupper() and isinstance(v, str)}
    assert sentences == set(PROVOKED) | set(IN_OTHERS)


@pytest.mark.parametrize("name", S.ADVICE)
def test_an_error_comes_with_advice(name):
    """Does each known exception bring its own advice, beside the sentence that it happened?"""
    verdict = raised(f"{name}: something")
    assert (verdict.outcome, verdict.credit) == ("not yet", 0.0)
    assert name in verdict.message and S.ADVICE[name] in verdict.details


# ---- credit -----------------------------------------------------------------------------------------------------------

CREDIT = {
    "right": (lambda: judged(weight), "correct", 1.0, None),
    "a misconception": (lambda: judged(SWAPPED.wrong), "partly", 0.5, "swapped"),
    "a misconception in percent": (
        lambda: judged(lambda se, tau: 100 * SWAPPED.wrong(se, tau)),
        "partly",
        0.25,
        "swapped+percent",
    ),
    "a misconception rounded": (
        lambda: judged(lambda se, tau: np.round(NO_SQUARE.wrong(se, tau), 4)),
        "partly",
        0.125,
        "sd_for_variance+rounded",
    ),
    "rounded": (lambda: value(4.4987, replace_mean(4.49873)), "partly", 0.5, "rounded"),
    "cut off": (lambda: value(4.49, replace_mean(4.4987)), "partly", 0.5, "rounded"),
    "one digit is no rounding": (lambda: value(4.0, replace_mean(4.4987)), "not yet", 0.0, None),
    "sign": (lambda: value(-4.5), "partly", 0.25, "sign"),
    "all hidden right, one shown not": (lambda: judged(all_but_zero), "partly", 0.5, None),
    "half of the hidden": (
        lambda: judged(lambda se, tau: weight(se, tau) * (1 + (tau < 5))),
        "partly",
        None,
        None,
    ),
    "shown only": (
        lambda: judged(lambda se, tau: weight(se, tau) if len(se) < 6 else se),
        "not yet",
        0.0,
        "hardcoded",
    ),
    "two of three parts": (lambda: value({"mu": 4.5, "tau": 1.0, "best": "b"}, PAIR), "partly", 1 / 3, None),
    "constant that happens to hit": (
        lambda: judged(lambda se, tau: np.ones(len(se))),
        "not yet",
        0.0,
        "constant",
    ),
    "not attempted": (lambda: judged(lambda se, tau: ...), "not attempted", 0.0, None),
    "somebody else's": (PROVOKED["OTHER_SET"], "not yet", 0.0, "other_data"),
    "one slot of two": (PROVOKED["SLOT_WRONG"], "partly", 0.5, "M5"),
    "no slot": (
        lambda: judge(SENTENCE, (), [Answer({"direction": ..., "who": ...})]),
        "not attempted",
        0.0,
        None,
    ),
    "wrong slots": (
        lambda: judge(SENTENCE, (), [Answer({"direction": "away", "who": "large groups"})]),
        "not yet",
        0.0,
        "M5",
    ),
    "two of three properties": (
        lambda: judge(OBJECT, (), [Answer(TABLE_OK.assign(mean=1.0))]),
        "partly",
        0.5,
        "M6",
    ),
    "an odd object": (lambda: judge(OBJECT, (), [Answer("table")]), "not yet", 0.0, None),
    "an object not there": (
        lambda: judge(OBJECT, (), [Answer(problem="missing")]),
        "not attempted",
        0.0,
        None,
    ),
    "an object that cannot be read": (
        lambda: judge(OBJECT, (), [Answer(problem="unreadable", detail="set")]),
        "not yet",
        0.0,
        None,
    ),
    "a text": (PROVOKED["MANUAL"], "manual", 0.0, None),
}


def replace_mean(mean):
    return exercise("my_slope", "value", reference=lambda data: mean, tolerance=TOLERANCE)


@pytest.mark.parametrize("name", CREDIT)
def test_credit_follows_the_written_rules(name):
    """Does each kind of answer get the outcome, the credit and the name that the module's text promises?"""
    make, outcome, credit, misconception = CREDIT[name]
    verdict = make()
    assert (verdict.outcome, verdict.misconception) == (outcome, misconception)
    if credit is not None:
        assert verdict.credit == pytest.approx(credit, abs=1e-4)
    else:
        right = sum(c.inputs["tau"] >= 5 for c in HIDDEN)
        assert 0 < right < len(HIDDEN)
        assert verdict.credit == pytest.approx(right / len(HIDDEN) / 2, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["array", "list", "series", "tuple", "column"]))
def test_no_correct_answer_is_accused(seed, form):
    """Is the reference right in whatever form it comes, on whatever is drawn?"""
    forms = {
        "array": lambda b: b,
        "list": lambda b: list(b),
        "series": pd.Series,
        "tuple": tuple,
        "column": lambda b: b.reshape(-1, 1),
    }
    cases = hidden_cases(WEIGHT, str(seed))
    verdict = judged(lambda se, tau: forms[form](weight(se, tau)), cases=cases)
    assert (verdict.outcome, verdict.misconception) == ("correct", None)


def test_the_nearest_wrong_way_is_named():
    """Of two wrong ways within the tolerance, is the nearer one named, whatever their order?"""
    near = Misconception("near", "Near.", lambda data: 5.0)
    far = Misconception("far", "Far.", lambda data: 5.04)
    wide = Tolerance(0.0, 0.05, "a simulation")
    for order in ((near, far), (far, near)):
        task = exercise("m", "value", reference=lambda data: 4.0, tolerance=wide, misconceptions=order)
        assert value(5.001, task).misconception == "near"
        assert value(5.039, task).misconception == "far"


def test_a_wrong_way_is_named_only_where_it_can_be_told_apart():
    """Is a pipeline that agrees with the reference on some cases recognised by the others alone?"""
    clamped = exercise(
        reference=lambda x: max(0.0, x),
        tolerance=TOLERANCE,
        misconceptions=(Misconception("unclamped", "Cut it off at zero.", lambda x: x, 0.5),),
    )
    cases = [Case({"x": 2.0}), Case({"x": -3.0})]
    assert judge(clamped, cases, [Answer(2.0), Answer(-3.0)]).misconception == "unclamped"
    assert judge(clamped, cases, [Answer(2.0), Answer(-4.0)]).misconception is None
    assert judge(clamped, cases[:1], [Answer(2.0)]).outcome == "correct"


def test_a_wrong_way_that_fails_says_nothing():
    """Does a wrong pipeline that raises on a case neither accuse nor stop the grading?"""
    task = exercise(reference=lambda x: x, misconceptions=(Misconception("m", "No.", lambda x: 1 / 0),))
    assert judge(task, [Case({"x": 2.0})], [Answer(3.0)]).misconception is None


# ---- carried forward ----------------------------------------------------------------------------------------------------


def test_an_earlier_mistake_counts_once():
    """Is an answer right that follows from the student's own wrong one, although it is wrong by itself?"""
    verdict = carried(NO_SQUARE.wrong, lambda se, tau: 10 * NO_SQUARE.wrong(se, tau) + 5)
    assert (verdict.outcome, verdict.credit, verdict.carried) == ("correct", 1.0, True)
    assert carried(weight, lambda se, tau: 10 * weight(se, tau) + 5).carried is False


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (lambda se, tau: np.zeros(len(se)), lambda se, tau: np.full(len(se), 5.0)),
        (lambda se, tau: (se - 5) / 10, lambda se, tau: se),
        (lambda se, tau: np.full(len(se), np.nan), lambda se, tau: np.full(len(se), np.nan)),
        (lambda se, tau: "text", lambda se, tau: 10 * weight(se, tau) + 4),
        (lambda se, tau: None, lambda se, tau: np.full(len(se), 5.0)),
    ],
    ids=["constant", "copies an input", "nan", "text", "not attempted"],
)
def test_nothing_is_built_on_nothing(earlier, later):
    """Does an earlier answer that is a constant, or made so that an input comes out, earn nothing later on?"""
    verdict = carried(earlier, later)
    assert verdict.carried is False and verdict.credit <= 0.25


def test_two_earlier_mistakes_count_once_each():
    """Is an answer right that builds on two wrong ones at once, or on either, but not on one that cannot be built on?"""
    both = carried_twice(lambda se, tau: 10 * SWAPPED.wrong(se, tau) + np.max(se))
    assert (both.outcome, both.credit, both.carried) == ("correct", 1.0, True)
    assert "`shrinkage_factor`, `total`" in both.message
    assert "`total`" in carried_twice(lambda se, tau: 10 * weight(se, tau) + np.max(se)).message
    nothing = carried_twice(lambda se, tau: 10 * SWAPPED.wrong(se, tau) + 7, total=lambda se: 7.0)
    assert nothing.carried is False
    alone = replace(BUILT_ON_TWO, given=None)
    assert not carried_twice(lambda se, tau: 10 * SWAPPED.wrong(se, tau) + np.max(se), alone).carried


# ---- a value's shape, labels and form -----------------------------------------------------------------------------------

GOOD = pd.Series([1.875, 7.125], index=["a", "b"])
FORMS = {
    "the Series": (GOOD, True),
    "another order": (GOOD[::-1], True),
    "a dict": ({"b": 7.125, "a": 1.875}, True),
    "an array": (GOOD.to_numpy(), True),
    "a list": ([1.875, 7.125], True),
    "a table of one column": (GOOD.to_frame(), True),
    "labels without meaning": (pd.Series([1.875, 7.125], index=[10, 20]), True),
    "an array in another order": (GOOD.to_numpy()[::-1], False),
    "swapped labels": (pd.Series([1.875, 7.125], index=["b", "a"]), False),
    "another label": (pd.Series([1.875, 7.125], index=["a", "c"]), False),
    "one too many": ([1.875, 7.125, 0.0], False),
    "text": (["1.875", "7.125"], False),
    "NaN": ([1.875, math.nan], False),
    "None inside": ([1.875, None], False),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_numbers_count_not_their_container(name):
    """Is the right answer right as a Series, dict, array or list, by label where there are labels?"""
    given_, right = FORMS[name]
    assert (value(given_, MEANS).outcome == "correct") is right


@pytest.mark.parametrize(
    ("expected", "given_", "right"),
    [
        (3.0, 3, True),
        (3.0, np.array(3.0), True),
        (3.0, np.array([[3.0]]), True),
        (3.0, (3.0,), True),
        (3.0, True, False),
        (1.0, True, False),
        (True, True, True),
        (True, np.bool_(False), False),
        (True, 1, False),
        ("Up", " up ", True),
        ("up", "down", False),
        (math.nan, math.nan, True),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (0.0, -0.0, True),
        (2**200, 2**200, True),
        ((1.0, "a"), [1.0, "a"], True),
        ((1.0, "a"), (1.0, "b"), False),
        ([1.0, 2.0], (1.0, 2.0), True),
        ([], [], True),
        (np.eye(2), [[1, 0], [0, 1]], True),
        (np.eye(2), [1, 0, 0, 1], False),
        (np.array(["a", "b"]), ["A", "b"], True),
        (np.array([True, False]), [True, False], True),
        (np.array([True, False]), [1, 0], False),
        ({"a": (1.0, 2.0)}, {"a": np.array([1.0, 2.0])}, True),
        ({1: 2.0}, {"1": 2.0}, True),
        (np.arange(3.0), [[0, 1], [2]], False),
        (np.arange(3.0), {"a": 0, "b": 1, "c": 2}, False),
        (np.arange(3.0), np.array([0, 1, None], dtype=object), False),
        (pd.DataFrame({"a": [1.0, 2.0]}), {"a": [1.0, 2.0]}, True),
        (pd.DataFrame({"a": [1.0, 2.0]}), {"a": 3.0}, False),
        (pd.DataFrame({"a": [1.0], "b": ["x"]}), pd.DataFrame({"b": ["x"], "a": [1.0]}), True),
        (
            pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "y"]),
            pd.DataFrame({"a": [2.0, 1.0]}, index=["y", "x"]),
            True,
        ),
        (
            pd.DataFrame({"g": ["p", "q"]}, index=["x", "y"]),
            pd.DataFrame({"g": ["q", "p"]}, index=["y", "x"]),
            True,
        ),
        (
            pd.Series([1.0, 2.0], index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
            {("b", 2.0): 2.0, ("a", 1): 1.0},
            True,
        ),
        (pd.Series([1.0, 2.0], index=["a", "a"]), [1.0, 2.0], True),
    ],
)
def test_two_values_agree(expected, given_, right):
    """Which forms of a value are the same answer?"""
    assert agrees(expected, given_, TOLERANCE) is right


LEAVES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3) | st.just(...)
NUMBERS = st.lists(st.floats(width=32), max_size=4)
ANYTHING = st.recursive(
    LEAVES
    | NUMBERS.map(np.array)
    | NUMBERS.map(pd.Series)
    | st.lists(LEAVES, max_size=3).map(lambda x: pd.Series(x, dtype=object))
    | st.dictionaries(st.text(max_size=2), NUMBERS, max_size=2).map(
        lambda d: pd.DataFrame({k: pd.Series(v) for k, v in d.items()})
    ),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=2), x, max_size=3) | st.tuples(x, x),
    max_leaves=8,
)
FORMED = {  # the right form, filled with anything
    "my_slope": ANYTHING,
    "means": st.tuples(ANYTHING, ANYTHING).map(lambda t: {"a": t[0], "b": t[1]})
    | st.lists(ANYTHING, min_size=2, max_size=2),
    "pair": st.fixed_dictionaries({"mu": ANYTHING, "tau": ANYTHING, "best": ANYTHING}),
    "table": st.fixed_dictionaries({"school": ANYTHING, "y": ANYTHING}),
    "reading": st.fixed_dictionaries({"direction": ANYTHING, "who": ANYTHING}),
    "steady": st.fixed_dictionaries({"n": ANYTHING, "mean": ANYTHING}),
    "essay": ANYTHING,
}


@settings(max_examples=600, deadline=None)
@given(st.data(), st.sampled_from([SLOPE, MEANS, PAIR, TABLE, SENTENCE, OBJECT, ESSAY]))
def test_no_answer_makes_the_judge_stumble(data, task):
    """Does any value at all end in a verdict with a sentence, its credit between 0 and 1, and only the right one in 1?"""
    given_ = data.draw(st.one_of(ANYTHING, FORMED[task.id]))
    cases = [OWN] if task.kind == "value" else ()
    verdict = judge(task, cases, [Answer(*read_answer(write_answer(given_)))])
    assert verdict.message.strip() and 0.0 <= verdict.credit <= 1.0
    assert (verdict.credit == 1.0) == (verdict.outcome == "correct")
    assert (verdict.outcome == "partly") == (0 < verdict.credit < 1)


# ---- what is never said -------------------------------------------------------------------------------------------------


def numbers_in(text):
    return [float(x) for x in re.findall(r"\d+\.\d+", text)]


@pytest.mark.parametrize(
    "name", [n for n in PROVOKED if not n.startswith(("SLOT", "MANUAL", "RUBRIC", "ALL", "NOT_EX"))]
)
def test_no_sentence_holds_the_right_number(name):
    """Do all sentences together hold none of the numbers that were to be found?"""
    verdict = PROVOKED[name]()
    right = [x for c in (*WEIGHT.shown, *HIDDEN) for x in np.ravel(weight(**c.inputs))] + [
        4.5,
        1.875,
        7.125,
        DATA["y"].std(),
    ]
    said = numbers_in(" ".join([verdict.message, *verdict.details]))
    assert not [x for x in said if np.isclose(x, right, rtol=1e-3).any()], verdict


def test_a_hidden_input_does_not_come_back_in_a_sentence():
    """Can a function hand its inputs out in its value, its labels, its exception or its type? None of them is quoted."""
    secret = [Case({"se": np.array([3.0, 7391.25]), "tau": 4.0}, "two groups")]
    leaks = [
        lambda se, tau: float(se[-1]),
        lambda se, tau: str(se),
        lambda se, tau: {str(se[-1]): 1.0},
        lambda se, tau: pd.Series([1.0, 2.0], index=[str(x) for x in se]),
        lambda se, tau: se,
        lambda se, tau: {}[str(se)],
        lambda se, tau: (_ for _ in ()).throw(
            type(f"E_{se[-1]}".replace(".", "_"), (Exception,), {})(str(se))
        ),
        lambda se, tau: type(f"T_{se[-1]}".replace(".", "_"), (), {})(),
        lambda se, tau: np.zeros(int(se[-1])),
    ]
    for leak in leaks:
        for task in (WEIGHT, exercise(reference=lambda se, tau: pd.Series(se / 2, index=["a", "b"]))):
            verdict = judged(leak, task, secret)
            said = " ".join([verdict.message, *verdict.details])
            assert "7391" not in said, said


def test_what_is_said_is_bounded():
    """Does a very long value, label or error text end in a short sentence?"""
    for given_ in ("x" * 5000, {"k" * 5000: 1.0}, ["y" * 500] * 50, pd.Series([1.0], index=["z" * 5000])):
        for task in (SLOPE, MEANS, PAIR):
            verdict = value(given_, task)
            assert all(len(s) < 500 for s in (verdict.message, *verdict.details))
    assert len(raised("KeyError: " + "k" * 5000).message) < 300


# ---- our own faults -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "cases", "answers"),
    [
        (exercise(reference=lambda x: 1 / 0), [Case({"x": 1})], [Answer(1.0)]),
        (exercise(reference=lambda x: {1, 2}), [Case({"x": 1})], [Answer(1.0)]),
        (exercise(reference=None), [Case({"x": 1})], [Answer(1.0)]),
        (exercise(reference=lambda y: 1.0), [Case({"x": 1})], [Answer(1.0)]),
        (exercise(reference=lambda x: 1.0), [Case({"x": 1})], []),
        (exercise(reference=lambda x: 1.0), [], []),
    ],
    ids=["raises", "not an answer", "none", "other parameters", "an answer short", "no case"],
)
def test_our_own_mistake_is_a_fault_and_never_a_score(task, cases, answers):
    """Does an exercise that is itself wrong stop the grading, with a message to the author?"""
    with pytest.raises(GraderFault, match="shrinkage_factor"):
        judge(task, cases, answers)


def test_the_inputs_of_a_case_stay_as_they_are():
    """Can a reference or a wrong pipeline that changes its input in place spoil the next comparison?"""

    def spoiling(se, tau):
        se *= 0
        return 1.0

    cases = [Case({"se": np.array([1.0, 2.0]), "tau": 1.0})]
    judge(
        exercise(reference=spoiling, misconceptions=(Misconception("m", "M.", spoiling),)),
        cases,
        [Answer(2.0)],
    )
    assert cases[0].inputs["se"].tolist() == [1.0, 2.0]

"""Every exercise of the course, as a whole: what is promised of each, tried on many drawn cases.

Run ``python -m pytest tests/autograder/test_exercises.py -s -k table`` for the measured gaps.
"""

from __future__ import annotations

import copy
import itertools
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from autograder.answers import decode, encode, read_answer, write_answer
from autograder.check import judge_answer
from autograder.compare import EXACT, _one_constant, expected_of, judge
from autograder.exercise import Answer, Case
from autograder.exercises import data_sets, registry
from autograder.match import Mismatch, align, far_apart
from autograder.student_data import assignment_data, hidden_cases, seeded

EXERCISES = {id_: e for id_, e in registry().items() if e.kind != "choices"}  # those: test_inventory.py
COMPUTED = [e for e in EXERCISES.values() if e.kind in ("function", "value")]
WRONG = [(e.id, m.id) for e in COMPUTED for m in e.misconceptions if m.wrong]
SEEDS = 200
NAMED = 0.95  # of the answers of a wrong pipeline
GAP = 3.0  # tolerances from the reference to the nearest wrong pipeline


def drawn(id_, n=60):
    """Return what is drawn for an exercise: hidden cases of several terms, or the data of several students."""
    return _all_drawn(id_)[:n]


@cache
def _all_drawn(id_):
    exercise = EXERCISES[id_]
    if exercise.kind == "function":
        terms = (hidden_cases(exercise, f"term {k}") for k in range(SEEDS))
        return [case for cases in terms for case in cases][:SEEDS]
    if exercise.data is None:
        return [Case({})]
    return [Case({"data": assignment_data(exercise.data, f"student {k}")}, "own data") for k in range(SEEDS)]


def run(function, case):
    """Return the answer of one of our own functions as it would arrive from the sandbox."""
    with np.errstate(all="ignore"):
        return Answer(*read_answer(write_answer(function(**copy.deepcopy(dict(case.inputs))))))


def sentences_of(exercise):
    """Return all that a student may be told before the solution."""
    said = (
        [m.sentence for m in exercise.misconceptions]
        + list(exercise.hints)
        + [c.sentence for c in exercise.criteria]
    )
    return said + [m.sentence for s in exercise.slots for m in s.wrong.values()]


@pytest.mark.parametrize("id_", EXERCISES)
def test_an_exercise_fails_as_shipped(id_):
    """Is the empty answer, as the notebook is handed out, not attempted and worth nothing?"""
    exercise = EXERCISES[id_]
    verdict = judge_answer(id_, (lambda *a, **k: None) if exercise.kind == "function" else ...)
    if exercise.kind == "written":
        assert (verdict.outcome, verdict.credit) == ("manual", 0.0)
    else:
        assert (verdict.outcome, verdict.credit) == ("not attempted", 0.0)
    if exercise.kind == "slots":
        still_open = {slot.name: ... for slot in exercise.slots}
        assert judge_answer(id_, still_open).outcome == "not attempted"


@pytest.mark.parametrize("id_", [e.id for e in COMPUTED])
def test_the_reference_is_correct(id_):
    """Does the reference pass, on the cases of the lesson and on what is drawn, in a form that can be sent?"""
    exercise = EXERCISES[id_]
    cases = drawn(id_)
    assert cases
    if exercise.kind == "value":
        verdicts = [judge(exercise, [c], [run(exercise.reference, c)]) for c in cases]
    else:
        assert exercise.shown, "a function needs a case that the lesson shows"
        everything = [*exercise.shown, *cases]
        verdicts = [judge(exercise, everything, [run(exercise.reference, c) for c in everything])]
        verdicts.append(judge_answer(id_, exercise.reference))
    assert {(v.outcome, v.credit, v.misconception) for v in verdicts} == {("correct", 1.0, None)}


@pytest.mark.parametrize(("id_", "misconception"), WRONG)
def test_a_wrong_way_gets_its_own_sentence(id_, misconception):
    """Is each misconception told apart, with its sentence and its credit, for at least 95 % of 200 terms or students?"""
    exercise = EXERCISES[id_]
    known = next(m for m in exercise.misconceptions if m.id == misconception and m.wrong)
    right = 0
    for k in range(SEEDS):
        if exercise.kind == "value":
            own = drawn(id_, SEEDS)
            cases = own[k % len(own) :][:1]
        else:
            cases = (*exercise.shown, *hidden_cases(exercise, f"term {k}"))
        verdict = judge(exercise, cases, [run_wrong(known.wrong, c) for c in cases])
        assert verdict.outcome != "correct", f"seed {k}: a wrong way passed"
        right += (verdict.message, verdict.credit) == (known.sentence, known.credit)
    assert right >= NAMED * SEEDS, f"named on {right} of {SEEDS}"


def run_wrong(function, case):
    try:
        return run(function, case)
    except Exception as error:
        return Answer(problem="raised", detail=type(error).__name__)


@pytest.mark.parametrize(("id_", "misconception"), WRONG)
def test_a_wrong_way_never_fails_silently(id_, misconception):
    """Does each wrong pipeline run on what is drawn? One that always raises would never be recognised."""
    exercise = EXERCISES[id_]
    known = next(m for m in exercise.misconceptions if m.id == misconception and m.wrong)
    for case in (*exercise.shown, *drawn(id_)):
        encode(run(known.wrong, case).value)


def gaps(exercise, cases):
    """Return for each wrong pipeline, on each case where it can be told apart, its distance in tolerances."""
    tolerance, found = exercise.tolerance or EXACT, {}
    for known in exercise.misconceptions:
        for case in cases if known.wrong else ():
            expected = expected_of(exercise, case)
            try:
                laid = align(expected, decode(encode(run(known.wrong, case).value)))
            except Mismatch:
                found.setdefault(known.id, []).append(np.inf)  # another shape is told apart by itself
                continue
            with np.errstate(all="ignore"):
                distance = np.abs(laid.given - laid.expected) / (
                    tolerance.atol + tolerance.rtol * np.abs(laid.expected)
                )
            distance = np.where(np.isnan(distance), np.inf, distance)
            different = ~(np.abs(laid.given - laid.expected) <= 1e-9 * (1 + np.abs(laid.expected)))
            if different.any():
                found.setdefault(known.id, []).append(float(distance.max()))
    return found


@pytest.mark.parametrize("id_", [e.id for e in COMPUTED if any(m.wrong for m in e.misconceptions)])
def test_the_tolerance_is_less_than_a_third_of_the_gap(id_, record_property):
    """On every drawn case where a wrong way gives another number at all, is it more than three tolerances away?"""
    exercise = EXERCISES[id_]
    assert exercise.tolerance is not None and exercise.tolerance.reason
    for name, distances in gaps(exercise, drawn(id_, SEEDS)).items():
        record_property(name, min(distances))
        assert min(distances) > GAP, f"{name}: {min(distances):.3g} tolerances"


def test_table_of_gaps(capsys):
    """How far is the nearest wrong way, in tolerances? (Shown with -s; every wrong way must occur in it.)"""
    rows = {
        (e.id, name): min(distances)
        for e in COMPUTED
        for name, distances in gaps(e, drawn(e.id, SEEDS)).items()
    }
    with capsys.disabled():
        for (id_, name), least in sorted(rows.items(), key=lambda row: row[1])[:5]:
            print(f"\n{id_} {name}: {least:.4g} tolerances", end="")
    assert set(rows) == set(WRONG)


@pytest.mark.parametrize("id_", [e.id for e in COMPUTED])
def test_the_numbers_last_digits_do_not_matter(id_):
    """Does an answer pass that differs by as much as two ways of computing do (one part in 10¹¹)?"""
    exercise = EXERCISES[id_]
    rng = seeded("noise", id_)
    for case in drawn(id_)[:20]:
        answer = run(exercise.reference, case).value
        noisy = shaken(answer, rng)
        assert judge(exercise, [case], [Answer(noisy)]).outcome == "correct"


def shaken(value, rng):
    if type(value) is float:
        return value * (1 + 1e-11 * rng.standard_normal())
    if isinstance(value, (np.ndarray, pd.Series)):
        return value * (1 + 1e-11 * rng.standard_normal(len(value))) if value.ndim == 1 else value
    if isinstance(value, (dict, tuple, list)):
        items = {k: shaken(v, rng) for k, v in value.items()} if isinstance(value, dict) else None
        return items if items is not None else type(value)(shaken(v, rng) for v in value)
    return value


@pytest.mark.parametrize("id_", [e.id for e in EXERCISES.values() if e.kind == "slots"])
def test_slots_can_be_filled_right_and_each_wrong_option_says_why(id_):
    """Is the right option among the options, and does every wrong one have a sentence that is not the right option?"""
    exercise = EXERCISES[id_]
    right = {slot.name: slot.right for slot in exercise.slots}
    assert judge_answer(id_, right).outcome == "correct"
    for slot in exercise.slots:
        assert slot.right in slot.options and len(set(slot.options)) == len(slot.options) >= 2
        assert set(slot.wrong) == set(slot.options) - {slot.right}
        for option, known in slot.wrong.items():
            verdict = judge_answer(id_, right | {slot.name: option})
            assert verdict.misconception == known.id
            assert any(known.sentence in detail for detail in verdict.details)


@pytest.mark.parametrize("id_", [e.id for e in EXERCISES.values() if e.kind == "slots"])
def test_no_place_among_the_options_pays(id_):
    """Does always taking the first, the second, … option fill no more than half of the blanks (rounded up)?"""
    slots = EXERCISES[id_].slots
    for place in range(max(len(slot.options) for slot in slots)):
        right = sum(slot.options[min(place, len(slot.options) - 1)] == slot.right for slot in slots)
        assert right <= (len(slots) + 1) // 2, f"place {place}: {right} of {len(slots)}"


@pytest.mark.parametrize("id_", [e.id for e in EXERCISES.values() if e.kind == "inverse"])
def test_an_inverse_exercise_is_sound(id_):
    """Do the shares add up to 1, and does an object of the wrong type get nothing, in a sentence?"""
    exercise = EXERCISES[id_]
    assert sum(c.share for c in exercise.criteria) == pytest.approx(1)
    for odd in (3.0, "table", [], {"a": 1}, pd.DataFrame(), pd.DataFrame({"x": ["a", "b"]}), np.eye(3)):
        verdict = judge_answer(id_, odd)
        assert (verdict.outcome, verdict.credit) == ("not yet", 0.0), odd
        assert verdict.message.strip()


@pytest.mark.parametrize("id_", EXERCISES)
def test_the_record_is_complete(id_):
    """Are there three hints, all different, a title, a section, an explanation, points that add up?"""
    exercise = EXERCISES[id_]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", exercise.id) and re.fullmatch(r"\d\d", exercise.lesson)
    assert (
        exercise.points > 0
        and exercise.title.strip()
        and exercise.section.strip()
        and exercise.explanation.strip()
    )
    if exercise.kind == "written":
        assert sum(points for points, _what in exercise.rubric) == pytest.approx(exercise.points)
        assert all(points > 0 and what.strip() for points, what in exercise.rubric)
    else:
        assert len(exercise.hints) >= 3
    said = sentences_of(exercise)
    assert all(s.strip() == s and len(s) > 10 for s in said)
    assert len(set(exercise.hints)) == len(exercise.hints)
    assert all(0 <= m.credit < 1 for m in exercise.misconceptions)
    ids = [m.id for m in exercise.misconceptions]
    assert len(set(ids)) == len(ids)
    if exercise.kind == "function":
        assert exercise.draw is not None and exercise.hidden >= 2
        assert all(case.label.strip() for case in (*exercise.shown, *drawn(id_)))
    for carry in exercise.carries:
        order = list(EXERCISES)
        assert order.index(carry.exercise) < order.index(id_)


@pytest.mark.parametrize("id_", [e.id for e in COMPUTED])
def test_no_sentence_contains_the_right_number(id_):
    """Does no hint and no sentence about a mistake hold a number that is right on a case of the lesson?"""
    exercise = EXERCISES[id_]
    cases = exercise.shown or [Case({"data": assignment_data(exercise.data)} if exercise.data else {})]
    right = np.concatenate([numbers(expected_of(exercise, c)) for c in cases])
    right = right[~np.isin(np.abs(right), [0.0, 1.0, 2.0, 100.0])]  # they stand in any sentence
    for sentence in sentences_of(exercise):
        for found in re.findall(r"(?<![\w.*^])-?\d+(?:\.\d+)?(?!\w)", sentence):
            digits = len(found.split(".")[1]) if "." in found else 0
            told = right if digits or len(found) > 1 else right[right == np.round(right)]
            assert not (np.round(told, digits) == float(found)).any(), f"{found} in {sentence!r}"


def test_the_number_test_sees_a_breach():
    """Would the test above see 4.27 in a sentence where 4.2719 is right?"""
    found = re.findall(r"(?<![\w.*^])-?\d+(?:\.\d+)?(?!\w)", "It is 4.27, or x**2, or 10.")
    assert found == ["4.27", "10"]
    assert np.round(4.2719, 2) == float(found[0])


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return np.concatenate([numbers(v) for v in value]) if value else np.empty(0)
    if isinstance(value, (pd.Series, pd.DataFrame)):
        value = value.to_numpy()
    array = np.ravel(np.asarray(value))
    return array.astype(float) if array.dtype.kind in "iuf" else np.empty(0)


@pytest.mark.parametrize("id_", [e.id for e in COMPUTED if e.carries])
def test_an_earlier_mistake_carried_here_counts_once(id_):
    """With each wrong way of an earlier exercise, is the answer that builds on it right, and said to be carried?"""
    exercise = EXERCISES[id_]
    cases = (*exercise.shown, *hidden_cases(exercise, "a term")) or drawn(id_)[:1]
    for carry in exercise.carries:
        earlier = EXERCISES[carry.exercise]
        for known in earlier.misconceptions:
            if known.wrong is None:
                continue
            theirs = [run(known.wrong, Case(carry.inputs_of(**c.inputs))) for c in cases]
            if _one_constant([answer.value for answer in theirs]):
                continue  # by design: what is one constant is not carried
            built = [
                run(lambda v=a.value, carry=carry, **inputs: carry.reference(v, **inputs), c)
                for a, c in zip(theirs, cases, strict=True)
            ]
            alone = judge(exercise, cases, built)
            verdict = judge(exercise, cases, built, {carry.exercise: theirs})
            assert verdict.outcome == "correct", (carry.exercise, known.id)
            assert verdict.carried is (alone.outcome != "correct")


@pytest.mark.parametrize("id_", [e.id for e in COMPUTED if len(e.carries) > 1])
def test_two_earlier_mistakes_are_carried_here_together(id_):
    """With a wrong way of each of two earlier exercises at once, is the answer that builds on both right?"""
    exercise = EXERCISES[id_]
    cases = (*exercise.shown, *hidden_cases(exercise, "a term")) or drawn(id_)[:1]
    for pair in itertools.combinations(exercise.carries, 2):
        theirs = {}
        for carry in pair:
            known = next(m for m in EXERCISES[carry.exercise].misconceptions if m.wrong is not None)
            theirs[carry.exercise] = [run(known.wrong, Case(carry.inputs_of(**c.inputs))) for c in cases]
        at = [{name: answers[n].value for name, answers in theirs.items()} for n in range(len(cases))]
        built = [
            run(lambda own=own, **inputs: exercise.given(own, **inputs), c)
            for own, c in zip(at, cases, strict=True)
        ]
        verdict = judge(exercise, cases, built, theirs)
        assert (verdict.outcome, verdict.carried) == ("correct", True), list(theirs)


@pytest.mark.parametrize("ps", data_sets())
def test_each_student_gets_data_of_the_same_difficulty(ps):
    """Do 200 students get 200 different sets, each with the shape and columns of the practice set?"""
    practice = assignment_data(ps)
    sets = [assignment_data(ps, f"student {k}") for k in range(SEEDS)]
    assert all(list(s.columns) == list(practice.columns) and s.dtypes.equals(practice.dtypes) for s in sets)
    assert len({s.to_csv() for s in (*sets, practice)}) == SEEDS + 1


@pytest.mark.parametrize("id_", [e.id for e in COMPUTED if e.data])
def test_a_number_from_anothers_set_is_recognised(id_):
    """Is the right number for another student's set, or for the practice set, not right for one's own?"""
    exercise = EXERCISES[id_]
    own, *others = drawn(id_)
    right = run(exercise.reference, own).value
    answers = ((other, run(exercise.reference, other)) for other in others)
    neighbour, theirs = next(pair for pair in answers if far_apart(right, pair[1].value, exercise.tolerance))
    verdict = judge(exercise, [own], [theirs], others=[neighbour])
    assert (verdict.credit, verdict.misconception) == (0.0, "other_data")

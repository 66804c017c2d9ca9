"""What is drawn for a student, and what nobody sees: the same each time, and different for each."""

from __future__ import annotations

import pandas as pd
import pytest

from autograder import student_data
from autograder.exercise import Case, Exercise
from autograder.student_data import UnknownAssignment, assignment_data, draw_until, hidden_cases, seeded


@pytest.fixture(autouse=True)
def _one_set(monkeypatch):
    def make(rng):
        return pd.DataFrame({"y": rng.normal(size=3)})

    monkeypatch.setattr("autograder.exercises.data_sets", lambda: {"ps99": make})
    monkeypatch.delenv("HLM_STUDENT", raising=False)
    student_data._drawn.cache_clear()
    yield
    student_data._drawn.cache_clear()


def test_a_set_belongs_to_a_name():
    """Is a student's set the same each time, and another for each name and for practice?"""
    sets = [assignment_data("ps99", name)["y"].tolist() for name in ("", "ana", "ben", "Ana", "李雷")]
    assert len({tuple(s) for s in sets}) == 5
    assert assignment_data("ps99", "ana")["y"].tolist() == sets[1]
    assert assignment_data("ps99", " ana ")["y"].tolist() == sets[1]
    assert assignment_data("ps99", "Jose\u0301").equals(assignment_data("ps99", "Jos\u00e9"))


def test_a_set_is_the_same_in_every_process_and_on_every_machine():
    """Are the first numbers those that were drawn when this test was written?"""
    assert seeded("ps02", "ana").integers(0, 2**31, 3).tolist() == [265307850, 1019074465, 361281660]


def test_a_change_made_by_the_student_stays_with_the_student():
    """Does overwriting the data and asking again give the data as they were?"""
    mine = assignment_data("ps99", "ana")
    mine["y"] = 0.0
    assert assignment_data("ps99", "ana")["y"].abs().min() > 0


def test_in_grading_the_folder_decides(monkeypatch):
    """Does the name of the folder take the place of whatever name was typed in?"""
    own = assignment_data("ps99", "ben")
    monkeypatch.setenv("HLM_STUDENT", "ben")
    assert assignment_data("ps99", "ana").equals(own) and assignment_data("ps99").equals(own)
    monkeypatch.setenv("HLM_STUDENT", "")
    assert not assignment_data("ps99", "ana").equals(own)


def test_what_is_not_there_is_said():
    """Do an unknown assignment and a name without quotes end in a sentence?"""
    with pytest.raises(UnknownAssignment, match="ps99"):
        assignment_data("ps1")
    with pytest.raises(TypeError, match="in quotes"):
        assignment_data("ps99", 12)


def test_drawing_stops_when_the_property_holds_or_never_will():
    """Is rejection seeded, and does an impossible property end in an error to the author?"""
    drawn = [draw_until(seeded("a"), lambda rng: rng.random(), lambda x: x > 0.99) for _again in range(2)]
    assert drawn[0] == drawn[1] > 0.99
    with pytest.raises(RuntimeError, match="never held"):
        draw_until(seeded("a"), lambda rng: rng.random(), lambda x: x > 2, tries=5)


def test_hidden_cases_depend_on_term_and_exercise():
    """Are they the same for a whole term, others for another term and another exercise, and as many as asked for?"""

    def task(id_):
        draw = lambda rng: Case({"x": float(rng.random())}, "a number")  # noqa: E731
        return Exercise(id_, "99", "T", "function", 1, "S", draw=draw, hidden=5)

    first = hidden_cases(task("f"), "seed")
    assert len(first) == 5 and first == hidden_cases(task("f"), "seed")
    assert first != hidden_cases(task("f"), "other") and first != hidden_cases(task("g"), "seed")
    assert hidden_cases(Exercise("v", "99", "T", "value", 1, "S"), "seed") == ()

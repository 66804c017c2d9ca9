"""Lesson 00: does the self-test send people where they should go?"""

from __future__ import annotations

from functools import cache

from autograder.exercises import registry
from course import build, solved
from course.folder import open_course
from course.source import read

ANSWERS = {slot.name: slot for slot in registry()["self_test"].slots}


@cache
def advice(**answers) -> str:
    """Return what the lesson prints below the self-test for these answers."""
    lesson = read(next(open_course().lessons.glob("00_*.py")))
    made = build.lesson_notebook(lesson, registry())
    for cell in made.cells:
        if cell.id == "self_test-solution" and answers:
            cell.source = f"self_test = {answers!r}"
    ran = solved.run(made, [("where_to_begin(self_test)", "")], name=lesson.path.name, go_on=True)
    return ran.values[("where_to_begin(self_test)", "")]


def test_all_wrong_leads_to_the_refresher():
    """Is a learner who has every answer wrong sent to the refresher?"""
    wrong = {name: next(iter(slot.wrong)) for name, slot in ANSWERS.items()}
    assert "Read the refresher" in advice(**wrong)


def test_all_right_leads_to_lesson_01():
    """Is a learner who has every answer right sent on?"""
    assert "begin with lesson 01" in advice(**{name: slot.right for name, slot in ANSWERS.items()})
    assert "refresher below is there if you want it" in advice(
        **{name: slot.right for name, slot in ANSWERS.items()}
    )


def test_no_answers_lead_nowhere():
    """Is nobody sent anywhere before answering?"""
    assert advice() == "Answer the six questions first."


def test_every_wrong_answer_names_its_part_of_the_refresher():
    """Does each wrong option say which part of the refresher to read?"""
    for slot in ANSWERS.values():
        for known in slot.wrong.values():
            assert "efresher, " in known.sentence

"""The concept inventory as a notebook: a lesson that is made here and not read from a file, one for each test.

Each page shows its ten questions, then comes the cell for the letters, then a cell that says what was understood. What is
shown depends on the name that was typed first, and so do the letters; therefore that name goes along in each answer.

What this file does not do: hold the questions (`autograder.inventory`) or write files (`course.books`).
"""

from __future__ import annotations

from pathlib import Path

from autograder.exercise import Exercise
from autograder.exercises import registry
from autograder.inventory import PER_PAGE, TESTS, form
from course.source import Cell, Lesson
from hlm_teach.locale import N_, _

__all__ = ["STUB", "is_test", "lesson_of"]

STUB = N_('# One letter between each pair of quotation marks; "x" stands for: I do not know yet.')
MARKED = {
    "answered": N_(
        "Points are given for answering, rightly or not: {points:g} in all. “I do not know yet” is an answer: it costs nothing, and helps more than a guess."
    ),
    "right": N_(
        "Points are given for right answers: {points:g} in all. “I do not know yet” costs nothing and gives nothing."
    ),
}
PURPOSE = {
    "pretest": N_(
        "Forty questions before the course, about situations that it treats. Nobody is expected to know the answers: they show "
        "your teacher where to begin. The questions come back after the course, so that both of you can see what has changed."
    ),
    "posttest": N_(
        "The forty questions from before the course, in another order. They show you and your teacher what has changed."
    ),
}
STEPS = (
    N_("Type your user name between the quotation marks after `STUDENT`, run that cell, and leave the name as it is: your questions are in an order of your own."),
    N_("Run the cells from the top. Below each page of questions, type a letter for each; `x` stands for “I do not know yet”."),
    N_("Answer from your own head, without looking anything up; no computing is needed. It takes three quarters of an hour to an hour, and need not be done in one sitting."),
    N_("The cell below the letters repeats what you chose. It does not say what is right; afterwards you learn how many were, and which lessons treat the others."),
    N_("Save, and hand in this file, `{ps}.ipynb`."),
)  # fmt: skip
SETUP = """from autograder import check
from autograder.student_data import assignment_data
from hlm_teach.question_page import question_page

questions = assignment_data("{test}", student=STUDENT)"""


def is_test(lesson: str) -> bool:
    """Return whether this is no lesson but one of the two tests."""
    return lesson in TESTS


def lesson_of(test: str, exercises: tuple[str, ...]) -> Lesson:
    """Return a test in the shape of a lesson.

    Parameters
    ----------
    test
        ``"pretest"`` or ``"posttest"``.
    exercises
        The ids that the assignment names.
    """
    pages = [e for e in registry().values() if e.lesson == test]
    cells = [
        Cell("code", 'STUDENT = ""  # your user name, as your teacher gave it to you', tags=("setup",)),
        Cell("code", SETUP.format(test=test), tags=("setup",)),
        Cell("markdown", "## The questions"),
    ]
    for page in pages:
        cells += _cells(page)
    named = [page for page in pages if page.id in exercises]
    return Lesson(test, test, Path(f"{test}.py"), tuple(cells), head=_head(test, named))


def _head(test: str, pages: list[Exercise]) -> str:
    """Return what stands first; the braces that are left are filled in by the build."""
    marks = {page.marks for page in pages}
    marked = [_(MARKED[name]) for name in MARKED if name in marks]
    steps = [f"{n}. {_(step)}" for n, step in enumerate(STEPS, start=1)]
    return "\n\n".join(["# {title}", _(PURPOSE[test]), *marked, "\n".join(steps)])


def _cells(page: Exercise) -> list[Cell]:
    number = int(page.id.rpartition("_")[2])
    numbers = range(PER_PAGE * (number - 1) + 1, PER_PAGE * number + 1)
    blank = "\n".join(f'    {n}: "",' for n in numbers)
    letters = ", ".join(f'{n}: "{_right_letter(page.data, n)}"' for n in numbers)
    answer = (
        f'{page.id} = {{\n    "name": STUDENT,\n{blank}\n}}\n'
        f'### BEGIN SOLUTION\n{page.id} = {{"name": "", {letters}}}\n### END SOLUTION'
    )
    return [
        Cell("markdown", f"### {_(page.title)}", exercise=page.id),
        Cell("code", f"question_page(questions, {number}, STUDENT)", exercise=page.id, tags=("given",)),
        Cell("code", answer, exercise=page.id),
    ]


def _right_letter(test: str, number: int) -> str:
    """Return the right letter of a question as the form without a name has it."""
    _item, options = form(test, "")[number]
    return next(letter for letter, option in options.items() if option == "right")

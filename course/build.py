"""From one source per lesson to its notebooks.

``lessons/NN_name.py`` gives
the lesson as a learner opens it (`lesson_notebook`: solutions cut out, a check after each, numbers written out),
the solved lesson (`solved_lesson`: what the tests and the check of the numbers run), and
each assignment with its solutions and nbgrader's metadata (`assignment_notebook`), from which nbgrader makes what is
released, and `solved_assignment`, a submission in which everything is answered.

Cell ids come from the exercise or the section, nothing from the clock or from chance: two builds give the same bytes.

What this file does not do: check the lesson (`course.rules`, `course.prose`), run it, or write files (`course.books`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.assignment import Assignment
from autograder.exercise import Exercise
from autograder.notebooks import names_bound
from course.prose import HEADING, fill
from course.source import Cell, Lesson

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
HEADER = """# {title}

Assignment **{ps}** of lesson {lesson}, {points:g} points in all.

{steps}
"""
STEPS = (
    "Type your user name between the quotation marks after `STUDENT`: your data depend on it.",
    "Run the cells from the top. Answer where it says `YOUR CODE HERE` or `YOUR ANSWER HERE`; you may add cells above an answer.",
    "The cell below an answer checks it on the examples that the task names. The marks come from other examples too.",
    "Choose *Run → Restart Kernel and Run All Cells*, save, and hand in this file, `{ps}.ipynb`.",
)


def notebook(cells: Iterable[NotebookNode]) -> NotebookNode:
    """Return a notebook of these cells, with nothing in it that changes from one build to the next."""
    made = nbformat.v4.new_notebook(
        cells=list(cells), metadata=KERNEL | {"language_info": {"name": "python"}}
    )
    nbformat.validate(made)
    return made


def to_bytes(made: NotebookNode) -> bytes:
    """Return a notebook as it is written to disk."""
    return (nbformat.writes(made, version=4, indent=1, sort_keys=True) + "\n").encode()


def check_line(exercise: Exercise) -> str:
    """Return the line that checks an answer where it is written.

    Examples
    --------
    >>> check_line(Exercise("icc", "04", "Share", "value", 1, "The share", data="ps04"))
    'check("icc", student=STUDENT)'
    """
    student = ", student=STUDENT" if exercise.data else ""
    return f'check("{exercise.id}"{student})'


# ---- the lesson ----------------------------------------------------------------------------------------------------


def lesson_notebook(lesson: Lesson, registry: Mapping[str, Exercise], solved: bool = False) -> NotebookNode:
    """Return the lesson as a learner opens it, or (``solved=True``) with every exercise answered.

    Parameters
    ----------
    lesson
        A lesson that keeps the rules.
    registry
        All exercises by id.
    solved
        Whether the solutions are left in.
    """
    cells = []
    for name, cell in named_cells(lesson):
        text = cell.solved if solved else cell.stub
        meta: dict[str, Any] = {}
        if cell.tags:
            meta["tags"] = list(cell.tags)
        if "predict" in cell.tags:  # its code holds the answer: folded here, left out of exported pages
            meta["jupyter"] = {"source_hidden": True}
            meta["transient"] = {"remove_source": True}
        if cell.exercise:
            meta["exercise"] = cell.exercise
        cells.append(_cell(cell.kind, name, fill(text) if cell.kind == "markdown" else text, meta))
        if cell.is_solution and cell.kind == "code":
            exercise = registry[cell.exercise]
            cells.append(
                _cell("code", f"{exercise.id}-check", check_line(exercise), {"exercise": exercise.id})
            )
    return notebook(cells)


def solved_lesson(lesson: Lesson, registry: Mapping[str, Exercise]) -> NotebookNode:
    """Return the lesson with every exercise answered: what tests and the check of the numbers run."""
    return lesson_notebook(lesson, registry, solved=True)


def named_cells(lesson: Lesson) -> list[tuple[str, Cell]]:
    """Return the lesson's cells, each with the id that it has in the notebook."""
    namer = _Namer()
    return [(namer.name(cell), cell) for cell in lesson.cells]


class _Namer:
    """Gives each cell of a lesson its id: from its exercise, or from the heading it stands under and its place there."""

    def __init__(self) -> None:
        self.section, self.counts = "start", {}

    def name(self, cell: Cell) -> str:
        if cell.exercise:
            return self._numbered(f"{cell.exercise}-{'solution' if cell.is_solution else 'text'}")
        if cell.kind == "markdown" and (heading := HEADING.search(cell.source)):
            self.section = _slug(heading[1])
        return self._numbered(self.section)

    def _numbered(self, stem: str) -> str:
        self.counts[stem] = self.counts.get(stem, 0) + 1
        return stem if self.counts[stem] == 1 else f"{stem}-{self.counts[stem]}"


def _slug(heading: str) -> str:
    plain = unicodedata.normalize("NFKD", fill(heading)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "section"


def _cell(kind: str, name: str, source: str, meta: dict[str, Any]) -> NotebookNode:
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return make(source, id=name, metadata=meta)


# ---- the assignment ------------------------------------------------------------------------------------------------


def assignment_notebook(
    lesson: Lesson, assignment: Assignment, registry: Mapping[str, Exercise]
) -> NotebookNode:
    """Return an assignment with its solutions, as nbgrader keeps it in ``source``.

    First how to hand in, then the lesson's setup cells, then of each exercise that the assignment names the text, the
    solution cell, and a locked cell that carries the points. A written answer is one cell and carries its own points.
    """
    return notebook(_assignment_cells(lesson, assignment, registry, solved=False))


def solved_assignment(
    lesson: Lesson, assignment: Assignment, registry: Mapping[str, Exercise]
) -> NotebookNode:
    """Return the assignment as a student hands it in who answered everything as the lesson's author does."""
    return notebook(_assignment_cells(lesson, assignment, registry, solved=True))


def _assignment_cells(lesson: Lesson, assignment: Assignment, registry: Mapping[str, Exercise], solved: bool):
    exercises = [registry[name] for name in assignment.exercises]
    has_name = any("STUDENT" in names_bound(cell.source) for cell in lesson.setup)
    steps = STEPS if has_name else STEPS[1:]
    head = (lesson.head or HEADER).format(
        title=assignment.title,
        ps=assignment.id,
        lesson=lesson.id,
        points=sum(e.points for e in exercises),
        steps="\n".join(f"{n}. {step.format(ps=assignment.id)}" for n, step in enumerate(steps, start=1)),
    )
    yield _locked("markdown", "header", "header", head.rstrip())
    number = 0
    for cell in lesson.setup:
        if "STUDENT" in names_bound(cell.source):
            yield _cell(cell.kind, "student", cell.source, {})
        else:
            number += 1
            yield _locked(cell.kind, f"setup-{number}", f"setup{number}", cell.source)
    for exercise in exercises:
        yield from _exercise_cells(lesson, exercise, solved)


def _exercise_cells(lesson: Lesson, exercise: Exercise, solved: bool):
    texts = [cell for cell in lesson.of(exercise.id) if not cell.is_solution]
    (answer,) = [cell for cell in lesson.of(exercise.id) if cell.is_solution]
    for n, cell in enumerate(texts, start=1):
        last = str(n) if n > 1 else ""
        yield _locked(
            cell.kind,
            f"{exercise.id}-text{'-' + last if last else ''}",
            f"{exercise.id}__text{last}",
            fill(cell.source) if cell.kind == "markdown" else cell.source,
        )
    name, text = f"{exercise.id}-solution", answer.solved if solved else answer.source
    if exercise.kind == "written":
        yield _locked("markdown", f"{exercise.id}-rubric", f"{exercise.id}__rubric", rubric_text(exercise))
        yield _cell(
            "markdown",
            name,
            fill(text),
            _nbgrader(exercise.id, grade=True, solution=True, points=exercise.points),
        )
        return
    yield _cell("code", name, text, _nbgrader(f"{exercise.id}__solution", solution=True))
    meta = _nbgrader(exercise.id, grade=True, locked=True, points=exercise.points)
    yield _cell("code", f"{exercise.id}-check", check_line(exercise), meta)


def rubric_text(exercise: Exercise) -> str:
    """Return the cell that says how a written answer is marked, for the student and for whoever marks it."""
    rows = "\n".join(f"- {points:g}: {sentence}" for points, sentence in exercise.rubric)
    return f"**How this is marked** ({exercise.points:g} points, by a person)\n\n{rows}"


def _locked(kind: str, name: str, grade_id: str, source: str) -> NotebookNode:
    return _cell(kind, name, source, _nbgrader(grade_id, locked=True))


def _nbgrader(
    grade_id: str,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    """Return nbgrader's metadata (its schema, version 3) for one cell."""
    meta = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {"nbgrader": meta | ({"points": points} if points is not None else {})}

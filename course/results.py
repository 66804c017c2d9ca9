"""What is known about one student's assignment: verdicts, marks, receipts, in the order of the tasks.

Verdicts stand in the graded notebook, where the grader wrote them; marks (with those given by hand) in nbgrader's
gradebook; receipts in the store. The feedback page and the report both read from here, so they cannot disagree.

What this file does not do: decide anything. It only says when a person has decided instead of the grader.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.exercise import Exercise, Outcome, Verdict
from autograder.inbox import Receipt, counted, receipts
from course.folder import Course
from course.gradebook import Mark
from course.settings import GRADED
from course.store import submission_hash


@dataclass(frozen=True)
class Task:
    """One exercise of one student."""

    exercise: Exercise
    outcome: Outcome | str  # "not graded": taken in, but there is no verdict yet
    points: float
    verdict: Verdict | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    mark: Mark | None = None
    answer: str = ""  # the student's own text

    @property
    def misconception(self) -> str:
        """The misconception by its id, or ''."""
        return (self.verdict.misconception or "") if self.verdict and self.outcome != "correct" else ""


@dataclass(frozen=True)
class Result:
    """One student's assignment."""

    student: str  # as the folder was called
    student_id: str
    tasks: tuple[Task, ...]
    receipts: tuple[Receipt, ...]
    cpu_seconds: float | None = None  # processor time of the whole submission
    isolation: str = ""  # how it was kept apart when it ran

    @property
    def counts(self) -> Receipt | None:
        """The receipt of what is graded."""
        return counted(list(self.receipts))

    @property
    def refused(self) -> Receipt | None:
        """The latest receipt, if nothing of this student counts."""
        return self.receipts[-1] if self.receipts and self.counts is None else None

    @property
    def is_graded(self) -> bool:
        """Whether every task has its verdict."""
        return all(task.outcome != "not graded" for task in self.tasks)

    @property
    def points(self) -> float:
        """The sum of the points."""
        return sum(task.points for task in self.tasks)

    @property
    def max_points(self) -> float:
        """What could be reached."""
        return sum(task.exercise.points for task in self.tasks)


def result(
    course: Course,
    ps: str,
    student_id: str,
    marks: Mapping[str, Mark],
    registry: Mapping[str, Exercise],
    name: str = "",
) -> Result:
    """Return everything about one student's assignment.

    Parameters
    ----------
    course, ps, student_id
        Which.
    marks
        What the gradebook holds for this student (`course.gradebook.marks`).
    registry
        All exercises by id.
    name
        The student's name where there is no receipt.
    """
    history = tuple(receipts(course.root, ps, student_id))
    shown = history[-1].student if history else name or student_id
    path = course.notebook("autograded", student_id, ps)
    graded = path.is_file() and not _is_stale(course, ps, student_id)
    notebook = json.loads(path.read_text(encoding="utf-8")) if graded else {}
    cells, ran = notebook.get("cells", []), notebook.get("metadata", {}).get("hlm", {})
    refused = bool(history) and counted(list(history)) is None
    tasks = tuple(
        _task(registry[e], cells, marks.get(e), refused, bool(history))
        for e in course.assignment(ps).exercises
    )
    return Result(shown, student_id, tasks, history, ran.get("cpu_seconds"), str(ran.get("isolation", "")))


def _is_stale(course: Course, ps: str, student_id: str) -> bool:
    """Whether other work was taken in after what was graded."""
    stamp = course.notebook("autograded", student_id, ps).with_name(GRADED)
    handed_in = course.notebook("submitted", student_id, ps)
    if not stamp.is_file() or not handed_in.is_file():
        return False  # graded by plain nbgrader, which leaves no stamp
    made_from = json.loads(stamp.read_text(encoding="utf-8"))["submission"]
    return made_from != submission_hash(course, ps, student_id)


def _task(
    exercise: Exercise, cells: list[dict[str, Any]], mark: Mark | None, refused: bool, handed_in: bool
) -> Task:
    answer, said = _from_cells(exercise, cells)
    if refused:
        return Task(exercise, "refused", 0.0)
    if not handed_in:
        return Task(exercise, "not attempted", 0.0)
    if not cells or mark is None or (said is None and exercise.kind != "written"):
        return Task(exercise, "not graded", 0.0, answer=answer)
    verdict, evidence = said or (None, {})
    if mark.by_hand:
        outcome = by_points(mark.points, exercise.points)
    elif exercise.kind == "written":
        outcome = "manual" if mark.waiting else "not attempted"
    else:
        outcome = verdict.outcome if verdict else "not graded"
    return Task(exercise, outcome, round(mark.points, 2), verdict, evidence, mark, answer)


def by_points(points: float, of: float) -> Outcome:
    """Return the outcome that goes with points given by hand.

    Examples
    --------
    >>> by_points(4, 4), by_points(1.5, 4), by_points(0, 4)
    ('correct', 'partly', 'not yet')
    """
    if points <= 0:
        return "not yet"
    return "correct" if points >= of else "partly"


def _from_cells(exercise: Exercise, cells: list[dict[str, Any]]) -> tuple[str, tuple[Verdict, dict] | None]:
    """Return the student's answer, and the verdict that the grader wrote beneath it."""
    answer, said = "", None
    place = exercise.id if exercise.kind == "written" else f"{exercise.id}__solution"
    for cell in cells:
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
        if name == place:
            answer = "".join(cell["source"])
        if name == exercise.id:
            for output in cell.get("outputs", ()):
                written = output.get("metadata", {}).get("hlm")
                if (
                    output.get("output_type") == "display_data"
                    and isinstance(written, dict)
                    and "verdict" in written
                ):
                    said = _verdict(written["verdict"]), dict(written.get("evidence") or {})
                    break
    return answer, said


def _verdict(written: Mapping[str, Any]) -> Verdict:
    return Verdict(
        exercise=written["exercise"],
        outcome=written["outcome"],
        credit=float(written["credit"]),
        message=written["message"],
        misconception=written.get("misconception"),
        details=tuple(written.get("details", ())),
        carried=bool(written.get("carried", False)),
    )

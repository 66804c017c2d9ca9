"""TRUSTED SIDE: a notebook and its exercises → verdicts.

The idea, in the order of events. The notebook's cells are run in the jail, which knows neither what is right nor what
will be asked. Only then are the hidden inputs sent, drawn from the term's seed; each call comes back as a plain value,
and `autograder.compare` judges it here. A function or a value is asked for in the state *right after its own cell*, so a
later cell can break nothing; where nothing is found there, in the state after the last cell. An answer that builds on an
earlier wrong one is judged given that one (`Carry`). A mistake of ours is a `GraderFault`: it stops this student's
grading and is told to the teacher; it is never scored.

What this file does not do: start processes (`autograder.sandbox`), write into a gradebook
(`autograder.nbgrader_plugin`), or decide on written answers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.answers import AnswerError
from autograder.compare import GraderFault
from autograder.exercise import Exercise, Verdict
from autograder.exercises import UnknownExercise, get
from autograder.limits import Limits
from autograder.questions import Evidence, Plan
from autograder.sandbox import CellRun, Isolation, SandboxFailure, run
from autograder.student_data import hidden_cases

__all__ = [
    "Evidence",
    "Graded",
    "GraderFault",
    "exercises_of",
    "grade_notebook",
    "hidden_cases",
    "is_automatic",
    "points_of",
]


@dataclass(frozen=True)
class Graded:
    """The result of one submission: verdicts and evidence by exercise, the cells' runs, and how it was run."""

    student: str
    verdicts: Mapping[str, Verdict]
    evidence: Mapping[str, Evidence]
    cells: Mapping[int, CellRun]  # by the cell's place in the notebook
    isolation: str
    cpu_seconds: float
    wall_seconds: float


def grade_notebook(
    cells: Sequence[Mapping[str, Any]],
    exercises: Sequence[Exercise],
    student: str,
    seed: str,
    *,
    assignment: str = "",
    others: Sequence[str] = (),
    helpers: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    isolation: Isolation = "bwrap",
) -> Graded:
    """Run a notebook in the jail and judge its exercises.

    Parameters
    ----------
    cells
        The notebook's cells, with nbgrader's metadata: ``{"cell_type", "source", "metadata": {"nbgrader": {…}}}``.
    exercises
        What to judge; written exercises are left to a person.
    student
        The id of the folder that the notebook came in; decides on the data.
    seed
        The term's seed: hidden cases are drawn from it.
    assignment
        The assignment's id, whose data the notebook may ask for.
    others
        Ids of the other students, to recognise a value that is exactly the answer to somebody else's data.
    helpers
        Modules that the student handed in beside the notebook, name → text; the notebook may import them.
    limits, isolation
        See `autograder.sandbox.run`.

    Returns
    -------
    Graded

    Raises
    ------
    GraderFault
        If an exercise's own code fails, a locked cell fails before any cell of the student's, or the sandbox was lost.
    SandboxUnavailable
        If student code cannot be run safely here.
    """
    if "HLM_STUDENT" in os.environ:
        raise GraderFault(
            "HLM_STUDENT is set where grading runs: every student would get the same data. Unset it."
        )
    plan = Plan(
        cells, [e for e in exercises if e.kind != "written"], student, seed, assignment, others, helpers
    )
    try:
        transcript = run(plan.job(), limits, isolation)
    except SandboxFailure as problem:
        raise GraderFault(str(problem)) from problem
    except AnswerError as problem:
        raise GraderFault(f"An input of ours cannot be sent into the jail: {problem}") from problem
    return Graded(
        student,
        plan.verdicts,
        plan.evidence,
        dict(zip(plan.places, transcript.cells, strict=True)),
        transcript.isolation,
        transcript.cpu_seconds,
        transcript.wall_seconds,
    )


def is_automatic(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell is where an exercise is marked by the grader, not by a person.

    Examples
    --------
    >>> is_automatic({"cell_type": "code", "metadata": {"nbgrader": {"grade": True, "solution": False}}})
    True
    >>> is_automatic({"cell_type": "markdown", "metadata": {}})
    False
    """
    about = cell["metadata"].get("nbgrader", {})
    return cell["cell_type"] == "code" and bool(about.get("grade")) and not about.get("solution")


def exercises_of(cells: Sequence[Mapping[str, Any]]) -> list[Exercise]:
    """Return the exercises of a notebook that the grader marks.

    Raises
    ------
    GraderFault
        If a grade cell belongs to no exercise.
    """
    try:
        return [get(cell["metadata"]["nbgrader"]["grade_id"]) for cell in cells if is_automatic(cell)]
    except (KeyError, UnknownExercise) as problem:
        raise GraderFault(f"A grade cell belongs to no exercise: {problem}") from None


def points_of(verdict: Verdict, most: float) -> float:
    """Return the points for a verdict: its share of what the cell is worth, never below zero or above that.

    Examples
    --------
    >>> points_of(Verdict("mu", "partly", 0.25, ""), 2.0)
    0.5
    >>> points_of(Verdict("mu", "partly", 1 / 3, ""), 3.0)
    1.0
    """
    return min(most, max(0.0, round(verdict.credit * most, 2)))

"""nbgrader's gradebook: opened, made where there is none, and read.

What this file does not do: fill it. nbgrader's own steps do that (`course.steps`).
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from course.folder import Course, CourseError, own_programs_first


@dataclass(frozen=True)
class Mark:
    """One exercise of one student in the gradebook."""

    points: float
    max_points: float
    by_hand: bool  # a person gave these points
    waiting: bool  # a person has to
    again: bool  # a person gave them before the work was graded anew
    comment: str


def open_gradebook(course: Course) -> Gradebook:
    """Open the gradebook; make it first where there is none, so that it is never made by two at once.

    Raises
    ------
    CourseError
        If the file is no database.
    """
    own_programs_first()
    try:
        if not course.gradebook.exists():
            Gradebook(course.db_url).close()
            with contextlib.closing(sqlite3.connect(course.gradebook)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
        return Gradebook(course.db_url)
    except (SQLAlchemyError, sqlite3.Error) as problem:
        cause = str(problem).split("\n")[0]
        raise CourseError(
            f"The gradebook {course.gradebook} cannot be opened ({cause}). Restore it from your backup, or move it away: "
            "`hlm release` and `hlm grade` make it anew, but marks given by hand would be lost."
        ) from None


def marks(book: Gradebook, ps: str, student: str) -> dict[str, Mark]:
    """Return what the gradebook holds for one student's assignment, by exercise; empty if there is nothing."""
    try:
        submission = book.find_submission(ps, student)
    except MissingEntry:
        return {}
    found = {}
    for notebook in submission.notebooks:
        # nbgrader writes a comment of its own, "No response.", on a blank answer: only a person's is a comment
        comments = {c.name: c.manual_comment or "" for c in notebook.comments}
        for g in notebook.grades:
            by_hand = g.manual_score is not None
            found[g.name] = Mark(
                points=float(g.score or 0.0),
                max_points=float(g.max_score),
                by_hand=by_hand,
                waiting=bool(g.needs_manual_grade) and not by_hand,
                again=bool(g.needs_manual_grade) and by_hand,
                comment=comments.get(g.name) or comments.get(f"{g.name}__solution") or "",
            )
    return found

"""nbgrader's gradebook: opened, made where there is none, looked over, copied, and read.

It is a SQLite file in the course's folder, in write-ahead mode so that reading never waits for writing; or, where
``course.toml`` names a ``db_url``, a database on a server.

What this file does not do: fill it. nbgrader's own steps do that (`course.steps`).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbgrader.api
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from course.folder import Course, CourseError, own_programs_first
from course.store import NoRoom, is_no_room


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
        If the file is no database, or the server cannot be reached.
    """
    own_programs_first()
    try:
        if course.is_sqlite and not course.gradebook.exists():
            Gradebook(course.db_url).close()
            with contextlib.closing(sqlite3.connect(course.gradebook)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
        return Gradebook(course.db_url)
    except (SQLAlchemyError, sqlite3.Error, ImportError) as problem:
        raise _unusable(course, str(problem).split("\n")[0]) from None


@contextlib.contextmanager
def one_engine() -> Iterator[None]:
    """Let all gradebooks that are opened meanwhile share one engine for each database.

    For one submission nbgrader opens the gradebook nine times, each time with an engine of its own, which compiles every
    query anew: a third of what it takes to enter a submission.
    """
    made: dict[str, Engine] = {}
    make = nbgrader.api.create_engine

    def engine_of(url: str, **options) -> Engine:
        if url not in made:
            made[url] = make(url, **options)
        return made[url]

    nbgrader.api.create_engine = engine_of
    try:
        yield
    finally:
        nbgrader.api.create_engine = make
        for engine in made.values():
            engine.dispose()


def check_gradebook(course: Course, ps: str) -> None:
    """Look the gradebook over before marks are written: is it whole, and does it know the assignment? Then copy it.

    Raises
    ------
    CourseError
        If not; the message says what to do.
    """
    with open_gradebook(course) as book:
        try:
            book.find_assignment(ps)
        except MissingEntry:
            raise CourseError(
                f"The gradebook does not know {ps}. Run `hlm release {ps}` first; what was graded before is kept and will be "
                "entered again without being run."
            ) from None
        except SQLAlchemyError as problem:
            raise _unusable(course, str(problem).split("\n")[0]) from None
    if not course.is_sqlite:
        return
    try:
        with contextlib.closing(sqlite3.connect(course.gradebook)) as connection:
            if said := [row[0] for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]:
                raise sqlite3.DatabaseError(said[0].replace("\n", " "))
            _copy(connection, copy_of(course))
    except sqlite3.DatabaseError as problem:
        raise _unusable(course, str(problem)) from None


def copy_of(course: Course) -> Path:
    """Return where the copy lies that is made of the gradebook whenever grading begins."""
    return course.root / "gradebook.copy.db"


def _copy(connection: sqlite3.Connection, path: Path) -> None:
    new = path.with_suffix(".new")
    try:
        new.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(new)) as copy:
            connection.backup(copy)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _unusable(course: Course, cause: str) -> CourseError:
    if is_no_room(cause):
        return NoRoom(course.root, cause)
    if not course.is_sqlite:
        return CourseError(
            f"The gradebook at {course.db_url_shown} cannot be used ({cause}). Look whether the server runs and lets you in, and "
            "whether db_url in course.toml is right."
        )
    files, copy = f"{course.gradebook}*", copy_of(course)
    where = f" or from {copy}, which was made when grading last began" if copy.is_file() else ""
    return CourseError(
        f"The gradebook {course.gradebook} cannot be used ({cause}). Restore it from your backup{where}. Or move {files} away: "
        "`hlm release` and `hlm grade` then write it anew from what is kept in results, without running anything, but "
        "marks given by hand would be lost."
    )


def scores(book: Gradebook, ps: str) -> dict[str, dict[str, float | None]]:
    """Return the automatic points of an assignment by student and exercise, in one query."""
    found: dict[str, dict[str, float | None]] = {}
    query = (
        book.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == ps)
    )
    for student, exercise, points in query:
        found.setdefault(student, {})[exercise] = points
    return found


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

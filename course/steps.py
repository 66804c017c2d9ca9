"""nbgrader's steps, called in this process: release, autograde, feedback.

Each function does what the nbgrader command of that name does, with the settings of `course.settings`, and turns what
nbgrader logs into one line where something goes wrong.

What this file does not do: decide what has to be graded (`course.class_grading`), judge (`autograder`), or make pages
(`course.feedback`).
"""

from __future__ import annotations

import contextlib
import glob
import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path

import traitlets.log
from nbgrader.converters import Autograde, BaseConverter, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets.config import Config

from autograder.inbox import put
from course.books import foreign_files
from course.folder import Course, CourseError
from course.gradebook import open_gradebook
from course.inventory_notebook import STUB, is_test
from course.settings import configure
from course.store import NoRoom, is_no_room
from hlm_teach.locale import _

# ---- nbgrader, quietly ---------------------------------------------------------------------------------------------


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())

    @property
    def cause(self) -> str:
        """The line that says most: the last line of the first traceback, or the first error."""
        for text in self.errors:
            if "Traceback" in text:
                return text.strip().split("\n")[-1]
        return self.errors[0] if self.errors else ""


@contextlib.contextmanager
def _listening() -> Iterator[_Heard]:
    log, heard = traitlets.log.get_logger(), _Heard()
    propagated, log.propagate = log.propagate, False
    log.addHandler(heard)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", SAWarning
            )  # nbgrader's own, about the order in which it fills its tables
            yield heard
    finally:
        log.removeHandler(heard)
        log.propagate = propagated


def config_of(course: Course, isolation: str = "bwrap", version: str = "") -> Config:
    """Return nbgrader's configuration for a course."""
    c = Config()
    configure(c, course.root)
    c.GradeInSandbox.isolation = isolation
    c.GradeAssignment.version = version
    return c


def _convert(
    kind: type[BaseConverter], course: Course, ps: str, student: str = "*", config: Config | None = None
) -> None:
    """Run one of nbgrader's converters, overwriting what it made before.

    Raises
    ------
    CourseError
        With the cause in one line.
    """
    config = config or config_of(course)
    where = CourseDirectory(
        config=config, assignment_id=ps, student_id=glob.escape(student) if student != "*" else "*"
    )
    with _listening() as heard:
        try:
            converter = kind(coursedir=where, config=config)
            converter.force = True
            converter.start()
        except (NbGraderException, SQLAlchemyError, SystemExit, OSError) as problem:
            raise CourseError(heard.cause or str(problem)) from None


# ---- release -------------------------------------------------------------------------------------------------------


def release(course: Course, ps: str) -> Path:
    """Make the version of an assignment that students get, and enter it into the gradebook.

    Returns
    -------
    Path
        The released notebook.

    Raises
    ------
    CourseError
        If it has not been built, if ``source`` holds something else, or if nbgrader refuses.
    """
    assignment = course.assignment(ps)
    source, made = course.source / ps / f"{ps}.ipynb", course.release / ps / f"{ps}.ipynb"
    if not source.is_file():
        raise CourseError(f"{ps} has not been built: there is no {source}. Run `hlm build` first.")
    if foreign := foreign_files(course):
        raise CourseError(foreign[0])
    with open_gradebook(course) as book:
        due = assignment.deadline.astimezone(UTC).replace(tzinfo=None) if assignment.deadline else None
        book.update_or_create_assignment(ps, duedate=due)
    before = made.read_bytes() if made.is_file() else None
    config = config_of(course)
    if is_test(assignment.lesson):
        config.ClearSolutions.code_stub = {"python": _(STUB)}
    try:
        _convert(GenerateAssignment, course, ps, config=config)
    except CourseError as problem:
        if before is not None:
            put(made, before)  # nbgrader takes the old one away before it fails
        raise CourseError(_why_not_released(ps, str(problem))) from None
    if leaked := _leaks(source, made):
        made.unlink()
        raise CourseError(
            f"{made} would have shown a solution ({leaked}), so it was removed. Run `hlm build` and try again."
        )
    return made


def _why_not_released(ps: str, cause: str) -> str:
    if "Cannot add or remove cells" not in cause:
        return cause
    return (
        f"{ps} cannot be released with other tasks than before, because work for it has been graded; what was released stays. "
        "Give the changed assignment another name in assignments.toml, or take the change back."
    )


def _leaks(source: Path, made: Path) -> str:
    """Return a line that stands only in the solutions of the source and yet in what was released, or ''."""
    solution, shown = set(), set()
    for cell in json.loads(source.read_text(encoding="utf-8"))["cells"]:
        inside = False
        for line in "".join(cell["source"]).split("\n"):
            if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
                inside = "BEGIN" in line
            else:
                (solution if inside else shown).add(line.strip())
    released = {
        line.strip()
        for cell in json.loads(made.read_text(encoding="utf-8"))["cells"]
        for line in "".join(cell["source"]).split("\n")
    }
    return next(iter(sorted((solution - shown - {"", "..."}) & released)), "")


# ---- grade and feedback --------------------------------------------------------------------------------------------


def enter(course: Course, ps: str, student: str, source: Mapping[str, str]) -> None:
    """Have nbgrader write one student's graded notebook and marks, from the record that is kept (`course.grading`).

    Parameters
    ----------
    course, ps, student
        Whose work for which assignment.
    source
        What the record was made from (`course.store.made_from`).

    Raises
    ------
    NoRoom
        If nothing can be written any more; no fault of the submission or of its grading.
    CourseError
        With the cause in one line, if anything else stops it.
    """
    try:
        _convert(Autograde, course, ps, student, config_of(course, source["isolation"], source["version"]))
    except CourseError as problem:
        if is_no_room(str(problem)):
            raise NoRoom(course.root, str(problem)) from None
        raise


def feedback_one(course: Course, ps: str, student: str) -> None:
    """Write the feedback page of one graded submission."""
    _convert(GenerateFeedback, course, ps, student)

"""nbgrader's steps, called in this process: release, autograde, feedback.

Each function does what the nbgrader command of that name does, with the settings of `course.settings`, and turns what
nbgrader logs into one line where something goes wrong. One student's failure never stops the others.

Grading is idempotent: beside each graded notebook stands what it was made from, the hash of the submission and the version
of the assignment (its notebook, its exercises, the grader's own code, the term's secret). What has not changed is skipped.

What this file does not do: judge (`autograder`), or make pages (`course.feedback`).
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import logging
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import traitlets.log
from nbgrader.converters import Autograde, BaseConverter, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets.config import Config

from autograder.inbox import put, receipts, safe_id
from autograder.intake import roster
from course.books import foreign_files
from course.folder import PROJECT, Course, CourseError
from course.gradebook import open_gradebook
from course.settings import GRADED, configure


@dataclass(frozen=True)
class Graded:
    """What became of one student's submission."""

    student: str
    status: str  # "graded", "unchanged" or "fault"
    seconds: float = 0.0
    message: str = ""


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


def config_of(course: Course, isolation: str = "bwrap") -> Config:
    """Return nbgrader's configuration for a course."""
    c = Config()
    configure(c, course.root)
    c.GradeInSandbox.isolation = isolation
    return c


def _convert(
    kind: type[BaseConverter], course: Course, ps: str, student: str = "*", isolation: str = "bwrap"
) -> None:
    """Run one of nbgrader's converters, overwriting what it made before.

    Raises
    ------
    CourseError
        With the cause in one line.
    """
    config = config_of(course, isolation)
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
    try:
        _convert(GenerateAssignment, course, ps)
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


# ---- grade ---------------------------------------------------------------------------------------------------------


def version(course: Course, ps: str) -> str:
    """Return a hash of everything but the submission that a mark depends on."""
    assignment, sha = course.assignment(ps), hashlib.sha256()
    sha.update((course.source / ps / f"{ps}.ipynb").read_bytes())
    sha.update((course.release / ps / f"{ps}.ipynb").read_bytes())
    sha.update(
        repr((assignment.exercises, assignment.cpu_seconds, assignment.memory_mb, course.seed())).encode()
    )
    code = [*(PROJECT / "autograder").glob("*.py"), *(PROJECT / "autograder" / "inside").glob("*.py")]
    for path in sorted([*code, PROJECT / "autograder" / "exercises" / f"lesson_{assignment.lesson}.py"]):
        if path.is_file():
            sha.update(path.name.encode() + path.read_bytes())
    return sha.hexdigest()


def submitted(course: Course, ps: str) -> list[str]:
    """Return the students (nbgrader's ids) whose work is ready to be graded."""
    return sorted(path.parts[-3] for path in course.root.glob(f"submitted/*/{ps}/{ps}.ipynb"))


def grade(
    course: Course, ps: str, students: Sequence[str], *, regrade: bool = False, isolation: str = "bwrap"
) -> Iterator[Graded]:
    """Grade the submissions of these students, one after the other, unless they are graded already.

    A fault of the grader is never scored: the submission stays without a mark, and the message is for the teacher.
    """
    now = version(course, ps)
    _enter_names(course, ps, students)
    for student in students:
        handed_in = course.notebook("submitted", student, ps)
        stamp = course.notebook("autograded", student, ps).with_name(GRADED)
        made_from = {
            "submission": hashlib.sha256(handed_in.read_bytes()).hexdigest(),
            "version": now,
            "isolation": isolation,
        }
        if not regrade and stamp.is_file() and json.loads(stamp.read_text()) == made_from:
            yield Graded(student, "unchanged")
            continue
        began = time.monotonic()
        try:
            _convert(Autograde, course, ps, student, isolation)
        except CourseError as problem:
            _record_fault(course, ps, student, str(problem))
            yield Graded(student, "fault", time.monotonic() - began, str(problem))
            continue
        fault_file(course, ps, student).unlink(missing_ok=True)
        put(stamp, (json.dumps(made_from, indent=1) + "\n").encode())
        yield Graded(student, "graded", time.monotonic() - began)


def fault_file(course: Course, ps: str, student: str) -> Path:
    """Return where it is written down that the grader failed on a student's work."""
    return course.root / "faults" / ps / f"{student}.json"


def _record_fault(course: Course, ps: str, student: str, cause: str) -> None:
    """Write down why a submission has no marks, unless the sandboxed step has said it better."""
    path = fault_file(course, ps, student)
    if not path.is_file():
        said = {"assignment": ps, "student": student, "fault": cause, "time": datetime.now(UTC).isoformat()}
        put(path, (json.dumps(said, indent=1) + "\n").encode())


def _enter_names(course: Course, ps: str, students: Sequence[str]) -> None:
    """Tell formgrader what the students are called, where the roster says so or where an id had to be changed."""
    known = {safe_id(name): full for name, full in (roster(course.root) or {}).items()}
    with open_gradebook(course) as book:
        for student in students:
            shown = receipts(course.root, ps, student)[-1].student
            name = known.get(student) or (shown if shown != student else "")
            if name:
                book.update_or_create_student(student, last_name=name[:100])


def feedback_one(course: Course, ps: str, student: str) -> None:
    """Write the feedback page of one graded submission."""
    _convert(GenerateFeedback, course, ps, student)

"""Grade a class: what has changed is run by many, what came of it is kept, and one writer enters it into the gradebook.

The idea, in the order of events. What has a record made from the same submission and the same version is not run again.
The rest is run (`autograder.schedule`, `autograder.cluster`); each record is kept the moment it arrives (`course.store`).
This process alone then has nbgrader enter it (`course.steps.enter`), one student after the other. Entering is idempotent:
beside each graded notebook stands which record it was made from, and the gradebook is compared with the record. So a kill
at any moment, a full disk or a lost gradebook cost nothing but the time to run this again.

What this file does not do: judge (`autograder`), or know how nbgrader is called (`course.steps`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder import record
from autograder.cluster import ClusterError, run_on_cluster
from autograder.inbox import put, receipts, safe_id
from autograder.intake import roster
from autograder.nbgrader_plugin import others
from autograder.schedule import Work, run_here
from course import store
from course.folder import Course, CourseError
from course.gradebook import check_gradebook, one_engine, open_gradebook, scores
from course.grading import limits_of
from course.settings import GRADED
from course.steps import enter

__all__ = ["Done", "grade"]


@dataclass(frozen=True)
class Done:
    """What became of one student's submission."""

    student: str
    status: str  # "graded", "entered" (from what was run before), "unchanged" or "fault"
    seconds: float = 0.0  # processor time of the submission
    message: str = ""


def grade(
    course: Course,
    ps: str,
    students: Sequence[str],
    *,
    regrade: bool = False,
    isolation: str = "bwrap",
    workers: int | None = None,
    cluster: str = "",
) -> Iterator[Done]:
    """Grade the submissions of these students; yield what became of each, in the order in which they are finished.

    Parameters
    ----------
    course, ps, students
        Whose work for which assignment.
    regrade
        Run also what has a record.
    isolation
        See `autograder.sandbox.run`.
    workers
        Processes on this machine (default: its cores).
    cluster
        The address of a Dask scheduler, whose workers run the submissions instead.

    Raises
    ------
    CourseError
        If somebody else grades this assignment, the gradebook cannot be used, the disk is full, or the cluster cannot
        be used. What was finished is kept.

    Notes
    -----
    A fault of the grader is never scored: the submission stays without a mark, and the message is for the teacher.
    """
    try:
        yield from _grade(course, ps, students, regrade, isolation, workers or os.cpu_count() or 1, cluster)
    except OSError as problem:
        if store.is_no_room(problem):
            raise store.NoRoom(course.root, problem.strerror or str(problem)) from None
        raise
    except ClusterError as problem:
        raise CourseError(str(problem)) from None


def _grade(
    course: Course,
    ps: str,
    students: Sequence[str],
    regrade: bool,
    isolation: str,
    workers: int,
    cluster: str,
) -> Iterator[Done]:
    with store.alone(course, ps), one_engine():
        check_gradebook(course, ps)
        _enter_names(course, ps, students)
        now = store.version(course, ps)
        sources = {s: store.made_from(course, ps, s, now, isolation) for s in students}
        with open_gradebook(course) as book:
            written = scores(book, ps)
        to_run = []
        for student in students:
            text = None if regrade else store.stored(course, ps, student, sources[student])
            if text is None:
                to_run.append(student)
            elif _is_entered(course, ps, student, sources[student], text, written.get(student, {})):
                yield Done(student, "unchanged")
            else:
                yield _entered(course, ps, student, sources[student], text, "entered")
        if to_run:
            yield from _run(course, ps, to_run, sources, workers, cluster)


def _run(
    course: Course,
    ps: str,
    students: Sequence[str],
    sources: dict[str, dict[str, str]],
    workers: int,
    cluster: str,
) -> Iterator[Done]:
    """Run submissions; enter each as it comes."""

    def keep(student: str, text: str) -> None:
        if not record.fault_in(text):
            store.keep(course, ps, student, sources[student], text)

    works = [_work(course, ps, student, sources[student]["isolation"]) for student in students]
    arriving = run_on_cluster(works, cluster, keep) if cluster else run_here(works, workers, keep)
    with contextlib.closing(arriving):
        for student, text in arriving:
            if fault := record.fault_in(text):
                yield _failed(course, ps, student, fault)
            else:
                yield _entered(course, ps, student, sources[student], text, "graded")


def _work(course: Course, ps: str, student: str, isolation: str) -> Work:
    path = course.notebook("submitted", student, ps)
    return Work(
        student,
        ps,
        json.loads(path.read_text(encoding="utf-8"))["cells"],
        course.seed(),
        store.helpers(course, ps, student),
        others(course.root, student),
        limits_of(course.assignment(ps)),
        isolation,
        str(course.root),
    )


# ---- one student -----------------------------------------------------------------------------------------------------


def _stamp(source: dict[str, str], text: str) -> bytes:
    said = {**source, "result": hashlib.sha256(text.encode()).hexdigest()}
    return (json.dumps(said, indent=1) + "\n").encode()


def _is_entered(
    course: Course, ps: str, student: str, source: dict[str, str], text: str, written: dict[str, float | None]
) -> bool:
    """Return whether graded notebook and gradebook say what a record says."""
    stamp = course.notebook("autograded", student, ps).with_name(GRADED)
    if not stamp.is_file() or stamp.read_bytes() != _stamp(source, text):
        return False
    return all(written.get(name) == points for name, points in record.points_in(text).items())


def _entered(course: Course, ps: str, student: str, source: dict[str, str], text: str, how: str) -> Done:
    """Enter a record into graded notebook and gradebook; the stamp comes last."""
    try:
        with store.alone(course, "gradebook", wait=True):
            enter(course, ps, student, source)
        store.fault_file(course, ps, student).unlink(missing_ok=True)
        put(course.notebook("autograded", student, ps).with_name(GRADED), _stamp(source, text))
    except store.NoRoom:
        raise
    except CourseError as problem:
        return _failed(course, ps, student, str(problem))
    return Done(student, how, record.read(text).cpu_seconds if how == "graded" else 0.0)


def _failed(course: Course, ps: str, student: str, cause: str) -> Done:
    """Leave a submission without a mark, and tell the teacher why."""
    shutil.rmtree(course.notebook("autograded", student, ps).parent, ignore_errors=True)
    store.record_fault(course, ps, student, cause)
    return Done(student, "fault", message=cause)


def _enter_names(course: Course, ps: str, students: Sequence[str]) -> None:
    """Tell formgrader what the students are called, where the roster says so or where an id had to be changed."""
    known = {safe_id(name): full for name, full in (roster(course.root) or {}).items()}
    with store.alone(course, "gradebook", wait=True), open_gradebook(course) as book:
        for student in students:
            history = receipts(course.root, ps, student)
            shown = history[-1].student if history else student
            name = known.get(student) or (shown if shown != student else "")
            if name:
                book.update_or_create_student(student, last_name=name[:100])

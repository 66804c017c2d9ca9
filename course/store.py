"""What came of each submission, kept on disk: ``results/<ps>/<student>.json``.

The idea: a record (`autograder.record`) is kept, whole or not at all and safe from a power cut, before any mark is written
from it. It says what it was made from: the hash of the submission, the version of the assignment (its notebook, its
exercises, the grader's own code, the term's secret) and the isolation. As long as these are the same, nothing is run again;
and a gradebook that was lost is written again from the records alone.

What this file does not do: run anything, or write marks (`course.class_grading`).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from autograder import record
from autograder.inventory import TESTS
from course.folder import PROJECT, Course, CourseError

__all__ = [
    "NoRoom",
    "alone",
    "fault_file",
    "helpers",
    "is_no_room",
    "keep",
    "made_from",
    "record_fault",
    "stored",
    "submission_hash",
    "submitted",
    "version",
]

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
FULL_IN_WORDS = (*(os.strerror(number) for number in FULL), "disk is full", "disk I/O error")


class NoRoom(CourseError):
    """Nothing more can be written in the course's folder."""

    def __init__(self, root: Path, cause: str) -> None:
        super().__init__(
            f"Nothing more can be written in {root} ({cause}). What was graded is kept, and no mark was lost. Make room "
            "there and run the same command again: it goes on where it stopped."
        )


def is_no_room(problem: OSError | str) -> bool:
    """Return whether an error, or what somebody else has said of it, means that a disk takes nothing more.

    Examples
    --------
    >>> is_no_room("OSError: [Errno 28] No space left on device"), is_no_room(OSError(2, "No such file"))
    (True, False)
    """
    if isinstance(problem, OSError):
        return problem.errno in FULL
    return any(words in problem for words in FULL_IN_WORDS)


def submitted(course: Course, ps: str) -> list[str]:
    """Return the students (nbgrader's ids) whose work is ready to be graded."""
    return sorted(path.parts[-3] for path in course.root.glob(f"submitted/*/{ps}/{ps}.ipynb"))


def helpers(course: Course, ps: str, student: str) -> dict[str, str]:
    """Return the modules that a student handed in beside the notebook, as intake has let them through."""
    folder = course.notebook("submitted", student, ps).parent
    return {path.name: path.read_bytes().decode() for path in sorted(folder.glob("*.py"))}


def submission_hash(course: Course, ps: str, student: str) -> str:
    """Return a hash of all that is graded of one student's work."""
    sha = hashlib.sha256(course.notebook("submitted", student, ps).read_bytes())
    for name, text in helpers(course, ps, student).items():
        sha.update(f"\0{name}\0{text}".encode())
    return sha.hexdigest()


def version(course: Course, ps: str) -> str:
    """Return a hash of everything but the submission that a mark depends on."""
    assignment, sha = course.assignment(ps), hashlib.sha256()
    sha.update((course.source / ps / f"{ps}.ipynb").read_bytes())
    sha.update((course.release / ps / f"{ps}.ipynb").read_bytes())
    limits = assignment.cpu_seconds, assignment.idle_seconds, assignment.memory_mb
    sha.update(repr((assignment.exercises, *limits, course.seed())).encode())
    code = [*(PROJECT / "autograder").glob("*.py"), *(PROJECT / "autograder" / "inside").glob("*.py")]
    lesson = "inventory" if assignment.lesson in TESTS else assignment.lesson
    if assignment.lesson in TESTS:
        code += (PROJECT / "autograder" / "inventory").glob("*.py")
    for path in sorted([*code, PROJECT / "autograder" / "exercises" / f"lesson_{lesson}.py"]):
        if path.is_file():
            sha.update(path.name.encode() + path.read_bytes())
    return sha.hexdigest()


def made_from(course: Course, ps: str, student: str, now: str, isolation: str) -> dict[str, str]:
    """Return what a record is made from; `now` is the assignment's `version`."""
    return {"submission": submission_hash(course, ps, student), "version": now, "isolation": isolation}


# ---- records ---------------------------------------------------------------------------------------------------------


def _path(course: Course, ps: str, student: str) -> Path:
    return course.root / "results" / ps / f"{student}.json"


def keep(course: Course, ps: str, student: str, source: dict[str, str], text: str) -> None:
    """Keep a record for good before anything else happens.

    Raises
    ------
    OSError
        If it cannot be written; the old record is then still there.
    """
    path = _path(course, ps, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=".new-", delete=False, encoding="utf-8"
    ) as file:
        try:
            json.dump({"made_from": source, "record": text}, file)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(file.name).unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def stored(course: Course, ps: str, student: str, source: dict[str, str]) -> str | None:
    """Return the record that was made from this, or None; a file that cannot be read counts as none."""
    try:
        kept = json.loads(_path(course, ps, student).read_text(encoding="utf-8"))
        if kept["made_from"] != source:
            return None
        record.read(kept["record"])
        return kept["record"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


# ---- faults ----------------------------------------------------------------------------------------------------------


def fault_file(course: Course, ps: str, student: str) -> Path:
    """Return where it is written down that the grader failed on a student's work."""
    return course.root / "faults" / ps / f"{student}.json"


def record_fault(course: Course, ps: str, student: str, cause: str) -> None:
    """Write down for the teacher why a submission has no marks."""
    said = {"assignment": ps, "student": student, "fault": cause, "time": datetime.now(UTC).isoformat()}
    path = fault_file(course, ps, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


# ---- one at a time ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone(course: Course, name: str, wait: bool = False) -> Iterator[None]:
    """Hold a lock of the course's folder; it ends with the process, however that ends.

    Parameters
    ----------
    name
        What is locked: an assignment that is being graded, or ``"gradebook"``.
    wait
        Wait for whoever holds it; otherwise say who that is.

    Raises
    ------
    CourseError
        If somebody else holds it.
    """
    path = course.root / "locks" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            lock.seek(0)
            who = lock.read().strip() or "another process"
            raise CourseError(
                f"{name} is being graded already, by {who}. Wait until that is done, or end it; then run this again."
            ) from None
        if not wait:
            os.ftruncate(lock.fileno(), 0)
            who = (
                f"process {os.getpid()} on {socket.gethostname()}, since {datetime.now():%Y-%m-%d %H:%M:%S}\n"
            )
            with contextlib.suppress(OSError):  # on a full disk the lock holds all the same
                os.write(lock.fileno(), who.encode())
        yield

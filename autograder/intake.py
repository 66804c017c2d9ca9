"""Take in what was handed in: keep it, write a receipt, decide, and prepare what will be graded.

Each hand-in is stored first (`autograder.inbox`) and then gets its verdict:

``counted``      it is what will be graded, until a later hand-in takes its place
``not counted``  it came after the deadline and the late rule says no; what counted before stays
``refused``      nothing in it can be graded (an empty file, no JSON, another assignment, an unknown student, …)

What counts is rebuilt on the released notebook and written where nbgrader looks for it, ``submitted/<student>/<ps>/``.
Taking in the same files again changes nothing, so an intake that was interrupted is simply run again.

What this file does not do: run anything, or decide about marks.
"""

from __future__ import annotations

import csv
import io
import json
import os
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autograder.assignment import Assignment
from autograder.candidates import Candidate, Desk, contents
from autograder.inbox import (
    File,
    IntakeError,
    Receipt,
    alone,
    collect,
    counted,
    digest_of,
    original,
    put,
    receipts,
    safe_id,
    stored,
    write_new,
)
from autograder.modules import modules
from autograder.notebooks import read
from autograder.rebuild import rebuild
from hlm_teach.locale import _

ROSTER_NAMES = ("student", "id", "username", "student_id")  # headers of the column that names the student
NO_STUDENTS = {".git", "__MACOSX", "__pycache__", ".ipynb_checkpoints"}


@dataclass
class Taken:
    """What one run of the intake did."""

    receipts: list[Receipt] = field(default_factory=list)  # written now
    unchanged: list[str] = field(default_factory=list)  # students whose latest hand-in was here already
    stray: list[str] = field(default_factory=list)  # files that lie in no student's folder


def roster(root: Path) -> dict[str, str] | None:
    """Return the students of ``roster.csv`` as id → full name, or None if there is no such file.

    The first column is the student, unless one is headed ``student``, ``id`` or ``username``; a column ``name`` is shown
    beside it.
    """
    path = root / "roster.csv"
    if not path.is_file():
        return None
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as problem:
        raise IntakeError(f"{path} is not a CSV file in UTF-8: {problem}") from None
    rows = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    head = [cell.lower() for cell in rows[0]] if rows else []
    named = [head.index(key) for key in ROSTER_NAMES if key in head]
    column, full = (named or [0])[0], head.index("name") if "name" in head else None
    return {
        unicodedata.normalize("NFC", row[column]): row[full] if full is not None and full < len(row) else ""
        for row in (rows[1:] if named else rows)
        if column < len(row) and row[column]
    }


def take_in(
    root: Path,
    assignment: Assignment,
    folder: Path,
    *,
    assignments: Mapping[str, Assignment] | None = None,
    titles: Mapping[str, str] | None = None,
    now: datetime | None = None,
    step: Callable[[str], None] = lambda name: None,
) -> Taken:
    """Take in a folder that holds one folder per student.

    Parameters
    ----------
    root
        The course's folder.
    assignment
        What was to be handed in.
    folder
        Holds one folder per student, with whatever is in it. It is only read.
    assignments
        All assignments, to recognise a notebook of another one.
    titles
        How sentences for students call an exercise, by its id.
    now
        The time of this machine's clock, with its zone (default: now).
    step
        Called with each student's name.

    Returns
    -------
    Taken
        The receipts that were written. Handing in the same files again changes nothing.

    Raises
    ------
    IntakeError
        If the folder is missing, the assignment has not been released, or the roster cannot be read.
    """
    if not folder.is_dir():
        raise IntakeError(
            f"--from must name a folder that holds one folder per student, but {folder} is none."
        )
    desk = Desk(root, assignment, assignments or {}, titles or {})
    known, taken, at = roster(root), Taken(), now or datetime.now(UTC)
    try:
        with alone(root):
            for entry in sorted(os.scandir(folder), key=lambda e: e.name):
                if entry.name in NO_STUDENTS:
                    continue
                if not entry.is_symlink() and not entry.is_dir(follow_symlinks=False):
                    taken.stray.append(entry.name)
                    continue
                step(entry.name)
                _take_one(desk, entry, known, at, taken)
    except OSError as problem:
        raise IntakeError(
            f"The intake stopped because a file could not be written or read: {problem}. What was taken in before is kept. "
            "Put that right and run the same command again."
        ) from None
    return taken


def _take_one(
    desk: Desk, entry: os.DirEntry, known: Mapping[str, str] | None, at: datetime, taken: Taken
) -> None:
    root, assignment = desk.root, desk.assignment
    name = unicodedata.normalize("NFC", os.fsencode(entry.name).decode("utf-8", "backslashreplace"))
    student_id = safe_id(name)
    inbox = root / "inbox" / assignment.id / student_id
    if entry.is_symlink():
        files: tuple[File, ...] = (File(name, 0, kind="link"),)
    else:
        files = collect(Path(entry.path), inbox, assignment.max_mb * 1e6)
    history = receipts(root, assignment.id, student_id)
    if history and history[-1].digest == digest_of(files) and not _admitted_since(history[-1], known, name):
        taken.unchanged.append(name)
    else:
        receipt = _decide(desk, files, inbox, history, known, name, student_id, at)
        path = root / "receipts" / assignment.id / student_id / f"{receipt.number:04d}.json"
        write_new(path, (json.dumps(asdict(receipt), indent=1) + "\n").encode())
        taken.receipts.append(receipt)
        history = [*history, receipt]
    if (counts := counted(history)) is not None:
        _prepare(desk, counts)


UNKNOWN = "not on the roster"


def _admitted_since(last: Receipt, known: Mapping[str, str] | None, name: str) -> bool:
    """Whether a student was unknown last time and is on the roster now."""
    return last.verdict == "refused" and UNKNOWN in last.notes and (known is None or name in known)


def _decide(desk, files, inbox, history, known, name, student_id, at) -> Receipt:
    late = desk.assignment.is_late(at)
    common = {
        "assignment": desk.assignment.id,
        "student": name,
        "student_id": student_id,
        "number": len(history) + 1,
        "received": at.astimezone(UTC).isoformat(timespec="seconds"),
        "zone": at.astimezone().tzname() or "UTC",
        "late": late,
        "files": files,
    }
    if known is not None and name not in known:
        reason = _(
            "“{student}” is not on the course's roster. What was handed in is kept; ask your teacher to add you.",
            student=name,
        )
        return Receipt(**common, verdict="refused", reason=reason, notes=(UNKNOWN,))
    try:
        chosen, reason = desk.notebook(files, inbox)
    except OSError:
        raise  # the disk's fault
    except Exception as problem:  # ours, and only this student's case: nobody else may wait for it
        chosen, reason = (
            None,
            _(
                "What was handed in could not be looked through ({error}). It is kept; show this to your teacher.",
                error=type(problem).__name__,
            ),
        )
    if chosen is None:
        return Receipt(**common, verdict="refused", reason=reason)
    common |= {
        "notebook": chosen.file.path,
        "member": chosen.member,
        "sha256": chosen.file.sha256,
        "size": chosen.file.size,
        "notes": (
            *_notes(chosen),
            *modules(files, chosen.file.path, chosen.member, lambda file: stored(inbox, file))[1],
        ),
    }
    if late and not _late_counts(desk.assignment, counted(history)):
        return Receipt(
            **common, verdict="not counted", reason=_late_reason(desk.assignment, counted(history))
        )
    return Receipt(**common, verdict="counted", reason="")


def _notes(chosen: Candidate) -> tuple[str, ...]:
    if not chosen.rivals:
        return chosen.rebuilt.notes
    sentence = _(
        "You handed in several notebooks; {graded} was graded, not {others}.",
        graded=chosen.name,
        others=", ".join(chosen.rivals[:5]),
    )
    return (sentence, *chosen.rebuilt.notes)


def _late_counts(assignment: Assignment, before: Receipt | None) -> bool:
    return assignment.late == "always" or (assignment.late == "first" and before is None)


def _late_reason(assignment: Assignment, before: Receipt | None) -> str:
    assert assignment.deadline is not None
    deadline = f"{assignment.deadline:%Y-%m-%d %H:%M} UTC"
    if before is None:
        return _(
            "It was handed in after the deadline ({deadline}). It is kept, but not graded.", deadline=deadline
        )
    return _(
        "It was handed in after the deadline ({deadline}). It is kept; what you handed in before, on {before}, is graded.",
        deadline=deadline,
        before=before.received.replace("T", " ").replace("+00:00", " UTC"),
    )


def _prepare(desk: Desk, receipt: Receipt) -> None:
    """Write what will be graded, from the stored original; leave it alone if it is already right."""
    file = next(f for f in receipt.files if f.path == receipt.notebook)
    try:
        data = original(desk.root, receipt, file).read_bytes()
    except OSError as problem:
        raise IntakeError(
            f"The original of {receipt.student} is gone from the inbox ({problem}). Restore it from your backup."
        ) from None
    content = dict(contents(file, data))[receipt.member]
    made = {
        **{key: desk.release[key] for key in ("metadata", "nbformat", "nbformat_minor")},
        "cells": rebuild(desk.release["cells"], read(content), desk.titles).cells,
    }
    folder = desk.root / "submitted" / receipt.student_id / receipt.assignment
    put(
        folder / f"{receipt.assignment}.ipynb",
        (json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode(),
    )
    beside, _left_out = modules(
        receipt.files, receipt.notebook, receipt.member, lambda file: original(desk.root, receipt, file)
    )
    for path in folder.glob("*.py"):
        if path.name not in beside:
            path.unlink()
    for name, text in beside.items():
        put(folder / name, text.encode())
    put(
        folder / "timestamp.txt",
        (receipt.received.replace("T", " ").replace("+00:00", " UTC") + "\n").encode(),
    )

"""The store: what was handed in, byte for byte, and a receipt for each time.

Originals lie at ``inbox/<ps>/<student>/<sha256>/<name>``, receipts at ``receipts/<ps>/<student>/0001.json`` and so on. Both
are only ever added to: a file that is there is never changed or removed. Links are not followed, devices not opened,
sizes and numbers are bounded, and names of students and files are made safe before they become paths.

What this file does not do: look into a file, or decide whether it counts (`autograder.intake`).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hlm_teach.locale import _

MAX_FILES = 500  # of one hand-in
MAX_DEPTH = 20  # folders inside folders
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class IntakeError(RuntimeError):
    """Intake cannot start; the message is for the teacher."""


@dataclass(frozen=True)
class File:
    """One thing found in a student's folder: where, what became of it, and its hash."""

    path: str
    size: int
    sha256: str = ""  # empty: it was not copied
    kind: Literal["file", "link", "special", "too large", "unreadable"] = "file"


@dataclass(frozen=True)
class Receipt:
    """What was handed in, when it was received, and what was decided."""

    assignment: str
    student: str  # the name of the folder it came in
    student_id: str  # the same, made safe for paths; nbgrader's id
    number: int
    received: str  # ISO 8601, UTC, by this machine's clock
    zone: str  # the time zone that this machine's clock showed
    verdict: Literal["counted", "not counted", "refused"]
    reason: str  # a sentence for the student; empty where all is well
    late: bool
    files: tuple[File, ...]
    notebook: str = ""  # which file is graded
    member: str = ""  # and which notebook in it, if it is a zip
    sha256: str = ""  # its hash
    size: int = 0
    notes: tuple[str, ...] = ()  # what was put right, in sentences for the student

    @property
    def digest(self) -> str:
        """What tells two hand-ins apart."""
        return digest_of(self.files)


def safe_id(name: str) -> str:
    """Return a student's name as it can stand in a path: letters, digits and ``._@-``, never longer than 64.

    Different names give different ids: where a name has to be changed, a piece of its hash is added.

    Examples
    --------
    >>> safe_id("s.meyer-2"), safe_id("Zoë Müller"), safe_id("../../etc")
    ('s.meyer-2', 'Zoe_Muller-d6e575a6', 'etc-74ccf3c5')
    """
    if SAFE.fullmatch(name) and name.lower() not in ("con", "nul"):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:40] or "student"
    composed = unicodedata.normalize("NFC", name).encode("utf-8", "surrogateescape")
    return f"{stem}-{hashlib.sha256(composed).hexdigest()[:8]}"


# ---- the store -----------------------------------------------------------------------------------------------------


def digest_of(files: tuple[File, ...]) -> str:
    """Return one hash for everything in a hand-in."""
    return hashlib.sha256(
        json.dumps([[f.path, f.size, f.sha256, f.kind] for f in files]).encode()
    ).hexdigest()


def receipts(root: Path, ps: str, student_id: str) -> list[Receipt]:
    """Return a student's receipts for an assignment, oldest first."""
    folder = root / "receipts" / ps / student_id
    return [_receipt(path) for path in sorted(folder.glob("[0-9]*.json"))]


def students(root: Path, ps: str) -> list[str]:
    """Return the ids of all students who handed something in, or tried to."""
    folder = root / "receipts" / ps
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def counted(history: list[Receipt]) -> Receipt | None:
    """Return the receipt of the hand-in that is graded: the latest that counts."""
    return next((receipt for receipt in reversed(history) if receipt.verdict == "counted"), None)


def _receipt(path: Path) -> Receipt:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        raw["files"] = tuple(File(**file) for file in raw["files"])
        raw["notes"] = tuple(raw["notes"])
        return Receipt(**raw)
    except (ValueError, TypeError, KeyError) as problem:
        raise IntakeError(
            f"{path} cannot be read as a receipt ({problem}). Restore it from your backup."
        ) from None


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, whole or not at all, and for good (read-only)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o444)
            _settle(Path(file.name), path)
        finally:
            Path(file.name).unlink(missing_ok=True)


def _settle(new: Path, path: Path) -> None:
    """Give a finished file its name, never over a file that is there."""
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        new.rename(path)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Let only one intake work on a course at a time."""
    import fcntl

    folder = root / "receipts"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# ---- one student's folder ------------------------------------------------------------------------------------------


def collect(folder: Path, inbox: Path, max_bytes: float) -> tuple[File, ...]:
    """Copy every regular file below a folder into the inbox; note everything else."""
    found: list[File] = []
    for base, folders, names, handle in os.fwalk(folder, follow_symlinks=False):
        folders.sort(
            key=lambda f: (f.startswith((".", "__")), f)
        )  # where the limit cuts, it cuts what is hidden
        inside = Path(base).relative_to(folder)
        if len(inside.parts) >= MAX_DEPTH:
            found += [File(_shown(str(inside / name)), 0, kind="unreadable") for name in folders[:1]]
            folders.clear()
        for name in sorted([*names, *(f for f in folders if _is_link(f, handle))]):
            if len(found) >= MAX_FILES:
                found.append(File(_("… and more; only {n} files are kept", n=MAX_FILES), 0, kind="too large"))
                return tuple(found)
            found.append(_keep(str(inside / name), name, handle, inbox, max_bytes))
    return tuple(found)


def _is_link(name: str, handle: int) -> bool:
    return stat.S_ISLNK(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode)


def _shown(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()


def _keep(path: str, name: str, handle: int, inbox: Path, max_bytes: float) -> File:
    shown = _shown(path)
    try:
        before = os.stat(name, dir_fd=handle, follow_symlinks=False)
        if stat.S_ISLNK(before.st_mode):
            return File(shown, 0, kind="link")
        if not stat.S_ISREG(before.st_mode):
            return File(shown, 0, kind="special")
        if before.st_size > max_bytes:
            return File(shown, before.st_size, kind="too large")
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
    except OSError:
        return File(shown, 0, kind="unreadable")
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return File(shown, 0, kind="special")
        return _copy(file, shown, inbox, max_bytes)


def _copy(file: io.BufferedReader, shown: str, inbox: Path, max_bytes: float) -> File:
    """Copy an open file to where its hash says, unless it is there already."""
    inbox.mkdir(parents=True, exist_ok=True)
    sha, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=inbox, prefix=".new-", delete=False) as copy:
        try:
            while chunk := file.read(1 << 20):
                size += len(chunk)
                if size > max_bytes:
                    return File(shown, size, kind="too large")
                sha.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            done = File(shown, size, sha.hexdigest())
            target = stored(inbox, done)
            target.parent.mkdir(exist_ok=True)
            if not target.exists():
                Path(copy.name).chmod(0o444)
                _settle(Path(copy.name), target)
            return done
        finally:
            Path(copy.name).unlink(missing_ok=True)


def _safe_name(path: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", path.rsplit("/", 1)[-1]).lstrip(".")
    return name[-100:] or "file"


def stored(inbox: Path, file: File) -> Path:
    """Return where a file lies in a student's inbox."""
    return inbox / file.sha256 / _safe_name(file.path)


def original(root: Path, receipt: Receipt, file: File) -> Path:
    """Return where the original of a file lies in a course's folder."""
    return stored(root / "inbox" / receipt.assignment / receipt.student_id, file)


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; leave it alone if it is already right."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)

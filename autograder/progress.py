"""A learner's own record: attempts, hints and bets, and what is due for another look.

The idea: one line of JSON for each event, appended to ``progress.jsonl`` in ``~/.local/share/hlm`` (or the folder that
the environment variable ``HLM_HOME`` names). It stays on the learner's machine and nothing is graded from it.
It is never in the way: where the folder cannot be written, the record lives in memory until the session ends; lines that
cannot be read are kept aside in a file of their own, and that is said once.

An exercise is due again after 1, 3, 7, 14 and 30 days, one step further for each day on which it went right; after an
attempt that did not, on the next day. A bet lost while at least 70 percent sure makes its question due at once.

What this file does not do: identify anyone, send anything, or hold an answer.
"""

from __future__ import annotations

import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from autograder.exercise import Verdict
from hlm_teach.locale import _

__all__ = [
    "attempts",
    "bets",
    "due",
    "events",
    "hints_taken",
    "record_attempt",
    "record_bet",
    "record_hint",
    "record_open",
]

STEPS = (1, 3, 7, 14, 30)  # days
SURE = 70  # percent

_memory: list[dict[str, Any]] = []  # events that could not be written
_lesson = ""  # the lesson whose notebook this is, once it has said so


def _file() -> Path:
    home = os.environ.get("HLM_HOME")
    try:
        folder = Path(home) if home else Path.home() / ".local" / "share" / "hlm"
    except RuntimeError:  # no home at all
        folder = Path(tempfile.gettempdir()) / "hlm"
    return folder / "progress.jsonl"


def _add(event: dict[str, Any], now: datetime | None) -> None:
    event = {"at": (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds"), **event}
    line = (json.dumps(event, ensure_ascii=True) + "\n").encode("ascii")
    path = _file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if _torn(path):
                line = b"\n" + line
            if os.write(handle, line) != len(line):  # one write is one line, also with two notebooks open
                raise OSError("disk full")
        finally:
            os.close(handle)
    except OSError:
        _memory.append(event)


def _torn(path: Path) -> bool:
    """Say whether the last line lacks its end, because the machine stopped while it was written."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        if file.tell() == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def events() -> list[dict[str, Any]]:
    """Return every event of the record, oldest first.

    Each has ``at`` (UTC), ``kind`` ("attempt", "hint", "bet" or "open") and ``id``.
    """
    path = _file()
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return list(_memory)
    good, bad = [], []
    for line in lines:
        if line.strip():
            event = _read(line)
            (bad if event is None else good).append(line if event is None else event)
    if bad:
        _keep_aside(path, bad, good)
    return good + _memory


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
        datetime.fromisoformat(event["at"])
        return event if {"kind", "id"} <= set(event) and type(event["id"]) is str else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _keep_aside(path: Path, bad: list[bytes], good: list[dict[str, Any]]) -> None:
    """Move unreadable lines to a file of their own; the record is replaced in one step, so it is never half there."""
    aside = path.with_name(f"progress-unreadable-{datetime.now(UTC):%Y%m%dT%H%M%S}.txt")
    try:
        with aside.open("ab") as file:
            file.write(b"\n".join(bad) + b"\n")
        handle, fresh = tempfile.mkstemp(dir=path.parent, prefix="progress", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write("".join(json.dumps(event) + "\n" for event in good).encode("ascii"))
        Path(fresh).replace(path)
    except OSError:
        return
    print(
        _("A part of your record could not be read. It is kept in {file}; the rest goes on.", file=str(aside))
    )


# ---- writing --------------------------------------------------------------------------------------------------------


def record_attempt(verdict: Verdict, now: datetime | None = None) -> None:
    """Add one self-check to the record (an exercise not attempted is not an attempt)."""
    if verdict.outcome in ("not attempted", "manual", "refused"):
        return
    event = {"kind": "attempt", "id": verdict.exercise, "outcome": verdict.outcome, "credit": verdict.credit}
    _add({**event, "misconception": verdict.misconception}, now)


def record_hint(exercise: str, now: datetime | None = None) -> None:
    """Add one hint that was looked at."""
    _add({"kind": "hint", "id": exercise}, now)


def record_open(lesson: str, now: datetime | None = None) -> None:
    """Add that a lesson was opened; the bets that follow in this notebook are noted as its own."""
    global _lesson
    _lesson = str(lesson)
    _add({"kind": "open", "id": _lesson}, now)


def record_bet(question: str, choice: str, sure: float, right: bool, now: datetime | None = None) -> None:
    """Add one bet: what was chosen, how sure (in percent), and whether it came true."""
    event = {
        "kind": "bet",
        "id": str(question),
        "choice": str(choice)[:200],
        "sure": float(sure),
        "right": bool(right),
        "lesson": _lesson,
    }
    _add(event, now)


# ---- reading --------------------------------------------------------------------------------------------------------


def attempts(exercise: str | None = None) -> list[dict[str, Any]]:
    """Return the attempts, of one exercise or of all."""
    return [e for e in events() if e["kind"] == "attempt" and exercise in (None, e["id"])]


def bets() -> list[dict[str, Any]]:
    """Return the bets, oldest first."""
    return [e for e in events() if e["kind"] == "bet"]


def hints_taken(exercise: str) -> int:
    """Return how many hints of an exercise were looked at since it last went right."""
    taken = 0
    for event in events():
        if event["id"] == exercise:
            taken = taken + 1 if event["kind"] == "hint" else taken
            taken = 0 if event.get("outcome") == "correct" else taken
    return taken


def due(now: datetime | None = None) -> tuple[str, ...]:
    """Return the exercises and questions that are due for another look, the longest overdue first.

    Parameters
    ----------
    now : datetime, optional
        With a time zone; by default the present.
    """
    now = now or datetime.now(UTC)
    when: dict[str, datetime] = {}
    right_days: dict[str, set] = {}
    for event in events():
        at, id_ = datetime.fromisoformat(event["at"]), event["id"]
        days = right_days.setdefault(id_, set())
        if event["kind"] == "bet":
            lost = not event.get("right") and event.get("sure", 0) >= SURE
            when.pop(id_, None)
            if lost:
                when[id_] = at
        elif event["kind"] == "attempt":
            if event.get("outcome") == "correct":
                days.add(at.date())
                when[id_] = at + timedelta(days=STEPS[min(len(days), len(STEPS)) - 1])
            else:
                days.clear()
                when[id_] = at + timedelta(days=1)
    return tuple(sorted((id_ for id_, at in when.items() if at <= now), key=lambda id_: when[id_]))

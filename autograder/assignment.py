"""What an assignment is: which exercises of which lesson, until when, and within which limits.

Assignments stand in ``assignments.toml``, one table each::

    [ps02]
    lesson = "02"
    title = "Three ways to pool"
    exercises = ["common_slope", "partial_means"]
    deadline = 2026-10-12T23:59:00      # the last moment that is on time; leave it out for none
    timezone = "Europe/Berlin"          # where that clock stands; needed unless the deadline has an offset
    late = "first"                      # "first", "always" or "never"
    cpu_seconds = 20                    # for one cell
    idle_seconds = 30                   # how long a cell may wait for what does not come
    memory_mb = 2048

The late rule says whether work that arrives after the deadline counts: ``"first"`` (if nothing came in time),
``"always"`` (the last work counts, late or not), ``"never"``. Late work is kept and recorded in any case.

What this file does not do: decide about a submission (`autograder.intake`) or know what an exercise is.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LateRule = Literal["first", "always", "never"]
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
TYPES = {
    "lesson": str,
    "title": str,
    "exercises": list,
    "deadline": (datetime, str),
    "timezone": str,
    "late": str,
    "cpu_seconds": (int, float),
    "idle_seconds": (int, float),
    "memory_mb": int,
    "max_mb": (int, float),
}


class AssignmentError(ValueError):
    """``assignments.toml`` says something that cannot be."""


@dataclass(frozen=True)
class Assignment:
    """One assignment: a lesson's exercises, the deadline, and the limits under which an answer runs."""

    id: str
    lesson: str
    title: str
    exercises: tuple[str, ...]
    deadline: datetime | None = None  # always with a time zone
    timezone: str = "UTC"
    late: LateRule = "first"
    cpu_seconds: float = 20.0  # for one cell
    idle_seconds: float = 30.0  # how long a cell may wait for what does not come
    memory_mb: int = 2048
    max_mb: float = 100.0  # the largest file that intake copies

    def is_late(self, at: datetime) -> bool:
        """Return whether a moment (with its time zone) is after the deadline.

        Examples
        --------
        >>> ps = Assignment("ps02", "02", "Pool", (), datetime(2026, 10, 12, 22, 0, tzinfo=UTC))
        >>> ps.is_late(datetime(2026, 10, 12, 22, 0, tzinfo=UTC)), ps.is_late(datetime(2026, 10, 12, 22, 1, tzinfo=UTC))
        (False, True)
        """
        return self.deadline is not None and at > self.deadline


def load_assignments(path: Path) -> dict[str, Assignment]:
    """Read ``assignments.toml``.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        The assignments by id, in the order of the file.

    Raises
    ------
    AssignmentError
        If the file is missing or says something that cannot be; the message names the file, the table and the key.

    Examples
    --------
    >>> load_assignments(Path("nowhere/assignments.toml"))
    Traceback (most recent call last):
        ...
    autograder.assignment.AssignmentError: nowhere/assignments.toml does not exist. ...
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise AssignmentError(
            f"{path} does not exist. Copy the project's course/assignments.toml there."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise AssignmentError(f"{path} is not TOML: {problem}") from None
    found = {name: _assignment(path, name, table) for name, table in tables.items()}
    if not found:
        raise AssignmentError(
            f"{path} names no assignment. Write a table like [ps02] with lesson, title and exercises."
        )
    return found


def _assignment(path: Path, name: str, table: Any) -> Assignment:
    where = f"{path.name}, [{name}]"
    if not NAME.fullmatch(name):
        raise AssignmentError(
            f"{where}: an assignment's id is a word of small letters and digits, like ps02."
        )
    if not isinstance(table, dict):
        raise AssignmentError(
            f"{where}: this must be a table with lesson, title and exercises, not {table!r}."
        )
    for key, value in table.items():
        _check_key(where, key, value)
    for key in ("lesson", "title", "exercises"):
        if key not in table:
            raise AssignmentError(f"{where}: {key} is missing.")
    values = dict(table)
    values["exercises"] = _exercises(where, table["exercises"])
    values["deadline"] = _deadline(where, table.get("deadline"), table.get("timezone"))
    if values.get("late", "first") not in get_args(LateRule):
        raise AssignmentError(
            f'{where}: late must be "first", "always" or "never", but it is {values["late"]!r}.'
        )
    for key in ("cpu_seconds", "idle_seconds", "memory_mb", "max_mb"):
        if key in values and values[key] <= 0:
            raise AssignmentError(f"{where}: {key} must be above zero, but it is {values[key]}.")
    return Assignment(id=name, **values)


def _check_key(where: str, key: str, value: Any) -> None:
    known = [f.name for f in fields(Assignment) if f.name != "id"]
    if key not in known:
        near = difflib.get_close_matches(key, known, 1)
        meant = f" Did you mean {near[0]}?" if near else f" The keys are: {', '.join(known)}."
        raise AssignmentError(f"{where}: there is no key {key!r}.{meant}")
    if not isinstance(value, TYPES[key]) or isinstance(value, bool):
        raise AssignmentError(f"{where}: {key} = {value!r} is of the wrong kind.")


def _exercises(where: str, ids: list[Any]) -> tuple[str, ...]:
    if not ids or not all(isinstance(i, str) for i in ids):
        raise AssignmentError(f"{where}: exercises must be a list of at least one exercise id in quotes.")
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise AssignmentError(f"{where}: exercises names {', '.join(twice)} twice.")
    return tuple(ids)


def _deadline(where: str, given: datetime | str | None, timezone: str | None) -> datetime | None:
    zone = None
    if timezone is not None:
        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise AssignmentError(
                f"{where}: timezone = {timezone!r} is not a known zone, like Europe/Berlin."
            ) from None
    if given is None:
        return None
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise AssignmentError(
                f"{where}: deadline = {given!r} is not a moment like 2026-10-12T23:59:00."
            ) from None
    if given.tzinfo is None:
        if zone is None:
            raise AssignmentError(
                f'{where}: a deadline needs a clock: add timezone = "Europe/Berlin", or an offset like +02:00.'
            )
        given = given.replace(tzinfo=zone)
    return given.astimezone(UTC)

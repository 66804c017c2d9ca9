"""Where a learner stands: the lessons beside them, what went right in each, what is due, and what comes next.

The lessons are the notebooks ``NN_name.ipynb``; what was tried is read from the learner's own record
(`autograder.progress`). A lesson is done when each of its tasks that a machine can check went right once; a lesson
without tasks is done when it was opened. Written answers are marked by a person and are not counted here.

What this file does not do: show anything (`autograder.home`), or keep anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from autograder import progress
from autograder.exercise import Exercise
from autograder.solutions import folders

__all__ = ["Due", "LessonState", "calibration", "due", "lessons", "next_task"]


@dataclass(frozen=True)
class LessonState:
    """One lesson: its number, title and file, its tasks that can be checked, and which of them went right."""

    id: str
    title: str
    file: str
    opened: bool
    tasks: tuple[Exercise, ...]
    right: frozenset[str]
    tried: frozenset[str]

    @property
    def done(self) -> bool:
        """Whether nothing is left to do here."""
        return len(self.right) == len(self.tasks) and (bool(self.tasks) or self.opened)

    @property
    def begun(self) -> bool:
        """Whether the learner has been here."""
        return self.opened or bool(self.tried)

    @property
    def open_tasks(self) -> tuple[Exercise, ...]:
        """The tasks that have not gone right yet, in the lesson's order."""
        return tuple(task for task in self.tasks if task.id not in self.right)


@dataclass(frozen=True)
class Due:
    """Something to look at again: an exercise, or a question on which a bet was lost."""

    id: str
    title: str
    lesson: str
    file: str
    section: str
    is_bet: bool


def lessons() -> list[LessonState]:
    """Return the lessons in teaching order, each with where the learner stands."""
    happened = progress.events()
    right = {e["id"] for e in happened if e["kind"] == "attempt" and e.get("outcome") == "correct"}
    tried = {e["id"] for e in happened if e["kind"] == "attempt"}
    opened = {e["id"] for e in happened if e["kind"] == "open"}
    states = []
    for number, path in files().items():
        tasks = tuple(_in_order(path, _tasks(number)))
        ids = {task.id for task in tasks}
        title = _title(path)
        states.append(
            LessonState(
                number,
                title,
                path.name,
                number in opened,
                tasks,
                frozenset(ids & right),
                frozenset(ids & tried),
            )
        )
    return states


def due(now: datetime | None = None, before: str | None = None) -> list[Due]:
    """Return what is due for another look, the longest overdue first.

    Parameters
    ----------
    now : datetime, optional
        With a time zone; by default the present.
    before : str, optional
        The number of a lesson: only what earlier lessons taught.
    """
    from autograder.exercises import registry

    shelf, known = files(), registry()
    asked_in = {bet["id"]: bet.get("lesson") or "" for bet in progress.bets()}
    found = []
    for id_ in progress.due(now):
        exercise = known.get(id_)
        lesson = exercise.lesson if exercise else asked_in.get(id_, "")
        if (exercise is None and id_ not in asked_in) or (before and not lesson < before):
            continue
        title, section = (exercise.title, exercise.section) if exercise else (id_, "")
        file = shelf[lesson].name if lesson in shelf else ""
        found.append(Due(id_, title, lesson, file, section, exercise is None))
    return found


def next_task(states: Iterable[LessonState]) -> tuple[LessonState, Exercise | None] | None:
    """Return the lesson to go on with and its first open task; None where every lesson is done.

    A lesson that was begun comes before one that was not; otherwise the first in order.
    """
    left = [state for state in states if not state.done]
    if not left:
        return None
    state = next((s for s in left if s.begun), left[0])
    return state, next(iter(state.open_tasks), None)


def calibration() -> list[tuple[int, int, int]]:
    """Return (percent sure, bets, of them right) for each confidence that the learner has used."""
    table: dict[int, list[bool]] = {}
    for bet in progress.bets():
        table.setdefault(round(bet.get("sure", 0)), []).append(bool(bet.get("right")))
    return [(sure, len(hits), sum(hits)) for sure, hits in sorted(table.items())]


def files() -> dict[str, Path]:
    """Return the lessons' notebooks by number, from the first folder that has any."""
    for folder in folders():
        try:
            found = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
        except OSError:
            continue
        if found:
            return {path.name[:2]: path for path in found}
    return {}


def _tasks(lesson: str) -> list[Exercise]:
    from autograder.exercises import registry

    return [e for e in registry().values() if e.lesson == lesson and e.kind != "written"]


def _in_order(path: Path, tasks: list[Exercise]) -> list[Exercise]:
    """Return tasks in the order in which the notebook asks for them."""
    order = _exercise_ids(path, path.stat().st_mtime_ns)
    return sorted(tasks, key=lambda task: order.index(task.id) if task.id in order else len(order))


@cache
def _notebook(path: Path, changed: int) -> list[dict]:
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("cells", [])
    except (OSError, ValueError, AttributeError):
        return []


def _exercise_ids(path: Path, changed: int) -> tuple[str, ...]:
    marked = (cell.get("metadata", {}).get("exercise") for cell in _notebook(path, changed))
    return tuple(dict.fromkeys(name for name in marked if name))


def _title(path: Path) -> str:
    for cell in _notebook(path, path.stat().st_mtime_ns):
        if heading := re.search(r"^# +(.+)$", "".join(cell.get("source", "")), re.MULTILINE):
            return heading[1].strip()
    return path.stem

"""What the points of a class say about the tasks: scores, difficulty, discrimination, misconceptions, processor time.

Difficulty is the mean share of a task's points (1: everybody has all of them). Discrimination is the correlation of a task's
points with the sum of the points of the other tasks, over the students who have points in both (the corrected item–rest
correlation): does who is good elsewhere do well here? It comes with a 95 % interval, because in a class of usual size it is
known only roughly, and is not given where it would mean nothing.

What this file does not do: lay anything out (`course.report_page`). Who handed in nothing, or nothing that could be
graded, is left out; an answer that waits for a person has no points yet.

References
----------
Ebel, R. L. & Frisbie, D. A. (1991), Essentials of Educational Measurement, 5th ed., chapter 13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from autograder.exercise import Exercise
from course.results import Result, Task
from hlm_teach.locale import _, ngettext

__all__ = ["FEWEST", "Item", "Totals", "items", "misconceptions", "sentence_of", "slow", "stopped", "totals"]

FEWEST = 10  # students below which no correlation is given
OPEN = ("manual", "refused", "not graded")  # outcomes without points
BINS = 10
SLOW_TIMES, SLOW_SECONDS = 5, 2.0  # of the median; and at least so long
STOPPED = ("timeout", "memory", "crashed", "not run")


@dataclass(frozen=True)
class Item:
    """One task: how many have points in it, how hard it is, and whether it tells students apart."""

    exercise: Exercise
    n: int
    difficulty: float | None
    discrimination: float | None
    interval: tuple[float, float] | None
    why_not: str  # why there is no discrimination
    outcomes: dict[str, int]


@dataclass(frozen=True)
class Totals:
    """The sums of points: of how many, how they are spread, and how many may still rise."""

    values: tuple[float, ...]
    most: float
    open: int
    bins: tuple[tuple[float, float, int], ...]  # from, to, how many

    @property
    def quartiles(self) -> tuple[float, ...]:
        """Least, lower quartile, median, upper quartile, most."""
        return tuple(float(q) for q in np.quantile(self.values, [0, 0.25, 0.5, 0.75, 1]))


def graded(found: Sequence[Result]) -> list[Result]:
    """Return the students whose work was graded."""
    return [r for r in found if r.counts is not None and r.is_graded]


def share_points(task: Task) -> float:
    """Return a task's points, NaN where there are none yet."""
    return float("nan") if task.outcome in OPEN else float(task.points)


def totals(found: Sequence[Result]) -> Totals:
    """Return the sums of points of the students whose work was graded."""
    of = graded(found)
    most = of[0].max_points if of else 0.0
    values = tuple(r.points for r in of)
    edges = np.linspace(0, most, BINS + 1) if most else np.array([0.0, 1.0])
    counts, _edges = np.histogram(values, edges)
    bins = tuple((float(a), float(b), int(n)) for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True))
    return Totals(values, most, sum(any(t.outcome == "manual" for t in r.tasks) for r in of), bins)


def items(found: Sequence[Result]) -> list[Item]:
    """Return the statistics of every task.

    Notes
    -----
    A task in which an answer waits to be marked has no statistics yet, since those that have points already are above all
    the empty ones; and it is left out of the rest of the others.
    """
    of = graded(found)
    if not of:
        return []
    points = np.array([[share_points(t) for t in r.tasks] for r in of])
    return [_item([r.tasks[i] for r in of], points, i) for i in range(points.shape[1])]


def _item(tasks: Sequence[Task], points: np.ndarray, i: int) -> Item:
    exercise, have = tasks[0].exercise, ~np.isnan(points[:, i])
    own, others = points[have, i], np.delete(points[have], i, axis=1)
    others = others[:, ~np.isnan(others).any(axis=0)]
    outcomes = dict(Counter(t.outcome for t in tasks))
    if waiting := len(tasks) - len(own):  # the others are above all those who wrote nothing
        why_not = ngettext("{n} answer waits to be marked", "{n} answers wait to be marked", waiting)
        return Item(exercise, len(own), None, None, None, why_not, outcomes)
    difficulty = float(own.mean() / exercise.points) if exercise.points else None
    return Item(exercise, len(own), difficulty, *_discrimination(own, others), outcomes)


def _discrimination(
    own: np.ndarray, others: np.ndarray
) -> tuple[float | None, tuple[float, float] | None, str]:
    if len(own) < FEWEST:
        return None, None, _("fewer than {n} students", n=FEWEST)
    if others.shape[1] == 0:
        return None, None, _("no other task for comparison")
    rest = others.sum(axis=1)
    if np.ptp(own) == 0:
        return None, None, _("all have the same points here")
    if np.ptp(rest) == 0:
        return None, None, _("all have the same points elsewhere")
    found = stats.pearsonr(own, rest)
    low, high = found.confidence_interval(0.95)
    return float(found.statistic), (float(low), float(high)), ""


# ---- misconceptions ------------------------------------------------------------------------------------------------


def misconceptions(found: Sequence[Result]) -> dict[str, dict[str, int]]:
    """Return how many students showed each misconception in each task, the most frequent first."""
    counts: dict[str, Counter[str]] = {}
    for r in found:
        for task in r.tasks:
            if task.misconception:
                counts.setdefault(task.misconception, Counter())[task.exercise.id] += 1
    return {name: dict(by) for name, by in sorted(counts.items(), key=lambda c: (-c[1].total(), c[0]))}


def sentence_of(name: str, exercises: Sequence[Exercise]) -> str:
    """Return what is said to a student with a misconception, or '' where it is one of the general ones."""
    known = {m.id: m.sentence for e in exercises for m in (*e.misconceptions, *_of_slots(e))}
    return " ".join(_(known[part]) for part in name.split("+") if part in known)


def _of_slots(exercise: Exercise):
    return [m for slot in exercise.slots for m in slot.wrong.values()]


# ---- processor time --------------------------------------------------------------------------------------------------


def slow(found: Sequence[Result]) -> list[Result]:
    """Return the submissions that took much more processor time than the class's median, the slowest first."""
    took = [r for r in graded(found) if r.cpu_seconds is not None]
    if not took:
        return []
    bound = max(SLOW_SECONDS, SLOW_TIMES * float(np.median([r.cpu_seconds for r in took])))
    return sorted((r for r in took if r.cpu_seconds > bound), key=lambda r: -r.cpu_seconds)


def stopped(found: Sequence[Result]) -> list[tuple[Result, Task, str]]:
    """Return the answers whose own cell was stopped by a limit or ended its process, with how."""
    return [
        (r, task, str(task.evidence["status"]))
        for r in found
        for task in r.tasks
        if task.evidence.get("status") in STOPPED
    ]

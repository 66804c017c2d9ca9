"""The concept inventory of a class: the answers of both tests, gathered from what was graded.

The answers to an item stand in the record of each page (`autograder.choices.responses`), by item and option, so it does not
matter in which order a student met them. Who handed in nothing, nothing that can be read, or an empty sheet, is left out and
counted.

What this file does not do: compute (`course.inventory_stats`) or lay out (`course.inventory_page`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograder.exercise import Exercise
from autograder.inventory import ITEMS, TESTS
from course.folder import Course, CourseError
from course.inventory_stats import (
    Answers,
    Change,
    Gain,
    ItemStat,
    Overall,
    change,
    gain,
    item_stats,
    overall_stat,
)
from course.report import results
from course.results import Result

__all__ = ["Belief", "Inventory", "Sitting", "beliefs", "inventory", "sitting"]


@dataclass(frozen=True)
class Sitting:
    """One test of a class: the answers, and who is left out, by reason."""

    test: str
    ps: str
    answers: Answers
    left_out: Mapping[str, int]

    @cached_property
    def overall(self) -> Overall | None:
        """The test as a whole; None where nobody took it."""
        return overall_stat(self.answers) if self.answers.students else None

    @cached_property
    def items(self) -> dict[str, ItemStat]:
        """The items' statistics by id; empty where nobody took the test."""
        if not self.answers.students:
            return {}
        found = item_stats(self.answers, {id_: list(item.options) for id_, item in ITEMS.items()})
        return {stat.item: stat for stat in found}


@dataclass(frozen=True)
class Belief:
    """A wrong option and the shares of the class that took it, before and after (None: no such test)."""

    item: str
    option: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Inventory:
    """Both tests, as far as they have been taken, and what changed."""

    sittings: Mapping[str, Sitting]
    changes: tuple[Change, ...]
    gain: Gain | None


def inventory(course: Course, registry: Mapping[str, Exercise]) -> Inventory:
    """Gather a class's answers to the tests that were graded.

    Raises
    ------
    CourseError
        If neither test has been released and taken in.
    """
    found, problems = {}, []
    for test in TESTS:
        for ps in (a.id for a in course.assignments.values() if a.lesson == test):
            try:
                found[test] = sitting(test, ps, results(course, ps, registry))
            except CourseError as problem:
                problems.append(problem)
    if not found:
        raise (
            problems[0]
            if problems
            else CourseError(
                "No assignment is made from the concept inventory: assignments.toml has no table with "
                'lesson = "pretest" or lesson = "posttest". The project\'s course/assignments.toml shows both.'
            )
        )
    both = [found[test].answers for test in TESTS if test in found]
    if len(both) < 2:
        return Inventory(found, (), None)
    return Inventory(found, tuple(change(*both)), gain(*both))


def sitting(test: str, ps: str, found: list[Result]) -> Sitting:
    """Return one test of a class from its results."""
    students, rows, left_out = [], [], Counter()
    for r in found:
        if not r.receipts or r.counts is None or not r.is_graded:
            left_out["nothing" if not r.receipts else "refused" if r.counts is None else "not graded"] += 1
            continue
        chosen = _chosen(r)
        if all(option == "missing" for option in chosen.values()):
            left_out["blank"] += 1
            continue
        students.append(r.student_id)
        rows.append([chosen[item] for item in ITEMS])
    table = np.array(rows, dtype=object).reshape(len(rows), len(ITEMS))
    return Sitting(test, ps, Answers(tuple(students), tuple(ITEMS), table), dict(left_out))


def _chosen(r: Result) -> dict[str, str]:
    """Return a student's options by item, from the records of all pages."""
    chosen = dict.fromkeys(ITEMS, "missing")
    for task in r.tasks:
        said = str(task.evidence.get("value", ""))
        for item, option in (json.loads(said) if said else {}).items():
            if item in ITEMS and (option in ITEMS[item].options or option == "unknown"):
                chosen[item] = option
    return chosen


def beliefs(found: Inventory) -> list[Belief]:
    """Return every wrong option, the one that most took in the latest test first."""
    shares = {
        test: {item: {o: c / s.n for o, c in s.counts.items()} for item, s in sitting.items.items()}
        for test, sitting in found.sittings.items()
        if sitting.answers.students
    }

    def share(test: str, item: str, option: str) -> float | None:
        return shares[test][item][option] if test in shares else None

    made = [
        Belief(id_, wrong.name, *(share(test, id_, wrong.name) for test in TESTS))
        for id_, item in ITEMS.items()
        for wrong in item.wrong
    ]
    return sorted(made, key=lambda b: (-(b.after if "posttest" in shares else b.before or 0.0), b.item))

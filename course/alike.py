"""Answers of two students that are alike where honest work would differ.

The idea: most numbers are asked for on data of each student's own, so the same *wrong* number twice cannot come from the
data. Five things are looked for, the strongest first:

``file``    two students handed in the very same file
``owner``   a wrong number is, to the last digit, the right one for another student's data
``number``  the same wrong number, of four or more digits, on different data
``text``    a written answer word for word the same
``code``    the same wrong code but for comments and spacing, of four or more statements, in two or three submissions

A number that comes from the practice set is passed over: many forget to type their name.

What this file does not do: say that anybody copied. Right answers are never compared, because right code is often the same.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from autograder.exercise import Exercise
from autograder.student_data import assignment_data
from course.results import Result, Task
from hlm_teach.locale import N_

__all__ = ["CAUTION", "KINDS", "Alike", "alike"]

KINDS = {
    "file": N_("the very same file"),
    "owner": N_("exactly the other student's right number"),
    "number": N_("the same wrong number, with other data"),
    "text": N_("a written answer with the same words"),
    "code": N_("the same wrong code, apart from comments and spacing"),
}
CAUTION = N_(
    "None of this proves that anybody copied, or who from whom. Students who worked together where that is allowed, who had the "
    "same help or the same source, or who took each other's file by mistake look the same. Nor does an empty table prove the "
    "contrary: right answers are not compared. Talk to the students before you decide anything."
)
DIGITS, LETTERS, STATEMENTS, MOST = 4, 60, 4, 3
WRONG = ("not yet", "partly")


@dataclass(frozen=True)
class Alike:
    """What two or more students have in common."""

    kind: str
    task: str  # the exercise's id; '' for a whole file
    students: tuple[str, ...]
    what: str = ""  # the number that they share


def alike(found: Sequence[Result]) -> list[Alike]:
    """Return what is alike in a class, the strongest evidence first.

    Examples
    --------
    >>> alike([])
    []
    """
    made = [*_files(found), *_owners(found)]
    asked = {t.exercise.id: t.exercise for r in found for t in r.tasks}
    made += [
        a for a in _shared(found, "number", _number) if not _is_of_practice(float(a.what), asked[a.task])
    ]
    made += _shared(found, "text", _words)
    made += _shared(found, "code", _code, most=MOST)
    return sorted(made, key=lambda a: (list(KINDS).index(a.kind), a.task, a.students))


def _files(found: Sequence[Result]) -> Iterator[Alike]:
    same: dict[str, list[str]] = {}
    for r in found:
        tried = any(t.outcome not in ("not attempted", "refused") for t in r.tasks)
        if r.counts is not None and r.counts.sha256 and tried:
            same.setdefault(r.counts.sha256, []).append(r.student)
    yield from (Alike("file", "", tuple(who)) for who in same.values() if len(who) > 1)


def _owners(found: Sequence[Result]) -> Iterator[Alike]:
    names = {r.student_id: r.student for r in found}
    for r in found:
        for task in r.tasks:
            if owner := task.evidence.get("matched"):
                what = str(task.evidence.get("value", ""))
                yield Alike("owner", task.exercise.id, (r.student, names.get(owner, str(owner))), what)


def _shared(
    found: Sequence[Result], kind: str, key: Callable[[Task], str], most: int | None = None
) -> Iterator[Alike]:
    same: dict[tuple[str, str], list[str]] = {}
    for r in found:
        for task in r.tasks:
            if found_key := key(task):
                same.setdefault((task.exercise.id, found_key), []).append(r.student)
    for (exercise, shared), who in same.items():
        if len(who) > 1 and (most is None or len(who) <= most):
            yield Alike(kind, exercise, tuple(who), shared if kind == "number" else "")


# ---- what is compared ------------------------------------------------------------------------------------------------


def _number(task: Task) -> str:
    value = str(task.evidence.get("value", ""))
    digits = value.lower().partition("e")[0].replace("-", "").replace(".", "").strip("0")
    is_own = task.outcome in WRONG and task.exercise.data is not None
    return value if is_own and digits.isdecimal() and len(digits) >= DIGITS else ""


def _is_of_practice(value: float, exercise: Exercise) -> bool:
    """Return whether a number is the right one, or a known wrong one, for the practice set."""
    for way in (exercise.reference, *(m.wrong for m in exercise.misconceptions if m.wrong)):
        try:
            known = float(way(data=assignment_data(exercise.data)))
        except Exception:
            continue  # it gives no single number
        if abs(value - known) <= 1e-3 * abs(known):
            return True
    return False


def _words(task: Task) -> str:
    if task.exercise.kind != "written" or task.outcome == "not attempted":
        return ""
    words = " ".join(task.answer.casefold().split())
    return words if len(words) >= LETTERS else ""


def _code(task: Task) -> str:
    if task.exercise.kind not in ("function", "value", "inverse") or task.outcome not in WRONG:
        return ""
    try:
        tree = ast.parse(task.answer)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    statements = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.stmt) and not _is_text(n) and not isinstance(n, ast.Pass)
    ]
    if len(statements) < STATEMENTS:
        return ""
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [n for n in node.body if not _is_text(n)]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

"""The class table: one row per student and exercise, as a file and on the screen.

The file has the columns student, exercise, points, max_points, outcome, misconception. Outcomes are correct, partly, not
yet, not attempted, manual (a person has still to mark it), refused (nothing could be graded) and, where the grader itself
failed or has not run, not graded. On the screen the same stands as one line per student, with what was refused and why.

What this file does not do: decide anything (`course.results`).
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.exercise import Exercise
from autograder.inbox import safe_id, students
from autograder.intake import roster
from course.folder import Course, CourseError
from course.gradebook import marks, open_gradebook
from course.results import Result, result
from course.store import fault_file
from course.tables import csv_text
from hlm_teach.locale import _, ngettext

COLUMNS = ("student", "exercise", "points", "max_points", "outcome", "misconception")
SIGNS = {
    "correct": "●",
    "partly": "◐",
    "not yet": "○",
    "not attempted": "□",
    "manual": "◇",
    "refused": "✕",
    "not graded": "!",
}


@dataclass(frozen=True)
class Row:
    """One student's exercise."""

    student: str
    exercise: str
    points: float
    max_points: float
    outcome: str
    misconception: str


def results(course: Course, ps: str, registry: Mapping[str, Exercise]) -> list[Result]:
    """Return everyone who handed something in, and everyone on the roster, by name."""
    course.assignment(ps)
    names = dict.fromkeys(students(course.root, ps), "")
    for name in roster(course.root) or ():
        names.setdefault(safe_id(name), name)
    if course.is_sqlite and not course.gradebook.exists():
        raise CourseError(
            f"There is no gradebook yet. Run `hlm release {ps}`, `hlm intake {ps} --from DIR` and `hlm grade {ps}` first."
        )
    if not (course.release / ps / f"{ps}.ipynb").is_file():
        raise CourseError(
            f"{ps} has not been released, so nobody can have handed it in. Run `hlm release {ps}` first."
        )
    if not names:
        raise CourseError(
            f"Nothing has been taken in for {ps}, and there is no roster.csv that says who could hand it in. "
            f"Run `hlm intake {ps} --from DIR` first."
        )
    with open_gradebook(course) as book:
        found = [
            result(course, ps, student, marks(book, ps, student), registry, name)
            for student, name in names.items()
        ]
    return sorted(found, key=lambda r: (r.student.lower(), r.student_id))


def rows(found: list[Result]) -> list[Row]:
    """Return one row per student and exercise."""
    return [
        Row(r.student, task.exercise.id, task.points, task.exercise.points, task.outcome, task.misconception)
        for r in found
        for task in r.tasks
    ]


def to_csv(table: list[Row]) -> str:
    """Return the table as CSV.

    Examples
    --------
    >>> print(to_csv([Row("ana", "icc", 1.5, 2.0, "partly", "M11")]), end="")
    student,exercise,points,max_points,outcome,misconception
    ana,icc,1.5,2,partly,M11
    """
    return csv_text(
        COLUMNS,
        (
            (
                row.student,
                row.exercise,
                None if row.outcome == "not graded" else row.points,
                row.max_points,
                row.outcome,
                row.misconception,
            )
            for row in table
        ),
    )


# ---- on the screen -------------------------------------------------------------------------------------------------


def screen(course: Course, ps: str, found: list[Result]) -> str:
    """Return the table for a terminal: a line per student, then the tasks, the misconceptions, and what needs a person."""
    exercises = [task.exercise for task in found[0].tasks] if found else []
    wide = max([_width(r.student) for r in found] + [8])
    wide = min(wide, 28)
    lines = [f"{ps}: {course.assignment(ps).title}", ""]
    lines.append(
        _pad(_("student"), wide)
        + "".join(f"{n:>7}" for n in range(1, len(exercises) + 1))
        + f"{_('total'):>10}"
    )
    for r in found:
        cells = "".join(f"{_shown(task):>7}" for task in r.tasks)
        lines.append(_pad(r.student, wide) + cells + f"{r.points:>10g}")
    lines.append(
        _pad(_("at most"), wide)
        + "".join(f"{e.points:>7g}" for e in exercises)
        + f"{sum(e.points for e in exercises):>10g}"
    )
    lines += ["", *(f"{n:>3}  {e.id}: {_(e.title)}" for n, e in enumerate(exercises, start=1))]
    lines += [
        "",
        "  ".join(
            f"{sign} {word}"
            for word, sign in SIGNS.items()
            if any(t.outcome == word for r in found for t in r.tasks)
        ),
    ]
    return "\n".join([*lines, *_misconceptions(found), *_for_a_person(course, ps, found)])


def _shown(task) -> str:
    points = "" if task.outcome in ("manual", "refused", "not graded") else f"{task.points:g} "
    return points + SIGNS[task.outcome]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, wide: int) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text)
    while _width(text) > wide:
        text = text[:-2] + "…"
    return text + " " * (wide - _width(text))


def _misconceptions(found: list[Result]) -> list[str]:
    counts = Counter((t.exercise.id, t.misconception) for r in found for t in r.tasks if t.misconception)
    if not counts:
        return []
    return ["", _("misconceptions")] + [
        f"{n:>3}  {name} in {exercise}" for (exercise, name), n in counts.most_common()
    ]


def _for_a_person(course: Course, ps: str, found: list[Result]) -> list[str]:
    lines = []
    for heading, said in attention(course, ps, found):
        lines += ["", heading] + [f"  {sentence}" for sentence in said]
    return lines


def attention(course: Course, ps: str, found: list[Result]) -> list[tuple[str, list[str]]]:
    """Return what was refused, what did not count, and what waits for a person: headings, each with its sentences."""
    said = [
        (_("refused"), [f"{_name(r)}: {r.refused.reason}" for r in found if r.refused]),
        (
            _("kept, but not counted"),
            [f"{_name(r)}: {c.reason}" for r in found for c in r.receipts if c.verdict == "not counted"],
        ),
        (_("nothing handed in"), [_name(r) for r in found if not r.receipts]),
        (_("not graded (run `hlm grade`)"), _not_graded(course, ps, found)),
        (
            _("marked by hand before the work changed: look again"),
            list(dict.fromkeys(_name(r) for r in found for t in r.tasks if t.mark and t.mark.again)),
        ),
    ]
    unsafe = [_name(r) for r in found if r.isolation == "process"]
    said.append((_("graded without the sandbox (--isolation process)"), unsafe))
    if waiting := sum(t.outcome == "manual" for r in found for t in r.tasks):
        sentence = ngettext(
            "{n} answer waits to be marked in formgrader.",
            "{n} answers wait to be marked in formgrader.",
            waiting,
        )
        said.append((_("for a person to mark"), [sentence]))
    return [(heading, sentences) for heading, sentences in said if sentences]


def _name(r: Result) -> str:
    return _pad(r.student, 28).rstrip()


def _not_graded(course: Course, ps: str, found: list[Result]) -> list[str]:
    return [
        f"{_name(r)}: {_fault(course, ps, r) or _('it was taken in after the last grading')}"
        for r in found
        if not r.is_graded
    ]


def _fault(course: Course, ps: str, r: Result) -> str:
    """Return what the grader wrote down when it failed on a student's work, or ''."""
    try:
        return str(json.loads(fault_file(course, ps, r.student_id).read_text(encoding="utf-8"))["fault"])[
            :500
        ]
    except (OSError, ValueError, KeyError):
        return ""

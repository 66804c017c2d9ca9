"""The class table: one row per student and exercise, as a file and on the screen.

The file has the columns student, exercise, points, max_points, outcome, misconception. Outcomes are correct, partly, not
yet, not attempted, manual (a person has still to mark it), refused (nothing could be graded) and, where the grader itself
failed or has not run, not graded. On the screen the same stands as one line per student, with what was refused and why.

What this file does not do: decide anything (`course.results`).
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.exercise import Exercise
from autograder.inbox import safe_id, students
from autograder.intake import roster
from course.folder import Course, CourseError
from course.gradebook import marks, open_gradebook
from course.results import Result, result
from course.store import fault_file
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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in table:
        points = "" if row.outcome == "not graded" else f"{row.points:g}"
        writer.writerow(
            [_cell(row.student), row.exercise, points, f"{row.max_points:g}", row.outcome, row.misconception]
        )
    return text.getvalue()


def _cell(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return "'" + name if name[:1] in tuple("=+-@\t") else name


def write_csv(table: list[Row], path: Path) -> None:
    """Write the table; the folder must exist."""
    try:
        path.write_text(to_csv(table), encoding="utf-8")
    except OSError as problem:
        raise CourseError(f"{path} cannot be written: {problem.strerror or problem}.") from None


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
    """Say what was refused, what did not count, and what waits for a person."""
    lines = []
    if refused := [r for r in found if r.refused]:
        lines += ["", _("refused")] + [
            f"  {_pad(r.student, 28).rstrip()}: {r.refused.reason}" for r in refused
        ]
    if late := [(r, receipt) for r in found for receipt in r.receipts if receipt.verdict == "not counted"]:
        lines += ["", _("kept, but not counted")]
        lines += [f"  {_pad(r.student, 28).rstrip()}: {receipt.reason}" for r, receipt in late]
    if nothing := [r.student for r in found if not r.receipts]:
        lines += ["", _("nothing handed in") + ": " + ", ".join(nothing)]
    if waiting := sum(t.outcome == "manual" for r in found for t in r.tasks):
        lines += [
            "",
            ngettext(
                "{n} answer waits to be marked in formgrader.",
                "{n} answers wait to be marked in formgrader.",
                waiting,
            ),
        ]
    if again := [r.student for r in found for t in r.tasks if t.mark and t.mark.again]:
        lines += [
            _(
                "Marked by hand before the work changed; look again: {students}",
                students=", ".join(dict.fromkeys(again)),
            )
        ]
    if missing := [r for r in found if not r.is_graded]:
        lines += ["", _("not graded (run `hlm grade`)")]
        lines += [
            f"  {_pad(r.student, 28).rstrip()}: {_fault(course, ps, r) or _('it was taken in after the last grading')}"
            for r in missing
        ]
    return lines


def _fault(course: Course, ps: str, r: Result) -> str:
    """Return what the grader wrote down when it failed on a student's work, or ''."""
    try:
        return str(json.loads(fault_file(course, ps, r.student_id).read_text(encoding="utf-8"))["fault"])[
            :500
        ]
    except (OSError, ValueError, KeyError):
        return ""

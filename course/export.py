"""Grades for Canvas and Moodle, as the CSV files that these two import.

The idea: the file that the system itself gives out says who is who, so grades are put beside its own lines.

``canvas``  the gradebook (*Grades → Export*): up to the column ``Section`` its columns are kept, then comes the assignment.
            Canvas finds a student by ``ID`` and an assignment by the number in brackets behind its title; the row
            ``Points Possible`` is left out, since it would change the assignment (canvas-lms, ``lib/gradebook_importer.rb``).
``moodle``  the grading worksheet of an assignment: ``Identifier``, ``Grade`` and ``Last modified (grade)`` are what Moodle reads;
            it passes over what was graded there since (``mod/assign/feedback/offline``). Without a worksheet the file is for
            *Grades → Import → CSV*, which finds students by e-mail address or user name and refuses the file if it knows one not.

Only final points are written. Whoever has none (nothing handed in, refused, not graded, an answer that waits to be marked)
has no line, because an empty cell would take a grade away; and a grade that the system has already is kept unless told
otherwise.

What this file does not do: send anything.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.intake import ROSTER_NAMES
from course.folder import Course, CourseError
from course.results import Result
from course.tables import csv_text, is_formula

__all__ = ["Exported", "aliases", "canvas", "final_points", "moodle", "read_csv"]

CANVAS_KEYS = ("SIS Login ID", "SIS User ID", "Integration ID", "ID", "Student")
MOODLE_KEYS = ("Email address", "Username", "ID number", "Identifier", "Full name")
IDENTIFIER, GRADE, MODIFIED, MAXIMUM = "Identifier", "Grade", "Last modified (grade)", "Maximum Grade"
SAME = 0.005  # both systems keep two decimals


@dataclass(frozen=True)
class Exported:
    """A file's text, how many grades it holds, and who has none in it for which reason."""

    text: str
    count: int
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


# ---- what is final ---------------------------------------------------------------------------------------------------


def final_points(
    found: Sequence[Result], zero_missing: bool = False
) -> tuple[dict[str, float], list[tuple[str, str]]]:
    """Return the points that are final, by student, and of everybody else why there are none.

    Parameters
    ----------
    found
        The class (`course.report.results`).
    zero_missing
        Give 0 points to whoever handed in nothing.
    """
    points, left_out = {}, []
    for r in found:
        why = _why_not_final(r)
        if not r.receipts and zero_missing:
            points[r.student] = 0.0
        elif why:
            left_out.append((r.student, why))
        else:
            points[r.student] = round(r.points, 2)
    return points, left_out


def _why_not_final(r: Result) -> str:
    if not r.receipts:
        return "handed in nothing (--zero-missing gives 0)"
    if r.counts is None:
        return f"{r.receipts[-1].verdict}: {r.receipts[-1].reason}"
    if not r.is_graded:
        return "has not been graded"
    if waiting := [t.exercise.id for t in r.tasks if t.outcome == "manual"]:
        return f"waits to be marked in formgrader: {', '.join(waiting)}"
    if again := [t.exercise.id for t in r.tasks if t.mark and t.mark.again]:
        return f"was marked by hand before the work changed; look again in formgrader: {', '.join(again)}"
    return ""


# ---- who is who ------------------------------------------------------------------------------------------------------


def aliases(course: Course) -> dict[str, str]:
    """Return what a student is called in the other system: the column ``lms`` of ``roster.csv``, where it has one."""
    path = course.root / "roster.csv"
    if not path.is_file():
        return {}
    rows = [{k.strip().lower(): (v or "").strip() for k, v in row.items() if k} for row in _dicts(path)]
    column = next((name for name in ROSTER_NAMES if rows and name in rows[0]), "")
    return {
        unicodedata.normalize("NFC", row[column]): row["lms"] for row in rows if column and row.get("lms")
    }


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the headers and the rows of a CSV file, with commas or semicolons.

    Raises
    ------
    CourseError
        If it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        head = text.split("\n", 1)[0]
        rows = list(
            csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
        )
    except OSError as problem:
        raise CourseError(f"{path} cannot be read: {problem.strerror or problem}.") from None
    except (UnicodeDecodeError, csv.Error) as problem:
        raise CourseError(f"{path} is not a CSV file in UTF-8: {problem}. Export it again.") from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise CourseError(f"{path} is empty. Export it again.")
    heads = [cell.strip() for cell in rows[0]]
    return heads, [row + [""] * (len(heads) - len(row)) for row in rows[1:]]


def _dicts(path: Path) -> list[dict[str, str]]:
    heads, rows = read_csv(path)
    return [dict(zip(heads, row, strict=False)) for row in rows]


def _matched(
    students: Sequence[str],
    called: Mapping[str, str],
    heads: list[str],
    rows: list[list[str]],
    keys: Sequence[str],
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Return each student's row, and of the others why they have none."""
    where: dict[str, set[int]] = {}
    for n, row in enumerate(rows):
        for key in keys:
            if key in heads and (cell := row[heads.index(key)]).strip():
                where.setdefault(_plain(cell), set()).add(n)
    found, missing, taken = {}, [], {}
    for student in students:
        name = called.get(unicodedata.normalize("NFC", student), student)
        rows_of = where.get(_plain(name), set())
        if len(rows_of) != 1:
            said = (
                f"{name!r} stands in {len(rows_of)} of its rows"
                if rows_of
                else f"{name!r} stands in none of its rows"
            )
            missing.append((student, said))
        elif (n := next(iter(rows_of))) in taken:
            missing.append((student, f"its row is that of {taken[n]} as well"))
        else:
            found[student], taken[n] = n, student
    return found, missing


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _refuse_unmatched(missing: list[tuple[str, str]], keys: Sequence[str], leave_out: bool) -> None:
    if missing and not leave_out:
        said = "; ".join(f"{student}: {why}" for student, why in missing)
        raise CourseError(
            f"Not everybody was found, so nothing was written. {said}. Looked at: {', '.join(keys)}. Say in a column lms of roster.csv "
            "what they are called there, or leave them out with --leave-out-unmatched."
        )


# ---- Canvas ----------------------------------------------------------------------------------------------------------


def canvas(
    course: Course,
    ps: str,
    found: Sequence[Result],
    gradebook: Path,
    *,
    column: str = "",
    replace: bool = False,
    zero_missing: bool = False,
    leave_out_unmatched: bool = False,
    scale: bool = False,
) -> Exported:
    """Return the grades beside the students of a gradebook that Canvas has exported.

    Parameters
    ----------
    course, ps, found
        The assignment and the class (`course.report.results`).
    gradebook
        The file from *Grades → Export* in Canvas.
    column
        The assignment's title in Canvas; by default it is looked for by id and title. A title that is not there
        becomes a new assignment.
    replace
        Write also where Canvas has another grade.
    zero_missing
        Give 0 points to whoever handed in nothing.
    leave_out_unmatched
        Go on without those who are not in the file.
    scale
        Convert to the points that the assignment has in Canvas.

    Raises
    ------
    CourseError
        If the file is no such gradebook, or somebody or the assignment is not in it.
    """
    heads, rows = read_csv(gradebook)
    if "Section" not in heads or len(heads) < 3 or "Student" not in heads[0] or "ID" not in heads[1]:
        raise CourseError(
            f"{gradebook} is no gradebook of Canvas: it must begin with Student, ID and hold Section. Get it by Grades → Export."
        )
    info = heads.index("Section") + 1
    of_points = [row for row in rows if row[0].strip().startswith("Points Possible")]
    people = [row for row in rows if row[1].strip().isdecimal()]
    place = _canvas_column(course, ps, heads, info, column)
    most = found[0].max_points if found else 0.0
    there = _number(of_points[0][place]) if place is not None and of_points else None
    factor = _factor("Canvas", there, most, scale)
    points, left_out = final_points(found, zero_missing)
    matched, missing = _matched(list(points), aliases(course), heads, people, CANVAS_KEYS)
    _refuse_unmatched(missing, [k for k in CANVAS_KEYS if k in heads], leave_out_unmatched)
    made = []
    for student, n in matched.items():
        row, grade = people[n], round(points[student] * factor, 2)
        before = row[place].strip() if place is not None else ""
        if why := _kept("Canvas", before, grade, replace):
            left_out.append((student, why))
            continue
        made.append([*row[:info], grade])
    head = heads[place] if place is not None else column
    notes = (
        () if place is not None else (f"Canvas has no assignment {column!r} yet and will offer to make it.",)
    )
    rows_of_points = [] if place is not None else [["    Points Possible", *[""] * (info - 1), most]]
    text = csv_text([*heads[:info], head], [*rows_of_points, *made])
    return Exported(text, len(made), (*left_out, *missing), notes)


def _canvas_column(course: Course, ps: str, heads: list[str], info: int, column: str) -> int | None:
    """Return where the assignment stands in the gradebook; None for a new one that was asked for by name."""
    title = course.assignment(ps).title
    wanted = [column] if column else [ps, title, f"{ps}: {title}", f"{ps} {title}"]
    names = {_plain(name) for name in wanted}
    titles = {n: re.sub(r" \(\d+\)$", "", heads[n]) for n in range(info, len(heads))}
    fits = [n for n, name in titles.items() if {_plain(name), _plain(heads[n])} & names]
    if len(fits) == 1:
        return fits[0]
    if not fits and column:
        return None
    there = ", ".join(repr(name) for n, name in titles.items() if heads[n] != name) or "none"
    cause = "two columns fit" if fits else f"none of {', '.join(repr(name) for name in wanted)} is there"
    raise CourseError(
        f"Which assignment of Canvas is {ps}? In the gradebook {cause}. Its assignments: {there}. Say which with --column; "
        "a title that is not there becomes a new assignment."
    )


# ---- Moodle ----------------------------------------------------------------------------------------------------------


def moodle(
    course: Course,
    ps: str,
    found: Sequence[Result],
    worksheet: Path | None = None,
    *,
    replace: bool = False,
    zero_missing: bool = False,
    leave_out_unmatched: bool = False,
    scale: bool = False,
) -> Exported:
    """Return the grades beside the lines of a grading worksheet, or, without one, by e-mail address or user name.

    Parameters
    ----------
    course, ps, found
        The assignment and the class (`course.report.results`).
    worksheet
        The file from *Download grading worksheet* of the assignment in Moodle, with Moodle in English.
    replace, zero_missing, leave_out_unmatched, scale
        As for `canvas`.

    Raises
    ------
    CourseError
        If the file is no such worksheet, or somebody is not in it.
    """
    points, left_out = final_points(found, zero_missing)
    called = aliases(course)
    if worksheet is None:
        return _moodle_import(ps, points, called, left_out)
    heads, rows = read_csv(worksheet)
    if absent := [name for name in (IDENTIFIER, GRADE, MODIFIED) if name not in heads]:
        raise CourseError(
            f"{worksheet} is no grading worksheet: it lacks {', '.join(absent)}. In Moodle, in English, choose Download grading "
            "worksheet; the assignment needs the feedback type Offline grading worksheet."
        )
    at = {name: heads.index(name) for name in heads}
    most = found[0].max_points if found else 0.0
    there = {_number(row[at[MAXIMUM]]) for row in rows} if MAXIMUM in at else {None}
    factor = _factor("Moodle", there.pop() if len(there) == 1 else None, most, scale)
    matched, missing = _matched(list(points), called, heads, rows, MOODLE_KEYS)
    _refuse_unmatched(missing, [k for k in MOODLE_KEYS if k in heads], leave_out_unmatched)
    shown = [name for name in (IDENTIFIER, "Full name", "Email address", GRADE, MODIFIED) if name in at]
    made = []
    for student, n in matched.items():
        grade = round(points[student] * factor, 2)
        if why := _kept("Moodle", rows[n][at[GRADE]].strip(), grade, replace):
            left_out.append((student, why))
            continue
        made.append([grade if name == GRADE else rows[n][at[name]] for name in shown])
    return Exported(csv_text(shown, made), len(made), (*left_out, *missing))


def _moodle_import(
    ps: str, points: Mapping[str, float], called: Mapping[str, str], left_out: list[tuple[str, str]]
) -> Exported:
    names = {student: called.get(unicodedata.normalize("NFC", student), student) for student in points}
    unsafe = [(s, f"{name!r} begins like a formula") for s, name in names.items() if is_formula(name)]
    kept = [(names[s], p) for s, p in points.items() if s not in dict(unsafe)]
    head = "Email address" if kept and all("@" in name for name, _p in kept) else "Username"
    note = (
        f"For Grades → Import → CSV: map {head} to the user and {ps} to the assignment. Moodle refuses the whole file if it does not "
        "know one of the names; nobody has checked that it does."
    )
    return Exported(csv_text([head, ps], kept), len(kept), (*left_out, *unsafe), (note,))


# ---- both ------------------------------------------------------------------------------------------------------------


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _factor(system: str, there: float | None, here: float, scale: bool) -> float:
    """Return what points are multiplied with; refuse to write points of one scale into another."""
    if there is None or not here or abs(there - here) < SAME:
        return 1.0
    if not scale:
        raise CourseError(
            f"The assignment has {there:g} points in {system} and {here:g} here. Change it there to {here:g}, or convert the points with --scale."
        )
    return there / here


def _kept(system: str, before: str, grade: float, replace: bool) -> str:
    """Return why a grade that is there already is not touched, or ''."""
    if before in ("", "-") or replace:
        return ""
    known = _number(before)
    if known is not None and abs(known - grade) < SAME:
        return f"{system} has this grade already"
    return f"{system} has {before}, here it is {grade:g} (--replace writes it)"

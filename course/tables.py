"""Tables as CSV that a spreadsheet opens without running anything.

A cell of text that begins like a formula gets an apostrophe in front, as OWASP advises ("CSV injection"). Numbers are
written as numbers, so a correlation of −0.2 stays one.

What this file does not do: decide what stands in a table (`course.report`, `course.export`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from course.folder import CourseError

FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are their full-width forms

__all__ = ["csv_text", "is_formula", "write"]


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula.

    Examples
    --------
    >>> is_formula("=1+1"), is_formula("ana"), is_formula("-")
    (True, False, False)
    """
    return len(text) > 1 and text.startswith(FORMULA)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """Return a table as CSV: text, numbers, and nothing for None.

    Examples
    --------
    >>> print(csv_text(["student", "r"], [["=1+1", -0.25], ["ana", None]]), end="")
    student,r
    '=1+1,-0.25
    ana,
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(cell: str | float | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return "'" + cell if is_formula(cell) else cell
    return f"{cell:.6g}"


def write(text: str, path: Path) -> None:
    """Write a file; the folder must exist.

    Raises
    ------
    CourseError
        If it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise CourseError(f"{path} cannot be written: {problem.strerror or problem}.") from None

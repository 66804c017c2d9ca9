"""Read whatever calls itself a notebook, and keep of it only what matters: each cell's kind, text and name.

A submission may carry a byte-order mark, an old format, no outputs, no metadata, a list where a text belongs. All of that
is read. What is no notebook is refused with one sentence for the student. Nothing here trusts a size or a depth.

What this file does not do: decide whose answer is whose (`autograder.rebuild`) or store anything (`autograder.intake`).
"""

from __future__ import annotations

import ast
import json
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hlm_teach.locale import _, ngettext

MAX_CELLS = 3000
MAX_SOURCE = 200_000  # characters in one cell
MAX_TEXT = 1_000_000  # characters in all cells
MAX_ATTACHMENT = 1_000_000  # characters of base64


class Unreadable(ValueError):
    """The bytes are no notebook; the message is the sentence for the student."""


@dataclass(frozen=True)
class Piece:
    """One cell of a submission: text only, never outputs."""

    kind: str  # "code", "markdown" or "raw"
    source: str
    cell_id: str = ""
    grade_id: str = ""
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


def read(data: bytes) -> list[Piece]:
    """Return the cells of a notebook file.

    Parameters
    ----------
    data
        The file as it was handed in.

    Raises
    ------
    Unreadable
        If it is empty, no text, no JSON or no notebook.

    Examples
    --------
    >>> read(b'\\xef\\xbb\\xbf{"cells": [{"cell_type": "code", "source": ["x = 1\\\\n", "x"]}]}')
    [Piece(kind='code', source='x = 1\\nx', cell_id='', grade_id='', attachments={})]
    >>> read(b"")
    Traceback (most recent call last):
        ...
    autograder.notebooks.Unreadable: The file is empty. ...
    """
    text = _text(data)
    if not text.strip("\0 \t\r\n"):
        raise Unreadable(
            _("The file is empty. Save the notebook, look at the file's size, and hand it in again.")
        )
    notebook = _json(text)
    cells = _cells(notebook)
    if cells is None:
        raise Unreadable(
            _(
                "The file is JSON, but no notebook: it has no list of cells. Hand in the .ipynb file that you worked in."
            )
        )
    if len(cells) > MAX_CELLS:
        raise Unreadable(
            _(
                "The notebook has {n} cells; at most {limit} are read. Remove what is not part of your answers.",
                n=len(cells),
                limit=MAX_CELLS,
            )
        )
    pieces = [_piece(cell) for cell in cells if isinstance(cell, dict)]
    if (size := sum(len(piece.source) for piece in pieces)) > MAX_TEXT:
        raise Unreadable(
            _(
                "The cells of the notebook hold {n} characters; at most {limit} are read. Remove what is not part of your answers.",
                n=size,
                limit=MAX_TEXT,
            )
        )
    return pieces


def _text(data: bytes) -> str:
    found = json.detect_encoding(data)
    for encoding in ("utf-8-sig", "cp1252", "latin-1") if found.startswith("utf-8") else (found,):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        _("The file is not text, so it is no notebook. Hand in the .ipynb file that you worked in.")
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text.rstrip("\0"))  # some disks pad a file with zeros
    except RecursionError:
        raise Unreadable(
            _("The file is nested too deeply to be a notebook. Hand in the .ipynb file that you worked in.")
        ) from None
    except json.JSONDecodeError as problem:
        if "<<<<<<<" in text and ">>>>>>>" in text:
            raise Unreadable(
                _(
                    "The file holds the marks of an unfinished merge (<<<<<<<), so it is no notebook. Undo the merge, open the notebook, and save it."
                )
            ) from None
        raise Unreadable(
            _(
                "The file is not a notebook: it stops being JSON in line {line}. It may have been cut off while it was copied. "
                "Open it in JupyterLab; if it opens, save it and hand it in again.",
                line=problem.lineno,
            )
        ) from None
    except ValueError:
        raise Unreadable(
            _("The file holds a number too long to be read. Hand in the .ipynb file that you worked in.")
        ) from None


def _cells(notebook: Any) -> list[Any] | None:
    """Return the raw cells of format 4, or those of formats 2 and 3, which stood in worksheets."""
    if not isinstance(notebook, dict):
        return None
    if isinstance(notebook.get("cells"), list):
        return notebook["cells"]
    sheets = notebook.get("worksheets")
    if isinstance(sheets, list) and all(
        isinstance(s, dict) and isinstance(s.get("cells"), list) for s in sheets
    ):
        return [cell for sheet in sheets for cell in sheet["cells"]]
    return None


def _piece(cell: dict[str, Any]) -> Piece:
    kind = cell.get("cell_type")
    source = joined(cell.get("source", cell.get("input", "")))
    if kind == "heading":
        level = cell.get("level")
        kind, source = (
            "markdown",
            "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " " + source,
        )
    meta = cell.get("metadata")
    nbgrader = meta.get("nbgrader") if isinstance(meta, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return Piece(
        kind=kind if kind in ("code", "markdown") else "raw",
        source=source,
        cell_id=cell["id"] if isinstance(cell.get("id"), str) else "",
        grade_id=grade_id if isinstance(grade_id, str) else "",
        attachments=_images(cell.get("attachments")),
    )


def joined(source: Any) -> str:
    """Return a cell's text, which may be stored as one string or as a list of lines; bounded."""
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if len(source) > MAX_SOURCE:
        kept = source[:MAX_SOURCE]
        return (
            kept
            + "\n# "
            + ngettext(
                "{n} character was cut off here", "{n} characters were cut off here", len(source) - len(kept)
            )
        )
    # a lone surrogate cannot be written to a file again
    return source.encode("utf-8", "replace").decode()


def _images(attachments: Any) -> dict[str, dict[str, str]]:
    """Keep the pictures that were pasted into a text cell, of two harmless kinds and bounded; nothing else."""
    kept: dict[str, dict[str, str]] = {}
    room = MAX_ATTACHMENT
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        for mime in ("image/png", "image/jpeg"):
            data = joined(bundle.get(mime)) if isinstance(bundle, dict) else ""
            if data and len(data) <= room:
                room -= len(data)
                kept[str(name)] = {mime: data}
    return kept


def names_bound(source: str) -> set[str]:
    """Return the names that a cell binds at its top level; a cell that is no Python binds none.

    Lines that only IPython understands (``%matplotlib inline``, ``!ls``) are passed over.

    Examples
    --------
    >>> sorted(names_bound("%matplotlib inline\\nimport numpy as np\\ndef f(x): ...\\na, b = 1, 2"))
    ['a', 'b', 'f', 'np']
    """
    return set(_names_bound(source))


@lru_cache(maxsize=4096)
def _names_bound(source: str) -> frozenset[str]:
    tree = parsed(source)
    found: set[str] = set()
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        else:
            inside = list(ast.walk(node))
            found |= {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            found |= {n.name for n in inside if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return frozenset(found)


def parsed(source: str) -> ast.Module | None:
    """Return the tree of a cell's Python, or None if it has none; IPython's own lines are passed over."""
    plain = "\n".join(
        line[: len(line) - len(line.lstrip())] + "pass" if line.lstrip().startswith(("%", "!")) else line
        for line in source.split("\n")
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the student's code: not for the teacher's screen
            return ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None

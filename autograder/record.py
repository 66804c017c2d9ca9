"""What came of one submission, as JSON text: written by whoever ran it, read by the one who enters it into the gradebook.

The idea: running a submission and writing a gradebook are two jobs, done by different processes and perhaps on different
days. Between them lies a text: verdicts, points, evidence, and how each cell ended. It is kept, so that a gradebook can
be written again without running anything; and it is all that comes back from a worker, so nothing has to be unpickled.
Where a submission could not be graded, the text holds a ``fault``, a sentence for the teacher, and nothing else.

What this file does not do: decide anything, or know where a record lies (`course.store`).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, get_args

from autograder.exercise import Outcome, Verdict
from autograder.grade import Graded, points_of
from autograder.job import CellRun, read_cell
from autograder.questions import Evidence

__all__ = [
    "RecordError",
    "digest_of_cells",
    "fault_in",
    "fault_text",
    "notebook_in",
    "points_in",
    "read",
    "write",
]

EVIDENCE = {
    "status": str,
    "error_type": str,
    "error_message": str,
    "line": (int, type(None)),
    "retried": bool,
    "cpu_seconds": (int, float),
    "matched": str,
    "value": str,
}


class RecordError(ValueError):
    """The text is no record of a graded submission."""


def write(graded: Graded, cells: Sequence[Mapping[str, Any]]) -> str:
    """Return a graded submission as JSON text.

    Parameters
    ----------
    graded
        What came of it.
    cells
        The notebook's cells, which say what each exercise is worth.
    """
    worth = {
        about["grade_id"]: float(about["points"])
        for cell in cells
        if (about := cell["metadata"].get("nbgrader", {})).get("grade") and "points" in about
    }
    return json.dumps(
        {
            "student": graded.student,
            "isolation": graded.isolation,
            "cpu_seconds": graded.cpu_seconds,
            "wall_seconds": graded.wall_seconds,
            "notebook": digest_of_cells(cells),
            "verdicts": {name: asdict(verdict) for name, verdict in graded.verdicts.items()},
            "points": {name: points_of(v, worth.get(name, 0.0)) for name, v in graded.verdicts.items()},
            "evidence": {name: asdict(evidence) for name, evidence in graded.evidence.items()},
            "cells": {str(place): _cell(result) for place, result in graded.cells.items()},
        }
    )


def read(text: str) -> Graded:
    """Return the submission of which a text is the record.

    Raises
    ------
    RecordError
        If the text is none.

    Examples
    --------
    >>> read('{"student": "ana"}')
    Traceback (most recent call last):
        ...
    autograder.record.RecordError: The record of a graded submission lacks 'verdicts'.
    """
    said = _object(text)
    try:
        return Graded(
            str(said["student"]),
            {name: _verdict(one) for name, one in said["verdicts"].items()},
            {name: _evidence(one) for name, one in said["evidence"].items()},
            {int(place): read_cell(one) for place, one in said["cells"].items()},
            str(said["isolation"]),
            float(said["cpu_seconds"]),
            float(said["wall_seconds"]),
        )
    except KeyError as problem:
        raise RecordError(f"The record of a graded submission lacks {problem}.") from None
    except (TypeError, ValueError, AttributeError) as problem:
        raise RecordError(f"This is no record of a graded submission: {problem}.") from None


def fault_text(sentence: str) -> str:
    """Return the record of a submission that could not be graded.

    Examples
    --------
    >>> fault_in(fault_text("The exercise itself failed."))
    'The exercise itself failed.'
    """
    return json.dumps({"fault": sentence})


def fault_in(text: str) -> str:
    """Return why a submission could not be graded, or '' if it was."""
    return str(_object(text).get("fault", ""))


def points_in(text: str) -> dict[str, float]:
    """Return the points of a record by exercise."""
    return {str(name): float(points) for name, points in _object(text).get("points", {}).items()}


def notebook_in(text: str) -> str:
    """Return the hash of the cells that a record belongs to."""
    return str(_object(text).get("notebook", ""))


def digest_of_cells(cells: Sequence[Mapping[str, Any]]) -> str:
    """Return a hash of what a notebook's cells say, so that a record is never entered for other cells.

    Examples
    --------
    >>> one, other = {"cell_type": "code", "source": "x = 1"}, {"cell_type": "code", "source": "x = 2"}
    >>> digest_of_cells([one]) == digest_of_cells([dict(one)]), digest_of_cells([one]) == digest_of_cells([other])
    (True, False)
    """
    said = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


# ---- pieces ----------------------------------------------------------------------------------------------------------


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError as problem:
        raise RecordError(f"This is no record of a graded submission: {problem}.") from None
    if type(said) is not dict:
        raise RecordError("This is no record of a graded submission: it is no JSON object.")
    return said


def _cell(result: CellRun) -> dict[str, Any]:
    """Return a cell's run as `autograder.job.read_cell` reads it."""
    shown = [
        {"png": base64.b64encode(one.png).decode("ascii"), "alt": one.alt} if one.png else {"text": one.text}
        for one in result.shown
    ]
    said = asdict(result) | {"outputs": shown, "cpu": result.cpu_seconds}
    return {name: value for name, value in said.items() if name not in ("shown", "cpu_seconds")}


def _verdict(said: Mapping[str, Any]) -> Verdict:
    if said["outcome"] not in get_args(Outcome):
        raise ValueError(f"there is no outcome {said['outcome']!r}")
    misconception = said["misconception"]
    return Verdict(
        str(said["exercise"]),
        said["outcome"],
        float(said["credit"]),
        str(said["message"]),
        None if misconception is None else str(misconception),
        tuple(str(sentence) for sentence in said["details"]),
        said["carried"] is True,
    )


def _evidence(said: Mapping[str, Any]) -> Evidence:
    if wrong := [name for name, kind in EVIDENCE.items() if not isinstance(said[name], kind)]:
        raise ValueError(f"{wrong[0]} is of the wrong kind")
    return Evidence(**{name: said[name] for name in EVIDENCE})

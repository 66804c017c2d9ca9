"""What is sent to run a submission, and what is read back: frozen records, and the checks on everything that is read.

The idea: whatever comes out of the jail was perhaps written by a student. A line is bounded, it must be JSON, each
field must have its exact type, and what does not fit is dropped; nothing is evaluated and nothing unpickled. Answers
are read by `autograder.answers`.

What this file does not do: start anything (`autograder.sandbox`) or judge (`autograder.compare`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from autograder import answers
from autograder.exercise import Answer

__all__ = [
    "Cell",
    "CellRun",
    "Job",
    "Probe",
    "Shown",
    "StandIn",
    "Together",
    "Transcript",
    "read_answer",
    "read_cell",
]

Status = Literal["ok", "raised", "timeout", "memory", "crashed", "not run"]
STATUSES = ("ok", "raised", "timeout", "memory", "crashed", "not run")
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Cell:
    """One code cell: its source, whether it is the teacher's (locked), and the marks under which its state is kept.

    A probe that names a mark is answered in the state right after this cell, whatever later cells did.
    """

    source: str
    locked: bool = False
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class StandIn:
    """A value that stands in for an earlier answer; with `call`, a function that returns it whatever it is given."""

    value: Any
    call: bool


@dataclass(frozen=True)
class Probe:
    """One question to the notebook that has run: the value of a name, or what the function of that name returns.

    Parameters
    ----------
    key
        How the answer is filed.
    name
        The name in the notebook.
    inputs
        The inputs of the call; None asks for the value itself.
    state
        The mark of the state to ask in; "" is the state after the last cell.
    group
        Calls of one group share the processor time of one cell; after the first that runs out, the rest are not tried.
    stand_ins
        Names that stand in for what the notebook lacks, for this call only: a value, or a function that returns it.
    source
        What is run before, for this call only: a cell once more, now that something stands in.
    say
        Whether an error's message may come back; for hidden cases only its type does.
    """

    key: str
    name: str
    inputs: Mapping[str, Any] | None = None
    state: str = ""
    group: str = ""
    say: bool = False
    stand_ins: Mapping[str, StandIn] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class Together:
    """Probes of one function in one state, called one after the other in one process: quick, but not each afresh.

    `share` is the part of a cell's processor time that they may take together.
    """

    probes: tuple[Probe, ...]
    share: float = 0.1


@dataclass(frozen=True)
class Shown:
    """Something that a cell showed: text, or a figure (PNG bytes) with its description."""

    text: str = ""
    png: bytes = b""
    alt: str = ""


@dataclass(frozen=True)
class CellRun:
    """How a cell ended.

    Parameters
    ----------
    status
        "ok"; "raised" (an error; what ran before it stays); "timeout", "memory", "crashed" (the notebook went on from
        before the cell); "not run" (the submission had used up its time).
    error, message, line
        Type and text of the error, and the line of the cell that raised it. For "timeout" the message is "cpu",
        "idle" or "wall", for "crashed" how the process ended.
    retried
        It failed at first because names were overwritten (``sum = 5``), and worked with them put straight.
    """

    status: Status = "not run"
    error: str = ""
    message: str = ""
    line: int | None = None
    shown: tuple[Shown, ...] = ()
    cpu_seconds: float = 0.0
    retried: bool = False


Ask = Callable[[Mapping[str, Answer], Sequence[CellRun]], Sequence[Probe | Together]]


def _ask_nothing(found: Mapping[str, Answer], runs: Sequence[CellRun]) -> Sequence[Probe | Together]:
    return ()


@dataclass(frozen=True)
class Job:
    """One submission to run.

    Parameters
    ----------
    cells
        The code cells in order.
    sets
        What `assignment_data` gives, by name; the student's own data, not a secret.
    student
        The id of the folder that the submission came in.
    files
        Modules that the student handed in beside the notebook, name → text; they lie in the folder where it runs.
    ask
        Called with the answers so far and the cells' runs once every cell has run, and again after each round, until it
        returns no more probes. Hidden inputs exist nowhere else.
    """

    cells: tuple[Cell, ...]
    sets: Mapping[str, Any] = field(default_factory=dict)
    student: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    ask: Ask = _ask_nothing


@dataclass(frozen=True)
class Transcript:
    """What happened: a `CellRun` for each cell, an `Answer` for each probe, and what it took."""

    cells: tuple[CellRun, ...]
    answers: Mapping[str, Answer]
    isolation: str
    cpu_seconds: float
    wall_seconds: float


# ---- reading ---------------------------------------------------------------------------------------------------------


def read_cell(message: Any) -> CellRun:
    """Read one cell's report; every field that is not what it should be is left out."""
    if type(message) is not dict or message.get("status") not in STATUSES:
        return CellRun("crashed", message="no report")
    line, cpu = message.get("line"), message.get("cpu")
    return CellRun(
        status=message["status"],
        error=_text(message.get("error"), 60),
        message=_text(message.get("message"), 500),
        line=line if type(line) is int and 0 < line < 100_000 else None,
        shown=tuple(s for item in _list(message.get("outputs")) if (s := _shown(item)) is not None),
        cpu_seconds=float(cpu) if type(cpu) in (int, float) and 0 <= cpu < 1e6 else 0.0,
        retried=message.get("retried") is True,
    )


def read_answer(message: Any) -> Answer:
    """Read one answer."""
    return Answer(*answers.read_answer(message))


def _list(value: Any) -> list[Any]:
    return value if type(value) is list else []


def _text(value: Any, length: int, keep: str = "") -> str:
    if type(value) is not str:
        return ""
    return "".join(c if c.isprintable() or c in keep else " " for c in value[:length])


def _shown(item: Any) -> Shown | None:
    if type(item) is not dict:
        return None
    if type(item.get("text")) is str:
        return Shown(text=_text(item["text"], 1_000_000, keep="\n\t"))
    try:
        png = base64.b64decode(item.get("png"), validate=True)
    except (binascii.Error, ValueError, TypeError):
        return None
    return Shown(png=png, alt=_text(item.get("alt"), 2000)) if png.startswith(PNG) else None

"""Runs one submission in the jail: `run(job, limits, isolation)` → `Transcript`.

The idea: student code is an adversary and a beginner at once. It runs where there is nothing to find and nothing to
break (`autograder.jail`, `autograder.inside`), and this side reads, with a deadline and a bound, lines of JSON that may
say anything. What is promised to the student: a cell that loops, crashes or hogs memory costs that task alone.

What is promised to the teacher: no network, no home, no environment, no other submission, no reference answer, no
hidden input before every cell has run; bounded processor time, memory, processes, disk and output; nothing left running.
What is not: protection from a hole in the kernel, and with ``isolation="process"``, which must be asked for by name and
is marked on the result, anything beyond the limits.

What this file does not do: choose inputs or judge answers (`autograder.grade`).
"""

from __future__ import annotations

import atexit
import os
import time
from pathlib import Path

from autograder.dialogue import Dialogue, Lost
from autograder.jail import Isolation, Jail, SandboxUnavailable, detect, is_in_sight
from autograder.job import (
    Cell,
    CellRun,
    Job,
    Probe,
    Shown,
    StandIn,
    Together,
    Transcript,
)
from autograder.limits import Limits

__all__ = [
    "Cell",
    "CellRun",
    "Isolation",
    "Job",
    "Probe",
    "SandboxFailure",
    "SandboxUnavailable",
    "Shown",
    "StandIn",
    "Together",
    "Transcript",
    "close",
    "detect",
    "hide",
    "run",
]

TRIES = 3

_jails: dict[tuple[int, str], Jail] = {}
_hidden: set[Path] = set()


class SandboxFailure(RuntimeError):
    """A submission could not be run to its end, three times over; that is never the student's fault."""


def run(job: Job, limits: Limits | None = None, isolation: Isolation = "bwrap") -> Transcript:
    """Run a submission and ask it what the job asks.

    Parameters
    ----------
    job
        Cells, the student's data, and the function that asks.
    limits
        How much it may use; default `Limits()`.
    isolation
        ``"bwrap"``, or by name ``"process"`` (no walls).

    Returns
    -------
    Transcript
        One `CellRun` for each cell, one `Answer` for each probe.

    Raises
    ------
    SandboxUnavailable
        If the sandbox is missing or does not work here.
    SandboxFailure
        If the jail was lost three times in the same submission.

    Notes
    -----
    The jail is started once per process and kept warm. Where it is lost (a machine short of memory), the submission is
    run again from the start; lost at the same cell twice, the cell is left out as crashed.

    Examples
    --------
    >>> run(Job(cells=(Cell("x = 1"),)), isolation="docker")
    Traceback (most recent call last):
        ...
    ValueError: isolation must be "bwrap" or "process", but it is 'docker'.
    """
    if isolation not in ("bwrap", "process"):
        raise ValueError(f'isolation must be "bwrap" or "process", but it is {isolation!r}.')
    limits, began = limits or Limits(), time.monotonic()
    lost_at: list[int] = []
    for _ in range(TRIES):
        skip = {n for n in lost_at if lost_at.count(n) > 1}
        dialogue = Dialogue(job, limits, skip)
        try:
            cpu = dialogue.hold(_warm(isolation))
        except Lost:
            lost_at.append(len(dialogue.runs))
            _end(isolation)
            continue
        seconds = round(time.monotonic() - began, 3)
        return Transcript(tuple(dialogue.runs), dialogue.found, isolation, cpu, seconds)
    raise SandboxFailure(
        f"The sandbox was lost {TRIES} times while it ran this submission (at cells {', '.join(map(str, lost_at))}). "
        "Look whether the machine is short of memory, then grade it again."
    )


def hide(*folders: Path) -> None:
    """Name folders that no submission may see even if Python's own folder holds them (the course, say)."""
    new = {path for folder in folders if is_in_sight(path := Path(folder).resolve())} - _hidden
    if new:
        _hidden.update(new)
        close()  # the next submission gets a jail that covers them


def close() -> None:
    """End the warm jails of this process."""
    for owner, isolation in list(_jails):
        jail = _jails.pop((owner, isolation))
        if owner == os.getpid():
            jail.close()


atexit.register(close)


def _warm(isolation: Isolation) -> Jail:
    """Return this process's warm jail, started now if there is none that lives."""
    key = (os.getpid(), isolation)
    if key in _jails and not _jails[key].alive():
        _jails.pop(key).close()
    if key not in _jails:
        _jails[key] = Jail(isolation, sorted(_hidden))
    return _jails[key]


def _end(isolation: Isolation) -> None:
    jail = _jails.pop((os.getpid(), isolation), None)
    if jail is not None:
        jail.close()

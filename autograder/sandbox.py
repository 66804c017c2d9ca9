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
import json
import os
import platform
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder import answers
from autograder.exercise import Answer
from autograder.jail import Isolation, Jail, SandboxUnavailable, detect
from autograder.job import Cell, CellRun, Job, Probe, Shown, StandIn, Transcript, read_answer, read_cell
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
    "Transcript",
    "close",
    "detect",
    "hide",
    "run",
]

LINE = 5_000_000  # bytes of one line from the jail
TRIES = 3

_jails: dict[tuple[int, str], Jail] = {}
_hidden: set[Path] = set()


class SandboxFailure(RuntimeError):
    """A submission could not be run to its end, three times over; that is never the student's fault."""


class _Lost(Exception):
    """The jail ended or fell silent in the middle of a submission."""


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
    >>> limits = Limits.of({"cpu_seconds": -1})
    Traceback (most recent call last):
        ...
    ValueError: The limit cpu_seconds must be a number above zero, but it is -1.
    """
    if isolation not in ("bwrap", "process"):
        raise ValueError(f'isolation must be "bwrap" or "process", but it is {isolation!r}.')
    limits, began = limits or Limits(), time.monotonic()
    lost_at: list[int] = []
    for _ in range(TRIES):
        skip = {n for n in lost_at if lost_at.count(n) > 1}
        dialogue = _Dialogue(job, limits, skip)
        try:
            cpu = dialogue.hold(_warm(isolation))
        except _Lost:
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
    new = {Path(folder).resolve() for folder in folders} - _hidden
    if new:
        _hidden.update(new)
        close()


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


class _Dialogue:
    """One submission's conversation with its referee in the jail."""

    def __init__(self, job: Job, limits: Limits, skip: set[int]) -> None:
        self.job, self.limits, self.skip = job, limits, skip
        self.runs: list[CellRun] = []
        self.found: dict[str, Answer] = {}
        self.answers_left = limits.output_bytes
        self.cpu_left: dict[str, float] = {}

    def hold(self, jail: Jail) -> float:
        """Send the job, read the cells' runs, ask until there is nothing more to ask; return the processor seconds."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            try:
                jail.submit(theirs, self.limits.disk_bytes)
                theirs.close()
                ours.settimeout(2 * self.limits.wall_seconds + 60)
                lines = _lines(ours)
                self._send(ours, self._opening())
                self._hear_cells(lines)
                while probes := self.job.ask(self.found, self.runs):
                    for probe in probes:
                        self.found[probe.key] = self._put(probe, ours, lines)
                self._send(ours, {"end": True})
                cpu = next(lines)["done"]["cpu"]
            except (OSError, ValueError, KeyError, TypeError, StopIteration) as problem:
                raise _Lost(str(problem)) from problem
        return float(cpu)

    def _opening(self) -> dict[str, Any]:
        cells = [
            {"source": c.source, "locked": c.locked, "keep": c.keep, "skip": n in self.skip}
            for n, c in enumerate(self.job.cells)
        ]
        sets = {name: answers.encode(value) for name, value in self.job.sets.items()}
        limits = self.limits.as_dict() | {"count_processes": _counts_per_namespace()}
        return {"cells": cells, "sets": sets, "student": self.job.student, "limits": limits}

    def _hear_cells(self, lines: Iterator[dict]) -> None:
        for message in lines:
            if message.get("ran") is True:
                break
            if len(self.runs) < len(self.job.cells):
                self.runs.append(read_cell(message.get("cell")))
        if len(self.runs) < len(self.job.cells):
            raise _Lost("not every cell was reported")

    def _put(self, probe: Probe, ours: socket.socket, lines: Iterator[dict]) -> Answer:
        """Put one question; the calls of a group share one cell's processor time."""
        left = self.cpu_left.setdefault(probe.group, self.limits.cpu_seconds)
        if left <= 0:
            return Answer(problem="timeout", detail="not tried")
        inputs = None if probe.inputs is None else {k: answers.encode(v) for k, v in probe.inputs.items()}
        question = {
            "key": probe.key,
            "name": probe.name,
            "inputs": inputs,
            "state": probe.state,
            "say": probe.say,
        }
        given = {k: {"value": answers.encode(v.value), "call": v.call} for k, v in probe.stand_ins.items()}
        self._send(ours, {"probe": question | {"cpu": left, "given": given}})
        body = next(lines).get("answer")
        if (
            type(body) is not dict
            or body.get("key") != probe.key
            or type(body.get("cpu")) not in (int, float)
        ):
            raise _Lost("an answer to something else")
        answer = read_answer(body.get("answer"))
        self.cpu_left[probe.group] = left - body["cpu"] if answer.problem != "timeout" else 0.0
        self.answers_left -= len(json.dumps(body.get("answer")))
        return answer if self.answers_left >= 0 else Answer(problem="unreadable", detail="too large")

    @staticmethod
    def _send(line: socket.socket, message: dict) -> None:
        line.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")


def _lines(line: socket.socket) -> Iterator[dict]:
    """Read JSON objects, one a line, each bounded; the end of the stream, or anything else, ends the conversation."""
    buffer = bytearray()
    while True:
        while (end := buffer.find(b"\n")) < 0:
            data = line.recv(1 << 16)
            if not data or len(buffer) > LINE:
                return
            buffer += data
        text = bytes(buffer[:end])
        del buffer[: end + 1]
        try:
            message = answers.loads(text, LINE)
        except answers.AnswerError as problem:
            raise ValueError(str(problem)) from None
        if type(message) is not dict:
            raise ValueError("not an object")
        yield message


def _counts_per_namespace() -> bool:
    """Return whether the kernel counts processes for each user name space apart (Linux 5.14), not for the whole user."""
    release = platform.release().split("-")[0].split(".")
    try:
        return tuple(int(part) for part in release[:2]) >= (5, 14)
    except ValueError:
        return False

"""One submission's conversation with its referee in the jail: the trusted end of the line.

The idea: send the cells; read how each ended; only then send questions, one at a time, and read each answer before the
next is put. Every line is bounded and awaited with a deadline; whatever is not what was asked for ends the conversation,
and `autograder.sandbox` begins another.

What this file does not do: choose the questions (they come from `Job.ask`) or start the jail.
"""

from __future__ import annotations

import json
import platform
import socket
from collections.abc import Iterator
from typing import Any

from autograder import answers
from autograder.exercise import Answer
from autograder.jail import Jail
from autograder.job import CellRun, Job, Together, read_answer, read_cell
from autograder.limits import Limits

__all__ = ["Dialogue", "Lost"]

LINE = 5_000_000  # bytes of one line from the jail


class Lost(Exception):
    """The jail ended or fell silent in the middle of a submission."""


class Dialogue:
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
            except OSError as problem:
                raise Lost(str(problem)) from problem
            theirs.close()
            ours.settimeout(2 * self.limits.wall_seconds + 60)
            self.line, self.lines = ours, _lines(ours)
            self._send(self._opening())
            self._hear_cells()
            while probes := self.job.ask(self.found, self.runs):
                for probe in probes:
                    self._put(probe if isinstance(probe, Together) else Together((probe,), share=1.0))
            self._send({"end": True})
            cpu = _part(self._hear(), "done", dict).get("cpu")
        return float(cpu) if type(cpu) in (int, float) else 0.0

    def _opening(self) -> dict[str, Any]:
        cells = [
            {"source": c.source, "locked": c.locked, "keep": c.keep, "skip": n in self.skip}
            for n, c in enumerate(self.job.cells)
        ]
        sets = {name: answers.encode(value) for name, value in self.job.sets.items()}
        limits = self.limits.as_dict() | {"count_processes": _counts_per_namespace()}
        about = {"student": self.job.student, "files": dict(self.job.files)}
        return {"cells": cells, "sets": sets, "limits": limits} | about

    def _hear_cells(self) -> None:
        while (message := self._hear()).get("ran") is not True:
            if len(self.runs) < len(self.job.cells):
                self.runs.append(read_cell(message.get("cell")))
        if len(self.runs) < len(self.job.cells):
            raise Lost("not every cell was reported")

    def _put(self, together: Together) -> None:
        """Put one question, or several calls of one function; a group shares one cell's processor time."""
        first, calls = together.probes[0], len(together.probes)
        left = self.cpu_left.setdefault(first.group, self.limits.cpu_seconds)
        if left <= 0:
            self.found.update({p.key: Answer(problem="timeout", detail="not tried") for p in together.probes})
            return
        self._send({"probe": _question(together, min(left, together.share * self.limits.cpu_seconds))})
        body = _part(self._hear(), "answer", dict)
        written, cpu = _part(body, "answers", list), body.get("cpu")
        if body.get("key") != first.key or len(written) != calls or type(cpu) not in (int, float):
            raise Lost("an answer to something else")
        for probe, one in zip(together.probes, written, strict=True):
            self.answers_left -= len(json.dumps(one))
            fits = self.answers_left >= 0
            self.found[probe.key] = (
                read_answer(one) if fits else Answer(problem="unreadable", detail="too large")
            )
        ended = any(self.found[p.key].problem == "timeout" for p in together.probes)
        self.cpu_left[first.group] = 0.0 if ended else left - cpu

    def _send(self, message: dict) -> None:
        try:
            self.line.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        except OSError as problem:
            raise Lost(str(problem)) from problem

    def _hear(self) -> dict:
        try:
            return next(self.lines)
        except (OSError, ValueError, StopIteration) as problem:
            raise Lost(str(problem)) from problem


def _question(together: Together, cpu: float) -> dict[str, Any]:
    """Return probes as they are sent."""
    first = together.probes[0]
    given = {k: {"value": answers.encode(v.value), "call": v.call} for k, v in first.stand_ins.items()}
    calls = [
        {
            "inputs": None if p.inputs is None else {k: answers.encode(v) for k, v in p.inputs.items()},
            "say": p.say,
        }
        for p in together.probes
    ]
    asked = {"key": first.key, "name": first.name, "state": first.state, "source": first.source}
    return asked | {"given": given, "calls": calls, "cpu": cpu}


def _part(message: dict, name: str, kind: type) -> Any:
    part = message.get(name)
    if type(part) is not kind:
        raise Lost(f"no {name}")
    return part


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

"""The processes of a submission: who lives, what they use, and how they end.

The idea: ``/proc`` inside the jail shows the submission's processes and no others. Processor time is summed over the
living (with the children that they have waited for) and over those that ended in the referee's arms. A process that lets
its children vanish unseen (``SIGCHLD`` ignored) escapes that sum; of those counts what was seen of them while they lived.

What this file does not do: decide how much is too much.
"""

# ruff: noqa: PTH123, PTH208  (bare system calls: a student may have bent this interpreter)

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["FEW", "Usage", "freeze", "held", "kill", "living", "reap", "strangers_of", "thaw"]

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
FEW = 4
MANY = 32  # from here on threads are not looked at one by one


@dataclass(frozen=True)
class Usage:
    """Processor seconds, resident bytes, number of processes, and whether any of their threads wants the processor."""

    cpu: float
    memory: int
    count: int
    wants_processor: bool
    own: dict[int, float]  # processor seconds of each living process, without its children

    @classmethod
    def of(cls, pids: Iterable[int], ended: float = 0.0) -> Usage:
        """Add up what processes use."""
        rows = [row for pid in pids if (row := _stat(f"/proc/{pid}/stat"))]
        wants = len(rows) > MANY or any(_busy(row) for row in rows)
        ticks = sum(sum(int(x) for x in row[12:16]) for row in rows)
        own = {int(row[0]): (int(row[12]) + int(row[13])) / TICK for row in rows}
        return cls(ticks / TICK + ended, sum(int(row[22]) for row in rows) * PAGE, len(rows), wants, own)


def _stat(path: str) -> list[str]:
    """Return the fields of a process or thread from its number on, without its name; [] if it has ended."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            text = file.read()
    except OSError:
        return []
    return [text.split(" ", 1)[0], *text.rpartition(")")[2].split()]


def _busy(row: list[str]) -> bool:
    try:
        threads = os.listdir(f"/proc/{row[0]}/task") if int(row[18]) > 1 else []
    except OSError:
        return False
    rows = [_stat(f"/proc/{row[0]}/task/{thread}/stat") for thread in threads] or [row]
    return any(one and one[1] in "RD" for one in rows)


def held(pid: int) -> int:
    """Return the bytes that a process holds, its part only of what is shared (all of it if it hides that)."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        row = _stat(f"/proc/{pid}/stat")
        return int(row[22]) * PAGE if row else 0


def living(alone: bool, me: int) -> list[int]:
    """Return the submission's processes but the referee: all of ``/proc``, or without name spaces its descendants."""
    everyone = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    if alone:
        return [pid for pid in everyone if pid != me]
    parents = {pid: int(row[2]) for pid in everyone if (row := _stat(f"/proc/{pid}/stat"))}
    found: set[int] = {me}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {me})


def strangers_of(pids: Iterable[int], ours: set[int]) -> list[int]:
    """Return those that are not ours and have not ended (a process that has ended but was not waited for is no one)."""
    return [
        pid for pid in pids if pid not in ours and (row := _stat(f"/proc/{pid}/stat")) and row[1] not in "ZX"
    ]


def kill(pids: Iterable[int]) -> None:
    """End processes, where they are many by stopping them all first; one that has ended meanwhile is fine."""
    pids = list(pids)
    for stop in (signal.SIGSTOP, signal.SIGKILL) if len(pids) > FEW else (signal.SIGKILL,):
        for pid in pids:
            try:
                os.kill(pid, stop)
            except ProcessLookupError:
                continue
    if pids:
        time.sleep(0.001)
    reap()


def freeze() -> None:
    """Stop every process of this name space in one system call; only for its first process, which the call passes over.

    The kernel stops them all at once and lets no fork through meanwhile, so a fork bomb cannot grow while it is ended.
    """
    if os.getpid() == 1:
        try:
            os.kill(-1, signal.SIGSTOP)
        except ProcessLookupError:
            return


def thaw(pids: Iterable[int]) -> None:
    """Let processes go on that `freeze` stopped."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            continue


def reap() -> None:
    """Wait for the children that have ended, so that their processor time is counted here."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return

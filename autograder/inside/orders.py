"""One order at a time: give it to a session, watch what it starts, and clear away what it leaves running.

The idea: a limit is passed when *all* processes of an order together have passed it, so splitting up gains nothing.
Processor time decides; sleeping without end is noticed because nothing wants the processor any more; the clock comes
last. A process that is neither the referee nor a session that stands is a stranger, and no stranger outlives the order
that brought it.

What this file does not do: know what a cell or a call is (`autograder.inside.referee`).
"""

from __future__ import annotations

import os
import secrets
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.inside.link import Link, listen
from autograder.inside.processes import FEW, Usage, freeze, held, kill, living, reap, strangers_of, thaw

__all__ = ["Orders", "Outcome"]

FIRST_LOOK, LOOK_EVERY = 0.02, 0.1  # seconds between two looks at the processes
WAITING_LINKS = 64
SWEEP_SECONDS = 60.0  # on a busy machine it takes a while until killed processes are gone
GRACE = 10.0  # seconds for a session to say that its child has ended


@dataclass
class Outcome:
    """How one order ended: a report with the line of who sent it, or the reason why there is none."""

    report: dict | None = None
    link: Link | None = None
    reason: str = "crashed"
    detail: str = ""
    status: int | None = None  # how its child ended, once it has
    cpu: float = 0.0


class Orders:
    """The lines to the sessions, and the processes behind them.

    Parameters
    ----------
    up
        The socket to the trusted side: when it is cut, everything ends.
    standing
        Returns the sessions that stand.
    alone
        Whether this is the first process of a name space, so that all other processes in sight belong to the submission.
    """

    def __init__(self, up: socket.socket, standing: Callable[[], list[Link]], alone: bool) -> None:
        self.up, self.standing, self.alone = up, standing, alone
        self.name = f"hlm-{secrets.token_hex(8)}"
        self.listener = listen(self.name)
        self.waiting: list[Link] = []
        self.limits: dict[str, float] = {}
        self.baseline = Usage.of([os.getpid()]).memory

    def order(self, session: Link, order: dict, cpu: float) -> Outcome:
        """Give one order, watch until it has ended, and clear away what it left running."""
        ticket = secrets.token_hex(8)
        before, began = self.usage(), time.monotonic()
        session.send(order | {"ticket": ticket, "cpu": cpu})
        watch = _Watch(self, before, began, cpu)
        outcome, pause = Outcome(), FIRST_LOOK
        while outcome.report is None and not self._is_over(session, outcome):
            self.wait(pause, session)
            self._read(session, ticket, outcome)
            if outcome.report is None:
                watch.look(session)
            pause = min(LOOK_EVERY, pause * 2)
        for _ in range(WAITING_LINKS):  # a report that was sent before its sender ended is still on its way
            if outcome.report is not None or not self.wait(0.0, session):
                break
            self._read(session, ticket, outcome)
        reason = watch.reason or _how(outcome.status)
        if outcome.link is not None and order["do"] == "cell":
            crowded, full = self._is_crowded(), str(outcome.report.get("error")).endswith("MemoryError")
            if watch.reason or outcome.status or crowded or full:
                # Its report came, but who sent it is dead by now or has no room for the next cell: go on from before it.
                outcome.link.close()
                outcome.report, outcome.link = None, None
            if not watch.reason and (crowded or full):
                reason = ("crashed", "processes") if crowded else ("memory", "")
        outcome.reason, outcome.detail = reason
        goes_on = outcome.link.pid if outcome.link is not None and order["do"] == "cell" else None
        self.sweep(goes_on)
        outcome.cpu = round(self.usage().cpu - before.cpu, 3)
        return outcome

    def _read(self, session: Link, ticket: str, outcome: Outcome) -> None:
        for link, message in self.messages(session):
            if link is session and message.get("ended") == ticket:
                status = message.get("status")
                outcome.status = status & 0xFFFF if type(status) is int else 1
            elif link is not session and message.get("ticket") == ticket and outcome.report is None:
                outcome.report, outcome.link = message, link
                self.waiting.remove(link)

    def _is_over(self, session: Link, outcome: Outcome) -> bool:
        """Return whether no report can come any more: the child died, or nobody is left who could send one."""
        if outcome.status:
            return True
        return (outcome.status == 0 or session.dead) and not self.strangers()

    def wait(self, seconds: float, session: Link | None = None) -> bool:
        """Wait for something to happen; take new lines, read what came, and end when the trusted side is gone."""
        lines = [
            link for link in (session, *self.standing(), *self.waiting) if link is not None and not link.dead
        ]
        ready, _, _ = select.select([self.up, self.listener, *dict.fromkeys(lines)], [], [], seconds)
        for one in ready:
            if one is self.up:
                if not self.up.recv(1, socket.MSG_PEEK):
                    os._exit(0)
            elif one is self.listener:
                line, _ = self.listener.accept()
                line.setblocking(False)
                self.waiting.append(Link(line))
            else:
                one.fill()
        while len(self.waiting) > WAITING_LINKS:
            self.waiting.pop(0).close()
        reap()
        return bool(ready)

    def messages(self, session: Link | None = None) -> Iterator[tuple[Link, dict]]:
        """Give the messages that have come, from a session and from lines that nobody has been matched with yet."""
        for link in (session, *list(self.waiting)):
            while link is not None and (message := link.take()) is not None:
                yield link, message
        self.waiting = [link for link in self.waiting if not link.dead or link.buffer]

    def _is_crowded(self) -> bool:
        """Return whether a cell that has ended left more than half of the places taken, by living or ended processes."""
        return len(living(self.alone, os.getpid())) > self.limits["processes"] / 2

    # ---- processes ---------------------------------------------------------------------------------------------------

    def strangers(self) -> list[int]:
        """Return the processes that are neither the referee nor a session that stands."""
        return strangers_of(living(self.alone, os.getpid()), {link.pid for link in self.standing()})

    def sweep(self, but: int | None = None) -> None:
        """End every stranger but one; again and again, because a fork bomb forks while it is being ended."""
        until = time.monotonic() + SWEEP_SECONDS
        while (left := self.end_strangers(but)) and time.monotonic() < until:
            time.sleep(0.01 if left > FEW else 0)  # they need the processor to end

    def end_strangers(self, but: int | None = None) -> int:
        """End every stranger in sight but one, and return how many there were; where they are many, all are held first."""
        left = [pid for pid in self.strangers() if pid != but]
        if not self.alone or len(left) <= FEW:
            kill(left)
            return len(left)
        freeze()
        try:
            left = [pid for pid in self.strangers() if pid != but]
            kill(left)
        finally:
            thaw([link.pid for link in self.standing()] + ([but] if but is not None else []))
        return len(left)

    def usage(self) -> Usage:
        """Return what all processes use; processor time includes those that have ended."""
        return Usage.of(
            living(self.alone, os.getpid()), os.times().children_user + os.times().children_system
        )

    def memory(self) -> int:
        """Return what all processes hold together, what they share counted once."""
        return sum(held(pid) for pid in living(self.alone, os.getpid()))

    def spent(self) -> float:
        """Return the processor time of the submission so far."""
        return self.usage().cpu


class _Watch:
    """The limits of one order: says once why it must end, and ends it."""

    def __init__(self, orders: Orders, before: Usage, began: float, cpu: float) -> None:
        self.orders, self.cpu, self.cpu_end = orders, cpu, before.cpu + cpu
        self.before, self.seen = before.own, {}
        self.wall_end = began + orders.limits["wall_seconds"]
        self.last, self.looked, self.idle = before.cpu, began, 0.0
        self.reason: tuple[str, str] | None = None

    def look(self, session: Link) -> None:
        """Look at the processes once; from the first limit that is passed on, end them."""
        usage, now = self.orders.usage(), time.monotonic()
        resting = usage.cpu <= self.last and not usage.wants_processor
        self.idle = self.idle + now - self.looked if resting else self.idle
        self.last, self.looked = usage.cpu, now
        self.seen |= {pid: own - self.before.get(pid, 0.0) for pid, own in usage.own.items()}
        if self.reason is None:
            self.reason = self._passed(usage, now)
            self.since = now
        if self.reason is not None:
            if self.orders.end_strangers():
                self.since = (
                    time.monotonic()
                )  # while there is somebody to end, the session has nothing to say
            elif now - self.since > GRACE:  # even the session does not answer: what it learned stops it
                kill([session.pid])
                session.close()

    def _passed(self, usage: Usage, now: float) -> tuple[str, str] | None:
        limits = self.orders.limits
        if usage.cpu > self.cpu_end or sum(self.seen.values()) > self.cpu:
            return "timeout", "cpu"
        if self.idle > limits["idle_seconds"]:
            return "timeout", "idle"
        if now > self.wall_end:
            return "timeout", "wall"
        if usage.count > limits["processes"]:
            return "crashed", "processes"
        own = self.orders.baseline
        if usage.memory - usage.count * own > limits["memory_bytes"]:  # shared pages are in there many times
            return ("memory", "") if self.orders.memory() - own > limits["memory_bytes"] else None
        return None


def _how(status: int | None) -> tuple[str, str]:
    """Say how a child ended that was not ended from here."""
    if status and os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return ("timeout", "cpu") if number == signal.SIGXCPU else ("crashed", f"signal {number}")
    return "crashed", "exit"

"""The first process of a submission: hands out cells and calls, watches, and passes on what came back.

The idea: the referee runs no student code, so nothing that a cell does to its own interpreter reaches it; as the first
process of its name space it cannot be killed from within. It knows three ways for a cell to end badly: too much
processor time (``timeout``, also when everything only sleeps), too much memory (``memory``), or death (``crashed``).
Then the notebook goes on from the state before the cell. If that was killed too, the cells before it are run again,
without the culprit.

Upwards, to the trusted side, one JSON object a line: ``{"cell": …}`` for each cell, ``{"ran": true}``, ``{"answer": …}``
for each probe, ``{"done": …}``. Downwards: the job, then, only after ``ran``, probes, then ``{"end": true}``.

What this file does not do: know what is right. No reference answer ever comes here, and hidden inputs only after every
cell has run.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from autograder.inside.link import Link, listen
from autograder.inside.processes import Usage, held, kill, living, reap, strangers_of

__all__ = ["Referee"]

FIRST_LOOK, LOOK_EVERY = 0.02, 0.1  # seconds between two looks at the processes
WAITING_LINKS = 64
SWEEPS = 500
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


class Referee:
    """One submission from its job to its last answer."""

    def __init__(self, up: socket.socket, start: Callable[[str, str, dict], None], alone: bool) -> None:
        self.up, self.start_session, self.alone = up, start, alone
        self.name = f"hlm-{secrets.token_hex(8)}"
        self.listener = listen(self.name)
        self.waiting: list[Link] = []
        self.current: Link | None = None
        self.kept: dict[str, Link] = {}
        self.spare: Link | None = None  # a failed attempt that may still be the one to go on from
        self.past: list[dict] = []
        self.incoming = bytearray()
        self.baseline = Usage.of([os.getpid()]).memory

    # ---- the trusted side --------------------------------------------------------------------------------------------

    def tell(self, message: dict) -> None:
        """Send one line upwards; when nobody listens any more, end everything."""
        try:
            self.up.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        except OSError:
            os._exit(0)

    def hear(self) -> dict:
        """Wait for one line from above."""
        while b"\n" not in self.incoming:
            data = self.up.recv(1 << 16)
            if not data:
                os._exit(0)
            self.incoming += data
        line, _, rest = bytes(self.incoming).partition(b"\n")
        self.incoming = bytearray(rest)
        return json.loads(line)

    def run(self) -> None:
        """Run the notebook, then answer probes until told to end."""
        self.job = self.hear()
        self.limits = self.job["limits"]
        self.output_left = self.limits["output_bytes"]
        self.rebuilt = 0
        for number, cell in enumerate(self.job["cells"]):
            self.tell({"cell": {"number": number} | self.cell(cell)})
        self.tell({"ran": True})
        while "end" not in (message := self.hear()):
            self.tell({"answer": self.probe(message["probe"])})
        self.sweep()
        self.tell({"done": {"cpu": self.spent()}})

    # ---- cells -------------------------------------------------------------------------------------------------------

    def cell(self, cell: dict) -> dict:
        """Run one cell; where it fails among bent names, once more among straight ones."""
        if cell["skip"]:
            return {"status": "crashed", "cpu": 0.0}
        left = self.limits["total_cpu_seconds"] - self.spent()
        if left <= 0 or self.rebuilt > len(self.job["cells"]):
            self._keep(cell)
            return {"status": "not run", "cpu": 0.0}
        order = {"do": "cell", "source": cell["source"], "locked": cell["locked"], "output": self.output_left}
        session, cpu = self.session(), min(left, self.limits["cpu_seconds"])
        done = self.order(session, order | {"straight": cell["locked"]}, cpu)
        retried = False
        if done.report and done.report.get("bent") is True and not cell["locked"]:
            done, retried = self._once_more(session, order, cpu, done)
        if done.report is None:
            if session.dead:
                self.current = None
            self._keep(cell)
            return {"status": done.reason, "message": done.detail, "cpu": done.cpu}
        self._advance(done.link)
        self.past.append(cell | {"straight": retried or cell["locked"]})
        self._keep(cell)
        report = {
            k: v for k, v in done.report.items() if k in ("status", "outputs", "error", "message", "line")
        }
        self.output_left = max(0, self.output_left - len(json.dumps(report.get("outputs"))))
        return report | {"cpu": done.cpu, "retried": retried}

    def _once_more(self, session: Link, order: dict, cpu: float, first: Outcome) -> tuple[Outcome, bool]:
        """Run a cell again from before it, with bent names straight; it counts where it works."""
        self.spare = first.link
        again = self.order(session, order | {"straight": True}, cpu)
        self.spare = None
        retried = bool(again.report and again.report.get("status") == "ok")
        loser = first if retried else again
        if loser.link is not None:
            loser.link.close()
        chosen = again if retried else first
        chosen.cpu = round(first.cpu + again.cpu, 3)
        return chosen, retried

    def _advance(self, link: Link) -> None:
        old, self.current = self.current, link
        if old is not None and old not in self.kept.values():
            old.close()

    def _keep(self, cell: dict) -> None:
        for mark in cell["keep"]:
            if self.current is not None:
                self.kept[mark] = self.current

    def session(self) -> Link:
        """Return the session that stands; where it was killed, run again the cells that had worked."""
        if self.current is not None and not self.current.dead:
            return self.current
        self.rebuilt += 1
        kill(living(self.alone, os.getpid()))
        self.kept, self.current = {}, self._fresh()
        past, self.past = self.past, []
        for cell in past:
            order = {"do": "cell", "source": cell["source"], "locked": cell["locked"], "output": 0}
            done = self.order(
                self.current, order | {"straight": cell["straight"]}, self.limits["cpu_seconds"]
            )
            if done.link is not None:
                self._advance(done.link)
                self.past.append(cell)
            elif self.current.dead:
                return self.session()
            self._keep(cell)
        return self.current

    def _fresh(self) -> Link:
        ticket = secrets.token_hex(8)
        if os.fork() == 0:
            try:
                self.up.close()
                self.listener.close()
                for link in self.waiting:
                    link.line.close()
                self.start_session(self.name, ticket, self.job)
            finally:
                os._exit(70)
        until = time.monotonic() + self.limits["wall_seconds"]
        while time.monotonic() < until:
            self._wait(LOOK_EVERY)
            for link, message in self._messages():
                if message.get("ticket") == ticket:
                    self.waiting.remove(link)
                    return link
        raise RuntimeError("The notebook's first process did not start.")

    # ---- probes ------------------------------------------------------------------------------------------------------

    def probe(self, probe: dict) -> dict:
        """Have one name read, or one function called, in the state that the probe names."""
        order = {"do": "probe"} | {key: probe[key] for key in ("name", "inputs", "say", "given")}
        cpu = max(0.01, min(self.limits["total_cpu_seconds"] - self.spent(), probe["cpu"]))
        for _ in range(2):  # a session may turn out to have been killed by what ran later
            self._wait(0)
            session = self.kept.get(probe["state"])
            if session is None or session.dead:
                now = self.session()
                session = self.kept.get(probe["state"], now)
            done = self.order(session, order, cpu)
            if not session.dead or done.report or done.reason != "crashed":
                break
        if done.link is not None:
            done.link.close()
        answer = done.report.get("answer") if done.report else {"problem": done.reason, "detail": done.detail}
        return {"key": probe["key"], "answer": answer, "cpu": done.cpu}

    # ---- one order ---------------------------------------------------------------------------------------------------

    def order(self, session: Link, order: dict, cpu: float) -> Outcome:
        """Give one order, watch until it has ended, and clear away what it left running."""
        ticket = secrets.token_hex(8)
        before, began = self.usage(), time.monotonic()
        session.send(order | {"ticket": ticket, "cpu": cpu})
        watch = _Watch(self, before, began, cpu)
        outcome, pause = Outcome(), FIRST_LOOK
        while outcome.report is None and not self._is_over(session, outcome):
            self._wait(pause, session)
            self._read(session, ticket, outcome)
            if outcome.report is None:
                watch.look(session)
            pause = min(LOOK_EVERY, pause * 2)
        for _ in range(
            WAITING_LINKS
        ):  # a report that was sent before its sender ended is still on its way here
            if outcome.report is not None or not self._wait(0.0, session):
                break
            self._read(session, ticket, outcome)
        outcome.reason, outcome.detail = watch.reason or _how(outcome.status)
        goes_on = outcome.link.pid if outcome.link is not None and order["do"] == "cell" else None
        self.sweep(goes_on)
        outcome.cpu = round(self.usage().cpu - before.cpu, 3)
        return outcome

    def _read(self, session: Link, ticket: str, outcome: Outcome) -> None:
        for link, message in self._messages(session):
            if link is session and message.get("ended") == ticket:
                outcome.status = message.get("status")
            elif link is not session and message.get("ticket") == ticket and outcome.report is None:
                outcome.report, outcome.link = message, link
                self.waiting.remove(link)

    def _is_over(self, session: Link, outcome: Outcome) -> bool:
        """Return whether no report can come any more: the child died, or nobody is left who could send one."""
        if outcome.status:
            return True
        return (outcome.status == 0 or session.dead) and not self.strangers()

    def _wait(self, seconds: float, session: Link | None = None) -> bool:
        """Wait for something to happen; take new lines, read what came, and end when the trusted side is gone."""
        lines = [
            link
            for link in (session, *self.kept.values(), *self.waiting)
            if link is not None and not link.dead
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

    def _messages(self, session: Link | None = None):
        for link in (session, *list(self.waiting)):
            while link is not None and (message := link.take()) is not None:
                yield link, message
        self.waiting = [link for link in self.waiting if not link.dead or link.buffer]

    # ---- processes ---------------------------------------------------------------------------------------------------

    def strangers(self) -> list[int]:
        """Return the processes that are neither the referee nor a session that stands."""
        ours = {
            link.pid for link in (self.current, self.spare, *self.kept.values()) if link and not link.dead
        }
        return strangers_of(living(self.alone, os.getpid()), ours)

    def sweep(self, but: int | None = None) -> None:
        """End every stranger but one; again and again, because a fork bomb forks while it is being ended."""
        for _ in range(SWEEPS):
            left = [pid for pid in self.strangers() if pid != but]
            kill(left)
            if not left:
                return

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

    def __init__(self, referee: Referee, before: Usage, began: float, cpu: float) -> None:
        self.referee, self.cpu_end, self.wall_end = (
            referee,
            before.cpu + cpu,
            began + referee.limits["wall_seconds"],
        )
        self.last, self.looked, self.idle = before.cpu, began, 0.0
        self.reason: tuple[str, str] | None = None

    def look(self, session: Link) -> None:
        """Look at the processes once; from the first limit that is passed on, end them."""
        usage, now = self.referee.usage(), time.monotonic()
        resting = usage.cpu <= self.last and not usage.wants_processor
        self.idle = self.idle + now - self.looked if resting else self.idle
        self.last, self.looked = usage.cpu, now
        if self.reason is None:
            self.reason = self._passed(usage, now)
            self.since = now
        if self.reason is not None:
            kill(self.referee.strangers())
            if now - self.since > GRACE:  # even the session does not answer: what it learned stops it
                kill([session.pid])

    def _passed(self, usage: Usage, now: float) -> tuple[str, str] | None:
        limits = self.referee.limits
        if usage.cpu > self.cpu_end:
            return "timeout", "cpu"
        if self.idle > limits["idle_seconds"]:
            return "timeout", "idle"
        if now > self.wall_end:
            return "timeout", "wall"
        if usage.count > limits["processes"]:
            return "crashed", "processes"
        own = self.referee.baseline
        if usage.memory - usage.count * own > limits["memory_bytes"]:  # shared pages are in there many times
            return ("memory", "") if self.referee.memory() - own > limits["memory_bytes"] else None
        return None


def _how(status: int | None) -> tuple[str, str]:
    """Say how a child ended that was not ended from here."""
    if status and os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return ("timeout", "cpu") if number == signal.SIGXCPU else ("crashed", signal.Signals(number).name)
    return "crashed", "exit"

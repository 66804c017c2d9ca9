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
import socket
import time
from collections.abc import Callable

from autograder.inside.link import Link
from autograder.inside.orders import LOOK_EVERY, Orders, Outcome

__all__ = ["Referee"]


class Referee:
    """One submission from its job to its last answer."""

    def __init__(self, up: socket.socket, start: Callable[[str, str, dict], None], alone: bool) -> None:
        self.up, self.start_session = up, start
        self.orders = Orders(up, self._standing, alone)
        self.current: Link | None = None
        self.kept: dict[str, Link] = {}
        self.spare: Link | None = None  # a failed attempt that may still be the one to go on from
        self.past: list[dict] = []
        self.incoming = bytearray()

    def _standing(self) -> list[Link]:
        links = (self.current, self.spare, *self.kept.values())
        return list({link.pid: link for link in links if link is not None and not link.dead}.values())

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
        self.limits = self.orders.limits = self.job["limits"]
        self.output_left = self.limits["output_bytes"]
        self.rebuilt = 0
        for number, cell in enumerate(self.job["cells"]):
            self.tell({"cell": {"number": number} | self.cell(cell)})
        self.tell({"ran": True})
        while "end" not in (message := self.hear()):
            self.tell({"answer": self.probe(message["probe"])})
        self.orders.sweep()
        own = os.times()
        self.tell({"done": {"cpu": round(self.orders.spent() + own.user + own.system, 3)}})

    # ---- cells -------------------------------------------------------------------------------------------------------

    def cell(self, cell: dict) -> dict:
        """Run one cell; where it fails among bent names, once more among straight ones."""
        if cell["skip"]:
            return {"status": "crashed", "cpu": 0.0}
        left = self.limits["total_cpu_seconds"] - self.orders.spent()
        if left <= 0 or self.rebuilt > len(self.job["cells"]):
            self._keep(cell)
            return {"status": "not run", "cpu": 0.0}
        order = {"do": "cell", "source": cell["source"], "locked": cell["locked"], "output": self.output_left}
        session, cpu = self.session(), min(left, self.limits["cpu_seconds"])
        done = self.orders.order(session, order | {"straight": cell["locked"]}, cpu)
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
        again = self.orders.order(session, order | {"straight": True}, cpu)
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
        self.orders.wait(0)  # one that was killed is noticed now
        if self.current is not None and not self.current.dead:
            return self.current
        self.rebuilt += 1
        self.kept, self.current = {}, None
        self.orders.sweep()
        self.current = self._fresh()
        past, self.past = self.past, []
        for cell in past:
            order = {"do": "cell", "source": cell["source"], "locked": cell["locked"], "output": 0}
            done = self.orders.order(
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
                self.orders.listener.close()
                for link in self.orders.waiting:
                    link.line.close()
                self.start_session(self.orders.name, ticket, self.job)
            finally:
                os._exit(70)
        until = time.monotonic() + self.limits["wall_seconds"]
        while time.monotonic() < until:
            self.orders.wait(LOOK_EVERY)
            for link, message in self.orders.messages():
                if message.get("ticket") == ticket:
                    self.orders.waiting.remove(link)
                    return link
        raise RuntimeError("The notebook's first process did not start.")

    # ---- probes ------------------------------------------------------------------------------------------------------

    def probe(self, probe: dict) -> dict:
        """Have one name read, or one function called, in the state that the probe names."""
        order = {"do": "probe"} | {key: probe[key] for key in ("name", "calls", "given", "source")}
        cpu = max(0.01, min(self.limits["total_cpu_seconds"] - self.orders.spent(), probe["cpu"]))
        for _ in range(2):  # a session may turn out to have been killed by what ran later
            self.orders.wait(0)
            session = self.kept.get(probe["state"])
            if session is None or session.dead:
                now = self.session()
                session = self.kept.get(probe["state"])
                session = now if session is None or session.dead else session
            done = self.orders.order(session, order, cpu)
            if not session.dead or done.report or done.reason != "crashed":
                break
        if done.link is not None:
            done.link.close()
        found = done.report.get("answers") if done.report else None
        if type(found) is not list or len(found) != len(probe["calls"]):
            found = [{"problem": done.reason, "detail": done.detail}] * len(probe["calls"])
        return {"key": probe["key"], "answers": found, "cpu": done.cpu}

"""Runs one cell or one call, each in a process of its own.

The idea: a session is a process that holds the notebook's state and waits. Told to run a cell it forks; the child runs
the cell and, if it lives, becomes the next session. If the child dies, loops or is killed, the session still stands,
with the state from before the cell. A hidden case is called in a child that answers and ends.

Protocol (`autograder.inside.link`). Orders to a session: ``{"do": "cell" | "probe", "ticket", "cpu", …}``.
From a child, on a line of its own: ``{"ticket", …}``, its report. From a session: ``{"ended": ticket, "status"}`` when a
child has ended.

What this file does not do: decide what a report means, or watch the clock (`autograder.inside.referee`).
"""

# ruff: noqa: PTH109, PTH123, PTH208  (bare system calls: a student may have bent this interpreter)

from __future__ import annotations

import math
import os
import random
import resource
import select
import sys
import threading
from time import monotonic, sleep

from autograder import answers
from autograder.inside.link import Link, connect
from autograder.inside.namespaces import show_to_debuggers
from autograder.inside.shell import NotebookShell, Outputs
from autograder.inside.surroundings import Surroundings

__all__ = ["MESSAGE", "Session"]

MESSAGE = 500  # characters of an error's message
JOIN_SECONDS = 1.0  # how long a cell's own threads may go on after its last line
FORK_SECONDS = 20.0  # on a busy machine it takes a while until killed processes are gone
SPOILED = 71  # how a process ends in which no further cell can run
BOUNDS = (
    *(resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_STACK, resource.RLIMIT_FSIZE),
    *(resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE),
)

# Bound now: a student may overwrite the modules' attributes.
_bare_fork, _exit, _getpid, _wait, _pidfd = os.fork, os._exit, os.getpid, os.waitpid, os.pidfd_open
_AT_ONCE = os.WNOHANG
_type, _str, _len, _print_ok = type, str, len, str.isprintable


_random = random.random.__self__  # the generator behind random.random(), random.seed() and the others
_getstate, _setstate = random.Random.getstate, random.Random.setstate


def _fork() -> int:
    """Fork without the reseeding that Python does: ``random.seed(1)`` in one cell must hold in the next."""
    state = _getstate(_random)
    child = _bare_fork()
    if child == 0:
        _setstate(_random, state)
    return child


def _fork_when_there_is_room() -> int:
    """Fork; where what was ended still holds all places, wait until the kernel has cleared it away."""
    until = monotonic() + FORK_SECONDS
    while True:
        try:
            return _fork()
        except OSError:
            if monotonic() > until:
                raise
            sleep(0.01)


def _bury() -> None:
    """Wait for the children that the last cell left and that were ended since: each holds one of the few places."""
    try:
        while _wait(-1, _AT_ONCE)[0]:
            pass
    except ChildProcessError:
        return


class Session:
    """The notebook's state in a process that waits for orders."""

    def __init__(
        self, name: str, shell: NotebookShell, surroundings: Surroundings, data: dict, limits: dict
    ) -> None:
        self.name, self.shell, self.surroundings, self.limits = name, shell, surroundings, limits
        self._prepare(data)

    def _prepare(self, data: dict) -> None:
        show_to_debuggers()
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)
        sys.modules["autograder"].given.update(data["sets"])
        self.shell.user_ns["STUDENT"] = os.environ["HLM_STUDENT"] = data["student"]
        memory = int(self.limits["memory_bytes"]) + _address_space()
        _limit(resource.RLIMIT_AS, memory)
        _limit(resource.RLIMIT_FSIZE, int(self.limits["disk_bytes"]))
        _limit(resource.RLIMIT_NOFILE, 512)
        _limit(resource.RLIMIT_CORE, 0)
        if self.limits["count_processes"]:
            _limit(resource.RLIMIT_NPROC, int(self.limits["processes"]))
        self.bounds = {which: resource.getrlimit(which) for which in BOUNDS}
        random.seed(0)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(0)
        for name, text in data["files"].items():
            with open(name, "w", encoding="utf-8") as file:
                file.write(text)
        self.surroundings.home = os.getcwd()
        sys.path.insert(0, "")
        self.surroundings.lists["path"].insert(0, "")

    def serve(self, ticket: str) -> None:
        """Report for the first time, then wait, fork and wait again; this never returns."""
        report: dict = {"ticket": ticket}
        while True:
            link = self._call(report)
            order = self._wait_for_order(link)  # returns in a child only
            link.line.close()
            report = {"ticket": order["ticket"]}
            _limit(resource.RLIMIT_CPU, math.ceil(order["cpu"]) + 2)
            if order["do"] == "probe":
                report |= self.probe(order)
                self.surroundings.straighten()
                self._call(report)
                _exit(0)
            me = _getpid()
            report |= self.cell(order)
            if _getpid() != me:
                _exit(0)  # a fork made by the cell itself: the notebook goes on in the first process only
            if not self._can_go_on():
                _exit(SPOILED)
            try:
                if (_threads_left() or _half_used(order["cpu"])) and _fork():
                    _exit(0)  # what continues is a fork: threads stay behind, the processor time starts anew
            except OSError:
                continue  # the cell left no room for another process; what fills it is ended after the report

    def _can_go_on(self) -> bool:
        """Return whether another cell could run here: limits as they were, and an interpreter that does the simplest things.

        A hard limit that was lowered cannot be raised again, nor can an audit hook be taken away. The notebook then goes on
        from before the cell.
        """
        try:
            for which, (soft, hard) in self.bounds.items():
                if resource.getrlimit(which)[1] != hard:
                    return False
                resource.setrlimit(which, (soft, hard))
            exec(compile("import math\ndef f(x): return x + 1\ny = f(1)", "<trial>", "exec"), {})
            open(os.devnull).close()
        except BaseException:
            return False
        return True

    def _call(self, report: dict) -> Link:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        try:
            link = connect(self.name)
        except OSError:
            os.closerange(hard - 8, hard)  # every descriptor was used up
            link = connect(self.name)
        if soft == hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard - 8, hard))
        link.send(report)
        return link

    def _wait_for_order(self, link: Link) -> dict:
        """Fork for each order that comes and return it in the child; the session itself stays in here."""
        children: dict[int, tuple[int, str]] = {}
        while True:
            waiting = select.poll()
            for descriptor in (link.fileno(), *children):
                waiting.register(descriptor, select.POLLIN)
            ready = [descriptor for descriptor, _ in waiting.poll()]
            for descriptor in ready:
                if descriptor in children:
                    child, ticket = children.pop(descriptor)
                    os.close(descriptor)
                    link.send({"ended": ticket, "status": _wait(child, 0)[1]})
            if link.fileno() in ready:
                link.fill()
            while (order := link.take()) is not None:
                if not children:
                    _bury()
                child = _fork_when_there_is_room()
                if child == 0:
                    for descriptor in children:
                        os.close(descriptor)
                    return order
                children[_pidfd(child)] = (child, order["ticket"])
            if link.dead:
                _exit(0)

    # ---- a cell ------------------------------------------------------------------------------------------------------

    def cell(self, order: dict) -> dict:
        """Run one cell like a notebook does: what it did before it failed, stays."""
        outputs = self.shell.outputs = Outputs(int(order["output"]))
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = outputs.stream
        before = dict(self.shell.user_ns)
        self.surroundings.notice(order["source"])
        threads = set(threading.enumerate())
        if order["straight"]:
            with self.surroundings.straight():
                error = self._run(order["source"])
        else:
            error = self._run(order["source"])
        until = monotonic() + JOIN_SECONDS
        for thread in set(threading.enumerate()) - threads:
            thread.join(max(0.0, until - monotonic()))
        self.surroundings.straighten()
        if order["locked"]:
            self.surroundings.remember(before)
        report = {"status": "ok", "outputs": outputs.finish()}
        if error is not None:
            report |= {"status": "raised", "bent": bool(self.surroundings.bent())} | self._describe(error)
        return report

    def _run(self, source: str) -> BaseException | None:
        try:
            result = NotebookShell.run_cell(self.shell, source, store_history=True)
        except BaseException as error:
            return error
        return result.error_before_exec or result.error_in_exec

    def _describe(self, error: BaseException) -> dict:
        return {"error": _clean(_type(error).__name__, 60), "message": _message(error), "line": _line(error)}

    # ---- calls -------------------------------------------------------------------------------------------------------

    def probe(self, order: dict) -> dict:
        """Read a name, or call the function of that name with the inputs of one or several cases."""
        outputs = self.shell.outputs = Outputs(0)
        sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = outputs.stream
        for name, given in order["given"].items():
            value = given["value"]
            self.shell.user_ns[name] = _stand_in(value) if given["call"] else answers.decode(value)
        if order["source"]:
            self._run(order["source"])
        return {"answers": [self._answer(order["name"], call) for call in order["calls"]]}

    def _answer(self, name: str, call: dict) -> dict:
        value = self.shell.user_ns.get(name, self)
        if value is self:
            return {"problem": "missing", "detail": ""}
        if call["inputs"] is None or value is ... or value is None:
            return answers.write_answer(value)
        try:
            if not self.surroundings.bent():
                return self._ask(value, call["inputs"])
            try:
                return self._ask(value, call["inputs"])
            except BaseException:
                with self.surroundings.straight():
                    return self._ask(value, call["inputs"])
        except MemoryError:
            return {"problem": "memory", "detail": ""}
        except BaseException as error:
            detail = _clean(_type(error).__name__, 60)
            return {
                "problem": "raised",
                "detail": f"{detail}: {_message(error)}"[:200] if call["say"] else detail,
            }

    def _ask(self, function, inputs: dict) -> dict:
        return answers.write_answer(answers.call(function, {k: answers.decode(v) for k, v in inputs.items()}))


# ---- small things ----------------------------------------------------------------------------------------------------


def _stand_in(value: list):
    """Return a function that gives a value, made anew each time, whatever it is called with."""
    return lambda *args, **kwargs: answers.decode(value)


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _threads_left() -> bool:
    return _len(os.listdir("/proc/self/task")) > 1


def _half_used(cpu: float) -> bool:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime > cpu / 2


def _clean(text: object, length: int) -> str:
    """Return bounded plain text of something that should be a string."""
    if _type(text) is not _str:
        return ""
    return "".join([c if _print_ok(c) else " " for c in text[:length]])


def _message(error: BaseException) -> str:
    """Return what an error says; an error whose own ``__str__`` fails says nothing."""
    try:
        return _clean(_str(error), MESSAGE)
    except BaseException:
        return ""


def _line(error: BaseException) -> int | None:
    """Return the line of the cell in which an error arose: the innermost frame that lies in a cell."""
    if isinstance(error, SyntaxError):
        return error.lineno if _type(error.lineno) is int else None
    found, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.startswith("<ipython-input"):
            found = step.tb_lineno
        step = step.tb_next
    return found

"""Many submissions: run and judged by several processes of this machine, each with a warm jail of its own.

The idea: to run and judge a submission is a function from bytes to a text (`run_work`), with no gradebook in sight. What
goes to a process is JSON (the notebook's cells, the term's seed, the limits), what comes back is JSON (`autograder.record`);
nothing is pickled. A process that is lost, killed by the machine or by mistake, is replaced and its submission run once
more; lost twice, that submission alone gets a fault. Every text is kept by the caller's `keep` the moment it arrives, before
the next submission is begun, so that a kill at any moment costs the submissions in flight and no other.

Student code never runs in these processes: they are the trusted side, and each starts its own jail (`autograder.sandbox`).

What this file does not do: hand work to other machines (`autograder.cluster`), decide what has to be graded or write a mark
(`course.class_grading`).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import record, sandbox
from autograder.grade import GraderFault, exercises_of, grade_notebook
from autograder.limits import Limits
from autograder.sandbox import SandboxUnavailable

__all__ = ["Keep", "Work", "run_here", "run_work"]

TRIES = 2
COMMAND = [sys.executable, "-m", "autograder.schedule"]
Keep = Callable[[str, str], None]  # (student, the record's text): called from other threads
_one_at_a_time = threading.Lock()  # a worker of a cluster may have several threads, but it has one jail


@dataclass(frozen=True)
class Work:
    """One submission to run and judge, with all that this takes.

    Parameters
    ----------
    student
        The id of the folder that it came in.
    assignment
        The assignment's id.
    cells
        The notebook's cells: kind, source and nbgrader's metadata.
    seed
        The term's seed, from which the hidden cases are drawn: whoever runs the work is trusted with it.
    helpers
        The student's own modules, name → text.
    others
        Ids of the other students.
    limits
        Limits by name (`autograder.limits.Limits`).
    isolation
        See `autograder.sandbox.run`.
    hide
        A folder that no submission may see, where the work is run on this machine: the course.
    expects
        What must be installed where it is run (`autograder.cluster.installed`); empty: this machine, so no matter.
    """

    student: str
    assignment: str
    cells: Sequence[Mapping[str, Any]]
    seed: str
    helpers: Mapping[str, str] = field(default_factory=dict)
    others: Sequence[str] = ()
    limits: Mapping[str, float] = field(default_factory=dict)
    isolation: str = "bwrap"
    hide: str = ""
    expects: Mapping[str, str] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        """Return the work as it travels: one line of JSON."""
        cells = [
            {
                "cell_type": cell["cell_type"],
                "source": "".join(cell["source"]),
                "metadata": {"nbgrader": dict(cell.get("metadata", {}).get("nbgrader", {}))},
            }
            for cell in self.cells
        ]
        return json.dumps(vars(self) | {"cells": cells}).encode()


def run_work(line: bytes) -> str:
    """Run and judge one submission; return its record, or the record of a fault.

    Parameters
    ----------
    line
        A `Work` as bytes.

    Examples
    --------
    >>> record.fault_in(run_work(Work("ana", "ps02", [], "seed", limits={"cpu": 5}).as_bytes()))
    "ValueError: There is no limit 'cpu'. The limits are: cpu_seconds, ..."
    """
    try:
        work = Work(**json.loads(line))
        if work.hide:
            sandbox.hide(Path(work.hide))
        with _one_at_a_time:
            graded = grade_notebook(
                work.cells,
                exercises_of(work.cells),
                work.student,
                work.seed,
                assignment=work.assignment,
                others=work.others,
                helpers=work.helpers,
                limits=Limits.of(work.limits),
                isolation=work.isolation,
            )
        return record.write(graded, work.cells)
    except (GraderFault, SandboxUnavailable) as fault:
        return record.fault_text(str(fault))
    except (
        Exception
    ) as problem:  # a mistake of ours: told to the teacher, and never the next student's concern
        return record.fault_text(f"{type(problem).__name__}: {problem}")


def run_here(works: Sequence[Work], workers: int, keep: Keep) -> Iterator[tuple[str, str]]:
    """Run works on this machine; yield (student, record) as they come, in any order.

    Parameters
    ----------
    works
        What to run.
    workers
        How many processes, at least one.
    keep
        Called with each student and record as soon as it is there, from another thread, also while the caller is busy.

    Notes
    -----
    When the iterator is closed (or Ctrl-C ends it), the processes are ended with everything that they started.
    """
    team = _Team(works, keep)
    threads = [threading.Thread(target=team.work, daemon=True) for _ in range(min(workers, len(works)))]
    for thread in threads:
        thread.start()
    try:
        for _ in works:
            arrived = team.arrived.get()
            if isinstance(arrived, BaseException):
                raise arrived
            yield arrived
    finally:
        team.stop()
        for thread in threads:
            thread.join()


class _Team:
    """Threads that each keep one process busy."""

    def __init__(self, works: Sequence[Work], keep: Keep) -> None:
        self.keep = keep
        self.waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()
        for work in works:
            self.waiting.put(work)
        self.arrived: queue.SimpleQueue[tuple[str, str] | BaseException] = queue.SimpleQueue()
        self.stopped = threading.Event()
        self.processes: set[_Process] = set()

    def work(self) -> None:
        """Take works until there are none; what goes wrong here is the caller's to know."""
        process = None
        try:
            while not self.stopped.is_set():
                work = self.waiting.get_nowait()
                process, text = self._run(process, work.as_bytes())
                if text is None:
                    return
                self.keep(work.student, text)
                self.arrived.put((work.student, text))
        except queue.Empty:
            return
        except BaseException as problem:
            self.arrived.put(problem)
        finally:
            if process is not None:
                self.processes.discard(process)
                process.close()

    def _run(self, process: _Process | None, line: bytes) -> tuple[_Process | None, str | None]:
        """Run one work, in a new process where the old one is lost; no text if the team was stopped."""
        for _ in range(TRIES):
            if process is None:
                process = _Process()
                self.processes.add(process)
                if self.stopped.is_set():
                    return process, None
            text = process.run(line)
            if text is not None:
                return process, text
            self.processes.discard(process)
            process.close()
            process = None
            if self.stopped.is_set():
                return None, None
        return None, record.fault_text(
            f"The process that graded this was ended {TRIES} times over, not by the submission, which runs in the sandbox. "
            "Look whether the machine is short of memory, then grade it again."
        )

    def stop(self) -> None:
        """End what still runs."""
        self.stopped.set()
        for process in list(self.processes):
            process.end()


class _Process:
    """One process that runs works: a line of JSON in, a line of JSON out."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[1],
            start_new_session=True,  # Ctrl-C is for the teacher's command, which ends this one in order
        )

    def run(self, line: bytes) -> str | None:
        """Return the record of one work, or None if the process was lost."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(line + b"\n")
            self.process.stdin.flush()
            said = self.process.stdout.readline()
        except OSError:
            return None
        return said.decode() if said.endswith(b"\n") else None

    def end(self) -> None:
        """Ask the process to end now."""
        self.process.terminate()

    def close(self) -> None:
        """Let the process end, and wait for it."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


# ---- in the process --------------------------------------------------------------------------------------------------


def serve() -> None:
    """Run each work that stands on standard input; end when there are no more, or when the teacher's command is gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # in order: the jail is ended, its folder removed
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not stand among the answers
    for line in sys.stdin.buffer:
        answers.write(run_work(line).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve()

"""Running many submissions: what is promised when processes die, and what may travel."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from autograder import record, schedule
from autograder.cluster import ClusterError, differences, installed, run_on_cluster
from autograder.grade import exercises_of, grade_notebook
from autograder.schedule import Work, run_here, run_work

RIGHT = "def shrinkage_factor(se, tau):\n    return se**2 / (se**2 + tau**2)"
LOOPS = "def shrinkage_factor(se, tau):\n    while True: pass"
ABOUT = {"locked": False, "schema_version": 3, "task": False}


def cells(source=RIGHT):
    """Return a notebook of one exercise."""
    answer = ABOUT | {"grade_id": "shrinkage_factor__solution", "grade": False, "solution": True}
    marked = ABOUT | {"grade_id": "shrinkage_factor", "grade": True, "solution": False, "points": 2}
    return [
        {"cell_type": "code", "source": "import numpy as np\nprint('hello')", "metadata": {}},
        {"cell_type": "code", "source": source, "metadata": {"nbgrader": answer}},
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": marked}},
    ]


def work(student, source=RIGHT, **more):
    """Return one student's work."""
    return Work(student, "ps03", cells(source), "a seed", **more)


def children():
    """Return the processes that this one has started to run works."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == os.getpid() and b"autograder.schedule" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue
    return found


def wait_for(condition, seconds=600):
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


# ---- records ---------------------------------------------------------------------------------------------------------


@pytest.mark.sandbox
def test_a_record_says_the_same_as_what_was_graded(jail):
    """Does a submission that went through JSON have the verdicts, evidence, outputs and times that it had before?"""
    made = cells("def shrinkage_factor(se, tau):\n    return se / (se + tau)")
    graded = grade_notebook(made, exercises_of(made), "ana", "a seed", assignment="ps03")
    text = record.write(graded, made)
    assert record.read(text) == graded
    assert record.points_in(text) == {"shrinkage_factor": 0.5}
    assert record.fault_in(text) == "" and record.notebook_in(text) == record.digest_of_cells(made)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"student": 1, "verdicts": []}', "\x80", "nul", '{"fault": "x"}']
)
def test_what_is_no_record_is_refused(text):
    """Is every other text refused with one kind of error?"""
    with pytest.raises(record.RecordError):
        record.read(text)


def test_a_forged_verdict_is_refused():
    """Is a record with an outcome that does not exist, or evidence of the wrong kind, refused?"""
    verdict = {"exercise": "a", "outcome": "perfect", "credit": 9, "message": "", "misconception": None, "details": [], "carried": False}  # fmt: skip
    said = {
        "student": "a",
        "isolation": "bwrap",
        "cpu_seconds": 0,
        "wall_seconds": 0,
        "cells": {},
        "evidence": {},
    }
    with pytest.raises(record.RecordError, match="perfect"):
        record.read(json.dumps(said | {"verdicts": {"a": verdict}}))


def test_a_mistake_of_ours_is_a_fault_and_no_crash():
    """Does work that cannot be read give a fault, whatever is wrong with it?"""
    for line in (b"", b"{}", b"\xff", work("ana", limits={"nonsense": 1}).as_bytes()):
        assert record.fault_in(run_work(line))


# ---- processes of this machine ---------------------------------------------------------------------------------------


@pytest.mark.sandbox
def test_a_killed_process_loses_nothing(jail):
    """If the process is killed in the middle of a submission: is that one run again, and each one's record kept once?"""
    kept: list[str] = []
    works = [work("loops", LOOPS, limits={"cpu_seconds": 2}), *(work(f"s{n}") for n in range(3))]
    arriving = run_here(works, 1, lambda student, text: kept.append(student))

    def kill():
        wait_for(children)
        time.sleep(1.0)
        os.kill(children()[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    arrived = dict(arriving)
    killer.join()
    assert sorted(kept) == ["loops", "s0", "s1", "s2"] == sorted(arrived)
    outcomes = {s: record.read(text).verdicts["shrinkage_factor"].outcome for s, text in arrived.items()}
    assert outcomes == {"loops": "not yet", "s0": "correct", "s1": "correct", "s2": "correct"}
    assert children() == []


FAKE = """import sys
for line in sys.stdin:
    if '"dies"' in line: sys.exit(1)
    if '"hangs"' in line: import time; time.sleep(1000)
    print('{"fault": "none"}', flush=True)
"""


def test_a_submission_that_takes_its_process_along_twice_is_a_fault_of_its_own(monkeypatch):
    """If the process is lost with the same submission twice: are all others run, and is that one told to the teacher?"""
    monkeypatch.setattr(schedule, "COMMAND", [sys.executable, "-c", FAKE])
    arrived = dict(run_here([work(s) for s in ("a", "dies", "b", "c")], 2, lambda student, text: None))
    assert "ended 2 times" in record.fault_in(arrived.pop("dies"))
    assert set(arrived) == {"a", "b", "c"} and {record.fault_in(t) for t in arrived.values()} == {"none"}


def test_stopping_ends_every_process_and_keeps_what_arrived(monkeypatch):
    """If the caller stops (Ctrl-C): is what arrived kept, nothing left running, and a hanging process no obstacle?"""
    monkeypatch.setattr(schedule, "COMMAND", [sys.executable, "-c", FAKE, "autograder.schedule"])
    kept: list[str] = []
    arriving = run_here([work(s) for s in ("a", "hangs", "b")], 1, lambda student, text: kept.append(student))
    assert next(arriving)[0] == "a" and children()
    began = time.monotonic()
    arriving.close()
    assert kept == ["a"] and children() == [] and time.monotonic() - began < 60


def test_what_cannot_be_kept_stops_the_run(monkeypatch):
    """If keeping a record fails (a full disk), does the caller hear of it at once?"""
    monkeypatch.setattr(schedule, "COMMAND", [sys.executable, "-c", FAKE])

    def keep(student, text):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        list(run_here([work(s) for s in "abc"], 2, keep))


# ---- a cluster -------------------------------------------------------------------------------------------------------


def test_workers_with_other_versions_are_refused_in_a_sentence():
    """Is a worker with another version, another state of the course or no sandbox told apart, and the same one accepted?"""
    here = installed()
    assert differences(here, here) == here["sandbox"]
    assert "pandas is 1.0 there" in differences(here | {"pandas": "1.0"}, here)
    assert "the course's code is 0 there" in differences(here | {"the course's code": "0"}, here)
    assert differences(here | {"sandbox": "bwrap is missing."}, here) == "bwrap is missing."


def test_a_cluster_that_cannot_be_used_is_said():
    """Is work without a sandbox refused on a cluster, and an address where nobody answers a sentence?"""
    pytest.importorskip("distributed")
    with pytest.raises(ClusterError, match="in the sandbox only"):
        next(run_on_cluster([work("ana", isolation="process")], "tcp://127.0.0.1:1", lambda s, t: None))
    with pytest.raises(ClusterError, match="No Dask scheduler answers at nonsense"):
        next(run_on_cluster([work("ana")], "nonsense://127.0.0.1:1", lambda s, t: None))

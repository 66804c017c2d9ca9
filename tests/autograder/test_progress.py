"""A learner's own record: it is never lost, never in the way, and says what is due."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder import progress
from autograder.exercise import Verdict

START = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HLM_HOME", str(tmp_path / "record"))
    monkeypatch.setattr(progress, "_memory", [])
    return tmp_path / "record"


def attempt(id_, outcome, day=0, hour=0):
    verdict = Verdict(id_, outcome, 1.0 if outcome == "correct" else 0.0, "A sentence.")
    progress.record_attempt(verdict, START + timedelta(days=day, hours=hour))


def test_what_is_recorded_can_be_read_back(home):
    """Do attempts, hints and bets come back in order, with their time, and without an answer among them?"""
    attempt("f", "not yet")
    progress.record_hint("f")
    progress.record_bet("slope", "c", 70, True)
    assert [e["kind"] for e in progress.events()] == ["attempt", "hint", "bet"]
    assert progress.attempts("f")[0]["outcome"] == "not yet" and progress.attempts("g") == []
    assert progress.bets()[0] | {"at": ""} == {
        "at": "",
        "kind": "bet",
        "id": "slope",
        "choice": "c",
        "sure": 70.0,
        "right": True,
        "lesson": "",
    }
    assert (home / "progress.jsonl").stat().st_mode & 0o077 == 0


def test_an_empty_answer_is_no_attempt(home):
    """Does running an unsolved lesson leave the record as it was?"""
    for outcome in ("not attempted", "manual", "refused"):
        attempt("f", outcome)
    assert progress.events() == [] and not home.exists()


def test_hints_start_again_after_success():
    """Are hints counted from the last time the exercise went right?"""
    progress.record_hint("f")
    progress.record_hint("f")
    progress.record_hint("g")
    assert progress.hints_taken("f") == 2
    attempt("f", "not yet")
    assert progress.hints_taken("f") == 2
    attempt("f", "correct")
    assert progress.hints_taken("f") == 0


@pytest.mark.parametrize(
    "spoil",
    [
        b"\x00\xff\xfe",
        b"{not json}\n",
        b'{"at": "yesterday", "kind": "hint", "id": "f"}\n',
        b"[]\n",
        b'{"kind"',
    ],
)
def test_a_damaged_record_is_kept_aside_and_said(home, spoil, capsys):
    """Are unreadable lines kept byte for byte in a file of their own, the rest read, and is it said once?"""
    attempt("f", "correct")
    path = home / "progress.jsonl"
    path.write_bytes(path.read_bytes() + spoil)
    progress.record_hint("g")  # also after a line that was torn off
    assert [e["kind"] for e in progress.events()] == ["attempt", "hint"]
    said = capsys.readouterr().out
    (aside,) = home.glob("progress-unreadable-*")
    assert str(aside) in said and aside.read_bytes().strip() == spoil.strip()
    assert [e["kind"] for e in progress.events()] == ["attempt", "hint"]
    assert capsys.readouterr().out == ""
    assert sorted(p.suffix for p in home.iterdir()) == [".jsonl", ".txt"]


@pytest.mark.parametrize("obstacle", ["a file in its place", "no permission", "the record is a folder"])
def test_a_folder_that_cannot_be_written_is_never_in_the_way(home, obstacle, monkeypatch):
    """Does everything work in memory where nothing can be written?"""
    if obstacle == "a file in its place":
        home.write_text("")
    elif obstacle == "the record is a folder":
        (home / "progress.jsonl").mkdir(parents=True)
    else:

        def refuse(*args, **kwargs):
            raise PermissionError(13, "denied")

        monkeypatch.setattr(progress.os, "open", refuse)
    attempt("f", "not yet")
    progress.record_hint("f")
    assert progress.hints_taken("f") == 1 and len(progress.attempts()) == 1


def test_no_home_at_all_is_no_obstacle(monkeypatch):
    """Does it work for a user without a home folder?"""
    monkeypatch.delenv("HLM_HOME")

    def none():
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", staticmethod(none))
    assert progress._file().name == "progress.jsonl"


def write_many(folder, name):
    import os

    os.environ["HLM_HOME"] = folder
    for _number in range(200):
        progress.record_hint(name)


def test_two_notebooks_at_once_lose_nothing(home):
    """Do two processes that write at the same time leave every line whole?

    One may find the other half-way and begin with a line end of its own: a blank line is no loss.
    """
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=write_many, args=(str(home), name)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    lines = [json.loads(line) for line in (home / "progress.jsonl").read_text().splitlines() if line]
    assert sorted(e["id"] for e in lines) == ["a"] * 200 + ["b"] * 200


def due(day, hour=0):
    return progress.due(START + timedelta(days=day, hours=hour))


def test_what_went_right_comes_back_later_and_later():
    """Is an exercise due after 1, 3, 7, 14, 30, 30 … days, if it goes right each time?"""
    day = 0
    for step in (1, 3, 7, 14, 30, 30):
        attempt("f", "correct", day)
        attempt("f", "correct", day, hour=1)  # twice on a day counts once
        assert due(day + step) == () and due(day + step, 1) == ("f",)
        day += step


def test_what_went_wrong_comes_back_the_next_day():
    """Does an attempt that was not right start the steps again?"""
    attempt("f", "correct", 0)
    attempt("f", "correct", 1)
    attempt("f", "partly", 5)
    assert due(6) == ("f",)
    attempt("f", "correct", 6)
    assert due(6, 23) == () and due(7) == ("f",)


def test_the_longest_overdue_comes_first():
    """Is the order that of what has waited longest, a confident wrong bet among them?"""
    attempt("late", "not yet", 3)
    attempt("early", "not yet", 0)
    progress.record_bet("sure", "a", 90, False, START + timedelta(days=2))
    progress.record_bet("unsure", "a", 50, False, START)
    progress.record_bet("right", "a", 90, True, START)
    assert due(10) == ("early", "sure", "late")
    progress.record_bet("sure", "b", 90, True, START + timedelta(days=10))
    assert due(11) == ("early", "late")

"""What a learner sees of their own record: where they stand, what is due, and what comes next."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from autograder import progress, shelf
from autograder.exercise import Verdict
from autograder.home import home_html, home_text, next_text, review

LONG_AGO = datetime.now(UTC) - timedelta(days=60)


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    """Give each test a record of its own."""
    monkeypatch.setenv("HLM_HOME", str(tmp_path))
    monkeypatch.setattr(progress, "_lesson", "")


def right(task, when=LONG_AGO):
    """Record that a task went right."""
    progress.record_attempt(Verdict(task, "correct", 1.0, ""), when)


def test_the_shelf_holds_the_lessons_in_order():
    """Are the lessons found with their titles, and their tasks in the order of the notebook?"""
    states = {state.id: state for state in shelf.lessons()}
    assert list(states) == sorted(states) and states["02"].title == "Lesson 02: Three ways to pool"
    assert [task.id for task in states["02"].tasks][:2] == ["partial_means", "common_slope"]
    assert not states["02"].begun and not states["02"].done


def test_what_went_right_counts_once():
    """Does a task count when it went right once, and only then?"""
    progress.record_attempt(Verdict("common_slope", "not yet", 0.0, ""))
    right("partial_means")
    right("partial_means")
    (state,) = [s for s in shelf.lessons() if s.id == "02"]
    assert state.right == {"partial_means"} and state.tried == {"partial_means", "common_slope"}


def test_the_next_task_is_in_the_lesson_that_was_begun():
    """Does the learner go on where they began, at the first open task, and after that at the first lesson?"""
    right("shrinkage_factor")
    state, task = shelf.next_task(shelf.lessons())
    assert (state.id, task.id) == ("03", "pooled_target")
    for done in state.tasks:
        right(done.id)
    state, _task = shelf.next_task(shelf.lessons())
    assert state.id == shelf.lessons()[0].id


def test_nothing_is_next_when_all_is_done():
    """Is the end said in a sentence?"""
    for state in shelf.lessons():
        progress.record_open(state.id)
        for task in state.tasks:
            right(task.id, datetime.now(UTC))
    assert shelf.next_task(shelf.lessons()) is None
    assert "Every task of every lesson has gone right once" in next_text()


def test_a_lesson_reviews_only_what_came_before_it(capsys):
    """Does lesson 03 ask again for what lesson 02 taught, and lesson 02 for nothing of its own?"""
    right("common_slope")
    review("02")
    assert "Nothing from earlier lessons is due" in capsys.readouterr().out
    review("03")
    said = capsys.readouterr().out
    assert "One slope, an intercept for each school" in said and "02_three_ways_to_pool.ipynb" in said


def test_a_lost_bet_comes_back_in_a_later_lesson():
    """Is a question on which a confident bet was lost named, with the lesson that asked it?"""
    progress.record_open("02", LONG_AGO)
    progress.record_bet("Which moves most?", "the largest", 90, False, LONG_AGO)
    (item,) = shelf.due(before="03")
    assert (item.title, item.lesson, item.is_bet) == ("Which moves most?", "02", True)
    assert shelf.due(before="02") == []


def test_the_first_page_is_links_and_text():
    """Is the page free of scripts, are its names escaped, and does every link lead to a lesson?"""
    progress.record_open("02", LONG_AGO)
    progress.record_bet("<script>alert(1)</script>", "b", 90, False, LONG_AGO)
    page = home_html()
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "90 % sure: 0 of 1 prediction came true" in page
    names = {path.name for path in shelf.files().values()}
    links = {link.split('"')[0].split("#")[0] for link in page.split('href="')[1:]}
    assert links and links <= names


def test_the_first_page_says_the_same_in_text():
    """Does the text name each lesson with what went right?"""
    right("common_slope", datetime.now(UTC))
    assert "◐ Lesson 02: Three ways to pool (1 of 5 tasks right)" in home_text()


def test_without_lessons_it_is_said(tmp_path, monkeypatch):
    """Is a folder without lessons no error but a sentence?"""
    monkeypatch.setattr(shelf, "folders", lambda: [tmp_path])
    assert "There are no lessons here" in next_text() and "There are no lessons here" in home_html()


def test_an_older_record_is_read():
    """Are bets of a record that knew no lessons still read?"""
    progress.record_bet("Old?", "b", 90, False, LONG_AGO)
    file = progress._file()
    event = json.loads(file.read_text())
    del event["lesson"]
    file.write_text(json.dumps(event) + "\n")
    (item,) = shelf.due()
    assert item.lesson == "" and "Old?" in next_text()

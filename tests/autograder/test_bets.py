"""Bets: predict, commit, reveal."""

from __future__ import annotations

import pytest

from autograder import bets


@pytest.fixture
def kept(monkeypatch):
    """What would be written into the learner's record."""
    written = []
    monkeypatch.setattr(bets, "_keep", lambda *bet: written.append(bet))
    return written


def test_a_bet_is_kept_with_its_outcome(kept, capsys):
    """Is a bet settled by the statement that holds, and is it kept with choice, confidence and outcome?"""
    bets.bet("slope", "b", sure=80)
    bets.settle("slope", a=False, b=True)
    bets.bet("slope", "(A)", sure=60)
    bets.settle("slope", a=False, b=True)
    assert kept == [("slope", "b", 80.0, True), ("slope", "a", 60.0, False)]
    assert "You said (a), 60 percent sure" in capsys.readouterr().out


def test_the_answer_does_not_follow_the_bet(kept, capsys):
    """Is the answer the statement that holds, whatever was bet?"""
    for choice in ("a", "b", "", "q"):
        bets.bet("slope", choice)
        capsys.readouterr()
        bets.settle("slope", a=False, b=True)
        assert "The answer is (b)" in capsys.readouterr().out


def test_a_bet_is_settled_once(kept, capsys):
    """Does running the figure's cell twice count the bet once?"""
    bets.bet("slope", "b")
    bets.settle("slope", a=False, b=True)
    bets.settle("slope", a=False, b=True)
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("choice", "sure"), [("", 50), (..., 50), (None, 50), ("b", 101), ("b", "high"), ("b", True)]
)
def test_what_is_no_bet_is_not_taken(kept, choice, sure):
    """Is an empty, odd or impossible bet refused in words, without an exception and without a record?"""
    bets.bet("slope", "", 50)
    bets.bet("slope", choice, sure)
    bets.settle("slope", a=False, b=True)
    assert kept == []


def test_a_choice_that_does_not_exist_is_not_kept(kept):
    """Is a letter that is not among the choices left out of the record?"""
    bets.bet("slope", "z")
    bets.settle("slope", a=False, b=True)
    assert kept == []


@pytest.mark.parametrize("holds", [{"a": False, "b": False}, {"a": True, "b": True}])
def test_an_author_cannot_write_a_question_without_one_answer(holds):
    """Does a question with no answer, or two, stop the build of the lesson?"""
    with pytest.raises(ValueError, match="Exactly one answer"):
        bets.settle("slope", **holds)

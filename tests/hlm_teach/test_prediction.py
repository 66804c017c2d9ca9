"""The predict gate in front of a figure."""

from __future__ import annotations

import matplotlib as mpl
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt

import autograder  # noqa: F401  (it listens to bets)
from autograder import progress
from hlm_teach.widgets import Prediction

ALT = "Two bars, A of height 1 and B of height 3."


def bet():
    """Return a fresh prediction about two bars."""
    figure, ax = plt.subplots()
    ax.bar(["A", "B"], [1, 3])
    return Prediction("Which bar is higher?", ["A", "B"], 1, "B is three times A.", figure, ALT)


def test_the_figure_stays_closed_until_committed():
    """Is the picture drawn, closed for pyplot, and shown only after a commitment?"""
    before = plt.get_fignums()
    made = bet()
    assert plt.get_fignums() == before
    assert not made.committed and made.was_right is None
    assert made.image.startswith("data:image/png;base64,") and len(made.image) > 1000
    made.commit("A", 60)
    assert made.committed and made.was_right is False


def test_a_bet_is_kept_in_the_learners_record():
    """Do choice and confidence reach the local record, once?"""
    made = bet()
    made.commit("B", 80)
    kept = progress.bets()
    assert [(b["id"], b["choice"], b["sure"], b["right"]) for b in kept] == [
        ("Which bar is higher?", "B", 80.0, True)
    ]


def test_the_page_needs_no_kernel_and_no_network(monkeypatch):
    """Does the saved page hold the picture with its alt text and no address?"""
    monkeypatch.setenv("HLM_WIDGETS", "page")
    data, _ = bet()._repr_mimebundle_()
    assert f'alt="{ALT}"' in data["text/html"]
    assert "http" not in data["text/html"].replace("http://www.w3.org/2000/svg", "")
    assert data["text/plain"] == ALT


@pytest.mark.parametrize(
    ("options", "answer", "said"),
    [(["A"], 0, "two options or more, but 1"), (["A", "B"], 2, "index of an option, 0 to 1, but it is 2")],
)
def test_a_question_without_an_answer_is_refused(options, answer, said):
    """Does the author hear what a prediction needs?"""
    with pytest.raises(ValueError, match=said):
        Prediction("Which?", options, answer, "", plt.figure(), ALT)

"""The widget of boundary fits in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import pytest
from browsing import (
    bet,
    press,
    reached,
    same_state,
    violations,
)

from hlm_teach.widgets import BoundaryFits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = BoundaryFits()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Space", "ArrowDown", "Tab", "Enter")
    assert "You answered C: in 20 to 45 %, 60 % sure: that holds." in page.locator(".gate").inner_text()
    w.commit("C", 60)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "select", "radio"} <= reached(page, 16)


def test_new_draw_asks_about_another_case(open_page):
    """After a bet, does New draw close the picture over the question that Python asks of the next case?"""
    w = BoundaryFits()
    page = open_page(w)
    bet(page, "A: ")
    page.get_by_role("button", name="New draw").click()
    w.commit("A", 80)
    w.redraw()
    same_state(w, page)
    assert w.question["text"] in page.locator(".gate").inner_text()
    assert page.locator("svg:visible").count() == 0
    bet(page, "B: ")
    w.commit("B", 80)
    same_state(w, page)
    assert w.question["because"] in page.locator(".gate").inner_text()


def test_controls_do_what_python_does(open_page):
    """Do arrow keys, the method, all remedies, the next data set, New draw, the preset and Reset lead to the states that Python says?"""
    w = BoundaryFits(question=False)
    page = open_page(w)
    page.get_by_label("J, the number of groups").focus()
    press(page, "ArrowRight", "ArrowRight")
    w.J = 8
    same_state(w, page)
    page.get_by_label("True ICC").fill("0.02")
    w.icc = 0.02
    same_state(w, page)
    page.get_by_label("ML", exact=True).check()
    w.method = "ML"
    for label, remedy in (
        ("drop the term", "drop"),
        ("a prior that avoids the boundary", "prior"),
        ("more groups", "groups"),
    ):
        before = page.locator(".open").inner_html()
        page.get_by_label(label).check()
        w.remedy = remedy
        same_state(w, page)
        assert page.locator(".open").inner_html() != before
        assert "NaN" not in page.locator(".open").inner_html()
    page.get_by_role("button", name="Next data set").click()
    w.number = 2
    same_state(w, page)
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    assert page.get_by_text("data set 1 of 500 · seed 2").is_visible()
    page.get_by_label("Data").select_option("1")
    w.preset = "dyestuff2"
    same_state(w, page)
    assert not page.get_by_label("J, the number of groups").is_visible()
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)


@pytest.mark.parametrize(
    "arguments",
    [{"icc": 0.0, "J": 3, "n": 2, "method": "ML"}, {"icc": 0.6, "J": 50, "n": 30, "remedy": "prior"}],
)
def test_corners_are_drawn(open_page, arguments):
    """At the ends of the dials: does the page say what Python says, with nothing that is no number?"""
    w = BoundaryFits(question=False, **arguments)
    page = open_page(w)
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()
    assert violations(page, "main") == []


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("BoundaryFits", "", "w.preset = 'dyestuff2'")
    bet(lab.page, "C: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    cell = lab.active_cell
    lab.page.get_by_label("J, the number of groups").focus()
    press(lab.page, *["ArrowRight"] * 3)
    lab.agreed(lambda s: s["J"] == 9)
    assert lab.active_cell == cell
    lab.page.get_by_label("True ICC").click(position={"x": 240, "y": 8})
    lab.agreed(lambda s: s["icc"] > 0.2)
    lab.page.get_by_label("a prior that avoids the boundary").check()
    lab.agreed(lambda s: s["remedy"] == "prior")
    lab.run(1)
    lab.agreed(lambda s: "a boundary fit" in s["sentence"])

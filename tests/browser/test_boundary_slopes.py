"""The widget of slopes at the boundary in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import pytest
from browsing import (
    bet,
    press,
    reached,
    same_state,
    violations,
)

from hlm_teach.widgets import BoundarySlopes

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = BoundarySlopes()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Space", "Tab", "Enter")
    assert "You answered C: in 35 to 60 %, 35 % sure: that holds." in page.locator(".gate").inner_text()
    w.commit("C", 35)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "radio"} <= reached(page, 14)


def test_new_draw_asks_about_another_case(open_page):
    """After a bet, does New draw close the picture over the question that Python asks of the next case?"""
    w = BoundarySlopes()
    page = open_page(w)
    bet(page, "B: ")
    page.get_by_role("button", name="New draw").click()
    w.commit("B", 80)
    w.redraw()
    same_state(w, page)
    assert w.question["text"] in page.locator(".gate").inner_text()
    bet(page, "A: ")
    w.commit("A", 80)
    same_state(w, page)
    assert w.question["because"] in page.locator(".gate").inner_text()


def test_controls_do_what_python_does(open_page):
    """Do arrow keys, the remedies, the next data set, New draw and Reset lead to the states that Python says?"""
    w = BoundarySlopes(question=False)
    page = open_page(w)
    for label, remedy in (
        ("drop the correlation", "apart"),
        ("drop the variance", "drop"),
        ("a prior that", "prior"),
    ):
        page.get_by_label(label).check()
        w.remedy = remedy
        same_state(w, page)
    page.get_by_label("True τ_1").focus()
    press(page, "ArrowRight", "ArrowRight")
    w.tau1 = 0.35
    same_state(w, page)
    page.get_by_label("True ρ").fill("-0.5")
    page.get_by_label("J, the number of groups").fill("30")
    w.rho, w.J = -0.5, 30
    same_state(w, page)
    page.get_by_role("button", name="Next data set").click()
    w.number = 2
    same_state(w, page)
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)


@pytest.mark.parametrize(
    "arguments",
    [{"J": 4, "n": 3, "tau1": 0.0}, {"J": 50, "n": 30, "tau1": 1.0, "rho": 0.9, "remedy": "prior"}],
)
def test_corners_are_drawn(open_page, arguments):
    """At the ends of the dials: does the page say what Python says, with nothing that is no number?"""
    w = BoundarySlopes(question=False, **arguments)
    page = open_page(w)
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()
    assert violations(page, "main") == []


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("BoundarySlopes", "", "w.J = 30")
    bet(lab.page, "C: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    lab.page.get_by_label("J, the number of groups").focus()
    press(lab.page, *["ArrowRight"] * 3)
    lab.agreed(lambda s: s["J"] == 11)
    lab.page.get_by_label("True τ_1").click(position={"x": 240, "y": 8})
    lab.agreed(lambda s: s["tau1"] > 0.35)
    lab.page.get_by_label("a prior that avoids the boundary").check()
    lab.agreed(lambda s: s["remedy"] == "prior")
    lab.run(1)
    lab.agreed(lambda s: s["J"] == 30)

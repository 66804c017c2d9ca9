"""The widget of few groups in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import pytest
from browsing import (
    bet,
    press,
    reached,
    same_state,
    violations,
)

from hlm_teach.widgets import FewGroups

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = FewGroups()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Space", "Tab", "Enter")
    assert "You answered C: 84 to 90, 35 % sure: that holds." in page.locator(".gate").inner_text()
    w.commit("C", 35)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "radio"} <= reached(page, 12)


def test_new_draw_asks_about_another_case(open_page):
    """After a bet, does New draw close the picture over the question that Python asks of the next case?"""
    w = FewGroups()
    page = open_page(w)
    bet(page, "A: ")
    page.get_by_role("button", name="New draw").click()
    w.commit("A", 80)
    w.redraw()
    same_state(w, page)
    assert w.question["text"] in page.locator(".gate").inner_text()
    bet(page, "B: ")
    w.commit("B", 80)
    same_state(w, page)
    assert w.question["because"] in page.locator(".gate").inner_text()


def test_controls_do_what_python_does(open_page):
    """Do arrow keys, all methods, two groups, New draw and Reset lead to the states that Python says?"""
    w = FewGroups(question=False)
    page = open_page(w)
    for label, method in (
        ("group means, t", "t"),
        ("cluster-robust", "robust"),
        ("mixed model", "lmm"),
        ("groups ignored", "rows"),
    ):
        before = page.locator(".main svg path").nth(0).get_attribute("d")
        page.get_by_label(label).check()
        w.method = method
        same_state(w, page)
        assert page.locator(".main svg path").nth(0).get_attribute("d") != before
    page.get_by_label("ICC", exact=True).fill("0.5")
    w.icc = 0.5
    same_state(w, page)
    page.get_by_label("J, the number of groups").focus()
    press(page, "ArrowLeft")
    w.J = 5
    same_state(w, page)
    press(page, *["ArrowLeft"] * 3)
    w.J = 2
    same_state(w, page)
    page.get_by_label("mixed model").check()
    w.method = "lmm"
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)


@pytest.mark.parametrize(
    "arguments", [{"J": 2, "method": "rows"}, {"J": 50, "n": 50, "icc": 0.8}, {"J": 4, "n": 2, "icc": 0.0}]
)
def test_corners_are_drawn(open_page, arguments):
    """At the ends of the dials: does the page say what Python says, with nothing that is no number?"""
    w = FewGroups(question=False, **arguments)
    page = open_page(w)
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()
    assert violations(page, "main") == []


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("FewGroups", "", "w.J = 30")
    bet(lab.page, "C: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    lab.page.get_by_label("J, the number of groups").focus()
    press(lab.page, *["ArrowRight"] * 3)
    lab.agreed(lambda s: s["J"] == 9)
    lab.page.get_by_label("ICC", exact=True).click(position={"x": 240, "y": 8})
    lab.agreed(lambda s: s["icc"] > 0.3)
    lab.page.get_by_label("cluster-robust").check()
    lab.agreed(lambda s: s["method"] == "robust")
    lab.run(1)
    lab.agreed(lambda s: s["J"] == 30)

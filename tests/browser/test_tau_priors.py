"""The widget of priors on τ in a real Chromium: a saved page without kernel or network, and JupyterLab."""

from __future__ import annotations

import pytest
from browsing import (
    bet,
    press,
    reached,
    same_state,
    screenshot,
    violations,
)

from hlm_teach.widgets import TauPriors

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = TauPriors()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "Tab", "Space", "Tab", "Enter")
    assert "35 % sure. It is A: towards 0" in page.locator(".gate").inner_text()
    w.commit("B", 35)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "select"} <= reached(page, 14)
    screenshot(page, "tau_priors")


def test_controls_do_what_python_does(open_page):
    """Do the family, its scale, the groups, the factor, a click on a row, Other groups and Reset lead to the states that Python says?"""
    w = TauPriors(question=False)
    page = open_page(w)
    assert not page.get_by_label("Scale of the prior").is_visible()
    page.get_by_label("Prior on τ").select_option("4")
    w.family = "inverse_gamma"
    same_state(w, page)
    page.get_by_label("Scale of the prior").focus()
    press(page, *["ArrowRight"] * 20)
    w.scales = {"inverse_gamma": 0.01}
    same_state(w, page)
    page.get_by_label("Groups used").focus()
    press(page, "End")
    w.J = 8
    same_state(w, page)
    page.get_by_label("Factor for the estimates").fill("2.5")
    w.inflate = 2.5
    same_state(w, page)
    page.locator(".side svg rect.hit").nth(6).click()
    w.selected = 6
    same_state(w, page)
    assert page.get_by_label("Group", exact=True).input_value() == "6"
    page.get_by_label("Prior on τ").select_option("1")
    w.family = "uniform"
    same_state(w, page)
    page.get_by_role("button", name="Other groups").click()
    w.redraw()
    same_state(w, page)
    assert page.get_by_text("beginning with B").is_visible()
    page.get_by_role("button", name="Reset").click()
    w.reset()
    w.selected = 0
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()


@pytest.mark.parametrize("family", ["inverse_gamma", "uniform"])
def test_corners_are_drawn(open_page, family):
    """With equal estimates and a prior with a spike or an edge: does the page say what Python says, with nothing that is no number?"""
    w = TauPriors([5.0, 5.0, 5.0], 2.0, family=family, question=False)
    page = open_page(w)
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()
    assert violations(page, "main") == []


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, list, arrow keys, and both directions between the traits and the picture."""
    lab = open_lab("TauPriors", "", "w.J = 8", "w.family = 'uniform'")
    bet(lab.page, "A: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    lab.page.get_by_label("Prior on τ").select_option("2")
    lab.agreed(lambda s: s["family"] == "half_normal")
    before = lab.active_cell
    lab.page.get_by_label("Scale of the prior").focus()
    press(lab.page, *["ArrowLeft"] * 6)
    lab.agreed(lambda s: abs(s["scales"].get("half_normal", 0) - 5.01) < 1e-9)
    assert lab.active_cell == before
    lab.run(1)
    lab.agreed(lambda s: "8 groups" in s["sentence"])
    lab.run(2)
    lab.agreed(lambda s: "uniform(0, 100)" in s["sentence"])

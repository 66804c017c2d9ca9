"""The widget of group-level predictors in a real Chromium: a saved page without kernel or network, and JupyterLab."""

from __future__ import annotations

import pytest
from browsing import (
    bet,
    click_at,
    press,
    reached,
    same_state,
    violations,
)

from hlm_teach.widgets import GroupPredictors

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def estimates(page) -> str:
    """Return where the diamonds of the picture are."""
    return page.locator(".main svg svg path").nth(6).get_attribute("d")


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = GroupPredictors()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "Tab", "Space", "Tab", "Enter")
    assert "35 % sure. It is A: the smaller groups'" in page.locator(".gate").inner_text()
    w.commit("B", 35)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "radio"} <= reached(page, 14)


def test_toggle_re_aims_in_place(open_page):
    """Do arrow keys on the toggle let the estimates travel to the line: through places between, to an end that stays?"""
    w = GroupPredictors(question=False)
    page = open_page(w)
    before = estimates(page)
    page.get_by_label("the mean", exact=True).focus()
    press(page, "ArrowDown")
    page.wait_for_timeout(250)
    between = estimates(page)
    page.wait_for_timeout(900)
    after = estimates(page)
    assert len({before, between, after}) == 3
    w.target = "line"
    same_state(w, page)
    page.wait_for_timeout(200)
    assert estimates(page) == after


def test_less_motion_means_no_travel(open_page):
    """Where less motion is asked for, are the estimates at the line at once?"""
    page = open_page(GroupPredictors(question=False), reduced_motion="reduce")
    page.get_by_label("the line", exact=True).check()
    at_once = estimates(page)
    page.wait_for_timeout(900)
    assert estimates(page) == at_once


def test_controls_do_what_python_does(open_page):
    """Do the dials, the sizes, the outlier, an edited group, New draw, the preset and Reset lead to the states that Python says?"""
    w = GroupPredictors(question=False)
    page = open_page(w)
    page.get_by_label("Level-2 R²").focus()
    press(page, "ArrowRight", "ArrowRight")
    w.r2 = 0.8
    same_state(w, page)
    page.get_by_label("Shift of the outlier group 8").fill("20")
    w.outlier = 20.0
    same_state(w, page)
    page.get_by_label("Group sizes").select_option("2")
    w.pattern = "ends"
    same_state(w, page)
    page.get_by_label("Group", exact=True).select_option("4")
    page.get_by_label("Rows in group 5").fill("33")
    w.set_group("group 5", n=33)
    same_state(w, page)
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    assert page.get_by_text("seed 7").is_visible()
    page.get_by_label("Data").select_option("1")
    w.preset = "radon"
    same_state(w, page)
    assert not page.get_by_text("seed 7").is_visible()
    page.get_by_label("Data").select_option("0")
    page.get_by_role("button", name="Reset").click()
    w.preset = "simulated"
    w.reset()
    same_state(w, page)


def test_click_selects_the_nearest_group(open_page):
    """Does a click near the largest u select that group?"""
    w = GroupPredictors(question=False)
    page = open_page(w)
    same_state(w, page)
    j = max(range(12), key=lambda k: w.u[k])
    box = page.locator(".main svg").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 30, box["y"] + 90)
    w.selected = j
    same_state(w, page)


@pytest.mark.parametrize(
    "arguments",
    [{"r2": 1.0, "seed": 8}, {"r2": 0.0, "outlier": -30.0}, {"preset": "radon", "target": "line"}],
)
def test_corners_are_drawn(open_page, arguments):
    """With τ̂ = 0, an outlier, and 85 counties: does the page say what Python says, with nothing that is no number?"""
    w = GroupPredictors(question=False, **arguments)
    page = open_page(w)
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()
    assert violations(page, "main") == []


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("GroupPredictors", "", "w.set_group('group 2', mean=60.0)", "w.preset = 'radon'")
    bet(lab.page, "A: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    lab.page.get_by_label("Level-2 R²").focus()
    press(lab.page, *["ArrowLeft"] * 4)
    lab.agreed(lambda s: abs(s["r2"] - 0.5) < 1e-9)
    click_at(lab.page, lab.page.get_by_label("Shift of the outlier group 8"), 0.9)
    lab.agreed(lambda s: s["outlier"] > 15)
    lab.page.get_by_label("the line", exact=True).check()
    lab.agreed(lambda s: s["target"] == "line")
    lab.run(1)
    lab.agreed(lambda s: s["selected"] == 1 and "60.00" in s["sentence"])
    lab.run(2)
    lab.agreed(lambda s: "85 groups" in s["sentence"])

"""The MRP board in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import re

import pytest
from browsing import (
    bet,
    press,
    reached,
    said,
    same_state,
    screenshot,
    violations,
)

from hlm_teach.widgets import MrpBoard

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation, raw or modelled?"""
    w = MrpBoard()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", *["ArrowDown"] * 3, "Tab", "Space", "ArrowDown", "Tab", "Enter")
    assert (
        "You answered D: MR and P, with the predictor of units, gdp, 60 % sure: that holds."
        in page.locator(".gate").inner_text()
    )
    w.commit("D", 60)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "select", "checkbox"} <= reached(page, 20)
    page.get_by_label("MR: predict every cell").check()
    page.get_by_label("P: weight the cells").check()
    w.mr = w.p = True
    same_state(w, page)
    assert violations(page, "main") == []
    screenshot(page, "mrp_board")


def test_new_poll_asks_about_another_unit(open_page):
    """After a bet and some switches, does New poll close the picture over the question that Python asks of the next poll?"""
    w = MrpBoard()
    page = open_page(w)
    bet(page, "A: ")
    page.get_by_label("P: weight the cells").check()
    page.get_by_role("button", name="New poll").click()
    w.commit("A", 80)
    w.p = True
    w.redraw()
    same_state(w, page)
    assert w.question["text"] in page.locator(".gate").inner_text()
    bet(page, "C: ")
    w.commit("C", 80)
    same_state(w, page)
    assert w.question["because"] in page.locator(".gate").inner_text()


def test_controls_do_what_python_does(open_page):
    """Do switches, dials, the silent unit, selection, New poll and Reset lead to the states that Python says?"""
    w = MrpBoard(question=False)
    page = open_page(w)
    assert not page.get_by_label("in MR, the interaction gdp × gender").is_visible()
    for label, name in (
        ("P: weight the cells", "p"),
        ("MR: predict every cell", "mr"),
        ("in MR, the predictor", "predictor"),
        ("in MR, the interaction", "interaction"),
    ):
        page.get_by_label(label).check()
        setattr(w, name, True)
        same_state(w, page)
    page.get_by_label("Respondents", exact=True).focus()
    press(page, "ArrowRight", "ArrowRight")
    w.n = 1000
    same_state(w, page)
    page.get_by_label("Units, the most populous first").focus()
    press(page, "ArrowLeft")
    w.J = 30
    same_state(w, page)
    page.get_by_label("Adversary: odds of answering").focus()
    press(page, "End")
    w.odds_y = 5.0
    same_state(w, page)
    page.get_by_label("Nobody answers in Sichuan").uncheck()
    w.silent = -1
    same_state(w, page)
    page.get_by_label("Unit", exact=True).select_option("7")
    page.get_by_label("Nobody answers in Zhejiang").check()
    w.selected = w.silent = 7
    same_state(w, page)
    assert "–" in page.locator("table").first.inner_text()
    page.get_by_role("button", name="New poll").click()
    w.redraw()
    same_state(w, page)
    assert page.get_by_text("seed 2").is_visible()
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)


def test_clicks_select(open_page):
    """Does a click in a row of cells, of estimates, or on a tile select that unit?"""
    w = MrpBoard(question=False)
    page = open_page(w)
    same_state(w, page)
    for picture, row in ((0, 12), (1, 30)):
        box = page.locator(".hlm .open svg").nth(picture).bounding_box()
        page.mouse.click(box["x"] + 100, box["y"] + 34 + 15 * row + 7)
        w.selected = row
        same_state(w, page)
    page.locator(".hlm svg text:has-text('HI')").last.click()
    w.selected = w.world["codes"].index("HI")
    same_state(w, page)


def test_own_population(open_page):
    """Does the board of one's own population, without a map's layout, draw and say what Python says?"""
    from hlm_teach import load

    cells = load("provinces31").query("region == 'West'").replace({"Tibet": "The roof <of> the world"})
    w = MrpBoard.from_data(
        cells, "province", "gdp", ("age", "gender"), mr=True, p=True, silent=11, question=False
    )
    page = open_page(w)
    same_state(w, page)
    assert page.locator(".hlm svg text", has_text=re.compile("^The$")).count() == 3
    assert "MR and P" in said(page)


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, switches, and both directions between the traits and the picture."""
    lab = open_lab("MrpBoard", "", "w.selected = 0", "w.n = 5000")
    bet(lab.page, "D: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    lab.page.get_by_label("Respondents", exact=True).focus()
    press(lab.page, *["ArrowLeft"] * 2)
    lab.agreed(lambda s: s["n"] == 600)
    lab.page.get_by_label("MR: predict every cell").check()
    lab.page.get_by_label("P: weight the cells").check()
    lab.agreed(lambda s: s["mr"] and s["p"])
    lab.page.get_by_label("Odds of answering: man").click(position={"x": 40, "y": 8})
    lab.agreed(lambda s: s["odds_a"] < 0.5)
    lab.run(1)
    lab.agreed(lambda s: "Selected is Guangdong" in s["sentence"])
    lab.run(2)
    lab.agreed(lambda s: "A simulated poll of 5000 people" in s["sentence"])

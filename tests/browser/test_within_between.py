"""The within–between widget in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hlm_teach.widgets import WithinBetween

sys.path.insert(0, str(Path(__file__).parent))
from browsing import (
    bet,
    click_at,
    press,
    reached,
    same_state,
    violations,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = WithinBetween()
    page = open_page(w)
    assert page.locator("svg").count() == 0 or not page.locator("svg").first.is_visible()
    same_state(w, page)
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Enter")
    assert "You answered B: negative, 80 % sure: that holds." in page.locator(".gate").inner_text()
    w.commit("B", 80)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "select", "checkbox"} <= reached(page, 12)


def test_arrow_keys_move_slopes_picture_and_sentence(open_page):
    """Does each arrow key move a dial by one step, and lines, formula and sentence with it?"""
    w = WithinBetween(question=False)
    page = open_page(w)
    before = page.locator(".main svg path").nth(6).get_attribute("d"), page.locator(".formulas").inner_text()
    page.get_by_label("Slope between group means").focus()
    press(page, *["ArrowRight"] * 4)
    w.between = -1.8
    same_state(w, page)
    after = page.locator(".main svg path").nth(6).get_attribute("d"), page.locator(".formulas").inner_text()
    assert before[0] != after[0]
    assert before[1] != after[1]
    page.get_by_label("ICC of x").focus()
    page.keyboard.press("Home")
    w.icc = 0.02
    same_state(w, page)
    assert page.get_by_label("ICC of x").get_attribute("aria-valuetext") == "0.02"


def test_new_draw_asks_again(open_page):
    """After a bet, does New draw close the picture over the question that Python asks, and take a second bet?"""
    w = WithinBetween()
    page = open_page(w)
    bet(page, "B: ")
    page.get_by_role("button", name="New draw").click()
    w.commit("B", 80)
    w.redraw()
    same_state(w, page)
    assert w.question["text"] in page.locator(".gate").inner_text()
    assert page.locator("svg:visible").count() == 0
    bet(page, "A: ")
    w.commit("A", 80)
    same_state(w, page)
    assert w.question["because"] in page.locator(".gate").inner_text()


def test_controls_do_what_python_does(open_page):
    """Do presets, sizes, Mundlak, New draw and Reset lead to the states that Python says?"""
    w = WithinBetween(question=False)
    page = open_page(w)
    page.get_by_label("J, the number of groups").fill("20")
    page.get_by_label("n, rows per group").fill("4")
    w.J, w.n = 20, 4
    same_state(w, page)
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    assert page.get_by_text("seed 69").is_visible()
    page.get_by_label("Add the group mean of x").check()
    w.mundlak = True
    same_state(w, page)
    assert "contextual" in page.locator(".formulas").inner_text()
    page.locator("select").select_option("2")
    w.preset = "hsb"
    same_state(w, page)
    assert "3.184" in page.locator(".open").inner_text()
    assert not page.get_by_role("button", name="New draw").is_visible()
    assert not page.get_by_label("J, the number of groups").is_visible()
    page.get_by_label("Slope within groups").fill("-3")
    w.within = -3.0
    same_state(w, page)
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)
    page.locator("select").select_option("0")
    w.preset = "reversal"
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("WithinBetween", "", "w.preset = 'homework'")
    page = lab.page
    bet(page, "A: positive", "leaning")
    assert lab.agreed(lambda s: s["committed"])["confidence"] == 60
    page.get_by_label("Slope within groups").focus()
    press(page, *["ArrowRight"] * 5)
    assert lab.active_cell == 0
    lab.agreed(lambda s: abs(s["within"] - 1.25) < 1e-9)
    click_at(page, page.get_by_label("ICC of x"), 0.2)
    lab.agreed(lambda s: 0.1 < s["icc"] < 0.3)
    page.locator(".hlm select").select_option("2")
    lab.agreed(lambda s: s["preset"] == "hsb" and abs(s["within"] - 2.191) < 1e-3)
    lab.run(1)
    lab.agreed(lambda s: s["preset"] == "homework" and abs(s["within"] - 2.137) < 1e-3)

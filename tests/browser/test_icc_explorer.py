"""The ICC explorer in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from hlm_teach.widgets import IccExplorer
from hlm_teach.widgets.icc_numbers import target

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
    w = IccExplorer()
    page = open_page(w)
    assert page.locator("svg:visible").count() == 0
    same_state(w, page)
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Space", "Tab", "Enter")
    assert "35 % sure. It is B: the ICC stays" in page.locator(".gate").inner_text()
    w.commit("C", 35)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "radio"} <= reached(page, 12)


def test_controls_do_what_python_does(open_page):
    """Do arrow keys, sizes, level, the preset, New draw and Reset lead to the states that Python says, and move the pictures?"""
    w = IccExplorer(question=False)
    page = open_page(w)
    before = [page.locator(".main svg path").nth(k).get_attribute("d") for k in (4, 5, 7, 8)]
    page.get_by_label("ICC", exact=True).focus()
    press(page, *["ArrowRight"] * 5)
    w.icc = 0.25
    same_state(w, page)
    after = [page.locator(".main svg path").nth(k).get_attribute("d") for k in (4, 5, 7, 8)]
    assert all(a != b for a, b in zip(before, after, strict=True))
    page.get_by_label("J, the number of groups").fill("7")
    page.get_by_label("n, rows per group").fill("2")
    page.get_by_label("varies inside groups only").check()
    w.J, w.n, w.level = 7, 2, 1
    same_state(w, page)
    assert "deff = 1 − ICC".replace(" ", "") in re.sub(r"\s", "", page.locator(".formulas").inner_text())
    page.get_by_role("button", name="160 schools of 45").click()
    w.icc, w.J, w.n = 0.18, 160, 45
    same_state(w, page)
    assert "807.2 independent" in page.locator(".side").inner_text()
    page.get_by_role("button", name="New draw").click()
    assert page.get_by_text("seed 3").is_visible()
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()


def test_new_draw_asks_again(open_page):
    """After a bet, does New draw close the picture over the question that Python asks, and take a second bet?"""
    w = IccExplorer()
    page = open_page(w)
    bet(page, "B: ")
    page.get_by_role("button", name="New draw").click()
    w.commit("B", 80)
    w.redraw()
    same_state(w, page)
    assert w.question["text"] in page.locator(".gate").inner_text()
    assert page.locator("svg:visible").count() == 0
    bet(page, "D: ")
    w.commit("D", 80)
    same_state(w, page)


def test_game_by_keyboard(open_page):
    """Can two rounds be played with keys alone, with the focus kept, the ICC hidden until the guess, and the score as in Python?"""
    w = IccExplorer(question=False)
    page = open_page(w)
    page.get_by_role("button", name="Play: find the ICC").focus()
    page.keyboard.press("Enter")
    w.play()
    same_state(w, page)
    assert violations(page, "main") == []
    assert f"{target(w.seed, 1):.2f}" not in page.locator(".hlm").inner_text()
    page.get_by_label("ICC", exact=True).fill(str(target(w.seed, 1) - 0.05))
    page.get_by_role("button", name="Commit to this ICC").focus()
    page.keyboard.press("Enter")
    w.icc = round(target(w.seed, 1) - 0.05, 2)
    assert w.check() == 85
    same_state(w, page)
    assert page.evaluate("document.activeElement.textContent") == "Next round"
    page.keyboard.press("Enter")
    w.play()
    same_state(w, page)
    page.keyboard.press("Enter")
    w.check()
    same_state(w, page)
    page.get_by_role("button", name="Leave the game").click()
    w.playing = False
    same_state(w, page)


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("IccExplorer", "", "w.n = 40")
    page = lab.page
    bet(page, "A: both grow", "leaning")
    assert lab.agreed(lambda s: s["committed"])["confidence"] == 60
    dial = page.get_by_label("ICC", exact=True)
    dial.focus()
    press(page, *["ArrowRight"] * 5)
    assert lab.active_cell == 0
    lab.agreed(lambda s: abs(s["icc"] - 0.25) < 1e-9)
    click_at(page, dial, 0.6)
    lab.agreed(lambda s: 0.45 < s["icc"] < 0.63)
    lab.run(1)
    lab.agreed(lambda s: s["n"] == 40)
    page.get_by_role("button", name="Play: find the ICC").click()
    page.get_by_role("button", name="Commit to this ICC").click()
    lab.agreed(lambda s: s["score"] > 0)

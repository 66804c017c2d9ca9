"""The varying-slopes widget in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hlm_teach.widgets import VaryingSlopes

sys.path.insert(0, str(Path(__file__).parent))
from browsing import (
    bet,
    click_at,
    drag,
    press,
    reached,
    same_state,
    screenshot,
    violations,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = VaryingSlopes()
    page = open_page(w)
    assert page.locator("svg:visible").count() == 0
    same_state(w, page)
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "Tab", "Space", "Tab", "Enter")
    assert (
        "You answered B: τ0 and the correlation, 35 % sure: that holds." in page.locator(".gate").inner_text()
    )
    w.commit("B", 35)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "select", "radio", "checkbox"} <= reached(page, 16)
    screenshot(page, "varying_slopes")


def test_origin_moves_intercepts_and_not_the_criterion(open_page):
    """By arrow keys: do τ0 and ρ follow the origin, in picture, formula and sentence, and does the criterion stay?"""
    w = VaryingSlopes(question=False)
    page = open_page(w)
    page.get_by_label("Where is Days = 0?").focus()
    press(page, *["ArrowRight"] * 18)
    w.origin = 4.5
    same_state(w, page)
    text = page.locator(".formulas").inner_text()
    assert "0.753" in text
    assert "1743.628" in text
    page.get_by_label("Without the correlation").check()
    w.uncorrelated = True
    same_state(w, page)
    assert page.get_by_text("Another origin is another model").is_visible()
    assert not page.get_by_label("ρ, their correlation").is_visible()
    page.get_by_label("Where is Days = 0?").fill("9")
    w.origin = 9.0
    same_state(w, page)
    assert violations(page, "main") == []


def test_controls_do_what_python_does(open_page):
    """Do ρ, τ1, the group, its line, the estimates and Reset lead to the states that Python says?"""
    w = VaryingSlopes(question=False)
    page = open_page(w)
    page.get_by_label("ρ, their correlation").fill("-0.5")
    w.chosen = [w.state.spread.tau0, w.state.spread.tau1, -0.5]
    same_state(w, page)
    page.get_by_role("button", name="To the REML estimates").click()
    w.chosen = []
    same_state(w, page)
    page.locator("select").select_option("3")
    w.selected = 3
    same_state(w, page)
    slope = page.get_by_label("Subject 330: slope of its own line")
    slope.focus()
    press(page, "ArrowRight", "ArrowRight")
    w.set_line("330", slope=float(slope.input_value()))
    same_state(w, page)
    assert page.get_by_text("You have moved a group's line").is_visible()
    page.get_by_label("over τ0 and τ1").check()
    assert page.locator("path.least").get_attribute("d")
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)


def test_dragging_a_circle_moves_a_line(open_page):
    """Does dragging a circle of the plane select its subject, move that line alone, and refit?"""
    page = open_page(VaryingSlopes(question=False))
    handle = page.locator('circle[data-group="8"]')
    before = page.locator(".formulas").inner_text()
    drag(page, handle, 30, -20)
    assert page.get_by_label("Subject 335: slope of its own line").is_visible()
    assert page.get_by_text("You have moved a group's line").is_visible()
    assert page.locator(".formulas").inner_text() != before
    assert "NaN" not in page.locator(".open").inner_html()


def odd(J: int, most: int, tau: float) -> pd.DataFrame:
    """Draw groups of one row and more, with a tiny x."""
    rng = np.random.default_rng(7)
    g = np.repeat(np.arange(J), rng.integers(1, most + 1, J))
    x = rng.uniform(0, 1e-3, len(g))
    return pd.DataFrame({"y": 1e3 * (tau * rng.normal(size=J)[g] + rng.normal(size=len(g))), "x": x, "g": g})


@pytest.mark.parametrize(
    "widget",
    [
        lambda: VaryingSlopes(odd(2, 9, 1.0), "y", "x", "g", question=False),
        lambda: VaryingSlopes(odd(6, 5, 0.0), "y", "x", "g", question=False),
        lambda: VaryingSlopes(odd(5000, 4, 1.0), "y", "x", "g", question=False),
        lambda: VaryingSlopes(tau0=0.0, tau1=0.0, rho=0.0, question=False),
        lambda: VaryingSlopes(tau0=10.0, tau1=2.0, rho=-1.0, question=False),
    ],
    ids=["two groups", "no spread", "5000 groups", "tau zero", "rho minus one"],
)
def test_odd_data_are_drawn_and_throw_nothing(open_page, widget):
    """Are data and states at the edges drawn without an error or NaN, with Python's sentence?"""
    w = widget()
    page = open_page(w)
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("VaryingSlopes", "", "w.set_line('308', slope=0.0)")
    page = lab.page
    bet(page, "D: ", "leaning")
    state = lab.agreed(lambda s: s["committed"])
    assert (state["choice"], state["confidence"]) == (3, 60)
    origin = page.get_by_label("Where is Days = 0?")
    origin.focus()
    press(page, *["ArrowRight"] * 4)
    assert lab.active_cell == 0
    lab.agreed(lambda s: s["origin"] == 1.0)
    click_at(page, origin, 0.5)
    lab.agreed(lambda s: 3.5 < s["origin"] < 5.5)
    drag(page, page.locator('.hlm circle[data-group="8"]'), 20)
    lab.agreed(lambda s: s["selected"] == 8 and s["lines"] != s["start"])
    lab.run(1)
    lab.agreed(lambda s: s["selected"] == 0 and s["lines"][0][1] == 0.0)
    page.get_by_label("Without the correlation").check()
    lab.agreed(lambda s: s["uncorrelated"])

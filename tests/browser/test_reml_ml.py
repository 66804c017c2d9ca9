"""The REML–ML widget in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

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

from hlm_teach.widgets import RemlMl

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = RemlMl()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "Tab", "Space", "ArrowDown", "Tab", "Enter")
    assert "You answered A: REML's only, 60 % sure: that holds." in page.locator(".gate").inner_text()
    w.commit("A", 60)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "select"} <= reached(page, 14)


def test_arrow_keys_move_dials_pictures_and_sentence(open_page):
    """Does each arrow key move a dial by one step, and histograms, curves, tables and sentence with it?"""
    w = RemlMl(question=False)
    page = open_page(w)
    same_state(w, page)

    def drawn():
        return page.locator(".open svg path").nth(0).get_attribute("d"), page.locator(".side").inner_text()

    for label, key, change in (("J, the number of groups", "ArrowRight", {"J": 5}), ("n, rows per group", "ArrowLeft", {"n": 9}),
                               ("p, the number", "ArrowRight", {"p": 2}), ("True τ", "ArrowRight", {"tau": 1.05})):  # fmt: skip
        before = drawn()
        page.get_by_label(label).focus()
        press(page, key)
        for name, value in change.items():
            setattr(w, name, value)
        same_state(w, page)
        assert all(a != b for a, b in zip(before, drawn(), strict=True))


def test_fewer_groups_leave_room_for_fewer_predictors(open_page):
    """Where J falls to 3, does p follow to 2 instead of leaving nothing to estimate τ from?"""
    w = RemlMl(J=10, p=8, question=False)
    page = open_page(w)
    page.get_by_label("J, the number of groups").fill("3")
    w.p, w.J = 2, 3
    same_state(w, page)
    page.get_by_label("p, the number").fill("8")
    page.wait_for_timeout(200)
    same_state(w, page)


def test_trap_presets_and_buttons_do_what_python_does(open_page):
    """Do ×10, its undoing, New draw, the preset and Reset lead to the states that Python says?"""
    w = RemlMl(question=False)
    page = open_page(w)
    page.get_by_role("button", name="×10 the predictor").click()
    w.rescale()
    same_state(w, page)
    assert "with 10·x" in page.locator(".side").inner_text()
    page.get_by_role("button", name="Undo the ×10").click()
    w.rescale()
    same_state(w, page)
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    assert page.get_by_text("seed 2").is_visible()
    page.get_by_label("Data").select_option("1")
    w.preset = "dyestuff"
    same_state(w, page)
    assert "37.26 by ML" in page.locator("[role=status]").inner_text()
    assert not page.get_by_label("J, the number of groups").is_visible()
    page.get_by_label("Group", exact=True).select_option("2")
    page.get_by_label("Mean of C").focus()
    press(page, "ArrowRight", "ArrowRight")
    said = "!document.querySelector('[role=status]').textContent.includes('τ̂ = 42.00 by REML')"
    page.wait_for_function(said)
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)


def test_mean_can_be_dragged(open_page):
    """Does a press on the picture of the means select the nearest group, and a drag move its mean?"""
    w = RemlMl(question=False)
    page = open_page(w)
    same_state(w, page)
    picture = page.locator(".two svg").nth(1)
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    x, y = box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30)
    page.mouse.up()
    page.wait_for_timeout(300)
    found = float(
        page.locator(".slider", has_text="Mean of 4").locator("output").inner_text().replace("−", "-")
    )
    assert found > w.means["4"] + 0.3
    w.set_group("4", found)
    same_state(w, page)


@pytest.mark.parametrize(
    "arguments",
    [{"tau": 0.0}, {"J": 50, "n": 30, "p": 8}, {"J": 3, "n": 2, "p": 2, "tau": 3.0}, {"preset": "dyestuff"}],
)
def test_corners_are_drawn(open_page, arguments):
    """At the corners of the dials: does the page say what Python says, with nothing that is no number?"""
    w = RemlMl(question=False, **arguments)
    page = open_page(w)
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()
    assert page.locator(".open svg").count() == 3


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("RemlMl", "", "w.J = 9", "w.preset = 'dyestuff'")
    bet(lab.page, "A: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    lab.page.get_by_label("True τ").focus()
    press(lab.page, *["ArrowRight"] * 4)
    lab.agreed(lambda s: abs(s["tau"] - 1.2) < 1e-9)
    click_at(lab.page, lab.page.get_by_label("n, rows per group"), 0.8)
    lab.agreed(lambda s: s["n"] > 18)
    lab.run(1)
    lab.agreed(lambda s: s["J"] == 9)
    lab.page.get_by_role("button", name="×10 the predictor").click()
    lab.agreed(lambda s: s["times"] == 10 and s["p"] == 2)
    lab.run(2)
    lab.agreed(lambda s: s["J"] == 6 and s["times"] == 1)

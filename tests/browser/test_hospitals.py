"""The widget of hospitals in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import pytest
from browsing import (
    bet,
    fits,
    press,
    reached,
    same_state,
    violations,
)

from hlm_teach.widgets import Hospitals

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation, the truth revealed or not?"""
    w = Hospitals()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "Tab", "Space", "ArrowDown", "Tab", "Enter")
    assert (
        "You answered A: in the smallest quarter, 60 % sure: that holds."
        in page.locator(".gate").inner_text()
    )
    w.commit("A", 60)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "select", "radio", "checkbox"} <= reached(page, 16)
    page.get_by_label("Reveal the truth").check()
    w.reveal = True
    same_state(w, page)
    assert violations(page, "main") == []


def test_new_draw_asks_about_another_case(open_page):
    """After a bet, does New draw close the picture over the question that Python asks of the new hospitals?"""
    w = Hospitals()
    page = open_page(w)
    bet(page, "B: ")
    page.get_by_role("button", name="New draw").click()
    w.commit("B", 80)
    w.redraw()
    same_state(w, page)
    assert w.question["text"] in page.locator(".gate").inner_text()
    bet(page, "E: ")
    w.commit("E", 80)
    same_state(w, page)
    assert w.question["because"] in page.locator(".gate").inner_text()


def test_controls_do_what_python_does(open_page):
    """Do targets, the truth, scoreboard, rule, dials, selection, New draw, preset and Reset lead to the states that Python says?"""
    w = Hospitals(question=False)
    page = open_page(w)
    for label, target in (("shrunk to the mean", "mean"), ("shrunk to the line of the volume", "line")):
        page.get_by_label(label).check()
        w.target = target
        same_state(w, page)
    page.get_by_label("Reveal the truth").check()
    w.reveal = True
    same_state(w, page)
    page.get_by_role("combobox", name="Scoreboard").select_option("2")
    page.get_by_label("Call a hospital bad if").select_option("1")
    w.measure, w.rule = "wrong", "two"
    same_state(w, page)
    page.locator("table").first.filter(has_text=str(w.scores("raw", "wrong")[4])).wait_for()
    page.get_by_label("Effect of log volume").focus()
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    w.effect = 1.5
    same_state(w, page)
    page.get_by_label("Hospital", exact=True).select_option("7")
    w.selected = 7
    same_state(w, page)
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    assert page.get_by_text("seed 2").is_visible()
    page.get_by_label("Data").select_option("1")
    w.preset = "heart_transplants"
    same_state(w, page)
    assert not page.get_by_label("Effect of log volume").is_visible()
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)


def test_case_mix_by_keyboard(open_page):
    """With the keyboard alone: do the case mix and each rate lead to the states and the table that Python says, with no axe violation?"""
    w = Hospitals(question=False)
    page = open_page(w)
    same_state(w, page)
    assert page.get_by_label("raw rates").is_visible()
    page.get_by_label("Case mix").focus()
    press(page, *["ArrowRight"] * 5)
    w.mix = 0.5
    same_state(w, page)
    press(page, "Tab")
    for standard in ("indirect", "direct"):
        press(page, "ArrowDown")
        w.standard = standard
        same_state(w, page)
        told = (
            page.locator("tr", has=page.get_by_role("rowheader", name=standard, exact=True))
            .inner_text()
            .split()
        )
        assert told[1:] == [
            f"{w.y[0]:.1f}",
            str(w.places("raw")[0]),
            *(f"{w.mean_place(standard, q):.0f}" for q in (0, 3)),
        ]
    assert page.get_by_label("rates not shrunk").is_visible()
    assert page.get_by_text("○ standardised rate").is_visible()
    assert violations(page, "main") == []
    page.get_by_label("shrunk to the line of the volume").check()
    page.get_by_label("Reveal the truth").check()
    w.target, w.reveal = "line", True
    same_state(w, page)
    fits(page)
    assert violations(page, "main") == []
    page.set_viewport_size({"width": 900, "height": 1000})
    assert "NaN" not in page.locator(".open").inner_html()
    assert "undefined" not in page.locator(".open").inner_html()
    page.get_by_label("Data").select_option("1")
    w.preset = "heart_transplants"
    same_state(w, page)
    assert not page.get_by_label("Case mix").is_visible()
    assert not page.get_by_role("group", name="Rates compared").is_visible()
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)


def test_clicks_select(open_page):
    """Does a click in the funnel select the nearest hospital, and one at the end of the list the last?"""
    w = Hospitals("heart_transplants", target="mean", question=False)
    page = open_page(w)
    same_state(w, page)
    box = page.locator(".side svg").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 9, box["y"] + 60)
    w.selected = int(w.fit.estimate.argmax())
    same_state(w, page)
    box = page.locator(".main svg").bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 325)
    w.selected = min((j for j in range(94) if w.y[j] == 0), key=lambda j: w.v[j])
    same_state(w, page)


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    lab = open_lab("Hospitals", "", "w.selected = 5", "w.preset = 'heart_transplants'")
    bet(lab.page, "A: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    lab.page.get_by_label("Effect of log volume").focus()
    press(lab.page, *["ArrowLeft"] * 2)
    lab.agreed(lambda s: abs(s["effect"] - 1.0) < 1e-9)
    lab.page.get_by_label("Spread of the log volume").click(position={"x": 60, "y": 8})
    lab.agreed(lambda s: s["spread"] < 0.7)
    lab.page.get_by_label("shrunk to the mean").check()
    lab.agreed(lambda s: s["target"] == "mean")
    lab.run(1)
    lab.agreed(lambda s: "hospital 6" in s["sentence"])
    lab.run(2)
    lab.agreed(lambda s: "94 hospitals" in s["sentence"])

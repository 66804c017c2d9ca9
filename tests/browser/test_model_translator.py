"""The model translator in a real Chromium: a saved page without kernel or network, and JupyterLab."""

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

from hlm_teach.widgets import ModelTranslator

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = ModelTranslator()
    page = open_page(w)
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert violations(page, "main") == []
    press(page, "Tab", "Space", "ArrowDown", "Tab", "Space", "Tab", "Enter")
    assert "35 % sure" in page.locator(".gate").inner_text()
    w.commit(1, 35)
    same_state(w, page)
    assert violations(page, "main") == []
    assert {"range", "button", "text", "checkbox", "select"} <= reached(page, 32)
    screenshot(page, "model_translator")


def test_every_pane_follows_the_formula(open_page):
    """Typed and entered: does a formula change words, equations, code, ticks, sliders and sentence, and is what is new marked?"""
    w = ModelTranslator(question=False)
    page = open_page(w)
    page.get_by_label("Formula").fill("math ~ homework*public + (homework||school)")
    press(page, "Enter")
    w.formula = "math ~ homework*public + (homework||school)"
    same_state(w, page)
    assert page.get_by_label("Formula").input_value() == w.formula
    words = page.locator(".words p").all_inner_texts()
    assert words == w.words
    assert len(page.locator(".open p.new").all()) >= 6
    code = page.locator(".code").inner_text()
    assert all(lines[0] in code for lines in w.code.values())
    assert page.get_by_label("the slope of homework depends on public").is_checked()
    assert not page.get_by_label("over school they are correlated").is_checked()
    assert page.locator(".slider label").first.inner_text() == "τ_0 · 1 | school"
    assert violations(page, "main") == []


def test_ticks_and_sliders_do_what_python_does(open_page):
    """Do ticks, sliders, a click on the covariance, New model, the preset and Reset lead to the states that Python says?"""
    w = ModelTranslator(question=False)
    page = open_page(w)
    page.get_by_label("over school they are correlated").click()
    w.toggle(["together", "school"])
    same_state(w, page)
    page.get_by_label("τ_1").focus()
    press(page, *["ArrowLeft"] * 20)
    w.values = {"school homework": 0.0}
    same_state(w, page)
    page.locator(".open svg").nth(1).locator("rect[stroke='#d0d7de']").nth(9 * 3 + 4).click()
    w.row, w.column = 3, 4
    same_state(w, page)
    page.get_by_label("Column of the covariance").focus()
    press(page, "ArrowLeft")
    w.column = 3
    same_state(w, page)
    page.get_by_role("button", name="γ homework × public").focus()
    press(page, "Enter")
    w.toggle(["fixed", ["homework", "public"]])
    same_state(w, page)
    assert page.get_by_role("button", name="γ homework × public").get_attribute("aria-pressed") == "true"
    assert page.get_by_label("the slope of homework depends on public").is_checked()
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)
    page.get_by_role("button", name="New model").click()
    w.redraw()
    same_state(w, page)
    page.get_by_label("Data").select_option("3")
    w.preset = "classes"
    same_state(w, page)
    assert "NaN" not in page.locator(".open").inner_html()


def test_wrong_formula_is_explained_and_changes_nothing(open_page):
    """Is a formula with two bars explained in an alert, kept in the box to be mended, and the model left as it was?"""
    w = ModelTranslator(question=False)
    page = open_page(w)
    page.get_by_label("Formula").fill("math ~ homework + (1 | homework | school)")
    press(page, "Enter")
    assert "(1 | homework | school) has two bars." in page.locator(".open [role=alert]").inner_text()
    page.wait_for_timeout(300)
    assert page.get_by_label("Formula").input_value() == "math ~ homework + (1 | homework | school)"
    same_state(w, page)
    assert violations(page, "main") == []
    page.get_by_label("public has an effect").click()
    w.toggle(["fixed", ["public"]])
    same_state(w, page)
    assert page.locator(".open [role=alert]").inner_text() == ""
    page.get_by_label("the slope of homework varies over school").click()
    page.get_by_label("the intercept varies over school").click()
    assert "Nothing varies over groups" in page.locator(".open [role=alert]").inner_text()
    assert page.get_by_label("the intercept varies over school").is_checked()


def test_new_model_asks_again(open_page):
    """Does New model close the gate over the question of the next case?"""
    w = ModelTranslator()
    page = open_page(w)
    bet(page, "A: ")
    page.get_by_role("button", name="New model").click()
    w.commit("A", 80)
    w.redraw()
    same_state(w, page)
    assert page.locator("svg:visible").count() == 0
    assert w.question["text"] in page.locator(".gate").inner_text()


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, formula, ticks and arrow keys, and both directions between the traits and the picture."""
    lab = open_lab("ModelTranslator", "", "w.formula = 'math ~ public + (1 | school)'", "w.preset = 'sleep'")
    bet(lab.page, "B: ", "leaning")
    lab.agreed(lambda s: s["committed"] and s["confidence"] == 60)
    lab.page.get_by_label("Formula").fill("math ~ homework + public + (1 | school)")
    press(lab.page, "Enter")
    lab.agreed(lambda s: s["formula"] == "math ~ 1 + homework + public + (1 | school)")
    before = lab.active_cell
    lab.page.get_by_label("τ_0").focus()
    press(lab.page, "ArrowRight", "ArrowRight")
    lab.agreed(lambda s: abs(s["values"].get("school 1", 0) - 6.6) < 1e-9)
    assert lab.active_cell == before
    lab.page.get_by_role("button", name="Reset").click()
    lab.agreed(lambda s: s["values"] == {} and "(1 + homework | school)" in s["formula"])
    lab.run(1)
    lab.agreed(lambda s: s["formula"] == "math ~ 1 + public + (1 | school)")
    lab.run(2)
    lab.agreed(lambda s: s["formula"].startswith("Reaction"))
    lab.page.get_by_role("button", name="New model").click()
    lab.agreed(lambda s: s["seed"] == 2 and s["preset"] == "pupils" and not s["committed"])

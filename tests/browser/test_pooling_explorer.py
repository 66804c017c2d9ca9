"""The pooling explorer in a real Chromium: as a saved page without kernel or network, and in JupyterLab with its kernel."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

from hlm_teach.widgets import PoolingExplorer

sys.path.insert(0, str(Path(__file__).parent))
from browsing import (
    bet,
    click_at,
    drag,
    press,
    reached,
    said,
    same_state,
    violations,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_gate_in_a_saved_page(open_page):
    """Without a kernel: is the picture closed until answer and confidence are given, and the answer then judged?"""
    w = PoolingExplorer()
    page = open_page(w)
    assert page.locator("svg").count() == 0
    assert not page.get_by_label("τ, the SD between groups").is_visible()
    same_state(w, page)
    page.get_by_role("button", name="Commit and open the picture").click()
    assert page.get_by_role("alert").inner_text() == "Choose an answer and say how sure you are."
    bet(page, "B: ")
    assert "80 % sure: that holds." in page.locator(".gate").inner_text()
    assert page.locator("svg path.estimate").count() == 12
    w.commit("B", 80)
    same_state(w, page)


def test_gate_by_keyboard_alone(open_page):
    """Can the bet be placed, and the picture be reached, with Tab, arrows, Space and Enter only?"""
    page = open_page(PoolingExplorer())
    press(page, "Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Space", "Tab", "Enter")
    assert "You answered C: group 12" in page.locator(".gate").inner_text()
    assert "35 % sure. It is B: group 4" in page.locator(".gate").inner_text()
    assert {"range", "button", "select", "radio", "checkbox"} <= reached(page, 30)


def test_arrow_keys_move_tau_and_the_sentence(open_page):
    """Does each arrow key move τ by one step, and picture, formula and sentence with it?"""
    w = PoolingExplorer(question=False)
    page = open_page(w)
    slider = page.get_by_label("τ, the SD between groups")
    before = page.locator("path.estimate").first.get_attribute("d")
    slider.focus()
    place = int(slider.input_value())
    page.keyboard.press("ArrowLeft")
    assert int(slider.input_value()) == place - 1
    assert page.locator("path.estimate").first.get_attribute("d") != before
    page.keyboard.press("Home")
    w.tau = 0
    same_state(w, page)
    assert slider.get_attribute("aria-valuetext") == "τ = 0.00"
    page.keyboard.press("End")
    w.tau = math.inf
    same_state(w, page)
    assert "→" in page.locator(".formulas").inner_text()


def test_controls_do_what_python_does(open_page):
    """Do stops, σ, sizes, means, target, truth, Reset and New draw lead to the states that Python says?"""
    w = PoolingExplorer(question=False)
    page = open_page(w)
    page.get_by_role("button", name="0 complete").click()
    page.get_by_role("button", name="REML 4.78").click()
    same_state(w, page)
    page.locator("select").select_option("4")
    w.selected = 4
    page.get_by_label("n of group 5", exact=True).fill("33")
    page.get_by_label("mean of group 5").fill("44.5")
    w.set_group(4, n=33, mean=44.5)
    page.get_by_label("σ, the SD within groups").fill("12.5")
    w.sigma = 12.5
    same_state(w, page)
    page.get_by_label("ȳ_all, the mean of all observations").check()
    page.get_by_label("Show the truth and the errors").check()
    w.target, w.show_truth = "all", True
    same_state(w, page)
    assert page.locator("path.truth").first.get_attribute("d")
    assert f"{w.errors['none']:.2f}" in page.locator(".bars").inner_text()
    page.get_by_role("button", name="Reset").click()
    w.reset()
    same_state(w, page)
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    assert page.get_by_text("seed 84").is_visible()


@pytest.mark.parametrize("mode", ["full", "path"])
def test_new_draw_asks_again(open_page, mode):
    """Without a kernel: does New draw close the gate over the new groups, with the keyboard where the question is?"""
    w = PoolingExplorer(mode=mode)
    page = open_page(w)
    bet(page, "B: ")
    page.get_by_role("button", name="New draw").click()
    w.redraw()
    same_state(w, page)
    assert not page.locator(".open").is_visible()
    assert page.locator(".gate legend").first.inner_text() == w.question["text"]
    press(page, "Space", "Tab", "Space", "Tab", "Enter")
    w.commit(0, 35)
    same_state(w, page)
    assert w.question["because"] in page.locator(".gate").inner_text()


def test_dragging_a_circle_moves_the_mean(open_page):
    """Does dragging a group's circle select it and move its mean, and nobody else's?"""
    page = open_page(PoolingExplorer(question=False))
    handle = page.locator('circle[data-group="6"]')
    handle.scroll_into_view_if_needed()
    others = [page.locator(f'circle[data-group="{j}"]').get_attribute("cx") for j in (5, 7)]
    before = handle.bounding_box()
    drag(page, handle, 40)
    after = handle.bounding_box()
    assert after["x"] == pytest.approx(before["x"] + 40, abs=1.5)
    assert page.get_by_label("mean of group 7").is_visible()
    assert [page.locator(f'circle[data-group="{j}"]').get_attribute("cx") for j in (5, 7)] == others
    assert "For group 7 (n = 12" in said(page)


def test_two_widgets_on_a_page_keep_apart(open_page, monkeypatch):
    """Do two widgets on one page, in the same state at first, each answer to their own controls?"""
    w = PoolingExplorer(question=False)
    one = w._repr_mimebundle_()[0]["text/html"]
    monkeypatch.setattr(w, "_repr_mimebundle_", lambda: ({"text/html": one + one}, {}))
    page = open_page(w)
    sliders = page.get_by_label("τ, the SD between groups")
    assert sliders.count() == 2
    first = sliders.nth(0).input_value()
    page.get_by_text("τ, the SD between groups").nth(1).click()
    page.keyboard.press("Home")
    assert [sliders.nth(i).input_value() for i in range(2)] == [first, "0"]
    page.get_by_label("ȳ_all, the mean of all observations").nth(1).check()
    assert page.get_by_label("μ̂, the precision-weighted mean").nth(0).is_checked()
    assert violations(page, "main") == []


def test_path_plays_and_pauses(open_page):
    """Does Play lead from complete to no pooling with no blank frame, and can it be paused?"""
    w = PoolingExplorer(mode="path", question=False)
    page = open_page(w)
    same_state(w, page)
    page.get_by_role("button", name="Play the path").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Pause").click()
    paused = page.get_by_label("τ, the SD between groups").input_value()
    assert 10 < int(paused) < 110
    page.wait_for_timeout(300)
    assert page.get_by_label("τ, the SD between groups").input_value() == paused
    page.get_by_role("button", name="Play the path").click()
    page.get_by_role("button", name="Play the path").wait_for(timeout=8000)
    w.tau = math.inf
    same_state(w, page)


def test_path_without_motion_goes_in_still_steps(open_page):
    """Where less motion is asked for, does Play show three still states instead of an animation?"""
    page = open_page(PoolingExplorer(mode="path", question=False), reduced_motion="reduce")
    page.evaluate("""() => { window.seen = new Set();
        const slider = document.querySelector('input[type=range]');
        const look = () => { seen.add(slider.getAttribute('aria-valuetext')); requestAnimationFrame(look); }; look(); }""")
    page.get_by_role("button", name="Play the path").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Play the path").wait_for(timeout=8000)
    assert page.evaluate("[...seen]") == ["τ = 0.00", "τ = 4.78", "τ = ∞"]


@pytest.mark.parametrize("mode", ["full", "path"])
def test_axe_finds_no_violation(open_page, mode):
    """Does axe-core find nothing wrong, before the bet and after it, with everything shown?"""
    page = open_page(PoolingExplorer(mode=mode))
    assert violations(page, "main") == []
    bet(page, "A: ", "a guess")
    if mode == "full":
        page.get_by_label("Show the truth and the errors").check()
    said(page)
    assert violations(page, "main") == []


@pytest.mark.parametrize(
    "widget",
    [
        lambda: PoolingExplorer([5.0, 5.0], [1, 1], 1e-6),
        lambda: PoolingExplorer([1e9, -1e9, 0.0], [1, 10**6, 3], 1e-3),
        lambda: PoolingExplorer(
            [k % 7 - 3.0 for k in range(5000)], [k % 50 + 1 for k in range(5000)], 1.0, question=False
        ),
        lambda: PoolingExplorer(
            [1.0, 2.0, 4.0], [3, 4, 5], 1.0, mode="path", units="", tau=math.inf, question=False
        ),
    ],
    ids=["all alike", "far apart", "5000 groups", "no units"],
)
def test_odd_data_are_drawn_and_throw_nothing(open_page, widget):
    """Are data at the edges drawn without an error, with Python's sentence?"""
    w = widget()
    page = open_page(w)
    if not w.committed:
        bet(page, "A: ", "sure")
        w.commit("A", 95)
    same_state(w, page)
    assert page.locator("svg path.estimate").count() == min(100, len(w.y))
    assert "NaN" not in page.locator(".open").inner_html()


def test_live_in_jupyterlab(open_lab):
    """In JupyterLab: gate, mouse, arrow keys, and both directions between the traits and the picture."""
    lab = open_lab(
        "PoolingExplorer", "", "w.set_group('group 2', n=55, mean=60.0)", "w.tau = float('inf')", "w.redraw()"
    )
    page = lab.page
    assert page.locator(".hlm svg, .hlm.static").count() == 0
    bet(page, "A: ", "leaning")
    state = lab.agreed(lambda s: s["committed"])
    assert (state["choice"], state["confidence"]) == (0, 60)
    assert page.locator(".hlm path.estimate").count() == 12

    slider = page.get_by_label("τ, the SD between groups")
    slider.focus()
    place, tau = int(slider.input_value()), state["tau"]
    press(page, *["ArrowRight"] * 5)
    assert int(slider.input_value()) == place + 5
    assert lab.active_cell == 0
    lab.agreed(lambda s: s["tau"] > 1.3 * tau)
    click_at(page, slider, 0.25)
    before = lab.agreed(lambda s: s["tau"] < tau)["y"][3]
    drag(page, page.locator('.hlm circle[data-group="3"]'), -30)
    lab.agreed(lambda s: s["selected"] == 3 and s["y"][3] < before - 1)

    lab.run(1)
    lab.agreed(lambda s: s["y"][1] == 60.0 and s["selected"] == 1)
    assert "For group 2 (n = 55, mean 60.0 points)" in said(page)
    lab.run(2)
    assert lab.agreed(lambda s: s["tau"] == "inf")["sentence"].startswith("τ = ∞, no pooling")
    lab.run(3)
    lab.agreed(lambda s: s["seed"] == 84 and not s["committed"])
    bet(page, "C: ", "a guess")
    assert lab.agreed(lambda s: s["committed"])["choice"] == 2

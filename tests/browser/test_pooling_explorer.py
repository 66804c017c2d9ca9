"""The pooling explorer in a real Chromium: as a saved page without kernel or network, and in JupyterLab with its kernel."""

from __future__ import annotations

import json
import math
import re
import sys
import time
from pathlib import Path

import pytest

from hlm_teach.widgets import PoolingExplorer

sys.path.insert(0, str(Path(__file__).parent))
from browsing import Watched, chromium, jupyterlab, notebook, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def open_page(browser, tmp_path):
    """Return a function that opens a widget as a saved page, offline; at the end nothing may have been thrown or asked for."""
    opened = []

    def opener(widget: PoolingExplorer, **context):
        html = widget._repr_mimebundle_()[0]["text/html"]
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>W1</title><main><h1>W1</h1>{html}</main></html>'
        file = tmp_path / f"page{len(opened)}.html"
        file.write_text(page, encoding="utf-8")
        watched = Watched(browser, offline=True, **context)
        opened.append((watched, file))
        watched.page.goto(file.as_uri())
        return watched.page

    yield opener
    for watched, file in opened:
        watched.context.close()
        assert watched.errors == []
        assert watched.requests == [file.as_uri()]


def said(page) -> str:
    """Return the sentence of the state once it has come to rest."""
    before = None
    for _attempt in range(40):
        now = page.locator(".hlm [role=status]").inner_text()
        if now and now == before:
            return now
        before = now
        page.wait_for_timeout(160)
    raise AssertionError(f"the sentence never came to rest: {now}")


def commit(page, letter: str = "B", sure: str = "fairly sure") -> None:
    page.locator(f".hlm label:has-text('{letter}: ')").click()
    page.locator(f".hlm label:has-text('{sure}')").first.click()
    page.get_by_role("button", name="Commit and open the picture").click()


def same_state(widget: PoolingExplorer, page) -> None:
    """Hold the page's sentence to the one Python says."""
    assert said(page) == widget.sentence


def test_gate_in_a_saved_page(open_page):
    """Without a kernel: is the picture closed until answer and confidence are given, and the answer then judged?"""
    w = PoolingExplorer()
    page = open_page(w)
    assert page.locator("svg").count() == 0
    assert not page.get_by_label("τ, the SD between groups").is_visible()
    same_state(w, page)
    page.get_by_role("button", name="Commit and open the picture").click()
    assert page.get_by_role("alert").inner_text() == "Choose an answer and say how sure you are."
    commit(page)
    assert "80 % sure: that holds." in page.locator(".gate").inner_text()
    assert page.locator("svg path.estimate").count() == 12
    w.commit("B", 80)
    same_state(w, page)


def test_gate_by_keyboard_alone(open_page):
    """Can the bet be placed, and the picture be reached, with Tab, arrows, Space and Enter only?"""
    page = open_page(PoolingExplorer())
    for key in ("Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Space", "Tab", "Enter"):
        page.keyboard.press(key)
    assert "You answered C: group 12" in page.locator(".gate").inner_text()
    assert "35 % sure. It is B: group 4" in page.locator(".gate").inner_text()
    reached = set()
    for _press in range(30):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.getAttribute('type') || document.activeElement.localName")
        )
    assert {"range", "button", "select", "radio", "checkbox"} <= reached


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


def test_dragging_a_circle_moves_the_mean(open_page):
    """Does dragging a group's circle select it and move its mean, and nobody else's?"""
    page = open_page(PoolingExplorer(question=False))
    handle = page.locator('circle[data-group="6"]')
    others = [page.locator(f'circle[data-group="{j}"]').get_attribute("cx") for j in (5, 7)]
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=8)
    page.mouse.up()
    page.mouse.move(x + 90, y)
    after = handle.bounding_box()
    assert after["x"] + after["width"] / 2 == pytest.approx(x + 40, abs=1.5)
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


def test_page_without_scripts_shows_picture_and_sentence(open_page):
    """With scripts off, does a reader still get a picture and its sentence?"""
    w = PoolingExplorer(question=False)
    page = open_page(w, java_script_enabled=False)
    assert page.locator("figure svg").is_visible()
    assert page.locator("figcaption").inner_text() == w.sentence
    assert page.locator("figure svg").get_attribute("aria-label") == w.sentence


@pytest.mark.parametrize("mode", ["full", "path"])
def test_narrow_page_needs_no_sideways_scrolling(open_page, mode):
    """At 320 pixels, which is 1280 at 400 % zoom: does everything fit, with controls that can be seen?"""
    page = open_page(PoolingExplorer(mode=mode, question=False))
    page.set_viewport_size({"width": 320, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for input_ in page.locator("input:visible, select:visible, button:visible").all():
        box = input_.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 320


@pytest.mark.parametrize("mode", ["full", "path"])
def test_axe_finds_no_violation(open_page, mode):
    """Does axe-core find nothing wrong, before the bet and after it, with everything shown?"""
    page = open_page(PoolingExplorer(mode=mode))
    assert violations(page, "main") == []
    commit(page, "A", "a guess")
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
        commit(page, "A", "sure")
        w.commit("A", 95)
    same_state(w, page)
    assert page.locator("svg path.estimate").count() == min(100, len(w.y))
    assert "NaN" not in page.locator(".open").inner_html()


CELLS = (
    "import json\n"
    "from pathlib import Path\n"
    "from hlm_teach.widgets import PoolingExplorer\n"
    "w = PoolingExplorer()\n"
    "def keep(_change=None):\n"
    "    state = {k: getattr(w, k) for k in ('tau', 'y', 'selected', 'committed', 'choice', 'confidence', 'sentence')}\n"
    "    Path('state.tmp').write_text(json.dumps(state)); Path('state.tmp').rename('state.json')\n"
    "w.observe(keep, names=['tau', 'y', 'selected', 'committed'])\n"
    "keep()\n"
    "w",
    "w.set_group('group 2', n=55, mean=60.0)",
    "w.tau = float('inf')",
)


def kernel_says(folder: Path, holds) -> dict:
    """Return the state that the kernel wrote last, once it holds."""
    state: dict = {}
    for _attempt in range(100):
        if (folder / "state.json").exists():
            state = json.loads((folder / "state.json").read_text())
            if holds(state):
                return state
        time.sleep(0.1)
    raise AssertionError(f"the kernel's last state is {state}")


def test_live_in_jupyterlab(browser, tmp_path):
    """In JupyterLab: gate, mouse, arrow keys, and both directions between the traits and the picture."""
    notebook(tmp_path, "w1.ipynb", *CELLS)
    with jupyterlab(tmp_path) as address:
        watched = Watched(browser)
        page = watched.page
        page.set_default_timeout(60_000)
        page.goto(f"{address}/lab/tree/w1.ipynb")
        page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady")

        def agreed(holds) -> dict:
            """Return the kernel's state once it holds and is the one that the page says."""
            return kernel_says(tmp_path, lambda s: holds(s) and s["sentence"] == said(page))

        def run(cell: int) -> None:
            page.evaluate(
                "i => { const n = jupyterapp.shell.currentWidget.content; n.activeCellIndex = i; n.mode = 'command';"
                " return jupyterapp.commands.execute('notebook:run-cell') }",
                cell,
            )

        run(0)
        page.get_by_role("button", name="Commit and open the picture").wait_for()
        assert page.locator(".hlm svg").count() == 0
        assert page.locator(".hlm.static").count() == 0
        commit(page, "A", "leaning")
        state = agreed(lambda s: s["committed"])
        assert (state["choice"], state["confidence"]) == (0, 60)
        assert page.locator(".hlm path.estimate").count() == 12

        slider = page.get_by_label("τ, the SD between groups")
        slider.focus()
        place, tau = int(slider.input_value()), state["tau"]
        for _press in range(5):
            page.keyboard.press("ArrowRight")
        assert int(slider.input_value()) == place + 5
        assert page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex") == 0
        state = agreed(lambda s: s["tau"] > 1.3 * tau)

        box = slider.bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
        state = agreed(lambda s: s["tau"] < tau)

        circle = page.locator('.hlm circle[data-group="3"]')
        circle.scroll_into_view_if_needed()
        box = circle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 30, y, steps=5)
        page.mouse.up()
        before = state["y"][3]
        state = agreed(lambda s: s["selected"] == 3 and s["y"][3] < before - 1)

        run(1)
        state = agreed(lambda s: s["y"][1] == 60.0 and s["selected"] == 1)
        assert "For group 2 (n = 55, mean 60.0 points)" in said(page)
        run(2)
        state = agreed(lambda s: s["tau"] == math.inf)
        assert state["sentence"].startswith("τ = ∞, no pooling")

        assert violations(page, ".hlm") == []
        blamed = [e for e in watched.errors if re.search("hlm|anywidget|pooling", e, re.IGNORECASE)]
        assert blamed == []
        watched.context.close()

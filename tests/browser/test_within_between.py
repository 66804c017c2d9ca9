"""The within–between widget in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import pytest

from hlm_teach.widgets import WithinBetween

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

    def opener(widget: WithinBetween, **context):
        html = widget._repr_mimebundle_()[0]["text/html"]
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>W6</title><main><h1>W6</h1>{html}</main></html>'
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


def same_state(widget: WithinBetween, page) -> None:
    """Hold the page's sentence, once it has come to rest, to the one Python says."""
    status = page.locator(".hlm [role=status]")
    for _attempt in range(40):
        if status.inner_text() == widget.sentence:
            return
        page.wait_for_timeout(50)
    assert status.inner_text() == widget.sentence


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = WithinBetween()
    page = open_page(w)
    assert page.locator("svg").count() == 0 or not page.locator("svg").first.is_visible()
    same_state(w, page)
    assert violations(page, "main") == []
    for key in ("Tab", "Space", "ArrowDown", "Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    assert "You answered B: negative, 80 % sure: that holds." in page.locator(".gate").inner_text()
    w.commit("B", 80)
    same_state(w, page)
    assert violations(page, "main") == []
    reached = set()
    for _press in range(12):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.getAttribute('type') || document.activeElement.localName")
        )
    assert {"range", "button", "select", "checkbox"} <= reached


def test_arrow_keys_move_slopes_picture_and_sentence(open_page):
    """Does each arrow key move a dial by one step, and lines, formula and sentence with it?"""
    w = WithinBetween(question=False)
    page = open_page(w)
    before = page.locator(".main svg path").nth(6).get_attribute("d"), page.locator(".formulas").inner_text()
    page.get_by_label("Slope between group means").focus()
    for _press in range(4):
        page.keyboard.press("ArrowRight")
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


def test_a_move_is_drawn_within_a_frame(open_page):
    """On HSB, the largest data: does a key press cost the page less than a frame (median of 40, on a busy machine less than two)?"""
    page = open_page(WithinBetween("hsb", question=False))
    spent = page.evaluate("""() => {
      const slider = document.querySelector('input[type=range]'), times = [];
      for (let k = 0; k < 40; k++) {
        const begin = performance.now();
        slider.value = -3 + k * 0.15;
        slider.dispatchEvent(new Event('input'));
        document.querySelector('.hlm svg').getBoundingClientRect();
        times.push(performance.now() - begin);
      }
      return times.sort((a, b) => a - b)[20];
    }""")
    print(f"median {spent:.1f} ms")
    assert spent < 33


@pytest.mark.parametrize("preset", ["reversal", "hsb"])
def test_narrow_page_needs_no_sideways_scrolling(open_page, preset):
    """At 320 pixels, which is 1280 at 400 % zoom: does everything fit, with controls that can be seen?"""
    page = open_page(WithinBetween(preset, question=False, mundlak=True))
    page.set_viewport_size({"width": 320, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for control in page.locator("input:visible, select:visible, button:visible").all():
        box = control.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 320


def test_page_without_scripts_shows_picture_and_sentence(open_page):
    """With scripts off, does a reader still get a picture and its sentence?"""
    w = WithinBetween(question=False)
    page = open_page(w, java_script_enabled=False)
    assert page.locator("figure svg").is_visible()
    assert page.locator("figcaption").inner_text() == w.sentence
    assert page.locator("figure svg").get_attribute("aria-label") == w.sentence


CELLS = (
    "import json\n"
    "from pathlib import Path\n"
    "from hlm_teach.widgets import WithinBetween\n"
    "w = WithinBetween()\n"
    "def keep(_change=None):\n"
    "    state = {k: getattr(w, k) for k in ('within', 'icc', 'preset', 'committed', 'confidence', 'sentence')}\n"
    "    Path('state.tmp').write_text(json.dumps(state)); Path('state.tmp').rename('state.json')\n"
    "w.observe(keep, names=['within', 'between', 'icc', 'preset', 'committed', 'mundlak'])\n"
    "keep()\n"
    "w",
    "w.preset = 'homework'",
)


def test_live_in_jupyterlab(browser, tmp_path):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    notebook(tmp_path, "w6.ipynb", *CELLS)
    with jupyterlab(tmp_path) as address:
        watched = Watched(browser)
        page = watched.page
        page.set_default_timeout(60_000)
        page.goto(f"{address}/lab/tree/w6.ipynb")
        page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady")

        def agreed(holds) -> dict:
            """Return the kernel's state once it holds and is the one that the page says."""
            state: dict = {}
            for _attempt in range(100):
                if (tmp_path / "state.json").exists():
                    state = json.loads((tmp_path / "state.json").read_text())
                    said = page.locator(".hlm [role=status]").inner_text()
                    if holds(state) and state["sentence"] == said:
                        return state
                time.sleep(0.1)
            raise AssertionError(f"the kernel's last state is {state}")

        def run(cell: int) -> None:
            page.evaluate(
                "i => { const n = jupyterapp.shell.currentWidget.content; n.activeCellIndex = i; n.mode = 'command';"
                " return jupyterapp.commands.execute('notebook:run-cell') }",
                cell,
            )

        run(0)
        page.get_by_role("button", name="Commit and open the picture").wait_for()
        page.get_by_label("A: positive").check()
        page.get_by_label("leaning").check()
        page.get_by_role("button", name="Commit and open the picture").click()
        assert agreed(lambda s: s["committed"])["confidence"] == 60

        slider = page.get_by_label("Slope within groups")
        slider.focus()
        for _press in range(5):
            page.keyboard.press("ArrowRight")
        assert page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex") == 0
        agreed(lambda s: abs(s["within"] - 1.25) < 1e-9)
        slider = page.get_by_label("ICC of x")
        box = slider.bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
        agreed(lambda s: 0.1 < s["icc"] < 0.3)
        page.locator(".hlm select").select_option("2")
        agreed(lambda s: s["preset"] == "hsb" and abs(s["within"] - 2.191) < 1e-3)
        run(1)
        agreed(lambda s: s["preset"] == "homework" and abs(s["within"] - 2.137) < 1e-3)
        assert violations(page, ".hlm") == []
        assert [e for e in watched.errors if re.search("hlm|anywidget|within", e, re.IGNORECASE)] == []
        watched.context.close()

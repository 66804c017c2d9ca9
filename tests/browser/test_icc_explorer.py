"""The ICC explorer in a real Chromium: a saved page without kernel or network, and JupyterLab with its kernel."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import pytest

from hlm_teach.widgets import IccExplorer
from hlm_teach.widgets.icc_numbers import target

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

    def opener(widget: IccExplorer, **context):
        html = widget._repr_mimebundle_()[0]["text/html"]
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>W2</title><main><h1>W2</h1>{html}</main></html>'
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


def same_state(widget: IccExplorer, page) -> None:
    """Hold the page's sentence, once it has come to rest, to the one Python says."""
    status = page.locator(".hlm [role=status]")
    for _attempt in range(40):
        if status.inner_text() == widget.sentence:
            return
        page.wait_for_timeout(50)
    assert status.inner_text() == widget.sentence


def test_bet_by_keyboard_then_axe(open_page):
    """With the keyboard alone: is the picture closed until the bet, then open, judged, and without an axe violation?"""
    w = IccExplorer()
    page = open_page(w)
    assert page.locator("svg:visible").count() == 0
    same_state(w, page)
    assert violations(page, "main") == []
    for key in ("Tab", "Space", "ArrowDown", "ArrowDown", "Tab", "Space", "Tab", "Enter"):
        page.keyboard.press(key)
    assert "35 % sure. It is B: the ICC stays" in page.locator(".gate").inner_text()
    w.commit("C", 35)
    same_state(w, page)
    assert violations(page, "main") == []
    reached = set()
    for _press in range(12):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.getAttribute('type') || document.activeElement.localName")
        )
    assert {"range", "button", "radio"} <= reached


def test_controls_do_what_python_does(open_page):
    """Do arrow keys, sizes, level, the preset, New draw and Reset lead to the states that Python says, and move the pictures?"""
    w = IccExplorer(question=False)
    page = open_page(w)
    before = [page.locator(".main svg path").nth(k).get_attribute("d") for k in (4, 5, 7, 8)]
    page.get_by_label("ICC", exact=True).focus()
    for _press in range(5):
        page.keyboard.press("ArrowRight")
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


def test_a_move_is_drawn_within_a_frame(open_page):
    """With 160 schools: does a key press cost the page less than a frame (median of 40; on a busy machine less than two)?"""
    page = open_page(IccExplorer(0.18, 160, 45, question=False))
    spent = page.evaluate("""() => {
      const slider = document.querySelector('input[type=range]'), times = [];
      for (let k = 0; k < 40; k++) {
        const begin = performance.now();
        slider.value = k * 0.02;
        slider.dispatchEvent(new Event('input'));
        document.querySelector('.hlm svg').getBoundingClientRect();
        times.push(performance.now() - begin);
      }
      return times.sort((a, b) => a - b)[20];
    }""")
    print(f"median {spent:.1f} ms")
    assert spent < 33


def test_narrow_page_needs_no_sideways_scrolling(open_page):
    """At 320 pixels, which is 1280 at 400 % zoom: does everything fit, with controls that can be seen?"""
    page = open_page(IccExplorer(0.18, 160, 45, question=False))
    page.set_viewport_size({"width": 320, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for control in page.locator("input:visible, button:visible").all():
        box = control.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 320


def test_page_without_scripts_shows_picture_and_sentence(open_page):
    """With scripts off, does a reader still get a picture and its sentence?"""
    w = IccExplorer(question=False)
    page = open_page(w, java_script_enabled=False)
    assert page.locator("figure svg").is_visible()
    assert page.locator("figcaption").inner_text() == w.sentence
    assert page.locator("figure svg").get_attribute("aria-label") == w.sentence


CELLS = (
    "import json\n"
    "from pathlib import Path\n"
    "from hlm_teach.widgets import IccExplorer\n"
    "w = IccExplorer()\n"
    "def keep(_change=None):\n"
    "    state = {k: getattr(w, k) for k in ('icc', 'n', 'level', 'committed', 'confidence', 'score', 'sentence')}\n"
    "    Path('state.tmp').write_text(json.dumps(state)); Path('state.tmp').rename('state.json')\n"
    "w.observe(keep, names=['icc', 'J', 'n', 'level', 'committed', 'playing', 'guess', 'score'])\n"
    "keep()\n"
    "w",
    "w.n = 40",
)


def test_live_in_jupyterlab(browser, tmp_path):
    """In JupyterLab: gate, arrow keys, mouse, and both directions between the traits and the picture."""
    notebook(tmp_path, "w2.ipynb", *CELLS)
    with jupyterlab(tmp_path) as address:
        watched = Watched(browser)
        page = watched.page
        page.set_default_timeout(60_000)
        page.goto(f"{address}/lab/tree/w2.ipynb")
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
        page.get_by_label("A: both grow").check()
        page.get_by_label("leaning").check()
        page.get_by_role("button", name="Commit and open the picture").click()
        assert agreed(lambda s: s["committed"])["confidence"] == 60

        slider = page.get_by_label("ICC", exact=True)
        slider.focus()
        for _press in range(5):
            page.keyboard.press("ArrowRight")
        assert page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex") == 0
        agreed(lambda s: abs(s["icc"] - 0.25) < 1e-9)
        box = slider.bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
        agreed(lambda s: 0.45 < s["icc"] < 0.63)
        run(1)
        agreed(lambda s: s["n"] == 40)
        page.get_by_role("button", name="Play: find the ICC").click()
        page.get_by_role("button", name="Commit to this ICC").click()
        agreed(lambda s: s["score"] > 0)
        assert violations(page, ".hlm") == []
        assert [e for e in watched.errors if re.search("hlm|anywidget|icc_", e, re.IGNORECASE)] == []
        watched.context.close()

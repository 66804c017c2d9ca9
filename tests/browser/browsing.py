"""What the browser tests share: a real Chromium without the network, JupyterLab on loopback, axe-core, and the usual checks.

``conftest.py`` hands out `open_page` (a widget's saved page, no kernel, no network) and `open_lab` (with its kernel).
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def chromium() -> Iterator:
    """Yield a headless Chromium, the system's own."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("the browser tests need chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=found, args=FLAGS, headless=True)
        yield browser
        browser.close()


class Watched:
    """A page that records what it asks of the network and every error it throws."""

    def __init__(self, browser, **context) -> None:
        self.context = browser.new_context(viewport={"width": 900, "height": 1000}, **context)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("request", lambda asked: self.requests.append(asked.url))


def violations(page, inside: str) -> list[str]:
    """Return what axe-core finds wrong inside an element, one line each."""
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip("the accessibility tests need axe-playwright-python, which brings axe-core")
    page.evaluate(Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("inside => axe.run(inside)", inside)
    assert found["passes"], "axe-core has looked at nothing"
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]


@contextlib.contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """Yield the address of a JupyterLab that serves a folder, with settings of its own."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    home = {
        name: str(folder / f".{name.lower()}")
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1",
               "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
               "--ServerApp.allow_root=True", "--expose-app-in-browser", "--LabApp.news_url=None",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | home, stdout=log, stderr=subprocess.STDOUT)
        address = f"http://127.0.0.1:{port}"
        try:
            for _attempt in range(240):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{address}/api", timeout=2).close()
                    break
                assert server.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.25)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def notebook(folder: Path, name: str, *cells: str) -> None:
    """Write a notebook of code cells."""
    made = [
        {
            "cell_type": "code",
            "id": f"cell-{i}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": text,
        }
        for i, text in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    text = json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})
    (folder / name).write_text(text, encoding="utf-8")


# ---- what is done to a widget's page, and what must hold of it ------------------------------------------------------


def bet(page, answer: str, sure: str = "fairly sure") -> None:
    """Choose the option that begins with these words, say how sure, and commit."""
    page.locator(f".hlm .gate label:has-text('{answer}')").first.click()
    page.locator(f".hlm .gate label:has-text('{sure}')").first.click()
    page.get_by_role("button", name="Commit and open the picture").click()


def press(page, *keys: str) -> None:
    """Press keys one after the other: ``press(page, "Tab", *["ArrowRight"] * 5)``."""
    for key in keys:
        page.keyboard.press(key)


def click_at(page, slider, share: float) -> None:
    """Click on a slider at a share of its width."""
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)


def drag(page, mark, right: float, down: float = 0) -> None:
    """Drag a mark by so many pixels, let go, and move on."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=8)
    page.mouse.up()
    page.mouse.move(x + 2 * right, y + 2 * down)


def reached(page, tabs: int = 30) -> set[str]:
    """Return the kinds of controls that so many presses of Tab come to: range, button, select, radio, checkbox."""
    found = set()
    for _press in range(tabs):
        page.keyboard.press("Tab")
        found.add(
            page.evaluate("document.activeElement.getAttribute('type') || document.activeElement.localName")
        )
    return found


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


def same_state(widget, page) -> None:
    """Hold the page's sentence, once it has come to rest, to the one Python says."""
    status = page.locator(".hlm [role=status]")
    for _attempt in range(40):
        if status.inner_text() == widget.sentence:
            return
        page.wait_for_timeout(50)
    assert status.inner_text() == widget.sentence


def fits(page, width: int = 320) -> None:
    """Hold a page to a narrow window (320 is 1280 at 400 % zoom): no sideways scrolling, every control inside."""
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("input:visible, select:visible, button:visible").all():
        box = control.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width


def speaks_without_scripts(open_page, widget) -> None:
    """With scripts off, hold the page to the static picture and its sentence."""
    page = open_page(widget, java_script_enabled=False)
    assert page.locator("figure svg").is_visible()
    assert page.locator("figcaption").inner_text() == widget.caption
    assert page.locator("figure svg").get_attribute("aria-label") == widget.caption


STUCK = 1000.0  # ms: a move that waits for anything but its own picture takes longer; benchmarks/widgets.md has the figures


def cost_of_a_move(page, label: str, moves: int = 40) -> float:
    """Return the time in ms that one move of a slider costs the page, layout included: the lower quartile of the moves.

    The slider is the one whose label begins with these words; where there is none, or it is hidden, the page throws.
    Whatever else the machine does can only add to a time. A move that draws no picture, or one with NaN, fails.
    """
    found = page.evaluate(
        """([label, moves]) => {
      const named = [...document.querySelectorAll(".hlm .open .slider")].find((node) =>
        node.getBoundingClientRect().width && node.querySelector("label").textContent.startsWith(label));
      if (!named) throw new Error(`there is no slider named ${label}`);
      const slider = named.querySelector("input"), times = [], drawn = new Set();
      const [low, high] = [Number(slider.min || 0), Number(slider.max || 100)];
      let blank = 0;
      for (let k = 0; k < moves; k++) {
        const begin = performance.now();
        slider.value = low + ((high - low) * k) / moves;
        slider.dispatchEvent(new Event("input"));
        const shown = [...document.querySelectorAll(".hlm .open svg")].filter((svg) => svg.getBoundingClientRect().width);
        times.push(performance.now() - begin);
        drawn.add(shown.map((svg) => svg.innerHTML).join());
        if (!shown.length || shown.some((svg) => /NaN/.test(svg.innerHTML))) blank += 1;
      }
      return [times.sort((a, b) => a - b)[moves / 4], blank, drawn.size];
    }""",
        [label, moves],
    )
    print(f"lower quartile {found[0]:.1f} ms")
    assert found[1] == 0, "the picture was blank"
    assert found[2] >= moves / 4, "the picture stays as it is"
    return found[0]


def screenshot(page, name: str) -> None:
    """Keep a picture of the page in the folder that ``HLM_SCREENSHOTS`` names; without it do nothing."""
    folder = os.environ.get("HLM_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


class Lab:
    """A widget in JupyterLab, with its kernel.

    ``page`` is the page of the notebook; the first cell, which shows the widget, has been run. The kernel writes the
    state of ``w`` to a file whenever a trait changes, so that a test can wait until page and kernel agree (`agreed`).
    """

    def __init__(self, browser, folder: Path, name: str, arguments: str, later: tuple[str, ...]) -> None:
        show = (
            "import json\n"
            "from pathlib import Path\n"
            f"from hlm_teach.widgets import {name}\n"
            f"w = {name}({arguments})\n"
            "def keep(_change=None):\n"
            "    Path('state.tmp').write_text(json.dumps(w.traits_for_page() | {'sentence': w.sentence}))\n"
            "    Path('state.tmp').rename('state.json')\n"
            "w.observe(keep, names=list(w.traits_for_page()))\n"
            "keep()\n"
            "w"
        )
        notebook(folder, "widget.ipynb", show, *later)
        self.folder = folder
        self._server = jupyterlab(folder)
        address = self._server.__enter__()
        self.watched = Watched(browser)
        self.page = self.watched.page
        self.page.set_default_timeout(60_000)
        self.page.goto(f"{address}/lab/tree/widget.ipynb")
        self.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady")
        self.run(0)
        self.page.locator(".hlm:not(.static) [role=status]").wait_for()

    def run(self, cell: int) -> None:
        """Run one cell of the notebook."""
        self.page.evaluate(
            "i => { const n = jupyterapp.shell.currentWidget.content; n.activeCellIndex = i; n.mode = 'command';"
            " return jupyterapp.commands.execute('notebook:run-cell') }",
            cell,
        )

    @property
    def active_cell(self) -> int:
        """The cell that has the focus: arrow keys in a widget must not move it."""
        return self.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex")

    def agreed(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the kernel's state once it holds and is the one that the page says."""
        state: dict[str, Any] = {}
        for _attempt in range(100):
            if (self.folder / "state.json").exists():
                state = json.loads((self.folder / "state.json").read_text())
                if holds(state) and state["sentence"] == self.page.locator(".hlm [role=status]").inner_text():
                    return state
            time.sleep(0.1)
        raise AssertionError(f"the kernel's last state is {state}")

    def close(self) -> None:
        """Look for violations and errors of the widget, then stop everything."""
        try:
            assert violations(self.page, ".hlm") == []
            blamed = [e for e in self.watched.errors if re.search("hlm|anywidget|blob:", e, re.IGNORECASE)]
            assert blamed == []
        finally:
            self.watched.context.close()
            self._server.__exit__(None, None, None)

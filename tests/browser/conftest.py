"""What the browser tests are handed: a Chromium, a widget's saved page, and a widget in JupyterLab."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browsing import Lab, Watched, chromium


@pytest.fixture(scope="module")
def browser():
    """Yield a headless Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture
def open_page(browser, tmp_path):
    """Return a function that opens a widget as a saved page, offline; at the end nothing may have been thrown or asked for."""
    opened = []

    def opener(widget, **context):
        html = widget._repr_mimebundle_()[0]["text/html"]
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>W</title><main><h1>W</h1>{html}</main></html>'
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


@pytest.fixture
def open_lab(browser, tmp_path):
    """Return a function that opens a widget in JupyterLab with its kernel; at the end the widget may have thrown nothing."""
    opened = []

    def opener(name: str, arguments: str = "", *later: str) -> Lab:
        opened.append(Lab(browser, tmp_path, name, arguments, later))
        return opened[-1]

    yield opener
    for lab in opened:
        lab.close()

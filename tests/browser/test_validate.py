"""nbgrader's Validate button in a real JupyterLab: the dialog shows the cards of `check`, and no traceback."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.exercises import registry
from course import build
from course.books import of_assignment
from course.folder import open_course

sys.path.insert(0, str(Path(__file__).parent))
from browsing import Watched, chromium, jupyterlab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_button_shows_cards(tmp_path):
    """Does the dialog name the student's mistake in the words of `check`, show a card for what is missing, and no traceback?"""
    course = open_course()
    assignment = course.assignment("ps03")
    made = build.assignment_notebook(of_assignment(course, assignment), assignment, registry())
    kept = ("student", "setup-1", "pooled_target", "partial_pool")
    made.cells = [cell for cell in made.cells if cell.id.split("-solution")[0].split("-check")[0] in kept]
    answers = {
        "pooled_target-solution": "def pooled_target(y, se, tau):\n    return float(np.mean(y))",
        "partial_pool-solution": "def partial_pool(y, se, tau)\n    return y",
    }
    for cell in made.cells:
        cell.source = answers.get(cell.id, cell.source)
    (tmp_path / "ps03.ipynb").write_bytes(build.to_bytes(made))
    with jupyterlab(tmp_path) as address, chromium() as browser:
        page = Watched(browser).page
        page.set_default_timeout(90_000)
        page.goto(f"{address}/lab/tree/ps03.ipynb")
        page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady")
        page.get_by_role("button", name="Validate").click()
        dialog = page.locator(".jp-Dialog:has-text('Validation Results')")
        dialog.wait_for()
        text = dialog.inner_text()
    assert "◐ Partly right · Where the arrows point" in text and "You took the plain mean" in text
    assert "There is no partial_pool in the notebook." in text.replace("`", "")
    assert "Traceback" not in text and "Error" not in text

"""nbgrader's Validate (its button in JupyterLab, ``nbgrader validate``) on an assignment: it shows the cards of `check`."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from nbgrader.validator import Validator

from autograder.exercises import registry
from course import build
from course.books import of_assignment
from course.folder import open_course

ANSWERS = {
    "shrinkage_factor": "import sys\ndef shrinkage_factor(se, tau):\n    print('slow', file=sys.stderr)\n    return se**2 / (se**2 + tau**2)",
    "pooled_target": "def pooled_target(y, se, tau):\n    return float(np.mean(y))",
    "partial_pool": "def partial_pool(y, se, tau)\n    return y",
}


@pytest.fixture(scope="module")
def validated(tmp_path_factory) -> tuple[dict, str]:
    """Validate the first three tasks of ps03 with a right, a wrong and a broken answer; return what is shown."""
    course, path = open_course(), tmp_path_factory.mktemp("validate") / "ps03.ipynb"
    assignment = course.assignment("ps03")
    made = build.assignment_notebook(of_assignment(course, assignment), assignment, registry())
    made.cells = [
        cell for cell in made.cells if cell.id in ("student", "setup-1") or cell.id.split("-")[0] in ANSWERS
    ]
    for cell in made.cells:
        if cell.id.endswith("-solution"):
            cell.source = ANSWERS[cell.id.removesuffix("-solution")]
    Path(path).write_bytes(build.to_bytes(made))
    validator, printed = Validator(), io.StringIO()
    validator.stream = printed
    shown = validator.validate(str(path))
    for cell in shown["failed"]:
        validator._print_error(cell["source"], cell["raw_error"])
    return shown, printed.getvalue()


def test_only_what_is_not_right_fails(validated):
    """Is a right answer passed although it writes to stderr, and is every other one named by its check cell?"""
    shown, _printed = validated
    assert [cell["source"] for cell in shown["failed"]] == ['check("pooled_target")', 'check("partial_pool")']


def test_what_failed_is_a_card_and_no_traceback(validated):
    """Does the student read the sentences of `check`, whole, with the mistake named and nothing of Python's?"""
    shown, printed = validated
    wrong, broken = (cell["raw_error"] for cell in shown["failed"])
    assert wrong.startswith("◐ Partly right · ") and "You took the plain mean" in wrong
    assert "There is no `partial_pool` in the notebook." in broken and "Run its cell first." in broken
    assert "Traceback" not in wrong + broken and "Error" not in wrong + broken
    assert "..." not in printed  # how nbgrader cuts a line that is too long for it

"""The capstone through real nbgrader: its texts wait for a person, with the code above them, and the points add up."""

from __future__ import annotations

import json

import nbformat
import pytest

from autograder import sandbox
from autograder.exercises import get, registry
from autograder.intake import take_in
from course.books import build_all
from course.class_grading import grade
from course.cli import main
from course.folder import OWN_COURSE, Course
from course.gradebook import marks, open_gradebook
from course.steps import release

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]
WRITTEN = ("capstone_plan", "capstone_checks", "capstone_report")
FIGURE = """import matplotlib.pyplot as plt
shares = women.groupby("district")["uses"].mean()
plt.hist(shares, bins=12)
plt.show()
print("sixty districts:", len(shares))"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """Return a course in which one student handed in ps13 with a figure of her own above the report, and was graded."""
    if missing := sandbox.detect():
        pytest.skip(missing)
    root, inbox = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("inbox")
    (root / "assignments.toml").write_bytes((OWN_COURSE / "assignments.toml").read_bytes())
    made = Course(root)
    assert build_all(made, registry(), ["13"], check_values=False).problems == []
    release(made, "ps13")
    assert main(["--course", str(root), "solve", "ps13", "--to", str(inbox / "ana")]) == 0
    path = inbox / "ana" / "ps13.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    place = next(i for i, c in enumerate(notebook["cells"]) if c.get("id") == "capstone_report-solution")
    notebook["cells"].insert(
        place, {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": FIGURE}
    )
    path.write_text(json.dumps(notebook), encoding="utf-8")
    take_in(root, made.assignment("ps13"), inbox)
    assert [g.status for g in grade(made, "ps13", ["ana"])] == ["graded"]
    return made


def test_the_texts_wait_and_the_rest_is_marked(course):
    """Are the twelve reports and the record marked at once, and do the three texts wait for a person?"""
    with open_gradebook(course) as book:
        found = marks(book, "ps13", "ana")
    assert {name for name, mark in found.items() if mark.waiting} == set(WRITTEN)
    assert sum(mark.points for mark in found.values()) == 28
    assert sum(mark.max_points for mark in found.values()) == 60


def test_whoever_marks_sees_rubric_code_and_figure(course):
    """In the notebook that formgrader shows, does the student's own cell stand above the answer, run, with its figure?"""
    made = nbformat.read(course.notebook("autograded", "ana", "ps13"), as_version=4)
    places = {c.metadata.get("nbgrader", {}).get("grade_id"): i for i, c in enumerate(made.cells)}
    for name in WRITTEN:
        assert made.cells[places[f"{name}__rubric"]].source.count("Full: ") == len(get(name).rubric)
    (own,) = [i for i, c in enumerate(made.cells) if "sixty districts" in c.source]
    assert places["capstone_report__rubric"] < own < places["capstone_report"]
    assert any("image/png" in output.get("data", {}) for output in made.cells[own].outputs)
    assert any("sixty districts: 60" in output.get("text", "") for output in made.cells[own].outputs)


def test_marks_by_hand_complete_the_total(course, capsys):
    """With the three texts marked by hand, is the total what the parts add up to, and does nothing wait any more?"""
    with open_gradebook(course) as book:
        for name, points in zip(WRITTEN, (9.0, 10.5, 8.0), strict=True):
            given = book.find_grade(name, "ps13", "ps13", "ana")
            assert given.needs_manual_grade and given.auto_score is None
            given.manual_score, given.needs_manual_grade = points, False
        book.db.commit()
    assert main(["--course", str(course.root), "feedback", "ps13"]) == 0
    assert main(["--course", str(course.root), "report", "ps13"]) == 0
    assert "55.5 of 60 points" in course.page("ana", "ps13").read_text(encoding="utf-8")
    assert "wait" not in capsys.readouterr().out

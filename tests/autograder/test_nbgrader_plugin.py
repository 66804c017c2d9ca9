"""Through real nbgrader: does the gradebook hold exactly our points, and nobody's mark but the one concerned?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade
from traitlets.config import Config

from autograder.exercise import Verdict
from autograder.exercises import get
from autograder.grade import GraderFault
from autograder.nbgrader_plugin import GradeInSandbox, points_of, term_seed

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("jail")]

PREPROCESSORS = [
    "autograder.nbgrader_plugin.GradeInSandbox",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
POINTS = {"shrinkage_factor": 2.0, "pooled_target": 3.0, "partial_pool": 3.0, "read_the_shrinkage": 2.0}
SOLVED = {
    "shrinkage_factor": "def shrinkage_factor(se, tau):\n    return se**2 / (se**2 + tau**2)",
    "pooled_target": "def pooled_target(y, se, tau):\n    w = 1 / (se**2 + tau**2)\n    return (w * y).sum() / w.sum()",
    "partial_pool": "def partial_pool(y, se, tau):\n    B = shrinkage_factor(se, tau)\n    return B * pooled_target(y, se, tau) + (1 - B) * y",
    "read_the_shrinkage": "read_the_shrinkage = "
    + repr({slot.name: slot.right for slot in get("read_the_shrinkage").slots}),
}
STUB = "# YOUR CODE HERE\n..."


def _cell(source, grade_id, **about):
    metadata = {"grade_id": grade_id, "schema_version": 3, "task": False, **about}
    return new_code_cell(source, metadata={"nbgrader": metadata})


def source_notebook():
    """Return an instructor's notebook: a locked cell, four tasks with their grade cells, a written answer."""
    cells = [
        _cell(
            "import numpy as np\nfrom autograder import check",
            "setup1",
            grade=False,
            solution=False,
            locked=True,
        )
    ]
    for name, most in POINTS.items():
        cells.append(_cell(SOLVED[name], f"{name}__solution", grade=False, solution=True, locked=False))
        line = f'check("{name}", {name})'
        cells.append(_cell(line, name, grade=True, solution=False, locked=True, points=most))
    about = {"grade_id": "explain_shrinkage", "schema_version": 3, "task": False, "points": 4.0}
    about |= {"grade": True, "solution": True, "locked": False}
    cells.append(new_markdown_cell("A sample answer.", metadata={"nbgrader": about}))
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


class Course:
    """A course folder with one released assignment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "source" / "ps03").mkdir(parents=True)
        (root / "term_seed").write_text("a-seed-of-the-term\n")
        nbformat.write(source_notebook(), root / "source" / "ps03" / "ps03.ipynb")
        c = self.config = Config()
        c.CourseDirectory.root = str(root)
        c.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
        c.ClearSolutions.code_stub = {"python": STUB}
        c.Autograde.autograde_preprocessors = PREPROCESSORS
        c.GradeInSandbox.limits = {"cpu_seconds": 2}
        self.convert(GenerateAssignment)

    def convert(self, kind, student="*"):
        """Run one of nbgrader's converters."""
        where = CourseDirectory(config=self.config, assignment_id="ps03", student_id=student)
        kind(coursedir=where, config=self.config, force=True).start()

    def submit(self, student, **answers):
        """Hand in the released notebook with some solution cells changed; `written` is the text answer."""
        book = nbformat.read(self.root / "release" / "ps03" / "ps03.ipynb", as_version=4)
        for cell in book.cells:
            name = cell.metadata.nbgrader.grade_id
            if name == "explain_shrinkage" and "written" in answers:
                cell.source = answers["written"]
            if name.endswith("__solution"):
                cell.source = answers.get(name.removesuffix("__solution"), cell.source)
        folder = self.root / "submitted" / student / "ps03"
        folder.mkdir(parents=True)
        nbformat.write(book, folder / "ps03.ipynb")

    def grades(self, student):
        """Return {grade id: (automatic score, waits for a person)} from the gradebook."""
        with Gradebook(self.config.CourseDirectory.db_url) as book:
            found = book.find_submission_notebook("ps03", "ps03", student).grades
            return {g.name: (g.auto_score, g.needs_manual_grade) for g in found}

    def autograded(self, student):
        """Return the graded notebook."""
        return nbformat.read(self.root / "autograded" / student / "ps03" / "ps03.ipynb", as_version=4)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Make a course of this test's own (nbgrader calls `alembic` from the PATH)."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return Course(tmp_path / "course")


MANUAL = {"explain_shrinkage": (None, True)}
UNANSWERED = {"explain_shrinkage": (0.0, False)}


def test_each_submission_gets_its_points_and_no_other(course):
    """Solved, blank, partly right, looping, crashing, deceiving, full of stderr: does the gradebook hold what each earned?"""
    swapped = "def shrinkage_factor(se, tau):\n    return tau**2 / (se**2 + tau**2)"
    stderr = "import sys, warnings\nprint('careful', file=sys.stderr)\nwarnings.warn('careful')\n"
    cheat = "from IPython.display import display\nimport sys\nsys.modules['autograder'].check = lambda *a: 2.0\n2.0"
    course.submit("solved", **SOLVED, written="Because its own mean is noisy.")
    course.submit("blank")
    course.submit("swapped", **SOLVED | {"shrinkage_factor": swapped})
    course.submit("loops", **SOLVED | {"pooled_target": "while True: pass"})
    course.submit("dies", **SOLVED | {"partial_pool": "import os; os._exit(0)"})
    course.submit("warns", **{k: stderr + v for k, v in SOLVED.items()})
    course.submit("cheats", shrinkage_factor=cheat)
    course.convert(Autograde)
    full = {k: (v, False) for k, v in POINTS.items()}
    none = dict.fromkeys(POINTS, (0.0, False))
    assert course.grades("solved") == full | MANUAL
    assert course.grades("blank") == none | UNANSWERED
    assert course.grades("swapped") == full | {"shrinkage_factor": (1.0, False)} | UNANSWERED
    assert course.grades("loops") == full | {"pooled_target": (0.0, False)} | UNANSWERED
    assert course.grades("dies") == full | {"partial_pool": (0.0, False)} | UNANSWERED
    assert course.grades("warns") == full | UNANSWERED
    assert course.grades("cheats") == none | UNANSWERED


def test_a_grade_cell_holds_the_card_and_the_points_and_nothing_else(course):
    """Are a grade cell's outputs exactly a display with the verdict as data, and a result that nbgrader reads as points?"""
    course.submit("anna", **SOLVED | {"shrinkage_factor": "print('<script>alert(1)</script>')\n1 / 0"})
    course.convert(Autograde)
    book = course.autograded("anna")
    nbformat.validate(book)
    assert book.metadata.hlm.isolation == "bwrap" and book.metadata.hlm.student == "anna"
    grade_cells = {
        c.metadata.nbgrader.grade_id: c
        for c in book.cells
        if c.metadata.nbgrader.grade and c.cell_type == "code"
    }
    assert set(grade_cells) == set(POINTS)
    for name, cell in grade_cells.items():
        card, points = cell.outputs
        assert (card.output_type, points.output_type) == ("display_data", "execute_result")
        said = card.metadata.hlm.verdict
        assert (said.exercise, said.max_points) == (name, POINTS[name])
        assert float(points.data["text/plain"]) == said.points == determine_grade(cell)[0]
        assert "<script" not in card.data["text/html"] and said.message in card.data["text/plain"].replace(
            "\n", " "
        )
    evidence = grade_cells["shrinkage_factor"].outputs[0].metadata.hlm.evidence
    assert (evidence.error_type, evidence.line) == ("ZeroDivisionError", 2)
    solution = next(c for c in book.cells if c.metadata.nbgrader.grade_id == "shrinkage_factor__solution")
    assert [o.name for o in solution.outputs] == ["stdout", "stdout"]
    assert "ZeroDivisionError" in solution.outputs[-1].text


def test_figures_stay_for_whoever_marks_by_hand(course):
    """Does a figure drawn in a solution cell stand in the graded notebook, as an image with a description?"""
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nfrom IPython.display import HTML\nHTML('<b>x</b>')"
    course.submit("anna", pooled_target=draw)
    course.convert(Autograde)
    cell = next(
        c
        for c in course.autograded("anna").cells
        if c.metadata.nbgrader.grade_id == "pooled_target__solution"
    )
    kinds = [set(o.data) for o in cell.outputs if o.output_type == "display_data"]
    assert kinds == [{"image/png", "text/plain"}]


def test_a_fault_of_ours_stops_one_student_and_is_told(course, monkeypatch):
    """If a locked cell of ours fails: is nobody scored, is it recorded, and forgotten once the grading works?"""
    path = course.root / "submitted" / "anna" / "ps03" / "ps03.ipynb"
    course.submit("anna", **SOLVED)
    course.submit("ben", **SOLVED)
    from autograder import nbgrader_plugin

    true_grade = nbgrader_plugin.grade_notebook

    def fails_for_anna(cells, exercises, student, *args, **kwargs):
        if student == "anna":
            raise GraderFault("pooled_target: ZeroDivisionError: ours")
        return true_grade(cells, exercises, student, *args, **kwargs)

    monkeypatch.setattr(nbgrader_plugin, "grade_notebook", fails_for_anna)
    with pytest.raises(NbGraderException):
        course.convert(Autograde)
    assert course.grades("ben") == {k: (v, False) for k, v in POINTS.items()} | UNANSWERED
    with Gradebook(course.config.CourseDirectory.db_url) as book:
        grades = book.find_submission_notebook("ps03", "ps03", "anna").grades
        assert {g.auto_score for g in grades} == {None}
    said = json.loads((course.root / "faults" / "ps03" / "anna.json").read_text())
    assert said["fault"] == "pooled_target: ZeroDivisionError: ours" and path.exists()
    assert not (course.root / "autograded" / "anna" / "ps03").exists()
    monkeypatch.setattr(nbgrader_plugin, "grade_notebook", true_grade)
    course.convert(Autograde, "anna")
    assert course.grades("anna") == course.grades("ben")
    assert not (course.root / "faults" / "ps03" / "anna.json").exists()


@pytest.mark.slow
def test_plain_nbgrader_on_the_command_line_does_the_same(course):
    """Does `nbgrader autograde ps03` in the course's folder run our step, with the configuration file alone?"""
    course.submit("anna", **SOLVED)
    lines = [
        "c = get_config()",
        f"c.Autograde.autograde_preprocessors = {PREPROCESSORS!r}",
        "c.CourseDirectory.course_id = ''",
    ]
    (course.root / "nbgrader_config.py").write_text("\n".join(lines))
    command = [sys.executable, "-m", "nbgrader", "autograde", "ps03"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert course.grades("anna") == {k: (v, False) for k, v in POINTS.items()} | UNANSWERED


def test_no_answer_is_worth_more_than_its_cell():
    """Are points between zero and the cell's, and partial credit exact?"""
    shares = [(-1.0, 0.0), (0.0, 0.0), (1 / 3, 0.67), (0.5, 1.0), (1.0, 2.0), (7.0, 2.0)]
    assert [points_of(Verdict("x", "partly", share, ""), 2.0) for share, _ in shares] == [
        p for _, p in shares
    ]


def test_without_a_seed_there_is_no_grading(tmp_path, monkeypatch):
    """If the term's seed is missing or empty: is that said with the command that makes it?"""
    monkeypatch.delenv("HLM_TERM_SEED", raising=False)
    for text in (None, "\n"):
        if text is not None:
            (tmp_path / "term_seed").write_text(text)
        with pytest.raises(GraderFault, match=re.escape("Run `hlm build` once")):
            term_seed(tmp_path)
    monkeypatch.setenv("HLM_TERM_SEED", "from the environment")
    assert term_seed(tmp_path) == "from the environment"


def test_a_grade_cell_of_no_exercise_is_our_fault(tmp_path):
    """If a grade cell's id is no exercise: is that a fault with its id, not zero points?"""
    (tmp_path / "term_seed").write_text("a-seed-of-the-term")
    book = new_notebook(
        cells=[_cell("check()", "nobody", grade=True, solution=False, locked=True, points=1.0)]
    )
    about = ResourcesDict(nbgrader={"student": "anna", "assignment": "ps03", "notebook": "ps03"})
    with pytest.raises(GraderFault, match="'nobody'"):
        GradeInSandbox(course_root=str(tmp_path)).preprocess(book, about)

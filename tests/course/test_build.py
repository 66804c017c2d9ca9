"""From source to notebooks: what learners, nbgrader and tests get, and that it is the same each time."""

from __future__ import annotations

import hashlib
import json

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbgrader.nbgraderformat import MetadataValidator

from autograder.exercises import registry
from course import build
from course.books import build_all, foreign_files
from course.folder import PROJECT, CourseError
from course.source import read
from course.steps import release


def built(toy, **options):
    return build_all(toy.course, toy.registry, check_values=False, **options)


def cells(path) -> dict[str, dict]:
    return {cell["id"]: cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}


def test_two_builds_are_byte_identical(toy, tmp_path):
    """Does nothing in a notebook come from the clock or from chance?"""
    built(toy)
    files = [toy.path.with_suffix(".ipynb"), toy.course.source / "ps77" / "ps77.ipynb"]
    before = [hashlib.sha256(f.read_bytes()).hexdigest() for f in files]
    for file in files:
        file.unlink()
    built(toy)
    assert [hashlib.sha256(f.read_bytes()).hexdigest() for f in files] == before
    assert built(toy).written == []


def test_the_lesson_has_stubs_checks_and_plain_numbers(toy):
    """Does a learner get stubs that run, a check after each task, and numbers instead of bindings?"""
    built(toy)
    made = cells(toy.path.with_suffix(".ipynb"))
    assert made["double-solution"]["source"] == [
        "def double(x):\n",
        '    """Return twice x."""\n',
        "    # YOUR CODE HERE\n",
        "    pass",
    ]
    assert made["halved-solution"]["source"][0] == "halved = ...\n"
    assert made["double-check"]["source"] == ['check("double")']
    assert made["essay-solution"]["source"] == ["YOUR ANSWER HERE"]
    text = "".join(made["lesson-77-doubling"]["source"])
    assert "There are 40 numbers" in text and "−0.50" in text and "{{" not in text
    assert "essay-check" not in made
    assert "setup" in made["lesson-77-doubling-2"]["metadata"]["tags"]
    notebook = nbformat.read(toy.path.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(notebook)
    assert all(not c.get("outputs") for c in notebook.cells)


def test_the_assignment_is_what_nbgrader_expects(toy):
    """Has every cell of the source notebook the id, the lock and the points that grading relies on?"""
    built(toy)
    path = toy.course.source / "ps77" / "ps77.ipynb"
    MetadataValidator().validate_nb(nbformat.read(path, as_version=4))
    made = cells(path)
    assert list(made) == [
        "header", "student", "setup-1", "double-text", "double-solution", "double-check", "halved-text", "halved-solution",
        "halved-check", "sides-text", "sides-solution", "sides-check", "essay-text", "essay-rubric", "essay-solution",
    ]  # fmt: skip

    def marks(name):
        meta = made[name]["metadata"].get("nbgrader", {})
        return (
            meta.get("grade_id"),
            meta.get("grade"),
            meta.get("solution"),
            meta.get("locked"),
            meta.get("points"),
        )

    assert marks("student") == (None, None, None, None, None)
    assert marks("setup-1") == ("setup1", False, False, True, None)
    assert marks("double-text") == ("double__text", False, False, True, None)
    assert marks("double-solution") == ("double__solution", False, True, False, None)
    assert marks("double-check") == ("double", True, False, True, 2)
    assert marks("essay-solution") == ("essay", True, True, False, 3)
    assert "Says twice." in "".join(made["essay-rubric"]["source"])


def test_the_solved_assignment_shows_no_marks(toy):
    """Is the solved notebook what a student could have written?"""
    lesson, assignment = read(toy.path), toy.course.assignment("ps77")
    text = build.to_bytes(build.solved_assignment(lesson, assignment, toy.registry)).decode()
    assert "SOLUTION" not in text and "return 2 * x" in text and "twice as much" in text


def test_release_gives_what_the_lesson_shows(toy):
    """Does nbgrader's own release step cut the solutions as the build does, and leave none behind?"""
    built(toy)
    released = cells(release(toy.course, "ps77"))
    lesson = cells(toy.path.with_suffix(".ipynb"))
    for name in ("double-solution", "halved-solution", "sides-solution", "essay-solution"):
        assert released[name]["source"] == lesson[name]["source"]
    text = (toy.course.release / "ps77" / "ps77.ipynb").read_text(encoding="utf-8")
    assert "2 * x" not in text and "twice as much" not in text and "numbers.mean() / 2" not in text


def test_source_belongs_to_the_build(toy):
    """Does a text source beside a notebook, which nbgrader would publish with its solutions, stop build and release?"""
    built(toy)
    stray = toy.course.source / "ps77" / "ps77.py"
    stray.write_text("def double(x): return 2 * x")
    assert [str(stray)] == [line.split(":")[0] for line in foreign_files(toy.course)]
    assert any("nbgrader releases every file" in p for p in built(toy).problems)
    with pytest.raises(CourseError, match="nothing but built assignments"):
        release(toy.course, "ps77")


def test_a_broken_lesson_is_left_as_it_was(toy):
    """Does a rule that is broken stop the writing of that lesson, and is a stale notebook named by --check?"""
    built(toy)
    before = toy.path.with_suffix(".ipynb").read_bytes()
    toy.rewrite("# Halve the mean.", "# Halve the mean of 40 numbers.")
    assert any("40" in p for p in built(toy).problems)
    assert toy.path.with_suffix(".ipynb").read_bytes() == before
    toy.rewrite(" of 40 numbers.", " of all numbers.")
    assert any("is not what its source gives" in p for p in built(toy, write=False).problems)
    assert toy.path.with_suffix(".ipynb").read_bytes() == before


def test_an_unknown_lesson_number_is_said(toy):
    """Does `hlm build 99` name the lessons there are?"""
    with pytest.raises(CourseError, match="The lessons are: 77"):
        built(toy, only=["99"])


@pytest.mark.slow
def test_the_build_runs_what_it_prints(toy):
    """Do a wrong number, a cell that fails and an assignment that cannot stand alone stop the build?"""
    assert build_all(toy.course, toy.registry).problems == []
    toy.rewrite("{{40 = len(numbers) | d}}", "{{41 = len(numbers) | d}}")
    (problem,) = build_all(toy.course, toy.registry).problems
    assert "the text says 41, the lesson computes 40" in problem
    toy.rewrite("{{41 = len(numbers) | d}}", "{{40 = len(numbers) | d}}")
    toy.rewrite("    return 2 * x", "    return 2 * x\n\nraise ValueError('no')")
    (problem,) = build_all(toy.course, toy.registry).problems
    assert "raised ValueError: no" in problem


@pytest.mark.slow
def test_an_assignment_must_stand_alone(toy):
    """Is an exercise refused that needs a cell which the assignment does not get?"""
    toy.rewrite("# %% [markdown]\n# ## Twice", "# %%\nfactor = 2\n\n# %% [markdown]\n# ## Twice")
    toy.rewrite("halved = numbers.mean() / 2", "halved = numbers.mean() / factor")
    (problem,) = build_all(toy.course, toy.registry).problems
    assert "ps77, solved" in problem and "NameError" in problem and "setup" in problem


def test_an_exported_page_keeps_the_question_and_not_its_code():
    """In a lesson exported as HTML: is the code of a prediction, which holds its answer, left out, and all other code kept?"""
    lesson = read(PROJECT / "lessons" / "03_shrinkage_in_closed_form.py")
    notebook = build.lesson_notebook(lesson, registry())
    asked = [cell for cell in notebook.cells if "predict" in cell.metadata.get("tags", [])]
    other = [cell for cell in notebook.cells if cell.cell_type == "code" and cell not in asked]
    assert asked
    for cell in (asked[0], other[0]):
        cell.source = f"marked_{'asked' if cell is asked[0] else 'other'} = 1"
    exported, _resources = HTMLExporter().from_notebook_node(notebook)
    assert "marked_asked" not in exported
    assert "marked_other" in exported

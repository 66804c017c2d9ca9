"""Every lesson, run: solved and unsolved, its numbers, figures, shape and exercises."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import nbformat
import pytest

from autograder.exercises import registry
from course import build, prose, solved
from course.folder import open_course
from course.rules import lesson_problems
from course.source import Lesson, read, sources

COURSE = open_course()
PATHS = sources(COURSE.lessons)
MAY_BE_SHOWN = {"NotYet", "NotAttempted", "NotImplementedError"}
JUDGE = """
def _verdict(name, student=""):
    from autograder.check import judge_answer
    verdict = judge_answer(name, get_ipython().user_ns.get(name), student)
    return f"{verdict.outcome}: {verdict.message}"
"""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Run:
    """A lesson after its run: the notebook with outputs, its bound numbers, and the judge's word on each exercise."""

    lesson: Lesson
    cells: list
    numbers: dict[tuple[str, str], str]
    verdicts: dict[str, str]


@lru_cache
def run(path: Path, is_solved: bool) -> Run:
    """Run a lesson from top to bottom in an empty folder."""
    lesson = read(path)
    made = build.lesson_notebook(lesson, registry(), solved=is_solved)
    made.cells.append(nbformat.v4.new_code_cell(JUDGE))
    numbers = [b.key for _, text, _ in prose.parts(lesson) for b in prose.bindings(text)] if is_solved else []
    judged = {
        name: (f"_verdict({name!r})", "") for name in lesson.exercises if registry()[name].kind != "written"
    }
    ran = solved.run(made, [*numbers, *judged.values()], name=path.name, go_on=not is_solved)
    verdicts = {name: ran.values[key] for name, key in judged.items()}
    return Run(lesson, ran.notebook.cells[:-1], {key: ran.values[key] for key in numbers}, verdicts)


def lesson_paths(function):
    """Run a test for every lesson."""
    return pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)(function)


def figures(cells) -> list[tuple[str, dict]]:
    """Return (cell id, output) of every picture in the outputs."""
    return [
        (cell.id, output)
        for cell in cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {}) or "image/svg+xml" in output.get("data", {})
    ]


def test_there_are_lessons():
    """Do the tests below run over something?"""
    assert {p.stem.split("_")[0] for p in PATHS} >= {"02", "03"}


@lesson_paths
def test_a_lesson_keeps_the_rules(path):
    """Do cells, exercises and numbers keep every rule of the build?"""
    lesson = read(path)
    assert lesson_problems(lesson, registry()) == []
    assert prose.form_problems(lesson) == []


@lesson_paths
def test_the_notebook_is_what_the_source_gives(path):
    """Is the committed notebook up to date, and without outputs?"""
    made = build.to_bytes(build.lesson_notebook(read(path), registry()))
    assert path.with_suffix(".ipynb").read_bytes() == made, "run `make build`"
    assert not any(cell.get("outputs") for cell in json.loads(made)["cells"])


@lesson_paths
def test_the_numbers_in_the_text_are_those_computed(path):
    """Does the solved lesson run, and give every number that its text states?"""
    ran = run(path, True)
    assert prose.value_problems(ran.lesson, ran.numbers) == []


@lesson_paths
def test_every_changed_digit_turns_the_check_red(path):
    """Is each digit of each bound number held by the lesson's own values?"""
    ran, mutants = run(path, True), 0
    for cell in ran.lesson.cells:
        for found in prose.BINDING.finditer(cell.source) if cell.kind == "markdown" else ():
            for place in range(found.start(1), found.end(1)):
                if not cell.source[place].isdigit():
                    continue
                mutants += 1
                digit = str((int(cell.source[place]) + 1) % 10)
                changed = replace(cell, source=cell.source[:place] + digit + cell.source[place + 1 :])
                mutant = replace(ran.lesson, cells=(changed,))
                assert prose.value_problems(mutant, ran.numbers), (
                    f"{found[0]} at {place} may be changed unnoticed"
                )
    assert mutants > 20


@lesson_paths
def test_every_solution_is_right(path):
    """Does the judge find every answer of the solved lesson correct?"""
    wrong = {name: said for name, said in run(path, True).verdicts.items() if not said.startswith("correct")}
    assert wrong == {}


@lesson_paths
def test_every_exercise_is_open_as_shipped(path):
    """Does the judge find no answer in the unsolved lesson?"""
    given = {
        name: said for name, said in run(path, False).verdicts.items() if not said.startswith("not attempted")
    }
    assert given == {}


@lesson_paths
def test_the_unsolved_lesson_runs_from_top_to_bottom(path):
    """Is nothing raised in the unsolved lesson but what may be shown, and that in one sentence?"""
    for cell in run(path, False).cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                assert output.ename in MAY_BE_SHOWN and "\n" not in output.evalue.strip(), (
                    cell.id,
                    output.evalue,
                )


@lesson_paths
def test_nothing_is_written_to_stderr(path):
    """Does the solved lesson run without a warning on a learner's screen?"""
    said = [
        (cell.id, output.text)
        for cell in run(path, True).cells
        for output in cell.get("outputs", ())
        if output.output_type == "stream" and output.name == "stderr"
        # a cell may show a warning on purpose, and says so
        if "wrong-analysis" not in cell.metadata.get("tags", [])
        and "warns" not in cell.metadata.get("tags", [])
    ]
    assert said == []


@lesson_paths
@pytest.mark.parametrize("is_solved", [True, False], ids=["solved", "unsolved"])
def test_every_figure_is_described(path, is_solved):
    """Has every figure an alt text in its metadata, of 40 characters or more, with a number in it?"""
    found = figures(run(path, is_solved).cells)
    assert found
    for cell, output in found:
        alt = output.metadata.get("image/png", {}).get("alt", "")
        assert len(alt) >= 40 and re.search(r"\d", alt), (cell, alt)


@lesson_paths
def test_a_lesson_has_its_shape(path):
    """Has a lesson objectives, a widget, the standard tool, a wrong analysis run live, exercises and a take-away?"""
    lesson = read(path)
    if lesson.id == "00":
        pytest.skip("lesson 00 is the orientation; it has no exercises of its own")
    tagged = {
        tag: [c for c in lesson.cells if tag in c.tags]
        for tag in ("objectives", "wrong-analysis", "takeaway", "setup")
    }
    assert all(tagged.values()), {tag for tag, cells in tagged.items() if not cells}
    objectives = tagged["objectives"][0].source
    assert len(re.findall(r"^\s*(?:[-*]|\d\.) ", objectives, re.MULTILINE)) >= 3
    assert tagged["wrong-analysis"][0].kind == "code"
    takeaway = " ".join(prose.HEADING.sub("", prose.fill(c.source)) for c in tagged["takeaway"])
    assert len(re.findall(r"[^\s*-][^\s]*", takeaway)) <= 120
    code = "\n".join(c.source for c in lesson.cells if c.kind == "code")
    assert "hlm_teach.widgets" in code and "statsmodels" in code
    assert 3 <= len(lesson.exercises) <= 8
    text = "\n".join(c.source for c in lesson.cells if c.kind == "markdown")
    assert "glossary" in text
    for authors in ("Gelman", "Raudenbush", "Snijders"):
        assert authors in text


@lesson_paths
def test_a_lesson_starts_with_a_question_about_data(path):
    """Are the first words a title and a paragraph that asks, and does a figure come before the fourth heading?"""
    ran = run(path, False)
    first = next(c for c in ran.lesson.cells if c.kind == "markdown").source
    assert first.startswith(f"# Lesson {ran.lesson.id}: ") and "?" in first
    headings = 0
    for cell in ran.cells:
        if cell.cell_type == "markdown":
            headings += len(prose.HEADING.findall(cell.source))
        elif figures([cell]):
            break
    assert headings < 4


@lesson_paths
def test_exercises_have_help(path):
    """Has every exercise three hints or more and an explanation, none of them blank?"""
    for name in read(path).exercises:
        exercise = registry()[name]
        assert exercise.explanation.strip(), name
        assert all(hint.strip() for hint in exercise.hints), name
        if exercise.kind != "written":
            assert len(exercise.hints) >= 3, name


@lesson_paths
def test_links_to_the_glossary_have_a_target(path):
    """Does every glossary link name a heading of the glossary?"""
    glossary = path.with_name("glossary.md")
    text = path.read_text(encoding="utf-8")
    anchors = set(re.findall(r"glossary\.md#([\w-]+)", text))
    assert anchors
    known = {
        re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
        for heading in re.findall(r"^#+ +(.+)$", glossary.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert anchors <= known, anchors - known

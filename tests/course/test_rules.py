"""What an author is told: each rule broken once, in a lesson that keeps all the others."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from autograder.assignment import Assignment
from autograder.exercise import Carry
from course.rules import assignment_problems, lesson_problems
from course.source import RegionError, read, replace_regions


def test_the_toy_lesson_keeps_all_rules(toy):
    """Is a lesson that is right left in peace?"""
    assert lesson_problems(read(toy.path), toy.registry) == []


BREAKS = {
    "no Exercise": ('exercise="double"', 'exercise="doubled"', r"exercise doubled has cells but no Exercise \(did you mean double\?\)"),
    "no cells": ("exercise=", "exercises=", r"lesson_77\.py: exercise double has no cells"),
    "misspelt key": ('# %% exercise="halved"', '# %% excercise="halved"', "'excercise' means nothing here; did you mean exercise"),
    "two solutions": ('# %% exercise="halved"', '# %% exercise="double"', "double: it needs one solution code cell, but has 2"),
    "no region": ("    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION", "    return 2 * x", "double: its solution is not marked"),
    "open region": ("    return 2 * x\n    ### END SOLUTION", "    return 2 * x", "BEGIN SOLUTION has no END SOLUTION"),
    "closed twice": ("    ### BEGIN SOLUTION\n    return", "    return", "END SOLUTION has no BEGIN SOLUTION"),
    "region elsewhere": ("numbers = np.arange(40) - 20.0", "### BEGIN SOLUTION\nnumbers = 1\n### END SOLUTION", "outside an exercise's solution cell"),
    "name inside": ("halved = ...\n### BEGIN", "### BEGIN", "halved: its cell must name it outside the region"),
    "stub is no Python": ("halved = ...\n", "halved = \n", "the unsolved cell is no Python"),
    "no text": ('# %% [markdown] exercise="halved"', "# %% [markdown]", "halved: it has no text"),
    "no check": ("from autograder import check, hint, solution\n", "", "no cell tagged setup imports check"),
    "answer not marked": ("# ### BEGIN SOLUTION\n# Because", "# Because", "END SOLUTION has no BEGIN SOLUTION"),
    "no answer cell": (' exercise="essay" answer=true', "", "essay: it needs one answer cell"),
    "section": ("# ## Twice", "# ## Double", "its section 'Twice' is no heading"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_each_rule_is_said_with_file_and_exercise(toy, name):
    """Does a lesson that breaks one rule get a line with the file, the exercise, the rule and what to do?"""
    old, new, words = BREAKS[name]
    toy.rewrite(old, new)
    found = lesson_problems(read(toy.path), toy.registry)
    assert any(re.search(words, problem) for problem in found), found
    assert all("77_doubling.py" in problem or "lesson_77.py" in problem for problem in found)


def test_an_exercise_of_another_lesson_is_refused(toy):
    """Do the cells and the Exercise have to name the same lesson?"""
    registry = toy.registry | {"double": replace(toy.registry["double"], lesson="78")}
    assert any("says lesson '78'" in p for p in lesson_problems(read(toy.path), registry))


def test_a_rubric_must_add_up(toy):
    """Is a rubric refused whose points are not those of the exercise?"""
    registry = toy.registry | {"essay": replace(toy.registry["essay"], points=4)}
    assert any(
        "adds up to 3 points, but it is worth 4" in p for p in lesson_problems(read(toy.path), registry)
    )


def test_an_assignment_can_only_name_what_the_lesson_has(toy):
    """Is a misspelt exercise, a missing lesson, or an exercise before the one it builds on, refused?"""
    made = read(toy.path)

    def said(registry=toy.registry, **values):
        return assignment_problems(
            Assignment("ps77", title="x", **values), made, registry, "assignments.toml"
        )

    assert said(lesson="77", exercises=("double",)) == []
    assert "did you mean double?" in said(lesson="77", exercises=("duble",))[0]
    carry = Carry("double", lambda: {}, lambda value: value)
    later = toy.registry | {"halved": replace(toy.registry["halved"], carries=(carry,))}
    assert said(later, lesson="77", exercises=("double", "halved")) == []
    assert "must come before it" in said(later, lesson="77", exercises=("halved", "double"))[0]
    assert (
        "there is no lesson '99'"
        in assignment_problems(Assignment("ps99", "99", "x", ("double",)), None, {}, "a.toml")[0]
    )


def test_regions_nested_in_one_another_are_refused():
    """Can a region stand inside another?"""
    with pytest.raises(RegionError, match="already open"):
        replace_regions("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "...")

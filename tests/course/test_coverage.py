"""What the course promises to cover, and where it does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.exercise import Misconception
from autograder.exercises import registry
from course.books import read_all
from course.coverage import concept_places, misconception_places, missing, page, read_owed
from course.folder import open_course
from course.rules import lesson_problems
from course.source import read

COURSE = open_course()
OWED = read_owed(COURSE.lessons / "coverage.toml")


def test_every_number_is_owed_once():
    """Are there a hundred concepts and thirty-six misconceptions, each owed by one lesson?"""
    concepts, misconceptions = OWED
    assert sorted(int(item.number) for item in concepts) == list(range(1, 101))
    assert sorted(int(item.number[1:]) for item in misconceptions) == list(range(1, 37))


def test_the_lessons_cover_what_they_owe():
    """Has every concept of every lesson its cell, and every misconception an exercise that names it?"""
    lessons = read_all(COURSE)
    assert lessons
    assert missing(OWED, lessons, registry()) == []


def test_the_table_is_up_to_date():
    """Does lessons/README.md say what the lessons' marks say?"""
    made = page(OWED, read_all(COURSE), registry())
    assert (COURSE.lessons / "README.md").read_text(encoding="utf-8") == made, "run `make build`"


def test_a_misconception_is_met_with_a_sentence():
    """Has each misconception of the table a sentence for whoever holds it?"""
    for exercise in registry().values():
        for found in misconception_places([exercise]):
            sentences = [m.sentence for m in exercise.misconceptions if m.id == found]
            sentences += [m.sentence for s in exercise.slots for m in s.wrong.values() if m.id == found]
            assert all(len(sentence) > 20 for sentence in sentences), (exercise.id, found)


@pytest.fixture
def owed(tmp_path):
    """Return what the toy lesson would owe: one concept, one misconception."""
    path = tmp_path / "coverage.toml"
    path.write_text('[concepts]\n77 = [[12, "Doubling"]]\n[misconceptions]\n77 = [["M1", "Half."]]\n')
    return read_owed(path)


def test_what_is_missing_is_named(toy, owed):
    """Is a concept without a cell, and a misconception without an exercise, named with what to do?"""
    found = missing(owed, {"77": read(toy.path)}, toy.registry)
    assert any("concept 12 (Doubling) is marked on no cell" in problem for problem in found)
    assert any("no exercise names M1" in problem for problem in found)


def test_marks_are_found(toy, owed):
    """Is a marked cell found with its section, and a marked exercise beside it?"""
    toy.rewrite("# %% [markdown]\n# ## Twice", "# %% [markdown] concepts=[12]\n# ## Twice")
    toy.rewrite('# %% [markdown] exercise="double"', '# %% [markdown] exercise="double" concepts=[12]')
    lesson = read(toy.path)
    place = concept_places(lesson)["12"]
    assert (place.section, place.exercises) == ("Twice", ("double",))
    double = toy.registry["double"]
    held = replace(double, misconceptions=(*double.misconceptions, Misconception("M1", "It is not half.")))
    full = toy.registry | {"double": held}
    assert missing(owed, {"77": lesson}, full) == []
    assert "| 12 | Doubling | [77](77_doubling.ipynb), Twice" in page(owed, {"77": lesson}, full)


def test_a_stray_number_is_named(toy, owed):
    """Is a mark that no table knows an error?"""
    toy.rewrite("# %% [markdown]\n# ## Twice", "# %% [markdown] concepts=[12, 999]\n# ## Twice")
    assert any("concepts=[999]" in problem for problem in missing(owed, {"77": read(toy.path)}, toy.registry))


def test_a_mark_must_be_a_list_of_numbers(toy):
    """Is concepts="12" refused in a sentence?"""
    toy.rewrite("# %% [markdown]\n# ## Twice", '# %% [markdown] concepts="12"\n# ## Twice')
    assert any(
        "like concepts=[12, 13]" in problem for problem in lesson_problems(read(toy.path), toy.registry)
    )

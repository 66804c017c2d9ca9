"""Where each concept is taught and each misconception met: from the marks in the lessons to one table.

``lessons/coverage.toml`` numbers the concepts and the misconceptions and says which lesson owes them. A cell carries
``concepts=[12, 13]`` on its line; a misconception is met where an exercise of its lesson names it, that is, where a
`Misconception` with its number stands. `hlm build` writes ``lessons/README.md`` from both, and names what is owed and
missing. A lesson that does not exist yet owes nothing.

What this file does not do: judge whether a cell explains its concept well. That takes a reader.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.exercise import Exercise
from course.build import named_cells
from course.prose import HEADING, fill
from course.source import Lesson

HEAD = """# The lessons

Open a notebook with `make lab`, or read on: which lesson teaches what, and where.
This page is written by `hlm build` from the marks in the lessons and from `coverage.toml`.

"""


@dataclass(frozen=True)
class Item:
    """A concept or a misconception: its number, its words, and the lesson that owes it."""

    number: str
    words: str
    lesson: str


@dataclass(frozen=True)
class Place:
    """Where an item is found: the heading of the section, the cell's id, and the exercises that ask for it."""

    section: str = ""
    cell: str = ""
    exercises: tuple[str, ...] = ()


def read_owed(path: Path) -> tuple[list[Item], list[Item]]:
    """Return the concepts and the misconceptions of ``coverage.toml``; none of either where there is no such file."""
    if not path.is_file():
        return [], []
    tables = tomllib.loads(path.read_text(encoding="utf-8"))

    def items(name: str) -> list[Item]:
        return [
            Item(str(number), words, lesson)
            for lesson, rows in tables.get(name, {}).items()
            for number, words in rows
        ]

    return items("concepts"), items("misconceptions")


def concept_places(lesson: Lesson) -> dict[str, Place]:
    """Return where a lesson marks each concept: the first marked cell that teaches, and every marked exercise."""
    found: dict[str, Place] = {}
    section = ""
    for name, cell in named_cells(lesson):
        if cell.kind == "markdown" and (headings := HEADING.findall(cell.source)):
            section = fill(headings[0]).strip()
        for number in map(str, cell.concepts):
            place = found.get(number, Place())
            if cell.exercise:
                place = replace(place, exercises=tuple(dict.fromkeys((*place.exercises, cell.exercise))))
            elif not place.cell:
                place = replace(place, section=section, cell=name)
            found[number] = place
    return found


def misconception_places(exercises: Iterable[Exercise]) -> dict[str, tuple[str, ...]]:
    """Return the exercises that name each misconception, with a sentence for whoever holds it."""
    found: dict[str, tuple[str, ...]] = {}
    for exercise in exercises:
        for number in dict.fromkeys(m.id for m in all_misconceptions(exercise)):
            found[number] = (*found.get(number, ()), exercise.id)
    return found


def all_misconceptions(exercise: Exercise) -> Iterator:
    """Yield every misconception that an exercise can name: by a wrong way, or by a wrong option of a slot."""
    yield from exercise.misconceptions
    for slot in exercise.slots:
        yield from slot.wrong.values()


def missing(
    owed: tuple[list[Item], list[Item]], lessons: Mapping[str, Lesson], registry: Mapping[str, Exercise]
) -> list[str]:
    """Return what the lessons owe and do not have, and the marks that mean nothing."""
    concepts, misconceptions = owed
    found = []
    for number, lesson in lessons.items():
        marked = concept_places(lesson)
        mine = {item.number: item for item in concepts if item.lesson == number}
        known = {item.number for item in concepts}
        for item in mine.values():
            if not marked.get(item.number, Place()).cell:
                found.append(
                    f"{lesson.path.name}: concept {item.number} ({item.words}) is marked on no cell. "
                    f"Write concepts=[{item.number}] on the line of the cell that teaches it."
                )
        for stray in sorted(set(marked) - known, key=int):
            found.append(f"{lesson.path.name}: concepts=[{stray}] is not a number of coverage.toml.")
        met = misconception_places(e for e in registry.values() if e.lesson == number)
        for item in misconceptions:
            if item.lesson == number and item.number not in met:
                found.append(
                    f"{lesson.path.name}: no exercise names {item.number} ({item.words}) "
                    f"Give one a Misconception({item.number!r}, …) with its sentence."
                )
    return found


def page(
    owed: tuple[list[Item], list[Item]], lessons: Mapping[str, Lesson], registry: Mapping[str, Exercise]
) -> str:
    """Return ``lessons/README.md``: the lessons, then every concept and misconception that has a place."""
    concepts, misconceptions = owed
    lines = ["| lesson | tasks |", "|---|---|"]
    lines += [
        f"| [{fill(lesson.title)}]({lesson.name}.ipynb) | {len(lesson.exercises)} |"
        for lesson in lessons.values()
    ]
    lines += ["", "## Concepts", "", "| | concept | lesson, section (cell) | tasks |", "|---|---|---|---|"]
    places = {number: concept_places(lesson) for number, lesson in lessons.items()}
    for item in sorted(concepts, key=lambda item: int(item.number)):
        for number, lesson in lessons.items():
            if (place := places[number].get(item.number)) and place.cell:
                where = f"[{number}]({lesson.name}.ipynb), {place.section} (`{place.cell}`)"
                lines.append(f"| {item.number} | {item.words} | {where} | {_codes(place.exercises)} |")
    lines += ["", "## What learners often believe", "", "| | belief | lesson | tasks that name it |", "|---|---|---|---|"]  # fmt: skip
    met = misconception_places(e for e in registry.values() if e.lesson in lessons)
    for item in sorted(misconceptions, key=lambda item: int(item.number[1:])):
        if item.number in met:
            lines.append(f"| {item.number} | {item.words} | {item.lesson} | {_codes(met[item.number])} |")
    return HEAD + "\n".join(lines) + "\n"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)

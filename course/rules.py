"""What a lesson and its exercises must keep to, checked before anything is written.

Each rule that is broken gives one line: the file, the exercise, the rule, and what to do. `hlm build` prints them all, so
that an author does not meet them one at a time.

What this file does not do: look at numbers in the text (`course.prose`) or run anything.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping

from autograder.assignment import Assignment
from autograder.exercise import Exercise
from autograder.notebooks import names_bound
from course.prose import HEADING
from course.source import KEYS, Cell, Lesson, RegionError

ID = re.compile(r"[a-z][a-z0-9_]{1,47}")
AGAIN = "Then run `hlm build` again."


def lesson_problems(lesson: Lesson, registry: Mapping[str, Exercise]) -> list[str]:
    """Return every rule that one lesson breaks.

    Parameters
    ----------
    lesson
        The lesson as read.
    registry
        All exercises by id.

    Returns
    -------
    list of str
        One line each; empty if all is well.
    """
    found = [
        f"{lesson.path.name}: cell “{cell.first_line}”: {problem}"
        for cell in lesson.cells
        for problem in _cell(cell)
    ]
    for name in lesson.exercises:
        exercise = registry.get(name)
        if exercise is None:
            found.append(_unknown(lesson, name, registry))
        else:
            found += [
                f"{lesson.path.name}: exercise {name}: {problem} {AGAIN}"
                for problem in _exercise(lesson, exercise)
            ]
    for exercise in registry.values():
        if exercise.lesson == lesson.id and exercise.id not in lesson.exercises:
            found.append(
                f"autograder/exercises/lesson_{lesson.id}.py: exercise {exercise.id} has no cells in {lesson.path.name}. "
                f'Write them there with exercise="{exercise.id}" on their line, or remove the Exercise. {AGAIN}'
            )
    if lesson.exercises and not any("check" in names_bound(cell.source) for cell in lesson.setup):
        found.append(
            f"{lesson.path.name}: no cell tagged setup imports check. Add `from autograder import check, hint, solution` "
            f'to a cell `# %% tags=["setup"]`. {AGAIN}'
        )
    return found


def _unknown(lesson: Lesson, name: str, registry: Mapping[str, Exercise]) -> str:
    near = difflib.get_close_matches(name, registry, 1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return (
        f"{lesson.path.name}: exercise {name} has cells but no Exercise{hint}. "
        f"Write Exercise(id={name!r}, …) in autograder/exercises/lesson_{lesson.id}.py. {AGAIN}"
    )


def _cell(cell: Cell) -> Iterator[str]:
    for key in cell.unknown:
        if key == "concepts":
            yield "concepts must be a list of numbers, like concepts=[12, 13]."
            continue
        near = difflib.get_close_matches(key, KEYS, 1)
        yield f"the key {key!r} means nothing here{f'; did you mean {near[0]}?' if near else '.'}"
    if cell.answer and (cell.kind != "markdown" or not cell.exercise):
        yield 'answer=true belongs on a markdown cell with exercise="…".'
    if cell.has_region and not cell.is_solution:
        yield "a solution region stands outside an exercise's solution cell. Put exercise=\"…\" on the cell's line."
    try:
        stub, solved = cell.stub, cell.solved
    except RegionError as problem:
        yield f"{problem}. Every ### BEGIN SOLUTION needs its own ### END SOLUTION below it."
        return
    if cell.kind == "code":
        for name, text in (("unsolved", stub), ("solved", solved)) if cell.has_region else (("", solved),):
            if problem := _syntax_problem(text):
                yield f"the {name + ' ' if name else ''}cell is no Python: {problem}"


def _syntax_problem(text: str) -> str | None:
    plain = "\n".join("pass" if line.startswith(("%", "!")) else line for line in text.split("\n"))
    try:
        ast.parse(plain)
    except SyntaxError as problem:
        return f"{problem.msg} in its line {problem.lineno}"
    return None


def _exercise(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    cells = lesson.of(exercise.id)
    if not ID.fullmatch(exercise.id):
        yield "an id is a Python name of small letters, digits and _, at most 48 long."
    if exercise.lesson != lesson.id:
        yield f"its Exercise says lesson {exercise.lesson!r}. Move the cells or change the Exercise."
    headings = [h for c in lesson.cells if c.kind == "markdown" for h in HEADING.findall(c.source)]
    if exercise.section not in [h.strip() for h in headings]:
        near = difflib.get_close_matches(exercise.section, headings, 1, 0.3)
        yield (
            f"its section {exercise.section!r} is no heading of the lesson"
            + (f"; the nearest is {near[0]!r}." if near else ".")
        )
    if not any(c.kind == "markdown" and not c.answer for c in cells):
        yield 'it has no text: write a cell `# %% [markdown] exercise="…"` above the solution.'
    yield from _written(exercise, cells) if exercise.kind == "written" else _computed(exercise, cells)


def _written(exercise: Exercise, cells: tuple[Cell, ...]) -> Iterator[str]:
    answers = [c for c in cells if c.answer]
    if any(c.kind == "code" for c in cells):
        yield "a written exercise has no code cell."
    if len(answers) != 1:
        yield f'it needs one answer cell, `# %% [markdown] exercise="{exercise.id}" answer=true`, but has {len(answers)}.'
    if answers and not answers[0].has_region:
        yield "its sample answer is not marked: put it between ### BEGIN SOLUTION and ### END SOLUTION."
    if not exercise.rubric:
        yield "a written exercise needs a rubric, so that two people mark it alike."
    elif abs(sum(points for points, _ in exercise.rubric) - exercise.points) > 1e-9:
        yield f"its rubric adds up to {sum(p for p, _ in exercise.rubric):g} points, but it is worth {exercise.points:g}."


def _computed(exercise: Exercise, cells: tuple[Cell, ...]) -> Iterator[str]:
    code = [c for c in cells if c.kind == "code"]
    if any(c.answer for c in cells):
        yield f"answer=true is for written exercises, but this one is of kind {exercise.kind!r}."
    if len(code) != 1:
        yield f"it needs one solution code cell, but has {len(code)}. Other code of it goes into a cell without exercise=."
        return
    if not code[0].has_region:
        yield "its solution is not marked: put it between ### BEGIN SOLUTION and ### END SOLUTION."
        return
    try:
        bound = names_bound(code[0].stub)
    except RegionError:
        return  # already said, for the cell
    if exercise.id not in bound:
        start = f"def {exercise.id}(…):" if exercise.kind == "function" else f"{exercise.id} = ..."
        yield f"its cell must name it outside the region, so that the unsolved lesson runs: start with `{start}`."


def assignment_problems(
    assignment: Assignment, lesson: Lesson | None, registry: Mapping[str, Exercise], where: str
) -> list[str]:
    """Return every rule that an assignment breaks.

    Parameters
    ----------
    assignment
        The assignment.
    lesson
        Its lesson, or None if there is no such lesson.
    registry
        All exercises by id.
    where
        How messages call the file that names the assignment.
    """
    where = f"{where}, [{assignment.id}]"
    if lesson is None:
        return [
            f"{where}: there is no lesson {assignment.lesson!r}: no file lessons/{assignment.lesson}_*.py."
        ]
    found = []
    for name in assignment.exercises:
        if name not in lesson.exercises:
            near = difflib.get_close_matches(name, lesson.exercises, 1)
            found.append(
                f"{where}: lesson {lesson.id} has no exercise {name!r}{f'; did you mean {near[0]}?' if near else '.'} {AGAIN}"
            )
            continue
        for carry in registry[name].carries if name in registry else ():
            earlier = assignment.exercises[: assignment.exercises.index(name)]
            if carry.exercise not in earlier:
                found.append(
                    f"{where}: exercise {name} builds on {carry.exercise}, which must come before it in exercises. {AGAIN}"
                )
    return found

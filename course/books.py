"""The shelf: reads all lessons and assignments, checks them, and writes their notebooks.

A lesson that breaks a rule is named and left as it was; the others are built. ``source`` belongs to the build: any
other file there, an assignment that no longer exists too, is named as a problem and never deleted, because nbgrader
releases every file that lies in that folder.

What this file does not do: decide what a notebook holds (`course.build`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.assignment import Assignment
from autograder.exercise import Exercise
from course import build, coverage, prose, rules, solved
from course.folder import Course, CourseError
from course.inventory_notebook import is_test, lesson_of
from course.source import Lesson, read, sources


@dataclass
class Outcome:
    """What a build did: the files it wrote, those that were already right, and the rules that are broken."""

    written: list[Path] = field(default_factory=list)
    unchanged: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_all(course: Course) -> dict[str, Lesson]:
    """Return the lessons by number.

    Raises
    ------
    CourseError
        If two files claim the same number.
    """
    found: dict[str, Lesson] = {}
    for path in sources(course.lessons):
        lesson = read(path)
        if lesson.id in found:
            raise CourseError(
                f"Two lessons are numbered {lesson.id}: {found[lesson.id].path.name} and {path.name}. Rename one."
            )
        found[lesson.id] = lesson
    return found


def of_assignment(course: Course, assignment: Assignment) -> Lesson:
    """Return the lesson that an assignment is made from; a test of the concept inventory is made, not read."""
    if is_test(assignment.lesson):
        return lesson_of(assignment.lesson, assignment.exercises)
    return read(path_of(course, assignment))


def path_of(course: Course, assignment: Assignment) -> Path:
    """Return the source of the lesson that an assignment is made from."""
    for path in sources(course.lessons):
        if path.stem.split("_")[0] == assignment.lesson:
            return path
    raise CourseError(
        f"[{assignment.id}] is made from lesson {assignment.lesson!r}, but {course.lessons} holds no such lesson."
    )


def verify(lesson: Lesson, registry: Mapping[str, Exercise], timeout: int = 300) -> list[str]:
    """Run the solved lesson and return the numbers in its text that are not what it computes."""
    asked = [b.key for _, text, _ in prose.parts(lesson) for b in prose.bindings(text)]
    try:
        ran = solved.run(build.solved_lesson(lesson, registry), asked, name=lesson.path.name, timeout=timeout)
    except solved.RunError as problem:
        return [f"{problem}. The solved lesson must run from top to bottom."]
    return prose.value_problems(lesson, ran.values)


def verify_assignment(lesson: Lesson, assignment: Assignment, registry: Mapping[str, Exercise]) -> list[str]:
    """Run the solved assignment: does it stand on its own, without the rest of its lesson?"""
    try:
        solved.run(build.solved_assignment(lesson, assignment, registry), name=f"{assignment.id}, solved")
    except solved.RunError as problem:
        return [
            f"{problem}. An assignment has only the lesson's cells tagged setup and its own exercises: "
            f"move what is missing into a setup cell of {lesson.path.name}."
        ]
    return []


def build_all(
    course: Course,
    registry: Mapping[str, Exercise],
    only: Iterable[str] = (),
    *,
    check_values: bool = True,
    write: bool = True,
    step: Callable[[str], None] = lambda text: None,
) -> Outcome:
    """Build lessons and assignments.

    Parameters
    ----------
    course
        The course whose ``source`` is filled.
    registry
        All exercises by id.
    only
        Numbers of lessons; none means all.
    check_values
        Whether to run the solved lessons and assignments.
    write
        Whether to write; otherwise files that are not what they would be are listed as problems.
    step
        Called with a few words before each long step.
    """
    done, lessons = Outcome(), read_all(course)
    wanted = list(only) or list(lessons)
    tests = [
        a for a in course.assignments.values() if is_test(a.lesson) and (not list(only) or a.lesson in only)
    ]
    wanted = [number for number in wanted if not is_test(number)]
    for number in wanted:
        if number not in lessons:
            raise CourseError(
                f"There is no lesson {number!r}. The lessons are: {', '.join(lessons) or 'none yet'}."
            )
    if write:
        course.prepare()
        done.problems += foreign_files(course)
    if not list(only):
        done.problems += _without_lesson(registry, lessons)
    for number in wanted:
        _build_one(course, lessons[number], registry, check_values, write, step, done)
    for assignment in tests:
        _build_test(course, assignment, registry, check_values, write, step, done)
    _build_coverage(course, lessons, registry, wanted, write, done)
    for assignment in course.assignments.values():
        if assignment.lesson not in lessons and not is_test(assignment.lesson) and not list(only):
            done.problems += rules.assignment_problems(assignment, None, registry, "assignments.toml")
    return done


def _build_coverage(course, lessons, registry, wanted: list[str], write: bool, done: Outcome) -> None:
    """Write the table of what is taught where, and name what is missing in the lessons asked for."""
    owed = coverage.read_owed(course.lessons / "coverage.toml")
    if owed == ([], []):
        return
    done.problems += coverage.missing(owed, {number: lessons[number] for number in wanted}, registry)
    _put(course.lessons / "README.md", coverage.page(owed, lessons, registry).encode(), write, done)


def _without_lesson(registry: Mapping[str, Exercise], lessons: Mapping[str, Lesson]) -> list[str]:
    return [
        f"autograder/exercises: exercise {exercise.id} belongs to lesson {exercise.lesson!r}, which does not exist: "
        f"no file lessons/{exercise.lesson}_*.py."
        for exercise in registry.values()
        if exercise.lesson not in lessons and not is_test(exercise.lesson)
    ]


def _build_one(
    course, lesson: Lesson, registry, check_values: bool, write: bool, step, done: Outcome
) -> None:
    step(f"lesson {lesson.id}: rules")
    assignments = [a for a in course.assignments.values() if a.lesson == lesson.id]
    problems = rules.lesson_problems(lesson, registry) + prose.form_problems(lesson)
    for assignment in assignments:
        problems += rules.assignment_problems(assignment, lesson, registry, "assignments.toml")
    if not problems and check_values:
        step(f"lesson {lesson.id}: running the solved lesson")
        problems += verify(lesson, registry)
        for assignment in assignments if not problems else ():
            step(f"{assignment.id}: running the solved assignment")
            problems += verify_assignment(lesson, assignment, registry)
    if problems:
        done.problems += problems
        return
    _put(
        lesson.path.with_suffix(".ipynb"),
        build.to_bytes(build.lesson_notebook(lesson, registry)),
        write,
        done,
    )
    if write:
        for assignment in assignments:
            made = build.assignment_notebook(lesson, assignment, registry)
            _put(course.source / assignment.id / f"{assignment.id}.ipynb", build.to_bytes(made), write, done)


def _build_test(course, assignment, registry, check_values: bool, write: bool, step, done: Outcome) -> None:
    """Write one test of the concept inventory; it is an assignment without a lesson."""
    lesson = of_assignment(course, assignment)
    problems = rules.assignment_problems(assignment, lesson, registry, "assignments.toml")
    if not problems and check_values:
        step(f"{assignment.id}: running the solved assignment")
        problems += verify_assignment(lesson, assignment, registry)
    done.problems += problems
    if write and not problems:
        made = build.assignment_notebook(lesson, assignment, registry)
        _put(course.source / assignment.id / f"{assignment.id}.ipynb", build.to_bytes(made), write, done)


def _put(path: Path, content: bytes, write: bool, done: Outcome) -> None:
    """Write a file whole or not at all; leave it alone if it is already right."""
    if path.is_file() and path.read_bytes() == content:
        done.unchanged.append(path)
        return
    if not write:
        done.problems.append(
            f"{path.name} is not what its source gives. Run `make build` and commit both files."
        )
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
    done.written.append(path)


def foreign_files(course: Course) -> list[str]:
    """Return what lies in ``source`` and was not built: nbgrader would hand it to students, solutions and all."""
    known = {course.source / ps / f"{ps}.ipynb" for ps in course.assignments}
    found = []
    for path in sorted(course.source.rglob("*")) if course.source.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            continue
        if ".ipynb_checkpoints" in path.parts:
            continue
        if path not in known or path.is_symlink():
            found.append(
                f"{path}: nothing but built assignments may lie in source, because nbgrader releases every file there. "
                "Move it away, then run `hlm build` again."
            )
    return found

"""The instructor's job from end to end, on the example class: ``hlm demo``.

In a folder of its own: build, release two assignments, take in a class (once in time, once after the deadline), grade it in
the sandbox, write the feedback, print the class table. Nothing of the project's own course is touched.

What this file does not do: check the results; ``tests/course/test_whole_path.py`` does that on the same class.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from autograder.exercises import registry
from autograder.intake import Taken, take_in
from course import build
from course.books import build_all, of_assignment
from course.example_class import CLASS, ROSTER, Example
from course.folder import OWN_COURSE, Course, CourseError
from course.steps import release
from hlm_teach.locale import _

MARK = "made by hlm demo\n"
IN_TIME, DEADLINE, TOO_LATE = (datetime(2026, 10, day, 20, 0, tzinfo=UTC) for day in (10, 12, 14))


def prepare(root: Path) -> Course:
    """Make an empty course folder with a deadline, a roster and tight limits.

    Raises
    ------
    CourseError
        If there is something in the folder that no demo made.
    """
    mark = root / ".hlm-demo"
    if root.exists() and any(root.iterdir()) and not mark.is_file():
        raise CourseError(
            f"{root} holds something that no demo made. Give another folder with --to DIR, or empty it yourself."
        )
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    mark.write_text(MARK)
    own = (OWN_COURSE / "assignments.toml").read_text(encoding="utf-8")
    extra = f'deadline = {DEADLINE:%Y-%m-%dT%H:%M:%S}Z\nlate = "first"\ncpu_seconds = 5\nmemory_mb = 1024\n'
    kept = [line for line in own.split("\n") if not line.startswith(("deadline", "late", "cpu_", "memory_"))]
    lines = [line + ("\n" + extra if line.startswith("[ps") else "") for line in kept]
    (root / "assignments.toml").write_text("\n".join(lines), encoding="utf-8")
    (root / "roster.csv").write_text("student\n" + "".join(f"{name}\n" for name in ROSTER), encoding="utf-8")
    return Course(root)


def hand_in(
    course: Course, ps: str, folder: Path, late: bool = False, students: Sequence[Example] = CLASS
) -> list[Example]:
    """Write what a class hands in for one assignment (default: the example class); return who did."""
    solved, released = {}, {}
    for name, assignment in course.assignments.items():
        made = build.solved_assignment(of_assignment(course, assignment), assignment, registry())
        solved[name] = json.loads(build.to_bytes(made))
        path = course.release / name / f"{name}.ipynb"
        released[name] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    came = [e for e in students if e.ps == ps and (e.late or not late)]
    for example in came:
        for name, content in (example.late if late else example.files)(solved, released).items():
            path = folder / example.student / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return came


def take(course: Course, ps: str) -> list[Taken]:
    """Take in the class twice: before the deadline, and after it."""
    taken = []
    titles = {name: _(exercise.title) for name, exercise in registry().items()}
    for late, at in ((False, IN_TIME), (True, TOO_LATE)):
        with tempfile.TemporaryDirectory(prefix="hlm-class-") as folder:
            if hand_in(course, ps, Path(folder), late):
                taken.append(
                    take_in(
                        course.root,
                        course.assignment(ps),
                        Path(folder),
                        assignments=course.assignments,
                        titles=titles,
                        now=at,
                    )
                )
    return taken


def run(root: Path) -> int:
    """Run the whole path and print it."""
    from course.cli import main

    course = prepare(root)
    print(
        f"A course in {root}, deadline {DEADLINE:%Y-%m-%d %H:%M} UTC, {len(ROSTER)} students on the roster\n"
    )
    built = build_all(course, registry(), check_values=False)
    if built.problems:
        raise CourseError(
            f"the lessons do not build: {built.problems[0]} Run `hlm build` for the whole list."
        )
    print(f"built {len(built.written)} notebooks")
    failed = 0
    for ps in dict.fromkeys(example.ps for example in CLASS):
        release(course, ps)
        print(f"\nreleased {ps}")
        for late, taken in zip(("in time", "after the deadline"), take(course, ps), strict=False):
            print(f"took in {ps}, {late}: {len(taken.receipts)} hand-ins")
            for receipt in taken.receipts:
                if receipt.verdict != "counted":
                    print(f"  {receipt.student}: {receipt.verdict}. {receipt.reason}")
        for command in (
            ["grade", ps],
            ["feedback", ps],
            ["report", ps, "--csv", str(root / f"{ps}.csv"), "--to", str(root / "reports")],
        ):
            print(f"\n$ hlm --course {root.name} {' '.join(command[:2])}")
            failed |= main(["--course", str(root), *command])
    print(
        f"\nFeedback pages: {root / 'feedback'}. Class reports: {root / 'reports'}. Marks by hand: `hlm --course {root} lab`, then Nbgrader → Formgrader."
    )
    return failed

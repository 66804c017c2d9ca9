"""Grade the same submissions with this project's grader and with nbgrader's own, in one run, and write a table.

    python benchmarks/grading.py [--quick] [--out benchmarks/grading.md]

The submissions are honest ones and a harmless sample of ``tests/corpus`` (nothing that would hurt this machine: nbgrader's
own step runs student code with the teacher's rights). Ours is graded as always: `hlm intake`, `hlm grade` with one
worker, `hlm feedback`. nbgrader's own grades the same files with its default settings and its default feedback pages, in a course
whose released notebook has, in place of our checks, plain asserts against reference values between its marks for hidden
tests: every example and four hidden cases of a function, the blanks word for word, the properties of a made table, and one
number for the value of the data, which for nbgrader are the practice set for everybody. All of a task's points or none.

Processor time is that of all processes of a command. One submission is graded first, then the others: the difference, divided
by their number, is what each further one takes; the first bears the start of the commands and of the sandbox. Marks are held
to what the corpus says; a submission whose mark differs on either side is listed. Undeserved: a task with more points than it
is owed. Partial credit that an assert cannot give is no fault of nbgrader's and is not in this sample.

What this file does not do: judge speed. It is no test and sets no limit.
"""

from __future__ import annotations

# ruff: noqa: E402 (the tests' folder is put on the path before the corpus is imported)
import argparse
import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "corpus")]
sys.path.append(str(HERE.parent / "tests"))

import numpy as np
import test_corpus
from corpus import CORPUS

from autograder.exercise import Exercise
from autograder.exercises import registry
from autograder.inbox import safe_id
from autograder.student_data import assignment_data, hidden_cases
from course.gradebook import marks, open_gradebook

PS = "ps02"
HONEST = (
    *("controls-right-02", "controls-blank-02", "controls-by-hand", "controls-rounded", "controls-wrong"),
    *("controls-run", "clumsy-figure", "clumsy-chinese", "clumsy-renamed", "clumsy-object", "clumsy-helper"),
    *("clumsy-stderr", "clumsy-warns-when-called", "clumsy-magics", "clumsy-builtins"),
)
SAMPLE = (
    *("structure-twice", "structure-skip-tag", "structure-points", "structure-no-names", "structure-flags"),
    *("structure-outputs-forged", "structure-answer-deleted", "files-bom", "files-renamed", "files-empty"),
    *(
        "cheats-skip-tag",
        "cheats-liar",
        "cheats-patched",
        "cheats-nan",
        "cheats-all-options",
        "kernel-exit",
        "clumsy-sys-exit",
    ),
)
STOCK = """
import sys, logging
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
root, ps, kind, *students = sys.argv[1:]
for student in students:
    c = Config(); c.CourseDirectory.root = root
    converter = {"release": GenerateAssignment, "grade": Autograde, "feedback": GenerateFeedback}[kind]
    try:
        made = converter(coursedir=CourseDirectory(config=c, assignment_id=ps, student_id=student if kind != "release" else "."), config=c)
        made.force = made.create_assignment = True
        made.start()
    except (Exception, SystemExit) as problem:
        print(student, type(problem).__name__, file=sys.stderr)
"""


# ---- the version for nbgrader's own step -----------------------------------------------------------------------------


def literal(value) -> str:
    """Write plain data as Python."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()!r}, dtype={str(value.dtype)!r})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {literal(v)}" for k, v in value.items()) + "}"
    return repr(value.item() if isinstance(value, np.generic) else value)


def asserts(exercise: Exercise) -> str:
    """Return the test of one exercise as a teacher would write it for nbgrader."""
    name, near = exercise.id, exercise.tolerance
    if exercise.kind == "value":
        right = exercise.reference(data=assignment_data(exercise.data, student=""))
        lines = [f"assert abs({name} - {right!r}) <= {near.atol + near.rtol * abs(right)!r}"]
    elif exercise.kind == "function":
        lines = []
        for case in (*exercise.shown, *hidden_cases(exercise, "a term")):
            lines.append(
                f"case, right = {literal(dict(case.inputs))}, {literal(exercise.reference(**case.inputs))}"
            )
            lines.append(f"found = {name}(*case.values())")
            compare = f"np.testing.assert_allclose({{}}, {{}}, rtol={near.rtol!r}, atol={near.atol!r})"
            by_key = "for key in right: " + compare.format("found[key]", "right[key]")
            lines.append(
                by_key
                if isinstance(exercise.reference(**case.inputs), dict)
                else compare.format("found", "right")
            )
    elif exercise.kind == "slots":
        lines = [f"assert {name} == { ({slot.name: slot.right for slot in exercise.slots})!r}"]
    else:
        lines = [
            "from autograder.exercises import get",
            f"assert all(p.holds({name}) for p in get({name!r}).criteria)",
        ]
    return "\n".join([f"# {exercise.title}", "### BEGIN HIDDEN TESTS", *lines, "### END HIDDEN TESTS"])


def make_stock(root: Path, course: test_corpus.Course, handed_in: Path, students: list[str]) -> None:
    """Make nbgrader's own course: its source, what it releases, and the submissions where it looks for them."""
    notebook = json.loads((course.source / PS / f"{PS}.ipynb").read_text())
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and about.get("grade") and not about.get("solution"):
            cell["source"] = asserts(registry()[about["grade_id"]])
    path = root / "source" / PS / f"{PS}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))
    for student in students:
        for file in (handed_in / student).rglob("*"):
            if file.is_file():
                there = root / "submitted" / student / PS / file.relative_to(handed_in / student)
                there.parent.mkdir(parents=True, exist_ok=True)
                there.write_bytes(file.read_bytes())


# ---- running -----------------------------------------------------------------------------------------------------------


def timed(command: list[str]) -> tuple[float, float, str]:
    """Run a command; return its processor seconds with all its children, its seconds by the clock, and what it said."""
    path = f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PATH": path}, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - began, done.stdout + done.stderr


def further(steps: list[tuple[float, float, str]], n: int) -> tuple[float, float, float]:
    """Return processor seconds and seconds by the clock of each further submission, and processor seconds of the first.

    Steps: grading and pages of one submission, then grading of the others and pages of all.
    """
    cpu, wall = ([step[which] for step in steps] for which in (0, 1))
    each = [(kind[2] - kind[0]) / (n - 2) + (kind[3] - kind[1]) / (n - 1) for kind in (cpu, wall)]
    return each[0], each[1], cpu[0] + cpu[1]


def points_of(course, student: str) -> dict[str, float]:
    """Return a student's points by task, or nothing where the gradebook has none."""
    with open_gradebook(course) as book:
        return {name: mark.points for name, mark in marks(book, PS, safe_id(student)).items()}


def stock_points(root: Path, student: str) -> dict[str, float] | None:
    """Return the points that nbgrader's own step gave; None where the submission has none."""
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        try:
            grades = book.find_submission_notebook(PS, PS, student).grades
            given = {grade.name: grade.auto_score for grade in grades if grade.auto_score is not None}
            return given or None
        except MissingEntry:
            return None


def main() -> None:
    """Grade on both sides, compare with the corpus, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only four submissions")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    arguments = parser.parse_args()
    by_name = {one.name: one for one in CORPUS}
    picked = [by_name[name] for name in (HONEST + SAMPLE)[:: 8 if arguments.quick else 1]]
    with tempfile.TemporaryDirectory(prefix="hlm-bench-") as folder:
        text = compare(Path(folder), picked)
    arguments.out.write_text(text, encoding="utf-8")
    print(text)


def compare(root: Path, picked) -> str:
    """Grade on both sides and return the page."""
    students, n = [one.student for one in picked], len(picked)
    course = test_corpus.make_course(root / "course")
    test_corpus.hand_in(course, tuple(picked), root / "handed_in")
    stock = root / "stock"
    make_stock(stock, course, root / "handed_in" / PS, students)
    hlm = [sys.executable, "-m", "course.cli", "--course", str(course.root)]
    own = [sys.executable, "-c", STOCK, str(stock), PS]
    timed([*own, "release", "."])
    timed([*hlm, "intake", PS, "--from", str(root / "handed_in" / PS)])
    first = safe_id(students[0])
    ours = [
        timed([*hlm, "grade", PS, "--workers", "1", "--student", first]),
        timed([*hlm, "feedback", PS]),
        timed([*hlm, "grade", PS, "--workers", "1"]),
        timed([*hlm, "feedback", PS]),
    ]
    theirs = [
        timed([*own, "grade", students[0]]),
        timed([*own, "feedback", students[0]]),
        timed([*own, "grade", *students[1:]]),
        timed([*own, "feedback", *students]),
    ]
    rows, extra, differ, none = [], [0, 0], [0, 0], [0, 0]
    automatic = [e for e in course.assignment(PS).exercises if registry()[e].kind != "written"]
    for one in picked:
        owed = {e: one.expected(registry()[e]).points for e in automatic}
        found = [points_of(course, one.student) if not one.refused else {}, stock_points(stock, one.student)]
        said = []
        for side, points in enumerate(found):
            got = {e: (points or {}).get(e) or 0.0 for e in automatic}
            extra[side] += sum(got[e] > owed[e] + 0.01 for e in automatic)
            wrong = any(abs(got[e] - owed[e]) > 0.01 for e in automatic)
            no_mark = points is None and not one.refused
            none[side] += no_mark
            differ[side] += wrong or no_mark
            said.append("no mark" if no_mark else f"{sum(got.values()):g}")
        if said[0] != said[1] or float(sum(owed.values())) != float(said[0].replace("no mark", "-1")):
            rows.append(f"| {one.name} | {one.why} | {sum(owed.values()):g} | {said[0]} | {said[1]} |")
    figures = [further(side, n) for side in (ours, theirs)]
    names = ", ".join(
        f"{package} {version(package)}" for package in ("nbgrader", "nbconvert", "ipykernel", "numpy")
    )
    return "\n".join(
        [
            "# Grading beside nbgrader's own step",
            "",
            f"{datetime.date.today()}; {platform.machine()}, Python {platform.python_version()}, {names}; load {os.getloadavg()[0]:.1f}",
            "",
            f"{n} submissions of {PS}, {len([o for o in picked if o.name in HONEST])} of them honest; grading and feedback pages, written to the gradebook; one worker on each side.",
            "",
            "| | ours | nbgrader's own |",
            "|---|---:|---:|",
            f"| processor seconds of each further submission | {figures[0][0]:.2f} | {figures[1][0]:.2f} |",
            f"| seconds by the clock of each further submission | {figures[0][1]:.2f} | {figures[1][1]:.2f} |",
            f"| processor seconds of the first submission with the start | {figures[0][2]:.1f} | {figures[1][2]:.1f} |",
            f"| submissions whose marks are not what they are owed | {differ[0]} | {differ[1]} |",
            f"| of these without any mark | {none[0]} | {none[1]} |",
            f"| tasks with points that were not earned | {extra[0]} | {extra[1]} |",
            "",
            f"Of the automatically graded points, where the two differ or either is wrong ({sum(registry()[e].points for e in automatic):g} at most):",
            "",
            "| submission | what it is | owed | ours | nbgrader's own |",
            "|---|---|---:|---:|---:|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()

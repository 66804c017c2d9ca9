"""Grade a class of 300 from the folders that were handed in to the feedback pages, and say how long each step took.

    python benchmarks/whole_class.py [--students 300] [--workers 2] [--out benchmarks/whole_class.md]

The class is `course.example_class.crowd`: copies of the examples under names of their own, of which 5 loop for ever and 10 kill
their process or look for the gradebook. The limits are those of the demonstration (5 seconds of processor time a cell). The
commands are the teacher's own: ``hlm intake``, ``hlm grade``, ``hlm feedback``, ``hlm report``, each in a process of its own.
Afterwards every mark is compared with what the example that it was copied from is owed.

What this file does not do: compare with nbgrader's own step (`benchmarks/grading.py`), or set a limit.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.exercises import registry
from course import demo
from course.books import build_all
from course.example_class import crowd
from course.folder import Course
from course.steps import release

PS = "ps02"


def timed(command: list[str]) -> tuple[float, float]:
    """Run a command that must succeed; return its seconds by the clock and its processor seconds with all its children."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu


def prepare(root: Path, students) -> Course:
    """Make and release the course, and write what is handed in to ``handed_in`` beside it."""
    course = demo.prepare(root / "course")
    (course.root / "roster.csv").unlink()
    problems = build_all(course, registry(), ["02", "03"], check_values=False).problems
    assert problems == [], problems
    release(course, PS)
    demo.hand_in(course, PS, root / "handed_in", students=students)
    path = course.root / "assignments.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        "".join(line for line in text.splitlines(True) if not line.startswith("deadline")), encoding="utf-8"
    )
    return Course(course.root)


def wrong_marks(table: Path, students) -> int:
    """Return how many of the automatic marks in the report's table are not what is owed."""
    owed = {one.student: one for one in students}
    wrong = 0
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            wanted = owed[row["student"]].expected(registry()[row["exercise"]])
            if wanted.outcome != "manual":
                wrong += not abs(float(row["points"] or "nan") - wanted.points) < 0.01
    return wrong


def main() -> None:
    """Grade the class, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    arguments = parser.parse_args()
    students = crowd(arguments.students)
    with tempfile.TemporaryDirectory(prefix="hlm-bench-") as folder:
        course, table = prepare(Path(folder), students), Path(folder) / "report.csv"
        hlm = [sys.executable, "-m", "course.cli", "--course", str(course.root)]
        steps = {
            "intake": timed([*hlm, "intake", PS, "--from", str(Path(folder) / "handed_in")]),
            "grade": timed([*hlm, "grade", PS, "--workers", str(arguments.workers)]),
            "grade again (nothing to do)": timed([*hlm, "grade", PS]),
            "feedback": timed([*hlm, "feedback", PS]),
            "report": timed([*hlm, "report", PS, "--csv", str(table)]),
        }
        wrong = wrong_marks(table, students)
    n = len(students)
    text = "\n".join(
        [
            f"# A class of {n}",
            "",
            f"{datetime.date.today()}; {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; load {os.getloadavg()[0]:.1f} at the end",
            "",
            f"{n} submissions of {PS}, {sum('loops' in one.about for one in students)} of them looping for ever, graded by {arguments.workers} processes. Marks that are not what they are owed: {wrong}.",
            "",
            "| step | seconds by the clock | processor seconds | of these for each submission |",
            "|---|---:|---:|---:|",
            *(f"| {name} | {wall:.0f} | {cpu:.0f} | {cpu / n:.2f} |" for name, (wall, cpu) in steps.items()),
            f"| all | {sum(s[0] for s in steps.values()):.0f} | {sum(s[1] for s in steps.values()):.0f} | {sum(s[1] for s in steps.values()) / n:.2f} |",
            "",
        ]
    )
    arguments.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

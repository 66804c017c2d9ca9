"""The whole path on the example class: build, release, intake, grade in the sandbox, feedback, report, through real nbgrader."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.exercises import registry
from autograder.inbox import original, receipts, safe_id
from course import demo
from course.class_grading import grade
from course.cli import main
from course.example_class import CLASS, ROSTER, Expected
from course.folder import Course
from course.gradebook import marks, open_gradebook
from course.store import submitted

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]
NAMES = [f"{e.ps}-{e.student}" for e in CLASS]


class Class:
    """A course folder in which the example class has been graded."""

    def __init__(self, root: Path, said: str):
        self.root, self.said, self.course = root, said, Course(root)
        self.rows = {
            (ps, row["student"], row["exercise"]): row
            for ps in dict.fromkeys(e.ps for e in CLASS)
            for row in csv.DictReader((root / f"{ps}.csv").open(encoding="utf-8"))
        }

    def page(self, ps: str, student: str) -> str:
        return self.course.page(safe_id(student), ps).read_text(encoding="utf-8")

    def hlm(self, *arguments: str) -> tuple[int, str]:
        """Run one command and return its exit code and what it printed."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(["--course", str(self.root), *arguments])
        return code, out.getvalue()


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """Run ``hlm demo`` once."""
    if missing := sandbox.detect():
        pytest.skip(missing)
    root, out = tmp_path_factory.mktemp("demo") / "course", io.StringIO()
    with contextlib.redirect_stdout(out):
        code = demo.run(root)
    assert code == 0, out.getvalue()
    return Class(root, out.getvalue())


@pytest.mark.parametrize("example", CLASS, ids=NAMES)
def test_each_example_gets_its_marks_and_a_sentence_that_helps(graded, example):
    """Does every student of the class get the outcome, the points, the misconception and the words that they are owed?"""
    page = graded.page(example.ps, example.student)
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    for name in graded.course.assignment(example.ps).exercises:
        exercise, row = registry()[name], graded.rows[example.ps, example.student, name]
        wanted = example.expected(exercise)
        got = Expected(row["outcome"], float(row["points"]), row["misconception"])
        assert (got.outcome, got.misconception) == (wanted.outcome, wanted.misconception), name
        assert got.points == pytest.approx(wanted.points, abs=0.01), name
        assert float(row["max_points"]) == exercise.points
    for words in example.says:
        assert words in text, words


def test_who_handed_in_nothing_has_rows_too(graded):
    """Is everybody on the roster in the report, with every exercise?"""
    everybody = set(ROSTER) | {"rosa"}
    assert {student for ps, student, _ in graded.rows if ps == "ps02"} == everybody
    assert {row["outcome"] for (ps, s, _), row in graded.rows.items() if s == "sven"} == {"not attempted"}
    assert "nothing handed in\n" in graded.said and "kept, but not counted" in graded.said


def test_the_report_holds_what_was_graded(graded):
    """Does the class report name who was stopped, who took long and whose files are the same, with the points of the table?"""
    text = (graded.root / "reports" / "ps02.html").read_text(encoding="utf-8")
    assert "fatima, common_slope: stopped: it used up its time" in text and "<td>ada, lena</td>" in text
    table = csv.DictReader((graded.root / "reports" / "ps02-students.csv").open(encoding="utf-8"))
    for row in table:
        points = [
            float(r["points"]) for (ps, s, _), r in graded.rows.items() if (ps, s) == ("ps02", row["student"])
        ]
        assert row["standing"] in ("nothing", "refused") or float(row["points"]) == sum(points)


def test_every_original_is_there_byte_for_byte(graded, tmp_path):
    """Is everything that the class handed in stored, with the hash that its receipt says?"""
    for ps in graded.course.assignments:
        for late in (False, True):
            folder = tmp_path / f"{ps}-{late}"
            folder.mkdir()
            for example in demo.hand_in(graded.course, ps, folder, late):
                history = receipts(graded.root, ps, safe_id(example.student))
                receipt = history[1 if late else 0]
                for path in (folder / example.student).rglob("*"):
                    if path.is_file():
                        file = next(
                            f
                            for f in receipt.files
                            if f.path == str(path.relative_to(folder / example.student))
                        )
                        content = original(graded.root, receipt, file).read_bytes()
                        assert content == path.read_bytes()
                        assert hashlib.sha256(content).hexdigest() == file.sha256


def test_feedback_gives_nothing_away(graded):
    """Do pages and released notebooks hold no solution, hidden case, seed, script or hidden field?"""
    seed = (graded.root / "term_seed").read_text().strip()
    for path in [*graded.root.glob("feedback/*/*/*.html"), *graded.root.glob("release/*/*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        assert seed not in text and "BEGIN SOLUTION" not in text, path
        if path.suffix == ".html":
            assert not re.search(r"<script|<img|<iframe|<form|type=.hidden", text), path
            assert "Content-Security-Policy" in text and len(text) < 1_000_000
    assert sorted(p.name for p in graded.root.glob("source/*/*")) == sorted(
        f"{ps}.ipynb" for ps in graded.course.assignments
    )


def test_nothing_that_is_graded_is_graded_again(graded):
    """Is unchanged work skipped, and graded again with --regrade, with the same marks?"""
    code, said = graded.hlm("grade", "ps03")
    assert code == 0 and "0 graded" in said and f"{len(submitted(graded.course, 'ps03'))} unchanged" in said
    code, said = graded.hlm("grade", "ps03", "--student", "ben", "--regrade")
    assert code == 0 and "1 graded" in said
    with open_gradebook(graded.course) as book:
        found = marks(book, "ps03", "ben")
    for name, mark in found.items():
        assert mark.points == pytest.approx(float(graded.rows["ps03", "ben", name]["points"]), abs=0.01)


def test_new_work_is_graded_anew(graded, tmp_path):
    """Does another hand-in replace the marks of the first, and leave its receipt?"""
    root = shutil.copytree(graded.root, tmp_path / "course")
    course = Course(root)
    (tmp_path / "in" / "chen").mkdir(parents=True)
    assert main(["--course", str(root), "solve", "ps02", "--to", str(tmp_path / "in" / "chen")]) == 0
    text = (root / "assignments.toml").read_text().replace('late = "first"', 'late = "always"')
    (root / "assignments.toml").write_text(text)
    assert main(["--course", str(root), "intake", "ps02", "--from", str(tmp_path / "in")]) == 0
    assert [r.verdict for r in receipts(root, "ps02", "chen")] == ["counted", "counted"]
    assert [g.status for g in grade(course, "ps02", ["chen"])] == ["graded"]
    with open_gradebook(course) as book:
        assert marks(book, "ps02", "chen")["common_slope"].points == 2


def test_plain_nbgrader_does_the_same(graded, tmp_path):
    """Does `nbgrader autograde` and `nbgrader generate_feedback`, run in the course's folder, give the same marks and page?"""
    root = shutil.copytree(graded.root, tmp_path / "course")
    (root / "autograded" / "ben" / "ps02" / "ps02.ipynb").chmod(0o644)
    shutil.rmtree(root / "autograded" / "ben")
    shutil.rmtree(root / "feedback" / "ben")
    nbgrader = Path(sys.prefix) / "bin" / "nbgrader"
    environment = {k: v for k, v in os.environ.items() if k != "PATH"} | {"PATH": "/usr/bin:/bin"}
    for command in ("autograde", "generate_feedback"):
        done = subprocess.run(
            [nbgrader, command, "ps02", "--student", "ben"], cwd=root, env=environment, capture_output=True, text=True, timeout=300, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    with open_gradebook(Course(root)) as book:
        again = {name: mark.points for name, mark in marks(book, "ps02", "ben").items()}
    with open_gradebook(graded.course) as book:
        assert again == {name: mark.points for name, mark in marks(book, "ps02", "ben").items()}
    assert (root / "feedback" / "ben" / "ps02" / "ps02.html").read_text() == graded.page("ps02", "ben")


def test_a_mark_by_hand_counts(graded, tmp_path):
    """Does a mark with a comment, entered in nbgrader's gradebook, count in the total, the report and the page, and stay after grading again?"""
    root = shutil.copytree(graded.root, tmp_path / "course")
    course, found = Course(root), Class(root, "")
    with open_gradebook(course) as book:
        given = book.find_grade("advise_the_inspectors", "ps02", "ps02", "ada")
        assert given.needs_manual_grade and given.auto_score is None
        given.manual_score, given.needs_manual_grade = 3.0, False
        book.find_comment(
            "advise_the_inspectors", "ps02", "ps02", "ada"
        ).manual_comment = "Say by how much.\n<b>Clear</b>"
        book.db.commit()
    for regrade in (False, True):
        if regrade:
            assert found.hlm("grade", "ps02", "--student", "ada", "--regrade")[0] == 0
        assert found.hlm("feedback", "ps02")[0] == 0
        text = found.page("ps02", "ada")
        assert "17 of 18 points" in text and "Say by how much.\n&lt;b&gt;Clear&lt;/b&gt;" in text
        code, said = found.hlm("report", "ps02", "--csv", str(root / "again.csv"))
        rows = {
            (r["student"], r["exercise"]): r
            for r in csv.DictReader((root / "again.csv").open(encoding="utf-8"))
        }
        row = rows["ada", "advise_the_inspectors"]
        assert code == 0 and (row["points"], row["outcome"]) == ("3", "partly")
        assert ("look again\n  ada" in said) == regrade


def test_a_grader_fault_is_told_to_the_teacher_and_never_scored(graded, tmp_path, monkeypatch):
    """Does a fault of the grader stop one student, with no mark, and the next one be graded?"""
    root = shutil.copytree(graded.root, tmp_path / "course")
    found = Class(root, "")
    path = root / "submitted" / "ada" / "ps02" / "ps02.ipynb"
    notebook = json.loads(path.read_text())
    next(c for c in notebook["cells"] if c["id"] == "common_slope-check")["metadata"]["nbgrader"][
        "grade_id"
    ] = "nonsense"
    path.write_text(json.dumps(notebook))
    code, said = found.hlm("grade", "ps02", "--regrade", "--student", "ada")
    assert code == 1 and "ada: not graded, because the grader itself failed" in said
    code, said = found.hlm("report", "ps02", "--csv", str(root / "again.csv"))
    rows = [r for r in csv.DictReader((root / "again.csv").open(encoding="utf-8")) if r["student"] == "ada"]
    assert {r["outcome"] for r in rows} == {"not graded"} and {r["points"] for r in rows} == {""}
    assert "not graded (run `hlm grade`)\n  ada: " in said and "after the last grading" not in said
    code, said = found.hlm("feedback", "ps02")
    assert code == 1 and "ada: no page, because the work has not been graded." in said
    assert found.hlm("grade", "ps02", "--student", "ben", "--regrade")[0] == 0

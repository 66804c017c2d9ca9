"""The report as a page and as tables: its statistics against other ways to them, what is alike, and that nothing in it can run."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import replace

import numpy as np
import pytest

from autograder.exercise import Exercise, Misconception, Tolerance, Verdict
from autograder.inbox import File, Receipt
from course.alike import alike
from course.folder import PROJECT
from course.gradebook import Mark
from course.items import FEWEST, items, misconceptions, slow, stopped, totals
from course.report_page import page, tables, write_all
from course.results import Result, Task

OWN = Exercise(
    "own_mean", "77", "Own mean", "value", 2, "Twice", reference=lambda data: float(data["y"].mean()),
    tolerance=Tolerance(1e-6, 0, "exact"), data="ps02",
)  # fmt: skip
CODE = "def double(x):\n    {}\n    y = x + 1\n    z = y * 3\n    return z"


def receipt(student, verdict="counted", late=False, sha=""):
    sha = sha or student.encode().hex().ljust(64, "0")
    why = "" if verdict == "counted" else "Because."
    return Receipt("ps77", student, student, 1, "2026-10-11T22:00:00+00:00", "UTC", verdict, why, late, (File("ps77.ipynb", 10, sha),), sha256=sha)  # fmt: skip


def task(exercise, points, outcome="", misconception=None, answer="", again=False, **evidence):
    outcome = outcome or ("correct" if points >= exercise.points else "partly" if points else "not yet")
    verdict = Verdict(exercise.id, outcome, points / exercise.points, "Said.", misconception)
    mark = Mark(points, exercise.points, again, outcome == "manual", again, "")
    return Task(exercise, outcome, points, verdict, evidence, mark, answer)


def student(name, tasks, seconds=0.3, **how):
    return Result(name, name, tuple(tasks), (receipt(name, **how),), seconds, "bwrap")


def class_of(toy, points):
    """Return students with these points in the first three toy exercises."""
    exercises = list(toy.registry.values())[:3]
    return [
        student(f"s{n:02}", [task(e, float(p)) for e, p in zip(exercises, row, strict=True)])
        for n, row in enumerate(points)
    ]


@pytest.fixture
def points():
    return np.random.default_rng(4).binomial(2, 0.6, (FEWEST + 20, 3)) * np.array([1, 0.5, 0.5])


def test_difficulty_and_discrimination_are_what_numpy_says(toy, points):
    """Is difficulty the mean share, and discrimination the correlation with the other tasks, the task itself left out?"""
    for i, item in enumerate(items(class_of(toy, points))):
        rest = np.delete(points, i, axis=1).sum(axis=1)
        r = np.corrcoef(points[:, i], rest)[0, 1]
        assert item.difficulty == pytest.approx(points[:, i].mean() / item.exercise.points)
        assert item.discrimination == pytest.approx(r)
        width = 1.959964 / np.sqrt(len(points) - 3)
        assert item.interval == pytest.approx(
            (np.tanh(np.arctanh(r) - width), np.tanh(np.arctanh(r) + width))
        )


def test_the_manual_says_how_sure_a_discrimination_is(toy):
    """Is the interval of thirty students about as wide as docs/teaching.md says?"""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(30, 3)) + 0.8 * rng.normal(size=(30, 1))
    widths = [(i.interval[1] - i.interval[0]) / 2 for i in items(class_of(toy, x))]
    (said,) = re.findall(
        r"about ±(\d\.\d) wide", (PROJECT / "docs" / "teaching.md").read_text(encoding="utf-8")
    )
    assert np.mean(widths) == pytest.approx(float(said), abs=0.05)


def test_where_a_correlation_would_mean_nothing_it_is_not_given(toy, points):
    """Do a small class, equal points, a single task and answers that wait each give a reason instead of a number?"""
    assert {i.why_not for i in items(class_of(toy, points[: FEWEST - 1]))} == {
        f"fewer than {FEWEST} students"
    }
    same = points.copy()
    same[:, 0] = 2
    assert items(class_of(toy, same))[0].why_not == "all have the same points here"
    same[:, 1:] = 1
    assert items(class_of(toy, same * [1, 1, 1]))[0].discrimination is None
    flat = points.copy()
    flat[:, 1:] = 1
    assert items(class_of(toy, flat))[0].why_not == "all have the same points elsewhere"
    found = class_of(toy, points)
    alone = [replace(r, tasks=r.tasks[:1]) for r in found]
    assert items(alone)[0].why_not == "no other task for comparison"
    essay = toy.registry["essay"]
    found = [
        replace(r, tasks=(*r.tasks, task(essay, 0.0, "manual" if n else "not attempted")))
        for n, r in enumerate(found)
    ]
    last = items(found)[-1]
    assert (last.difficulty, last.why_not) == (None, f"{len(found) - 1} answers wait to be marked")
    assert items(found)[0].discrimination == pytest.approx(items(class_of(toy, points))[0].discrimination)
    assert items([]) == []


def test_only_what_was_graded_counts(toy, points):
    """Are refused work and silence left out of scores and statistics, and is every sum in one bin?"""
    found = class_of(toy, points)
    e = toy.registry["double"]
    out = [
        Result("eve", "eve", (Task(e, "refused", 0),) * 3, (receipt("eve", "refused"),)),
        Result("sven", "sven", (Task(e, "not attempted", 0),) * 3, ()),
    ]
    assert items(found + out) == items(found)
    sums = totals(found + out)
    assert sums.values == tuple(points.sum(axis=1)) and sum(n for _a, _b, n in sums.bins) == len(points)
    assert sums.bins[-1][1] == sums.most == 4


def test_misconceptions_are_counted_by_task(toy):
    """Is each misconception counted where it was met, the most frequent first, and not where the answer was right?"""
    e = toy.registry
    found = [
        student(
            "a", [task(e["double"], 0.5, misconception="M5"), task(e["halved"], 0.0, misconception="M7")]
        ),
        student(
            "b", [task(e["double"], 0.5, misconception="M5"), task(e["halved"], 1.0, misconception="M7")]
        ),
    ]
    assert misconceptions(found) == {"M5": {"double": 2}, "M7": {"halved": 1}}
    assert list(misconceptions(found)) == ["M5", "M7"]


def test_what_was_slow_or_stopped_is_named(toy):
    """Is a submission named that took many times the median and seconds, and an answer that a limit stopped?"""
    e = toy.registry["double"]
    found = [student(name, [task(e, 2.0)]) for name in "abcd"]
    found += [
        student("e", [task(e, 0.0, status="timeout")], seconds=9.0),
        student("f", [task(e, 2.0)], seconds=1.6),
    ]
    assert [r.student for r in slow(found)] == ["e"]
    assert [(r.student, how) for r, _task, how in stopped(found)] == [("e", "timeout")]


# ---- what is alike ---------------------------------------------------------------------------------------------------


def kinds(found):
    return [(a.kind, a.students) for a in alike(found)]


def test_a_wrong_number_twice_is_alike_only_if_the_data_cannot_be_why(toy):
    """Is the same wrong number on own data reported, but not a right one, a short one, one of common data or of the practice set?"""
    from autograder.student_data import assignment_data

    def two(exercise, outcome, value):
        return [student(name, [task(exercise, 0.0, outcome, value=value)]) for name in ("ana", "bob")]

    assert kinds(two(OWN, "not yet", "3.14159")) == [("number", ("ana", "bob"))]
    assert kinds(two(OWN, "correct", "3.14159")) == []
    assert kinds(two(OWN, "not yet", "0.250")) == []
    assert kinds(two(replace(OWN, data=None), "not yet", "3.14159")) == []
    practice = float(assignment_data("ps02").iloc[:, -1].mean())
    wrong = replace(
        OWN, reference=lambda data: 1.0, misconceptions=(Misconception("m", "No.", lambda data: practice),)
    )
    assert kinds(two(wrong, "not yet", repr(practice))) == []


def test_the_strongest_evidence_comes_first(toy):
    """Are the same file, another's number, the same words and the same wrong code found, in this order?"""
    e = toy.registry
    words = "Because the small groups say so little that I would rather believe the others."
    found = [
        student("ana", [task(e["double"], 0.0, answer=CODE.format("# mine")), task(e["essay"], 0.0, "manual", answer=words)]),
        student("bob", [task(e["double"], 0.0, answer=CODE.format("'doc'")), task(e["essay"], 0.0, "manual", answer=words.upper())]),
        student("cleo", [task(OWN, 0.0, matched="ana", value="1.5")], sha="cd" * 32),
        student("dan", [task(OWN, 2.0)], sha="cd" * 32),
    ]  # fmt: skip
    assert kinds(found) == [
        ("file", ("cleo", "dan")),
        ("owner", ("cleo", "ana")),
        ("text", ("ana", "bob")),
        ("code", ("ana", "bob")),
    ]


def test_code_that_is_short_right_or_frequent_is_not_alike(toy):
    """Is code passed over that many write by themselves?"""
    e = toy.registry["double"]
    short = [student(n, [task(e, 0.0, answer="def double(x):\n    return x + 1")]) for n in "ab"]
    right = [student(n, [task(e, 2.0, answer=CODE.format("pass"))]) for n in "ab"]
    many = [student(n, [task(e, 0.0, answer=CODE.format("pass"))]) for n in "abcd"]
    assert kinds(short) == kinds(right) == kinds(many) == []
    assert kinds(many[:3]) == [("code", ("a", "b", "c"))]


# ---- the page and the files ------------------------------------------------------------------------------------------

EVIL = "=cmd|'/c calc'!A1<script>alert(1)</script>"


@pytest.fixture
def found(toy, points):
    """A class with everything in it, whose words are hostile wherever they came from outside."""
    e = toy.registry
    essay = task(e["essay"], 0.0, "manual", answer="x" * 80)
    made = [replace(r, tasks=(*r.tasks, essay)) for r in class_of(toy, points)]
    odd = [
        task(e["double"], 0.5, misconception="M5", status="crashed"),
        task(e["halved"], 0.0, misconception=EVIL),
    ]
    made.append(student(EVIL, [*odd, task(e["sides"], 0.0), essay], seconds=9.0, late=True))
    made.append(
        Result("eve", "eve", tuple(Task(x, "refused", 0) for x in e.values()), (receipt("eve", "refused"),))
    )
    made.append(Result("sven", "sven", tuple(Task(x, "not attempted", 0) for x in e.values()), ()))
    return made


def test_the_page_says_what_it_promises_and_nothing_on_it_runs(toy, found):
    """Are all parts there, a header for every column and row, a strict policy, no script and no style by attribute?"""
    made = page(toy.course, "ps77", found)
    for words in (
        "33 in the class: 30 handed in on time, 1 late; 1 refused, 1 handed in nothing, 0 not graded yet.",
        "eve: Because.", "31 answers wait to be marked", "31 of these sums can still rise", "Fisher", "M5",
        "its process ended", "9.0 s", "word", "None of this proves that anybody copied",
    ):  # fmt: skip
        assert words in made, words
    assert "<script" not in made and "&lt;script&gt;" in made and " style=" not in made
    assert re.search(r"default-src 'none'; style-src 'sha256-[^']+'", html.unescape(made))
    tables_in = re.findall(r"<table>.*?</table>", made, re.DOTALL)
    assert len(tables_in) == 5
    for table in tables_in:
        heads, *rows = re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        columns = len(re.findall(r'<th scope="col"', heads))
        assert "<caption>" in table and rows
        assert all(len(re.findall(r"<t[hd][ >]", r)) == columns and '<th scope="row">' in r for r in rows)


def test_work_graded_without_the_sandbox_is_marked(toy, found):
    """Does the page say so where answers ran with all rights?"""
    assert "without the sandbox" not in page(toy.course, "ps77", found)
    assert "without the sandbox" in page(
        toy.course, "ps77", [replace(found[0], isolation="process"), *found[1:]]
    )


def test_the_tables_are_numbers_and_no_formula(toy, found, tmp_path):
    """Do the CSV files hold the page's numbers, negative ones as numbers, and no text that a spreadsheet would run?"""
    read = {name: list(csv.DictReader(io.StringIO(text))) for name, text in tables(found).items()}
    assert set(read) == {"answers", "students", "tasks", "misconceptions", "alike"}
    for rows in read.values():
        for cell in (c for row in rows for c in row.values()):
            assert cell[:1] not in tuple("=+@") and (cell[:1] != "-" or float(cell) < 0), cell
    by = {row["student"].lstrip("'"): row for row in read["students"]}
    assert (by[EVIL]["standing"], by[EVIL]["waiting"], by[EVIL]["cpu_seconds"]) == ("late", "1", "9")
    assert (by["eve"]["points"], by["sven"]["points"], by["s00"]["standing"]) == ("", "", "in time")
    item = items(found)[0]
    row = read["tasks"][0]
    assert (row["exercise"], float(row["discrimination"])) == (
        "double",
        pytest.approx(item.discrimination, abs=1e-5),
    )
    (tmp_path / "out").mkdir()
    written = write_all(toy.course, "ps77", found, tmp_path / "out")
    assert sorted((tmp_path / "out").iterdir()) == sorted(written) and len(written) == 6


def test_an_empty_class_has_a_page(toy):
    """Is there a page where nothing has been graded yet?"""
    assert "Nothing has been graded yet." in page(toy.course, "ps77", [])

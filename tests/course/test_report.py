"""The class table: rows, columns, outcomes, and what is said beneath it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from autograder.exercise import Verdict
from autograder.inbox import File, Receipt, safe_id
from course.folder import CourseError
from course.gradebook import Mark
from course.report import COLUMNS, results, rows, screen, to_csv
from course.results import Result, Task, by_points


def history(student, *verdicts):
    file = File("ps77.ipynb", 10, "ab" * 32)
    return tuple(
        Receipt("ps77", student, safe_id(student), n, "2026-10-11T22:00:00+00:00", "UTC", v, "Because." if v != "counted" else "", False, (file,))
        for n, v in enumerate(verdicts, start=1)
    )  # fmt: skip


def tasks(toy, outcome="correct", misconception=None):
    made = []
    for e in toy.registry.values():
        if e.kind == "written":
            made.append(Task(e, "manual", 0, mark=Mark(0, 3, False, True, False, "")))
        else:
            points = e.points if outcome == "correct" else 0
            made.append(
                Task(
                    e,
                    outcome,
                    points,
                    Verdict(e.id, outcome, 0, "", misconception),
                    mark=Mark(points, e.points, False, False, False, ""),
                )
            )
    return tuple(made)


def test_one_row_per_student_and_exercise(toy):
    """Has every student every exercise once, refused ones too, under exactly the promised columns?"""
    refused = tuple(Task(e, "refused", 0) for e in toy.registry.values())
    found = [
        Result("ana", "ana", tasks(toy), history("ana", "counted")),
        Result("bob", "bob", tasks(toy, "not yet", "M5"), history("bob", "counted")),
        Result("eve", "eve", refused, history("eve", "refused")),
    ]
    table = list(csv.DictReader(io.StringIO(to_csv(rows(found)))))
    assert (
        list(table[0])
        == list(COLUMNS)
        == ["student", "exercise", "points", "max_points", "outcome", "misconception"]
    )
    assert [(r["student"], r["exercise"]) for r in table] == [
        (s, e) for s in ("ana", "bob", "eve") for e in toy.registry
    ]
    assert [r["outcome"] for r in table if r["student"] == "ana"] == ["correct"] * 3 + ["manual"]
    assert [r["misconception"] for r in table if r["student"] == "bob"] == ["M5"] * 3 + [""]
    assert {r["outcome"] for r in table if r["student"] == "eve"} == {"refused"}
    assert [r["points"] for r in table if r["student"] == "ana"] == ["2", "1", "1", "0"]
    assert {r["max_points"] for r in table} == {"2", "1", "3"}


def test_a_task_without_a_verdict_has_no_points(toy):
    """Is 'not graded' told apart from zero points?"""
    task = Task(toy.registry["double"], "not graded", 0)
    (row,) = csv.DictReader(
        io.StringIO(to_csv(rows([Result("ana", "ana", (task,), history("ana", "counted"))])))
    )
    assert (row["points"], row["outcome"]) == ("", "not graded")


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "-1", "@x", 'a,"b"\nc'])
def test_no_name_becomes_a_formula(toy, name):
    """Does a spreadsheet get every name as text, and is the file still a table?"""
    (row, *_) = csv.DictReader(io.StringIO(to_csv(rows([Result(name, "x", tasks(toy), ())]))))
    assert row["student"].lstrip("'") == name and row["student"][0] not in "=+-@"


def test_the_screen_says_what_needs_a_person(toy):
    """Are totals, refusals with their reason, late work, silence and waiting answers beneath the table?"""
    refused = tuple(Task(e, "refused", 0) for e in toy.registry.values())
    nothing = tuple(Task(e, "not attempted", 0) for e in toy.registry.values())
    found = [
        Result("ana", "ana", tasks(toy), history("ana", "counted", "not counted")),
        Result("bob", "bob", tasks(toy, "not yet", "M5"), history("bob", "counted")),
        Result("eve", "eve", refused, history("eve", "refused")),
        Result("用户", "x", nothing, ()),
    ]
    text = screen(toy.course, "ps77", found)
    lines = text.split("\n")
    assert next(line for line in lines if line.startswith("ana")).split() == [
        "ana",
        "2",
        "●",
        "1",
        "●",
        "1",
        "●",
        "◇",
        "4",
    ]
    assert "  eve: Because." in lines and "  ana: Because." in lines
    assert lines[lines.index("nothing handed in") + 1] == "  用户"
    assert "  2 answers wait to be marked in formgrader." in lines
    assert any("M5 in double" in line for line in lines)


def test_a_mark_given_before_the_work_changed_is_pointed_out(toy):
    """Is a teacher told to look again where work was graded anew after a mark by hand?"""
    essay = toy.registry["essay"]
    old = Task(essay, "correct", 3, mark=Mark(3, 3, True, False, True, ""))
    text = screen(
        toy.course, "ps77", [Result("ana", "ana", (*tasks(toy)[:3], old), history("ana", "counted"))]
    )
    assert "look again\n  ana" in text


def test_points_by_hand_give_an_outcome():
    """Do all, some and no points become correct, partly and not yet?"""
    assert [by_points(p, 3) for p in (3, 4, 1, 0)] == ["correct", "correct", "partly", "not yet"]


def test_without_a_gradebook_there_is_a_sentence(toy):
    """Does a report before anything was graded say which commands come first?"""
    with pytest.raises(CourseError, match="hlm release ps77"):
        results(toy.course, "ps77", toy.registry)
    with pytest.raises(CourseError, match="There is no assignment 'ps99'"):
        results(replace(toy.course), "ps99", toy.registry)

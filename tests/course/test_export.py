"""Grades for Canvas and Moodle: the very columns that they read, only final points, nobody lost without a word."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from autograder.inbox import File, Receipt
from course.cli import main
from course.export import aliases, canvas, final_points, moodle
from course.folder import CourseError
from course.gradebook import Mark
from course.results import Result, Task

CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Quiz (11),ps77: Doubling (4711),Current Score
,,,,,Manual Posting,,
    Points Possible,,,,,5,7,(read only)
"Ruiz, Ana",101,S-1,ana@uni.example,A,3,,80
"Beck, Bob",102,S-2,bob@uni.example,A,4,2.50,70
"=Cleo, C",103,S-3,+cleo,B,1,,10
"Student, Test",104,,f00,A,,,
"""
MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (submission),Last modified (grade),Feedback comments
Participant 7,Ana Ruiz,ana@uni.example,Submitted,,7.00,-,-,
Participant 8,=Bob Beck,bob@uni.example,Submitted,2.50,7.00,-,"Monday, 12 October 2026, 10:00 AM",Well done
Participant 9,Cleo,+cleo,Submitted,,7.00,-,-,
"""


def result(toy, student, *points, waiting=False, again=False, verdict="counted"):
    """Return a student's assignment with points for the four tasks; the last one is marked by hand."""
    receipt = Receipt("ps77", student, student, 1, "2026-10-11T22:00:00+00:00", "UTC", verdict, "Because.", False, (File("ps77.ipynb", 1),))  # fmt: skip
    made = []
    for e, p in zip(toy.registry.values(), points, strict=True):
        open_ = waiting and e.kind == "written"
        mark = Mark(p, e.points, e.kind == "written", open_, again and e.kind == "written", "")
        made.append(Task(e, "manual" if open_ else "partly", 0.0 if open_ else p, mark=mark))
    return Result(student, student, tuple(made), (receipt,))


@pytest.fixture
def found(toy):
    return [
        result(toy, "ana@uni.example", 2, 1, 1, 2.25),
        result(toy, "BOB@uni.example", 2, 0, 0, 0.5),
        result(toy, "+cleo", 1, 0, 0, 0),
    ]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "canvas.csv").write_text(CANVAS, encoding="utf-8")
    (tmp_path / "moodle.csv").write_text(MOODLE, encoding="utf-8")
    return tmp_path


def table(made):
    return list(csv.reader(io.StringIO(made.text)))


def test_canvas_gets_its_own_columns_back_with_the_grades(toy, found, files):
    """Do the columns to Section stand as they came, is the assignment named with its number, and is nothing else in the file?"""
    made = canvas(toy.course, "ps77", found, files / "canvas.csv", replace=True)
    heads, *rows = table(made)
    assert heads == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ps77: Doubling (4711)"]
    assert rows == [
        ["Ruiz, Ana", "101", "S-1", "ana@uni.example", "A", "6.25"],
        ["Beck, Bob", "102", "S-2", "bob@uni.example", "A", "2.5"],
        ["'=Cleo, C", "103", "S-3", "'+cleo", "B", "1"],
    ]
    assert made.count == 3 and made.left_out == () and made.notes == ()


def test_a_grade_that_is_there_is_kept(toy, found, files):
    """Is another grade there not overwritten unless asked, an equal one not repeated, and both said?"""
    found[1] = result(toy, "bob@uni.example", 2, 1, 1, 0.5)
    for make, name in ((canvas, "canvas"), (moodle, "moodle")):
        made = make(toy.course, "ps77", found, files / f"{name}.csv")
        assert made.count == 2 and "2.50, here it is 4.5 (--replace" in dict(made.left_out)["bob@uni.example"]
        assert make(toy.course, "ps77", found, files / f"{name}.csv", replace=True).count == 3
    found[1] = result(toy, "bob@uni.example", 2, 0, 0, 0.5)
    made = canvas(toy.course, "ps77", found, files / "canvas.csv")
    assert dict(made.left_out) == {"bob@uni.example": "Canvas has this grade already"}


def test_what_is_not_final_is_left_out_and_never_zero(toy, found):
    """Has nobody a line whose work waits for a mark, was refused, is not graded or never came, and is each said?"""
    work = result(toy, "n", 2, 1, 1, 0)
    unfinished = [
        result(toy, "w", 2, 1, 1, 0, waiting=True),
        result(toy, "a", 2, 1, 1, 3, again=True),
        result(toy, "r", 0, 0, 0, 0, verdict="refused"),
        replace(work, tasks=(replace(work.tasks[0], outcome="not graded"), *work.tasks[1:])),
        replace(work, student="s", receipts=()),
    ]
    points, left_out = final_points(found + unfinished)
    assert list(points) == ["ana@uni.example", "BOB@uni.example", "+cleo"]
    why = dict(left_out)
    assert "formgrader: essay" in why["w"] and "look again" in why["a"] and why["r"] == "refused: Because."
    assert why["n"] == "has not been graded" and "--zero-missing" in why["s"]
    points, left_out = final_points(unfinished, zero_missing=True)
    assert points == {"s": 0.0} and len(left_out) == 4


def test_who_is_not_there_stops_the_file(toy, found, files):
    """Are students without a row, or with one row for two, named, and nothing written unless they are to be left out?"""
    found.append(result(toy, "dora", 1, 1, 1, 1))
    for make, name in ((canvas, "canvas"), (moodle, "moodle")):
        with pytest.raises(CourseError, match=r"nothing was written. dora: 'dora' stands in none"):
            make(toy.course, "ps77", found, files / f"{name}.csv", replace=True)
        made = make(toy.course, "ps77", found, files / f"{name}.csv", replace=True, leave_out_unmatched=True)
        assert made.count == 3 and "none of its rows" in dict(made.left_out)["dora"]
    found[-1] = replace(found[0], student="S-1")
    with pytest.raises(CourseError, match=r"its row is that of ana@uni.example as well"):
        canvas(toy.course, "ps77", found, files / "canvas.csv")
    (files / "canvas.csv").write_text(CANVAS.replace("S-2", "ana@uni.example"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"'ana@uni.example' stands in 2 of its rows"):
        canvas(toy.course, "ps77", found[:3], files / "canvas.csv")


def test_the_roster_says_what_students_are_called_there(toy, found, files):
    """Does a column lms of roster.csv find somebody whose folder has another name?"""
    (toy.course.root / "roster.csv").write_text("name,Student,lms\nDora,dora,S-2\nAna,ana@uni.example,\n")
    assert aliases(toy.course) == {"dora": "S-2"}
    made = canvas(toy.course, "ps77", [result(toy, "dora", 1, 1, 1, 1)], files / "canvas.csv", replace=True)
    assert table(made)[1][1] == "102"


def test_the_assignment_in_canvas_is_found_or_asked_for(toy, found, files):
    """Is the column found by its title, asked for where none or two fit, and a new one made only by name?"""
    path = files / "canvas.csv"
    assert (
        table(canvas(toy.course, "ps77", found, path, column="Quiz", scale=True, replace=True))[0][-1]
        == "Quiz (11)"
    )
    new = canvas(toy.course, "ps77", found, path, column="Doubling again")
    assert table(new)[:2] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Doubling again"],
        ["    Points Possible", "", "", "", "", "7"],
    ]
    assert "will offer to make it" in new.notes[0]
    path.write_text(CANVAS.replace("ps77: Doubling", "Week 1"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"Its assignments: 'Quiz', 'Week 1'. Say which with --column"):
        canvas(toy.course, "ps77", found, path)
    path.write_text(CANVAS.replace("Quiz (11)", "PS77 (11)"), encoding="utf-8")
    with pytest.raises(CourseError, match="two columns fit"):
        canvas(toy.course, "ps77", found, path)


def test_points_of_another_scale_are_not_written_as_they_are(toy, found, files):
    """Is an assignment that has other points there refused, and with --scale converted?"""
    for name, old, new in (("canvas", ",5,7,", ",5,70,"), ("moodle", "7.00", "70.00")):
        path = files / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        make = {"canvas": canvas, "moodle": moodle}[name]
        with pytest.raises(CourseError, match=r"has 70 points in .* and 7 here"):
            make(toy.course, "ps77", found, path)
        grades = [row[-1 if name == "canvas" else 3] for row in table(make(toy.course, "ps77", found, path, scale=True, replace=True))[1:]]  # fmt: skip
        assert grades == ["62.5", "25", "10"]


def test_moodles_worksheet_comes_back_with_what_moodle_reads(toy, found, files):
    """Do Identifier and the time of the last grade stand as they came, beside the grade, and no comment of the teacher's?"""
    heads, *rows = table(moodle(toy.course, "ps77", found, files / "moodle.csv", replace=True))
    assert heads == ["Identifier", "Full name", "Email address", "Grade", "Last modified (grade)"]
    assert rows == [
        ["Participant 7", "Ana Ruiz", "ana@uni.example", "6.25", "-"],
        ["Participant 8", "'=Bob Beck", "bob@uni.example", "2.5", "Monday, 12 October 2026, 10:00 AM"],
        ["Participant 9", "Cleo", "'+cleo", "1", "-"],
    ]


def test_without_a_worksheet_moodle_gets_names_and_grades(toy, found):
    """Is the file for the gradebook's import a name and a grade a line, without a name that would be a formula?"""
    made = moodle(toy.course, "ps77", found)
    assert table(made) == [["Email address", "ps77"], ["ana@uni.example", "6.25"], ["BOB@uni.example", "2.5"]]
    assert dict(made.left_out) == {"+cleo": "'+cleo' begins like a formula"} and "Import" in made.notes[0]
    assert table(moodle(toy.course, "ps77", [result(toy, "ana", 1, 1, 1, 1)]))[0] == ["Username", "ps77"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("a;b\n1;2\n", "no gradebook of Canvas"),
        ("Student,ID,Section\n", "Which assignment of Canvas"),
    ],
)
def test_another_file_is_refused_with_what_to_do(toy, found, tmp_path, text, words):
    """Is a file that is no export of Canvas refused, and one that is none of Moodle?"""
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(CourseError, match=words):
        canvas(toy.course, "ps77", found, path)
    with pytest.raises(CourseError, match=r"is empty|it lacks"):
        moodle(toy.course, "ps77", found, path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CourseError, match="not a CSV file in UTF-8"):
        canvas(toy.course, "ps77", found, path)
    with pytest.raises(CourseError, match="cannot be read"):
        canvas(toy.course, "ps77", found, tmp_path / "nowhere.csv")


def test_the_command_writes_the_file_and_names_who_is_not_in_it(toy, found, files, capsys, monkeypatch):
    """Does `hlm export` write, say who is left out and why, and write nothing where there is nothing?"""
    monkeypatch.setattr("course.report.results", lambda course, ps, registry: found)
    monkeypatch.setattr("course.cli.open_course", lambda folder: toy.course)
    arguments = [
        "export",
        "ps77",
        "--to",
        "canvas",
        "--roster",
        str(files / "canvas.csv"),
        "--out",
        str(files / "out.csv"),
    ]
    found[0] = result(toy, "ana@uni.example", 2, 1, 1, 0, waiting=True)
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "ana@uni.example: no grade in the file; waits to be marked in formgrader: essay" in said
    assert "wrote 1 of 3 grades" in said and "101" not in (files / "out.csv").read_text()
    (files / "out.csv").unlink()
    del found[1:]
    assert main(arguments) == 1 and "no file was made" in capsys.readouterr().err
    assert not (files / "out.csv").exists()
    assert main(["export", "ps77", "--to", "canvas"]) == 1 and "--roster FILE" in capsys.readouterr().err

"""Taking work in: nothing is lost, nothing escapes its folder, every hand-in has a receipt and a verdict."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder import candidates
from autograder.assignment import Assignment, AssignmentError, load_assignments
from autograder.inbox import IntakeError, counted, original, receipts, safe_id, students, write_new
from autograder.intake import roster, take_in

DEADLINE = datetime(2026, 10, 12, 22, 0, tzinfo=UTC)
IN_TIME, TOO_LATE = DEADLINE - timedelta(days=1), DEADLINE + timedelta(minutes=1)
PS1 = Assignment("ps01", "01", "One", ("f",), deadline=DEADLINE)
PS2 = Assignment("ps02", "02", "Two", ("g",))
BOTH = {"ps01": PS1, "ps02": PS2}


def notebook(exercise: str = "f", answer: str | None = None) -> dict:
    stub = f"def {exercise}(x):\n    # YOUR CODE HERE\n    pass"
    flags = {"grade": False, "solution": True, "locked": False, "schema_version": 3, "task": False}
    solution = {"nbgrader": {"grade_id": f"{exercise}__solution"} | flags}
    check = {
        "nbgrader": {"grade_id": exercise}
        | flags
        | {"grade": True, "solution": False, "locked": True, "points": 2}
    }
    code = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {
        "cells": [
            code
            | {
                "id": f"{exercise}-solution",
                "metadata": solution,
                "source": stub if answer is None else answer,
            },
            code
            | {"id": f"{exercise}-check", "metadata": check, "source": f'check("{exercise}", {exercise})'},
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def solved(value: int = 1) -> bytes:
    return json.dumps(notebook(answer=f"def f(x):\n    return {value}")).encode()


class Desk:
    """A course folder and a folder of hand-ins."""

    def __init__(self, tmp_path: Path):
        self.root, self.folder = tmp_path / "course", tmp_path / "handed-in"
        self.folder.mkdir()
        path = self.root / "release" / "ps01" / "ps01.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook()))

    def hand_in(self, student: str, content: bytes, name: str = "ps01.ipynb") -> Path:
        path = self.folder / student / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def take(self, assignment: Assignment = PS1, at: datetime = IN_TIME):
        return take_in(self.root, assignment, self.folder, assignments=BOTH, now=at)

    def history(self, student: str):
        return receipts(self.root, "ps01", safe_id(student))

    def answer(self, student: str) -> str:
        path = self.root / "submitted" / safe_id(student) / "ps01" / "ps01.ipynb"
        return json.loads(path.read_text())["cells"][0]["source"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_original_stays_byte_for_byte_with_a_receipt(desk):
    """Is what was handed in stored unchanged, with hash, size, time and verdict, and prepared for grading?"""
    content = b"\xef\xbb\xbf" + solved()
    desk.hand_in("ana", content)
    (receipt,) = desk.take().receipts
    sha = hashlib.sha256(content).hexdigest()
    assert (desk.root / "inbox" / "ps01" / "ana" / sha / "ps01.ipynb").read_bytes() == content
    assert (receipt.verdict, receipt.sha256, receipt.size, receipt.notebook) == (
        "counted",
        sha,
        len(content),
        "ps01.ipynb",
    )
    assert receipt.received == "2026-10-11T22:00:00+00:00" and receipt.zone
    assert desk.history("ana") == [receipt]
    assert desk.answer("ana") == "def f(x):\n    return 1"
    stamp = desk.root / "submitted" / "ana" / "ps01" / "timestamp.txt"
    assert stamp.read_text() == "2026-10-11 22:00:00 UTC\n"


def test_nothing_stored_is_ever_changed(desk):
    """Are originals and receipts read-only, kept when new work comes, and never written over?"""
    desk.hand_in("ana", solved(1))
    desk.take()
    desk.hand_in("ana", solved(2))
    desk.take()
    first, second = desk.history("ana")
    assert (first.number, second.number) == (1, 2)
    for receipt in (first, second):
        path = original(desk.root, receipt, receipt.files[0])
        assert hashlib.sha256(path.read_bytes()).hexdigest() == receipt.sha256
        assert not path.stat().st_mode & 0o222
    with pytest.raises(FileExistsError):
        write_new(desk.root / "receipts" / "ps01" / "ana" / "0001.json", b"{}")
    assert desk.answer("ana").endswith("return 2")


def test_the_same_files_again_change_nothing(desk):
    """May an intake be run again, and does it put right what an interrupted one left undone?"""
    desk.hand_in("ana", solved())
    desk.take()
    path = desk.root / "submitted" / "ana" / "ps01" / "ps01.ipynb"
    before = path.read_bytes()
    path.unlink()
    taken = desk.take(at=TOO_LATE)
    assert taken.receipts == [] and taken.unchanged == ["ana"]
    assert len(desk.history("ana")) == 1 and path.read_bytes() == before


# ---- deadlines -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "verdicts", "graded"),
    [
        ("first", ["counted", "not counted"], "return 1"),
        ("always", ["counted", "counted"], "return 2"),
        ("never", ["counted", "not counted"], "return 1"),
    ],
)
def test_a_second_hand_in_after_the_deadline(desk, rule, verdicts, graded):
    """Is late work kept and recorded, and does the late rule say which one counts?"""
    assignment = Assignment("ps01", "01", "One", ("f",), deadline=DEADLINE, late=rule)
    desk.hand_in("ana", solved(1))
    desk.take(assignment)
    desk.hand_in("ana", solved(2))
    desk.take(assignment, at=TOO_LATE)
    history = desk.history("ana")
    assert [r.verdict for r in history] == verdicts
    assert [r.late for r in history] == [False, True]
    assert desk.answer("ana").endswith(graded)
    if rule == "first":
        assert "after the deadline (2026-10-12 22:00 UTC)" in history[1].reason


@pytest.mark.parametrize(
    ("rule", "verdict"), [("first", "counted"), ("always", "counted"), ("never", "not counted")]
)
def test_a_first_hand_in_after_the_deadline(desk, rule, verdict):
    """Does late work count where nothing came in time, unless the rule is 'never'?"""
    desk.hand_in("ana", solved())
    desk.take(Assignment("ps01", "01", "One", ("f",), deadline=DEADLINE, late=rule), at=TOO_LATE)
    assert [r.verdict for r in desk.history("ana")] == [verdict]
    assert (desk.root / "submitted" / "ana").exists() == (verdict == "counted")


def test_a_broken_file_does_not_push_out_good_work(desk):
    """Does what counted before stay when the next file cannot be read?"""
    desk.hand_in("ana", solved(1))
    desk.take()
    desk.hand_in("ana", b"{")
    desk.take()
    assert [r.verdict for r in desk.history("ana")] == ["counted", "refused"]
    assert counted(desk.history("ana")).number == 1
    assert desk.answer("ana").endswith("return 1")


# ---- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("ps01.ipynb", b"", "The file is empty"),
        ("ps01.ipynb", b"hello", "stops being JSON"),
        ("ps01.ipynb", b'{"a": 1}', "no list of cells"),
        ("ps01.ipynb", json.dumps(notebook("g")).encode(), "This is the notebook of ps02"),
        ("ps01.ipynb", b'{"cells": []}', "None of the tasks of ps01 was found"),
        ("essay.pdf", b"%PDF-1.4", "no notebook in what was handed in, only: essay.pdf"),
        ("ps01.zip", b"PK\x03\x04 broken", "no notebook in what was handed in"),
    ],
)
def test_what_cannot_be_graded_is_kept_and_said(desk, name, content, words):
    """Does every refusal store the file, write a receipt with a reason for the student, and prepare nothing?"""
    desk.hand_in("ana", content, name)
    (receipt,) = desk.take().receipts
    assert receipt.verdict == "refused" and words in receipt.reason
    assert original(desk.root, receipt, receipt.files[0]).read_bytes() == content
    assert not (desk.root / "submitted").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_notebook_in_another_encoding_is_read(desk, encoding):
    """Is work that a program saved in some encoding of its own taken in as if nothing were?"""
    desk.hand_in("ana", json.dumps(notebook(answer="f = 'é'"), ensure_ascii=False).encode(encoding))
    (receipt,) = desk.take().receipts
    assert receipt.verdict == "counted" and desk.answer("ana") == "f = 'é'"


def test_a_damaged_zip_is_one_students_case(desk):
    """Is a zip whose packed bytes are spoiled refused, and is the next student taken in?"""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ps01.ipynb", solved() * 9)
    spoiled = bytearray(made.getvalue())
    spoiled[45:75] = bytes(byte ^ 0x5A for byte in spoiled[45:75])
    desk.hand_in("ana", bytes(spoiled), "ps01.zip")
    desk.hand_in("ben", solved())
    assert [r.verdict for r in desk.take().receipts] == ["refused", "counted"]


def test_folders_without_end_are_one_students_case(desk):
    """Is work found beside folders that lie deeper than any program can follow, and is it said that they were left?"""
    here, top = Path.cwd(), desk.hand_in("ana", solved()).parent
    try:
        os.chdir(top)
        for _ in range(1100):
            Path("d").mkdir()
            os.chdir("d")
        os.chdir(here)
        (receipt,) = desk.take().receipts
        assert receipt.verdict == "counted" and "unreadable" in [file.kind for file in receipt.files]
    finally:
        os.chdir(here)
        subprocess.run(["rm", "-rf", top / "d"], check=True)  # Python's own way recurses


def test_what_we_did_not_think_of_is_one_students_case(desk, monkeypatch):
    """If looking through a hand-in fails in a way of its own: is it kept and said, and the next student taken in?"""
    look = candidates.read

    def read(data):
        if b"surprise" in data:
            raise AssertionError("nobody thought of this")
        return look(data)

    monkeypatch.setattr(candidates, "read", read)
    desk.hand_in("ana", b'{"surprise": 1}')
    desk.hand_in("ben", solved())
    ana, ben = desk.take().receipts
    assert (ana.verdict, ben.verdict) == ("refused", "counted")
    assert "could not be looked through (AssertionError)" in ana.reason and len(ana.files) == 1


def test_an_empty_folder_is_recorded(desk):
    """Has somebody who handed in nothing a receipt that says so?"""
    (desk.folder / "ana").mkdir()
    (receipt,) = desk.take().receipts
    assert "nothing was handed in" in receipt.reason and receipt.files == ()


def test_an_unknown_student_is_kept_but_not_graded(desk):
    """With a roster, is unknown work stored and refused, and graded once the student is on the roster?"""
    (desk.root / "roster.csv").write_text("student,name\nana,Ana Gómez\n", encoding="utf-8")
    desk.hand_in("ana", solved(1))
    desk.hand_in("bob", solved(2))
    taken = {r.student: r for r in desk.take().receipts}
    assert (taken["ana"].verdict, taken["bob"].verdict) == ("counted", "refused")
    assert "not on the course's roster" in taken["bob"].reason
    assert not (desk.root / "submitted" / "bob").exists()
    (desk.root / "roster.csv").write_text("student\nana\nbob\n", encoding="utf-8")
    assert [r.student for r in desk.take().receipts] == ["bob"]
    assert desk.answer("bob").endswith("return 2")


@pytest.mark.parametrize(
    "text",
    [
        "ana\nZoë\n",
        "id,name\nana,A\nZoë,Z\n",
        "name,username\nA,ana\nZ,Zoë\n",
        "\ufeffstudent\r\nana\r\n\r\nZoë\r\n",
    ],
)
def test_rosters_as_people_write_them(tmp_path, text):
    """Is a roster read with and without headings, in any order of columns, with a byte-order mark?"""
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    assert list(roster(tmp_path)) == ["ana", "Zoë"]
    assert roster(tmp_path / "nowhere") is None


# ---- hostile names and files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "..x",
        "a b",
        "Zoë Müller",
        "x" * 200,
        "-rf",
        "a\nb",
        "'; DROP TABLE",
        "=cmd()",
        "[a-z]*",
        "~root",
        "%2e%2e",
        "用户",
        ".hidden",
        "a;b|c&d",
    ],
)
def test_hostile_names_never_leave_their_folder(desk, name):
    """Is a student of any name stored under a safe name of their own, and shown under the one they have?"""
    desk.hand_in(name, solved())
    (receipt,) = desk.take().receipts
    assert receipt.student == name and receipt.verdict == "counted"
    inside = [path.name for path in (desk.root / "submitted").iterdir()]
    assert inside == [safe_id(name)] == students(desk.root, "ps01")
    assert (
        all(c.isascii() and (c.isalnum() or c in "._@-") for c in safe_id(name)) and len(safe_id(name)) <= 64
    )
    assert sorted(p.name for p in desk.root.iterdir()) == ["inbox", "receipts", "release", "submitted"]


def test_different_names_never_share_a_folder():
    """Do names that look alike after cleaning keep apart?"""
    names = ["a b", "a_b", "a-b", "a  b", "A b", "a\tb", "ä b", "../a b", "a/b"]
    assert len({safe_id(n) for n in names}) == len(names)


def test_links_and_devices_are_not_followed(desk, tmp_path):
    """Does a link to somebody's file, to a folder, or a pipe bring nothing in and hold nothing up?"""
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(solved())
    (desk.folder / "ana").mkdir()
    (desk.folder / "ana" / "ps01.ipynb").symlink_to(secret)
    (desk.folder / "bob").mkdir()
    os.mkfifo(desk.folder / "bob" / "ps01.ipynb")
    (desk.folder / "bob" / "folder").symlink_to(tmp_path)
    (desk.folder / "eve").symlink_to(tmp_path)
    taken = {r.student: r for r in desk.take().receipts}
    assert {r.verdict for r in taken.values()} == {"refused"}
    assert "links are not followed" in taken["ana"].reason and "links are not followed" in taken["eve"].reason
    assert [f.kind for f in taken["bob"].files] == ["link", "special"]
    assert not any(path.is_file() for path in (desk.root / "inbox").rglob("*"))


def test_sizes_are_bounded(desk):
    """Is a file above the limit recorded with its size and not copied, and are other students untouched?"""
    small = Assignment("ps01", "01", "One", ("f",), max_mb=0.01)
    desk.hand_in("ana", solved() + b" " * 20_000)
    desk.hand_in("bob", solved())
    taken = {r.student: r for r in desk.take(small).receipts}
    assert "too large" in taken["ana"].reason and taken["ana"].files[0].size > 20_000
    assert taken["bob"].verdict == "counted"
    assert list((desk.root / "inbox" / "ps01").glob("ana/*/*")) == []


def test_many_files_are_bounded(desk):
    """Does a folder of a thousand files end, with the notebook found?"""
    desk.hand_in("ana", solved())
    for i in range(600):
        desk.hand_in("ana", b"x", f"zzz/{i}.txt")
    (receipt,) = desk.take().receipts
    assert receipt.verdict == "counted" and len(receipt.files) == 501


# ---- finding the notebook ------------------------------------------------------------------------------------------


def test_a_nested_and_renamed_notebook_is_found(desk):
    """Is the notebook found in a folder, under another name, beside other files?"""
    desk.hand_in("ana", solved(), "work/My copy (2).ipynb")
    desk.hand_in("ana", b"notes", "notes.txt")
    (receipt,) = desk.take().receipts
    assert (receipt.verdict, receipt.notebook) == ("counted", "work/My copy (2).ipynb")
    assert len(receipt.files) == 2


def test_of_several_notebooks_the_answered_one_is_graded(desk):
    """Does an answered notebook go before a blank one of the right name, the right name before others, and is it said?"""
    desk.hand_in("ana", json.dumps(notebook()).encode(), "ps01.ipynb")
    desk.hand_in("ana", solved(2), "final.ipynb")
    desk.hand_in("bob", solved(3), "ps01.ipynb")
    desk.hand_in("bob", solved(4), "old.ipynb")
    desk.hand_in("eve", solved(5), ".ipynb_checkpoints/ps01-checkpoint.ipynb")
    desk.hand_in("eve", solved(6), "ps01.ipynb")
    taken = {r.student: r for r in desk.take().receipts}
    assert {name: desk.answer(name)[-1] for name in taken} == {"ana": "2", "bob": "3", "eve": "6"}
    assert taken["bob"].notes == ("You handed in several notebooks; ps01.ipynb was graded, not old.ipynb.",)
    assert taken["eve"].notes == ()


def test_a_notebook_in_a_zip_is_found(desk):
    """Is the file that a learning platform packed up opened, within limits?"""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.txt", "x")
        archive.writestr("ana/ps01.ipynb", solved(7))
        archive.writestr("bomb.ipynb", b" " * 60_000_000)
    desk.hand_in("ana", packed.getvalue(), "download.zip")
    (receipt,) = desk.take().receipts
    assert (receipt.notebook, receipt.member) == ("download.zip", "ana/ps01.ipynb")
    assert desk.answer("ana").endswith("return 7")


def test_modules_beside_the_notebook_go_with_it(desk):
    """Do the student's own modules go where the notebook is graded, and are those that cannot be used told and left out?"""
    folder = desk.root / "submitted" / "ana" / "ps01"
    desk.hand_in("ana", solved(), "work/ps01.ipynb")
    for name, content in {
        "work/mine.py": b"\xef\xbb\xbftwo = 2",
        "work/random.py": b"x = 1",
        "work/pandas.py": b"x = 1",
        "work/hlm_teach.py": b"x = 1",
        "work/latin.py": b"# \xe9",
        "work/huge.py": b"#" * 200_001,
        "work/not-a-name.py": b"x = 1",
        "other/elsewhere.py": b"x = 1",
    }.items():
        desk.hand_in("ana", content, name)
    (receipt,) = desk.take().receipts
    assert receipt.verdict == "counted"
    assert {p.name: p.read_text() for p in folder.glob("*.py")} == {"mine.py": "two = 2"}
    said = " ".join(receipt.notes)
    assert all(
        f"Your file {name}.py was left out" in said
        for name in ("random", "pandas", "hlm_teach", "latin", "huge")
    )
    (desk.folder / "ana" / "work" / "mine.py").rename(desk.folder / "ana" / "work" / "yours.py")
    desk.take(at=IN_TIME)
    assert [p.name for p in folder.glob("*.py")] == ["yours.py"]


def test_modules_in_a_zip_go_with_the_notebook(desk):
    """Are the modules beside a packed notebook taken from the same archive?"""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ana/ps01.ipynb", solved())
        archive.writestr("ana/mine.py", "two = 2")
        archive.writestr("../evil.py", "x = 1")
        archive.writestr("ana/deeper/not_beside.py", "x = 1")
    desk.hand_in("ana", packed.getvalue(), "download.zip")
    desk.take()
    folder = desk.root / "submitted" / "ana" / "ps01"
    assert [p.name for p in folder.glob("*.py")] == ["mine.py"]


def test_files_outside_of_student_folders_are_said(desk):
    """Is a loose file named, and no student made of it?"""
    (desk.folder / "ps01.ipynb").write_bytes(solved())
    taken = desk.take()
    assert taken.stray == ["ps01.ipynb"] and taken.receipts == []


# ---- what a teacher can get wrong ----------------------------------------------------------------------------------


def test_a_teacher_gets_a_sentence(desk, tmp_path):
    """Is a missing folder, an assignment that was not released, a broken roster or receipt said in a line?"""
    with pytest.raises(IntakeError, match="one folder per student"):
        take_in(desk.root, PS1, tmp_path / "nowhere")
    with pytest.raises(IntakeError, match="hlm release ps02"):
        take_in(desk.root, PS2, desk.folder)
    desk.hand_in("ana", solved())
    desk.take()
    path = desk.root / "receipts" / "ps01" / "ana" / "0001.json"
    path.chmod(0o644)
    path.write_text("{")
    with pytest.raises(IntakeError, match="cannot be read as a receipt"):
        desk.take()
    (desk.root / "roster.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IntakeError, match="not a CSV file"):
        desk.take()


def test_a_full_disk_stops_the_intake_and_says_so(desk, monkeypatch):
    """Is a file that could not be written an error for the teacher, never a refusal for the student?"""

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    desk.hand_in("ana", solved())
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(IntakeError, match="No space left on device"):
        desk.take()
    monkeypatch.undo()
    assert desk.history("ana") == []
    assert [r.verdict for r in desk.take().receipts] == ["counted"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no assignment"),
        ("[ps01", "is not TOML"),
        ("ps01 = 3", "must be a table"),
        ('[ps01]\nlesson = "01"\ntitle = "x"', "exercises is missing"),
        ('[ps01]\nlesson = "01"\ntitle = "x"\nexercises = []', "at least one exercise"),
        ('[ps01]\nlesson = "01"\ntitle = "x"\nexercises = ["f", "f"]', "names f twice"),
        ('[ps01]\nlesson = "01"\ntitle = "x"\nexercises = ["f"]\ndeadlin = 1', "Did you mean deadline?"),
        (
            '[ps01]\nlesson = "01"\ntitle = "x"\nexercises = ["f"]\ndeadline = 2026-10-12T22:00:00',
            "a deadline needs a clock",
        ),
        ('[ps01]\nlesson = "01"\ntitle = "x"\nexercises = ["f"]\ntimezone = "Mars/Base"', "not a known zone"),
        ('[ps01]\nlesson = "01"\ntitle = "x"\nexercises = ["f"]\nlate = "maybe"', "late must be"),
        ('[ps01]\nlesson = 1\ntitle = "x"\nexercises = ["f"]', "lesson = 1 is of the wrong kind"),
        (
            '[ps01]\nlesson = "01"\ntitle = "x"\nexercises = ["f"]\ncpu_seconds = 0',
            "cpu_seconds must be above zero",
        ),
        ('["PS 1"]\nlesson = "01"', "small letters and digits"),
    ],
)
def test_what_cannot_be_in_assignments_toml_is_said(tmp_path, text, words):
    """Does each mistake in assignments.toml get the file, the table, the key and what to do?"""
    path = tmp_path / "assignments.toml"
    path.write_text(text)
    with pytest.raises(AssignmentError, match=words):
        load_assignments(path)


@pytest.mark.parametrize(
    "line",
    [
        'deadline = 2026-10-13T00:00:00\ntimezone = "Europe/Berlin"',
        "deadline = 2026-10-13T00:00:00+02:00",
        'deadline = "2026-10-12T22:00:00+00:00"',
        "deadline = 2026-10-12T22:00:00Z",
    ],
)
def test_a_deadline_is_a_moment(tmp_path, line):
    """Do clocks of different zones that show the same moment give the same deadline?"""
    path = tmp_path / "assignments.toml"
    path.write_text(f'[ps01]\nlesson = "01"\ntitle = "x"\nexercises = ["f"]\n{line}\n')
    assert load_assignments(path)["ps01"].deadline == DEADLINE

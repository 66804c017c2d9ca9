"""nbgrader's steps called in this process: what is said when they cannot work, and that nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace

import pytest

from course.books import build_all
from course.folder import Course, CourseError, open_course
from course.gradebook import marks, open_gradebook
from course.steps import release
from course.store import version


def build(toy):
    assert build_all(toy.course, toy.registry, check_values=False).problems == []


def test_the_gradebook_is_made_once_with_a_log_that_readers_do_not_wait_for(toy):
    """Is the database made on first use, in write-ahead mode, and found again?"""
    open_gradebook(toy.course).close()
    with sqlite3.connect(toy.course.gradebook) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with open_gradebook(toy.course) as book:
        assert marks(book, "ps77", "nobody") == {}


def test_a_corrupt_gradebook_is_said_and_not_touched(toy):
    """Is a gradebook that is no database left as it is, with a sentence about the backup?"""
    toy.course.gradebook.write_bytes(b"not a database" * 100)
    with pytest.raises(CourseError, match="Restore it from your backup"):
        open_gradebook(toy.course)
    assert toy.course.gradebook.read_bytes() == b"not a database" * 100


def test_release_is_needed_and_keeps_the_deadline(toy):
    """Does release say when nothing was built, and enter the deadline that formgrader shows?"""
    with pytest.raises(CourseError, match="Run `hlm build` first"):
        release(toy.course, "ps77")
    path = toy.course.root / "assignments.toml"
    path.write_text(path.read_text() + 'deadline = 2026-10-12T23:59:00\ntimezone = "Europe/Berlin"\n')
    build(toy)
    fresh = replace(toy.course)
    release(fresh, "ps77")
    with open_gradebook(fresh) as book:
        assignment = book.find_assignment("ps77")
        assert f"{assignment.duedate}" == "2026-10-12 21:59:00"
        assert assignment.max_score == 7 and assignment.max_written_score == 3


def test_a_released_assignment_may_not_change_its_tasks_once_work_was_graded(toy):
    """Does nbgrader's refusal come as a sentence, with the old release still there?"""
    build(toy)
    made = release(toy.course, "ps77")
    before = made.read_bytes()
    with open_gradebook(toy.course) as book:
        book.add_student("ana")
        book.add_submission("ps77", "ana")
    toy.rewrite("# Halve the mean.", "# Halve the mean, please.")
    build(toy)
    release(toy.course, "ps77")
    assert made.read_bytes() != before
    after = made.read_bytes()
    path = toy.course.root / "assignments.toml"
    path.write_text(path.read_text().replace('"sides", ', ""))
    changed = replace(toy.course)
    assert build_all(changed, toy.registry, check_values=False).problems == []
    with pytest.raises(CourseError, match="cannot be released with other tasks than before"):
        release(changed, "ps77")
    assert made.read_bytes() == after


def test_a_mark_depends_on_everything_that_can_change_it(toy, monkeypatch):
    """Does a changed notebook, limit or seed make another version, and a mere second look not?"""
    build(toy)
    release(toy.course, "ps77")
    first = version(toy.course, "ps77")
    assert version(toy.course, "ps77") == first
    monkeypatch.setenv("HLM_TERM_SEED", "another seed")
    second = version(toy.course, "ps77")
    path = toy.course.root / "assignments.toml"
    path.write_text(path.read_text() + "cpu_seconds = 3\n")
    third = version(replace(toy.course), "ps77")
    toy.rewrite("# Say why.", "# Say exactly why.")
    build(toy)
    assert len({first, second, third, version(replace(toy.course), "ps77")}) == 4


@pytest.mark.parametrize("name", ["with space", "ünïcödé 课程", "a'b"])
def test_course_folders_of_any_name(toy, tmp_path, name):
    """Do build and release work in a folder with spaces, foreign letters and quotes?"""
    build(toy)
    root = shutil.copytree(toy.course.root, tmp_path / name)
    course = Course(root, toy.course.lessons)
    assert release(course, "ps77").is_relative_to(root)


def test_folders_that_nbgrader_cannot_work_in_are_refused(tmp_path):
    """Is a folder whose name nbgrader takes for a pattern refused at once?"""
    with pytest.raises(CourseError, match=r"\[ \] in its path"):
        open_course(tmp_path / "course [2026]")


def test_only_a_person_comments(toy):
    """Is the sentence that nbgrader writes on a blank answer by itself kept from the student, and a person's shown?"""
    build(toy)
    release(toy.course, "ps77")
    with open_gradebook(toy.course) as book:
        book.add_student("ana")
        submission = book.add_submission("ps77", "ana")
        first, second, *_ = submission.notebooks[0].comments
        first.auto_comment = second.auto_comment = "No response."
        second.manual_comment = "Well put."
        names = first.name, second.name
        book.db.commit()
        found = marks(book, "ps77", "ana")
    said = {name.removesuffix("__solution"): found[name.removesuffix("__solution")].comment for name in names}
    assert list(said.values()) == ["", "Well put."]

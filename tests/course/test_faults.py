"""What can go wrong while a class is graded: kills, full disks, lost gradebooks, two at once. Nothing may be lost."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.exercises import registry
from autograder.intake import take_in
from course import demo, store
from course.books import build_all
from course.class_grading import grade
from course.cli import main
from course.example_class import PS02, crowd
from course.folder import Course, CourseError
from course.gradebook import copy_of, marks, open_gradebook
from course.steps import release

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]
FEW = 6


def students(n):
    """Return a small class: the first loops for ever, the others are honest."""
    return crowd(n, looping=1, hostile=0)


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """Make a course in which a small class has been taken in, and nothing graded."""
    if missing := sandbox.detect():
        pytest.skip(missing)
    course = demo.prepare(tmp_path_factory.mktemp("faults") / "course")
    (course.root / "roster.csv").unlink()
    path = course.root / "assignments.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("cpu_seconds = 5", "cpu_seconds = 1"), encoding="utf-8"
    )
    course = Course(course.root)
    assert build_all(course, registry(), ["02", "03"], check_values=False).problems == []
    release(course, "ps02")
    with tempfile.TemporaryDirectory() as folder:
        demo.hand_in(course, "ps02", Path(folder), students=students(FEW))
        take_in(course.root, course.assignment("ps02"), Path(folder), now=demo.IN_TIME)
    return course.root


@pytest.fixture(scope="module")
def done(taken, tmp_path_factory):
    """Grade that class."""
    root = shutil.copytree(taken, tmp_path_factory.mktemp("done") / "course")
    code, said = hlm(root, "grade", "ps02", "--workers", "1")
    assert code == 0, said
    return root


def copied(root, tmp_path):
    """Return a copy of a course that a test may break."""
    return Course(shutil.copytree(root, tmp_path / "course"))


def hlm(root, *arguments):
    """Run one command here; return its exit code and what it said."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(["--course", str(root), *arguments])
    return code, out.getvalue()


def graded_again(course):
    """Grade the class with one process: most of what these tests take is the start of processes."""
    return hlm(course.root, "grade", "ps02", "--workers", "1")


def start(root, *arguments, **options):
    """Start one command in a process of its own."""
    command = [sys.executable, "-m", "course.cli", "--course", str(root), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def kept(root):
    """Return the records that are kept: student → (when it was written, its text)."""
    return {p.stem: (p.stat().st_mtime_ns, p.read_text()) for p in root.glob("results/ps02/*.json")}


def points(course, student):
    """Return one student's points in the gradebook, by exercise."""
    with open_gradebook(course) as book:
        return {name: mark.points for name, mark in marks(book, "ps02", student).items()}


def assert_consistent(course, n=FEW):
    """Hold gradebook, graded notebooks and records to each other, for the whole class."""
    found = kept(course.root)
    assert len(found) == n
    with open_gradebook(course) as book:
        assert len(book.assignment_submissions("ps02")) == n
    for student, (_, text) in found.items():
        record = json.loads(json.loads(text)["record"])
        in_book = points(course, student)
        assert {name: in_book[name] for name in record["points"]} == record["points"]
        assert course.notebook("autograded", student, "ps02").is_file()


def wait_for(condition, seconds=600):
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def test_a_kill_in_the_middle_costs_what_was_in_flight(taken, tmp_path):
    """After kill -9 and the same command again: is what was kept not run again, and the gradebook complete?"""
    course = copied(taken, tmp_path)
    running = start(course.root, "grade", "ps02", "--workers", "1")
    wait_for(lambda: len(kept(course.root)) >= 2)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    before = kept(course.root)
    assert 2 <= len(before) < FEW
    code, said = graded_again(course)
    assert code == 0 and f"{FEW - len(before)} graded" in said, said
    after = kept(course.root)
    assert {s: after[s] for s in before} == before
    assert_consistent(course)
    code, said = graded_again(course)
    assert code == 0 and f" 0 graded (0 s of processor time), {FEW} unchanged" in said
    assert kept(course.root) == after


def test_ctrl_c_says_what_was_kept(taken, tmp_path):
    """Does an interrupted command end soon, say how far it was, and leave no process behind?"""
    course = copied(taken, tmp_path)
    running = start(course.root, "grade", "ps02", "--workers", "1")
    wait_for(lambda: list(course.root.glob("autograded/*/ps02/graded.json")))
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=120)
    # (Python ends itself by the signal where it came in the middle of an import)
    assert running.returncode in (130, -signal.SIGINT) and f"of {FEW} are graded and entered" in said, said
    assert "What was finished is kept" in said and "Traceback" not in said


def test_a_gradebook_that_broke_or_is_gone_is_written_again_from_what_is_kept(done, tmp_path):
    """Is a broken gradebook told, with what to do; and does doing that give the same marks without running anything?"""
    course = copied(done, tmp_path)
    before, records = {s: points(course, s) for s in kept(course.root)}, kept(course.root)
    for path in course.root.glob("gradebook.db-*"):
        path.unlink()
    content = bytearray(course.gradebook.read_bytes())
    content[4096 : len(content) // 2] = os.urandom(len(content) // 2 - 4096)
    course.gradebook.write_bytes(content)
    code, said = graded_again(course)
    assert code == 1 and "cannot be used" in said and str(copy_of(course)) in said, said
    assert course.gradebook.read_bytes() == content
    for path in course.root.glob("gradebook.db*"):
        path.unlink()
    code, said = graded_again(course)
    assert code == 1 and "does not know ps02. Run `hlm release ps02` first" in said
    release(course, "ps02")
    code, said = graded_again(course)
    assert code == 0 and f" 0 graded (0 s of processor time), {FEW} entered from what was run before" in said
    assert {s: points(course, s) for s in before} == before and kept(course.root) == records
    assert_consistent(course)


def test_the_copy_of_the_gradebook_has_the_marks_given_by_hand(done, tmp_path):
    """Does the copy that is made when grading begins hold a mark that a person gave?"""
    course = copied(done, tmp_path)
    with open_gradebook(course) as book:
        given = book.find_grade("advise_the_inspectors", "ps02", "ps02", "s002")
        given.manual_score, given.needs_manual_grade = 3.0, False
        book.db.commit()
    assert graded_again(course)[0] == 0
    shutil.copy(copy_of(course), course.gradebook)
    assert points(course, "s002")["advise_the_inspectors"] == 3.0


def test_a_mark_that_the_gradebook_has_lost_is_entered_again(done, tmp_path):
    """If an older gradebook is put back: is what it lacks found and entered, and only that?"""
    course = copied(done, tmp_path)
    with contextlib.closing(sqlite3.connect(course.gradebook)) as connection:
        connection.execute(
            "UPDATE grade SET auto_score = 0 WHERE notebook_id IN (SELECT n.id FROM submitted_notebook n JOIN "
            "submitted_assignment a ON n.assignment_id = a.id WHERE a.student_id = 's002')"
        )
        connection.commit()
    code, said = graded_again(course)
    assert code == 0 and f"1 entered from what was run before, {FEW - 1} unchanged" in said, said
    assert_consistent(course)


def test_a_second_grading_of_the_same_assignment_is_told_who_grades(taken, tmp_path):
    """Are two commands on one assignment kept apart with a sentence, and does the lock end with its process?"""
    course = copied(taken, tmp_path)
    running = start(course.root, "grade", "ps02", "--workers", "1", "--student", "s002")
    wait_for(
        lambda: (
            (course.root / "locks" / "ps02.lock").is_file()
            and (course.root / "locks" / "ps02.lock").read_text()
        )
    )
    code, said = graded_again(course)
    assert code == 1 and f"being graded already, by process {running.pid} on" in said, said
    running.kill()
    running.communicate()
    with store.alone(course, "ps02"):
        pass


def test_two_assignments_can_be_graded_at_the_same_time(done, tmp_path):
    """Do two commands that write marks into one gradebook at the same time both finish, with all marks?"""
    course = copied(done, tmp_path)
    release(course, "ps03")
    with tempfile.TemporaryDirectory() as folder:
        demo.hand_in(course, "ps03", Path(folder))
        for name in ("emil", "fatima", "goran", "hana", "ivan", "jana"):
            shutil.rmtree(Path(folder) / name)
        take_in(course.root, course.assignment("ps03"), Path(folder), now=demo.IN_TIME)
    for path in course.root.glob("autograded/*/ps02/graded.json"):
        path.unlink()  # so that every record has to be entered again
    both = [start(course.root, "grade", ps, "--workers", "1") for ps in ("ps03", "ps02")]
    said = [one.communicate(timeout=600)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert "4 graded" in said[0] and f"{FEW} entered" in said[1], said
    assert_consistent(course)


@pytest.mark.parametrize("left", [0, 420_000], ids=["at-once", "in-the-middle"])
def test_a_full_disk_is_said_and_costs_nothing(taken, tmp_path, left):
    """On a file system without room: is that said in one sentence, and is grading complete once there is room?"""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small file system; the next test bounds the size of files instead")
    try:
        course, filler = Course(shutil.copytree(taken, place / "course")), place / "filler"
        free = os.statvfs(place)
        with filler.open("wb") as file:
            file.write(b"\0" * (free.f_bavail * free.f_bsize - left))
        code, said = graded_again(course)
        assert code == 1 and "Nothing more can be written" in said and "Traceback" not in said, said
        assert bool(kept(course.root)) == bool(left)
        filler.unlink()
        before = kept(course.root)
        code, said = graded_again(course)
        assert code == 0 and f" {FEW - len(before)} graded" in said, said
        assert_consistent(course)
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_bound_on_the_size_of_files_is_said_too(done, tmp_path):
    """If a file may not grow any more: does grading stop with the sentence, and go on when it may?"""
    course = copied(done, tmp_path)

    def bound():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    for path in course.root.glob("autograded/*/ps02/graded.json"):
        path.unlink()
    running = start(course.root, "grade", "ps02", "--workers", "1", preexec_fn=bound)
    said, _ = running.communicate(timeout=600)
    assert running.returncode == 1 and "Traceback" not in said, said
    assert "Nothing more can be written" in said, said
    code, said = graded_again(course)
    assert code == 0, said
    assert_consistent(course)


def test_a_cluster_grades_each_once_though_a_worker_is_killed(taken, tmp_path):
    """With two worker processes of which one is killed: is each submission entered once, and nothing lost?"""
    if os.environ.get("HLM_CI") != "1":
        pytest.importorskip("distributed")
    from distributed import LocalCluster

    course = copied(taken, tmp_path)
    names = store.submitted(course, "ps02")
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        statuses = {}
        for one in grade(course, "ps02", names, cluster=cluster.scheduler_address):
            if not statuses:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
            assert one.student not in statuses
            statuses[one.student] = one.status
    assert statuses == dict.fromkeys(names, "graded")
    assert_consistent(course)


def test_marks_do_not_depend_on_who_ran_the_work(done):
    """Does each student of the small class have what the example that it was copied from must have?"""
    by_about = {e.about: e for e in PS02}
    course = Course(done)
    for student in students(FEW):
        expected, found = by_about[student.about], points(course, student.student)
        for name in course.assignment("ps02").exercises:
            wanted = expected.expected(registry()[name])
            if wanted.outcome != "manual":
                assert found[name] == pytest.approx(wanted.points), (student.student, name)


def test_grading_what_was_never_released_is_a_sentence(tmp_path):
    """Does a course in which nothing was released, taken in or graded say so, in every command?"""
    course = demo.prepare(tmp_path / "course")
    (course.root / "roster.csv").unlink()
    for command in ("grade", "report", "feedback"):
        code, said = hlm(course.root, command, "ps02")
        assert code == 1 and said.count("\n") == 1 and "Traceback" not in said, said
    course.gradebook.write_bytes(b"")
    code, said = hlm(course.root, "report", "ps02")
    assert code == 1 and "has not been released" in said
    assert build_all(course, registry(), ["02", "03"], check_values=False).problems == []
    release(course, "ps02")
    code, said = hlm(course.root, "report", "ps02")
    assert code == 1 and "Nothing has been taken in for ps02" in said
    with pytest.raises(CourseError, match="cannot be used"):
        course.gradebook.write_bytes(b"garbage" * 1000)
        open_gradebook(course)

"""The gradebook on a PostgreSQL server: a real server, started for the test on this machine alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.exercises import registry
from autograder.inbox import safe_id
from autograder.intake import take_in
from course import demo, store
from course.books import build_all
from course.class_grading import grade
from course.example_class import PS02
from course.folder import Course, CourseError
from course.gradebook import marks, open_gradebook
from course.steps import feedback_one, release

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]
SOME = ("ada", "ben", "chen", "dana", "Pía Núñez", "jana")


def programs():
    """Return the folder of PostgreSQL's programs, the newest."""
    return max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None, key=lambda p: int(p.parts[4]))


class Server:
    """A server in a folder of its own, which no ordinary user's rights are needed for."""

    def __init__(self, folder):
        self.folder, self.bin = folder, programs().parent
        self.user = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        )
        if self.user:
            shutil.chown(folder, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgresql://teacher@127.0.0.1:{self.port}/postgres"
        self.run("initdb", "-D", folder / "data", "-U", "teacher", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    def run(self, program, *arguments):
        """Run one of PostgreSQL's programs."""
        command = [*self.user, self.bin / program, *arguments]
        done = subprocess.run(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert done.returncode == 0, done.stdout

    def start(self):
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        log = self.folder / "log"
        command = [
            *self.user,
            self.bin / "pg_ctl",
            "-D",
            self.folder / "data",
            "-l",
            log,
            "-o",
            options,
            "-w",
            "start",
        ]
        subprocess.run(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
        )

    def stop(self):
        """Stop it at once."""
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")


@pytest.fixture(scope="module")
def server():
    """Start a server; skipping where there is none is an error in CI."""
    if programs() is None:
        assert os.environ.get("HLM_CI") != "1", "CI must have PostgreSQL: apt-get install postgresql"
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    if os.environ.get("HLM_CI") != "1":
        pytest.importorskip("psycopg")
    with tempfile.TemporaryDirectory(prefix="hlm-postgres-") as folder:
        running = Server(Path(folder))
        try:
            yield running
        finally:
            with contextlib.suppress(AssertionError):
                running.stop()


@pytest.fixture(scope="module")
def course(server, tmp_path_factory):
    """Grade some of the example class into it."""
    if missing := sandbox.detect():
        pytest.skip(missing)
    root = demo.prepare(tmp_path_factory.mktemp("postgres") / "course").root
    (root / "course.toml").write_text(f'db_url = "{server.url}"\n')
    course = Course(root)
    assert build_all(course, registry(), ["02", "03"], check_values=False).problems == []
    release(course, "ps02")
    with tempfile.TemporaryDirectory() as folder:
        demo.hand_in(course, "ps02", Path(folder), students=[e for e in PS02 if e.student in SOME])
        take_in(course.root, course.assignment("ps02"), Path(folder), now=demo.IN_TIME)
    statuses = {done.student: done.status for done in grade(course, "ps02", store.submitted(course, "ps02"))}
    assert set(statuses.values()) == {"graded"} and len(statuses) == 5
    return course


def test_marks_and_pages_are_the_same_as_ever(course):
    """Does each student have the marks that they are owed, in the database, and a page; and is there no SQLite file?"""
    assert not course.gradebook.exists()
    by_id = {safe_id(e.student): e for e in PS02 if e.student in SOME and not e.refused}
    with open_gradebook(course) as book:
        assert book.engine.dialect.name == "postgresql"
        for student, example in by_id.items():
            found = marks(book, "ps02", student)
            for name in course.assignment("ps02").exercises:
                wanted = example.expected(registry()[name])
                if wanted.outcome != "manual":
                    assert found[name].points == pytest.approx(wanted.points, abs=0.01), (student, name)
    feedback_one(course, "ps02", "ben")
    assert "swapped" in course.page("ben", "ps02").read_text(encoding="utf-8")


def test_nothing_is_graded_again(course):
    """Is what the database holds recognised, and what it has lost entered again without being run?"""
    students = store.submitted(course, "ps02")
    assert {done.status for done in grade(course, "ps02", students)} == {"unchanged"}
    with open_gradebook(course) as book:
        book.find_grade("common_slope", "ps02", "ps02", "ada").auto_score = 0.0
        book.db.commit()
    statuses = {done.student: done.status for done in grade(course, "ps02", students)}
    assert statuses.pop("ada") == "entered" and set(statuses.values()) == {"unchanged"}


def test_a_server_that_is_down_is_said(course, server):
    """If the server stops: is there one sentence without a password, and does grading go on when it is back?"""
    server.stop()
    secret = Course(course.root)
    text = (course.root / "course.toml").read_text()
    (course.root / "course.toml").write_text(text.replace("teacher@", "teacher:hunter2@"))
    with pytest.raises(CourseError, match="Look whether the server runs") as said:
        list(grade(secret, "ps02", ["ada"]))
    assert "hunter2" not in str(said.value)
    (course.root / "course.toml").write_text(text)
    server.start()
    assert {done.status for done in grade(course, "ps02", ["ada"])} == {"unchanged"}

"""The corpus of odd submissions, graded as one class through intake, nbgrader, the sandbox and the feedback pages."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import html
import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))  # at the end: tests/hlm_teach lies there too
from autograder import sandbox
from autograder.exercises import registry
from autograder.inbox import MAX_DEPTH, MAX_FILES, original, put, receipts, safe_id
from autograder.student_data import assignment_data
from corpus import CORPUS
from corpus.record import MARK, PORT, Odd
from course.books import of_assignment
from course.build import assignment_notebook, solved_assignment, to_bytes
from course.cli import main
from course.folder import OWN_COURSE, Course
from course.steps import release

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

LIMITS = "cpu_seconds = 1.25\nidle_seconds = 2\nmemory_mb = 512\nmax_mb = 10\n"
OUTSIDE = ("/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/root", "/etc", "/usr", "/home", "~", ".")
DEAD = re.findall(
    r"\w+",
    "html head meta title style body header main section article nav footer div span p br hr h1 h2 h3 h4 ul ol li dl dt dd "
    "table caption thead tbody tr th td a strong em b i code pre details summary",
)


class Live(HTMLParser):
    """Collects what a page should not hold: elements and attributes that can do something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in DEAD:
            self.found.append(tag)
        for name, value in attrs:
            if (
                name.startswith("on")
                or name in ("src", "action", "style", "srcdoc")
                or (name == "href" and re.match(r"\s*\w+:", value or ""))
            ):
                self.found.append(f"{tag} {name}={value}")


@dataclass
class Class:
    """The course folder in which the corpus was graded, and what was noticed around it."""

    course: Course
    rows: dict[tuple[str, str, str], dict[str, str]]
    said: str
    calls: int  # how often the server was called

    def page(self, odd: Odd) -> str:
        return self.course.page(safe_id(odd.student), odd.ps).read_text(encoding="utf-8")


def hlm(course: Course, *arguments: str) -> tuple[int, str]:
    """Run one command and return its exit code and what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(["--course", str(course.root), *arguments])
    return code, out.getvalue()


def make_course(root: Path) -> Course:
    """Make a course of two assignments with tight limits, and release them."""
    root.mkdir()
    own = (OWN_COURSE / "assignments.toml").read_text(encoding="utf-8")
    tables = [table for table in re.split(r"(?m)^(?=\[)", own) if table.startswith(("[ps02]", "[ps03]"))]
    (root / "assignments.toml").write_text(
        "".join(table.rstrip() + "\n" + LIMITS for table in tables), encoding="utf-8"
    )
    (root / "term_seed").write_text("one-seed-for-the-corpus\n", encoding="utf-8")
    course = Course(root)
    course.prepare()
    for ps, assignment in course.assignments.items():
        made = assignment_notebook(of_assignment(course, assignment), assignment, registry())
        put(course.source / ps / f"{ps}.ipynb", to_bytes(made))
        release(course, ps)
    return course


def hand_in(course: Course, odds: tuple[Odd, ...], folder: Path) -> None:
    """Write everything that is handed in, one folder an assignment."""
    solved, released = {}, {}
    for ps, assignment in course.assignments.items():
        solved[ps] = json.loads(
            to_bytes(solved_assignment(of_assignment(course, assignment), assignment, registry()))
        )
        released[ps] = json.loads((course.release / ps / f"{ps}.ipynb").read_text(encoding="utf-8"))
    for one in odds:
        one.hand_in(folder / one.ps / one.student, solved, released)


def grade_class(root: Path, odds: tuple[Odd, ...]) -> Class:
    """Take the submissions of a course in, grade them, write pages and table; return what came of it."""
    course = make_course(root / "course")
    hand_in(course, odds, root / "handed_in")
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    told = []
    with listening() as server:
        for ps in sorted({one.ps for one in odds}):
            table = root / f"{ps}.csv"
            for command in (
                ["intake", ps, "--from", str(root / "handed_in" / ps)],
                ["grade", ps, "--workers", "2"],
                ["feedback", ps],
                ["report", ps, "--csv", str(table)],
            ):
                told += [f"{' '.join(command[:2])} → {(done := hlm(course, *command))[0]}", done[1]]
            with table.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    key = ps, row["student"].removeprefix("'"), row["exercise"]
                    assert key not in rows, f"two rows of {key}"
                    rows[key] = row
        calls = calls_of(server)
    return Class(course, rows, "\n".join(told), calls)


@contextlib.contextmanager
def listening() -> Iterator[socket.socket]:
    """Listen on this machine, so that a submission with a network would be heard."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("0.0.0.0", PORT))
        server.listen()
        server.setblocking(False)
        yield server


def calls_of(server: socket.socket) -> int:
    """Return how often the server was called."""
    for number in range(1000):
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return number
    return 1000


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Grade the whole corpus once, with a secret in the environment."""
    if missing := sandbox.detect():
        pytest.skip(missing)
    root = tmp_path_factory.mktemp("corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HLM_CORPUS_TOKEN", "a secret of the teacher's")
        yield grade_class(root, CORPUS)
    subprocess.run(
        ["rm", "-rf", root / "handed_in"], check=True
    )  # Python's own way recurses, and folders lie too deep


def words_of(page: str) -> str:
    """Return what a reader of a page sees."""
    page = re.sub(r"(?s)<style>.*?</style>", "", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("odd", CORPUS, ids=[one.name for one in CORPUS])
def test_each_submission_gets_what_it_is_owed(graded, odd):
    """Are marks, misconception and sentences right, and does nothing stand on the page that may not?"""
    page, course = graded.page(odd), graded.course
    for name in course.assignment(odd.ps).exercises:
        exercise, row = registry()[name], graded.rows[odd.ps, odd.student, name]
        wanted = odd.expected(exercise)
        assert row["outcome"] == wanted.outcome, (name, words_of(page))
        assert float(row["points"]) == pytest.approx(wanted.points, abs=0.01), name
        assert wanted.misconception in ("", row["misconception"]), name
    for words in odd.says:
        assert words in words_of(page), (words, words_of(page))
    notebook = course.notebook("autograded", safe_id(odd.student), odd.ps)
    outputs = (
        json.dumps([c.get("outputs") for c in json.loads(notebook.read_text())["cells"]], ensure_ascii=False)
        if notebook.is_file()
        else ""
    )
    for words in odd.never:
        assert words not in page, words
        assert words not in outputs or not words.startswith(MARK[:3]), words
    assert not Live(page).found and "Content-Security-Policy" in page and len(page) < 1_000_000
    assert not re.search(r"[^\n\t -~\u00a0-\uffff\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]", page)
    assert course.seed() not in page and "BEGIN SOLUTION" not in page
    assert not notebook.is_file() or notebook.stat().st_size < 3_000_000
    _right_number_is_not_said(odd, page)


def _right_number_is_not_said(odd: Odd, page: str) -> None:
    """Where a number was asked for and got wrong, its right value must not stand on the page."""
    exercise = registry()["common_slope" if odd.ps == "ps02" else "largest_move"]
    if odd.expected(exercise).outcome in ("not yet", "partly"):
        right = exercise.reference(data=assignment_data(exercise.data, student=safe_id(odd.student)))
        said = re.findall(r"-?\d+\.\d+", words_of(page).partition("Receipt")[0])
        assert not [number for number in said if abs(float(number) - right) < 0.0005], right


@pytest.mark.parametrize("odd", CORPUS, ids=[one.name for one in CORPUS])
def test_each_submission_is_kept(graded, odd):
    """Has every submission one receipt, and is each regular file of the allowed size stored as it came?"""
    (receipt,) = receipts(graded.course.root, odd.ps, safe_id(odd.student))
    assert receipt.verdict == ("refused" if odd.refused else "counted") and receipt.student == odd.student
    assert bool(receipt.reason) == odd.refused
    came = graded.course.root.parent / "handed_in" / odd.ps / odd.student
    regular = [path for path in _in_sight(came) if path.is_file() and not path.is_symlink()]
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in regular}
    stored = [file for file in receipt.files if file.kind == "file"]
    for file in stored:
        content = original(graded.course.root, receipt, file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256 and file.sha256 in hashes
    allowed = [path for path in regular if path.stat().st_size <= 10e6]
    assert len(stored) == min(len(allowed), MAX_FILES)


def _in_sight(folder: Path) -> Iterator[Path]:
    """Give what lies in a folder and in the folders in it, but for what lies too deep to be kept."""
    for base, folders, names in os.walk(folder):
        yield from (Path(base) / name for name in names)
        if len(Path(base).relative_to(folder).parts) >= MAX_DEPTH:
            folders.clear()


def test_nobody_was_left_without_a_mark(graded):
    """Did every command succeed, and was no submission given to the teacher as a fault of the grader?"""
    assert " → 0" in graded.said and not re.findall(r"^\w+ ps\d+ → [1-9].*", graded.said, re.M), graded.said[
        -3000:
    ]
    assert not list(graded.course.root.glob("faults/*/*.json"))
    assert {row["outcome"] for row in graded.rows.values()} <= {
        "correct",
        "partly",
        "not yet",
        "not attempted",
        "manual",
        "refused",
    }


def test_nothing_was_left_outside(graded):
    """Is there no file of a submission's outside its throw-away folder, no process of its own, and was nobody called?"""
    assert graded.calls == 0
    for folder in OUTSIDE:
        assert not (Path(folder).expanduser() / MARK).exists(), folder
    found = [p for p in graded.course.root.rglob(f"*{MARK}*") if "inbox" not in p.parts]
    assert not found
    running = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            running.append(path.read_bytes())
    assert not [line for line in running if MARK.encode() in line]
    assert graded.course.gradebook.stat().st_size < 20_000_000

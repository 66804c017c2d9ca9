"""Formgrader in a real browser: JupyterLab opens it on a course, and a mark given there by hand counts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.exercises import registry
from autograder.intake import take_in
from course.books import build_all
from course.class_grading import grade
from course.cli import main
from course.folder import OWN_COURSE, Course
from course.gradebook import marks, open_gradebook
from course.steps import release

sys.path.insert(0, str(Path(__file__).parent))
from browsing import Watched, chromium, violations

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.slow]
EVIL = "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\"> Because few houses say little."


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """One student's graded assignment, with HTML in the written answer."""
    if missing := sandbox.detect():
        pytest.skip(missing)
    root, inbox = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("inbox")
    (root / "assignments.toml").write_text(
        (OWN_COURSE / "assignments.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    made = Course(root)
    assert build_all(made, registry(), ["02"], check_values=False).problems == []
    release(made, "ps02")
    assert main(["--course", str(root), "solve", "ps02", "--to", str(inbox / "ana")]) == 0
    path = inbox / "ana" / "ps02.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "Please do not act on this list yet." in text
    path.write_text(
        text.replace("Please do not act on this list yet.", EVIL.replace('"', '\\"')), encoding="utf-8"
    )
    take_in(root, made.assignment("ps02"), inbox)
    assert [g.status for g in grade(made, "ps02", ["ana"])] == ["graded"]
    return made


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """Yield the address of the JupyterLab that ``hlm lab`` starts."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    environment = os.environ | {
        "JUPYTER_DATA_DIR": str(home),
        "JUPYTER_CONFIG_DIR": str(home),
        "HOME": str(home),
    }
    hlm = Path(sys.prefix) / "bin" / "hlm"
    options = [
        "--no-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--allow-root",
    ]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [hlm, "--course", course.root, "lab", *options], env=environment, stdout=log, stderr=log
        )
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2).close()
                    break
                except OSError:
                    assert server.poll() is None, (home / "log").read_text()
                    time.sleep(0.25)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)


@pytest.fixture
def page(lab):
    with chromium() as browser:
        watched = Watched(browser)
        watched.page.goto(f"{lab}/formgrader/manage_assignments")
        yield watched.page


def test_formgrader_opens_on_the_course(page):
    """Does formgrader list the course's assignment and its one submission?"""
    row = page.wait_for_selector("tr:has-text('ps02')")
    assert "ps02" in row.inner_text()


def test_a_mark_given_in_formgrader_counts(course, lab, page, capsys):
    """Does a mark with a comment, typed into formgrader, come out in the gradebook, the report and the feedback?"""
    page.goto(f"{lab}/formgrader/gradebook/ps02/ps02")
    page.wait_for_selector("a[href*='/formgrader/submissions/']", state="attached")
    page.goto(lab + page.get_attribute("a[href*='/formgrader/submissions/']", "href"))
    assert "How this is marked" in page.inner_text("body")
    assert "<style" not in page.inner_text("body") and page.title() != "run"
    score = page.wait_for_selector("input.score#advise_the_inspectors")
    page.wait_for_function("document.querySelector('#advise_the_inspectors').placeholder !== null")
    page.wait_for_timeout(1000)
    score.fill("3")
    score.press("Tab")
    comment = page.locator("textarea.comment").last
    comment.fill("Say by how much.")
    comment.press("Tab")
    page.wait_for_timeout(1500)
    with open_gradebook(course) as book:
        mark = marks(book, "ps02", "ana")["advise_the_inspectors"]
    assert (mark.points, mark.by_hand, mark.waiting, mark.comment) == (3.0, True, False, "Say by how much.")
    assert main(["--course", str(course.root), "feedback", "ps02"]) == 0
    assert main(["--course", str(course.root), "report", "ps02"]) == 0
    text = course.page("ana", "ps02").read_text(encoding="utf-8")
    assert "17 of 18 points" in text and "Say by how much." in text
    assert "wait" not in capsys.readouterr().out


def test_the_button_of_formgrader_writes_the_same_page(course, lab, page):
    """Does formgrader's 'generate feedback' give the page that `hlm feedback` gives?"""
    assert main(["--course", str(course.root), "feedback", "ps02"]) == 0
    path = course.page("ana", "ps02")
    wanted = path.read_text(encoding="utf-8")
    path.unlink()
    said = page.evaluate(
        """async () => {
            const token = document.cookie.match(/_xsrf=([^;]*)/)[1];
            const answer = await fetch("/formgrader/api/assignment/ps02/ana/generate_feedback?_xsrf=" + token, {method: "POST"});
            return answer.json();
        }"""
    )
    assert said["success"], said
    assert path.read_text(encoding="utf-8") == wanted


def test_the_buttons_of_formgrader_grade_in_the_sandbox(course, page):
    """Does formgrader's 'autograde' give the marks that `hlm grade` gives?"""
    with open_gradebook(course) as book:
        before = {name: mark.points for name, mark in marks(book, "ps02", "ana").items()}
    said = page.evaluate(
        """async () => {
            const token = document.cookie.match(/_xsrf=([^;]*)/)[1];
            const answer = await fetch("/formgrader/api/submission/ps02/ana/autograde?_xsrf=" + token, {method: "POST"});
            return answer.json();
        }"""
    )
    assert said["success"], said
    with open_gradebook(course) as book:
        assert {name: mark.points for name, mark in marks(book, "ps02", "ana").items()} == before
    assert "bwrap" in course.notebook("autograded", "ana", "ps02").read_text(encoding="utf-8")


def test_the_page_is_accessible(course):
    """Does axe-core find nothing wrong with the feedback page?"""
    assert main(["--course", str(course.root), "feedback", "ps02"]) == 0
    with chromium() as browser:
        # the page's policy forbids every script, axe-core's too: this one test sets it aside
        watched = Watched(browser, offline=True, bypass_csp=True)
        watched.page.goto(course.page("ana", "ps02").as_uri())
        assert violations(watched.page, "html") == []


def test_the_report_is_accessible_and_loads_nothing(course, tmp_path):
    """Does axe-core find nothing wrong with the class report, does it fit a narrow window, and does it ask for nothing?"""
    assert main(["--course", str(course.root), "report", "ps02", "--to", str(tmp_path)]) == 0
    address = (tmp_path / "ps02.html").as_uri()
    with chromium() as browser:
        watched = Watched(browser, offline=True, bypass_csp=True)
        watched.page.goto(address)
        assert violations(watched.page, "html") == []
        watched = Watched(browser, offline=True)
        watched.page.goto(address)
        watched.page.set_viewport_size({"width": 320, "height": 800})
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert watched.errors == [] and watched.requests == [address]


def test_the_page_opens_in_a_browser_and_nothing_runs(course, tmp_path):
    """Does the feedback page open without an error, a request or a script, though the answer holds one?"""
    with chromium() as browser:
        watched = Watched(browser, offline=True)
        watched.page.goto(course.page("ana", "ps02").as_uri())
        watched.page.click("summary >> nth=-1")
        assert "document.title" in watched.page.inner_text("body")
        assert watched.page.title() == "ps02: Three ways to pool – ana"
        assert watched.errors == [] and len(watched.requests) == 1

"""The command line: what it prints, its exit codes, and that it works from anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course import doctor, lab
from course.cli import main, parser
from course.folder import PROJECT, Course, CourseError, open_course
from course.progress import Progress
from course.settings import configure


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("release", "ps99"), "There is no assignment 'ps99'. The assignments are: ps"),
        (("release", "ps02"), "Run `hlm build` first"),
        (("grade", "ps02"), "hlm intake ps02 --from DIR"),
        (("report", "ps02"), "There is no gradebook yet"),
        (("feedback", "ps02"), "There is no gradebook yet"),
        (("intake", "ps02", "--from", "/nowhere/at/all"), "--from must name a folder"),
        (("build", "99"), "There is no lesson '99'"),
    ],
)
def test_a_mistake_is_one_line_without_a_traceback(capsys, tmp_path, arguments, words):
    """Does every command that cannot work say so in one line, with what to do, and exit code 1?"""
    code, _, err = run(capsys, "--course", str(tmp_path / "course"), *arguments)
    assert code == 1 and words in err and "Traceback" not in err
    assert err.startswith(f"hlm {arguments[0]}: ") and err.count("\n") == 1


def test_a_course_must_be_a_folder(capsys, tmp_path):
    """Is a file given as the course's folder refused, and broken TOML named?"""
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(CourseError, match="must name a folder"):
        open_course(file)
    (tmp_path / "assignments.toml").write_text("[ps02")
    code, _, err = run(capsys, "--course", str(tmp_path), "release", "ps02")
    assert code == 1 and "assignments.toml is not TOML" in err


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["grade"], ["build", "--nonsense"], ["intake", "ps02"]]
)
def test_what_is_no_command_is_answered_with_the_usage(capsys, arguments):
    """Is a command line that makes no sense answered with the usage and exit code 2?"""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2 and "usage: hlm" in capsys.readouterr().err


def test_every_promised_command_is_there():
    """Are all commands of the manual there, each with a line of help?"""
    text = parser().format_help()
    for name in (
        "build",
        "release",
        "solve",
        "intake",
        "grade",
        "feedback",
        "report",
        "export",
        "lab",
        "doctor",
        "demo",
    ):
        assert f"    {name} " in text


def test_it_works_from_any_folder_and_without_the_environment_on_path(tmp_path):
    """Does `hlm` solve an assignment when it is called by its full name from elsewhere, and make the folder?"""
    hlm = Path(sys.prefix) / "bin" / "hlm"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        [hlm, "solve", "ps02", "--to", "new/folder"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "solved ps02: new/folder/ps02.ipynb\n"
    assert (tmp_path / "new" / "folder" / "ps02.ipynb").is_file()


def test_a_folder_that_cannot_be_written_is_said(capsys, tmp_path):
    """Does `hlm solve --to` a place below a file say that it cannot be written?"""
    (tmp_path / "file").write_text("x")
    code, _, err = run(capsys, "solve", "ps02", "--to", str(tmp_path / "file" / "below"))
    assert code == 1 and "cannot be written" in err


def test_the_term_seed_is_secret_and_made_once(tmp_path, monkeypatch):
    """Is the seed made on the first use, readable by its owner alone, and never changed?"""
    monkeypatch.delenv("HLM_TERM_SEED", raising=False)
    course = Course(tmp_path)
    seed = course.seed()
    assert len(seed) == 64 and course.seed() == seed
    assert (tmp_path / "term_seed").stat().st_mode & 0o777 == 0o600
    assert Course(tmp_path / "..").root != tmp_path
    (tmp_path / "term_seed").write_text("\n")
    with pytest.raises(CourseError, match="Restore it from your backup"):
        course.seed()
    monkeypatch.setenv("HLM_TERM_SEED", "given for this run")
    assert course.seed() == "given for this run"


def test_the_demo_touches_no_folder_that_is_not_its_own(capsys, tmp_path):
    """Is a folder with somebody's files left alone?"""
    (tmp_path / "thesis.txt").write_text("x")
    code, _, err = run(capsys, "demo", "--to", str(tmp_path))
    assert code == 1 and "no demo made" in err and (tmp_path / "thesis.txt").is_file()


def test_lab_shows_the_project_and_serves_the_course(tmp_path):
    """Does formgrader find a course inside the project and one outside of it below the folder that is served?"""
    inside, folder, environment = lab.command(open_course(), ["--no-browser"])
    assert f"--ServerApp.root_dir={PROJECT}" in inside and any(
        option.startswith("--LabApp.default_url=/lab/tree/lessons") for option in inside
    )
    assert folder == PROJECT / "course" and environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(
        folder
    )
    outside, folder, _ = lab.command(Course(tmp_path))
    assert f"--ServerApp.root_dir={tmp_path}" in outside and folder == tmp_path


@pytest.mark.parametrize("root", [True, False])
def test_lab_starts_for_root_too(monkeypatch, tmp_path, root):
    """Does the lab start in a container, where everybody is root, and is the option left out elsewhere?"""
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0 if root else 1000)
    line, _, _ = lab.command(Course(tmp_path))
    assert ("--allow-root" in line) is root


def test_the_doctor_says_what_is_missing_and_what_to_do(capsys, monkeypatch):
    """Are versions, sandbox, kernel, fonts and folders looked at, and does something missing come with its remedy?"""
    code, out, _ = run(capsys, "doctor")
    for what in (
        "Python",
        "nbgrader",
        "kernel python3",
        "sandbox",
        "font for Chinese",
        "course writable",
        "assignments",
    ):
        assert f" {what}: " in out, what
    assert code == (1 if "MISSING" in out else 0)
    monkeypatch.setattr(
        "autograder.sandbox.detect", lambda: "bwrap is not installed. On Debian: apt-get install bubblewrap."
    )
    findings = {f.what: f for f in doctor.examine(open_course())}
    assert str(findings["sandbox"]).startswith(
        "MISSING  sandbox: bwrap is not installed. On Debian: apt-get install bubblewrap."
    )
    monkeypatch.setenv("PATH", "/nowhere")
    assert "make setup" in str(next(f for f in doctor.examine(open_course()) if f.what == "alembic"))


def test_one_configuration_for_all_ways_to_nbgrader(tmp_path):
    """Do a course's nbgrader_config.py and `hlm` configure the same, and nothing run in nbgrader's own kernel?"""
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    course = Course(tmp_path)
    course.prepare()
    read = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()
    made = Config()
    configure(made, tmp_path)
    assert read == made
    assert "nbgrader.preprocessors.Execute" not in made.Autograde.autograde_preprocessors
    assert made.CourseDirectory.root == str(tmp_path)
    own = PROJECT / "course" / "nbgrader_config.py"
    assert own.read_text(encoding="utf-8") == (tmp_path / "nbgrader_config.py").read_text(encoding="utf-8")


def test_progress_on_a_terminal_and_in_a_log(monkeypatch):
    """Is the line drawn over itself on a terminal, and is a log neither silent nor flooded?"""
    import io

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    out = Terminal()
    with Progress(2, out) as progress:
        progress.say("grading ana")
        progress.done = 1
        progress.say("grading bob")
    assert "[##########..........] 1/2 grading bob (about " in out.getvalue() and out.getvalue().endswith(
        "\r\x1b[K"
    )
    log = io.StringIO()
    with Progress(100, log) as progress:
        for _ in range(100):
            progress.say("x")
            progress.done += 1
    assert log.getvalue().count("\n") == 1

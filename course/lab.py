"""Start JupyterLab on the lessons, with formgrader on a course.

formgrader works only on a course folder below the folder that the server shows. So the server shows the project where the
course lies in it (then it opens the learner's first page, ``lessons/home.ipynb``), and the course's own folder where it lies elsewhere.

What this file does not do: configure nbgrader (`course.settings`; formgrader reads the course's ``nbgrader_config.py``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import nbformat

from autograder.home import home_html, home_text, welcome
from course import build
from course.folder import PROJECT, Course, CourseError
from course.gradebook import open_gradebook


def command(course: Course, rest: Sequence[str] = ()) -> tuple[list[str], Path, dict[str, str]]:
    """Return the command that starts JupyterLab, the folder to start it in, and what to add to its environment."""
    inside = course.root.is_relative_to(PROJECT)
    shown = PROJECT if inside else course.root
    first = "lessons/home.ipynb" if (course.lessons / "home.ipynb").is_file() else "lessons"
    address = [f"--LabApp.default_url=/lab/tree/{first}"] if inside else []
    config = os.pathsep.join(filter(None, [str(course.root), os.environ.get("JUPYTER_CONFIG_PATH", "")]))
    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if _is_root():  # in a container everybody is; JupyterLab would only stop and name this option
        quiet.append("--allow-root")
    line = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={shown}", *address, *quiet, *rest]
    return line, course.root, {"JUPYTER_CONFIG_PATH": config}


def write_home(folder: Path) -> bool:
    """Write the first page with what the record says today, as if its cell had just run; return whether it could be.

    The page is made anew at every start and never committed; running its cell refreshes it.
    """
    cell = nbformat.v4.new_code_cell("from autograder import home\n\nhome()", id="home", execution_count=1)
    cell.metadata["jupyter"] = {"source_hidden": True}
    data = {"text/html": home_html(), "text/plain": home_text()}
    cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    head = nbformat.v4.new_markdown_cell(welcome(), id="welcome")
    try:
        (folder / "home.ipynb").write_bytes(build.to_bytes(build.notebook([head, cell])))
    except OSError:
        return False
    return True


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def start(course: Course, rest: Sequence[str] = ()) -> int:
    """Become JupyterLab."""
    course.prepare()
    write_home(course.lessons)
    open_gradebook(course).close()  # before formgrader makes it, several times at once
    line, folder, environment = command(course, [r for r in rest if r != "--"])
    print(
        f"JupyterLab shows {PROJECT / 'lessons' if folder.is_relative_to(PROJECT) else folder}; formgrader works on {course.root}."
    )
    if _is_root():
        print("You are root: what runs in a notebook may change anything on this machine.")
    if not folder.is_relative_to(PROJECT):
        print(
            f"This course lies outside the project, so the lessons are not shown. They stand in {course.lessons}."
        )
    if find_spec("jupyterlab") is None:
        raise CourseError("JupyterLab is not installed here. Run `make setup`.")
    sys.stdout.flush()
    os.chdir(folder)
    if sys.platform == "win32":
        return subprocess.run(line, env=os.environ | environment, check=False).returncode
    os.execve(line[0], line, os.environ | environment)  # so that Ctrl-C and signals reach JupyterLab itself

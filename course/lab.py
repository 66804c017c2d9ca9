"""Start JupyterLab on the lessons, with formgrader on a course.

formgrader works only on a course folder below the folder that the server shows. So the server shows the project where the
course lies in it (then it opens in ``lessons/``), and the course's own folder where it lies elsewhere.

What this file does not do: configure nbgrader (`course.settings`; formgrader reads the course's ``nbgrader_config.py``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from course.folder import PROJECT, Course, CourseError
from course.gradebook import open_gradebook


def command(course: Course, rest: Sequence[str] = ()) -> tuple[list[str], Path, dict[str, str]]:
    """Return the command that starts JupyterLab, the folder to start it in, and what to add to its environment."""
    inside = course.root.is_relative_to(PROJECT)
    shown = PROJECT if inside else course.root
    address = ["--LabApp.default_url=/lab/tree/lessons"] if inside else []
    config = os.pathsep.join(filter(None, [str(course.root), os.environ.get("JUPYTER_CONFIG_PATH", "")]))
    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if _is_root():  # in a container everybody is; JupyterLab would only stop and name this option
        quiet.append("--allow-root")
    line = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={shown}", *address, *quiet, *rest]
    return line, course.root, {"JUPYTER_CONFIG_PATH": config}


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def start(course: Course, rest: Sequence[str] = ()) -> int:
    """Become JupyterLab."""
    course.prepare()
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

"""Look at the machine: what is installed, what is missing, and what to do about it.

What this file does not do: change anything. Each finding is one line, ``OK`` or ``MISSING``, with the remedy.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.folder import PROJECT, Course, CourseError

PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "formulaic",
    "statsmodels",
    "matplotlib",
    "ipywidgets",
    "anywidget",
    "jupyterlab",
    "jupytext",
    "nbgrader",
)
CJK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    found: str
    remedy: str = ""
    optional: bool = False

    def __str__(self) -> str:
        """Return the line that is printed.

        >>> print(Finding("sandbox", False, "no bwrap on PATH", "apt-get install bubblewrap"))
        MISSING  sandbox: no bwrap on PATH. apt-get install bubblewrap
        """
        word = "OK" if self.ok else "missing" if self.optional else "MISSING"
        return f"{word:<8} {self.what}: {self.found}" + (
            f". {self.remedy}" if self.remedy and not self.ok else ""
        )


def examine(course: Course) -> list[Finding]:
    """Return what there is to say about this machine and this course."""
    return [
        _python(),
        *_packages(),
        _programs(),
        _kernel(),
        _sandbox(),
        *_fonts(),
        *_folders(course),
        _course(course),
    ]


def _python() -> Finding:
    found = f"{platform.python_version()} in {sys.prefix}"
    return Finding(
        "Python", sys.version_info >= (3, 11), found, "Install Python 3.11 or newer and run `make setup`."
    )


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, False, "not installed", "Run `make setup`.")


def _programs() -> Finding:
    path = shutil.which("alembic")
    return Finding("alembic", path is not None, path or "not on PATH", "nbgrader needs it: run `make setup`.")


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding("kernel python3", False, "not found", "Run `make setup`.")
    full = Path(shutil.which(program) or program)
    # not the files but their folders: every environment's python is a link to the same program
    same = full.parent.resolve() == Path(sys.executable).parent.resolve()
    remedy = f"It is another Python than this one: run `{sys.executable} -m ipykernel install --sys-prefix`."
    return Finding("kernel python3", same, str(full), remedy)


def _sandbox() -> Finding:
    if not sys.platform.startswith("linux"):
        found = f"{platform.system()} has none"
        return Finding(
            "sandbox",
            False,
            found,
            "Learning works; to grade, use Linux or a Linux container.",
            optional=True,
        )
    from autograder import sandbox

    missing = sandbox.detect()
    return Finding(
        "sandbox",
        missing is None,
        missing.rstrip(".") if missing else "bubblewrap works",
        "Learning works without; grading does not.",
    )


def _fonts() -> Iterator[Finding]:
    from matplotlib import font_manager

    names = {font.name for font in font_manager.fontManager.ttflist}
    yield Finding(
        "font for figures",
        "DejaVu Sans" in names,
        "DejaVu Sans" if "DejaVu Sans" in names else "no DejaVu Sans",
        "Reinstall matplotlib.",
    )
    cjk = next((name for name in CJK_FONTS if name in names), None)
    remedy = "Figures with Chinese text need one: on Debian `apt-get install fonts-noto-cjk`, then remove matplotlib's font cache."
    yield Finding(
        "font for Chinese", cjk is not None, cjk or "none of those known here", remedy, optional=True
    )


def _folders(course: Course) -> Iterator[Finding]:
    wanted = {
        "lessons": course.lessons,
        "course": course.root,
        "learner's record": Path(os.environ.get("HLM_HOME", Path.home() / ".local/share/hlm")),
        "temporary files": Path(tempfile.gettempdir()),
    }
    for what, folder in wanted.items():
        there = next(p for p in (folder, *folder.parents) if p.exists())
        ok = there.is_dir() and os.access(there, os.W_OK)
        yield Finding(
            f"{what} writable",
            ok,
            str(folder),
            f"This user may not write to {there}.",
            optional=what == "learner's record",
        )


def _course(course: Course) -> Finding:
    from autograder.assignment import AssignmentError

    try:
        return Finding("assignments", True, ", ".join(course.assignments) + f" (project {PROJECT})")
    except (AssignmentError, CourseError) as problem:
        return Finding("assignments", False, str(problem))

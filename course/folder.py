"""Where everything of a course lies.

A course is one folder: the built assignments (``source``), what students get (``release``), what they handed in
(``inbox``, with ``receipts``), what is graded of it (``submitted``), and what came of that (``autograded``, ``feedback``,
``results``, ``gradebook.db``). The lessons and the exercises are the project's; only this folder moves with ``--course DIR``.

What this file does not do: make or change anything but the term seed and the short configuration file for nbgrader.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.assignment import Assignment, AssignmentError, load_assignments

PROJECT = Path(__file__).resolve().parents[1]
OWN_COURSE = PROJECT / "course"

CONFIG = '''"""Let plain `nbgrader` commands and formgrader in this folder do what `hlm` does."""

from pathlib import Path

from course.settings import configure

if "get_config" in globals():  # nbgrader and Jupyter define it when they read this file
    configure(globals()["get_config"](), Path(__file__).parent)
'''


class CourseError(RuntimeError):
    """Something about the course's folder stops the command; the message says what to do."""


@dataclass(frozen=True)
class Course:
    """A course folder and the lessons that belong to it."""

    root: Path
    lessons: Path = PROJECT / "lessons"

    @property
    def source(self) -> Path:
        """The built assignments, with their solutions. Nothing else may lie there."""
        return self.root / "source"

    @property
    def release(self) -> Path:
        """What students get."""
        return self.root / "release"

    @property
    def inbox(self) -> Path:
        """Everything that was handed in, byte for byte."""
        return self.root / "inbox"

    @property
    def receipts(self) -> Path:
        """One file for each time that somebody handed something in."""
        return self.root / "receipts"

    @property
    def gradebook(self) -> Path:
        """nbgrader's database."""
        return self.root / "gradebook.db"

    @cached_property
    def db_url(self) -> str:
        """nbgrader's database as SQLAlchemy wants it: ``db_url`` of ``course.toml``, or a file in the folder.

        Raises
        ------
        CourseError
            If ``course.toml`` says something else or cannot be read.
        """
        path = self.root / "course.toml"
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            said = {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise CourseError(f"{path} is not TOML: {problem}") from None
        url = said.get("db_url", f"sqlite:///{self.gradebook}")
        if set(said) - {"db_url"} or not isinstance(url, str) or "://" not in url:
            raise CourseError(
                f'{path} may hold one line: db_url = "postgresql://user@host/database". The password belongs into ~/.pgpass.'
            )
        return re.sub(
            r"^postgres(ql)?://", "postgresql+psycopg://", url
        )  # the driver of the group ``postgres``

    @property
    def is_sqlite(self) -> bool:
        """Whether the gradebook is the file in the folder."""
        return self.db_url == f"sqlite:///{self.gradebook}"

    @property
    def db_url_shown(self) -> str:
        """The database without a password."""
        return re.sub(r"(://[^:/@]*):[^@]*@", r"\1@", self.db_url)

    def notebook(self, step: str, student: str, ps: str) -> Path:
        """Return the notebook of a student at one of nbgrader's steps (``submitted``, ``autograded``)."""
        return self.root / step / student / ps / f"{ps}.ipynb"

    def page(self, student: str, ps: str) -> Path:
        """Return a student's feedback page."""
        return self.root / "feedback" / student / ps / f"{ps}.html"

    @cached_property
    def assignments(self) -> dict[str, Assignment]:
        """The assignments: the folder's own ``assignments.toml``, or the project's where it has none."""
        own = self.root / "assignments.toml"
        return load_assignments(own if own.is_file() else OWN_COURSE / "assignments.toml")

    def assignment(self, ps: str) -> Assignment:
        """Return one assignment.

        Raises
        ------
        CourseError
            If there is none with this id.
        """
        try:
            return self.assignments[ps]
        except KeyError:
            raise CourseError(
                f"There is no assignment {ps!r}. The assignments are: {', '.join(self.assignments)}."
            ) from None

    def seed(self) -> str:
        """Return the term's secret, from which hidden cases are drawn; make it if there is none.

        ``HLM_TERM_SEED`` in the environment comes first.
        """
        if given := os.environ.get("HLM_TERM_SEED"):
            return given
        path = self.root / "term_seed"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            text = path.read_text(encoding="ascii").strip()
            if not re.fullmatch(r"[\x21-\x7e]{8,}", text):
                raise CourseError(
                    f"{path} must hold one line of at least 8 characters. Restore it from your backup."
                ) from None
            return text
        with os.fdopen(handle, "w", encoding="ascii") as file:
            seed = secrets.token_hex(32)
            file.write(seed + "\n")
        return seed

    def prepare(self) -> None:
        """Make the folder, its term seed and its nbgrader configuration, where they are missing."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.seed()
            config = self.root / "nbgrader_config.py"
            if not config.exists():
                config.write_text(CONFIG, encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise CourseError(f"The course folder {self.root} cannot be used: {problem}") from None


def open_course(folder: str | Path | None = None) -> Course:
    """Return the course in a folder (default: the project's own).

    Examples
    --------
    >>> open_course().root.name
    'course'
    """
    root = OWN_COURSE if folder is None else Path(folder).expanduser().resolve()
    if root.exists() and not root.is_dir():
        raise CourseError(f"--course must name a folder, but {root} is a file.")
    if odd := set(str(root)) & set("*?[]{}%#"):
        raise CourseError(
            f"nbgrader cannot work in a folder with {' '.join(sorted(odd))} in its path: {root}. Rename it."
        )
    return Course(root)


def own_programs_first() -> None:
    """Put this environment's programs first on PATH: nbgrader starts ``alembic`` by name."""
    here = str(Path(sys.prefix) / "bin")
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if path[0] != here:
        os.environ["PATH"] = os.pathsep.join([here, *path])


__all__ = ["Assignment", "AssignmentError", "Course", "CourseError", "open_course", "own_programs_first"]

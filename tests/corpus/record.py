"""What a submission of the corpus is: an edit of the solved notebook, why, and what must come of it.

The edits of `course.example_class` are used; here are those that only the corpus needs. What is not said is right: tasks
are expected to be correct, and written answers to wait for a person.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.exercise import Exercise
from course.example_class import (  # noqa: F401 (the edits that the other files of the corpus use, too)
    BLANK,
    NOT_YET,
    Expected,
    above,
    answer,
    blank,
    find,
    in_format_3,
    one,
    text,
    twice,
    without_names,
)

Notebook = dict[str, Any]
Books = Mapping[str, Notebook]
Content = bytes | Callable[[Path], None]  # a file, or what makes something else under its path
Edit = Callable[[Notebook], None]

CLASSES = (
    *("controls", "clumsy", "resources", "kernel", "structure"),
    *("files", "cheats", "leaks", "escapes", "injection"),
)
MARK = "hlm-corpus-mark"  # what a submission leaves where it should not be able to; nobody may find it afterwards
PORT = 47123  # where a server listens while the corpus is graded; nobody may call it


@dataclass(frozen=True)
class Odd:
    """One submission.

    ``tasks`` says what must come of the tasks that are not simply right, ``rest`` of all that it does not name.
    ``refused``: nothing in it can be graded. ``says``: words that must stand on the feedback page. ``never``: words that may stand
    neither there nor in the graded notebook (the submission puts them together when it runs, so that its source does
    not hold them).
    """

    name: str
    why: str
    files: Callable[[Books, Books], Mapping[str, Content]]
    ps: str = "ps02"
    tasks: Mapping[str, Expected] = field(default_factory=dict)
    rest: Expected | None = None
    refused: bool = False
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    folder: str = ""  # the student's folder, where it is not called as the submission

    @property
    def student(self) -> str:
        """The name of the folder that it comes in."""
        return self.folder or self.name

    @property
    def group(self) -> str:
        """The class that it belongs to."""
        return self.name.split("-")[0]

    def expected(self, exercise: Exercise) -> Expected:
        """Return what must come of one task."""
        if self.refused:
            return Expected("refused")
        right = Expected("manual") if exercise.kind == "written" else Expected("correct", exercise.points)
        return self.tasks.get(exercise.id, self.rest or right)

    def hand_in(self, folder: Path, solved: Books, released: Books) -> None:
        """Write what is handed in into the student's folder."""
        folder.mkdir(parents=True)
        for name, content in self.files(solved, released).items():
            path = Path(os.fsdecode(os.fsencode(folder) + b"/" + os.fsencode(name)))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content) if isinstance(content, bytes) else content(path)


def odd(name: str, why: str, *edits: Edit, ps: str = "ps02", **more: Any) -> Odd:
    """Record a submission that is the solved notebook after some edits."""
    return Odd(name, why, one(ps, *edits), ps, **more)


def as_file(
    name: str, why: str, make: Callable[[Notebook], Mapping[str, Content]], ps: str = "ps02", **more: Any
) -> Odd:
    """Record a submission whose files are made from the solved notebook."""
    return Odd(name, why, lambda solved, released: make(copy.deepcopy(solved[ps])), ps, **more)


def wrong(
    name: str, why: str, exercise: str, source: str, *, says=(), never=(), ps: str = "ps02", to=NOT_YET
) -> Odd:
    """Record a submission in which one answer is something else and only that task suffers."""
    return odd(name, why, answer(exercise, source), ps=ps, tasks={exercise: to}, says=says, never=never)


def same(name: str, why: str, exercise: str, source: str, ps: str = "ps02", **more: Any) -> Odd:
    """Record a submission in which one answer is written otherwise and is right all the same."""
    return odd(name, why, answer(exercise, source), ps=ps, **more)


def solution(notebook: Notebook, exercise: str) -> str:
    """Return the right answer as the solved notebook has it."""
    return "".join(notebook["cells"][find(notebook, f"{exercise}-solution")]["source"])


def before(exercise: str, source: str) -> Edit:
    """Put lines at the top of an answer."""

    def edit(notebook: Notebook) -> None:
        answer(exercise, source + "\n" + solution(notebook, exercise))(notebook)

    return edit


def after(exercise: str, source: str) -> Edit:
    """Put lines at the end of an answer."""

    def edit(notebook: Notebook) -> None:
        answer(exercise, solution(notebook, exercise) + "\n" + source)(notebook)

    return edit


def at_end(source: str) -> Edit:
    """Add a code cell at the end of the notebook."""
    return lambda notebook: notebook["cells"].append(code(source))


def code(source: str, **more: Any) -> dict[str, Any]:
    """Return a code cell of the student's own."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    } | more


def cell(name: str, **values: Any) -> Edit:
    """Change a cell, which is named by its id."""

    def edit(notebook: Notebook) -> None:
        notebook["cells"][find(notebook, name)].update(copy.deepcopy(values))

    return edit


def without(*names: str) -> Edit:
    """Delete cells, which are named by their ids."""

    def edit(notebook: Notebook) -> None:
        notebook["cells"] = [c for c in notebook["cells"] if c.get("id") not in names]

    return edit


def tagged(kind: str, **metadata: Any) -> Edit:
    """Put metadata on all code cells (``kind`` "") or on those whose id ends in it."""

    def edit(notebook: Notebook) -> None:
        for c in notebook["cells"]:
            if c["cell_type"] == "code" and c.get("id", "").endswith(kind):
                c["metadata"] |= metadata

    return edit


def outputs(*made: Mapping[str, Any]) -> Edit:
    """Put these outputs under every code cell."""

    def edit(notebook: Notebook) -> None:
        for c in notebook["cells"]:
            if c["cell_type"] == "code":
                c["outputs"] = [dict(one) for one in made]

    return edit


def link(target: str) -> Callable[[Path], None]:
    """Return what makes a symbolic link."""
    return lambda path: path.symlink_to(target)


def raw(notebook: Notebook) -> dict[str, bytes]:
    """Return a notebook of ps02 as the only file."""
    return {"ps02.ipynb": text(notebook)}


def fresh(value: Any) -> Any:
    """Return a copy of plain data."""
    return json.loads(json.dumps(value))

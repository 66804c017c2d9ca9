"""A lesson's text source, read into cells.

The source is jupytext's percent format. A cell's own line may carry ``exercise="id"``, ``answer=true`` (the answer cell of
a written exercise), ``tags=[…]`` and ``concepts=[…]`` (numbers of ``lessons/coverage.toml``). What a learner is to write stands between a line with ``BEGIN SOLUTION`` and one with
``END SOLUTION``: `Cell.stub` is the cell without it, `Cell.solved` the cell with it.

What this file does not do: check that the cells and the exercises belong together (`course.rules`) or write notebooks
(`course.build`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jupytext

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
CODE_STUB = "# YOUR CODE HERE\npass"
TEXT_STUB = "YOUR ANSWER HERE"
KEYS = frozenset({"exercise", "answer", "tags", "concepts"})
JUPYTEXTS_OWN = frozenset(
    {"lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker", "title", "region_name"}
)


class RegionError(ValueError):
    """A solution region is open, nested or ends before it begins."""


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson: its kind (``"code"`` or ``"markdown"``), its text, and what its line says about it."""

    kind: str
    source: str
    exercise: str | None = None
    answer: bool = False
    tags: tuple[str, ...] = ()
    concepts: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()  # keys on the cell's line that mean nothing here

    @property
    def has_region(self) -> bool:
        """Whether a solution region begins or ends in this cell."""
        return BEGIN in self.source or END in self.source

    @property
    def is_solution(self) -> bool:
        """Whether this is the cell in which the learner writes: an exercise's code cell or its written answer."""
        return self.exercise is not None and (
            self.answer or (self.kind == "code" and "given" not in self.tags)
        )

    @property
    def stub(self) -> str:
        """The text with each solution region replaced by a line that asks for an answer, and never raises."""
        return replace_regions(self.source, CODE_STUB if self.kind == "code" else TEXT_STUB)

    @property
    def solved(self) -> str:
        """The text without the two lines that mark a solution region."""
        return "\n".join(line for line in self.source.split("\n") if BEGIN not in line and END not in line)

    @property
    def first_line(self) -> str:
        """The first line, shortened: how messages point at a cell."""
        line = self.source.strip().split("\n")[0]
        return line if len(line) <= 60 else line[:57] + "…"


@dataclass(frozen=True)
class Lesson:
    """A lesson: its number ("02"), its name ("02_three_ways_to_pool"), where it stands and its cells."""

    id: str
    name: str
    path: Path
    cells: tuple[Cell, ...]
    head: str = (
        ""  # what its assignments begin with, where the usual head does not fit (`course.build.HEADER`)
    )

    @cached_property
    def exercises(self) -> tuple[str, ...]:
        """The ids of the exercises, in the order in which they are met."""
        return tuple(dict.fromkeys(cell.exercise for cell in self.cells if cell.exercise))

    @cached_property
    def title(self) -> str:
        """The first heading without its marks."""
        for cell in self.cells:
            if cell.kind == "markdown" and (found := re.search(r"^#+ +(.+)$", cell.source, re.MULTILINE)):
                return found[1].strip()
        return self.name

    def of(self, exercise: str) -> tuple[Cell, ...]:
        """Return the cells of one exercise."""
        return tuple(cell for cell in self.cells if cell.exercise == exercise)

    @property
    def setup(self) -> tuple[Cell, ...]:
        """The cells that every assignment made from this lesson starts with."""
        return tuple(cell for cell in self.cells if "setup" in cell.tags)


def replace_regions(text: str, stub: str) -> str:
    """Return a text with every solution region replaced by a stub, indented as the region was.

    Raises
    ------
    RegionError
        If a region is not closed, stands inside another, or ends before it begins.

    Notes
    -----
    nbgrader's own step does the same when an assignment is released, so a lesson and its assignment agree.

    Examples
    --------
    >>> print(replace_regions("def f(x):\\n    ### BEGIN SOLUTION\\n    return x\\n    ### END SOLUTION", "..."))
    def f(x):
        ...
    >>> replace_regions("### BEGIN SOLUTION\\nx = 1", "...")
    Traceback (most recent call last):
        ...
    course.source.RegionError: BEGIN SOLUTION has no END SOLUTION
    """
    kept, inside = [], False
    for line in text.split("\n"):
        if BEGIN in line:
            if inside:
                raise RegionError("BEGIN SOLUTION stands inside a region that is already open")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + stub_line for stub_line in stub.split("\n")]
        elif END in line:
            if not inside:
                raise RegionError("END SOLUTION has no BEGIN SOLUTION")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise RegionError("BEGIN SOLUTION has no END SOLUTION")
    return "\n".join(kept)


def read(path: Path) -> Lesson:
    """Read one lesson's source."""
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    cells = tuple(
        _cell(raw) for raw in notebook.cells if raw.cell_type in ("code", "markdown") and raw.source.strip()
    )
    return Lesson(id=path.stem.split("_")[0], name=path.stem, path=path, cells=cells)


def _cell(raw) -> Cell:
    meta = raw.metadata
    concepts = meta.get("concepts", [])
    numbers = isinstance(concepts, list) and all(type(number) is int for number in concepts)
    return Cell(
        kind=raw.cell_type,
        source=raw.source.rstrip(),
        exercise=meta.get("exercise"),
        answer=bool(meta.get("answer", False)),
        tags=tuple(meta.get("tags", ())),
        concepts=tuple(concepts) if numbers else (),
        unknown=tuple(sorted(set(meta) - KEYS - JUPYTEXTS_OWN)) + (() if numbers else ("concepts",)),
    )


def sources(folder: Path) -> list[Path]:
    """Return the lessons' sources in teaching order."""
    return sorted(path for path in folder.glob("[0-9][0-9]_*.py") if path.is_file())

"""The solution of an exercise, read from the lesson's own source.

The idea: the percent source ``lessons/NN_name.py`` holds each solution once, in the cell of its exercise, between
``### BEGIN SOLUTION`` and ``### END SOLUTION``. Who has the project has the solutions; a course that hands out its
notebooks without the sources hands out none. The folder is looked for in the environment variable ``HLM_LESSONS``,
beside the packages, and in the current folder and those above it.

What this file does not do: show anything.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from autograder.exercise import Exercise

__all__ = ["folders", "solution_code"]

CELL = re.compile(r"^# %%(?P<head>.*)$", re.MULTILINE)
KEY = re.compile(r'\bexercise="(?P<id>[^"]*)"')
MARKER = re.compile(r"[ \t]*#* ?### (BEGIN|END) SOLUTION[ \t]*\n?")


def solution_code(exercise: Exercise) -> str | None:
    """Return the solved cell of an exercise (for a written one, the sample answer); None where there is no source."""
    source = _source(exercise)
    if source is None:
        return None
    for head, body in _cells(source):
        if head.get("id") == exercise.id and "### BEGIN SOLUTION" in body:
            solved = MARKER.sub("", body).strip("\n")
            return _prose(solved) if head["markdown"] else solved
    return None


def _cells(source: str) -> list[tuple[dict, str]]:
    marks = list(CELL.finditer(source))
    ends = [m.start() for m in marks[1:]] + [len(source)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        key = KEY.search(mark["head"])
        head = {"id": key["id"] if key else None, "markdown": "[markdown]" in mark["head"]}
        found.append((head, source[mark.end() : end].lstrip("\n")))
    return found


def _prose(body: str) -> str:
    return "\n".join(re.sub(r"^# ?", "", line) for line in body.splitlines()).strip()


def _source(exercise: Exercise) -> str | None:
    for folder in folders():
        try:
            for path in sorted(folder.glob(f"{exercise.lesson}_*.py")):
                return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
    return None


def folders() -> list[Path]:
    """Return where the lessons may lie, the most likely first."""
    named = os.environ.get("HLM_LESSONS")
    here = Path.cwd()
    above = [folder for step in (here, *here.parents) for folder in (step, step / "lessons")]
    return [*([Path(named)] if named else []), Path(__file__).resolve().parents[1] / "lessons", *above]

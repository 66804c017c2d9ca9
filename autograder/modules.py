"""The student's own modules: ``.py`` files handed in beside the notebook, which the notebook may import while it is graded.

They travel into the jail as text and lie in the throw-away folder where the notebook runs; nothing of them is ever imported
on this side. A name that stands for something else to Python (``random.py``, ``pandas.py``, ``hlm_teach.py``) is refused
with a sentence, because importing it would give the notebook something other than it asks for.

What this file does not do: store files (`autograder.inbox`), or run anything.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

from autograder.inbox import File
from hlm_teach.locale import _

__all__ = ["modules"]

MOST, MOST_BYTES = 20, 200_000  # files, and bytes of all together
OURS = ("autograder", "course", "hlm_teach", "lessons")


def modules(
    files: Sequence[File], notebook: str, member: str, where: Callable[[File], Path]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the modules beside a notebook, name → text, and sentences about those that were left out.

    Parameters
    ----------
    files
        What was handed in.
    notebook, member
        Where the notebook is among it; `member` where that is a zip.
    where
        Returns where a file is stored.
    """
    found: dict[str, str] = {}
    notes: list[str] = []
    room = MOST_BYTES
    for name, data in _beside(files, notebook, member, where):
        if _is_taken(name.removesuffix(".py")):
            notes.append(
                _(
                    "Your file {name} was left out: Python has something else of that name. Give it another name.",
                    name=name,
                )
            )
            continue
        text = _text(data)
        if len(found) == MOST or len(data or b"") > room:
            notes.append(
                _(
                    "Your file {name} was left out: together such files may hold {size} kB, and there may be {n} of them.",
                    name=name,
                    size=MOST_BYTES // 1000,
                    n=MOST,
                )
            )
        elif text is None:
            notes.append(
                _("Your file {name} was left out: it is no text in UTF-8. Save it as such.", name=name)
            )
        else:
            room -= len(data or b"")
            found[name] = text
    return found, tuple(notes)


def _beside(
    files: Sequence[File], notebook: str, member: str, where: Callable[[File], Path]
) -> Iterator[tuple[str, bytes | None]]:
    """Yield the modules in the notebook's own folder, each with one byte more than may be read at most, None if broken."""
    for file in files:
        if file.kind != "file":
            continue
        if member and file.path == notebook:
            with zipfile.ZipFile(io.BytesIO(where(file).read_bytes())) as archive:
                for one in archive.infolist()[:500]:
                    if _is_module(one.filename, member):
                        yield PurePosixPath(one.filename).name, _unpacked(archive, one)
        elif not member and _is_module(file.path, notebook):
            with where(file).open("rb") as stream:
                yield PurePosixPath(file.path).name, stream.read(MOST_BYTES + 1)


def _unpacked(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes | None:
    try:
        with archive.open(one) as inner:
            return inner.read(MOST_BYTES + 1)
    except Exception:  # a zip can be broken in as many ways as there are ways to pack
        return None


def _is_module(path: str, notebook: str) -> bool:
    one, other = PurePosixPath(path), PurePosixPath(notebook)
    return (
        one.parent == other.parent and one.suffix == ".py" and one.stem.isidentifier() and one.stem.isascii()
    )


def _is_taken(name: str) -> bool:
    """Return whether Python has a module of this name.

    Examples
    --------
    >>> _is_taken("random"), _is_taken("pandas"), _is_taken("hlm_teach"), _is_taken("my_helpers")
    (True, True, True, False)
    """
    return name in sys.stdlib_module_names or name in OURS or name in _installed()


@lru_cache
def _installed() -> frozenset[str]:
    return frozenset(packages_distributions())


def _text(data: bytes | None) -> str | None:
    try:
        return None if data is None else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None

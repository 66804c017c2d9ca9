"""Which of the files that were handed in is the notebook, and what is said if none is.

A notebook goes before an automatic copy of it, one with answers before a blank one, one of the right name before others.
It may lie in a folder, have another name, or be packed in a zip file.

What this file does not do: store files (`autograder.inbox`) or decide whether work counts (`autograder.intake`).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from autograder.assignment import Assignment
from autograder.inbox import File, IntakeError, stored
from autograder.notebooks import Piece, Unreadable, read
from autograder.rebuild import Rebuilt, rebuild
from hlm_teach.locale import _

NOTEBOOK_BYTES = 50_000_000
MAX_NOTEBOOKS = 20  # looked into, of one hand-in


@dataclass(frozen=True)
class Candidate:
    """A notebook among what was handed in, with the answers found in it."""

    file: File
    rebuilt: Rebuilt
    member: str = ""  # inside a zip
    rivals: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.member or self.file.path

    @property
    def automatic(self) -> bool:
        """Whether JupyterLab wrote it by itself."""
        return "-checkpoint" in self.name or ".ipynb_checkpoints" in self.file.path

    def rank(self, ps: str) -> tuple:
        """Order candidates: something answered, no automatic copy, the right name, most answers, most cells."""
        name = self.name.rsplit("/", 1)[-1].lower()
        answers = len(self.rebuilt.answered)
        return (
            bool(answers),
            not self.automatic,
            name == f"{ps}.ipynb",
            answers,
            ps in name,
            self.rebuilt.recognised,
            self.file.path,
        )


def contents(file: File, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files that may be the notebook: the file itself, or the notebooks in a zip."""
    name = file.path.lower()
    if data[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = {m.filename: m for m in archive.infolist() if m.filename.lower().endswith(".ipynb")}
                for member in islice(members.values(), MAX_NOTEBOOKS):
                    with archive.open(member) as inner:
                        content = inner.read(NOTEBOOK_BYTES + 1)
                    if len(content) <= NOTEBOOK_BYTES:
                        yield member.filename, content
        except Exception:  # a zip can be broken in as many ways as there are ways to pack
            return
    elif ".ipynb" in name or data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"{":
        yield "", data


class Desk:
    """What is needed to judge one hand-in: the released notebooks, and how exercises are called."""

    def __init__(
        self,
        root: Path,
        assignment: Assignment,
        assignments: Mapping[str, Assignment],
        titles: Mapping[str, str],
    ):
        self.root, self.assignment, self.titles = root, assignment, titles
        self.release = _release(root, assignment.id)
        self.others = {ps: set(a.exercises) for ps, a in assignments.items() if ps != assignment.id}

    def notebook(self, files: tuple[File, ...], inbox: Path) -> tuple[Candidate | None, str]:
        """Return the notebook to grade, or None and the reason why there is none."""
        found: list[Candidate] = []
        reasons: list[str] = []
        for file, member, content in islice(self._notebooks(files, inbox), MAX_NOTEBOOKS):
            try:
                pieces = read(content)
            except Unreadable as problem:
                reasons.append(str(problem))
                continue
            rebuilt = rebuild(self.release["cells"], pieces, self.titles)
            if rebuilt.recognised:
                found.append(Candidate(file, rebuilt, member))
            else:
                reasons.append(self._other(pieces))
        if not found:
            return None, reasons[0] if reasons else self._nothing(files)
        best = max(found, key=lambda candidate: candidate.rank(self.assignment.id))
        rivals = tuple(c.name for c in found if c is not best and not c.automatic)
        return replace(best, rivals=rivals), ""

    def _notebooks(self, files: tuple[File, ...], inbox: Path) -> Iterator[tuple[File, str, bytes]]:
        for file in files:
            if file.kind == "file" and file.size <= NOTEBOOK_BYTES:
                for member, content in contents(file, stored(inbox, file).read_bytes()):
                    yield file, member, content

    def _other(self, pieces: list[Piece]) -> str:
        names = {piece.grade_id.split("__")[0] for piece in pieces}
        for ps, exercises in self.others.items():
            if names & exercises:
                return _(
                    "This is the notebook of {other}, but it was handed in for {ps}. Hand in {ps}.ipynb.",
                    other=ps,
                    ps=self.assignment.id,
                )
        return _(
            "None of the tasks of {ps} was found in the notebook. Hand in the file {ps}.ipynb that you got for this assignment.",
            ps=self.assignment.id,
        )

    def _nothing(self, files: tuple[File, ...]) -> str:
        ps = self.assignment.id
        kinds = {file.kind for file in files}
        if not files:
            return _("The folder was empty: nothing was handed in. Hand in {ps}.ipynb.", ps=ps)
        if kinds == {"link"}:
            return _(
                "Only a link was handed in, and links are not followed. Hand in the file {ps}.ipynb itself.",
                ps=ps,
            )
        if "too large" in kinds or any(file.size > NOTEBOOK_BYTES for file in files):
            return _(
                "The file is too large to be read ({size:.0f} MB). Clear all outputs, save, and hand it in again.",
                size=max(file.size for file in files) / 1e6,
            )
        return _(
            "There was no notebook in what was handed in, only: {names}. Hand in {ps}.ipynb.",
            names=", ".join(file.path for file in files[:5]),
            ps=ps,
        )


def _release(root: Path, ps: str) -> dict:
    path = root / "release" / ps / f"{ps}.ipynb"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise IntakeError(
            f"{ps} has not been released: there is no {path}. Run `hlm release {ps}` first."
        ) from None

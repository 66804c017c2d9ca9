"""Put a student's answers, and nothing else of the submission, into a clean copy of the released notebook.

An answer finds its place by nbgrader's id, then by the cell's id, then by the name it defines, then by likeness to the
stub. Copies, split, merged, moved, retyped and deleted cells are put right, and each correction is said in one sentence.
Code that the student added in cells of their own is kept where it stood, because answers may lean on it; its outputs,
tags and metadata are not. Locked cells are always the released ones.

Notation: a *piece* is a cell of the submission, a *slot* a cell of the released notebook, an *answer slot* one in which
something is to be written.

What this file does not do: read files (`autograder.notebooks`), or judge whether an answer is right.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from autograder.notebooks import Piece, joined, names_bound, parsed
from hlm_teach.locale import _, ngettext

ALIKE = 0.6
MAX_EXTRA = 400
ELSEWHERE = "# answered in another cell of this notebook"


@dataclass
class Slot:
    """A cell of the released notebook, with the pieces that claim to be it."""

    index: int
    cell: Mapping[str, Any]
    pieces: list[int] = field(default_factory=list)  # indices into the submission

    @property
    def source(self) -> str:
        return joined(self.cell.get("source", ""))

    @property
    def meta(self) -> Mapping[str, Any]:
        return self.cell.get("metadata", {}).get("nbgrader", {})

    @property
    def grade_id(self) -> str:
        return self.meta.get("grade_id", "")

    @property
    def takes_answer(self) -> bool:
        return bool(self.meta.get("solution"))

    @property
    def exercise(self) -> str:
        """The exercise that this cell belongs to ('' for the header and the setup cells)."""
        name = self.grade_id.split("__")[0]
        return "" if name == "header" or name.startswith("setup") else name

    @property
    def is_code(self) -> bool:
        return self.cell.get("cell_type") == "code"


@dataclass(frozen=True)
class Rebuilt:
    """The clean notebook's cells, which exercises are answered, and what had to be put right."""

    cells: list[dict[str, Any]]
    answered: tuple[str, ...]
    recognised: int  # how many of the assignment's own cells were found by id, text or name
    notes: tuple[str, ...]


def rebuild(
    release: Sequence[Mapping[str, Any]], pieces: Sequence[Piece], titles: Mapping[str, str] | None = None
) -> Rebuilt:
    """Return the released notebook with the student's answers in it.

    Parameters
    ----------
    release
        The cells of the released notebook.
    pieces
        The cells of the submission.
    titles
        How sentences call an exercise, by its id.

    Returns
    -------
    Rebuilt
        ``recognised == 0`` means that nothing in the submission belongs to this assignment.
    """
    return _Rebuilding(release, pieces, titles or {}).run()


def is_answered(source: str, stub: str) -> bool:
    """Return whether something was written into a cell.

    Examples
    --------
    >>> is_answered("# YOUR CODE HERE\\n... \\n", "# YOUR CODE HERE\\n..."), is_answered("x = 1", "...")
    (False, True)
    """
    return bool(source.strip()) and _plain(source) != _plain(stub)


def _likeness(stub: str, source: str) -> float:
    """Return how alike two texts are, 0 to 1; 0 where a cheap bound shows that they are not alike enough."""
    matcher = difflib.SequenceMatcher(None, stub, source[:5000])
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < ALIKE:
        return 0.0
    return matcher.ratio()


def _plain(source: str) -> list[str]:
    return [line.rstrip() for line in source.strip().split("\n") if line.strip()]


class _Rebuilding:
    def __init__(
        self, release: Sequence[Mapping[str, Any]], pieces: Sequence[Piece], titles: Mapping[str, str]
    ):
        self.slots = [Slot(i, cell) for i, cell in enumerate(release)]
        self.pieces, self.titles = pieces, titles
        self.home: dict[int, Slot] = {}  # piece → slot
        self.source: dict[int, str] = {}  # slot → the student's text
        self.extra: dict[int, list[str]] = {}  # slot before which extra code goes; len(slots) = at the end
        self.notes: list[str] = []
        self.answers = [slot for slot in self.slots if slot.takes_answer]

    def run(self) -> Rebuilt:
        self._by_id()
        self._by_text()
        self._by_name()
        recognised = sum(
            bool(slot.exercise and slot.pieces) for slot in self.slots
        )  # likeness alone proves nothing
        self._by_likeness()
        self._written_elsewhere()
        for slot in self.answers:
            self._fill(slot)
        self._elsewhere()
        self._student()
        self._extras()
        return Rebuilt(
            self._cells(),
            tuple(s.exercise for s in self.answers if s.index in self.source),
            recognised,
            tuple(dict.fromkeys(self.notes)),
        )

    # ---- whose piece is it? ----

    def _claim(self, piece: int, slot: Slot) -> None:
        self.home[piece] = slot
        slot.pieces.append(piece)
        slot.pieces.sort()

    def _by_id(self) -> None:
        by_grade = {slot.grade_id: slot for slot in self.slots if slot.grade_id}
        by_cell = {slot.cell["id"]: slot for slot in self.slots if slot.cell.get("id")}
        for i, piece in enumerate(self.pieces):
            slot = by_grade.get(piece.grade_id) or by_cell.get(piece.cell_id)
            if slot:
                self._claim(i, slot)

    def _by_text(self) -> None:
        """Recognise locked cells whose ids were lost by their text."""
        by_text = {tuple(_plain(slot.source)): slot for slot in self.slots if not slot.takes_answer}
        for i, piece in enumerate(self.pieces):
            slot = by_text.get(tuple(_plain(piece.source)))
            if i not in self.home and slot and not slot.pieces:
                self._claim(i, slot)

    def _by_name(self) -> None:
        """Move code to the answer that it defines, where that answer is otherwise blank."""
        for slot in self.answers:
            if not slot.is_code or any(self._answers(i, slot) for i in slot.pieces):
                continue
            defining = [
                i
                for i, piece in enumerate(self.pieces)
                if self._may_move(i, slot) and slot.exercise in names_bound(piece.source)
            ]
            if not defining:
                continue
            moved = defining[-1]
            if moved in self.home:
                self.home[moved].pieces.remove(moved)
                self._say(
                    _(
                        "Your answer to “{task}” stood in another cell; it was put in its place.",
                        task=self._title(slot),
                    ),
                )
            for i in defining:
                if i == moved or i not in self.home:
                    self._claim(i, slot)

    def _may_move(self, i: int, slot: Slot) -> bool:
        home = self.home.get(i)
        if not self._answers(i, slot) or self.pieces[i].kind == "markdown":
            return False
        if home is None or not home.takes_answer:
            return True
        # a copy of another answer's cell, used for this one
        return home is not slot and home.exercise not in names_bound(self.pieces[i].source)

    def _by_likeness(self) -> None:
        for slot in self.answers:
            if slot.pieces:
                continue
            kind = "code" if slot.is_code else "markdown"
            free = [i for i, piece in enumerate(self.pieces) if i not in self.home and piece.kind == kind]
            likeness = {i: _likeness(slot.source, self.pieces[i].source) for i in free}
            best = max(likeness, key=likeness.__getitem__, default=None)
            if best is not None and likeness[best] >= ALIKE:
                self._claim(best, slot)

    def _written_elsewhere(self) -> None:
        """Find a written answer in text cells added right after its question or its answer cell."""
        for slot in self.answers:
            if slot.is_code:
                continue
            for i in sorted(i for i, home in self.home.items() if home.exercise == slot.exercise):
                after = i + 1
                while (
                    after < len(self.pieces) and after not in self.home and self.pieces[after].kind != "code"
                ):
                    self._claim(after, slot)
                    after += 1

    def _answers(self, i: int, slot: Slot) -> bool:
        return is_answered(self.pieces[i].source, slot.source)

    # ---- one text for each answer ----

    def _fill(self, slot: Slot) -> None:
        answered = [i for i in slot.pieces if self._answers(i, slot)]
        texts = [self.pieces[i].source for i in answered]
        if not texts:
            if not slot.pieces:
                self._say(
                    _(
                        "The cell for your answer to “{task}” was missing; it was put back, empty.",
                        task=self._title(slot),
                    ),
                )
            return
        self.source[slot.index] = texts[0] if len(texts) == 1 else self._join(slot, texts)

    def _join(self, slot: Slot, texts: list[str]) -> str:
        if not slot.is_code:
            return "\n\n".join(texts)
        together = "\n".join(texts)
        if any(parsed(text) is None for text in texts) and parsed(together) is not None:
            self._say(
                _(
                    "Your answer to “{task}” was split over several cells; they were joined.",
                    task=self._title(slot),
                ),
            )
            return together
        defining = [n for n, text in enumerate(texts) if slot.exercise in names_bound(text)]
        if len(defining) > 1:
            self._say(
                _(
                    "There were {n} answers to “{task}”; the last one was graded.",
                    n=len(defining),
                    task=self._title(slot),
                )
            )
            texts = [text for n, text in enumerate(texts) if n not in defining[:-1]]
        else:
            self._say(
                _(
                    "Your answer to “{task}” was split over several cells; they were joined.",
                    task=self._title(slot),
                )
            )
        return "\n\n".join(texts)

    def _elsewhere(self) -> None:
        """Leave no stub behind that would overwrite an answer given inside another answer's cell (merged cells)."""
        for slot in self.answers:
            if slot.index in self.source or not slot.is_code:
                continue
            others = [s for s in self.answers if s.index in self.source and s is not slot]
            if any(slot.exercise in names_bound(self.source[s.index]) for s in others):
                self.source[slot.index] = ELSEWHERE
                self._say(
                    _(
                        "Your answer to “{task}” stood in another task's cell; it was graded from there.",
                        task=self._title(slot),
                    ),
                )

    # ---- what the student added ----

    def _student(self) -> None:
        """Take over the user name typed into the STUDENT cell, if it is a plain text."""
        for slot in self.slots:
            if slot.meta or "STUDENT" not in names_bound(slot.source):
                continue
            for i in slot.pieces or [
                i
                for i, p in enumerate(self.pieces)
                if i not in self.home and "STUDENT" in names_bound(p.source)
            ]:
                name = _literal(self.pieces[i].source, "STUDENT")
                if name is not None and name != _literal(slot.source, "STUDENT"):
                    self.source[slot.index] = _with_literal(slot.source, name)
                if i not in self.home:
                    self._claim(i, slot)

    def _extras(self) -> None:
        """Keep the student's own code cells, each before the released cell that came next in the submission."""
        anchor, room = len(self.slots), MAX_EXTRA
        for i in range(len(self.pieces) - 1, -1, -1):
            home = self.home.get(i)
            if home is not None:
                anchor = home.index
            source = self._extra_source(i, home)
            if not source.strip() or self.pieces[i].kind != "code":
                continue
            if room == 0:
                self.notes.append(
                    ngettext(
                        "Only the last {n} cell that you added was kept.",
                        "Only the last {n} cells that you added were kept.",
                        MAX_EXTRA,
                    )
                )
                return
            room -= 1
            self.extra.setdefault(anchor if home is None else anchor + 1, []).insert(0, source)

    def _extra_source(self, i: int, home: Slot | None) -> str:
        piece = self.pieces[i]
        if home is None:
            return piece.source
        if home.takes_answer or not home.is_code or _plain(piece.source) == _plain(home.source):
            return ""
        released = set(_plain(home.source))
        own = [line for line in piece.source.split("\n") if line.rstrip() not in released]
        tree = parsed("\n".join(own))
        if tree is not None and not (names_bound("\n".join(own)) - {"STUDENT"}):
            return ""  # nothing defined: a changed check, a name typed in
        self._say(
            _(
                "You changed a cell that is not yours to change. It was put back, and what you had added was run after it."
            )
        )
        return "\n".join(own) if tree is not None else piece.source

    # ---- the result ----

    def _cells(self) -> list[dict[str, Any]]:
        made, number = [], 0
        for index in range(len(self.slots) + 1):
            for source in self.extra.get(index, ()):
                number += 1
                made.append(_code_cell(f"extra-{number}", source))
            if index < len(self.slots):
                made.append(self._cell(self.slots[index]))
        return made

    def _cell(self, slot: Slot) -> dict[str, Any]:
        cell = deepcopy(dict(slot.cell))
        cell["source"] = self.source.get(slot.index, slot.source)
        if slot.is_code:
            cell.update(outputs=[], execution_count=None)
        images = {k: v for i in slot.pieces for k, v in self.pieces[i].attachments.items()}
        if slot.takes_answer and not slot.is_code and images:
            cell["attachments"] = images
        return cell

    def _title(self, slot: Slot) -> str:
        return self.titles.get(slot.exercise, slot.exercise)

    def _say(self, sentence: str) -> None:
        self.notes.append(sentence)


def _code_cell(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _literal(source: str, name: str) -> str | None:
    """Return the text that a cell assigns to a name, if it is written out."""
    tree = parsed(source)
    for node in reversed(tree.body) if tree else ():
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in node.targets
        ):
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                return node.value.value
            return None
    return None


def _with_literal(source: str, name: str) -> str:
    """Return the released STUDENT cell with this text between the quotation marks."""
    lines = source.split("\n")
    for i, line in enumerate(lines):
        if line.startswith("STUDENT") and "=" in line:
            tail = "  #" + line.split("#", 1)[1] if "#" in line else ""
            lines[i] = f"STUDENT = {name[:200]!r}{tail}"
            break
    return "\n".join(lines)

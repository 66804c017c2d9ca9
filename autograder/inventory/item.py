"""What an item of the concept inventory is: a situation, one best answer, and wrong ones that each show a belief.

What this file does not do: hold the items (`autograder.inventory`), or decide about answers (`autograder.choices`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """A wrong option: a short name of its own within the item, its text, and the belief of whoever takes it."""

    name: str
    text: str
    belief: str


@dataclass(frozen=True)
class Item:
    """One question.

    Parameters
    ----------
    id
        The number of the misconception in the curriculum (``"M5"``), or ``"X1"`` to ``"X4"`` for the four beyond it.
    lesson
        The lesson that treats it.
    title
        What it is about, for the teacher.
    stem
        The situation and the question. A line that begins with two spaces is shown as printed output.
    right
        The best answer.
    wrong
        The others, the misconception itself first.
    because
        Why the right answer is right: for the teacher, not for a learner between two tests.
    """

    id: str
    lesson: str
    title: str
    stem: str
    right: str
    wrong: tuple[Wrong, ...]
    because: str

    @property
    def options(self) -> dict[str, str]:
        """The texts by name; the right one is called ``right``."""
        return {"right": self.right} | {wrong.name: wrong.text for wrong in self.wrong}

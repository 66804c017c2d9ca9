"""What each wrong label of a sentence gets to hear: shared by the exercises that ask for the flaw in a report."""

from __future__ import annotations

from autograder.exercise import Misconception

__all__ = ["told"]


def told(
    labels: tuple[str, ...], right: str, id_: str, sentences: tuple[str, ...]
) -> dict[str, Misconception]:
    """Return a misconception for each label but the right one, with its sentence, in the order of the labels.

    >>> told(("sound", "wrong level"), "sound", "level", ("Read it again.",))["wrong level"].sentence
    'Read it again.'
    """
    wrong = (label for label in labels if label != right)
    return {label: Misconception(id_, said) for label, said in zip(wrong, sentences, strict=True)}

"""Data of a student's own, and the cases that nobody sees: drawn from names, the same again each time.

The idea: a set is a function of the assignment and the student, a hidden case one of the term's seed and the exercise;
so nothing has to be stored, and a number looked up at a neighbour's is the answer to the neighbour's set.
Sets are drawn until a stated property holds, so that all are of the same difficulty.

What this file does not do: say what is drawn. That stands with the exercises (``DATA`` and `Exercise.draw`).
"""

from __future__ import annotations

import copy
import hashlib
import os
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from autograder.exercise import Case, Exercise
from hlm_teach.locale import _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["UnknownAssignment", "assignment_data", "draw_until", "hidden_cases", "seeded"]

Made = TypeVar("Made")


class UnknownAssignment(KeyError):
    """No data are drawn for an assignment of this name."""

    def __str__(self) -> str:
        return str(self.args[0])


def seeded(*parts: str) -> np.random.Generator:
    """Return a random generator that depends on some texts and on nothing else.

    >>> [int(seeded("ps02", name).integers(100)) for name in ("ana", "ana", "ben")]
    [12, 12, 96]
    """
    import numpy as np  # only here: `from autograder import check` stays cheap

    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def assignment_data(ps: str, student: str = "") -> pd.DataFrame:
    """Return the data set of one student for one assignment.

    Parameters
    ----------
    ps : str
        The assignment, for example ``"ps02"``.
    student : str
        The student's name, as it is spelt in the course; the empty string stands for the practice set.
        While work is graded, the name of the folder it came in takes its place (environment variable ``HLM_STUDENT``).

    Returns
    -------
    pandas.DataFrame
        A fresh copy each time.

    Raises
    ------
    UnknownAssignment
        If no data are drawn for this assignment.

    Examples
    --------
    >>> assignment_data("ps02", "ana").equals(assignment_data("ps02", "ana"))
    True
    >>> assignment_data("ps02", "ana").equals(assignment_data("ps02", "ben"))
    False
    >>> assignment_data("ps2")
    Traceback (most recent call last):
        ...
    autograder.student_data.UnknownAssignment: There are no data for 'ps2'. There are some for: ps01...
    """
    student = os.environ.get("HLM_STUDENT", student)
    if not isinstance(student, str):
        raise TypeError(_("The student must be a name in quotes, but it is {given!r}.", given=student))
    return copy.deepcopy(_drawn(ps, unicodedata.normalize("NFC", student).strip()))


@lru_cache(maxsize=64)
def _drawn(ps: str, student: str) -> pd.DataFrame:
    from autograder.exercises import data_sets

    if ps not in data_sets():
        known = ", ".join(data_sets()) or _("none")
        raise UnknownAssignment(
            _("There are no data for {ps!r}. There are some for: {known}.", ps=ps, known=known)
        )
    return data_sets()[ps](seeded(ps, student))


def draw_until(
    rng: np.random.Generator,
    make: Callable[[np.random.Generator], Made],
    holds: Callable[[Made], bool],
    tries: int = 1000,
) -> Made:
    """Draw again and again from the same generator until a stated property holds.

    >>> draw_until(seeded("example"), lambda rng: int(rng.integers(10)), lambda n: n > 7) in (8, 9)
    True
    >>> draw_until(seeded("example"), lambda rng: 0, lambda n: n > 7)
    Traceback (most recent call last):
        ...
    RuntimeError: In 1000 draws the property never held. Ask for less, or draw from somewhere else.
    """
    for _attempt in range(tries):
        made = make(rng)
        if holds(made):
            return made
    raise RuntimeError(
        _("In {tries} draws the property never held. Ask for less, or draw from somewhere else.", tries=tries)
    )


def hidden_cases(exercise: Exercise, seed: str) -> tuple[Case, ...]:
    """Return the cases of an exercise that grading uses in one term and that no student sees.

    Asked again, it returns the same objects: what the reference gives for them is then computed once for a class.

    >>> exercise = Exercise("f", "00", "", "function", 1, "", draw=lambda rng: Case({"x": float(rng.random())}), hidden=2)
    >>> hidden_cases(exercise, "term 1") == hidden_cases(exercise, "term 1") != hidden_cases(exercise, "term 2")
    True
    """
    if exercise.draw is None:
        return ()
    key = id(exercise), seed
    if key not in _cases:
        rng = seeded(seed, exercise.id)
        _cases[key] = exercise, tuple(exercise.draw(rng) for _number in range(exercise.hidden))
    return _cases[key][1]


_cases: dict[
    tuple[int, str], tuple[Exercise, tuple[Case, ...]]
] = {}  # the exercise is kept, so that its id stays its own

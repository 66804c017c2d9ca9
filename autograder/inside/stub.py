"""What stands in the jail as the package ``autograder``: the names that a notebook imports, and nothing to find.

The idea: the locked cells of an assignment say ``from autograder import check, assignment_data``. In the jail `check`
must not say whether an answer is right (that needs the reference, which never comes here), so it says nothing; and
`assignment_data` gives the set that was sent along, that of the student whose folder it is.
"""

from __future__ import annotations

import sys

from autograder import answers
from autograder.exercise import Exercise

__all__ = ["Exercise", "assignment_data", "check", "given", "hint", "review", "solution"]

given: dict = {}  # data set → the set, as `autograder.answers` writes it


def check(exercise_id="", answer=None, student=""):
    """Say nothing: the answer is judged outside."""


def hint(exercise_id=""):
    """Say nothing."""


def review(lesson=""):
    """Say nothing."""


def solution(exercise_id=""):
    """Say nothing."""


def assignment_data(ps, student=""):
    """Return the data of the student whose submission this is, whoever is asked for."""
    if ps not in given:
        raise KeyError(f"There is no data for {ps!r}. There is for: {', '.join(sorted(given)) or 'none'}.")
    return answers.decode(given[ps])


def __getattr__(name):
    """Give something quiet for every other name that a lesson may import."""
    if name.startswith("_") or __name__ != "autograder":
        raise AttributeError(name)
    return lambda *args, **kwargs: None


if __name__ == "autograder":
    for _name in ("check", "progress", "student_data"):
        sys.modules[f"autograder.{_name}"] = sys.modules[__name__]

"""The registry: every exercise of the course, found by its id.

One module a lesson, ``lesson_NN.py``, each with a tuple ``EXERCISES`` and, where students get data of their own,
a dict ``DATA`` from assignment (``"ps02"``) to a function that draws it from a numpy Generator.

>>> exercise = get("no_such_exercise")
Traceback (most recent call last):
    ...
autograder.exercises.UnknownExercise: There is no exercise 'no_such_exercise'. ...
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from autograder.exercise import Exercise

__all__ = ["DuplicateExercise", "UnknownExercise", "data_sets", "get", "registry"]


class UnknownExercise(KeyError):
    """No exercise has this id."""

    def __str__(self) -> str:
        return str(self.args[0])


class DuplicateExercise(ValueError):
    """Two exercises have the same id."""


def _modules() -> list[Any]:
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name.startswith("lesson_"))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]


@lru_cache
def registry() -> Mapping[str, Exercise]:
    """Return all exercises by id, in teaching order."""
    found: dict[str, Exercise] = {}
    for module in _modules():
        for exercise in module.EXERCISES:
            if exercise.id in found:
                raise DuplicateExercise(
                    f"Exercise ids must be unique, but {exercise.id!r} stands in lesson {found[exercise.id].lesson} "
                    f"and again in {module.__name__}. Rename one, in its lesson's cells too."
                )
            found[exercise.id] = exercise
    return found


@lru_cache
def data_sets() -> Mapping[str, Callable[..., Any]]:
    """Return the generators of per-student data by assignment."""
    found: dict[str, Callable[..., Any]] = {}
    for module in _modules():
        found.update(getattr(module, "DATA", {}))
    return found


def get(exercise_id: str) -> Exercise:
    """Return one exercise by its id."""
    try:
        return registry()[exercise_id]
    except KeyError:
        known = ", ".join(registry()) or "none yet"
        raise UnknownExercise(f"There is no exercise {exercise_id!r}. The ids are: {known}.") from None

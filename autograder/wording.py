"""From what is wrong with one case to the sentence that says so.

The idea: the sentence follows from the first thing that is wrong (nothing came back, another shape, NaN, the first
wrong number). On a case that is kept secret nothing of the answer is quoted, neither a number nor a name of the
student's making, because a function could hand its inputs back in it.

What this file does not do: hold sentences (`autograder.sentences`) or give credit (`autograder.compare`).
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from autograder import sentences as S
from autograder.exercise import Exercise
from autograder.seen import Seen, Work
from hlm_teach.locale import _

__all__ = ["finding", "kind_of", "own_value", "problem_sentences", "unreadable", "where"]


def finding(work: Work, s: Seen) -> list[str]:
    """Say what is wrong on one case, and where there is advice, the advice."""
    if s.answer.problem:
        return problem_sentences(work.exercise, s)
    if s.mismatch is not None:
        return [_mismatch(work.exercise, s)]
    E, G = s.laid.expected, s.laid.given
    if (np.isnan(G) & ~np.isnan(E)).any():
        return [_(S.NAN)]
    if (np.isinf(G) & ~np.isinf(E)).any():
        return [_(S.INFINITE)]
    if not s.open:
        return [_(S.WRONG_HIDDEN, case=s.label)]
    wrong = np.flatnonzero(~s.fits)
    if len(G) > 1 and len(wrong):
        place = ", ".join(where(p) for p in s.laid.place(int(wrong[0])))
        facts = {"wrong": len(wrong), "total": len(G), "place": place, "value": own_value(float(G[wrong[0]]))}
        if work.exercise.kind == "value":
            return [_(S.WRONG_PLACE, **facts)]
        return [_(S.WRONG_PLACE_CASE, case=s.label, **facts)]
    wrong_parts = [path for path, ok in s.laid.others if path and not ok]
    if wrong_parts:
        return [_(S.WRONG_PART, part=", ".join(where(p) for p in wrong_parts[0]))]
    value = own_value(float(G[0])) if len(G) == 1 and not s.laid.others else own_value(s.answer.value)
    if work.exercise.kind == "value":
        return [_(S.WRONG_VALUE, value=value)]
    return [_(S.WRONG_CASE, case=s.label, value=value)]


def where(step: Any) -> str:
    """Say where a number stands: a label or key in quotes, a position counted from 0."""
    if type(step) is int:
        return _(S.POSITION, i=step)
    return _(S.QUOTED, name=_cut(", ".join(str(x) for x in step) if type(step) is tuple else str(step)))


def own_value(value: Any) -> str:
    """Write a student's own value: six digits, three numbers, forty letters."""
    if type(value) in (int, float):
        return f"{value:.6g}"
    if type(value) is str:
        return _cut(repr(value))
    flat = value.tolist() if isinstance(value, (np.ndarray, pd.Series)) else value
    if isinstance(flat, (list, tuple)) and not any(
        isinstance(x, (list, tuple, dict, np.ndarray)) for x in flat
    ):
        items = ", ".join(own_value(x) for x in flat[:3])
        return f"[{items}, …]" if len(flat) > 3 else f"[{items}]"
    return _cut(str(value)) if value is None or type(value) is bool else kind_of(value)


def _cut(text: str, n: int = 40) -> str:
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= n else text[: n - 1] + "…"


# ---- problems and mismatches ------------------------------------------------------------------------------------------

FUNCTIONS = ("function", "builtin_function_or_method", "method", "type", "ufunc", "module", "method-wrapper")
TYPES = "range set frozenset generator map zip filter dict_keys dict_values dict_items matrix MaskedArray bytes Index RangeIndex"
WAITING = {"idle": S.IDLE, "wall": S.WAITED}  # why a timeout was one, where it was not processor time
LIBRARY_ERRORS = (
    "LinAlgError",
    "PatsyError",
    "FactorEvaluationError",
    "ConvergenceWarning",
    "InvalidIndexError",
    "MergeError",
)


def problem_sentences(exercise: Exercise, s: Seen) -> list[str]:
    """Say why nothing came back on a case, with advice where there is some."""
    name, problem, value = exercise.id, s.answer.problem, exercise.kind == "value"
    if problem == "raised":
        kind = re.match(r"\w{0,40}", s.answer.detail)[0]
        error = _cut(s.answer.detail, 160) if s.open else (kind if _is_known_error(kind) else _(S.OWN_ERROR))
        error = error.rstrip(". ")
        said = (
            _(S.RAISED_VALUE, name=name, error=error)
            if value
            else _(S.RAISED, name=name, error=error, case=s.label)
        )
        return [said, *([_(S.ADVICE[kind])] if kind in S.ADVICE else [])]
    if problem == "unreadable":
        return [unreadable(s)]
    if problem == "not attempted":
        return [_(S.SOME_EMPTY, name=name, case=s.label)]
    if problem == "timeout" and s.answer.detail in WAITING:
        return [_(WAITING[s.answer.detail], name=name)]
    sentence = {"timeout": S.TIMEOUT, "memory": S.MEMORY, "missing": S.MISSING}.get(problem, S.CRASHED)
    return [_(sentence, name=name)]


def _is_known_error(name: str) -> bool:
    found = getattr(builtins, name, None)
    return (isinstance(found, type) and issubclass(found, BaseException)) or name in LIBRARY_ERRORS


def unreadable(s: Seen | None, detail: str | None = None) -> str:
    """Say that an answer is of a type outside the closed list; name the type where that gives nothing away."""
    detail = s.answer.detail if detail is None else detail
    if detail in ("too large", "too deep"):
        return _(S.TOO_LARGE)
    if "complex" in detail:
        return _(S.COMPLEX)
    if detail in FUNCTIONS:
        return _(S.A_FUNCTION)
    if detail in TYPES.split() or ((s is None or s.open) and re.fullmatch(r"\w{1,40}", detail)):
        return _(S.UNREADABLE, type=detail)
    return _(S.UNREADABLE_TYPE)


def _mismatch(exercise: Exercise, s: Seen) -> str:
    kind, facts = s.mismatch.kind, s.mismatch.facts
    plain = {"text": S.TEXT, "bool": S.TRUE_FALSE, "unfinished": S.UNFINISHED, "nothing": S.HOLDS_NONE}
    if kind in plain:
        return _(plain[kind])
    if kind == "ragged":
        return _(S.RAGGED, expected=kind_of(s.expected))
    if kind in ("labels", "keys", "columns"):
        sentence = {"labels": S.LABELS, "keys": S.KEYS, "columns": S.COLUMNS}[kind]
        extra = facts["extra"] if s.open else ()
        return _(sentence, missing=_names(facts["missing"]), extra=_names(extra))
    expected, given = facts.get("expected", s.expected), facts.get("given", s.answer.value)
    other = kind_of(given) if s.open else _(S.ANOTHER, type=type(given).__name__)
    if exercise.kind == "value":
        return _(S.SHAPE, expected=kind_of(expected), given=other)
    return _(S.SHAPE_CASE, case=s.label, expected=kind_of(expected), given=other)


def _names(labels: Sequence[Any]) -> str:
    shown = [f"“{_cut(', '.join(x) if type(x) is tuple else str(x), 24)}”" for x in list(labels)[:4]]
    return ", ".join(shown) + (", …" if len(labels) > 4 else "") if shown else _(S.NOBODY)


def kind_of(value: Any) -> str:
    """Say what sort of thing a value is, and of what size; never its numbers."""
    if isinstance(value, pd.DataFrame):
        return _(S.A_FRAME, rows=len(value), columns=_names(list(value.columns)))
    if isinstance(value, dict):
        return _(S.A_DICT, keys=_names(list(value)))
    if type(value) is tuple:
        return _(S.A_TUPLE, n=len(value))
    if isinstance(value, (list, np.ndarray, pd.Series)):
        try:
            shape = np.shape(value)
        except ValueError:
            shape = (len(value),)
        return S.numbers_in_a_row(shape[0]) if len(shape) == 1 else _(S.A_TABLE, shape=_cut(str(shape)))
    return _({bool: S.A_BOOL, str: S.A_TEXT, type(None): S.NOTHING}.get(type(value), S.A_NUMBER))

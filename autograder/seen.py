"""What the judge has before it: each case with what was expected, what the wrong ways give, and what came back.

The idea: our own functions (reference and wrong pipelines) run here, on copies, and what they give is brought into the
normal form of an answer, so that the two sides are compared like with like. An exception on our own side is a
`GraderFault`; a wrong pipeline that fails on a case simply says nothing about it.

What this file does not do: judge.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder import sentences as S
from autograder.answers import AnswerError, decode, encode
from autograder.exercise import Answer, Case, Exercise, Tolerance, Verdict
from autograder.match import Aligned, Mismatch, agreement, align
from hlm_teach.locale import _

__all__ = [
    "EXACT",
    "FAILED",
    "GraderFault",
    "Seen",
    "Work",
    "examine",
    "expected_of",
    "look",
    "normal",
    "reference_of",
    "run",
]

EXACT = Tolerance(
    rtol=1e-9, atol=1e-12, reason="No tolerance was stated: the answer is exact but for rounding."
)
MOST_DETAILS = 5
FAILED = object()  # a wrong pipeline that gives no answer on a case


class GraderFault(Exception):
    """Our own mistake, never the student's: it stops this grading and is told to the teacher."""


def expected_of(exercise: Exercise, case: Case) -> Any:
    """Return what the reference gives for one case, in the normal form of an answer; `GraderFault` if it cannot."""
    return outputs_of(exercise, case)[0]


# ---- running our own side -------------------------------------------------------------------------------------------

_known: dict[tuple[int, int], tuple] = {}  # outputs are the same for every student who gets the same case


def outputs_of(exercise: Exercise, case: Case) -> tuple[Any, list[Any]]:
    """Return the reference's answer and those of the wrong pipelines (None where there is no pipeline)."""
    key = id(exercise), id(case)
    if key not in _known:
        if len(_known) > 500:
            _known.clear()
        expected = reference_of(exercise, case)
        wrong = [run(m.wrong, case.inputs) if m.wrong else None for m in exercise.misconceptions]
        _known[key] = exercise, case, expected, wrong  # both kept alive, so that the ids stay theirs
    return _known[key][2:]


def reference_of(exercise: Exercise, case: Case) -> Any:
    """Return the reference's answer in normal form, worked out now and without the wrong ways."""
    if exercise.reference is None:
        raise GraderFault(
            f"{exercise.id}: an exercise of kind {exercise.kind!r} needs a reference, but it has none."
        )
    expected, error = attempt(exercise.reference, case.inputs)
    if error is not None:
        raise GraderFault(
            f"{exercise.id}: the reference fails on the case {case.label!r} "
            f"({type(error).__name__}: {error}). Correct the reference or the case."
        )
    return expected


def attempt(function: Callable, inputs: Mapping[str, Any]) -> tuple[Any, Exception | None]:
    """Call one of our own functions on copies; return its answer in normal form, and the exception if there was one."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return decode(encode(function(**copy.deepcopy(dict(inputs))))), None
    except Exception as error:
        return None, error


def run(wrong: Callable, inputs: Mapping[str, Any]) -> Any:
    """Run a wrong pipeline; return its answer in normal form, or `FAILED`."""
    value, error = attempt(wrong, inputs)
    return FAILED if error is not None else value


def normal(answer: Answer) -> Answer:
    """Bring an answer into normal form; what has no place there becomes "unreadable"."""
    if answer.problem:
        return answer
    if answer.value is None or answer.value is ...:
        return Answer(problem="not attempted")
    try:
        return Answer(decode(encode(answer.value)))
    except AnswerError as error:
        return Answer(problem="unreadable", detail=error.detail)


# ---- what is seen of a function or a value ----------------------------------------------------------------------------


@dataclass
class Seen:
    """One case with its answer, laid beside what was expected."""

    number: int
    case: Case
    answer: Answer
    open: bool  # the case is no secret: the student's own value may be quoted
    counts: bool  # it earns credit by itself
    expected: Any
    wrong: list[Any]
    laid: Aligned | None = None
    mismatch: Mismatch | None = None
    fits: np.ndarray | None = None
    right: bool = False

    @property
    def label(self) -> str:
        """What kind of case this is, for a sentence."""
        return _(self.case.label) if self.case.label else _(S.CASE_NUMBER, i=self.number + 1)


@dataclass
class Work:
    """The whole of what was handed in for one exercise."""

    exercise: Exercise
    tolerance: Tolerance
    seen: list[Seen]

    def verdict(self, outcome, credit, message, details=(), misconception=None, carried=False) -> Verdict:
        """Make a verdict, each detail once and no more than a few."""
        details = tuple(dict.fromkeys(d for d in details if d and d != message))[:MOST_DETAILS]
        return Verdict(self.exercise.id, outcome, round(credit, 4), message, misconception, details, carried)

    def named(self, id_: str, sentences: Sequence[str], credit: float) -> Verdict:
        """Make the verdict on a mistake that has a name."""
        message, *details = sentences
        return self.verdict(
            "partly" if credit > 0 else "not yet", credit, message, details, misconception=id_
        )


def look(exercise: Exercise, cases: Sequence[Case], answers: Sequence[Answer]) -> Work:
    """Lay each answer beside what was expected of it."""
    tolerance = exercise.tolerance or EXACT
    any_hidden = not all(is_shown(exercise, c) for c in cases)
    seen = []
    for number, (case, answer) in enumerate(zip(cases, answers, strict=True)):
        shown = is_shown(exercise, case)
        one = Seen(
            number, case, normal(answer), shown, not shown or not any_hidden, *outputs_of(exercise, case)
        )
        if one.answer.problem is None:
            try:
                one.laid = align(one.expected, one.answer.value)
                one.fits = agreement(one.laid.expected, one.laid.given, tolerance)
                one.right = bool(one.fits.all()) and all(ok for _path, ok in one.laid.others)
            except Mismatch as mismatch:
                one.mismatch = mismatch
        seen.append(one)
    return Work(exercise, tolerance, seen)


def is_shown(exercise: Exercise, case: Case) -> bool:
    """Say whether the student knows the inputs of a case: one of the lesson's, or data of their own."""
    return exercise.kind == "value" or any(case is s for s in exercise.shown)


def examine(holds: Callable[[Any], bool], value: Any) -> tuple[bool, bool]:
    """Return whether a property holds, and whether looking for it failed (then it does not hold)."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(holds(copy.deepcopy(value))), False
    except Exception:
        return False, True

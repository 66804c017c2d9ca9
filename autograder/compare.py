"""The judge: the answers to one exercise, beside the reference and the known wrong ways → a `Verdict`.

The idea: an answer is tried against explanations in a fixed order, and the first that fits is said.

1. nothing there (not attempted, no such name)
2. the reference, within the tolerance, on every case → correct
3. the student's own earlier mistake carried forward (`Carry`), or several (`Exercise.given`) → correct, and said so
4. right for somebody else's data
5. a misconception's wrong pipeline, run on the same inputs: the answer follows it wherever it can be told from the
   reference, and there is such a place. Of several, the nearest
6. right but rounded, of another sign, unit or order, squared, rooted, …; then the same of a wrong pipeline
7. what remains: errors, shapes, NaN, the first wrong number

Credit, as a share of the points
--------------------------------
correct, also when carried: 1 · a misconception: its own credit · rounded, percent, proportion, order: 1/2 · sign,
square, root, complement, reciprocal: 1/4 · one of those, or rounding, on top of a misconception: half of its credit ·
right on some hidden cases: half of their share (cases that the lesson shows earn nothing by themselves, nor does a function
that ignores its arguments) · some parts of a dict, tuple or DataFrame right: half of their share ·
slots: the share of blanks · inverse: the shares of the criteria that hold · written: a person decides.

Carry-forward does not reward building on nothing: an earlier answer that is one constant, or that makes the answer here
a mere copy of an input, is not carried.

What this file does not do: run student code, or believe anything that comes with an answer but its value.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from autograder import sentences as S
from autograder.choices import judge_choices
from autograder.exercise import Answer, Carry, Case, Exercise, Misconception, Verdict
from autograder.forms import judge_inverse, judge_slots, judge_written
from autograder.match import agrees, align, far_apart
from autograder.seen import EXACT, FAILED, GraderFault, Seen, Work, expected_of, look, normal, run
from autograder.transforms import seen_through
from autograder.wording import finding, where
from hlm_teach.locale import _

__all__ = ["EXACT", "GraderFault", "expected_of", "judge"]


def judge(
    exercise: Exercise,
    cases: Sequence[Case],
    answers: Sequence[Answer],
    carried: Mapping[str, Sequence[Answer]] | None = None,
    others: Sequence[Case] = (),
) -> Verdict:
    """Judge the answers to one exercise.

    Parameters
    ----------
    exercise : Exercise
    cases : sequence of Case
        ``function``: what the answers belong to, one by one; those of ``exercise.shown`` are recognised by identity.
        ``value``: one case, ``Case({"data": …})`` (or ``Case({})`` where the reference takes nothing).
        Other kinds: empty.
    answers : sequence of Answer
        One for each case; for the kinds without cases one.
    carried : mapping, optional
        From the id of an earlier exercise to what the student's own earlier answer gives, one `Answer` for each case.
    others : sequence of Case, optional
        ``value``: other students' sets or the practice set, to recognise a number that was taken from there.

    Returns
    -------
    Verdict
        With outcome, credit (0 to 1), message, details, and the id of the misconception where one was recognised.

    Raises
    ------
    GraderFault
        If the exercise itself fails: its reference raises, or gives something that is not an answer.

    Examples
    --------
    >>> mean = Exercise("mean", "00", "A mean", "function", 1, "Means", reference=lambda y: sum(y) / len(y),
    ...     misconceptions=(Misconception("sum", "You did not divide.", wrong=lambda y: sum(y), credit=0.25),))
    >>> cases = [Case({"y": [1.0, 2.0]}, "two numbers"), Case({"y": [1.0, 5.0, 9.0]}, "three numbers")]
    >>> judge(mean, cases, [Answer(1.5), Answer(5.0)]).outcome
    'correct'
    >>> judge(mean, cases, [Answer(3.0), Answer(15.0)]).message
    'You did not divide.'
    >>> judge(mean, cases, [Answer(1.5)])
    Traceback (most recent call last):
        ...
    autograder.seen.GraderFault: mean: 2 cases need 2 answers, but 1 came. Send one answer for each case.
    """
    if exercise.kind in ("function", "value"):
        if not cases or len(cases) != len(answers):
            raise GraderFault(
                f"{exercise.id}: {len(cases)} cases need {len(cases)} answers, but {len(answers)} came. "
                "Send one answer for each case."
            )
        return _judge_computed(look(exercise, cases, answers), dict(carried or {}), others)
    answer = normal(answers[0]) if answers else Answer(problem="not attempted")
    judges = {
        "slots": judge_slots,
        "inverse": judge_inverse,
        "written": judge_written,
        "choices": judge_choices,
    }
    return judges[exercise.kind](exercise, answer)


# ---- the explanations, in order -------------------------------------------------------------------------------------


def _judge_computed(work: Work, carried: dict[str, Sequence[Answer]], others: Sequence[Case]) -> Verdict:
    return (
        _nothing(work)
        or _correct(work)
        or _carried(work, carried)
        or _from_other_data(work, others)
        or _misconception(work)
        or _transformed(work)
        or _unexplained(work)
    )


def _nothing(work: Work) -> Verdict | None:
    problems = {s.answer.problem for s in work.seen}
    if not problems <= {"not attempted", "missing"}:
        unfinished = [s for s in work.seen if s.mismatch is not None and s.mismatch.kind == "unfinished"]
        if len(unfinished) == len(work.seen):
            return work.verdict("not attempted", 0.0, _(S.UNFINISHED))
        return None
    if "missing" in problems:
        message = S.MISSING
    else:
        message = S.EMPTY_FUNCTION if work.exercise.kind == "function" else S.EMPTY_VALUE
    return work.verdict("not attempted", 0.0, _(message, name=work.exercise.id))


def _correct(work: Work) -> Verdict | None:
    if not all(s.right for s in work.seen):
        return None
    if work.exercise.kind == "value":
        message = _(S.CORRECT)
    elif all(s.open for s in work.seen):
        message = _(S.CORRECT_SHOWN, name=work.exercise.id)
    else:
        message = _(S.CORRECT_CASES)
    return work.verdict("correct", 1.0, message, _notes(work))


def _notes(work: Work) -> list[str]:
    notes = set().union(*(s.laid.notes for s in work.seen if s.laid is not None))
    said = (("single", S.SINGLE), ("dimensions", S.DIMENSIONS), ("extra", S.EXTRA))
    return [_(sentence) for name, sentence in said if name in notes]


def _carried(work: Work, carried: dict[str, Sequence[Answer]]) -> Verdict | None:
    """Look for an earlier answer, or for several, from which this one follows on every case."""
    earlier = {c.exercise: _usable(work, c, carried) for c in work.exercise.carries if c.exercise in carried}
    earlier = {name: values for name, values in earlier.items() if values}
    for names in _subsets(list(earlier), most=1 if work.exercise.given is None else len(earlier)):
        outputs = [
            _built_on(work.exercise, {name: earlier[name][n] for name in names}, s.case)
            for n, s in enumerate(work.seen)
        ]
        if _follows_everywhere(work, outputs) and not _copies_an_input(work):
            said = ", ".join(f"`{name}`" for name in names)
            one = _(S.CARRIED, earlier=names[0])
            message = one if len(names) == 1 else _(S.CARRIED_SEVERAL, earlier=said)
            return work.verdict("correct", 1.0, message, _notes(work), carried=True)
    return None


def _usable(work: Work, carry: Carry, carried: dict[str, Sequence[Answer]]) -> list[Any]:
    """Return what the student's own earlier answer gives on each case; [] where one cannot build on it."""
    answers = [normal(a) for a in carried[carry.exercise]]
    if len(answers) != len(work.seen):
        raise GraderFault(
            f"{work.exercise.id}: {len(work.seen)} cases need as many answers carried from {carry.exercise}, "
            f"but {len(answers)} came."
        )
    values = [a.value for a in answers]
    return [] if any(a.problem for a in answers) or _one_constant(values) else values


def _subsets(names: list[str], most: int) -> Iterator[tuple[str, ...]]:
    """Yield each name, each pair of names, and so on."""
    for size in range(1, most + 1):
        yield from itertools.combinations(names, size)


def _built_on(exercise: Exercise, earlier: Mapping[str, Any], case: Case) -> Any:
    """Return what is right if one starts from the student's own earlier values."""
    own = copy.deepcopy(dict(earlier))
    if len(own) > 1:
        return run(lambda **inputs: exercise.given(own, **inputs), case.inputs)
    ((name, value),) = own.items()
    carry = next(c for c in exercise.carries if c.exercise == name)
    return run(lambda **inputs: carry.reference(value, **inputs), case.inputs)


def _follows_everywhere(work: Work, outputs: list[Any]) -> bool:
    return all(
        s.answer.problem is None and out is not FAILED and agrees(out, s.answer.value, work.tolerance)
        for s, out in zip(work.seen, outputs, strict=True)
    )


def _one_constant(values: list[Any]) -> bool:
    """Say whether several numbers are all the same one (or none of them finite)."""
    leaves = [x for value in values for x in _leaves(value)]
    numbers = np.array([x for x in leaves if type(x) in (int, float)], dtype=float)
    if not np.isfinite(numbers).any():
        return len(numbers) == len(leaves)
    return len(numbers) > 1 and bool((numbers == numbers[0]).all())


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (pd.DataFrame, pd.Series)):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        return value.ravel().tolist()
    return [x for v in value for x in _leaves(v)] if isinstance(value, (list, tuple)) else [value]


def _copies_an_input(work: Work) -> bool:
    """Say whether on every case the answer is one of the inputs as it stood."""
    return all(
        any(agrees(x, s.answer.value, work.tolerance) for x in _plain(s.case.inputs))
        for s in work.seen
        if s.case.inputs
    ) and any(s.case.inputs for s in work.seen)


def _plain(inputs: Mapping[str, Any]) -> list[Any]:
    found = []
    for value in inputs.values():
        columns = [value[c] for c in value.columns] if isinstance(value, pd.DataFrame) else [value]
        for one in columns:
            answer = normal(Answer(one))
            if answer.problem is None:
                found.append(answer.value)
    return found


def _from_other_data(work: Work, others: Sequence[Case]) -> Verdict | None:
    if work.exercise.kind != "value" or work.seen[0].answer.problem:
        return None
    for case in others:
        expected = expected_of(work.exercise, case)
        if far_apart(work.seen[0].expected, expected, work.tolerance) and agrees(
            expected, work.seen[0].answer.value, work.tolerance
        ):
            return work.named("other_data", [_(S.OTHER_SET, whose=_(case.label))], 0.0)
    return None


def _misconception(work: Work) -> Verdict | None:
    best: tuple[float, Misconception] | None = None
    for i, misconception in enumerate(work.exercise.misconceptions):
        distance = _follows(work, [s.wrong[i] for s in work.seen]) if misconception.wrong else None
        if distance is not None and (best is None or distance < best[0]):
            best = distance, misconception
    if best is None:
        return None
    return work.named(best[1].id, [_(best[1].sentence), *_notes(work)], best[1].credit)


def _follows(work: Work, outputs: list[Any]) -> float | None:
    """Return how near the answer is to these outputs wherever they differ from the reference; None if it is not."""
    distances = []
    for s, out in zip(work.seen, outputs, strict=True):
        if out is FAILED:
            continue
        if not far_apart(s.expected, out, work.tolerance):
            if not s.right:  # this way would have been right here
                return None
            continue
        if s.answer.problem or not agrees(out, s.answer.value, work.tolerance):
            return None
        laid = align(out, s.answer.value)
        with np.errstate(all="ignore"):
            gap = np.abs(laid.given - laid.expected) / (
                work.tolerance.atol + work.tolerance.rtol * np.abs(laid.expected)
            )
        distances.append(float(np.nanmax(gap, initial=0.0)))
    return max(distances) if distances else None


def _transformed(work: Work) -> Verdict | None:
    through = seen_through(work, [s.expected for s in work.seen])
    if through is not None:
        id_, sentence, credit = through
        return work.named(id_, [_(sentence)], credit)
    for i, misconception in enumerate(work.exercise.misconceptions):
        outputs = [s.wrong[i] for s in work.seen]
        if misconception.wrong is None or not any(
            out is not FAILED and far_apart(s.expected, out, work.tolerance)
            for s, out in zip(work.seen, outputs, strict=True)
        ):
            continue
        through = seen_through(work, outputs, digits=3, on_top=True)
        if through is not None:
            id_, sentence, _credit = through
            both = [_(misconception.sentence), _(sentence)]
            return work.named(f"{misconception.id}+{id_}", both, misconception.credit / 2)
    return None


# ---- what remains ---------------------------------------------------------------------------------------------------


def _unexplained(work: Work) -> Verdict:
    failing = sorted((s for s in work.seen if not s.right), key=lambda s: not s.open)
    findings = _findings(work, failing)
    if work.exercise.kind == "function":
        if _only_what_is_shown(work):
            return work.named("hardcoded", [_(S.HARDCODED, name=work.exercise.id)], 0.0)
        if _ignores_its_arguments(work):
            return work.named("constant", [_(S.CONSTANT, name=work.exercise.id), *findings], 0.0)
    counted = [s for s in work.seen if s.counts]
    credit = sum(_score(s) for s in counted) / len(counted) / 2
    outcome = "partly" if credit > 0 else "not yet"
    right = sum(s.right for s in work.seen)
    if right:
        message = _(S.PARTLY, right=right, n=len(work.seen), case=failing[0].label)
        return work.verdict(outcome, credit, message, findings)
    parts = _parts(failing[0])
    if credit > 0 and parts:
        said = {
            ok: ", ".join(where(name) for name, good in parts.items() if good is ok) for ok in (True, False)
        }
        message = _(S.PARTS, right=said[True] or _(S.NOBODY), wrong=said[False] or _(S.NOBODY))
        return work.verdict(outcome, credit, message, findings)
    return work.verdict(outcome, credit, findings[0], findings[1:])


def _findings(work: Work, failing: Sequence[Seen]) -> list[str]:
    """Say the first cause, and each further one of another kind once: what follows from the first is not repeated."""
    said: dict[str, list[str]] = {}
    for s in failing:
        cause = s.answer.problem or (s.mismatch.kind if s.mismatch is not None else "numbers")
        if cause not in said:
            said[cause] = finding(work, s)
    return [sentence for sentences in said.values() for sentence in sentences]


def _only_what_is_shown(work: Work) -> bool:
    """Say whether the cases of the lesson are right and the others are not, though something came back on each."""
    return (
        any(s.open for s in work.seen)
        and all(s.right == s.open for s in work.seen)
        and all(s.answer.problem is None for s in work.seen)
    )


def _parts(s: Seen) -> dict[Any, bool]:
    return s.laid.parts(s.fits) if s.laid is not None else {}


def _score(s: Seen) -> float:
    """Return 1 for a case that is right, else the share of its named parts that are."""
    parts = _parts(s)
    return float(s.right) if len(parts) < 2 else sum(parts.values()) / len(parts)


def _ignores_its_arguments(work: Work) -> bool:
    laid = [s.laid for s in work.seen if s.laid is not None and s.laid.given.size]
    if len(laid) < len(work.seen) or len(laid) < 2:
        return False
    first = work.seen[0]
    if not any(far_apart(first.expected, s.expected, work.tolerance) for s in work.seen[1:]):
        return False
    given = np.concatenate([a.given for a in laid])
    if not np.isfinite(given).all():
        return False  # that has a sentence of its own
    return bool((given == given[0]).all()) or all(
        agrees(first.answer.value, s.answer.value, EXACT) for s in work.seen
    )

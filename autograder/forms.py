"""Answers that are no number: a sentence with slots, an object with properties, a text.

Credit: of slots the share of blanks that are right (a wrong option may have a credit of its own), of an object the
shares of the criteria that hold, of a text what a person gives for it with the rubric.

A criterion that fails on what was given does not hold: an odd object is the student's, not our fault. The first
criterion is the one about form: where it does not hold, nothing is said of the others. The last is the property
that the task is about: a misconception without a ``wrong`` is named where that one alone does not hold; a ``wrong`` is
asked whether the object shows it.

What this file does not do: numbers (`autograder.compare`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd

from autograder import sentences as S
from autograder.exercise import Answer, Case, Exercise, Misconception, Slot, Verdict
from autograder.seen import MOST_DETAILS, Seen, examine
from autograder.wording import own_value, problem_sentences, unreadable
from hlm_teach.locale import _

__all__ = ["judge_inverse", "judge_slots", "judge_written"]


def _absent(exercise: Exercise, answer: Answer) -> Verdict | None:
    """Return the verdict on an answer that is not there, if it is not there."""
    if answer.problem in ("not attempted", "missing"):
        message = S.MISSING if answer.problem == "missing" else S.EMPTY_VALUE
        return Verdict(exercise.id, "not attempted", 0.0, _(message, name=exercise.id))
    return None


def judge_slots(exercise: Exercise, answer: Answer) -> Verdict:
    """Judge a dict from the blanks of a sentence to options, blank by blank."""
    absent = _absent(exercise, answer)
    if absent is not None:
        return absent
    names = ", ".join(slot.name for slot in exercise.slots)
    filled = answer.value.to_dict() if isinstance(answer.value, pd.Series) else answer.value
    known = {_folded(slot.name) for slot in exercise.slots}
    if answer.problem or not isinstance(filled, dict) or (filled and not known & set(map(_folded, filled))):
        details = (unreadable(None, answer.detail),) if answer.problem == "unreadable" else ()
        return Verdict(exercise.id, "not yet", 0.0, _(S.SLOTS_FORM, slots=names), details=details)
    found = {_folded(k): v for k, v in filled.items()}
    credits, said, ids = [], [], []
    for slot in exercise.slots:
        given = found.get(_folded(slot.name), ...)
        given = given[0] if isinstance(given, (list, tuple)) and len(given) == 1 else given
        if given is ... or given is None or (type(given) is str and not given.strip()):
            said.append(_(S.SLOT_OPEN, slot=slot.name))
            continue
        credit, sentence, id_ = _judge_slot(slot, given)
        credits.append(credit)
        said += [sentence] if sentence else []
        ids += [id_] if id_ else []
    if not credits:
        return Verdict(exercise.id, "not attempted", 0.0, _(S.EMPTY_VALUE, name=exercise.id))
    n, right = len(exercise.slots), len(exercise.slots) - len(said)
    if right == n:
        return Verdict(exercise.id, "correct", 1.0, _(S.SLOTS_RIGHT))
    outcome = "partly" if any(credits) else "not yet"
    message = S.blanks_right(right, n)
    return Verdict(
        exercise.id, outcome, round(sum(credits) / n, 4), message, ids[0] if ids else None, tuple(said)
    )


def _judge_slot(slot: Slot, given: Any) -> tuple[float, str, str | None]:
    """Return the credit of one blank, the sentence (empty where it is right) and the misconception, if one is known."""
    option = next((o for o in slot.options if _folded(given) in (_folded(o), _folded(_(o)))), None)
    if option == slot.right:
        return 1.0, "", None
    if option is None:
        options = "; ".join(_(o) for o in slot.options)
        return 0.0, _(S.SLOT_UNKNOWN, slot=slot.name, option=own_value(given), options=options), None
    said = _(S.SLOT_WRONG, slot=slot.name, option=_(option))
    known = slot.wrong.get(option)
    return (known.credit, f"{said} {_(known.sentence)}", known.id) if known else (0.0, said, None)


def _folded(x: Any) -> str:
    """Return a text without what does not matter: case, spaces, hyphens, quotation marks and a full stop around it."""
    return " ".join(re.sub("[-_]", " ", str(x)).split()).strip(" .\"'“”‘’").casefold()


def judge_inverse(exercise: Exercise, answer: Answer) -> Verdict:
    """Judge an object by the properties that it must have."""
    absent = _absent(exercise, answer)
    if absent is not None:
        return absent
    if answer.problem:
        shown = Seen(0, Case({}), answer, True, True, None, [])
        message, *details = problem_sentences(replace(exercise, kind="value"), shown)
        return Verdict(exercise.id, "not yet", 0.0, message, details=tuple(details))
    credit, unmet, said = 0.0, [], []
    for criterion in exercise.criteria:
        holds, error = examine(criterion.holds, answer.value)
        if holds:
            credit += criterion.share
        else:
            unmet.append(criterion)
            said.append(_(S.NOT_EXAMINED) if error else _(criterion.sentence))
    if not unmet:
        return Verdict(exercise.id, "correct", 1.0, _(S.ALL_HOLD))
    first = exercise.criteria[0]
    if unmet[0] is first:  # without the first property the others say nothing of their own
        said = said[:1]
    named = _named_object(exercise, answer.value, only_last=unmet == [exercise.criteria[-1]])
    message, *details = dict.fromkeys(said)
    if named is not None:
        details.append(_(named.sentence))
    outcome = "partly" if credit > 0 else "not yet"
    return Verdict(
        exercise.id,
        outcome,
        round(credit, 4),
        message,
        named.id if named else None,
        tuple(details[:MOST_DETAILS]),
    )


def _named_object(exercise: Exercise, value: Any, only_last: bool) -> Misconception | None:
    for misconception in exercise.misconceptions:
        if misconception.wrong is None:
            if only_last:
                return misconception
        elif examine(misconception.wrong, value)[0]:
            return misconception
    return None


def judge_written(exercise: Exercise, answer: Answer) -> Verdict:
    """Leave a text to a person, and say by which rubric."""
    empty = answer.problem is not None or not str(answer.value).strip()
    message = _(S.MANUAL_EMPTY if empty else S.MANUAL)
    rubric = tuple(_(S.RUBRIC, points=points, what=_(what)) for points, what in exercise.rubric)
    return Verdict(exercise.id, "manual", 0.0, message, details=rubric)

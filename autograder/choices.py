"""Answers by letter: a page of questions, each person's in an order of its own.

The answer is a dict from the number of a question to a letter, and ``"name"`` with the name for which the questions were
shown: what a letter means depends on it, and it need not be spelt like the folder that was handed in.

A verdict counts and names lessons. It never says which question or which option was right, because the same questions
are asked again after the course. The points are for answering ("I do not know yet" included) or for right answers, as the
exercise says.

What this file does not do: hold the questions (`autograder.inventory`) or count over a class (`course.inventory_stats`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder import sentences as S
from autograder.exercise import Answer, Exercise, Verdict
from autograder.inventory import DO_NOT_KNOW, ITEMS, PER_PAGE, form, letter_of
from hlm_teach.locale import N_, _, ngettext

__all__ = ["Page", "echo", "judge_choices", "read_page", "responses"]

FORM = N_(
    "`{name}` must be a dict with your name and a letter for the number of each question, as it was in the cell: "
    '{{"name": STUDENT, {first}: "b", {second}: "x", …}}. Restore the cell, and type the letters between the quotation marks.'
)
NAME = N_(
    "`{name}` does not say for whom the questions were shown, and what a letter means depends on that, so none could be read. "
    'Restore the line "name": STUDENT in the cell, and your user name in quotation marks after STUDENT at the top.'
)
UNREAD = N_("Question {number}: {given} is not one of its letters, so it counts as not answered.")
OPEN = N_("Not answered: {numbers}.")
ALL_ANSWERED = N_("Every question on this page is answered.")
CHOSEN = N_("{number}. {letter}: {text}")


@dataclass(frozen=True)
class Page:
    """What was answered on one page.

    Parameters
    ----------
    chosen
        From item to the option's name; ``"unknown"`` for "I do not know yet", ``"missing"`` for no answer.
    letters
        From number to the letter that was read; "" for none.
    unread
        From number to what could not be read.
    """

    chosen: Mapping[str, str]
    letters: Mapping[int, str]
    unread: Mapping[int, str]

    @property
    def answered(self) -> int:
        """How many questions have an answer, "I do not know yet" included."""
        return sum(option != "missing" for option in self.chosen.values())

    @property
    def right(self) -> int:
        """How many answers are right."""
        return sum(option == "right" for option in self.chosen.values())


def page_of(exercise: Exercise) -> int:
    """Return the page that an exercise asks for: the number at the end of its id."""
    return int(exercise.id.rpartition("_")[2])


def read_page(exercise: Exercise, value: Any) -> Page | None:
    """Return what was answered, or None if it is no dict with a name and numbers of this page."""
    given, name = _given(exercise, value), _name(value)
    if not given or name is None:
        return None
    whole = form(exercise.data, name)
    chosen, letters, unread = {}, {}, {}
    for number in _numbers(exercise):
        item, options = whole[number]
        letter = letter_of(given.get(number))
        if letter is None or letter not in ("", DO_NOT_KNOW, *options):
            unread[number] = repr(given[number])[:40]
            letter = ""
        letters[number] = letter
        chosen[item] = {"": "missing", DO_NOT_KNOW: "unknown"}.get(letter) or options[letter]
    return Page(chosen, letters, unread)


def _numbers(exercise: Exercise) -> range:
    last = PER_PAGE * page_of(exercise)
    return range(last - PER_PAGE + 1, last + 1)


def _given(exercise: Exercise, value: Any) -> dict[int, Any]:
    """Return what stands at the numbers of this page; empty where it is no dict."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {number: v for key, v in pairs if (number := _number(key)) in _numbers(exercise)}


def _name(value: Any) -> str | None:
    """Return the name for which the questions were shown, None where it is missing: letters mean nothing without it."""
    pairs = value.items() if isinstance(value, dict) else ()
    names = [v for key, v in pairs if isinstance(key, str) and key.strip().casefold() == "name"]
    return names[0] if len(names) == 1 and isinstance(names[0], str) else None


def _not_a_page(exercise: Exercise, value: Any) -> str:
    """Say why nothing could be read."""
    if _given(exercise, value):
        return _(NAME, name=exercise.id)
    first = _numbers(exercise)[0]
    return _(FORM, name=exercise.id, first=first, second=first + 1)


def _number(key: Any) -> int | None:
    if type(key) is int:
        return key
    found = re.fullmatch(r"\D{0,12}(\d{1,3})\D{0,2}", key) if isinstance(key, str) else None
    return int(found[1]) if found else None


def judge_choices(exercise: Exercise, answer: Answer) -> Verdict:
    """Judge a page: how many are answered, how many right, and which lessons treat the others."""
    if answer.problem in ("not attempted", "missing"):
        message = S.MISSING if answer.problem == "missing" else S.EMPTY_VALUE
        return Verdict(exercise.id, "not attempted", 0.0, _(message, name=exercise.id))
    page = None if answer.problem else read_page(exercise, answer.value)
    if page is None:
        return Verdict(exercise.id, "not yet", 0.0, _not_a_page(exercise, answer.value))
    if not page.answered and not page.unread:
        return Verdict(exercise.id, "not attempted", 0.0, _(S.EMPTY_VALUE, name=exercise.id))
    total = len(page.chosen)
    credit = (page.right if exercise.marks == "right" else page.answered) / total
    message = ngettext(
        "Of the {total} questions on this page you answered {answered}; {n} of your answers is right.",
        "Of the {total} questions on this page you answered {answered}; {n} of your answers are right.",
        page.right,
        total=total,
        answered=page.answered,
    )
    outcome = "correct" if page.right == total else "partly" if page.right else "not yet"
    return Verdict(
        exercise.id, outcome, round(credit, 4), message, details=(*_lessons(page), *_problems(page))
    )


def _lessons(page: Page) -> list[str]:
    """Name the lessons of all questions that were not answered rightly, in order and without saying which question."""
    lessons = sorted({ITEMS[item].lesson for item, option in page.chosen.items() if option != "right"})
    if not lessons:
        return []
    return [
        ngettext(
            "What you did not have right is treated in lesson {lessons}.",
            "What you did not have right is treated in lessons {lessons}.",
            len(lessons),
            lessons=", ".join(lessons),
        )
    ]


def _problems(page: Page) -> list[str]:
    said = [_(UNREAD, number=number, given=given) for number, given in page.unread.items()]
    still_open = [str(n) for n, letter in page.letters.items() if not letter and n not in page.unread]
    return said[:5] + ([_(OPEN, numbers=", ".join(still_open))] if still_open else [])


def echo(exercise: Exercise, value: Any) -> list[str]:
    """Say what was understood, and nothing about what is right: the sentences that `check` shows for a page.

    Parameters
    ----------
    exercise
        The page.
    value
        What the learner's dict holds.
    """
    page = read_page(exercise, value)
    if page is None:
        return [_not_a_page(exercise, value)]
    whole = form(exercise.data, _name(value))
    said = [
        _(CHOSEN, number=n, letter=letter, text=_short(whole, n, letter))
        for n, letter in page.letters.items()
        if letter
    ]
    return [*(_problems(page) or [_(ALL_ANSWERED)]), *said]


def _short(whole: Any, number: int, letter: str) -> str:
    from autograder.inventory import NOT_YET

    item, options = whole[number]
    text = _(NOT_YET) if letter == DO_NOT_KNOW else _(ITEMS[item].options[options[letter]])
    return text if len(text) <= 60 else text[:59].rstrip() + "…"


def responses(exercise: Exercise, answer: Answer) -> str:
    """Return the answers by item as JSON text, for the record that the class's statistics are made from; '' if none."""
    page = None if answer.problem else read_page(exercise, answer.value)
    return json.dumps(page.chosen) if page is not None else ""

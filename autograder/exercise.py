"""What an exercise is: frozen records, no behaviour.

One `Exercise` serves the lesson's self-check, the hidden grading and the tests of the course itself.
Its id is at once the name of the function (or variable) that the student writes, the ``exercise="…"`` key of the
lesson's cells, nbgrader's grade id and the row in the gradebook.

Kinds
-----
``function``  the student writes a function; it is called with the inputs of cases, some of them never shown
``value``     the student computes a value from a data set of their own (`autograder.student_data`)
``slots``     the student completes a sentence: a dict from slot to one of the listed options
``inverse``   the student makes an object that must have stated properties ("make data where …")
``written``   a free answer, marked by a person with the rubric
``choices``   a page of questions answered by letter, each person's in an order of its own (`autograder.inventory`)

What this file does not do: compare (`autograder.compare`), run anything, or say anything.
Every sentence is marked with ``N_`` where it stands and translated when it is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["function", "value", "slots", "inverse", "written", "choices"]
Outcome = Literal["correct", "partly", "not yet", "not attempted", "manual", "refused"]


@dataclass(frozen=True)
class Tolerance:
    """How near is near enough, and why: engine noise < tolerance < a third of the gap to the nearest wrong pipeline.

    An answer a agrees with the reference r where ``|a − r| <= atol + rtol·|r|``, element by element.
    """

    rtol: float
    atol: float
    reason: str


@dataclass(frozen=True)
class Case:
    """The inputs of one call (``function``), by parameter name: plain values, arrays, Series or DataFrames."""

    inputs: Mapping[str, Any]
    label: str = ""


@dataclass(frozen=True)
class Misconception:
    """A known wrong way: computed on the same inputs as the reference, and the sentence for whoever took it.

    ``id`` is a number of the curriculum ("M5") or a short slug ("sd_for_variance").
    ``wrong`` has the signature of the reference. ``credit`` is the share of the points, 0 to 1.
    The sentence names the mistake and where to look; it never contains the right number.
    """

    id: str
    sentence: str
    wrong: Callable[..., Any] | None = None
    credit: float = 0.0


@dataclass(frozen=True)
class Slot:
    """One blank of a sentence: its options, which one is right, and what each wrong one shows.

    ``wrong`` maps an option to a `Misconception` (its ``wrong`` is None).
    """

    name: str
    options: tuple[str, ...]
    right: str
    wrong: Mapping[str, Misconception] = field(default_factory=dict)


@dataclass(frozen=True)
class Criterion:
    """One property that the object of an ``inverse`` exercise must have, its share of the points, and what to say."""

    holds: Callable[[Any], bool]
    sentence: str
    share: float


@dataclass(frozen=True)
class Carry:
    """An earlier answer that this exercise may build on.

    Where the student's own `exercise` was wrong, the answer here is right if it equals
    ``reference(value, **inputs)``, value being what the student's earlier function returned for ``inputs_of(**inputs)``.
    """

    exercise: str
    inputs_of: Callable[..., Mapping[str, Any]]
    reference: Callable[..., Any]


@dataclass(frozen=True)
class Exercise:
    """One task: what is asked, what is right, what is known to go wrong, and what helps."""

    id: str
    lesson: str
    title: str
    kind: Kind
    points: float
    section: str  # the heading of the lesson's section that teaches it: feedback links there
    reference: Callable[..., Any] | None = None
    tolerance: Tolerance | None = None
    shown: tuple[Case, ...] = ()
    draw: Callable[[Any], Case] | None = None  # a numpy Generator in, a hidden case out
    hidden: int = 4
    data: str | None = None  # ``value``: the name for `assignment_data`
    slots: tuple[Slot, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    rubric: tuple[tuple[float, str], ...] = ()  # ``written``: points and what earns them
    hints: tuple[str, ...] = ()  # from vague to almost the answer; at least three unless written
    misconceptions: tuple[Misconception, ...] = ()
    carries: tuple[Carry, ...] = ()
    given: Callable[..., Any] | None = (
        None  # several earlier answers by exercise, and the inputs, → what is right then
    )
    explanation: str = ""  # why the solution is right: shown by `solution`, beside its code
    marks: Literal["answered", "right"] = "right"  # ``choices``: what the points are for


@dataclass(frozen=True)
class Answer:
    """What came back for one case: a plain value, or the problem that prevented one.

    problem: None, "missing" (no such name), "not attempted" (still ``...`` or None from an empty body), "raised",
    "timeout", "memory", "crashed", "unreadable" (a type outside the closed list, or too large).
    detail: the type of the exception, the type that could not be read, … (plain text, bounded, never trusted).
    """

    value: Any = None
    problem: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Verdict:
    """What was decided on one exercise: the outcome, the share of the points, and the sentences for the student."""

    exercise: str
    outcome: Outcome
    credit: float
    message: str
    misconception: str | None = None
    details: tuple[str, ...] = ()
    carried: bool = False

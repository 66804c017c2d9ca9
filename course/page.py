"""What a feedback page says, in sentences: from a student's result to the text of every part of the page.

What this file does not do: lay the page out (``templates/feedback.html``), write it (`course.feedback`), or decide what is
said about an answer (`autograder.compare`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from autograder import cards
from autograder.exercise import Exercise, Verdict
from autograder.inbox import Receipt
from course.books import path_of
from course.folder import Course, CourseError
from course.inventory_notebook import is_test
from course.results import Result, Task
from course.source import read
from hlm_teach.locale import _, ngettext

LONGEST_ANSWER = 6000
LONGEST_COMMENT = 4000


@dataclass(frozen=True)
class TaskView:
    """One task as the page shows it: sentences only."""

    anchor: str
    number: int
    title: str
    shape: str
    word: str
    points: str
    checked: str
    card: str  # the one piece of HTML, made and escaped by `autograder.cards`
    rubric: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    comment: str
    answer: str
    section: str
    link: str


@dataclass(frozen=True)
class PageView:
    """A page as the template gets it: sentences only."""

    heading: str
    lesson: str
    student: str
    total: str
    summary: tuple[str, ...]
    refused: str
    start: str
    notes: tuple[str, ...]
    tasks: tuple[TaskView, ...]
    receipts: tuple[tuple[tuple[str, str], ...], ...]


def labels() -> dict[str, str]:
    """Return the words that every page has."""
    return {
        "refused": _("It could not be graded"),
        "overview": _("The tasks"),
        "task": _("Task"),
        "outcome": _("Outcome"),
        "points": _("Points"),
        "notes": _("What was put right in your notebook"),
        "rubric": _("How this is marked"),
        "comment": _("Your teacher's comment"),
        "answer": _("Your answer"),
        "where": _("Where the lesson explains it:"),
        "receipts": _("Receipt"),
    }


def view(course: Course, ps: str, found: Result) -> PageView:
    """Return everything that one student's page says."""
    assignment = course.assignment(ps)
    try:
        path = path_of(course, assignment)
        title, target = _title(path, path.stat().st_mtime_ns), path.with_suffix(".ipynb")
    except CourseError:
        title = "" if is_test(assignment.lesson) else _("Lesson {number}", number=assignment.lesson)
        target = None
    counts, refused = found.counts, found.refused
    tasks = (
        ()
        if refused
        else tuple(_task(course, ps, found, n, task, target) for n, task in enumerate(found.tasks, start=1))
    )
    return PageView(
        heading=f"{ps}: {assignment.title}",
        lesson=title,
        student=found.student[:200],
        total=_("{points:g} of {max_points:g} points", points=found.points, max_points=found.max_points),
        summary=tuple(sentence[:1200] for sentence in _summary(found)),
        refused=refused.reason[:1000] if refused else "",
        start="" if refused else _start(found),
        notes=tuple(note[:600] for note in counts.notes[:20]) if counts else (),
        tasks=tasks,
        receipts=tuple(_receipt(r) for r in reversed(found.receipts[-10:])),
    )


@lru_cache(maxsize=32)
def _title(path: Path, changed: int) -> str:
    """Return a lesson's title, read once for all pages (`changed` is when the source last was)."""
    return read(path).title


def _summary(found: Result) -> tuple[str, ...]:
    said = []
    waiting = [task for task in found.tasks if task.outcome == "manual"]
    if waiting:
        said.append(
            ngettext(
                "{n} answer is still to be read by a person; up to {points:g} points can come of it.",
                "{n} answers are still to be read by a person; up to {points:g} points can come of them.",
                len(waiting),
                points=sum(task.exercise.points for task in waiting),
            )
        )
    if any(task.outcome == "not graded" for task in found.tasks):
        said.append(
            _(
                "Part of this work has not been graded yet: the grader itself failed. Your teacher has been told; nothing is held against you."
            )
        )
    if found.counts and found.counts.late:
        said.append(_("It was handed in after the deadline."))
    later = [r for r in found.receipts if r.verdict == "not counted"]
    if found.counts and later:
        said.append(
            _(
                "What you handed in on {when} does not count: {reason}",
                when=_clock(later[-1]),
                reason=later[-1].reason,
            )
        )
    broken = [r for r in found.receipts if r.verdict == "refused"]
    if found.counts and broken and broken[-1].number > found.counts.number:
        said.append(
            _(
                "What you handed in on {when} could not be read, so the work before it was graded: {reason}",
                when=_clock(broken[-1]),
                reason=broken[-1].reason,
            )
        )
    return tuple(said)


def _start(found: Result) -> str:
    """Point at the first task that is not right: later ones may only follow from it."""
    for number, task in enumerate(found.tasks, start=1):
        if task.outcome in ("not yet", "partly", "not attempted") and task.exercise.kind != "choices":
            return _("Look at task {number} first: later tasks may build on it.", number=number)
    return ""


def _task(course: Course, ps: str, found: Result, number: int, task: Task, target: Path | None) -> TaskView:
    exercise = task.exercise
    shape, word = _outcome(task.outcome)
    answer = task.answer[:LONGEST_ANSWER]
    if len(task.answer) > LONGEST_ANSWER:
        answer += "\n" + _("… and {n} more characters", n=len(task.answer) - LONGEST_ANSWER)
    return TaskView(
        anchor=f"task-{number}",
        number=number,
        title=_(exercise.title),
        shape=shape,
        word=word,
        points=_points(task),
        checked=_checked(exercise),
        card=_card(task),
        rubric=tuple((f"{points:g}", _(sentence)) for points, sentence in exercise.rubric),
        remarks=_remarks(task),
        comment=task.mark.comment[:LONGEST_COMMENT] if task.mark else "",
        answer=answer,
        section=exercise.section,
        link=_link(course, ps, found, exercise, target),
    )


def _outcome(outcome: str) -> tuple[str, str]:
    if outcome == "not graded":
        return "◇", _("Not graded yet")
    shape, word = cards.OUTCOMES[outcome]
    return shape, _(word)


def _points(task: Task) -> str:
    if task.outcome in ("manual", "not graded"):
        return _("– of {max_points:g}", max_points=task.exercise.points)
    return _("{points:g} of {max_points:g}", points=task.points, max_points=task.exercise.points)


def _card(task: Task) -> str:
    """Return the judge's card; where there is none, or a person decided, a card that says so."""
    if task.verdict is not None and not (task.mark and task.mark.by_hand):
        return cards.html(task.verdict, points=task.exercise.points, style=False)
    sentence = {
        "manual": _("A person reads this answer. The points are entered when that is done."),
        "not graded": _(
            "The grader itself failed on this task. Your teacher has been told; the points follow."
        ),
        "not attempted": _("Nothing was written here."),
    }.get(task.outcome, _("A person gave the points for this answer."))
    if task.outcome == "not graded":
        return cards.note_html(_("Not graded yet"), [sentence], style=False)
    credit = task.points / task.exercise.points if task.exercise.points else 0.0
    verdict = Verdict(task.exercise.id, task.outcome, credit, sentence)
    return cards.html(verdict, points=task.exercise.points, style=False)


def _remarks(task: Task) -> tuple[str, ...]:
    said = []
    if task.mark and task.mark.by_hand and task.verdict is not None:
        said.append(_("The grader had found: {message}", message=task.verdict.message))
    line, kind = task.evidence.get("line"), task.evidence.get("error_type")
    if kind and isinstance(line, int) and task.outcome not in ("correct", "not attempted"):
        said.append(_("{error} in line {line} of your cell.", error=str(kind)[:80], line=line))
    return tuple(said)


def _checked(exercise: Exercise) -> str:
    """Say in one sentence what was looked at."""
    if exercise.kind == "function":
        return ngettext(
            "Your function was called with the examples from the notebook and with {n} more that is not shown.",
            "Your function was called with the examples from the notebook and with {n} more that are not shown.",
            exercise.hidden,
        )
    if exercise.kind == "value":
        return (
            _("Your value was compared with the one that your own data set gives.")
            if exercise.data
            else _("Your value was compared with the right one.")
        )
    if exercise.kind == "slots":
        return ngettext(
            "The {n} blank of the sentence was checked.",
            "Each of the {n} blanks was checked by itself.",
            len(exercise.slots),
        )
    if exercise.kind == "inverse":
        return ngettext(
            "What you made was tested for {n} property.",
            "What you made was tested for {n} properties.",
            len(exercise.criteria),
        )
    if exercise.kind == "choices":
        return (
            _("The points are for right answers.")
            if exercise.marks == "right"
            else _("The points are for answering, rightly or not.")
        )
    return _("A person reads this answer with the rubric below.")


def _link(course: Course, ps: str, found: Result, exercise: Exercise, target: Path | None) -> str:
    """Return a relative address of the section in the lesson's notebook, as JupyterLab and the book's pages name it."""
    if target is None:
        return ""
    folder = course.page(found.student_id, ps).parent
    return (
        quote(os.path.relpath(target, folder).replace(os.sep, "/"))
        + "#"
        + quote(exercise.section.replace(" ", "-"))
    )


def _clock(receipt: Receipt) -> str:
    return receipt.received.replace("T", " ").replace("+00:00", " UTC")


def _receipt(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    verdict = {
        "counted": _("late, counted") if receipt.late else _("counted"),
        "not counted": _("kept, not counted"),
        "refused": _("kept, could not be graded"),
    }[receipt.verdict]
    rows = [
        (_("Received"), _("{when}, as number {number}", when=_clock(receipt), number=receipt.number)),
        (_("File"), receipt.notebook or ", ".join(f.path for f in receipt.files[:5]) or _("nothing")),
        (_("Size"), ngettext("{n} byte", "{n} bytes", receipt.size or sum(f.size for f in receipt.files))),
        ("SHA-256", receipt.sha256 or ", ".join(f.sha256 for f in receipt.files[:5] if f.sha256)),
        (_("Kept as"), verdict),
    ]
    return tuple((name, value[:400]) for name, value in rows if value)

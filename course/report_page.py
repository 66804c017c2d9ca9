"""The class report: one page for the teacher, and its tables as CSV files.

The page says in this order: what needs a person, the scores, how hard each task was and whether it tells students apart,
which misconceptions were met where, who took long or was stopped, what is alike, and the whole class in one table. It is one
file that loads and runs nothing; every table has headers, and no colour says what a number beside it does not.

What this file does not do: work anything out (`course.items`, `course.alike`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder import cards
from course import items as stats
from course.alike import CAUTION, KINDS, alike
from course.folder import Course
from course.render import render
from course.report import attention, rows, to_csv
from course.results import Result, Task
from course.tables import csv_text, write
from hlm_teach.locale import N_, _, ngettext

__all__ = ["page", "tables", "write_all"]

HOW = N_(
    "Difficulty is the mean share of the task's points, from 0 to 1: a high number is an easy task. Discrimination is the correlation "
    "of the points of the task with those of the other tasks together, with its 95 % interval by Fisher's z; below zero, who is "
    "good elsewhere does worse here, which is a reason to read the task again. Whose work could not be graded is left out; a task "
    "in which an answer waits to be marked has no figures yet."
)
STATUS = {
    "timeout": N_("stopped: it used up its time"),
    "memory": N_("stopped: it used up its memory"),
    "crashed": N_("its process ended"),
    "not run": N_("not run: the submission had used up its time"),
}


@dataclass(frozen=True)
class Cell:
    """One cell of a table: a text, a smaller one below it, and the class that its style goes by."""

    text: str
    below: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption and its headers."""

    caption: str
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    heading: str
    sentences: tuple[str, ...] = ()
    lists: tuple[tuple[str, list[str]], ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    bars: tuple[float, ...] = ()  # heights, from 0 to 1
    alt: str = ""


@dataclass(frozen=True)
class Page:
    """A page as the template gets it."""

    title: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]


def page(course: Course, ps: str, found: list[Result]) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    course, ps
        The course and the assignment.
    found
        The class (`course.report.results`).
    """
    sections = (
        _attention(course, ps, found),
        _scores(found),
        _items(found),
        _misconceptions(found),
        _time(found),
        _alike(found),
        _class(found),
    )
    view = Page(
        title=_("{ps}: {title} – class report", ps=ps, title=course.assignment(ps).title),
        summary=(_summary(found),),
        sections=sections,
    )
    return render("report", page=view)


def write_all(course: Course, ps: str, found: list[Result], folder: Path) -> list[Path]:
    """Write the page and the tables into a folder; return what was written."""
    files = {f"{ps}.html": page(course, ps, found)}
    files |= {f"{ps}-{name}.csv": text for name, text in tables(found).items()}
    for name, text in files.items():
        write(text, folder / name)
    return [folder / name for name in files]


def tables(found: list[Result]) -> dict[str, str]:
    """Return the report's tables as CSV, by name; their columns and words are English in every language."""
    students = [
        [
            r.student,
            r.points if r.is_graded and not r.refused and r.receipts else None,
            r.max_points,
            sum(t.outcome == "manual" for t in r.tasks),
            _standing(r),
            r.cpu_seconds,
        ]
        for r in found
    ]
    each = [
        [
            i.exercise.id,
            i.exercise.points,
            i.n,
            i.difficulty,
            i.discrimination,
            *(i.interval or (None, None)),
            i.why_not,
        ]
        for i in stats.items(found)
    ]
    known = [
        [name, exercise, n] for name, by in stats.misconceptions(found).items() for exercise, n in by.items()
    ]
    same = [[a.kind, a.task, "; ".join(a.students), a.what] for a in alike(found)]
    low_high = ("discrimination_low", "discrimination_high")
    return {
        "answers": to_csv(rows(found)),
        "students": csv_text(
            ("student", "points", "max_points", "waiting", "standing", "cpu_seconds"), students
        ),
        "tasks": csv_text(
            ("exercise", "max_points", "n", "difficulty", "discrimination", *low_high, "why_not"), each
        ),
        "misconceptions": csv_text(("misconception", "exercise", "students"), known),
        "alike": csv_text(("kind", "exercise", "students", "value"), same),
    }


def _standing(r: Result) -> str:
    """Return how a student's work stands: "nothing", "refused", "not graded", "late" or "in time"."""
    if not r.receipts:
        return "nothing"
    if r.counts is None:
        return "refused"
    if not r.is_graded:
        return "not graded"
    return "late" if r.counts.late else "in time"


# ---- the parts of the page --------------------------------------------------------------------------------------------


def _summary(found: Sequence[Result]) -> str:
    standing = [_standing(r) for r in found]
    return _(
        "{students} in the class: {in_time} handed in on time, {late} late; {refused} refused, {missing} handed in nothing, "
        "{not_graded} not graded yet.",
        students=len(found),
        in_time=standing.count("in time"),
        late=standing.count("late"),
        refused=standing.count("refused"),
        missing=standing.count("nothing"),
        not_graded=standing.count("not graded"),
    )


def _attention(course: Course, ps: str, found: list[Result]) -> Section:
    said = attention(course, ps, found)
    return Section(_("What needs a person"), () if said else (_("Nothing."),), tuple(said))


def _scores(found: list[Result]) -> Section:
    totals = stats.totals(found)
    if not totals.values:
        return Section(_("Scores"), (_("Nothing has been graded yet."),))
    least, low, middle, high, most = totals.quartiles
    said = [
        ngettext(
            "{n} student has from {least:g} to {most:g} of {of:g} points; the mean is {mean:.1f}.",
            "{n} students have from {least:g} to {most:g} of {of:g} points; the mean is {mean:.1f}, the median {middle:g}, "
            "and half of them lie between {low:g} and {high:g}.",
            len(totals.values),
            least=least, most=most, of=totals.most, mean=float(np.mean(totals.values)), middle=middle, low=low, high=high,
        )
    ]  # fmt: skip
    if totals.open:
        said.append(
            ngettext(
                "{n} of these sums can still rise, because an answer waits to be marked.",
                "{n} of these sums can still rise, because an answer waits to be marked.",
                totals.open,
            )
        )
    tallest = max(n for _low, _high, n in totals.bins)
    last = totals.bins[-1][1]
    rows = tuple((Cell(_interval(a, b, last)), Cell(str(n), kind="number")) for a, b, n in totals.bins)
    heads = (Cell(_("points")), Cell(_("students"), kind="number"))
    alt = _(
        "A bar for each tenth of the points; the tallest stands for {n} students. The table has the numbers.",
        n=tallest,
    )
    bars = tuple(n / tallest for _low, _high, n in totals.bins)
    return Section(
        _("Scores"),
        tuple(said),
        tables=(Table(_("How many students have how many points"), heads, rows),),
        bars=bars,
        alt=alt,
    )


def _interval(low: float, high: float, last: float) -> str:
    if high == last:
        return _("{low:g} to {high:g}", low=low, high=high)
    return _("{low:g} to under {high:g}", low=low, high=high)


def _items(found: list[Result]) -> Section:
    heads = [
        _("task"),
        _("points"),
        _("students"),
        _("difficulty"),
        _("discrimination"),
        *map(_outcome, _OUTCOMES),
    ]
    made = []
    for item in stats.items(found):
        r = item.why_not if item.discrimination is None else f"{item.discrimination:.2f}"
        interval = (
            _("{low:.2f} to {high:.2f}", low=item.interval[0], high=item.interval[1]) if item.interval else ""
        )
        made.append(
            (
                Cell(_(item.exercise.title), item.exercise.id),
                Cell(f"{item.exercise.points:g}", kind="number"),
                Cell(str(item.n), kind="number"),
                Cell("–" if item.difficulty is None else f"{item.difficulty:.2f}", kind="number"),
                Cell(r, interval, kind="number"),
                *(Cell(str(item.outcomes.get(o, 0)), kind="number") for o in _OUTCOMES),
            )
        )
    return Section(
        _("Tasks"),
        tables=(Table(_("Difficulty and discrimination"), _heads(heads), tuple(made)),) if made else (),
        notes=(_(HOW),),
    )


_OUTCOMES = ("correct", "partly", "not yet", "not attempted", "manual")


def _outcome(outcome: str) -> str:
    shape, word = cards.OUTCOMES[outcome]
    return f"{shape} {_(word)}"


def _heads(words: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(Cell(word, kind="number" if n else "") for n, word in enumerate(words))


def _misconceptions(found: list[Result]) -> Section:
    counts = stats.misconceptions(found)
    if not counts:
        return Section(_("Misconceptions"), (_("None was recognised."),))
    exercises = [t.exercise for t in found[0].tasks]
    met = [e for e in exercises if any(e.id in by for by in counts.values())]
    most = max(n for by in counts.values() for n in by.values())
    made = tuple(
        (
            Cell(name, stats.sentence_of(name, exercises)),
            *(_heat(by.get(e.id, 0), most) for e in met),
            Cell(str(sum(by.values())), kind="number"),
        )
        for name, by in counts.items()
    )
    heads = (
        Cell(_("misconception")),
        *(Cell(_(e.title), e.id) for e in met),
        Cell(_("together"), kind="number"),
    )
    return Section(
        _("Misconceptions"),
        (_("How many students showed which misconception in which task; the darker, the more."),),
        tables=(Table(_("Misconceptions by task"), heads, made),),
    )


def _heat(n: int, most: int) -> Cell:
    level = -(-4 * n // most)  # from 1 to 4, rounded up
    return Cell(str(n) if n else "·", kind=f"heat h{level}" if n else "heat")


def _time(found: list[Result]) -> Section:
    long, ended = stats.slow(found), stats.stopped(found)
    lists = []
    if long:
        said = [_("{student}: {seconds:.1f} s", student=r.student, seconds=r.cpu_seconds) for r in long]
        lists.append((_("took long"), said))
    if ended:
        said = [
            _("{student}, {task}: {how}", student=r.student, task=t.exercise.id, how=_(STATUS[how]))
            for r, t, how in ended
        ]
        lists.append((_("stopped or ended"), said))
    took = [r.cpu_seconds for r in found if r.cpu_seconds is not None]
    sentences = ()
    if took:
        sentences = (
            _(
                "Processor time of a submission: median {median:.2f} s, longest {longest:.2f} s, together {total:.0f} s. "
                "Listed is what took more than {times} times the median and more than {least:g} s.",
                median=float(np.median(took)), longest=max(took), total=sum(took), times=stats.SLOW_TIMES, least=stats.SLOW_SECONDS,
            ),
        )  # fmt: skip
    return Section(_("Processor time"), sentences, tuple(lists))


def _alike(found: list[Result]) -> Section:
    same = alike(found)
    notes = (_(CAUTION),)
    if not same:
        return Section(_("Answers that are alike"), (_("None were found."),), notes=notes)
    made = tuple(
        (Cell(_(KINDS[a.kind]), a.what), Cell(a.task or "–"), Cell(", ".join(a.students))) for a in same
    )
    heads = (Cell(_("what is alike")), Cell(_("task")), Cell(_("students")))
    caption = _("What is alike, the strongest first")
    return Section(_("Answers that are alike"), tables=(Table(caption, heads, made),), notes=notes)


def _class(found: list[Result]) -> Section:
    exercises = [t.exercise for t in found[0].tasks] if found else []
    heads = (
        Cell(_("student")),
        *(Cell(_(e.title), e.id) for e in exercises),
        Cell(_("total"), kind="number"),
        Cell(_("handed in")),
        Cell(_("processor seconds"), kind="number"),
    )
    words = {
        "nothing": _("nothing"),
        "refused": _("refused"),
        "not graded": _("not graded"),
        "late": _("late"),
        "in time": _("on time"),
    }
    made = tuple(
        (
            Cell(r.student),
            *(Cell(_task(t), t.misconception) for t in r.tasks),
            Cell(f"{r.points:g}", kind="number"),
            Cell(words[_standing(r)]),
            Cell("–" if r.cpu_seconds is None else f"{r.cpu_seconds:.2f}", kind="number"),
        )
        for r in found
    )
    return Section(
        _("The class"), tables=(Table(_("Points, outcome and misconception of every answer"), heads, made),)
    )


def _task(task: Task) -> str:
    if task.outcome == "not graded":
        return _("not graded")
    points = "" if task.outcome in ("manual", "refused") else f"{task.points:g} · "
    return points + _outcome(task.outcome)

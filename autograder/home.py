"""What a learner sees of their own record: `review` at the start of a lesson, `home` on the course's first page.

`review` names what is due for another look, so that a lesson begins with what an earlier one taught. `home` is the
table of lessons with what went right in each, what comes next, and how sure the learner was of the predictions.
Both are links and text: nothing runs, and the record never leaves the machine.

What this file does not do: decide what is due (`autograder.progress`) or what comes next (`autograder.shelf`).
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from autograder.shelf import Due, LessonState, calibration, due, lessons, next_task
from hlm_teach.locale import _, ngettext

__all__ = ["home", "home_html", "home_text", "next_text", "review", "welcome"]

MOST = 5  # due items that are named at once


def review(lesson: str) -> None:
    """Show what earlier lessons taught that is due for another look, and note that this lesson was opened.

    Parameters
    ----------
    lesson : str
        The number of this lesson, in quotes.

    Examples
    --------
    >>> review("02")
    Nothing from earlier lessons is due for another look.
    """
    from autograder.check import _display
    from autograder.progress import record_open

    record_open(lesson)
    found = due(before=lesson)
    if not found:
        nothing = _("Nothing from earlier lessons is due for another look.")
        return _display(nothing, f"<p>{escape(nothing)}</p>")
    head = _("Due for another look, before you begin:")
    lines = [_line(item) for item in found[:MOST]]
    items = "".join(f"<li>{_linked(item)}</li>" for item in found[:MOST])
    return _display(
        "\n".join([head, *(f"- {line}" for line in lines)]), f"<p>{escape(head)}</p><ul>{items}</ul>"
    )


def home() -> None:
    """Show the lessons, what went right in each, and what comes next."""
    from autograder.check import _display

    _display(home_text(), home_html())


def next_text() -> str:
    """Return what to do next, in a few lines: what is due, then the next open task."""
    states, lines = lessons(), []
    if not states:
        return _("There are no lessons here. Run this in the folder of the course.")
    for item in due()[:MOST]:
        lines.append(_("Due for another look: {what}", what=_line(item)))
    lines.append(_next_sentence(states))
    return "\n".join(lines)


def welcome() -> str:
    """Return the words above the table on the first page, as Markdown."""
    return _(
        "# Multilevel models\n\nChoose a lesson, or go on where the table says. What you do here stays on this machine. "
        "Run the cell below (*Shift* and *Enter*) to bring the table up to date."
    )


def home_text() -> str:
    """Return the course's first page as text."""
    states = lessons()
    rows = [f"{_mark(state)} {state.title} ({_progress(state)})" for state in states]
    return "\n".join([*rows, "", next_text()])


def home_html() -> str:
    """Return the course's first page as HTML without scripts."""
    states = lessons()
    if not states:
        return f"<p>{escape(next_text())}</p>"
    rows = "".join(
        f'<tr><td><a href="{quote(state.file)}">{escape(state.title)}</a></td>'
        f"<td>{_mark(state)} {escape(_progress(state))}</td></tr>"
        for state in states
    )
    head = f'<tr><th scope="col">{escape(_("Lesson"))}</th><th scope="col">{escape(_("Tasks"))}</th></tr>'
    parts = [f"<p><strong>{_next_linked(states)}</strong></p>"]
    if found := due():
        items = "".join(f"<li>{_linked(item)}</li>" for item in found[:MOST])
        parts.append(f"<p>{escape(_('Due for another look:'))}</p><ul>{items}</ul>")
    parts.append(f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>")
    if bets := calibration():
        lines = "".join(f"<li>{escape(_calibration_sentence(*row))}</li>" for row in bets)
        parts.append(f"<p>{escape(_('Your predictions:'))}</p><ul>{lines}</ul>")
    return "\n".join(parts)


# ---- sentences ------------------------------------------------------------------------------------------------------


def _mark(state: LessonState) -> str:
    return "●" if state.done else "◐" if state.begun else "○"


def _progress(state: LessonState) -> str:
    if not state.tasks:
        return _("read") if state.opened else _("not begun")
    n = len(state.tasks)
    if not state.begun:
        return ngettext("{n} task, not begun", "{n} tasks, not begun", n)
    return ngettext("{right} of {n} task right", "{right} of {n} tasks right", n, right=len(state.right))


def _calibration_sentence(sure: int, bets: int, right: int) -> str:
    return ngettext(
        "{sure} % sure: {right} of {n} prediction came true",
        "{sure} % sure: {right} of {n} predictions came true",
        bets,
        right=right,
        sure=sure,
    )


def _line(item: Due) -> str:
    if not item.file:
        return _(item.title)
    return _("{title} (lesson {lesson}, {file})", title=_(item.title), lesson=item.lesson, file=item.file)


def _linked(item: Due) -> str:
    title = escape(_(item.title))
    if not item.file:
        return title
    anchor = f"#{quote(item.section.replace(' ', '-'))}" if item.section else ""
    lesson = escape(_("lesson {lesson}", lesson=item.lesson))
    return f'<a href="{quote(item.file)}{anchor}">{title}</a> ({lesson})'


def _next_sentence(states: list[LessonState]) -> str:
    step = next_task(states)
    if step is None:
        return _("Every task of every lesson has gone right once. What is due again will be named here.")
    state, task = step
    facts = {"lesson": state.title, "file": state.file}
    if task is None:
        return _("Next: {lesson}, in {file}.", **facts)
    return _(
        "Next: {lesson}, in {file}. The task there: {task}.",
        task=_(task.title),
        **facts,
    )


def _next_linked(states: list[LessonState]) -> str:
    """Return the sentence with the file's name as a link."""
    sentence, step = escape(_next_sentence(states)), next_task(states)
    if step is None:
        return sentence
    file = escape(step[0].file)
    return sentence.replace(file, f'<a href="{quote(step[0].file)}">{file}</a>')

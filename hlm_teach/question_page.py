"""A page of questions in a notebook: stems, options by letter, and nothing else.

It is shown as HTML with a heading for each question, so that a screen reader can go from one to the next, and as plain text
where there is no HTML. Lines of a stem that begin with two spaces are printed output and keep their shape.

What this file does not do: hold questions, know what is right, or read answers.
"""

from __future__ import annotations

import re
import textwrap
from html import escape

import pandas as pd

from hlm_teach.locale import _

__all__ = ["QuestionPage", "question_page"]

STYLE = "<style>.hlm-q {max-width: 46em; line-height: 1.45; margin: 0 0 1.4em;} .hlm-q dl {margin: 0.3em 0 0 1em;} .hlm-q dt {float: left; clear: left; width: 1.6em; font-weight: bold;} .hlm-q dd {margin: 0 0 0.25em 1.8em;} .hlm-q h4 {margin: 0 0 0.2em;}</style>"


class QuestionPage:
    """One page, as a notebook shows it (``_repr_html_``) and as text (``str``)."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.questions = [
            (int(number), str(part.text.iloc[0]), list(zip(part.letter[1:], part.text[1:], strict=True)))
            for number, part in rows.groupby("number", sort=True)
        ]

    def _repr_html_(self) -> str:
        return STYLE + "\n".join(_question_html(*question) for question in self.questions)

    def __repr__(self) -> str:
        return "\n\n".join(_question_text(*question) for question in self.questions)


def question_page(questions: pd.DataFrame, page: int, student: str) -> QuestionPage | None:
    """Show one page of questions; without a name only the request for one, since the order depends on it.

    Parameters
    ----------
    questions : pandas.DataFrame
        Columns page, number, letter and text; of each question first the stem, whose letter is empty, then its options.
    page : int
        Which page, from 1.
    student : str
        The name that the questions were drawn for.

    Returns
    -------
    QuestionPage, or None where there is no name.

    Raises
    ------
    ValueError
        If there is no such page.

    Examples
    --------
    >>> rows = [(1, 7, "", "How many groups?"), (1, 7, "a", "two"), (1, 7, "b", "three")]
    >>> question_page(pd.DataFrame(rows, columns=["page", "number", "letter", "text"]), 1, "ana")
    7. How many groups?
       a  two
       b  three
    >>> question_page(pd.DataFrame(rows, columns=["page", "number", "letter", "text"]), 2, "ana")
    Traceback (most recent call last):
        ...
    ValueError: There is no page 2 of questions. The pages are: 1.
    """
    if not str(student).strip():
        print(_("Type your user name after STUDENT at the top first, then run the cells again."))
        return None
    rows = questions[questions["page"] == page]
    if rows.empty:
        pages = ", ".join(str(n) for n in sorted(questions["page"].unique()))
        raise ValueError(
            _("There is no page {page} of questions. The pages are: {pages}.", page=page, pages=pages)
        )
    return QuestionPage(rows)


def _question_text(number: int, stem: str, options: list[tuple[str, str]]) -> str:
    head = f"{number}. "
    lines = []
    for line in stem.split("\n"):
        indent = "    " if line.startswith("  ") else "  " if number < 10 else "   "
        lines.append(textwrap.fill(line.strip(), 96, initial_indent=indent, subsequent_indent=indent))
    said = head + "\n".join(lines).lstrip()
    for letter, text in options:
        said += "\n" + textwrap.fill(text, 96, initial_indent=f"   {letter}  ", subsequent_indent="      ")
    return said


def _question_html(number: int, stem: str, options: list[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(letter)}</dt><dd>{_prose(text)}</dd>" for letter, text in options)
    return (
        f'<section class="hlm-q"><h4>{escape(_("Question {number}", number=number))}</h4>'
        f"{_stem(stem)}<dl>{rows}</dl></section>"
    )


def _stem(stem: str) -> str:
    """Return the paragraphs of a stem; neighbouring lines of printed output become one block."""
    parts = re.split(r"((?:^  .*\n?)+)", stem, flags=re.MULTILINE)
    said = []
    for part in filter(str.strip, parts):
        if part.startswith("  "):
            said.append(f"<pre>{escape(textwrap.dedent(part).rstrip())}</pre>")
        else:
            said.append(f"<p>{_prose(part.strip())}</p>")
    return "".join(said)


def _prose(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text.replace(" %", "\N{NO-BREAK SPACE}%")))

"""Every number in a lesson's text is bound to a value that the lesson computes.

In the source a number stands as ``{{44.07 = complete.fixef["Intercept"] | .2f}}``: what the reader sees, an expression, a
format. The build writes ``44.07`` into the notebook; the verification runs the solved lesson, evaluates the expression in
its namespace *after the last cell*, and demands that ``format(value, spec)`` is the text. A minus sign may be typed as
``−``. So a changed digit, or a changed data set, stops the build.

A digit in the text that is not bound is an error too, except in code, links, years (1800–2099), numbers of lessons, list
marks, names such as ``lme4``, places in a book (chapter, section, page, table) in the section about books, and single
digits inside a formula. Small counts are written as words.

What this file does not do: run the lesson (`course.solved`).
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from course.source import Cell, Lesson

BINDING = re.compile(r"\{\{\s*([^{}=|]*?)\s*=(.+?)\}\}", re.DOTALL)
MATH = re.compile(r"\$\$.+?\$\$|\$[^$]+?\$", re.DOTALL)
NUMBER = re.compile(r"(?<![A-Za-z_\d])\d+(?:[.,]\d+)*")
HEADING = re.compile(r"^#{1,6} +(.*)$", re.MULTILINE)

CODE = (
    re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE),
    re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL),
)
NO_PROSE = (
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"</?[A-Za-z][^>]*>|<https?:[^>]*>"),
    re.compile(r"!?\[[^\]]*\]\([^)]*\)|^\[[^\]]+\]:.*$", re.MULTILINE),
    re.compile(r"https?://\S+"),
    re.compile(r"\\\$"),
)
LIST_ITEM = re.compile(r"\s*(?:>\s*)*(\d{1,2})[.)]\s")
ALLOWED = (
    re.compile(r"^#+ +\d{1,2}\.\s", re.MULTILINE),
    re.compile(r"\blessons?\s+\d\d(?:(?:,\s*|,?\s+(?:and|or|to)\s+|\s*[–-]\s*)\d\d)*\b", re.IGNORECASE),
    re.compile(r"(?<![\d.,])(?:1[89]|20)\d\d(?:s\b)?(?![.,]?\d)"),
)
_NUMBERED = r"[A-Z]?\d+(?:\.\d+)*[a-z]?"
PLACE = re.compile(
    r"(?:\b(?:chapters?|ch\.|sections?|sec\.|pages?|pp?\.|tables?|figures?|fig\.|equations?|eq\.|examples?|parts?|volumes?|vol\.)"
    rf"|§+)\s*{_NUMBERED}(?:(?:\s*[–-]\s*|,?\s+(?:and|or|to)\s+)(?:pp?\.\s*|§\s*)?{_NUMBERED}"
    # after a comma, a number that counts something ("chapter 12, 85 counties") is no place
    rf"|\s*,\s*(?:pp?\.\s*|§\s*)?{_NUMBERED}(?![\d.]*\d)(?!\s+(?!(?:and|or|to|of|in|on)\b)[A-Za-z]))*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Binding:
    """A number in the text: what the reader sees, the expression behind it, and the format that ties them."""

    text: str
    expression: str
    spec: str

    @property
    def key(self) -> tuple[str, str]:
        """What has to be computed to judge this binding."""
        return self.expression, self.spec

    def agrees(self, computed: str) -> bool:
        """Return whether the text is what was computed; ``−`` and ``-`` are the same sign.

        Examples
        --------
        >>> Binding("−0.61", "slope", ".2f").agrees("-0.61")
        True
        """
        return self.text.replace("\N{MINUS SIGN}", "-") == computed.replace("\N{MINUS SIGN}", "-")


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    """Overwrite what matches by spaces, so that nothing else moves."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def bindings(text: str) -> list[Binding]:
    """Return the bindings of a text, in order; what stands in code is not one.

    Examples
    --------
    >>> bindings('A slope of {{3.57 = complete.fixef["homework"] | .2f}} points.')
    [Binding(text='3.57', expression='complete.fixef["homework"]', spec='.2f')]
    """
    return [_parse(found) for found in BINDING.finditer(_without_code(text))]


def _without_code(text: str) -> str:
    for pattern in CODE:
        # a backtick inside a binding belongs to its expression
        text = pattern.sub(
            lambda found: found[0] if "{{" in found[0] and "}}" in found[0] else " " * len(found[0]), text
        )
    return text


def _parse(found: re.Match[str]) -> Binding:
    expression, bar, spec = found[2].rpartition("|")
    if not bar:
        expression, spec = found[2], "?"
    return Binding(found[1], " ".join(expression.split()), spec.strip())


def fill(text: str) -> str:
    """Return the text as the reader sees it: each binding replaced by its own text.

    Examples
    --------
    >>> fill("$\\\\tau$ is {{0.31 = fit.tau | .2f}}.")
    '$\\\\tau$ is 0.31.'
    """
    return BINDING.sub(lambda found: found[1], text)


def unbound(text: str, in_books: bool = False) -> list[str]:
    """Return the numbers of a text that nothing holds in place.

    Parameters
    ----------
    text
        Markdown.
    in_books
        Whether the text tells where to read on, so that it may name chapters, sections and pages.

    Examples
    --------
    >>> unbound("In 1979 `n = 919` houses, see lesson 02; $y_{1} + 2$.")
    []
    >>> unbound("There are 919 houses; $\\\\tau = 0.31$.")
    ['919', '0.31']
    """
    return [number for _, number in _unbound(text, in_books)]


def _unbound(text: str, in_books: bool) -> list[tuple[int, str]]:
    text = _blank(text, BINDING)
    for pattern in (*CODE, *NO_PROSE):
        text = _blank(text, pattern)
    found = [
        (m.start() + n.start(), n[0])
        for m in MATH.finditer(text)
        for n in NUMBER.finditer(m[0])
        if len(n[0]) > 1
    ]
    text = _without_list_marks(_blank(text, MATH))
    for pattern in (*ALLOWED, *((PLACE,) if in_books else ())):
        text = _blank(text, pattern)
    found += [(n.start(), n[0]) for n in NUMBER.finditer(text)]
    return sorted(found)


def _without_list_marks(text: str) -> str:
    """Blank the numbers that number a list: they follow an empty line, a list item, or are a 1."""
    lines, in_list, after_blank = text.split("\n"), False, True
    for i, line in enumerate(lines):
        mark = LIST_ITEM.match(line)
        if mark and (in_list or after_blank or mark[1] == "1"):
            lines[i], in_list = " " * mark.end() + line[mark.end() :], True
        elif after_blank and line.strip() and not line.startswith(" "):
            in_list = False
        after_blank = not line.strip()
    return "\n".join(lines)


def parts(lesson: Lesson) -> Iterator[tuple[Cell, str, bool]]:
    """Yield each markdown cell's text between headings, and whether it is about books."""
    in_books = False
    for cell in lesson.cells:
        if cell.kind != "markdown":
            continue
        start = 0
        for heading in HEADING.finditer(cell.source):
            yield cell, cell.source[start : heading.start()], in_books
            start, in_books = heading.start(), "book" in heading[1].lower()
        yield cell, cell.source[start:], in_books or bool({"books", "takeaway"} & set(cell.tags))


def form_problems(lesson: Lesson) -> list[str]:
    """Return what is wrong with the numbers of a lesson as far as it can be seen without running it."""
    found = []
    for cell, text, in_books in parts(lesson):
        where = f"{lesson.path.name}: cell “{cell.first_line}”"
        for place, number in _unbound(text, in_books):
            around = " ".join(text[max(0, place - 25) : place + len(number) + 20].split())
            found.append(
                f"{where}: the number {number} in “…{around}…” is not bound. Write {{{{{number} = expression | format}}}}, "
                "or a small count as a word."
            )
        if "{{" in BINDING.sub("", _without_code(text)):
            found.append(
                f"{where}: '{{{{' opens no binding. Write {{{{text = expression | format}}}}, or put a space between."
            )
        found += [f"{where}: {problem}" for b in bindings(text) if (problem := _expression_problem(b))]
    return found


def _expression_problem(binding: Binding) -> str | None:
    shown = f"{{{{{binding.text} = {binding.expression} | {binding.spec}}}}}"
    if binding.spec == "?":
        return (
            f"{shown} has no format. Write {{{{{binding.text} = {binding.expression} | .2f}}}} or the like."
        )
    try:
        tree = ast.parse(binding.expression, mode="eval")
    except SyntaxError:
        return f"{shown}: {binding.expression!r} is not a Python expression."
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not names - set(dir(builtins)):
        return f"{shown} holds the number to itself. The expression must use a name that the lesson computes."
    return None


def value_problems(lesson: Lesson, computed: Mapping[tuple[str, str], str]) -> list[str]:
    """Return the bindings of a lesson whose text is not what the lesson computes.

    Parameters
    ----------
    lesson
        The lesson as it is written now.
    computed
        The formatted value for each `Binding.key`, from `course.solved.run`; a value that starts with ``!`` is the error
        that came instead.
    """
    found = []
    for cell, text, _ in parts(lesson):
        for b in bindings(text):
            got = computed.get(b.key, "!it was not computed")
            where = f"{lesson.path.name}: cell “{cell.first_line}”"
            if got.startswith("!"):
                found.append(
                    f"{where}: {{{{{b.text} = {b.expression} | {b.spec}}}}} cannot be checked: {got[1:]}"
                )
            elif not b.agrees(got):
                found.append(
                    f"{where}: the text says {b.text}, the lesson computes {got}. "
                    f"Write {{{{{got} = {b.expression} | {b.spec}}}}}, and read the sentence again."
                )
    return found

"""Read lme4's formula language: response, fixed part, varying terms and their groups.

    math ~ homework + (1 + homework | school)
    ─┬──   ───┬────    ─────┬──────   ──┬───
    response  fixed    what varies    over which groups

Everything left of a bar is an ordinary formula and goes to *formulaic*; this file only finds the bars. Known forms:
``(1 | g)``, ``(x | g)`` = ``(1 + x | g)``, ``(0 + x | g)``, ``(x || g)`` = ``(1 | g) + (0 + x | g)``, ``(1 | a:b)`` and
``(1 | a/b)`` = ``(1 | a) + (1 | a:b)``. R's ``I(x^2)`` and Python's ``I(x**2)`` both work.

What this file does not do: look at data (`hlm_teach.frame`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hlm_teach.locale import _

__all__ = ["Bar", "Parsed", "parse"]


@dataclass(frozen=True)
class Bar:
    """One varying term as written: ``inside`` (an ordinary formula) varies over ``factor``."""

    inside: str
    factor: str


@dataclass(frozen=True)
class Parsed:
    """A formula taken apart: ``response ~ fixed + bars``."""

    response: str
    fixed: str
    bars: tuple[Bar, ...]


@lru_cache(maxsize=256)
def parse(formula: str) -> Parsed:
    """Take a formula apart at its bars.

    Parameters
    ----------
    formula : str
        In lme4's syntax, with at least one bar in parentheses.

    Returns
    -------
    Parsed
        response, fixed part, and one `Bar` per independent varying term.

    Raises
    ------
    ValueError
        Where the formula has no ``~``, no bar, a bar without parentheses, or two bars in one term.

    References
    ----------
    Bates, D., Mächler, M., Bolker, B. & Walker, S. (2015), "Fitting linear mixed-effects models using lme4",
    *Journal of Statistical Software* 67(1), §2.1.

    Examples
    --------
    >>> parse("Reaction ~ Days + (Days || Subject)")
    Parsed(response='Reaction', fixed='Days', bars=(Bar(inside='1', factor='Subject'),
        Bar(inside='0 + Days', factor='Subject')))
    >>> parse("y ~ x + (1 | x | g)")
    Traceback (most recent call last):
    ...
    ValueError: (1 | x | g) has two bars. One bar stands between what varies and the groups it varies over: ...
    """
    sides = formula.split("~")
    if len(sides) != 2 or not sides[0].strip():
        raise ValueError(
            _(
                "A formula must read response ~ predictors + (what varies | groups), but it is {formula!r}.",
                formula=formula,
            )
        )
    response, right = (_from_r(side.strip()) for side in sides)
    fixed, inner = _take_out_bars(right, formula)
    if not inner:
        raise ValueError(
            _(
                "{formula!r} has no varying term. Add one in parentheses, for instance (1 | school) for an intercept "
                "that varies by school; without one, statsmodels' ols fits this formula.",
                formula=formula,
            )
        )
    bars = tuple(bar for text in inner for bar in _read_bar(text))
    return Parsed(response, fixed or "1", bars)


def _from_r(text: str) -> str:
    """R's power ^ becomes Python's **, its factor(…) formulaic's C(…), except inside quoted names; no offset(…)."""
    if re.search(r"\boffset\s*\(", text):
        raise ValueError(
            _(
                "A formula here cannot hold offset(…), but {text!r} does. Subtract the known part from the response "
                "instead: I(y - known) ~ ….",
                text=text,
            )
        )
    text = re.sub(r"(`[^`]*`)|\^", lambda m: m.group(1) or "**", text)
    return re.sub(r"(`[^`]*`)|\b(?:as\.)?factor\s*\(", lambda m: m.group(1) or "C(", text)


def _take_out_bars(right: str, formula: str) -> tuple[str, list[str]]:
    """Return the right side without its ``( … | … )`` terms, and the insides of those terms."""
    kept, inner, start = "", [], 0
    for begin, end in _outer_parentheses(right, formula):
        inside = right[begin + 1 : end]
        is_call = begin > 0 and (right[begin - 1].isalnum() or right[begin - 1] in "_.")
        if is_call or "|" not in inside:
            continue
        before, after = (kept + right[start:begin]).rstrip(), right[end + 1 :].lstrip()
        if (before and before[-1] != "+") or (after and after[0] not in "+-"):
            raise ValueError(
                _(
                    "({inside}) must be added with +, but it is joined otherwise in {formula!r}.",
                    inside=inside,
                    formula=formula,
                )
            )
        inner.append(inside)
        kept, start = before[:-1].rstrip(), end + 1
        if not kept and after[:1] == "+":
            start = end + 1 + right[end + 1 :].index("+") + 1
    kept = (kept + right[start:]).strip()
    if "|" in kept:
        raise ValueError(
            _("A varying term needs parentheses, as in (1 | school), but {formula!r} has a bar outside them.",
              formula=formula)
        )  # fmt: skip
    return kept, inner


def _outer_parentheses(text: str, formula: str) -> list[tuple[int, int]]:
    pairs, depth, begin = [], 0, 0
    for i, char in enumerate(text):
        if char == "(":
            depth, begin = depth + 1, begin if depth else i
        elif char == ")":
            depth -= 1
            if depth == 0:
                pairs.append((begin, i))
        if depth < 0:
            break
    if depth:
        raise ValueError(_("The parentheses in {formula!r} do not pair up.", formula=formula))
    return pairs


def _read_bar(text: str) -> list[Bar]:
    """Read the inside of one varying term; ``||`` and ``a/b`` give several."""
    independent = "||" in text
    parts = [part.strip() for part in re.split(r"\|\|?", text)]
    if len(parts) > 2:
        *what, group = [part for part in parts if part]
        raise ValueError(
            _(
                "({text}) has two bars. One bar stands between what varies and the groups it varies over: "
                "write ({what} | {group}) if all of it varies by {group}, or ({what} || {group}) if the coefficients "
                "vary independently.",
                text=text.strip(),
                what=" + ".join(what),
                group=group,
            )
        )
    inside, group = parts
    if not inside or not group:
        raise ValueError(
            _(
                "({text}) must say what varies and over which groups, as in (1 + x | school).",
                text=text.strip(),
            )
        )
    insides = _separate(inside) if independent else [inside]
    return [Bar(one, factor) for factor in _factors(group) for one in insides]


def _separate(inside: str) -> list[str]:
    """1 + a + b → 1, 0 + a, 0 + b: one independent term each."""
    from formulaic import Formula

    terms = [str(term) for term in Formula(inside)]
    return [term if term == "1" else f"0 + {term}" for term in terms]


def _factors(group: str) -> list[str]:
    """a/b → a, a:b; C(…), and so R's factor(…), is taken off."""
    group = re.sub(r"^C\((.*)\)$", r"\1", group.replace(" ", ""))
    names = group.split("/")
    return [":".join(names[: i + 1]) for i in range(len(names))]

"""A small language of models: what the model translator reads, keeps and writes.

A model is two lists: the terms of the fixed part, and for each grouping factor its blocks of varying columns. A term or column
is a tuple of predictors, ``()`` for the intercept; the columns of one block are correlated, different blocks are independent.

    math ~ 1 + homework + (1 + homework | school)      fixed ((), ("homework",)), varying {"school": (((), ("homework",)),)}

Every refusal has a key, so that the browser explains the same mistake in the same words. ``model_translator_maths.js`` is the twin.

What this file does not do: read functions such as ``log(x)`` (`hlm_teach.formula` does), or look at data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

__all__ = ["MOST", "NAME", "Model", "Unreadable", "constant", "parts", "read", "toggle", "write"]

Term = tuple[str, ...]
MOST = 3  # columns in a block, and factors in a model
NAME = re.compile(r"[^\W\d][\w.]*")


class Unreadable(ValueError):
    """A formula that cannot be read: the key of the message that says why, and its values."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key, self.values = f"bad_{key}", values


@dataclass(frozen=True)
class Model:
    """A model: ``fixed`` terms, and for each factor the ``varying`` blocks of columns."""

    fixed: tuple[Term, ...]
    varying: tuple[tuple[str, tuple[tuple[Term, ...], ...]], ...]

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Fixed effects, SDs, correlations, and all parameters with σ."""
        blocks = [block for _factor, found in self.varying for block in found]
        sds, cors = sum(map(len, blocks)), sum(len(block) * (len(block) - 1) // 2 for block in blocks)
        return len(self.fixed), sds, cors, len(self.fixed) + sds + cors + 1


def read(formula: str, known: Mapping[str, Any]) -> Model:
    """Read a formula about known columns.

    Parameters
    ----------
    formula : str
        In lme4's syntax: names, ``1``, ``0``, ``a:b``, ``a*b`` and ``(what varies | groups)``.
    known : mapping
        ``y``, the response; ``predictors``, name → the factors in whose groups it is constant; ``factors``, names.

    Raises
    ------
    Unreadable
        With the key of the message that explains it.

    Examples
    --------
    >>> known = {"y": "math", "predictors": {"homework": [], "public": ["school"]}, "factors": ["school"]}
    >>> model = read("math ~ homework * public + (homework || school)", known)
    >>> model.fixed
    ((), ('homework',), ('public',), ('homework', 'public'))
    >>> model.counts
    (4, 2, 0, 7)
    >>> read("math ~ homework + (1 | homework | school)", known)
    Traceback (most recent call last):
    ...
    hlm_teach.widgets.model_translator_formula.Unreadable: two_bars
    """
    sides = [side.strip() for side in formula.split("~")]
    if len(sides) != 2:
        raise Unreadable("tilde", formula=formula.strip(), y=known["y"])
    if sides[0] != known["y"]:
        raise Unreadable("response", found=sides[0] or "…", y=known["y"])
    bars, plain = [], []
    for sign, text in _split(sides[1]):
        if sign == "+" and text.startswith("(") and text.endswith(")") and "|" in text:
            bars.append(text[1:-1])
        elif "|" in text:
            raise Unreadable("outside", text=text)
        else:
            plain.append((sign, text))
    fixed = _terms(plain, known)
    varying: dict[str, list] = {}
    for text in bars:
        for factor, blocks in _bar(text, known):
            mine = varying.setdefault(factor, [])
            for block in blocks:
                _check(block, mine, factor, known)
                mine.append(block)
    if not varying:
        raise Unreadable("no_bar", group=known["factors"][0])
    if len(varying) > MOST:
        raise Unreadable("many", most=str(MOST))
    return Model(fixed, tuple((factor, tuple(blocks)) for factor, blocks in varying.items()))


def write(model: Model, y: str) -> str:
    """Write a model as a formula, always in the same way.

    >>> write(Model(((), ("x",)), (("g", (((),), (("x",),))),)), "y")
    'y ~ 1 + x + (1 + x || g)'
    """
    bars = []
    for factor, blocks in model.varying:
        if len(blocks) > 1 and all(len(block) == 1 for block in blocks) and () in blocks[0]:
            bars.append(f"({_sum([block[0] for block in blocks])} || {factor})")
        else:
            bars += [f"({_sum(block)} | {factor})" for block in blocks]
    return f"{y} ~ " + " + ".join([_sum(model.fixed), *bars])


def parts(known: Mapping[str, Any]) -> list[list]:
    """Return what can be ticked in a model: ["fixed", term], ["varying", factor, column] and ["together", factor]."""
    predictors, factors = known["predictors"], known["factors"]
    names = list(predictors)
    found: list[list] = [["fixed", [name]] for name in names]
    found += [["fixed", [a, b]] for a, b in combinations(names, 2) if predictors[a] != predictors[b]]
    for factor in factors:
        free = [name for name in names if not constant(predictors[name], factor)]
        found += [["varying", factor, column] for column in [[], *([name] for name in free)]]
        found += [["together", factor]] if free else []
    return found


def toggle(model: Model, part: list) -> Model:
    """Return the model with one part added, or taken away where it has it."""
    if part[0] == "fixed":
        term = tuple(part[1])
        rest = tuple(other for other in model.fixed if set(other) != set(term))
        grown = sorted([*model.fixed, term], key=len)
        return Model(tuple(grown) if rest == model.fixed else rest, model.varying)
    factor, blocks = part[1], dict(model.varying).get(part[1], ())
    if part[0] == "together":
        columns = [column for block in blocks for column in block]
        blocks = (tuple(columns),) if len(blocks) > 1 else tuple((column,) for column in columns)
    else:
        column = tuple(part[2])
        if any(column in block for block in blocks):
            blocks = tuple(tuple(c for c in block if c != column) for block in blocks)
            blocks = tuple(block for block in blocks if block)
        elif len(blocks) == 1:
            blocks = (tuple(sorted([*blocks[0], column], key=bool)),)
        else:
            blocks = tuple(sorted([*blocks, (column,)], key=lambda block: bool(block[0])))
    varying = dict(model.varying) | {factor: blocks}
    return Model(model.fixed, tuple((name, found) for name, found in varying.items() if found))


def _sum(terms) -> str:
    names = [":".join(term) for term in terms if term]
    return " + ".join(["1" if () in terms else "0", *names])


def _split(text: str) -> list[tuple[str, str]]:
    """Cut a sum at its outer signs."""
    found, sign, begin, depth = [], "+", 0, 0
    for i, char in enumerate(text + "+"):
        depth += (char == "(") - (char == ")")
        if depth < 0 or (depth and i == len(text)):
            raise Unreadable("pairs", text=text)
        if depth == 0 and char in "+-":
            found.append((sign, text[begin:i].strip()))
            sign, begin = char, i + 1
    if any(not term for _sign, term in found[1:]) or not found[-1][1]:
        raise Unreadable("empty", text=text)
    return found if found[0][1] else found[1:]


def _terms(signed: list[tuple[str, str]], known: Mapping[str, Any]) -> tuple[Term, ...]:
    """Return the terms of a sum, each once: the intercept, then by the number of their predictors."""
    found: list[Term] = []
    intercept = True
    for sign, text in signed:
        if text in ("0", "1"):
            intercept = (sign == "+") == (text == "1")
        elif sign == "-":
            raise Unreadable("minus", text=text)
        else:
            found += [term for term in _product(text, known) if all(set(term) != set(old) for old in found)]
    return tuple(sorted(([()] if intercept else []) + found, key=len))


def _product(text: str, known: Mapping[str, Any]) -> list[Term]:
    """a*b → a, b, a:b."""
    pieces = [[name.strip() for name in piece.split(":")] for piece in text.split("*")]
    order = list(known["predictors"])
    for name in (name for piece in pieces for name in piece):
        if name in known["factors"]:
            raise Unreadable("factor", name=name)
        if not NAME.fullmatch(name):
            raise Unreadable("term", text=text)
        if name not in order:
            raise Unreadable("name", name=name, names=", ".join(order))
    found: list[Term] = []
    for size in range(1, len(pieces) + 1):
        for chosen in combinations(pieces, size):
            term = tuple(sorted({name for piece in chosen for name in piece}, key=order.index))
            found += [term] if term not in found else []
    return found


def _bar(text: str, known: Mapping[str, Any]) -> list[tuple[str, tuple]]:
    """Read the inside of one varying term: its factors, each with its blocks."""
    sides = [side.strip() for side in re.split(r"\|\|?", text)]
    if len(sides) > 2:
        what = " + ".join(side for side in sides[:-1] if side)
        raise Unreadable("two_bars", text=text.strip(), what=what, group=sides[-1])
    if not all(sides):
        raise Unreadable("half", text=text.strip(), group=known["factors"][0])
    columns = _terms(_split(sides[0]), known)
    if any(len(column) > 1 for column in columns):
        raise Unreadable("product", text=sides[0])
    if not columns:
        raise Unreadable("half", text=text.strip(), group=known["factors"][0])
    names = [name.strip() for name in sides[1].split("/")]
    factors = [":".join(names[: i + 1]).replace(" ", "") for i in range(len(names))]
    for factor in factors:
        if any(name not in known["factors"] and factor not in known["factors"] for name in factor.split(":")):
            raise Unreadable("group", name=sides[1], names=", ".join(known["factors"]))
    blocks = tuple((column,) for column in columns) if "||" in text else (columns,)
    return [(factor, blocks) for factor in factors]


def _check(block: tuple, before: list, factor: str, known: Mapping[str, Any]) -> None:
    """Refuse a block that is too large, holds a column twice, or one that cannot vary over the factor."""
    if len(block) > MOST:
        raise Unreadable("many", most=str(MOST))
    for column in block:
        name = column[0] if column else "1"
        if any(column in old for old in before):
            raise Unreadable("twice", name=name, group=factor)
        if column and constant(known["predictors"][name], factor):
            raise Unreadable("constant", name=name, group=factor)


def constant(levels: list[str], factor: str) -> bool:
    """Return whether a predictor that is constant in the groups of ``levels`` is so in those of a factor.

    >>> constant(["school"], "school:class"), constant([], "school")
    (True, False)
    """
    return any(set(level.split(":")) <= set(factor.split(":")) for level in levels)

"""The concept inventory: forty questions, one for each common misconception, asked before the course and after it.

The idea: every wrong option is what somebody with a certain belief would answer, so a class's answers say which beliefs are
about. 36 items belong to the misconceptions of the curriculum (M1 to M36), four to others (X1 to X4). No item needs code, and
what can be said without the course's own notation is.

A *form* is the inventory as one person sees it: the items and the options of each in an order of their own, drawn from the
test and the name. Letters therefore mean something only together with the form. Last stands ``x``, "I do not know yet".

What this file does not do: decide about answers (`autograder.choices`), or count anything (`course.inventory_stats`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from autograder.inventory import clustering, components, levels, practice, shrinkage
from autograder.inventory.item import Item, Wrong
from autograder.student_data import seeded
from hlm_teach.locale import N_, _

__all__ = [
    "DO_NOT_KNOW",
    "ITEMS",
    "PAGES",
    "PER_PAGE",
    "TESTS",
    "Form",
    "Item",
    "Wrong",
    "form",
    "letter_of",
    "questions",
]

ITEMS: Mapping[str, Item] = MappingProxyType(
    {item.id: item for part in (clustering, shrinkage, components, levels, practice) for item in part.ITEMS}
)
TESTS = ("pretest", "posttest")
PER_PAGE = 10
PAGES = len(ITEMS) // PER_PAGE
LETTERS = "abcd"
DO_NOT_KNOW = "x"
LOOK_ALIKE = str.maketrans("\u0430\u0441\u0445", "acx")  # а, с, х of a Cyrillic keyboard
NOT_YET = N_("I do not know yet.")

Form = Mapping[int, tuple[str, Mapping[str, str]]]  # number → (item, {letter: option})


@lru_cache(maxsize=4096)
def form(test: str, student: str) -> Form:
    """Return which item has which number, and which option which letter, for one person.

    Parameters
    ----------
    test : str
        ``"pretest"`` or ``"posttest"``.
    student : str
        The name as it was typed.

    Examples
    --------
    >>> form("pretest", "ana") == form("pretest", " ana "), form("pretest", "ana") == form("posttest", "ana")
    (True, False)
    """
    return _draw(seeded(test, unicodedata.normalize("NFC", student).strip()))


def _draw(rng: np.random.Generator) -> Form:
    found = {}
    for number, id_ in enumerate(_shuffled(list(ITEMS), rng), start=1):
        options = _shuffled(list(ITEMS[id_].options), rng)
        found[number] = (id_, MappingProxyType(dict(zip(LETTERS, options, strict=False))))
    return MappingProxyType(found)


def _shuffled(names: list[str], rng: np.random.Generator) -> list[str]:
    """Return names in the order of as many uniform numbers, so that it does not rest on how a version of NumPy shuffles."""
    return [names[k] for k in np.argsort(rng.random(len(names)))]


def questions(rng: np.random.Generator) -> pd.DataFrame:
    """Return one person's form as a table to be shown: page, number, letter and text; the stem has no letter.

    Nothing in it says which item or which option it is. `rng` is what `autograder.student_data.assignment_data` draws with.
    """
    rows = []
    for number, (id_, options) in _draw(rng).items():
        page, texts = (number - 1) // PER_PAGE + 1, ITEMS[id_].options
        rows.append((page, number, "", _(ITEMS[id_].stem)))
        rows += [(page, number, letter, _(texts[name])) for letter, name in options.items()]
        rows.append((page, number, DO_NOT_KNOW, _(NOT_YET)))
    return pd.DataFrame(rows, columns=["page", "number", "letter", "text"])


def letter_of(given: object) -> str | None:
    """Return the letter that was meant: ``""`` for none, and None for what cannot be read as one.

    Case, spaces, brackets, quotation marks, full-width letters and Cyrillic ones that look the same do not matter.

    Examples
    --------
    >>> [letter_of(given) for given in ("B", " (b) ", "b.", "Ｂ", ["b"], "\N{CYRILLIC SMALL LETTER ES}", "", None, ...)]
    ['b', 'b', 'b', 'b', 'b', 'c', '', '', '']
    >>> [letter_of(given) for given in ("ab", "a, b", 2, "e")]
    [None, None, None, None]
    """
    if isinstance(given, (list, tuple)) and len(given) == 1:
        given = given[0]
    if given is None or given is ...:
        return ""
    if not isinstance(given, str):
        return None
    bare = re.sub(r"[\s()\[\]{}.,:;'\"“”‘’`]", "", unicodedata.normalize("NFKC", given)).casefold()
    bare = bare.translate(LOOK_ALIKE)
    if not bare or set(bare) <= set("_-–—"):
        return ""
    return bare if len(bare) == 1 and bare in LETTERS + DO_NOT_KNOW else None

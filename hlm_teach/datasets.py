"""Load the course's data sets, and the card that says where each comes from.

The idea: a set is a CSV file and a card (TOML) beside it. The card names the source, the licence, the unit
of every column, what was changed and what to beware of; :func:`load` takes each column's type from it.
Everything is read from the installed package, so a lesson runs without a network.

Types: ``number`` becomes float64, ``integer`` int64, ``string`` str (every identifier: subject 308 is a
name, not a quantity), ``category`` a Categorical whose categories stand in the card's order, so that the
first one is the reference level of a regression.

What this file does not do: make the files. That is ``data-build/`` in the repository.
"""

from __future__ import annotations

import gzip
import io
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

import pandas as pd

from hlm_teach.data_card import Card, Column, read_card
from hlm_teach.locale import _

__all__ = ["Card", "Column", "card", "datasets", "load"]


def load(name: str) -> pd.DataFrame:
    """Load a data set by its name.

    One row per observation, types as the set's card states them.

    Parameters
    ----------
    name : str
        One of the names in :func:`datasets`.

    Returns
    -------
    DataFrame
        A fresh one on every call: what you do to it harms nobody.

    Raises
    ------
    ValueError
        If there is no such set; the message lists the names.

    Notes
    -----
    Numbers are read so that each is exactly the double of the source.
    Identifiers are text: ``data["Subject"] == "308"``.

    References
    ----------
    Those of each set are on its card: ``card(name).citation``.

    Examples
    --------
    >>> load("sleepstudy").head(2)
       Reaction  Days Subject
    0  249.5600     0     308
    1  258.7047     1     308
    >>> load("hsb")["sector"].cat.categories.tolist()
    ['Public', 'Catholic']
    >>> load("radom")
    Traceback (most recent call last):
    ...
    ValueError: There is no data set 'radom'. Did you mean 'radon'? The data sets are: baseball, ...
    """
    about = card(name)
    folder = files("hlm_teach") / "data"
    plain, packed = folder / f"{name}.csv", folder / f"{name}.csv.gz"
    text = plain.read_bytes() if plain.is_file() else gzip.decompress(packed.read_bytes())
    frame = pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False)
    return frame.assign(**{column.name: _typed(frame[column.name], column) for column in about.columns})


def _typed(text: pd.Series, column: Column):
    """Return a column of text as the type that its card states; an empty cell of a number is missing."""
    if column.type == "number":  # Python's float(), because not every version of pandas rounds correctly
        return [float(cell or "nan") for cell in text]
    if column.type == "integer":
        return text.astype("int64")
    if column.type == "category":
        return pd.Categorical(text, categories=list(column.categories))
    return text


def card(name: str) -> Card:
    """Return the card of a data set.

    Source, licence, units, changes and caveats of one set.

    Parameters
    ----------
    name : str
        One of the names in :func:`datasets`.

    Returns
    -------
    Card
        A frozen record, shown as tables in a notebook.

    Raises
    ------
    ValueError
        If there is no such set; the message lists the names.

    Notes
    -----
    The licence is the one that the carrying package names; the card says where nothing more is known.

    References
    ----------
    Each card's ``citation``.

    Examples
    --------
    >>> about = card("eight_schools")
    >>> about.rows, about.columns[2].name, about.columns[2].unit
    (8, 'se', 'points on the SAT-V scale')
    >>> card("eight_school")
    Traceback (most recent call last):
    ...
    ValueError: There is no data set 'eight_school'. Did you mean 'eight_schools'? The data sets are: ...
    """
    cards = _cards()
    if not isinstance(name, str) or name not in cards:
        raise ValueError(_unknown(name, sorted(cards)))
    return cards[name]


def datasets() -> pd.DataFrame:
    """List the data sets.

    One row per set, indexed by the name that :func:`load` takes.

    Returns
    -------
    DataFrame
        Columns ``title``, ``rows``, ``response``, ``group``, ``groups`` (levels of each grouping column),
        ``generated`` (True: invented rows, not observations).

    Notes
    -----
    ``group`` and ``groups`` hold one entry for each grouping column, separated by commas.

    References
    ----------
    Each card's ``citation``.

    Examples
    --------
    >>> datasets().loc[["hsb", "radon"], ["rows", "response", "group", "groups"]]
           rows   response   group groups
    name
    hsb    7185       math  school    160
    radon   919  log_radon  county     85
    """
    rows = [
        {
            "name": name,
            "title": _(one.title),
            "rows": one.rows,
            "response": one.response,
            "group": ", ".join(one.group),
            "groups": ", ".join(str(n) for n in one.n_groups),
            "generated": one.generated,
        }
        for name, one in sorted(_cards().items())
    ]
    return pd.DataFrame(rows).set_index("name")


@lru_cache
def _cards() -> dict[str, Card]:
    folder = files("hlm_teach") / "data"
    found = (path for path in folder.iterdir() if path.name.endswith(".toml"))
    return {path.name.removesuffix(".toml"): read_card(path) for path in found}


def _unknown(name, names: list[str]) -> str:
    near = get_close_matches(str(name), names, n=1, cutoff=0.5)
    listed = ", ".join(names)
    if near:
        return _(
            "There is no data set {name!r}. Did you mean {near!r}? The data sets are: {names}.",
            name=name,
            near=near[0],
            names=listed,
        )
    return _("There is no data set {name!r}. The data sets are: {names}.", name=name, names=listed)

"""The sentence of a tile map: its ends, its middle, and who is missing.

What this file does not do: draw (`hlm_teach.tile_map`).
"""

from __future__ import annotations

from hlm_teach.cell_checks import few
from hlm_teach.locale import _, ngettext
from hlm_teach.numerals import decimals_for, quantity
from hlm_teach.tile_layouts import read_map

__all__ = ["tile_map"]


def tile_map(values, layout="us", *, unit: str = "", what: str | None = None) -> str:
    """Say what a tile map shows: how many units, the ends, the middle, and who is missing.

    Parameters
    ----------
    values, layout
        As in the figure.
    unit : str
        Written behind the numbers.
    what : str, optional
        What is shown; "estimate" by default.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> print(tile_map(pd.Series({"Ohio": 52.1, "TX": 52.6, "California": 32.0}), unit="%", what="Trump's share"))
    Tile map of Trump's share in 3 units: lowest in California (32.0 %), highest in Texas (52.6 %), the middle one at
    52.1 %. 48 units are hatched, because nothing is known of them (Alaska, Maine, Vermont, New Hampshire, Washington, …).
    """
    found = read_map(values, layout)
    known, names = found.known, found.layout.names
    decimals = decimals_for(known)
    first = ngettext(
        "Tile map of {what} in {n} unit, {lowest}: {low}.",
        "Tile map of {what} in {n} units: lowest in {lowest} ({low}), highest in {highest} ({high}), the middle one at "
        "{middle}.",
        len(known),
        what=_("estimate") if what is None else what,
        lowest=names[known.idxmin()],
        highest=names[known.idxmax()],
        low=quantity(known.min(), decimals, unit),
        high=quantity(known.max(), decimals, unit),
        middle=quantity(known.median(), decimals, unit),
    )
    missing = found.values.index[found.values.isna()]
    if not len(missing):
        return first
    second = ngettext(
        "{n} unit is hatched, because nothing is known of it ({names}).",
        "{n} units are hatched, because nothing is known of them ({names}).",
        len(missing),
        names=few([names[code] for code in missing]),
    )
    return f"{first} {second}"

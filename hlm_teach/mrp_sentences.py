"""The sentences of the figures of MRP; each has the name and the arguments of its figure.

What this file does not do: draw (`hlm_teach.mrp_figures`, `hlm_teach.tile_map`).
"""

from __future__ import annotations

from hlm_teach.cell_checks import few
from hlm_teach.locale import _, ngettext
from hlm_teach.mrp_figures import need_margins
from hlm_teach.numerals import decimals_for, number, quantity
from hlm_teach.tile_layouts import read_map
from hlm_teach.validation import validate

__all__ = ["against_truth", "margins", "tile_map"]


def margins(table) -> str:
    """Say who answered too often and who too rarely.

    Parameters
    ----------
    table : DataFrame
        As in the figure.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd, hlm_teach
    >>> sample = pd.DataFrame({"age": ["old", "old", "old", "young"]})
    >>> cells = pd.DataFrame({"age": ["young", "old"], "N": [600, 400]})
    >>> print(margins(hlm_teach.margins(sample, cells, "age")))
    Who answered beside who is there, 2 levels of age. Most over-represented is age old, with 75 % of the sample and
    40 % of the population; most under-represented is age young, with 25 % and 60 %.
    """
    table = need_margins(table)
    ratio = table["sample"] / table["population"]
    high, low = ratio.idxmax(), ratio.idxmin()
    return ngettext(
        "Who answered beside who is there, {n} level of {traits}: {most}, with {most_sample} % of the sample and "
        "{most_population} % of the population.",
        "Who answered beside who is there, {n} levels of {traits}. Most over-represented is {most}, with {most_sample} % "
        "of the sample and {most_population} % of the population; most under-represented is {least}, with "
        "{least_sample} % and {least_population} %.",
        len(table),
        traits=few(dict.fromkeys(table.index.get_level_values("trait"))),
        most=" ".join(map(str, high)),
        least=" ".join(map(str, low)),
        most_sample=number(100 * table["sample"][high], 0),
        most_population=number(100 * table["population"][high], 0),
        least_sample=number(100 * table["sample"][low], 0),
        least_population=number(100 * table["population"][low], 0),
    )


def against_truth(truth, estimates, *, unit: str = "") -> str:
    """Say how far each method is off, and how many of its intervals hold the truth.

    Parameters
    ----------
    truth, estimates
        As in the figure.
    unit : str
        Written behind the errors.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> truth = pd.Series({"A": 40.0, "B": 50.0, "C": 60.0})
    >>> mrp = pd.DataFrame({"estimate": truth + 1, "lower": truth - 2, "upper": truth + 4})
    >>> print(against_truth(truth, {"national": 50, "MRP": mrp}, unit="points"))
    Estimates against the truth of 3 units. national: RMSE 8.2 points, farthest off in A. MRP: RMSE 1.0 points,
    farthest off in A; 100 % of its intervals hold the truth.
    """
    table = validate(truth, estimates)
    decimals = decimals_for(truth)
    said = [
        ngettext(
            "Estimates against the truth of {n} unit.",
            "Estimates against the truth of {n} units.",
            len(truth),
        )
    ]
    for name, row in table.iterrows():
        facts = {"method": name, "rmse": quantity(row["rmse"], decimals, unit), "worst": row["worst"]}
        if row["coverage"] == row["coverage"]:
            said.append(
                _(
                    "{method}: RMSE {rmse}, farthest off in {worst}; {share} % of its intervals hold the truth.",
                    share=number(100 * row["coverage"], 0),
                    **facts,
                )
            )
        else:
            said.append(_("{method}: RMSE {rmse}, farthest off in {worst}.", **facts))
    missing = table.loc[table["missing"] > 0, "missing"]
    for name, count in missing.items():
        said.append(
            ngettext(
                "{method} has no estimate for {n} unit.",
                "{method} has no estimate for {n} units.",
                int(count),
                method=name,
            )
        )
    return " ".join(said)


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

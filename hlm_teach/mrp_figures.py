"""Figures of MRP: who answered beside who is there, and every method's estimates against the truth.

What this file does not do: compute (`hlm_teach.population`, `hlm_teach.validation`), or draw maps (`hlm_teach.tile_map`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from hlm_teach.locale import _
from hlm_teach.look import COLOURS, WIDTH, legend_above, new_axes, styled
from hlm_teach.numerals import decimals_for, number
from hlm_teach.validation import read_methods, validate

__all__ = ["against_truth", "margins", "need_margins"]


@styled
def margins(table: pd.DataFrame, *, ax=None) -> Axes:
    """Draw the shares of each trait's levels among those who answered and in the population.

    Parameters
    ----------
    table : DataFrame, index (trait, level)
        From `hlm_teach.margins`.
    ax : Axes, optional

    Returns
    -------
    Axes
        A row per level: a hollow circle at its share of the sample, a filled square at that of the population, a line
        between them; the traits are set apart.

    Raises
    ------
    TypeError
        If table is not what `hlm_teach.margins` returned.

    Examples
    --------
    >>> import hlm_teach
    >>> sample = pd.DataFrame({"age": ["old", "old", "old", "young"]})
    >>> cells = pd.DataFrame({"age": ["young", "old"], "N": [600, 400]})
    >>> ax = margins(hlm_teach.margins(sample, cells, "age"))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['age: old', 'age: young']
    >>> margins(sample)
    Traceback (most recent call last):
    ...
    TypeError: A table of margins is needed here, as hlm_teach.margins(sample, cells, by) makes it, but got DataFrame.
    """
    table = need_margins(table)
    traits = list(dict.fromkeys(table.index.get_level_values("trait")))
    trait = np.array([traits.index(name) for name in table.index.get_level_values("trait")])
    at = np.arange(len(table)) + 0.7 * trait
    ax = new_axes(ax, height=1.0 + 0.28 * (at[-1] + 1))[0]
    sample, people = 100 * table["sample"].to_numpy(), 100 * table["population"].to_numpy()
    ax.hlines(at, sample, people, color=COLOURS["data"], lw=1.2, zorder=2)
    shared = {"ls": "", "ms": 7, "zorder": 3}
    ax.plot(
        sample, at, marker="o", mfc="white", mec=COLOURS["none"], mew=1.6, label=_("who answered"), **shared
    )
    ax.plot(people, at, marker="s", color=COLOURS["complete"], label=_("who is there"), **shared)
    ax.set_yticks(at, [f"{name}: {level}" for name, level in table.index])
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_xlabel(_("share (%)"))
    legend_above(ax)
    return ax


def need_margins(table) -> pd.DataFrame:
    """Return a table of margins, or say that it is none."""
    made = isinstance(table, pd.DataFrame) and list(table.index.names) == ["trait", "level"]
    if not made or not {"sample", "population"} <= set(table.columns):
        raise TypeError(
            _(
                "A table of margins is needed here, as hlm_teach.margins(sample, cells, by) makes it, but got {found}.",
                found=type(table).__name__,
            )
        )
    return table


@styled
def against_truth(truth, estimates, *, label: str | None = None, ax=None) -> np.ndarray:
    """Draw each method's estimates against the truth, a panel per method.

    Parameters
    ----------
    truth : Series, index units
        What is true of each unit.
    estimates : dict, name → estimates
        As in `hlm_teach.validate`.
    label : str, optional
        What is estimated, with its unit.
    ax : array of Axes, one per method, optional

    Returns
    -------
    array of Axes
        A circle per unit, with its interval if the method has one; a filled one where the interval misses the truth; on
        the line the estimate is right. The title has the RMSE.

    Raises
    ------
    TypeError, ValueError
        As `hlm_teach.validate`.

    Examples
    --------
    >>> truth = pd.Series({"A": 0.40, "B": 0.50, "C": 0.60})
    >>> axes = against_truth(truth, {"raw": truth + 0.1, "national": 0.5})
    >>> [ax.get_title(loc="left") for ax in axes]
    ['raw: RMSE 0.100', 'national: RMSE 0.082']
    >>> against_truth(truth, [truth])
    Traceback (most recent call last):
    ...
    TypeError: estimates must name the methods: a dict of names, each with its estimates.
    """
    truth, tables = read_methods(truth, estimates)
    rmse = validate(truth, estimates)["rmse"]
    axes = _panels(len(tables)) if ax is None else new_axes(ax, height=3.4, columns=len(tables))
    decimals = decimals_for(truth)
    everything = pd.concat([truth, *(table.stack() for table in tables.values())])
    low, high = everything.min(), everything.max()
    room = 0.05 * (high - low) or 0.5
    for each, (name, table) in zip(axes, tables.items(), strict=False):
        missed = (table["lower"] > truth) | (truth > table["upper"])
        each.axline((low, low), slope=1, color=COLOURS["line"], lw=1.0, zorder=1)
        each.vlines(truth, table["lower"], table["upper"], color=COLOURS["data"], lw=0.8, alpha=0.7, zorder=2)
        for some, fill in ((~missed, "white"), (missed, COLOURS["complete"])):
            edge = COLOURS["complete"] if fill != "white" else COLOURS["partial"]
            each.plot(
                truth[some], table["estimate"][some], ls="", marker="o", ms=5, mfc=fill, mec=edge, zorder=3
            )
        each.set_title(_("{method}: RMSE {rmse}", method=name, rmse=number(rmse[name], decimals)))
        each.set_xlabel(_("truth"))
        each.set(xlim=(low - room, high + room), ylim=(low - room, high + room), aspect="equal")
    for each in axes[len(tables) :]:
        each.set_visible(False)
    for each in axes[:: axes[0].get_gridspec().ncols if ax is None else len(axes)]:
        each.set_ylabel(_("estimate") if label is None else label)
    return axes[: len(tables)]


def _panels(count: int) -> np.ndarray:
    """Return axes in rows of three at most."""
    columns = 2 if count in (2, 4) else min(count, 3)
    rows = -(-count // columns)
    size = (WIDTH, 0.4 + (WIDTH / columns + 0.2) * rows)
    _figure, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    return new_axes(axes.ravel(), height=3.4, columns=rows * columns)

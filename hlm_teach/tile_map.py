"""Maps of equal tiles: one square per state or province, roughly where it lies, so that small ones can be seen.

The idea: on a map drawn to scale Rhode Island is a dot and Tibet an eighth of the country, though few people live there;
a tile map gives each unit the same ink. The scale runs from dark to light, so that it is read with any colour vision and
in grey (cividis); each tile carries its code, and a unit without an estimate is hatched.

What this file does not do: borders, projections, or choose where a tile lies (`hlm_teach.tile_layouts`).
"""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, TwoSlopeNorm
from matplotlib.patches import Rectangle

from hlm_teach.locale import _
from hlm_teach.look import COLOURS, new_axes, styled
from hlm_teach.tile_layouts import read_map

__all__ = ["tile_map"]


@styled
def tile_map(values, layout="us", *, label: str | None = None, limits=None, centre=None, ax=None) -> Axes:
    """Draw one tile per unit, in the colour of its value.

    Parameters
    ----------
    values : Series, index units
        Names or codes of the layout's units; a unit that is not there, or is missing, gets a hatched tile.
    layout : "us", "china" or Layout
        51 states with the District of Columbia; 31 provinces of mainland China.
    label : str, optional
        What is shown, with its unit: written beside the scale.
    limits : (float, float), optional
        Ends of the scale, to make several maps comparable; by default those of the values.
    centre : float, optional
        A value with a meaning of its own (0.5 of a vote): the scale then has two hues, from orange below it to purple
        above it.
    ax : Axes, optional

    Returns
    -------
    Axes
        A tile with its code per unit, and the scale beside it.

    Raises
    ------
    TypeError
        If values is no Series.
    ValueError
        If a unit is unknown or stands there twice, no value is known, or the limits are not two increasing numbers.

    Examples
    --------
    >>> values = pd.Series({"Ohio": 0.52, "TX": 0.52, "California": 0.32})
    >>> ax = tile_map(values, label="share")
    >>> len(ax.patches), len(ax.texts)
    (51, 51)
    >>> tile_map(pd.Series({"Ohia": 0.5}))
    Traceback (most recent call last):
    ...
    ValueError: Every unit must be a name or a code of the layout, but it has none for Ohia. Names and codes are, ...
    """
    found = read_map(values, layout)
    norm = _norm(found.known, limits, centre)
    colours = mpl.colormaps["cividis" if centre is None else "PuOr"]
    rows, columns = (1 + max(place[axis] for place in found.layout.tiles.values()) for axis in (0, 1))
    ax = new_axes(ax, height=0.5 + 0.52 * rows, width=1.6 + 0.52 * columns)[0]
    for code, (row, column) in found.layout.tiles.items():
        value = found.values[code]
        missing = np.isnan(value)
        colour = (1.0, 1.0, 1.0, 1.0) if missing else colours(norm(value))
        edge = COLOURS["data"] if missing else "white"
        ax.add_patch(
            Rectangle(
                (column, row), 0.96, 0.96, fc=colour, ec=edge, lw=0.6, hatch="////" if missing else None
            )
        )
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if missing else None
        ink = COLOURS["line"] if missing else _ink(colour)
        ax.text(column + 0.48, row + 0.48, code, ha="center", va="center", fontsize=8.5, color=ink, bbox=box)
    ax.set(xlim=(-0.05, columns + 0.05), ylim=(rows + 0.05, -0.05), aspect="equal")
    ax.set_axis_off()
    bar = ax.figure.colorbar(ScalarMappable(norm, colours), ax=ax, shrink=0.7, aspect=18, pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label(_("estimate") if label is None else label)
    return ax


def _norm(known: pd.Series, limits, centre) -> Normalize:
    low, high = (known.min(), known.max()) if limits is None else limits
    if limits is not None and not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(
            _("limits must be two increasing numbers, but they are {low} and {high}.", low=low, high=high)
        )
    if centre is None:
        return Normalize(low, high) if low < high else Normalize(low - 0.5, high + 0.5)
    reach = max(abs(high - centre), abs(centre - low)) or 0.5
    return TwoSlopeNorm(centre, centre - reach, centre + reach)


def _ink(colour) -> str:
    """Return black or white, whichever has more contrast (relative luminance, WCAG 2)."""
    rgb = np.asarray(colour[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    return "black" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "white"

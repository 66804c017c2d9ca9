"""Where the tiles of a map lie: the states of the USA and the provinces of mainland China, one square each.

The layouts are this project's own: neighbours stay near, coasts stay coasts, and no unit is larger than another.

What this file does not do: draw (`hlm_teach.tile_map`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.cell_checks import few
from hlm_teach.locale import _

__all__ = ["LAYOUTS", "Layout", "Reading", "layout_of", "read_map"]

US = """
AK .. .. .. .. .. .. .. .. .. .. ME
.. .. .. .. .. .. .. .. .. .. VT NH
.. WA ID MT ND MN WI MI .. NY MA RI
.. OR NV WY SD IA IL IN OH PA NJ CT
.. CA UT CO NE MO KY WV VA MD DE ..
.. .. AZ NM KS AR TN NC SC DC .. ..
.. .. .. .. OK LA MS AL GA .. .. ..
HI .. .. .. TX .. .. .. .. FL .. ..
"""

CHINA = """
.. .. .. .. .. .. .. HL
.. .. .. .. NM BJ .. JL
XJ .. .. NX SX HE TJ LN
.. QH GS SN HA SD .. ..
XZ .. SC CQ HB AH JS SH
.. .. YN GZ HN JX ZJ ..
.. .. .. GX GD FJ .. ..
.. .. .. .. HI .. .. ..
"""

US_NAMES = (
    "AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware, "
    "DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas, "
    "KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi, "
    "MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York, "
    "NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island, "
    "SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, VA Virginia, WA Washington, "
    "WV West Virginia, WI Wisconsin, WY Wyoming"
)
CHINA_NAMES = (
    "AH Anhui, BJ Beijing, CQ Chongqing, FJ Fujian, GD Guangdong, GS Gansu, GX Guangxi, GZ Guizhou, HA Henan, HB Hubei, "
    "HE Hebei, HI Hainan, HL Heilongjiang, HN Hunan, JL Jilin, JS Jiangsu, JX Jiangxi, LN Liaoning, NM Inner Mongolia, "
    "NX Ningxia, QH Qinghai, SC Sichuan, SD Shandong, SH Shanghai, SN Shaanxi, SX Shanxi, TJ Tianjin, XJ Xinjiang, "
    "XZ Tibet, YN Yunnan, ZJ Zhejiang"
)


@dataclass(frozen=True)
class Layout:
    """Where the tiles lie.

    Attributes
    ----------
    tiles : dict, code → (row, column)
        From the upper left, from 0.
    names : dict, code → name
    """

    tiles: dict[str, tuple[int, int]]
    names: dict[str, str]

    def codes(self, labels) -> list[str | None]:
        """Return the code of each label, a code or a name; None for a stranger."""
        known = {name: code for code, name in self.names.items()} | {code: code for code in self.tiles}
        return [known.get(str(label).strip()) for label in labels]


def _layout(picture: str, names: str) -> Layout:
    rows = [line.split() for line in picture.strip().splitlines()]
    tiles = {code: (i, k) for i, row in enumerate(rows) for k, code in enumerate(row) if code != ".."}
    return Layout(tiles, dict(pair.split(" ", 1) for pair in names.split(", ")))


LAYOUTS = {"us": _layout(US, US_NAMES), "china": _layout(CHINA, CHINA_NAMES)}


def layout_of(layout) -> Layout:
    """Return a layout by its name, or as it is.

    Examples
    --------
    >>> layout_of("china").names["HI"], layout_of("us").names["HI"]
    ('Hainan', 'Hawaii')
    >>> layout_of("france")
    Traceback (most recent call last):
    ...
    ValueError: There is no layout 'france'. The layouts are: us, china; or make a Layout of your own.
    """
    if isinstance(layout, Layout):
        return layout
    if layout not in LAYOUTS:
        raise ValueError(
            _(
                "There is no layout {layout!r}. The layouts are: {layouts}; or make a Layout of your own.",
                layout=layout,
                layouts=", ".join(LAYOUTS),
            )
        )
    return LAYOUTS[layout]


@dataclass(frozen=True)
class Reading:
    """What a map and its sentence read: one value per tile, by code, missing where there is none."""

    layout: Layout
    values: pd.Series

    @property
    def known(self) -> pd.Series:
        return self.values.dropna()


def read_map(values, layout="us") -> Reading:
    """Return one value per tile of a layout.

    Raises
    ------
    TypeError
        If values is no Series.
    ValueError
        If a label is no unit of the layout or stands there twice, or no value is known.
    """
    layout = layout_of(layout)
    if not isinstance(values, pd.Series):
        raise TypeError(
            _(
                "A map needs a Series with the units as its index, but got {found}.",
                found=type(values).__name__,
            )
        )
    codes = layout.codes(values.index)
    strange = [label for label, code in zip(values.index, codes, strict=True) if code is None]
    if strange:
        raise ValueError(
            _(
                "Every unit must be a name or a code of the layout, but it has none for {strange}. Names and codes are, "
                "for instance, {some}.",
                strange=few(strange),
                some=few([f"{name} ({code})" for code, name in layout.names.items()], 3),
            )
        )
    found = pd.Series(values.to_numpy(dtype=float), codes)
    if not found.index.is_unique:
        raise ValueError(
            _(
                "Every unit must stand once on a map, but {units} stands there twice.",
                units=few(found.index[found.index.duplicated()]),
            )
        )
    found = found.reindex(list(layout.tiles)).where(lambda v: np.isfinite(v))
    if found.isna().all():
        raise ValueError(_("A map needs a value for at least one unit, but all are missing."))
    return Reading(layout, found)

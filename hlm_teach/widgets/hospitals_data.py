"""The hospitals behind their widget: 400 simulated ones, 94 that transplanted hearts, or one's own.

    log v_j ~ N(4, spread²), v cut to 8…3000        θ_j = 16 − effect·(log v_j − mean) + N(0, 1.5²)        y_j ~ N(θ_j, 36²/v_j)

θ and y are deaths per 100 patients: 36 is about 100·√(0.16·0.84), the SD of one patient. Real hospitals have counts: y is then
observed/expected deaths, v the number expected, and the standard error 1/√v that of a Poisson count where all is as expected.

What this file does not do: estimate anything (`hospitals_fit`), or give patients a risk class (`hospitals_mix`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.datasets import load
from hlm_teach.locale import _
from hlm_teach.widgets.normals import Normals

__all__ = ["HOSPITALS", "MEAN", "heart_transplants", "read_hospitals", "simulate"]

HOSPITALS, MEAN, TAU, SIGMA = 400, 16.0, 1.5, 36.0
LEAST, MOST = 8, 3000


@lru_cache(maxsize=16)
def _numbers(seed: int) -> np.ndarray:
    return Normals(seed).draw(4 * HOSPITALS).reshape(4, HOSPITALS)


def simulate(seed: int, effect: float, spread: float) -> dict[str, Any]:
    """Draw the hospitals: volume v, rates y on the common mix, the truth, and w, a normal number for the case mix.

    >>> drawn = simulate(1, effect=1.2, spread=1.3)
    >>> min(drawn["v"]), max(drawn["v"]), round(float(np.mean(drawn["truth"])))
    (8, 1939, 16)
    """
    z = _numbers(seed)
    v = np.clip(np.floor(np.exp(4 + spread * z[0]) + 0.5), LEAST, MOST)
    x = np.log(v)
    truth = MEAN - effect * (x - x.mean()) + TAU * z[1]
    return {"v": v.astype(int).tolist(), "y": truth + SIGMA / np.sqrt(v) * z[2], "truth": truth, "w": z[3]}


@lru_cache(maxsize=1)
def heart_transplants() -> dict[str, Any]:
    """Return the 94 hospitals of the data set ``heart_transplants``."""
    return read_hospitals(load("heart_transplants"), "deaths", "exposure", "hospital")


def read_hospitals(data: pd.DataFrame, deaths: str, exposure: str, label: str) -> dict[str, Any]:
    """Return what the widget needs of a table with one row per hospital, or say what is wrong.

    Raises
    ------
    ValueError
        If a column is missing; a number is missing, not finite, or negative; an exposure is 0; there are fewer than 4
        hospitals, no death, a label twice, or all exposures are the same.

    Examples
    --------
    >>> read_hospitals(pd.DataFrame({"d": [1, 2, 0, 3], "e": [10, 30, 5, 15], "h": list("abcd")}), "d", "e", "h")["v"]
    [1.0, 3.0, 0.5, 1.5]
    >>> read_hospitals(pd.DataFrame({"d": [1, 2], "e": [1, 1], "h": list("ab")}), "d", "e", "h")
    Traceback (most recent call last):
    ...
    ValueError: A ranking by size needs four hospitals or more, but there are 2.
    """
    for column in (deaths, exposure, label):
        if column not in data:
            raise ValueError(
                _("There is no column {column!r}. The columns are: {columns}.",
                  column=column, columns=", ".join(map(str, data.columns)))
            )  # fmt: skip
    if len(data) < 4:
        raise ValueError(_("A ranking by size needs four hospitals or more, but there are {J}.", J=len(data)))
    counts, sizes = (pd.to_numeric(data[column], errors="coerce") for column in (deaths, exposure))
    for column, values, least in ((deaths, counts, 0.0), (exposure, sizes, 5e-324)):
        bad = ~(np.isfinite(values) & (values >= least))
        if bad.any():
            at = int(np.argmax(bad))
            raise ValueError(
                _("Every {column} must be a finite number, {least}, but it is {found} for {label!r}.",
                  column=column, least="> 0" if least else ">= 0", found=data[column].iloc[at],
                  label=str(data[label].iloc[at]))
            )  # fmt: skip
    labels = data[label].astype(str)
    if labels.duplicated().any():
        raise ValueError(
            _("Every hospital needs a row of its own, but {label!r} stands in two.",
              label=labels[labels.duplicated()].iloc[0])
        )  # fmt: skip
    if counts.sum() == 0:
        raise ValueError(_("There must be a death somewhere, but {column} is 0 in all rows.", column=deaths))
    if sizes.min() == sizes.max():
        raise ValueError(
            _("{column} must differ between hospitals, but it is {value} in all.",
              column=exposure, value=sizes.min())
        )  # fmt: skip
    expected = sizes * (counts.sum() / sizes.sum())
    return {"v": expected.tolist(), "y": (counts / expected).tolist(), "labels": labels.tolist()}

"""The groups behind the widget of group-level predictors: twelve simulated ones, the counties of radon, or one's own.

    α_j = 50 + 5·(√R²·u_j + √(1 − R²)·r_j)        ȳ_j = α_j + (10/√n_j)·z_j

u and r have mean 0, mean square 1, and are orthogonal, so R² is exactly the share of the variance of the α_j that u explains.

What this file does not do: estimate anything (`group_predictors_fit`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.datasets import load
from hlm_teach.locale import N_, _
from hlm_teach.variance import anova_components
from hlm_teach.widgets.normals import Normals, centred, scaled
from hlm_teach.widgets.sentences import decimals

__all__ = ["OUTLIER", "PATTERNS", "radon", "read_groups_with_predictor", "simulate"]

MEAN, TAU, SIGMA = 50.0, 5.0, 10.0
SIZES = (2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 42, 60)
OUTLIER = 7  # the group that the outlier's dial moves
PATTERNS = {
    "mixed": N_("2 to 60 rows, in no order"),
    "equal": N_("12 rows in each"),
    "ends": N_("few rows where u is extreme"),
    "middle": N_("many rows where u is extreme"),
}


@lru_cache(maxsize=64)
def _parts(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    stream = Normals(seed)
    J = len(SIZES)
    u, r = scaled(centred(stream.draw(J))), centred(stream.draw(J))
    return u, scaled(r - u * np.mean(u * r)), stream.draw(J)


def simulate(seed: int, r2: float, pattern: str, outlier: float) -> dict[str, list]:
    """Draw twelve groups: sizes n, means y and the predictor u.

    >>> drawn = simulate(1, r2=0.5, pattern="ends", outlier=0.0)
    >>> u, n = np.abs(drawn["u"]), np.array(drawn["n"])
    >>> int(n[u.argmax()]), int(n[u.argmin()])
    (2, 60)
    """
    u, r, z = _parts(seed)
    rank = np.argsort(np.argsort(-np.abs(u)))
    n = {
        "mixed": np.array(SIZES),
        "equal": np.full(len(SIZES), 12),
        "ends": np.array(SIZES)[rank],
        "middle": np.array(SIZES)[::-1][rank],
    }[pattern]
    y = MEAN + TAU * (math.sqrt(r2) * u + math.sqrt(1 - r2) * r) + SIGMA / np.sqrt(n) * z
    y[OUTLIER] += outlier
    return {"n": n.tolist(), "y": y.tolist(), "u": u.tolist()}


@lru_cache(maxsize=1)
def radon() -> dict[str, Any]:
    """Return the 85 counties of Minnesota: log radon, whose group predictor is the uranium in the soil."""
    return read_groups_with_predictor(load("radon"), "log_radon", "log_uranium", "county")


def read_groups_with_predictor(data: pd.DataFrame, response: str, u: str, group: str) -> dict[str, Any]:
    """Return sizes, means, predictor and σ of the groups of a data set, or say what is wrong.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 3, 4, 6, 9, 10], "u": [0, 0, 1, 1, 3, 3], "g": list("aabbcc")})
    >>> read_groups_with_predictor(data, "y", "u", "g")["y"]
    [2.0, 5.0, 9.5]
    >>> read_groups_with_predictor(data.assign(u=[0, 1, 1, 1, 3, 3]), "y", "u", "g")
    Traceback (most recent call last):
    ...
    ValueError: u must be the same in all rows of a group, but in group 'a' it goes from 0.0 to 1.0.
    """
    for column in (response, u, group):
        if column not in data:
            raise ValueError(
                _("There is no column {column!r}. The columns are: {columns}.",
                  column=column, columns=", ".join(map(str, data.columns)))
            )  # fmt: skip
    found = anova_components(pd.to_numeric(data[response], errors="coerce"), data[group])
    if found.J < 3:
        raise ValueError(
            _(
                "A line through groups needs three groups or more, but {group} has {J}.",
                group=group,
                J=found.J,
            )
        )
    predictor = pd.to_numeric(data[u], errors="coerce").astype(float)
    bad = ~np.isfinite(predictor.to_numpy())
    if bad.any():
        raise ValueError(
            _("Every {column} must be a finite number, but it is {found} in row {row}.",
              column=u, found=str(data[u].iloc[int(bad.argmax())]), row=data.index[int(bad.argmax())])
        )  # fmt: skip
    by = pd.DataFrame({"y": data[response].astype(float), "u": predictor}).groupby(data[group], observed=True)
    low, high = by["u"].min(), by["u"].max()
    if (low < high).any():
        name = (low < high).idxmax()
        raise ValueError(
            _("{u} must be the same in all rows of a group, but in group {name!r} it goes from {low} to {high}.",
              u=u, name=name, low=low[name], high=high[name])
        )  # fmt: skip
    if low.min() == low.max():
        raise ValueError(_("{u} must differ between groups, but it is {value} in all.", u=u, value=low.min()))
    if not found.msw > 1e-20 * float(np.mean(data[response].astype(float) ** 2)):
        raise ValueError(
            _("{response} must vary within the groups of {group}.", response=response, group=group)
        )
    return {
        "n": by.size().tolist(),
        "y": by["y"].mean().tolist(),
        "u": low.tolist(),
        "labels": [str(label) for label in low.index],
        "sigma": found.sigma,
        "y_name": response,
        "u_name": u,
        "digits": [decimals(found.sigma), decimals(found.msw) + 1],
    }

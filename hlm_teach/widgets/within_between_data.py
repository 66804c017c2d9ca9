"""The data behind the within–between widget, taken apart so that each dial moves one part.

    x_ij = x̄ + s_x·(√ρ·m_j + √(1 − ρ)·v_ij)
    y_ij = y_0 + β_between·s_x·√ρ·m_j + u_j + β_within·s_x·√(1 − ρ)·v_ij + e_ij

m_j: where the groups' means of x lie, v_ij: where a row lies within its group; both have mean square 1 over the rows,
so ρ is the share of the variance of x that lies between the groups (the "ICC of x"). u and e are what is left of y: u is
orthogonal to m over groups, e to v within groups. So the two slopes of the data are exactly the two dials.

Simulated groups and real data are taken apart in the same way, so the dials also ask of real data "what if".

What this file does not do: estimate a model (`within_between_fit`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.datasets import load
from hlm_teach.locale import N_, _
from hlm_teach.widgets.normals import Normals, centred, scaled
from hlm_teach.widgets.sentences import decimals

__all__ = ["PRESETS", "simulate", "simulated_rows", "take_apart"]

SIGMA, TAU = 0.7, 0.5
POINTS = 480
PRESETS = {
    "reversal": N_("Reversal (simulated)"),
    "homework": N_("Homework and mathematics, 10 schools"),
    "hsb": N_("High School and Beyond, 160 schools"),
}
_SOURCES = {"homework": ("schools10", "math", "homework", "school"), "hsb": ("hsb", "math", "ses", "school")}


@lru_cache(maxsize=64)
def simulate(seed: int, J: int, n: int) -> dict[str, Any]:
    """Draw the parts m, v, u and e of J groups of n rows (x̄ = y_0 = 0, s_x = 1).

    >>> parts = simulate(1, 4, 5)
    >>> bool(abs(parts["m"] @ parts["u"]) < 1e-12), len(parts["v"])
    (True, 20)
    """
    stream = Normals(seed)
    m, u = scaled(centred(stream.draw(J))), centred(stream.draw(J))
    v = scaled(centred(stream.draw(J * n).reshape(J, n))).ravel()
    e = centred(stream.draw(J * n).reshape(J, n)).ravel()
    u, e = TAU * (u - m * np.mean(u * m)), SIGMA * (e - v * np.mean(e * v))
    return {"n": np.full(J, n), "m": m, "u": u, "e2": float(np.sum(e**2)), "g": np.repeat(np.arange(J), n),
            "v": v, "e": e, "x0": 0.0, "y0": 0.0, "sx": 1.0}  # fmt: skip


def simulated_rows(seed: int, J: int, n: int, within: float, between: float, icc: float) -> pd.DataFrame:
    """Return the rows x, y and group of a simulated state."""
    p = simulate(seed, J, n)
    mean, own = np.sqrt(icc) * p["m"][p["g"]], np.sqrt(1 - icc) * p["v"]
    y = between * mean + p["u"][p["g"]] + within * own + p["e"]
    return pd.DataFrame({"x": mean + own, "y": y, "group": p["g"]})


def take_apart(data: pd.DataFrame, response: str, x: str, group: str) -> dict[str, Any]:
    """Return the parts of a data set as plain lists, with the dials at which they stand (``start``).

    Of the rows, at most 480 are kept for the picture, evenly spaced; all numbers come from all rows.
    """
    data = _checked(data, response, x, group)
    rows = pd.DataFrame({"x": data[x].astype(float), "y": data[response].astype(float), "g": data[group]})
    groups = rows.groupby("g", observed=True, sort=True)
    n, mx, my = groups.size().to_numpy(), groups["x"].mean().to_numpy(), groups["y"].mean().to_numpy()
    code = groups.ngroup().to_numpy()
    dx, dy = rows["x"].to_numpy() - mx[code], rows["y"].to_numpy() - my[code]
    x0, sx = float(rows["x"].mean()), float(rows["x"].std(ddof=0))
    icc = float(1 - np.mean(dx**2) / sx**2)
    _check_variation(icc, dy, x, response, group)
    within = float(dx @ dy / (dx @ dx))
    between = float(np.cov(mx, my)[0, 1] / np.var(mx, ddof=1))
    y0 = float(my.mean() + between * (x0 - mx.mean()))
    rest = dy - within * dx
    u = my - y0 - between * (mx - x0)
    kept = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), POINTS)).round().astype(int))
    steepest = max(abs(within), abs(between))
    return {
        "n": n.tolist(),
        "m": ((mx - x0) / (sx * np.sqrt(icc))).round(6).tolist(),
        "u": u.round(6).tolist(),
        "e2": float(np.sum(rest**2)),
        "g": code[kept].tolist(),
        "v": (dx[kept] / (sx * np.sqrt(1 - icc))).round(3).tolist(),
        "e": rest[kept].round(3).tolist(),
        "x0": x0, "y0": y0, "sx": sx, "x_name": x, "y_name": response, "digits": decimals(steepest) + 1,
        "reach": _round_above(1.4 * steepest), "start": {"within": within, "between": between, "icc": icc},
    }  # fmt: skip


def _round_above(value: float) -> float:
    """Return the next number with one digit: the ends of the dials."""
    unit = 10.0 ** np.floor(np.log10(value)) if value else 1.0
    return float(unit * max(1, np.ceil(value / unit)))


def _checked(data: pd.DataFrame, response: str, x: str, group: str) -> pd.DataFrame:
    for column in (response, x, group):
        if column not in data:
            raise ValueError(
                _("There is no column {column!r}. The columns are: {columns}.",
                  column=column, columns=", ".join(map(str, data.columns)))
            )  # fmt: skip
    for column in (response, x):
        bad = ~np.isfinite(pd.to_numeric(data[column], errors="coerce").to_numpy(dtype=float))
        if bad.any():
            raise ValueError(
                _(
                    "Every {column} must be a finite number, but it is {found} in row {row}.",
                    column=column,
                    found=str(data[column].iloc[int(np.argmax(bad))]),
                    row=data.index[int(np.argmax(bad))],
                )
            )
    J = data[group].nunique()
    if J < 3 or data[group].isna().any():
        raise ValueError(
            _("A slope between groups needs three named groups or more, but {group} has {J} and {missing} missing.",
              group=group, J=J, missing=int(data[group].isna().sum()))
        )  # fmt: skip
    return data


def _check_variation(icc: float, dy: np.ndarray, x: str, response: str, group: str) -> None:
    if not 1e-9 < icc < 1 - 1e-9:
        raise ValueError(
            _(
                "{x} must vary both within and between the groups of {group}, but {share} % of its variance lies between.",
                x=x,
                group=group,
                share=round(100 * icc),
            )
        )
    if not np.any(dy):
        raise ValueError(
            _("{response} must vary within the groups of {group}.", response=response, group=group)
        )


@lru_cache(maxsize=1)
def shipped() -> dict[str, dict[str, Any]]:
    """Return the real data sets among the presets, taken apart."""
    return {name: take_apart(load(source), y, x, group) for name, (source, y, x, group) in _SOURCES.items()}

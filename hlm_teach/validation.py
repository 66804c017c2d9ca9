"""Hold estimates of units against their truth: how far off, on which side, and do the intervals keep their promise?

The idea: where the truth is known (a simulated nation, a survey that plays population, an election afterwards), a method
is judged by its errors over the units, and its intervals by how many of them contain the truth.

    bias = mean(θ̂_s − θ_s),   RMSE = √ mean (θ̂_s − θ_s)²,   coverage = share of s with lower_s ≤ θ_s ≤ upper_s

Every unit counts the same, however many people live there.

What this file does not do: make estimates (`hlm_teach.mrp`, `hlm_teach.population`, `hlm_teach.raking`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hlm_teach.cell_checks import few
from hlm_teach.locale import _
from hlm_teach.poststratified import PoststratifiedEstimates

__all__ = ["read_methods", "validate"]


def validate(truth, estimates: Mapping, *, common: bool = False) -> pd.DataFrame:
    """Compare estimates of units with their truth, one method per row.

    Parameters
    ----------
    truth : Series, index units
        What is true of each unit.
    estimates : dict, name → estimates
        Each a `PoststratifiedEstimates`; a Series of one value per unit; a DataFrame with ``estimate`` and, if there are
        any, ``lower`` and ``upper``; or one number for all units.
    common : bool
        Whether to judge all methods on the units that every one of them has, so that none is spared its hardest.

    Returns
    -------
    DataFrame, index name
        ``units`` judged, ``missing`` ones without an estimate, ``bias``, ``rmse``, ``worst`` (the unit that is farthest
        off), ``coverage`` and mean ``width`` of the intervals, missing where a method gives none.

    Raises
    ------
    TypeError
        If truth is no Series, or estimates no dict.
    ValueError
        If the truth is missing somewhere, units stand there twice, or a method has none of them.

    Notes
    -----
    A raw mean is missing where nobody answered; its RMSE is then over easier units than that of MRP: see ``units``, and
    ask for ``common=True``. The coverage of 95% intervals over 51 units has itself a standard error of 3 points.

    Examples
    --------
    >>> truth = pd.Series({"A": 0.40, "B": 0.50, "C": 0.60})
    >>> raw = pd.Series({"A": 0.32, "B": 0.62})
    >>> validate(truth, {"raw": raw, "national": 0.5}).round(3)
              units  missing  bias   rmse worst  coverage  width
    raw           2        1  0.02  0.102     B       NaN    NaN
    national      3        0  0.00  0.082     A       NaN    NaN
    >>> validate(truth, {"raw": raw, "national": 0.5}, common=True)["rmse"].round(3).to_dict()
    {'raw': 0.102, 'national': 0.071}
    >>> validate(truth, {"raw": raw.rename({"A": "a", "B": "b"})})
    Traceback (most recent call last):
    ...
    ValueError: raw must have units of the truth, but it has none of them: a, b. The truth has: A, B, C.
    """
    truth, tables = read_methods(truth, estimates)
    shared = (
        pd.concat({name: table["estimate"] for name, table in tables.items()}, axis=1).notna().all(axis=1)
    )
    rows = {name: _judge(table[shared] if common else table, truth) for name, table in tables.items()}
    return pd.DataFrame.from_dict(rows, orient="index").astype({"units": int, "missing": int})


def read_methods(truth, estimates: Mapping) -> tuple[pd.Series, dict[str, pd.DataFrame]]:
    """Return the truth as numbers, and per method a table of estimate, lower and upper for the truth's units."""
    truth = _true(truth)
    if not isinstance(estimates, Mapping) or not estimates:
        raise TypeError(_("estimates must name the methods: a dict of names, each with its estimates."))
    return truth, {name: _table(name, found, truth.index) for name, found in estimates.items()}


def _judge(table: pd.DataFrame, truth: pd.Series) -> dict:
    known = table[table["estimate"].notna()]
    error = known["estimate"] - truth.loc[known.index]
    bounded = known.dropna()
    inside = (bounded["lower"] <= truth.loc[bounded.index]) & (truth.loc[bounded.index] <= bounded["upper"])
    return {
        "units": len(known),
        "missing": len(truth) - len(known),
        "bias": error.mean(),
        "rmse": np.sqrt((error**2).mean()),
        "worst": error.abs().idxmax() if len(error) else None,
        "coverage": inside.mean() if len(bounded) else np.nan,
        "width": (bounded["upper"] - bounded["lower"]).mean() if len(bounded) else np.nan,
    }


def _true(truth) -> pd.Series:
    if not isinstance(truth, pd.Series):
        raise TypeError(
            _(
                "truth must be a Series with the units as its index, but it is a {found}.",
                found=type(truth).__name__,
            )
        )
    if not truth.index.is_unique:
        raise ValueError(
            _(
                "Every unit must stand once in truth, but these stand twice: {units}.",
                units=few(truth.index[truth.index.duplicated()].unique()),
            )
        )
    gaps = truth.index[~np.isfinite(truth.to_numpy(dtype=float))]
    if len(gaps):
        raise ValueError(
            _("truth must be known for every unit, but it is missing for {units}.", units=few(gaps))
        )
    return truth.astype(float)


def _table(name: str, found, units: pd.Index) -> pd.DataFrame:
    """Return estimate, lower and upper of each unit of the truth, missing where a method has none."""
    if isinstance(found, PoststratifiedEstimates):
        found = found.table()
    if isinstance(found, int | float | np.number):
        found = pd.Series(float(found), units)
    if isinstance(found, pd.Series):
        found = found.to_frame("estimate")
    if not isinstance(found, pd.DataFrame) or "estimate" not in found:
        raise TypeError(
            _(
                "{name} must be a Series, a table with a column estimate, a number, or what poststratify returned, but it "
                "is a {found}.",
                name=name,
                found=type(found).__name__,
            )
        )
    if not found.index.is_unique:
        raise ValueError(
            _(
                "Every unit must stand once in {name}, but these stand twice: {units}.",
                name=name,
                units=few(found.index[found.index.duplicated()].unique()),
            )
        )
    if not found.index.isin(units).any():
        raise ValueError(
            _(
                "{name} must have units of the truth, but it has none of them: {found}. The truth has: {units}.",
                name=name,
                found=few(found.index),
                units=few(units),
            )
        )
    return found.reindex(index=units, columns=["estimate", "lower", "upper"]).astype(float)

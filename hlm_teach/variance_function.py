"""The variance of a response when slopes vary: it depends on x.

    y = (β₀ + b₀) + (β₁ + b₁)x + ε,      Var(y | x) = τ₀² + 2τ₀₁x + τ₁²x² + σ²      = z'Σz + σ²,  z = (1, x)

It is a parabola with its minimum at x = −τ₀₁/τ₁², the point where the groups' lines come closest to each other. The
share z'Σz/(z'Σz + σ²) is the variance-partition coefficient at x; with varying slopes it takes the place of the ICC.

What this file does not do: heteroscedastic residuals (σ is the same at every x).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.locale import _

__all__ = ["VarianceFunction", "between_by_row", "variance_function", "varying_at"]


@dataclass(frozen=True)
class VarianceFunction:
    """The variance of y at given values of the varying predictors.

    Attributes
    ----------
    table : DataFrame
        One row per point: the predictors, ``between`` (z'Σz over all factors), ``within`` (σ²), ``total``, ``share``.
    minimum : float or None
        Where the variance is smallest, −τ₀₁/τ₁²: for one factor with one intercept and one slope that vary together.
    """

    table: pd.DataFrame
    minimum: float | None


def variance_function(fit, x) -> VarianceFunction:
    """Evaluate Var(y | x); see `hlm_teach.LMMFit.variance_at`."""
    points, z = varying_at(fit, x)
    between = sum(np.einsum("mr,rs,ms->m", z[f], v.cov.to_numpy(), z[f]) for f, v in fit.varcorr.items())
    table = points.assign(between=between, within=fit.sigma**2, total=between + fit.sigma**2)
    return VarianceFunction(table.assign(share=between / table["total"]), _minimum(fit))


def _minimum(fit) -> float | None:
    terms = fit.frame.terms
    if len(terms) != 1 or len(terms[0].columns.names) != 2 or "Intercept" not in terms[0].columns.names:
        return None
    cov = next(iter(fit.varcorr.values())).cov
    slope = next(name for name in cov.index if name != "Intercept")
    if slope not in fit.frame.variables or cov.loc[slope, slope] == 0:
        return None
    return float(-cov.loc["Intercept", slope] / cov.loc[slope, slope])


def varying_predictors(fit) -> list[str]:
    """Return the variables that the varying slopes belong to."""
    names = {name for term in fit.frame.terms for name in term.columns.names}
    return [
        v for v in fit.frame.variables if any(re.search(rf"(?<!\w){re.escape(v)}(?!\w)", n) for n in names)
    ]


def varying_at(fit, at) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return the points as a table, and the varying columns there: factor → array (points, r).

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
    >>> varying_at(fit, 3)[1]["Subject"]
    array([[1., 3.]])
    """
    needed = varying_predictors(fit)
    if not isinstance(at, Mapping | pd.DataFrame):
        if len(needed) != 1:
            raise ValueError(
                _(
                    "The point must give each varying predictor by name, but it is {found!r} and {count} predictors vary "
                    "({names}). Write a dict, for instance {{{names_quoted}: 0}}.",
                    found=at,
                    count=len(needed),
                    names=", ".join(needed) or "–",
                    names_quoted=repr(needed[0]) if needed else "'x'",
                )
            )
        at = {needed[0]: at}
    points = pd.DataFrame({name: np.atleast_1d(at[name]) for name in at if name in needed})
    missing, odd = [n for n in needed if n not in points], [str(n) for n in at if n not in needed]
    if missing or odd:
        raise ValueError(
            _(
                "The point must give each predictor whose slope varies, and no other. Those are: {names}; it gives: {given}.",
                names=", ".join(needed) or "–",
                given=", ".join(map(str, at)) or "–",
            )
        )
    rows = pd.concat([fit.data.iloc[[0]]] * max(len(points), 1), ignore_index=True)
    for name in points:
        rows[name] = points[name].to_numpy()
    if needed and not np.isfinite(rows[needed].select_dtypes("number").to_numpy(dtype=float)).all():
        raise ValueError(
            _("The point must have finite values, but it has some that are missing or infinite.")
        )
    _x, *varying = fit.frame.design(rows)
    z = {factor: [] for factor in fit.frame.factors}
    for term, columns in zip(fit.frame.terms, varying, strict=True):
        z[term.factor] += [np.asarray(column, dtype=float) for column in columns.arrays]
    return points, {factor: np.column_stack(columns) for factor, columns in z.items()}


def between_by_row(fit) -> dict[str, np.ndarray]:
    """Return the variance z'Σz of each row of the fit by factor, shape (n,)."""
    z = {factor: [] for factor in fit.frame.factors}
    for term in fit.frame.terms:
        z[term.factor] += [np.asarray(column, dtype=float) for column in term.columns.arrays]
    found = {}
    for factor, columns in z.items():
        Z = np.column_stack(columns)
        found[factor] = np.einsum("nr,rs,ns->n", Z, fit.varcorr[factor].cov.to_numpy(), Z)
    return found

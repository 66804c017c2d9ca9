"""Arrange a hundred invented rows so that a printed boundary fit comes out: two predictors, correlation 1.00.

The lecture of `hlm_teach.arranged_display` prints a fourth fit, M3, y ~ x + u + (1 + x | group). It cannot come from the
rows of the other three. A coefficient of −0.34 with the standard error 0.22 lowers the deviance by about
n·log(1 + t²/(n − p)) = 2.4, so without u M3's rows have a deviance below 497 by M2. M2 was printed with 539.2: the lecture
changed its data between the two. So M3 gets rows of its own, with u a predictor of groups.

Notation: θ = (SD of the intercepts, SD of the slopes)/σ; at the boundary the covariance of both is σ²θθ', of rank one. There the
criteria have no slope along θ, and rise when the second rank is given a variance: equations and inequalities, solved by least squares.

What this file does not do: recover anybody's data, or say that a correlation of 1.00 is a finding (lesson 08).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from hlm_teach.arranged import need_generator
from hlm_teach.arranged_display import SIZE, J, closed, line_rows
from hlm_teach.lmm import lmm

__all__ = ["DISPLAY10_U", "display10_u"]

# As printed: coefficients with standard errors, SDs of the groups, their correlation, sigma, AIC, DIC, deviance.
DISPLAY10_U = (
    "1.55", "0.56", "2.67", "0.46", "-0.34", "0.22", "0.08", "1.11", "1.00", "2.75", "507.9", "490.7", "492.3",
)  # fmt: skip
_FREE = [k for k in range(13) if k != 8]  # the correlation is 1 by construction
_PRINTED = np.array([float(DISPLAY10_U[k]) for k in _FREE])
_HALF = np.array([0.5 * 10.0 ** -len(DISPLAY10_U[k].split(".")[1]) for k in _FREE])
_THETA = [0.029, 0.404, 0.029, 0.380]  # θ by REML as printed, and a guess for ML
_LINES = 2 * J + 3  # the groups' lines, sigma, place and scale of x; then u of the groups, then both θ


def display10_u(rng) -> pd.DataFrame:
    """Draw 100 rows in 10 groups that carry a printed boundary fit.

    y_ij = a_j + b_j x_ij + e_ij, with a_j near 1.55 − 0.34 u_j

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance. Seed 0 takes three seconds; another may take a minute, or find nothing.

    Returns
    -------
    DataFrame
        100 rows, columns ``group`` (str), ``x``, ``u`` (the same in all rows of a group), ``y`` (three decimals).

    Raises
    ------
    TypeError
        If ``rng`` is not a Generator.
    RuntimeError
        If twenty draws met the figures in none.

    Notes
    -----
    All 13 figures are met as printed: the SD of the intercepts is 0.0848, and the correlation is 1 because the smaller variance of
    the two directions is 0. Deviance and DIC are those of R's ``arm::display``, from the ML refit.

    References
    ----------
    The figures are in the style of Gelman, A. & Hill, J. (2007), ch. 12–13; their data are not published.

    Examples
    --------
    >>> rows = display10_u(np.random.default_rng(0))
    >>> rows.shape, int(rows.groupby("group")["u"].nunique().max())
    ((100, 4), 1)
    >>> display10_u(10)
    Traceback (most recent call last):
    ...
    TypeError: rng must be a numpy Generator, but it is of type int. Pass np.random.default_rng(1), say.
    """
    need_generator(rng)
    for _draw in range(20):
        x, e = rng.normal(size=(J, SIZE)), rng.normal(size=(J, SIZE))
        u, v = rng.normal(2, 1.2, J), rng.normal(size=J)
        lines = [1.55 - 0.34 * u + 0.08 * v, 2.67 + 1.11 * v, [2.75, 0, 0.95]]
        start = np.concatenate([*lines, u, _THETA])
        found = least_squares(_miss, start, args=(x, e), max_nfev=300, x_scale="jac").x
        rows = _table(*line_rows(found[:_LINES], x, e), found[_LINES : _LINES + J])
        if _as_printed(rows):
            return rows
    raise RuntimeError("no draw met the printed figures")


def _table(x, y, u) -> pd.DataFrame:
    x, y, u = (np.round(part, 3) for part in (x, y, u))
    names = np.repeat([f"g{j + 1}" for j in range(J)], SIZE)
    return pd.DataFrame({"group": names, "x": x.ravel(), "u": np.repeat(u, SIZE), "y": y.ravel()})


def _miss(moved, x, e) -> np.ndarray:
    """Return how far the figures lie from the middle of their rounding, and by how much the boundary is no optimum."""
    x, y = line_rows(moved[:_LINES], x, e)
    one = np.ones_like(x)
    X, Z = np.stack([one, x, one * moved[_LINES : _LINES + J, None]], axis=2), np.stack([one, x], axis=2)
    reml, ml = (np.append(theta, 0.0) for theta in np.split(moved[-4:], 2))
    beta, se, sigma, criterion, _ml = closed(X, Z, y, reml)
    deviance = closed(X, Z, y, ml)[4]
    sds = sigma * np.abs(reml[:2])
    off = np.array(
        [
            *np.column_stack([beta, se]).ravel(),
            *sds,
            sigma,
            criterion + 2 * 7,
            2 * deviance - criterion,
            deviance,
        ]
    )
    off = (off - _PRINTED) / _HALF
    slopes, rises, h = [], [], 1e-4
    for at, which in ((reml, 3), (ml, 4)):
        for step in h * np.eye(3)[:2]:
            slopes.append((closed(X, Z, y, at + step)[which] - closed(X, Z, y, at - step)[which]) / (2 * h))
        beyond = at + np.array([0, 0, np.sqrt(h)])  # a second direction with variance h
        rises.append((closed(X, Z, y, beyond)[which] - closed(X, Z, y, at)[which]) / h)
    outside = np.sign(off) * np.maximum(np.abs(off) - 0.7, 0)
    return np.concatenate([outside, 100 * np.array(slopes), np.maximum(3 - np.array(rises), 0)])


def _as_printed(rows: pd.DataFrame) -> bool:
    """Whether a fit from scratch prints every figure."""
    fit = lmm("y ~ x + u + (1 + x | group)", rows)
    v, deviance = fit.varcorr["group"], fit.refit("ML").criterion
    twos = [*np.column_stack([fit.fixef, fit.fixef_se]).ravel(), *v.sd, v.corr.iloc[0, 1], fit.sigma]
    ones = [fit.aic, 2 * deviance - fit.criterion, deviance]
    printed = *(f"{n:.2f}" for n in twos), *(f"{n:.1f}" for n in ones)
    return fit.is_boundary and printed == DISPLAY10_U

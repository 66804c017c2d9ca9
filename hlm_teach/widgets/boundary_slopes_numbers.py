"""Slopes that vary, at the boundary: 500 balanced data sets, and the REML fit of one as it is and by three remedies.

x has the same n values in every group, with mean 0 and mean square 1. Then the least squares lines of the groups say all:

    C = n·Cov(intercepts, slopes over groups) ~ Wishart(σ²I + n·T, J − 1)/(J − 1)        W ~ σ²·χ²(f),  f = J(n − 2)

    −2 log L_REML = (J − 1)·Σ_i (log v_i + l_i/v_i) + f·log σ² + W/σ² + c

where l_1 >= l_2 are the eigenvalues of C and v_i those of σ²I + n·T, along the same axes; no v_i may be below σ². Where l_2 is
below W/f, the smaller SD of the ellipse of lines is 0: a correlation of ±1, or no variance at all. It is then pooled with W.

``boundary_slopes_maths.js`` is the twin of this file.

What this file does not do: unequal groups or other x (`hlm_teach.lmm`), or an exact chance of the boundary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hlm_teach.widgets.normals import Normals
from hlm_teach.widgets.reml_ml_draws import SETS, TRIES, chi_square

__all__ = ["REMEDIES", "TAU0", "SlopeFit", "draws", "fit_slopes", "singular"]

TAU0 = 0.5
REMEDIES = ("keep", "apart", "drop", "prior")


@lru_cache(maxsize=8)
def _numbers(seed: int) -> tuple[np.ndarray, np.ndarray]:
    z = Normals(seed).draw(SETS * (1 + 9 * TRIES)).reshape(SETS, -1)
    return z[:, 0], z[:, 1:].reshape(SETS, 3 * TRIES, 3)


@lru_cache(maxsize=256)
def draws(seed: int, J: int, n: int, tau1: float, rho: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw 500 data sets with τ_0 = 0.5 and σ = 1: C as columns C_00, C_01, C_11, shape (500, 3), and W, shape (500,).

    >>> C, W = draws(1, J=20, n=10, tau1=0.3, rho=0.0)
    >>> C.mean(axis=0).round(1), round(float(W.mean() / 160), 2)  # σ² + n·T is 3.5, 0, 1.9
    (array([3.4, 0. , 1.9]), 1.0)
    """
    common, z = _numbers(seed)
    a, b, d = 1 + n * TAU0**2, n * rho * TAU0 * tau1, 1 + n * tau1**2
    low = b / math.sqrt(a)
    first = np.sqrt(chi_square(J - 1, z[:, :TRIES]))
    second = np.sqrt(chi_square(J - 2, z[:, TRIES : 2 * TRIES]))
    up, down = math.sqrt(a) * first, low * first + math.sqrt(d - low * low) * common
    over = math.sqrt(d - low * low) * second
    C = np.column_stack([up * up, up * down, down * down + over * over]) / (J - 1)
    return C, chi_square(J * (n - 2), z[:, 2 * TRIES :])


@dataclass(frozen=True)
class SlopeFit:
    """One fit: the SDs, their correlation, σ², the criterion, and whether it lies at the boundary.

    ``rho`` is nan where an SD is 0; ``se`` is the standard error of the mean slope.
    """

    tau0: float
    tau1: float
    rho: float
    sigma2: float
    height: float
    boundary: bool
    se: float


def fit_slopes(C, W: float, J: int, n: int, remedy: str = "keep") -> SlopeFit:
    """Fit one data set by REML.

    Parameters
    ----------
    C : sequence of float
        C_00, C_01, C_11 (n times the covariance matrix of the groups' intercepts and slopes).
    W : float
        The sum of squares around the groups' own lines.
    J, n : int
    remedy : "keep", "apart", "drop" or "prior"
        As it is; without the correlation (``||``); without the slope's variance; with a prior that avoids the boundary
        (Wishart, 4 degrees of freedom, flat scale: the criterion loses log|T|).

    Examples
    --------
    >>> found = fit_slopes([4.0, 2.0, 1.5], 100.0, J=10, n=12)
    >>> round(found.tau0, 3), round(found.tau1, 3), round(found.rho, 3), found.boundary
    (0.515, 0.285, 1.0, True)
    >>> round(fit_slopes([4.0, 2.0, 1.5], 100.0, J=10, n=12, remedy="apart").tau1, 3)
    0.204
    """
    a, b, d, W = *(float(c) for c in C), float(W)
    f, angle = J * (n - 2), 0.0
    if remedy in ("keep", "prior"):
        half = math.hypot((a - d) / 2, b)
        l1, l2, angle = (a + d) / 2 + half, (a + d) / 2 - half, math.atan2(2 * b, a - d) / 2
    else:
        l1, l2 = a, d
    if remedy == "prior":
        v1, v2, sigma2 = _avoided(l1, l2, W, J, f)
    else:
        v1, v2, sigma2 = _pooled(l1, l2, W, J, f, drop=remedy == "drop")
    cosine, sine = math.cos(angle), math.sin(angle)
    t1, t2 = (v1 - sigma2) / n, (v2 - sigma2) / n
    T00, T11 = cosine**2 * t1 + sine**2 * t2, sine**2 * t1 + cosine**2 * t2
    T01 = cosine * sine * (t1 - t2)
    height = (J - 1) * (math.log(v1) + l1 / v1 + math.log(v2) + l2 / v2) + f * math.log(sigma2) + W / sigma2
    return SlopeFit(
        tau0=math.sqrt(T00),
        tau1=math.sqrt(T11),
        rho=T01 / math.sqrt(T00 * T11) if T00 * T11 > 0 else math.nan,
        sigma2=sigma2,
        height=height,
        boundary=min(t1, t2) == 0,
        se=math.sqrt((n * T11 + sigma2) / (n * J)),
    )


def _pooled(l1: float, l2: float, W: float, J: int, f: int, drop: bool) -> tuple[float, float, float]:
    """Return v_1, v_2 and σ²: whatever is below σ² is pooled with it, the smallest first; ``drop`` pools l_2 in any case."""
    total, free, left = W, f, {0: l1, 1: l2}
    for k in [1, 0] if drop or l2 <= l1 else [0, 1]:
        if left[k] < total / free or (drop and k == 1):
            total, free = total + (J - 1) * left.pop(k), free + J - 1
    sigma2 = total / free
    return left.get(0, sigma2), left.get(1, sigma2), sigma2


def _avoided(l1: float, l2: float, W: float, J: int, f: int) -> tuple[float, float, float]:
    """Return v_1, v_2 and σ² with the prior: given σ², (J − 1)(v − l)(v − σ²) = v²; σ² by bisection below W/f."""

    def best(value: float, s: float) -> float:
        whole = (J - 1) * (value + s)
        return (whole + math.sqrt(whole * whole - 4 * (J - 2) * (J - 1) * value * s)) / (2 * (J - 2))

    low, high = 0.0, W / f
    while low < (s := (low + high) / 2) < high:
        climb = f / s - W / s**2 + sum(1 / (best(value, s) - s) for value in (l1, l2))
        low, high = (s, high) if climb < 0 else (low, s)
    return best(l1, high), best(l2, high), high


def singular(C: np.ndarray, W: np.ndarray, J: int, n: int) -> np.ndarray:
    """Return which of many data sets have a fit at the boundary.

    >>> C, W = draws(1, J=6, n=5, tau1=0.2, rho=0.0)
    >>> round(float(singular(C, W, 6, 5).mean()), 2)
    0.74
    """
    smaller = (C[:, 0] + C[:, 2]) / 2 - np.hypot((C[:, 0] - C[:, 2]) / 2, C[:, 1])
    return smaller < W / (J * (n - 2))

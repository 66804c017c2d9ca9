"""Five hundred balanced data sets, their REML and ML estimates, and what theory says of both exactly.

J groups of n rows with p fixed effects that belong to whole groups (the intercept is the first). Of each data set only two
numbers matter, S and W:

    S = n·Σ_j (ȳ_j − fitted)²  ~ (σ² + n·τ²)·χ²(J − p)        W = Σ (y_ij − ȳ_j)² ~ σ²·χ²(J(n − 1))
    τ̂²_REML = max(0, (S/(J − p) − W/(J(n − 1)))/n)             τ̂²_ML = the same with J in the place of J − p

ML divides as if the fixed effects had cost nothing. How often an estimate is 0 follows from the distribution of F, and so does its
mean: a χ² variable weighted by itself is a χ² variable with two degrees of freedom more.

The predictors are cosine waves over the order of the groups, orthogonal to each other and to the intercept, with mean square 1.
``reml_ml_maths.js`` is the twin of this file.

What this file does not do: fit one data set (`reml_ml_profile`), or unequal groups.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hlm_teach.widgets.normals import Normals

__all__ = ["SETS", "Draws", "Exact", "chi_square", "draws", "exact", "histogram", "waves"]

SETS, MOST, TRIES, BINS = 500, 50, 6, 24


@lru_cache(maxsize=8)
def _numbers(seed: int) -> tuple[np.ndarray, np.ndarray]:
    z = Normals(seed).draw(SETS * (MOST + 3 * TRIES)).reshape(SETS, -1)
    return z[:, :MOST], z[:, MOST:].reshape(SETS, TRIES, 3)


def chi_square(free: int, tries: np.ndarray) -> np.ndarray:
    """Turn standard normal numbers, shape (sets, tries, 3), into one χ² number per set.

    Notes
    -----
    Marsaglia and Tsang's rejection: d·(1 + c·x)³ with d = free/2 − 1/3 and c = 1/√(9d). Two more normal numbers give the
    exponential one that decides. All tries of a set fail once in 10⁷ sets; then its last one is taken.

    Examples
    --------
    >>> found = chi_square(12, Normals(1).draw(9000).reshape(1000, 3, 3))
    >>> round(float(found.mean()), 1), round(float(found.var()))
    (12.3, 25)
    """
    d = free / 2 - 1 / 3
    x, cost = tries[..., 0], (tries[..., 1] ** 2 + tries[..., 2] ** 2) / 2
    v = np.maximum(1e-9, 1 + x / math.sqrt(9 * d)) ** 3
    kept = cost > d * v - d - x * x / 2 - d * np.log(v)
    first = np.where(kept.any(axis=1), kept.argmax(axis=1), tries.shape[1] - 1)
    return 2 * d * v[np.arange(len(v)), first]


def waves(J: int) -> np.ndarray:
    """Return the fixed effects' columns over J groups, shape (J, J): first the intercept, each with mean square 1.

    >>> q = waves(5)
    >>> bool(np.allclose(q.T @ q, 5 * np.eye(5)))
    True
    """
    k = np.arange(J)
    return np.where(k == 0, 1.0, math.sqrt(2)) * np.cos(math.pi * k * (k[:, None] + 0.5) / J)


@dataclass(frozen=True)
class Draws:
    """What 500 data sets say: the two estimates of τ² in each, and the first data set itself."""

    reml: np.ndarray
    ml: np.ndarray
    means: np.ndarray
    within: float


@lru_cache(maxsize=16)
def draws(seed: int, J: int, n: int, p: int, tau: float, sigma: float) -> Draws:
    """Draw the data sets of a seed. The same seed keeps its numbers while J, n, p, τ or σ changes.

    >>> found = draws(1, J=4, n=10, p=1, tau=1.0, sigma=1.0)
    >>> round(float(found.reml.mean()), 2), round(float(found.ml.mean()), 2)
    (1.03, 0.75)
    """
    z, tries = _numbers(seed)
    free = J * (n - 1)
    within = sigma**2 * chi_square(free, tries)
    unit = sigma**2 + n * tau**2
    between = unit * np.sum(z[:, p:J] ** 2, axis=1)
    reml, ml = (np.maximum(0.0, (between / m - within / free) / n) for m in (J - p, J))
    return Draws(reml, ml, waves(J) @ z[0, :J] * math.sqrt(unit / (n * J)), float(within[0]))


@dataclass(frozen=True)
class Exact:
    """The mean of an estimate of τ² over all data sets, and its probability of being 0."""

    mean: float
    zero: float


def exact(J: int, n: int, p: int, tau: float, sigma: float, method: str) -> Exact:
    """Return what the distribution of F says of an estimate of τ².

    Parameters
    ----------
    J, n, p : int
        Groups, rows per group, fixed effects of whole groups (p < J).
    tau, sigma : float
        The true SDs.
    method : "REML" or "ML"

    Examples
    --------
    >>> exact(6, 5, 1, tau=1 / 3, sigma=1.0, method="REML")  # ICC 0.1
    Exact(mean=0.13..., zero=0.330...)
    >>> round(exact(4, 10, 1, tau=1.0, sigma=1.0, method="ML").mean, 2)
    0.73
    """
    from scipy.special import fdtr, fdtrc  # the distribution function of F, and its complement

    free, rest = J - p, J * (n - 1)
    divisor = free if method == "REML" else J
    unit = sigma**2 + n * tau**2
    ratio = sigma**2 * divisor / unit
    above = unit * free / divisor * fdtrc(free + 2, rest, ratio / (free + 2))
    below = sigma**2 * fdtrc(free, rest + 2, ratio * (rest + 2) / (free * rest))
    return Exact(float((above - below) / n), float(fdtr(free, rest, ratio / free)))


def histogram(values: np.ndarray, top: float) -> tuple[int, list[int]]:
    """Count the zeros, then all others in 24 bins from 0 to top; what is beyond stands in the last bin.

    >>> histogram(np.array([0.0, 0.0, 0.1, 0.9, 7.0]), 1.0)[0], sum(histogram(np.array([0.0, 0.1, 7.0]), 1.0)[1])
    (2, 2)
    """
    some = values[values > 0]
    place = np.minimum(BINS - 1, np.floor(some / top * BINS)).astype(int)
    return len(values) - len(some), np.bincount(place, minlength=BINS).tolist()

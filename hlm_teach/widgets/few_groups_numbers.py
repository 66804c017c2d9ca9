"""Few groups: 200 samples of a treatment of whole groups, five intervals for its effect, and how often each covers, exactly.

J groups of n rows, J₁ = ⌊J/2⌋ of them treated, no effect. Of a sample three numbers matter, independent of each other:

    β̂ ~ N(0, v·λ/(Jn)),  λ = σ² + n·τ²        S ~ λ·χ²(a),  a = J − 2        W ~ σ²·χ²(f),  f = J(n − 1)

v = J²/(J₁J₂) is 4 for an even J. S is n times the sum of squares of the group means in their arms, W that within groups. Every
interval is β̂ ± k·√(v·q/(Jn)):

    z        q = S/a                 k = 1.96        t        q = S/a    k from t(a)
    robust   q = c·S/J               k = 1.96, c = J/(J − 1)·(Jn − 1)/(Jn − 2)
    lmm      q = λ̂ by REML           k = 1.96        rows     q = (S + W)/(Jn − 2), k = 1.96

For the first three the coverage is a probability of t(a). For the others q depends on S and W through their sum, which makes a t
with a + f degrees of freedom, and their shares, sin²φ and cos²φ, over which an integral is taken. With an odd J the robust variance
weighs the arms unequally, S in it becoming S₁·J₂/J₁ + S₂·J₁/J₂: there the integral is over the shares of S₁ and S₂.

``few_groups_maths.js`` is the twin of this file.

What this file does not do: groups of unequal size, or corrected degrees of freedom (`hlm_teach.degrees`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hlm_teach.widgets.normals import Normals
from hlm_teach.widgets.reml_ml_draws import TRIES, chi_square

__all__ = ["METHODS", "SAMPLES", "Samples", "arms", "coverage", "factor", "ratio", "samples"]

METHODS = ("z", "t", "robust", "lmm", "rows")
SAMPLES, NODES, Z = 200, 40, 1.959963984540054


@lru_cache(maxsize=8)
def _numbers(seed: int, odd: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    row, more = 1 + 6 * TRIES, 3 * TRIES * odd
    z = Normals(seed).draw(SAMPLES * (row + more))
    first, rest = z[: SAMPLES * row].reshape(SAMPLES, row), z[SAMPLES * row :].reshape(SAMPLES, -1, 3)
    return first[:, 0], first[:, 1:].reshape(SAMPLES, 2 * TRIES, 3), rest


def arms(J: int) -> tuple[int, int]:
    """Return how many groups are treated, and how many are not.

    >>> arms(7)
    (3, 4)
    """
    return J // 2, J - J // 2


@dataclass(frozen=True)
class Samples:
    """Estimates, the half widths of their intervals (infinite where there is none), and τ̂², shape (200,) each."""

    estimate: np.ndarray
    half: np.ndarray
    tau2: np.ndarray

    @property
    def covered(self) -> np.ndarray:
        """Whether each interval holds the true effect, 0."""
        return np.abs(self.estimate) <= self.half


def factor(J: int, method: str) -> float:
    """Return by what the standard error is multiplied.

    >>> round(factor(6, "t"), 3), round(factor(6, "lmm"), 3)
    (2.776, 1.96)
    """
    from scipy.special import stdtrit  # the quantile of t

    return float(stdtrit(J - 2, 0.975)) if method == "t" else Z


def ratio(J: int, n: int, method: str) -> float:
    """Return q over S/a, on average where the two are not proportional: 1, and less for the cluster-robust variance.

    >>> round(ratio(6, 10, "robust"), 3), round(ratio(7, 10, "robust"), 3), ratio(6, 10, "t")
    (0.814, 0.831, 1.0)
    """
    if method != "robust":
        return 1.0
    treated, others = arms(J)
    weight = _weighed(treated - 1, others - 1, J) / (J - 2) if J > 2 else 1.0
    return (J - 2) * _correction(J, n) * weight


def _correction(J: int, n: int) -> float:
    """Return Stata's correction of the robust variance, over J."""
    return (J * n - 1) / (J * n - 2) / (J - 1)


def _weighed(one, other, J: int):
    """Return S as the robust variance weighs its two parts: their sum for an even J."""
    treated, others = arms(J)
    return one * (others / treated) + other * (treated / others)


def samples(seed: int, J: int, n: int, icc: float, method: str) -> Samples:
    """Draw 200 samples and their intervals; τ² + σ² = 1.

    >>> round(float(samples(1, J=6, n=10, icc=0.2, method="z").covered.mean()), 2)
    0.88
    """
    noise, z, more = _numbers(seed, bool(J % 2))
    sigma2, unit = 1 - icc, 1 - icc + n * icc
    (treated, others), a, f, N = arms(J), J - 2, J * (n - 1), J * n
    scale = J * J / (treated * others) / N
    W = sigma2 * chi_square(f, z[:, TRIES:])
    parts = (
        [_chi(treated - 1, z), _chi(others - 1, more)]
        if J % 2
        else [_chi(a, z[:, :TRIES]), np.zeros(SAMPLES)]
    )
    S = unit * (parts[0] + parts[1])
    between = S / a if a else np.full(SAMPLES, np.inf)
    tau2 = np.maximum(0, (between - W / f) / n) if a else np.full(SAMPLES, np.nan)
    pooled = (S + W) / (a + f)
    if method == "rows":
        q = pooled
    elif method == "lmm" and a:
        q = np.where(tau2 > 0, between, pooled)
    elif method == "robust" and a:
        q = unit * _weighed(*parts, J) * _correction(J, n)
    else:
        q = between
    half = factor(J, method) * np.sqrt(scale * q) if a or method == "rows" else q
    return Samples(math.sqrt(scale * unit) * noise, half, tau2)


def _chi(free: int, tries: np.ndarray) -> np.ndarray:
    """Return χ² numbers, also where there are 0 or 1 degrees of freedom."""
    if free < 2:
        return free * tries[:, 0, 0] ** 2
    return chi_square(free, tries[:, :TRIES])


def coverage(J: int, n: int, icc: float, method: str) -> float:
    """Return how often the interval covers, exactly; nan where there is none (J = 2).

    >>> round(coverage(6, 10, 0.2, "z"), 4), round(coverage(6, 10, 0.2, "t"), 4), round(coverage(6, 10, 0.2, "rows"), 3)
    (0.8784, 0.95, 0.737)
    """
    a, f = J - 2, J * (n - 1)
    sigma2, unit = 1 - icc, 1 - icc + n * icc
    if not a:
        return _within(f, Z * math.sqrt(sigma2 / unit)) if method == "rows" else math.nan
    if method == "robust" and J % 2 and J > 3:
        treated, others = arms(J)
        low, high = _ends(treated - 1, others - 1)
        unequal = lambda one, other: a * _correction(J, n) * _weighed(one, other, J)  # noqa: E731
        return _integral(low, high, treated - 1, others - 1, unequal)
    if method not in ("lmm", "rows"):
        return _within(a, factor(J, method) * math.sqrt(ratio(J, n, method)))
    low, high = _ends(a, f)
    edge = math.atan(math.sqrt(sigma2 * a / (unit * f))) if method == "lmm" else high
    edge = min(high, max(low, edge))
    pooled = _integral(low, edge, a, f, lambda between, within: between + sigma2 / unit * within)
    return pooled + _integral(edge, high, a, f, lambda between, _within: (a + f) / a * between)


def _ends(a: int, f: int) -> tuple[float, float]:
    """Return the angles between which nearly all shares of χ²(a) in χ²(a) + χ²(f) lie."""
    middle, sd = math.asin(math.sqrt(a / (a + f))), 1 / math.sqrt(2 * (a + f))
    return max(0.0, middle - 10 * sd), min(math.pi / 2, middle + 10 * sd)


def _within(free: int, bound):
    """Return P(−bound ≤ t ≤ bound)."""
    from scipy.special import fdtr  # the distribution function of F

    return fdtr(1, free, np.square(bound)) if np.ndim(bound) else float(fdtr(1, free, bound**2))


def _integral(low: float, high: float, a: int, f: int, times) -> float:
    """Return the part of the coverage where the first of two χ² has the share sin²φ of their sum T, φ from low to high.

    There q/λ is T/(a + f) times a number, ``times`` of both shares.
    """
    if high <= low:
        return 0.0
    nodes, weights = _nodes()
    angle = low + (high - low) * nodes
    sine, cosine = np.sin(angle), np.cos(angle)
    log = math.log(2) + math.lgamma((a + f) / 2) - math.lgamma(a / 2) - math.lgamma(f / 2)
    density = np.exp(log + (a - 1) * np.log(sine) + (f - 1) * np.log(cosine))
    bound = Z * np.sqrt(times(sine**2, cosine**2))
    return float((high - low) * np.sum(weights * density * _within(a + f, bound)))


@lru_cache(maxsize=1)
def _nodes() -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes and weights of Gauss and Legendre on 0…1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2

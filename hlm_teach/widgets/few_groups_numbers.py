"""Few groups: 200 samples of a treatment of whole groups, five intervals for its effect, and how often each covers, exactly.

J groups of n rows, half of the groups treated, no effect. Of a sample three numbers matter, independent of each other:

    β̂ ~ N(0, 4λ/(Jn)),  λ = σ² + n·τ²        S ~ λ·χ²(a),  a = J − 2        W ~ σ²·χ²(f),  f = J(n − 1)

S is n times the sum of squares of the group means in their arms, W that within groups. Every interval is β̂ ± k·√(4q/(Jn)):

    z        q = S/a                 k = 1.96        t        q = S/a    k from t(a)
    robust   q = c·S/J               k = 1.96, c = J/(J − 1)·(Jn − 1)/(Jn − 2)
    lmm      q = λ̂ by REML           k = 1.96        rows     q = (S + W)/(Jn − 2), k = 1.96

For the first three the coverage is a probability of t(a). For the others q depends on S and W through their sum, which makes a t
with a + f degrees of freedom, and their shares, sin²φ and cos²φ, over which an integral is taken.

``few_groups_maths.js`` is the twin of this file.

What this file does not do: unequal groups or arms, or corrected degrees of freedom (`hlm_teach.degrees`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hlm_teach.widgets.normals import Normals
from hlm_teach.widgets.reml_ml_draws import TRIES, chi_square

__all__ = ["METHODS", "SAMPLES", "Samples", "coverage", "factor", "ratio", "samples"]

METHODS = ("z", "t", "robust", "lmm", "rows")
SAMPLES, NODES, Z = 200, 40, 1.959963984540054


@lru_cache(maxsize=8)
def _numbers(seed: int) -> tuple[np.ndarray, np.ndarray]:
    z = Normals(seed).draw(SAMPLES * (1 + 6 * TRIES)).reshape(SAMPLES, -1)
    return z[:, 0], z[:, 1:].reshape(SAMPLES, 2 * TRIES, 3)


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
    """Return q over S/a where the two are proportional: 1, and less for the cluster-robust variance.

    >>> round(ratio(6, 10, "robust"), 3)
    0.814
    """
    N = J * n
    return (J - 2) / J * J / (J - 1) * (N - 1) / (N - 2) if method == "robust" else 1.0


def samples(seed: int, J: int, n: int, icc: float, method: str) -> Samples:
    """Draw 200 samples and their intervals; τ² + σ² = 1.

    >>> round(float(samples(1, J=6, n=10, icc=0.2, method="z").covered.mean()), 2)
    0.88
    """
    noise, z = _numbers(seed)
    sigma2, unit = 1 - icc, 1 - icc + n * icc
    a, f, N = J - 2, J * (n - 1), J * n
    W = sigma2 * chi_square(f, z[:, TRIES:])
    S = unit * chi_square(a, z[:, :TRIES]) if a else np.zeros(SAMPLES)
    between = S / a if a else np.full(SAMPLES, np.inf)
    tau2 = np.maximum(0, (between - W / f) / n) if a else np.full(SAMPLES, np.nan)
    pooled = (S + W) / (a + f)
    if method == "rows":
        q = pooled
    elif method == "lmm" and a:
        q = np.where(tau2 > 0, between, pooled)
    else:
        q = between * (ratio(J, n, method) if a else 1)
    half = factor(J, method) * np.sqrt(4 * q / N) if a or method == "rows" else q
    return Samples(math.sqrt(4 * unit / N) * noise, half, tau2)


def coverage(J: int, n: int, icc: float, method: str) -> float:
    """Return how often the interval covers, exactly; nan where there is none (J = 2).

    >>> round(coverage(6, 10, 0.2, "z"), 4), round(coverage(6, 10, 0.2, "t"), 4), round(coverage(6, 10, 0.2, "rows"), 3)
    (0.8784, 0.95, 0.737)
    """
    a, f = J - 2, J * (n - 1)
    sigma2, unit = 1 - icc, 1 - icc + n * icc
    if not a:
        return _within(f, Z * math.sqrt(sigma2 / unit)) if method == "rows" else math.nan
    if method not in ("lmm", "rows"):
        return _within(a, factor(J, method) * math.sqrt(ratio(J, n, method)))
    middle, sd = math.asin(math.sqrt(a / (a + f))), 1 / math.sqrt(2 * (a + f))
    low, high = max(0.0, middle - 10 * sd), min(math.pi / 2, middle + 10 * sd)
    edge = math.atan(math.sqrt(sigma2 * a / (unit * f))) if method == "lmm" else low
    edge = min(high, max(low, edge))
    return _integral(low, edge, a, f, sigma2 / unit, False) + _integral(
        edge, high, a, f, sigma2 / unit, method == "lmm"
    )


def _within(free: int, bound):
    """Return P(−bound ≤ t ≤ bound)."""
    from scipy.special import fdtr  # the distribution function of F

    return fdtr(1, free, np.square(bound)) if np.ndim(bound) else float(fdtr(1, free, bound**2))


def _integral(low: float, high: float, a: int, f: int, share: float, between: bool) -> float:
    """Return the part of the coverage where S has the share sin²φ of both sums, φ from low to high.

    There q/λ is T/(a + f) times a known number: (a + f)/a·sin²φ where q is S/a (``between``), else sin²φ + share·cos²φ.
    """
    if high <= low:
        return 0.0
    nodes, weights = _nodes()
    angle = low + (high - low) * nodes
    sine, cosine = np.sin(angle), np.cos(angle)
    log = math.log(2) + math.lgamma((a + f) / 2) - math.lgamma(a / 2) - math.lgamma(f / 2)
    density = np.exp(log + (a - 1) * np.log(sine) + (f - 1) * np.log(cosine))
    times = (a + f) / a * sine**2 if between else sine**2 + share * cosine**2
    return float((high - low) * np.sum(weights * density * _within(a + f, Z * np.sqrt(times))))


@lru_cache(maxsize=1)
def _nodes() -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes and weights of Gauss and Legendre on 0…1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2

"""Balanced groups at the boundary: 500 data sets, the chance of τ̂ = 0, how many groups would help, and a prior that avoids 0.

    MSB ~ (σ² + n·τ²)·χ²(J − 1)/(J − 1)        MSW ~ σ²·χ²(J(n − 1))/(J(n − 1))        τ̂² = (MSB − MSW)/n, cut at 0

Before the cut τ̂² is negative whenever MSB < MSW, which chance alone brings about: P(τ̂ = 0) = P(F ≤ σ²/(σ² + n·τ²)).

The prior is gamma(2, rate → 0) on τ, a density that grows in proportion to τ: the criterion loses 2·log τ, so that 0 is never
best, while far from 0 hardly anything changes.

``boundary_fits_maths.js`` is the twin of this file; curve and interval are those of `reml_ml_profile`.

What this file does not do: unequal groups, or slopes that vary (`hlm_teach.lmm`).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from hlm_teach.widgets.normals import Normals
from hlm_teach.widgets.reml_ml_draws import SETS, TRIES, chi_square, exact
from hlm_teach.widgets.reml_ml_profile import CHI_95, Profile

__all__ = ["Avoided", "avoid", "chance", "draws", "needed", "zero_chance"]

MOST = 1000


@lru_cache(maxsize=8)
def _numbers(seed: int) -> np.ndarray:
    return Normals(seed).draw(SETS * 6 * TRIES).reshape(SETS, 2 * TRIES, 3)


@lru_cache(maxsize=256)
def draws(seed: int, J: int, n: int, tau: float, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw 500 data sets: their sums of squares between groups and within, shape (500,) each.

    >>> S, W = draws(1, J=6, n=5, tau=0.0, sigma=1.0)
    >>> round(float(np.mean(S / 5)), 2), round(float(np.mean(W / 24)), 2)
    (1.01, 0.99)
    """
    z = _numbers(seed)
    between = (sigma**2 + n * tau**2) * chi_square(J - 1, z[:, :TRIES])
    return between, sigma**2 * chi_square(J * (n - 1), z[:, TRIES:])


def chance(J: int, n: int, icc: float, method: str) -> float:
    """Return how often τ̂ is 0 in data sets with this ICC, exactly.

    >>> round(chance(6, 5, 0.1, "REML"), 3), round(chance(6, 5, 0.0, "REML"), 3), round(chance(6, 5, 0.1, "ML"), 3)
    (0.331, 0.561, 0.42)
    """
    return exact(J, n, 1, math.sqrt(icc), math.sqrt(1 - icc), method).zero


def zero_chance(a: int, f: int, n: int, icc: float) -> float:
    """Return P(τ̂ = 0) by REML with a degrees of freedom between groups and f within; nan where a is 0.

    >>> round(zero_chance(5, 24, 5, 0.1), 3)  # six groups of five
    0.331
    """
    from scipy.special import fdtr  # the distribution function of F

    return float(fdtr(a, f, (1 - icc) / (1 - icc + n * icc))) if a else math.nan


def needed(n: int, icc: float, method: str) -> int:
    """Return the fewest groups of n, 3 to 1000, with τ̂ = 0 in at most 5 % of data sets; 0 where none are enough.

    >>> needed(5, 0.1, "REML"), needed(5, 0.0, "REML")
    (42, 0)
    """
    low, high = 2, MOST
    if chance(high, n, icc, method) > 0.05:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if chance(middle, n, icc, method) > 0.05 else (low, middle)
    return high


class Avoided:
    """A fit with the prior that avoids the boundary.

    Attributes
    ----------
    tau : float
        Where the criterion less 2·log τ is lowest, > 0.
    interval : tuple of float
        The τ at most 3.84 above it by the same criterion.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        low = high = max(0.0, profile.tau2_raw)
        step = profile.unit / profile.n
        while self._climb(high + step) < 0:
            low, step = high + step, 2 * step
        high += step
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if self._climb(middle) < 0 else (low, middle)
        self.tau = math.sqrt(high)
        limit, far = self.at(self.tau) + CHI_95, 2 * self.tau
        while self.at(far) < limit:
            far *= 2
        self.interval = self._crossing(0.0, limit), self._crossing(far, limit)

    def at(self, tau: float) -> float:
        """Return the criterion less 2·log τ."""
        return self._profile.at(tau) - 2 * math.log(tau)

    def _climb(self, tau2: float) -> float:
        """Return the slope over τ²: that of the curve is n·(m/λ − S/λ²) at the best λ = σ² + nτ², the prior's is −1/τ²."""
        fit = self._profile
        whole = fit.sigma2_at(tau2) + fit.n * tau2
        return fit.n * (fit.m / whole - fit.S / whole**2) - 1 / tau2

    def _crossing(self, outside: float, limit: float) -> float:
        inside = self.tau
        while (middle := (inside + outside) / 2) not in (inside, outside):
            inside, outside = (middle, outside) if self.at(middle) < limit else (inside, middle)
        return inside


def avoid(profile: Profile) -> Avoided:
    """Fit with the prior that avoids the boundary.

    >>> fit = avoid(Profile(6, 5, 1, S=56357.5, W=58830.0, method="REML"))  # dyestuff, where τ̂ is 42.0 without it
    >>> round(fit.tau, 2), [round(end, 1) for end in fit.interval]
    (49.77, [21.3, 131.4])
    """
    return Avoided(profile)

"""Units with known standard errors, as they are and shrunk to one mean or to a line: the estimates behind a ranking.

    y_j ~ N(θ_j, se_j²)        θ_j ~ N(γ_0 + γ_1·x_j, τ²)        θ̂_j = λ_j·y_j + (1 − λ_j)·(γ̂_0 + γ̂_1·x_j)

λ_j = τ²/(τ² + se_j²), τ by REML. ``hospitals_maths.js`` is the twin of this file.

What this file does not do: estimate se_j, or count deaths as a binomial or Poisson model would (`hlm_teach.glmm`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["UnitFit", "as_they_are", "shrunk"]

GRID = 10.0 ** (np.arange(40) / 3 - 5)


@dataclass(frozen=True)
class UnitFit:
    """Estimates of all units.

    Attributes
    ----------
    intercept, slope, tau2 : float
        γ̂_0, γ̂_1 (0 where the target is one mean) and τ̂².
    weight, target, estimate, se : ndarray, shape (J,)
        λ_j; γ̂_0 + γ̂_1·x_j; θ̂_j; and its standard error given τ.
    """

    intercept: float
    slope: float
    tau2: float
    weight: np.ndarray
    target: np.ndarray
    estimate: np.ndarray
    se: np.ndarray


def as_they_are(y, se) -> UnitFit:
    """Return the raw values as estimates: λ = 1 for all."""
    y, se = np.asarray(y, dtype=float), np.asarray(se, dtype=float)
    mean = float(np.sum(y / se**2) / np.sum(1 / se**2))
    return UnitFit(mean, 0.0, np.inf, np.ones_like(y), np.full_like(y, mean), y, se)


def shrunk(y, se, x, line: bool) -> UnitFit:
    """Shrink to the line on x (``line``), or to one mean.

    Parameters
    ----------
    y, se, x : array, shape (J,)
        Values, their standard errors (> 0), and a predictor of units, not constant.
    line : bool

    Notes
    -----
    Var(θ̂_j) = λ_j·se_j² + (1 − λ_j)²·Var(target_j).

    Examples
    --------
    >>> found = shrunk([8.0, 20, 11, 12], [5.0, 5, 1, 1], [0.0, 1, 2, 3], line=False)
    >>> found.tau2, found.estimate.round(2)
    (0.0, array([11.6, 11.6, 11.6, 11.6]))
    """
    y, se, x = (np.asarray(v, dtype=float) for v in (y, se, x))
    case = _Case(y, se**2, x, line)
    tau2 = case.reml()
    _climb, _height, slope, y0, x0, spread, total = (float(v) for v in case.at(tau2))
    weight = tau2 / (tau2 + se**2)
    target = y0 + slope * (x - x0)
    noise = 1 / total + (line and (x - x0) ** 2 / spread)
    return UnitFit(
        intercept=y0 - slope * x0,
        slope=slope,
        tau2=tau2,
        weight=weight,
        target=target,
        estimate=target + weight * (y - target),
        se=np.sqrt(weight * se**2 + (1 - weight) ** 2 * noise),
    )


@dataclass(frozen=True)
class _Case:
    y: np.ndarray
    variance: np.ndarray
    x: np.ndarray
    line: bool

    def at(self, tau2) -> tuple:
        """Return slope and height of −2 log restricted likelihood at τ² (or many), and the generalised least squares there."""
        a = 1 / (np.asarray(tau2)[..., None] + self.variance)
        total = a.sum(-1)
        y0, x0 = (a @ self.y) / total, (a @ self.x) / total
        dy, dx = self.y - y0[..., None], self.x - x0[..., None]
        spread = (a * dx**2).sum(-1)
        slope = (a * dx * dy).sum(-1) / spread if self.line else 0.0 * total
        left, square = dy - slope[..., None] * dx, a * a
        climb = total - square.sum(-1) / total - (square * left**2).sum(-1)
        height = (a * left**2).sum(-1) - np.log(a).sum(-1) + np.log(total)
        if self.line:
            climb = climb - (square * dx**2).sum(-1) / spread
            height = height + np.log(spread)
        return climb, height, slope, y0, x0, spread, total

    def reml(self) -> float:
        """Return the τ² at which the restricted likelihood is highest: the roots of its slope, and 0."""
        places = np.concatenate([[0.0], GRID * self.variance.mean()])
        climb = np.array([self.at(place)[0] for place in places])
        best, lowest = 0.0, float(self.at(0.0)[1])
        for k in np.flatnonzero((climb[:-1] < 0) & (climb[1:] >= 0)):
            low, high = float(places[k]), float(places[k + 1])
            while low < (middle := (low + high) / 2) < high:
                low, high = (middle, high) if self.at(middle)[0] < 0 else (low, middle)
            height = float(self.at(low)[1])
            if height < lowest:
                best, lowest = low, height
        return best

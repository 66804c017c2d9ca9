"""Groups whose means follow a predictor of groups: the mixed model with and without it, from the groups' means alone.

    ȳ_j ~ N(γ_0 + γ_1·u_j, τ² + σ²/n_j)        α̂_j = λ_j·ȳ_j + (1 − λ_j)·(γ̂_0 + γ̂_1·u_j),   λ_j = n_j·θ/(1 + n_j·θ)

θ = τ²/σ² by REML, as in y ~ u + (1 | group), or y ~ 1 + (1 | group) where the target is one mean: besides means and sizes
this needs only the sum of squares within the groups. ``group_predictors_maths.js`` is the twin of this file.

What this file does not do: predictors that vary inside groups, or slopes that vary (`hlm_teach.lmm`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["LineFit", "fit_line"]

GRID = 10.0 ** (np.arange(40) / 3 - 5)


@dataclass(frozen=True)
class LineFit:
    """One fit: its target, and what it makes of every group.

    Attributes
    ----------
    intercept, slope : float
        γ̂_0 and γ̂_1 (0 where the target is one mean).
    theta, sigma : float
        τ̂²/σ̂² and σ̂ by REML.
    target, weight, estimate, se : ndarray, shape (J,)
        γ̂_0 + γ̂_1·u_j; λ_j; α̂_j; and its standard error given τ and σ.
    """

    intercept: float
    slope: float
    theta: float
    sigma: float
    target: np.ndarray
    weight: np.ndarray
    estimate: np.ndarray
    se: np.ndarray

    @property
    def tau2(self) -> float:
        """τ̂², the variance between groups that the target leaves."""
        return self.theta * self.sigma**2

    @property
    def tau(self) -> float:
        """τ̂."""
        return math.sqrt(self.tau2)


def fit_line(n, y, u, within: float, line: bool) -> LineFit:
    """Fit the groups' means by REML, with the predictor (``line``) or without.

    Parameters
    ----------
    n, y, u : array, shape (J,)
        Sizes, means, and the predictor, which must not be constant.
    within : float
        The sum of squares within the groups, > 0.
    line : bool
        Whether u is in the model.

    Notes
    -----
    se_j² = λ_j·σ²/n_j + (1 − λ_j)²·Var(target_j): what is left of the group's own noise, and the target's.

    Examples
    --------
    >>> found = fit_line([5, 5, 20, 20], [1.0, 4.0, 4.0, 7.0], [0.0, 1.0, 2.0, 3.0], within=46.0, line=True)
    >>> round(found.slope, 3), found.weight.round(2)
    (1.802, array([0.8 , 0.8 , 0.94, 0.94]))
    """
    n, y, u = (np.asarray(v, dtype=float) for v in (n, y, u))
    case = _Case(n, y, u, within, line)
    theta = case.reml()
    a = n / (1 + n * theta)
    _climb, _height, slope, y0, u0, rss, spread = (float(v) for v in case.at(theta))
    sigma2 = rss / (n.sum() - 1 - line)
    weight = n * theta / (1 + n * theta)
    target = y0 + slope * (u - u0)
    noise = sigma2 * (1 / a.sum() + (line and (u - u0) ** 2 / spread))
    return LineFit(
        intercept=y0 - slope * u0,
        slope=slope,
        theta=theta,
        sigma=math.sqrt(sigma2),
        target=target,
        weight=weight,
        estimate=target + weight * (y - target),
        se=np.sqrt(weight * sigma2 / n + (1 - weight) ** 2 * noise),
    )


@dataclass(frozen=True)
class _Case:
    n: np.ndarray
    y: np.ndarray
    u: np.ndarray
    within: float
    line: bool

    def at(self, theta) -> tuple:
        """Return slope and height of −2 log restricted likelihood at θ (or many), and the generalised least squares there."""
        theta = np.asarray(theta)[..., None]
        a = self.n / (1 + self.n * theta)
        total = a.sum(-1)
        y0, u0 = (a @ self.y) / total, (a @ self.u) / total
        dy, du = self.y - y0[..., None], self.u - u0[..., None]
        spread = (a * du**2).sum(-1)
        slope = (a * du * dy).sum(-1) / spread if self.line else 0.0 * total
        left = dy - slope[..., None] * du
        rss = self.within + (a * left**2).sum(-1)
        free, square = self.n.sum() - 1 - self.line, a * a
        climb = total - square.sum(-1) / total - free * (square * left**2).sum(-1) / rss
        height = free * np.log(rss) + np.log1p(self.n * theta).sum(-1) + np.log(total)
        if self.line:
            climb = climb - (square * du**2).sum(-1) / spread
            height = height + np.log(spread)
        return climb, height, slope, y0, u0, rss, spread

    def reml(self) -> float:
        """Return the θ at which the restricted likelihood is highest: the roots of its slope, and 0."""
        places = np.concatenate([[0.0], GRID])
        climb = self.at(places)[0]
        best, lowest = 0.0, float(self.at(0.0)[1])
        for k in np.flatnonzero((climb[:-1] < 0) & (climb[1:] >= 0)):
            low, high = float(places[k]), float(places[k + 1])
            while low < (middle := (low + high) / 2) < high:
                low, high = (middle, high) if self.at(middle)[0] < 0 else (low, middle)
            height = float(self.at(low)[1])
            if height < lowest:
                best, lowest = low, height
        return best

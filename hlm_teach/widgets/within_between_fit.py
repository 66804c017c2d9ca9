"""Within, between, pooled, mixed: four slopes of one data set, and the weights that connect them.

    pooled slope = (1 − ρ)·within + ρ·between              (groups weighted by their size)
    mixed slope  = w·within + (1 − w)·between_mixed,       w = S_within / (S_within + S_between)
    S_within = Σ (x_ij − x̄_j)²,   S_between = Σ n_j φ_j (x̄_j − x̃)²,   φ_j = 1/(1 + n_j θ),   θ = τ²/σ²

The mixed model is y ~ x + (1 | group). Its θ maximises the restricted likelihood, which here needs the group means and three
sums of squares only: the roots of its slope in θ, compared by their height, and θ = 0. Adding the group mean of x
(Mundlak's device) is the same computation with two slopes in the place of one.

``within_between_maths.js`` is the twin of this file.

What this file does not do: rows, standard errors, or slopes that vary (`hlm_teach.lmm`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Slopes", "slopes"]

GRID = 10.0 ** (np.arange(40) / 3 - 5)


@dataclass(frozen=True)
class Slopes:
    """The slopes of a state, their weights, and the points through which their lines go.

    Attributes
    ----------
    within : float
        Slope within groups; the same as with a dummy variable per group.
    between : float
        Slope of the group means of y on those of x, each group once.
    between_by_size : float
        The same, each group as often as it has rows.
    pooled, pooled_weight : float
        Least squares on all rows; its weight on the slope within groups.
    mixed, mixed_weight, between_mixed : float
        The coefficient of x in y ~ x + (1 | group), its weight w, and the slope between groups as that model weighs it.
    theta, sigma : float
        τ²/σ² and σ of that model by REML.
    mundlak_between, mundlak_theta : float
        The slope between groups, and τ²/σ², once the group mean of x is in the model.
    x, y : ndarray
        The group means, as distances from x̄ and y_0.
    pooled_at, mixed_at, between_at : tuple of float
        A point on each line, in the same distances.
    """

    within: float
    between: float
    between_by_size: float
    pooled: float
    pooled_weight: float
    mixed: float
    mixed_weight: float
    between_mixed: float
    theta: float
    sigma: float
    mundlak_between: float
    mundlak_theta: float
    x: np.ndarray
    y: np.ndarray
    pooled_at: tuple[float, float]
    mixed_at: tuple[float, float]
    between_at: tuple[float, float]

    @property
    def tau(self) -> float:
        """The SD between groups of the mixed model with x alone."""
        return self.sigma * math.sqrt(self.theta)

    @property
    def contextual(self) -> float:
        """Between minus within, once the group mean of x is in the model."""
        return self.mundlak_between - self.within


def slopes(parts: Mapping[str, Any], within: float, between: float, icc: float) -> Slopes:
    """Return all slopes of the data that have these parts and dials.

    >>> from hlm_teach.widgets.within_between_data import simulate
    >>> found = slopes(simulate(1, 8, 12), within=1.0, between=-2.0, icc=0.5)
    >>> round(found.pooled, 10), round(found.mixed, 3), round(found.mixed_weight, 3)
    (-0.5, 0.974, 0.991)
    """
    n = np.asarray(parts["n"], dtype=float)
    x = parts["sx"] * math.sqrt(icc) * np.asarray(parts["m"])
    y = between * x + np.asarray(parts["u"])
    case = _Case(n, x, y, within, float(n.sum()) * parts["sx"] ** 2 * (1 - icc), parts["e2"])
    pooled = case.at(0.0)
    theta, both = case.reml(False), case.reml(True)
    mixed = case.at(theta)
    return Slopes(
        within=within,
        between=between,
        between_by_size=float(pooled.between),
        pooled=float(pooled.slope),
        pooled_weight=float(pooled.weight),
        mixed=float(mixed.slope),
        mixed_weight=float(mixed.weight),
        between_mixed=float(mixed.between),
        theta=theta,
        sigma=math.sqrt(mixed.rss / (n.sum() - 2)),
        mundlak_between=float(case.at(both, True).between),
        mundlak_theta=both,
        x=x,
        y=y,
        pooled_at=(float(pooled.x), float(pooled.y)),
        mixed_at=(float(mixed.x), float(mixed.y)),
        between_at=(float(x.mean()), float(y.mean())),
    )


@dataclass(frozen=True)
class _At:
    """The generalised least squares of one θ (or of many), and the slope and height of −2 log restricted likelihood."""

    x: Any
    y: Any
    between: Any
    weight: Any
    slope: Any
    rss: Any
    climb: Any
    height: Any


@dataclass(frozen=True)
class _Case:
    n: np.ndarray
    x: np.ndarray
    y: np.ndarray
    within: float
    own: float  # S_within
    rest: float  # Σ e²

    def at(self, theta: Any, both: bool = False) -> _At:
        theta = np.asarray(theta)[..., None]
        a = self.n / (1 + self.n * theta)
        total = a.sum(-1)
        x, y = (a @ self.x) / total, (a @ self.y) / total
        dx, dy = self.x - x[..., None], self.y - y[..., None]
        spread = (a * dx**2).sum(-1)
        between = (a * dx * dy).sum(-1) / spread
        weight = self.own / (self.own + spread)
        slope = weight * self.within + (1 - weight) * between
        left = dy - (between if both else slope)[..., None] * dx
        rss = self.rest + (a * left**2).sum(-1) + (0 if both else self.own * (self.within - slope) ** 2)
        size, free = spread if both else self.own + spread, self.n.sum() - (3 if both else 2)
        square = a * a
        climb = total - square.sum(-1) / total - (square * dx**2).sum(-1) / size
        climb = climb - free * (square * left**2).sum(-1) / rss
        height = free * np.log(rss) + np.log1p(self.n * theta).sum(-1) + np.log(total) + np.log(size)
        return _At(x, y, between, weight, slope, rss, climb, height)

    def reml(self, both: bool) -> float:
        places = np.concatenate([[0.0], GRID])
        climb = self.at(places, both).climb
        best, lowest = 0.0, float(self.at(0.0, both).height)
        for k in np.flatnonzero((climb[:-1] < 0) & (climb[1:] >= 0)):
            low, high = float(places[k]), float(places[k + 1])
            while low < (middle := (low + high) / 2) < high:
                low, high = (middle, high) if self.at(middle, both).climb < 0 else (low, middle)
            height = float(self.at(low, both).height)
            if height < lowest:
                best, lowest = low, height
        return best

"""Varying intercepts and slopes in closed form: from a line per group to everything the widget shows.

    y_ij = a_j + b_j·x_ij + e_ij,    (a_j, b_j) ~ N(β, T),    e_ij ~ N(0, σ²)

A group enters through its own least-squares line c_j = (a, b) and the cross products S_j of (1, x) about the origin. With

    A_j = (σ²I + S_j T)⁻¹ S_j        (how much the group's line weighs; also where it has no line of its own)

    β̂ = (ΣA_j)⁻¹ ΣA_j c_j,    group's estimate = β̂ + T A_j (c_j − β̂)
    −2 log L_REML = Σ[(n_j − 2) log σ² + log|σ²I + S_j T|] + log|ΣA_j| + Σ(c_j − β̂)'A_j(c_j − β̂) + Σ rss_j/σ² + (N − 2) log 2π

Counting x from another origin c replaces (a, b) by (a + b·c, b) and T by M T M', M = [[1, c], [0, 1]]: the same lines, the
same criterion, another τ0 and another correlation.

What this file does not do: estimate T and σ (`hlm_teach.lmm`), or read data (`varying_slopes_lines`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hlm_teach.widgets.varying_slopes_lines import Lines

__all__ = ["Spread", "VaryingState", "closed_form"]


@dataclass(frozen=True)
class Spread:
    """How lines differ at an origin: SD of the intercepts, SD of the slopes, their correlation (0 where an SD is 0)."""

    tau0: float
    tau1: float
    rho: float

    @property
    def T(self) -> np.ndarray:
        """The covariance matrix of intercept and slope, shape (2, 2)."""
        between = self.rho * self.tau0 * self.tau1
        return np.array([[self.tau0**2, between], [between, self.tau1**2]])

    def moved(self, by: float) -> Spread:
        """Return the same lines' spread with x counted from an origin that lies so much further right.

        >>> there = Spread(24.74, 5.92, 0.066).moved(4.5)
        >>> round(there.tau0, 2), round(there.tau1, 2), round(there.rho, 3)
        (37.53, 5.92, 0.753)
        """
        shift = np.array([[1.0, by], [0.0, 1.0]])
        return Spread.of(shift @ self.T @ shift.T)

    @staticmethod
    def of(T: np.ndarray) -> Spread:
        """Return the spread of a covariance matrix."""
        tau0, tau1 = math.sqrt(max(0.0, T[0, 0])), math.sqrt(max(0.0, T[1, 1]))
        both = tau0 * tau1
        return Spread(tau0, tau1, min(1.0, max(-1.0, float(T[0, 1]) / both)) if both else 0.0)


@dataclass(frozen=True)
class VaryingState:
    """A state of the widget, at its origin.

    Attributes
    ----------
    origin : float
        Where x is counted from.
    spread : Spread
        τ0, τ1 and ρ at this origin.
    sigma : float
        The SD within groups.
    beta : array, shape (2,)
        The mean line: height at the origin, slope.
    own, estimate : array, shape (J, 2)
        Each group's own least-squares line, and its estimate (BLUP), both at the origin.
    criterion : float
        −2 log of the restricted likelihood.
    """

    origin: float
    spread: Spread
    sigma: float
    beta: np.ndarray
    own: np.ndarray
    estimate: np.ndarray
    criterion: float

    def variance_at(self, x: float) -> float:
        """Return Var(y | x) = τ0² + 2ρτ0τ1·(x − c) + τ1²·(x − c)² + σ²."""
        return self.between_at(x) + self.sigma**2

    def between_at(self, x: float) -> float:
        """Return the variance between groups at x: that of the heights of their lines there."""
        return self.spread.moved(x - self.origin).tau0 ** 2

    @property
    def narrowest(self) -> float | None:
        """The x where the lines lie closest together, c − ρτ0/τ1; None where they are parallel."""
        s = self.spread
        return self.origin - s.rho * s.tau0 / s.tau1 if s.tau1 else None


def closed_form(lines: Lines, spread: Spread, sigma: float, origin: float) -> VaryingState:
    """Return the state of these lines for a spread and a σ given at an origin.

    Examples
    --------
    >>> from hlm_teach.datasets import load
    >>> lines = Lines.of(load("sleepstudy"), "Reaction", "Days", "Subject")
    >>> state = closed_form(lines, Spread(24.7405, 5.9221, 0.06555), 25.5918, 0.0)
    >>> round(state.criterion, 3), state.beta.round(3)
    (1743.628, array([251.405,  10.467]))
    """
    T, s2 = spread.T, sigma**2
    own, S = lines.at(origin)
    M = s2 * np.eye(2) + S @ T
    A = np.linalg.solve(M, S)
    total = A.sum(axis=0)
    beta = np.linalg.solve(total, np.einsum("jab,jb->a", A, own))
    away = own - beta
    pull = np.einsum("jab,jb->ja", A, away)
    criterion = (
        np.sum((lines.n - 2) * math.log(s2) + np.log(np.linalg.det(M)))
        + np.linalg.slogdet(total)[1]
        + np.sum(away * pull)
        + lines.rss.sum() / s2
        + (lines.n.sum() - 2) * math.log(2 * math.pi)
    )
    return VaryingState(origin, spread, sigma, beta, own, beta + pull @ T, float(criterion))

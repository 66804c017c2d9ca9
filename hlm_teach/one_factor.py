"""The mixed model of one grouping factor: from a model frame to numbers in the units of the data.

Fitting happens in other coordinates: for the fixed part those of `hlm_teach.conditioning`, for the varying part those of
`hlm_teach.covariance`. This file goes there and back:  b_j = Λ Λ_p' g_j · scale,  Λ = K⁻¹Λ_p.

What this file does not do: several factors, weights, multiple membership (`hlm_teach.several_factors`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hlm_teach.certificate import Certificate, certify, lost_rank
from hlm_teach.compress import compress
from hlm_teach.conditioning import orthonormal
from hlm_teach.covariance import structure
from hlm_teach.criterion import Profile, profile, slopes
from hlm_teach.frame import ModelFrame
from hlm_teach.identify import check_identified, check_levels, check_terms
from hlm_teach.locale import _
from hlm_teach.newton import Optimum, newton
from hlm_teach.stacks import cholesky, forward, gram

__all__ = ["Estimates", "OneFactor"]


@dataclass(frozen=True)
class Estimates:
    """All numbers of a fit at one Λ, in the units of the data.

    Attributes
    ----------
    theta : array, shape (m,)
        Lower triangles of the blocks of Λ, column by column.
    Lambda : array, shape (r, r)
        The relative covariance factor.
    beta, vcov : arrays, shape (p,) and (p, p)
        Fixed coefficients and their covariance given θ.
    sigma : float
        Residual SD.
    b : dict, factor → array, shape (r, J)
        BLUPs: Σ Z_j'V_j⁻¹(y_j − X_jβ̂), the conditional means of the deviations.
    criterion, deviance : float
        REML criterion or −2 log-likelihood; and −2 log-likelihood at these estimates.
    boundary_factors : tuple of str
        The factors whose Λ has lost rank: an SD is 0 or a correlation ±1.
    """

    theta: np.ndarray
    Lambda: np.ndarray
    beta: np.ndarray
    vcov: np.ndarray
    sigma: float
    b: dict[str, np.ndarray]
    criterion: float
    deviance: float
    boundary_factors: tuple[str, ...]

    @property
    def boundary(self) -> bool:
        """Whether any factor is at the boundary."""
        return bool(self.boundary_factors)


class OneFactor:
    """The model of one grouping factor on its compressed data: it can be fitted, and evaluated at any θ."""

    def __init__(self, frame: ModelFrame):
        ((self.factor, groups),) = frame.factors.items()
        self.factors = (self.factor,)
        check_levels(groups, len(frame.y))
        blocks = [term.columns.names for term in frame.terms]
        varying = {
            name: array
            for term in frame.terms
            for name, array in zip(term.columns.names, term.columns.arrays, strict=True)
        }
        check_terms(self.factor, blocks)
        columns = frame.x.arrays, list(varying.values()), groups.codes, frame.x.names, tuple(varying)
        c = compress(frame.y, *columns)
        check_identified(c, self.factor, frame.response)
        self.c, self.back = orthonormal(c)
        if (
            self.back.scale < 0.01 * c.x_scale[-1]
        ):  # the predictors explain nearly all: compress what they leave over
            line = self.back.delta
            self.c, self.back = orthonormal(compress(frame.y - frame.x.times(line), *columns))
            self.back = replace(self.back, delta=self.back.delta + line)
        self.layout = structure(self.c, blocks)
        self.inside = {self.factor: slice(0, len(self.layout.names))}
        self.c = self.layout.apply(self.c)

    def fit(self, reml: bool) -> Optimum:
        """Search for the best Λ."""
        return newton(self.c, self.layout, reml)

    def at(self, theta, reml: bool) -> tuple[Estimates, Certificate]:
        """Evaluate everything at a θ in the formula's coordinates, shape (m,)."""
        Lambda = self.newtons(theta)
        at = profile(self.c, Lambda, reml)
        return self.estimates(Lambda, at), certify(self.layout, Lambda, slopes(at))

    def criterion(self, theta, reml: bool) -> float:
        """Return the criterion alone at a θ, shape (m,): one evaluation."""
        at = profile(self.c, self.newtons(theta), reml)
        return float(at.criterion + self.back.constant(at.nu, at.reml))

    def newtons(self, theta) -> np.ndarray:
        """Return Λ_p, triangular in Newton's coordinates, for a θ of the formula."""
        theta = np.asarray(theta, dtype=float)
        if theta.shape != self.layout.rows.shape:
            raise ValueError(
                _(
                    "theta must have {m} entries (the lower triangle of Λ, column by column), but it has shape {shape}.",
                    m=len(self.layout.rows),
                    shape=theta.shape,
                )
            )
        return self.layout.by_block(self.layout.K @ self.layout.matrix(theta))

    def estimates(self, Lambda_p: np.ndarray, at: Profile) -> Estimates:
        """Take a profile at Λ_p (triangular, Newton's coordinates) back to the units of the data."""
        c, layout = self.c, self.layout
        sigma = self.back.scale * np.sqrt(at.sigma2)
        root = sigma * (self.back.B @ np.linalg.inv(at.factor).T)

        back = np.linalg.inv(layout.K)
        Lambda = back @ Lambda_p
        Lambda[np.abs(Lambda) < 1e-14 * (np.abs(back) @ np.abs(Lambda_p))] = 0.0  # what has cancelled is 0
        b = self.back.scale * (Lambda @ (Lambda_p.T @ at.g()))
        triangle = layout.by_block(Lambda)
        return Estimates(
            theta=layout.entries(triangle),
            Lambda=triangle,
            beta=self.back.beta(at.beta),
            vcov=root @ root.T,
            sigma=float(sigma),
            b={self.factor: b},
            criterion=float(at.criterion + self.back.constant(at.nu, at.reml)),
            deviance=float(at.logdet_V + c.n * np.log(2 * np.pi * sigma**2) + at.nu),
            boundary_factors=tuple(
                f for f, inside in self.inside.items() if lost_rank(Lambda_p[inside, inside])
            ),
        )

    def b_cov(self, estimates: Estimates) -> dict[str, np.ndarray]:
        """Return the conditional covariances of the BLUPs given θ and β, σ²Λ(I + Λ'Z_j'Z_jΛ)⁻¹Λ', shape (r, r, J)."""
        Lambda_p = self.newtons(estimates.theta)
        F = np.matmul(Lambda_p.T, self.c.R)
        M = gram(F, F)
        M[range(len(M)), range(len(M))] += 1
        root = np.linalg.solve(self.layout.K, Lambda_p).T
        half = forward(cholesky(M, least=1.0), np.repeat(root[:, :, None], self.c.J, axis=2))
        return {self.factor: estimates.sigma**2 * gram(half, half)}

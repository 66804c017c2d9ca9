"""The mixed model of one grouping factor: from a model frame to numbers in the units of the data.

Fitting happens in other coordinates: for the fixed part those of `hlm_teach.conditioning`, for the varying part those of
`hlm_teach.covariance`. This file goes there and back:  b_j = Λ Λ_p' g_j · scale,  Λ = K⁻¹Λ_p.

What this file does not do: several factors; their names are refused in a sentence.
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
from hlm_teach.identify import check_identified, check_levels
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
    b : array, shape (r, J)
        BLUPs: Σ Z_j'V_j⁻¹(y_j − X_jβ̂), the conditional means of the deviations.
    b_cov : array, shape (r, r, J)
        Their conditional covariance given θ and β: σ²Λ(I + Λ'Z_j'Z_jΛ)⁻¹Λ'.
    criterion, deviance : float
        REML criterion or −2 log-likelihood; and −2 log-likelihood at these estimates.
    boundary : bool
        Whether Λ has lost rank: an SD is 0 or a correlation ±1.
    """

    theta: np.ndarray
    Lambda: np.ndarray
    beta: np.ndarray
    vcov: np.ndarray
    sigma: float
    b: np.ndarray
    b_cov: np.ndarray
    criterion: float
    deviance: float
    boundary: bool


class OneFactor:
    """The model of one grouping factor on its compressed data: it can be fitted, and evaluated at any θ."""

    def __init__(self, frame: ModelFrame):
        if len(frame.factors) > 1:
            raise NotImplementedError(
                _(
                    "One grouping factor can be fitted so far, but the formula has {count}: {factors}. "
                    "Several factors (crossed or nested) are not there yet; statsmodels and lme4 fit them.",
                    count=len(frame.factors),
                    factors=", ".join(frame.factors),
                )
            )
        ((self.factor, groups),) = frame.factors.items()
        check_levels(groups, len(frame.y))
        blocks = [term.columns.names for term in frame.terms]
        varying = {
            name: array
            for term in frame.terms
            for name, array in zip(term.columns.names, term.columns.arrays, strict=True)
        }
        twice = [name for name in varying if sum(name in block for block in blocks) > 1]
        if twice:
            raise ValueError(
                _(
                    "Each coefficient can vary once over a factor, but {name} varies in several terms over {factor}. "
                    "(x | {factor}) already has a varying Intercept; write (0 + x | {factor}) to leave it out.",
                    name=twice[0],
                    factor=self.factor,
                )
            )
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
        self.c = self.layout.apply(self.c)

    def fit(self, reml: bool) -> Optimum:
        """Search for the best Λ."""
        return newton(self.c, self.layout, reml)

    def at(self, theta, reml: bool) -> tuple[Estimates, Certificate]:
        """Evaluate everything at a θ in the formula's coordinates, shape (m,)."""
        theta = np.asarray(theta, dtype=float)
        if theta.shape != self.layout.rows.shape:
            raise ValueError(
                _(
                    "theta must have {m} entries (the lower triangle of Λ, column by column), but it has shape {shape}.",
                    m=len(self.layout.rows),
                    shape=theta.shape,
                )
            )
        Lambda = self.layout.by_block(self.layout.K @ self.layout.matrix(theta))
        at = profile(self.c, Lambda, reml)
        return self.estimates(Lambda, at), certify(self.layout, Lambda, slopes(at))

    def estimates(self, Lambda_p: np.ndarray, at: Profile) -> Estimates:
        """Take a profile at Λ_p (triangular, Newton's coordinates) back to the units of the data."""
        c, layout = self.c, self.layout
        sigma = self.back.scale * np.sqrt(at.sigma2)
        root = sigma * (self.back.B @ np.linalg.inv(at.factor).T)

        back = np.linalg.inv(layout.K)
        Lambda = back @ Lambda_p
        Lambda[np.abs(Lambda) < 1e-14 * (np.abs(back) @ np.abs(Lambda_p))] = 0.0  # what has cancelled is 0
        b = self.back.scale * (Lambda @ (Lambda_p.T @ at.g()))
        F = np.matmul(Lambda_p.T, c.R)
        M = gram(F, F)
        M[range(len(M)), range(len(M))] += 1
        half = forward(cholesky(M, least=1.0), np.repeat(Lambda.T[:, :, None], c.J, axis=2))
        triangle = layout.by_block(Lambda)
        return Estimates(
            theta=layout.entries(triangle),
            Lambda=triangle,
            beta=self.back.beta(at.beta),
            vcov=root @ root.T,
            sigma=float(sigma),
            b=b,
            b_cov=sigma**2 * gram(half, half),
            criterion=float(at.criterion + self.back.constant(at.nu, at.reml)),
            deviance=float(at.logdet_V + c.n * np.log(2 * np.pi * sigma**2) + at.nu),
            boundary=lost_rank(Lambda_p),
        )

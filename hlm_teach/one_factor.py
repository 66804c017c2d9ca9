"""The mixed model of one grouping factor: from a model frame to numbers in the units of the data.

Fitting happens on shifted and scaled columns (`hlm_teach.compress`, `hlm_teach.covariance`); this file goes there and
back. With X_s the compressed columns, X = X_s·(…) and y = y_shift·1 + y_scale·y_s:

    β = y_scale·B β_s + y_shift·c,  B = (I − c m')·diag(1/scale),  where X c = 1 and m are the shifts;
    criterion = criterion_s + ν log(y_scale²) + [REML] 2 Σ log(x_scale),   for log|X'V⁻¹X| = log|A_XX| + 2 Σ log(x_scale)
    b_j = Λ (TΛ_p)' g_j · y_scale,   Λ = K⁻¹Λ_p

What this file does not do: several factors; their names are refused in a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach.compress import compress
from hlm_teach.covariance import structure
from hlm_teach.criterion import Profile, profile, slopes
from hlm_teach.frame import ModelFrame
from hlm_teach.identify import check_identified, check_levels
from hlm_teach.locale import _
from hlm_teach.newton import Certificate, Optimum, certify, lost_rank, newton
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
        self.c = compress(
            frame.y, frame.x.arrays, list(varying.values()), groups.codes, frame.x.names, tuple(varying)
        )
        check_identified(self.c, self.factor, frame.response)
        self.layout = structure(self.c, blocks)

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
        at = profile(self.c, self.layout.T @ Lambda, reml)
        return self.estimates(Lambda, at), certify(self.layout, Lambda, slopes(at))

    def estimates(self, Lambda_p: np.ndarray, at: Profile) -> Estimates:
        """Take a profile at Λ_p (triangular, Newton's coordinates) back to the units of the data."""
        c, layout = self.c, self.layout
        to_x = np.diag(1 / c.x_scale[:-1])  # β = y_scale · to_x · β_s (+ the shift of y)
        shift = np.zeros(c.p) if c.ones is None else c.ones
        to_x = to_x - np.outer(shift, c.x_shift[:-1] / c.x_scale[:-1])
        y_scale, y_shift = c.x_scale[-1], c.x_shift[-1]
        sigma = y_scale * np.sqrt(at.sigma2)
        beta = y_scale * (to_x @ at.beta) + y_shift * shift
        root = sigma * (to_x @ np.linalg.inv(at.factor).T)

        Lambda = np.linalg.solve(layout.K, Lambda_p)
        TL = layout.T @ Lambda_p
        b = y_scale * (Lambda @ (TL.T @ at.g()))
        F = np.matmul(TL.T, c.R)
        M = gram(F, F)
        M[range(len(M)), range(len(M))] += 1
        half = forward(cholesky(M), np.repeat(Lambda.T[:, :, None], c.J, axis=2))
        triangle = layout.by_block(Lambda)
        constant = at.nu * 2 * np.log(y_scale)
        if at.reml:
            constant += 2 * np.log(c.x_scale[:-1]).sum()
        return Estimates(
            theta=layout.entries(triangle),
            Lambda=triangle,
            beta=beta,
            vcov=root @ root.T,
            sigma=float(sigma),
            b=b,
            b_cov=sigma**2 * gram(half, half),
            criterion=float(at.criterion + constant),
            deviance=float(at.logdet_V + c.n * np.log(2 * np.pi * sigma**2) + at.nu),
            boundary=lost_rank(Lambda_p),
        )

"""How much is explained? R² for models with two kinds of error, and how many parameters a fit really uses.

Marginal and conditional R² put the fixed part's variance, and that of the groups as well, over the whole:

    R²_m = σ_f²/(σ_f² + τ̄² + σ²),      R²_c = (σ_f² + τ̄²)/(σ_f² + τ̄² + σ²)

with σ_f² = variance of Xβ̂ over the rows and τ̄² = mean over the rows of z'Σz (with varying slopes it depends on x).

By level, a fit is compared with a null fit: 1 − σ²/σ₀² and 1 − τ²/τ₀². These are no shares of anything: a predictor that
varies inside groups can raise τ², and then the second is negative.

What this file does not do: say that one model is better than another (`hlm_teach.lr_test`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.nesting import added, spans
from hlm_teach.numerals import number
from hlm_teach.variance_function import between_by_row

__all__ = ["R2", "R2ByLevel", "r2_by_level", "r2_of"]


@dataclass(frozen=True)
class R2:
    """Marginal and conditional R², and the three variances they are made of.

    Attributes
    ----------
    marginal, conditional : float
        Explained by the fixed part; by the fixed part and the groups.
    fixed, varying, residual : float
        Variance of Xβ̂ over the rows, mean of z'Σz over the rows, σ²; in squared units of y.
    """

    marginal: float
    conditional: float
    fixed: float
    varying: float
    residual: float

    @property
    def sentence(self) -> str:
        return _(
            "The fixed part accounts for {marginal} % of the variance (marginal R²), the fixed part and the groups together for "
            "{conditional} % (conditional R²).",
            marginal=number(100 * self.marginal, 1),
            conditional=number(100 * self.conditional, 1),
        )

    def __repr__(self) -> str:
        return self.sentence


def r2_of(fit) -> R2:
    """Return marginal and conditional R²; see `hlm_teach.LMMFit.r2`."""
    if fit.frame.weights is not None:
        raise ValueError(
            _(
                "R² needs one residual variance for all rows, but with weights every row has its own. Fit without weights."
            )
        )
    X = np.column_stack(fit.frame.x.arrays).astype(float)
    if not spans(np.ones((len(X), 1)), X):
        raise ValueError(
            _(
                "R² needs an intercept, because it compares with the mean of y, but the fixed part ({names}) has none.",
                names=", ".join(fit.frame.x.names),
            )
        )
    between = 0.0
    for factor, variance in between_by_row(fit).items():
        members = fit.frame.factors[factor].members
        share = 1.0 if members is None else members.multiply(members).sum(axis=1)
        between += float(np.mean(variance * share))
    fixed, residual = float(np.var(X @ fit.estimates.beta, ddof=1)), fit.sigma**2
    total = fixed + between + residual
    return R2(fixed / total, (fixed + between) / total, fixed, between, residual)


@dataclass(frozen=True)
class R2ByLevel:
    """By how much each variance is smaller than in the null fit.

    Attributes
    ----------
    within : float
        1 − σ²/σ₀².
    between : dict, factor → float
        1 − τ²/τ₀²; nan where τ₀ = 0.
    """

    within: float
    between: dict[str, float]

    @property
    def table(self) -> pd.Series:
        """All of them, by level."""
        return pd.Series({**self.between, "residual": self.within}, name="r2")

    @property
    def sentence(self) -> str:
        parts = [
            _("{name}: {percent} %", name=name, percent=number(100 * value, 1))
            for name, value in self.table.items()
        ]
        text = _(
            "Reduction of the variance against the null model, by level: {parts}.", parts=", ".join(parts)
        )
        if (self.table < 0).any():
            return (
                text
                + " "
                + _(
                    "A negative value is possible: it means that this variance has grown. A predictor that varies inside the groups "
                    "can hide differences between them, or take from σ² what had been counted for τ²."
                )
            )
        return text

    def __repr__(self) -> str:
        return self.sentence


def r2_by_level(fit, null) -> R2ByLevel:
    """Compare the variances of a fit with those of a null fit; see `hlm_teach.LMMFit.r2_by_level`."""
    if not hasattr(null, "frame"):
        raise TypeError(_("null must be a fit of lmm, but it is a {type}.", type=type(null).__name__))
    if not np.array_equal(fit.frame.y, null.frame.y) or fit.method != null.method:
        raise ValueError(
            _(
                "The null model must be fitted to the same rows and by the same method, but it has {n} rows by {null_method} "
                "and the fit {m} rows by {method}, or other values of the response.",
                n=null.n_obs,
                null_method=null.method,
                m=fit.n_obs,
                method=fit.method,
            )
        )
    for one in (fit, null):
        if any(term.columns.names != ("Intercept",) for term in one.frame.terms):
            raise ValueError(
                _(
                    "R² by level needs models in which only intercepts vary, but {formula} has varying slopes: its variance "
                    "between groups depends on x. Compare both models without the varying slopes.",
                    formula=one.formula,
                )
            )
    more = added(null, fit)
    if more.variances or set(fit.frame.factors) != set(null.frame.factors):
        raise ValueError(
            _(
                "The null model must have the same grouping factors, but it has {null} and the fit {own}.",
                null=", ".join(null.frame.factors),
                own=", ".join(fit.frame.factors),
            )
        )
    between = {}
    for factor, v in fit.varcorr.items():
        before = float(null.varcorr[factor].cov.iloc[0, 0])
        between[factor] = 1 - float(v.cov.iloc[0, 0]) / before if before > 0 else float("nan")
    return R2ByLevel(1 - fit.sigma**2 / null.sigma**2, between)

"""Compare two nested fits by their likelihood ratio, and mind the boundary.

    statistic = criterion of the smaller − criterion of the larger        (−2 log-likelihoods, or REML criteria)

Its distribution if the smaller model is true depends on what the larger one adds:

    fixed effects, covariances       χ² with as many df
    one variance among them          half χ² with one df less, half χ² with all df: in half of all samples the estimate of a
                                     variance that is 0 lands on 0 (or its covariances add all there is)
    several variances                a mixture that depends on the data; χ² with all df is conservative: its p is too large

REML criteria contain log|X'V⁻¹X|: with other fixed columns, even in another unit, they are on another scale. Such models
are compared by ML.

What this file does not do: small samples. All of this is for many groups; simulate (`LMMFit.bootstrap`) where J is small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach.locale import _, ngettext
from hlm_teach.nesting import Added, added, design, same_columns
from hlm_teach.numerals import number

__all__ = ["LikelihoodRatioTest", "likelihood_ratio"]

ROUNDING = 1e-11  # a difference below this share of the criterion is 0


@dataclass(frozen=True)
class LikelihoodRatioTest:
    """A likelihood-ratio test of two nested models.

    Attributes
    ----------
    statistic : float
        Difference of the criteria, >= 0.
    df : int
        Parameters that the larger model adds.
    p, p_naive : float
        By the mixture named in ``kind``, and by χ² with ``df`` alone.
    kind : "chi2", "mixture" or "conservative"
        Which distribution p is from.
    method : "REML" or "ML"
        Which criterion was compared.
    refitted : bool
        Whether REML fits were fitted again by ML for this.
    added : Added
        What the larger model adds.
    sentence : str
        The test in words.
    """

    statistic: float
    df: int
    p: float
    p_naive: float
    kind: str
    method: str
    refitted: bool
    added: Added
    sentence: str

    def __repr__(self) -> str:
        return self.sentence


def likelihood_ratio(one, other, refit: bool = True) -> LikelihoodRatioTest:
    """Test two nested fits, given in any order; see `hlm_teach.LMMFit.anova`."""
    _check_same_rows(one, other)
    small, large = sorted((one, other), key=_size)
    found = added(small, large)
    if found.df == 0:
        raise ValueError(
            _(
                "One model must have more parameters than the other, but both have the same fixed and varying part: there "
                "is nothing to test."
            )
        )
    small, large, refitted = _comparable(small, large, refit)
    method = large.method if hasattr(large, "frame") else "ML"
    best = _criterion(large, method)
    statistic = _criterion(small, method) - best
    statistic = 0.0 if statistic < ROUNDING * (1 + abs(best)) else statistic
    p, p_naive, kind = _tail(statistic, found)
    said = _said(statistic, found, p, kind, method, refitted)
    return LikelihoodRatioTest(statistic, found.df, p, p_naive, kind, method, refitted, found, said)


def _size(fit) -> tuple[int, int]:
    varying = len(fit.theta) if hasattr(fit, "frame") else 0
    return design(fit).shape[1] + varying, varying


def _check_same_rows(one, other) -> None:
    if not hasattr(other, "frame") and not (
        hasattr(other, "llf") and hasattr(getattr(other, "model", None), "exog")
    ):
        raise TypeError(
            _(
                "anova compares with another fit of lmm, or with a least-squares fit (fit.without_groups(), or statsmodels' "
                "ols(...).fit()), but it got {type}.",
                type=type(other).__name__,
            )
        )
    a, b = (
        f.frame.y if hasattr(f, "frame") else np.asarray(f.model.endog, dtype=float) for f in (one, other)
    )
    if len(a) != len(b):
        raise ValueError(
            _(
                "Both models must be fitted to the same rows, but one has {n} and the other {m}. Fit both to the same table, "
                "without the rows that are incomplete in either.",
                n=len(a),
                m=len(b),
            )
        )
    if not np.array_equal(a, b):
        raise ValueError(
            _(
                "Both models must have the same response in the same order of rows, but they differ in {count} of {n} rows "
                "(counted from 0, the first is row {row}). Likelihoods of different data, such as y and log(y), cannot be compared.",
                count=int((a != b).sum()),
                n=len(a),
                row=int(np.flatnonzero(a != b)[0]),
            )
        )
    if not np.array_equal(_weights(one), _weights(other)):
        raise ValueError(
            _("Both models must have the same weights, but they have not. Fit both with the same weights.")
        )


def _weights(fit) -> np.ndarray:
    if hasattr(fit, "frame"):
        return np.ones(fit.n_obs) if fit.frame.weights is None else fit.frame.weights
    return np.broadcast_to(getattr(fit.model, "weights", 1.0), len(fit.model.endog))


def _comparable(small, large, refit: bool):
    """Return both fits with criteria on the same scale, and whether they were refitted for it."""
    methods = {fit.method for fit in (small, large) if hasattr(fit, "frame")}
    if methods == {"ML"} or (methods == {"REML"} and same_columns(small, large)):
        return small, large, False
    if not refit:
        if len(methods) == 2:
            raise ValueError(
                _(
                    "Both models must be fitted by the same method, but one is fitted by REML and one by ML: their criteria are "
                    'different functions. Fit both with method="ML", or leave refit=True.'
                )
            )
        raise ValueError(
            _(
                "REML criteria can be compared only where the fixed columns are the same, but here they differ. The criterion "
                "contains log|X'V⁻¹X|, which changes with X, even if a column is only measured in another unit. "
                'Fit both with method="ML", or leave refit=True.'
            )
        )
    return *(fit.refit("ML") if hasattr(fit, "frame") else fit for fit in (small, large)), True


def _criterion(fit, method: str) -> float:
    """Return −2 log-likelihood or the REML criterion; without groups both are in closed form."""
    if hasattr(fit, "frame"):
        return fit.criterion
    X, w = design(fit), _weights(fit)
    n, p = X.shape
    nu, squares = (n if method == "ML" else n - p), float(np.sum(w * np.asarray(fit.resid) ** 2))
    criterion = nu * (1 + np.log(2 * np.pi * squares / nu)) - float(np.log(w).sum())
    return criterion + (float(np.linalg.slogdet((X.T * w) @ X)[1]) if method == "REML" else 0.0)


def _tail(statistic: float, found: Added) -> tuple[float, float, str]:
    """Return p by the right distribution, p by χ² with all df, and which it was."""
    from scipy.stats import chi2

    naive = float(chi2.sf(statistic, found.df))
    if found.variances == 0:
        return naive, naive, "chi2"
    if found.variances > 1:
        return naive, naive, "conservative"
    less = float(chi2.sf(statistic, found.df - 1)) if found.df > 1 else float(statistic <= 0)
    return (less + naive) / 2, naive, "mixture"


def _said(statistic, found: Added, p, kind, method, refitted) -> str:
    facts = {
        "statistic": number(statistic, 2),
        "df": found.df,
        "less": found.df - 1,
        "p": number(p, 3) if p >= 0.001 else f"{p:.2g}",
        "method": method,
        "new": ", ".join(found.new),
    }
    if kind == "chi2":
        text = ngettext(
            "Likelihood-ratio test ({method}): {statistic} on {df} degree of freedom, p = {p}.",
            "Likelihood-ratio test ({method}): {statistic} on {df} degrees of freedom, p = {p}.",
            found.df,
            **facts,
        )
    elif kind == "mixture":
        text = _(
            "Likelihood-ratio test ({method}) of the variance of {new}: {statistic}, p = {p} from the mixture "
            "½χ²({less}) + ½χ²({df}), because a variance of 0 lies on the boundary.",
            **facts,
        )
    else:
        text = _(
            "Likelihood-ratio test ({method}) of several variances ({new}): {statistic} on {df} degrees of freedom, p = {p}. "
            "This p is conservative (too large), because variances of 0 lie on the boundary; fit.bootstrap simulates the right one.",
            **facts,
        )
    if refitted:
        return text + " " + _("Both models were fitted again by ML for this comparison.")
    return text

"""Three ways to pool: one mean for all, one mean each, and the compromise.

J groups; group j has an estimate y_j with a known standard error se_j (for a mean, σ/√n_j):

    y_j ~ N(α_j, se_j²)          what we measured of group j
    α_j ~ N(μ, τ²)               how the groups differ

Complete pooling says τ = 0: one μ serves all. No pooling says τ = ∞: the groups teach each other nothing.
Partial pooling takes a τ between, and each estimate is a weighted average of the group's own y_j and the target μ:

    α̂_j = (1 − B_j)·y_j + B_j·μ̂,    B_j = se_j² / (se_j² + τ²)

Notation: B = `shrinkage_factor` is the weight on the target; `reliability` = 1 − B is the weight on the group's
own mean; μ̂ weighs the groups by 1/(se_j² + τ²), so it is not the mean over all rows.

What this file does not do: estimate τ (`hlm_teach.variance`) or fit a regression (`hlm_teach.lmm`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.summaries import read_sd, read_summaries

__all__ = [
    "PoolingFit",
    "complete_pooling",
    "no_pooling",
    "partial_pooling",
    "reliability",
    "shrinkage_factor",
]


def shrinkage_factor(se, tau):
    """Return B, the weight on the target: the share of what we see that is noise.

    Model: y_j ~ N(α_j, se²), α_j ~ N(μ, τ²).

    Parameters
    ----------
    se : float or array, shape (J,)
        Standard error of each group's own estimate, in the units of y; > 0, inf for a group without data.
    tau : float or array
        SD of the true group values, in the same units; >= 0, inf for no pooling.

    Returns
    -------
    float or array, shape of se
        B between 0 (keep the group's own estimate) and 1 (take the target).

    Raises
    ------
    ValueError
        If an se is not > 0, or a tau is negative.

    Notes
    -----
    B = se²/(se² + τ²) = 1/(1 + (τ/se)²). The second form is also right at τ = 0, τ = ∞ and se = ∞.
    A small B does not say that the group moves little: it moves by B·(y − μ), size *and* distance.

    References
    ----------
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, §12.2.
    Efron, B. & Morris, C. (1977), "Stein's paradox in statistics", *Scientific American* 236(5).

    Examples
    --------
    >>> shrinkage_factor(se=10, tau=5)
    0.8
    >>> shrinkage_factor(se=[1, 10, 100], tau=10).round(3)
    array([0.01, 0.5 , 0.99])
    >>> shrinkage_factor(se=10, tau=-5)
    Traceback (most recent call last):
    ...
    ValueError: tau must be a standard deviation >= 0, but tau = -5.0. If you have a variance, pass its square root.
    """
    se, tau = np.asarray(se, dtype=float), np.asarray(tau, dtype=float)
    if not np.all(tau >= 0):
        read_sd(tau[~(tau >= 0)][0], "tau")
    if not np.all(se > 0):
        raise ValueError(
            _(
                "se must be a standard error > 0, but se = {value}. "
                "For a mean of n values with residual SD sigma it is sigma / sqrt(n).",
                value=float(se[~(se > 0)][0]),
            )
        )
    B = 1 / (1 + (tau / se) ** 2)
    return float(B) if B.ndim == 0 else B


def reliability(se, tau):
    """Return 1 − B, the weight on the group's own mean: the share of what we see that is signal.

    Model: y_j ~ N(α_j, se²), α_j ~ N(μ, τ²).

    Parameters
    ----------
    se, tau : float or array
        As in `shrinkage_factor`.

    Returns
    -------
    float or array, shape of se
        λ = τ²/(τ² + se²); with se = σ/√n it is the reliability of a mean of n values.

    Raises
    ------
    ValueError
        As `shrinkage_factor`.

    Notes
    -----
    The intraclass correlation is the reliability of a *single* value: ``reliability(se=sigma, tau=tau)``.

    References
    ----------
    Raudenbush, S. W. & Bryk, A. S. (2002), *Hierarchical Linear Models*, 2nd ed., ch. 3.

    Examples
    --------
    >>> reliability(se=10, tau=10)
    0.5
    >>> reliability(se=0, tau=5)
    Traceback (most recent call last):
    ...
    ValueError: se must be a standard error > 0, but se = 0.0. For a mean of n values ...
    """
    return 1 - shrinkage_factor(se, tau)


@dataclass(frozen=True, repr=False)
class PoolingFit:
    """The estimates of J groups under one way of pooling; used as an array, it is its estimates.

    Attributes
    ----------
    method : str
        "complete", "none", "partial" or "james-stein".
    labels : tuple of length J
        The groups' names.
    y, se : array, shape (J,)
        What went in: each group's own estimate and its standard error.
    tau : float
        SD of the true group values: 0 complete, inf none.
    mu, mu_se : float
        The target and its standard error (0 where the target was given).
    shrinkage_factor : array, shape (J,)
        B_j, the weight on the target.
    estimate, estimate_se : array, shape (J,)
        α̂_j, and the SD of α_j around it given τ. What it does not include: that τ itself is uncertain.
    """

    method: str
    labels: tuple
    y: np.ndarray
    se: np.ndarray
    tau: float
    mu: float
    mu_se: float
    shrinkage_factor: np.ndarray
    estimate: np.ndarray
    estimate_se: np.ndarray

    def table(self) -> pd.DataFrame:
        """Return one row per group: y, se, B, estimate and its SE."""
        return pd.DataFrame(
            {
                "y": self.y,
                "se": self.se,
                "B": self.shrinkage_factor,
                "estimate": self.estimate,
                "estimate_se": self.estimate_se,
            },
            index=pd.Index(self.labels, name="group"),
        )

    def __repr__(self) -> str:
        head = f"PoolingFit({self.method}): tau = {self.tau:.4g}, mu = {self.mu:.4g} (se {self.mu_se:.3g})"
        return f"{head}, J = {len(self.y)}\n{self.table().round(3).to_string()}"

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return np.array(self.estimate, dtype=dtype)


def complete_pooling(y, se) -> PoolingFit:
    """Give every group the same estimate: the precision-weighted mean.

    Model: y_j ~ N(μ, se_j²), one μ for all groups (τ = 0).

    Parameters
    ----------
    y : Series, array or list, shape (J,)
        One estimate per group; the index of a Series names the groups.
    se : Series, array or list, shape (J,), or a number
        Known standard errors, in the units of y, > 0.

    Returns
    -------
    PoolingFit
        With ``estimate`` = μ̂ for every group and ``shrinkage_factor`` = 1.

    Raises
    ------
    ValueError
        If a value is missing, or an se is not > 0: the message names the group.

    Notes
    -----
    μ̂ = Σ y_j/se_j² / Σ 1/se_j², with variance 1/Σ(1/se_j²). That variance holds only if the groups really do
    not differ; where they do, it is far too small.

    References
    ----------
    Gelman, A. & Hill, J. (2007), §12.2.

    Examples
    --------
    >>> complete_pooling([28, 8, -3], [15, 10, 16]).estimate.round(2)
    array([10.5, 10.5, 10.5])
    >>> complete_pooling([28, 8, float("nan")], [15, 10, 16])
    Traceback (most recent call last):
    ...
    ValueError: y must be finite, but y = nan for group 3. Leave out groups without an estimate.
    """
    return _pool("complete", y, se, tau=0.0, mu=None)


def no_pooling(y, se) -> PoolingFit:
    """Leave every group its own estimate.

    Model: y_j ~ N(α_j, se_j²), the α_j unrelated (τ = ∞).

    Parameters
    ----------
    y, se
        As in `complete_pooling`.

    Returns
    -------
    PoolingFit
        With ``estimate`` = y, ``estimate_se`` = se and ``shrinkage_factor`` = 0. ``mu`` is the plain mean of the
        groups, the limit of μ̂ as τ → ∞; no estimate uses it, and its standard error is infinite.

    Raises
    ------
    ValueError
        As `complete_pooling`.

    Notes
    -----
    α̂_j = y_j. The smallest groups fill both ends of any ranking of these estimates: that is their noise.

    References
    ----------
    Gelman, A. & Hill, J. (2007), §12.2.

    Examples
    --------
    >>> no_pooling([28, 8, -3], [15, 10, 16]).estimate
    array([28.,  8., -3.])
    >>> no_pooling([28, 8, -3], [15, 10])
    Traceback (most recent call last):
    ...
    ValueError: y and se must have one value per group, but y has 3 and se has 2.
    """
    return _pool("none", y, se, tau=np.inf, mu=None)


def partial_pooling(y, se, tau, mu=None) -> PoolingFit:
    """Move every group's estimate towards the target, the noisier the further.

    Model: y_j ~ N(α_j, se_j²), α_j ~ N(μ, τ²).

    Parameters
    ----------
    y, se
        As in `complete_pooling`.
    tau : float
        SD of the true group values, in the units of y; 0 gives complete pooling, inf none.
    mu : float, optional
        The target. By default the precision-weighted mean μ̂.

    Returns
    -------
    PoolingFit
        With ``estimate`` = (1 − B)·y + B·μ̂, shape (J,).

    Raises
    ------
    ValueError
        If tau is negative, or as `complete_pooling`.

    Notes
    -----
    μ̂ = Σ w_j y_j / Σ w_j with w_j = 1/(se_j² + τ²), and Var μ̂ = 1/Σ w_j.
    estimate_se² = (1 − B_j)·se_j² + B_j²·Var μ̂: what is left of the group's own noise, plus the target's.
    It does not include the uncertainty of τ.

    References
    ----------
    Gelman, A. & Hill, J. (2007), eq. 12.1.
    Efron, B. & Morris, C. (1975), "Data analysis using Stein's estimator and its generalizations", *JASA* 70.

    Examples
    --------
    >>> fit = partial_pooling([28, 8, -3], [15, 10, 16], tau=10)
    >>> fit.estimate.round(2), round(fit.mu, 2)
    (array([16.1 ,  9.41,  6.93]), 10.81)
    >>> partial_pooling([28, 8, -3], [15, 10, 16], tau=-2)
    Traceback (most recent call last):
    ...
    ValueError: tau must be a standard deviation >= 0, but tau = -2.0. If you have a variance, pass its square root.
    """
    return _pool("partial", y, se, tau=read_sd(tau, "tau"), mu=mu)


def _pool(method: str, y, se, tau: float, mu: float | None) -> PoolingFit:
    """The one formula behind all three: only τ differs."""
    labels, y, se = read_summaries(y, se)
    B = shrinkage_factor(se, tau)
    if mu is not None:
        mu, mu_se = float(mu), 0.0
    elif tau == np.inf:
        mu, mu_se = float(np.mean(y)), np.inf
    else:
        w = 1 / (se**2 + tau**2)
        mu, mu_se = float(np.sum(w * y) / np.sum(w)), float(1 / np.sqrt(np.sum(w)))
    estimate = y + B * (mu - y)
    noise_of_target = 0.0 if tau == np.inf else B**2 * mu_se**2
    estimate_se = np.sqrt((1 - B) * se**2 + noise_of_target)
    return PoolingFit(method, labels, y, se, tau, mu, mu_se, B, estimate, estimate_se)

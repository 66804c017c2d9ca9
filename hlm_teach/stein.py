"""Stein's paradox: with three groups or more, shrinking beats the groups' own means, whatever the truth.

J estimates y_j ~ N(θ_j, se²) with *one* common se. No distribution of the θ_j is assumed. The James–Stein rule

    θ̂_j = target + (1 − B)·(y_j − target),    B = c·se² / Σ(y_j − target)²

has a smaller expected total squared error Σ(θ̂_j − θ_j)² than y itself, for every θ: c = J − 2 for a target fixed
beforehand, c = J − 3 for the mean of the y (one degree of freedom is spent on it).

Notation: as in `hlm_teach.pooling`; here B is one number for all groups, because se is.
What this file does not do: unequal standard errors (`partial_pooling` with an estimated τ), and promises about any
*single* group: one group can be worse off.
"""

from __future__ import annotations

import numpy as np

from hlm_teach.locale import _
from hlm_teach.pooling import PoolingFit
from hlm_teach.summaries import read_summaries

__all__ = ["james_stein"]


def james_stein(y, se, target="mean", positive_part=True) -> PoolingFit:
    """Shrink J estimates with a common standard error by the James–Stein rule.

    Model: y_j ~ N(θ_j, se²), the θ_j any numbers.

    Parameters
    ----------
    y : Series, array or list, shape (J,)
        One estimate per group; J >= 4 with the mean as target, J >= 3 with a fixed one.
    se : float, or array of J equal values
        The common standard error, in the units of y, > 0.
    target : "mean" or float
        What to shrink to: the plain mean of y, or a number chosen before seeing y.
    positive_part : bool
        Stop at the target (B <= 1). Without it noisy data can be thrown past the target; with it the total error
        is never larger.

    Returns
    -------
    PoolingFit
        ``estimate`` (J,), one B for all groups in ``shrinkage_factor``; ``tau`` is the SD that would give this B in
        partial pooling (nan where B > 1). ``estimate_se`` is nan: the rule is about the total, not about one group.

    Raises
    ------
    ValueError
        If J is too small, or the standard errors differ.

    Notes
    -----
    B = c·se²/S with S = Σ(y_j − target)², c = J − 3 (mean) or J − 2 (fixed target); positive part: min(B, 1).

    References
    ----------
    James, W. & Stein, C. (1961), "Estimation with quadratic loss", *Proc. Fourth Berkeley Symposium* 1.
    Efron, B. & Morris, C. (1975), "Data analysis using Stein's estimator and its generalizations", *JASA* 70, §2.

    Examples
    --------
    >>> fit = james_stein([4.0, 1.0, 0.0, -1.0, -4.0], se=1.5)
    >>> fit.estimate.round(3)
    array([ 3.471,  0.868,  0.   , -0.868, -3.471])
    >>> james_stein([28, 8, -3, 7], se=[15, 10, 16, 11])
    Traceback (most recent call last):
    ...
    ValueError: James–Stein needs one common se, but se runs from 10 to 16. For unequal standard errors use ...
    """
    to_mean = isinstance(target, str)
    if to_mean and target != "mean":
        raise ValueError(_('target must be "mean" or a number, but it is {found!r}.', found=target))
    labels, y, se = read_summaries(y, se, least=4 if to_mean else 3)
    if np.ptp(se) > 1e-9 * np.max(se):
        raise ValueError(
            _(
                "James–Stein needs one common se, but se runs from {low:g} to {high:g}. "
                "For unequal standard errors use partial_pooling(y, se, tau=tau_reml(y, se)).",
                low=np.min(se),
                high=np.max(se),
            )
        )
    J = len(y)
    mu = float(np.mean(y)) if to_mean else float(target)
    c = J - 3 if to_mean else J - 2
    S = float(np.sum((y - mu) ** 2))
    B = c * se[0] ** 2 / S if S > 0 else np.inf
    if positive_part:
        B = min(B, 1.0)
    estimate = mu + (1 - B) * (y - mu) if S > 0 else np.full(J, mu)
    tau = se[0] * np.sqrt((1 - B) / B) if B <= 1 else np.nan
    mu_se = se[0] / np.sqrt(J) if to_mean else 0.0
    return PoolingFit(
        "james-stein",
        labels,
        y,
        se,
        float(tau),
        mu,
        float(mu_se),
        np.full(J, B),
        estimate,
        np.full(J, np.nan),
    )

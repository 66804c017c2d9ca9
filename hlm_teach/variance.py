"""How much do groups differ? Estimates of τ and σ, and what they mean for a design.

Two starting points. From J summaries (y_j, se_j), as in `hlm_teach.pooling`: `tau_moments`, `tau_ml`, `tau_reml`.
From rows (y_i, group j[i]) with an unknown σ: `anova_components`, the one-way analysis of variance.

Notation: τ is the SD between groups, σ the SD within; their squares are called ``tau2`` and ``sigma2``.
ICC = τ²/(τ² + σ²): the share of variance between groups, and the correlation of two members of one group.

What this file does not do: regression on predictors, or varying slopes (`hlm_teach.lmm`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.summaries import read_sd, read_summaries

__all__ = [
    "AnovaComponents",
    "anova_components",
    "design_effect",
    "effective_n",
    "icc",
    "prob_tau_zero",
    "tau_ml",
    "tau_moments",
    "tau_reml",
]


def tau_moments(y, se) -> float:
    """Estimate τ by matching the spread of the estimates to what noise alone would give.

    Model: y_j ~ N(μ, se_j² + τ²).

    Parameters
    ----------
    y : Series, array or list, shape (J,)
        One estimate per group, J >= 2.
    se : Series, array or list, shape (J,), or a number
        Known standard errors, in the units of y, > 0.

    Returns
    -------
    float
        τ̂ >= 0, in the units of y.

    Raises
    ------
    ValueError
        If J < 2, a value is missing, or an se is not > 0.

    Notes
    -----
    With w_j = 1/se_j² and Q = Σ w_j (y_j − ȳ_w)², noise alone gives Q ≈ J − 1, hence
    τ̂² = max(0, (Q − (J − 1)) / (Σw − Σw²/Σw)). With equal se it is the sample variance of y minus se².

    References
    ----------
    DerSimonian, R. & Laird, N. (1986), "Meta-analysis in clinical trials", *Controlled Clinical Trials* 7.

    Examples
    --------
    >>> round(tau_moments([10, 20, 30, 40], se=5), 3)
    11.902
    >>> tau_moments([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])
    0.0
    >>> tau_moments([10], se=5)
    Traceback (most recent call last):
    ...
    ValueError: At least 2 groups are needed here, but y has 1.
    """
    _labels, y, se = read_summaries(y, se, least=2)
    w = 1 / se**2
    Q = np.sum(w * (y - np.sum(w * y) / np.sum(w)) ** 2)
    tau2 = (Q - (len(y) - 1)) / (np.sum(w) - np.sum(w**2) / np.sum(w))
    return float(np.sqrt(max(0.0, tau2)))


def tau_ml(y, se) -> float:
    """Estimate τ by maximum likelihood.

    Model: y_j ~ N(μ, se_j² + τ²).

    Parameters
    ----------
    y, se
        As in `tau_moments`.

    Returns
    -------
    float
        The τ̂ >= 0 with the largest likelihood, found over all τ (the curve can have two tops).

    Raises
    ------
    ValueError
        As `tau_moments`.

    Notes
    -----
    −2 log L(τ) = Σ log(se_j² + τ²) + Σ w_j (y_j − μ̂)² + constant, w_j = 1/(se_j² + τ²), μ̂ = Σ w_j y_j/Σ w_j.
    It treats μ̂ as if it were known, so τ̂ is too small on average; `tau_reml` corrects that.

    References
    ----------
    Efron, B. & Morris, C. (1975), §3. Gelman, A. et al. (2013), *Bayesian Data Analysis*, 3rd ed., §5.4.

    Examples
    --------
    >>> round(tau_ml([10, 20, 30, 40], se=5), 3)
    10.0
    >>> tau_ml([10, 20], se=[5, 0])
    Traceback (most recent call last):
    ...
    ValueError: se must be finite and > 0, but se = 0.0 for group 2. A group without a standard error ...
    """
    return _tau_by_likelihood(y, se, restricted=False)


def tau_reml(y, se) -> float:
    """Estimate τ by restricted maximum likelihood: "n − 1" again.

    Model: y_j ~ N(μ, se_j² + τ²).

    Parameters
    ----------
    y, se
        As in `tau_moments`.

    Returns
    -------
    float
        The τ̂ >= 0 with the largest restricted likelihood.

    Raises
    ------
    ValueError
        As `tau_moments`.

    Notes
    -----
    Adds log Σ w_j to the curve of `tau_ml`: the price of having estimated μ from the same groups.
    With equal se it equals `tau_moments`.

    References
    ----------
    Patterson, H. D. & Thompson, R. (1971), "Recovery of inter-block information", *Biometrika* 58.

    Examples
    --------
    >>> round(tau_reml([10, 20, 30, 40], se=5), 3)
    11.902
    >>> tau_reml([10], se=5)
    Traceback (most recent call last):
    ...
    ValueError: At least 2 groups are needed here, but y has 1.
    """
    return _tau_by_likelihood(y, se, restricted=True)


def _tau_by_likelihood(y, se, restricted: bool) -> float:
    """Scan all τ for the best stretch of the curve, then halve the bracket on its slope."""
    _labels, y, se = read_summaries(y, se, least=2)
    scale = max(np.ptp(y), np.min(se))
    y, se = (y - np.mean(y)) / scale, se / scale
    highest = 2 * np.sqrt(len(y)) * np.ptp(y)  # beyond it both terms only rise
    if highest < 1e-6:  # far less spread than the smallest se, which is 1 here
        return 0.0
    grid = np.concatenate([[0.0], np.geomspace(1e-4 * min(np.min(se), highest), highest, 400) ** 2])
    curve = [_curve(y, se, tau2, restricted)[0] for tau2 in grid]
    best = int(np.argmin(curve))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    if best == 0 and _curve(y, se, 0.0, restricted)[1] >= 0:
        return 0.0
    for _step in range(200):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if _curve(y, se, middle, restricted)[1] < 0 else (low, middle)
    return float(scale * np.sqrt((low + high) / 2))


def _curve(y, se, tau2: float, restricted: bool) -> tuple[float, float]:
    """Return −2 log likelihood at τ² and its slope in τ², up to a constant."""
    w = 1 / (se**2 + tau2)
    r = y - np.sum(w * y) / np.sum(w)
    value = -np.sum(np.log(w)) + np.sum(w * r**2)
    slope = np.sum(w) - np.sum(w**2 * r**2)
    if restricted:
        value += np.log(np.sum(w))
        slope -= np.sum(w**2) / np.sum(w)
    return float(value), float(slope)


@dataclass(frozen=True)
class AnovaComponents:
    """One-way analysis of variance, read as variance components.

    Attributes
    ----------
    J, n : int
        Groups and rows.
    n0 : float
        The group size that counts: n_j if balanced, else a little below the mean size.
    mean : float
        The mean over all rows.
    msb, msw : float
        Mean squares between and within groups, in squared units of y.
    f : float
        msb/msw, with J − 1 and n − J degrees of freedom.
    tau2_raw : float
        (msb − msw)/n0, which can be negative.
    tau2, sigma2, tau, sigma : float
        τ̂² = max(0, tau2_raw), σ̂² = msw, and their square roots.
    icc : float
        tau2/(tau2 + sigma2).
    """

    J: int
    n: int
    n0: float
    mean: float
    msb: float
    msw: float
    f: float
    tau2_raw: float
    tau2: float
    sigma2: float
    tau: float
    sigma: float
    icc: float


def anova_components(y, group) -> AnovaComponents:
    """Split the variance of y into between and within groups.

    Model: y_i = μ + α_j[i] + ε_i, α_j ~ N(0, τ²), ε_i ~ N(0, σ²).

    Parameters
    ----------
    y : Series, array or list, shape (n,)
        One number per row.
    group : Series, array or list, shape (n,)
        The group of each row; at least two groups, and at least one with two rows.

    Returns
    -------
    AnovaComponents
        msb, msw, tau2 (and tau2_raw before the cut at 0), sigma2, icc, f.

    Raises
    ------
    ValueError
        If a value is missing (the rows are named), there is one group, or no group has two rows.

    Notes
    -----
    E(msb) = σ² + n0·τ² and E(msw) = σ², with n0 = (n − Σn_j²/n)/(J − 1).
    For balanced data it equals REML wherever tau2_raw >= 0. At the cut σ̂² stays msw, where REML pools all rows.

    References
    ----------
    Snijders, T. & Bosker, R. (2012), *Multilevel Analysis*, 2nd ed., §3.3.

    Examples
    --------
    >>> a = anova_components([1, 2, 3, 5, 6, 7], list("aaabbb"))
    >>> a.msb, a.msw, round(a.tau2, 3)
    (24.0, 1.0, 7.667)
    >>> anova_components([1, 2, 3], ["a", "a", "a"])
    Traceback (most recent call last):
    ...
    ValueError: A variance between groups needs at least two groups, but all 3 rows are in group 'a'.
    """
    y = np.asarray(y, dtype=float)
    codes, levels = pd.factorize(np.asarray(group, dtype=object))
    if len(codes) != len(y):
        raise ValueError(
            _(
                "y and group must have one value per row, but y has {y} and group has {group}.",
                y=len(y),
                group=len(codes),
            )
        )
    bad = np.flatnonzero(~np.isfinite(y) | (codes < 0))
    if len(bad):
        raise ValueError(
            _(
                "y and group must be complete and finite, but they are not in {count} of {n} rows "
                "(counted from 0: {rows}). Drop or repair those rows first.",
                count=len(bad),
                n=len(y),
                rows=", ".join(map(str, bad[:5])) + (" …" if len(bad) > 5 else ""),
            )
        )
    n, J = len(y), len(levels)
    if J < 2:
        raise ValueError(
            _(
                "A variance between groups needs at least two groups, but all {n} rows are in group {group!r}.",
                n=n,
                group=levels[0] if J else None,
            )
        )
    if n == J:
        raise ValueError(
            _(
                "A variance within groups needs a group with two rows, but each of the {J} groups has one.",
                J=J,
            )
        )
    n_j = np.bincount(codes)
    centred = y - y.mean()
    means = np.bincount(codes, centred) / n_j
    msb = float(np.sum(n_j * means**2) / (J - 1))
    msw = float(np.sum((centred - means[codes]) ** 2) / (n - J))
    n0 = float((n - np.sum(n_j**2) / n) / (J - 1))
    raw = (msb - msw) / n0
    tau2 = max(0.0, raw)
    total = tau2 + msw
    return AnovaComponents(
        J=J,
        n=n,
        n0=n0,
        mean=float(y.mean()),
        msb=msb,
        msw=msw,
        f=msb / msw if msw > 0 else np.inf,
        tau2_raw=raw,
        tau2=tau2,
        sigma2=msw,
        tau=float(np.sqrt(tau2)),
        sigma=float(np.sqrt(msw)),
        icc=tau2 / total if total > 0 else np.nan,
    )


def icc(tau, sigma) -> float:
    """Return the intraclass correlation: the share of variance that lies between groups.

    Model: y_i = μ + α_j[i] + ε_i, SD τ between and σ within.

    Parameters
    ----------
    tau, sigma : float
        Standard deviations between and within groups, same units, >= 0 and not both 0.

    Returns
    -------
    float
        τ²/(τ² + σ²), from 0 to 1; also the correlation of two members of the same group.

    Raises
    ------
    ValueError
        If an SD is negative or both are 0.

    Notes
    -----
    It is the reliability of one single value. With varying slopes there is no one ICC: it depends on x.

    References
    ----------
    Raudenbush, S. W. & Bryk, A. S. (2002), ch. 4.

    Examples
    --------
    >>> round(icc(tau=2.935, sigma=6.257), 3)
    0.18
    >>> icc(tau=0, sigma=0)
    Traceback (most recent call last):
    ...
    ValueError: tau and sigma are both 0: without any variance there is no share of it.
    """
    tau, sigma = read_sd(tau, "tau"), read_sd(sigma, "sigma")
    if tau == 0 and sigma == 0:
        raise ValueError(_("tau and sigma are both 0: without any variance there is no share of it."))
    return tau**2 / (tau**2 + sigma**2)


def design_effect(n, icc) -> float:
    """Return how many times larger the variance of a mean is because rows come in groups of n.

    Model: groups of equal size n, intraclass correlation ``icc``.

    Parameters
    ----------
    n : float
        Rows per group, >= 1 (for unequal groups roughly their mean).
    icc : float
        Intraclass correlation, 0 to 1.

    Returns
    -------
    float
        1 + (n − 1)·icc.

    Raises
    ------
    ValueError
        If n < 1 or icc is outside 0 … 1.

    Notes
    -----
    Right for the overall mean and for predictors of whole groups; for a predictor that varies only inside groups
    the error goes the other way. What it leaves out: unequal group sizes.

    References
    ----------
    Kish, L. (1965), *Survey Sampling*, §5.4.

    Examples
    --------
    >>> round(design_effect(n=100, icc=0.02), 2)
    2.98
    >>> design_effect(n=100, icc=2)
    Traceback (most recent call last):
    ...
    ValueError: icc must lie between 0 and 1, but icc = 2.0.
    """
    n, icc = _sizes(n, icc)
    return 1 + (n - 1) * icc


def effective_n(J, n, icc) -> float:
    """Return how many independent rows J groups of n are worth for the overall mean.

    Model: as `design_effect`.

    Parameters
    ----------
    J : float
        Number of groups, >= 1.
    n : float
        Rows per group, >= 1.
    icc : float
        Intraclass correlation, 0 to 1.

    Returns
    -------
    float
        J·n / design_effect(n, icc), between J (icc = 1) and J·n (icc = 0).

    Raises
    ------
    ValueError
        As `design_effect`.

    Notes
    -----
    However large n grows, it never exceeds J/icc: more groups help, more rows per group soon do not.

    References
    ----------
    Kish, L. (1965), §5.4.

    Examples
    --------
    >>> round(effective_n(J=160, n=45, icc=0.18), 1)
    807.2
    >>> effective_n(J=0, n=45, icc=0.18)
    Traceback (most recent call last):
    ...
    ValueError: J must be at least 1, but J = 0.0.
    """
    n, icc = _sizes(n, icc)
    J = float(J)
    if not J >= 1:
        raise ValueError(_("J must be at least 1, but J = {J}.", J=J))
    return J * n / design_effect(n, icc)


def prob_tau_zero(J, n, icc, method="REML") -> float:
    """Return the exact chance that the estimate of τ is 0 although the true ICC is ``icc``.

    Model: J balanced groups of n rows, y_i = μ + α_j[i] + ε_i, both normal.

    Parameters
    ----------
    J : int
        Groups, >= 2.
    n : int
        Rows per group, >= 2.
    icc : float
        True intraclass correlation, 0 <= icc < 1.
    method : "REML" or "ML"
        Which estimator; ML lands on 0 more often.

    Returns
    -------
    float
        A probability.

    Raises
    ------
    ValueError
        If J < 2, n < 2, or icc is outside 0 … 1.

    Notes
    -----
    τ̂ = 0 exactly where msb <= msw (REML) or (1 − 1/J)·msb <= msw (ML), and msb/msw is distributed as
    (1 + n·icc/(1 − icc))·F(J − 1, J(n − 1)). So a zero is no sign that the groups are alike.

    References
    ----------
    Searle, S. R., Casella, G. & McCulloch, C. E. (1992), *Variance Components*, §3.5.

    Examples
    --------
    >>> round(prob_tau_zero(J=6, n=5, icc=0.1), 3)
    0.331
    >>> prob_tau_zero(J=6, n=1, icc=0.1)
    Traceback (most recent call last):
    ...
    ValueError: J and n must be at least 2, but J = 6 and n = 1.
    """
    from scipy.special import fdtr  # the distribution function of F

    if J < 2 or n < 2:
        raise ValueError(_("J and n must be at least 2, but J = {J} and n = {n}.", J=J, n=n))
    if method not in ("REML", "ML"):
        raise ValueError(_('method must be "REML" or "ML", but it is {found!r}.', found=method))
    _n, rho = _sizes(n, icc)
    if rho == 1:
        return 0.0
    limit = 1.0 if method == "REML" else J / (J - 1)
    return float(fdtr(J - 1, J * (n - 1), limit / (1 + n * rho / (1 - rho))))


def _sizes(n, icc) -> tuple[float, float]:
    n, icc = float(n), float(icc)
    if not n >= 1:
        raise ValueError(_("n must be at least 1, but n = {n}.", n=n))
    if not 0 <= icc <= 1:
        raise ValueError(_("icc must lie between 0 and 1, but icc = {icc}.", icc=icc))
    return n, icc

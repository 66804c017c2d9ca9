"""What a spread on the logit scale means: odds ratios between groups, shares of variance, averages over groups.

A 0/1 response can be read as a hidden continuous one, y* = η + ε, with y = 1 where y* > 0 and ε logistic: variance π²/3.
On that latent scale a varying intercept has SD τ and the rows have SD π/√3.

What this file does not do: choose between the scales. References: Snijders, T. A. B. & Bosker, R. J. (2012), *Multilevel
Analysis*, 2nd ed., §17.2; Larsen, K. & Merlo, J. (2005), "Appropriate assessment of neighborhood effects on individual
health", *American Journal of Epidemiology* 161(1).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, ndtri

from hlm_teach.locale import _
from hlm_teach.quadrature import normal_nodes

__all__ = ["latent_icc", "marginal_probability", "median_odds_ratio"]


def _check_sd(tau) -> np.ndarray:
    tau = np.asarray(tau, dtype=float)
    if not (np.isfinite(tau) & (tau >= 0)).all():
        raise ValueError(
            _(
                "tau must be a standard deviation >= 0, but tau = {value}. If you have a variance, pass its square root.",
                value=float(tau[~(np.isfinite(tau) & (tau >= 0))].flat[0]),
            )
        )
    return tau


def _plain(value):
    """A number for a number, an array for an array."""
    return float(value) if np.ndim(value) == 0 else value


def median_odds_ratio(tau):
    """Return the median odds ratio between two groups drawn at random, the higher over the lower.

    Model: logit p = η + b, b ~ N(0, τ²).

    Parameters
    ----------
    tau : float or array
        SD of the varying intercept on the logit scale, >= 0.

    Returns
    -------
    float or array
        exp(√2 · Φ⁻¹(0.75) · τ) >= 1: two people alike in x, in two groups drawn at random, differ by at least this odds
        ratio in half of all draws.

    Raises
    ------
    ValueError
        If tau is negative or not finite.

    Notes
    -----
    The difference of two groups is N(0, 2τ²), and the median of its absolute value √2 · Φ⁻¹(0.75) · τ = 0.954 τ.

    References
    ----------
    Larsen, K. & Merlo, J. (2005), "Appropriate assessment of neighborhood effects on individual health", *American
    Journal of Epidemiology* 161(1).

    Examples
    --------
    >>> round(median_odds_ratio(0.5), 2)
    1.61
    >>> median_odds_ratio(-0.5)
    Traceback (most recent call last):
    ...
    ValueError: tau must be a standard deviation >= 0, but tau = -0.5. If you have a variance, pass its square root.
    """
    return _plain(np.exp(np.sqrt(2) * ndtri(0.75) * _check_sd(tau)))


def latent_icc(tau):
    """Return the intraclass correlation of the latent response of a logit model.

    Model: y* = η + b + ε, b ~ N(0, τ²), ε logistic with variance π²/3; y = 1 where y* > 0.

    Parameters
    ----------
    tau : float or array
        SD of the varying intercept on the logit scale, >= 0.

    Returns
    -------
    float or array
        τ²/(τ² + π²/3), in [0, 1).

    Raises
    ------
    ValueError
        If tau is negative or not finite.

    Notes
    -----
    It is not the correlation of the 0s and 1s in a group, which is smaller and depends on the predictors.

    References
    ----------
    Snijders, T. A. B. & Bosker, R. J. (2012), *Multilevel Analysis*, 2nd ed., §17.2.2.

    Examples
    --------
    >>> round(latent_icc(1.0), 3)
    0.233
    >>> latent_icc(-1)
    Traceback (most recent call last):
    ...
    ValueError: tau must be a standard deviation >= 0, but tau = -1.0. If you have a variance, pass its square root.
    """
    tau2 = _check_sd(tau) ** 2
    return _plain(tau2 / (tau2 + np.pi**2 / 3))


def marginal_probability(eta, tau, nodes: int = 101):
    """Return the probability averaged over groups: what holds for the population, not for one group.

    Model: logit p_j = η + b_j, b_j ~ N(0, τ²).

    Parameters
    ----------
    eta : float or array
        Linear predictor of the median group, Xβ, on the logit scale.
    tau : float or array
        SD between groups on the logit scale, >= 0; it must broadcast with eta.
    nodes : int
        Of Gauss–Hermite quadrature.

    Returns
    -------
    float or array
        E logit⁻¹(η + b).

    Raises
    ------
    ValueError
        If tau is negative or not finite.

    Notes
    -----
    A coefficient of a multilevel logit model is *conditional*: it compares rows of one group, or of groups with the same
    b. The average over groups follows a flatter curve, with *marginal* coefficients of about β/√(1 + 0.346 τ²)
    (0.346 = (16√3/(15π))²). So logit⁻¹(Xβ) is the probability in the median group, not the population's proportion.
    For a linear model the two are the same.

    References
    ----------
    Zeger, S. L., Liang, K.-Y. & Albert, P. S. (1988), "Models for longitudinal data: a generalized estimating equation
    approach", *Biometrics* 44.

    Examples
    --------
    >>> round(marginal_probability(2.0, 0.0), 3), round(marginal_probability(2.0, 2.0), 3)
    (0.881, 0.775)
    >>> marginal_probability(2.0, -2.0)
    Traceback (most recent call last):
    ...
    ValueError: tau must be a standard deviation >= 0, but tau = -2.0. If you have a variance, pass its square root.
    """
    x, weight = normal_nodes(nodes)
    eta, tau = np.broadcast_arrays(np.asarray(eta, dtype=float), _check_sd(tau))
    return _plain(expit(eta[..., None] + tau[..., None] * x) @ weight)

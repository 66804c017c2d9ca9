"""Draw pupils who change school: rows that belong to two groups, each with its share.

The idea: what a school adds to a pupil is its effect times the share of the time that the pupil spent there:

    y_i = μ + Σ_j w_ij u_j + ε_i,     u_j ~ N(0, τ²),   ε_i ~ N(0, σ²),   Σ_j w_ij = 1

The truth is kept beside the rows, so that one can see what a wrong assignment costs.

What this file does not do: fit (`hlm_teach.lmm` with ``membership=``), or let pupils choose their school by its effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.arranged import need_generator
from hlm_teach.locale import _

__all__ = ["Moving", "multiple_membership"]

QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Moving:
    """Pupils, the weights of their schools, and the truth that made them.

    Attributes
    ----------
    data : DataFrame, shape (n, 4)
        ``y``; ``first`` and ``last``, the schools that a pupil began and ended in; ``share``, of the time in the first.
    weights : DataFrame, shape (n, J)
        The share of each school in each pupil; rows add up to 1.
    truth : DataFrame, shape (J, 1)
        ``u``, the effect of each school.
    parameters : dict
        The values that they were drawn with.
    """

    data: pd.DataFrame
    weights: pd.DataFrame
    truth: pd.DataFrame
    parameters: dict


def multiple_membership(J, n, movers, tau, sigma, rng, mu=50.0) -> Moving:
    """Draw n pupils of J schools, of whom some change school once.

    y_i = μ + Σ_j w_ij u_j + ε_i, u_j ~ N(0, τ²), ε_i ~ N(0, σ²)

    Parameters
    ----------
    J : int, >= 2
        Schools.
    n : int, >= J
        Pupils.
    movers : float, 0 to 1
        The chance that a pupil moves, after a quarter, a half or three quarters of the time.
    tau : float, units of y, >= 0
        Standard deviation between schools.
    sigma : float, units of y, >= 0
        Standard deviation of pupils, given their schools.
    rng : numpy.random.Generator
        The source of chance.
    mu : float, units of y

    Returns
    -------
    Moving
        ``data``, ``weights``, ``truth``, ``parameters``.

    Raises
    ------
    ValueError
        If there are fewer than two schools, fewer pupils than schools, movers is not a share, or an SD is negative.
    TypeError
        If ``rng`` is not a Generator.

    Notes
    -----
    The first J pupils begin in different schools, so that none is empty. A pupil with the shares w has the variance
    τ²Σw² + σ², and two pupils have the covariance τ²Σww'. For those who moved both are less than τ² + σ² and τ².

    References
    ----------
    Browne, W. J., Goldstein, H. & Rasbash, J. (2001), "Multiple membership multiple classification (MMMC) models",
    *Statistical Modelling* 1(2).

    Examples
    --------
    >>> sim = multiple_membership(J=3, n=5, movers=0.5, tau=4, sigma=8, rng=np.random.default_rng(1))
    >>> sim.weights.sum(axis=1).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    >>> list(sim.data.columns), sim.truth.index.tolist()
    (['y', 'first', 'last', 'share'], ['S1', 'S2', 'S3'])
    >>> multiple_membership(J=3, n=5, movers=50, tau=4, sigma=8, rng=np.random.default_rng(1))
    Traceback (most recent call last):
    ...
    ValueError: movers must be a share between 0 and 1, but movers = 50. For 50% pass 0.5.
    """
    need_generator(rng)
    _check(J, n, movers, tau, sigma)
    labels = np.array([f"S{j:0{len(str(J))}d}" for j in range(1, J + 1)])
    u = rng.normal(0, tau, J)
    first = np.concatenate([np.arange(J), rng.integers(J, size=n - J)])
    other = (first + rng.integers(1, J, size=n)) % J
    moves = rng.random(n) < movers
    share = np.where(moves, rng.choice(QUARTERS, n), 1.0)
    last = np.where(moves, other, first)
    W = np.zeros((n, J))
    rows = np.arange(n)
    W[rows, first] = share
    W[rows, last] += 1 - share
    y = mu + W @ u + rng.normal(0, sigma, n)
    data = pd.DataFrame({"y": y, "first": labels[first], "last": labels[last], "share": share})
    return Moving(
        data,
        pd.DataFrame(W, columns=labels),
        pd.DataFrame({"u": u}, index=pd.Index(labels, name="school")),
        {"mu": mu, "tau": tau, "sigma": sigma, "movers": movers},
    )


def _check(J, n, movers, tau, sigma) -> None:
    if J < 2 or n < J:
        raise ValueError(
            _(
                "There must be 2 schools or more, and at least as many pupils, but J = {J} and n = {n}.",
                J=J,
                n=n,
            )
        )
    if not 0 <= movers <= 1:
        raise ValueError(
            _(
                "movers must be a share between 0 and 1, but movers = {movers}. For 50% pass 0.5.",
                movers=movers,
            )
        )
    for name, value in (("tau", tau), ("sigma", sigma)):
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(
                _(
                    "{name} must be a standard deviation >= 0, but {name} = {value}. "
                    "If you have a variance, pass its square root.",
                    name=name,
                    value=value,
                )
            )

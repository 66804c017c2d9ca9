"""A likelihood-ratio test without asymptotics: how large would the statistic be if the smaller model were true?

    draw y* from the smaller fit  →  refit both  →  T* = criterion(small) − criterion(large),   B times
    p = (1 + number of T* >= T) / (1 + B)

The data themselves count as one draw, so p is never 0. A simulated p has a Monte Carlo error of √(p(1 − p)/B).
For a variance the formula's p (half χ²_0, half χ²_1 …) holds with many groups; here the share of T* = 0 is counted instead
of being taken as one half.

What this file does not do: REML across different fixed parts; such models are compared by ML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from hlm_teach.batch import Batch, profiles
from hlm_teach.batch_newton import optima
from hlm_teach.bootstrap import batches
from hlm_teach.locale import _
from hlm_teach.numerals import number
from hlm_teach.one_factor import OneFactor
from hlm_teach.redraw import check_count, check_seed, redrawn, refitted

__all__ = ["BootstrapTest", "bootstrap_test"]

TIE = 1e-7  # of a statistic: below this it is rounding


@dataclass(frozen=True, eq=False, repr=False)
class BootstrapTest:
    """A likelihood-ratio test by parametric bootstrap.

    Attributes
    ----------
    statistic : float
        Of the data.
    simulated : array, shape (B,)
        Of the draws from the smaller model.
    p, p_se : float
        The share of draws at least as extreme, and its Monte Carlo standard error.
    p_formula, kind : float and str
        What the χ² distribution or the mixture says instead, and which it was (`hlm_teach.lr_test`).
    method : "REML" or "ML"
    seed : int
    """

    statistic: float
    simulated: np.ndarray = field(repr=False)
    p_formula: float
    kind: str
    method: str
    seed: int

    @property
    def p(self) -> float:
        return float((1 + (self.simulated >= self.statistic - TIE).sum()) / (1 + len(self.simulated)))

    @property
    def p_se(self) -> float:
        return float(np.sqrt(self.p * (1 - self.p) / len(self.simulated)))

    @property
    def share_zero(self) -> float:
        """The share of draws in which the larger model does not fit better at all."""
        return float((self.simulated <= TIE).mean())

    def __repr__(self) -> str:
        return _(
            "Statistic {statistic} ({method}); p = {p} (Monte Carlo SE {se}) from {B} draws of the smaller model, seed "
            "{seed}. In {share} % of them the larger model fits no better. By formula: p = {formula}.",
            statistic=number(self.statistic, 2),
            method=self.method,
            p=number(self.p, 4),
            se=number(self.p_se, 4),
            B=len(self.simulated),
            seed=self.seed,
            share=number(100 * self.share_zero, 1),
            formula=number(self.p_formula, 4),
        )


def bootstrap_test(small, large, B: int = 1000, seed=None) -> BootstrapTest:
    """Test a smaller against a larger model by drawing from the smaller one.

    Model: T = criterion(small) − criterion(large), its distribution where the smaller model is true.

    Parameters
    ----------
    small : LMMFit, or the least-squares fit ``large.without_groups()``
        Nested in ``large``, with the same rows.
    large : LMMFit
    B : int, >= 1
        Number of draws.
    seed : int, >= 0

    Returns
    -------
    BootstrapTest
        ``p`` with ``p_se``, ``p_formula``, ``statistic``, ``simulated`` (B,), ``share_zero``.

    Raises
    ------
    ValueError
        If the models are not nested, have other rows, or there is no seed.

    Notes
    -----
    Fits with different fixed parts are refitted by ML. With one grouping factor, the same in both models, the compressed
    data are drawn and refitted in batches.

    References
    ----------
    Davison, A. C. & Hinkley, D. V. (1997), *Bootstrap Methods and their Application*, §4.2.
    Crainiceanu, C. & Ruppert, D. (2004), "Likelihood ratio tests in linear mixed models with one variance component",
    *JRSS B* 66.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    >>> bootstrap_test(fit.without_groups(), fit, B=99, seed=1).p             # tau = 0: nothing to be surprised at
    1.0
    >>> bootstrap_test(fit.without_groups(), fit, B=99)
    Traceback (most recent call last):
    ...
    ValueError: A seed is needed, so that the same numbers come out again: pass a whole number >= 0, say seed=1.
    """
    B, seed = check_count("B", B), check_seed(seed)
    formula = large.anova(small)
    if hasattr(small, "fixef"):
        small = small.refit(formula.method)
    large = large.refit(formula.method)
    draw = _in_batches if _together(small, large) else _one_by_one
    simulated = np.maximum(draw(small, large, B, seed), 0.0)
    return BootstrapTest(formula.statistic, simulated, formula.p, formula.kind, formula.method, seed)


def _null(large):
    """Return the larger model with Λ = 0: its fixed part alone."""
    return large.at(np.zeros_like(large.theta))


def _together(small, large) -> bool:
    """Return whether both models can be refitted on the compressed data of the larger one."""
    if not isinstance(large.model, OneFactor):
        return False
    if not hasattr(small, "fixef"):
        return True
    return (
        isinstance(small.model, OneFactor)
        and small.model.factor == large.model.factor
        and set(small.frame.x.names) <= set(large.frame.x.names)
        and set(small.model.layout.names) <= set(large.model.layout.names)
    )


def _in_batches(small, large, B: int, seed: int) -> np.ndarray:
    """Return T* from batches that are drawn in the coordinates of the larger model."""
    reml, found = large.method == "REML", []
    null = not hasattr(small, "fixef")
    Lambda, c, M = (None, None, None) if null else _inside(small, large)
    truth = _null(large) if null else small
    for d in batches(large, B, seed, truth, Lambda):
        big = optima(d, large.model.layout, reml).at.criterion
        if null:
            zero = np.zeros((len(d), *large.model.layout.K.shape))
            less = profiles(d, zero, reml).criterion
        else:
            seen: Batch = d.seen_by(c, M)
            less = optima(seen, small.model.layout, reml).at.criterion
        found.append(less - big)
    return np.concatenate(found)


def _inside(small, large):
    """Return the smaller model in the coordinates of the larger: its Λ, its design, and its X as a combination.

    Z_small = Z K_small⁻¹ with Z = Z_large K_large restricted to the coefficients that vary in both.
    """
    one, other = small.model, large.model
    varying = [list(other.layout.names).index(name) for name in one.layout.names]
    turn = other.layout.K[:, varying] @ np.linalg.inv(one.layout.K)
    c = other.c
    design = type(c)(**{**vars(c), "R": np.matmul(turn.T, c.R)})
    if small.frame.x.names == large.frame.x.names:
        M = np.eye(c.p)
    else:
        fixed = [list(large.frame.x.names).index(name) for name in small.frame.x.names]
        M = np.linalg.inv(other.back.B)[:, fixed] @ one.back.B
    return turn @ one.newtons(small.theta), design, M


def _one_by_one(small, large, B: int, seed: int) -> np.ndarray:
    """Return T* from rows."""
    null = not hasattr(small, "fixef")
    truth, found = _null(large) if null else small, []
    for y in islice(redrawn(truth, np.random.default_rng(seed)), B):
        big = refitted(large, y)
        if null:
            less = big.model.criterion(np.zeros_like(big.theta), large.method == "REML")
        else:
            less = refitted(small, y).criterion
        found.append(less - big.criterion)
    return np.array(found)

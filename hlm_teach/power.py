"""Power by simulation: how often would a study of this design find an effect of this size?

    draw y* from the model that is assumed  →  fit it  →  is |β̂*/SE*| beyond the critical value?        B times

The share of yes is the power; where the effect is 0 it is the rate of false alarms, which is the first thing to look at.
A share of B draws has a Monte Carlo error of √(p(1 − p)/B).

The critical value is that of t with as many degrees of freedom as the effect has independent comparisons behind it:

    whole groups treated                           J − 2
    rows treated, the effect varies over groups    J − 1
    rows treated, one effect for all               Jn − J − 1

What this file does not do: find the J that gives a power (vary J and look), or designs with several grouping factors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from hlm_teach.batch import Draws
from hlm_teach.batch_newton import optima
from hlm_teach.bootstrap import LANES
from hlm_teach.frame import model_frame
from hlm_teach.locale import _
from hlm_teach.numerals import number
from hlm_teach.one_factor import OneFactor
from hlm_teach.redraw import check_count, check_seed

__all__ = ["Power", "power"]


@dataclass(frozen=True, repr=False)
class Power:
    """The share of simulated studies that find an effect.

    Attributes
    ----------
    power, se : float
        The share, and its Monte Carlo standard error.
    mean_estimate, mean_se : float
        Of the effect, over all studies.
    mean_found : float
        The mean size of the estimates among those that find it (nan if none does): larger than the effect if power is low.
    share_boundary : float
        The share of studies with an SD of 0 or a correlation of ±1.
    df : float
        Degrees of freedom of the critical value.
    B, seed : int
    """

    power: float
    se: float
    mean_estimate: float
    mean_se: float
    mean_found: float
    share_boundary: float
    df: float
    B: int
    seed: int

    def __repr__(self) -> str:
        return _(
            "Power {power} (Monte Carlo SE {se}) from {B} simulated studies, t with {df} df, seed {seed}; "
            "{share} % of them on the boundary.",
            power=number(self.power, 3),
            se=number(self.se, 3),
            B=self.B,
            df=number(self.df, 0),
            seed=self.seed,
            share=number(100 * self.share_boundary, 1),
        )


def power(
    J, n, effect, tau, sigma, *, treat="groups", tau_effect=0.0, alpha=0.05, B=1000, seed=None
) -> Power:
    """Simulate a trial with half of the groups, or half of each group, treated.

    Model: y_ij = α_j + (effect + v_j) x_ij + ε_ij, α_j ~ N(0, τ²), v_j ~ N(0, τ_effect²), ε_ij ~ N(0, σ²), x 0 or 1.

    Parameters
    ----------
    J : int, >= 4
        Groups.
    n : int, >= 2
        Rows in each group.
    effect : float, units of y
        Mean effect of the treatment.
    tau, sigma : float, units of y, >= 0 and > 0
        SD between groups and within.
    treat : "groups" or "rows"
        Treat whole groups (every second one), or every second row in each group.
    tau_effect : float, units of y, >= 0
        SD of the effect over the groups; if > 0, it varies in the fitted model too. For treated rows only.
    alpha : float
        Level of the two-sided test, between 0 and 1.
    B : int, >= 1
        Simulated studies.
    seed : int, >= 0

    Returns
    -------
    Power
        ``power``, ``se``, ``mean_estimate``, ``mean_se``, ``mean_found``, ``share_boundary``, ``df``.

    Raises
    ------
    ValueError
        If a size is too small, an SD is negative, or there is no seed.

    References
    ----------
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, ch. 20.
    Snijders, T. & Bosker, R. (2012), *Multilevel Analysis*, ch. 11.

    Examples
    --------
    >>> few = power(J=10, n=40, effect=0.5, tau=0.5, sigma=1, B=400, seed=1)
    >>> many = power(J=40, n=10, effect=0.5, tau=0.5, sigma=1, B=400, seed=1)
    >>> few.power < many.power                          # as many rows, more groups
    True
    >>> power(J=10, n=40, effect=0.5, tau=-1, sigma=1, B=400, seed=1)
    Traceback (most recent call last):
    ...
    ValueError: tau must be a standard deviation >= 0, but tau = -1. If you have a variance, pass its square root.
    """
    B, seed = check_count("B", B), check_seed(seed)
    _check(J, n, {"tau": tau, "sigma": sigma, "tau_effect": tau_effect}, treat, alpha)
    slopes = tau_effect > 0
    model = _design(J, n, treat, slopes)
    df = {"groups": J - 2, "rows": J - 1 if slopes else J * n - J - 1}[treat]
    Lambda = model.layout.K @ np.diag([tau, tau_effect][: 1 + slopes]) / sigma
    back, estimate, se, boundary = model.back, [], [], []
    stream, size = Draws(model.c, Lambda, sigma / back.scale, seed), max(1, LANES // J)
    for start in range(0, B, size):
        found = optima(stream.take(min(size, B - start)), model.layout, reml=True)
        at = found.at
        estimate.append(effect + back.scale * (at.beta @ back.B.T)[:, 1])
        root = (np.linalg.inv(at.factor) @ back.B.T)[:, :, 1]
        se.append(back.scale * np.sqrt(at.s / at.nu) * np.linalg.norm(root, axis=1))
        boundary.append(found.boundary)
    estimate, se, boundary = (np.concatenate(part) for part in (estimate, se, boundary))
    hit = np.abs(estimate / se) > student.ppf(1 - alpha / 2, df)
    share = float(hit.mean())
    return Power(
        share,
        float(np.sqrt(share * (1 - share) / B)),
        float(estimate.mean()),
        float(se.mean()),
        float(np.abs(estimate[hit]).mean()) if hit.any() else float("nan"),
        float(boundary.mean()),
        float(df),
        B,
        seed,
    )


def _design(J: int, n: int, treat: str, slopes: bool) -> OneFactor:
    """Return the compressed design; its response is arbitrary and is never used."""
    group, row = np.divmod(np.arange(J * n), n)
    data = pd.DataFrame(
        {"group": group, "treated": ((group if treat == "groups" else row) % 2).astype(float)}
    )
    data["y"] = np.random.default_rng(0).standard_normal(J * n)
    inside = "1 + treated" if slopes else "1"
    return OneFactor(model_frame(f"y ~ treated + ({inside} | group)", data))


def _check(J, n, sds: dict, treat: str, alpha: float) -> None:
    for name, count, least in (("J", J, 4), ("n", n, 2)):
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < least:
            raise ValueError(
                _(
                    "{name} must be a whole number >= {least}, but it is {found!r}.",
                    name=name,
                    least=least,
                    found=count,
                )
            )
    for name, value in sds.items():
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(
                _(
                    "{name} must be a standard deviation >= 0, but {name} = {value}. "
                    "If you have a variance, pass its square root.",
                    name=name,
                    value=value,
                )
            )
    if sds["sigma"] == 0:
        raise ValueError(
            _("sigma must be > 0: without spread within groups there is nothing to test against.")
        )
    if treat not in ("groups", "rows"):
        raise ValueError(_('treat must be "groups" or "rows", but it is {found!r}.', found=treat))
    if treat == "groups" and sds["tau_effect"] > 0:
        raise ValueError(
            _(
                "Where whole groups are treated, no group shows its own effect, so tau_effect cannot be told from tau. "
                'Leave it at 0, or use treat="rows".'
            )
        )
    if not 0 < alpha < 1:
        raise ValueError(
            _("alpha must be a share between 0 and 1, but alpha = {alpha}. For 5% pass 0.05.", alpha=alpha)
        )

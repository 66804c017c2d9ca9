"""Draw grouped data whose truth is known, with a generator that the caller passes in.

The idea: an estimate can be judged only where the truth is known. Every function here takes a
``numpy.random.Generator`` and returns the rows together with the numbers that made them; the same
seed gives the same rows.

Notation: J groups, n_j observations in group j; mu the mean of the group means, tau their standard
deviation between groups, sigma the standard deviation within a group. Bare Greek is a standard
deviation, never a variance; a known standard error is ``se``.

:func:`power` draws whole studies and fits them (:mod:`hlm_teach.power`).
:func:`multiple_membership` draws pupils who change school (:mod:`hlm_teach.moving`).
:func:`schools10`, :func:`bounce`, :func:`politeness` (:mod:`hlm_teach.arranged`), :func:`display10` and :func:`display10_u`
(:mod:`hlm_teach.arranged_display`, :mod:`hlm_teach.arranged_display_u`) are of another kind: rows arranged so that published figures come out.
:func:`hospitals` draws hospitals whose death rate depends on their volume (:mod:`hlm_teach.hospitals`).
:func:`nation` and :func:`provinces31` draw a whole population and a poll of it (:mod:`hlm_teach.nation`,
:mod:`hlm_teach.provinces`).

What this file does not do: choose a seed for you.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.arranged import bounce, need_generator, politeness, schools10
from hlm_teach.arranged_display import display10
from hlm_teach.arranged_display_u import display10_u
from hlm_teach.hospitals import SimulatedHospitals, hospitals
from hlm_teach.locale import _
from hlm_teach.moving import Moving, multiple_membership
from hlm_teach.nation import Nation, nation
from hlm_teach.power import Power, power
from hlm_teach.provinces import Provinces, provinces31

__all__ = [
    "Moving",
    "Nation",
    "Power",
    "Provinces",
    "Simulated",
    "SimulatedHospitals",
    "bounce",
    "display10",
    "display10_u",
    "effects",
    "groups",
    "hospitals",
    "multiple_membership",
    "nation",
    "politeness",
    "power",
    "provinces31",
    "schools10",
]


@dataclass(frozen=True)
class Simulated:
    """Rows, and the truth that made them.

    Attributes
    ----------
    data : DataFrame
        What an analyst would see.
    truth : DataFrame
        One row per group, indexed by ``group``: what an analyst would not see.
    parameters : dict
        The values the groups were drawn with.
    """

    data: pd.DataFrame
    truth: pd.DataFrame
    parameters: dict


def groups(J, n, mu, tau, sigma, rng) -> Simulated:
    """Draw J groups of observations around varying group means.

    alpha_j ~ N(mu, tau²),  y_ij ~ N(alpha_j, sigma²)

    Parameters
    ----------
    J : int, >= 1
        Number of groups.
    n : int or array of int, shape (J,), >= 1
        Observations per group; one number serves all groups.
    mu : float, units of y
        Mean of the group means.
    tau : float, units of y, >= 0
        Standard deviation between groups.
    sigma : float, units of y, >= 0
        Standard deviation within a group.
    rng : numpy.random.Generator
        The source of chance, for example ``np.random.default_rng(1)``.

    Returns
    -------
    Simulated
        ``data`` with columns ``group``, ``y`` (sum of n rows); ``truth`` with columns ``n``, ``alpha`` (J rows).

    Raises
    ------
    ValueError
        If a size is below 1, or an SD is negative, or n has another length than J.
    TypeError
        If ``rng`` is not a Generator.

    Notes
    -----
    The mean of the J drawn alphas is not ``mu``, and their SD is not ``tau``: those describe the
    population from which the groups come.

    References
    ----------
    Gelman and Hill (2007), section 12.2.

    Examples
    --------
    >>> sim = groups(3, [2, 4, 1], mu=50, tau=5, sigma=10, rng=np.random.default_rng(1))
    >>> sim.data["group"].value_counts().to_dict()
    {'g2': 4, 'g1': 2, 'g3': 1}
    >>> list(sim.truth.columns)
    ['n', 'alpha']
    >>> groups(3, 5, mu=50, tau=-2, sigma=10, rng=np.random.default_rng(1))
    Traceback (most recent call last):
    ...
    ValueError: tau must be a standard deviation >= 0, but tau = -2. If you have a variance, pass its square root.
    """
    need_generator(rng)
    _need_sd("tau", tau)
    _need_sd("sigma", sigma)
    sizes = _sizes(J, n)
    labels = _labels(J)
    alpha = rng.normal(mu, tau, J)
    y = rng.normal(np.repeat(alpha, sizes), sigma)
    data = pd.DataFrame({"group": np.repeat(labels, sizes), "y": y})
    truth = pd.DataFrame({"n": sizes, "alpha": alpha}, index=pd.Index(labels, name="group"))
    return Simulated(data, truth, {"mu": mu, "tau": tau, "sigma": sigma})


def effects(se, mu, tau, rng) -> Simulated:
    """Draw one estimate per group around varying true effects, with known standard errors.

    theta_j ~ N(mu, tau²),  y_j ~ N(theta_j, se_j²)

    Parameters
    ----------
    se : array of float, shape (J,), units of y, > 0
        Known standard errors.
    mu : float, units of y
        Mean of the true effects.
    tau : float, units of y, >= 0
        Standard deviation of the true effects.
    rng : numpy.random.Generator
        The source of chance.

    Returns
    -------
    Simulated
        ``data`` with columns ``group``, ``y``, ``se``; ``truth`` with column ``theta`` (J rows each).

    Raises
    ------
    ValueError
        If a standard error is not positive, or tau is negative.
    TypeError
        If ``rng`` is not a Generator.

    Notes
    -----
    The shape of the eight-schools data: the scatter of y is sqrt(tau² + se_j²), wider than that of theta.

    References
    ----------
    Rubin (1981), section 2.

    Examples
    --------
    >>> sim = effects([15, 10, 16], mu=8, tau=0, rng=np.random.default_rng(1))
    >>> sim.truth["theta"].tolist()
    [8.0, 8.0, 8.0]
    >>> effects([15, 0, 16], mu=8, tau=0, rng=np.random.default_rng(1))
    Traceback (most recent call last):
    ...
    ValueError: Every standard error must be a number > 0, but se[1] = 0.0. Leave that group out or supply its standard error.
    """
    need_generator(rng)
    _need_sd("tau", tau)
    se = np.asarray(se, dtype=float)
    bad = np.flatnonzero(~(np.isfinite(se) & (se > 0)))
    if bad.size:
        raise ValueError(
            _(
                "Every standard error must be a number > 0, but se[{place}] = {value}. "
                "Leave that group out or supply its standard error.",
                place=int(bad[0]),
                value=float(se[bad[0]]),
            )
        )
    labels = _labels(len(se))
    theta = rng.normal(mu, tau, len(se))
    data = pd.DataFrame({"group": labels, "y": rng.normal(theta, se), "se": se})
    truth = pd.DataFrame({"theta": theta}, index=pd.Index(labels, name="group"))
    return Simulated(data, truth, {"mu": mu, "tau": tau})


def _labels(J):
    """Return J labels that sort in order: g1 … g9, g01 … g12."""
    return [f"g{j:0{len(str(J))}d}" for j in range(1, J + 1)]


def _sizes(J, n):
    """Return the group sizes as an integer array of shape (J,)."""
    if J < 1:
        raise ValueError(_("There must be at least 1 group, but J = {J}. Pass a larger J.", J=J))
    sizes = np.broadcast_to(np.asarray(n), (J,)) if np.ndim(n) == 0 else np.asarray(n)
    if sizes.shape != (J,):
        raise ValueError(
            _(
                "n must be one number or one per group, but J = {J} and n has {found}. Make them agree.",
                J=J,
                found=sizes.size,
            )
        )
    if sizes.dtype.kind not in "iu" or sizes.min() < 1:
        raise ValueError(
            _("Every group needs a whole number of observations >= 1, but n = {n}.", n=np.asarray(n).tolist())
        )
    return sizes.astype(int)


def _need_sd(name, value):
    if not (np.isfinite(value) and value >= 0):
        raise ValueError(
            _(
                "{name} must be a standard deviation >= 0, but {name} = {value}. "
                "If you have a variance, pass its square root.",
                name=name,
                value=value,
            )
        )

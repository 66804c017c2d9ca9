"""The sentences of the figures that check a fit; each has the name and the arguments of its figure.

What this file does not do: judge. It says what there is to see, with its numbers.
"""

from __future__ import annotations

import numpy as np

from hlm_teach.check_panels import need_check
from hlm_teach.diagnostics import diagnostics as read
from hlm_teach.locale import _, ngettext
from hlm_teach.numerals import decimals_for, number, quantity
from hlm_teach.simulated_check import SimulatedCheck

__all__ = ["diagnostics", "simulated_check"]


def diagnostics(fit, *, factor=None) -> str:
    """Say what the four panels of residuals show.

    Parameters
    ----------
    fit : LMMFit
    factor : str, optional
        As in the figure.

    Returns
    -------
    str

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> print(diagnostics(lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))))
    Four panels. The 30 residuals of level 1 run from −1.4 to 1.8 σ; none is beyond 3 σ. The correlation of their size
    with the fitted value is −0.04. Level 2: the standardised deviation that is largest in size is 1.7 (Intercept of E).
    The SD within a group of Batch runs from 0.71 times the median (F) to 1.6 times (D).
    """
    found = read(fit, factor)
    ends = {"low": number(found.residual.min(), 1), "high": number(found.residual.max(), 1)}
    if found.beyond:
        first = ngettext(
            "Four panels. The {count} residuals of level 1 run from {low} to {high} σ; one is beyond 3 σ.",
            "Four panels. The {count} residuals of level 1 run from {low} to {high} σ; {n} are beyond 3 σ.",
            found.beyond,
            count=len(found.residual),
            **ends,
        )
    else:
        first = _(
            "Four panels. The {count} residuals of level 1 run from {low} to {high} σ; none is beyond 3 σ.",
            count=len(found.residual),
            **ends,
        )
    second = _("The correlation of their size with the fitted value is {r}.", r=number(found.funnel, 2))
    if found.extreme is None:
        third = _(
            "Level 2: no coefficient varies by {factor}, so there is nothing to see.", factor=found.factor
        )
    else:
        term, group, value = found.extreme
        third = _(
            "Level 2: the standardised deviation that is largest in size is {value} ({term} of {group}).",
            value=number(value, 1),
            term=term,
            group=group,
        )
    if not len(found.spread):
        fourth = _(
            "No group of {factor} has three rows, so there is no spread to compare.", factor=found.factor
        )
    else:
        fourth = _(
            "The SD within a group of {factor} runs from {low} times the median ({lowest}) to {high} times ({highest}).",
            factor=found.factor,
            low=number(found.spread.min(), 2),
            lowest=found.spread.idxmin(),
            high=number(found.spread.max(), 1),
            highest=found.spread.idxmax(),
        )
    return f"{first} {second} {third} {fourth}"


def simulated_check(check: SimulatedCheck, *, unit: str = "") -> str:
    """Say where the observed value of a statistic lies among the simulated ones.

    Parameters
    ----------
    check : SimulatedCheck
    unit : str

    Returns
    -------
    str

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
    >>> print(simulated_check(fit.simulated_check(lambda d: d["Yield"].max(), n=999, seed=1), unit="g"))
    Histogram of 999 draws from the fit: ...
    """
    need_check(check)
    decimals = decimals_for(check.simulated, check.observed)
    low, high = np.quantile(check.simulated, [0.025, 0.975])
    return ngettext(
        "Histogram of {n} draw from the fit: 95 % of the values lie between {low} and {high}. The observed value is "
        "{observed}; the share of draws at or above it is {upper}, and the two-sided p is {p}.",
        "Histogram of {n} draws from the fit: 95 % of the values lie between {low} and {high}. The observed value is "
        "{observed}; the share of draws at or above it is {upper}, and the two-sided p is {p}.",
        len(check.simulated),
        low=number(low, decimals),
        high=quantity(high, decimals, unit),
        observed=quantity(check.observed, decimals, unit),
        upper=number(check.p_upper, 3),
        p=number(check.p, 3),
    )

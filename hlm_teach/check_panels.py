"""Figures that check a fit: four panels of residuals, and a statistic among its simulated values.

What this file does not do: compute (`hlm_teach.diagnostics`, `hlm_teach.simulated_check`).
"""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from hlm_teach.diagnostics import diagnostics as read
from hlm_teach.diagnostics import normal_scores
from hlm_teach.locale import _
from hlm_teach.look import COLOURS, WIDTH, legend_above, new_axes, styled
from hlm_teach.numerals import decimals_for, number
from hlm_teach.simulated_check import SimulatedCheck

__all__ = ["diagnostics", "simulated_check"]

SIGNS = ("o", "D", "s", "^", "v")


@styled
def diagnostics(fit, *, factor=None, ax=None) -> np.ndarray:
    """Draw the residuals of both levels.

    Model: e_i = (y_i − ŷ_i)/σ̂ and b̂_j/SD(b̂_j), each about N(0, 1) if the model holds.

    Parameters
    ----------
    fit : LMMFit
    factor : str, optional
        Which grouping factor; by default the only one.
    ax : array of 4 Axes, optional

    Returns
    -------
    array of 4 Axes
        Residuals against fitted values; their QQ plot; the QQ plot of the standardised deviations, a marker per
        coefficient; the SD of the residuals in each group, smallest to largest.

    Raises
    ------
    TypeError
        If fit is not an LMMFit.

    References
    ----------
    Snijders, T. & Bosker, R. (2012), *Multilevel Analysis*, ch. 10. Lange, N. & Ryan, L. (1989), *Annals of Statistics* 17.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> axes = diagnostics(lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy")))
    >>> [each.get_title(loc="left") for each in axes][2]
    'Level 2: Subject'
    >>> diagnostics([1.0, 2.0])
    Traceback (most recent call last):
    ...
    TypeError: Diagnostics need an LMMFit, but got list. Make one with lmm(formula, data).
    """
    found = read(fit, factor)
    if ax is None:
        _figure, ax = plt.subplots(2, 2, figsize=(WIDTH, 6.2), layout="constrained")
    axes = new_axes(np.ravel(ax), height=6.2, columns=4)
    dots = {
        "ls": "",
        "mec": COLOURS["none"],
        "mfc": "none",
        "ms": float(np.clip(60 / np.sqrt(len(found.residual)), 2, 5)),
    }
    axes[0].plot(found.fitted, found.residual, marker="o", **dots)
    axes[0].axhline(0, color=COLOURS["line"], lw=1.0)
    _label(axes[0], _("Level 1: residuals"), _("fitted value"), _("residual / σ"))
    axes[1].plot(found.scores, found.residual, marker="o", **dots)
    _label(axes[1], _("Level 1: quantiles"), _("normal quantile"), _("residual / σ"))
    for (name, values), sign in zip(
        found.deviations.items(), SIGNS * len(found.deviations.columns), strict=False
    ):
        axes[2].plot(normal_scores(values), values, ls="", marker=sign, ms=5, mfc="none", label=str(name))
    _label(
        axes[2], _("Level 2: {factor}", factor=found.factor), _("normal quantile"), _("deviation / its SD")
    )
    if len(found.deviations.columns) > 1:
        axes[2].legend(loc="upper left", fontsize=9)
    for each in axes[1:3]:
        each.axline((0, 0), slope=1, color=COLOURS["line"], lw=1.0)
    spread = np.sort(found.spread.to_numpy())
    axes[3].plot(np.arange(1, len(spread) + 1), spread, ls="", marker="o", ms=4, color=COLOURS["none"])
    axes[3].axhline(1, color=COLOURS["line"], lw=1.0)
    axes[3].set_ylim(bottom=0)
    _label(axes[3], _("Spread within groups"), _("groups in order"), _("SD / median SD"))
    return axes


def _label(ax: Axes, title: str, x: str, y: str) -> None:
    ax.set_title(title)
    ax.set_xlabel(x)
    ax.set_ylabel(y)


@styled
def simulated_check(check: SimulatedCheck, *, label: str | None = None, ax=None) -> Axes:
    """Draw the simulated values of a statistic, with the observed one.

    Parameters
    ----------
    check : SimulatedCheck
        From ``fit.simulated_check(statistic, n, seed)``.
    label : str, optional
        What the statistic is, with its unit.
    ax : Axes, optional

    Returns
    -------
    Axes
        A histogram of the draws; the solid line stands at the observed value.

    Raises
    ------
    TypeError
        If check is not a SimulatedCheck.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
    >>> simulated_check(fit.simulated_check(lambda d: d["Yield"].max(), seed=1), label="largest yield").get_xlabel()
    'largest yield'
    >>> simulated_check(fit)
    Traceback (most recent call last):
    ...
    TypeError: A SimulatedCheck is needed here, but got LMMFit. Make one with fit.simulated_check(statistic, n, seed).
    """
    need_check(check)
    ax = new_axes(ax, height=3.2)[0]
    bins = int(np.clip(np.sqrt(len(check.simulated)), 5, 40))
    said = _("{n} draws from the fit", n=len(check.simulated))
    ax.hist(check.simulated, bins=bins, color=COLOURS["faint"], edgecolor="white", label=said)
    decimals = decimals_for(check.simulated, check.observed)
    said = _("observed: {value}", value=number(check.observed, decimals))
    ax.axvline(check.observed, color=COLOURS["line"], lw=1.8, label=said)
    ax.set_xlabel(_("statistic") if label is None else label)
    ax.set_ylabel(_("draws"))
    legend_above(ax)
    return ax


def need_check(check) -> None:
    """Raise a TypeError unless this is a SimulatedCheck."""
    if not isinstance(check, SimulatedCheck):
        raise TypeError(
            _(
                "A SimulatedCheck is needed here, but got {type}. Make one with fit.simulated_check(statistic, n, seed).",
                type=type(check).__name__,
            )
        )

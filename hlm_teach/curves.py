"""Draw what a likelihood knows of one parameter: its deviance curve.

The curve shows how much worse the fit becomes as one parameter is held elsewhere. Beside it runs the parabola with the
same bend at the bottom: what a ± interval believes. Where the two part, the ± interval is wrong.

What this file does not do: compute the curve (`hlm_teach.profile`).
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from matplotlib.axes import Axes

from hlm_teach.locale import _
from hlm_teach.look import COLOURS, LINES, legend_above, new_axes, styled
from hlm_teach.numerals import decimals_for, number
from hlm_teach.profile import ProfileCurve, one_profile

__all__ = ["deviance_curve"]


@styled
def deviance_curve(fit, parameter: str, *, method="ML", level=0.95, label=None, ax=None) -> Axes:
    """Draw the deviance of a fit as one parameter is held at other values, with its interval.

    Model: rise(ψ) = D(ψ) − D(ψ̂), all other parameters at their best.

    Parameters
    ----------
    fit : LMMFit or LikelihoodProfile
        A profile that was made before saves the computing.
    parameter : str
        As in `hlm_teach.LMMFit.profile`: ``"sd_Intercept|school"``.
    method : "ML" or "REML"
        Of which criterion, if a fit is given.
    level : float
        Of the interval: where the curve is below the squared normal quantile (3.84 for 95 %).
    label : str, optional
        The parameter with its unit: the name of the horizontal axis.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the fit has no such parameter, or a correlation has no curve because an SD is 0.

    References
    ----------
    Pinheiro, J. & Bates, D. (2000), *Mixed-Effects Models in S and S-PLUS*, §2.4.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> ax = deviance_curve(lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")), "sd_Intercept|Batch", label="tau (g)")
    >>> ax.get_xlabel()
    'tau (g)'
    >>> deviance_curve(lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")), "tau")
    Traceback (most recent call last):
    ...
    ValueError: which must name parameters of the fit (or be "varying" or "fixed"), but 'tau' is none of them. ...
    """
    curve = one_profile(fit, parameter, method).curves[parameter]
    if not np.isfinite(curve.estimate):
        raise ValueError(
            _("{name} has no profile: one of its coefficients is estimated not to vary.", name=parameter)
        )
    ax = new_axes(ax, height=3.4)[0]
    low, high = curve.interval(level)
    most = NormalDist().inv_cdf((1 + level) / 2) ** 2
    x, rise = _smooth(curve)
    ax.axvspan(low, high, color=COLOURS["partial"], alpha=0.12, lw=0)
    ax.plot(x, rise, color=COLOURS["partial"], lw=2, label=_("deviance curve"))
    bend = _bend(curve)
    if bend is not None:
        near = (x - curve.estimate) ** 2 * bend <= 1.6 * most
        said = _("parabola with the same bend")
        ax.plot(
            x[near],
            ((x - curve.estimate) ** 2 * bend)[near],
            color=COLOURS["none"],
            ls=LINES["none"],
            label=said,
        )
    places = decimals_for([low, high, curve.estimate])
    said = _("interval {low} to {high}", low=number(low, places), high=number(high, places))
    ax.axhline(most, color=COLOURS["line"], lw=1.0, ls=LINES["complete"], label=said)
    ax.plot([curve.estimate], [0.0], "D", color=COLOURS["partial"], ms=7, zorder=4, clip_on=False)
    ax.set_ylim(0, 1.8 * most)
    shown = x[rise <= 1.8 * most]
    ax.set_xlim(shown.min(), shown.max())
    ax.set_xlabel(parameter if label is None else label)
    ax.set_ylabel(_("rise of the deviance"))
    legend_above(ax)
    return ax


def _smooth(curve: ProfileCurve) -> tuple[np.ndarray, np.ndarray]:
    """Return 400 points of the curve; ζ is nearly straight, so it is interpolated and then squared."""
    from scipy.interpolate import PchipInterpolator

    x = np.union1d(np.linspace(curve.value[0], curve.value[-1], 400), curve.value)
    return x, PchipInterpolator(curve.value, curve.zeta)(x) ** 2


def _bend(curve: ProfileCurve) -> float | None:
    """Return half the second derivative at the bottom, from the slope of ζ; None where the bottom is at an edge."""
    k = int(np.flatnonzero(curve.zeta == 0)[0])
    if k in (0, len(curve.value) - 1):
        return None
    (a, m, b), (za, _zm, zb) = curve.value[k - 1 : k + 2], curve.zeta[k - 1 : k + 2]
    down, up = za / (a - m), zb / (b - m)
    slope = (down * (b - m) + up * (m - a)) / (b - a)  # the parabola through three points, at the middle one
    return float(slope**2)

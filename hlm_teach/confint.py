"""Intervals for all parameters of a fit, by four methods.

    profile         all values at which the likelihood ratio does not reject; lopsided where the curve is
    wald            estimate ± z·se: fixed effects only
    satterthwaite   estimate ± t·se with Satterthwaite's degrees of freedom: fixed effects only
    bootstrap       from refits to data drawn from the fit

The variance parameters have no ± interval. The curve of an SD is steep towards 0 and flat upwards; the interval would be
too low on both sides, and could reach below 0. So the table says why there is none.

What this file does not do: any of the computing (`hlm_teach.profile`, `hlm_teach.degrees`, `hlm_teach.bootstrap`).
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from hlm_teach.degrees import degrees_of_freedom
from hlm_teach.locale import _
from hlm_teach.parameters import chosen

__all__ = ["confint"]


def confint(fit, level: float, method: str, which, B: int, seed) -> pd.DataFrame:
    """Return lower and upper limits; see `hlm_teach.LMMFit.confint`."""
    if not 0 < level < 1:
        raise ValueError(
            _("level must be a share between 0 and 1, but level = {level}. For 95% pass 0.95.", level=level)
        )
    if method == "profile":
        return fit.profile(which).confint(level)
    if method in ("wald", "satterthwaite"):
        return _symmetric(fit, level, method, which)
    if method == "bootstrap":
        names = [each.name for each in chosen(fit, which)]
        return fit.bootstrap(B, seed=seed).confint(level).loc[names]
    raise ValueError(
        _(
            'method must be "profile", "wald", "satterthwaite" or "bootstrap", but it is {found!r}.',
            found=method,
        )
    )


def _symmetric(fit, level: float, method: str, which) -> pd.DataFrame:
    """Return estimate ± quantile·se for the fixed effects, and the reason where there is no such interval."""
    share = (1 + level) / 2
    if method == "wald":
        half = NormalDist().inv_cdf(share) * fit.fixef_se
    else:
        from scipy.stats import t

        half = t.ppf(share, degrees_of_freedom(fit)) * fit.fixef_se
    rows = []
    for each in chosen(fit, which):
        if each.kind == "fixef":
            middle, reach = fit.fixef[each.name], half[each.name]
            rows.append((middle - reach, middle + reach, ""))
        else:
            reason = _(
                "No ± interval: the likelihood of {name} is lopsided and ends at the edge of its range. "
                'Use method="profile" or "bootstrap".',
                name=each.name,
            )
            rows.append((np.nan, np.nan, reason))
    return pd.DataFrame(
        rows, index=[each.name for each in chosen(fit, which)], columns=["lower", "upper", "note"]
    )

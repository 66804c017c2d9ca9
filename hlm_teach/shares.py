"""Which share of the variance lies where? The intraclass correlation and its interval.

    ICC = τ²/(τ² + σ²)            with θ = τ/σ:  θ²/(1 + θ²)

It is read in two ways: as the share of the variance (around the fixed part) that lies between groups, and as the
correlation of two rows of one group. With predictors it is conditional on them. With varying slopes there is one at
every x (`hlm_teach.variance_function`). Several factors have a share each.

The interval comes from the exact F distribution where groups are balanced and there are no predictors; for one varying
intercept from the profile of the criterion over θ, of which the ICC is a rising function; else from the curvature, on
the logit scale.

What this file does not do: a negative correlation inside groups, which the model cannot have.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from hlm_teach.degrees import curvature, differences
from hlm_teach.locale import _
from hlm_teach.numerals import number
from hlm_teach.readings import only_factor
from hlm_teach.variance import anova_components
from hlm_teach.variance_function import varying_at, varying_predictors

__all__ = ["VarianceShare", "share_of"]


@dataclass(frozen=True)
class VarianceShare:
    """The share of one factor in the variance.

    Attributes
    ----------
    value, lower, upper : float
        The share and its interval; nan where the fit allows none.
    level : float
        Of the interval.
    factor : str
    at : dict or None
        The values of the varying predictors for which it holds.
    how : "F", "profile", "curvature" or "none"
        Where the interval is from.
    sentence : str
    """

    value: float
    lower: float
    upper: float
    level: float
    factor: str
    at: dict | None
    how: str
    sentence: str

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return self.sentence


def share_of(fit, factor=None, at=None, level: float = 0.95) -> VarianceShare:
    """Return the share of a factor; see `hlm_teach.LMMFit.icc`."""
    if not 0 < level < 1:
        raise ValueError(
            _("level must be a share between 0 and 1, but level = {level}. For 95% pass 0.95.", level=level)
        )
    factor = only_factor(fit, factor)
    _check_defined(fit)
    if _slopes_vary(fit):
        if at is None:
            raise ValueError(_no_single_share(fit))
        points, z = varying_at(fit, at)
        if len(points) > 1:
            raise ValueError(
                _(
                    "at must be one point, but it has {count}. fit.variance_at(…).table has the share at several.",
                    count=len(points),
                )
            )
        at = {str(k): v for k, v in points.iloc[0].items()}
    elif at is not None:
        raise ValueError(
            _("Only intercepts vary in this fit, so its share is the same everywhere: leave at= out.")
        )
    else:
        z = {f: np.ones((1, 1)) for f in fit.frame.factors}
    value, parts = _share(fit, factor, z, fit.theta)
    lower, upper, how = _interval(fit, factor, z, value, level)
    said = _said(fit, factor, at, value, lower, upper, level, how, parts)
    return VarianceShare(value, lower, upper, level, factor, at, how, said)


def _check_defined(fit) -> None:
    if fit.frame.weights is not None:
        raise ValueError(
            _(
                "The intraclass correlation needs one residual variance, but with weights every row has its own."
            )
        )
    shared = [f for f, groups in fit.frame.factors.items() if groups.members is not None]
    if shared:
        raise ValueError(
            _(
                "The intraclass correlation needs rows that belong to one group each, but rows belong to several of {factor}.",
                factor=shared[0],
            )
        )


def _slopes_vary(fit) -> bool:
    return any(term.columns.names != ("Intercept",) for term in fit.frame.terms)


def _no_single_share(fit) -> str:
    names = varying_predictors(fit)
    return _(
        "With varying slopes there is no single intraclass correlation: the variance between groups depends on {names}. "
        "Say where, for instance at={{{example!r}: {value}}}.",
        names=", ".join(names),
        example=names[0] if names else "x",
        value=repr(fit.data[names[0]].iloc[0]) if names and fit.data[names[0]].dtype.kind not in "iuf" else 0,
    )


def _share(fit, factor: str, z: dict, theta: np.ndarray) -> tuple[float, dict[str, float]]:
    """Return a factor's share at θ, and all factors' variances relative to σ²."""
    Lambda = fit.model.layout.matrix(theta)
    parts = {f: float(np.sum((z[f] @ Lambda[i, i]) ** 2)) for f, i in fit.model.inside.items()}
    return parts[factor] / (1 + sum(parts.values())), parts


def _interval(fit, factor: str, z: dict, value: float, level: float) -> tuple[float, float, str]:
    if len(fit.theta) == 1 and not _slopes_vary(fit):
        sizes = np.bincount(next(iter(fit.frame.factors.values())).codes)
        if fit.frame.x.names == ("Intercept",) and np.ptp(sizes) == 0:
            return *_by_f(fit, int(sizes[0]), level), "F"
        return *_by_profile(fit, level), "profile"
    if fit.is_boundary or value in (0.0, 1.0):
        return float("nan"), float("nan"), "none"
    return *_by_curvature(fit, factor, z, value, level), "curvature"


def _by_curvature(fit, factor: str, z: dict, value: float, level: float) -> tuple[float, float]:
    """logit(share) ± z·se, with the covariance 2 C⁻¹ of θ̂."""
    moves, C = curvature(fit)
    slope = differences(lambda x: _share(fit, factor, z, x)[0], fit.theta, moves)
    half = np.sqrt(2 * slope @ np.linalg.solve(C, slope)) / (value * (1 - value))
    half *= NormalDist().inv_cdf((1 + level) / 2)
    odds = value / (1 - value) * np.exp(np.array([-half, half]))
    return tuple(float(o / (1 + o)) for o in odds)


def _by_f(fit, n: int, level: float) -> tuple[float, float]:
    """(msb/msw)/(1 + nθ²) is distributed as F(J − 1, J(n − 1)), exactly."""
    from scipy.special import fdtri

    parts = anova_components(fit.frame.y, next(iter(fit.frame.factors.values())).codes)
    df = parts.J - 1, parts.J * (n - 1)
    theta2 = [max(0.0, (parts.f / fdtri(*df, (1 + side * level) / 2) - 1) / n) for side in (1, -1)]
    return theta2[0] / (1 + theta2[0]), theta2[1] / (1 + theta2[1])


def _by_profile(fit, level: float) -> tuple[float, float]:
    """All θ at which the criterion, with β and σ at their best, is at most z² above its minimum."""
    from scipy.optimize import brentq

    most = NormalDist().inv_cdf((1 + level) / 2) ** 2
    best = float(fit.theta[0])

    def above(theta):
        return fit.model.criterion([theta], fit.method == "REML") - fit.criterion - most

    high = best + 0.1
    while above(high) < 0:
        high *= 2
    ends = 0.0 if best == 0 or above(0.0) <= 0 else brentq(above, 0.0, best), brentq(above, best, high)
    return tuple(float(t**2 / (1 + t**2)) for t in ends)


def _said(fit, factor, at, value, lower, upper, level, how, parts) -> str:
    facts = {
        "factor": factor,
        "value": number(value, 3),
        "percent": number(100 * value, 1),
        "low": number(lower, 3),
        "high": number(upper, 3),
        "share": number(100 * level, 0 if round(100 * level, 9).is_integer() else 1),
        "at": ", ".join(
            f"{k} = {v:g}" if isinstance(v, float | int | np.number) else f"{k} = {v}"
            for k, v in (at or {}).items()
        ),
    }
    if at is not None:
        text = _(
            "At {at}, {percent} % of the variance around the fixed part lies between groups of {factor} (variance partition "
            "{value}): that is also the correlation of two rows of one group at this point.",
            **facts,
        )
    elif (among := _around(fit, factor)) != [factor]:
        total = sum(parts[f] for f in among) / (1 + sum(parts.values()))
        text = _(
            "{percent} % of the variance around the fixed part lies between groups of {factor} ({value}). Two rows of one such "
            "group also share {others}, so their correlation is {total}.",
            others=", ".join(f for f in among if f != factor),
            total=number(total, 3),
            **facts,
        )
    elif len(parts) > 1:
        text = _(
            "{percent} % of the variance around the fixed part lies between groups of {factor}: {value} is also the correlation "
            "of two rows that have only their group of {factor} in common.",
            **facts,
        )
    else:
        text = _(
            "ICC of {factor}: {value}. {percent} % of the variance around the fixed part lies between groups, which is also the "
            "correlation of two rows of one group.",
            **facts,
        )
    if how == "none":
        return text + " " + _("A boundary fit has no interval from curvature; fit.bootstrap gives one.")
    return text + " " + _("{share} % interval: {low} to {high}.", **facts)


def _around(fit, factor: str) -> list[str]:
    """Return the factors of which each group of ``factor`` lies in one group: itself, and those it is nested in."""
    own = fit.frame.factors[factor].codes
    found = []
    for name, groups in fit.frame.factors.items():
        pairs = np.unique(np.column_stack([own, groups.codes]), axis=0)
        if len(pairs) == len(fit.frame.factors[factor].levels):
            found.append(name)
    return found

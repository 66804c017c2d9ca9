"""What a figure and its sentence read from a fit: one reading for both, so that they cannot disagree.

`intervals` puts the estimates of the groups in order, with their intervals, as a caterpillar plot shows them:

    PoolingFit   estimate_j ± z·estimate_se_j, around the target μ̂
    LMMFit       one column of ranef[factor] ± z·ranef_se, around 0

`aligned` and `sizes` bring the caller's values into the order of a fit, `rows_of` chooses groups by their labels.

What this file does not do: account for the uncertainty of τ (and, for an LMMFit, of the fixed effects), which both
fits take as known. The intervals are for looking at one group at a time; two groups may differ although their
intervals overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.pooling import PoolingFit

__all__ = ["Intervals", "aligned", "intervals", "only_factor", "pooled", "rows_of", "sizes"]


@dataclass(frozen=True)
class Intervals:
    """J estimates in ascending order, each with the ends of its interval; all lie around `centre`."""

    labels: tuple
    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    centre: float
    level: float
    factor: str | None = None
    term: str | None = None

    @property
    def above(self) -> np.ndarray:
        """Whether the whole interval lies above the centre."""
        return self.low > self.centre

    @property
    def below(self) -> np.ndarray:
        """Whether the whole interval lies below the centre."""
        return self.high < self.centre


def intervals(fit, factor: str | None = None, term: str | None = None, level: float = 0.95) -> Intervals:
    """Return the groups' estimates in ascending order, with intervals.

    Parameters
    ----------
    fit : PoolingFit or LMMFit
    factor, term : str, optional
        Of an LMMFit: which grouping factor (default: its only one) and which coefficient (default: the first).
    level : float
        The coverage of each interval under the fit, between 0 and 1.

    Examples
    --------
    >>> from hlm_teach.pooling import partial_pooling
    >>> intervals(partial_pooling([28, 8, -3], [15, 10, 16], tau=10)).labels
    (3, 2, 1)
    >>> intervals(partial_pooling([28, 8, -3], [15, 10, 16], tau=10), level=95)
    Traceback (most recent call last):
    ...
    ValueError: level must be a share between 0 and 1, but level = 95. For 95% pass 0.95.
    """
    if not 0 < level < 1:
        raise ValueError(
            _("level must be a share between 0 and 1, but level = {level}. For 95% pass 0.95.", level=level)
        )
    if isinstance(fit, PoolingFit):
        if factor is not None or term is not None:
            raise TypeError(_("A PoolingFit has one estimate per group: leave factor and term out."))
        labels, estimate, se, centre = fit.labels, fit.estimate, fit.estimate_se, fit.mu
    elif hasattr(fit, "ranef") and hasattr(fit, "ranef_se"):
        factor = only_factor(fit, factor)
        table = fit.ranef[factor]
        term = table.columns[0] if term is None else term
        if term not in table.columns:
            names = ", ".join(map(str, table.columns))
            raise ValueError(
                _(
                    "No coefficient {term!r} varies by {factor}. Those that do: {names}.",
                    term=term,
                    factor=factor,
                    names=names,
                )
            )
        labels, centre = tuple(table.index), 0.0
        estimate, se = (np.asarray(t[term], dtype=float) for t in (table, fit.ranef_se[factor]))
    else:
        raise TypeError(
            _(
                "A fit is needed here, a PoolingFit or an LMMFit, but got {type}. "
                "Make one with partial_pooling(y, se, tau) or lmm(formula, data).",
                type=type(fit).__name__,
            )
        )
    if not np.all(np.isfinite(se)):
        raise ValueError(
            _(
                "Intervals need a standard error for each group, but the standard error of {group} is not known. "
                "James–Stein estimates have none: use partial_pooling(y, se, tau).",
                group=labels[int(np.argmin(np.isfinite(se)))],
            )
        )
    half = NormalDist().inv_cdf((1 + level) / 2) * se
    order = np.argsort(estimate, kind="stable")
    return Intervals(
        tuple(labels[j] for j in order),
        estimate[order],
        (estimate - half)[order],
        (estimate + half)[order],
        float(centre),
        level,
        factor,
        term,
    )


def only_factor(fit, factor: str | None) -> str:
    """Return the grouping factor asked for, or the only one."""
    names = list(fit.ranef)
    if factor is None and len(names) == 1:
        return names[0]
    if factor is None:
        raise ValueError(
            _(
                "The fit has several grouping factors: choose one with factor=. They are: {names}.",
                names=", ".join(names),
            )
        )
    if factor not in names:
        raise ValueError(
            _(
                "factor must be a grouping factor of the fit, but factor = {factor!r}. It has: {names}.",
                factor=factor,
                names=", ".join(names),
            )
        )
    return factor


def pooled(fit) -> PoolingFit:
    """Return the fit if it is a PoolingFit, or say what to use instead."""
    if not isinstance(fit, PoolingFit):
        raise TypeError(
            _(
                "A PoolingFit is needed here, but got {type}. Make one with partial_pooling(y, se, tau); "
                "for a model by lmm use caterpillar, group_grid or shrinkage_plane.",
                type=type(fit).__name__,
            )
        )
    return fit


def sizes(fit: PoolingFit, n) -> np.ndarray:
    """Return the sizes of the groups in the order of the fit, checked."""
    n = aligned(fit, n, "n")
    if not np.all((n >= 1) & np.isfinite(n)):
        j = int(np.argmin((n >= 1) & np.isfinite(n)))
        raise ValueError(
            _(
                "n must be the number of observations in each group, >= 1, but n = {value} for group {group}.",
                value=float(n[j]),
                group=fit.labels[j],
            )
        )
    return n


def aligned(fit: PoolingFit, values, name: str) -> np.ndarray:
    """Return one value per group in the order of the fit; a Series is matched by its labels."""
    if isinstance(values, pd.Series) and values.index.is_unique and set(values.index) >= set(fit.labels):
        values = values.loc[list(fit.labels)]
    values = np.atleast_1d(np.asarray(values, dtype=float))
    if values.shape != fit.y.shape:
        raise ValueError(
            _(
                "{name} must have one value per group, but there are {J} groups and {name} has {found} values.",
                name=name,
                J=len(fit.y),
                found=values.size,
            )
        )
    return values


def rows_of(fit: PoolingFit, groups) -> np.ndarray:
    """Return the positions of the groups to draw, in ascending order of y."""
    place = {label: j for j, label in enumerate(fit.labels)}
    odd = [g for g in ([] if groups is None else groups) if g not in place]
    if odd:
        first = ", ".join(map(str, fit.labels[:6]))
        raise ValueError(
            _(
                "groups must be labels of the fit, but {label!r} is none of them. The first ones are: {first}.",
                label=odd[0],
                first=first,
            )
        )
    rows = np.array([place[g] for g in (fit.labels if groups is None else groups)])
    return rows[np.argsort(fit.y[rows], kind="stable")]

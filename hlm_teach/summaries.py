"""Read a list of group summaries: one estimate and one standard error per group.

Everything in `hlm_teach.pooling`, `hlm_teach.stein` and `hlm_teach.variance` starts from J pairs (y_j, se_j):
a school's coaching effect and its standard error, a county's mean and σ/√n_j, a player's average.
This file turns what a person types (lists, arrays, Series with names) into labels and two arrays, or says
what is wrong and where. It does no statistics.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach.locale import _

__all__ = ["read_sd", "read_summaries"]


def read_summaries(y, se, least: int = 1) -> tuple[tuple, np.ndarray, np.ndarray]:
    """Return the labels, estimates and standard errors of J groups, checked.

    Parameters
    ----------
    y : Series, array or list, shape (J,)
        One estimate per group. The index of a Series gives the labels, else they are 1 … J.
    se : Series, array or list, shape (J,), or a number
        The known standard error of each estimate, in the units of y; one number serves all groups.
        A Series is matched to y by its labels, not by its order.
    least : int
        The smallest J that makes sense for the caller.

    Raises
    ------
    ValueError
        Where something is missing, not finite, or not positive: the message names the groups.

    Examples
    --------
    >>> read_summaries([28.0, 8.0], 10)
    ((1, 2), array([28.,  8.]), array([10., 10.]))
    >>> read_summaries([28.0, 8.0], [15.0, -10.0])
    Traceback (most recent call last):
    ...
    ValueError: se must be finite and > 0, but se = -10.0 for group 2. A group without a standard error ...
    """
    labels = tuple(y.index) if isinstance(y, pd.Series) else None
    if labels is not None and isinstance(se, pd.Series):
        se = _match(labels, se)
    y = _numbers(y, "y")
    labels = tuple(range(1, len(y) + 1)) if labels is None else labels
    se = _numbers(se, "se")
    se = np.full(len(y), se[0]) if len(se) == 1 else se
    if len(y) < least:
        raise ValueError(
            _("At least {least} groups are needed here, but y has {found}.", least=least, found=len(y))
        )
    if len(se) != len(y):
        raise ValueError(
            _("y and se must have one value per group, but y has {y} and se has {se}.", y=len(y), se=len(se))
        )
    bad = np.flatnonzero(~np.isfinite(y))
    if len(bad):
        raise ValueError(
            _(
                "y must be finite, but y = {value} for group {group}. Leave out groups without an estimate.",
                value=float(y[bad[0]]),
                group=labels[bad[0]],
            )
        )
    bad = np.flatnonzero(~(np.isfinite(se) & (se > 0)))
    if len(bad):
        raise ValueError(
            _(
                "se must be finite and > 0, but se = {value} for group {group}. "
                "A group without a standard error (n_j = 1, say) needs a pooled one: σ/√n_j.",
                value=float(se[bad[0]]),
                group=labels[bad[0]],
            )
        )
    return labels, y, se


def read_sd(value, name: str) -> float:
    """Return a standard deviation >= 0 (inf allowed) as a float, or say what to pass instead.

    Examples
    --------
    >>> read_sd(-2, "tau")
    Traceback (most recent call last):
    ...
    ValueError: tau must be a standard deviation >= 0, but tau = -2.0. If you have a variance, pass its ...
    """
    try:
        value = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            _("{name} must be one number, but it is {found!r}.", name=name, found=value)
        ) from None
    if not value >= 0:
        raise ValueError(
            _(
                "{name} must be a standard deviation >= 0, but {name} = {value}. "
                "If you have a variance, pass its square root.",
                name=name,
                value=value,
            )
        )
    return value


def _numbers(values, name: str) -> np.ndarray:
    """Return a one-dimensional float array (a copy: a fit must not change when its input does)."""
    try:
        array = np.array(values, dtype=float, ndmin=1)
    except (TypeError, ValueError):
        raise TypeError(
            _("{name} must be numbers, one per group, but it is {found!r}.", name=name, found=values)
        ) from None
    if array.ndim != 1:
        raise ValueError(
            _(
                "{name} must be one row of numbers, one per group, but its shape is {shape}.",
                name=name,
                shape=array.shape,
            )
        )
    return array


def _match(labels: tuple, se: pd.Series) -> pd.Series:
    """Put se in the order of the labels of y."""
    if not se.index.is_unique or len(set(labels)) != len(labels):
        if tuple(se.index) == labels:
            return se
        raise ValueError(
            _("Labels occur twice, so se cannot be matched to y. Give each group a label of its own.")
        )
    if set(se.index) != set(labels):
        odd = sorted(set(map(str, se.index)) ^ set(map(str, labels)))
        raise ValueError(
            _(
                "y and se must name the same groups, but only one of them has: {groups}.",
                groups=", ".join(odd),
            )
        )
    return se.loc[list(labels)]

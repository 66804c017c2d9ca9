"""A line per group, from whatever holds its coefficients.

The lines of a figure come from hand-made tables, from another library's parameters or from our fits. Here they all
become one table: a row per group, with the columns ``intercept`` and ``slope``. The figures (`hlm_teach.panels`) and
their sentences (`hlm_teach.narrate`) read the same table.

    (intercept, slope)      one line for all groups
    a Series                the same, with the entries "Intercept" and x: ``results.params`` or ``fit.fixef``
    a DataFrame             a row per group, with the columns "Intercept" and x
    an LMMFit               ``fit.coef[group]``, fixed effects plus each group's deviations

What this file does not do: fit a model; `least_squares` is the closed form for one predictor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.readings import only_factor

__all__ = ["Plane", "group_labels", "least_squares", "line_tables", "plane"]

INTERCEPTS = ("Intercept", "(Intercept)", "intercept", "const")


def group_labels(data: pd.DataFrame, x: str, y: str, group: str, groups=None) -> list:
    """Return the labels of the groups to show, checked against the data.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [0, 1, 2], "y": [1, 3, 5], "g": ["b", "a", "b"]})
    >>> group_labels(frame, "x", "y", "g")
    ['a', 'b']
    >>> group_labels(frame, "x", "y", "school")
    Traceback (most recent call last):
    ...
    ValueError: The data have no column 'school'. Their columns are: x, y, g.
    """
    for name in (x, y, group):
        if name not in data.columns:
            columns = ", ".join(map(str, data.columns))
            raise ValueError(
                _(
                    "The data have no column {name!r}. Their columns are: {columns}.",
                    name=name,
                    columns=columns,
                )
            )
    column = data[group].dropna()
    if groups is None:
        if isinstance(column.dtype, pd.CategoricalDtype):
            return [label for label in column.cat.categories if (column == label).any()]
        return sorted(column.unique().tolist())
    known = set(column)
    for label in groups:
        if label not in known:
            some = ", ".join(map(str, list(column.unique())[:6]))
            raise ValueError(
                _(
                    "There is no row with {group} = {label!r}. The first labels are: {some}.",
                    group=group,
                    label=label,
                    some=some,
                )
            )
    return list(groups)


def line_tables(x: str, group: str, labels: list, **lines) -> dict[str, pd.DataFrame]:
    """Return the table of each kind of line that was given, for the groups shown.

    Examples
    --------
    >>> line_tables("x", "g", ["a", "b"], complete=(1.0, 2.0), none=None)["complete"]
       intercept  slope
    a        1.0    2.0
    b        1.0    2.0
    """
    tables = {
        kind: _table(given, x, group, labels, kind) for kind, given in lines.items() if given is not None
    }
    if "complete" in tables and len(tables["complete"].drop_duplicates()) > 1:
        raise ValueError(
            _(
                "complete must be one line for all groups, but the table has several. Pass it as none= or partial=."
            )
        )
    return tables


def least_squares(data: pd.DataFrame, x: str, y: str, group: str) -> pd.DataFrame:
    """Return each group's own least-squares line (no pooling): NaN where a group has no line of its own.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [0, 1, 2, 5], "y": [1, 3, 5, 0], "g": ["a", "a", "a", "b"]})
    >>> least_squares(frame, "x", "y", "g")
       intercept  slope
    g
    a        1.0    2.0
    b        NaN    NaN
    """
    frame = data[[x, y, group]].dropna()
    by = frame[group]
    mean = frame.groupby(group, observed=True)[[x, y]].mean()
    dx = frame[x].to_numpy(dtype=float) - by.map(mean[x]).to_numpy(dtype=float)
    dy = frame[y].to_numpy(dtype=float) - by.map(mean[y]).to_numpy(dtype=float)
    sums = pd.DataFrame({"xx": dx * dx, "xy": dx * dy}).groupby(by.to_numpy()).sum().loc[mean.index]
    spread = sums["xx"].where(sums["xx"] > 1e-12 * (1 + mean[x] ** 2))
    slope = sums["xy"] / spread
    return pd.DataFrame({"intercept": mean[y] - slope * mean[x], "slope": slope}, index=mean.index)


@dataclass(frozen=True)
class Plane:
    """Each group as a point (intercept, slope): its own least squares, and its BLUP.

    Attributes
    ----------
    factor, intercept, slope : str
        The grouping factor and the names of the two coefficients.
    own, blup : DataFrame
        A row per group, with the columns ``intercept`` and ``slope``; NaN in `own` where a group has no line.
    centre : array, shape (2,)
        The fixed effects: the point that the groups lie around.
    cov : array, shape (2, 2)
        The estimated covariance of the groups' true points around it.
    """

    factor: str
    intercept: str
    slope: str
    own: pd.DataFrame
    blup: pd.DataFrame
    centre: np.ndarray
    cov: np.ndarray


def plane(fit, factor: str | None = None) -> Plane:
    """Return the groups of a fit as points in the plane of intercept and slope.

    Parameters
    ----------
    fit : LMMFit
        With an intercept and one slope that vary, and no other fixed effects: ``y ~ x + (1 + x | group)``.
    factor : str, optional
        The grouping factor (default: its only one).

    Examples
    --------
    >>> from hlm_teach.datasets import load
    >>> from hlm_teach.lmm import lmm
    >>> found = plane(lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy")))
    >>> found.own.loc["335"].round(2).to_dict(), found.blup.loc["335"].round(2).to_dict()
    ({'intercept': 263.03, 'slope': -2.88}, {'intercept': 251.07, 'slope': -0.28})
    """
    factor = only_factor(_model(fit), factor)
    names = list(fit.ranef[factor].columns)
    if len(names) != 2 or sorted(names) != sorted(fit.fixef.index) or names[0] not in INTERCEPTS:
        raise ValueError(
            _(
                "A plane of intercepts and slopes needs a model like y ~ x + (1 + x | group), but here vary: {names}, "
                "and the fixed effects are: {fixed}.",
                names=", ".join(map(str, names)),
                fixed=", ".join(map(str, fit.fixef.index)),
            )
        )
    frame = fit.frame
    columns = {
        name: x
        for t in frame.terms
        if t.factor == factor
        for name, x in zip(t.columns.names, t.columns.arrays, strict=True)
    }
    groups = frame.factors[factor]
    if groups.members is not None:
        raise ValueError(
            _(
                "A line of its own needs rows of its own, but with multiple membership rows belong to several groups of "
                "{factor} at once.",
                factor=factor,
            )
        )
    rows = pd.DataFrame({"x": columns[names[1]], "y": frame.y, "g": groups.codes})
    own = least_squares(rows, "x", "y", "g").reindex(range(len(groups.levels)))
    own.index = groups.levels
    blup = fit.coef[factor][names].set_axis(["intercept", "slope"], axis=1)
    cov = fit.varcorr[factor].cov.loc[names, names].to_numpy(dtype=float)
    return Plane(factor, *names, own.loc[blup.index], blup, fit.fixef[names].to_numpy(dtype=float), cov)


def _model(fit):
    if not hasattr(fit, "ranef"):
        raise TypeError(
            _(
                "An LMMFit is needed here, but got {type}. Make one with lmm(formula, data).",
                type=type(fit).__name__,
            )
        )
    return fit


def _table(given, x: str, group: str, labels: list, kind: str) -> pd.DataFrame:
    if hasattr(given, "coef") and isinstance(given.coef, dict):
        if group not in given.coef:
            names = ", ".join(given.coef)
            raise ValueError(
                _(
                    "{kind}: the fit has no grouping factor {group!r}. It has: {names}.",
                    kind=kind,
                    group=group,
                    names=names,
                )
            )
        given = given.coef[group]
    if isinstance(given, pd.DataFrame):
        missing = [label for label in labels if label not in given.index]
        if missing:
            raise ValueError(
                _(
                    "{kind}: the table of lines needs a row for each group, but has none for {group!r}. "
                    "Its index must hold the labels of the groups.",
                    kind=kind,
                    group=missing[0],
                )
            )
        intercept, slope = _columns(given.columns, x, kind)
        table = given.loc[labels]
        rise = table[slope].to_numpy(dtype=float) if slope is not None else 0.0
        return pd.DataFrame(
            {"intercept": table[intercept].to_numpy(dtype=float), "slope": rise}, index=labels
        )
    if isinstance(given, pd.Series):
        intercept, slope = _columns(given.index, x, kind)
        given = (given[intercept], given[slope] if slope is not None else 0.0)
    try:
        intercept, slope = (float(value) for value in given)
    except (TypeError, ValueError):
        raise TypeError(
            _(
                "{kind} must be (intercept, slope), a Series or a table with 'Intercept' and {x!r}, or an LMMFit, "
                "but it is {type}.",
                kind=kind,
                x=x,
                type=type(given).__name__,
            )
        ) from None
    return pd.DataFrame({"intercept": intercept, "slope": slope}, index=labels)


def _columns(names, x: str, kind: str) -> tuple[str, str | None]:
    """Return the names of the intercept and of the slope; a model without x has slope 0."""
    intercept = next((name for name in INTERCEPTS if name in names), None)
    slope = next((name for name in (x, "slope") if name in names), None)
    others = [name for name in names if name not in (intercept, slope)]
    if intercept is None or others:
        listed = ", ".join(map(str, names))
        raise ValueError(
            _(
                "{kind}: a line needs 'Intercept' and {x!r} and nothing else, but the coefficients are: {listed}. "
                "Put the other predictors at a value first and pass a table with these two columns.",
                kind=kind,
                x=x,
                listed=listed,
            )
        )
    return intercept, slope

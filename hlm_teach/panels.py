"""Figures of lines: a panel per group, and the plane of intercepts and slopes.

    group_grid        the data of each group, with its line under complete, no and partial pooling
    shrinkage_plane   each group as a point (intercept, slope): from its own least squares to its BLUP

What this file does not do: fit anything. The lines come as tables or fits (`hlm_teach.group_lines`).
"""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse

from hlm_teach.group_lines import group_labels, line_tables, plane
from hlm_teach.locale import _
from hlm_teach.look import COLOURS, LINES, WIDTH, dress, legend_above, new_axes, styled

__all__ = ["group_grid", "shrinkage_plane"]

MOST_PANELS = 36
FEW_VALUES = 3  # an x with so few values (floor: 0 or 1) has its points spread a little
GOLDEN = 0.6180339887498949


@styled
def group_grid(
    data,
    x,
    y,
    group,
    *,
    complete=None,
    none=None,
    partial=None,
    groups=None,
    columns=4,
    xlabel=None,
    ylabel=None,
    ax=None,
) -> np.ndarray:
    """Draw a panel per group: its data, and its line under each way of pooling.

    Model: y_i = α_j[i] + β_j[i]·x_i + ε_i, one line for all groups, one each, or the compromise.

    Parameters
    ----------
    data : DataFrame
        A row per observation.
    x, y, group : str
        Columns of data: the predictor, the outcome and the group.
    complete, none, partial : optional
        The lines, dashed, dotted and solid: a pair (intercept, slope), a Series with "Intercept" and x
        (``results.params``), a DataFrame with these columns and a row per group, or an LMMFit (its ``coef[group]``).
    groups : list, optional
        Labels of the groups to draw, in this order; by default all, at most 36.
    columns : int
        Panels in a row.
    xlabel, ylabel : str, optional
        Names of the axes, with units; by default the columns' names.
    ax : array of Axes, optional
        At least one per group.

    Returns
    -------
    array of Axes
        One per group, with shared limits.

    Raises
    ------
    ValueError
        If a column or a group is unknown, a line has other coefficients than "Intercept" and x, or there are too
        many panels.

    Notes
    -----
    Points of an x with at most three values are spread by up to 4 % of its range, so that they can be told apart.

    References
    ----------
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, Fig. 12.4.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"x": [0, 1, 2, 3], "y": [1, 3, 5, 0], "g": ["a", "a", "b", "b"]})
    >>> [panel.get_title() for panel in group_grid(frame, "x", "y", "g", complete=(1, 2))]
    ['a (n = 2)', 'b (n = 2)']
    >>> group_grid(frame, "x", "y", "school")
    Traceback (most recent call last):
    ...
    ValueError: The data have no column 'school'. Their columns are: x, y, g.
    """
    labels = group_labels(data, x, y, group, groups)
    if len(labels) > MOST_PANELS:
        raise ValueError(
            _(
                "A figure has room for {most} panels, but {group} has {J} groups. Choose some with groups=[...].",
                most=MOST_PANELS,
                group=group,
                J=len(labels),
            )
        )
    tables = line_tables(x, group, labels, complete=complete, none=none, partial=partial)
    frame = data[[x, y, group]].dropna()
    panels = _panels(ax, len(labels), columns)
    low, high = _limits(frame[x])
    for panel, label in zip(panels, labels, strict=True):
        rows = frame[frame[group] == label]
        at = _spread(rows[x].to_numpy(dtype=float), frame[x].nunique(), high - low)
        panel.scatter(at, rows[y], s=16, color=COLOURS["data"], alpha=0.65, lw=0, zorder=2)
        for kind, table in tables.items():
            a, b = table.loc[label]
            panel.plot(
                [low, high],
                [a + b * low, a + b * high],
                color=COLOURS[kind],
                ls=LINES[kind],
                lw=2.2 if kind == "none" else 1.8,
                zorder=3,
                label=kind,
            )
        panel.set_title(
            _("{group} (n = {n})", group=label, n=len(rows)), loc="center", fontsize=10, fontweight="normal"
        )
        panel.set_xlim(low, high)
        if frame[x].nunique() <= FEW_VALUES:
            panel.set_xticks(sorted(frame[x].unique()))
    _limit_y(panels, frame[frame[group].isin(labels)][y], tables, low, high)
    _name_axes(panels, ax is None, x if xlabel is None else xlabel, y if ylabel is None else ylabel)
    _key(panels[0].figure, list(tables))
    return panels


def _panels(ax, J: int, columns: int) -> np.ndarray:
    """Return one axes per group: new ones, or the first of those given."""
    if ax is not None:
        given = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
        if len(given) < J or not all(isinstance(each, Axes) for each in given):
            raise TypeError(
                _(
                    "ax must hold at least {J} matplotlib Axes, one per group, but it holds {found}.",
                    J=J,
                    found=len(given),
                )
            )
        for each in given:
            dress(each)
        return given[:J]
    columns = min(columns, J)
    rows = -(-J // columns)
    _figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(WIDTH, 0.75 + 1.75 * rows),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for each in grid.flat[J:]:
        each.remove()
    for place, each in enumerate(grid.flat[:J]):
        dress(each)
        if place + columns >= J:
            each.xaxis.set_tick_params(labelbottom=True)
    return grid.ravel()[:J]


def _limits(values) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 0.5
    return low - margin, high + margin


def _limit_y(panels, values, tables, low: float, high: float) -> None:
    """Show all data, and the lines as far as they stay within reach of them."""
    bottom, top = _limits(values)
    ends = [t["intercept"] + t["slope"] * end for t in tables.values() for end in (low, high)]
    lines = np.concatenate(ends) if ends else np.array([bottom])
    reach = 0.35 * (top - bottom)
    lines = lines[np.isfinite(lines)]
    if len(lines):
        bottom = min(bottom, max(lines.min(), bottom - reach))
        top = max(top, min(lines.max(), top + reach))
    for panel in panels:
        panel.set_ylim(bottom, top)


def _spread(at: np.ndarray, distinct: int, width: float) -> np.ndarray:
    """Move the points of a few-valued x aside, each time by another step of the golden ratio."""
    if distinct > FEW_VALUES:
        return at
    step = (np.arange(len(at)) * GOLDEN) % 1 - 0.5
    return at + 0.08 * width * step


def _name_axes(panels, own: bool, xlabel: str, ylabel: str) -> None:
    if own:
        panels[0].figure.supxlabel(xlabel, fontsize=10.5)
        panels[0].figure.supylabel(ylabel, fontsize=10.5)
        return
    for panel in panels:
        panel.set_xlabel(xlabel)
        panel.set_ylabel(ylabel)


def _key(figure, kinds: list[str]) -> None:
    said = {"complete": _("complete pooling"), "none": _("no pooling"), "partial": _("partial pooling")}
    lines = [Line2D([], [], color=COLOURS[k], ls=LINES[k], lw=2, label=said[k]) for k in kinds]
    if lines:
        figure.legend(handles=lines, loc="outside upper left", ncols=3, handlelength=2.6, columnspacing=1.8)


@styled
def shrinkage_plane(fit, *, factor=None, xlabel=None, ylabel=None, ax=None) -> Axes:
    """Draw each group's way from its own least-squares line to its BLUP, in the plane of intercept and slope.

    Model: y_i = α_j[i] + β_j[i]·x_i + ε_i, the pairs (α_j, β_j) normal around the fixed effects with covariance Σ.

    Parameters
    ----------
    fit : LMMFit
        With an intercept and one slope that vary, and no other fixed effects: ``y ~ x + (1 + x | group)``.
    factor : str, optional
        The grouping factor (default: its only one).
    xlabel, ylabel : str, optional
        Names of the axes, with units; by default those of the coefficients.
    ax : Axes, optional

    Returns
    -------
    Axes
        Hollow circles at the least-squares points, filled diamonds at the BLUPs, a cross at the fixed effects, and
        the ellipses that hold 50% and 95% of the groups' true points under the fit.

    Raises
    ------
    TypeError
        If fit is not an LMMFit.
    ValueError
        If other coefficients vary, or the model has more fixed effects.

    Notes
    -----
    The arrows do not all point to the cross: a group whose slope is badly known is moved mostly in slope, along the
    ellipse. A group without a line of its own has a diamond only. Ellipses are drawn at the radii √(−2 ln(1 − p)).

    References
    ----------
    Bates, D. (2010), *lme4: Mixed-effects modeling with R*, Fig. 3.8.

    Examples
    --------
    >>> from hlm_teach.datasets import load
    >>> from hlm_teach.lmm import lmm
    >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
    >>> shrinkage_plane(fit, ylabel="change per day (ms)").get_ylabel()
    'change per day (ms)'
    >>> shrinkage_plane("Days")
    Traceback (most recent call last):
    ...
    TypeError: An LMMFit is needed here, but got str. Make one with lmm(formula, data).
    """
    read = plane(fit, factor)
    ax = new_axes(ax, height=5.2)[0]
    a, b = read.own["intercept"].to_numpy(), read.own["slope"].to_numpy()
    c, d = read.blup["intercept"].to_numpy(), read.blup["slope"].to_numpy()
    for share, look in ((0.5, "solid"), (0.95, (0, (4, 2)))):
        ax.add_patch(_ellipse(read.centre, read.cov, share, look))
    for start, end in zip(zip(a, b, strict=True), zip(c, d, strict=True), strict=True):
        if np.all(np.isfinite(start)):
            arrow = {
                "arrowstyle": "-|>",
                "color": COLOURS["line"],
                "lw": 1,
                "mutation_scale": 9,
                "shrinkA": 3.5,
            }
            ax.annotate("", xy=end, xytext=start, arrowprops={**arrow, "shrinkB": 3}, zorder=2)
    own = _("least squares in the group alone")
    ax.scatter(a, b, s=42, facecolors="none", edgecolors=COLOURS["none"], linewidths=1.3, zorder=3, label=own)
    ax.scatter(c, d, s=30, marker="D", color=COLOURS["partial"], lw=0, zorder=4, label=_("partial pooling"))
    ax.plot(
        *read.centre, ls="", marker="P", ms=10, color=COLOURS["complete"], zorder=5, label=_("fixed effects")
    )
    ax.plot([], [], color=COLOURS["data"], lw=1.2, label=_("ellipses: 50% and 95% of the groups"))
    ax.set_xlabel(read.intercept if xlabel is None else xlabel)
    ax.set_ylabel(read.slope if ylabel is None else ylabel)
    legend_above(ax)
    return ax


def _ellipse(centre: np.ndarray, cov: np.ndarray, share: float, look) -> Ellipse:
    """Return the ellipse that holds a share of a bivariate normal distribution."""
    values, vectors = np.linalg.eigh(cov)
    width, height = 2 * np.sqrt(np.maximum(values, 0) * -2 * np.log(1 - share))
    angle = np.degrees(np.arctan2(vectors[1, 0], vectors[0, 0]))
    return Ellipse(
        centre, width, height, angle=angle, fill=False, ec=COLOURS["data"], ls=look, lw=1.2, zorder=1
    )

"""A fit in, an Axes out.

Every figure of the course is drawn here, from a fit and nothing else, so that it shows what was computed:

    pooling           three panels: complete, no and partial pooling against the size of the groups
    shrinkage         from each group's own mean to its estimate, with the line all arrows point to
    caterpillar       the groups in order, with intervals
    group_grid        a panel per group, its data and its lines          (`hlm_teach.panels`)
    shrinkage_plane   the same arrows for an intercept and a slope       (`hlm_teach.panels`)
    deviance_curve    what the likelihood knows of one parameter         (`hlm_teach.curves`)
    diagnostics       residuals of both levels                           (`hlm_teach.check_panels`)
    simulated_check   a statistic among its simulated values             (`hlm_teach.check_panels`)
    model_graph       what depends on what in a Bayesian model           (`hlm_teach.model_graph`)
    margins           who answered beside who is there                   (`hlm_teach.mrp_figures`)
    against_truth     every method's estimates against the truth         (`hlm_teach.mrp_figures`)
    tile_map          one tile per state or province                     (`hlm_teach.tile_map`)

Each takes ``ax=None`` and returns the Axes (or an array of them); the last line of a cell is
``show(ax, alt)``, and `hlm_teach.narrate` has the sentence for each figure under the same name.

What this file does not do: compute an estimate, choose colours (`hlm_teach.look`), or call ``plt.show``.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter

from hlm_teach.check_panels import diagnostics, simulated_check
from hlm_teach.curves import deviance_curve
from hlm_teach.locale import _
from hlm_teach.look import COLOURS, LINES, MARKERS, legend_above, new_axes, show, style, styled
from hlm_teach.model_graph import model_graph
from hlm_teach.mrp_figures import against_truth, margins
from hlm_teach.numerals import decimals_for, number
from hlm_teach.panels import group_grid, shrinkage_plane
from hlm_teach.pooling import PoolingFit, complete_pooling
from hlm_teach.readings import aligned, intervals, pooled, rows_of, sizes
from hlm_teach.tile_map import tile_map

__all__ = [
    "COLOURS",
    "against_truth",
    "caterpillar",
    "deviance_curve",
    "diagnostics",
    "group_grid",
    "margins",
    "model_graph",
    "pooling",
    "show",
    "shrinkage",
    "shrinkage_plane",
    "simulated_check",
    "style",
    "tile_map",
]

MANY = 40  # rows that still carry a name each


@styled
def pooling(fit: PoolingFit, n, *, label: str | None = None, ax=None) -> np.ndarray:
    """Draw complete, no and partial pooling of the same groups, against their sizes.

    Model: y_j ~ N(α_j, se_j²), α_j ~ N(μ, τ²), with τ = 0, τ = ∞ and the τ of the fit.

    Parameters
    ----------
    fit : PoolingFit
        The partial pooling; complete and no pooling follow from its y and se.
    n : Series or array, shape (J,)
        Observations in each group, >= 1.
    label : str, optional
        What is estimated, with its unit: the name of the vertical axis.
    ax : array of 3 Axes, optional

    Returns
    -------
    array of 3 Axes
        Each group at its estimate ± one standard error; the groups at both ends carry their names.

    Raises
    ------
    TypeError
        If fit is not a PoolingFit.
    ValueError
        If n does not have one size per group.

    Notes
    -----
    The horizontal axis is logarithmic; groups of the same size stand side by side (by at most 8 % of n).

    References
    ----------
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, Fig. 12.1.

    Examples
    --------
    >>> from hlm_teach.pooling import partial_pooling
    >>> fit = partial_pooling([28, 8, -3], [15, 10, 16], tau=10)
    >>> axes = pooling(fit, n=[4, 9, 3], label="effect (points)")
    >>> [ax.get_title(loc="left") for ax in axes]
    ['Complete pooling', 'No pooling', 'Partial pooling']
    >>> pooling(fit, n=[4, 9])
    Traceback (most recent call last):
    ...
    ValueError: n must have one value per group, but there are 3 groups and n has 2 values.
    """
    n = sizes(pooled(fit), n)
    complete = complete_pooling(fit.y, fit.se)
    axes = new_axes(ax, height=3.7, columns=3, sharex=True, sharey=True)
    kinds = {
        "complete": (_("Complete pooling"), complete.estimate, complete.estimate_se),
        "none": (_("No pooling"), fit.y, fit.se),
        "partial": (_("Partial pooling"), fit.estimate, fit.estimate_se),
    }
    place = _side_by_side(n)
    size = float(np.clip(40 / np.sqrt(len(n)), 3.5, 7))
    for each, (kind, (title, estimate, se)) in zip(axes, kinds.items(), strict=True):
        each.errorbar(
            place, estimate, yerr=se, fmt="none", ecolor=COLOURS[kind], elinewidth=0.9, alpha=0.5, zorder=2
        )
        fill = "white" if kind == "none" else COLOURS[kind]
        each.plot(
            place, estimate, ls="", marker=MARKERS[kind], ms=size, mfc=fill, mec=COLOURS[kind], zorder=3
        )
        each.set_title(title)
        if kind != "complete":
            _name_ends(each, fit.labels, place, estimate, se)
        each.margins(y=0.1)
    _mean_lines(axes, fit, complete.mu)
    _size_axis(axes, n)
    axes[0].set_ylabel(_("estimate ± standard error") if label is None else label)
    return axes


@styled
def shrinkage(fit: PoolingFit, *, n=None, truth=None, groups=None, label=None, ax=None) -> Axes:
    """Draw the way of each group from its own mean to its estimate.

    Model: y_j ~ N(α_j, se_j²), α_j ~ N(μ, τ²); the arrow has the length B_j·|y_j − μ̂|.

    Parameters
    ----------
    fit : PoolingFit
        Any way of pooling.
    n : Series or array, shape (J,), optional
        Observations in each group: written beside its name, and the area of its circle. Without it the area shows
        the precision 1/se².
    truth : Series or array, shape (J,), optional
        What the groups turned out to be, where that is known: drawn as a cross.
    groups : list, optional
        Labels of the groups to draw; the target stays that of the whole fit.
    label : str, optional
        What is estimated, with its unit: the name of the horizontal axis.
    ax : Axes, optional

    Returns
    -------
    Axes
        A row per group, in the order of y: a hollow circle at y_j, a filled diamond at the estimate, the solid line
        at the target μ̂, the dashed line at the mean under complete pooling: of all observations, where se = σ/√n.

    Raises
    ------
    TypeError
        If fit is not a PoolingFit.
    ValueError
        If a label in groups is unknown, or n or truth does not fit the groups.

    Notes
    -----
    Where tau is infinite no estimate uses a target, and none is drawn.

    Examples
    --------
    >>> from hlm_teach.pooling import partial_pooling
    >>> fit = partial_pooling([28, 8, -3], [15, 10, 16], tau=10)
    >>> shrinkage(fit, label="effect (points)").get_xlabel()
    'effect (points)'
    >>> shrinkage(fit, groups=[1, 7])
    Traceback (most recent call last):
    ...
    ValueError: groups must be labels of the fit, but 7 is none of them. The first ones are: 1, 2, 3.
    """
    rows = rows_of(pooled(fit), groups)
    area = 1 / fit.se**2 if n is None else sizes(fit, n)
    known = None if truth is None else aligned(fit, truth, "truth")[rows]
    y, estimate, J = fit.y[rows], fit.estimate[rows], len(rows)
    many = J > MANY
    pitch = 0.08 if many else 0.31  # inches from row to row
    ax = new_axes(ax, height=1.15 + pitch * max(J, 3))[0]
    at = np.arange(J)
    everyone = complete_pooling(fit.y, fit.se).mu
    key, lines = _shrinkage_key(n, truth), _target_lines(ax, fit, everyone)
    points = _limit_x(
        ax, y, estimate, everyone, [] if len(lines) == 1 else fit.mu, [] if known is None else known
    )

    s = area[rows] * min(
        23.0**2 / area.max(), 11.0**2 / np.median(area)
    )  # square points: the widest has 23 points
    for row, start, end, size in zip(at, y, estimate, s, strict=True):
        far = abs(end - start) * points
        arrow = {"arrowstyle": "-|>" if far > 9 else "-", "color": COLOURS["line"], "lw": 1.1}
        arrow |= {"mutation_scale": 5 if many else 9, "shrinkB": 0 if many else 3.5 * (far > 9)}
        arrow["shrinkA"] = np.sqrt(size) / 2 if far > np.sqrt(size) / 2 + 14 else 0
        ax.annotate("", xy=(end, row), xytext=(start, row), arrowprops=arrow, zorder=2)
    ax.scatter(y, at, s=s, facecolors="none", edgecolors=COLOURS["none"], linewidths=1.3, zorder=3)
    ax.scatter(estimate, at, s=9 if many else 36, marker="D", color=COLOURS["partial"], lw=0, zorder=4)
    if known is not None:
        ax.scatter(known, at, s=42, marker="x", color=COLOURS["line"], lw=1.6, zorder=5)

    names = [str(fit.labels[j]) for j in rows]
    if n is not None:
        names = [
            _("{group} (n = {n})", group=name, n=number(area[j], 0))
            for name, j in zip(names, rows, strict=True)
        ]
    _name_rows(ax, [] if many else names, J)
    ax.set_xlabel(_("estimate") if label is None else label)
    legend_above(ax, key + lines)
    return ax


@styled
def caterpillar(fit, *, factor=None, term=None, level=0.95, label=None, ax=None) -> Axes:
    """Draw the groups' estimates in order, with intervals.

    Model: for a PoolingFit the α̂_j around μ̂; for an LMMFit the deviations û_j of one coefficient around 0.

    Parameters
    ----------
    fit : PoolingFit or LMMFit
    factor, term : str, optional
        Of an LMMFit: which grouping factor (default: its only one) and which coefficient (default: the first).
    level : float
        Coverage of each interval, between 0 and 1.
    label : str, optional
        What is estimated, with its unit.
    ax : Axes, optional

    Returns
    -------
    Axes
        Up to 40 groups: a row each, with its name. More: the groups side by side, without names. An interval that
        leaves out the centre is drawn dark with a filled marker, one that covers it light with a hollow one.

    Raises
    ------
    TypeError
        If fit is no fit.
    ValueError
        If factor, term or level is not one of the fit's, or not a share.

    Notes
    -----
    estimate ± z·SE given τ. The intervals do not include that τ is uncertain, and they are not for comparing two
    groups with each other.

    References
    ----------
    Goldstein, H. & Healy, M. J. R. (1995), "The graphical presentation of a collection of means", *JRSS A* 158.

    Examples
    --------
    >>> from hlm_teach.pooling import partial_pooling
    >>> fit = partial_pooling([28, 8, -3], [15, 10, 16], tau=10)
    >>> [tick.get_text() for tick in caterpillar(fit).get_yticklabels()]
    ['3', '2', '1']
    >>> caterpillar(fit, term="Days")
    Traceback (most recent call last):
    ...
    TypeError: A PoolingFit has one estimate per group: leave factor and term out.
    """
    shown = intervals(fit, factor, term, level)
    J = len(shown.labels)
    many = J > MANY
    ax = new_axes(ax, height=3.6 if many else 1.0 + 0.24 * max(J, 4))[0]
    at = np.arange(J)
    out = shown.above | shown.below
    centre = ax.axhline if many else ax.axvline
    said = _("line at {centre}", centre=number(shown.centre, decimals_for(shown.estimate)))
    centre(shown.centre, color=COLOURS["line"], lw=1.2, zorder=1, label=said)
    for chosen, colour, fill, said in (
        (out, COLOURS["none"], COLOURS["none"], _("interval leaves out the line")),
        (~out, COLOURS["data"], "white", _("interval covers the line")),
    ):
        if not chosen.any():
            continue
        estimate = shown.estimate[chosen]
        error = np.vstack([estimate - shown.low[chosen], shown.high[chosen] - estimate])
        ax.errorbar(
            *((at[chosen], estimate) if many else (estimate, at[chosen])),
            **{"yerr" if many else "xerr": error},
            fmt="o",
            ms=3 if many else 6,
            mfc=fill,
            mec=colour,
            ecolor=colour,
            elinewidth=0.9 if many else 1.6,
            label=said,
            zorder=2,
        )
    what = _("estimate") if shown.term is None else _("{term}: deviation from the mean", term=shown.term)
    what = what if label is None else label
    if many:
        ax.set_xticks([])
        ax.set_xlabel(_("{n} groups in order of their estimates", n=J))
        ax.set_ylabel(what)
        ax.set_xlim(-1.5, J + 0.5)
    else:
        _name_rows(ax, [str(name) for name in shown.labels], J)
        ax.set_xlabel(what)
    legend_above(ax, columns=3)
    return ax


def _shrinkage_key(n, truth) -> list[Line2D]:
    """Return what the marks of a shrinkage plot mean."""
    own = _("group's own mean (area: precision)") if n is None else _("group's own mean (area: n)")
    key = [
        Line2D([], [], ls="", marker="o", ms=9, mfc="none", mec=COLOURS["none"], mew=1.3, label=own),
        Line2D([], [], ls="", marker="D", ms=6, color=COLOURS["partial"], label=_("estimate")),
    ]
    if truth is not None:
        key.append(Line2D([], [], ls="", marker="x", ms=7, mew=1.6, color=COLOURS["line"], label=_("truth")))
    return key


def _target_lines(ax: Axes, fit: PoolingFit, everyone: float) -> list[Line2D]:
    """Draw the line the arrows point to (where there is one) and, dashed, the mean under complete pooling."""
    decimals = decimals_for(fit.y)
    drawn = []
    if np.isfinite(fit.tau) or fit.method == "james-stein":
        said = _("target: {mu}", mu=number(fit.mu, decimals))
        drawn.append(ax.axvline(fit.mu, color=COLOURS["line"], lw=1.6, zorder=1, label=said))
    said = _("complete pooling: {mean}", mean=number(everyone, decimals))
    look = {"color": COLOURS["complete"], "ls": LINES["complete"], "lw": 1.6}
    drawn.append(ax.axvline(everyone, **look, zorder=1.1, label=said))
    return drawn


def _limit_x(ax: Axes, *values) -> float:
    """Set the horizontal limits around all values; return how many points of print one unit takes (nearly)."""
    flat = np.concatenate([np.ravel(v) for v in values])
    low, high = float(flat.min()), float(flat.max())
    margin = 0.05 * (high - low) or 0.5
    ax.set_xlim(low - margin, high + margin)
    return 0.85 * 72 * ax.get_position().width * ax.figure.get_size_inches()[0] / (high - low + 2 * margin)


def _name_rows(ax: Axes, names: list[str], J: int) -> None:
    """Give each row its name and a faint line to the eye; no names for very many rows."""
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(axis="y", length=0)
    if names:
        ax.grid(axis="y", color=COLOURS["faint"], lw=0.6)
    ax.spines["left"].set_visible(False)
    ax.set_ylim(-0.9, J - 0.1)


def _side_by_side(n: np.ndarray) -> np.ndarray:
    """Spread groups of one size a little, so that none hides another."""
    place = n.astype(float)
    for size in np.unique(n):
        same = np.flatnonzero(n == size)
        if len(same) > 1:
            place[same] = size * np.exp(np.linspace(-0.08, 0.08, len(same)))
    return place


def _mean_lines(axes, fit: PoolingFit, everyone: float) -> None:
    """Draw the mean under complete pooling through all panels, the target through the third, and say what they are."""
    decimals = decimals_for(fit.y)
    said = _("complete pooling: {mean}", mean=number(everyone, decimals))
    for ax in axes:
        look = {"color": COLOURS["complete"], "ls": LINES["complete"], "lw": 1.4}
        dashed = ax.axhline(everyone, **look, zorder=1.1, label=said)
    corner = {"loc": "upper right", "borderaxespad": 0, "fontsize": 9, "handlelength": 1.8}
    axes[0].legend(handles=[dashed], **corner)
    if np.isfinite(fit.tau):
        target = _("target: {mu}", mu=number(fit.mu, decimals))
        axes[2].legend(
            handles=[axes[2].axhline(fit.mu, color=COLOURS["line"], lw=1.2, label=target)], **corner
        )


def _name_ends(ax: Axes, labels: tuple, place: np.ndarray, estimate: np.ndarray, se: np.ndarray) -> None:
    """Write the names of the highest and the lowest group at the ends of their bars."""
    if np.ptp(estimate) <= 1e-9 * max(1.0, np.abs(estimate).max()):
        return
    across = np.log(place / place.min()) / max(np.log(np.ptp(place) / place.min() + 1), 1e-9)
    for j, up in ((int(np.argmax(estimate)), 1), (int(np.argmin(estimate)), -1)):
        ax.annotate(
            str(labels[j]),
            (place[j], estimate[j] + up * se[j]),
            xytext=(0, 3 * up),
            textcoords="offset points",
            ha="left" if across[j] < 0.3 else "right" if across[j] > 0.7 else "center",
            va="bottom" if up > 0 else "top",
            fontsize=9,
            zorder=5,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )


def _size_axis(axes, n: np.ndarray) -> None:
    """Give the horizontal axis round sizes on a logarithmic scale."""
    ticks = np.array([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000])
    low, high = n.min() / 1.35, n.max() * 1.35
    for ax in axes:
        ax.set_xscale("log")
        ax.set_xlim(low, high)
        ax.xaxis.set_major_locator(FixedLocator(ticks[(ticks >= low) & (ticks <= high)]))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(ScalarFormatter())
    axes[len(axes) // 2].set_xlabel(_("observations in the group (log scale)"))

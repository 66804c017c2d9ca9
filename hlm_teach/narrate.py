"""A fit in, its sentence out: what a figure shows, in words and numbers.

Each function has the name and the arguments of a figure in `hlm_teach.plots` and returns one to three whole sentences:
the figure's alt text, the words a screen reader says, a model answer to "what do you see?". They are made from the
same numbers as the figure, and they hold at the edges too: one group, tau = 0, tau = ∞, no group above the line.

    show(plots.shrinkage(fit, label="effect (points)"), narrate.shrinkage(fit, unit="points"))

``unit`` is written behind the numbers that have it. Numbers are formatted in `hlm_teach.numerals`.

What this file does not do: say what the numbers mean for schools or counties. Put that sentence before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach.check_sentences import diagnostics, simulated_check
from hlm_teach.group_lines import group_labels, line_tables, plane
from hlm_teach.locale import N_, _, ngettext
from hlm_teach.model_graph import say_graph as model_graph
from hlm_teach.mrp_sentences import against_truth, margins, tile_map
from hlm_teach.numerals import decimals_for, number, quantity
from hlm_teach.pooling import PoolingFit, complete_pooling
from hlm_teach.profile import one_profile
from hlm_teach.readings import intervals, pooled, rows_of, sizes

__all__ = [
    "against_truth",
    "caterpillar",
    "deviance_curve",
    "diagnostics",
    "group_grid",
    "lmm",
    "margins",
    "model_graph",
    "pooling",
    "shrinkage",
    "shrinkage_plane",
    "simulated_check",
    "tile_map",
]

NEGLIGIBLE = 1e-9  # of the scale of the values: a difference that no figure shows


def shrinkage(fit: PoolingFit, unit: str = "", *, groups=None) -> str:
    """Say how far the groups move, and to what.

    Parameters
    ----------
    fit : PoolingFit
    unit : str
        The unit of y.
    groups : list, optional
        Labels of the groups that the figure draws.

    Returns
    -------
    str

    Examples
    --------
    >>> from hlm_teach.pooling import partial_pooling
    >>> print(shrinkage(partial_pooling([28, 8, -3], [15, 10, 16], tau=10), unit="points"))
    Shrinkage plot of 3 groups: with tau = 10.0 points the groups' own means, from −3.0 to 28.0 points, become
    estimates from 6.9 to 16.1 points; the target is 10.8 points. No group moves further than 1: from 28.0 to
    16.1 points.
    >>> print(shrinkage(partial_pooling([28, 8, -3], [15, 10, 16], tau=0), unit="points"))
    Shrinkage plot of 3 groups under complete pooling: their own means run from −3.0 to 28.0 points, and all get
    the same estimate of 10.5 points.
    """
    rows = rows_of(pooled(fit), groups)
    say = Numbers.of(fit.y, unit=unit)
    y, estimate, B = fit.y[rows], fit.estimate[rows], fit.shrinkage_factor[rows]
    J, moved = len(rows), np.abs(estimate - y)
    j = int(np.argmax(moved))
    label = fit.labels[rows[j]]
    if J == 1:
        return _(
            "Shrinkage plot of 1 group, {group}: its own mean is {y} and its estimate {estimate}; the weight on the "
            "target of {mu} is {B}.",
            group=label,
            y=say(y[0]),
            estimate=say(estimate[0]),
            mu=say(fit.mu),
            B=number(B[0], 2),
        )
    low, high = say.bare(y.min()), say(y.max())
    if np.all(B == 0):
        return _(
            "Shrinkage plot of {J} groups without pooling: every group keeps its own mean, from {low} to {high}, and no "
            "arrow has any length.",
            J=J,
            low=low,
            high=high,
        )
    if np.all(B == 1):
        return _(
            "Shrinkage plot of {J} groups under complete pooling: their own means run from {low} to {high}, and all "
            "get the same estimate of {mu}.",
            J=J,
            low=low,
            high=high,
            mu=say(fit.mu),
        )
    if moved[j] <= NEGLIGIBLE * np.abs(y).max():
        return _(
            "Shrinkage plot of {J} groups: with tau = {tau} no group moves, because every own mean lies at the target "
            "of {mu}.",
            J=J,
            tau=say(fit.tau),
            mu=say(fit.mu),
        )
    ends = {"low": low, "high": high, "lowest": say.bare(estimate.min()), "highest": say(estimate.max())}
    if fit.method == "james-stein":
        first = _(
            "Shrinkage plot of {J} groups: with the weight {B} on the target of {mu} the groups' own means, from {low} "
            "to {high}, become estimates from {lowest} to {highest}.",
            J=J,
            B=number(B[0], 2),
            mu=say(fit.mu),
            **ends,
        )
    else:
        first = _(
            "Shrinkage plot of {J} groups: with tau = {tau} the groups' own means, from {low} to {high}, become estimates "
            "from {lowest} to {highest}; the target is {mu}.",
            J=J,
            tau=say(fit.tau),
            mu=say(fit.mu),
            **ends,
        )
    furthest = _(
        "No group moves further than {group}: from {y} to {estimate}.",
        group=label,
        y=say.bare(y[j]),
        estimate=say(estimate[j]),
    )
    return f"{first} {furthest}"


def pooling(fit: PoolingFit, n, unit: str = "") -> str:
    """Say what complete, no and partial pooling make of the same groups.

    Parameters
    ----------
    fit : PoolingFit
        The partial pooling.
    n : Series or array, shape (J,)
        Observations in each group.
    unit : str
        The unit of y.

    Returns
    -------
    str

    Examples
    --------
    >>> from hlm_teach.pooling import partial_pooling
    >>> print(pooling(partial_pooling([28, 8, -3], [15, 10, 16], tau=10), n=[4, 9, 3], unit="points"))
    Three panels show 3 groups against their size, from 3 to 9 observations. Complete pooling gives each group
    10.5 points. No pooling runs from −3.0 points (3, n = 3) to 28.0 points (1, n = 4), partial pooling with
    tau = 10.0 points from 6.9 points (3, n = 3) to 16.1 points (1, n = 4).
    """
    n = sizes(pooled(fit), n)
    say = Numbers.of(fit.y, unit=unit)
    first = ngettext(
        "Three panels show {n} group, with n = {most}.",
        "Three panels show {n} groups against their size, from {least} to {most} observations.",
        len(n),
        least=number(n.min(), 0),
        most=number(n.max(), 0),
    )
    second = _("Complete pooling gives each group {mu}.", mu=say(complete_pooling(fit.y, fit.se).mu))

    def end(estimate, j) -> str:
        return _("{value} ({group}, n = {n})", value=say(estimate[j]), group=fit.labels[j], n=number(n[j], 0))

    if len(n) == 1:
        third = _(
            "No pooling gives {y}, partial pooling with tau = {tau} gives {estimate}.",
            y=say(fit.y[0]),
            tau=say(fit.tau),
            estimate=say(fit.estimate[0]),
        )
        return f"{first} {second} {third}"
    low, high = end(fit.y, int(np.argmin(fit.y))), end(fit.y, int(np.argmax(fit.y)))
    if np.all(fit.shrinkage_factor == 1):
        third = _(
            "No pooling runs from {low} to {high}; partial pooling with tau = 0 is complete pooling.",
            low=low,
            high=high,
        )
    elif np.all(fit.shrinkage_factor == 0):
        third = _(
            "No pooling runs from {low} to {high}; partial pooling with tau = ∞ is no pooling.",
            low=low,
            high=high,
        )
    else:
        third = _(
            "No pooling runs from {low} to {high}, partial pooling with tau = {tau} from {lowest} to {highest}.",
            low=low,
            high=high,
            tau=say(fit.tau),
            lowest=end(fit.estimate, int(np.argmin(fit.estimate))),
            highest=end(fit.estimate, int(np.argmax(fit.estimate))),
        )
    return f"{first} {second} {third}"


def caterpillar(fit, *, factor=None, term=None, level: float = 0.95, unit: str = "") -> str:
    """Say where the ordered estimates begin and end, and how many intervals leave out the line.

    Parameters
    ----------
    fit : PoolingFit or LMMFit
    factor, term : str, optional
        Of an LMMFit, as in the figure.
    level : float
        Coverage of the intervals.
    unit : str
        The unit of the estimates.

    Returns
    -------
    str

    Examples
    --------
    >>> from hlm_teach.pooling import no_pooling
    >>> print(caterpillar(no_pooling([28, 8, -3], [5, 10, 16]), unit="points"))
    Caterpillar plot of 3 groups in order, from −3.0 points (3) to 28.0 points (1), with 95% intervals. One interval
    lies wholly above the line at 11.0 points. No interval lies wholly below the line.
    """
    shown = intervals(fit, factor, term, level)
    say = Numbers.of(shown.estimate, shown.centre, unit=unit)
    low, high = shown.estimate[0], shown.estimate[-1]
    share = number(100 * level, 0 if round(100 * level, 6).is_integer() else 1)
    if len(shown.labels) == 1 or high - low <= NEGLIGIBLE * max(abs(low), abs(high)):
        first = ngettext(
            "Caterpillar plot of {n} group: its estimate is {value}, with a {share}% interval.",
            "Caterpillar plot of {n} groups, all with the same estimate of {value}, and {share}% intervals.",
            len(shown.labels),
            value=say(low),
            share=share,
        )
    else:
        first = _(
            "Caterpillar plot of {J} groups in order, from {low} ({lowest}) to {high} ({highest}), with {share}% "
            "intervals.",
            J=len(shown.labels),
            low=say(low),
            lowest=shown.labels[0],
            high=say(high),
            highest=shown.labels[-1],
            share=share,
        )
    above, below, line = int(shown.above.sum()), int(shown.below.sum()), say(shown.centre)
    if above == 0 == below:
        return f"{first} {_('No interval leaves out the line at {line}.', line=line)}"
    return f"{first} {_count_above(above, line)} {_count_below(below)}"


def deviance_curve(fit, parameter: str, *, method: str = "ML", level: float = 0.95) -> str:
    """Say where the deviance of a parameter is lowest, its interval, and whether that is lopsided or ends at a limit.

    Parameters
    ----------
    fit : LMMFit or LikelihoodProfile
    parameter, method, level
        As in the figure.

    Returns
    -------
    str

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> print(deviance_curve(lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")), "sd_Intercept|Batch"))
    Profile of sd_Intercept|Batch: the deviance is lowest at 37.3; the 95 % interval from 12.2 to 84.1 is lopsided,
    reaching 25.1 down and 46.8 up.
    """
    return one_profile(fit, parameter, method).sentence(parameter, level)


def group_grid(
    data, x, y, group, *, complete=None, none=None, partial=None, groups=None, unit="", slope_unit=""
) -> str:
    """Say which lines the panels show, and between which slopes (of parallel lines: intercepts) they lie.

    Parameters
    ----------
    data, x, y, group, complete, none, partial, groups
        As in the figure.
    unit, slope_unit : str
        The units of the intercepts and of the slopes.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> from hlm_teach.group_lines import least_squares
    >>> frame = pd.DataFrame({"x": [0, 1, 2, 3], "y": [1, 3, 5, 0], "g": ["a", "a", "b", "b"]})
    >>> print(group_grid(frame, "x", "y", "g", complete=(2.4, -0.1), none=least_squares(frame, "x", "y", "g")))
    2 panels, one per group, of y against x (rows of data: 4). Complete pooling, dashed: one line with intercept
    2.4 and slope −0.10. No pooling, dotted: slopes from −5.00 (b) to 2.00 (a).
    """
    labels = group_labels(data, x, y, group, groups)
    tables = line_tables(x, group, labels, complete=complete, none=none, partial=partial)
    seen = data[[x, y, group]].dropna()
    rows = int(seen[group].isin(labels).sum())
    said = [
        ngettext(
            "{n} panel, for {group}, of {y} against {x} (rows of data: {rows}).",
            "{n} panels, one per group, of {y} against {x} (rows of data: {rows}).",
            len(labels),
            group=labels[0],
            rows=number(rows, 0),
            x=x,
            y=y,
        )
    ]
    tables = {kind: table.dropna() for kind, table in tables.items()}
    heights = Numbers.of(*(table["intercept"] for table in tables.values()), unit=unit)
    slopes = Numbers.of(*(table["slope"] for table in tables.values()), unit=slope_unit)
    said += [_lines(kind, table, heights, slopes) for kind, table in tables.items()]
    return " ".join(said)


LINES_SAID = {
    ("complete", "one"): N_(
        "Complete pooling, dashed: one line with intercept {intercept} and slope {slope}."
    ),
    ("none", "one"): N_("No pooling, dotted: one line with intercept {intercept} and slope {slope}."),
    ("partial", "one"): N_("Partial pooling, solid: one line with intercept {intercept} and slope {slope}."),
    ("none", "parallel"): N_(
        "No pooling, dotted: parallel lines of slope {slope}, with intercepts from {low} ({lowest}) to {high} "
        "({highest})."
    ),
    ("partial", "parallel"): N_(
        "Partial pooling, solid: parallel lines of slope {slope}, with intercepts from {low} ({lowest}) to {high} "
        "({highest})."
    ),
    ("none", "slopes"): N_("No pooling, dotted: slopes from {low} ({lowest}) to {high} ({highest})."),
    ("partial", "slopes"): N_("Partial pooling, solid: slopes from {low} ({lowest}) to {high} ({highest})."),
}


def lmm(fit, unit: str = "") -> str:
    """Say the fixed effects of a mixed model and how much the groups differ.

    Parameters
    ----------
    fit : LMMFit
    unit : str
        The unit of the outcome, written behind what is in that unit: intercepts and the residual SD.

    Returns
    -------
    str

    Examples
    --------
    >>> from hlm_teach.datasets import load
    >>> from hlm_teach.lmm import lmm as fit_lmm
    >>> print(lmm(fit_lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy")), unit="ms"))
    A mixed model, fitted by REML to 180 observations: Intercept 251.41 ms (SE 6.82 ms); Days 10.47 (SE 1.55).
    Standard deviations over 18 groups of Subject: Intercept 24.7 ms; Days 5.92. Correlation of Intercept and Days:
    0.07. Residual standard deviation: 25.6 ms.
    """

    def say(term: str, value: float, scale: float) -> str:
        decimals = decimals_for(scale)
        return quantity(value, decimals - (decimals > 2), unit if term == "Intercept" else "")

    fixed = [
        _("{term} {value} (SE {se})", term=t, value=say(t, fit.fixef[t], se), se=say(t, se, se))
        for t, se in fit.fixef_se.items()
    ]
    said = [
        _(
            "A mixed model, fitted by {method} to {n} observations: {fixed}.",
            method=fit.method,
            n=number(fit.n_obs, 0),
            fixed="; ".join(fixed),
        )
    ]
    for factor, J in fit.n_groups.items():
        spread = [f"{t} {say(t, sd, sd)}" for t, sd in fit.varcorr[factor].sd.items()]
        said.append(
            ngettext(
                "Standard deviation in {n} group of {factor}: {spread}.",
                "Standard deviations over {n} groups of {factor}: {spread}.",
                J,
                factor=factor,
                spread="; ".join(spread),
            )
        )
        said += _correlations(fit.varcorr[factor].corr)
    sigma = say("Intercept", fit.sigma, fit.sigma)
    said.append(_("Residual standard deviation: {sigma}.", sigma=sigma))
    if fit.is_boundary:
        said.append(
            _(
                "It is a boundary fit: the estimated covariance of the deviations over {factors} is singular.",
                factors=", ".join(fit.estimates.boundary_factors),
            )
        )
    return " ".join(said)


def shrinkage_plane(fit, *, factor=None, unit: str = "", slope_unit: str = "") -> str:
    """Say how the groups' slopes are drawn together in the plane of intercept and slope.

    Parameters
    ----------
    fit : LMMFit
    factor : str, optional
        As in the figure.
    unit, slope_unit : str
        The units of the intercept and of the slope.

    Returns
    -------
    str

    Examples
    --------
    >>> from hlm_teach.datasets import load
    >>> from hlm_teach.lmm import lmm as fit_lmm
    >>> fit = fit_lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
    >>> print(shrinkage_plane(fit, unit="ms", slope_unit="ms per day"))
    18 groups of Subject in the plane of Intercept and Days, around the fixed effects 251.4 ms and 10.5 ms per day.
    Least squares in each group alone gives slopes from −2.9 to 21.8 ms per day, partial pooling from −0.3 to
    19.7 ms per day.
    """
    read = plane(fit, factor)
    own = read.own.dropna()
    heights = Numbers.of(read.blup["intercept"], unit=unit)
    slopes = Numbers.of(read.blup["slope"], own["slope"], unit=slope_unit)
    J = len(read.blup)
    first = ngettext(
        "{n} group of {factor} in the plane of {intercept} and {slope}, around the fixed effects {centre} and {rise}.",
        "{n} groups of {factor} in the plane of {intercept} and {slope}, around the fixed effects {centre} and {rise}.",
        J,
        factor=read.factor,
        intercept=read.intercept,
        slope=read.slope,
        centre=heights(read.centre[0]),
        rise=slopes(read.centre[1]),
    )
    ends = {"lowest": slopes.bare(read.blup["slope"].min()), "highest": slopes(read.blup["slope"].max())}
    if own.empty:
        second = _(
            "No group has a line of its own; partial pooling has slopes from {lowest} to {highest}.", **ends
        )
        return f"{first} {second}"
    second = _(
        "Least squares in each group alone gives slopes from {low} to {high}, partial pooling from {lowest} to "
        "{highest}.",
        low=slopes.bare(own["slope"].min()),
        high=slopes(own["slope"].max()),
        **ends,
    )
    missing = J - len(own)
    if not missing:
        return f"{first} {second}"
    third = ngettext(
        "One group has too little data for a line of its own.",
        "{n} groups have too little data for a line of their own.",
        missing,
    )
    return f"{first} {second} {third}"


@dataclass(frozen=True)
class Numbers:
    """How the numbers of one set are said: with the same decimals, and with the unit or bare."""

    decimals: int
    unit: str

    @classmethod
    def of(cls, *values, unit: str = "") -> Numbers:
        """Choose the decimals for some values."""
        return cls(decimals_for(*values), unit)

    def __call__(self, value: float) -> str:
        return quantity(value, self.decimals, self.unit)

    def bare(self, value: float) -> str:
        return number(value, self.decimals)


def _count_above(n: int, line: str) -> str:
    if n == 0:
        return _("No interval lies wholly above the line at {line}.", line=line)
    return ngettext(
        "One interval lies wholly above the line at {line}.",
        "{n} intervals lie wholly above the line at {line}.",
        n,
        line=line,
    )


def _count_below(n: int) -> str:
    if n == 0:
        return _("No interval lies wholly below the line.")
    return ngettext("One interval lies wholly below the line.", "{n} intervals lie wholly below the line.", n)


def _lines(kind: str, table, heights: Numbers, slopes: Numbers) -> str:
    """Say how the lines of one kind differ between the groups."""
    if table.empty:
        return _("No group has enough data for a line of its own.")
    slope, height = table["slope"], table["intercept"]
    parallel, level = _same(slope), _same(height)
    if parallel and level:
        return _(LINES_SAID[kind, "one"], intercept=heights(height.iloc[0]), slope=slopes(slope.iloc[0]))
    shown, say = (height, heights) if parallel else (slope, slopes)
    ends = {
        "low": say(shown.min()),
        "high": say(shown.max()),
        "lowest": shown.idxmin(),
        "highest": shown.idxmax(),
    }
    if parallel:
        return _(LINES_SAID[kind, "parallel"], slope=slopes(slope.iloc[0]), **ends)
    return _(LINES_SAID[kind, "slopes"], **ends)


def _correlations(corr) -> list[str]:
    """Say each correlation that is defined."""
    names = list(corr.columns)
    pairs = [(a, b) for i, b in enumerate(names) for a in names[:i] if np.isfinite(corr.loc[a, b])]
    return [_("Correlation of {a} and {b}: {r}.", a=a, b=b, r=number(corr.loc[a, b], 2)) for a, b in pairs]


def _same(values) -> bool:
    return float(np.ptp(values)) <= NEGLIGIBLE * max(1.0, float(np.abs(values).max()))

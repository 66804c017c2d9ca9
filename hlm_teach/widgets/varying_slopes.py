"""W4, varying slopes: intercepts that depend on an origin, slopes that do not, and the correlation between them.

    y_ij = (β0 + u_0j) + (β1 + u_1j)(x_ij − c) + e_ij,    Var(u_0) = τ0²,  Var(u_1) = τ1²,  Cov = ρτ0τ1

c is the learner's choice. Moving it moves neither a line nor the criterion, but τ0 and ρ: an intercept is the height of a
line at the origin. Leave the correlation out (``||``) and the origin becomes part of the model.

Three pictures of one state: the lines; the plane of intercepts and slopes, where each group's own line is drawn towards the
mean of all; and Var(y | x), which is smallest where the lines lie closest together. Below, the criterion as a landscape.

What this file does not do: compute the closed form (`varying_slopes_fit`), or estimate (`hlm_teach.lmm` does; the browser has
a small optimiser of its own for data that the learner has moved).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import traitlets as t

from hlm_teach.datasets import load
from hlm_teach.lmm import lmm
from hlm_teach.locale import _
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.varying_slopes_fit import Spread, VaryingState, closed_form
from hlm_teach.widgets.varying_slopes_lines import Lines
from hlm_teach.widgets.varying_slopes_picture import picture
from hlm_teach.widgets.varying_slopes_words import MESSAGES, ask, sentence

__all__ = ["VaryingSlopes"]

SHOWN = 60  # no more groups than these are drawn
SLEEP = ("Reaction", "Days", "Subject")


class VaryingSlopes(Exploration):
    """Explore varying intercepts and slopes: origin, correlation, and the surface of the criterion.

    Model: y_ij = a_j + b_j·x_ij + e_ij, (a_j, b_j) ~ N(β, T).

    Parameters
    ----------
    data : DataFrame, optional
        One row per unit; by default the sleep study: 18 subjects, 10 days.
    response, x, group : str
        The columns of y, of x and of the groups; needed with data.
    origin : float
        Where x is counted from, finite.
    uncorrelated : bool
        Whether the correlation is left out (``||``).
    tau0, tau1, rho : float, optional
        SD of intercepts and slopes and their correlation, all at x = 0; give all three or none. By default the REML estimates.
    question : None or False
        None asks what changes with the origin, False asks nothing.

    Attributes
    ----------
    origin, uncorrelated, chosen, selected, surface
        The state; ``chosen`` is [τ0, τ1, ρ] at x = 0, or empty for the REML estimates; ``surface`` is "slopes" or "both".
    lines : list
        Each group's own line: intercept at x = 0 and slope.
    state : VaryingState
        All numbers of the state; ``best`` is that of the REML estimates.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError, TraitError
        If the data hold no two lines that vary, or a number is none: the message says which.

    Notes
    -----
    With M = [[1, c], [0, 1]] the covariance at the origin c is M T M'; the lines lie closest together at −ρτ0/τ1.
    σ stands at its REML estimate while τ0, τ1 and ρ are moved. A group's line that is moved keeps its rows' distances from it.

    References
    ----------
    Bates, D. (2010), *lme4: Mixed-effects Modeling with R*, ch. 3. Belenky, G. et al. (2003), *Journal of Sleep Research* 12.

    Examples
    --------
    >>> w = VaryingSlopes(question=False)
    >>> s = w.state
    >>> round(s.criterion, 3), round(s.spread.rho, 3), round(s.narrowest, 3)
    (1743.628, 0.066, -0.274)
    >>> w.origin = 4.5
    >>> round(w.state.criterion, 3), round(w.state.spread.rho, 3)
    (1743.628, 0.753)
    >>> VaryingSlopes(tau0=-1, tau1=2, rho=0)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: tau0 and tau1 must be finite SDs >= 0 and rho a correlation, but they are -1, 2 and 0.
    """

    SOURCE = "varying_slopes.js"
    MESSAGES = MESSAGES
    BENCH = "Where is Days = 0?"

    origin = t.Float(0.0).tag(sync=True)
    uncorrelated = t.Bool(False).tag(sync=True)
    chosen = t.List(t.Float()).tag(sync=True)
    selected = t.Int(0).tag(sync=True)
    surface = t.Enum(["slopes", "both"], "slopes").tag(sync=True)
    lines = t.List().tag(sync=True)
    start = t.List().tag(sync=True)
    groups = t.Dict().tag(sync=True)
    rows = t.Dict().tag(sync=True)
    shown = t.List(t.Int()).tag(sync=True)
    names = t.List(t.Unicode()).tag(sync=True)
    marks = t.List(t.Float()).tag(sync=True)
    dials = t.Dict().tag(sync=True)
    digits = t.Int(2).tag(sync=True)
    slope_digits = t.Int(3).tag(sync=True)
    x_digits = t.Int(2).tag(sync=True)

    def __init__(self, data=None, response=None, x=None, group=None, *, origin=0.0, uncorrelated=False,
                 tau0=None, tau1=None, rho=None, question=None, **kwargs: Any) -> None:  # fmt: skip
        if data is None:
            data, (response, x, group) = load("sleepstudy"), SLEEP
        self._data = Lines.of(data, response, x, group)
        self._fits: dict[Any, tuple[Spread, float]] = {}
        own = [[float(a), float(b)] for a, b in zip(self._data.a, self._data.b, strict=True)]
        super().__init__(
            lines=own, start=own, names=[str(x), str(response), str(group)], **self._scales(), **kwargs
        )
        self.origin, self.uncorrelated = origin, uncorrelated
        given = [tau0, tau1, rho]
        if any(v is not None for v in given):
            self.chosen = [math.nan if v is None else v for v in given]
        if question is None:
            self.question, self.committed = ask(self), False

    @classmethod
    def from_data(cls, data: pd.DataFrame, response: str, x: str, group: str, **kwargs: Any) -> VaryingSlopes:
        """Return the widget of a data set: the columns of y, of x and of the groups.

        Examples
        --------
        >>> w = VaryingSlopes.from_data(load("sleepstudy"), "Reaction", "Days", "Subject")
        >>> round(w.state.spread.tau0, 2)
        24.74
        >>> VaryingSlopes.from_data(load("sleepstudy"), "Reaction", "Day", "Subject")
        Traceback (most recent call last):
        ...
        ValueError: There is no column 'Day'. The columns are: Reaction, Days, Subject.
        """
        return cls(data, response, x, group, **kwargs)

    def _scales(self) -> dict[str, Any]:
        """Return what the picture needs beside the lines: sizes, the rows drawn, decimals, and the ends of the dials."""
        d = self._data
        J = len(d.n)
        shown = sorted({k * J // min(J, SHOWN) for k in range(min(J, SHOWN))})
        kept = np.isin(d.row_g, shown)
        low, high = float(d.row_x.min()), float(d.row_x.max())
        step = _round_below((high - low) / 36)
        first = math.floor((low - 0.25 * (high - low)) / step)
        last = math.ceil((high + 0.25 * (high - low)) / step)
        spread, sigma = self._estimate(None, d)
        far = max(spread.moved(v * step).tau0 for v in (first, last))
        slope = max(spread.tau1, sigma / _unit(d) / 2)
        return {
            "groups": {"n": d.n.tolist(), "mx": d.mx.tolist(), "sxx": d.sxx.tolist(), "rss": d.rss.tolist(),
                       "labels": d.labels},
            "rows": {"x": d.row_x[kept].tolist(), "e": d.row_e[kept].round(6).tolist(), "g": d.row_g[kept].tolist()},
            "shown": shown,
            "marks": [low, (low + high) / 2, high],
            "dials": {"origin": [first * step, last * step, step], "tau0": 1.5 * max(far, sigma / 2), "tau1": 2.5 * slope},
            "digits": _decimals(sigma),
            "slope_digits": _decimals(slope),
            "x_digits": _decimals(10 * (high - low)),
        }  # fmt: skip

    @t.validate("origin")
    def _check_origin(self, proposal: dict) -> float:
        if not abs(proposal["value"]) < 1e9:
            raise t.TraitError(
                _("origin must be a finite number, but origin = {found}.", found=proposal["value"])
            )
        return proposal["value"]

    @t.validate("chosen")
    def _check_chosen(self, proposal: dict) -> list[float]:
        value = proposal["value"]
        fine = not value or (
            len(value) == 3 and all(0 <= v < math.inf for v in value[:2]) and abs(value[2]) <= 1
        )
        if not fine:
            tau0, tau1, rho = (f"{v:g}" for v in (*value, math.nan, math.nan, math.nan)[:3])
            raise t.TraitError(
                _(
                    "tau0 and tau1 must be finite SDs >= 0 and rho a correlation, but they are {tau0}, {tau1} and {rho}.",
                    tau0=tau0,
                    tau1=tau1,
                    rho=rho,
                )
            )
        return value

    @t.validate("lines")
    def _check_lines(self, proposal: dict) -> list:
        value = [[float(v) for v in line] for line in proposal["value"]]
        if len(value) != len(self._data.n) or not np.all(np.isfinite(value)):
            raise t.TraitError(
                _(
                    "lines must hold a finite intercept and slope for each of the {J} groups.",
                    J=len(self._data.n),
                )
            )
        return value

    @t.validate("selected")
    def _check_selected(self, proposal: dict) -> int:
        return min(max(0, proposal["value"]), len(self._data.n) - 1)

    @property
    def second_source(self) -> str:
        """The file of the pictures."""
        return "varying_slopes_views.js"

    @property
    def data(self) -> Lines:
        """The groups' lines as they are now, with their rows."""
        return self._data.with_lines(self.lines)

    def _estimate(self, origin: float | None, data: Lines) -> tuple[Spread, float]:
        """Return the REML estimates: with a correlation, at x = 0 (origin None), or without one, at this origin."""
        key = (origin, data.a.tobytes(), data.b.tobytes())
        if key not in self._fits:
            rows = data.rows
            if origin is None:
                fit = lmm("y ~ x + (x | g)", rows)
            else:
                fit = lmm("y ~ x + (x || g)", rows.assign(x=rows["x"] - origin))
            if len(self._fits) > 500:
                self._fits.clear()
            T, sigma = fit.varcorr["g"].cov.to_numpy().copy(), float(fit.sigma)
            if math.sqrt(T[1, 1]) * _unit(data) < 1e-5 * sigma:  # slopes that do not vary
                T[1, :] = T[:, 1] = 0.0
            self._fits[key] = Spread.of(T), sigma
        return self._fits[key]

    @property
    def best(self) -> VaryingState:
        """The state of the REML estimates with a correlation, at this origin."""
        data = self.data
        spread, sigma = self._estimate(None, data)
        return closed_form(data, spread.moved(self.origin), sigma, self.origin)

    @property
    def state(self) -> VaryingState:
        """All numbers of the state shown."""
        data = self.data
        if self.uncorrelated:
            spread, sigma = self._estimate(self.origin, data)
            return closed_form(data, Spread(spread.tau0, spread.tau1, 0.0), sigma, self.origin)
        spread, sigma = self._estimate(None, data)
        base = Spread(*self.chosen) if self.chosen else spread
        return closed_form(data, base.moved(self.origin), sigma, self.origin)

    @property
    def is_boundary(self) -> bool:
        """Whether the estimates shown lie on the boundary: an SD of 0, or a correlation of ±1."""
        if self.chosen and not self.uncorrelated:
            return False
        state, d = self.state, self._data
        middle = float(d.n @ d.mx / d.n.sum())
        s = state.spread if self.uncorrelated else state.spread.moved(middle - self.origin)
        return min(s.tau0, s.tau1 * _unit(d)) < 1e-4 * state.sigma or 1 - s.rho**2 < 1e-6

    def set_line(self, group: int | str, intercept: float | None = None, slope: float | None = None) -> None:
        """Move a group's own line; the estimates follow.

        Parameters
        ----------
        group : int or str
            Its index, or its label.
        intercept : float, optional
            The new height at the origin.
        slope : float, optional
            The new slope; the height at the origin stays.
        """
        labels = self.groups["labels"]
        j = labels.index(group) if group in labels else group
        if not isinstance(j, (int, np.integer)) or not 0 <= j < len(labels):
            raise ValueError(
                _("group must be a label or an index from 0 to {last}, but it is {found!r}.",
                  last=len(labels) - 1, found=group)
            )  # fmt: skip
        a, b = self.lines[j]
        height = a + b * self.origin if intercept is None else intercept
        b = b if slope is None else slope
        lines = [list(line) for line in self.lines]
        lines[j] = [height - b * self.origin, b]
        with self.hold_sync():
            self.lines, self.chosen, self.selected = lines, [], int(j)

    def reset(self) -> None:
        """Go back to the data, x counted from 0, and the REML estimates."""
        with self.hold_sync():
            self.lines, self.chosen, self.origin, self.uncorrelated = self.start, [], 0.0, False

    @property
    def sentence(self) -> str:
        """The state in words, with its numbers; the browser writes the same."""
        return sentence(self) if self.committed else self.strings["closed"].format(J=len(self.lines))

    @property
    def caption(self) -> str:
        """The sentence of the static picture, which is always open."""
        return sentence(self)

    def picture(self) -> str:
        """The state as a static ``<svg>``, drawn without a browser."""
        return picture(self)


def _decimals(size: float) -> int:
    """Return how many decimals give a number of this size four digits; none above a thousand."""
    return min(8, max(0, 3 - math.floor(math.log10(size))))


def _unit(data: Lines) -> float:
    """Return the SD of x inside groups: what makes a slope comparable with an intercept."""
    return math.sqrt(float(data.sxx.sum() / data.n.sum()))


def _round_below(value: float) -> float:
    """Return the next lower number of the kind 1, 2, 2.5 or 5 times a power of ten."""
    unit = 10.0 ** math.floor(math.log10(value))
    return max(k for k in (1, 2, 2.5, 5) if k * unit <= value) * unit

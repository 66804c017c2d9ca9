"""The static picture of the varying-slopes widget, for readers without scripts.

Left the groups' estimated lines, the selected one with its own line; right the plane of intercepts and slopes with the
ellipses that hold 50 and 95 % of such lines; below the variance of y over x.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.sentences import fixed
from hlm_teach.widgets.svg import (
    BLUE,
    GREY,
    INK,
    RED,
    SOFT,
    WIDTH,
    bottom_axis,
    circle,
    diamond,
    left_axis,
    line,
    linear,
    path,
    polyline,
    svg,
    text,
)
from hlm_teach.widgets.varying_slopes_fit import VaryingState

if TYPE_CHECKING:
    from hlm_teach.widgets.varying_slopes import VaryingSlopes

__all__ = ["ellipse", "picture"]


def picture(w: VaryingSlopes) -> str:
    """Draw lines, plane and variance."""
    state = w.state
    return svg(520, w.caption, _lines(w, state), _plane(w, state), _variance(w, state))


def ellipse(state: VaryingState, share: float, points: int = 60) -> np.ndarray:
    """Return points (k, 2) of the ellipse that holds a share of the lines N(β, T).

    >>> from hlm_teach.widgets.varying_slopes_fit import Spread
    >>> state = VaryingState(0.0, Spread(3.0, 1.0, 0.0), 1.0, np.zeros(2), np.zeros((1, 2)), np.zeros((1, 2)), 0.0)
    >>> ellipse(state, 0.95).max(axis=0).round(2)
    array([7.34, 2.45])
    """
    s, angle = state.spread, np.linspace(0, 2 * math.pi, points + 1)
    root = np.array([[s.tau0, 0.0], [s.rho * s.tau1, math.sqrt(max(0.0, 1 - s.rho**2)) * s.tau1]])
    return (
        state.beta
        + math.sqrt(-2 * math.log(1 - share)) * np.column_stack([np.cos(angle), np.sin(angle)]) @ root.T
    )


def _span(values: np.ndarray) -> tuple[float, float]:
    room = 0.06 * float(np.ptp(values)) or 1.0
    return float(values.min()) - room, float(values.max()) + room


def _lines(w: VaryingSlopes, state: VaryingState) -> str:
    x0, x1 = w.dials["origin"][:2]
    ends = np.array([x0, x1])
    heights = state.estimate[w.shown, :1] + state.estimate[w.shown, 1:] * (ends - w.origin)
    own = state.own[w.selected, 0] + state.own[w.selected, 1] * (ends - w.origin)
    low, high = _span(np.concatenate([heights.ravel(), own]))
    x, y = linear(x0, x1, 50, 310), linear(low, high, 260, 26)
    marks = [bottom_axis(x, 260, x0, x1, w.names[0], 5), left_axis(y, 50, low, high, w.names[1])]
    for row in heights:
        marks.append(path(polyline(zip(x(ends), y(row), strict=True)), GREY))
    mean = state.beta[0] + state.beta[1] * (ends - w.origin)
    marks.append(path(polyline(zip(x(ends), y(mean), strict=True)), INK, 'stroke-width="3"'))
    chosen = state.estimate[w.selected, 0] + state.estimate[w.selected, 1] * (ends - w.origin)
    if w.groups["sxx"][w.selected] > 0:
        marks.append(
            path(polyline(zip(x(ends), y(own), strict=True)), RED, 'stroke-dasharray="6 4" stroke-width="2"')
        )
    marks.append(path(polyline(zip(x(ends), y(chosen), strict=True)), RED, 'stroke-width="2.6"'))
    if x0 <= w.origin <= x1:
        marks.append(line(x(w.origin), 26, x(w.origin), 260, SOFT, 'stroke-dasharray="2 3"'))
    return "".join(marks)


def _plane(w: VaryingSlopes, state: VaryingState) -> str:
    rings = [ellipse(state, share) for share in (0.5, 0.95)]
    known = [j for j in w.shown if w.groups["sxx"][j] > 0]
    away = np.abs(
        state.own[known] - state.beta
    )  # a line through two close points may lie anywhere: left outside
    near = [
        j for j, far in zip(known, (away > 8 * np.median(away, axis=0)).any(axis=1), strict=True) if not far
    ]
    every = np.concatenate([*rings, state.own[near], state.estimate[w.shown]])
    (low0, high0), (low1, high1) = _span(every[:, 0]), _span(every[:, 1])
    x, y = linear(low0, high0, 380, WIDTH - 16), linear(low1, high1, 260, 26)
    marks = [
        bottom_axis(x, 260, low0, high0, w.strings["plane_x"], 4),
        left_axis(y, 380, low1, high1, w.strings["plane_y"]),
    ]
    marks += [path(polyline((x(a), y(b)) for a, b in ring), BLUE, f'stroke-dasharray="{dash}"')
              for ring, dash in zip(rings, ("none", "6 4"), strict=True)]  # fmt: skip
    for j in w.shown:
        end = x(state.estimate[j, 0]), y(state.estimate[j, 1])
        if j in near:
            begin = x(state.own[j, 0]), y(state.own[j, 1])
            marks += [line(*begin, *end, GREY), circle(*begin, 4, RED if j == w.selected else INK)]
        marks.append(diamond(*end, 4.5, RED if j == w.selected else BLUE))
    return "".join(marks)


def _variance(w: VaryingSlopes, state: VaryingState) -> str:
    x0, x1 = w.dials["origin"][:2]
    xs = np.linspace(x0, x1, 61)
    values = np.array([state.variance_at(v) for v in xs])
    top = 1.05 * float(values.max())
    x, y = linear(x0, x1, 60, WIDTH - 16), linear(0, top, 470, 340)
    title = w.strings["variance_title"].format(x=w.names[0], y=w.names[1])
    marks = [bottom_axis(x, 470, x0, x1, w.names[0], 8), left_axis(y, 60, 0, top, title, 3)]
    marks.append(path(polyline(zip(x(xs), y(values), strict=True)), BLUE, 'stroke-width="2"'))
    at = state.narrowest
    if at is not None and x0 <= at <= x1:
        marks.append(line(x(at), y(state.variance_at(at)), x(at), 470, SOFT, 'stroke-dasharray="2 3"'))
        marks.append(circle(x(at), y(state.variance_at(at)), 5, RED))
        marks.append(text(x(at) + 8, y(state.variance_at(at)) - 8, f"{w.names[0]} = {fixed(at, w.x_digits)}"))
    return "".join(marks)

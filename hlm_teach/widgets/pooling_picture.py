"""The static pictures of the pooling explorer, for readers without scripts.

They show what the live picture shows, as a plain SVG of a few kilobytes: hollow circles for the group means (area by n),
filled diamonds for the estimates, arrows for the movement; or the path of every estimate from complete pooling to none.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.pooling import partial_pooling
from hlm_teach.widgets.svg import (
    BLUE,
    GREY,
    INK,
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

if TYPE_CHECKING:
    from hlm_teach.widgets.pooling_explorer import PoolingExplorer

__all__ = ["path_picture", "rows_picture"]


def _span(y: np.ndarray) -> tuple[float, float]:
    room = 0.08 * np.ptp(y) or 1.0
    return float(y.min() - room), float(y.max() + room)


def _radius(w: PoolingExplorer, j: int) -> float:
    """Return the radius of a circle whose area goes with n, down to what can still be seen."""
    return max(3.0, 12 * math.sqrt(w.n[j] / max(w.n)))


def _shown(J: int, most: int = 100) -> list[int]:
    return [k * J // min(J, most) for k in range(min(J, most))]


def _key(w: PoolingExplorer, y: float) -> str:
    """Say what the marks are."""
    marks = [circle(13, y - 4, 5), text(24, y, w.strings["key_mean"]), diamond(207, y - 4)]
    return "".join([*marks, text(218, y, w.strings["key_estimate"])])


def rows_picture(w: PoolingExplorer) -> str:
    """Draw a row per group: its mean, its estimate, and the movement between them."""
    fit, shown = w.fit, _shown(len(w.y))
    low, high = _span(np.concatenate([fit.y, fit.estimate]))
    step, top, left = min(26.0, max(6.0, 430 / len(shown))), 26, 190
    bottom = top + step * len(shown)

    x = linear(low, high, left, WIDTH - 20)
    marks = [bottom_axis(x, bottom, low, high, w.units)]
    mu = partial_pooling(fit.y, fit.se, w.tau).mu
    marks += [line(x(mu), top - 6, x(mu), bottom, INK, 'stroke-width="2"')]
    marks += [line(x(w.grand_mean), top - 6, x(w.grand_mean), bottom, SOFT, 'stroke-dasharray="5 4"')]
    side = 1 if mu >= w.grand_mean else -1
    marks += [text(x(mu) + 4 * side, 14, "μ̂", "start" if side > 0 else "end")]
    marks += [text(x(w.grand_mean) - 4 * side, 14, "ȳ_all", "end" if side > 0 else "start", SOFT)]
    for row, j in enumerate(shown):
        y = top + step * (row + 0.5)
        a, b = x(fit.y[j]), x(fit.estimate[j])
        if step >= 13:
            marks += [
                text(8, y + 4, w.labels[j][:18]),
                text(left - 14, y + 4, f"n = {w.n[j]}", "end", SOFT),
            ]
        marks += [line(a, y, b, y, BLUE, 'stroke-width="1.6"')] if abs(a - b) > 1 else []
        marks += [circle(a, y, min(_radius(w, j), 0.5 * step)), diamond(b, y, min(6, step / 2))]
    return svg(bottom + 42, w.caption, *marks, _key(w, bottom + 33))


def path_picture(w: PoolingExplorer, tau_of: Callable[[float], float]) -> str:
    """Draw every estimate from complete pooling (left) to none (right)."""
    fit, shown = w.fit, _shown(len(w.y))
    low, high = _span(fit.y)
    top, height, left, right = 26, 360, 56, WIDTH - 170

    y = linear(low, high, height - 30, top)
    shares = np.linspace(0, 1, 41)
    paths = np.array([partial_pooling(fit.y, fit.se, tau_of(s)).estimate for s in shares])
    marks = [left_axis(y, left, low, high, w.units)]
    marks += [
        text(left, height - 12, w.strings["complete"]),
        text(right, height - 12, w.strings["none"], "end"),
    ]
    here = (
        float(np.interp(min(w.tau, 1e300), [tau_of(s) for s in shares[:-1]], shares[:-1]))
        if w.tau < math.inf
        else 1.0
    )
    at = left + here * (right - left)
    marks.append(line(at, top - 4, at, height - 30, BLUE, 'stroke-width="1.5"'))
    floor, gap = math.inf, min(15.0, (height - top) / len(shown))
    for j in sorted(shown, key=lambda j: fit.y[j]):
        way = polyline((left + s * (right - left), y(v)) for s, v in zip(shares, paths[:, j], strict=True))
        marks.append(path(way, GREY, 'stroke-width="1.6"'))
        marks.append(circle(right, y(fit.y[j]), 0.7 * _radius(w, j)))
        marks.append(diamond(at, y(fit.estimate[j]), 5))
        floor = min(y(fit.y[j]), floor - gap)
        marks += [text(right + 14, floor + 4, f"{w.labels[j][:14]}  n = {w.n[j]}")] if gap >= 9 else []
    return svg(height + 20, w.caption, *marks, _key(w, height + 12))

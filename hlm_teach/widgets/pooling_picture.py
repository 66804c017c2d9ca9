"""The static pictures of the pooling explorer, for readers without scripts.

They show what the live picture shows, as a plain SVG of a few kilobytes: hollow circles for the group means (area by n),
filled diamonds for the estimates, arrows for the movement; or the path of every estimate from complete pooling to none.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.pooling import partial_pooling
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.pooling_explorer import PoolingExplorer

__all__ = ["path_picture", "rows_picture"]

INK, SOFT, BLUE = "#1f2328", "#57606a", "#0072b2"
WIDTH = 640


def _svg(height: float, title: str, *marks: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" role="img"'
    label = html.escape(title, quote=True)
    return f'{head} aria-label="{label}" font-family="system-ui, sans-serif" font-size="12">{"".join(marks)}</svg>'


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{html.escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = SOFT, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def _circle(x: float, y: float, r: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="#fff" stroke="{INK}" stroke-width="1.8"/>'


def _diamond(x: float, y: float, r: float = 6) -> str:
    return f'<path d="M{x - r:.1f},{y:.1f}l{r},{-r}l{r},{r}l{-r},{r}Z" fill="{BLUE}"/>'


def _ticks(low: float, high: float, count: int = 6) -> list[tuple[float, str]]:
    """Return about ``count`` round numbers from low to high, with their texts."""
    unit = 10 ** math.floor(math.log10((high - low) / count))
    step = next(k * unit for k in (1, 2, 5, 10) if k * unit * count >= high - low)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return [
        (k * step, fixed(k * step, digits)) for k in range(math.ceil(low / step), math.floor(high / step) + 1)
    ]


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
    marks = [_circle(13, y - 4, 5), _text(24, y, w.strings["key_mean"]), _diamond(207, y - 4)]
    return "".join([*marks, _text(218, y, w.strings["key_estimate"])])


def rows_picture(w: PoolingExplorer) -> str:
    """Draw a row per group: its mean, its estimate, and the movement between them."""
    fit, shown = w.fit, _shown(len(w.y))
    low, high = _span(np.concatenate([fit.y, fit.estimate]))
    step, top, left = min(26.0, max(6.0, 430 / len(shown))), 26, 190
    bottom = top + step * len(shown)

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (WIDTH - left - 20)

    marks = [_line(left, bottom, WIDTH - 20, bottom)]
    for value, text in _ticks(low, high):
        marks += [
            _line(x(value), bottom, x(value), bottom + 4),
            _text(x(value), bottom + 17, text, "middle", SOFT),
        ]
    marks.append(_text(WIDTH - 20, bottom + 33, w.units, "end"))
    mu = partial_pooling(fit.y, fit.se, w.tau).mu
    marks += [_line(x(mu), top - 6, x(mu), bottom, INK, 'stroke-width="2"')]
    marks += [_line(x(w.grand_mean), top - 6, x(w.grand_mean), bottom, SOFT, 'stroke-dasharray="5 4"')]
    side = 1 if mu >= w.grand_mean else -1
    marks += [_text(x(mu) + 4 * side, 14, "μ̂", "start" if side > 0 else "end")]
    marks += [_text(x(w.grand_mean) - 4 * side, 14, "ȳ_all", "end" if side > 0 else "start", SOFT)]
    for row, j in enumerate(shown):
        y = top + step * (row + 0.5)
        a, b = x(fit.y[j]), x(fit.estimate[j])
        if step >= 13:
            marks += [
                _text(8, y + 4, w.labels[j][:18]),
                _text(left - 14, y + 4, f"n = {w.n[j]}", "end", SOFT),
            ]
        marks += [_line(a, y, b, y, BLUE, 'stroke-width="1.6"')] if abs(a - b) > 1 else []
        marks += [_circle(a, y, min(_radius(w, j), 0.5 * step)), _diamond(b, y, min(6, step / 2))]
    return _svg(bottom + 42, w.caption, *marks, _key(w, bottom + 33))


def path_picture(w: PoolingExplorer, tau_of: Callable[[float], float]) -> str:
    """Draw every estimate from complete pooling (left) to none (right)."""
    fit, shown = w.fit, _shown(len(w.y))
    low, high = _span(fit.y)
    top, height, left, right = 26, 360, 56, WIDTH - 170

    def y(value: float) -> float:
        return height - 30 - (value - low) / (high - low) * (height - 30 - top)

    shares = np.linspace(0, 1, 41)
    paths = np.array([partial_pooling(fit.y, fit.se, tau_of(s)).estimate for s in shares])
    marks = [_line(left, top, left, height - 30)]
    for value, text in _ticks(low, high, 5):
        marks += [_line(left - 4, y(value), left, y(value)), _text(left - 8, y(value) + 4, text, "end", SOFT)]
    marks.append(_text(4, 14, w.units))
    marks += [
        _text(left, height - 12, w.strings["complete"]),
        _text(right, height - 12, w.strings["none"], "end"),
    ]
    here = (
        float(np.interp(min(w.tau, 1e300), [tau_of(s) for s in shares[:-1]], shares[:-1]))
        if w.tau < math.inf
        else 1.0
    )
    at = left + here * (right - left)
    marks.append(_line(at, top - 4, at, height - 30, BLUE, 'stroke-width="1.5"'))
    floor, gap = math.inf, min(15.0, (height - top) / len(shown))
    for j in sorted(shown, key=lambda j: fit.y[j]):
        points = "L".join(
            f"{left + s * (right - left):.1f},{y(v):.1f}" for s, v in zip(shares, paths[:, j], strict=True)
        )
        marks.append(f'<path d="M{points}" fill="none" stroke="#8c959f" stroke-width="1.6"/>')
        marks.append(_circle(right, y(fit.y[j]), 0.7 * _radius(w, j)))
        marks.append(_diamond(at, y(fit.estimate[j]), 5))
        floor = min(y(fit.y[j]), floor - gap)
        marks += [_text(right + 14, floor + 4, f"{w.labels[j][:14]}  n = {w.n[j]}")] if gap >= 9 else []
    return _svg(height + 20, w.caption, *marks, _key(w, height + 12))

"""The static picture of the within–between widget, for readers without scripts.

Points with one shape per group, the lines of the groups (thin), of their means (dashed), of all rows (thick), and of the
mixed model (dotted); with the group mean of x in the model, that model has two lines.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.svg import INK, SOFT, line, svg, text, ticks

if TYPE_CHECKING:
    from hlm_teach.widgets.within_between import WithinBetween

__all__ = ["picture"]

WIDTH, HEIGHT, LEFT, TOP = 640, 370, 50, 26
KINDS = {
    "within": 'stroke="#0072b2" stroke-width="1.4"',
    "between": 'stroke="#c14f00" stroke-width="2.4" stroke-dasharray="8 4"',
    "pooled": 'stroke="#1f2328" stroke-width="3"',
    "mixed": 'stroke="#007a59" stroke-width="3.2" stroke-dasharray="2 3"',
}
SHAPES = ("m-3,0a3,3 0 1 0 6,0a3,3 0 1 0-6,0", "m-3,-3h6v6h-6Z", "m-3.5,3h7l-3.5,-6Z", "m-3,-3l6,6m0,-6l-6,6")


def picture(w: WithinBetween) -> str:
    """Draw the rows, the groups' lines, and the three lines through all of them."""
    fit, p = w.fit, w.parts
    g, own = np.asarray(p["g"]), p["sx"] * np.sqrt(1 - w.icc) * np.asarray(p["v"])
    dx, dy = fit.x[g] + own, fit.y[g] + w.within * own + np.asarray(p["e"])
    far, high = 1.04 * float(np.abs(dx).max()), 1.04 * float(np.abs(dy).max())

    def x(value):
        return LEFT + (value + far) / (2 * far) * (WIDTH - 12 - LEFT)

    def y(value):
        return HEIGHT - (value + high) / (2 * high) * (HEIGHT - TOP)

    marks = [line(LEFT, HEIGHT, WIDTH - 12, HEIGHT), line(LEFT, TOP, LEFT, HEIGHT)]
    for value, words in ticks(p["x0"] - far, p["x0"] + far):
        at = x(value - p["x0"])
        marks += [line(at, HEIGHT, at, HEIGHT + 4), text(at, HEIGHT + 17, words, "middle", SOFT)]
    for value, words in ticks(p["y0"] - high, p["y0"] + high, 5):
        at = y(value - p["y0"])
        marks += [line(LEFT - 4, at, LEFT, at), text(LEFT - 8, at + 4, words, "end", SOFT)]
    marks += [text(WIDTH - 12, HEIGHT + 33, w.names[0], "end"), text(4, 14, w.names[1])]
    points = [f'<path d="{_marks(x(dx[g == j]), y(dy[g == j]), SHAPES[j % 4])}"/>' for j in range(len(fit.x))]
    marks.append(f'<g fill="none" stroke="{SOFT}">{"".join(points)}</g>')
    reach = 1.7 * p["sx"] * np.sqrt(1 - w.icc)
    ends = ((a, b, a - reach, a + reach) for a, b in zip(fit.x, fit.y, strict=True))
    crowd = min(1.0, np.sqrt(20 / len(fit.x)))
    thin = "".join(_path(x, y, (a, b), w.within, low, up, (-high, high)) for a, b, low, up in ends)
    marks.append(f'<path d="{thin}" fill="none" {KINDS["within"]} opacity="{crowd:.2f}"/>')
    marks.append(
        f'<path d="{_marks(x(fit.x), y(fit.y), "m0,-6l6,6l-6,6l-6,-6Z")}" fill="{INK}" stroke="#fff"/>'
    )
    lines = [("between", fit.between_at, fit.between), ("pooled", fit.pooled_at, fit.pooled)]
    mixed = (w.within, fit.mundlak_between) if w.mundlak else (fit.mixed,)
    for kind, at, slope in [*lines, *(("mixed", fit.mixed_at, slope) for slope in mixed)]:
        marks.append(
            f'<path d="{_path(x, y, at, slope, -far, far, (-high, high))}" fill="none" {KINDS[kind]}/>'
        )
    return svg(HEIGHT + 58, w.caption, *marks, *_key(w))


def _marks(x, y, shape: str) -> str:
    return "".join(f"M{a:.1f},{b:.1f}{shape}" for a, b in zip(x, y, strict=True))


def _path(x, y, at: tuple[float, float], slope: float, low: float, up: float, limits) -> str:
    """Return a line through a point from low to up, cut where it would leave the picture."""
    if slope:
        cuts = sorted(at[0] + (limit - at[1]) / slope for limit in limits)
        low, up = max(low, cuts[0]), min(up, cuts[1])
    ends = [(x(v), y(at[1] + slope * (v - at[0]))) for v in (low, up)]
    return "M" + "L".join(f"{a:.1f},{b:.1f}" for a, b in ends) if low < up else ""


def _key(w: WithinBetween) -> list[str]:
    """Say what the lines are."""
    marks, left = [], LEFT
    for kind, style in KINDS.items():
        words = w.strings[kind].lstrip("─╌━┅ ")  # here the line itself is drawn
        marks.append(f'<path d="M{left},{HEIGHT + 48}h28" fill="none" {style}/>')
        marks.append(text(left + 34, HEIGHT + 52, words))
        left += 60 + 7 * len(words)
    return marks

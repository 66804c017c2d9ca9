"""The static picture of the widget of few groups, for readers without scripts: 200 intervals, and the coverage over J.

An interval that misses the truth is red and thick, with a cross at its estimate.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.few_groups_numbers import coverage
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

if TYPE_CHECKING:
    from hlm_teach.widgets.few_groups import FewGroups

__all__ = ["picture"]

MIDDLE, TOP, BOTTOM = 380, 34, 340


def picture(w: FewGroups) -> str:
    """Draw the intervals and the coverage."""
    marks = [*_intervals(w), *_coverage(w)]
    keys = {"key_hit": 12, "key_miss": 150, "key_exact": MIDDLE + 40, "key_drawn": MIDDLE + 40}
    rows = dict.fromkeys(keys, BOTTOM + 56) | {"key_drawn": BOTTOM + 74}
    marks += [text(right, rows[key], w.strings[key], "start", SOFT) for key, right in keys.items()]
    return svg(BOTTOM + 84, w.caption, *marks)


def _intervals(w: FewGroups) -> list[str]:
    drawn = w.samples
    reach = 5 * math.sqrt(4 * (1 - w.icc + w.n * w.icc) / (w.J * w.n))
    x, y = linear(-reach, reach, 12, MIDDLE - 20), linear(0, len(drawn.estimate), TOP, BOTTOM)
    marks = [text(12, 14, w.strings["intervals"]), bottom_axis(x, BOTTOM, -reach, reach, "β̂")]
    for k, (estimate, half, hit) in enumerate(zip(drawn.estimate, drawn.half, drawn.covered, strict=True)):
        at = y(k + 0.5)
        if math.isfinite(half):
            ends = [x(max(-reach, min(reach, estimate + side * half))) for side in (-1, 1)]
            marks.append(
                line(
                    *np.insert(ends, 1, at), at, BLUE if hit else RED, f'stroke-width="{0.8 if hit else 1.8}"'
                )
            )
        if not hit or not math.isfinite(half):
            e = x(max(-reach, min(reach, estimate)))
            marks.append(path(f"M{e - 3:.1f},{at - 3:.1f}l6,6m0,-6l-6,6", RED if not hit else BLUE))
    return [*marks, line(x(0), TOP, x(0), BOTTOM, INK, 'stroke-width="1.6"')]


def _coverage(w: FewGroups) -> list[str]:
    places = range(4, 51, 2)
    shares = [100 * coverage(J, w.n, w.icc, w.method) for J in places]
    floor = 0.0 if min(shares) < 60 else 60.0
    x, y = linear(2, 50, MIDDLE + 40, WIDTH - 14), linear(floor, 100, BOTTOM, TOP + 10)
    marks = [
        left_axis(y, MIDDLE + 40, floor, 100, w.strings["curve"]),
        bottom_axis(x, BOTTOM, 2, 50, w.strings["curve_axis"]),
        line(x(2), y(95), x(50), y(95), GREY, 'stroke-dasharray="2 3"'),
        path(
            polyline((x(J), y(share)) for J, share in zip(places, shares, strict=True)),
            BLUE,
            'stroke-width="2.4"',
        ),
    ]
    exact = 100 * w.coverage(w.method)
    if math.isfinite(exact):
        marks.append(circle(x(w.J), y(max(floor, 100 * float(w.samples.covered.mean()))), 6, RED))
        marks.append(diamond(x(w.J), y(max(floor, exact)), 7))
    return marks

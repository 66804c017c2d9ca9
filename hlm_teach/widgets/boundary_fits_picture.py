"""The static picture of the widget of boundary fits, for readers without scripts.

Above the deviance over τ², drawn on in grey dashes where no variance can be; below it τ̂² of 500 data sets before the cut at 0.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

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
    from hlm_teach.widgets.boundary_fits import BoundaryFits

__all__ = ["picture"]

LEFT, RIGHT, BASE, HIGH, BINS = 50, WIDTH - 14, 290, 80, 40


def picture(w: BoundaryFits) -> str:
    """Draw the curve, both lowest points, the interval and the data sets."""
    fit, raw = w.fit, w.raw
    noise = max(fit.unit, w.truth[1] ** 2) / fit.n
    low, far = -1.25 * noise, _round(max(float(np.sort(raw)[489]), 1.3 * fit.tau2_raw, noise))
    x, y = linear(low, far, LEFT, RIGHT), linear(0, 8, 156, 30)
    floor = fit.lowest - w.rise

    def curve(start: float, end: float) -> str:
        found = [(tau2, fit.at_variance(tau2) - floor) for tau2 in np.linspace(start, end, 81)]
        inside = [(x(tau2), y(rise)) for tau2, rise in found if rise < 8.2]
        return polyline(inside) if inside else ""

    ends = [x(min(far, end**2)) for end in fit.interval]
    at = x(min(far, fit.tau**2))
    marks = [
        f'<rect x="{LEFT}" y="26" width="{x(0) - LEFT:.1f}" height="{BASE - 26}" fill="#eef0f2"/>',
        left_axis(y, LEFT, 0, 8, w.strings["curve"]),
        path(curve(low, 0), GREY, 'stroke-width="2" stroke-dasharray="4 4"'),
        path(curve(0, far), BLUE, 'stroke-width="2.6"'),
        line(ends[0], 172, ends[1], 172, BLUE, 'stroke-width="4"'),
        *_bars(raw, low, far, x),
        line(x(0), 26, x(0), BASE, INK, 'stroke-width="1.6"'),
        text(LEFT, BASE - HIGH - 10, w.strings["histogram"].format(sets=len(raw))),
        circle(x(max(low, fit.tau2_raw)), y(0), 5, RED),
        diamond(at, y(min(8.0, w.rise)), 7),
        bottom_axis(x, BASE, low, far, w.strings["axis"]),
    ]
    keys = {"key_curve": 0, "key_raw": 105, "key_estimate": 220, "key_forbidden": 425}
    marks += [text(LEFT + right, BASE + 56, w.strings[key], "start", SOFT) for key, right in keys.items()]
    return svg(BASE + 66, w.caption, *marks)


def _bars(raw: np.ndarray, low: float, far: float, x) -> list[str]:
    """Draw the histogram; its bins meet at 0, and the bars left of it are open."""
    wide = (far - low) / BINS
    first = math.floor(low / wide)
    place = np.clip(np.floor(raw / wide).astype(int) - first, 0, BINS - 1)
    counts = {side: np.bincount(place[(raw > 0) == side], minlength=BINS) for side in (False, True)}
    most = max(int(count.max()) for count in counts.values())
    marks = []
    for side, (inside, colour) in {False: ("#fff", RED), True: ("#a9cfe8", BLUE)}.items():
        for k in np.flatnonzero(counts[side]):
            a, b = x(max(low, (k + first) * wide)), x(min(far, (k + first + 1) * wide))
            if b - a > 1:
                high = HIGH * counts[side][k] / most
                marks.append(
                    f'<rect x="{a + 0.5:.1f}" y="{BASE - high:.1f}" width="{b - a - 1:.1f}" height="{high:.1f}" '
                    f'fill="{inside}" stroke="{colour}"/>'
                )
    return marks


def _round(x: float) -> float:
    """Return the next number above that has one digit, 1, 2 or 5."""
    unit = 10.0 ** math.floor(math.log10(x))
    return next(k * unit for k in (1, 2, 5, 10) if k * unit >= x)

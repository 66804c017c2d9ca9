"""The static picture of the widget of hospitals, for readers without scripts: rates against the volume on a log scale.

A hollow circle for each raw rate, a filled diamond for its estimate; two standard errors around the mean as the funnel, and the
target of shrinkage drawn through.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.svg import (
    GREY,
    INK,
    RED,
    SOFT,
    WIDTH,
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
    from hlm_teach.widgets.hospitals import Hospitals

__all__ = ["picture"]

LEFT, RIGHT, TOP, BOTTOM, MOST = 50, WIDTH - 14, 30, 330, 400


def picture(w: Hospitals) -> str:
    """Draw the funnel, the rates and the estimates."""
    raw, fit, x = w.fits["raw"], w.fit, np.log(w.v)
    kind = "" if w.simulated else "_counts"
    room = 0.04 * np.ptp(raw.estimate) or 0.1
    low, high = raw.estimate.min() - room, raw.estimate.max() + room
    across, up = linear(x.min() - 0.1, x.max() + 0.1, LEFT, RIGHT), linear(low, high, BOTTOM, TOP)
    marks = [
        *_axis(across, x, w.strings[f"volume{kind}"]),
        left_axis(up, LEFT, low, high, w.strings[f"rate{kind}"]),
    ]
    mu = w.fits["mean"].intercept
    steps = np.linspace(x.min(), x.max(), 61)
    for side in (-2, 2):
        edge = [(v, mu + side * float(w.se_at(v))) for v in steps]
        inside = [(across(v), up(value)) for v, value in edge if low < value < high]
        if inside:
            marks.append(path(polyline(inside), GREY, 'stroke-dasharray="2 3"'))
    J = len(x)
    shown = [k * J // min(J, MOST) for k in range(min(J, MOST))]
    marks += [circle(across(x[j]), up(raw.estimate[j]), 2.2, SOFT) for j in shown]
    if w.target != "raw":
        marks += [diamond(across(x[j]), up(fit.estimate[j]), 3) for j in shown]
        a, b = (w.fit.intercept + w.fit.slope * end for end in (x.min(), x.max()))
        marks.append(line(across(x.min()), up(a), across(x.max()), up(b), INK, 'stroke-width="1.8"'))
    j = w.selected
    marks.append(circle(across(x[j]), up(raw.estimate[j]), 6, RED))
    keys = {
        "key_own" if w.kind == "raw" else "key_rate": 0,
        "key_estimate": 100 if w.kind == "raw" else 160,
        "key_funnel": 190 if w.kind == "raw" else 240,
        "key_target": 430,
    }
    marks += [text(LEFT + right, BOTTOM + 54, w.strings[key], "start", SOFT) for key, right in keys.items()]
    return svg(BOTTOM + 64, w.caption, *marks)


def _axis(across, x: np.ndarray, title: str) -> list[str]:
    """Draw the log axis with its round volumes."""
    marks = [line(LEFT, BOTTOM, RIGHT, BOTTOM)]
    for unit in (0.01, 0.1, 1, 10, 100, 1000):
        for v in (unit, 2 * unit, 5 * unit):
            if x.min() - 0.1 <= math.log(v) <= x.max() + 0.1:
                at = across(math.log(v))
                marks += [line(at, BOTTOM, at, BOTTOM + 4), text(at, BOTTOM + 17, f"{v:g}", "middle", SOFT)]
    return [*marks, text(RIGHT, BOTTOM + 34, title, "end")]

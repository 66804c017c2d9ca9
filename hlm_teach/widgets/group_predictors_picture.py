"""The static picture of the widget of group-level predictors, for readers without scripts.

A hollow circle for each group's mean (area by n), a filled diamond with its standard error for the estimate, a line between the
two for the movement; the line of the groups is drawn through, their one mean dashed.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.svg import (
    BLUE,
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
    svg,
    text,
)

if TYPE_CHECKING:
    from hlm_teach.widgets.group_predictors import GroupPredictors

__all__ = ["picture"]

LEFT, RIGHT, TOP, BOTTOM, MOST = 50, WIDTH - 14, 30, 350, 300


def picture(w: GroupPredictors) -> str:
    """Draw the groups, their estimates, and both targets."""
    fit = w.line if w.target == "line" else w.mean
    u, y = np.array(w.u), np.array(w.y)
    values = np.concatenate([y, fit.estimate - fit.se, fit.estimate + fit.se])
    room, wide = 0.05 * np.ptp(values) or 1.0, 0.05 * np.ptp(u)
    low, high, left, right = values.min() - room, values.max() + room, u.min() - wide, u.max() + wide
    x, v = linear(left, right, LEFT, RIGHT), linear(low, high, BOTTOM, TOP)
    J = len(y)
    marks = [bottom_axis(x, BOTTOM, left, right, w.names[0]), left_axis(v, LEFT, low, high, w.names[1])]
    marks += _targets(w, x, v, (left, right), (low, high))
    for k in range(min(J, MOST)):
        j = k * J // min(J, MOST)
        at, colour = x(u[j]), RED if j == w.selected else BLUE
        ends = v(fit.estimate[j] - fit.se[j]), v(fit.estimate[j] + fit.se[j])
        marks.append(line(at, v(y[j]), at, v(fit.estimate[j]), colour))
        marks.append(circle(at, v(y[j]), max(2.5, 11 * math.sqrt(w.n[j] / max(w.n)))))
        marks.append(line(at, ends[0], at, ends[1], colour, 'stroke-width="2" opacity="0.55"'))
        marks.append(diamond(at, v(fit.estimate[j]), 5 if J < 40 else 3.5, colour))
    places = ((LEFT, 54), (LEFT + 250, 54), (LEFT, 72), (LEFT + 250, 72))
    keys = zip(("key_own", "key_estimate", "key_line", "key_mean"), places, strict=True)
    words = [text(across, BOTTOM + down, w.strings[key], "start", SOFT) for key, (across, down) in keys]
    return svg(BOTTOM + 80, w.caption, *marks, *words)


def _targets(w: GroupPredictors, x, v, across, span) -> list[str]:
    """Draw the line and the mean, cut where they leave the picture."""
    drawn = []
    for fit, name, more in ((w.line, "line", ""), (w.mean, "mean", 'stroke-dasharray="6 4"')):
        ends = across
        if fit.slope:
            cuts = sorted((limit - fit.intercept) / fit.slope for limit in span)
            ends = max(across[0], cuts[0]), min(across[1], cuts[1])
        a, b = (fit.intercept + fit.slope * end for end in ends)
        weight = 2.4 if w.target == name else 1.2
        drawn.append(line(x(ends[0]), v(a), x(ends[1]), v(b), INK, f'stroke-width="{weight}" {more}'))
    return drawn

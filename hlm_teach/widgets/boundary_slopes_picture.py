"""The static picture of the widget of slopes at the boundary, for readers without scripts: the criterion over τ_1 and ρ.

The darker, the lower; a filled diamond at the estimate, a cross at the truth.

What this file does not do: interact, or fit (the numbers are the widget's).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.svg import RED, SOFT, WIDTH, bottom_axis, diamond, left_axis, linear, path, svg, text

if TYPE_CHECKING:
    from hlm_teach.widgets.boundary_slopes import BoundarySlopes

__all__ = ["picture"]

LEFT, RIGHT, TOP, BOTTOM, ACROSS, DOWN, STEPS = 50, WIDTH - 14, 34, 330, 32, 21, 40
LEVELS = ((0.5, "#0072b2"), (2.0, "#4d9cc9"), (4.0, "#8fc1de"), (6.0, "#c0dced"), (10.0, "#e2eff7"))


def picture(w: BoundarySlopes) -> str:
    """Draw the map and both marks."""
    fit = w.fit(w.remedy)
    heights, reach = _map(w)
    x, y = linear(0, reach, LEFT, RIGHT), linear(-1, 1, BOTTOM, TOP)
    wide, high = (RIGHT - LEFT) / ACROSS, (BOTTOM - TOP) / DOWN
    marks = []
    for i, k in np.ndindex(ACROSS, DOWN):
        colour = next((c for limit, c in LEVELS if heights[i, k] < limit), None)
        if colour:
            marks.append(
                f'<rect x="{LEFT + i * wide:.1f}" y="{BOTTOM - (k + 1) * high:.1f}" width="{wide + 0.3:.1f}" '
                f'height="{high + 0.3:.1f}" fill="{colour}"/>'
            )
    marks += [
        left_axis(y, LEFT, -1, 1, w.strings["map"]),
        bottom_axis(x, BOTTOM, 0, reach, w.strings["map_axis"]),
    ]
    at, up = x(w.tau1), y(w.rho)
    marks.append(path(f"M{at - 5:.1f},{up - 5:.1f}l10,10m0,-10l-10,10", "#000", 'stroke-width="2.4"'))
    marks.append(diamond(x(min(reach, fit.tau1)), y(0 if math.isnan(fit.rho) else fit.rho), 7, RED))
    keys = {"key_estimate": 0, "key_truth": 110, "key_level": 190}
    marks += [text(LEFT + right, BOTTOM + 54, w.strings[key], "start", SOFT) for key, right in keys.items()]
    return svg(BOTTOM + 64, w.caption, *marks)


def _map(w: BoundarySlopes) -> tuple[np.ndarray, float]:
    """Return how far the criterion is above its lowest place in every cell, with the best τ_0 and σ̂, and where τ_1 ends."""
    (a, b, d), _W = w.data
    s, m = w.fit("keep").sigma2, w.J - 1
    reach = math.ceil(10 * max(0.5, 1.3 * w.tau1, 1.3 * w.fit("prior").tau1)) / 10
    tau1 = ((np.arange(ACROSS) + 0.5) / ACROSS * reach)[:, None, None]
    rho = ((np.arange(DOWN) + 0.5) / DOWN * 2 - 1)[:, None]
    tau0 = np.arange(STEPS) / STEPS * 2.2 * math.sqrt(a / w.n)
    v00, v11, v01 = s + w.n * tau0**2, s + w.n * tau1**2, w.n * rho * tau0 * tau1
    det = v00 * v11 - v01**2
    heights = m * (np.log(det) + (v11 * a - 2 * v01 * b + v00 * d) / det)
    heights = heights.min(axis=-1)
    return heights - heights.min(), reach

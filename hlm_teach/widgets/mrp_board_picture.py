"""The static picture of the MRP board, for readers without scripts: respondents cell by cell, and the estimates beside the truth.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.svg import (
    BLUE,
    GREEN,
    INK,
    RED,
    SOFT,
    WIDTH,
    bottom_axis,
    circle,
    diamond,
    linear,
    path,
    svg,
    text,
)

if TYPE_CHECKING:
    from hlm_teach.widgets.mrp_board import MrpBoard

__all__ = ["picture"]

TOP, ROW, LEFT, MIDDLE = 50, 14, 34, 358


def picture(w: MrpBoard) -> str:
    """Draw a row per unit."""
    strings, poll, shown = w.strings, w.poll, w.estimates[w.method]
    bottom = TOP + ROW * w.J
    values = 100 * np.concatenate([w.truth, w.estimates["raw"], shown])
    low, high = np.nanmin(values) - 2, np.nanmax(values) + 2
    x = linear(low, high, MIDDLE + 20, WIDTH - 12)
    marks = [text(LEFT, 14, strings["cells"]), bottom_axis(x, bottom + 4, low, high, strings["strip"])]
    wide = (MIDDLE - LEFT) / poll.n.shape[1]
    first, second = (levels for _name, levels in w.world["traits"])
    for k in range(poll.n.shape[1]):
        middle = LEFT + wide * (k + 0.5)
        marks.append(text(middle, TOP - 4, second[k % len(second)][:6], "middle", SOFT))
        if k % len(second) == 0:
            marks.append(text(middle, TOP - 17, first[k // len(second)], "middle"))
    for j in range(w.J):
        y = TOP + ROW * j
        marks.append(text(4, y + 11, w.world["codes"][j], colour=RED if j == w.at else INK))
        for k, n in enumerate(poll.n[j]):
            left = LEFT + wide * k
            if n:
                marks.append(text(left + wide / 2, y + 11, str(n), "middle"))
            else:
                slashes = "".join(
                    f"M{left + 4 + 6 * i:.1f},{y + 12}l6,-10" for i in range(int((wide - 10) / 6) + 1)
                )
                marks.append(path(slashes, SOFT))
        raw, mine, real = (100 * v[j] for v in (w.estimates["raw"], shown, w.truth))
        if np.isfinite(raw):
            marks.append(circle(x(raw), y + 7, 3.5, SOFT))
        if np.isfinite(mine):
            marks.append(diamond(x(mine), y + 7, 4.5, RED if j == w.at else BLUE))
        marks.append(path(f"M{x(real) - 3:.1f},{y + 4}l6,6m0,-6l-6,6", GREEN, 'stroke-width="1.8"'))
    marks += [text(MIDDLE + 20 + right, bottom + 56, strings[key], "start", SOFT)
              for key, right in {"key_raw": 0, "key_shown": 85, "key_truth": 205}.items()]  # fmt: skip
    if w.world.get("invented"):
        marks.append(text(4, bottom + 76, strings["invented"], "start", SOFT))
    return svg(bottom + 84, w.caption, *marks)

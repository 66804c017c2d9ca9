"""The static picture of the ICC explorer, for readers without scripts.

Left, a column of circles per group with its mean as a bar; right, pairs of rows of one group, whose correlation is the ICC.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hlm_teach.widgets.svg import BLUE, INK, SOFT, line, svg, text

if TYPE_CHECKING:
    from hlm_teach.widgets.icc_explorer import IccExplorer

__all__ = ["picture"]

TOP, HEIGHT, SPAN = 26, 250, 3.6


def _y(value: float) -> float:
    return TOP + (SPAN - value) / (2 * SPAN) * HEIGHT


def _circle(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>'


def picture(w: IccExplorer) -> str:
    """Draw the groups and their pairs."""
    rows = w.rows
    J, n = rows.shape
    step = 330 / J
    marks = [text(8, 14, w.strings["strips"]), line(8, TOP + HEIGHT, 338, TOP + HEIGHT)]
    circles, means = [], []
    for j in range(J):
        middle = 8 + step * (j + 0.5)
        circles += [_circle(middle, _y(v)) for v in rows[j]]
        height = _y(rows[j].mean())
        means.append(
            line(middle - 0.42 * step, height, middle + 0.42 * step, height, BLUE, 'stroke-width="3"')
        )
    marks.append(f'<g fill="none" stroke="{SOFT}">{"".join(circles)}</g>{"".join(means)}')
    left = 380

    def x(value: float) -> float:
        return left + (value + SPAN) / (2 * SPAN) * HEIGHT

    pairs = [
        _circle(x(rows[j, i]), _y(rows[j, k]))
        for j in range(J)
        for i in range(n)
        for k in [(i + 1 + j % (n - 1)) % n]
    ]
    marks.append(f'<g fill="none" stroke="{SOFT}">{"".join(pairs)}</g>')
    marks += [line(left, TOP, left, TOP + HEIGHT), line(left, TOP + HEIGHT, left + HEIGHT, TOP + HEIGHT)]
    marks.append(line(x(-SPAN), _y(-SPAN * w.icc), x(SPAN), _y(SPAN * w.icc), INK, 'stroke-width="2"'))
    marks += [
        text(left, 14, w.strings["pairs_y"]),
        text(left + HEIGHT, TOP + HEIGHT + 18, w.strings["pairs_x"], "end"),
    ]
    return svg(TOP + HEIGHT + 26, w.caption, *marks)

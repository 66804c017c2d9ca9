"""The model translator as a static picture: the notations as lines, Z and the covariance of the rows as grids of numbers.

What this file does not do: translate. The lines and numbers are those of the widget.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.sentences import fixed
from hlm_teach.widgets.svg import BLUE, INK, RED, SOFT, svg, text

if TYPE_CHECKING:
    from hlm_teach.widgets.model_translator import ModelTranslator

__all__ = ["picture"]

LINE, SIDE, WIDE = 18, 300, 95


def picture(w: ModelTranslator) -> str:
    """Draw the state as a static ``<svg>``."""
    equations = [_plain(line) for line in [*w.levels, *w.composite, *w.distributions]]
    lines = [(line, INK) for line in wrap(w.formula, WIDE)]
    lines += [(line, SOFT) for equation in equations for line in wrap(equation, WIDE)]
    marks = [text(4, 16 + LINE * k, line, "start", colour) for k, (line, colour) in enumerate(lines)]
    top = 16 + LINE * len(lines) + 16
    names, Z = w.design
    V = w.covariance
    marks += [text(4, top, w.strings["title_Z"]), text(324, top, w.strings["title_V"])]
    marks += _grid(Z, 4, top + 10, 0) + _grid(V, 324, top + 10, 0 if np.abs(V).max() >= 10 else 1)
    high = max(_size(Z) * Z.shape[0], _size(V) * len(V))
    marks.append(
        text(4, top + high + 30, " · ".join(names[:8]) + (" · …" if len(names) > 8 else ""), "start", SOFT)
    )
    return svg(top + high + 40, w.caption, *marks)


def _size(grid: np.ndarray) -> float:
    return min(30.0, SIDE / grid.shape[1])


def _grid(grid: np.ndarray, left: float, top: float, digits: int) -> list[str]:
    """Draw a grid of numbers; a cell is the fuller the larger its number, and open where it is 0."""
    side, most, marks = _size(grid), float(np.abs(grid).max()) or 1.0, []
    for (i, k), value in np.ndenumerate(grid):
        x, y, share = left + side * k, top + side * i, abs(value) / most
        colour = BLUE if value > 0 else RED
        marks.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{side - 1:.1f}" height="{side - 1:.1f}" stroke="#d0d7de" '
            f'fill="{colour if value else "#fff"}" fill-opacity="{0.12 + 0.38 * share if value else 1:.2f}"/>'
        )
        if value and side > 18:
            number = fixed(value, digits if value != round(value) or digits == 0 else 0)
            size = min(11.0, 1.6 * side / len(number))
            marks.append(
                f'<text x="{x + side / 2:.1f}" y="{y + side / 2 + 4:.1f}" text-anchor="middle" font-size="{size:.1f}" '
                f'fill="{INK}">{number}</text>'
            )
    return marks


def _plain(line: str) -> str:
    """Write an equation as one line of text: spaces inside brackets and before commas go."""
    return line.replace("( ", "(").replace(" )", ")").replace(" ,", ",")

"""The static picture of the REML–ML widget, for readers without scripts.

Above, two histograms of τ̂² back to back, REML filled and upwards, ML open and downwards, each with its zeros as a bar of its own;
below, the two deviance curves above their lowest points, the intervals as bars under them.

What this file does not do: interact, or compute (the numbers are the widget's).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.widgets.reml_ml_draws import histogram
from hlm_teach.widgets.reml_ml_profile import CHI_95
from hlm_teach.widgets.sentences import fixed
from hlm_teach.widgets.svg import (
    BLUE,
    GREY,
    INK,
    RED,
    WIDTH,
    bottom_axis,
    left_axis,
    line,
    linear,
    path,
    polyline,
    svg,
    text,
)

if TYPE_CHECKING:
    from hlm_teach.widgets.reml_ml import RemlMl

__all__ = ["picture"]

LEFT, MIDDLE, HALF, RIGHT = 50, 112, 84, WIDTH - 14
KINDS = {"reml": (BLUE, "#a9cfe8", ""), "ml": (RED, "#fff", 'stroke-dasharray="7 3"')}


def picture(w: RemlMl) -> str:
    """Draw both histograms and both curves."""
    return svg(478, w.caption, *_histograms(w), *_curves(w))


def _round(x: float) -> float:
    """Return the next number above that has one digit, 1, 2 or 5."""
    unit = 10.0 ** math.floor(math.log10(x))
    return next(k * unit for k in (1, 2, 5, 10) if k * unit >= x)


def _tip(x: float, y: float, way: int, colour: str) -> str:
    return f'<path d="M{x:.1f},{y:.1f}l6,{9 * way}h-12Z" fill="{colour}"/>'


def _histograms(w: RemlMl) -> list[str]:
    drawn, strings = w.draws, w.strings
    top = _round(float(np.sort(drawn.reml)[489]) or w.sigma**2)
    x = linear(0, top, LEFT, RIGHT)
    wide = (RIGHT - LEFT) / 24
    counts = {name: histogram(getattr(drawn, name), top) for name in KINDS}
    most = max(max(zero, *bins) for zero, bins in counts.values())
    marks = [text(4, 14, strings["histogram"].format(sets=len(drawn.reml)))]
    for way, (name, (colour, inside, _dash)) in zip((-1, 1), KINDS.items(), strict=True):
        zero, bins = counts[name]
        places = [(16.0, zero), *((LEFT + k * wide + 1, count) for k, count in enumerate(bins))]
        for at, count in places:
            high = HALF * count / most
            marks.append(
                f'<rect x="{at:.1f}" y="{MIDDLE - (high if way < 0 else 0):.1f}" width="{wide - 2:.1f}" height="{high:.1f}" '
                f'fill="{inside}" stroke="{colour}"/>'
            )
        mean = min(top, float(getattr(drawn, name).mean()))
        end = MIDDLE + way * (HALF + 4)
        marks += [
            line(x(mean), MIDDLE, x(mean), end, colour, 'stroke-width="1.6"'),
            _tip(x(mean), end - 9 * way, way, colour),
        ]
        share = fixed(100 * float((getattr(drawn, name) == 0).mean()), 1)
        said = strings["zero"].format(method=strings[name], share=share)
        marks.append(text(RIGHT, 34 if way < 0 else MIDDLE + HALF + 4, said, "end", colour))
    truth = x(min(top, w.tau**2))
    marks += [line(4, MIDDLE, RIGHT, MIDDLE, GREY), line(truth, 36, truth, 204, INK, 'stroke-width="2"')]
    marks.append(text(truth, 30, strings["truth"], "middle" if truth < RIGHT - 60 else "end"))
    return [*marks, bottom_axis(x, 212, 0, top, strings["axis"])]


def _curves(w: RemlMl) -> list[str]:
    fits = {"reml": w.reml, "ml": w.ml}
    noise = math.sqrt(w.reml.unit / w.n)
    reach = _round(min(1.15 * w.reml.interval[1], 5 * max(w.reml.tau, noise)))
    x, y = linear(0, reach, LEFT, RIGHT), linear(0, 8, 392, 278)
    marks = [left_axis(y, LEFT, 0, 8, w.strings["curves"]), bottom_axis(x, 440, 0, reach, "τ")]
    marks.append(line(LEFT, y(CHI_95), RIGHT, y(CHI_95), GREY, 'stroke-dasharray="2 3"'))
    left = 370
    for name in ("reml", "ml"):
        colour, _inside, dash = KINDS[name]
        words = w.strings[name]
        marks += [path(f"M{left},262h28", colour, f'stroke-width="2.4" {dash}'), text(left + 34, 266, words)]
        left += 60 + 9 * len(words)
    marks.append(text(LEFT, 473, w.strings["key_cut"]))
    for level, (name, (colour, _inside, dash)) in zip((410, 424), KINDS.items(), strict=True):
        fit = fits[name]
        rises = [(tau, fit.at(tau) - fit.lowest) for tau in np.linspace(0, reach, 121)]
        curve = polyline((x(tau), y(rise)) for tau, rise in rises if rise < 8)
        low, high = (x(min(reach, end)) for end in fit.interval)
        marks.append(path(curve, colour, f'stroke-width="2.4" {dash}'))
        marks.append(line(low, level, high, level, colour, f'stroke-width="4" {dash}'))
        marks.append(_tip(x(min(reach, fit.tau)), y(0), 1, colour))
    return marks

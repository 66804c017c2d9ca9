"""The widget of priors on τ as a static picture: the three curves, the fan of estimates, and where the posterior is.

What this file does not do: compute. The numbers are those of the widget.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hlm_teach.posterior import likelihood, log_prior
from hlm_teach.widgets.svg import (
    BLUE,
    GREEN,
    GREY,
    RED,
    SOFT,
    WIDTH,
    bottom_axis,
    left_axis,
    linear,
    path,
    polyline,
    svg,
    text,
)

if TYPE_CHECKING:
    from hlm_teach.widgets.tau_priors import TauPriors

__all__ = ["picture", "reach"]

LEFT, SHOWN, BINS = 50, 40, 60


def reach(w: TauPriors) -> float:
    """Return where the axis of τ ends: a round number beyond twice the spread of the estimates and their errors."""
    top = 2 * max(float(np.std(w.y, ddof=1)), float(np.median(w.se)))
    unit = 10.0 ** math.floor(math.log10(top))
    return next(k * unit for k in (1, 2, 5, 10) if k * unit >= top)


def picture(w: TauPriors) -> str:
    """Draw the state as a static ``<svg>``."""
    end = reach(w)
    x = linear(0, end, LEFT, WIDTH - 12)
    tau = end * ((np.arange(241) + 0.5) / 240.5) ** 2
    like, mu, _var = likelihood(w.y, w.se, tau)
    prior = log_prior(w.family, w.scale, tau)
    marks = [left_axis(linear(0, 1, 150, 34), LEFT, 0, 1, w.strings["curves"], 2)]
    looks = [(like, GREY, 'stroke-width="2" stroke-dasharray="8 4"'), (prior, RED, 'stroke-width="2" stroke-dasharray="2 3"'),
             (like + prior, BLUE, 'stroke-width="2.6"')]  # fmt: skip
    for height, colour, more in looks:
        share = np.exp(height - height.max())
        marks.append(
            path(polyline([(x(a), 150 - 116 * b) for a, b in zip(tau, share, strict=True)]), colour, more)
        )
    weight = w.se**2 / (w.se**2 + tau[:, None] ** 2)
    given = (1 - weight) * w.y + weight * mu[:, None]
    low, high = float(given.min()), float(given.max())
    room = 0 if high - low > w.small / 1000 else w.small  # where all estimates are the same
    low, high = low - room, high + room
    y = linear(low, high, 330, 190)
    edges = [0.0, *(w.posterior.below(end * (k + 1) / BINS) for k in range(BINS))]
    most = max(np.diff(edges)) or 1.0
    for k, share in enumerate(np.diff(edges)):
        left = x(end * k / BINS)
        marks.append(
            f'<rect x="{left:.1f}" y="{346 - 150 * share / most:.1f}" width="{x(end / BINS) - LEFT:.1f}" '
            f'height="{150 * share / most:.1f}" fill="#dcebf6"/>'
        )
    for j in range(min(SHOWN, w.J)):
        chosen = j == w.selected
        line = polyline([(x(a), y(b)) for a, b in zip(tau, given[:, j], strict=True)])
        marks.append(path(line, RED if chosen else GREEN, f'stroke-width="{2.6 if chosen else 1.3}"'))
    marks.append(left_axis(y, LEFT, low, high, w.strings["fan"], 4))
    marks.append(bottom_axis(x, 346, 0, end, w.strings["axis"]))
    keys = "   ".join(w.strings[f"key_{name}"] for name in ("likelihood", "prior", "posterior", "weight"))
    return svg(396, w.caption, *marks, text(LEFT, 388, keys, "start", SOFT))

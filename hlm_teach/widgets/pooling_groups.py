"""Twelve simulated groups, and what is asked about groups before the picture opens.

The groups come from `Normals`, because the browser must draw the same ones without Python; values are kept to two decimals.

The question in ``full`` mode: which of three groups moves most? The one with the smallest n is not the answer wherever the
data allow it, and where they do, nor is the one farthest from μ̂: movement is a weight times a distance. In ``path`` mode: whose estimate is first half way to
its own mean as τ grows? There the distance plays no part: half way is at τ = σ/√n.

What this file does not do: estimate (`hlm_teach.pooling`), or ask (the gate is `Exploration`'s).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hlm_teach.locale import _
from hlm_teach.pooling import partial_pooling
from hlm_teach.widgets.normals import Normals
from hlm_teach.widgets.pooling_words import MESSAGES

__all__ = ["SIZES", "half_way_first", "moves_most", "simulate"]

SIZES = (2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 42, 60)
MU, TAU, SIGMA = 50.0, 5.0, 10.0


def simulate(seed: int) -> dict[str, Any]:
    """Draw the twelve groups of one seed: ``y``, ``n``, ``sigma`` and ``truth``.

    Model: α_j ~ N(50, 5²), ȳ_j ~ N(α_j, 10²/n_j), n_j from 2 to 60.

    >>> groups = simulate(1)
    >>> groups["n"][:3], len(groups["truth"]), groups == simulate(1)
    ([2, 3, 4], 12, True)
    """
    stream = Normals(seed)

    def cents(x: float) -> float:
        return math.floor(100 * x + 0.5) / 100

    truth = [cents(MU + TAU * z) for z in stream.draw(len(SIZES))]
    noise = zip(truth, SIZES, stream.draw(len(SIZES)), strict=True)
    return {
        "y": [cents(a + SIGMA / math.sqrt(n) * z) for a, n, z in noise],
        "n": list(SIZES),
        "sigma": SIGMA,
        "truth": truth,
    }


Amount = Callable[[float], str]


def moves_most(
    y, n, sigma: float, tau: float, labels: Sequence[str], amount: Amount
) -> tuple[dict, list[int]]:
    """Return the question "who moves most?" and the groups it is about; both empty if nobody moves more than another."""
    y, n = np.asarray(y, dtype=float), np.asarray(n)
    fit = partial_pooling(y, sigma / np.sqrt(n), tau)
    size = np.abs(y - fit.estimate)
    answer, small = int(np.argmax(size)), int(np.argmin(size))
    best = 0.1 * size[answer]
    for j in range(len(y)):
        larger = np.flatnonzero(n > n[j])
        far = larger[np.argmax(size[larger])] if len(larger) else j
        if size[far] - size[j] > best:
            best, small, answer = size[far] - size[j], int(j), int(far)
    if not size[answer] > size[small]:
        return {}, []
    rest = [j for j in range(len(y)) if j not in (small, answer) and size[answer] > 1.2 * size[j]]
    third = sorted(rest, key=lambda j: (n[j] <= n[answer], -abs(y[j] - fit.mu)))[:1]
    tagged = sorted([small, answer, *third])
    text = _(MESSAGES["ask_full"], tau=amount(tau), sigma=amount(sigma), mu=amount(fit.mu))
    told = "; ".join(f"{tag} {amount(size[j])}" for tag, j in zip("ABC", tagged, strict=False))
    because = _(MESSAGES["because_full"], told=told)
    return _question(text, because, tagged, answer, y, n, labels, amount), tagged


def half_way_first(y, n, sigma: float, labels: Sequence[str], amount: Amount) -> tuple[dict, list[int]]:
    """Return the question "who is first half way?" and the groups it is about; both empty if all n are equal."""
    y, n = np.asarray(y, dtype=float), np.asarray(n)
    large, small = int(np.argmax(n)), int(np.argmin(n))
    if n[large] == n[small]:
        return {}, []
    distance = np.abs(y - np.average(y, weights=n))
    rest = [j for j in range(len(y)) if j not in (large, small) and n[j] < n[large]]
    third = sorted(rest, key=lambda j: -distance[j])[:1]
    tagged = sorted([large, small, *third])
    text = _(MESSAGES["ask_path"])
    told = "; ".join(
        f"{tag} τ = {amount(sigma / math.sqrt(n[j]))}" for tag, j in zip("ABC", tagged, strict=False)
    )
    because = _(MESSAGES["because_path"], told=told)
    return _question(text, because, tagged, large, y, n, labels, amount), tagged


def _question(text, because, tagged, answer, y, n, labels, amount) -> dict[str, Any]:
    options = [
        _(MESSAGES["option"], tag=tag, group=labels[j], n=int(n[j]), mean=amount(y[j]))
        for tag, j in zip("ABC", tagged, strict=False)
    ]
    return {"text": text, "options": options, "answer": tagged.index(answer), "because": because}

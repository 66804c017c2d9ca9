"""Twelve simulated groups, and what is asked about groups before the picture opens.

The groups are drawn by a small generator of its own, because the browser must draw the same ones without Python:
mulberry32 for uniform numbers, Box–Muller for normal ones, values kept to two decimals.

The question in ``full`` mode: which of three groups moves most? The one with the smallest n is not the answer wherever the
data allow it, and where they do, nor is the one farthest from μ̂: movement is a weight times a distance. In ``path`` mode: whose estimate is first half way to
its own mean as τ grows? There the distance plays no part: half way is at τ = σ/√n.

What this file does not do: estimate (`hlm_teach.pooling`), or ask (the gate is `Exploration`'s).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from hlm_teach.locale import _
from hlm_teach.pooling import partial_pooling

__all__ = ["SIZES", "half_way_first", "moves_most", "simulate"]

SIZES = (2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 42, 60)
MU, TAU, SIGMA = 50.0, 5.0, 10.0


def _uniform(seed: int) -> Iterator[float]:
    """Yield mulberry32's numbers, in 32-bit arithmetic."""
    low = 0xFFFFFFFF
    state = seed & low
    while True:
        state = (state + 0x6D2B79F5) & low
        t = ((state ^ (state >> 15)) * (1 | state)) & low
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & low)) & low) ^ t
        yield ((t ^ (t >> 14)) & low) / 4294967296


def simulate(seed: int) -> dict[str, Any]:
    """Draw the twelve groups of one seed: ``y``, ``n``, ``sigma`` and ``truth``.

    Model: α_j ~ N(50, 5²), ȳ_j ~ N(α_j, 10²/n_j), n_j from 2 to 60.

    >>> groups = simulate(1)
    >>> groups["n"][:3], len(groups["truth"]), groups == simulate(1)
    ([2, 3, 4], 12, True)
    """
    numbers = _uniform(seed)

    def normal() -> float:
        size = math.sqrt(-2 * math.log(1 - next(numbers)))
        return size * math.cos(2 * math.pi * next(numbers))

    def cents(x: float) -> float:
        return math.floor(100 * x + 0.5) / 100

    truth = [cents(MU + TAU * normal()) for _size in SIZES]
    y = [cents(a + SIGMA / math.sqrt(n) * normal()) for a, n in zip(truth, SIZES, strict=True)]
    return {"y": y, "n": list(SIZES), "sigma": SIGMA, "truth": truth}


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
    text = _(
        "Let τ be its REML estimate, {tau}, with σ = {sigma}. "
        "Which of these groups moves most on its way to μ̂ = {mu}?",
        tau=amount(tau),
        sigma=amount(sigma),
        mu=amount(fit.mu),
    )
    moved = "; ".join(f"{tag} {amount(size[j])}" for tag, j in zip("ABC", tagged, strict=False))
    because = _("A group moves by (1 − λ)(ȳ − μ̂), a weight times a distance: {moved}.", moved=moved)
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
    text = _("Let τ grow from 0. Which of these estimates is first half way from μ̂ to its own group's mean?")
    half = "; ".join(
        f"{tag} τ = {amount(sigma / math.sqrt(n[j]))}" for tag, j in zip("ABC", tagged, strict=False)
    )
    because = _("Half way is λ = ½, at τ = σ/√n, however far away the mean lies: {half}.", half=half)
    return _question(text, because, tagged, large, y, n, labels, amount), tagged


def _question(text, because, tagged, answer, y, n, labels, amount) -> dict[str, Any]:
    options = [
        _("{tag}: {group} (n = {n}, mean {mean})", tag=tag, group=labels[j], n=int(n[j]), mean=amount(y[j]))
        for tag, j in zip("ABC", tagged, strict=False)
    ]
    return {"text": text, "options": options, "answer": tagged.index(answer), "because": because}

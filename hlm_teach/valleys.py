"""Where to start a search, and where else to look: small data can have two valleys.

The criterion of a mixed model need not have one minimum. With few groups a covariance on the boundary (an SD of 0, a
correlation of ±1) and one inside can both be local optima. So the search starts from moments, which is near the deepest
valley as a rule; and from far corners as well where a second valley is possible.

What this file does not do: prove that there is no third.
"""

from __future__ import annotations

import numpy as np

from hlm_teach.compress import Compressed
from hlm_teach.covariance import Structure, triangular
from hlm_teach.criterion import Slopes

__all__ = ["by_moments", "corners", "walls"]


def by_moments(c: Compressed, layout: Structure, d: Slopes) -> np.ndarray:
    """Return the Λ at which the spread of the g_j would be as seen at Λ = I; exact for balanced groups.

    ``d`` holds the slopes at Λ = I. With σ² from inside the groups, C = mean g_j g_j'/σ² and Ḡ = mean G_j, we have
    C − Ḡ ≈ Ḡ(Σ − I)Ḡ.
    """
    one, (left, df) = np.eye(len(layout.K)), c.within()
    sigma2 = max(left, 1e-12 * d.s) / df
    G, C = d.information / c.J, d.spread / (c.J * sigma2)
    Lambda = np.zeros_like(one)
    for block in layout.blocks():
        inner = G[block, block]
        inverse = np.linalg.inv(inner + 1e-9 * np.trace(inner) * one[block, block])
        size, axes = np.linalg.eigh(one[block, block] + inverse @ (C - G)[block, block] @ inverse)
        Lambda[block, block] = triangular(axes * np.sqrt(np.clip(size, 0.01, 1e8)))
    return Lambda


def _pairs(layout: Structure) -> list[tuple[int, int, float]]:
    """Return the pairs of coefficients that may be correlated, each with both signs."""
    inside = [range(b.start, b.stop) for b in layout.blocks()]
    return [(i, k, sign) for block in inside for i in block for k in block if k < i for sign in (1.0, -1.0)]


def corners(layout: Structure) -> list[np.ndarray]:
    """Return starts far apart: all coefficients vary little, or much, or one of them, or two together."""
    one = np.eye(len(layout.K))
    starts = [0.1 * one, one, 10.0 * one]
    if len(one) > 1:
        starts += [0.1 * one + 9.9 * np.diag(row) for row in one]
    for i, k, sign in _pairs(layout):
        together = 0.1 * one
        together[k, k], together[i, k] = 5.0, 5.0 * sign
        starts.append(together)
    return starts


def walls(layout: Structure, Lambda: np.ndarray):
    """Yield Λ moved to each wall of the allowed covariances: one SD to 0, or one correlation to ±1."""
    for k in range(len(Lambda)):
        wall = Lambda.copy()
        wall[k] = 0.0
        yield wall
    size = np.linalg.norm(Lambda, axis=1)
    for i, k, sign in _pairs(layout):
        wall = Lambda.copy()
        wall[i] = sign * size[i] / size[k] * Lambda[k]
        yield wall

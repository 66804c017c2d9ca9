"""What an intraclass correlation means, in numbers and in rows.

With variance τ² = ρ between groups and σ² = 1 − ρ within (the total is the unit), J groups of n:

    reliability of a group's mean  n·ρ/(1 + (n − 1)ρ)
    design effect                  1 + (n − 1)ρ for a predictor of whole groups, 1 − ρ for one that varies inside groups only
    effective n                    J·n/(1 + (n − 1)ρ)
    type-I error                   2Φ(−z/√deff), z = 1.96: how often a test that ignores the groups rejects a true null

The rows of the picture are made so that the correlation over all pairs of two rows of one group is ρ exactly.
``icc_maths.js`` is the twin of this file.

What this file does not do: estimate an ICC (`hlm_teach.variance.anova_components`). The type-I error is that of many
groups: with few, the estimated variance varies too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hlm_teach.pooling import reliability
from hlm_teach.variance import design_effect, effective_n
from hlm_teach.widgets.normals import Normals, centred, scaled

__all__ = ["IccNumbers", "columns", "numbers", "pair_correlation", "points", "sample", "target"]

GROUPS, ROWS = 16, 16  # no more than these are drawn
Z = 1.959963984540054


@dataclass(frozen=True)
class IccNumbers:
    """The numbers of a state; `type_one` is that of a predictor at the level asked for."""

    reliability: float
    design_effect: float
    effective_n: float
    type_one: float


def numbers(icc: float, J: int, n: int, level: int) -> IccNumbers:
    """Return the numbers of J groups of n with this ICC, for a predictor of level 1 or 2.

    >>> found = numbers(icc=0.1, J=100, n=20, level=2)
    >>> round(found.design_effect, 2), round(found.type_one, 3), round(found.effective_n, 1)
    (2.9, 0.25, 689.7)
    >>> round(numbers(icc=0.1, J=100, n=20, level=1).type_one, 3)
    0.039
    """
    between, own = design_effect(n, icc), 1 - icc
    return IccNumbers(
        reliability=float(reliability(math.sqrt(own / n), math.sqrt(icc))),
        design_effect=between if level == 2 else own,
        effective_n=effective_n(J, n, icc),
        type_one=math.erfc(Z / math.sqrt(2 * (between if level == 2 else own))),
    )


def columns(J: int, n: int) -> tuple[int, int]:
    """Return how many groups, and how many rows of each, are drawn."""
    return min(J, GROUPS), min(n, ROWS)


@lru_cache(maxsize=64)
def _parts(seed: int, J: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    stream = Normals(seed)
    m = scaled(centred(stream.draw(J)))
    return m, scaled(centred(stream.draw(J * n).reshape(J, n)))


def sample(icc: float, J: int, n: int, seed: int) -> np.ndarray:
    """Return the rows drawn, shape (groups, rows): mean 0, variance 1, pair correlation ``icc``.

    >>> round(pair_correlation(sample(0.3, J=50, n=12, seed=1)), 12)
    0.3
    """
    m, v = _parts(seed, *columns(J, n))
    share = (1 + (v.shape[1] - 1) * icc) / v.shape[1]
    return math.sqrt(share) * m[:, None] + math.sqrt(1 - share) * v


def pair_correlation(rows: np.ndarray) -> float:
    """Return the correlation over all pairs of two different rows of one group.

    >>> pair_correlation(np.array([[1.0, 1.0], [3.0, 3.0]]))
    1.0
    """
    n = rows.shape[1]
    one, other = np.nonzero(~np.eye(n, dtype=bool))
    return float(np.corrcoef(rows[:, one].ravel(), rows[:, other].ravel())[0, 1])


def target(seed: int, round_: int) -> float:
    """Return the ICC to be found in a round of the game: 0 to 0.9 in steps of 0.01, no two alike in 91 rounds.

    >>> target(2, 1), target(2, 2)
    (0.47, 0.17)
    """
    return (37 * seed + 61 * round_ + 3) % 91 / 100


def points(guess: float, truth: float) -> int:
    """Return the points of a guess: 100 less 3 for every 0.01 that it is off, and never below 0.

    >>> points(0.30, 0.30), points(0.30, 0.40), points(0.0, 0.9)
    (100, 70, 0)
    """
    return max(0, 100 - 3 * math.floor(100 * abs(guess - truth) + 0.5))

"""The proof that a fit is at an optimum, and not at a false boundary.

The criterion depends on Λ through Σ = ΛΛ', and a zero column of Λ is a stationary point for *any* data: the slope in λ
at λ = 0 is 2λ·(slope in λ²) = 0. So an optimiser that looks at Λ can stop on the boundary of the allowed covariances
although the optimum is inside. Whether it did is seen in Σ:

    Σ is optimal (to first order) if and only if   Γ is positive semidefinite   and   ΓΣ = 0

with Γ the gradient in Σ (`hlm_teach.criterion`), block by block where terms are independent. If Γ has a negative
eigenvalue, its eigenvector v is a direction of improvement: Σ + t·vv' is allowed and better for small t > 0.

What this file does not do: promise that no *other* valley is deeper (`hlm_teach.valleys`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach.covariance import Structure
from hlm_teach.criterion import Slopes
from hlm_teach.locale import _

__all__ = ["NEGLIGIBLE", "TIGHT", "Certificate", "certify", "lost_rank", "steepest"]

TIGHT = 1e-7  # a certificate allows this share of tr Σ_j G_j
NEGLIGIBLE = 1e-6  # an SD below this, in natural units (1 means B = ½), counts as 0


@dataclass(frozen=True)
class Certificate:
    """The proof, in numbers, that a fit is at an optimum.

    Attributes
    ----------
    smallest : float
        Smallest eigenvalue of Γ relative to tr Σ_j G_j: >= 0 (up to rounding) says that no larger covariance is better.
    stationary : float
        Largest entry of ΓΛ, relative: 0 says that the covariance found cannot be improved either.
    evaluations : int
        How often the likelihood was evaluated.
    escapes : int
        How often the search stood on a false boundary and left it.
    """

    smallest: float
    stationary: float
    evaluations: int
    escapes: int

    @property
    def holds(self) -> bool:
        """Whether both conditions hold to rounding."""
        return self.smallest >= -TIGHT and self.stationary <= TIGHT

    def __str__(self) -> str:
        facts = {"smallest": self.smallest, "stationary": self.stationary, "count": self.evaluations}
        if not self.holds:
            return _(
                "Not an optimum: smallest eigenvalue of Γ {smallest:.1e}, |ΓΣ| {stationary:.1e}, both relative.",
                **facts,
            )
        return _(
            "Optimum: Γ is positive semidefinite (smallest eigenvalue {smallest:.1e}, relative) and ΓΣ = 0 "
            "({stationary:.1e}), after {count} evaluations.",
            **facts,
        )


def lost_rank(Lambda: np.ndarray) -> bool:
    """Return whether a triangular Λ, in natural units, is singular: an SD is 0 or a correlation ±1 (a boundary fit)."""
    return bool((np.diag(Lambda) < NEGLIGIBLE).any())


def steepest(layout: Structure, d: Slopes) -> tuple[float, slice, np.ndarray]:
    """Return the smallest eigenvalue of Γ over the blocks, relative to tr Σ_j G_j, its block and its direction."""
    results = []
    for block in layout.blocks():
        size, axes = np.linalg.eigh(d.gamma[block, block])
        results.append((float(size[0] / np.trace(d.information[block, block])), block, axes[:, 0]))
    return min(results, key=lambda result: result[0])


def certify(
    layout: Structure, Lambda: np.ndarray, d: Slopes, evaluations: int = 1, escapes: int = 0
) -> Certificate:
    """Return the optimality conditions in Σ at Λ."""
    inside = max(np.abs(d.gamma[b, b] @ Lambda[b, b]).max() for b in layout.blocks())
    whole = np.trace(d.information) * max(np.abs(Lambda).max(), 1.0)
    return Certificate(steepest(layout, d)[0], float(inside / whole), evaluations, escapes)

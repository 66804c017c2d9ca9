"""The search for the best Λ of several factors: Newton's walk, with a Hessian from differences of the gradient.

How to walk, to leave false boundaries and to certify is as in `hlm_teach.newton`; only the evaluation differs. θ rarely
has more than ten entries, so m + 1 gradients give a Hessian to six digits or more, and Newton keeps its pace. Where one
gradient is expensive, differences are taken once and the Hessian is then brought up to date step by step (BFGS).

What this file does not do: evaluate (`hlm_teach.joint`).
"""

from __future__ import annotations

import numpy as np

from hlm_teach.blocks import Blocks
from hlm_teach.covariance import Structure
from hlm_teach.joint import Gradient, Joint, gradient, joint
from hlm_teach.newton import Optimum, Search

__all__ = ["search_several", "slope_in_entries"]

STEP = 1e-6  # of a difference, relative to 1 + |entry|
LARGE = 1e8  # multiplications for one gradient beyond which differences are taken once only


def slope_in_entries(layout: Structure, Lambda: np.ndarray, d: Gradient) -> np.ndarray:
    """Return the gradient of the criterion in the free entries of Λ, 2ΓΛ, shape (m,)."""
    return 2 * (d.gamma @ Lambda)[layout.rows, layout.columns]


class SeveralSearch(Search):
    """`hlm_teach.newton.Search` on the blocks of several factors."""

    def __init__(self, blocks: Blocks, layout: Structure, reml: bool):
        self.blocks, self.layout, self.reml = blocks, layout, reml
        self.groups = sum(part.J for part in blocks.parts)
        self.count, self.escapes = 0, 0
        self.last = None
        self.work = blocks.m**2 * (blocks.m + blocks.E.shape[0])

    def evaluate(self, Lambda: np.ndarray) -> Joint:
        return joint(self.blocks, Lambda, self.reml)

    def slopes(self, at: Joint) -> Gradient:
        return gradient(at)

    def derivatives(self, layout: Structure, Lambda: np.ndarray, at: Joint) -> tuple[np.ndarray, np.ndarray]:
        """Return the gradient and its differences, made symmetric; in large models, the last Hessian brought up to date."""
        here, x = slope_in_entries(layout, Lambda, gradient(at)), layout.entries(Lambda)
        hessian = self._updated(layout, Lambda, at, x, here)
        if hessian is None:
            hessian = self._differences(layout, x, here)
        self.last = layout.rows, x, here, hessian
        return here, hessian

    def _updated(self, layout: Structure, Lambda: np.ndarray, at: Joint, x, here) -> np.ndarray | None:
        """Return the last Hessian changed (BFGS) to fit the last change of the gradient, or None if it cannot be."""
        if self.work < LARGE or self.last is None or not np.array_equal(Lambda, at.Lambda):
            return None
        rows, x0, before, H = self.last
        s, change = x - x0, here - before
        Hs = H @ s
        if not np.array_equal(rows, layout.rows) or s @ change <= 0 or s @ Hs <= 0:
            return None
        return H + np.outer(change, change) / (s @ change) - np.outer(Hs, Hs) / (s @ Hs)

    def _differences(self, layout: Structure, x: np.ndarray, here: np.ndarray) -> np.ndarray:
        hessian = np.empty((len(x), len(x)))
        for k in range(len(x)):
            there = x.copy()
            there[k] += STEP * (1 + abs(x[k]))
            moved = layout.matrix(there)
            self.count += 1
            change = slope_in_entries(layout, moved, gradient(self.evaluate(moved))) - here
            hessian[k] = change / (there[k] - x[k])
        return (hessian + hessian.T) / 2


def search_several(blocks: Blocks, layout: Structure, reml: bool = True) -> Optimum:
    """Find the Λ with the smallest criterion, leave false boundaries, and certify.

    The search starts at Λ = I in natural units: each group's own estimate weighs as much as the population's.
    """
    return SeveralSearch(blocks, layout, reml).best((np.eye(len(layout.K)),))

"""Find the best Λ, and prove it.

Newton's method on the entries of Λ, with the exact Hessian. Where the criterion curves downwards, an eigenvalue of the
Hessian is replaced by its absolute value, so every step goes downhill; a step that overshoots is halved.

Where the search stops it looks at Σ = ΛΛ' (`hlm_teach.certificate`): on a false boundary there is a direction vv' to
leave it by, and the search goes on from there. What is returned carries the certificate.

What this file does not do: promise that no *other* valley is deeper; several starts guard against that
(`hlm_teach.valleys`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hlm_teach.certificate import NEGLIGIBLE, TIGHT, Certificate, certify, lost_rank, steepest
from hlm_teach.compress import Compressed
from hlm_teach.covariance import Structure, triangular
from hlm_teach.criterion import Profile, Slopes, profile, slopes
from hlm_teach.locale import _
from hlm_teach.valleys import by_moments, corners, walls

__all__ = ["Optimum", "Search", "derivatives", "newton", "newton_step"]

RIVAL = 10.0  # a wall higher than this above the optimum has no second valley behind it, as a rule
ROUNDING = 1e-9  # a promise below this share of the criterion is taken on trust
DONE = 1e-9  # after a step that promised less, what is left is its square: nothing
MANY = 1000  # with more groups than this the likelihood is regular enough for one search
CAP = 2.0  # a step changes no entry of Λ by more than this multiple of 1 + the largest


@dataclass(frozen=True)
class Optimum:
    """Where the search ended: Λ in Newton's coordinates (r, r), the profile there and the certificate."""

    Lambda: np.ndarray
    at: Profile
    certificate: Certificate


def derivatives(layout: Structure, Lambda: np.ndarray, d: Slopes) -> tuple[np.ndarray, np.ndarray]:
    """Return gradient (m,) and Hessian (m, m) of the criterion in the free entries of Λ.

    Notes
    -----
    dΣ = dΛ Λ' + Λ dΛ', and the second differential adds 2 dΛ dΛ'. So the gradient is 2ΓΛ at the free entries, and two
    entries (i, k) and (l, k) of one column have 2Γ_il in the Hessian besides ∂²[D, D].
    """
    i, k = layout.rows, layout.columns
    gradient = 2 * (d.gamma @ Lambda)[i, k]
    D = np.zeros((len(i), *Lambda.shape))
    D[np.arange(len(i)), i] = Lambda[:, k].T
    hessian = d.second(D + D.transpose(0, 2, 1))
    hessian += 2 * d.gamma[i[:, None], i] * (k[:, None] == k)
    return gradient, hessian


def newton_step(gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray:
    """Return −|H|⁻¹ gradient: Newton's step with the absolute values of the eigenvalues, which always goes downhill.

    Examples
    --------
    >>> newton_step(np.array([2.0, 2.0]), np.diag([4.0, -1.0]))
    array([-0.5, -2. ])
    """
    size, axes = np.linalg.eigh(hessian)
    size = np.maximum(np.abs(size), 1e-10 * max(np.abs(size).max(), 1e-300))
    return -axes @ ((axes.T @ gradient) / size)


def newton(c: Compressed, layout: Structure, reml: bool = True, starts: tuple = ()) -> Optimum:
    """Find the Λ with the smallest criterion, leave false boundaries, and certify.

    Parameters
    ----------
    c : Compressed
        The sufficient statistics.
    layout : Structure
        The blocks of Λ and their natural units.
    reml : bool
        REML, else ML.
    starts : tuple of arrays (r, r), optional
        Further starting points in natural units.

    Returns
    -------
    Optimum
        With ``Lambda`` lower triangular in blocks and its `Certificate`.

    Notes
    -----
    The search starts from moments. Up to 1,000 groups, it is repeated from far corners where a second valley is
    possible: where it ends on the boundary, or where moving to a wall (an SD to 0, a correlation to ±1) costs little.
    """
    search = Search(c, layout, reml)
    first = by_moments(c, layout, slopes(search.value(np.eye(len(layout.K)))))
    return search.best((first, *starts))


NOWHERE = Profile(*[np.inf] * 5, 0, False, *[np.empty(0)] * 4)


class _Stop(NamedTuple):
    """Where a search has stopped: Λ triangular in blocks, the profile and its slopes there."""

    Lambda: np.ndarray
    at: Profile
    slopes: Slopes


class Search:
    """One search: it counts its evaluations and looks in Σ for a way on.

    `hlm_teach.search_several` replaces what is evaluated; how the search walks stays the same.
    """

    def __init__(self, c: Compressed, layout: Structure, reml: bool):
        self.c, self.layout, self.reml = c, layout, reml
        self.groups = c.J
        self.count, self.escapes = 0, 0

    def evaluate(self, Lambda: np.ndarray) -> Profile:
        return profile(self.c, Lambda, self.reml)

    def slopes(self, at: Profile) -> Slopes:
        return slopes(at)

    def derivatives(
        self, layout: Structure, Lambda: np.ndarray, at: Profile
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return gradient and Hessian at an evaluated Λ."""
        return derivatives(layout, Lambda, slopes(at))

    def value(self, Lambda: np.ndarray) -> Profile:
        """Evaluate at Λ; where A has no Cholesky factor, the criterion is infinite."""
        self.count += 1
        try:
            return self.evaluate(Lambda)
        except np.linalg.LinAlgError:
            return NOWHERE

    def best(self, starts) -> Optimum:
        """Search from all starts, and from far corners where a second valley is possible; certify the best end."""
        found = [self.run(start) for start in starts]
        if self.suspects(found[0]):
            found += [self.run(start) for start in corners(self.layout)]
        best = min(found, key=lambda stop: stop.at.criterion)
        certificate = certify(self.layout, best.Lambda, best.slopes, self.count, self.escapes)
        return Optimum(best.Lambda, best.at, certificate)

    def suspects(self, stop: _Stop) -> bool:
        """Return whether a second valley is possible: we stand on a wall, or another wall is not far above us.

        A wall that is far above as a parabola is not evaluated.
        """
        if self.groups > MANY:
            return False
        if lost_rank(stop.Lambda):
            return True
        _gradient, hessian = self.derivatives(self.layout, stop.Lambda, stop.at)
        for wall in walls(self.layout, stop.Lambda):
            way = self.layout.entries(wall - stop.Lambda)
            if way @ hessian @ way / 2 < 5 * RIVAL and self.value(wall).criterion < stop.at.criterion + RIVAL:
                return True
        return False

    def run(self, Lambda: np.ndarray) -> _Stop:
        """Search from Λ; at each stop that Σ shows to be a false boundary, step off it and go on."""
        while True:
            Lambda, at = self.settle(*self.descend(Lambda))
            stop = _Stop(Lambda, at, self.slopes(at))
            wider = self.way_out(stop) if self.escapes < 50 else None
            if wider is None:
                return stop
            Lambda, self.escapes = wider, self.escapes + 1

    def descend(self, Lambda: np.ndarray, most: int = 200) -> tuple[np.ndarray, Profile]:
        """Go downhill by Newton steps.

        A step promises gradient·step/2 if the criterion is a parabola, and is halved until it keeps a small part of its
        promise. Near the end the promise is smaller than the rounding of the criterion: there full steps are taken for
        as long as the promise itself falls, which at Newton's pace is two or three times.
        """
        at, before = self.value(Lambda), np.inf
        if at is NOWHERE:
            raise ValueError(
                _(
                    "The predictors must be told apart by the data, but they are too nearly combinations of each other. "
                    "Leave one out, or centre and scale them."
                )
            )
        for _step in range(most):
            layout, Lambda = self.layout.pivoted(Lambda)
            gradient, hessian = self.derivatives(layout, Lambda, at)
            x, step = layout.entries(Lambda), newton_step(gradient, hessian)
            step *= min(1.0, CAP * (1 + np.abs(x).max()) / max(np.abs(step).max(), 1e-300))
            promise, noise = float(-gradient @ step / 2), ROUNDING * (1 + abs(at.criterion))
            near = promise < noise
            if near and promise > 0.9 * before:
                break
            share, there = 1.0, self.value(layout.matrix(x + step))
            while there.criterion > at.criterion - 1e-4 * share * promise + near * noise:
                share /= 2
                if share < 1e-6:
                    return Lambda, at
                there = self.value(layout.matrix(x + share * step))
            Lambda, at = layout.matrix(x + share * step), there
            if promise < (DONE if promise < before / 1000 else DONE / 1000):  # at Newton's pace, or slower
                break
            before = promise
        return Lambda, at

    def settle(self, Lambda: np.ndarray, at: Profile) -> tuple[np.ndarray, Profile]:
        """Make Λ triangular; what is zero but for rounding becomes exactly zero."""
        Lambda = self.layout.by_block(Lambda)
        if not lost_rank(Lambda):
            return Lambda, at
        flat = Lambda.copy()
        for block in self.layout.blocks():
            left, size, _right = np.linalg.svd(Lambda[block, block])
            L = triangular(left * np.where(size < NEGLIGIBLE, 0.0, size))
            flat[block, block] = np.where(np.abs(L) < 1e-14 * np.abs(L).max(), 0.0, L)
        there = self.value(flat)
        better = there.criterion <= at.criterion + 1e-12 * (1 + abs(at.criterion))
        return (flat, there) if better else (Lambda, at)

    def way_out(self, stop: _Stop) -> np.ndarray | None:
        """Return a better Λ of higher rank, along the most negative eigenvector of Γ, or None."""
        smallest, block, direction = steepest(self.layout, stop.slopes)
        if smallest >= -TIGHT:
            return None
        for t in 2.0 ** -np.arange(0, 24, 2):
            wider = stop.Lambda.copy()
            wider[block, block] = triangular(np.column_stack([wider[block, block], t * direction]))
            if self.value(wider).criterion < stop.at.criterion - 1e-14 * (1 + abs(stop.at.criterion)):
                return wider
        return None

"""Find the best Λ, and prove it.

Newton's method on the entries of Λ, with the exact Hessian. Where the criterion curves downwards, an eigenvalue of the
Hessian is replaced by its absolute value, so every step goes downhill; a step that overshoots is halved.

The catch. The criterion depends on Λ through Σ = ΛΛ', and a zero column of Λ is a stationary point for *any* data: the
slope in λ at λ = 0 is 2λ·(slope in λ²) = 0. So an optimiser that looks at Λ can stop on the boundary of the allowed
covariances although the optimum is inside. Whether it did is seen in Σ:

    Σ is optimal (to first order) if and only if   Γ is positive semidefinite   and   ΓΣ = 0

with Γ the gradient in Σ (`hlm_teach.criterion`). If Γ has a negative eigenvalue, its eigenvector v is a direction of
improvement: Σ + t·vv' is allowed and better for small t > 0. We go there and start again. What the search returns carries
this certificate.

What this file does not do: promise that no *other* valley is deeper; several starting points guard against that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hlm_teach.compress import Compressed
from hlm_teach.covariance import Structure, triangular
from hlm_teach.criterion import Profile, Slopes, profile, slopes
from hlm_teach.locale import _

__all__ = ["Certificate", "Optimum", "certify", "derivatives", "lost_rank", "newton", "newton_step"]

TIGHT = 1e-7  # a certificate allows this share of tr Σ_j G_j
NEGLIGIBLE = 1e-6  # an SD below this, in natural units (1 means B = ½), is tried as 0
RIVAL = 10.0  # a wall higher than this above the optimum is not searched for a second valley
ROUNDING = 1e-9  # a promise below this share of the criterion is taken on trust
DONE = 1e-9  # after a step that promised less, what is left is its square: nothing
MANY = 1000  # with more groups than this the likelihood is regular enough for one search
CAP = 2.0  # a step changes no entry of Λ by more than this multiple of 1 + the largest


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
    The search starts from moments. Up to 1,000 groups, it is repeated from far corners where a second valley is possible: where it ends on
    the boundary, or where moving to a wall (an SD to 0, a correlation to ±1) leads to a point from which the way back
    is uphill.
    """
    search = _Search(c, layout, reml)
    found = [search.run(start) for start in (search.by_moments(), *starts)]
    if search.suspects(found[0]):
        found += [search.run(start) for start in _corners(layout)]
    best = min(found, key=lambda stop: stop.at.criterion)
    certificate = certify(layout, best.Lambda, best.slopes, search.count, search.escapes)
    return Optimum(best.Lambda, best.at, certificate)


def _pairs(layout: Structure) -> list[tuple[int, int, float]]:
    """Return the pairs of coefficients that may be correlated, each with both signs."""
    inside = [range(b.start, b.stop) for b in layout.blocks()]
    return [(i, k, sign) for block in inside for i in block for k in block if k < i for sign in (1.0, -1.0)]


def _corners(layout: Structure) -> list[np.ndarray]:
    """Return starts far apart: all coefficients vary little, or much, or one of them, or two together."""
    one = np.eye(len(layout.K))
    corners = [0.1 * one, one, 10.0 * one]
    if len(one) > 1:
        corners += [0.1 * one + 9.9 * np.diag(row) for row in one]
    for i, k, sign in _pairs(layout):
        together = 0.1 * one
        together[k, k], together[i, k] = 5.0, 5.0 * sign
        corners.append(together)
    return corners


def _walls(layout: Structure, Lambda: np.ndarray):
    """Yield Λ moved to each wall of the allowed covariances, and the direction v there with v'Λ = 0."""
    for k, direction in enumerate(np.eye(len(Lambda))):
        wall = Lambda.copy()
        wall[k] = 0.0
        yield wall, direction
    size = np.linalg.norm(Lambda, axis=1)
    for i, k, sign in _pairs(layout):
        wall, direction = Lambda.copy(), np.zeros(len(Lambda))
        wall[i] = sign * size[i] / size[k] * Lambda[k]
        direction[i], direction[k] = size[k], -sign * size[i]
        yield wall, direction


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


class _Stop(NamedTuple):
    """Where a search has stopped: Λ triangular in blocks, the profile and its slopes there."""

    Lambda: np.ndarray
    at: Profile
    slopes: Slopes


class _Search:
    """One search: it counts its evaluations and looks in Σ for a way on."""

    def __init__(self, c: Compressed, layout: Structure, reml: bool):
        self.c, self.layout, self.reml = c, layout, reml
        self.count, self.escapes = 0, 0

    def value(self, Lambda: np.ndarray) -> Profile:
        self.count += 1
        return profile(self.c, Lambda, self.reml)

    def by_moments(self) -> np.ndarray:
        """Return the Λ at which the spread of the g_j would be as seen at Λ = I; exact for balanced groups.

        With Σ = I and σ² from inside the groups, C = mean g_j g_j'/σ² and Ḡ = mean G_j:  C − Ḡ ≈ Ḡ(Σ − I)Ḡ.
        """
        one = np.eye(len(self.layout.K))
        at, (left, df) = self.value(one), self.c.within()
        d = slopes(at)
        G, C = d.information / self.c.J, d.spread / (self.c.J * left / df)
        Lambda = np.zeros_like(one)
        for block in self.layout.blocks():
            inner = G[block, block]
            inverse = np.linalg.inv(inner + 1e-9 * np.trace(inner) * one[block, block])
            size, axes = np.linalg.eigh(one[block, block] + inverse @ (C - G)[block, block] @ inverse)
            Lambda[block, block] = triangular(axes * np.sqrt(np.clip(size, 0.01, 1e8)))
        return Lambda

    def suspects(self, stop: _Stop) -> bool:
        """Return whether a second valley is possible: we stand on a wall, or another wall has one."""
        if self.c.J > MANY:
            return False
        if lost_rank(stop.Lambda):
            return True
        _gradient, hessian = derivatives(self.layout, stop.Lambda, stop.slopes)
        for wall, direction in _walls(self.layout, stop.Lambda):
            way = self.layout.entries(wall - stop.Lambda)
            if way @ hessian @ way / 2 > 2 * RIVAL:  # too high by far, as a parabola
                continue
            at = self.value(wall)
            if at.criterion < stop.at.criterion + RIVAL and direction @ slopes(at).gamma @ direction > 0:
                return True
        return False

    def run(self, Lambda: np.ndarray) -> _Stop:
        """Search from Λ; at each stop that Σ shows to be a false boundary, step off it and go on."""
        while True:
            Lambda, at = self.settle(*self.descend(Lambda))
            stop = _Stop(Lambda, at, slopes(at))
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
        for _step in range(most):
            layout, Lambda = self.layout.pivoted(Lambda)
            gradient, hessian = derivatives(layout, Lambda, slopes(at))
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
            flat[block, block] = triangular(left * np.where(size < NEGLIGIBLE, 0.0, size))
        there = self.value(flat)
        return (
            (flat, there)
            if there.criterion <= at.criterion + 1e-12 * (1 + abs(at.criterion))
            else (Lambda, at)
        )

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

"""Find the best Λ of every replicate, and prove each: `hlm_teach.newton` for a batch.

All replicates take their Newton steps together; one that has arrived leaves the batch. The rules are those of the single
search: absolute eigenvalues, halved steps, a look at Σ wherever a search stops, far starts where a second valley is
possible, and a certificate for each. The few replicates whose certificate fails are searched for one by one.

What this file does not do: draw the responses (`hlm_teach.batch`), or undo the coordinates (`hlm_teach.bootstrap`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach.batch import Batch, Profiles, profiles, slopes
from hlm_teach.certificate import NEGLIGIBLE, TIGHT
from hlm_teach.covariance import Structure
from hlm_teach.newton import CAP, DONE, MANY, RIVAL, ROUNDING, newton
from hlm_teach.valleys import corners, walls

__all__ = ["Optima", "optima"]

NEAR = 0.1  # a search this near to a known optimum, in Σ and in natural units, has found it again
MOST = 200  # steps


@dataclass(frozen=True)
class Optima:
    """B optima: Λ (B, r, r) triangular, their profiles, and what the certificate says of each, shape (B,)."""

    Lambda: np.ndarray
    at: Profiles
    smallest: np.ndarray
    stationary: np.ndarray

    @property
    def certified(self) -> np.ndarray:
        return (self.smallest >= -TIGHT) & (self.stationary <= TIGHT)

    @property
    def boundary(self) -> np.ndarray:
        """Whether Λ has lost rank, shape (B,)."""
        return lost_rank(self.Lambda)


def optima(d: Batch, layout: Structure, reml: bool) -> Optima:
    """Find the Λ with the smallest criterion for each replicate."""
    search = _Search(d, layout, reml)
    everyone = np.arange(len(d))
    Lambda, at = search.run(everyone, search.by_moments())
    again = search.suspects(Lambda, at)
    starts = corners(layout)
    for who in np.array_split(again, -(-len(again) * len(starts) // len(d))) if len(again) else ():
        home = np.tile(Lambda[who], (len(starts), 1, 1))
        there, found = search.run(np.tile(who, len(starts)), np.repeat(starts, len(who), axis=0), home)
        best = found.criterion.reshape(len(starts), -1).argmin(axis=0) * len(who) + np.arange(len(who))
        best = best[found.criterion[best] < at.criterion[who]]
        Lambda[who[best % len(who)]] = there[best]
        at.put(who[best % len(who)], found.take(best))
    smallest, stationary, _block, _direction = search.certify(Lambda, slopes(at))
    for b in np.flatnonzero((smallest < -TIGHT) | (stationary > TIGHT)):
        best = newton(d.one(b), layout, reml)
        Lambda[b], one = best.Lambda, np.array([b])
        at.put(one, profiles(d.take(one), Lambda[one], reml))
        smallest[b], stationary[b] = best.certificate.smallest, best.certificate.stationary
    return Optima(Lambda, at, smallest, stationary)


class _Search:
    """One search of a batch; ``who`` are the replicates that take part."""

    def __init__(self, d: Batch, layout: Structure, reml: bool):
        self.d, self.layout, self.reml = d, layout, reml

    def value(self, who: np.ndarray, Lambda: np.ndarray) -> Profiles:
        return profiles(self.d.take(who), Lambda, self.reml)

    def by_moments(self) -> np.ndarray:
        """Return the start of `hlm_teach.valleys.by_moments` for each replicate."""
        d, B, r = self.d, len(self.d), len(self.layout.K)
        left, df = d.within()
        one = np.eye(r)
        at = profiles(d, np.repeat(one[None], B, axis=0), self.reml)
        there = slopes(at)
        sigma2 = np.maximum(left, 1e-12 * at.s) / df
        G, C = there.information / d.c.J, there.spread / (d.c.J * sigma2)[:, None, None]
        Lambda = np.zeros((B, r, r))
        for block in self.layout.blocks():
            inner, outer = G[:, block, block], one[block, block]
            inverse = np.linalg.inv(inner + 1e-9 * np.trace(inner, axis1=1, axis2=2)[:, None, None] * outer)
            size, axes = np.linalg.eigh(outer + inverse @ (C[:, block, block] - inner) @ inverse)
            Lambda[:, block, block] = axes * np.sqrt(np.clip(size, 0.01, 1e8))[:, None]
        return by_block(self.layout, Lambda)

    def suspects(self, Lambda: np.ndarray, at: Profiles) -> np.ndarray:
        """Return the replicates that stand on a wall, or that have a wall not far above them."""
        if self.d.c.J > MANY:
            return np.empty(0, dtype=int)
        chosen = lost_rank(Lambda)
        inside = np.flatnonzero(~chosen)
        to = np.array([list(walls(self.layout, Lambda[b])) for b in inside])
        for wall in to.transpose(1, 0, 2, 3) if len(inside) else ():
            chosen[inside] |= self.value(inside, wall).criterion < at.criterion[inside] + RIVAL
        return np.flatnonzero(chosen)

    def run(self, who: np.ndarray, Lambda: np.ndarray, home=None) -> tuple[np.ndarray, Profiles]:
        """Search from Λ; those that stop on a false boundary step off it and go on.

        ``home`` are optima that are known: a search that comes near its own ends there.
        """
        Lambda, at = self.settle(who, *self.descend(who, Lambda, home))
        left = np.arange(len(who)) if home is None else np.flatnonzero(~near(Lambda, home))
        for _escape in range(10):
            smallest, _stationary, block, direction = self.certify(Lambda[left], slopes(at.take(left)))
            left = left[smallest < -TIGHT]
            if not len(left):
                break
            out = smallest < -TIGHT
            wider, moved = self.way_out(
                who[left], Lambda[left], at.criterion[left], block[out], direction[out]
            )
            left = left[moved]
            if not len(left):
                break
            Lambda[left], found = self.settle(who[left], *self.descend(who[left], wider[moved]))
            at.put(left, found)
        return Lambda, at

    def descend(self, who: np.ndarray, Lambda: np.ndarray, home=None) -> tuple[np.ndarray, Profiles]:
        """Go downhill by Newton steps, all together; see `hlm_teach.newton._Search.descend`."""
        Lambda, whole = Lambda.copy(), self.value(who, Lambda)
        live, at, before = np.arange(len(who)), whole, np.full(len(who), np.inf)
        columns = self.layout.columns
        for _step in range(MOST):
            rows, here = pivoted(self.layout, Lambda[live])
            step, slope, x = self._step(here, rows, at)
            step *= np.minimum(1.0, CAP * (1 + np.abs(x).max(1)) / np.maximum(np.abs(step).max(1), 1e-300))[
                :, None
            ]
            promise = -(slope * step).sum(axis=1) / 2
            noise = ROUNDING * (1 + np.abs(at.criterion))
            end = promise < noise
            go = ~(end & (promise > 0.9 * before[live]))
            share, there = self._line(who[live], here, rows, x, step, at, promise, end * noise, go)
            moved = share > 0
            chosen = live[moved]
            Lambda[live] = here
            Lambda[chosen] = _matrix(here[moved], rows[moved], columns, (x + share[:, None] * step)[moved])
            whole.put(chosen, there.take(moved))
            done = promise < np.where(promise < before[live] / 1000, DONE, DONE / 1000)
            before[live] = promise
            live = live[moved & ~done]
            if home is not None:
                live = live[~near(Lambda[live], home[live])]
            if not len(live):
                break
            at = whole.take(live)
        return Lambda, whole

    def _step(self, Lambda: np.ndarray, rows: np.ndarray, at: Profiles):
        """Return Newton's step, the gradient and the free entries of Λ, each (B, m)."""
        d, k, n = slopes(at), self.layout.columns, np.arange(len(Lambda))[:, None]
        gradient = 2 * (d.gamma @ Lambda)[n, rows, k]
        D = np.zeros((len(Lambda), len(k), *Lambda.shape[1:]))
        D[n, np.arange(len(k)), rows] = Lambda[:, :, k].transpose(0, 2, 1)
        hessian = d.second(D + D.transpose(0, 1, 3, 2))
        hessian += 2 * d.gamma[n[:, :, None], rows[:, :, None], rows[:, None]] * (k[:, None] == k)
        size, axes = np.linalg.eigh(hessian)
        size = np.maximum(np.abs(size), 1e-10 * np.maximum(np.abs(size).max(1), 1e-300)[:, None])
        along = (axes.transpose(0, 2, 1) @ gradient[:, :, None])[:, :, 0] / size
        return -(axes @ along[:, :, None])[:, :, 0], gradient, Lambda[n, rows, k]

    def _line(self, who, Lambda, rows, x, step, at, promise, allowed, go):
        """Halve each step until it keeps a small part of its promise; a share of 0 is a step not taken."""
        columns, share = self.layout.columns, go.astype(float)
        there = self.value(who, _matrix(Lambda, rows, columns, x + share[:, None] * step))
        while True:
            high = there.criterion > at.criterion - 1e-4 * share * promise + allowed
            left = np.flatnonzero(high & (share > 0))
            if not len(left):
                return share, there
            share[left] /= 2
            share[left[share[left] < 1e-6]] = 0.0
            trial = (x + share[:, None] * step)[left]
            there.put(left, self.value(who[left], _matrix(Lambda[left], rows[left], columns, trial)))

    def settle(self, who: np.ndarray, Lambda: np.ndarray, at: Profiles) -> tuple[np.ndarray, Profiles]:
        """Make each Λ triangular; what is zero but for rounding becomes exactly zero."""
        Lambda = by_block(self.layout, Lambda)
        lost = np.flatnonzero(lost_rank(Lambda))
        if not len(lost):
            return Lambda, at
        flat = Lambda[lost]
        for block in self.layout.blocks():
            left, size, _right = np.linalg.svd(flat[:, block, block])
            L = triangular(left * np.where(size < NEGLIGIBLE, 0.0, size)[:, None])
            tiny = np.abs(L) < 1e-14 * np.abs(L).max(axis=(1, 2), keepdims=True)
            flat[:, block, block] = np.where(tiny, 0.0, L)
        there = self.value(who[lost], flat)
        before = at.criterion[lost]
        better = there.criterion <= before + 1e-12 * (1 + np.abs(before))
        Lambda[lost[better]] = flat[better]
        at.put(lost[better], there.take(better))
        return Lambda, at

    def certify(self, Lambda: np.ndarray, d) -> tuple[np.ndarray, ...]:
        """Return the smallest eigenvalue of Γ and |ΓΛ|, both relative, and the block and direction to leave by."""
        B, blocks = len(Lambda), self.layout.blocks()
        smallest, inside = np.full(B, np.inf), np.zeros(B)
        chosen, direction = np.zeros(B, dtype=int), np.zeros((B, len(self.layout.K)))
        for number, block in enumerate(blocks):
            gamma = d.gamma[:, block, block]
            size, axes = np.linalg.eigh(gamma)
            least = size[:, 0] / np.trace(d.information[:, block, block], axis1=1, axis2=2)
            lower = least < smallest
            chosen[lower], smallest[lower] = number, least[lower]
            direction[lower] = 0.0
            direction[lower, block] = axes[lower, :, 0]
            inside = np.maximum(inside, np.abs(gamma @ Lambda[:, block, block]).max(axis=(1, 2)))
        whole = np.trace(d.information, axis1=1, axis2=2) * np.maximum(np.abs(Lambda).max(axis=(1, 2)), 1.0)
        return smallest, inside / whole, chosen, direction

    def way_out(self, who, Lambda, criterion, chosen, direction) -> tuple[np.ndarray, np.ndarray]:
        """Return better Λ of higher rank, along the most negative eigenvectors of Γ, and where there are any."""
        wider, moved = Lambda.copy(), np.zeros(len(who), dtype=bool)
        for t in 2.0 ** -np.arange(0, 24, 2):
            left = np.flatnonzero(~moved)
            if not len(left):
                break
            trial = Lambda[left].copy()
            for number, block in enumerate(self.layout.blocks()):
                mine = chosen[left] == number
                pair = [trial[mine, block, block], t * direction[left[mine], block, None]]
                trial[mine, block, block] = triangular(np.concatenate(pair, axis=2))
            least = criterion[left] - 1e-14 * (1 + np.abs(criterion[left]))
            better = self.value(who[left], trial).criterion < least
            wider[left[better]], moved[left[better]] = trial[better], True
        return wider, moved


def _matrix(like: np.ndarray, rows: np.ndarray, columns: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """Return Λ (B, r, r) from its free entries (B, m)."""
    Lambda = np.zeros_like(like)
    Lambda[np.arange(len(rows))[:, None], rows, columns] = entries
    return Lambda


def lost_rank(Lambda: np.ndarray) -> np.ndarray:
    """Return whether each triangular Λ, in natural units, is singular."""
    return (np.diagonal(Lambda, axis1=1, axis2=2) < NEGLIGIBLE).any(axis=1)


def near(Lambda: np.ndarray, home: np.ndarray) -> np.ndarray:
    """Return whether each ΛΛ' is almost that of the known optimum."""
    there, here = (root @ root.transpose(0, 2, 1) for root in (home, Lambda))
    return np.abs(there - here).max(axis=(1, 2)) < NEAR * (1 + np.abs(there).max(axis=(1, 2)))


def triangular(root: np.ndarray) -> np.ndarray:
    """Return lower triangular L with LL' = root·root' for each replicate, (B, r, any) → (B, r, r), diagonals >= 0."""
    L = np.linalg.qr(root.transpose(0, 2, 1), mode="r").transpose(0, 2, 1)
    if L.shape[2] < L.shape[1]:
        L = np.concatenate([L, np.zeros((len(L), L.shape[1], L.shape[1] - L.shape[2]))], axis=2)
    return L * np.where(np.diagonal(L, axis1=1, axis2=2) < 0, -1.0, 1.0)[:, None]


def by_block(layout: Structure, Lambda: np.ndarray) -> np.ndarray:
    """Return the triangular Λ with the same ΛΛ' for each replicate."""
    if len(layout.sizes) == len(layout.K):
        return np.abs(Lambda)
    out = np.zeros_like(Lambda)
    for block in layout.blocks():
        out[:, block, block] = triangular(Lambda[:, block, block])
    return out


def pivoted(layout: Structure, Lambda: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the free entries stand (B, m), and Λ triangular in the order of its pivots, largest first.

    Gram–Schmidt on the rows, the longest that is left first: its length is the pivot.
    """
    B, n = len(Lambda), np.arange(len(Lambda))
    if len(layout.sizes) == len(layout.K):
        return np.repeat(layout.rows[None], B, axis=0), np.abs(Lambda)
    out, place = np.zeros_like(Lambda), np.empty((B, len(layout.K)), dtype=int)
    for block in layout.blocks():
        rest, free = Lambda[:, block, block].copy(), np.ones((B, block.stop - block.start), dtype=bool)
        for k in range(block.start, block.stop):
            size = np.einsum("nij,nij->ni", rest, rest)
            best = np.where(free, size, -1.0).argmax(axis=1)
            length = np.sqrt(size[n, best])
            unit = rest[n, best] / np.where(length > 0, length, 1.0)[:, None]
            along = (rest @ unit[:, :, None])[:, :, 0] * free
            out[:, block, k] = along
            rest -= along[:, :, None] * unit[:, None]
            free[n, best] = False
            place[:, k] = block.start + best
    return place[:, layout.rows], out

"""Many responses to one design at once: `hlm_teach.criterion` with one more axis.

A bootstrap refits one model to B responses. Design and groups are the same in all of them, so R_j and the X-part of E_j
and W exist once; only the y-part has B versions, and each version has its own Λ. Every operation below is that of
`hlm_teach.criterion`, on arrays that end in (B, J): one call of NumPy serves all groups of all replicates.

The responses are never drawn row by row. What the likelihood sees of y ~ N(Xβ, σ²V) is drawn directly:

    E_jy = √σ² L_j z_j,  L_jL_j' = V_j = I + R_jΣR_j',  z_j ~ N(0, I)       the q pseudo-rows of group j
    W_Xy = σ F u,        FF' = W_XX,                     u ~ N(0, I)         what is left over (Bartlett's decomposition
    W_yy = σ²(|u|² + χ²)                                                     of a Wishart matrix whose X-part is known)

with as many degrees of freedom in χ² as rows are left over beyond the rank of W_XX. That is exact, and its cost does not
depend on the number of rows. β is taken as 0: the estimates of y + Xδ are those of y, moved by δ.

What this file does not do: search (`hlm_teach.batch_newton`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hlm_teach.compress import Compressed
from hlm_teach.stacks import cholesky, forward, gram

__all__ = ["Batch", "Draws", "Profiles", "profiles", "slopes"]

RANK = 1e-12  # as in `Compressed.within`


@dataclass(frozen=True)
class Batch:
    """B responses to one design, compressed.

    Attributes
    ----------
    c : Compressed
        The design: R, and the X-part of E and W.
    Ey : array, shape (q, B, J)
    Wxy, Wyy : arrays, shape (B, p) and (B,)
    """

    c: Compressed
    Ey: np.ndarray
    Wxy: np.ndarray
    Wyy: np.ndarray

    def __len__(self) -> int:
        return len(self.Wyy)

    def take(self, chosen) -> Batch:
        """Return some of the replicates."""
        return Batch(self.c, self.Ey[:, chosen], self.Wxy[chosen], self.Wyy[chosen])

    def one(self, b: int) -> Compressed:
        """Return replicate b as the compressed data of a single fit."""
        E, W = self.c.E.copy(), self.c.W.copy()
        E[:, -1], W[:-1, -1], W[-1, :-1], W[-1, -1] = self.Ey[:, b], self.Wxy[b], self.Wxy[b], self.Wyy[b]
        return replace(self.c, E=E, W=W)

    def seen_by(self, c: Compressed, M: np.ndarray) -> Batch:
        """Return the same responses for a model with other varying columns and with X M for X."""
        E = np.concatenate([np.matmul(M.T, self.c.E[:, :-1]), self.c.E[:, -1:]], axis=1)
        W = np.zeros((M.shape[1] + 1,) * 2)
        W[:-1, :-1] = M.T @ self.c.W[:-1, :-1] @ M
        return Batch(replace(c, E=E, W=W, p=M.shape[1]), self.Ey, self.Wxy @ M, self.Wyy)

    def within(self) -> tuple[np.ndarray, int]:
        """Return the residual sums of squares inside the groups, shape (B,), and their df."""
        F, inverse = _root(self.c.W[:-1, :-1])
        used = self.Wxy @ inverse
        return self.Wyy - (used**2).sum(axis=1), self.c.spare - F.shape[1]


def _root(W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return F (p, rank) with FF' = W and its generalised inverse, transposed: F'·inverse = I."""
    size = np.sqrt(np.diag(W))
    unit = np.where(size > 0, size, 1.0)
    values, axes = np.linalg.eigh(W / np.outer(unit, unit))
    good = (values > RANK) & (values > 0)
    axes, root = axes[:, good], np.sqrt(values[good])
    return unit[:, None] * axes * root, axes / root / unit[:, None]


class Draws:
    """A stream of responses: the k-th is the same however many are taken at a time.

    Examples
    --------
    >>> from hlm_teach.compress import compress
    >>> one = np.ones(5)
    >>> c = compress(y=[1.0, 3.0, 4.0, 8.0, 9.0], x=[one], z=[one], codes=[0, 0, 1, 1, 1])
    >>> stream, again = (Draws(c, np.array([[0.7]]), 1.0, seed=1) for _ in range(2))
    >>> bool(np.array_equal(stream.take(3).Ey, np.concatenate([again.take(2).Ey, again.take(1).Ey], axis=1)))
    True
    """

    def __init__(self, c: Compressed, Lambda: np.ndarray, sigma: float, seed):
        self.c, self.sigma = c, sigma
        q, _r, J = c.R.shape
        F = np.matmul(Lambda.T, c.R)
        V = gram(F.transpose(1, 0, 2), F.transpose(1, 0, 2))
        V[range(q), range(q)] += 1
        self.L = cholesky(V, least=1.0)
        self.real = np.ones((q, J), dtype=bool)  # a group without spread in z has no pseudo-row for it
        self.real[1:] = (c.R[1:] != 0).any(axis=1)
        self.F, _inverse = _root(c.W[:-1, :-1])
        self.df = c.spare - self.F.shape[1]
        self.normal, self.chi2 = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))

    def take(self, B: int) -> Batch:
        """Draw the next B responses."""
        q, J = self.real.shape
        z = self.normal.standard_normal((B, q * J + self.F.shape[1]))
        u = z[:, q * J :]
        z = z[:, : q * J].reshape(B, q, J).transpose(1, 0, 2)
        Ey = np.zeros((q, B, J))
        for k in range(q):
            for i in range(k + 1):
                Ey[k] += self.L[k, i] * z[i]
            Ey[k] *= self.sigma * self.real[k]
        Wyy = (u**2).sum(axis=1) + self.chi2.chisquare(self.df, B)
        return Batch(self.c, Ey, self.sigma * u @ self.F.T, self.sigma**2 * Wyy)


@dataclass
class Profiles:
    """`hlm_teach.criterion.Profile` for B replicates: arrays begin with B, or end in (B, J)."""

    criterion: np.ndarray
    s: np.ndarray
    beta: np.ndarray
    factor: np.ndarray
    UR: np.ndarray
    UE: np.ndarray
    nu: int
    reml: bool

    def take(self, chosen) -> Profiles:
        """Return some of the replicates."""
        first = (getattr(self, name)[chosen] for name in ("criterion", "s", "beta", "factor"))
        return Profiles(*first, self.UR[:, :, chosen], self.UE[:, :, chosen], self.nu, self.reml)

    def put(self, chosen, new: Profiles) -> None:
        """Replace some of the replicates."""
        for name in ("criterion", "s", "beta", "factor"):
            getattr(self, name)[chosen] = getattr(new, name)
        self.UR[:, :, chosen], self.UE[:, :, chosen] = new.UR, new.UE


def profiles(d: Batch, Lambda: np.ndarray, reml: bool) -> Profiles:
    """Evaluate the profiled likelihood of each replicate at its Λ (B, r, r); infinite where A has no Cholesky factor."""
    c, B = d.c, len(d)
    (q, r, J), p = c.R.shape, c.p
    F = np.einsum("qkj,nkc->qcnj", c.R, Lambda)
    V = gram(F.transpose(1, 0, 2, 3), F.transpose(1, 0, 2, 3))
    V[range(q), range(q)] += 1
    L = cholesky(V, least=1.0)
    rows = np.empty((q, r + p + 1, B, J))
    rows[:, :r], rows[:, r:-1], rows[:, -1] = c.R[:, :, None], c.E[:, :p, None], d.Ey
    U = forward(L, rows)
    UR, UE = U[:, :r], U[:, r:]
    flat = UE.transpose(2, 1, 0, 3).reshape(B, p + 1, q * J)
    A = np.matmul(flat, flat.transpose(0, 2, 1))
    A[:, :p, :p] += c.W[:p, :p]
    A[:, :p, p] += d.Wxy
    A[:, p, :p] += d.Wxy
    A[:, p, p] += d.Wyy
    with np.errstate(all="ignore"):
        C = cholesky(np.ascontiguousarray(A.transpose(1, 2, 0)))
        s = C[p, p] ** 2
        backwards = forward(C[:p, :p].transpose(1, 0, 2)[::-1, ::-1], C[p, :p, None][::-1])[::-1, 0]
        nu = c.n - p if reml else c.n
        logdets = np.log(L[range(q), range(q)]).sum(axis=(0, 2))
        if reml:
            logdets = logdets + np.log(C[range(p), range(p)]).sum(axis=0)
        criterion = 2 * logdets + nu * (1 + np.log(2 * np.pi * s / nu))
    good = np.isfinite(criterion)
    factor = np.where(good[:, None, None], C[:p, :p].transpose(2, 0, 1), np.eye(p))
    return Profiles(np.where(good, criterion, np.inf), s, backwards.T.copy(), factor, UR, UE, nu, reml)


@dataclass(frozen=True)
class Slopes:
    """`hlm_teach.criterion.Slopes` for B replicates; every array begins with B."""

    gamma: np.ndarray
    information: np.ndarray
    pairs: np.ndarray
    crossed: np.ndarray
    spread: np.ndarray
    fixed: np.ndarray | None
    ratio: np.ndarray
    s: np.ndarray

    def second(self, D: np.ndarray) -> np.ndarray:
        """Return ∂²[D_k, D_l] for m symmetric directions, D (B, m, r, r) → (B, m, m)."""
        flat = D.reshape(*D.shape[:2], -1)
        turned = flat.transpose(0, 2, 1)
        k = flat @ self.crossed
        s1 = (flat @ self.spread.reshape(len(D), -1, 1))[:, :, 0]
        total = flat @ self.pairs @ turned - (2 * self.ratio)[:, None, None] * (k @ k.transpose(0, 2, 1))
        total -= (self.ratio / self.s)[:, None, None] * (s1[:, :, None] * s1[:, None])
        if self.fixed is not None:
            M = flat @ self.fixed
            total -= M @ M.transpose(0, 2, 1)
        return (total + total.transpose(0, 2, 1)) / 2


def slopes(at: Profiles) -> Slopes:
    """Differentiate the criterion of each replicate in Σ; the formulas are those of `hlm_teach.criterion`."""
    (_q, r, B, J), p = at.UR.shape, at.beta.shape[1]
    residual = at.UE[:, p] - np.einsum("np,qpnj->qnj", at.beta, at.UE[:, :p])
    g = gram(at.UR, residual[:, None])[:, 0]
    G = gram(at.UR, at.UR)
    H = np.matmul(
        np.linalg.inv(at.factor), gram(at.UR, at.UE[:, :p]).transpose(2, 1, 0, 3).reshape(B, p, r * J)
    ).reshape(B, p, r, J)
    gg = g[:, None] * g[None]
    ratio = at.nu / at.s
    each = ratio[:, None]
    gamma, curve = G - each * gg, 2 * each * gg - G
    fixed = None
    flat_H = H.transpose(0, 2, 1, 3).reshape(B, r * p, J)
    if at.reml:
        P = gram(H.transpose(1, 2, 0, 3), H.transpose(1, 2, 0, 3))
        gamma -= P
        curve += 2 * P
        fixed = (flat_H @ flat_H.transpose(0, 2, 1)).reshape(B, r, p, r, p)
        fixed = fixed.transpose(0, 1, 3, 2, 4).reshape(B, r * r, p * p)
    flat_G, flat_B = (M.transpose(2, 0, 1, 3).reshape(B, r * r, J) for M in (G, curve))
    pairs = (flat_B @ flat_G.transpose(0, 2, 1)).reshape(B, r, r, r, r)
    crossed = (flat_H @ g.transpose(1, 2, 0)).reshape(B, r, p, r)
    return Slopes(
        gamma=gamma.sum(axis=3).transpose(2, 0, 1),
        information=G.sum(axis=3).transpose(2, 0, 1),
        pairs=pairs.transpose(0, 1, 3, 4, 2).reshape(B, r * r, r * r),
        crossed=crossed.transpose(0, 1, 3, 2).reshape(B, r * r, p),
        spread=gg.sum(axis=3).transpose(2, 0, 1),
        fixed=fixed,
        ratio=ratio,
        s=at.s,
    )

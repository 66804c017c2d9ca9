"""Several factors, given Λ: the profiled likelihood and its gradient, all from one Cholesky factor.

With the pseudo-rows of `hlm_teach.blocks`, V_j = I + R_j Σ₁ R_j' for the eliminated factor, and D = diag(Λ₂, …, I):

    A = W + Σ_j E_j'V_j⁻¹E_j                    the others, X and y, after the first factor has been allowed for
    M = D'A D + diag(I, 0)  =  C C'             columns: coefficients of the others | X | y

    log|V| = Σ_j log|V_j| + 2 Σ log C_kk (others),    log|X'V⁻¹X| = 2 Σ log C_kk (X),    s = C_yy²
    criterion = log|V| + ν (1 + log(2π s/ν)) + [REML] log|X'V⁻¹X|

The gradient in the covariance of a factor f, Γ_f = Σ_j Z_fj'P Z_fj − (ν/s) g_fj g_fj', needs P = V⁻¹ (for REML without
the part that X spans) only inside the groups. With K = D (M without y, for ML also without X)⁻¹ D',
H_j = R_j'V_j⁻¹E_j and e = (−b̂₂, −β̂, 1):

    first factor    Z_j'P Z_j = R_j'V_j⁻¹R_j − H_j K H_j'     g_j = H_j e
    the others      Z'P Z = A − A K A                         g = A e

What this file does not do: search for the best Λ (`hlm_teach.search_several`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpotri

from hlm_teach.blocks import Blocks, dense, scaled
from hlm_teach.stacks import cholesky, forward

__all__ = ["Gradient", "Joint", "gradient", "joint"]

WELL = 0.03  # a block of Λ with no singular value below this can be divided by


@dataclass(frozen=True)
class Joint:
    """The profiled likelihood of several factors at one Λ.

    Attributes
    ----------
    criterion, logdet_V, logdet_X, s, sigma2, nu, reml
        As in `hlm_teach.criterion.Profile`.
    beta, b2 : arrays, shape (p,) and (m,)
        Fixed coefficients, and the BLUPs of the factors that stay.
    Lambda : array, shape (r, r)
        Block-diagonal over all factors.
    A, C : arrays, shape (c, c)
        Cross-products given the first factor; lower Cholesky factor of M.
    UR, UE : array (r, r, J) and list of r arrays (J, c)
        L_j⁻¹R_j and L_j⁻¹E_j, where L_j L_j' = V_j.
    """

    blocks: Blocks = field(repr=False)
    criterion: float
    logdet_V: float
    logdet_X: float
    s: float
    sigma2: float
    nu: int
    reml: bool
    beta: np.ndarray
    b2: np.ndarray
    Lambda: np.ndarray
    A: np.ndarray = field(repr=False)
    C: np.ndarray = field(repr=False)
    UR: np.ndarray = field(repr=False)
    UE: list = field(repr=False)

    @property
    def factor(self) -> np.ndarray:
        """Lower Cholesky factor of X'V⁻¹X, shape (p, p)."""
        m = self.blocks.m
        return self.C[m:-1, m:-1]

    def inverse(self, size: int) -> np.ndarray:
        """Return the inverse of the first ``size`` rows and columns of M."""
        if size == 0:
            return np.zeros((0, 0))
        half = dpotri(self.C[:size, :size].T, lower=0)[0].T  # the lower triangle
        upper = np.triu(half.T, 1)
        upper += np.tril(half)
        return upper

    def covariance(self, inverse: np.ndarray) -> np.ndarray:
        """Return K = D M⁻¹ D', with zeros for the columns that were left out, shape (c, c)."""
        size = len(inverse)
        K = np.zeros_like(self.C)
        K[:size, :size] = self._outside(self._outside(inverse).T)
        return K

    def _outside(self, A: np.ndarray) -> np.ndarray:
        return self.blocks.times(self.Lambda.T, A)

    @cached_property
    def H(self) -> list:
        """H_j = R_j'V_j⁻¹E_j: a list of r arrays (J, c)."""
        r = self.UR.shape[1]
        return [sum(scaled(rows, self.UR[k, a]) for k, rows in enumerate(self.UE)) for a in range(r)]

    @cached_property
    def g(self) -> list[np.ndarray]:
        """g = Z'V⁻¹(y − Xβ̂) of each factor, shapes (r, J); it leads to the BLUPs, b̂ = Σ g."""
        e = np.concatenate([-self.b2, -self.beta, [1.0]])
        found = []
        for part in self.blocks.parts:
            if part.columns is None:
                found.append(np.array([rows @ e for rows in self.H]).reshape(part.r, part.J))
            else:
                found.append((self.A[part.columns] @ e).reshape(part.r, part.J))
        return found


def joint(blocks: Blocks, Lambda: np.ndarray, reml: bool = True) -> Joint:
    """Evaluate the profiled likelihood at Λ, shape (r, any), block-diagonal over the factors.

    References
    ----------
    Bates, D. et al. (2015), *J. Stat. Software* 67(1), §3.4. The elimination of one factor is that of Julia's
    MixedModels (D. Bates, P. Alday and others).
    """
    m, p, n, R = blocks.m, blocks.p, blocks.n, blocks.R
    r, J = R.shape[1:]
    A, logdet_V, UR, UE = blocks.W, 0.0, R, []
    if J:
        inside = blocks.first.inside
        F = np.matmul(Lambda[inside, inside].T, R)
        V = np.einsum("ikj,lkj->ilj", F, F)
        V[range(r), range(r)] += 1
        L = cholesky(V, least=1.0)
        UR = forward(L, R)
        for k in range(r):
            rows = blocks.pseudo_rows(k)
            for i in range(k):
                rows = rows - scaled(UE[i], L[k, i])
            UE.append(scaled(rows, 1 / L[k, k]))
        A = A + sum(dense(rows.T @ rows) for rows in UE)
        logdet_V = 2 * float(np.log(L[range(r), range(r)]).sum())
    M = blocks.times(Lambda, blocks.times(Lambda, A).T)
    M[range(m), range(m)] += 1
    C = np.linalg.cholesky(M)
    size = np.log(np.diag(C))
    logdet_V += 2 * float(size[:m].sum())
    logdet_X = 2 * float(size[m:-1].sum())
    s, nu = float(C[-1, -1] ** 2), n - p if reml else n
    u = solve_triangular(C[:-1, :-1], C[-1, :-1], lower=True, trans=1)
    criterion = logdet_V + nu * (1 + np.log(2 * np.pi * s / nu)) + (logdet_X if reml else 0.0)
    b2 = blocks.times(Lambda.T, u[:m])
    return Joint(
        blocks, float(criterion), logdet_V, logdet_X, s, s / nu, nu, reml, u[m:], b2, Lambda, A, C, UR, UE
    )


@dataclass(frozen=True)
class Gradient:
    """Γ and Σ_j Z_j'P Z_j, the size against which it is small or not; both (r, r), block-diagonal over the factors."""

    gamma: np.ndarray
    information: np.ndarray


def gradient(at: Joint) -> Gradient:
    """Differentiate the criterion in the covariances of all factors at an evaluated Λ."""
    blocks = at.blocks
    inverse = at.inverse(blocks.m + (blocks.p if at.reml else 0))
    K = at.covariance(inverse)
    information = np.zeros_like(at.Lambda)
    for part in blocks.parts:
        inner = _first(at, K) if part.columns is None else _other(at, part, inverse)
        information[part.inside, part.inside] = inner
    gamma = information.copy()
    for part, g in zip(blocks.parts, at.g, strict=True):
        gamma[part.inside, part.inside] -= at.nu / at.s * (g @ g.T)
    return Gradient(gamma, information)


def _first(at: Joint, K: np.ndarray) -> np.ndarray:
    """Return Σ_j Z_j'P Z_j of the eliminated factor, shape (r, r)."""
    r = len(at.H)
    inner = np.einsum("kaj,kbj->ab", at.UR, at.UR)
    for a in range(r):
        for b in range(a + 1):
            inner[a, b] -= np.vdot(K, dense(at.H[a].T @ at.H[b]))
            inner[b, a] = inner[a, b]
    return inner


def _other(at: Joint, part, inverse: np.ndarray) -> np.ndarray:
    """Return Σ_j Z_j'P Z_j of a factor that stays, shape (r, r).

    Where Λ can be divided by, it is Λ⁻ᵀ(I − M⁻¹)Λ⁻¹, and M⁻¹ is there already; else A − A K A.
    """
    r, J, columns = part.r, part.J, part.columns
    root = at.Lambda[part.inside, part.inside]
    if np.linalg.svd(root, compute_uv=False).min() > WELL:
        own = inverse[columns, columns].reshape(r, J, r, J)
        back = np.linalg.inv(root)
        return back.T @ (J * np.eye(r) - np.einsum("ajbj->ab", own)) @ back
    size = len(inverse)
    A = at.A[:size, columns]
    half = solve_triangular(at.C[:size, :size], at.blocks.times(at.Lambda, A), lower=True)
    half = half.reshape(size, r, J)
    own = at.A[columns, columns].reshape(r, J, r, J)
    return np.einsum("ajbj->ab", own) - np.einsum("iaj,ibj->ab", half, half)

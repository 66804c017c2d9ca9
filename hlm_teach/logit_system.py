"""The penalised logit model given θ: its coefficients as one linear system, solved by blocks.

    η = Xβ + A u,   A = ZΛ,   u ~ N(0, I),   b = Λu         y of m trials ~ Binomial(logit⁻¹ η)

Newton's method for the u that fit best needs H = I + A'WA, W = m p(1 − p), again and again. Groups of one factor share no
rows, so the factor with the most coefficients has a block-diagonal part H₁₁, one small block per group; it is eliminated
block by block, and only S = H₂₂ − H₂₁H₁₁⁻¹H₁₂ for the other factors is dense (the idea of MixedModels.jl).

u lists factor by factor, the one to be eliminated first; within a factor coefficient by coefficient, group by group.
What this file does not do: iterate (`hlm_teach.laplace`), or know units (`hlm_teach.logit_model`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach.stacks import cholesky, forward, gram

__all__ = ["Factored", "Groups", "System"]


@dataclass(frozen=True)
class Groups:
    """One factor over the cells: codes (C,), J groups, varying columns z (r, C)."""

    codes: np.ndarray
    J: int
    z: np.ndarray


class System:
    """The cells of a model: fixed columns x (p, C), successes and trials (C,), and the factors, largest first."""

    def __init__(self, x: np.ndarray, successes: np.ndarray, trials: np.ndarray, groups: tuple[Groups, ...]):
        self.x, self.y, self.m, self.groups = x, successes, trials, groups
        self.sizes = [len(g.z) * g.J for g in groups]
        ends = np.cumsum(self.sizes)
        self.slices = [slice(end - size, end) for size, end in zip(self.sizes, ends, strict=True)]
        self.first, self.n_u = groups[0], int(ends[-1])
        self.d = self.n_u - self.sizes[0]
        starts = [s.start - self.sizes[0] for s in self.slices[1:]]
        self.column = [  # which column of H₁₂ and H₂₂ each further coefficient of a cell belongs to
            start + k * g.J + g.codes
            for start, g in zip(starts, groups[1:], strict=True)
            for k in range(len(g.z))
        ]
        self.cross = [column * self.first.J + self.first.codes for column in self.column]
        self.pairs = [(i, k) for i in range(len(self.column)) for k in range(i + 1)]
        self.inner = [self.column[i] * self.d + self.column[k] for i, k in self.pairs]

    def columns(self, roots: list[np.ndarray]) -> np.ndarray:
        """Return the non-zero entries of A: Λ'z of each factor, one below the other, shape (R, C)."""
        return np.concatenate([root.T @ g.z for root, g in zip(roots, self.groups, strict=True)])

    def gather(self, u: np.ndarray) -> np.ndarray:
        """Return each cell's own coefficients, shape (R, C)."""
        parts = [
            u[s].reshape(len(g.z), g.J)[:, g.codes] for s, g in zip(self.slices, self.groups, strict=True)
        ]
        return np.concatenate(parts)

    def scatter(self, rows: np.ndarray) -> np.ndarray:
        """Return the sums over the cells of each group of rows (R, C), in the order of u."""
        codes = [g.codes for g in self.groups for _k in range(len(g.z))]
        J = [g.J for g in self.groups for _k in range(len(g.z))]
        return np.concatenate(
            [np.bincount(c, row, minlength=j) for c, row, j in zip(codes, rows, J, strict=True)]
        )

    def factor(self, A: np.ndarray, w: np.ndarray) -> Factored:
        """Return H = I + A'WA, factored."""
        r, J, d = len(self.first.z), self.first.J, self.d
        wA = w * A
        H11 = np.empty((r, r, J))
        for i in range(r):
            for k in range(i + 1):
                H11[i, k] = H11[k, i] = np.bincount(self.first.codes, wA[i] * A[k], minlength=J)
            H11[i, i] += 1
        H12, H22 = np.zeros((r, d, J)), np.eye(d)
        for own, cross in zip(A[r:], self.cross, strict=True):
            for i in range(r):
                H12[i] += np.bincount(cross, wA[i] * own, minlength=d * J).reshape(d, J)
        for (i, k), inner in zip(self.pairs, self.inner, strict=True):
            part = np.bincount(inner, wA[r + i] * A[r + k], minlength=d * d).reshape(d, d)
            H22 += part if i == k else part + part.T
        return Factored(H11, H12, H22)

    def inverse_of_groups(self, H: Factored) -> list[np.ndarray]:
        """Return the diagonal blocks of H⁻¹, one per group of each factor, shape (r, r, J)."""
        V11, _V12, V22 = H.inverse_blocks()
        out = [V11]
        for own, g in zip(self.slices[1:], self.groups[1:], strict=True):
            at = np.arange(own.start, own.stop).reshape(len(g.z), g.J) - self.sizes[0]
            out.append(V22[at[:, None], at[None]])
        return out

    def own_inverse(self, H: Factored, A: np.ndarray) -> np.ndarray:
        """Return each cell's own entries of H⁻¹a, with a its row of A, shape (R, C)."""
        r, (V11, V12, V22) = len(self.first.z), H.inverse_blocks()
        out = np.zeros_like(A)
        for i in range(r):
            for k in range(r):
                out[i] += V11[i, k][self.first.codes] * A[k]
            flat = V12[i].ravel()
            for own, cross, row in zip(A[r:], self.cross, out[r:], strict=True):
                entry = flat[cross]
                out[i] += entry * own
                row += entry * A[i]
        flat = V22.ravel()
        for (i, k), inner in zip(self.pairs, self.inner, strict=True):
            entry = flat[inner]
            out[r + i] += entry * A[r + k]
            if i != k:
                out[r + k] += entry * A[r + i]
        return out


class Factored:
    """H = [[H₁₁, H₁₂], [H₂₁, H₂₂]] with H₁₁ in J blocks: H₁₁ (r, r, J), H₁₂ (r, d, J), H₂₂ (d, d).

    Examples
    --------
    >>> H = Factored(np.array([[[4.0, 5.0]]]), np.array([[[2.0, 1.0]]]), np.array([[9.0]]))
    >>> H.solve(np.array([6.0, 6.0, 12.0])).round(6)        # 4a + 2c = 6, 5b + c = 6, 2a + b + 9c = 12
    array([1., 1., 1.])
    """

    def __init__(self, H11: np.ndarray, H12: np.ndarray, H22: np.ndarray):
        self.r, self.d, self.J = H12.shape
        L = cholesky(H11, least=1.0)
        one = np.zeros_like(H11)
        one[range(self.r), range(self.r)] = 1.0
        self.back = forward(L, one)  # L⁻¹
        half = forward(L, H12)
        self.K = gram(self.back, half)  # H₁₁⁻¹H₁₂
        S = H22 - sum(block @ block.T for block in half)
        self.factor = np.linalg.cholesky(S)
        self.inverse = np.linalg.inv(self.factor)
        self.logdet = float(
            2 * np.log(L[range(self.r), range(self.r)]).sum() + 2 * np.log(np.diag(self.factor)).sum()
        )

    def solve(self, g: np.ndarray) -> np.ndarray:
        """Return H⁻¹g, shape of g: (n_u,) or (n_u, k)."""
        many = g.reshape(len(g), -1)
        g1, g2 = many[: self.r * self.J].reshape(self.r, self.J, -1), many[self.r * self.J :]
        x2 = self.inverse.T @ (
            self.inverse @ (g2 - sum(K @ part for K, part in zip(self.K, g1, strict=True)))
        )
        half = np.einsum("ikj,kjc->ijc", self.back, g1)
        x1 = np.einsum("kij,kjc->ijc", self.back, half) - np.matmul(x2.T, self.K).transpose(0, 2, 1)
        return np.concatenate([x1.reshape(self.r * self.J, -1), x2]).reshape(g.shape)

    def half_solve(self, z: np.ndarray) -> np.ndarray:
        """Return x with covariance H⁻¹ for z (n_u, k) of independent standard normals."""
        z1, z2 = z[: self.r * self.J].reshape(self.r, self.J, -1), z[self.r * self.J :]
        x2 = self.inverse.T @ z2
        x1 = np.einsum("kij,kjc->ijc", self.back, z1) - np.matmul(x2.T, self.K).transpose(0, 2, 1)
        return np.concatenate([x1.reshape(self.r * self.J, -1), x2])

    def inverse_blocks(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the diagonal blocks of H⁻¹ for the first factor (r, r, J), the cross part (r, d, J), the rest (d, d)."""
        V22 = self.inverse.T @ self.inverse
        V12 = -np.matmul(V22, self.K)
        V11 = gram(self.back, self.back) - np.einsum("idj,kdj->ikj", self.K, V12)
        return V11, V12, V22

"""Small matrices, one per group, with the group index last: M[:, :, j] belongs to group j.

A matrix of a group is at most a few rows high, and there may be a million groups. So the loops run over rows and
columns, and each step is one operation on a vector with an entry per group.

Notation: L lower triangular, J groups. What this file does not do: large matrices.
"""

from __future__ import annotations

import numpy as np

__all__ = ["cholesky", "forward", "gram", "semi_cholesky"]


def cholesky(V: np.ndarray, least: float = 0.0) -> np.ndarray:
    """Return L_j with L_j L_j' = V_j for positive definite V, shape (q, q, J).

    ``least`` is what no pivot can be below: 1 for V = I + F F', where rounding may say otherwise if F is large.

    Examples
    --------
    >>> V = np.array([[4.0, 2.0], [2.0, 5.0]])[:, :, None]
    >>> cholesky(V)[:, :, 0]
    array([[2., 0.],
           [1., 2.]])
    """
    L = np.zeros_like(V)
    for k in range(len(V)):
        below = V[k:, k].copy()
        for i in range(k):
            below -= L[k:, i] * L[k, i]
        L[k, k] = np.sqrt(np.maximum(below[0], least))
        L[k + 1 :, k] = below[1:] / L[k, k]
    return L


def semi_cholesky(V: np.ndarray, noise: np.ndarray, spanned: float) -> tuple[np.ndarray, np.ndarray]:
    """Return L_j with L_j L_j' = V_j for V that may be singular, and the ranks, shape (J,).

    A pivot is zero, and its column with it, where V_kk <= noise (nothing varies) or where less than the share
    ``spanned`` of V_kk is left after the earlier columns (they span it).

    Examples
    --------
    >>> V = np.array([[4.0, 2.0], [2.0, 1.0]])[:, :, None]
    >>> L, rank = semi_cholesky(V, noise=np.zeros((2, 1)), spanned=1e-13)
    >>> L[:, :, 0], rank
    (array([[2., 0.],
           [1., 0.]]), array([1]))
    """
    L = np.zeros_like(V)
    rank = np.zeros(V.shape[2], dtype=int)
    for k in range(len(V)):
        below = V[k:, k].copy()
        for i in range(k):
            below -= L[k:, i] * L[k, i]
        keep = (V[k, k] > noise[k]) & (below[0] > spanned * V[k, k])
        pivot = np.sqrt(np.where(keep, below[0], 1.0))
        L[k:, k] = np.where(keep, below / pivot, 0.0)
        rank += keep
    return L, rank


def forward(L: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return L_j⁻¹ B_j by forward substitution, shape of B (q, m, J); a zero pivot gives a zero row.

    Examples
    --------
    >>> L = np.array([[2.0, 0.0], [1.0, 2.0]])[:, :, None]
    >>> forward(L, np.array([[4.0], [6.0]])[:, :, None])[:, :, 0]
    array([[2.],
           [2.]])
    """
    X = np.empty_like(B)
    for k in range(len(L)):
        X[k] = B[k]
        for i in range(k):
            X[k] -= L[k, i] * X[i]
        zero = L[k, k] == 0
        if zero.any():
            X[k] = np.where(zero, 0.0, X[k] / np.where(zero, 1.0, L[k, k]))
        else:
            X[k] /= L[k, k]
    return X


def gram(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return A_j' B_j, shape (a, b, J), for A (q, a, J) and B (q, b, J).

    Examples
    --------
    >>> A = np.array([[1.0, 2.0]])[:, :, None]
    >>> gram(A, A)[:, :, 0]
    array([[1., 2.],
           [2., 4.]])
    """
    total = A[0][:, None] * B[0][None]
    for k in range(1, len(A)):
        total += A[k][:, None] * B[k][None]
    return total

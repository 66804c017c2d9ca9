"""Several factors: one is eliminated group by group, the others stay together in one dense block.

    y = X β + Z₁ b₁ + Z₂ b₂ + … + ε

Z₁ belongs to the largest factor: its groups share no rows, so Z₁'Z₁ falls into small blocks. Rotating each of its groups
as in `hlm_teach.compress` leaves r pseudo-rows per group, now with the columns of the other factors as well:

    Q_j'[Z₁ | Z₂ … X y]_j = [ R_j | E_j ]          and        W = [Z₂ … X y]'[Z₂ … X y] − Σ_j E_j'E_j

E has as many columns as the others have coefficients, and is mostly zeros: a group meets few levels of another factor.
After this file nothing depends on the number of rows.

Notation: J groups and r coefficients of the eliminated factor; m coefficients of the others, coefficient by coefficient
(all groups' intercepts, then all groups' slopes); c = m + p + 1 columns [Z₂ … X y]. Row k·J + j of E is pseudo-row k of
group j. What this file does not do: choose coordinates (`hlm_teach.row_coordinates`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from hlm_teach.compress import SPANNED

__all__ = ["Blocks", "Part", "dense", "eliminate", "indicator", "scaled"]

SMALL = 200_000  # matrices with fewer entries than this are quicker dense
DENSE = 0.2  # … and so are those with a larger share of entries that are not 0
EXHAUSTED = 1e-10  # a column of which a group has no more than this share left adds nothing there


@dataclass(frozen=True)
class Part:
    """One factor: its place among the coefficients of Λ, its J groups, and its columns among the m (none: eliminated)."""

    inside: slice
    J: int
    columns: slice | None = None

    @property
    def r(self) -> int:
        return self.inside.stop - self.inside.start


@dataclass(frozen=True)
class Blocks:
    """The sufficient statistics of a model with several factors.

    Attributes
    ----------
    parts : tuple of Part
        The factors in the formula's order.
    first : Part or None
        The eliminated one; None if the groups of every factor overlap.
    R : array, shape (r, r, J)
        Triangular factors of the eliminated factor.
    E : sparse or dense array, shape (r·J, c)
        Its pseudo-rows of [Z₂ … X y].
    W : array, shape (c, c)
        What is left over.
    n, p, m : int
        Rows, fixed columns, coefficients of the factors that stay.
    """

    parts: tuple[Part, ...]
    first: Part | None
    R: np.ndarray
    E: np.ndarray | sparse.csr_array
    W: np.ndarray
    n: int
    p: int

    @property
    def m(self) -> int:
        return len(self.W) - self.p - 1

    def others(self) -> list[Part]:
        """Return the factors that stay."""
        return [part for part in self.parts if part.columns is not None]

    def pseudo_rows(self, k: int):
        """Return pseudo-row k of all groups, shape (J, c)."""
        J = self.R.shape[2]
        return self.E[k * J : (k + 1) * J]

    def times(self, Lambda: np.ndarray, A: np.ndarray) -> np.ndarray:
        """Return D'A for D = diag(Λ₂ ⊗ I, …, I), shape of A (at least m rows)."""
        out = np.empty(A.shape)
        out[self.m :] = A[self.m :]
        for part in self.others():
            root, here = Lambda[part.inside, part.inside], part.columns
            if part.r == 1:
                np.multiply(A[here], root[0, 0], out=out[here])
            else:
                out[here] = (root.T @ A[here].reshape(part.r, -1)).reshape(out[here].shape)
        return out


def dense(matrix) -> np.ndarray:
    """Return a sparse or dense matrix as a dense one."""
    return matrix.toarray() if sparse.issparse(matrix) else matrix


def scaled(rows, sizes: np.ndarray):
    """Return each row of a sparse or dense matrix times its size.

    Examples
    --------
    >>> rows = sparse.csr_array(np.array([[1.0, 0.0], [2.0, 3.0]]))
    >>> scaled(rows, np.array([10.0, 2.0])).toarray()
    array([[10.,  0.],
           [ 4.,  6.]])
    """
    if not sparse.issparse(rows):
        return sizes[:, None] * rows
    data = rows.data * np.repeat(sizes, np.diff(rows.indptr))
    return sparse.csr_array((data, rows.indices, rows.indptr), shape=rows.shape)


def indicator(codes: np.ndarray, J: int) -> sparse.csr_array:
    """Return the n × J matrix with a 1 where row i is in group j."""
    n = len(codes)
    return sparse.csr_array((np.ones(n), codes, np.arange(n + 1)), shape=(n, J))


def eliminate(parts, first, z, codes, others, columns) -> Blocks:
    """Rotate the groups of one factor away.

    Parameters
    ----------
    parts, first : tuple of Part, and the one to eliminate
        ``first`` may be None.
    z : list of r arrays, shape (n,)
        The varying columns of ``first``.
    codes : array of int, shape (n,)
        Its groups.
    others : sparse array, shape (n, m)
        The varying columns of all other factors.
    columns : array, shape (n, p + 1)
        [X y].

    Examples
    --------
    >>> a, b = Part(slice(0, 1), 2), Part(slice(1, 2), 2, slice(0, 2))
    >>> y, one, g, h = np.array([[1.0], [2.0], [6.0]]), np.ones(3), np.array([0, 0, 1]), np.array([0, 1, 1])
    >>> blocks = eliminate((a, b), a, [one], g, indicator(h, 2), y)
    >>> blocks.R[0, 0].round(3), blocks.E.round(3)       # √n_j; √n_j·(means of the columns)
    (array([1.414, 1.   ]), array([[0.707, 0.707, 2.121],
           [0.   , 1.   , 6.   ]]))
    """
    n, m = others.shape
    J = 0 if first is None else first.J
    left = columns.copy()
    R, rotated = np.zeros((len(z), len(z), J)), []
    for k, column in enumerate(z):  # Gram–Schmidt inside every group at once, twice for the digits
        rest, before = column.copy(), np.bincount(codes, column**2, minlength=J)
        for _turn in range(2):
            for i, q in enumerate(rotated):
                share = np.bincount(codes, q * rest, minlength=J)
                R[i, k] += share
                rest -= share[codes] * q
        size = np.bincount(codes, rest**2, minlength=J)
        R[k, k] = np.sqrt(np.where(size > EXHAUSTED**2 * before, size, 0.0))
        rotated.append(rest * np.where(R[k, k] > 0, 1 / np.where(R[k, k] > 0, R[k, k], 1.0), 0.0)[codes])
    E = []
    for q in rotated:
        groups = sparse.csr_array((q, codes, np.arange(n + 1)), shape=(n, J)).T
        E.append(sparse.hstack([groups @ others, sparse.csr_array(groups @ left)], format="csr"))
        left = left - q[:, None] * (groups @ left)[codes]
    E = sparse.vstack(E, format="csr") if E else sparse.csr_array((0, m + columns.shape[1]))
    inside = E[:, :m]
    W = np.zeros((E.shape[1], E.shape[1]))
    W[:m, :m] = dense(others.T @ others)
    before = np.concatenate([np.diag(W)[:m], (columns[:, :-1] ** 2).sum(axis=0)])
    W[:m, :m] -= dense(inside.T @ inside)
    W[:m, m:] = others.T @ left
    W[m:, :m] = W[:m, m:].T
    W[m:, m:] = left.T @ left
    spanned = np.flatnonzero(np.diag(W)[:-1] <= SPANNED * before)
    W[spanned] = 0.0
    W[:, spanned] = 0.0
    if E.shape[0] * E.shape[1] <= SMALL or E.nnz > DENSE * E.shape[0] * E.shape[1]:
        E = E.toarray()
    return Blocks(tuple(parts), first, R, E, W, n, columns.shape[1] - 1)

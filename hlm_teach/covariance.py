"""Which covariance matrices a formula allows, and how to move between its coordinates.

One factor can have several independent terms: ``(1 + x | g)`` has one block of two coefficients, ``(x || g)`` two blocks
of one. Σ is block-diagonal in the coefficients *as the formula names them*; so is Λ, and θ lists the lower triangles of
its blocks column by column (lme4's order).

Three sets of coordinates for the same varying coefficients:

    Z      the columns as the formula gives them                       b, Λ, θ
    Z_p    the same span, term by term, shifted and in natural units   Λ_p = K Λ      what Newton works in
    Z_s    the compressed columns: 1, then all others, shifted         T Λ_p          what `compress` returns

A term that contains the constant may be shifted (Z_p: 1 and x − m); without it, ``(0 + x | g)``, the line through x = 0
is part of the model, so only the unit is free and the shift goes into T. The natural unit of an SD is the one at which a
typical group's own estimate and the target weigh the same (B = ½), mean information⁻¹ᐟ²; there Λ_p = I.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hlm_teach.compress import Compressed

__all__ = ["Structure", "structure", "triangular"]


@dataclass(frozen=True)
class Structure:
    """The blocks of one factor.

    Attributes
    ----------
    names : tuple of str, length r
        The varying coefficients.
    sizes : tuple of int
        Coefficients per block.
    T : array, shape (q, r)
        From Newton's coordinates to the compressed columns.
    K : array, shape (r, r)
        From the formula's coordinates to Newton's.
    rows, columns : arrays of int, shape (m,)
        Where the m free entries of Λ stand, block by block, column by column.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    T: np.ndarray
    K: np.ndarray
    rows: np.ndarray
    columns: np.ndarray

    def apply(self, c: Compressed) -> Compressed:
        """Return the pseudo-rows for the coordinates of Newton: R_j T, shape (q, r, J)."""
        return replace(c, R=np.matmul(self.T.T, c.R))

    def matrix(self, entries: np.ndarray) -> np.ndarray:
        """Return Λ (r, r) from its free entries (m,)."""
        Lambda = np.zeros_like(self.K)
        Lambda[self.rows, self.columns] = entries
        return Lambda

    def entries(self, Lambda: np.ndarray) -> np.ndarray:
        """Return the free entries (m,) of Λ."""
        return Lambda[self.rows, self.columns]

    def blocks(self) -> list[slice]:
        """Return the place of each block among the r coefficients."""
        ends = np.cumsum(self.sizes)
        return [slice(end - size, end) for size, end in zip(self.sizes, ends, strict=True)]

    def by_block(self, Lambda: np.ndarray) -> np.ndarray:
        """Return the lower triangular Λ with the same ΛΛ', diagonals >= 0."""
        out = np.zeros_like(Lambda)
        for block in self.blocks():
            out[block, block] = triangular(Lambda[block, block])
        return out

    def pivoted(self, Lambda: np.ndarray) -> tuple[Structure, np.ndarray]:
        """Return the same ΛΛ' with the rows of each block triangular in the order of their pivots, largest first.

        A small pivot then stands last. Before a large one it would leave a narrow curved valley for Newton: the
        column below it could turn almost freely.
        """
        if len(self.sizes) == len(Lambda):  # blocks of one
            return self, np.abs(Lambda)
        out, place = np.zeros_like(Lambda), np.arange(len(Lambda))
        for block in self.blocks():
            order = _pivots(Lambda[block, block])
            place[block] = block.start + order
            rows = Lambda[place[block], block]
            out[place[block], block] = triangular(rows) if np.triu(rows, 1).any() else rows
        return replace(self, rows=place[self.rows]), out


def _pivots(root: np.ndarray) -> np.ndarray:
    """Return the order of the rows by what each adds to the span of those before, largest first."""
    rest, order, left = root.copy(), [], list(range(len(root)))
    while len(left) > 1:
        size = (rest[left] ** 2).sum(axis=1)
        best = left.pop(int(size.argmax()))
        order.append(best)
        if len(left) > 1 and size.max() > 0:
            unit = rest[best] / np.sqrt(size.max())
            rest -= np.outer(rest @ unit, unit)
    return np.array(order + left)


def triangular(root: np.ndarray) -> np.ndarray:
    """Return the lower triangular L with LL' = root·root' and a diagonal >= 0, without forming the product.

    Examples
    --------
    >>> triangular(np.array([[3.0, 4.0]])).round(12)
    array([[5.]])
    """
    L = np.linalg.qr(root.T, mode="r").T
    return L * np.where(np.diag(L) < 0, -1.0, 1.0)


def structure(c: Compressed, blocks: list[tuple[str, ...]]) -> Structure:
    """Lay out the blocks of a factor.

    Parameters
    ----------
    c : Compressed
        For the names, shifts and scales of the columns of Z.
    blocks : list of tuple of str
        The coefficient names of each independent term.

    Examples
    --------
    >>> from hlm_teach.compress import compress
    >>> x = np.array([1.0, 2.0, 3.0, 1.0, 2.0, 6.0])
    >>> c = compress(x**2, [np.ones(6), x], [np.ones(6), x], [0, 0, 0, 1, 1, 1], z_names=("Intercept", "x"))
    >>> structure(c, [("Intercept", "x")]).rows, structure(c, [("Intercept",), ("x",)]).rows
    (array([0, 1, 1]), array([0, 1]))
    """
    names = tuple(name for block in blocks for name in block)
    place = {name: k for k, name in enumerate(c.z_names)}
    T, K = np.zeros((c.q, len(names))), np.zeros((len(names), len(names)))
    rows, columns, first = [], [], 0
    for block in blocks:
        inside = range(first, first + len(block))
        one = first + block.index("Intercept") if "Intercept" in block else None
        for k, name in zip(inside, block, strict=True):
            at = place[name]
            shift, scale = c.z_shift[at], c.z_scale[at]
            T[at, k] = K[k, k] = 1.0
            if k == one:
                continue
            if one is not None:  # x = shift·1 + scale·x_s
                K[k, k], K[one, k] = scale, shift
            else:  # x/size = (scale·x_s + shift·1)/size
                size = np.hypot(scale, shift)
                K[k, k], T[at, k], T[0, k] = size, scale / size, shift / size
        rows += [i for k in inside for i in inside if i >= k]
        columns += [k for k in inside for i in inside if i >= k]
        first += len(block)
    layout = Structure(names, tuple(map(len, blocks)), T, K, np.array(rows), np.array(columns))
    return _in_natural_units(layout, c)


def _in_natural_units(layout: Structure, c: Compressed) -> Structure:
    """Return the layout with coordinates in which the mean information of each block is the identity."""
    T, K = layout.T.copy(), layout.K.copy()
    for block in layout.blocks():
        RT = np.matmul(T[:, block].T, c.R).transpose(1, 0, 2).reshape(block.stop - block.start, -1)
        size = np.sqrt(np.einsum("rk,rk->r", RT, RT) / c.J)
        unit = np.where(size > 0, size, 1.0)
        alike = RT @ RT.T / c.J / np.outer(unit, unit)
        root = np.linalg.cholesky(alike + 1e-10 * np.eye(len(alike))).T * unit  # root'root = mean information
        T[:, block] = np.linalg.solve(root.T, T[:, block].T).T
        K[block, block] = root @ K[block, block]
    return replace(layout, T=T, K=K)

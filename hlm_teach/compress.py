"""One pass over the rows: what a mixed model with one grouping factor needs to know of the data.

Group j has n_j rows: fixed columns X_j (n_j × p), varying columns Z_j (n_j × q), response y_j. For *any* value of the
variance parameters the likelihood sees them only through cross-products. Rotating each group's rows so that Z_j becomes
triangular (a QR factorisation) leaves q *pseudo-rows* per group, and one block for all that is left over:

    Q_j'[Z_j  X_j  y_j] = [ R_j  E_j ]   q pseudo-rows: what group j says about its own coefficients
                          [  0   ... ]   the rest says nothing about them, and is summed over groups:  W

    R_j (q × q) triangular,  R_j'R_j = Z_j'Z_j;   E_j (q × (p+1));   W = Σ_j [X_j y_j]'[X_j y_j] − E_j'E_j

With Z_j = 1 alone, R_j = √n_j and E_j = √n_j·(means of X_j and y_j): a group is its size and its means.
After this file nothing depends on the number of rows.

Conditioning. Columns are shifted by their mean and scaled to unit SD before anything is multiplied, and centred inside
each group: the first step of the QR, done on the data, where it costs no digits. So a ``year`` of 2000 … 2020 is as good
as 0 … 20. `Compressed.shift` and `scale` remember the map; `hlm_teach.lmm` undoes it.

Arrays have the group index *last*: R[:, :, j] is R_j, and one operation serves all groups.
What this file does not do: several grouping factors, prior weights (`hlm_teach.blocks`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hlm_teach.locale import _
from hlm_teach.stacks import forward, semi_cholesky

__all__ = ["Compressed", "compress"]

NOISE = 1e-12  # a spread below this share of a column's own size is rounding
SPANNED = 1e-13  # a sum of squares below this share of what it was is rounding


@dataclass(frozen=True)
class Compressed:
    """The sufficient statistics of a mixed model with one grouping factor.

    Attributes
    ----------
    R : array, shape (q, q, J)
        Triangular factors of Z_j'Z_j; the first column of Z is the constant. (`hlm_teach.covariance` may replace the
        columns of Z by r combinations of them: then (q, r, J).)
    E : array, shape (q, p + 1, J)
        The pseudo-rows of [X y].
    W : array, shape (p + 1, p + 1)
        What is left over, summed over groups.
    n_j : array, shape (J,)
        Rows per group.
    n, p, q, J : int
        Rows, fixed columns, varying columns, groups.
    x_names, z_names : tuple of str
        Their names; z_names[0] is "Intercept".
    x_shift, x_scale : array, shape (p + 1,)
        Column k of [X y] stands here as (column − shift·1)/scale.
    z_shift, z_scale : array, shape (q,)
        The same for Z.
    ones : array, shape (p,) or None
        X @ ones = 1, if the constant is in the span of X.
    spare : int
        Rows left over after every group has been fitted perfectly by its own Z: Σ (n_j − rank Z_j).
    """

    R: np.ndarray
    E: np.ndarray
    W: np.ndarray
    n_j: np.ndarray
    n: int
    p: int
    q: int
    J: int
    x_names: tuple[str, ...]
    z_names: tuple[str, ...]
    x_shift: np.ndarray
    x_scale: np.ndarray
    z_shift: np.ndarray
    z_scale: np.ndarray
    ones: np.ndarray | None
    spare: int

    def total(self) -> np.ndarray:
        """Return [X y]'[X y] of the shifted and scaled columns, shape (p + 1, p + 1): W + Σ_j E_j'E_j."""
        E = self.E.transpose(1, 0, 2).reshape(self.p + 1, -1)
        return self.W + E @ E.T

    def within(self) -> tuple[float, int]:
        """Return the residual sum of squares inside the groups, every group fitted by its own Z, and its df."""
        size = np.sqrt(np.diag(self.W)[:-1])
        keep = size > 0
        if not keep.any():
            return float(self.W[-1, -1]), self.spare
        scaled = self.W[:-1, :-1][np.ix_(keep, keep)] / np.outer(size[keep], size[keep])
        values, axes = np.linalg.eigh(scaled)
        good = values > 1e-12
        used = (axes[:, good].T @ (self.W[:-1, -1][keep] / size[keep])) ** 2 / values[good]
        return float(self.W[-1, -1] - used.sum()), self.spare - int(good.sum())


def compress(y, x, z, codes, x_names=None, z_names=None) -> Compressed:
    """Reduce the rows to q pseudo-rows per group and one left-over block.

    Model: y_j = X_j β + Z_j b_j + ε_j.

    Parameters
    ----------
    y : array, shape (n,)
        Response.
    x : sequence of p arrays, shape (n,)
        Fixed columns; a column of ones may be ``np.broadcast_to(1.0, n)``.
    z : sequence of arrays, shape (n,)
        Varying columns. The constant is added in front where it is missing (it costs one pseudo-row).
    codes : array of int, shape (n,)
        The group of each row, 0 … J − 1, each of them used.
    x_names, z_names : sequence of str, optional
        Names; columns of x and z with equal names are the same column.

    Returns
    -------
    Compressed
        R, E, W and how to go back to the columns as given.

    Raises
    ------
    ValueError
        If y does not vary.

    Notes
    -----
    Cost: two sweeps over the rows in blocks that fit a cache; about n·(p + 1)·q operations.

    References
    ----------
    Bates, D., Mächler, M., Bolker, B. & Walker, S. (2015), *J. Stat. Software* 67(1), §3.
    Pinheiro, J. & Bates, D. (2000), *Mixed-Effects Models in S and S-PLUS*, §2.2 (the QR form).

    Examples
    --------
    >>> one = np.ones(5)
    >>> c = compress(y=[1.0, 3.0, 4.0, 8.0, 9.0], x=[one], z=[one], codes=[0, 0, 1, 1, 1])
    >>> c.n_j, c.R[0, 0].round(3)                    # R_j = √n_j
    (array([2, 3]), array([1.414, 1.732]))
    >>> means = c.E[0, 1] / c.R[0, 0] * c.x_scale[1] + c.x_shift[1]
    >>> means.round(3)                               # E_j = √n_j · mean
    array([2., 7.])
    >>> compress(y=[7.0, 7.0, 7.0], x=[np.ones(3)], z=[np.ones(3)], codes=[0, 0, 1])
    Traceback (most recent call last):
    ...
    ValueError: The response must vary, but all 3 values are 7.0.
    """
    table = _Table(y, x, z, codes, x_names, z_names)
    n_j, means, inside, products = _sweep(table)
    x_at, z_at, has_one = table.x_at, table.z_at, table.has_one

    total = np.diag(inside) + means**2 @ n_j
    scale = np.sqrt(total / table.n)
    flat = scale <= 8 * np.finfo(float).eps * np.abs(table.shift)
    if flat[-1] or scale[-1] == 0:
        raise ValueError(
            _(
                "The response must vary, but all {n} values are {value}.",
                n=table.n,
                value=float(table.shift[-1]),
            )
        )
    scale = np.where(flat | (scale == 0), np.where(table.shift == 0, 1.0, np.abs(table.shift)), scale)
    means, inside = means / scale[:, None], inside / np.outer(scale, scale)
    root = np.sqrt(n_j)

    # the pseudo-rows: first the mean, then what the other columns of Z add inside the group
    q, p, J = len(z_at) + 1, len(x_at), len(n_j)
    R, E = np.zeros((q, q, J)), np.zeros((q, p + 1, J))
    R[0, 0] = root
    R[0, 1:] = root * means[z_at]
    columns = [*x_at, -1]
    E[0] = [root * (1.0 if at is None else means[at]) for at in columns]
    used = np.ones(J, dtype=int)
    if q > 1:
        S = products / (scale[z_at][:, None] * scale)[:, :, None]
        noise = n_j * NOISE**2 * (1 + means[z_at] ** 2)
        L, rank = semi_cholesky(S[:, z_at], noise, SPANNED)
        R[1:, 1:] = L.transpose(1, 0, 2)
        E[1:] = forward(
            L, np.stack([np.zeros((q - 1, J)) if at is None else S[:, at] for at in columns], axis=1)
        )
        used += rank

    W = _left_over(inside, E, x_at, z_at)
    spare = int(table.n - used.sum())

    at = [0 if k is None else k for k in columns]
    constant = np.array([k is None for k in columns])
    x_shift, x_scale = np.where(constant, 0.0, table.shift[at]), np.where(constant, 1.0, scale[at])
    ones = np.array(constant[:-1], dtype=float) if constant.any() else None
    c = Compressed(
        R, E, W, n_j, table.n, p, q, J, table.x_names, ("Intercept", *(table.names[k] for k in z_at)),
        x_shift, x_scale, np.r_[0.0, table.shift[z_at]], np.r_[1.0, scale[z_at]], ones, spare,
    )  # fmt: skip
    return c if has_one else _without_constant(c)


class _Table:
    """The distinct columns, the response last, each with its mean; constants are left out."""

    def __init__(self, y, x, z, codes, x_names, z_names):
        y, x, z = np.asarray(y), [np.asarray(v) for v in x], [np.asarray(v) for v in z]
        self.codes, self.n = np.asarray(codes), len(y)
        self.x_names = tuple(x_names) if x_names is not None else _names("x", x)
        z_names = tuple(z_names) if z_names is not None else _names("z", z, x, self.x_names)
        columns = {
            name: column
            for name, column in zip((*self.x_names, *z_names), (*x, *z), strict=True)
            if name != "Intercept"
        }
        self.names = tuple(columns)
        place = {name: k for k, name in enumerate(columns)}
        self.x_at = [place.get(name) for name in self.x_names]
        self.z_at = [place[name] for name in z_names if name != "Intercept"]
        self.has_one = "Intercept" in self.x_names
        self.columns = [*columns.values(), y]
        self.shift = np.array([column.mean() for column in self.columns], dtype=float)


def _names(letter: str, columns, others=(), other_names=()) -> tuple[str, ...]:
    """Name unnamed columns: constants "Intercept", a column seen before as before."""
    names = []
    for k, column in enumerate(columns):
        same = [name for name, other in zip(other_names, others, strict=True) if other is column]
        constant = column.strides == (0,) or bool(np.all(column == 1))
        names.append("Intercept" if constant else same[0] if same else f"{letter}{k}")
    return tuple(names)


def _sweep(table: _Table, block: int = 1 << 15):
    """Return n_j (J,), group means (k, J), Σ c c' (k, k) and Σ_group z c (q − 1, k, J) of the centred columns c."""
    codes, k, z_at = table.codes, len(table.columns), table.z_at
    n_j = np.bincount(codes)
    J = len(n_j)
    block = max(block, 2 * J)
    starts = range(0, table.n, block)
    means = np.zeros((k, J))
    for start in starts:
        rows = slice(start, start + block)
        for i, column in enumerate(table.columns):
            means[i] += np.bincount(codes[rows], column[rows] - table.shift[i], minlength=J)
    means /= n_j
    inside, products = np.zeros((k, k)), np.zeros((len(z_at), k, J))
    centred = np.empty((k, min(block, table.n)))
    for start in starts:
        rows = slice(start, start + block)
        group = codes[rows]
        c = centred[:, : len(group)]
        for i, column in enumerate(table.columns):
            np.subtract(column[rows], table.shift[i], out=c[i])
            c[i] -= means[i][group]
        inside += c @ c.T
        for a, at in enumerate(z_at):
            for i in range(k):
                if i in z_at[:a]:
                    continue  # already there, as the product of the other order
                products[a, i] += np.bincount(group, c[at] * c[i], minlength=J)
    for a, at in enumerate(z_at):
        for b, other in enumerate(z_at[:a]):
            products[a, other] = products[b, at]
    return n_j, means, inside, products


def _left_over(inside: np.ndarray, E: np.ndarray, x_at: list, z_at: list) -> np.ndarray:
    """Return W: the sums of squares inside groups, less what the pseudo-rows have taken."""
    k = len(x_at) + 1
    columns = [*x_at, len(inside) - 1]
    here = [i for i in range(k) if columns[i] is not None]
    there = [columns[i] for i in here]
    W = np.zeros((k, k))
    W[np.ix_(here, here)] = inside[np.ix_(there, there)]
    taken = E[1:].transpose(1, 0, 2).reshape(k, -1)
    before = np.diag(W).copy()
    W -= taken @ taken.T
    spanned = (np.diag(W) <= SPANNED * before) | np.isin([-1 if v is None else v for v in columns], z_at)
    W[spanned] = 0.0
    W[:, spanned] = 0.0
    return W


def _without_constant(c: Compressed) -> Compressed:
    """Undo the shift where X has no Intercept; where dummies add up to one, keep it for the other columns."""
    root = np.sqrt(c.n_j)
    shift = c.x_shift / c.x_scale
    raw = c.E.copy()
    raw[0] += root * shift[:, None]
    flat = raw.transpose(1, 0, 2).reshape(c.p + 1, -1)
    products = (c.W + flat @ flat.T)[:-1, :-1]
    sums = raw[0, :-1] @ root
    ones = np.linalg.lstsq(products, sums, rcond=1e-12)[0]
    found = c.n - ones @ sums <= 1e-10 * c.n
    ones = np.where(np.abs(ones) < 1e-9, 0.0, ones)
    keep = np.append(ones == 0, True) & found
    E = c.E.copy()
    E[0] += root * np.where(keep, 0.0, shift)[:, None]
    size = np.where(keep, 1.0, np.sqrt(1 + shift**2))
    scale = c.x_scale * size
    return replace(
        c,
        E=E / size[:, None],
        W=c.W / np.outer(size, size),
        x_shift=np.where(keep, c.x_shift, 0.0),
        x_scale=scale,
        ones=ones / c.x_scale[:-1] if found else None,
    )

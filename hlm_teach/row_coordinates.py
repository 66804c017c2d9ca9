"""Choose coordinates for the rows in which nothing cancels: for y and X, and for the columns of every factor.

For several factors (and for weighted rows) the model is conditioned on the rows themselves, before anything is
multiplied: columns are shifted and scaled, X becomes orthonormal (QR), y the least-squares residual in units of its SD.
The coefficients of a factor get their natural units as in `hlm_teach.covariance`. Weighted rows are multiplied by √w_i:

    ε_i ~ N(0, σ²/w_i)     ⇔     √w_i y_i = √w_i X_i β + √w_i Z_i b + N(0, σ²)

What this file does not do: refuse dependent columns (`hlm_teach.identify`).
"""

from __future__ import annotations

import numpy as np

from hlm_teach.conditioning import Coordinates
from hlm_teach.covariance import Structure
from hlm_teach.frame import Columns

__all__ = ["centred", "combined", "natural_units", "orthonormal_rows"]


def centred(x: Columns, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the columns shifted (if there is an Intercept) and scaled, shape (n, p); the shifts and the scales."""
    n, has_one = len(w), "Intercept" in x.names
    columns = np.empty((n, len(x.names)))
    shift, scale = np.zeros(len(x.names)), np.ones(len(x.names))
    for k, (name, array) in enumerate(zip(x.names, x.arrays, strict=True)):
        if name == "Intercept":
            columns[:, k] = 1.0
            continue
        if has_one:
            shift[k] = w @ array / w.sum()
        columns[:, k] = array - shift[k]
        size = np.sqrt(w @ columns[:, k] ** 2 / w.sum())
        flat = size <= 8 * np.finfo(float).eps * abs(shift[k])
        if flat:
            columns[:, k] = 0.0
        scale[k] = 1.0 if flat or size == 0 else size
        columns[:, k] /= scale[k]
    return columns, shift, scale


def orthonormal_rows(
    x: Columns, y: np.ndarray, columns: np.ndarray, shift, scale, root: np.ndarray
) -> tuple[np.ndarray, Coordinates]:
    """Return [X_s y_s], shape (n, p + 1), and the way back; ``root`` = √w.

    Examples
    --------
    >>> year, y = np.array([2000.0, 2001, 2002, 2004]), np.array([1.0, 3, 2, 5])
    >>> x = Columns(("Intercept", "year"), (np.broadcast_to(1.0, 4), year))
    >>> rows, back = orthonormal_rows(x, y, *centred(x, np.ones(4)), np.ones(4))
    >>> bool(np.allclose(rows.T @ rows, np.diag([1, 1, 4])))
    True
    >>> bool(np.allclose(back.beta(np.zeros(2)), np.polyfit(year, y, 1)[::-1]))
    True
    """
    has_one = "Intercept" in x.names
    ones = np.array([float(has_one and name == "Intercept") for name in x.names])
    here = (np.eye(len(ones)) - np.outer(ones, shift)) / scale
    Q, T = np.linalg.qr(root[:, None] * columns)
    middle = root**2 @ y / (root @ root) if has_one else 0.0
    left, fit = root * (y - middle), 0.0
    for _turn in range(2):
        more = Q.T @ left
        left, fit = left - Q @ more, fit + more
    size = float(np.sqrt(left @ left / len(y)))
    B = here @ np.linalg.inv(T)
    logdet = -float(np.log(scale).sum() + np.log(np.abs(np.diag(T))).sum())
    return np.column_stack([Q, left / size]), Coordinates(B, middle * ones + B @ fit, size, logdet)


def natural_units(terms: list[Columns], w: np.ndarray, J: int) -> tuple[list[np.ndarray], Structure]:
    """Return the varying columns of one factor in natural units (r arrays of length n), and their layout.

    ``w`` weighs the rows (for multiple membership with Σ_j w_ij²). See `hlm_teach.covariance` for the coordinates.
    """
    names = tuple(name for term in terms for name in term.names)
    K, rows, columns, first, out = np.zeros((len(names), len(names))), [], [], 0, []
    for term in terms:
        inside = range(first, first + len(term.names))
        block = slice(inside.start, inside.stop)
        shifted, shift, scale = centred(term, w)
        K[block, block] = np.diag(scale)
        if "Intercept" in term.names:
            K[first + term.names.index("Intercept"), block] += shift
        S = shifted.T @ (w[:, None] * shifted) / J
        size = np.sqrt(np.diag(S))
        unit = np.where(size > 0, size, 1.0)
        alike = S / np.outer(unit, unit)
        to = np.linalg.cholesky(alike + 1e-10 * np.eye(len(S))).T * unit  # to'to = mean information
        K[block, block] = to @ K[block, block]
        out += list(np.linalg.solve(to.T, shifted.T))
        rows += [i for k in inside for i in inside if i >= k]
        columns += [k for k in inside for i in inside if i >= k]
        first += len(term.names)
    sizes = tuple(len(term.names) for term in terms)
    return out, Structure(names, sizes, np.eye(len(names)), K, np.array(rows), np.array(columns))


def combined(layouts: list[Structure]) -> Structure:
    """Return the layout of all factors together: their blocks one after the other."""
    starts = np.cumsum([0, *(len(layout.names) for layout in layouts)])
    K = np.zeros((starts[-1], starts[-1]))
    for start, layout in zip(starts, layouts, strict=False):
        K[start : start + len(layout.K), start : start + len(layout.K)] = layout.K
    at = list(zip(starts, layouts, strict=False))
    return Structure(
        tuple(name for layout in layouts for name in layout.names),
        tuple(size for layout in layouts for size in layout.sizes),
        np.eye(starts[-1]),
        K,
        np.concatenate([start + layout.rows for start, layout in at]),
        np.concatenate([start + layout.columns for start, layout in at]),
    )

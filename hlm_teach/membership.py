"""Multiple membership: a row may belong to several groups, each with a weight.

A pupil who went to school A for two years and to school B for one has the weights 2/3 and 1/3:

    y_i = X_i β + Σ_j w_ij (Z_i b_j) + ε_i,     Σ_j w_ij = 1

The weights are used as they are, so they must add up to 1 in every row: only then the SD of b means the same as in an
ordinary factor, which is the special case of one weight of 1 per row. Where effects should add up instead of being
averaged (players in a team), give the shares and let a column of the team's size vary: ``(0 + size | player)``.

What this file does not do: guess shares from labels; prior weights of rows (`hlm_teach.rows.row_weights`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import sparse

from hlm_teach.locale import _
from hlm_teach.rows import Factor

__all__ = ["new_members", "read_membership", "shares"]


def read_membership(membership, data: pd.DataFrame, factors) -> dict[str, Factor]:
    """Return the factors of a multiple membership.

    Parameters
    ----------
    membership : dict, factor → weights, or None
        Weights as a DataFrame (n × J, the levels as columns), or a pair (sparse matrix n × J, levels).
    data : DataFrame, shape (n, any)
        The rows; a DataFrame of weights with the same labels is put in their order.
    factors : collection of str
        The grouping factors of the formula.

    Raises
    ------
    ValueError
        If a factor is not in the formula, rows and weights do not match, weights are negative or not finite, a row's
        weights do not add up to 1, or a level has no weight anywhere.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0]})
    >>> W = pd.DataFrame({"A": [1.0, 2.0], "B": [0.0, 1.0]})
    >>> found = read_membership({"school": W.div(W.sum(axis=1), axis=0)}, data, ["school"])
    >>> found["school"].levels.tolist(), found["school"].members.toarray().round(2).tolist()
    (['A', 'B'], [[1.0, 0.0], [0.67, 0.33]])
    >>> read_membership({"school": W}, data, ["school"])
    Traceback (most recent call last):
    ...
    ValueError: The weights of each row must add up to 1, but those of school do not in 1 of 2 rows (row 1, counted ...
    """
    found = {}
    if membership is not None and not isinstance(membership, Mapping):
        raise TypeError(
            _(
                'membership must be a dict from factor to weights, as in {{"school": W}}, but it is a {found}.',
                found=type(membership).__name__,
            )
        )
    for name, weights in (membership or {}).items():
        if name not in factors:
            raise ValueError(
                _(
                    "membership must name grouping factors of the formula, but {name} is none of them ({factors}).",
                    name=name,
                    factors=", ".join(factors),
                )
            )
        matrix, levels = shares(name, weights, data)
        empty = np.flatnonzero(matrix.sum(axis=0) == 0)
        if len(empty):
            raise ValueError(
                _(
                    "Every level must have a weight in some row, but {count} of {J} levels of {name} have none "
                    "({levels}). Leave their columns out.",
                    count=len(empty),
                    J=len(levels),
                    name=name,
                    levels=", ".join(map(str, levels[empty[:5]])),
                )
            )
        found[name] = Factor(name, levels, np.zeros(0, dtype=int), matrix)
    return found


def new_members(fitted: Factor, weights, new: pd.DataFrame, new_groups: str) -> Factor:
    """Return the membership of new rows, with the levels of the fit; other levels raise, or count for nothing."""
    name, levels = fitted.name, fitted.levels
    if weights is None:
        raise ValueError(
            _(
                "{name} is a multiple membership: new rows need their weights too, as in "
                'predict(new, membership={{"{name}": W}}).',
                name=name,
            )
        )
    matrix, given = shares(name, weights, new)
    places = levels.get_indexer(given)
    used = matrix.sum(axis=0) > 0
    strange = given[(places < 0) & used]
    if new_groups == "error" and len(strange):
        raise ValueError(
            _(
                "{name} must be levels of the fit, but the weights name others ({levels}). "
                'Ask for new_groups="zero" to predict a new group by the population.',
                name=name,
                levels=", ".join(map(str, strange[:5])),
            )
        )
    known = np.flatnonzero(places >= 0)
    to = sparse.csr_array((np.ones(len(known)), (known, places[known])), shape=(len(given), len(levels)))
    return Factor(name, levels, np.zeros(0, dtype=int), sparse.csr_array(matrix @ to))


def shares(name: str, weights, data: pd.DataFrame) -> tuple[sparse.csr_array, pd.Index]:
    """Return the weights (n × J) and the levels, checked."""
    if isinstance(weights, pd.DataFrame):
        matrix, levels = _table(name, weights, data), weights.columns
    elif isinstance(weights, tuple) and len(weights) == 2 and sparse.issparse(weights[0]):
        matrix, levels = sparse.csr_array(weights[0], dtype=float), pd.Index(weights[1])
    else:
        raise TypeError(
            _(
                "The weights of {name} must be a DataFrame with the levels as columns, or a pair (scipy sparse matrix, "
                "levels), but they are a {found}.",
                name=name,
                found=type(weights).__name__,
            )
        )
    if matrix.shape != (len(data), len(levels)) or not levels.is_unique:
        raise ValueError(
            _(
                "The weights of {name} must have one row per row of the data and one column per level, each level "
                "once: {n} × {J}, but they are {rows} × {columns}.",
                name=name,
                n=len(data),
                J=levels.nunique(),
                rows=matrix.shape[0],
                columns=matrix.shape[1],
            )
        )
    bad = ~(np.isfinite(matrix.data) & (matrix.data >= 0))
    if bad.any():
        row = int(np.searchsorted(matrix.indptr, np.flatnonzero(bad)[0], side="right") - 1)
        raise ValueError(
            _(
                "The weights of {name} must be finite and >= 0, but {count} of them are not (first in row {row}, "
                "counted from 0).",
                name=name,
                count=int(bad.sum()),
                row=row,
            )
        )
    off = np.flatnonzero(np.abs(matrix.sum(axis=1) - 1) > 1e-6)
    if len(off):
        raise ValueError(
            _(
                "The weights of each row must add up to 1, but those of {name} do not in {count} of {n} rows "
                "(row {row}, counted from 0: {total:.6g}). Divide by the row sums: W.div(W.sum(axis=1), axis=0).",
                name=name,
                count=len(off),
                n=len(data),
                row=int(off[0]),
                total=float(matrix.sum(axis=1)[off[0]]),
            )
        )
    matrix.eliminate_zeros()
    return matrix, levels.rename(name)


def _table(name: str, weights: pd.DataFrame, data: pd.DataFrame) -> sparse.csr_array:
    """Return a DataFrame's weights in the order of the rows of the data."""
    if not weights.index.equals(data.index) and len(weights) == len(data):
        if weights.index.is_unique and data.index.is_unique and set(weights.index) == set(data.index):
            weights = weights.loc[data.index]
        else:
            raise ValueError(
                _(
                    "The weights of {name} must have the row labels of the data, so that each row finds its own, but "
                    "they have others. If they stand in the same order, set W.index = data.index.",
                    name=name,
                )
            )
    try:
        values = weights.to_numpy(dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            _(
                "The weights of {name} must be numbers, but the columns hold something else.",
                name=name,
            )
        ) from None
    return sparse.csr_array(values)

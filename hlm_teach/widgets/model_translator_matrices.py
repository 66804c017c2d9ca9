"""What a model says of a few rows: the columns Z through which groups act, and the covariance of the responses.

    V = Z G Z' + σ² I

G holds the variances and covariances of the deviations. Two rows covary only through groups that they share.
``model_translator_maths.js`` is the twin.

What this file does not do: estimate. The SDs and correlations are those of the widget's sliders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hlm_teach.widgets.model_translator_formula import Model, Term

__all__ = ["covariance", "design", "key_of", "shared", "value_of"]

USUAL = 0.3  # a correlation that nobody has set


def key_of(factor: str, *columns: Term) -> str:
    """Return the name under which an SD or a correlation is kept: "school homework", "school 1 homework"."""
    return " ".join([factor, *(column[0] if column else "1" for column in columns)])


def value_of(state: Mapping[str, Any], factor: str, *columns: Term, size: int = 2) -> float:
    """Return an SD (one column) or a correlation (two, in a block of ``size``), as set or as usual.

    In a block of three a correlation stays within ±1/2, so that the three fit together.
    """
    found = state["values"].get(key_of(factor, *columns))
    if len(columns) == 2:
        most = 1 / (size - 1)
        return max(-most, min(most, USUAL if found is None else found))
    return state["scale"][columns[0][0] if columns[0] else "1"] if found is None else found


def labels(rows: Mapping[str, Any], factor: str) -> list[str]:
    """Return the group of each row; that of a:b is named after both."""
    found = [rows["groups"][name] for name in factor.split(":")]
    return [":".join(names) for names in zip(*found, strict=True)]


def column_of(rows: Mapping[str, Any], column: Term) -> np.ndarray:
    """Return the values of one varying column, shape (n,)."""
    first = next(iter(rows["groups"].values()))
    return np.array(rows["x"][column[0]] if column else [1.0] * len(first), dtype=float)


def design(model: Model, rows: Mapping[str, Any]) -> tuple[list[str], np.ndarray]:
    """Return the columns of Z by name, and Z, shape (n, columns)."""
    names, found = [], []
    for factor, blocks in model.varying:
        mine = labels(rows, factor)
        for column in (column for block in blocks for column in block):
            for group in dict.fromkeys(mine):
                inside = np.array([label == group for label in mine], dtype=float)
                names.append(f"{column[0] if column else '1'} | {group}")
                found.append(inside * column_of(rows, column))
    return names, np.column_stack(found)


def covariance(model: Model, state: Mapping[str, Any]) -> np.ndarray:
    """Return the covariance of the rows, shape (n, n).

    Parameters
    ----------
    model : Model
    state : mapping
        ``rows``, ``scale`` (usual SDs) and ``values`` (those set by hand, by `key_of`).
    """
    rows = state["rows"]
    sigma = state["values"].get("sigma", state["scale"]["sigma"])
    n = len(next(iter(rows["groups"].values())))
    found = sigma**2 * np.eye(n)
    for factor, blocks in model.varying:
        mine = np.array(labels(rows, factor))
        same = mine[:, None] == mine
        for block in blocks:
            Z = np.column_stack([column_of(rows, column) for column in block])
            sd = np.array([value_of(state, factor, column) for column in block])
            cor = np.eye(len(block))
            for i, column in enumerate(block):
                for h, other in enumerate(block[:i]):
                    cor[i, h] = cor[h, i] = value_of(state, factor, other, column, size=len(block))
            found = found + same * (Z @ (cor * np.outer(sd, sd)) @ Z.T)
    return found


def shared(model: Model, rows: Mapping[str, Any], a: int, b: int) -> list[str]:
    """Return the groups that two rows have in common, as "school A"."""
    found = []
    for factor, _blocks in model.varying:
        mine = labels(rows, factor)
        if mine[a] == mine[b]:
            found.append(f"{factor} {mine[a]}")
    return found

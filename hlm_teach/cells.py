"""Count successes and trials per cell: rows that nothing in the model tells apart become one.

A binomial likelihood depends on rows with the same predictors and the same groups only through their total of trials and
of successes. So a fit on a million respondents costs what a fit on its few thousand cells costs. The binomial constants,
Σ log C(m_i, y_i), are kept for the rows as they were given: the criterion does not depend on the counting.

Notation: n rows, C cells, m trials, y successes. What this file does not do: look at the predictors' meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln

from hlm_teach.formula import Parsed
from hlm_teach.frame import ModelFrame
from hlm_teach.locale import _

__all__ = ["Cells", "cells", "counts", "numeric_response"]


@dataclass(frozen=True)
class Cells:
    """The data, counted.

    Attributes
    ----------
    trials, successes : arrays, shape (C,)
        Totals of each cell.
    first, of_row : arrays of int, shape (C,) and (n,)
        A row of each cell, and the cell of each row.
    constant : float
        −2 Σ log C(m_i, y_i) over the *rows*.
    """

    trials: np.ndarray
    successes: np.ndarray
    first: np.ndarray
    of_row: np.ndarray
    constant: float


def numeric_response(parsed: Parsed, data: pd.DataFrame) -> pd.DataFrame:
    """Return the data with a response of True and False as 1 and 0; refuse one that is text.

    Examples
    --------
    >>> from hlm_teach.formula import parse
    >>> data = pd.DataFrame({"use": ["N", "Y"], "district": ["1", "2"]})
    >>> numeric_response(parse("use ~ 1 + (1 | district)"), data)
    Traceback (most recent call last):
    ...
    ValueError: use must be 0 or 1 in every row, but it holds 'N', 'Y'. Say which of them counts as 1: data["use"] ...
    """
    name = parsed.response.strip("`")
    if name not in data.columns or not isinstance(data[name], pd.Series):
        return data
    values = data[name]
    if pd.api.types.is_bool_dtype(values):
        return data.assign(**{name: values.astype(float)})
    if pd.api.types.is_numeric_dtype(values):
        return data
    found = pd.unique(values.dropna())
    if len(found) and all(isinstance(value, bool | np.bool_) for value in found):
        return data.assign(**{name: values.astype(float)})
    raise ValueError(
        _(
            "{name} must be 0 or 1 in every row, but it holds {found}. Say which of them counts as 1: "
            'data["{name}"] = (data["{name}"] == {last!r}).astype(int).',
            name=name,
            found=", ".join(repr(value) for value in sorted(map(str, found))[:3]),
            last=max(map(str, found), default=""),
        )
    )


def counts(y: np.ndarray, name: str, trials, weights: str = "weights") -> tuple[np.ndarray, np.ndarray]:
    """Return successes and trials of each row, shape (n,) both, from 0/1 or from a proportion and its trials.

    Raises
    ------
    ValueError
        Where y is not 0 or 1 (without trials), trials are not whole numbers >= 1, proportions leave [0, 1] or make no
        whole number of successes, or all responses are alike.

    Examples
    --------
    >>> counts(np.array([0.25, 0.5]), "share", np.array([8, 2]))
    (array([2., 1.]), array([8., 2.]))
    >>> counts(np.array([0.25, 0.5]), "share", None)
    Traceback (most recent call last):
    ...
    ValueError: share must be 0 or 1 in every row, but it is 0.25 in row 0. A proportion needs its number of trials: ...
    """
    y = np.asarray(y, dtype=float)
    if trials is None:
        bad = np.flatnonzero((y != 0) & (y != 1))
        if len(bad):
            facts = {"name": name, "value": float(y[bad[0]]), "row": int(bad[0])}
            if ((y >= 0) & (y <= 1)).all():
                raise ValueError(
                    _(
                        "{name} must be 0 or 1 in every row, but it is {value:g} in row {row}. A proportion needs its "
                        'number of trials: weights="column".',
                        **facts,
                    )
                )
            if (y != np.round(y)).any() or (y < 0).any():
                raise ValueError(
                    _(
                        "{name} must be 0 or 1 in every row, but it is {value:g} in row {row}. Numbers on a scale are "
                        "for lmm.",
                        **facts,
                    )
                )
            raise ValueError(
                _(
                    "{name} must be 0 or 1 in every row, but it is {value:g} in row {row}. Counts become a proportion "
                    'with weights: data["share"] = data["{name}"] / data["trials"], weights="trials".',
                    **facts,
                )
            )
        m, k = np.ones_like(y), y
    else:
        m = _whole_trials(trials, weights)
        k = _whole_successes(y, name, m)
    if k.sum() == 0 or k.sum() == m.sum():
        raise ValueError(
            _(
                "{name} must be 1 in some rows and 0 in others, but it is {value:g} in all {n}: no coefficient can be "
                "estimated.",
                name=name,
                value=float(y[0]),
                n=len(y),
            )
        )
    return k, m


def _whole_trials(trials, weights: str) -> np.ndarray:
    m = np.asarray(trials, dtype=float)
    bad = np.flatnonzero(~(np.isfinite(m) & (m >= 1) & (m == np.round(m))))
    if len(bad):
        raise ValueError(
            _(
                "Trials must be whole numbers >= 1, but {weights} is {value:g} in row {row}. Rows without trials say "
                "nothing and can be left out; survey weights are not trials.",
                weights=weights,
                value=m[bad[0]],
                row=int(bad[0]),
            )
        )
    return m


def _whole_successes(y: np.ndarray, name: str, m: np.ndarray) -> np.ndarray:
    bad = np.flatnonzero((y < 0) | (y > 1))
    if len(bad):
        raise ValueError(
            _(
                "With trials, {name} must be a proportion between 0 and 1, but it is {value:g} in row {row}. Divide the "
                "counts by the trials.",
                name=name,
                value=y[bad[0]],
                row=int(bad[0]),
            )
        )
    k = np.round(y * m)
    bad = np.flatnonzero(np.abs(y * m - k) > 1e-6 * np.maximum(1, m))
    if len(bad):
        row = int(bad[0])
        raise ValueError(
            _(
                "{name} times its trials must be a whole number of successes, but it is {value:g} × {trials:g} = "
                "{product:g} in row {row}. Are these the right trials?",
                name=name,
                value=y[row],
                trials=m[row],
                product=y[row] * m[row],
                row=row,
            )
        )
    return k


def cells(frame: ModelFrame, successes: np.ndarray, trials: np.ndarray) -> Cells:
    """Count the rows with equal predictors, varying columns and groups.

    Examples
    --------
    >>> from hlm_teach.frame import model_frame
    >>> data = pd.DataFrame({"y": [1, 0, 1, 1], "x": [0, 0, 1, 0], "g": list("aaab")})
    >>> counted = cells(model_frame("y ~ x + (1 | g)", data), data["y"].to_numpy(), np.ones(4))
    >>> counted.successes.tolist(), counted.trials.tolist(), counted.of_row.tolist()
    ([1.0, 1.0, 1.0], [2.0, 1.0, 1.0], [0, 0, 1, 2])
    """
    named = zip(frame.x.names, frame.x.arrays, strict=True)
    columns = dict(named)
    for term in frame.terms:
        columns.update(zip(term.columns.names, term.columns.arrays, strict=True))
    key, size = np.zeros(len(frame.y), dtype=np.int64), 1
    codes = [
        (np.asarray(f.codes, dtype=np.int64), len(f.levels)) for f in frame.factors.values()
    ]  # before the columns, so that cells of a group stand together
    codes += [_numbered(column) for column in columns.values() if column.strides != (0,)]
    for code, levels in codes:
        if size * levels > 2**62:
            present, key = np.unique(key, return_inverse=True)
            size = len(present)
        key, size = key * levels + code, size * levels
    _unique, first, of_row = np.unique(key, return_index=True, return_inverse=True)
    constant = -2 * float(
        np.sum(gammaln(trials + 1) - gammaln(successes + 1) - gammaln(trials - successes + 1))
    )
    total = np.bincount(of_row, trials), np.bincount(of_row, successes)
    return Cells(*total, first, of_row, constant if (trials > 1).any() else 0.0)


def _numbered(column: np.ndarray) -> tuple[np.ndarray, int]:
    numbers, values = pd.factorize(column, sort=True)
    return numbers.astype(np.int64), len(values)

"""Look at the rows before a fit: are the columns there, complete, numeric; which row is in which group?

Every message says what must hold, what was found and in which rows (counted from 0), and what to do.
This file changes no data: it drops nothing and fills nothing in.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from hlm_teach.locale import _

__all__ = [
    "Factor",
    "as_frame",
    "check_complete",
    "check_known",
    "check_predictor",
    "code_groups",
    "known_groups",
    "row_weights",
    "unquoted",
]


@dataclass(frozen=True)
class Factor:
    """One set of groups.

    Attributes
    ----------
    name : str
    levels : Index, length J
        Sorted, or in the order of a Categorical.
    codes : array of int, shape (n,)
        The group 0 … J − 1 of each row; −1 is a group that was not in the fit.
    members : sparse array, shape (n, J), optional
        Multiple membership: the weights of the groups in each row. Then there are no codes.
    """

    name: str
    levels: pd.Index
    codes: np.ndarray
    members: sparse.csr_array | None = None

    def take(self, values: np.ndarray) -> np.ndarray:
        """Return the value of each row's group, shape (n,), from one value per group; 0 for an unknown group.

        Examples
        --------
        >>> Factor("g", pd.Index(["a", "b"]), np.array([1, 0, -1])).take(np.array([5.0, 7.0]))
        array([7., 5., 0.])
        """
        if self.members is not None:
            return self.members @ values
        return np.append(values, 0.0)[self.codes]


def unquoted(name: str) -> str:
    """Take the backticks off a column name."""
    return name.strip().strip("`")


def as_frame(data) -> pd.DataFrame:
    """Return the data as a DataFrame with at least one row."""
    if isinstance(data, Mapping):
        data = pd.DataFrame(data)
    if not isinstance(data, pd.DataFrame):
        raise TypeError(_("data must be a pandas DataFrame, but it is a {found}.", found=type(data).__name__))
    if len(data) == 0:
        raise ValueError(
            _("data must have rows, but it has none (columns: {columns}).", columns=_some(data.columns))
        )
    return data


def check_known(names: Iterable[str], data: pd.DataFrame) -> None:
    """Raise if a variable is not a column, and say which column may be meant.

    Examples
    --------
    >>> check_known(["homewrok"], pd.DataFrame({"homework": [1], "math": [50]}))
    Traceback (most recent call last):
    ...
    KeyError: 'The formula names homewrok, but the data have no such column. Did you mean homework? Columns: ...'
    """
    columns = [str(name) for name in data.columns]
    missing = [name for name in dict.fromkeys(names) if name not in data.columns]
    if missing:
        lower = {name.lower(): name for name in columns}
        near = [lower[m] for name in missing for m in difflib.get_close_matches(name.lower(), lower, n=1)]
        if near:
            text = _(
                "The formula names {missing}, but the data have no such column. Did you mean {near}? "
                "Columns: {columns}.",
                missing=", ".join(missing),
                near=", ".join(near),
                columns=_some(columns),
            )
        else:
            text = _(
                "The formula names {missing}, but the data have no such column. Columns: {columns}.",
                missing=", ".join(missing),
                columns=_some(columns),
            )
        raise KeyError(text)
    twice = [name for name in names if columns.count(name) > 1]
    if twice:
        raise ValueError(_("Column names must be unique, but the data have {name} twice.", name=twice[0]))


def check_complete(name: str, values, data: pd.DataFrame) -> None:
    """Raise if numbers are missing or infinite; name the rows.

    Examples
    --------
    >>> check_complete("x", np.array([1.0, np.nan, np.inf]), pd.DataFrame({"x": [1.0, np.nan, np.inf]}))
    Traceback (most recent call last):
    ...
    ValueError: x must be a finite number in every row, but it is not in 2 of 3 rows (counted from 0: 1, 2). ...
    """
    if len(values) and np.ndim(values[0]) == 0 and values.strides == (0,):
        return  # a constant column
    with np.errstate(all="ignore"):
        quick = np.isfinite(values.sum())
    if not quick:
        _refuse_rows(name, np.flatnonzero(~np.isfinite(values)), data, numeric=True)


def check_predictor(name: str, values: pd.Series, data: pd.DataFrame) -> None:
    """Raise if a predictor that is no number has gaps or one category only, or holds dates or numbers stored as text.

    Examples
    --------
    >>> one = pd.DataFrame({"sex": ["f", "f", "f"]})
    >>> check_predictor("sex", one["sex"], one)
    Traceback (most recent call last):
    ...
    ValueError: A predictor of categories must have at least two, but sex is 'f' in all 3 rows. ...
    >>> data = pd.DataFrame({"ses": ["0.1", "-1.2", "3"]})
    >>> check_predictor("ses", data["ses"], data)
    Traceback (most recent call last):
    ...
    ValueError: ses must be numbers, but it holds numbers stored as text ('0.1' in row 0). ...
    """
    if values.dtype.kind in "iufb":
        return
    _refuse_rows(name, np.flatnonzero(values.isna().to_numpy()), data, numeric=False)
    if values.dtype.kind in "mM":
        raise ValueError(
            _(
                "{name} must be numbers, but it holds dates or durations ({first} in row 0). Count them in a unit first, "
                'for instance days: (data["{name}"] - data["{name}"].min()) / pd.Timedelta("1D").',
                name=name,
                first=values.iloc[0],
            )
        )
    if len(values) and values.nunique() == 1:
        raise ValueError(
            _(
                "A predictor of categories must have at least two, but {name} is {first!r} in all {n} rows. Leave it out.",
                name=name,
                first=values.iloc[0],
                n=len(values),
            )
        )
    if isinstance(values.dtype, pd.CategoricalDtype):
        return
    unique = pd.Series(values.unique()[:1000])
    if len(unique) > 2 and pd.to_numeric(unique, errors="coerce").notna().all():
        raise ValueError(
            _(
                "{name} must be numbers, but it holds numbers stored as text ({first!r} in row 0). Convert it first: "
                'data["{name}"] = pd.to_numeric(data["{name}"]), or astype("category") if they are labels.',
                name=name,
                first=values.iloc[0],
            )
        )


def _refuse_rows(name: str, rows: np.ndarray, data: pd.DataFrame, numeric: bool) -> None:
    if not len(rows):
        return
    facts = {
        "name": name,
        "count": len(rows),
        "n": len(data),
        "rows": ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else ""),
    }
    if numeric:
        raise ValueError(
            _(
                "{name} must be a finite number in every row, but it is not in {count} of {n} rows "
                "(counted from 0: {rows}). Leave such rows out on purpose (data.dropna(subset=[…])) or repair them.",
                **facts,
            )
        )
    raise ValueError(
        _(
            "{name} must have a value in every row, but it is missing in {count} of {n} rows "
            "(counted from 0: {rows}). Leave such rows out on purpose (data.dropna(subset=[…])) or repair them.",
            **facts,
        )
    )


def row_weights(weights, data: pd.DataFrame) -> np.ndarray:
    """Return prior weights, one per row: a column's name, or as many numbers as rows (a Series by its labels).

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "n": [10, 20, 0]})
    >>> row_weights([1, 2, 3], data)
    array([1., 2., 3.])
    >>> row_weights("n", data)
    Traceback (most recent call last):
    ...
    ValueError: Weights must be finite and above 0, but 1 of 3 are not (rows 2, counted from 0). A row of weight 0 ...
    """
    if isinstance(weights, str):
        check_known([weights], data)
        weights = data[weights]
    elif isinstance(weights, pd.Series) and not weights.index.equals(data.index):
        if not weights.index.is_unique or set(weights.index) != set(data.index):
            raise ValueError(
                _(
                    "Weights with row labels must have those of the data, but they have others. "
                    "If they stand in the same order, pass weights.to_numpy()."
                )
            )
        weights = weights.loc[data.index]
    try:
        values = np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            _("Weights must be numbers, one per row, or the name of a column of numbers.")
        ) from None
    if values.shape != (len(data),):
        raise ValueError(
            _(
                "Weights must be one number per row, {n} in all, but they have shape {shape}.",
                n=len(data),
                shape=values.shape,
            )
        )
    bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if len(bad):
        raise ValueError(
            _(
                "Weights must be finite and above 0, but {count} of {n} are not (rows {rows}, counted from 0). "
                "A row of weight 0 says nothing: leave it out.",
                count=len(bad),
                n=len(values),
                rows=", ".join(map(str, bad[:5])) + (", …" if len(bad) > 5 else ""),
            )
        )
    return values


def code_groups(columns: list[pd.Series], name: str) -> Factor:
    """Number the groups 0 … J − 1; several columns make one group per combination that occurs.

    Examples
    --------
    >>> f = code_groups([pd.Series(["b", "a", "b"], name="g")], "g")
    >>> f.levels.tolist(), f.codes.tolist()
    (['a', 'b'], [1, 0, 1])
    """
    parts = [_code(column) for column in columns]
    codes, levels = parts[0]
    for more, labels in parts[1:]:
        pairs, codes = np.unique(codes * len(labels) + more, return_inverse=True)
        levels = pd.Index([f"{levels[k // len(labels)]}:{labels[k % len(labels)]}" for k in pairs])
    return Factor(name, levels.rename(name), codes)


def _code(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Return codes and sorted levels of one column."""
    array = values.to_numpy() if values.dtype.kind in "iu" else None
    if array is not None and len(array):
        low, high = int(array.min()), int(array.max())
        if high - low <= 4 * len(array) + 1000:  # a table is quicker than a hash
            offsets = array - low
            present = np.flatnonzero(np.bincount(offsets))
            table = np.zeros(high - low + 1, dtype=np.intp)
            table[present] = np.arange(len(present))
            return table[offsets], pd.Index(present + low)
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, levels = values.cat.codes.to_numpy().astype(np.intp), values.cat.categories
    else:
        codes, levels = _factorize(values)
    infinite = values.dtype.kind == "f" and not np.isfinite(levels.to_numpy()).all()
    if infinite or (codes < 0).any():
        bad = ~np.isfinite(values.to_numpy()) if values.dtype.kind == "f" else codes < 0
        _refuse_rows(str(values.name), np.flatnonzero(bad), values.to_frame(), numeric=False)
    used = np.flatnonzero(np.bincount(codes, minlength=len(levels)))
    if len(used) < len(levels):  # categories without rows
        table = np.zeros(len(levels), dtype=np.intp)
        table[used] = np.arange(len(used))
        codes, levels = table[codes], levels[used]
    return codes, levels


def _factorize(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    try:
        codes, levels = pd.factorize(values, sort=True)
    except TypeError:  # labels of several types, for instance 7 and "7b"
        codes, levels = pd.factorize(values.where(values.isna(), values.astype(str)), sort=True)
    return codes, pd.Index(levels)


def _some(names, most: int = 12) -> str:
    names = [str(name) for name in names]
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def known_groups(factor: str, levels: pd.Index, new: pd.DataFrame, new_groups: str) -> np.ndarray:
    """Return the place among ``levels`` of each new row's group, −1 for another group; ``new_groups="error"`` forbids those."""
    names = [unquoted(name) for name in factor.split(":")]
    check_known(names, new)
    groups = code_groups([new[name] for name in names], factor)
    places = levels.get_indexer(groups.levels)
    codes = places[groups.codes]
    if new_groups == "error" and (codes < 0).any():
        raise ValueError(
            _(
                "{factor} must be a group of the fit, but {count} of {n} rows have another ({names}). "
                'Ask for new_groups="zero" to predict a new group by the population.',
                factor=factor,
                count=int((codes < 0).sum()),
                n=len(codes),
                names=", ".join(map(str, groups.levels[places < 0][:5])),
            )
        )
    return codes

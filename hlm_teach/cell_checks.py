"""Look at a table of cells before it is averaged over: columns, counts, levels, and which unit a cell belongs to.

Every message says what must hold, what was found and where, and what to do.
This file changes no number: it fills nothing in and leaves nothing out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.formula import parse
from hlm_teach.frame import FUNCTIONS
from hlm_teach.locale import _
from hlm_teach.rows import as_frame, check_complete, check_predictor, unquoted

__all__ = ["Units", "check_trait", "count_of", "few", "need_columns", "read_cells", "units_of", "wanted"]


@dataclass(frozen=True)
class Units:
    """What is estimated: the unit 0, 1, … of each cell, and the units' labels."""

    codes: np.ndarray
    index: pd.Index
    by: tuple[str, ...]


def wanted(by) -> list[str]:
    """Return the names in ``by``: none, one or several."""
    if by is None:
        return []
    return [by] if isinstance(by, str) else list(by)


def few(names, most: int = 5) -> str:
    """Return the first names of a list as text."""
    names = [str(name) for name in names]
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def units_of(cells: pd.DataFrame, by) -> Units:
    """Return the unit of each cell; without ``by`` the whole population is one.

    Examples
    --------
    >>> units_of(pd.DataFrame({"state": ["B", "A", "B"]}), "state").codes.tolist()
    [1, 0, 1]
    """
    by = wanted(by)
    if not by:
        return Units(np.zeros(len(cells), dtype=int), pd.Index(["population"]), ())
    need_columns(by, cells, "cells")
    for name in by:
        check_trait(name, cells)
    groups = cells.groupby(by if len(by) > 1 else by[0], observed=True)
    return Units(groups.ngroup().to_numpy(), groups.size().index, tuple(by))


def read_cells(fit, cells, by, count: str, count_se: str | None) -> pd.DataFrame:
    """Return the cells with rows numbered from 0, or say which column, level or row is wrong."""
    cells = as_frame(cells).reset_index(drop=True)
    predictors, groups = _variables(fit.formula)
    extra = [count_se] if count_se is not None else []
    need_columns([*predictors, *groups, *wanted(by), count, *extra], cells, "cells", fit.formula)
    for name in dict.fromkeys([*predictors, *groups]):
        check_trait(name, cells)
    for name in predictors:
        _check_levels(name, fit.data[name], cells[name])
    if count_se is not None:
        _check_numbers(count_se, cells)
    _check_once(cells.drop(columns=[count, *extra]))
    return cells


def count_of(cells: pd.DataFrame, count: str, units: Units) -> np.ndarray:
    """Return the people of each cell, or say where they are no counts or add up to nobody.

    Examples
    --------
    >>> cells = pd.DataFrame({"state": ["A", "A", "B"], "N": [10, -2, 5]})
    >>> count_of(cells, "N", units_of(cells, "state"))
    Traceback (most recent call last):
    ...
    ValueError: N must be a number >= 0 in every cell, but it is -2 in row 1 (counted from 0; 1 such rows in all). ...
    """
    N = _check_numbers(count, cells)
    total = np.bincount(units.codes, N, len(units.index))
    if (total == 0).any():
        raise ValueError(
            _(
                "Every unit must have people, but {count} adds up to 0 in {units}. Leave such cells out.",
                count=count,
                units=few(units.index[total == 0]),
            )
        )
    return N


def check_trait(name: str, data: pd.DataFrame) -> None:
    """Raise if a trait is missing or not finite in some rows."""
    if data[name].dtype.kind == "f":
        check_complete(name, data[name].to_numpy(), data)
    elif data[name].isna().any():
        check_predictor(name, data[name], data)


def need_columns(names, data: pd.DataFrame, table: str, formula: str | None = None) -> None:
    """Raise if a table lacks columns; with the formula of the model that needs them, if there is one."""
    missing = [name for name in dict.fromkeys(names) if name not in data.columns]
    if not missing:
        return
    facts = {"table": table, "missing": ", ".join(map(str, missing)), "columns": few(data.columns, 12)}
    if formula is None:
        raise KeyError(_("{table} must have a column {missing}, but the columns are: {columns}.", **facts))
    raise KeyError(
        _(
            "{table} must have every predictor and group of the model {formula}, the units and the count, but "
            "{missing} is missing. Columns: {columns}.",
            formula=formula,
            **facts,
        )
    )


def _check_numbers(name: str, cells: pd.DataFrame) -> np.ndarray:
    N = pd.to_numeric(cells[name], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~(np.isfinite(N) & (N >= 0)))
    if len(bad):
        raise ValueError(
            _(
                "{name} must be a number >= 0 in every cell, but it is {value} in row {row} (counted from 0; {count} such "
                "rows in all). A cell where nobody lives has 0.",
                name=name,
                value=cells[name].iloc[bad[0]],
                row=int(bad[0]),
                count=len(bad),
            )
        )
    return N


def _check_levels(name: str, known: pd.Series, cells: pd.Series) -> None:
    """Raise if a predictor has labels that the fit has no coefficient for, or labels where the fit has numbers."""
    if known.dtype.kind in "iufb":
        if cells.dtype.kind not in "iufb":
            raise ValueError(
                _(
                    "{name} must be numbers in the cells, as in the fit, but it holds {found!r} in row 0. Convert it: "
                    'cells["{name}"] = pd.to_numeric(cells["{name}"]).',
                    name=name,
                    found=cells.iloc[0],
                )
            )
        return
    others = sorted(set(cells.astype(str)) - set(known.astype(str)))
    if others:
        raise ValueError(
            _(
                "{name} has levels in the cells that the fit has no coefficient for: {others}. The fit has {known}. "
                "Spell them alike, merge them with another level before the fit, or let {name} vary: (1 | {name}).",
                name=name,
                others=few(others),
                known=few(sorted(set(known.astype(str))), 8),
            )
        )


def _check_once(cells: pd.DataFrame) -> None:
    twice = np.flatnonzero(cells.duplicated(keep=False).to_numpy())
    if not len(twice):
        return
    first = cells.iloc[twice[0]]
    rows = np.flatnonzero((cells == first).all(axis=1).to_numpy())
    raise ValueError(
        _(
            "Every cell must stand once in cells, but rows {rows} (counted from 0) describe the same one: {cell}. Add "
            "their counts (groupby and sum), or keep the column that tells them apart.",
            rows=few(rows),
            cell=", ".join(f"{name} {value}" for name, value in first.items()),
        )
    )


def _variables(formula: str) -> tuple[list[str], list[str]]:
    """Return the columns that a formula's predictors need, and those that make its groups."""
    from formulaic import Formula

    parsed = parse(formula)
    sides = [parsed.fixed, *(bar.inside for bar in parsed.bars)]
    predictors = [unquoted(str(v)) for side in sides for v in sorted(Formula(side).required_variables)]
    groups = [unquoted(v) for bar in parsed.bars for v in bar.factor.split(":")]
    return [v for v in dict.fromkeys(predictors) if v not in FUNCTIONS], list(dict.fromkeys(groups))

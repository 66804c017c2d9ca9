"""Tables of cells: count a sample, check a population, and average over it without a model.

The idea: a cell is a combination of traits (state × sex × age). A sample says how many of each cell answered and what;
a census says how many there are. Everything in poststratification happens between these two tables.

What this file does not do: predict (`hlm_teach.mrp`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.formula import parse
from hlm_teach.locale import _
from hlm_teach.rows import as_frame, check_complete, check_predictor, unquoted

__all__ = ["Units", "count_of", "make_cells", "poststratified_means", "read_cells", "units_of"]


def make_cells(data, by, outcome: str | None = None, count: str = "n") -> pd.DataFrame:
    """Count people into cells.

    One row per combination of traits that occurs, with the people in it and, if asked, how many have the outcome.

    Parameters
    ----------
    data : DataFrame, shape (people, any)
    by : str or list of str
        The traits that make a cell.
    outcome : str, optional
        A column of 0 and 1.
    count : str
        What to call the number of people.

    Returns
    -------
    DataFrame, shape (cells, len(by) + 1 or + 3)
        The traits, in sorted order (a Categorical in its own); the count; and with an outcome ``successes`` and, under
        the outcome's name, their proportion, so that ``glmm("vote ~ …", cells, weights="n")`` can follow.

    Raises
    ------
    KeyError
        If a column is not in the data.
    ValueError
        If values are missing, or the outcome is not 0 or 1.

    Notes
    -----
    A fit on cells equals the fit on rows: a logit model sees the rows of a cell only through these two numbers.

    Examples
    --------
    >>> people = pd.DataFrame({"state": ["A", "A", "A", "B"], "sex": list("fmmf"), "vote": [1, 0, 1, 0]})
    >>> make_cells(people, by=["state", "sex"], outcome="vote")
      state sex  n  successes  vote
    0     A   f  1          1   1.0
    1     A   m  2          1   0.5
    2     B   f  1          0   0.0
    >>> make_cells(people.assign(vote=[1, 0, 2, 0]), by="state", outcome="vote")
    Traceback (most recent call last):
    ...
    ValueError: vote must be 0 or 1 in every row, but it is 2 in row 2 (counted from 0).
    """
    data, by = as_frame(data), _names(by)
    if not by:
        raise ValueError(
            _('by must name the traits that make a cell, say by=["state", "sex"], but it is empty.')
        )
    used = [*by, outcome] if outcome is not None else by
    _need_columns(used, data, "data")
    for name in by:
        check_predictor_or_group(name, data)
    if outcome is None:
        return data.groupby(by, observed=True).size().rename(count).reset_index()
    y = pd.to_numeric(data[outcome], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero((y != 0) & (y != 1))
    if len(bad):
        raise ValueError(
            _(
                "{name} must be 0 or 1 in every row, but it is {value} in row {row} (counted from 0).",
                name=outcome,
                value=data[outcome].iloc[bad[0]],
                row=int(bad[0]),
            )
        )
    counted = data[by].assign(_y=y).groupby(by, observed=True)["_y"].agg(["size", "sum"])
    counted.columns = [count, "successes"]
    counted["successes"] = counted["successes"].astype(int)
    counted[outcome] = counted["successes"] / counted[count]
    return counted.reset_index()


def poststratified_means(sample, cells, cell, outcome: str, by=None, count: str = "N") -> pd.DataFrame:
    """Average the sample's cell means over the population: P without MR.

    θ̂_s = Σ N_c ȳ_c / Σ N_c, over the cells of s in which somebody answered.

    Parameters
    ----------
    sample : DataFrame
        One row per respondent.
    cells : DataFrame
        The population, with the columns in ``cell`` and ``by``, and the count.
    cell : str or list of str
        The traits that make a cell.
    outcome : str
        A column of numbers.
    by : str or list of str, optional
        The units; by default the whole population is one.
    count : str
        People in each cell.

    Returns
    -------
    DataFrame
        ``estimate`` (missing where nobody answered), and ``covered``, the share of the unit's people who live in a cell
        with respondents: where it is below 1 the rest is taken to be like them.

    Notes
    -----
    If the sample has every cell in the population's proportion, this is the sample's mean. With many cells most are empty
    or hold one person, and the variance is large: that is what MR is for.

    Examples
    --------
    >>> sample = pd.DataFrame({"age": ["young", "old", "old", "old"], "vote": [1.0, 0.0, 0.0, 1.0]})
    >>> cells = pd.DataFrame({"age": ["young", "old"], "N": [500, 500]})
    >>> poststratified_means(sample, cells, "age", "vote").round(3)
                estimate  covered
    population     0.667      1.0
    """
    sample, cells, cell = as_frame(sample), as_frame(cells), _names(cell)
    _need_columns([*cell, outcome], sample, "sample")
    _need_columns([*cell, *_names(by), count], cells, "cells")
    check_complete(outcome, sample[outcome].to_numpy(dtype=float), sample)
    cells = cells.reset_index(drop=True)
    units = units_of(cells, by)
    N = count_of(cells, count, units)
    means = sample.groupby(cell, observed=True)[outcome].mean().rename("mean_").reset_index()
    mean = cells[cell].astype(object).merge(means.astype(dict.fromkeys(cell, object)), on=cell, how="left")["mean_"].to_numpy()  # fmt: skip
    known = np.isfinite(mean)
    covered = np.bincount(units.codes, N * known, len(units.index))
    total = np.bincount(units.codes, N, len(units.index))
    with np.errstate(invalid="ignore"):
        estimate = np.bincount(units.codes, N * np.where(known, mean, 0.0), len(units.index)) / covered
    return pd.DataFrame({"estimate": estimate, "covered": covered / total}, index=units.index)


@dataclass(frozen=True)
class Units:
    """What is estimated: the unit of each cell, and the units' labels."""

    codes: np.ndarray
    index: pd.Index
    by: tuple[str, ...]


def units_of(cells: pd.DataFrame, by) -> Units:
    """Return the unit of each cell; without ``by`` the whole population is one."""
    by = _names(by)
    if not by:
        return Units(np.zeros(len(cells), dtype=int), pd.Index(["population"]), ())
    _need_columns(by, cells, "cells")
    for name in by:
        check_predictor_or_group(name, cells)
    groups = cells.groupby(by if len(by) > 1 else by[0], observed=True)
    return Units(groups.ngroup().to_numpy(), groups.size().index, tuple(by))


def read_cells(fit, cells, by, count: str, count_se: str | None) -> pd.DataFrame:
    """Return the cells with rows numbered from 0, or say which column, level or row is wrong."""
    cells = as_frame(cells).reset_index(drop=True)
    predictors, groups = _variables(fit.formula)
    extra = [count_se] if count_se is not None else []
    _need_columns([*predictors, *groups, *_names(by), count, *extra], cells, "cells", fit.formula)
    for name in dict.fromkeys([*predictors, *groups]):
        check_predictor_or_group(name, cells)
    for name in predictors:
        _check_levels(name, fit.data[name], cells[name])
    if count_se is not None:
        _check_numbers(count_se, cells)
    same = cells.drop(columns=[count, *extra])
    twice = np.flatnonzero(same.duplicated(keep=False).to_numpy())
    if len(twice):
        first = same.iloc[twice[0]]
        rows = np.flatnonzero((same == first).all(axis=1).to_numpy())
        raise ValueError(
            _(
                "Every cell must stand once in cells, but rows {rows} (counted from 0) describe the same one: {cell}. Add "
                "their counts (groupby and sum), or keep the column that tells them apart.",
                rows=", ".join(map(str, rows[:5])),
                cell=", ".join(f"{name} {value}" for name, value in first.items()),
            )
        )
    return cells


def count_of(cells: pd.DataFrame, count: str, units: Units) -> np.ndarray:
    """Return the people of each cell, or say where they are no counts or add up to nobody."""
    N = _check_numbers(count, cells)
    total = np.bincount(units.codes, N, len(units.index))
    if (total == 0).any():
        raise ValueError(
            _(
                "Every unit must have people, but {count} adds up to 0 in {units}. Leave such cells out.",
                count=count,
                units=", ".join(map(str, units.index[total == 0][:5])),
            )
        )
    return N


def check_predictor_or_group(name: str, data: pd.DataFrame) -> None:
    """Raise if a trait is missing or not finite in some rows."""
    if data[name].dtype.kind == "f":
        check_complete(name, data[name].to_numpy(), data)
    check_predictor(name, data[name], data) if data[name].isna().any() else None


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
    """Raise if a predictor of labels has one that the fit has not: it would have no coefficient."""
    if known.dtype.kind in "iufb":
        return
    others = sorted(set(cells.astype(str)) - set(known.astype(str)))
    if others:
        raise ValueError(
            _(
                "{name} has levels in the cells that the fit has no coefficient for: {others}. The fit has {known}. "
                "Spell them alike, or merge them with another level before the fit.",
                name=name,
                others=", ".join(others[:5]),
                known=", ".join(sorted(set(known.astype(str)))[:8]),
            )
        )


def _variables(formula: str) -> tuple[list[str], list[str]]:
    """Return the columns that a formula's predictors need, and those that make its groups."""
    from formulaic import Formula

    parsed = parse(formula)
    sides = [parsed.fixed, *(bar.inside for bar in parsed.bars)]
    predictors = [unquoted(str(v)) for side in sides for v in sorted(Formula(side).required_variables)]
    groups = [unquoted(v) for bar in parsed.bars for v in bar.factor.split(":")]
    functions = {"sqrt", "abs", "log", "exp", "np"}
    return [v for v in dict.fromkeys(predictors) if v not in functions], list(dict.fromkeys(groups))


def _names(by) -> list[str]:
    if by is None:
        return []
    return [by] if isinstance(by, str) else list(by)


def _need_columns(names, data: pd.DataFrame, table: str, formula: str | None = None) -> None:
    missing = [name for name in dict.fromkeys(names) if name not in data.columns]
    if not missing:
        return
    facts = {"table": table, "missing": ", ".join(missing), "columns": ", ".join(map(str, data.columns))}
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

"""Tables of cells: count a sample, compare it with a population, and average over it without a model.

The idea: a cell is a combination of traits (state × sex × age). A sample says how many of each cell answered and what;
a census says how many there are. Everything in poststratification happens between these two tables.

Notation: cell c, N_c people in the population, n_c in the sample, ȳ_c their mean.

What this file does not do: predict (`hlm_teach.mrp`) or weight the rows of a sample (`hlm_teach.raking`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach.cell_checks import check_trait, count_of, few, need_columns, units_of, wanted
from hlm_teach.locale import _
from hlm_teach.rows import as_frame, check_complete, row_weights

__all__ = ["make_cells", "margins", "poststratified_means"]


def make_cells(data, by, outcome: str | None = None, count: str = "n", weights=None) -> pd.DataFrame:
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
    weights : str or array, shape (people,), optional
        How many people each row stands for, > 0: the count is their sum. For a survey that serves as a population;
        not together with an outcome.

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
        If values are missing, the outcome is not 0 or 1, or weights come with an outcome.

    Notes
    -----
    A fit on cells equals the fit on rows: a logit model sees the rows of a cell only through these two numbers.
    A combination that does not occur has no row: the table of a *population* must have every cell where somebody lives.

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
    ValueError: vote must be 0 or 1 in every row, but it is 2 in row 2 (counted from 0; 1 such rows in all). ...
    """
    data, by = as_frame(data), wanted(by)
    if not by:
        raise ValueError(
            _('by must name the traits that make a cell, say by=["state", "sex"], but it is empty.')
        )
    need_columns([*by, outcome] if outcome is not None else by, data, "data")
    for name in by:
        check_trait(name, data)
    if outcome is None:
        people = 1 if weights is None else row_weights(weights, data)
        total = data[by].assign(**{count: people}).groupby(by, observed=True)[count].sum()
        return total.reset_index()
    if weights is not None:
        raise ValueError(
            _(
                "Cells have counts of respondents or sums of weights, not both: a fit needs to know how many people "
                "answered. Leave out weights, or the outcome."
            )
        )
    y = _zero_or_one(outcome, data)
    counted = data[by].assign(_y=y).groupby(by, observed=True)["_y"].agg(["size", "sum"])
    counted.columns = [count, "successes"]
    counted["successes"] = counted["successes"].astype(int)
    counted[outcome] = counted["successes"] / counted[count]
    return counted.reset_index()


def margins(sample, cells, by, count: str = "N") -> pd.DataFrame:
    """Compare who answered with who is there, trait by trait.

    Parameters
    ----------
    sample : DataFrame
        One row per respondent.
    cells : DataFrame
        The population.
    by : str or list of str
        Traits that both tables have.
    count : str
        People in each cell of the population.

    Returns
    -------
    DataFrame, index (trait, level)
        ``sample`` and ``population``, the shares of the level, and ``ratio``, the first over the second: below 1 the level
        is under-represented, 0 if nobody answered, infinite if the population has nobody.

    Raises
    ------
    KeyError
        If a table lacks a column.
    ValueError
        If a trait is missing somewhere, or a count is no number >= 0.

    Examples
    --------
    >>> sample = pd.DataFrame({"age": ["old", "old", "old", "young"]})
    >>> cells = pd.DataFrame({"age": ["young", "old"], "N": [600, 400]})
    >>> margins(sample, cells, "age").round(3)
                 sample  population  ratio
    trait level
    age   old      0.75         0.4  1.875
          young    0.25         0.6  0.417
    >>> margins(sample, cells, "sex")
    Traceback (most recent call last):
    ...
    KeyError: 'sample must have a column sex, but the columns are: age.'
    """
    sample, cells, by = as_frame(sample), as_frame(cells).reset_index(drop=True), wanted(by)
    need_columns(by, sample, "sample")
    need_columns([*by, count], cells, "cells")
    N, parts = count_of(cells, count, units_of(cells, None)), {}
    for name in by:
        check_trait(name, sample)
        check_trait(name, cells)
        units = units_of(cells, name)
        people = pd.Series(np.bincount(units.codes, N), units.index.tolist())
        answered = sample.groupby(name, observed=True).size()
        answered.index = answered.index.tolist()
        order = [*people.index, *(level for level in answered.index if level not in people.index)]
        parts[name] = pd.DataFrame(
            {
                "sample": answered.reindex(order, fill_value=0) / len(sample),
                "population": people.reindex(order, fill_value=0) / people.sum(),
            }
        )
    table = pd.concat(parts, names=["trait", "level"])
    with np.errstate(divide="ignore"):
        return table.assign(ratio=table["sample"].to_numpy() / table["population"].to_numpy())


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

    Raises
    ------
    KeyError
        If a table lacks a column.
    ValueError
        If values are missing, counts are no numbers >= 0, or respondents belong to a cell that the population has not.

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
    >>> poststratified_means(sample, cells.head(1), "age", "vote")
    Traceback (most recent call last):
    ...
    ValueError: Every respondent must live in a cell of the population, but 3 of 4 do not: old. If that is a spelling, ...
    """
    sample, cells, cell = as_frame(sample), as_frame(cells).reset_index(drop=True), wanted(cell)
    need_columns([*cell, outcome], sample, "sample")
    need_columns([*cell, *wanted(by), count], cells, "cells")
    y = _numbers(outcome, sample)
    for name in cell:
        check_trait(name, sample)
        check_trait(name, cells)
    units = units_of(cells, by)
    N = count_of(cells, count, units)
    means = (
        pd.Series(y).groupby([sample[name].astype(object).to_numpy() for name in cell]).agg(["mean", "size"])
    )
    keys = _keys(cells, cell)
    _refuse_strangers(means, keys)
    mean = means["mean"].reindex(keys).to_numpy()
    known = np.isfinite(mean)
    covered = np.bincount(units.codes, N * known, len(units.index))
    total = np.bincount(units.codes, N, len(units.index))
    with np.errstate(invalid="ignore"):
        estimate = np.bincount(units.codes, N * np.where(known, mean, 0.0), len(units.index)) / covered
    return pd.DataFrame({"estimate": estimate, "covered": covered / total}, index=units.index)


def _keys(cells: pd.DataFrame, cell: list[str]) -> pd.Index:
    columns = [cells[name].astype(object).to_numpy() for name in cell]
    return pd.Index(columns[0]) if len(columns) == 1 else pd.MultiIndex.from_arrays(columns)


def _refuse_strangers(means: pd.DataFrame, keys: pd.Index) -> None:
    strange = means[~means.index.isin(keys)]
    if len(strange):
        raise ValueError(
            _(
                "Every respondent must live in a cell of the population, but {count} of {n} do not: {cells}. If that is a "
                "spelling, correct it; if they are outside the population, leave them out of the sample.",
                count=int(strange["size"].sum()),
                n=int(means["size"].sum()),
                cells=few([" ".join(map(str, k)) if isinstance(k, tuple) else k for k in strange.index]),
            )
        )


def _numbers(name: str, data: pd.DataFrame) -> np.ndarray:
    values = pd.to_numeric(data[name], errors="coerce").to_numpy(dtype=float)
    check_complete(name, values, data)
    return values


def _zero_or_one(name: str, data: pd.DataFrame) -> np.ndarray:
    y = pd.to_numeric(data[name], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero((y != 0) & (y != 1))
    if len(bad):
        raise ValueError(
            _(
                "{name} must be 0 or 1 in every row, but it is {value} in row {row} (counted from 0; {count} such rows "
                'in all). Leave such rows out on purpose (data.dropna(subset=["{name}"])) or recode them.',
                name=name,
                value=data[name].iloc[bad[0]],
                row=int(bad[0]),
                count=len(bad),
            )
        )
    return y

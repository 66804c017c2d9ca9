"""Raking: weights for a sample's rows, so that several margins of the population come out at once.

The idea: multiply the weights of each level of a trait so that its total is the population's; then those of the next
trait, which spoils the first a little; and round again, until nothing moves (iterative proportional fitting).

    w_i ← w_i · N_level(i) / Σ w of that level,        trait after trait

What comes out is the weighting nearest to the start (in Σ w log w) that meets all margins. It uses no model and needs no
joint table; the price is the spread of the weights, 1 + cv² (Kish), and that it looks at margins alone.

What this file does not do: give standard errors, trim weights, or help where a level has no respondent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hlm_teach.cell_checks import check_trait, count_of, few, need_columns, units_of, wanted
from hlm_teach.locale import _, ngettext
from hlm_teach.rows import as_frame, check_complete, row_weights

__all__ = ["Raking", "rake", "totals"]


@dataclass(frozen=True, eq=False)
class Raking:
    """Weights that meet margins, and how they were found.

    Attributes
    ----------
    weights : Series, shape (n,)
        One per row of the sample; they add up to the population.
    rounds : int
        Passes over all margins.
    gap : float
        The largest distance left between a weighted and a demanded share of a level.
    design_effect : float
        1 + cv² of the weights (Kish): by how much they multiply the variance of a mean, if they have nothing to do with
        what is measured.
    effective_n : float
        n over the design effect.
    """

    weights: pd.Series = field(repr=False)
    rounds: int
    gap: float
    sample: pd.DataFrame = field(repr=False)

    @property
    def design_effect(self) -> float:
        w = self.weights.to_numpy()
        return float(len(w) * (w**2).sum() / w.sum() ** 2)

    @property
    def effective_n(self) -> float:
        return len(self.weights) / self.design_effect

    def mean(self, outcome: str, by=None) -> pd.Series:
        """Return the weighted mean of a column, of all rows or unit by unit.

        Examples
        --------
        >>> sample = pd.DataFrame({"age": ["young", "old", "old", "old"], "vote": [1.0, 0.0, 0.0, 1.0]})
        >>> rake(sample, {"age": {"young": 500, "old": 500}}).mean("vote").round(3).to_dict()
        {'population': 0.667}
        """
        need_columns([outcome, *wanted(by)], self.sample, "data")
        y = pd.to_numeric(self.sample[outcome], errors="coerce").to_numpy(dtype=float)
        check_complete(outcome, y, self.sample)
        units, w = units_of(self.sample, by), self.weights.to_numpy()
        mean = np.bincount(units.codes, w * y) / np.bincount(units.codes, w)
        return pd.Series(mean, units.index, name=outcome)

    def __repr__(self) -> str:
        return ngettext(
            "Raked in {n} round: the margins are met within {gap:.1e}. Design effect {effect:.2f}: {rows} rows are "
            "worth {worth:.0f}.",
            "Raked in {n} rounds: the margins are met within {gap:.1e}. Design effect {effect:.2f}: {rows} rows are "
            "worth {worth:.0f}.",
            self.rounds,
            gap=self.gap,
            effect=self.design_effect,
            rows=len(self.weights),
            worth=self.effective_n,
        )


def totals(cells, by, count: str = "N") -> dict:
    """Return the margins of a population, as `rake` takes them.

    Parameters
    ----------
    cells : DataFrame
        The population, one row per cell.
    by : list of str or of tuples of str
        The traits; a tuple is a joint margin.
    count : str
        People in each cell.

    Returns
    -------
    dict, trait → Series of people per level

    Examples
    --------
    >>> cells = pd.DataFrame({"age": ["young", "old", "old"], "sex": ["f", "f", "m"], "N": [500, 200, 300]})
    >>> {trait: margin.to_dict() for trait, margin in totals(cells, ["age", "sex"]).items()}
    {'age': {'old': 500.0, 'young': 500.0}, 'sex': {'f': 700.0, 'm': 300.0}}
    """
    cells, found = as_frame(cells).reset_index(drop=True), {}
    need_columns([count], cells, "cells")
    for trait in [by] if isinstance(by, str) else by:
        units = units_of(cells, trait if isinstance(trait, str) else list(trait))
        people = np.bincount(units.codes, count_of(cells, count, units_of(cells, None)))
        found[trait] = pd.Series(people, units.index)[people > 0]
    return found


def rake(data, margins: Mapping, *, start=None, tolerance: float = 1e-9, most: int = 500) -> Raking:
    """Weight the rows of a sample so that it has the margins of a population.

    Parameters
    ----------
    data : DataFrame, shape (n, any)
        One row per respondent.
    margins : dict, trait → people per level
        A column of the data (or a tuple of columns, for a joint margin), with a Series or dict of its levels' totals: in
        people, or as shares if all of them are. `totals` makes them from a table of cells.
    start : str or array, shape (n,), optional
        Weights to begin with, > 0: those of the survey's design.
    tolerance : float
        How far a level's share may be off.
    most : int
        Rounds before giving up.

    Returns
    -------
    Raking
        ``weights``, ``rounds``, ``gap``, ``design_effect``, ``effective_n``, ``mean()``.

    Raises
    ------
    KeyError
        If a trait is no column.
    ValueError
        If a total is no number > 0, margins add up to different populations, a level has people but no respondent or
        respondents but no people, or no weights meet all margins.

    Notes
    -----
    Margins that no weights meet show in rounds that go on for ever: the message names the level that is farthest off.
    The design effect has nothing to say of how much the weights help: a poststratified mean can gain more than it loses.

    References
    ----------
    Deming, W. E. & Stephan, F. F. (1940), *Annals of Mathematical Statistics* 11. Kish, L. (1965), *Survey Sampling*, §11.7.
    Deville, J.-C. & Särndal, C.-E. (1992), *Journal of the American Statistical Association* 87.

    Examples
    --------
    >>> sample = pd.DataFrame({"age": ["young", "old", "old", "old"], "sex": ["f", "f", "m", "m"]})
    >>> found = rake(sample, {"age": {"young": 50, "old": 50}, "sex": {"f": 60, "m": 40}})
    >>> found.weights.round(3).tolist()
    [50.0, 10.0, 20.0, 20.0]
    >>> rake(sample, {"age": {"young": 50, "old": 30, "oldest": 20}})
    Traceback (most recent call last):
    ...
    ValueError: Every level with people needs respondents, but nobody of age oldest answered. Merge it with another ...
    """
    data = as_frame(data)
    if not isinstance(margins, Mapping) or not margins:
        raise ValueError(
            _(
                "margins must say which trait has which totals: a dict of traits, each with a dict or Series of people per level."
            )
        )
    size, wanted_shares = _read(data, margins)
    w = np.ones(len(data)) if start is None else row_weights(start, data)
    w = w / w.sum()
    for rounds in range(1, most + 1):
        for codes, share in wanted_shares.values():
            w = w * (share / np.bincount(codes, w, len(share)))[codes]
        gap, worst = _gap(w, wanted_shares)
        if gap <= tolerance:
            return Raking(pd.Series(w * size, data.index, name="weight"), rounds, gap, data)
    trait, level, has = worst
    raise ValueError(
        _(
            "The margins must be possible together, but after {rounds} rounds the share of {trait} level {level} is still "
            "{has:.4f} away from what is demanded: no weights of these respondents meet all margins. Look at the table of "
            "the traits for empty combinations, merge levels, or leave a margin out.",
            rounds=most,
            trait=_name(trait),
            level=pd.Series(margins[trait], dtype=float).index[level],
            has=has,
        )
    )


def _read(data: pd.DataFrame, margins: Mapping) -> tuple[float, dict]:
    """Return the population's size, and per trait each row's level with the levels' shares."""
    sizes, found = {}, {}
    for trait, totals_of in margins.items():
        names = wanted(trait)
        need_columns(names, data, "data")
        for name in names:
            check_trait(name, data)
        target = pd.Series(totals_of, dtype=float)
        bad = target[~(np.isfinite(target) & (target > 0))]
        if len(bad):
            raise ValueError(
                _(
                    "Totals must be numbers > 0, but {trait} {level} has {found}. A level without people is left out of "
                    "the margin, and its respondents out of the sample.",
                    trait=_name(trait),
                    level=bad.index[0],
                    found=bad.iloc[0],
                )
            )
        codes = target.index.get_indexer(_keys(data, names))
        _refuse_unmatched(trait, target, codes, _keys(data, names))
        sizes[trait], found[trait] = float(target.sum()), (codes, target.to_numpy() / target.sum())
    low, high = min(sizes, key=sizes.get), max(sizes, key=sizes.get)
    if sizes[high] - sizes[low] > 1e-6 * sizes[high]:
        raise ValueError(
            _(
                "All margins must add up to the same population, but {low} adds up to {few:g} and {high} to {many:g}. "
                "Take them from one table, or divide each by its sum.",
                low=_name(low),
                few=sizes[low],
                high=_name(high),
                many=sizes[high],
            )
        )
    return sizes[high], found


def _refuse_unmatched(trait, target: pd.Series, codes: np.ndarray, keys: pd.Index) -> None:
    if (codes < 0).any():
        raise ValueError(
            _(
                "Every respondent's level must be in the margin, but {trait} has no total for {levels} ({count} rows). "
                "Give it one, or leave those rows out.",
                trait=_name(trait),
                levels=few(keys[codes < 0].unique()),
                count=int((codes < 0).sum()),
            )
        )
    empty = target.index[np.bincount(codes, minlength=len(target)) == 0]
    if len(empty):
        raise ValueError(
            _(
                "Every level with people needs respondents, but nobody of {trait} {levels} answered. Merge it with "
                "another level: no weight turns nobody into somebody.",
                trait=_name(trait),
                levels=few(empty),
            )
        )


def _keys(data: pd.DataFrame, names: list[str]) -> pd.Index:
    columns = [data[name].astype(object).to_numpy() for name in names]
    return pd.Index(columns[0]) if len(columns) == 1 else pd.MultiIndex.from_arrays(columns)


def _gap(w: np.ndarray, shares: dict) -> tuple[float, tuple]:
    """Return the largest distance from a demanded share, and where it is."""
    found = []
    for trait, (codes, share) in shares.items():
        off = np.abs(np.bincount(codes, w, len(share)) - share)
        found.append((float(off.max()), (trait, int(off.argmax()), float(off.max()))))
    return max(found, key=lambda each: each[0])


def _name(trait) -> str:
    return trait if isinstance(trait, str) else " × ".join(map(str, trait))

"""The population behind the MRP board and the polls drawn of it: 31 provinces, or one's own table of cells.

A world has units j with a predictor u_j, and in each the same cells k, one per pair of levels of two traits: N_jk people, of whom
the share p_jk says yes. A poll asks n people, drawn with the chance

    P(cell jk answers) ∝ N_jk · odds of its levels · (p_jk·o + 1 − p_jk),     P(yes | answered) = p_jk·o / (p_jk·o + 1 − p_jk)

where o is the odds of answering of those who say yes over those who say no in the same cell.

``mrp_board_maths.js`` draws the same people.

What this file does not do: estimate anything (`mrp_board_fit`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.datasets import load
from hlm_teach.locale import _
from hlm_teach.tile_layouts import LAYOUTS
from hlm_teach.widgets.normals import Normals

__all__ = ["MOST", "Poll", "World", "chances", "draw", "provinces", "read_world"]

MOST = 5000  # people in a poll
LEAST_UNITS, MOST_UNITS, MOST_LEVELS = 4, 60, 6
World = dict[str, Any]


@dataclass(frozen=True)
class Poll:
    """Respondents and yeses of every cell, shape (J, K) each."""

    n: np.ndarray
    yes: np.ndarray


@lru_cache(maxsize=1)
def provinces() -> World:
    """Return the 31 provinces of the data set ``provinces31``, the most populous first."""
    world = read_world(load("provinces31"), "province", "gdp", ("gender", "age"), "N", "share")
    return world | {"invented": True}


def chances(w) -> tuple[np.ndarray, np.ndarray]:
    """Return each cell's people, times their odds of answering, of those who say yes and of all, shape (J, K) each."""
    N, share = (np.array(w.world[name][: w.J], dtype=float) for name in ("N", "share"))
    K_b = len(w.world["traits"][1][1])
    K_a = N.shape[1] // K_b
    odds = np.ones(N.shape)
    odds[:, (K_a - 1) * K_b :] *= w.odds_a
    odds[:, ::K_b] *= w.odds_b
    odds[np.array(w.world["u"][: w.J]) > w.world["middle"]] *= w.odds_u
    if w.quiet >= 0:
        odds[w.quiet] = 0.0
    yes = N * odds * (share * w.odds_y)
    return yes, yes + N * odds * (1 - share)


def draw(w) -> Poll:
    """Draw the people of a poll: the same uniform numbers for the same seed, whatever the odds."""
    yes, all_ = chances(w)
    total = np.cumsum(all_.ravel())
    u = _uniforms(w.seed)[: 2 * w.n].reshape(-1, 2)
    cell = np.searchsorted(total, u[:, 0] * total[-1], side="right")
    says = u[:, 1] * all_.ravel()[cell] < yes.ravel()[cell]
    size = total.size
    return Poll(
        np.bincount(cell, minlength=size).reshape(all_.shape),
        np.bincount(cell[says], minlength=size).reshape(all_.shape),
    )


@lru_cache(maxsize=8)
def _uniforms(seed: int) -> np.ndarray:
    return Normals(seed).uniforms(2 * MOST)


def read_world(cells: pd.DataFrame, unit: str, predictor: str, traits, count: str, share: str) -> World:
    """Return what the board needs of a table of cells, or say what is wrong.

    Raises
    ------
    ValueError
        If a column is missing, there are not two traits of 2 to 6 levels or not 4 to 60 units, a cell is missing or stands there
        twice, a count, share or predictor is missing, infinite or out of range, a unit is empty or has two predictors.

    Examples
    --------
    >>> world = provinces()
    >>> len(world["labels"]), world["labels"][0], world["codes"][0], len(world["N"][0])
    (31, 'Guangdong', 'GD', 8)
    >>> read_world(load("provinces31"), "province", "gdp", ("gender", "height"), "N", "share")
    Traceback (most recent call last):
    ...
    ValueError: There is no column 'height'. The columns are: province, region, gdp, gender, age, N, share.
    """
    traits = (traits,) if isinstance(traits, str) else tuple(traits)
    for column in (unit, predictor, *traits, count, share):
        if column not in cells:
            raise ValueError(
                _("There is no column {column!r}. The columns are: {columns}.",
                  column=column, columns=", ".join(map(str, cells.columns)))
            )  # fmt: skip
    levels = [list(dict.fromkeys(_sorted(cells[trait]))) for trait in traits]
    _check_sizes(traits, levels, unit, cells[unit].nunique())
    numbers = {column: pd.to_numeric(cells[column], errors="coerce") for column in (predictor, count, share)}
    _check_numbers(
        cells, unit, {predictor: (-math.inf, math.inf), count: (0, math.inf), share: (0, 1)}, numbers
    )
    table = cells.assign(**numbers).set_index([unit, *traits])
    if table.index.has_duplicates:
        raise ValueError(
            _("Every cell must stand in the table once, but this one stands there twice: {cell}.",
              cell=" ".join(map(str, table.index[table.index.duplicated()][0])))
        )  # fmt: skip
    labels = list(dict.fromkeys(cells[unit]))
    full = pd.MultiIndex.from_product([labels, *levels])
    lost = full[~full.isin(table.index)]
    if len(lost):
        raise ValueError(
            _("Every {unit} needs a row for every cell, with count 0 where nobody lives, but this one is missing: {cell}.",
              unit=unit, cell=" ".join(map(str, lost[0])))
        )  # fmt: skip
    table = table.loc[full]
    N, p, u = (
        table[column].to_numpy(dtype=float).reshape(len(labels), -1) for column in (count, share, predictor)
    )
    _check_units(unit, predictor, count, labels, N, u)
    order = np.argsort(-N.sum(1), kind="stable")
    mean, sd = u[:, 0].mean(), u[:, 0].std()
    z = ((u[order, 0] - mean) / sd).tolist()
    labels = [str(labels[j]) for j in order]
    codes, tiles = _places(labels)
    return {"labels": labels, "codes": codes, "tiles": tiles, "u": z, "middle": float(np.median(z)), "unit": str(unit),
            "predictor": str(predictor), "traits": [[str(t), [str(x) for x in own]] for t, own in zip(traits, levels, strict=True)],
            "N": N[order].tolist(), "share": p[order].tolist()}  # fmt: skip


def _sorted(column: pd.Series) -> list:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [level for level in column.cat.categories if (column == level).any()]
    return sorted(column.dropna().unique(), key=str)


def _check_sizes(traits: tuple, levels: list[list], unit: str, units: int) -> None:
    if len(traits) != 2:
        raise ValueError(
            _("The board needs two traits, say ('gender', 'age'), but there are {n}.", n=len(traits))
        )
    for trait, own in zip(traits, levels, strict=True):
        if not 2 <= len(own) <= MOST_LEVELS:
            raise ValueError(
                _("{trait} must have 2 to {most} levels, but it has {n}. Merge some.", trait=trait, most=MOST_LEVELS, n=len(own))
            )  # fmt: skip
    if not LEAST_UNITS <= units <= MOST_UNITS:
        raise ValueError(
            _("The board shows {least} to {most} units, but {unit} has {n}. For more, use glmm and poststratify, which have no "
              "such limit.", least=LEAST_UNITS, most=MOST_UNITS, unit=unit, n=units)
        )  # fmt: skip


def _check_numbers(cells: pd.DataFrame, unit: str, ranges: dict, numbers: dict) -> None:
    for column, (least, most) in ranges.items():
        values = numbers[column]
        bad = ~(np.isfinite(values) & (values >= least) & (values <= most))
        if bad.any():
            at = int(np.argmax(bad))
            facts = {"column": column, "found": cells[column].iloc[at], "label": str(cells[unit].iloc[at])}
            raise ValueError(
                _("Every {column} must be a number from 0 to 1, but it is {found} in {label}.", **facts) if most == 1
                else _("Every {column} must be a finite number >= 0, but it is {found} in {label}.", **facts) if least == 0
                else _("Every {column} must be a finite number, but it is {found} in {label}.", **facts)
            )  # fmt: skip


def _check_units(unit: str, predictor: str, count: str, labels: list, N: np.ndarray, u: np.ndarray) -> None:
    empty = np.flatnonzero(N.sum(1) == 0)
    if len(empty):
        raise ValueError(
            _("Somebody must live in every {unit}, but in {label} every {count} is 0. Leave it out.",
              unit=unit, label=labels[empty[0]], count=count)
        )  # fmt: skip
    torn = np.flatnonzero(np.ptp(u, axis=1) > 0)
    if len(torn):
        raise ValueError(
            _("{predictor} must have one value per {unit}, but in {label} it has several.",
              predictor=predictor, unit=unit, label=labels[torn[0]])
        )  # fmt: skip
    if np.ptp(u) == 0:
        raise ValueError(
            _("{predictor} must differ between units, but it is {value} in all.", predictor=predictor, value=u[0, 0])
        )  # fmt: skip


def _places(labels: list[str]) -> tuple[list[str], list[list[int]]]:
    """Return codes and tiles: those of a layout that has all labels, else the first letters on a square."""
    for layout in LAYOUTS.values():
        codes = layout.codes(labels)
        if all(codes):
            return codes, [list(layout.tiles[code]) for code in codes]
    side = math.ceil(math.sqrt(len(labels)))
    return [label[:3] for label in labels], [[j // side, j % side] for j in range(len(labels))]

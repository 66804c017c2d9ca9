"""The columns that the model translator can talk about: four small designs, or those of a data set.

What this file does not do: hold data to fit. Nine rows are enough to see which rows a model ties together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.widgets.model_translator_formula import NAME

__all__ = ["SETS", "read_columns"]

MANY = 3  # groups of the small example, and rows of each


def _set(
    y: str, predictors: dict, factors: list[str], groups: dict, x: dict, scale: dict, start: str
) -> dict[str, Any]:
    return {
        "known": {"y": y, "predictors": predictors, "factors": factors},
        "rows": {"groups": groups, "x": x},
        "scale": scale,
        "start": start,
    }


SETS = {
    "pupils": _set(
        "math", {"homework": [], "public": ["school"]}, ["school"],
        {"school": list("AAABBBCCC")}, {"homework": [0, 1, 3, 1, 2, 4, 0, 2, 5], "public": [1, 1, 1, 0, 0, 0, 1, 1, 1]},
        {"1": 6.0, "homework": 2.0, "sigma": 8.0}, "math ~ 1 + homework + (1 + homework | school)",
    ),
    "sleep": _set(
        "Reaction", {"Days": []}, ["Subject"],
        {"Subject": ["308"] * 3 + ["309"] * 3 + ["310"] * 3}, {"Days": [0, 4, 9] * 3},
        {"1": 25.0, "Days": 6.0, "sigma": 26.0}, "Reaction ~ 1 + Days + (1 + Days | Subject)",
    ),
    "words": _set(
        "rt", {"condition": [], "length": ["item"]}, ["subject", "item"],
        {"subject": list("AAABBBCCC"), "item": list("123123123")},
        {"condition": [0, 1, 0, 1, 0, 1, 0, 1, 0], "length": [3, 5, 8] * 3},
        {"1": 50.0, "condition": 30.0, "length": 10.0, "sigma": 80.0}, "rt ~ 1 + condition + (1 | subject) + (1 | item)",
    ),
    "classes": _set(
        "score", {"hours": [], "size": ["school:classroom"]}, ["school", "school:classroom"],
        {"school": list("AAAABBBB"), "classroom": list("11221122")},
        {"hours": [1, 3, 2, 4, 0, 2, 1, 5], "size": [20, 20, 26, 26, 31, 31, 18, 18]},
        {"1": 5.0, "hours": 1.5, "size": 0.2, "sigma": 7.0}, "score ~ 1 + hours + (1 | school) + (1 | school:classroom)",
    ),
}  # fmt: skip


def read_columns(
    data: pd.DataFrame, response: str, predictors: list[str], factors: list[str]
) -> dict[str, Any]:
    """Return what the translator needs of a data set.

    Parameters
    ----------
    data : DataFrame
        One row per unit.
    response : str
        The column of y.
    predictors, factors : list of str
        Columns of numbers, and of groups; ``"a:b"`` for groups that are numbered inside others.

    Raises
    ------
    ValueError
        If a column is missing, named twice, incomplete, not finite or constant, or a factor has one group only.
    """
    pieces = list(dict.fromkeys(name for factor in factors for name in factor.split(":")))
    for name in [response, *predictors, *pieces]:
        if name not in data.columns:
            raise ValueError(
                _("There is no column {name!r}. The columns are: {known}.", name=name, known=", ".join(map(str, data.columns)))
            )  # fmt: skip
        if not NAME.fullmatch(str(name)):
            raise ValueError(
                _("A name in a formula here has letters, digits, dots and _ only, but a column is called {name!r}. Rename it.",
                  name=name)
            )  # fmt: skip
    both = [name for name in [response, *predictors] if name in pieces] + [response] * (
        response in predictors
    )
    if both:
        raise ValueError(
            _("A column can be a predictor or a grouping factor, but {name} is named as both.", name=both[0])
        )
    if not 1 <= len(factors) <= MANY:
        raise ValueError(
            _(
                "There must be 1 to {most} grouping factors, but there are {found}.",
                most=MANY,
                found=len(factors),
            )
        )
    for name in [response, *predictors]:
        values = pd.to_numeric(data[name], errors="coerce").to_numpy(dtype=float)
        odd = int(np.sum(~np.isfinite(values)))
        if odd:
            raise ValueError(
                _("The column {name} must hold finite numbers, but it does not in {odd} of {rows} rows.",
                  name=name, odd=odd, rows=len(data))
            )  # fmt: skip
        if values.min() == values.max():
            raise ValueError(
                _("{name} must vary, but it is {value} in every row.", name=name, value=values[0])
            )
    groups = {}
    for name in pieces:
        if data[name].isna().any():
            raise ValueError(
                _("Each row must name its group in {name}, but {odd} of {rows} rows do not.",
                  name=name, odd=int(data[name].isna().sum()), rows=len(data))
            )  # fmt: skip
        groups[name] = data[name].astype(str)
    for factor in factors:
        if _codes(groups, factor).max() == 0:
            raise ValueError(_("There must be at least two groups, but {factor} has one.", factor=factor))
    levels = {x: [f for f in factors if _constant(data[x], _codes(groups, f))] for x in predictors}
    shown = _shown(_codes(groups, factors[0]))
    spread = float(np.std(data[response].astype(float)))
    return _set(
        response,
        levels,
        list(factors),
        {name: found.iloc[shown].tolist() for name, found in groups.items()},
        {x: data[x].iloc[shown].astype(float).tolist() for x in predictors},
        {"1": _round(0.5 * spread), "sigma": _round(0.8 * spread)}
        | {x: _round(0.25 * spread / float(np.std(data[x].astype(float)))) for x in predictors},
        f"{response} ~ " + " + ".join(["1", *predictors, f"(1 | {factors[0]})"]),
    )


def _codes(groups: dict[str, pd.Series], factor: str) -> np.ndarray:
    return pd.MultiIndex.from_arrays([groups[name] for name in factor.split(":")]).factorize()[0]


def _constant(x: pd.Series, codes: np.ndarray) -> bool:
    return len(set(codes)) < len(codes) and bool((x.groupby(codes).nunique() == 1).all())


def _shown(codes: np.ndarray) -> list[int]:
    """Return the first rows of the first groups."""
    return [int(i) for group in range(MANY) for i in np.flatnonzero(codes == group)[:MANY]]


def _round(x: float) -> float:
    """Return a number with two digits."""
    return float(f"{x:.2g}")

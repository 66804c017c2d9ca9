"""From a formula and a table to arrays: response, fixed columns, varying columns, group codes.

Notation: n rows, p fixed columns; a `Term` is one bar of the formula, a `Factor` one set of groups with J levels.
Sums of numeric columns are taken from the data as they are; everything else (interactions, ``log(x)``, ``I(x**2)``,
dummies for categories) is evaluated by *formulaic*.

What this file does not do: drop rows. Incomplete data are an error that names the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from hlm_teach.formula import parse
from hlm_teach.locale import _
from hlm_teach.membership import read_membership
from hlm_teach.rows import (
    Factor,
    as_frame,
    check_complete,
    check_known,
    check_predictor,
    code_groups,
    row_weights,
    unquoted,
)

__all__ = ["Columns", "ModelFrame", "Term", "model_frame"]

#: functions that R has without a prefix and formulaic does not
FUNCTIONS = {"sqrt": np.sqrt, "abs": np.abs}


@dataclass(frozen=True)
class Columns:
    """Named columns of length n, kept apart so that a constant one costs no memory."""

    names: tuple[str, ...]
    arrays: tuple[np.ndarray, ...]

    def times(self, coefficients) -> np.ndarray:
        """Return Σ_k column_k · coefficient_k, shape (n,); a coefficient may itself have shape (n,)."""
        total = 0.0
        for column, coefficient in zip(self.arrays, coefficients, strict=True):
            total = total + column * coefficient
        return total


@dataclass(frozen=True)
class Term:
    """One varying term: columns whose coefficients vary together over the groups of ``factor``."""

    factor: str
    columns: Columns


@dataclass(frozen=True)
class ModelFrame:
    """Everything a fit needs, in arrays.

    Attributes
    ----------
    formula, response : str
        As typed; ``y`` holds the n values of the response.
    x : Columns
        The p fixed columns.
    terms : tuple of Term
        One per independent varying term.
    factors : dict, name → Factor
        Levels and codes of each set of groups.
    variables : tuple of str
        The columns of the data that were used.
    design : function
        From new data to [fixed columns, varying columns of term 1, …], coded as in this fit.
    weights : array, shape (n,), or None
        Prior weights of the rows.
    """

    formula: str
    response: str
    y: np.ndarray
    x: Columns
    terms: tuple[Term, ...]
    factors: dict[str, Factor]
    variables: tuple[str, ...]
    design: Callable
    weights: np.ndarray | None = None


def model_frame(formula: str, data: pd.DataFrame | Mapping, weights=None, membership=None) -> ModelFrame:
    """Evaluate a formula on data.

    Parameters
    ----------
    formula : str
        In lme4's syntax (`hlm_teach.formula`).
    data : DataFrame, shape (n, any)
        With every variable of the formula, complete and finite.
    weights, membership : optional
        As in `hlm_teach.lmm`.

    Returns
    -------
    ModelFrame
        Arrays for the fit. A text or categorical predictor becomes dummies; its baseline is the first category of a
        pandas Categorical, else the first in sorted order.

    Raises
    ------
    KeyError
        If a variable is not a column of the data.
    ValueError
        If values are missing or infinite (the rows are named), or numbers are stored as text.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [0, 1, 0], "g": ["a", "a", "b"]})
    >>> frame = model_frame("y ~ x + (1 | g)", data)
    >>> frame.x.names, frame.factors["g"].levels.tolist()
    (('Intercept', 'x'), ['a', 'b'])
    >>> model_frame("y ~ X + (1 | g)", data)
    Traceback (most recent call last):
    ...
    KeyError: 'The formula names X, but the data have no such column. Did you mean x? Columns: y, x, g.'
    """
    parsed, data = parse(formula), as_frame(data)
    names = dict.fromkeys(bar.factor for bar in parsed.bars)
    shared = read_membership(membership, data, names)
    groups = {f: [unquoted(v) for v in f.split(":")] for f in names if f not in shared}
    check_known([v for group in groups.values() for v in group], data)
    sides = (parsed.response, parsed.fixed, *(bar.inside for bar in parsed.bars))
    design = _plain(sides, data) or _Formulaic(sides, data)
    response, x, *varying = design.first(data)
    for columns in (response, x, *varying):
        for name, values in zip(columns.names, columns.arrays, strict=True):
            check_complete(name, values, data)
    factors = {f: shared[f] if f in shared else code_groups([data[v] for v in groups[f]], f) for f in names}
    prior = None if weights is None else row_weights(weights, data)
    terms = tuple(Term(bar.factor, columns) for bar, columns in zip(parsed.bars, varying, strict=True))
    used = dict.fromkeys([*design.variables, *(v for group in groups.values() for v in group)])
    if isinstance(weights, str):
        used[weights] = None
    return ModelFrame(
        formula, response.names[0], response.arrays[0], x, terms, factors, tuple(used), design.again, prior
    )


class _Plain:
    """Sums of numeric columns: nothing to translate, so the data's own arrays are used."""

    def __init__(self, parts: list[list[str]]):
        self.parts = parts
        self.variables = tuple(dict.fromkeys(v for part in parts for v in part if v != "1"))

    def first(self, data: pd.DataFrame) -> list[Columns]:
        return self._columns(self.parts, data)

    def again(self, data: pd.DataFrame) -> list[Columns]:
        return self._columns(self.parts[1:], data)

    def _columns(self, parts: list[list[str]], data: pd.DataFrame) -> list[Columns]:
        check_known([v for part in parts for v in part if v != "1"], data)
        arrays = {v: data[v].to_numpy() for part in parts for v in part if v != "1"}
        arrays["1"] = np.broadcast_to(1.0, len(data))
        names = [tuple("Intercept" if v == "1" else v for v in part) for part in parts]
        return [
            Columns(name, tuple(arrays[v] for v in part)) for name, part in zip(names, parts, strict=True)
        ]


def _plain(sides: tuple[str, ...], data: pd.DataFrame) -> _Plain | None:
    """Return an evaluator if every side is a sum of names of numeric columns, else None."""
    parts = []
    for side in sides:
        names = [name.strip() for name in side.split("+")]
        for name in names:
            if name not in ("0", "1") and not (name in data.columns and _is_numeric(data[name])):
                return None
        parts.append([name for name in dict.fromkeys(names) if name not in ("0", "1")])
        if parts[1:] and "0" not in names:
            parts[-1].insert(0, "1")
    return _Plain(parts) if all(parts) and len(parts[0]) == 1 else None


def _is_numeric(column: pd.Series) -> bool:
    return isinstance(column, pd.Series) and isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf"


class _Formulaic:
    """All else a formula can say, through formulaic; new data get the coding of the old."""

    def __init__(self, sides: tuple[str, ...], data: pd.DataFrame):
        self.formulas = _formulas(sides)
        self.variables = _variables(self.formulas)
        check_known(self.variables, data)
        for name in self.variables:
            check_predictor(name, data[name], data)
        self.specs: list = []

    def first(self, data: pd.DataFrame) -> list[Columns]:
        matrices = [_matrix(formula, data) for formula in self.formulas]
        self.specs = [matrix.model_spec for matrix in matrices]
        response, *sides = [_columns(matrix) for matrix in matrices]
        if len(response.names) != 1:
            raise ValueError(
                _(
                    "The response must be one column of numbers, but {name} is not: it would become {count} columns.",
                    name=str(self.formulas[0]),
                    count=len(response.names),
                )
            )
        return [response, *sides]

    def again(self, data: pd.DataFrame) -> list[Columns]:
        check_known(_variables(self.specs[1:]), data)
        return [_columns(_matrix(spec, data)) for spec in self.specs[1:]]


@lru_cache(maxsize=256)
def _formulas(sides: tuple[str, ...]) -> tuple:
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    response, *others = sides
    try:
        return (Formula(f"0 + {response}"), *(Formula(side) for side in others))
    except FormulaicError as problem:
        raise ValueError(_("The formula cannot be read: {problem}", problem=problem)) from None


def _variables(formulas) -> tuple[str, ...]:
    names = (unquoted(str(name)) for formula in formulas for name in sorted(formula.required_variables))
    return tuple(name for name in dict.fromkeys(names) if name not in FUNCTIONS)


def _matrix(formula, data: pd.DataFrame) -> pd.DataFrame:
    from formulaic.errors import FormulaicError

    try:
        return formula.get_model_matrix(data, na_action="ignore", context=FUNCTIONS)
    except FormulaicError as problem:
        raise ValueError(_("The formula cannot be evaluated: {problem}", problem=problem)) from None


def _columns(matrix: pd.DataFrame) -> Columns:
    """Take formulaic's table apart; its Intercept becomes a constant column."""
    names = tuple(str(name) for name in matrix.columns)
    arrays = tuple(
        np.broadcast_to(1.0, len(matrix)) if name == "Intercept" else matrix.iloc[:, k].to_numpy(dtype=float)
        for k, name in enumerate(names)
    )
    return Columns(names, arrays)

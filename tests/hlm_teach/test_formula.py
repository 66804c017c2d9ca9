"""Formulas and rows: is every form read right, and every wrong input refused in a sentence?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hlm_teach import lmm
from hlm_teach.formula import Bar, parse
from hlm_teach.frame import model_frame


def bars(formula):
    """The (inside, factor) pairs of a formula."""
    return [(bar.inside, bar.factor) for bar in parse(formula).bars]


@pytest.mark.parametrize(
    ("formula", "fixed", "expected"),
    [
        ("y ~ x + (1 | g)", "x", [("1", "g")]),
        ("y ~ (1|g)", "1", [("1", "g")]),
        ("y ~ (x | g) + z", "z", [("x", "g")]),
        ("y ~ a + (0 + x | g) + b", "a + b", [("0 + x", "g")]),
        ("y ~ a*b + (x || g)", "a*b", [("1", "g"), ("0 + x", "g")]),
        ("y ~ x + (0 + x || g)", "x", [("0 + x", "g")]),
        ("y ~ x + (1 + x + z || g)", "x", [("1", "g"), ("0 + x", "g"), ("0 + z", "g")]),
        ("y ~ 1 + (1 | a/b)", "1", [("1", "a"), ("1", "a:b")]),
        ("y ~ 1 + (1 | a:b)", "1", [("1", "a:b")]),
        ("y ~ 1 + (1 | factor(g))", "1", [("1", "g")]),
        ("y ~ log(x + 1) + (1 | g) + (0 + x | g)", "log(x + 1)", [("1", "g"), ("0 + x", "g")]),
        ("y ~ I(x^2) + (I(x^2) | g)", "I(x**2)", [("I(x**2)", "g")]),
        ("y ~ factor(x) + (1 | as.factor(g))", "C(x)", [("1", "g")]),
        ("y ~ x_factor + (1 | g)", "x_factor", [("1", "g")]),
        ("y ~ 0 + x + (1 | g)", "0 + x", [("1", "g")]),
        ("y ~ (1 | g) - 1 + x", "- 1 + x", [("1", "g")]),
    ],
)
def test_every_form_of_a_varying_term(formula, fixed, expected):
    """Is each form split into its fixed part and its bars?"""
    parsed = parse(formula)
    assert parsed.fixed.replace(" ", "") == fixed.replace(" ", "")
    assert bars(formula) == expected
    assert isinstance(parsed.bars[0], Bar)


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("y ~ x + (1 | x | g)", "write (1 + x | g) if all of it varies by g"),
        ("y ~ x + (1 || x | g)", "has two bars"),
        ("y ~ x", "has no varying term"),
        ("y ~ x + offset(z) + (1 | g)", "Subtract the known part from the response"),
        ("y ~ x + 1 | g", "needs parentheses, as in (1 | school)"),
        ("y ~ x + 1 | g + (1 | g)", "has a bar outside them"),
        ("y x + (1 | g)", "must read response ~ predictors"),
        ("~ x + (1 | g)", "must read response ~ predictors"),
        ("y ~ x + (1 | g", "do not pair up"),
        ("y ~ x * (1 | g)", "must be added with +"),
        ("y ~ (1 | g) : x", "must be added with +"),
        ("y ~ x + ( | g)", "must say what varies"),
        ("y ~ x + (1 | )", "must say what varies"),
    ],
)
def test_wrong_formulas_say_what_was_meant(formula, sentence):
    """Does each wrong formula get a sentence that says what to write?"""
    with pytest.raises(ValueError) as problem:
        parse(formula)
    assert sentence in str(problem.value)


@pytest.fixture
def data():
    """Twelve rows in four groups, with a categorical, a text and a column with a space in its name."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "y": rng.normal(size=12),
            "x": np.arange(12.0),
            "big X": rng.normal(size=12),
            "kind": pd.Categorical(["low", "high"] * 6, categories=["low", "high"]),
            "text": ["b", "a", "c"] * 4,
            "g": np.repeat(["p", "q", "r", "s"], 3),
        }
    )


def test_plain_columns_and_formulaic_agree(data):
    """Do a formula of plain columns and the same one through formulaic give the same arrays and names?"""
    plain = model_frame("y ~ x + (1 + x | g)", data)
    through = model_frame("y ~ I(x) + (1 + I(x) | g)", data)
    assert plain.x.names == ("Intercept", "x")
    assert through.x.names == ("Intercept", "I(x)")
    for a, b in zip(plain.x.arrays, through.x.arrays, strict=True):
        np.testing.assert_array_equal(a, b)
    assert plain.variables == ("y", "x", "g")


def test_baseline_is_the_first_category_or_the_first_in_order(data):
    """Is the baseline the first category of a Categorical, and the first in sorted order for text?"""
    frame = model_frame("y ~ kind + text + (1 | g)", data)
    assert frame.x.names == ("Intercept", "kind[T.high]", "text[T.b]", "text[T.c]")


def test_names_with_spaces_and_powers(data):
    """Do backticks, R's powers and functions without a prefix work?"""
    frame = model_frame("y ~ `big X` + I(x^2) + (1 | g)", data)
    np.testing.assert_array_equal(frame.x.arrays[2], data["x"] ** 2)
    np.testing.assert_array_equal(frame.x.arrays[1], data["big X"])
    assert set(frame.variables) == {"y", "big X", "x", "g"}
    np.testing.assert_array_equal(model_frame("y ~ sqrt(x) + (1 | g)", data).x.arrays[1], np.sqrt(data["x"]))


def test_new_data_get_the_old_coding(data):
    """Are new rows coded with the categories and the centre of the fit's rows?"""
    frame = model_frame("y ~ kind + center(x) + (1 | g)", data)
    x, varying = frame.design(data.iloc[[1]])
    assert x.names == frame.x.names and varying.names == ("Intercept",)
    np.testing.assert_allclose(x.times([0, 1, 0])[0], 1)
    np.testing.assert_allclose(x.times([0, 0, 1])[0], 1 - 5.5)


@pytest.mark.parametrize(
    ("labels", "levels"),
    [
        ([3, 3, 1, 2] * 3, [1, 2, 3]),
        ([10**15, 5, 5, -7] * 3, [-7, 5, 10**15]),
        (["b", "a", "c", "b"] * 3, ["a", "b", "c"]),
        ([1.5, 0.5, 0.5, 2.0] * 3, [0.5, 1.5, 2.0]),
        ([7, "7b", 7, "a"] * 3, [7, "7b", "a"]),
        (pd.Categorical(["b", "a", "b", "b"] * 3, categories=["z", "b", "a"]), ["b", "a"]),
        (
            pd.to_datetime(["2021-01-02", "2020-01-01"] * 6),
            list(pd.to_datetime(["2020-01-01", "2021-01-02"])),
        ),
    ],
)
def test_groups_of_any_kind(data, labels, levels):
    """Are labels of each type coded to their sorted levels, or to the order of a Categorical?"""
    factor = model_frame("y ~ 1 + (1 | g)", data.assign(g=labels)).factors["g"]
    assert factor.levels.tolist() == levels
    np.testing.assert_array_equal(
        np.asarray(factor.levels.astype(str))[factor.codes], pd.Series(labels).astype(str)
    )


def test_interaction_of_factors_is_one_factor(data):
    """Does (1 | g:kind) make one group per combination that occurs?"""
    frame = model_frame("y ~ 1 + (1 | g:kind)", data)
    assert len(frame.factors["g:kind"].levels) == 8
    assert frame.factors["g:kind"].levels[0] == "p:low"


def spoil(column, rows, value):
    """A function that writes a bad value into some rows."""

    def change(data):
        values = data[column].tolist()
        for row in rows:
            values[row] = value
        return data.assign(**{column: values})

    return change


@pytest.mark.parametrize(
    ("change", "formula", "sentence"),
    [
        (spoil("y", [2, 5], np.nan), "y ~ x + (1 | g)", "y must be a finite number in every row, but it is not in 2 of 12 rows (counted from 0: 2, 5)"),
        (spoil("y", [0], -np.inf), "y ~ x + (1 | g)", "(counted from 0: 0)"),
        (spoil("x", [7], np.nan), "y ~ x + (1 | g)", "x must be a finite number in every row, but it is not in 1 of 12 rows (counted from 0: 7)"),
        (spoil("x", [1], np.inf), "y ~ 1 + (x | g)", "x must be a finite number"),
        (spoil("x", [1], np.inf), "y ~ kind + x + (1 | g)", "x must be a finite number"),
        (spoil("x", range(12), np.nan), "y ~ x + (1 | g)", "(counted from 0: 0, 1, 2, 3, 4, …)"),
        (spoil("g", [3, 4], None), "y ~ x + (1 | g)", "g must have a value in every row, but it is missing in 2 of 12 rows (counted from 0: 3, 4)"),
        (lambda d: d.assign(g=[0.0, 1.0, np.inf] * 4), "y ~ x + (1 | g)", "g must have a value in every row"),
        (lambda d: d.assign(g=[0.0, 1.0, np.nan] * 4), "y ~ x + (1 | g)", "in 4 of 12 rows (counted from 0: 2, 5, 8, 11)"),
        (spoil("text", [6], None), "y ~ text + (1 | g)", "text must have a value in every row, but it is missing in 1 of 12 rows (counted from 0: 6)"),
        (lambda d: d.assign(x=d["x"].astype(str)), "y ~ x + (1 | g)", "x must be numbers, but it holds numbers stored as text ('0.0' in row 0)"),
        (lambda d: d.assign(y=d["y"].astype(str)), "y ~ x + (1 | g)", "y must be numbers, but it holds numbers stored as text"),
        (lambda d: d.assign(y=d["text"]), "y ~ x + (1 | g)", "The response must be one column of numbers"),
        (lambda d: d.assign(x=pd.date_range("2020-01-01", periods=12)), "y ~ x + (1 | g)", "x must be numbers, but it holds dates or durations (2020-01-01"),
        (lambda d: d.assign(text="same"), "y ~ x + text + (1 | g)", "text is 'same' in all 12 rows"),
        (lambda d: d, "y ~ log(x) + (1 | g)", "log(x) must be a finite number in every row, but it is not in 1 of 12 rows (counted from 0: 0)"),
        (lambda d: d, "y ~ np.nosuch(x) + (1 | g)", "The formula cannot be evaluated"),
        (lambda d: d, "y ~ x + + * z + (1 | g)", "The formula cannot be read"),
        (lambda d: d.iloc[:0], "y ~ x + (1 | g)", "data must have rows, but it has none"),
        (lambda d: d[["y", "x", "g", "x"]], "y ~ x + (1 | g)", "the data have x twice"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_rows_and_columns_are_named(data, change, formula, sentence):
    """Does each bad value or column get an error that names it and its rows?"""
    with pytest.raises(ValueError) as problem:
        lmm(formula, change(data))
    assert sentence in str(problem.value)


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("y ~ X + (1 | g)", "The formula names X, but the data have no such column. Did you mean x?"),
        ("y ~ x + (1 | school)", "names school, but the data have no such column"),
        ("z ~ x + (1 | g)", "names z"),
        ("y ~ log(xx) + kind + (1 | g)", "names xx"),
        ("y ~ nosuch(x) + (1 | g)", "names nosuch"),
    ],
)
def test_missing_columns_are_named(data, formula, sentence):
    """Does a name that is not a column get an error with the columns there are?"""
    with pytest.raises(KeyError) as problem:
        lmm(formula, data)
    assert sentence in str(problem.value) and "Columns: y, x, big X" in str(problem.value)


def test_data_may_be_a_dict_but_not_an_array(data):
    """Is a dict of columns accepted, and an array refused by its type?"""
    fit = lmm("y ~ x + (1 | g)", {name: data[name].to_numpy() for name in ("y", "x", "g")})
    assert fit.criterion == lmm("y ~ x + (1 | g)", data).criterion
    with pytest.raises(TypeError, match="must be a pandas DataFrame, but it is a ndarray"):
        lmm("y ~ x + (1 | g)", data[["y", "x"]].to_numpy())

"""Tables of cells, raking and validation: hand-made sums, the package survey, and a sentence for every wrong table?"""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from hlm_teach import glmm, load, make_cells, margins, poststratified_means, rake, validate
from hlm_teach.poststratified import PoststratifiedEstimates
from hlm_teach.raking import totals

REFERENCE = json.loads(files("autograder").joinpath("reference/mrp.json").read_text())
PEOPLE = pd.DataFrame(
    {
        "state": ["A", "A", "A", "B", "B"],
        "sex": ["f", "m", "m", "f", "f"],
        "vote": [1, 0, 1, 0, 0],
        "weight": [2.0, 1.0, 1.0, 4.0, 0.5],
    }
)
CELLS = pd.DataFrame({"state": ["A", "A", "B", "B"], "sex": ["f", "m", "f", "m"], "N": [60, 40, 30, 70]})


# ---------------------------------------------------------------------------------- cells


def test_cells_are_counted():
    """Do cells have the people, the successes and the proportion, in sorted order?"""
    cells = make_cells(PEOPLE, by=["state", "sex"], outcome="vote")
    assert cells.to_dict("list") == {
        "state": ["A", "A", "B"],
        "sex": ["f", "m", "f"],
        "n": [1, 2, 2],
        "successes": [1, 1, 0],
        "vote": [1.0, 0.5, 0.0],
    }
    assert make_cells(PEOPLE, by="state", count="N").to_dict("list") == {"state": ["A", "B"], "N": [3, 2]}


def test_cells_of_a_weighted_frame():
    """If rows stand for several people, is the count the sum of their weights?"""
    assert make_cells(PEOPLE, by="state", count="N", weights="weight")["N"].tolist() == [4.0, 4.5]
    with pytest.raises(ValueError, match="counts of respondents or sums of weights, not both"):
        make_cells(PEOPLE, by="state", outcome="vote", weights="weight")
    with pytest.raises(ValueError, match="Weights must be finite and above 0"):
        make_cells(PEOPLE.assign(weight=[1, 1, 0, 1, 1]), by="state", weights="weight")


def test_a_fit_on_cells_is_the_fit_on_rows():
    """Does a logit model give the same estimates on rows and on their cells?"""
    data = load("contraception").assign(uses=lambda d: (d["use"] == "Y").astype(int))
    rows = glmm("uses ~ urban + (1 | district)", data)
    cells = make_cells(data, ["urban", "district"], "uses")
    counted = glmm("uses ~ urban + (1 | district)", cells, weights="n")
    np.testing.assert_allclose(counted.fixef, rows.fixef, rtol=1e-7)
    np.testing.assert_allclose(counted.theta, rows.theta, rtol=1e-6)


def test_wrong_rows_of_a_sample():
    """Are outcomes that are no 0 or 1, gaps and unknown columns named?"""
    with pytest.raises(ValueError, match=r"vote must be 0 or 1 .* nan in row 1 .* 1 such rows"):
        make_cells(PEOPLE.assign(vote=[1, np.nan, 1, 0, 0]), "state", "vote")
    with pytest.raises(ValueError, match=r"vote must be 0 or 1 .* yes in row 0"):
        make_cells(PEOPLE.assign(vote="yes"), "state", "vote")
    with pytest.raises(ValueError, match="sex must have a value in every row"):
        make_cells(PEOPLE.assign(sex=["f", None, "m", "f", "f"]), ["state", "sex"])
    with pytest.raises(KeyError, match="data must have a column age, but the columns are: state, sex"):
        make_cells(PEOPLE, ["state", "age"])
    with pytest.raises(ValueError, match="by must name the traits"):
        make_cells(PEOPLE, [])


def test_margins_compare_who_answered_with_who_is_there():
    """Do shares and ratios come out by hand, also for a level that only one table has?"""
    table = margins(PEOPLE, CELLS, ["state", "sex"])
    assert table.loc[("state", "A")].tolist() == pytest.approx([0.6, 0.5, 1.2])
    assert table.loc[("sex", "m")].tolist() == pytest.approx([0.4, 0.55, 0.4 / 0.55])
    strange = margins(PEOPLE.replace({"state": {"B": "C"}}), CELLS, "state")
    assert strange.loc[("state", "B"), "ratio"] == 0 and np.isinf(strange.loc[("state", "C"), "ratio"])
    with pytest.raises(KeyError, match="cells must have a column N"):
        margins(PEOPLE, CELLS.drop(columns="N"), "sex")
    with pytest.raises(ValueError, match="N must be a number >= 0"):
        margins(PEOPLE, CELLS.assign(N=[1, 2, 3, -4]), "sex")


def test_p_without_mr_by_hand():
    """Is the poststratified mean Σ N ȳ / Σ N over the cells with respondents, and is what they cover said?"""
    table = poststratified_means(PEOPLE, CELLS, ["state", "sex"], "vote", by="state")
    assert table.loc["A"].tolist() == pytest.approx([0.6 * 1 + 0.4 * 0.5, 1.0])
    assert table.loc["B"].tolist() == pytest.approx([0.0, 0.3])
    alone = poststratified_means(PEOPLE[PEOPLE["state"] == "A"], CELLS, ["state", "sex"], "vote", by="state")
    assert np.isnan(alone.loc["B", "estimate"]) and alone.loc["B", "covered"] == 0


def test_a_proportional_sample_gives_its_own_mean():
    """If the sample has each cell in the population's proportion, is P the raw mean?"""
    cells = make_cells(PEOPLE, ["state", "sex"], count="N")
    found = poststratified_means(PEOPLE, cells, ["state", "sex"], "vote")
    assert float(found.loc["population", "estimate"]) == pytest.approx(PEOPLE["vote"].mean())


def test_respondents_outside_the_population_are_refused():
    """Is a respondent whose cell the population has not an error, and not silently dropped?"""
    with pytest.raises(ValueError, match="3 of 5 do not: A f, A m"):
        poststratified_means(PEOPLE, CELLS[CELLS["state"] == "B"], ["state", "sex"], "vote")


# ---------------------------------------------------------------------------------- raking


def test_raking_is_that_of_the_package_survey():
    """Are weights, design effect and weighted means those of R's survey::rake on four margins?"""
    poll, ref = load("mrp_sim_poll"), REFERENCE["mrp_sim"]
    found = rake(poll, totals(load("mrp_sim_cells"), ["male", "eth", "age", "income"]))
    assert found.mean("cat_pref")["population"] == pytest.approx(ref["mean"], abs=1e-8)
    assert found.design_effect == pytest.approx(ref["design_effect"], rel=1e-7)
    assert [found.weights.max(), found.weights.min()] == pytest.approx(
        [ref["largest"], ref["smallest"]], rel=1e-6
    )
    theirs = pd.Series(ref["by_state"], ref["states"])
    np.testing.assert_allclose(found.mean("cat_pref", "state")[theirs.index], theirs, atol=1e-7)


def test_raking_meets_its_margins():
    """Do the weights give every margin, also a joint one, and add up to the population?"""
    poll = load("mrp_sim_poll")
    cells = load("mrp_sim_cells")
    wanted = totals(cells, [("male", "eth"), "income"])
    found = rake(poll, wanted)
    got = found.weights.groupby([poll["male"], poll["eth"]], observed=True).sum()
    np.testing.assert_allclose(got, wanted["male", "eth"], rtol=1e-6)
    assert found.weights.sum() == pytest.approx(cells["N"].sum())
    assert found.gap <= 1e-9 and found.rounds < 50
    assert found.effective_n == pytest.approx(1200 / found.design_effect)
    assert "1200 rows are worth" in repr(found)


def test_one_margin_is_poststratification():
    """Is raking on one margin the weighting by cells?"""
    found = rake(PEOPLE, totals(CELLS, "sex"))
    assert found.mean("vote").iloc[0] == pytest.approx(
        poststratified_means(PEOPLE, CELLS, "sex", "vote").loc["population", "estimate"]
    )


def test_shares_serve_as_totals_and_the_design_is_kept():
    """Do shares give the same weights but for their sum, and are the design's weights kept where no margin speaks?"""
    people = rake(PEOPLE, {"sex": {"f": 45, "m": 55}})
    shares = rake(PEOPLE, {"sex": {"f": 0.45, "m": 0.55}})
    np.testing.assert_allclose(people.weights, 100 * shares.weights)
    begun = rake(PEOPLE, {"sex": {"f": 45, "m": 55}}, start="weight").weights
    assert begun[3] / begun[0] == pytest.approx(2.0) and begun[4] / begun[0] == pytest.approx(0.25)


WRONG_MARGINS = {
    "nobody answered": ({"sex": {"f": 5, "m": 4, "x": 1}}, "nobody of sex x answered"),
    "no total": ({"sex": {"f": 5}}, r"sex has no total for m \(2 rows\)"),
    "a zero": ({"sex": {"f": 5, "m": 0}}, "Totals must be numbers > 0, but sex m has 0"),
    "a gap": ({"sex": {"f": 5, "m": np.nan}}, "Totals must be numbers > 0, but sex m has nan"),
    "two populations": (
        {"sex": {"f": 5, "m": 5}, "state": {"A": 50, "B": 60}},
        "sex adds up to 10 and state to 110",
    ),
    "impossible together": (
        {"sex": {"f": 10, "m": 90}, "state": {"A": 50, "B": 50}},
        "after 60 rounds the share of .* away from what is demanded",
    ),
    "nothing": ({}, "margins must say which trait has which totals"),
}


@pytest.mark.parametrize("name", WRONG_MARGINS)
def test_wrong_margins_are_named(name):
    """Does each impossible demand raise one sentence that names the level?"""
    demanded, sentence = WRONG_MARGINS[name]
    with pytest.raises(ValueError, match=sentence):
        rake(PEOPLE, demanded, most=60)


def test_unknown_columns_of_margins_are_named():
    """Is a trait that the sample has not named, and an outcome too?"""
    with pytest.raises(KeyError, match="data must have a column age"):
        rake(PEOPLE, {"age": {"old": 1}})
    with pytest.raises(KeyError, match="data must have a column income"):
        rake(PEOPLE, {"sex": {"f": 1, "m": 1}}).mean("income")


# ---------------------------------------------------------------------------------- against the truth


TRUTH = pd.Series({"A": 0.4, "B": 0.5, "C": 0.6})


def test_errors_by_hand():
    """Are bias, RMSE, the worst unit, coverage and width those computed by hand?"""
    method = pd.DataFrame(
        {"estimate": [0.5, 0.5, 0.4], "lower": [0.45, 0.4, 0.3], "upper": [0.55, 0.6, 0.5]}, index=list("ABC")
    )
    row = validate(TRUTH, {"it": method}).loc["it"]
    assert row["bias"] == pytest.approx((0.1 + 0 - 0.2) / 3)
    assert row["rmse"] == pytest.approx(np.sqrt((0.01 + 0.04) / 3))
    assert (row["worst"], row["units"], row["missing"]) == ("C", 3, 0)
    assert row["coverage"] == pytest.approx(1 / 3) and row["width"] == pytest.approx((0.1 + 0.2 + 0.2) / 3)


def test_all_kinds_of_estimates_are_read():
    """May a method be a Series in another order, one number, a table, or a poststratification?"""
    draws = pd.DataFrame({"C": [0.5, 0.7], "A": [0.3, 0.5], "B": [0.5, 0.5]})
    mrp = PoststratifiedEstimates(draws, pd.Series([1, 1, 1], list("CAB")), 0.95, ("u",), {}, {}, "y ~ 1")
    found = validate(TRUTH, {"exact": TRUTH[::-1], "half": 0.5, "mrp": mrp})
    assert found["rmse"].round(3).tolist() == [0.0, 0.082, 0.0]
    assert found.loc["mrp", "coverage"] == 1.0 and np.isnan(found.loc["half", "coverage"])


def test_only_common_units_on_request():
    """Does common=True judge every method on the units that all of them have?"""
    raw = TRUTH.head(2) + 0.1
    found = validate(TRUTH, {"raw": raw, "half": 0.5})
    assert found["units"].tolist() == [2, 3] and found.loc["raw", "missing"] == 1
    shared = validate(TRUTH, {"raw": raw, "half": 0.5}, common=True)
    assert shared["units"].tolist() == [2, 2]


def test_units_of_two_columns():
    """Are subgroups, states by sex say, judged like units?"""
    truth = pd.Series([0.1, 0.2], pd.MultiIndex.from_tuples([("A", "f"), ("A", "m")]))
    assert validate(truth, {"it": truth + 0.1}).loc["it", "rmse"] == pytest.approx(0.1)


def test_wrong_truths_and_methods_are_named():
    """Does each wrong argument raise one sentence?"""
    with pytest.raises(TypeError, match="truth must be a Series"):
        validate([0.4, 0.5], {"it": TRUTH})
    with pytest.raises(ValueError, match="stand twice: A"):
        validate(pd.concat([TRUTH, TRUTH.head(1)]), {"it": TRUTH})
    with pytest.raises(ValueError, match="missing for B"):
        validate(TRUTH.where(TRUTH.index != "B"), {"it": TRUTH})
    with pytest.raises(TypeError, match="estimates must name the methods"):
        validate(TRUTH, TRUTH)
    with pytest.raises(TypeError, match="it must be a Series, a table with a column estimate"):
        validate(TRUTH, {"it": [0.1, 0.2, 0.3]})
    with pytest.raises(ValueError, match="Every unit must stand once in it, but these stand twice: A"):
        validate(TRUTH, {"it": pd.concat([TRUTH, TRUTH.head(1)])})
    with pytest.raises(ValueError, match="it must have units of the truth"):
        validate(TRUTH, {"it": TRUTH.rename(str.lower)})

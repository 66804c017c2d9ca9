"""Where the truth is known: simulated nations and provinces, real sets as their own population, and what lessons claim of them?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hlm_teach import glmm, lmm, load, make_cells, margins, poststratify, rake, validate
from hlm_teach.nation import RESPONSE, TRAITS, nation
from hlm_teach.provinces import CENSUS_2020, provinces31
from hlm_teach.raking import totals

MODEL = "y ~ sex + u + (1 | age) + (1 | education) + (1 | origin) + (1 | unit)"


def judged(made, **kwargs):
    """Raw, national, raked and MRP, against the truth of the units."""
    fit = glmm(MODEL, made.poll)
    raked = rake(made.poll, totals(made.cells, list(TRAITS)))
    methods = {
        "raw": made.poll.groupby("unit")["y"].mean(),
        "national": made.poll["y"].mean(),
        "raked": raked.mean("y", "unit"),
        "MRP": poststratify(fit, made.cells, by="unit", new_groups="draw", **kwargs),
    }
    return validate(made.truth(), methods)


def test_mrp_repairs_what_the_table_knows():
    """If people answer by traits that the table has, is MRP's RMSE less than half of each other method's, without bias?"""
    table = judged(nation(np.random.default_rng(2), n=1500))
    assert (table.loc["MRP", "rmse"] < 0.5 * table["rmse"].drop("MRP")).all()
    assert abs(table.loc["MRP", "bias"]) < 0.02 < abs(table.loc["raw", "bias"])


def test_mrp_cannot_repair_selection_on_the_outcome():
    """If those with y = 1 answer twice as readily within each cell, does MRP stay biased by ten points?"""
    table = judged(nation(np.random.default_rng(2), n=1500, on_outcome=2.0))
    assert table.loc["MRP", "bias"] > 0.1 and table.loc["MRP", "rmse"] > 0.1


def test_a_nation_answers_as_its_knobs_say():
    """Are the levels' odds of answering those that were asked for, and everybody alike with {}?"""
    made = nation(np.random.default_rng(3), n=200_000, J=5)
    ratio = margins(made.poll, made.cells, "age")["ratio"].to_numpy()
    np.testing.assert_allclose(ratio / ratio[1], np.array(RESPONSE["age"]) / RESPONSE["age"][1], rtol=0.06)
    fair = nation(np.random.default_rng(3), n=200_000, J=5, response={})
    np.testing.assert_allclose(margins(fair.poll, fair.cells, list(TRAITS))["ratio"], 1, atol=0.03)
    assert fair.poll["y"].mean() == pytest.approx(fair.truth(None)["population"], abs=0.005)


def test_selection_on_the_outcome_is_the_odds_asked_for():
    """In a nation of one answer per cell, are the odds of y = 1 in the poll those of the population times on_outcome?"""
    made = nation(np.random.default_rng(4), n=300_000, J=2, response={}, on_outcome=3.0)
    cell = make_cells(made.poll, ["unit", *TRAITS], "y").merge(made.cells.assign(share=made.share))
    large = cell[cell["n"] > 2000]
    odds = (large["y"] / (1 - large["y"])) / (large["share"] / (1 - large["share"]))
    assert odds.mean() == pytest.approx(3.0, rel=0.05)


def test_a_nation_is_repeated_by_its_seed():
    """Do equal seeds give equal nations, and does the truth of the whole follow from its parts?"""
    one, two = (nation(np.random.default_rng(5), n=50, J=4) for _turn in range(2))
    pd.testing.assert_frame_equal(one.poll, two.poll)
    people = one.cells.groupby("unit")["N"].sum()
    assert one.truth(None)["population"] == pytest.approx((one.truth() * people).sum() / people.sum())


WRONG = {
    "n": ({"n": 0}, "n must be a whole number >= 1"),
    "J": ({"J": 1}, "J must be a whole number >= 2"),
    "on_outcome": ({"on_outcome": 0}, "on_outcome must be odds > 0"),
    "tau": ({"tau": -1}, "tau must be a standard deviation >= 0"),
    "trait": ({"response": {"hair": (1, 2)}}, "'hair' is none"),
    "levels": ({"response": {"sex": (1, 2, 3)}}, "response must give sex 2 odds > 0"),
    "odds": ({"response": {"sex": (1, -2)}}, "response must give sex 2 odds > 0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_knobs_are_named(name):
    """Does each knob that is out of range raise its own sentence?"""
    arguments, sentence = WRONG[name]
    with pytest.raises(ValueError, match=sentence):
        nation(np.random.default_rng(1), **arguments)


def test_generators_are_needed():
    """Is a seed in the place of a generator refused?"""
    for draw in (nation, provinces31):
        with pytest.raises(TypeError, match="rng must be a numpy Generator"):
            draw(1)


# ---------------------------------------------------------------------------------- the sets


def test_the_provinces_add_up_to_the_census():
    """Are there 31 provinces whose people are the census's total, and in the cells each province's own?"""
    assert (len(CENSUS_2020), CENSUS_2020["people"].sum()) == (31, 1_409_778_724)
    cells = load("provinces31")
    people = cells.groupby("province")["N"].sum()
    assert people.to_dict() == dict(zip(CENSUS_2020["province"], CENSUS_2020["people"], strict=True))


def test_the_lectures_model_of_the_provinces():
    """Does the lecture's model, poststratified, halve the error of raw means and of one national figure, once age is in it?"""
    poll, cells = load("provinces31_poll"), load("provinces31")
    truth = (cells["N"] * cells["share"]).groupby(cells["province"]).sum() / cells.groupby("province")[
        "N"
    ].sum()
    model = "support ~ gender * gdp + (1 + gender | region) + (1 + gender | province)"
    asked = poll.groupby("province")[["yes", "n"]].sum()
    methods = {"raw": asked["yes"] / asked["n"], "national": asked["yes"].sum() / asked["n"].sum()}
    for name, formula in (("MRP", model), ("MRP with age", f"{model} + (1 | age)")):
        methods[name] = poststratify(glmm(formula, poll, weights="n"), cells, by="province")
    rmse = 100 * validate(truth, methods)["rmse"]
    assert rmse.round(1).to_dict() == pytest.approx(
        {"raw": 10.8, "national": 15.5, "MRP": 7.5, "MRP with age": 5.9}, abs=0.15
    )


def test_cces_as_its_own_population():
    """Over five draws of 1,500 voters, are the states' RMSE about 15 (raw), 8 (national) and 5 points (MRP)?"""
    voters = load("cces2016")
    voters["age"] = pd.cut(voters["age"], [0, 29, 44, 64, 200], labels=["18-29", "30-44", "45-64", "65+"])
    traits = ["state", "female", "race", "age", "college"]
    by_state = load("us_election_2016_state")[["state", "trump_share"]]
    cells = make_cells(voters, traits, count="N").merge(by_state)
    truth = voters.groupby("state")["vote"].mean()
    answer = voters["age"].map({"18-29": 0.5, "30-44": 0.8, "45-64": 1.3, "65+": 2.0}).astype(float)
    answer = answer * np.where(voters["college"] == 1, 2.0, 1.0)
    tables = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        sample = voters.iloc[rng.choice(len(voters), 1500, replace=False, p=answer / answer.sum())]
        counted = make_cells(sample, traits, "vote").merge(by_state)
        fit = glmm(
            "vote ~ female + college + trump_share + (1 | race) + (1 | age) + (1 | state)",
            counted,
            weights="n",
        )
        methods = {"raw": sample.groupby("state")["vote"].mean(), "national": sample["vote"].mean()}
        methods["MRP"] = poststratify(fit, cells, by="state", new_groups="draw", draws=400, realised=True)
        tables.append(validate(truth, methods)[["rmse", "coverage"]])
    mean = 100 * sum(tables) / 5
    assert mean["rmse"].to_dict() == pytest.approx({"raw": 14.9, "national": 8.2, "MRP": 5.0}, abs=0.3)
    assert len(cells) == 2376
    assert mean.loc["MRP", "coverage"] > 85


def test_cces_is_not_the_election():
    """Is even the whole survey six points below the official result, in the mean of the states, as its card says?"""
    official = load("us_election_2016_state").set_index("state")["trump_share"]
    gap = 100 * (load("cces2016").groupby("state")["vote"].mean() - official)
    assert gap.mean() == pytest.approx(-5.9, abs=0.05) and gap.index.equals(official.index)


def test_the_repaired_shares_of_two_states():
    """Are Maryland's and New York's shares those that were counted (33.9 and 36.5 %), within half a point?"""
    official = load("us_election_2016_state").set_index("state")["trump_share"]
    assert official["Maryland"] == pytest.approx(0.339, abs=0.001)
    assert official["New York"] == pytest.approx(0.365, abs=0.005)


def test_mrp_sim_gives_the_vignettes_figures():
    """Are truth and sample .561 and .681, and does MRP come within its own interval of the truth?"""
    poll, cells = load("mrp_sim_poll"), load("mrp_sim_cells")
    truth = float((cells["N"] * cells["share"]).sum() / cells["N"].sum())
    assert (round(truth, 3), round(poll["cat_pref"].mean(), 3)) == (0.561, 0.681)
    counted = make_cells(poll, ["state", "male", "eth", "age", "income"], "cat_pref")
    model = "cat_pref ~ male + (1 | age) + (1 | male:age) + (1 | eth) + (1 | income) + (1 | state)"
    found = poststratify(glmm(model, counted, weights="n"), cells, draws=200).table().iloc[0]
    assert found["estimate"] == pytest.approx(0.565, abs=0.01)
    assert found["lower"] < truth < found["upper"]


def test_schools_of_california():
    """With 300 of 6,194 schools, does a linear model halve the error of raw county means and of one mean for all?"""
    schools = load("california_schools")
    truth = schools.groupby("county")["api"].mean()
    cells = make_cells(schools, ["county", "type", "meals", "ell", "college"], count="N")
    sample = schools.sample(300, random_state=1)
    fit = lmm("api ~ meals + ell + college + type + (1 | county)", sample)
    methods = {"raw": sample.groupby("county")["api"].mean(), "flat": sample["api"].mean()}
    methods["MRP"] = poststratify(fit, cells, by="county", new_groups="draw", draws=400)
    rmse = validate(truth, methods)["rmse"]
    assert (rmse["MRP"] < 0.6 * rmse.drop("MRP")).all() and rmse["MRP"] < 30

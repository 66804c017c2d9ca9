"""What lesson 12 says about MRP, tried again by other means: lme4's figures, code of its own, other seeds.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from autograder.check import judge_answer
from autograder.exercises import lesson_12 as lesson
from autograder.student_data import assignment_data
from hlm_teach import glmm, load, make_cells, poststratify, rake, validate
from hlm_teach.raking import totals
from hlm_teach.simulate import nation

TRAITS = ["state", "female", "race", "age", "college"]
MODEL = "vote ~ female + college + degrees + (1 | race) + (1 | age) + (1 | region) + (1 | state)"
# glmer(MODEL, asked, binomial, weights = n), bobyqa with tolPwrss = 1e-12, of lme4 1.1.31; then predict(cells, type = "response")
LME4 = {
    "criterion": 1150.56710891,
    "Intercept": -0.735748,
    "female": -0.148286,
    "college": -0.485111,
    "degrees": -0.286394,
}
LME4_SD = {"state": 0.2540345, "region": 0.0887828, "age": 0.4833171, "race": 0.8956792}
LME4_STATES = {"Alaska": 0.45712571, "Wyoming": 0.51264333, "California": 0.32824663, "Vermont": 0.41192785}
LME4_PRACTICE = 28.222551  # glmer(share ~ age + degree + (1 | district), weights = asked), then the sum, for the practice set


@pytest.fixture(scope="module")
def voters():
    """The survey as its file stands, with the lesson's columns made without the library."""
    folder = files("hlm_teach").joinpath("data")
    rows = pd.read_csv(folder.joinpath("cces2016.csv.gz"))
    states = pd.read_csv(folder.joinpath("us_election_2016_state.csv"))
    degrees = (states["college"] - states["college"].mean()) / states["college"].std()
    states = states[["state", "region", "trump_share"]].assign(degrees=degrees)
    rows["age"] = np.array(["18-29", "30-44", "45-64", "65+"])[np.searchsorted([29, 44, 64], rows["age"])]
    return rows.merge(states, on="state")


def draw(voters, seed, n=1500):
    """Draw the lesson's poll."""
    odds = voters["age"].map({"18-29": 2.0, "30-44": 1.4, "45-64": 0.9, "65+": 0.5}) * (
        1.0 + voters["college"]
    )
    chosen = np.random.default_rng(seed).choice(
        len(voters), n, replace=False, p=(odds / odds.sum()).to_numpy()
    )
    return voters.iloc[chosen]


@pytest.fixture(scope="module")
def poll(voters):
    return draw(voters, 2016)


@pytest.fixture(scope="module")
def fit(poll):
    return glmm(MODEL, make_cells(poll, [*TRAITS, "region", "degrees"], "vote"), weights="n")


def by_state(p, voters):
    """Average a probability of each voter over the states."""
    return pd.Series(np.asarray(p), voters["state"].to_numpy()).groupby(level=0).mean()


def test_the_fit_is_lme4s(fit, voters):
    """Are deviance, coefficients, SDs and the poststratified states those of R's glmer?"""
    assert fit.criterion == pytest.approx(LME4["criterion"], abs=1e-5)
    assert fit.fixef.to_dict() == pytest.approx({k: v for k, v in LME4.items() if k != "criterion"}, abs=1e-5)
    assert {name: v.sd["Intercept"] for name, v in fit.varcorr.items()} == pytest.approx(LME4_SD, abs=1e-5)
    ours = by_state(fit.predict(voters, new_groups="zero"), voters)
    assert ours[list(LME4_STATES)].to_dict() == pytest.approx(LME4_STATES, abs=1e-6)


def own_mrp(poll, voters):
    """MRP in other code: a row per respondent, SDs by Laplace's approximation with β at the joint mode, no table of cells."""
    batches = ["race", "age", "region", "state"]
    levels = [np.unique(voters[name]) for name in batches]

    def design(rows):
        fixed = [
            np.ones(len(rows)),
            *(rows[name].to_numpy(float) for name in ("female", "college", "degrees")),
        ]
        dummies = [
            rows[name].to_numpy()[:, None] == found for name, found in zip(batches, levels, strict=True)
        ]
        return np.column_stack([*fixed, *dummies]).astype(float)

    X, y, of = (
        design(poll),
        poll["vote"].to_numpy(float),
        np.repeat(range(4), [len(found) for found in levels]),
    )
    beta = np.zeros(X.shape[1])

    def deviance(log_sd):
        nonlocal beta
        penalty = np.r_[np.zeros(4), np.exp(-2 * log_sd)[of]]
        for _step in range(30):
            p = expit(X @ beta)
            H = (X.T * (p * (1 - p))) @ X + np.diag(penalty)
            step = np.linalg.solve(H, X.T @ (y - p) - penalty * beta)
            beta = beta + step
            if np.abs(step).max() < 1e-8:
                break
        line = X @ beta
        inner = H[4:, 4:] / np.sqrt(np.outer(penalty[4:], penalty[4:]))
        return -2 * (y @ line - np.logaddexp(0, line).sum()) + penalty @ beta**2 + np.linalg.slogdet(inner)[1]

    best = minimize(
        deviance, np.log([0.8, 0.5, 0.2, 0.3]), method="Nelder-Mead", options={"xatol": 0.02, "fatol": 0.003}
    )
    deviance(best.x)
    return by_state(expit(design(voters) @ beta), voters)


def test_the_errors_follow_from_the_raw_survey_by_other_code(voters, poll):
    """From the file alone, by a second program, are the states' errors those the lesson states: 18.7, 10.5 and 4.6 points?"""
    truth = voters.groupby("state")["vote"].mean()
    raw, own = poll.groupby("state")["vote"].mean(), own_mrp(poll, voters)
    rmse = [100 * np.sqrt(((found - truth) ** 2).mean()) for found in (raw, poll["vote"].mean(), own)]
    assert rmse == pytest.approx([18.7, 10.5, 4.6], abs=0.15)
    assert len(truth) == 51 and (np.abs(own - truth) < np.abs(raw - truth)).sum() in (42, 43, 44)


def test_the_library_and_the_other_code_agree_state_by_state(fit, voters, poll):
    """Is no state's estimate more than half a point from that of the second program?"""
    gap = by_state(fit.predict(voters, new_groups="zero"), voters) - own_mrp(poll, voters)
    assert 100 * gap.abs().max() < 0.5


def test_the_order_of_the_methods_is_no_luck(voters):
    """In other polls, do predictors help, does MR alone keep the bias, and does raking repair the nation and no state?"""
    cells = make_cells(voters, [*TRAITS, "region", "degrees"], count="N")
    truth, whole = voters.groupby("state")["vote"].mean(), voters["vote"].mean()
    for seed in (501, 502, 503):
        one = draw(voters, seed)
        asked = make_cells(one, [*TRAITS, "region", "degrees"], "vote")
        full = glmm(MODEL, asked, weights="n")
        plain = glmm(MODEL.replace("degrees + ", "").replace("(1 | region) + ", ""), asked, weights="n")
        raked = rake(one, totals(cells, TRAITS[1:]))
        found = {
            "raw": one.groupby("state")["vote"].mean(),
            "national": one["vote"].mean(),
            "raking": raked.mean("vote", "state"),
            "plain": by_state(plain.predict(voters, new_groups="zero"), voters),
            "MRP": by_state(full.predict(voters, new_groups="zero"), voters),
            "MR": by_state(full.predict(one), one),
        }
        table = 100 * validate(truth, found)[["rmse", "bias"]]
        rmse = table["rmse"]
        assert (
            rmse["MRP"] < rmse["plain"] < rmse["national"] < rmse["raw"] and rmse["raking"] > 2 * rmse["MRP"]
        )
        assert table.loc["MR", "bias"] < -3 and abs(table.loc["MRP", "bias"]) < 3
        assert abs(raked.mean("vote").iloc[0] - whole) < 0.5 * abs(one["vote"].mean() - whole)


def test_the_whole_survey_is_as_far_from_the_election_as_its_mrp(voters, poll, fit):
    """Are all 44,932 voters about six points below the official shares, and is MRP biased by as much?"""
    official = voters.groupby("state")["trump_share"].first()
    for found in (
        voters.groupby("state")["vote"].mean(),
        by_state(fit.predict(voters, new_groups="zero"), voters),
    ):
        assert 100 * (found - official).mean() == pytest.approx(-5.9, abs=0.3)


def test_a_double_term_changes_nothing():
    """Is the deviance of the provinces the same with and without the interactions that the slopes already hold?"""
    asked = load("provinces31_poll")
    simple = "support ~ gender * gdp + (1 + gender | region) + (1 + gender | province)"
    double = f"{simple} + (1 | gender:region) + (1 | gender:province)"
    assert glmm(double, asked, weights="n").criterion == pytest.approx(
        glmm(simple, asked, weights="n").criterion, abs=1e-5
    )


@pytest.mark.parametrize("seed", [31, 32])
def test_selection_on_the_answer_lays_bare_what_had_cancelled(seed):
    """In other nations, is MRP near the truth where the table knows who answers, and worse than raw where the answer decides?"""
    bias = {}
    for on_outcome in (1.0, 2.0):
        made = nation(np.random.default_rng(seed), on_outcome=on_outcome)
        asked = make_cells(made.poll, ["unit", "u", "sex", "age", "education", "origin"], "y")
        fit = glmm(
            "y ~ sex + u + (1 | age) + (1 | education) + (1 | origin) + (1 | unit)", asked, weights="n"
        )
        mrp = poststratify(fit, made.cells, by="unit", new_groups="draw", draws=100)
        found = validate(made.truth(), {"raw": made.poll.groupby("unit")["y"].mean(), "MRP": mrp})
        bias[on_outcome] = 100 * found["bias"]
    assert abs(bias[1.0]["MRP"]) < 4 < -bias[1.0]["raw"]
    assert bias[2.0]["MRP"] > 8 and bias[2.0]["MRP"] > bias[2.0]["raw"]


def test_the_maps_show_what_the_slots_say(voters, poll, fit):
    """Two respondents in Vermont, seven in D.C., and Montana's raw share farther off than MRP's?"""
    truth, raw = voters.groupby("state")["vote"].mean(), poll.groupby("state")["vote"].agg(["size", "mean"])
    mrp = by_state(fit.predict(voters, new_groups="zero"), voters)
    assert raw.loc["Vermont"].tolist() == [2, 1.0] and raw.loc["District of Columbia", "size"] == 7
    assert raw.loc["Montana", "mean"] < mrp["Montana"] - 0.1 < truth["Montana"] - 0.15
    cells = make_cells(voters, [*TRAITS, "region", "degrees"], count="N")
    found = poststratify(fit, cells, by="state", new_groups="draw", realised=True)
    missed = (found.interval["lower"] > truth) | (truth > found.interval["upper"])
    assert (mrp - truth).abs().idxmax() == "South Carolina" and missed.index[missed].tolist() == [
        "South Carolina"
    ]
    assert raw["mean"].std() > 2 * truth.std()


# ---- the exercises ---------------------------------------------------------------------------------------------------


def own_fit(data):
    """Fit the model of the exercise as the lesson does, and return it with the estimate of D5 at the mode."""
    asked = data[data["asked"] > 0]
    fit = glmm(
        "share ~ age + degree + (1 | district)",
        asked.assign(share=asked["yes"] / asked["asked"]),
        weights="asked",
    )
    mine = data["district"] == "D5"
    return fit, 100 * np.average(fit.predict(data)[mine], weights=data["people"][mine])


def test_the_practice_set_in_lme4():
    """For the practice set, is the number at the mode that of glmer, and is the judge's own fit near to it?"""
    data = assignment_data("ps12")
    assert own_fit(data)[1] == pytest.approx(LME4_PRACTICE, abs=1e-3)
    assert lesson.at_the_mode(data) == pytest.approx(LME4_PRACTICE, abs=0.1)


@pytest.mark.parametrize("student", ["", "ana", "ben", "eva", "jo"])
def test_other_ways_of_doing_it_right_pass(student):
    """Do the lesson's way, another seed, more draws, and glmer's way (the coefficients alone) pass, not near the edge?"""
    data = assignment_data("ps12", student)
    fit, at_the_mode = own_fit(data)
    answers = [at_the_mode]
    for more in ({}, {"seed": 7}, {"draws": 4000, "seed": 3}):
        found = poststratify(fit, data, by="district", count="people", **more)
        answers.append(100 * found.estimate["D5"])
    assert np.abs(np.array(answers) - lesson.own_mrp(data)).max() < 0.45
    assert [judge_answer("my_mrp", a, student).outcome for a in answers] == ["correct"] * 4


def polls(people, a, b):
    """Return the table of the exercise."""
    return pd.DataFrame(
        {
            "age": ["young", "young", "old", "old"],
            "vote": [0, 1, 0, 1],
            "people": people,
            "poll_a": a,
            "poll_b": b,
        }
    )


PEOPLE, A, B = [4000, 1000, 1000, 4000], [320, 80, 20, 80], [160, 90, 25, 225]


@pytest.mark.parametrize(
    ("made", "credit"),
    [
        (polls(PEOPLE, A, B), 1.0),
        (polls(PEOPLE, A, B).iloc[::-1], 1.0),
        (polls(PEOPLE, A, B).astype({"vote": bool}), 1.0),
        (polls(PEOPLE, A, B).set_index(["age", "vote"]), 1.0),
        (polls(PEOPLE, [200, 50, 50, 200], B), 0.75),  # poll_a has no bias
        (
            polls(PEOPLE, [320, 160, 20, 80], B),
            0.5,
        ),  # inside the young, who votes 1 answers more; and the bias is gone
        (polls(PEOPLE, A, [40, 30, 10, 220]), 0.85),  # poll_b has too few young, and selection on the vote
        (polls(PEOPLE, A, [200, 50, 50, 200]), 0.75),  # poll_b is right
        (polls(PEOPLE, [4000, 80, 20, 80], B), 0.0),  # everybody of a row answered
        (polls(PEOPLE, A, [160, 90, 0, 250]), 0.0),
        (polls(PEOPLE, A, B).iloc[:3], 0.0),
        (polls(PEOPLE, A, B).replace({"age": {"old": "elderly"}}), 0.0),
    ],
)
def test_two_polls_are_judged_by_their_properties(made, credit):
    """Does each table get the share of the points that its properties are worth?"""
    assert judge_answer("two_polls", made).credit == pytest.approx(credit)

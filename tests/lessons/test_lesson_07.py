"""What lesson 07 says about predictors at two levels, tried again by other means: numpy, other seeds, statsmodels.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from autograder.exercises import get
from autograder.exercises import lesson_07 as lesson
from autograder.student_data import assignment_data
from hlm_teach import load
from hlm_teach.lmm import lmm


@pytest.fixture(scope="module")
def hsb():
    return load("hsb")


def slopes(J, n, within, between, tau, rng):
    """Draw J groups of n rows with the stated slopes; return the table."""
    centre = rng.normal(0, 1, J)
    x = centre[:, None] + rng.normal(0, 1, (J, n))
    mean = x.mean(axis=1, keepdims=True)
    y = between * mean + within * (x - mean) + rng.normal(0, tau, (J, 1)) + rng.normal(0, 1, (J, n))
    return pd.DataFrame({"g": np.repeat(range(J), n), "x": x.ravel(), "y": y.ravel()})


def test_the_five_slopes_of_the_schools(hsb):
    """Are they those of lme4 and of sums of squares: 3.184, 2.390, 2.191172 (twice), 5.909, 5.866?"""
    means = hsb.groupby("school")[["ses", "math"]].mean()
    assert lesson._slope(hsb["math"], hsb["ses"]) == pytest.approx(3.184, abs=5e-4)
    assert lmm("math ~ ses + (1 | school)", hsb).fixef["ses"] == pytest.approx(2.390, abs=5e-4)
    both = lmm("math ~ cses + mean_ses + (1 | school)", hsb)
    by_hand = lesson.within_slope(hsb["math"], hsb["ses"], hsb["school"])
    assert (by_hand, both.fixef["cses"]) == pytest.approx((2.191172, 2.191172), abs=1e-6)
    assert lesson._slope(means["math"], means["ses"]) == pytest.approx(5.909, abs=5e-4)
    assert both.fixef["mean_ses"] == pytest.approx(5.866, abs=5e-4)


def test_the_final_model_of_the_schools(hsb):
    """Are the coefficients and SDs those of lme4, and does statsmodels agree?"""
    formula = "math ~ mean_ses * cses + sector * cses"
    fit = lmm(f"{formula} + (1 + cses | school)", hsb)
    lme4 = {
        "Intercept": 12.128,
        "mean_ses": 5.333,
        "cses": 2.945,
        "sector[T.Catholic]": 1.227,
        "mean_ses:cses": 1.039,
    }
    assert fit.fixef[list(lme4)].to_dict() == pytest.approx(lme4, abs=6e-4)
    assert fit.fixef["sector[T.Catholic]:cses"] == pytest.approx(-1.643, abs=6e-4)
    v = fit.varcorr["school"]
    assert (*v.sd, v.corr.iloc[0, 1], fit.sigma) == pytest.approx((1.543, 0.318, 0.39, 6.060), abs=2e-3)


@pytest.mark.parametrize("seed", range(4))
def test_the_raw_slope_is_the_precision_weighted_mixture(seed):
    """At the raw fit's own tau/sigma, is the raw slope exactly the average of the two, in unbalanced groups too?"""
    rng = np.random.default_rng(seed)
    rows = slopes(15, 8, 1.0, -2.0, 0.5, rng).sample(frac=0.7, random_state=seed)
    rows["m"] = rows.groupby("g")["x"].transform("mean")
    rows["d"] = rows["x"] - rows["m"]
    raw = lmm("y ~ x + (1 | g)", rows)
    two = lmm("y ~ d + m + (1 | g)", rows).at(raw.theta)
    weight = 1 / two.fixef_se[["d", "m"]] ** 2
    average = (weight * two.fixef[["d", "m"]]).sum() / weight.sum()
    assert average == pytest.approx(raw.fixef["x"], abs=1e-9)
    dummies = smf.ols("y ~ x + C(g)", data=rows).fit().params["x"]
    assert two.fixef["d"] == pytest.approx(dummies, abs=1e-9)


def test_one_line_weighs_by_the_variance_of_x():
    """Is the slope through all rows (S_w·within + S_b·between)/(S_w + S_b) in groups of equal size?"""
    rows = slopes(9, 6, 2.0, -3.0, 1.0, np.random.default_rng(1))
    y, x, g = rows["y"], rows["x"], rows["g"]
    off, means = lesson._split(x, g)
    S_w, S_b = off @ off, 6 * np.sum((means - means.mean()) ** 2)
    mixed = (S_w * lesson.within_slope(y, x, g) + S_b * lesson.between_slope(y, x, g)) / (S_w + S_b)
    assert lesson._slope(y, x) == pytest.approx(mixed, rel=1e-12)


def test_the_formula_of_tau_given_one_slope():
    """With many groups, is tau² near tau_both² + (between − β)²·V, and does it rise where the signs are opposite?"""
    rows = slopes(400, 20, 1.0, -2.0, 0.5, np.random.default_rng(2))
    V = rows.groupby("g")["x"].mean().var()
    null, raw = (lmm(f"y ~ {x} + (1 | g)", rows) for x in ("1", "x"))
    tau2 = [f.varcorr["g"].sd["Intercept"] ** 2 for f in (null, raw)]
    said = [0.5**2 + (-2 - beta) ** 2 * V for beta in (0, raw.fixef["x"])]
    assert tau2 == pytest.approx(said, rel=0.08)
    assert tau2[1] > 1.8 * tau2[0]


def test_floor_raises_tau_mostly_through_sigma():
    """In radon, does floor centred by county, which moves no county mean, already give most of the rise?"""
    radon = load("radon")
    radon["cfloor"] = radon["floor"] - radon.groupby("county")["floor"].transform("mean")
    tau2 = [
        lmm(f"log_radon ~ {x} + (1 | county)", radon).varcorr["county"].sd["Intercept"] ** 2
        for x in ("1", "cfloor", "floor", "floor + log_uranium")
    ]
    assert tau2[0] < tau2[1] < tau2[2] and tau2[3] < tau2[0] / 3
    assert (tau2[1] - tau2[0]) / (tau2[2] - tau2[0]) > 0.6


def test_a_noisy_mean_shrinks_the_contextual_effect_by_its_reliability():
    """With the mean of three drawn rows for that of a large group, is the contextual effect λ times as large?"""
    rng = np.random.default_rng(5)
    centre = rng.normal(0, 0.6, 3000)
    x = centre[:, None] + rng.normal(0, 1.0, (3000, 3))
    y = 4 * centre[:, None] + 2 * x + rng.normal(0, 1, (3000, 1)) + rng.normal(0, 3, x.shape)
    g = np.repeat(range(3000), 3)
    found = lesson._contextual(y.ravel(), x.ravel(), g)
    assert found == pytest.approx(4 * 0.36 / (0.36 + 1 / 3), abs=0.3)
    assert lesson.within_slope(y.ravel(), x.ravel(), g) == pytest.approx(2, abs=0.15)


def test_sectors_given_by_lot_are_significant_for_least_squares(hsb):
    """In 300 lotteries, does least squares on pupils reject far more than 5 %, and school means about 5 %?"""
    rng = np.random.default_rng(11)
    schools = hsb.groupby("school")
    X = np.column_stack([np.ones(len(hsb)), hsb["ses"], np.zeros(len(hsb))])
    M = np.column_stack([np.ones(160), schools["ses"].mean(), np.zeros(160)])
    code, means = schools.ngroup().to_numpy(), schools["math"].mean().to_numpy()
    sector = (schools["sector"].first() == "Catholic").to_numpy(float)

    def rejects(X, y, lot):
        X[:, 2] = lot
        beta, rss, *_ = np.linalg.lstsq(X, y)
        return abs(beta[2]) > 1.975 * np.sqrt(rss[0] / (len(X) - 3) * np.linalg.inv(X.T @ X)[2, 2])

    found = []
    for _lottery in range(300):
        lot = rng.permutation(sector)
        found.append((rejects(X, hsb["math"].to_numpy(), lot[code]), rejects(M, means, lot)))
    by_pupils, by_schools = np.mean(found, axis=0)
    assert by_pupils > 0.3 and by_schools < 0.09


def test_one_model_misses_less_than_two_steps():
    """With other seeds and sizes, is the order of the errors the same: two steps, weighted, one model?"""
    rng, sizes = np.random.default_rng(21), np.tile([6, 10, 40], 12)
    where, missed = np.repeat(np.arange(36), sizes), []
    male = np.arange(len(where)) % 2
    for _world in range(200):
        u, x = rng.normal(0, 1, 36), rng.normal(0, 1, len(where))
        y = (2 * u + rng.normal(0, 2, 36))[where] + 2 * x + male + rng.normal(0, 8, len(where))
        own, noise = np.empty(36), np.empty(36)
        for j in range(36):
            X = np.column_stack([np.ones(sizes[j]), x[where == j], male[where == j]])
            own[j] = np.linalg.lstsq(X, y[where == j])[0][0]
            noise[j] = 64 * np.linalg.inv(X.T @ X)[0, 0]
        U, root = np.column_stack([np.ones(36), u]), 1 / np.sqrt(4 + noise)
        weighted = np.linalg.lstsq(U * root[:, None], own * root)[0][1]
        rows = pd.DataFrame({"y": y, "x": x, "m": male, "u": u[where], "s": where})
        one = lmm("y ~ x + m + u + (1 | s)", rows).fixef["u"]
        missed.append((np.linalg.lstsq(U, own)[0][1] - 2, weighted - 2, one - 2))
    plain, weighted, one = np.sqrt(np.mean(np.square(missed), axis=0))
    assert plain > 1.1 * weighted and weighted > 1.05 * one


@pytest.mark.parametrize("student", ["", "ana", "ben"])
def test_the_contextual_effect_is_the_same_in_all_software(student):
    """Do lmm, statsmodels and least squares with both columns give the number of the reference?"""
    data = assignment_data("ps07", student)
    data["m"] = data.groupby("school")["books"].transform("mean")
    right = lesson.contextual(data)
    assert lmm("score ~ books + m + (1 | school)", data).fixef["m"] == pytest.approx(right, abs=1e-8)
    assert smf.ols("score ~ books + m", data=data).fit().params["m"] == pytest.approx(right, abs=1e-8)
    shuffled = data.sample(frac=1, random_state=1)
    assert lesson.contextual(shuffled) == pytest.approx(right, abs=1e-9)


def table(*drops, step=(-1.0, 0.0, 1.0), rise=2.0, apart=3.0):
    """Return groups apart in x whose means drop by the numbers given, with a rise inside."""
    parts = [
        pd.DataFrame({"group": j, "x": apart * j + np.array(step), "y": 50 - drop + rise * np.array(step)})
        for j, drop in enumerate(drops)
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize(
    ("made", "credit"),
    [
        (table(0, 9, 18, 27), 1.0),
        (table(0, 9, 18, 27).sample(frac=1, random_state=3), 1.0),
        (table(0, 9, 18, 27).assign(group=list("aaabbbcccddd"), other="x"), 1.0),
        (table(0, 9, 18, 27, rise=0.5), 0.6),  # not steep enough inside
        (table(0, 0, 0, 0), 0.6),  # all rows rise as well
        (table(0, 9, 18, 27, step=(0.0, 0.0, 0.0)), 0.6),  # no slope inside
        (table(0, 9, 18), 0.0),  # three groups
        (table(0, 9, 18, 27).iloc[:-1], 0.0),  # a group of two
        (table(0, 9, 18, 27).replace({"y": {50.0: np.inf}}), 0.0),
    ],
)
def test_a_paradox_is_judged_by_its_properties(made, credit):
    """Is each property judged by itself, and nothing given for a table of another form?"""
    exercise = get("reversed_slopes")
    assert sum(c.share for c in exercise.criteria if c.holds(made)) == pytest.approx(credit)

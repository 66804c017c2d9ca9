"""What lesson 06 says about varying slopes, tried again by other means: plain numpy, other seeds, nlme's and lme4's numbers.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from autograder.exercises import get
from autograder.exercises import lesson_06 as lesson
from autograder.student_data import assignment_data
from hlm_teach import load
from hlm_teach.lmm import lmm

FORMULA = "reaction ~ night + (1 + night | person)"


@pytest.fixture(scope="module")
def sleep():
    """The sleep study, under the names of the students' own data."""
    return load("sleepstudy").rename(columns={"Subject": "person", "Days": "night", "Reaction": "reaction"})


@pytest.fixture(scope="module")
def kids():
    """The children, with age counted from 11, and a 1 for girls."""
    found = load("orthodont")
    return found.assign(years=found["age"] - 11, girl=(found["Sex"] == "Female").astype(int))


def test_subtracting_the_noise_is_reml(sleep):
    """Does T = S − σ²(X'X)⁻¹ give lme4's estimates of the sleep study?"""
    T, sigma2 = lesson.components(sleep)
    assert np.sqrt([T[0, 0], T[1, 1], sigma2]) == pytest.approx([24.7405, 5.9221, 25.5918], abs=2e-4)
    assert T[0, 1] / np.sqrt(T[0, 0] * T[1, 1]) == pytest.approx(0.0656, abs=1e-4)
    assert [lesson.share_at(sleep, x) for x in (0, 4.5, 9)] == pytest.approx([0.483, 0.683, 0.847], abs=5e-4)
    assert lesson.WRONG_SHARES["M14"](sleep) == pytest.approx(0.051, abs=5e-4)


@pytest.mark.parametrize("student", ["", "ana", "ben"])
def test_the_closed_form_is_what_a_fit_gives(student):
    """Do REML and ML of a student's data give the share of the reference and of the wrong way, in any order of rows?"""
    data = assignment_data("ps06", student)
    fit = lmm(FORMULA, data.sample(frac=1, random_state=1))
    assert fit.icc(at={"night": 9}).value == pytest.approx(lesson.share_at(data), abs=1e-6)
    assert lesson.share_at(data.sample(frac=1, random_state=2)) == pytest.approx(lesson.share_at(data))
    assert fit.refit("ML").icc(at={"night": 9}).value == pytest.approx(lesson._by_ml(data), abs=1e-6)
    assert not fit.is_boundary


def test_the_share_of_parallel_lines_is_the_other_models():
    """Is the wrong way with only intercepts the ICC that such a fit gives?"""
    data = assignment_data("ps06", "ana")
    fit = lmm("reaction ~ night + (1 | person)", data)
    assert fit.icc().value == pytest.approx(lesson.WRONG_SHARES["intercepts_only"](data), abs=1e-6)


@pytest.mark.parametrize("shift", [-5, 4.5, 14])
def test_the_origin_moves_what_the_formula_says_and_no_more(sleep, shift):
    """Does a fit at another origin give the SDs and correlation of `recentred`, and the same criterion and values?"""
    fit = lmm(FORMULA, sleep)
    there = lmm(FORMULA, sleep.assign(night=sleep["night"] - shift))
    old, new = (f.varcorr["person"] for f in (fit, there))
    expected = lesson.recentred(*old.sd, old.corr.iloc[0, 1], shift)
    assert (*new.sd, new.corr.iloc[0, 1]) == pytest.approx(expected, rel=1e-5)
    assert there.criterion == pytest.approx(fit.criterion, abs=1e-6)
    assert np.abs(there.fitted - fit.fitted).max() < 1e-5


def test_two_bars_make_the_origin_part_of_the_model(sleep):
    """Does the criterion of (x || g) change with the origin as in lme4, and is it never below that of (x | g)?"""
    found = [
        lmm("reaction ~ t + (t || person)", sleep.assign(t=sleep["night"] - c)).criterion
        for c in (-5, 0, 4.5, 9, 14)
    ]
    assert found == pytest.approx([1751.322, 1743.669, 1753.549, 1766.851, 1778.237], abs=1e-3)
    assert min(found) > lmm(FORMULA, sleep).criterion


def test_an_estimate_may_pass_the_mean(sleep):
    """Does the posterior mean of person 335's line, by the density of the ten rows, lie beyond the mean intercept?"""
    T, sigma2 = lesson.components(sleep)
    X = np.column_stack([np.ones(10), np.arange(10)])
    y = sleep[sleep["person"] == "335"]["reaction"].to_numpy()
    mean = lmm(FORMULA, sleep).fixef.to_numpy()
    line = mean + T @ X.T @ np.linalg.solve(X @ T @ X.T + sigma2 * np.eye(10), y - X @ mean)
    own = np.linalg.lstsq(X, y, rcond=None)[0]
    assert line[0] < mean[0] < own[0]
    assert line == pytest.approx(lmm(FORMULA, sleep).coef["person"].loc["335"].to_numpy(), abs=1e-4)


def test_a_slope_is_guessed_from_an_intercept():
    """Is the slope of a school without homework its conditional mean given the pupils' scores, and the mean under two bars?"""
    schools = load("schools10")
    idle = schools[(schools["school"] == "24725") & (schools["homework"] == 0)]
    rows = pd.concat([schools[schools["school"] != "24725"], idle])
    fit, bars = (lmm(f"math ~ homework + (1 + homework {bar} school)", rows) for bar in ("|", "||"))
    T = fit.varcorr["school"].cov.to_numpy()
    high = idle["math"].mean() - fit.fixef["Intercept"]
    guess = fit.fixef["homework"] + T[0, 1] / (T[0, 0] + fit.sigma**2 / len(idle)) * high
    assert fit.coef["school"].loc["24725", "homework"] == pytest.approx(guess, abs=1e-6)
    assert bars.coef["school"].loc["24725", "homework"] == pytest.approx(bars.fixef["homework"], abs=1e-6)


def studies(tau1, sets, seed, people=18, days=10, sigma=25.6):
    """Return, for studies whose mean slope is 0, z of the mean slope with parallel lines, and its t over own slopes."""
    rng = np.random.default_rng(seed)
    x = np.arange(days) - (days - 1) / 2
    y = rng.normal(0, 25, (sets, people, 1)) + rng.normal(0, tau1, (sets, people, 1)) * x
    y += sigma * rng.normal(size=y.shape)
    y -= y.mean(axis=2, keepdims=True)
    own = y @ x / (x @ x)
    mean = own.mean(axis=1)
    left = np.sum((y - mean[:, None, None] * x) ** 2, axis=(1, 2)) / (people * (days - 1) - 1)
    z = mean / np.sqrt(left / (people * (x @ x)))
    return z, mean / (own.std(axis=1, ddof=1) / np.sqrt(people))


@pytest.mark.parametrize(("tau1", "share"), [(0, 0.05), (2, 0.10), (5.92, 0.30)])
def test_parallel_lines_see_effects_that_are_not_there(tau1, share):
    """From rows: do parallel lines reject a true mean slope of 0 as often as the lesson says, and varying slopes in 5 %?"""
    z, t = studies(tau1, 4000, seed=3)
    assert np.mean(np.abs(z) > 1.975) == pytest.approx(share, abs=0.022)
    assert np.mean(np.abs(t) > 2.110) == pytest.approx(0.05, abs=0.011)


def test_those_two_tests_are_the_mixed_models(sleep):
    """Are z and t above what fits with parallel and with varying slopes give?"""
    for term, divisor in (("(1 | person)", 30.99**2 / 82.5), ("(1 + night | person)", 43.0103)):
        fit = lmm(f"reaction ~ night + {term}", sleep)
        assert fit.fixef_se["night"] == pytest.approx(np.sqrt(divisor / 18), abs=1e-3)


def test_a_sigma_for_each_sex_is_nlmes(kids):
    """Do weights give the criterion and SEs of nlme's varIdent at its ratio of SDs, and is that the lowest point?"""

    def fit(ratio):
        w = np.where(kids["girl"], ratio**-2.0, 1.0)
        return lmm("distance ~ years * girl + (1 + years | Subject)", kids.assign(w=w), weights="w")

    best = fit(0.4088464)
    assert best.criterion == pytest.approx(411.5225, abs=1e-3)
    assert best.sigma == pytest.approx(1.629585, abs=1e-4)
    assert best.fixef_se[["years", "years:girl"]].tolist() == pytest.approx([0.0991448, 0.1186356], abs=1e-5)
    assert best.criterion < min(fit(0.39).criterion, fit(0.43).criterion)


def test_the_coding_of_a_category_is_its_origin():
    """Do two codings of the floor have one criterion, and SDs that the formula of the origin turns into each other?"""
    radon = load("radon")
    step = lmm("log_radon ~ floor + (1 + floor | county)", radon)
    other = lmm("log_radon ~ up + (1 + up | county)", radon.assign(up=radon["floor"] - 1))
    old, new = (f.varcorr["county"] for f in (step, other))
    assert other.criterion == pytest.approx(step.criterion, abs=1e-6)
    expected = lesson.recentred(*old.sd, old.corr.iloc[0, 1], 1)
    assert (*new.sd, new.corr.iloc[0, 1]) == pytest.approx(expected, rel=1e-4)


def test_statsmodels_stumbles_over_an_origin_far_away(kids):
    """Does MixedLM miss the optimum with age in years, say so, and find it with age counted from the middle?"""
    best = lmm("distance ~ years * girl + (1 + years | Subject)", kids).criterion
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        far, near = (
            smf.mixedlm(f"distance ~ {x} * girl", kids, groups="Subject", re_formula=f"~{x}").fit()
            for x in ("age", "years")
        )
    assert not far.converged and -2 * far.llf > best + 1
    assert near.converged and -2 * near.llf == pytest.approx(best, abs=1e-4)


def table(intercepts, slopes):
    return pd.DataFrame({"intercept": intercepts, "slope": slopes})


STEEP = np.array([1.0, 2, 3, 4, 5])


@pytest.mark.parametrize(
    ("made", "credit"),
    [
        (table(40 - 5 * STEEP, STEEP), 1.0),
        (table([35, 30, 25, 20, 15], [1, 2, 3, 4, 5]), 1.0),  # whole numbers
        (table(5 * STEEP, -STEEP).assign(name="x"), 1.0),  # lines that fall
        (table(40 - 20 * STEEP, STEEP), 0.6),  # they cross too late
        (table(40 + 5 * STEEP, STEEP), 0.6),  # they crossed too early
        (table(STEEP, np.ones(5)), 0.2),  # parallel: no correlation
        (table(40 - 5 * STEEP, STEEP)[:4], 0.0),  # four lines
        (table(40 - 5 * STEEP, list("abcde")), 0.0),
        (table([np.nan, 30, 25, 20, 15], STEEP), 0.0),
    ],
)
def test_lines_with_both_correlations(made, credit):
    """Is each property judged by itself, and nothing given for a table of another form?"""
    exercise = get("lines_that_meet")
    assert sum(c.share for c in exercise.criteria if c.holds(made)) == pytest.approx(credit)

"""What lesson 09 says about priors and posteriors, tried again by other means: quadrature, an exact grid, other seeds.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show. Gibbs sampling
against the lesson's walk is in ``tests/hlm_teach/test_posterior_lines.py``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

import hlm_teach as ht
from autograder.check import judge_answer
from autograder.exercises import lesson_09 as lesson
from autograder.student_data import assignment_data
from hlm_teach.posterior import likelihood, log_prior
from hlm_teach.posterior_lines import lines_posterior


@pytest.fixture(scope="module")
def schools():
    data = ht.load("eight_schools")
    return data["effect"].to_numpy(float), data["se"].to_numpy(float)


@pytest.fixture(scope="module")
def counties():
    """Draws of the counties' lines without a chain, and the weights of the lesson's priors."""
    bounce = ht.load("bounce")
    bounce["age_s"] = (bounce["age"] - bounce["age"].mean()) / bounce["age"].std()
    found = {}
    for independent in (True, False):
        draws = lines_posterior(
            bounce,
            "age_s",
            "bounce",
            "county",
            size=100_000,
            rng=np.random.default_rng(4),
            independent=independent,
        )
        log = -0.5 * (((draws["mu_a"] - 200) / 100) ** 2 + (draws["mu_b"] - 1) ** 2)
        log -= np.log1p(draws[["tau_a", "tau_b", "sigma"]] ** 2).sum(axis=1)
        slopes = draws.filter(like="slope[").rename(columns=lambda c: c[6:-1])
        found[independent] = slopes, np.exp(log - log.max()).to_numpy()
    return found


def quantile(values, weight, share):
    order = np.argsort(values)
    return values[order][np.searchsorted(np.cumsum(weight[order]) / weight.sum(), share)]


def test_eight_schools_by_quadrature(schools):
    """Is E(θ_A) = 11.40 and E τ = 6.58 when the integrals are taken by scipy, with μ averaged out by hand?"""
    y, se = schools

    def height(tau):
        return float(np.exp(likelihood(y, se, np.array([tau]))[0][0] + 33))

    def times(tau):
        keep = tau**2 / (tau**2 + se[0] ** 2)
        return height(tau) * (keep * y[0] + (1 - keep) * likelihood(y, se, np.array([tau]))[1][0])

    ends = (0, 5000)
    area = quad(height, *ends, points=[10, 50], limit=400)[0]
    assert quad(times, *ends, points=[10, 50], limit=400)[0] / area == pytest.approx(11.40, abs=0.006)
    assert quad(lambda t: t * height(t), *ends, points=[10, 50], limit=400)[0] / area == pytest.approx(
        6.58, abs=0.006
    )


def test_the_gamma_prior_moves_the_top_from_zero(schools):
    """Is the top at 0 without a prior and at 7.29 with an endless gamma of shape 2?"""
    y, se = schools

    def minus(tau, prior=0.0):
        return -float(likelihood(y, se, np.array([tau]))[0][0]) - prior * np.log(tau)

    top = minimize_scalar(lambda t: minus(t, 1.0), bounds=(0.1, 40), method="bounded").x
    assert top == pytest.approx(7.29, abs=0.005)
    assert all(minus(t) > minus(1e-9) for t in (1.0, 5.0, 20.0))


@pytest.mark.parametrize("first", range(5))
def test_vague_priors_disagree_with_four_schools(schools, first):
    """For any four of the schools in a row, do the medians of τ under the two vague priors differ by a factor of three or more?"""
    y, se = schools[0][first : first + 4], schools[1][first : first + 4]
    wide, inverse = ht.tau_posterior(y, se, "uniform", 1000), ht.tau_posterior(y, se, "inverse_gamma", 0.001)
    assert wide.quantile(0.5) > 3 * inverse.quantile(0.5)


def test_with_many_groups_the_prior_stops_mattering():
    """With 200 groups that differ, do all six priors agree on τ within three percent?"""
    rng = np.random.default_rng(7)
    se = rng.uniform(5, 15, 200)
    y = rng.normal(rng.normal(8, 10, 200), se)
    priors = {
        "flat": None,
        "uniform": 1000,
        "half_normal": 50,
        "half_cauchy": 25,
        "inverse_gamma": 0.001,
        "gamma": 50,
    }
    medians = [ht.tau_posterior(y, se, prior, scale).quantile(0.5) for prior, scale in priors.items()]
    assert max(medians) / min(medians) < 1.03


def test_draws_of_the_exact_posterior_have_its_moments(schools):
    """Do a million draws of τ and of the schools have the means and SDs of the grid?"""
    found = ht.tau_posterior(*schools, "half_normal", 10)
    tau, mu, theta = found.draws(400_000, np.random.default_rng(8))
    assert tau.mean() == pytest.approx(found.mean, abs=0.03)
    assert mu.shape == tau.shape
    assert np.abs(theta.mean(axis=0) - found.estimate).max() < 0.06
    assert np.abs(theta.std(axis=0) - found.sd).max() < 0.06


@pytest.mark.parametrize("independent", [True, False])
def test_four_counties_have_slopes_whose_interval_covers_zero(counties, independent):
    """By the exact grid, with and without a correlation: are they Essex, Kent, London and Norfolk, and no other?"""
    slopes, weight = counties[independent]
    low = {c: quantile(slopes[c].to_numpy(), weight, 0.025) for c in slopes}
    assert {c for c, end in low.items() if end < 0} == {"essex", "kent", "london", "norfolk"}
    assert all(quantile(slopes[c].to_numpy(), weight, 0.975) > 0 for c in slopes)


def test_flat_priors_leave_only_two_counties_above_zero(counties):
    """Without the lesson's priors, are Cheshire and Dorset the only counties whose interval does not cover zero?"""
    slopes = counties[True][0]
    assert {c for c in slopes if slopes[c].quantile(0.025) > 0} == {"cheshire", "dorset"}
    assert (slopes.quantile(0.975) > 0).all()


def test_nobody_knows_which_county_is_steepest(counties):
    """Is Kent's the steepest slope with a chance of about one in seven, and no county's with more than one in four?"""
    slopes, weight = counties[True]
    steepest = pd.Series(slopes.columns[slopes.to_numpy().argmax(axis=1)])
    chance = pd.Series(weight).groupby(steepest).sum() / weight.sum()
    assert chance["kent"] == pytest.approx(1 / 7, abs=0.03)
    assert chance.max() < 0.25


def test_the_boundary_fit_makes_the_intervals_vanish():
    """Is REML's standard error of a county's deviation in slope a few hundredths, at a boundary fit?"""
    bounce = ht.load("bounce")
    bounce["age_s"] = (bounce["age"] - bounce["age"].mean()) / bounce["age"].std()
    fit = ht.lmm("bounce ~ age_s + (1 + age_s | county)", bounce)
    assert fit.is_boundary and fit.varcorr["county"].corr.iloc[0, 1] == pytest.approx(1)
    assert fit.ranef_se["county"]["age_s"].max() < 0.06


def test_the_inverse_gamma_is_level_on_the_log_scale():
    """Well above τ = √ε, does its density of log τ change by less than two percent per power of ten?"""
    tau = np.array([0.3, 3.0, 30.0])
    height = log_prior("inverse_gamma", 0.001, tau) + np.log(tau)
    assert np.abs(np.diff(height)).max() < 0.02


@pytest.mark.parametrize("student", ["ana", "ben", "chen"])
def test_a_coarse_grid_of_ones_own_is_right(student):
    """Does a grid of a few hundred τ, written from the lesson's formula, give an answer that is accepted?"""
    data = assignment_data("ps09", student)
    tau = np.linspace(0.01, 60, 600)
    y, se = lesson._own(data)
    share = lesson.posterior_on_grid(y, se, tau, -0.5 * (tau / 10) ** 2)
    centre = likelihood(y, se, tau)[1]
    keep = tau**2 / (tau**2 + se[0] ** 2)
    answer = float(share @ (keep * y[0] + (1 - keep) * centre))
    assert judge_answer("my_full_bayes", answer, student).outcome == "correct"


def test_far_apart_but_certain_is_not_enough():
    """Is a set partly right whose priors disagree but whose inverse gamma rules a large τ out, and one nothing where se is not in range?"""
    close = pd.DataFrame({"y": [1.0, 0, 0, 0], "se": [20.0, 20, 20, 20]})
    assert judge_answer("vague_but_far", close).outcome != "correct"
    outside = pd.DataFrame({"y": [40.0, 0, 5, -5], "se": [25.0, 12, 12, 12]})
    assert judge_answer("vague_but_far", outside).credit == 0.0

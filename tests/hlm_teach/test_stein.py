"""The James–Stein rule: right formula, right dominance, right refusals?"""

from __future__ import annotations

import numpy as np
import pytest

from hlm_teach import james_stein, load, partial_pooling


def test_baseball_total_error_falls_from_17_57_to_5_00():
    """Efron and Morris's 18 players, arcsine scale: does the total squared error fall from 17.57 to about 5.0?"""
    # their table 1: batting average after 45 at bats, and in the rest of the season
    first = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]) / 45
    rest = np.array(
        [
            0.346,
            0.298,
            0.276,
            0.222,
            0.273,
            0.27,
            0.263,
            0.21,
            0.269,
            0.23,
            0.264,
            0.256,
            0.303,
            0.264,
            0.226,
            0.286,
            0.316,
            0.2,
        ]
    )
    x, theta = (np.sqrt(45) * np.arcsin(2 * p - 1) for p in (first, rest))
    fit = james_stein(x, se=1.0)
    assert abs(np.sum((x - theta) ** 2) - 17.57) < 0.1
    assert abs(np.sum((fit.estimate - theta) ** 2) - 5.0) < 0.1
    assert abs(fit.shrinkage_factor[0] - 0.79) < 0.01


def test_shipped_baseball_set_gives_the_same_story():
    """Does the shipped set, one player's record apart, also lose about two thirds of its error?"""
    data = load("baseball")
    x = np.sqrt(45) * np.arcsin(2 * data["hits"] / 45 - 1)
    theta = np.sqrt(45) * np.arcsin(2 * data["rest_avg"] - 1)
    before = np.sum((x - theta) ** 2)
    after = np.sum((np.asarray(james_stein(x, 1.0)) - theta) ** 2)
    assert after < 0.4 * before


def test_it_is_partial_pooling_with_its_own_tau():
    """With the tau that it reports, does partial pooling give the same estimates?"""
    y = np.array([3.0, -1, 4, 1, 5, -9, 2, 6])
    fit = james_stein(y, 1.5)
    np.testing.assert_allclose(partial_pooling(y, 1.5, fit.tau).estimate, fit.estimate, rtol=1e-12)


@pytest.mark.parametrize(("target", "J", "c"), [("mean", 7, 4), (2.0, 7, 5)])
def test_constant_counts_the_estimated_target(target, J, c):
    """Is the constant J − 3 for the mean and J − 2 for a fixed target?"""
    y = np.arange(J) * 3.0
    mu = y.mean() if target == "mean" else target
    fit = james_stein(y, 2.0, target=target)
    np.testing.assert_allclose(fit.shrinkage_factor, c * 4 / np.sum((y - mu) ** 2))
    assert fit.mu == mu and np.isnan(fit.estimate_se).all()


def test_positive_part_stops_at_the_target():
    """With little spread, does the rule stop at the target, and overshoot only if asked?"""
    y = np.array([1.0, 1.1, 0.9, 1.05, 0.95])
    np.testing.assert_allclose(james_stein(y, 1.0).estimate, 1.0)
    assert james_stein(y, 1.0).tau == 0
    plain = james_stein(y, 1.0, positive_part=False)
    assert plain.shrinkage_factor[0] > 1 and np.isnan(plain.tau)
    assert np.sign(plain.estimate[1] - 1) == -np.sign(y[1] - 1)
    np.testing.assert_array_equal(james_stein(np.full(4, 2.0), 1.0).estimate, 2.0)


def test_expected_error_is_below_that_of_the_means_for_several_truths():
    """Is the mean total squared error below J·se² for near and far truths, and close to it when the truth is far?"""
    rng = np.random.default_rng(7)
    for spread, most in ((0.0, 0.5), (1.0, 0.85), (5.0, 1.0)):
        theta = spread * rng.normal(size=10)
        draws = theta + rng.normal(size=(4000, 10))
        error = np.mean([np.sum((james_stein(y, 1.0).estimate - theta) ** 2) for y in draws])
        assert error < 10 * most
    assert error > 8.5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([1, 2, 3], 1.0), "At least 4 groups are needed here, but y has 3"),
        (([1, 2], 1.0, 0.0), "At least 3 groups are needed here, but y has 2"),
        (([1, 2, 3, 4], [1, 1, 1, 2]), "needs one common se, but se runs from 1 to 2"),
        (([1, 2, 3, 4], 1.0, "median"), 'target must be "mean" or a number'),
    ],
)
def test_refusals_say_what_was_found(arguments, sentence):
    """Is each wrong input refused with what must hold and what was found?"""
    with pytest.raises(ValueError) as problem:
        james_stein(*arguments)
    assert sentence in str(problem.value)

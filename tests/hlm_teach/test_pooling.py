"""Complete, no and partial pooling: are the three one formula, with the right limits and readable refusals?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hlm_teach import complete_pooling, no_pooling, partial_pooling, reliability, shrinkage_factor

EFFECTS = pd.Series([28.0, 8, -3, 7, -1, 1, 18, 12], list("ABCDEFGH"))
SE = pd.Series([15.0, 10, 16, 11, 9, 11, 10, 18], list("ABCDEFGH"))

groups = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(1e-2, 1e2)), min_size=1, max_size=12).map(
    lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True))
)


@given(groups)
def test_zero_and_infinity_are_complete_and_no_pooling(pair):
    """Does partial pooling become complete pooling at tau = 0 and no pooling at tau = inf?"""
    y, se = pair
    for tau, other in ((0, complete_pooling(y, se)), (np.inf, no_pooling(y, se))):
        fit = partial_pooling(y, se, tau)
        np.testing.assert_array_equal(fit.estimate, other.estimate)
        np.testing.assert_array_equal(fit.estimate_se, other.estimate_se)
        np.testing.assert_array_equal(fit.shrinkage_factor, other.shrinkage_factor)
        assert fit.mu == other.mu


@given(groups, st.floats(0, 1e3))
def test_estimates_lie_between_own_value_and_target(pair, tau):
    """Is every B between 0 and 1, and every estimate between y and mu?"""
    y, se = pair
    fit = partial_pooling(y, se, tau)
    assert np.all((fit.shrinkage_factor >= 0) & (fit.shrinkage_factor <= 1))
    slack = 1e-9 * (1 + np.abs(y).max())
    assert np.all(fit.estimate <= np.maximum(y, fit.mu) + slack)
    assert np.all(fit.estimate >= np.minimum(y, fit.mu) - slack)
    moved = fit.shrinkage_factor * (fit.mu - y)
    np.testing.assert_allclose(fit.estimate - y, moved, atol=slack)


def test_target_is_the_precision_weighted_mean():
    """Unbalanced groups, tau² = 60, sigma² = 100: is the target 56.12 and not the mean over all rows, 68.60?"""
    n, y = np.array([200, 5, 5, 5]), np.array([70.0, 50, 52, 48])
    fit = partial_pooling(y, 10 / np.sqrt(n), np.sqrt(60))
    assert round(fit.mu, 2) == 56.12
    assert round(float(n @ y / n.sum()), 2) == 68.60
    assert round(fit.estimate[1], 2) == 51.53
    wrong = partial_pooling(y, 10 / np.sqrt(n), np.sqrt(60), mu=n @ y / n.sum())
    assert round(wrong.estimate[1], 2) == 54.65 and wrong.mu_se == 0


def test_standard_errors_are_those_of_the_gaussian_posterior():
    """Are estimates and SEs the posterior mean and SD of (alpha, mu) under a flat prior on mu?"""
    y, se, tau = EFFECTS.to_numpy(), SE.to_numpy(), 6.0
    J = len(y)
    precision = np.zeros((J + 1, J + 1))
    precision[:J, :J] = np.diag(1 / se**2 + 1 / tau**2)
    precision[:J, J] = precision[J, :J] = -1 / tau**2
    precision[J, J] = J / tau**2
    cov = np.linalg.inv(precision)
    mean = cov @ np.append(y / se**2, 0)
    fit = partial_pooling(y, se, tau)
    np.testing.assert_allclose(fit.estimate, mean[:J], rtol=1e-12)
    np.testing.assert_allclose(fit.estimate_se, np.sqrt(np.diag(cov))[:J], rtol=1e-12)
    np.testing.assert_allclose([fit.mu, fit.mu_se], [mean[J], np.sqrt(cov[J, J])], rtol=1e-12)


def test_labels_follow_the_series_and_align_the_standard_errors():
    """Does a Series give the labels, and is se matched by label when its order differs?"""
    fit = partial_pooling(EFFECTS, SE[::-1], 6.0)
    assert fit.labels == tuple("ABCDEFGH")
    np.testing.assert_array_equal(fit.se, SE.to_numpy())
    assert fit.table().loc["A", "estimate"] == fit.estimate[0]
    assert list(fit.table().columns) == ["y", "se", "B", "estimate", "estimate_se"]


def test_a_fit_is_its_estimates_when_used_as_an_array():
    """Can a fit be compared with an array?"""
    fit = complete_pooling(EFFECTS, SE)
    np.testing.assert_array_equal(np.asarray(fit), fit.estimate)
    assert "complete" in repr(fit) and "J = 8" in repr(fit)


def test_limits_of_the_factor():
    """Is B right at 0 and infinity, in both arguments, and does reliability complete it to 1?"""
    assert shrinkage_factor(5, 0) == 1 and shrinkage_factor(5, np.inf) == 0
    assert shrinkage_factor(np.inf, 3) == 1 and reliability(np.inf, 3) == 0
    assert isinstance(shrinkage_factor(5, 2), float)
    se = np.array([0.1, 1, 10])
    np.testing.assert_allclose(shrinkage_factor(se, 2) + reliability(se, 2), 1)
    np.testing.assert_allclose(shrinkage_factor(se, 2), se**2 / (se**2 + 4))


def test_what_goes_in_is_not_changed_and_not_shared():
    """Does a later change of the input leave the fit alone?"""
    y, se = EFFECTS.to_numpy().copy(), SE.to_numpy().copy()
    fit = no_pooling(y, se)
    y[0] = 999.0
    assert fit.y[0] == 28.0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([1, 2], [1, 0], 1), "se must be finite and > 0, but se = 0.0 for group 2"),
        (([1, np.inf], [1, 1], 1), "y must be finite, but y = inf for group 2"),
        (([1, 2], [1, 1, 1], 1), "y has 2 and se has 3"),
        (([], 1, 1), "At least 1 groups are needed here, but y has 0"),
        (([1, 2], [1, 1], -1), "If you have a variance, pass its square root"),
        (([1, 2], [1, 1], np.nan), "tau must be a standard deviation >= 0, but tau = nan"),
        (([[1, 2]], 1, 1), "its shape is (1, 2)"),
        ((EFFECTS, SE.drop("A"), 1), "only one of them has: A"),
    ],
)
def test_refusals_say_what_was_found(arguments, sentence):
    """Is each wrong input refused with what must hold and what was found?"""
    with pytest.raises(ValueError) as problem:
        partial_pooling(*arguments)
    assert sentence in str(problem.value)


def test_text_is_refused():
    """Is text in place of numbers a TypeError with the value in it?"""
    with pytest.raises(TypeError, match="y must be numbers"):
        no_pooling(["a", "b"], [1, 1])
    with pytest.raises(TypeError, match="tau must be one number"):
        partial_pooling([1, 2], [1, 1], [1, 2])

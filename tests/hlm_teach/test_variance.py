"""Estimates of tau and sigma: do they equal the closed forms, the printed figures and the mixed model?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from hlm_teach import (
    anova_components,
    design_effect,
    effective_n,
    icc,
    lmm,
    load,
    prob_tau_zero,
    reliability,
    tau_ml,
    tau_moments,
    tau_reml,
)

pairs = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.5, 20)), min_size=2, max_size=10).map(
    lambda rows: tuple(np.array(column) for column in zip(*rows, strict=True))
)


def minus_two_log(y, se, tau, restricted):
    """The criterion by the textbook, up to a constant."""
    w = 1 / (se**2 + tau**2)
    mu = np.sum(w * y) / np.sum(w)
    value = np.sum(np.log(se**2 + tau**2)) + np.sum(w * (y - mu) ** 2)
    return value + (np.log(np.sum(w)) if restricted else 0)


@settings(max_examples=60, deadline=None)
@given(pairs, st.booleans())
def test_no_other_tau_is_better(pair, restricted):
    """Is the criterion at the estimate as low as anywhere on a fine grid and at a polished minimum?"""
    y, se = pair
    tau = (tau_reml if restricted else tau_ml)(y, se)
    found = minus_two_log(y, se, tau, restricted)
    grid = np.concatenate([[0], np.geomspace(1e-4, 1e4, 2000)])
    values = [minus_two_log(y, se, t, restricted) for t in grid]
    at = int(np.argmin(values))
    bounds = (grid[max(at - 1, 0)], grid[min(at + 1, len(grid) - 1)])
    polished = minimize_scalar(
        lambda t: minus_two_log(y, se, t, restricted),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-12},
    )
    assert found <= min(min(values), polished.fun) + 1e-9


def test_equal_standard_errors_have_closed_forms():
    """With one se: moments and REML = sample variance − se², ML = mean square − se²?"""
    y, se = np.array([10.0, 20, 30, 47]), 5.0
    np.testing.assert_allclose(tau_moments(y, se), np.sqrt(np.var(y, ddof=1) - 25), rtol=1e-13)
    np.testing.assert_allclose(tau_reml(y, se), np.sqrt(np.var(y, ddof=1) - 25), rtol=1e-8)
    np.testing.assert_allclose(tau_ml(y, se), np.sqrt(np.var(y) - 25), rtol=1e-8)


def test_eight_schools_estimate_is_zero():
    """Is tau 0 by moments, ML and REML for the eight schools?"""
    data = load("eight_schools")
    assert [f(data["effect"], data["se"]) for f in (tau_moments, tau_ml, tau_reml)] == [0, 0, 0]


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_estimates_follow_the_units(factor):
    """Does tau scale with y and se, and ignore a shift of y?"""
    y, se = np.array([1.0, 5, 2, 9, 3]), np.array([1.0, 2, 1, 0.5, 1])
    for estimate in (tau_moments, tau_ml, tau_reml):
        np.testing.assert_allclose(
            estimate(factor * (y + 40), factor * se), factor * estimate(y, se), rtol=1e-8
        )


def test_dyestuff_by_anova():
    """Dyestuff: mean squares 11271.5 and 2451.25, tau 42.00; and does REML agree to 1e-9?"""
    data = load("dyestuff")
    a = anova_components(data["Yield"], data["Batch"])
    np.testing.assert_allclose([a.msb, a.msw], [11271.5, 2451.25], rtol=1e-12)
    assert round(a.tau, 4) == 42.0006 and a.n0 == 5 and (a.J, a.n) == (6, 30)
    fit = lmm("Yield ~ 1 + (1 | Batch)", data)
    np.testing.assert_allclose([a.tau, a.sigma], [fit.varcorr["Batch"].sd.iloc[0], fit.sigma], rtol=1e-9)
    ml = lmm("Yield ~ 1 + (1 | Batch)", data, method="ML").varcorr["Batch"].sd.iloc[0]
    np.testing.assert_allclose(ml, np.sqrt(((1 - 1 / 6) * a.msb - a.msw) / 5), rtol=1e-9)
    assert round(ml, 4) == 37.2603


def test_dyestuff2_is_cut_at_zero():
    """Dyestuff2: is tau2_raw negative, tau 0, and REML's residual SD 3.7157?"""
    data = load("dyestuff2")
    a = anova_components(data["Yield"], data["Batch"])
    assert a.tau2_raw < 0 and a.tau == 0 and a.icc == 0
    assert round(lmm("Yield ~ 1 + (1 | Batch)", data).sigma, 4) == 3.7157


def test_unbalanced_anova_is_unbiased():
    """Unequal n_j: do tau2_raw and sigma2 hit the truth on average?"""
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(6), [2, 3, 4, 8, 12, 20])
    raw = []
    for _draw in range(2000):
        y = 1.5 * rng.normal(size=6)[group] + 2 * rng.normal(size=len(group))
        a = anova_components(y, group)
        raw.append((a.tau2_raw, a.sigma2))
    np.testing.assert_allclose(np.mean(raw, axis=0), [2.25, 4.0], rtol=0.06)


@pytest.mark.parametrize(
    ("J", "n", "rho", "chance"),
    [
        (6, 5, 0, 0.561),
        (6, 5, 0.1, 0.331),
        (6, 5, 0.3, 0.103),
        (10, 5, 0.1, 0.246),
        (30, 5, 0.1, 0.084),
        (5, 20, 0.05, 0.255),
        (50, 20, 0.05, 0.001),
    ],
)
def test_chance_of_a_zero(J, n, rho, chance):
    """Does the exact chance of tau = 0 equal the table's?"""
    assert round(prob_tau_zero(J, n, rho), 3) == chance
    assert prob_tau_zero(J, n, rho, method="ML") > prob_tau_zero(J, n, rho)


def test_chance_of_a_zero_is_that_of_simulated_fits():
    """Do 4,000 simulated analyses of variance land on 0 as often as the formula says, for REML and ML?"""
    rng = np.random.default_rng(3)
    J, n, rho = 6, 5, 0.1
    y = np.sqrt(rho) * rng.normal(size=(4000, J, 1)) + np.sqrt(1 - rho) * rng.normal(size=(4000, J, n))
    msb = n * np.var(y.mean(axis=2), axis=1, ddof=1)
    msw = np.var(y, axis=2, ddof=1).mean(axis=1)
    for method, limit in (("REML", 1.0), ("ML", J / (J - 1))):
        assert abs(np.mean(msb <= limit * msw) - prob_tau_zero(J, n, rho, method)) < 0.025


def test_icc_and_designs():
    """ICC of HSB, design effects 1.95, 2.90 and 6.80, effective n, and ICC as the reliability of one value?"""
    assert round(icc(np.sqrt(8.614), np.sqrt(39.148)), 4) == 0.1804
    assert [round(design_effect(n, r), 2) for n, r in ((20, 0.05), (20, 0.1), (30, 0.2), (100, 0.02))] == [
        1.95,
        2.9,
        6.8,
        2.98,
    ]
    assert effective_n(10, 20, 0) == 200 and effective_n(10, 20, 1) == 10
    np.testing.assert_allclose(icc(2, 3), reliability(3, 2))
    assert prob_tau_zero(6, 5, 1.0) == 0.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: anova_components([1, np.nan, 3], list("aab")), "1 of 3 rows (counted from 0: 1)"),
        (lambda: anova_components([1, 2, 3], ["a", None, "b"]), "1 of 3 rows (counted from 0: 1)"),
        (lambda: anova_components([1, 2, 3], list("aaa")), "all 3 rows are in group 'a'"),
        (lambda: anova_components([1, 2, 3], list("abc")), "each of the 3 groups has one"),
        (lambda: anova_components([1, 2, 3], list("ab")), "y has 3 and group has 2"),
        (lambda: icc(0, 0), "both 0"),
        (lambda: design_effect(0.5, 0.1), "n must be at least 1, but n = 0.5"),
        (lambda: design_effect(5, -0.1), "icc must lie between 0 and 1, but icc = -0.1"),
        (lambda: effective_n(0, 5, 0.1), "J must be at least 1"),
        (lambda: prob_tau_zero(1, 5, 0.1), "J = 1 and n = 5"),
        (lambda: prob_tau_zero(6, 5, 0.1, method="EM"), "method must be"),
        (lambda: tau_reml([1.0], 1.0), "At least 2 groups"),
    ],
)
def test_refusals_say_what_was_found(call, sentence):
    """Is each wrong input refused with what must hold and what was found?"""
    with pytest.raises(ValueError) as problem:
        call()
    assert sentence in str(problem.value)


def test_groups_may_be_a_categorical_or_numbers():
    """Do labels of any kind give the same components?"""
    y = np.array([1.0, 2, 4, 8, 5, 7])
    a = anova_components(y, pd.Categorical(list("aabbcc")))
    b = anova_components(pd.Series(y), np.array([10, 10, 20, 20, 30, 30]))
    assert a == b

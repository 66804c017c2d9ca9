"""Parametric bootstrap: are the draws right, is each refit the right one, are the summaries what they say?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import f as fisher
from scipy.stats import ks_2samp

from hlm_teach import lmm, load
from hlm_teach.batch import Draws, profiles, slopes
from hlm_teach.batch_newton import _Search, by_block, optima, pivoted
from hlm_teach.bootstrap_test import _one_by_one, bootstrap_test
from hlm_teach.criterion import profile
from hlm_teach.criterion import slopes as single_slopes
from hlm_teach.newton import derivatives, newton, newton_step

FORMULAS = [
    "y ~ x + (1 | g)",
    "y ~ x + (0 + x | g)",
    "y ~ x + (1 + x | g)",
    "y ~ x + w + (x || g)",
    "y ~ x + w + (1 + x + w | g)",
    "y ~ w + (1 + x | g) + (0 + w | g)",
]


def unbalanced(seed=1, J=9):
    """Rows in groups of 1 to 7."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(J), rng.integers(1, 8, J))
    data = pd.DataFrame({"g": g, "x": 3 + rng.normal(size=len(g)), "w": rng.normal(size=len(g))})
    data["y"] = data.x + rng.normal(size=J)[g] * data.x + rng.normal(size=len(g))
    return data


def drawn(fit, B, seed=1):
    """A batch of responses drawn from a fit, in compressed form."""
    return Draws(fit.model.c, fit.model.newtons(fit.theta), fit.sigma / fit.model.back.scale, seed).take(B)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_batch_evaluates_as_the_single_engine(formula, reml):
    """Are criterion, Γ and Newton's step of each replicate those of `hlm_teach.criterion` and `hlm_teach.newton`?"""
    fit = lmm(formula, unbalanced())
    d, layout = drawn(fit, 5), fit.model.layout
    Lambda = by_block(layout, np.random.default_rng(2).normal(size=(5, *layout.K.shape)))
    at = profiles(d, Lambda, reml)
    found = slopes(at)
    rows, turned = pivoted(layout, Lambda)
    step, _gradient, _x = _Search(d, layout, reml)._step(turned, rows, at)
    for b in range(5):
        one = profile(d.one(b), Lambda[b], reml)
        assert at.criterion[b] == pytest.approx(one.criterion, rel=1e-12)
        assert np.allclose(found.gamma[b], single_slopes(one).gamma, rtol=1e-9, atol=1e-9)
        pivot, same = layout.pivoted(Lambda[b])
        assert np.allclose(turned[b] @ turned[b].T, same @ same.T)
        expected = newton_step(*derivatives(pivot, same, single_slopes(one)))
        assert np.allclose(np.abs(step[b]), np.abs(expected), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", FORMULAS)
def test_every_refit_is_the_single_fit_of_its_replicate(formula, reml):
    """Does the batch find the same optimum as one search after the other, and certify it, on the boundary too?"""
    fit = lmm(formula, unbalanced(), "REML" if reml else "ML")
    d = drawn(fit, 40)
    found = optima(d, fit.model.layout, reml)
    assert found.certified.all()
    for b in range(40):
        alone = newton(d.one(b), fit.model.layout, reml)
        assert found.at.criterion[b] <= alone.at.criterion + 1e-8 * (1 + abs(alone.at.criterion))
        assert found.at.criterion[b] >= alone.at.criterion - 1e-6


@pytest.mark.parametrize("formula", ["y ~ x + w + (1 + x | g)", "y ~ x + (0 + x | g)"])
def test_compressed_draws_have_the_distribution_of_rows(formula):
    """Do refits to compressed draws spread as refits to rows? And would a draw without the groups be noticed?"""
    fit = lmm(formula, unbalanced(J=12))
    fast = fit.bootstrap(B=2000, seed=1)
    slow = fit.bootstrap(B=250, seed=2, statistic=lambda refit: refit.sigma)
    wrong = fit.at(np.zeros_like(fit.theta)).bootstrap(B=2000, seed=1)
    for name in fast.values:
        pair = (boot.values[name].dropna() for boot in (fast, slow))
        assert ks_2samp(*pair).pvalue > 0.001, name
    assert ks_2samp(fast.criterion, slow.criterion).pvalue > 0.001
    assert ks_2samp(wrong.values.iloc[:, 0], slow.values.iloc[:, 0]).pvalue < 1e-6


def test_compressed_draws_have_the_right_moments():
    """Is E[total cross-product of y] = Σ_j tr V_j + what is left over, and is the X-part unbiased? Not with σ doubled."""
    fit = lmm("y ~ x + (1 + x | g)", unbalanced())
    c, sigma = fit.model.c, fit.sigma / fit.model.back.scale
    d = drawn(fit, 20_000)
    F = np.einsum("qkj,kc->qcj", c.R, fit.model.newtons(fit.theta))
    expected = sigma**2 * ((F**2).sum() + c.n)
    total = (d.Ey**2).sum(axis=(0, 2)) + d.Wyy
    error = total.std() / np.sqrt(len(total))
    assert abs(total.mean() - expected) < 4 * error
    assert abs(4 * total.mean() - expected) > 100 * error
    assert np.allclose(np.cov(d.Wxy.T), sigma**2 * c.W[:-1, :-1], atol=0.03 * sigma**2)


def test_a_balanced_one_way_layout_is_on_the_boundary_as_often_as_f_says():
    """Is the share of τ̂ = 0 that of MSB < MSW? And not the naive one half?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    boot = fit.at([0.0]).bootstrap(B=4000, seed=1)
    exact = fisher.cdf(1, 5, 24)
    assert abs(boot.share_boundary - exact) < 4 * np.sqrt(exact * (1 - exact) / 4000)
    assert abs(boot.share_boundary - 0.5) > 4 * np.sqrt(0.25 / 4000)


def test_bootstrap_agrees_with_lme4s_bootmer_on_sleepstudy():
    """Do the intervals agree with those of bootMer (1,000 draws, lme4 1.1) within Monte Carlo error?"""
    boot = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy")).bootstrap(B=2000, seed=1)
    found = boot.confint()
    reference = {"Intercept": (238.07, 264.56), "Days": (7.438, 13.371), "sigma": (22.73, 28.53)}
    for name, ends in reference.items():
        assert np.abs(found.loc[name].to_numpy() - np.array(ends)).max() < 0.35 * boot.se()[name], name


def test_the_seed_decides_and_longer_runs_begin_alike():
    """Are draws repeated by their seed, changed by another, and the first of many those of few?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
    few, many, other = fit.bootstrap(10, seed=1), fit.bootstrap(5000, seed=1), fit.bootstrap(10, seed=2)
    assert np.allclose(few.values, many.values.iloc[:10], rtol=1e-9)
    assert not np.allclose(few.values, other.values)


def test_summaries_are_those_of_the_values():
    """Do se, interval, SDs and correlations come from the same B rows, in the units of the data?"""
    fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
    boot = fit.bootstrap(B=300, seed=3)
    assert len(boot) == 300 and boot.fixef.shape == (300, 2) and boot.theta.shape == (300, 3)
    assert boot.se()["Days"] == pytest.approx(boot.fixef["Days"].std())
    assert boot.confint(0.5).loc["sigma"].tolist() == pytest.approx(np.quantile(boot.sigma, [0.25, 0.75]))
    assert np.allclose(boot.sd["Subject"]["Intercept"], boot.sigma * boot.theta[:, 0])
    assert boot.corr.abs().max().max() <= 1
    assert boot.fixef_se["Days"].mean() == pytest.approx(fit.fixef_se["Days"], rel=0.1)
    refit = fit.at(boot.theta[7])
    assert refit.estimates.theta == pytest.approx(boot.theta[7])
    assert "sd_Days|Subject" in repr(boot) and "<table" in boot._repr_html_()


def test_fixed_effects_of_badly_scaled_data_come_back():
    """With x around 2000, are the bootstrap means near the estimates, and the SDs near the standard errors?"""
    data = unbalanced(J=30)
    fit = lmm("y ~ x + (1 + x | g)", data.assign(x=data.x + 2000))
    boot = fit.bootstrap(B=1000, seed=1)
    assert np.all(np.abs(boot.fixef.mean() - fit.fixef) < 5 * boot.se()[fit.fixef.index] / np.sqrt(1000))
    plain = lmm("y ~ x + (1 + x | g)", data).bootstrap(B=1000, seed=1)
    assert boot.se()["x"] == pytest.approx(plain.se()["x"], rel=0.15)


def test_several_factors_are_refitted_row_by_row():
    """Is the bootstrap of a crossed model there, with SDs of both factors, repeated by its seed?"""
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"a": np.repeat(range(6), 12), "b": np.tile(range(4), 18)})
    data["y"] = rng.normal(size=6)[data.a] + rng.normal(size=4)[data.b] + rng.normal(size=72)
    fit = lmm("y ~ 1 + (1 | a) + (1 | b)", data)
    boot = fit.bootstrap(B=8, seed=1)
    assert list(boot.sd) == ["a", "b"] and boot.certified.all()
    assert np.array_equal(boot.theta, fit.bootstrap(B=8, seed=1).theta)


def test_a_statistic_of_ones_own_is_kept():
    """Is the statistic of each refit recorded?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
    boot = fit.bootstrap(B=5, seed=1, statistic=lambda refit: refit.sigma)
    assert np.allclose(boot.statistic, boot.sigma)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"B": 0, "seed": 1}, "B must be a whole number >= 1, but it is 0"),
        ({"B": 2.5, "seed": 1}, "but it is 2.5"),
        ({"B": 5}, "A seed is needed"),
        ({"B": 5, "seed": -1}, "seed must be a whole number >= 0"),
        (
            {"B": 5, "seed": 1, "statistic": lambda refit: "much"},
            "one finite number, but it returned 'much' of type str",
        ),
        ({"B": 5, "seed": 1, "statistic": lambda refit: np.nan}, "one finite number"),
    ],
)
def test_what_cannot_be_bootstrapped_is_said(arguments, said):
    """Does each bad argument get its sentence?"""
    with pytest.raises(ValueError, match=said):
        lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")).bootstrap(**arguments)


def test_an_unknown_level_is_refused():
    """Is 95 taken for a share?"""
    with pytest.raises(ValueError, match="level = 95"):
        lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")).bootstrap(B=5, seed=1).confint(95)


# tests


def test_the_test_of_a_variance_counts_its_own_zeros():
    """Is p near the exact one of F, which is exact here, and the share of zeros that of F?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
    found = bootstrap_test(fit.without_groups(), fit, B=8000, seed=1)
    exact = fisher.sf(11271.5 / 2451.25, 5, 24)
    assert abs(found.p - exact) < 4 * np.sqrt(exact / 8000)
    assert found.share_zero == pytest.approx(fisher.cdf(1, 5, 24), abs=0.025)
    assert found.kind == "mixture" and found.p_se == pytest.approx(np.sqrt(found.p / 8000), rel=0.05)
    none = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    assert bootstrap_test(none.without_groups(), none, B=50, seed=1).p == 1


@pytest.mark.parametrize("smaller", ["y ~ x + (1 | g)", "y ~ 1 + (1 + x | g)", "y ~ x + (x || g)"])
def test_draws_of_the_statistic_are_those_of_rows(smaller):
    """Do batches, in the coordinates of the larger model, give the statistic the distribution of rows?"""
    data = unbalanced(J=12)
    small, large = lmm(smaller, data, "ML"), lmm("y ~ x + (1 + x | g)", data, "ML")
    fast = bootstrap_test(small, large, B=2000, seed=1).simulated
    slow = np.maximum(_one_by_one(small, large, 150, 2), 0)
    assert ks_2samp(fast, slow).pvalue > 0.001
    assert ks_2samp(fast + 1, slow).pvalue < 0.001


def test_a_test_holds_its_level():
    """Under the smaller model, is p below 0.1 in a tenth of all samples? And the χ² formula with df 1 less often?"""
    rng, hits, naive = np.random.default_rng(5), 0, 0
    data = pd.DataFrame({"g": np.repeat(range(5), 4)})
    for k in range(200):
        fit = lmm("y ~ 1 + (1 | g)", data.assign(y=rng.normal(size=20)))
        found = bootstrap_test(fit.without_groups(), fit, B=199, seed=k)
        hits += found.p <= 0.1
        naive += found.statistic > 2.705543
    assert abs(hits / 200 - 0.1) < 0.065
    assert naive / 200 < 0.09


def test_models_of_other_rows_are_not_compared():
    """Is the sentence of anova given?"""
    sleep = load("sleepstudy")
    one = lmm("Reaction ~ Days + (1 | Subject)", sleep)
    with pytest.raises(ValueError, match="rows"):
        bootstrap_test(one, lmm("Reaction ~ Days + (1 + Days | Subject)", sleep.iloc[:-1]), B=5, seed=1)

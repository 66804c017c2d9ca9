"""Likelihood-ratio tests: lme4's statistics, the right mixture, the size of the test, and every refusal?"""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy.stats import chi2, f

from hlm_teach import lmm, load
from hlm_teach.nesting import added, same_columns

REFERENCE = json.loads(files("autograder").joinpath("reference/inference.json").read_text())["anova"]
VARYING = {
    "one": "(1 | Subject)",
    "both": "(1 + Days | Subject)",
    "apart": "(Days || Subject)",
    "slope": "(0 + Days | Subject)",
}


@pytest.fixture(scope="module")
def sleep():
    """The sleep study with four varying parts, by REML."""
    return {k: lmm(f"Reaction ~ Days + {v}", load("sleepstudy")) for k, v in VARYING.items()}


@pytest.mark.parametrize("name", REFERENCE)
def test_statistics_are_lme4s(name):
    """Are statistic, df and the naive p lme4's, in either order of the two fits?"""
    ref = REFERENCE[name]
    data = load(ref["dataset"]).dropna()
    small, large = (lmm(ref[k], data, method=ref["method"]) for k in ("small", "large"))
    test, back = small.anova(large), large.anova(small)
    assert test.statistic == pytest.approx(ref["statistic"], abs=1e-5)
    assert (test.df, test.method, test.refitted) == (ref["df"], ref["method"], False)
    assert test.p_naive == pytest.approx(ref["p_naive"], rel=1e-4) and back.sentence == test.sentence


def test_the_fixture_of_the_course(sleep):
    """Slope of Days: 42.84, χ²₂ 4.99e-10, mixture 2.79e-10; politeness: 11.62?"""
    test = sleep["one"].anova(sleep["both"])
    assert f"{test.statistic:.2f} {test.p_naive:.2e} {test.p:.2e}" == "42.84 4.99e-10 2.79e-10"
    assert "the variance of Days | Subject" in test.sentence and "½χ²(1) + ½χ²(2)" in test.sentence
    assert f"{REFERENCE['politeness']['statistic']:.2f}" == "11.62"


@pytest.mark.parametrize(
    ("small", "large", "kind", "counts"),
    [
        ("one", "both", "mixture", (0, 1, 1)),
        ("slope", "both", "mixture", (0, 1, 1)),
        ("one", "apart", "mixture", (0, 0, 1)),
        ("apart", "both", "chi2", (0, 1, 0)),
        (None, "one", "mixture", (0, 0, 1)),
        (None, "apart", "conservative", (0, 0, 2)),
        (None, "both", "conservative", (0, 1, 2)),
    ],
)
def test_which_distribution(sleep, small, large, kind, counts):
    """Is each added variance, covariance and coefficient counted, and p from the distribution that belongs to it?"""
    large = sleep[large]
    test = large.anova(large.without_groups() if small is None else sleep[small])
    found = test.added
    assert (found.fixed, found.covariances, found.variances) == counts and test.kind == kind
    df = sum(counts)
    if kind == "mixture":
        less = chi2.sf(test.statistic, df - 1) if df > 1 else 0.0
        assert test.p == pytest.approx((less + chi2.sf(test.statistic, df)) / 2)
    else:
        assert test.p == test.p_naive == pytest.approx(chi2.sf(test.statistic, df))
    assert ("conservative" in test.sentence) == (kind == "conservative")


def test_fixed_and_varying_added_together(sleep):
    """A fixed effect and a variance at once: half χ²₁ and half χ²₂, after fitting both by ML?"""
    null = lmm("Reaction ~ 1 + (1 | Subject)", load("sleepstudy"))
    test = null.anova(sleep["apart"])
    assert (test.df, test.kind, test.method, test.refitted) == (2, "mixture", "ML", True)
    assert test.statistic == pytest.approx(null.refit("ML").criterion - sleep["apart"].refit("ML").criterion)
    assert test.sentence.endswith("Both models were fitted again by ML for this comparison.")


def test_without_groups_is_theta_zero(sleep):
    """Is the criterion of the least-squares fit that of the mixed model at θ = 0, by REML, by ML and with weights?"""
    data = load("sleepstudy")
    data["w"] = np.linspace(0.5, 2, len(data))
    for fit in (
        sleep["one"],
        sleep["one"].refit("ML"),
        lmm("Reaction ~ Days + (1 | Subject)", data, weights="w"),
    ):
        statistic = fit.anova(fit.without_groups()).statistic
        assert statistic == pytest.approx(fit.at([0.0]).criterion - fit.criterion, rel=1e-10)
    ols = smf.ols("Reaction ~ Days", load("sleepstudy")).fit()
    assert sleep["one"].anova(ols).p == sleep["one"].anova(sleep["one"].without_groups()).p


def test_a_zero_estimate_has_p_one():
    """Where τ̂ = 0, is the statistic 0 and p = 1?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    test = fit.anova(fit.without_groups())
    assert (test.statistic, test.p) == (0.0, 1.0)


def test_reml_across_codings():
    """REML criteria of one model in two units differ: does anova compare by ML, and find that nothing is added?"""
    data = load("sleepstudy")
    data["hours"] = 24 * data["Days"]
    days, hours = (lmm(f"Reaction ~ {x} + (1 | Subject)", data) for x in ("Days", "hours"))
    assert abs(days.criterion - hours.criterion) > 1 and not same_columns(days, hours)
    with pytest.raises(ValueError, match="both have the same fixed and varying part"):
        days.anova(hours)
    wider = lmm("Reaction ~ hours + (1 + Days | Subject)", data)
    assert days.anova(wider).refitted


def exact_statistic(ratio, a, b):
    """REML statistic of a balanced one-way layout as a function of F = msb/msw."""
    return np.where(ratio <= 1, 0.0, (a + b) * np.log((a * ratio + b) / (a + b)) - a * np.log(ratio))


def one_way(rng, J=40, n=5):
    g = np.repeat(np.arange(J), n)
    return pd.DataFrame({"y": rng.normal(size=J * n), "g": g})


def test_size_of_the_boundary_test_is_right():
    """Does the test of one variance at 5 % reject 4–6 % of samples without groups, where χ²₁ alone rejects about half?

    In balanced data the statistic is a function of F, so its size is exact; the fits must give that function.
    """
    rng, a, b = np.random.default_rng(1), 39, 160
    for _draw in range(30):
        data = one_way(rng)
        fit = lmm("y ~ 1 + (1 | g)", data)
        means = data.groupby("g")["y"].transform("mean")
        ratio = ((means - data["y"].mean()) ** 2).sum() / a / (((data["y"] - means) ** 2).sum() / b)
        assert fit.anova(fit.without_groups()).statistic == pytest.approx(
            float(exact_statistic(ratio, a, b)), abs=1e-8
        )
    grid = np.linspace(1, 3, 20_001)
    curve = exact_statistic(grid, a, b)
    mixture, naive = (f.sf(np.interp(chi2.isf(p, 1), curve, grid), a, b) for p in (0.10, 0.05))
    assert 0.04 < mixture < 0.06 and naive < 0.03


@pytest.mark.slow
def test_size_of_the_slope_test_by_simulation():
    """Does the test of a slope's variance with its covariance reject about 5 % of samples whose slopes are equal?"""
    rng, J, n, p = np.random.default_rng(2), 40, 6, []
    g, x = np.repeat(np.arange(J), n), np.tile(np.arange(n) - 2.5, J)
    for _draw in range(1000):
        y = 2 * rng.normal(size=J)[g] + rng.normal(size=J * n)
        data = pd.DataFrame({"y": y, "x": x, "g": g})
        test = lmm("y ~ x + (1 | g)", data).anova(lmm("y ~ x + (1 + x | g)", data))
        p.append((test.p, test.p_naive))
    mixture, naive = (np.array(p) < 0.05).mean(axis=0)
    assert 0.035 < mixture < 0.065 and naive < mixture


def test_counting_what_is_added():
    """Nested factors, slopes and a categorical varying predictor: is what is new named and counted?"""
    data = load("pastes")
    batch, cask = (lmm(f"strength ~ 1 + (1 | {v})", data) for v in ("batch", "batch/cask"))
    found = added(batch, cask)
    assert (found.new, found.df) == (("Intercept | batch:cask",), 1)


def refused(fits, case):
    data, one = load("sleepstudy"), fits["one"]
    if case == "rows":
        return one.anova(lmm("Reaction ~ Days + (1 | Subject)", data.iloc[:170]))
    if case == "response":
        return one.anova(lmm("np.log(Reaction) ~ Days + (1 | Subject)", data))
    if case == "order":
        return one.anova(lmm("Reaction ~ Days + (1 | Subject)", data.iloc[::-1]))
    if case == "equal":
        return one.anova(lmm("Reaction ~ Days + (1 | Subject)", data))
    if case == "fixed":
        return one.anova(lmm("Reaction ~ I(Days**2) + (1 + Days | Subject)", data))
    if case == "varying":
        return one.anova(fits["slope"])
    if case == "reml":
        return one.anova(lmm("Reaction ~ 1 + (1 | Subject)", data), refit=False)
    if case == "methods":
        return one.anova(fits["both"].refit("ML"), refit=False)
    if case == "weights":
        return fits["both"].anova(lmm("Reaction ~ Days + (1 | Subject)", data, weights=np.arange(1.0, 181)))
    return one.anova("ols")


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("rows", "the same rows, but one has 180 and the other 170"),
        ("response", "the same response in the same order of rows, but they differ in 180 of 180 rows"),
        ("order", "differ in 18. of 180 rows|differ in 180 of 180 rows"),
        ("equal", "both have the same fixed and varying part"),
        ("fixed", "its fixed part has columns that are no combinations"),
        ("varying", r"its term \(.* \| Subject\) lies in no single term"),
        ("reml", "REML criteria can be compared only where the fixed columns are the same"),
        ("methods", "one is fitted by REML and one by ML"),
        ("weights", "the same weights"),
    ],
)
def test_refusals(sleep, case, sentence):
    """Does each comparison that means nothing get a sentence that says why?"""
    with pytest.raises(ValueError, match=sentence):
        refused(sleep, case)


def test_anova_with_a_string(sleep):
    """Is anything that is no fit refused, with what to pass instead?"""
    with pytest.raises(TypeError, match=r"fit\.without_groups\(\).*it got str"):
        refused(sleep, "string")

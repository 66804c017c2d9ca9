"""What lesson 05 says about variance components, tried again by other means: plain numpy, other seeds, statsmodels.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy.stats import chi2

from autograder.exercises import get
from autograder.exercises import lesson_05 as lesson
from autograder.student_data import assignment_data
from hlm_teach import load, prob_tau_zero
from hlm_teach.lmm import lmm


def rows(name) -> np.ndarray:
    return load(name).sort_values("Batch")["Yield"].to_numpy().reshape(6, 5)


def drawn(J, n, tau, sets, seed=11):
    """Return mean squares between and within of many data sets, with σ = 1."""
    rng = np.random.default_rng(seed)
    y = rng.normal(0, tau, (sets, J, 1)) + rng.normal(size=(sets, J, n))
    means = y.mean(axis=2)
    between = n * means.var(axis=1, ddof=1)
    return between, ((y - means[..., None]) ** 2).sum(axis=(1, 2)) / (J * (n - 1))


def test_the_fixtures_of_the_two_data_sets():
    """Do the mean squares and both estimates come out as lme4 has them?"""
    msb, msw = lesson.mean_squares(rows("dyestuff"))
    assert (msb, msw) == pytest.approx((11271.5, 2451.25))
    assert lesson.tau_from(msb, msw, 6, 5, "REML") == pytest.approx(42.0006, abs=1e-4)
    assert lesson.tau_from(msb, msw, 6, 5, "ML") == pytest.approx(37.2603, abs=1e-4)
    assert lesson.tau_from(*lesson.mean_squares(rows("dyestuff2")), 6, 5, "REML") == 0


def test_mls_bias_is_cured_by_groups_and_not_by_rows():
    """Before the cut at 0, is ML's tau² too small by (τ² + σ²/n)/J, whatever n is, and REML's right?"""
    for J, n in ((6, 5), (6, 50), (40, 5)):
        msb, msw = drawn(J, n, 1.0, 40_000)
        reml, ml = (msb - msw) / n, ((1 - 1 / J) * msb - msw) / n
        assert reml.mean() == pytest.approx(1, abs=0.03)
        assert 1 - ml.mean() == pytest.approx((1 + 1 / n) / J, abs=0.03)


@pytest.mark.parametrize(
    ("J", "share", "said"), [(6, 0, 0.561), (6, 0.1, 0.331), (10, 0.1, 0.246), (30, 0.1, 0.084)]
)
def test_how_often_tau_is_zero(J, share, said):
    """Is the exact chance of a zero what simulated rows show?"""
    msb, msw = drawn(J, 5, np.sqrt(share / (1 - share)), 20_000)
    assert prob_tau_zero(J, 5, share) == pytest.approx(said, abs=5e-4)
    assert np.mean(msb <= msw) == pytest.approx(said, abs=0.012)


def test_walds_z_is_bounded():
    """Is z below √((J − 1)/2) however far the groups lie apart?"""
    y = rows("dyestuff")
    for apart in (1, 10, 1000):
        spread = y + apart * 100 * (y.mean(axis=1, keepdims=True) - y.mean())
        assert lesson.wald_z(spread) < np.sqrt(5 / 2)
    assert lesson.wald_z(spread) == pytest.approx(np.sqrt(5 / 2), rel=1e-3)


@pytest.mark.parametrize("student", ["", "ana", "ben"])
def test_the_closed_form_of_the_statistic_is_that_of_the_fits(student):
    """Do two fits and their anova give the p-value that the reference takes from two mean squares?"""
    data = assignment_data("ps05", student)
    fit = lmm("y ~ 1 + (1 | batch)", data)
    test = fit.anova(fit.without_groups())
    assert test.statistic == pytest.approx(lesson.ratio_statistic(lesson._matrix(data)), abs=1e-6)
    assert test.p == pytest.approx(lesson.variance_p(data), abs=1e-8)
    by_ml = fit.refit("ML").anova(fit.without_groups())
    assert by_ml.p == pytest.approx(lesson.WRONG_PS["by_ml"](data), abs=1e-8)


def test_rows_in_another_order_give_the_same_p():
    """Does a student who sorts the table, or shuffles it, get the same answer?"""
    data = assignment_data("ps05", "ana")
    shuffled = data.sample(frac=1, random_state=1)
    assert lesson.variance_p(shuffled) == pytest.approx(lesson.variance_p(data), rel=1e-9)


def test_the_mixture_keeps_its_level_where_chi2_alone_does_not():
    """With no differences, does the mixture reject about 5 % of data with many groups, and χ²₁ half of that?"""
    J, n = 60, 5
    msb, msw = drawn(J, n, 0.0, 20_000)
    a, b = J - 1, J * (n - 1)
    fall = (a + b) * np.log((a * msb + b * msw) / (a + b)) - a * np.log(msb) - b * np.log(msw)
    fall = np.where(msb > msw, fall, 0)
    assert np.mean(chi2.sf(fall, 1) / 2 < 0.05) == pytest.approx(0.05, abs=0.006)
    assert np.mean(chi2.sf(fall, 1) < 0.05) == pytest.approx(0.025, abs=0.005)


def test_the_unit_of_a_predictor_moves_reml_alone():
    """Does a predictor times c add 2 log c to REML's criterion, and nothing to ML's?"""
    sleep = load("sleepstudy")
    sleep["hours"] = 24 * sleep["Days"]
    days, hours = (lmm(f"Reaction ~ {x} + (1 | Subject)", sleep) for x in ("Days", "hours"))
    assert hours.criterion - days.criterion == pytest.approx(2 * np.log(24), abs=1e-6)
    assert hours.refit("ML").criterion == pytest.approx(days.refit("ML").criterion, abs=1e-6)


def test_what_statsmodels_prints_beside_a_variance():
    """Is its "Std.Err." that of τ²/σ² times σ, so that it does not fit the variance beside it?"""
    sm = smf.mixedlm("Yield ~ 1", load("dyestuff"), groups="Batch").fit()
    printed = float(sm.summary().tables[1].loc["Batch Var", "Std.Err."])
    assert printed == pytest.approx(sm.bse["Batch Var"] * np.sqrt(sm.scale), abs=1e-3)
    msb, msw = lesson.mean_squares(rows("dyestuff"))
    assert printed < 0.05 * np.sqrt(2 * msb**2 / 5 + 2 * msw**2 / 24) / 5


def test_averaging_over_levels_gives_the_exchangeable_covariance():
    """Have two rows of a group, drawn by its level, the covariance τ² and the variance σ² + τ²?"""
    rng = np.random.default_rng(21)
    tau, sigma = 37.26, 49.51
    drawn_rows = rng.normal(rng.normal(1527.5, tau, (200_000, 1)), sigma, (200_000, 3))
    V = sigma**2 * np.eye(3) + tau**2
    np.testing.assert_allclose(np.cov(drawn_rows.T), V, rtol=0.02)


def test_what_the_multilevel_model_buys_on_new_data():
    """With five pupils a school, does it beat one line, and one line dummies, and does τ alone make new means believable?"""
    hsb, held = load("hsb"), {"line": [], "dummies": [], "multilevel": [], "sigma alone": [], "with tau": []}
    for seed in (101, 102, 103):
        shuffled = hsb.sample(frac=1, random_state=seed)
        is_new = shuffled["school"].isin(np.random.default_rng(seed).permutation(hsb["school"].unique())[:40])
        kept = shuffled[~is_new].groupby("school").head(5)
        known, new = shuffled[~is_new].drop(kept.index), shuffled[is_new]
        five = lmm("math ~ ses + (1 | school)", kept)
        for name, predicted in (
            ("line", smf.ols("math ~ ses", kept).fit().predict(known)),
            ("dummies", smf.ols("math ~ ses + C(school)", kept).fit().predict(known)),
            ("multilevel", five.predict(known)),
        ):
            held[name].append(np.sqrt(np.mean((known["math"] - predicted) ** 2)))
        error = (
            (new["math"] - five.predict(new, new_groups="zero")).groupby(new["school"]).agg(["mean", "size"])
        )
        tau2 = float(five.varcorr["school"].sd["Intercept"] ** 2)
        for name, more in (("sigma alone", 0), ("with tau", tau2)):
            se = np.sqrt(more + five.sigma**2 / error["size"])
            held[name].append(np.mean(error["mean"].abs() < 1.96 * se))
        assert 20 < five.effective_parameters() < 70
    assert all(m < o < d for m, o, d in zip(held["multilevel"], held["line"], held["dummies"], strict=True))
    assert np.mean(held["sigma alone"]) < 0.8 and np.mean(held["with tau"]) > 0.88


def test_reml_is_not_slower_than_ml():
    """Does a search take about as many evaluations by REML as by ML?"""
    for formula, data in (("Yield ~ 1 + (1 | Batch)", "dyestuff"), ("math ~ ses + (1 | school)", "hsb")):
        fit = lmm(formula, load(data))
        assert fit.certificate.evaluations <= 1.5 * fit.refit("ML").certificate.evaluations


def table(*means, spread=(-15, -5, 5, 15)):
    return pd.DataFrame(
        {"group": np.repeat(range(len(means)), len(spread)), "y": [m + s for m in means for s in spread]}
    )


@pytest.mark.parametrize(
    ("made", "credit"),
    [
        (table(47.0, 49, 51, 53), 1.0),
        (table(47, 49, 51, 53).sample(frac=1, random_state=3), 1.0),  # whole numbers, in any order
        (table(47.0, 49, 51, 53).assign(other="x"), 1.0),
        (table(47.0, 49, 51, 53, spread=(-1, 0, 1)), 0.6),  # tau is not zero
        (table(50.0, 50, 50, 51), 0.6),  # the means hardly differ
        (table(47.0, 49, 53), 0.0),  # three groups
        (table(47.0, 49, 51, 53).iloc[:-1], 0.0),  # not balanced
    ],
)
def test_data_with_a_zero_and_different_means(made, credit):
    """Is each property judged by itself, and nothing given for a table of another form?"""
    exercise = get("zero_and_different")
    assert sum(c.share for c in exercise.criteria if c.holds(made)) == pytest.approx(credit)

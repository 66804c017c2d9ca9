"""What lesson 04 says about the intraclass correlation, tried again by other means: closed forms, other seeds, statsmodels.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from autograder.exercises import get
from autograder.exercises import lesson_04 as lesson
from autograder.student_data import assignment_data
from hlm_teach import load, reliability
from hlm_teach.lmm import lmm


def variances(fit) -> tuple[float, float]:
    """Return tau² and sigma² of a fit with one varying intercept."""
    (term,) = fit.varcorr.values()
    return float(term.sd["Intercept"] ** 2), float(fit.sigma**2)


def drawn(J, n, tau, sigma, seed):
    """Return J groups of n rows as a matrix."""
    rng = np.random.default_rng(seed)
    return tau * rng.standard_normal((J, 1)) + sigma * rng.standard_normal((J, n))


@pytest.fixture(scope="module")
def hsb() -> pd.DataFrame:
    return load("hsb")


@pytest.fixture(scope="module")
def null(hsb):
    return lmm("math ~ 1 + (1 | school)", hsb)


def test_the_schools_as_lme4_has_them(hsb, null):
    """Are the variances those of lme4, and the ends of the interval where lme4's REML criterion has risen by 3.84?"""
    assert variances(null) == pytest.approx((8.614025, 39.14832), abs=1e-4)
    icc = null.icc()
    assert (icc.value, icc.lower, icc.upper) == pytest.approx((0.1803518, 0.1471775, 0.2210275), abs=1e-5)
    counties = lmm("log_radon ~ 1 + (1 | county)", load("radon")).icc()
    assert (counties.value, counties.lower, counties.upper) == pytest.approx(
        (0.1308156, 0.0711640, 0.2134332), abs=1e-5
    )


@pytest.mark.parametrize(("tau", "sigma"), [(3, 6), (2.32, 4.09), (5, 1)])
def test_the_share_is_the_correlation_of_two_members(tau, sigma):
    """Do the first two rows of many groups correlate at tau²/(tau² + sigma²)?"""
    pairs = drawn(200_000, 2, tau, sigma, seed=1)
    assert np.corrcoef(pairs.T)[0, 1] == pytest.approx(lesson.share(tau, sigma), abs=0.008)


def test_what_statsmodels_keeps_in_params(hsb, null):
    """Is "school Var" in .params tau²/sigma², and in .cov_re tau², so that v/(v + 1) is the ICC?"""
    fit = smf.mixedlm("math ~ 1", hsb, groups="school").fit()
    ratio = fit.params["school Var"]
    assert ratio * fit.scale == pytest.approx(fit.cov_re.iloc[0, 0])
    assert ratio / (ratio + 1) == pytest.approx(null.icc().value, abs=1e-4)
    printed = fit.summary().tables[1].loc["school Var", "Coef."]
    assert float(printed) == pytest.approx(variances(null)[0], abs=0.002)


def test_the_print_takes_aic_and_dic_from_two_criteria(null):
    """Is AIC the REML criterion plus six, and DIC below the deviance where that criterion is above it?"""
    assert null.aic == pytest.approx(null.criterion + 6)
    assert null.dic == pytest.approx(2 * null.deviance - null.criterion)
    assert null.dic < null.deviance < null.criterion


def test_the_icc_has_no_n_and_the_reliability_has():
    """Is the reliability n·ICC/(1 + (n − 1)·ICC), so with one row the ICC itself?"""
    tau, sigma = 3.0, 6.0
    icc = lesson.share(tau, sigma)
    for n in (1, 5, 45):
        assert reliability(sigma / np.sqrt(n), tau) == pytest.approx(n * icc / (1 + (n - 1) * icc))
    assert reliability(sigma, tau) == pytest.approx(icc)


def test_false_alarms_of_a_small_icc():
    """With ICC 0.02 and 100 pupils a school, is a test of pupils wrong as often as the design effect says, one of schools not?"""
    rng = np.random.default_rng(12)
    y = np.sqrt(0.02) * rng.standard_normal((4_000, 20, 1)) + np.sqrt(0.98) * rng.standard_normal(
        (4_000, 20, 100)
    )
    pupils = stats.ttest_ind(y[:, :10].reshape(4_000, -1), y[:, 10:].reshape(4_000, -1), axis=1).pvalue
    schools = stats.ttest_ind(y[:, :10].mean(axis=2), y[:, 10:].mean(axis=2), axis=1).pvalue
    assert np.mean(pupils < 0.05) == pytest.approx(2 * stats.norm.sf(1.96 / np.sqrt(2.98)), abs=0.02)
    assert np.mean(schools < 0.05) == pytest.approx(0.05, abs=0.012)


@pytest.mark.parametrize("n", [3, 5, 14])
def test_raw_means_find_groups_where_there_are_none(n):
    """Without groups, does the variance of raw means over the sum tend to 1/(n + 1)?"""
    y = drawn(20_000, n, 0.0, 1.0, seed=2)
    between, within = y.mean(axis=1).var(ddof=1), y.var(axis=1, ddof=1).mean()
    assert between / (between + within) == pytest.approx(1 / (n + 1), abs=0.006)


def test_an_inner_predictor_needs_no_multilevel_model(hsb):
    """Do dummies give the slope of cses and its standard error as well, and least squares without schools a larger one?"""
    fit = lmm("math ~ cses + (1 | school)", hsb)
    dummies = smf.ols("math ~ cses + C(school)", hsb).fit()
    plain = smf.ols("math ~ cses", hsb).fit()
    assert dummies.params["cses"] == pytest.approx(fit.fixef["cses"], rel=1e-6)
    assert plain.params["cses"] == pytest.approx(fit.fixef["cses"], rel=1e-6)
    assert dummies.bse["cses"] == pytest.approx(fit.fixef_se["cses"], rel=2e-3)
    assert plain.bse["cses"] > 1.1 * dummies.bse["cses"]


def test_in_balanced_groups_tau2_gets_what_chance_loses():
    """With the same x in each group, does tau² rise by exactly the fall of sigma² over n?"""
    y, x = drawn(12, 6, 2.0, 1.0, seed=3), np.linspace(-2, 2, 6)
    table = pd.DataFrame({"group": np.repeat(range(12), 6), "x": np.tile(x, 12), "y": (y + 1.5 * x).ravel()})
    (tau2, sigma2), (tau2_x, sigma2_x) = (
        variances(lmm(f"y ~ {fixed} + (1 | group)", table)) for fixed in ("1", "x")
    )
    assert tau2_x - tau2 == pytest.approx((sigma2 - sigma2_x) / 6, rel=1e-6)
    assert tau2_x > tau2


def test_a_predictor_of_schools_takes_nothing_off_sigma2(hsb, null):
    """Does mean_ses lower tau² alone, and cses sigma² alone, as lme4 finds?"""
    assert variances(lmm("math ~ mean_ses + (1 | school)", hsb)) == pytest.approx(
        (2.638878, 39.15708), abs=1e-4
    )
    assert variances(lmm("math ~ cses + (1 | school)", hsb)) == pytest.approx((8.672289, 37.01041), abs=1e-4)


def test_why_the_floor_makes_counties_differ_more():
    """Is the larger part of the rise that of an inner predictor, and do counties with more radon have more first floors?"""
    radon = load("radon")
    share = radon.groupby("county")["floor"].transform("mean")
    radon["cfloor"] = radon["floor"] - share
    tau2, inner, both = (
        variances(lmm(f"log_radon ~ {x} + (1 | county)", radon))[0] for x in ("1", "cfloor", "floor")
    )
    assert (tau2, both) == pytest.approx((0.0958139, 0.10773), abs=1e-5)  # lme4
    assert 0.5 < (inner - tau2) / (both - tau2) < 1
    effects = lmm("log_radon ~ floor + (1 | county)", radon).ranef["county"]["Intercept"]
    assert np.corrcoef(share, radon["county"].map(effects))[0, 1] > 0.2


@pytest.mark.parametrize("n", [2, 4])
def test_rivals_are_outside_the_model(n):
    """Is tau zero for rows that add up to a constant, whose common correlation is −1/(n − 1), the lowest there is?"""
    y = drawn(300, n, 0.0, 1.0, seed=4)
    y -= y.mean(axis=1, keepdims=True)
    pairs = np.array([[row[i], row[j]] for row in y for i in range(n) for j in range(n) if i != j])
    assert np.corrcoef(pairs.T)[0, 1] == pytest.approx(-1 / (n - 1), abs=1e-9)
    table = pd.DataFrame({"group": np.repeat(range(300), n), "y": y.ravel()})
    assert lmm("y ~ 1 + (1 | group)", table).icc().value == 0


def test_a_group_effect_that_goes_with_x_moves_the_slope():
    """Is the slope in other worlds about 0.5 with a school far out, and far above where u goes with x?"""
    place, slopes = np.repeat(np.arange(30), 8), {"far out": [], "goes with x": []}
    for seed in range(1_000, 1_060):
        rng = np.random.default_rng(seed)
        (x_school, u), (x_own, e) = rng.standard_normal((2, 30)), rng.standard_normal((2, 240))
        far = u.copy()
        far[0] = 8.0
        x = 0.7 * (x_school[place] + x_own)
        for kind, effect in (("far out", far), ("goes with x", 0.6 * x_school + 0.8 * u)):
            y = 0.5 * x + effect[place] + 2.0 * e
            fit = lmm("y ~ x + (1 | school)", pd.DataFrame({"school": place, "x": x, "y": y}))
            slopes[kind].append(fit.fixef["x"])
    assert np.mean(slopes["far out"]) == pytest.approx(0.5, abs=0.07)
    assert np.mean(slopes["goes with x"]) > 0.65


@pytest.mark.parametrize("student", ["", "ana", "ben"])
def test_the_closed_form_of_the_icc_is_that_of_the_fit(student):
    """Do a fit by REML, one by ML, and statsmodels give what the references take from two mean squares?"""
    data = assignment_data("ps04", student)
    fit = lmm("score ~ 1 + (1 | school)", data)
    assert lesson.share(*np.sqrt(variances(fit))) == pytest.approx(lesson.reml_icc(data), abs=1e-7)
    assert lesson.share(*np.sqrt(variances(fit.refit("ML")))) == pytest.approx(lesson.ml_icc(data), abs=1e-7)
    ratio = smf.mixedlm("score ~ 1", data, groups="school").fit().params["school Var"]
    assert ratio / (ratio + 1) == pytest.approx(lesson.reml_icc(data), abs=1e-3)
    shuffled = data.sample(frac=1, random_state=1)
    assert lesson.reml_icc(shuffled) == pytest.approx(lesson.reml_icc(data), rel=1e-9)


X = np.tile([-3.0, -1.0, 1.0, 3.0], 6)
NOISE = np.tile([0.3, -0.2, -0.4, 0.3], 6)
LEVELS = np.repeat([50.0, 54, 51, 49, 53, 52], 4)


def table(y, x=X) -> pd.DataFrame:
    return pd.DataFrame({"group": np.repeat(list("abcdef"), 4), "x": x, "y": y})


@pytest.mark.parametrize(
    ("made", "credit"),
    [
        (table(LEVELS + X + NOISE), 1.0),
        (table(LEVELS + X + NOISE).sample(frac=1, random_state=3), 1.0),
        (table(LEVELS + X + NOISE).astype({"x": int, "y": object}), 1.0),  # numbers in another dress
        (table(LEVELS + X), 0.75),  # no noise: sigma is 0 with x
        (table(LEVELS), 0.35),  # nothing varies inside the groups
        (table(LEVELS + NOISE, x=0 * X), 0.35),  # x explains nothing
        (table(50 + X + NOISE), 0.35),  # the groups do not differ
        (table(10 * LEVELS + X + NOISE), 0.6),  # they differ so much that chance is nothing
        (table(LEVELS + X + NOISE).astype(str), 0.0),
        (table(LEVELS + X + NOISE).assign(y=10**400), 0.0),
        (table(LEVELS + X + NOISE).assign(group=None), 0.0),
        (table(LEVELS + X + NOISE).query("group != 'a'"), 0.0),  # five groups
    ],
)
def test_data_with_a_negative_pseudo_r2(made, credit):
    """Is each property judged by itself, also where a likelihood has no highest point, and nothing given for another form?"""
    exercise = get("negative_r2")
    assert sum(c.share for c in exercise.criteria if c.holds(made)) == pytest.approx(credit)

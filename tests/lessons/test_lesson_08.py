"""What lesson 08 says about pooling that fails, tried again by other means: numpy, other seeds, statsmodels, closed forms.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from autograder.compare import judge
from autograder.exercise import Answer, Case
from autograder.exercises import get
from autograder.exercises import lesson_08 as lesson
from autograder.student_data import assignment_data
from hlm_teach import load, prob_tau_zero, simulate
from hlm_teach.lmm import lmm
from hlm_teach.pooling import partial_pooling
from hlm_teach.widgets.hospitals_fit import shrunk


@pytest.fixture(scope="module")
def bounce():
    data = load("bounce")
    return data.assign(age=(data["age"] - data["age"].mean()) / data["age"].std())


def test_the_figures_of_the_eight_counties(bounce):
    """Complete pooling, own slopes, the boundary fit and the five RMSE: are they those of the source?"""
    one = smf.ols("bounce ~ age", data=bounce).fit()
    assert one.params.to_numpy() == pytest.approx([199.98, 4.68], abs=5e-3)
    own = [np.polyfit(part["age"], part["bounce"], 1)[0] for _name, part in bounce.groupby("county")]
    assert own == pytest.approx([1.47, 1.22, 1.33, 2.17, -0.78, 0.61, 0.33, 0.55], abs=6e-3)
    fit = lmm("bounce ~ age + (1 + age | county)", bounce)
    v = fit.varcorr["county"]
    assert (*fit.fixef, *fit.fixef_se) == pytest.approx((200.81, 1.303, 4.97, 0.478), abs=5e-3)
    assert (*v.sd**2, fit.sigma**2) == pytest.approx((195.7, 0.065, 63.0), abs=0.05)
    assert v.corr.iloc[0, 1] == pytest.approx(1, abs=1e-9) and fit.is_boundary and fit.certificate.holds
    others = [lmm(f"bounce ~ {x} + (1 | county)", bounce) for x in ("age", "1")]
    dummies = smf.ols("bounce ~ C(county) * age", data=bounce).fit()
    left = [one.resid, dummies.resid, fit.residuals(), *(f.residuals() for f in others)]
    rmse = [np.sqrt(np.mean(np.asarray(e) ** 2)) for e in left]
    assert rmse == pytest.approx([14.09, 7.87, 7.88, 7.88, 7.93], abs=5e-3)


def test_no_other_matrix_fits_the_counties_better(bounce):
    """Does statsmodels, by a search without gradient, come to the same height and never below it?"""
    fit = lmm("bounce ~ age + (1 + age | county)", bounce)
    with pytest.warns():
        theirs = smf.mixedlm("bounce ~ age", bounce, groups="county", re_formula="~age").fit(method="powell")
    assert -2 * theirs.llf == pytest.approx(fit.criterion, abs=0.01)
    assert -2 * theirs.llf > fit.criterion - 1e-6


@pytest.mark.parametrize(
    ("design", "said"),
    [((6, 5, 0), 0.561), ((6, 5, 0.1), 0.331), ((6, 5, 0.3), 0.103), ((10, 5, 0.1), 0.246), ((30, 5, 0.1), 0.084),
     ((5, 20, 0.05), 0.255), ((50, 20, 0.05), 0.001)],
)  # fmt: skip
def test_the_exact_chance_of_zero(design, said):
    """Is the chance of tau = 0 that of the F distribution, written out?"""
    J, n, icc = design
    by_F = stats.f.cdf((1 - icc) / (1 - icc + n * icc), J - 1, J * (n - 1))
    assert prob_tau_zero(*design) == pytest.approx(by_F, abs=1e-12)
    assert by_F == pytest.approx(said, abs=6e-4)


def test_after_a_boundary_fit_the_deviations_have_no_width(bounce):
    """At tau = 0, is every deviation 0 with a standard error of 0; and near a flat ellipse are the slopes' errors tiny?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    assert (fit.ranef["Batch"].to_numpy() == 0).all() and (fit.ranef_se["Batch"].to_numpy() == 0).all()
    slopes = lmm("bounce ~ age + (1 + age | county)", bounce)
    assert slopes.ranef_se["county"]["age"].max() < 0.06
    assert slopes.confint(which="sd_age|county").iloc[0]["upper"] > 1.4


def test_dropping_the_slope_when_singular_raises_false_alarms():
    """With another seed than the lesson's: kept about 5 %, dropped at least twice as many?"""
    rng = np.random.default_rng(77)
    group, alarms = np.repeat(range(10), 10), []
    for _study in range(100):
        x, b = rng.normal(size=100), rng.normal(size=10)
        y = rng.normal(0, 0.1, 10)[group] + b[group] * x + rng.normal(0, 2.75, 100)
        rows = pd.DataFrame({"g": group, "x": x, "y": y})
        full = lmm("y ~ x + (1 + x | g)", rows)
        less = lmm("y ~ x + (1 | g)", rows) if full.is_boundary else full
        t = [abs(f.fixef["x"] / f.fixef_se["x"]) for f in (full, less)]
        alarms.append([t[0] > stats.t.ppf(0.975, 9), t[1] > stats.t.ppf(0.975, 9 if less is full else 98)])
    kept, dropped = np.mean(alarms, axis=0)
    assert kept < 0.1 and dropped > 2 * kept and dropped > 0.08


def test_one_in_twenty_tutorials_would_find_an_effect_of_age(bounce):
    """Without an effect of age inside counties, is p < .05 in about 5 % of 400 draws, by dummies in statsmodels too?"""
    lsdv = smf.ols("bounce ~ C(county) + age", data=bounce).fit()
    assert (lsdv.params["age"], lsdv.pvalues["age"]) == pytest.approx((1.26, 0.008), abs=5e-3)
    X, rng = lsdv.model.exog, np.random.default_rng(3)
    p = [sm.OLS(rng.normal(0, 8, len(X)), X).fit().pvalues[-1] for _draw in range(400)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.03)


@pytest.mark.parametrize("J", [2, 5, 30])
def test_the_interval_of_J_means_covers(J):
    """Does the χ² interval hold the true tau in 95 % of samples of J normal means, and the one that counts rows far fewer?"""
    means = np.random.default_rng(J).normal(50, 3, (4000, J))
    held = np.mean([low <= 3 <= high for low, high in (lesson.interval(m, 1000) for m in means)])
    assert held == pytest.approx(0.95, abs=0.012)
    by_rows = np.mean([low <= 3 <= high for low, high in (lesson._of_rows(m, 1000) for m in means)])
    assert by_rows < 0.2


@pytest.mark.parametrize("J", [3, 4, 5])
def test_few_groups_serve_their_levels_about_as_well_as_dummies(J):
    """Is the typical error of a level a tenth smaller than with dummies at ICC 0.1, and at ICC 0.8 larger by 4 % at most?"""
    rng, worse = np.random.default_rng(J), []
    for icc in (0.1, 0.8):
        truth = rng.normal(0, np.sqrt(icc), (20_000, J))
        own = truth + rng.normal(0, np.sqrt((1 - icc) / 5), truth.shape)
        noise2 = (1 - icc) * rng.chisquare(4 * J, (len(truth), 1)) / (4 * J) / 5
        tau2 = np.maximum(own.var(axis=1, ddof=1, keepdims=True) - noise2, 0)
        mean = own.mean(axis=1, keepdims=True)
        partial = mean + tau2 / (tau2 + noise2) * (own - mean)
        worse.append(np.sqrt(np.mean((partial - truth) ** 2) / np.mean((own - truth) ** 2)))
    assert worse[0] < 0.9 and 0.97 < worse[1] < 1.04


def test_heavy_tails_spare_the_mean_and_not_tau():
    """With levels from t on 3 degrees of freedom, does the interval of the mean cover, and that of tau far too seldom?"""
    level = np.random.default_rng(9).standard_t(3, (3000, 30)) / np.sqrt(3)
    half = stats.t.ppf(0.975, 29) * level.std(axis=1, ddof=1) / np.sqrt(30)
    assert np.mean(np.abs(level.mean(axis=1)) <= half) > 0.93
    assert np.mean([low <= 1 <= high for low, high in (lesson.interval(m, 1) for m in level)]) < 0.75


@pytest.mark.parametrize("seed", [5, 6])
def test_one_mean_hides_small_hospitals_and_the_line_finds_them(seed):
    """In other draws: is the smallest quarter 4 or more too low by one mean, within 1.5 by the line, and raw rates far off?"""
    drawn = simulate.hospitals(np.random.default_rng(seed))
    volume, truth = drawn.data["volume"], 100 * drawn.truth["rate"].to_numpy()
    p = drawn.data["deaths"].sum() / volume.sum()
    y, se = 100 * drawn.data["deaths"] / volume, 100 * np.sqrt(p * (1 - p) / volume)
    small = volume.rank(method="first").to_numpy() <= len(volume) / 4
    found = [shrunk(y, se, np.log(volume), line=line).estimate - truth for line in (False, True)]
    assert found[0][small].mean() < -4 and abs(found[1][small].mean()) < 1.5
    raw = y.to_numpy() - truth
    assert (
        np.sqrt(np.mean(raw**2))
        > 2.5 * np.sqrt(np.mean(found[0] ** 2))
        > 1.4 * 2.5 * np.sqrt(np.mean(found[1] ** 2))
    )
    k = len(truth) // 10
    worst = [set(np.argsort(-v)[:k]) for v in (truth, found[0] + truth, y.to_numpy(), found[1] + truth)]
    named = [len(worst[0] & other) / k for other in worst[1:]]
    assert named[0] < 0.1 < named[1] < named[2]


def test_the_three_ways_agree_on_one_mean():
    """Is the widget's shrinkage to one mean that of partial_pooling with tau by REML?"""
    drawn = simulate.hospitals(np.random.default_rng(8), J=60).data
    y, se = 100 * drawn["deaths"] / drawn["volume"], 36 / np.sqrt(drawn["volume"])
    one = shrunk(y, se, np.log(drawn["volume"]), line=False)
    assert partial_pooling(y, se, np.sqrt(one.tau2)).estimate == pytest.approx(one.estimate, abs=1e-9)


def test_the_likelihood_uses_those_who_left():
    """In another draw: missing by the first score, is lmm right and the pairs wrong; missing by the second, are both wrong?"""
    rng = np.random.default_rng(12)
    person = rng.normal(0, 8, 3000)
    first, second = (50 + gain + person + rng.normal(0, 6, 3000) for gain in (0, 5))
    for away, sound in ((first < 48, True), (second < 53, False)):
        seen = pd.DataFrame({"id": np.tile(range(3000), 2), "late": np.repeat([0, 1], 3000),
                             "y": np.concatenate([first, np.where(away, np.nan, second)])}).dropna()  # fmt: skip
        gain = lmm("y ~ late + (1 | id)", seen).fixef["late"]
        assert (abs(gain - 5) < 0.6) == sound
        assert abs((second - first)[~away].mean() - 5) > 1.5


# ---- the exercises ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", ["", "ana", "ben"])
def test_the_smallest_hospital_by_other_software(student):
    """Does weighted least squares of statsmodels give the same line, and the same estimate?"""
    data = assignment_data("ps08", student)
    x, weight = np.log(data["volume"]), 1 / (1.5**2 + data["se"] ** 2)
    line = sm.WLS(data["rate"], sm.add_constant(x), weights=weight).fit().fittedvalues
    keep = 1.5**2 * weight
    estimate = (keep * data["rate"] + (1 - keep) * line)[data["volume"].idxmin()]
    assert lesson.small_hospital(data) == pytest.approx(estimate, abs=1e-9)
    assert lesson.small_hospital(data.sample(frac=1, random_state=1)) == pytest.approx(estimate, abs=1e-9)
    rounded = judge(get("my_small_hospital"), [Case({"data": data})], [Answer(round(float(estimate), 2))])
    assert rounded.outcome == "correct"


def table(se, truth, y):
    return pd.DataFrame({"se": se, "truth": truth, "y": y})


BIG, SMALL = [1.0] * 8, [8.0] * 4
FAR = [12.0, 14.0] * 4 + [12.0, 28.0] * 2


@pytest.mark.parametrize(
    ("made", "credit"),
    [
        (table(BIG + SMALL, [13.0] * 8 + [20.0] * 4, FAR), 1.0),
        (table(BIG + SMALL, [13.0] * 8 + [20.0] * 4, FAR).sample(frac=1, random_state=2), 1.0),
        (table(BIG + SMALL, [13] * 8 + [20] * 4, FAR).assign(name="h"), 1.0),
        (table(BIG + SMALL, [13.0] * 12, [12.0, 14.0] * 4 + [5.0, 21.0] * 2), 0.5),  # size says nothing
        (table(BIG + SMALL, [13.0] * 8 + [20.0] * 4, [12.0, 14.0] * 4 + [19.0, 21.0] * 2), 0.7),  # y is better
        (table(BIG + SMALL, [13.0] * 8 + [6.0] * 4, [12.0, 14.0] * 4 + [-2.0, 14.0] * 2), 0.5),  # the small are better
        (table([1.0] * 7 + SMALL, [13.0] * 7 + [20.0] * 4, FAR[1:]), 0.0),  # eleven
        (table([0.0] * 8 + SMALL, [13.0] * 8 + [20.0] * 4, FAR), 0.0),
        (table(BIG + SMALL, [13.0] * 8 + [np.nan] * 4, FAR), 0.0),
        (table(BIG + SMALL, [13.0] * 8 + ["20"] * 4, FAR), 0.0),
    ],
)  # fmt: skip
def test_a_misleading_average_is_judged_by_its_properties(made, credit):
    """Is each property judged by itself, and nothing given for a table of another form?"""
    exercise = get("misleading_average")
    assert sum(c.share for c in exercise.criteria if c.holds(made)) == pytest.approx(credit)


def test_the_criteria_pool_as_the_library_does():
    """Are the pooled estimates of the criteria those of ht.partial_pooling?"""
    made = table(BIG + SMALL, [13.0] * 8 + [20.0] * 4, FAR)
    assert lesson.pooled(made) == pytest.approx(
        partial_pooling(made["y"], made["se"], tau=lesson.TAU).estimate
    )


@pytest.mark.parametrize("misconception", ["M20", "M21", "M24", "M31", "M32", "M33"])
def test_every_owed_misconception_is_named(misconception):
    """Does an exercise of the lesson have a sentence for whoever holds it?"""
    from course.coverage import misconception_places

    assert misconception in misconception_places(lesson.EXERCISES)

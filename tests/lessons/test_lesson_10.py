"""What lesson 10 says about structures, tried again by other means: lme4's figures, numpy, other seeds, statsmodels.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from autograder.exercises import get
from autograder.exercises import lesson_10 as lesson
from autograder.student_data import assignment_data
from hlm_teach import load, simulate
from hlm_teach.lmm import lmm


def sds(fit) -> list[float]:
    """Return the SD of the first coefficient of every factor, then sigma."""
    return [*(float(v.sd.iloc[0]) for v in fit.varcorr.values()), fit.sigma]


def test_the_boys():
    """Are line, varying levels and varying lines those of lme4, and is the slope's standard error the one by hand?"""
    boys = load("oxboys")
    line = smf.ols("height ~ age", data=boys).fit()
    assert (*line.params, line.rsquared) == pytest.approx((149.37, 6.52, 0.215), abs=6e-3)
    level = lmm("height ~ age + (1 | Subject)", boys)
    assert (*level.fixef, *level.fixef_se) == pytest.approx((149.37, 6.524, 1.59, 0.133), abs=6e-3)
    assert sds(level) == pytest.approx([8.10, 1.31], abs=6e-3)
    lines = lmm("height ~ age + (1 + age | Subject)", boys)
    tau1, Sxx = lines.varcorr["Subject"].sd["age"], boys["age"].var(ddof=0) * 9
    by_hand = np.sqrt((tau1**2 + lines.sigma**2 / Sxx) / 26)
    assert lines.fixef_se["age"] == pytest.approx(by_hand, rel=2e-3)
    assert lines.fixef_se["age"] > 2.4 * level.fixef_se["age"]


def test_the_children_in_schools():
    """Are the growth figures those of lme4, and are standard errors halved where the schools are forgotten?"""
    children = load("egsingle")
    tree, no_school = (
        lmm(f"math ~ year * lowinc + (1 + year | {g})", children) for g in ("school/child", "child")
    )
    plain = lmm("math ~ year + (1 + year | school/child)", children)
    assert (*plain.fixef, *plain.fixef_se) == pytest.approx((-0.779, 0.763, 0.058, 0.015), abs=6e-4)
    ratio = no_school.fixef_se / tree.fixef_se
    assert (ratio < 0.6).all()
    variance = [f.varcorr[k].sd["Intercept"] ** 2 for f, k in ((tree, "school:child"), (no_school, "child"))]
    moved = variance[1] - variance[0]
    assert moved == pytest.approx(tree.varcorr["school"].sd["Intercept"] ** 2, rel=0.25)


def test_a_label_that_means_three_casks():
    """Is the nested fit that of lme4 (247.99), and does the bare label turn casks into error of measurement?"""
    pastes = load("pastes")
    right, wrong, glued = (
        lmm(f"strength ~ 1 + (1 | batch) + (1 | {cask})", pastes, "ML")
        for cask in ("batch:cask", "cask", "sample")
    )
    assert right.criterion == pytest.approx(247.99, abs=6e-3)
    assert glued.criterion == pytest.approx(right.criterion, abs=1e-8)
    assert wrong.n_groups["cask"] == 3 and wrong.sigma > 3 * right.sigma
    assert wrong.criterion > right.criterion + 50


def test_mean_squares_are_the_crossed_fit():
    """In a balanced table, are the SDs those of three mean squares, and is the mean's variance their sum by counts?"""
    plates = load("penicillin")
    fit = lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", plates)
    assert fit.criterion == pytest.approx(330.86, abs=6e-3)
    table = plates.rename(columns={"plate": "tea", "sample": "taster", "diameter": "score"})
    by_hand = lesson.components(table)
    assert np.sqrt(by_hand) == pytest.approx(sds(fit), abs=1e-6)
    variance = by_hand[0] / 24 + by_hand[1] / 6 + by_hand[2] / 144
    assert fit.fixef_se["Intercept"] == pytest.approx(np.sqrt(variance), abs=1e-6)


def test_the_voices_and_three_ways_of_statsmodels():
    """Are the crossed figures those in print; do statsmodels' one group, its nested and its bare components differ so?"""
    voices = load("politeness").dropna()
    fit = lmm("frequency ~ attitude + gender + (1 | subject) + (1 | scenario)", voices)
    assert fit.fixef.tolist() == pytest.approx([256.85, -19.72, -108.52], abs=0.011)
    assert fit.fixef_se.tolist() == pytest.approx([16.12, 5.58, 21.01], abs=0.011)
    small = lmm("frequency ~ gender + (1 | subject) + (1 | scenario)", voices)
    assert small.anova(fit).statistic == pytest.approx(11.62, abs=0.011)
    nested = lmm("frequency ~ attitude + gender + (1 | subject/scenario)", voices)
    parts = {"scenario": "0 + C(scenario)", "subject": "0 + C(subject)"}
    only = {"scenario": parts["scenario"]}
    formula = "frequency ~ attitude + gender"
    whole = smf.mixedlm(formula, voices, groups=np.ones(len(voices)), vc_formula=parts).fit()
    starts_anew = smf.mixedlm(formula, voices, groups="subject", re_formula="1", vc_formula=only).fit()
    bare = smf.mixedlm(formula, voices, groups="subject", vc_formula=only).fit()
    assert -2 * whole.llf == pytest.approx(fit.criterion, abs=1e-4)
    assert -2 * starts_anew.llf == pytest.approx(nested.criterion, abs=1e-4)
    assert bare.cov_re.size == 0 and bare.bse_fe.iloc[2] < fit.fixef_se.iloc[2] / 2


def test_two_schools_for_a_pupil():
    """Are the variances of the crossed fit those of lme4, larger for primary schools, and mostly gone given verbal?"""
    scots = load("scotssec")
    null, given = (lmm(f"attain ~ {x} + (1 | primary) + (1 | second)", scots, "ML") for x in ("1", "verbal"))
    assert np.square(sds(null)) == pytest.approx([1.124, 0.348, 8.111], abs=6e-4)
    assert (np.square(sds(given))[:2] < 0.3 * np.square(sds(null))[:2]).all()


def test_an_interval_without_tau_is_too_short_for_a_new_group():
    """Over boys left out one by one, do about 95 % lie inside with tau in the interval, and few with sigma alone?"""
    boys, inside = load("oxboys"), []
    for boy in boys["Subject"].unique()[::2]:
        out = boys["Subject"] == boy
        fit = lmm("height ~ age + I(age**2) + (1 + age | Subject)", boys[~out])
        told = fit.predict(boys[out], new_groups="zero", interval="prediction")
        heights = boys.loc[out, "height"]
        inside.append(
            [
                heights.between(told["lower"], told["upper"]).mean(),
                ((heights - told["estimate"]).abs() < 1.96 * fit.sigma).mean(),
            ]
        )
    with_tau, alone = np.mean(inside, axis=0)
    assert with_tau > 0.85 and alone < 0.3


def test_the_error_of_a_new_row_is_that_of_the_engine():
    """Is the formula of the exercise the prediction error of lmm in a balanced set?"""
    dye = load("dyestuff")
    fit = lmm("Yield ~ 1 + (1 | Batch)", dye)
    told = fit.predict(pd.DataFrame({"Batch": ["G"]}), new_groups="zero", interval="prediction")
    by_hand = lesson.new_group_sd(fit.varcorr["Batch"].sd.iloc[0], fit.sigma, 6, 5)
    assert told["se"].iloc[0] == pytest.approx(by_hand, rel=1e-6)


def test_more_schools_beat_more_pupils():
    """With other numbers, does doubling the groups raise power more than eight times the rows in each?"""
    plan = {"effect": 0.4, "tau": 0.4, "sigma": 1.0, "B": 600, "seed": 5}
    base, rows, groups = (simulate.power(J=J, n=n, **plan).power for J, n in ((24, 15), (24, 120), (48, 15)))
    assert base < rows < groups


@pytest.mark.parametrize("student", ["", "ana", "ben"])
def test_the_agreement_is_the_same_in_all_software(student):
    """Do lmm and statsmodels, whatever the order of the rows, give the number of the reference?"""
    data = assignment_data("ps10", student)
    tea, taster, sigma = sds(lmm("score ~ 1 + (1 | tea) + (1 | taster)", data))
    assert tea**2 / (tea**2 + taster**2 + sigma**2) == pytest.approx(lesson.agreement(data), abs=1e-5)
    shuffled = data.sample(frac=1, random_state=1)
    assert lesson.agreement(shuffled) == pytest.approx(lesson.agreement(data), abs=1e-12)
    parts = {name: f"0 + C({name})" for name in ("tea", "taster")}
    theirs = smf.mixedlm("score ~ 1", data, groups=np.ones(len(data)), vc_formula=parts).fit()
    found = dict(zip(theirs.model.exog_vc.names, theirs.vcomp, strict=True))
    assert found["tea"] / (sum(found.values()) + theirs.scale) == pytest.approx(
        lesson.agreement(data), abs=1e-3
    )


@pytest.mark.parametrize("student", ["", "ana"])
def test_the_agreement_by_ml_is_that_of_the_engine(student):
    """Is the wrong number of those who fit by ML the one that lmm gives by ML, and not that of REML?"""
    data = assignment_data("ps10", student)
    variances = np.square(sds(lmm("score ~ 1 + (1 | tea) + (1 | taster)", data, "ML")))
    by_ml = lesson.WRONG_AGREEMENTS["ml_for_reml"](data)
    assert by_ml == pytest.approx(variances[0] / variances.sum(), abs=1e-5)
    assert by_ml > lesson.agreement(data) + 0.01


def test_power_in_schools_of_one_size_follows_the_noncentral_t():
    """Do simulated studies agree with the formula, and does no number of pupils lift twenty schools above its limit?"""
    plan = {"effect": 0.5, "tau": 0.5, "sigma": 1.0, "B": 4000, "seed": 7}

    def formula(J, n):
        shift = 0.5 / np.sqrt(4 * (0.25 + 1 / n) / J)
        line = stats.t.isf(0.025, J - 2)
        return stats.nct.sf(line, J - 2, shift) + stats.nct.cdf(-line, J - 2, shift)

    for J, n in ((10, 40), (20, 160)):
        study = simulate.power(J=J, n=n, **plan)
        assert study.power == pytest.approx(formula(J, n), abs=4 * study.se)
    assert formula(20, 1e9) < 0.57 < formula(40, 20)


def labelled(kind):
    """Return an answer to the exercise about labels."""
    pastes = load("pastes")
    return {
        "glued": pastes["batch"] + pastes["cask"],
        "list": list(pastes["sample"]),
        "numbers": pd.factorize(pastes["sample"])[0],
        "bare": pastes["cask"],
        "rows": list(range(60)),
        "batch": pastes["batch"],
        "one": ["a"] * 60,
        "short": list(pastes["sample"])[:-1],
        "shuffled": pastes["sample"].sample(frac=1, random_state=1).tolist(),
    }[kind]


@pytest.mark.parametrize(
    ("kind", "credit"),
    [("glued", 1.0), ("list", 1.0), ("numbers", 1.0), ("bare", 0.6), ("rows", 0.6), ("batch", 0.6), ("one", 0.2),
     ("short", 0.0), ("shuffled", 0.2)],
)  # fmt: skip
def test_labels_are_judged_by_their_properties(kind, credit):
    """Is each property judged by itself, and nothing given for too few labels?"""
    made = labelled(kind)
    exercise = get("unmistakable")
    assert sum(c.share for c in exercise.criteria if c.holds(made)) == pytest.approx(credit)


@pytest.mark.parametrize(
    ("stays", "weights"),
    [
        (("A",), [1.0, 0.0, 0.0]),
        (("A", "B"), [0.5, 0.5, 0.0]),
        (("C", "A", "C", "B"), [0.25, 0.25, 0.5]),
    ],
)
def test_weights_of_stays(stays, weights):
    """Are the weights of stays of ten months each the share of stays, with those of one school added up?"""
    found = lesson.shares_of_months(list(stays), [10] * len(stays), ["A", "B", "C"])
    assert found == pytest.approx(weights)

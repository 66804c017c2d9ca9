"""The clinic's reports: are their numbers right by a second way, and is each flaw one that matters?"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from autograder.exercises.lesson_13 import NAMES, REPORTS
from course.prose import fill
from course.source import read
from hlm_teach import glmm, lmm, load, poststratify

SOURCE = Path(__file__).parents[2] / "lessons" / "13_capstone_and_clinic.py"


@cache
def pages() -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return of each report its sentences by number and its repairs by letter, as a reader sees them."""
    text = "\n".join(fill(c.source) for c in read(SOURCE).cells if c.kind == "markdown")
    found = []
    for part in re.split(r"^#### Report ", text, flags=re.MULTILINE)[1:]:
        body, repairs = part.split("**Repairs.**")
        repairs = " ".join(re.split(r"\n\n|\n#", repairs)[0].split())
        sentences = re.findall(r"^(\d)\. (.*?)(?=^\d\. |\Z)", body, re.MULTILINE | re.DOTALL)
        found.append((dict(sentences), dict(re.findall(r"\(([a-d])\) (.*?)(?= \([b-d]\) |\Z)", repairs))))
    return found


def test_the_keys_fit_the_pages():
    """Are there twelve reports with as many numbered sentences and four repairs as their keys say, and 12 different flaws?"""
    assert len(pages()) == len(REPORTS) == 12
    for report, (sentences, repairs) in zip(REPORTS, pages(), strict=True):
        assert list(sentences) == [str(k) for k in range(1, report.sentences + 1)]
        assert list(repairs) == ["a", "b", "c", "d"]
        assert set(repairs) - set(report.repairs) == {report.repair}
    assert len({r.name for r in REPORTS}) == 12 and {r.name for r in REPORTS} < set(NAMES)


@pytest.mark.parametrize("of", [0, 1], ids=["sentences", "repairs"])
def test_length_is_no_clue(of):
    """Is the longest sentence, or repair, the right one in no more than a third of the reports, and the shortest neither?"""
    keys = [(r.flaw, r.repair)[of] for r in REPORTS]
    for end in (max, min):
        hits = sum(
            end(p[of], key=lambda k, p=p: len(p[of][k])) == key for p, key in zip(pages(), keys, strict=True)
        )
        assert hits <= 4


def test_no_place_is_a_clue():
    """Does no number of a sentence, counted from the start or from the end, and no letter come more than four times?"""
    for places in (
        [r.flaw for r in REPORTS],
        [r.sentences - int(r.flaw) for r in REPORTS],
        [r.repair for r in REPORTS],
    ):
        assert max(places.count(p) for p in places) <= 4


def test_the_gaussian_fits_are_those_of_statsmodels():
    """Do radon, politeness, income and the Scottish schools come out the same from statsmodels?"""
    radon = load("radon")
    pairs = [
        (
            lmm("log_radon ~ floor + (1 | county)", radon),
            smf.mixedlm("log_radon ~ floor", radon, groups="county"),
        )
    ]
    scots = load("scotssec")
    pairs.append((lmm("attain ~ 1 + (1 | second)", scots), smf.mixedlm("attain ~ 1", scots, groups="second")))
    pupils = load("schools10")
    pairs.append(
        (
            lmm("math ~ homework + (1 + homework | school)", pupils),
            smf.mixedlm("math ~ homework", pupils, groups="school", re_formula="~homework"),
        )
    )
    for ours, model in pairs:
        theirs = model.fit()
        assert (theirs.fe_params - ours.fixef).abs().max() < 2e-3
        assert (theirs.bse_fe - ours.fixef_se).abs().max() < 2e-3
        (vc,) = ours.varcorr.values()
        assert np.sqrt(np.diag(theirs.cov_re)) == pytest.approx(vc.sd.to_numpy(), abs=5e-3)


def test_report_three_few_speakers():
    """Is the interval of the speakers' SD several times as wide as the report believes?"""
    speech = load("politeness").dropna()
    fit = lmm("frequency ~ attitude + gender + (1 | subject) + (1 | scenario)", speech)
    low, high = fit.confint(which=["sd_Intercept|subject"]).loc["sd_Intercept|subject", ["lower", "upper"]]
    sd = fit.varcorr["subject"].sd["Intercept"]
    assert (high - low) / (2 * 1.96 * sd / np.sqrt(2 * fit.n_obs)) > 3


def test_report_four_voters_are_not_states():
    """Among voters of one state, does support for Trump not fall with income, while among states it does?"""
    voters = load("cces2016").dropna()
    inside = voters[["vote", "income"]] - voters.groupby("state")[["vote", "income"]].transform("mean")
    assert 0 < (inside["vote"] * inside["income"]).sum() / (inside["income"] ** 2).sum() < 0.01


def test_report_five_ml_and_reml_disagree():
    """Does REML's criterion rise where ML's deviance falls far beyond chance, and does the coefficient say so too?"""
    growing = load("egsingle")
    growing["poor"] = growing["size"] * growing["lowinc"] / 100
    varying = "(1 + year | child) + (1 + year | school)"
    a, b = lmm(f"math ~ year + {varying}", growing), lmm(f"math ~ year + poor + {varying}", growing)
    assert b.criterion > a.criterion
    assert stats.chi2.sf(a.refit("ML").deviance - b.refit("ML").deviance, 1) < 0.001
    assert b.fixef["poor"] / b.fixef_se["poor"] < -3.5


def test_report_six_no_ratio_can_be_large():
    """Is the ratio near its largest possible value, the root of 5/2, while the F test is beyond doubt?"""
    plates = load("penicillin")
    table = plates.pivot(index="plate", columns="sample", values="diameter").to_numpy()
    rest = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
    ms, mse = 24 * table.mean(axis=0).var(ddof=1), (rest**2).sum() / (23 * 5)
    fit = lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", plates)
    tau2 = (ms - mse) / 24
    assert fit.varcorr["sample"].sd["Intercept"] == pytest.approx(np.sqrt(tau2), abs=1e-5)
    ratio = tau2 / (np.sqrt(2 * (ms**2 / 5 + mse**2 / 115)) / 24)
    assert 1.5 < ratio < np.sqrt(5 / 2)
    assert stats.f.sf(ms / mse, 5, 115) < 1e-50


def test_report_seven_the_design_effect():
    """Is the standard error by schools three times that of least squares, and the design effect nearly ten?"""
    scots = load("scotssec")
    fit = lmm("attain ~ 1 + (1 | second)", scots)
    assert fit.fixef_se["Intercept"] / smf.ols("attain ~ 1", scots).fit().bse["Intercept"] == pytest.approx(
        3, abs=0.2
    )
    assert 1 + (scots["second"].value_counts().mean() - 1) * float(fit.icc()) == pytest.approx(9.5, abs=0.3)


def test_report_eight_the_worst_rates_are_of_small_hospitals():
    """Have all of the five highest rates an exposure below the median, and so have the five lowest or more?"""
    hearts = load("heart_transplants")
    order = (hearts["deaths"] / hearts["exposure"]).sort_values().index
    small = hearts["exposure"] < hearts["exposure"].median()
    assert small[order[-5:]].all() and small[order[:15]].mean() > 0.7


def test_report_nine_the_missing_step():
    """Does weighting by the population bring the estimate to the truth, twelve points from the report's?"""
    poll, cells = load("mrp_sim_poll"), load("mrp_sim_cells")
    fit = glmm("cat_pref ~ male + eth + income + (1 | state) + (1 | age)", poll)
    truth = (cells["N"] * cells["share"]).sum() / cells["N"].sum()
    assert poststratify(fit, cells, draws=20).estimate.iloc[0] == pytest.approx(truth, abs=0.02)
    assert fit.fitted.mean() - truth > 0.1


def test_report_ten_the_fits_differ():
    """Is the model without a correlation as good as the other from day zero, and clearly worse from the middle?"""
    tired = load("sleepstudy").assign(mid=lambda d: d["Days"] - 4.5)
    start, middle = (lmm(f"Reaction ~ {x} + (1 + {x} || Subject)", tired).criterion for x in ("Days", "mid"))
    full = lmm("Reaction ~ mid + (1 + mid | Subject)", tired).criterion
    assert start - full < 0.1 and stats.chi2.sf(middle - full, 1) < 0.01


def test_report_eleven_thirty_casks():
    """With thirty casks, is most of the variation between them, and not in the tests?"""
    fit = lmm("strength ~ 1 + (1 | batch) + (1 | batch:cask)", load("pastes"))
    assert fit.n_groups["batch:cask"] == 30
    assert fit.varcorr["batch:cask"].sd["Intercept"] > 2 * fit.sigma


def test_report_twelve_slopes_outside_the_interval():
    """Do seven of the ten estimated slopes lie outside the interval of their mean?"""
    fit = lmm("math ~ homework + (1 + homework | school)", load("schools10"))
    low, high = fit.confint(method="satterthwaite").loc["homework", ["lower", "upper"]]
    slopes = fit.coef["school"]["homework"]
    assert ((slopes < low) | (slopes > high)).sum() == 7


def test_the_worked_example_by_hand():
    """Is the model's t that of a t test on the children's slopes, and do two models give Welch's standard error?"""
    children = load("orthodont")
    children["age11"] = children["age"] - 11
    slopes = children.groupby(["Subject", "Sex"], observed=True)[["distance", "age11"]].apply(
        lambda d: (d["distance"] * d["age11"]).sum() / (d["age11"] ** 2).sum()
    )
    girls, boys = slopes.xs("Female", level="Sex"), slopes.xs("Male", level="Sex")
    fit = lmm("distance ~ age11 * Sex + (1 + age11 | Subject)", children)
    t = fit.fixef["age11:Sex[T.Female]"] / fit.fixef_se["age11:Sex[T.Female]"]
    assert stats.ttest_ind(girls, boys).statistic == pytest.approx(t, abs=1e-5)
    ses = [
        lmm("distance ~ age11 + (1 + age11 | Subject)", children[children["Sex"] == sex]).fixef_se["age11"]
        for sex in ("Male", "Female")
    ]
    assert np.hypot(*ses) == pytest.approx(np.hypot(boys.sem(), girls.sem()), abs=1e-5)


def test_p_of_the_checks_of_the_reports():
    """Is what report one says of its check so, with another seed?"""
    radon = load("radon")
    large = radon.groupby("county")["floor"].transform("size") >= 10
    fit = lmm("log_radon ~ floor + (1 | county)", radon)
    check = fit.simulated_check(
        lambda d: d[large].groupby("county")["log_radon"].mean().max(), n=200, seed=77
    )
    low, high = np.quantile(check.simulated, [0.025, 0.975])
    assert low < check.observed < high

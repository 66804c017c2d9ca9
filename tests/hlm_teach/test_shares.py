"""Shares of variance: ICC and its interval, the variance function, R², hat values: right numbers, right refusals?"""

from __future__ import annotations

import json
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hlm_teach import lmm, load
from hlm_teach.frame import model_frame
from hlm_teach.shares import _by_curvature, _by_f, _by_profile

REFERENCE = json.loads(files("autograder").joinpath("reference/inference.json").read_text())


@pytest.fixture(scope="module")
def sleep():
    return lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))


@pytest.fixture(scope="module")
def hsb():
    return {x: lmm(f"math ~ {x} + (1 | school)", load("hsb")) for x in ("1", "ses", "cses")}


# ------------------------------------------------------------------------------------------- the ICC


def test_icc_of_hsb(hsb):
    """Is the ICC .1804, said as a share and as a correlation, inside a profile interval whose ends are exact?"""
    share = hsb["1"].icc()
    assert round(share.value, 4) == 0.1804 == round(float(share), 4) and share.how == "profile"
    assert share.lower < share.value < share.upper
    for end in (share.lower, share.upper):
        rise = hsb["1"].at([np.sqrt(end / (1 - end))]).criterion - hsb["1"].criterion
        assert rise == pytest.approx(3.841459, abs=1e-5)
    assert "18.0 % of the variance" in share.sentence and "correlation of two rows" in share.sentence


def test_balanced_interval_is_exact():
    """In balanced one-way data, does the F interval cover the true ICC in 95 % of samples, and is it the one used?"""
    rng, J, n, icc = np.random.default_rng(4), 8, 5, 0.3
    g, hits = np.repeat(np.arange(J), n), []
    for _draw in range(1000):
        y = np.sqrt(icc) * rng.normal(size=J)[g] + np.sqrt(1 - icc) * rng.normal(size=J * n)
        data = pd.DataFrame({"y": y, "g": g})
        low, high = _by_f(SimpleNamespace(frame=model_frame("y ~ 1 + (1 | g)", data)), n, 0.95)
        hits.append(low <= icc <= high)
    assert 0.935 < np.mean(hits) < 0.965
    share = lmm("y ~ 1 + (1 | g)", data).icc()
    assert (share.how, share.lower, share.upper) == ("F", low, high)


def test_icc_can_be_zero_with_an_interval():
    """Where τ̂ = 0, is the ICC 0 with an interval from 0 upwards?"""
    share = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2")).icc()
    assert share.value == share.lower == 0 < share.upper < 0.5
    data = load("dyestuff2").iloc[1:]  # no longer balanced
    share = lmm("Yield ~ 1 + (1 | Batch)", data).icc()
    assert (share.value, share.lower, share.how) == (0.0, 0.0, "profile") and share.upper > 0


def test_partition_at_x(sleep):
    """Is the share at x = 0, 4.5, 9 that of the fixture, and the interval that of the same model with its origin there?"""
    values = [sleep.icc(at={"Days": x}).value for x in (0, 4.5, 9)]
    np.testing.assert_allclose(values, [0.483, 0.683, 0.847], atol=5e-4)
    data = load("sleepstudy").assign(later=lambda d: d["Days"] - 4.5)
    moved = lmm("Reaction ~ later + (1 + later | Subject)", data).icc(at=0)
    here = sleep.icc(at=4.5)
    np.testing.assert_allclose([moved.lower, moved.upper], [here.lower, here.upper], rtol=1e-5)
    assert "At Days = 4.5, 68.3 %" in here.sentence


def test_curvature_interval_is_near_the_profile():
    """In large balanced data, do the interval by curvature and the profile interval agree?"""
    rng, J, n = np.random.default_rng(8), 400, 10
    g = np.repeat(np.arange(J), n)
    fit = lmm("y ~ 1 + (1 | g)", pd.DataFrame({"y": rng.normal(size=J)[g] + rng.normal(size=J * n), "g": g}))
    near = _by_curvature(fit, "g", {"g": np.ones((1, 1))}, float(fit.icc()), 0.95)
    np.testing.assert_allclose(near, _by_profile(fit, 0.95), atol=0.002)
    np.testing.assert_allclose(_by_f(fit, n, 0.95), _by_profile(fit, 0.95), atol=0.002)


def test_several_factors():
    """Are the shares of nested factors τ²/total each, and is the correlation inside the inner one their sum?"""
    fit = lmm("strength ~ 1 + (1 | batch/cask)", load("pastes"))
    sd = {f: v.sd.iloc[0] for f, v in fit.varcorr.items()}
    total = sum(s**2 for s in sd.values()) + fit.sigma**2
    shares = {f: fit.icc(f) for f in sd}
    for factor, share in shares.items():
        assert share.value == pytest.approx(sd[factor] ** 2 / total) and share.how == "curvature"
        assert share.lower < share.value < share.upper
    both = f"{sum(s.value for s in shares.values()):.3f}"
    assert f"also share batch, so their correlation is {both}" in shares["batch:cask"].sentence
    assert "only their group of batch in common" in shares["batch"].sentence


def test_boundary_with_several_factors_says_that_it_has_no_interval():
    """Where another SD is 0, is the interval left out with a sentence?"""
    data = load("dyestuff2").assign(h=np.arange(30) % 3)
    fit = lmm("Yield ~ 1 + (1 | Batch) + (1 | h)", data)
    assert fit.is_boundary
    share = fit.icc("Batch")
    assert np.isnan(share.lower) and share.how == "none" and "fit.bootstrap" in share.sentence


# ----------------------------------------------------------------------------- the variance function


def test_variance_function(sleep):
    """Is Var(y | x) the marginal variance of the model, with its minimum at −τ₀₁/τ₁² = −0.274?"""
    spread = sleep.variance_at([0, 4.5, 9])
    root = sleep.sigma * sleep.estimates.Lambda
    Z = np.array([[1, 0], [1, 4.5], [1, 9]])
    np.testing.assert_allclose(spread.table["total"], np.diag(Z @ root @ root.T @ Z.T) + sleep.sigma**2)
    assert round(spread.minimum, 3) == -0.274
    around = sleep.variance_at(spread.minimum + np.array([-0.1, 0, 0.1])).table["total"]
    assert around[1] < min(around[0], around[2])


def test_variance_function_of_other_terms():
    """Quadratic, categorical and missing slopes: is each point evaluated as the formula says, without a false minimum?"""
    data = load("sleepstudy")
    curved = lmm("Reaction ~ Days + I(Days**2) + (1 + Days + I(Days**2) | Subject)", data)
    z, cov = np.array([1, 2.0, 4.0]), curved.varcorr["Subject"].cov.to_numpy()
    assert curved.variance_at(2).table["between"][0] == pytest.approx(z @ cov @ z)
    assert curved.variance_at(2).minimum is None
    plain = lmm("Reaction ~ Days + (1 | Subject)", data)
    assert plain.variance_at({}).table["total"][0] == pytest.approx(
        plain.varcorr["Subject"].cov.iloc[0, 0] + plain.sigma**2
    )
    sector = lmm("math ~ sector + (0 + sector | school)", load("hsb").iloc[:3000])
    assert sector.variance_at({"sector": ["Public", "Catholic"]}).table[
        "between"
    ].to_numpy() == pytest.approx(np.diag(sector.varcorr["school"].cov))


# ----------------------------------------------------------------------------- R² and hat values


@pytest.mark.parametrize("name", REFERENCE["shares"])
def test_r2_and_hat_values(name):
    """Are R² (from lme4's variances) and the trace of the hat matrix (lme4's) reproduced?"""
    ref = REFERENCE["shares"][name]
    fit = lmm(ref["formula"], load(ref["dataset"]))
    r2 = fit.r2()
    assert r2.marginal == pytest.approx(ref["marginal"], rel=1e-5)
    assert r2.conditional == pytest.approx(ref["conditional"], rel=1e-5)
    assert fit.effective_parameters() == pytest.approx(ref["hat"], rel=1e-6)
    assert r2.marginal <= r2.conditional <= 1 and r2.sentence.startswith("The fixed part accounts for")


@pytest.mark.parametrize("name", REFERENCE["conditional_aic"])
def test_conditional_aic(name):
    """Is the conditional AIC −2 log f(y | b̂) + 2(trace + 1) of lme4's fit, with crossed factors too?"""
    ref = REFERENCE["satterthwaite"][name]
    fit = lmm(ref["formula"], load(ref["dataset"]).dropna(), method="ML")
    assert fit.conditional_aic() == pytest.approx(REFERENCE["conditional_aic"][name], abs=2e-3)


def test_effective_parameters_run_from_pooling_to_none(hsb):
    """p at θ = 0; one per group as θ grows; in between p − 1 and about the sum of the reliabilities?"""
    fit = hsb["1"]
    assert fit.at([0.0]).effective_parameters() == pytest.approx(1, abs=1e-6)
    assert fit.at([1e3]).effective_parameters() == pytest.approx(160, abs=1e-3)
    n_j = np.bincount(fit.frame.factors["school"].codes)
    reliability = fit.theta[0] ** 2 * n_j / (1 + fit.theta[0] ** 2 * n_j)
    precision = n_j / (
        1 + fit.theta[0] ** 2 * n_j
    )  # 1 for the mean, less the part of it that the groups already use
    by_hand = 1 + reliability.sum() - (reliability * precision).sum() / precision.sum()
    assert fit.effective_parameters() == pytest.approx(by_hand, rel=1e-6)


def test_r2_by_level_can_be_negative(hsb):
    """ses lowers both variances; cses, the same inside every school, raises the one between schools: is that said?"""
    good, odd = (hsb[x].r2_by_level(hsb["1"]) for x in ("ses", "cses"))
    assert good.within > 0 and good.between["school"] > 0.4 and "negative" not in good.sentence
    expected = 1 - hsb["cses"].varcorr["school"].cov.iloc[0, 0] / hsb["1"].varcorr["school"].cov.iloc[0, 0]
    assert odd.between["school"] == pytest.approx(expected) and expected < 0
    assert "A negative value is possible" in odd.sentence and odd.table.index.tolist() == [
        "school",
        "residual",
    ]


# ----------------------------------------------------------------------------- refusals


def wrong(case, sleep, hsb):
    data = load("sleepstudy")
    weighted = {"weights": np.linspace(1, 2, len(data))}
    calls = {
        "slopes": lambda: sleep.icc(),
        "at": lambda: hsb["1"].icc(at={"ses": 1}),
        "points": lambda: sleep.icc(at=[1, 2]),
        "name": lambda: sleep.icc(at={"days": 1}),
        "level": lambda: sleep.icc(at=1, level=95),
        "factor": lambda: sleep.icc("subject"),
        "several": lambda: lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", load("penicillin")).icc(),
        "weights": lambda: lmm("Reaction ~ Days + (1 | Subject)", data, **weighted).icc(),
        "r2 weights": lambda: lmm("Reaction ~ Days + (1 | Subject)", data, **weighted).r2(),
        "r2 intercept": lambda: lmm("math ~ 0 + homework + (1 | school)", load("schools10")).r2(),
        "r2 slopes": lambda: sleep.r2_by_level(lmm("Reaction ~ 1 + (1 | Subject)", data)),
        "r2 method": lambda: hsb["ses"].r2_by_level(hsb["1"].refit("ML")),
        "two": lambda: lmm("math ~ 1 + (1 + ses + minority | school)", load("hsb")).variance_at(1),
        "missing": lambda: sleep.variance_at({"Days": np.nan}),
    }
    return calls[case]()


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (
            "slopes",
            r"no single intraclass correlation: .* depends on Days\. Say where, for instance at={'Days': 0}",
        ),
        ("at", "its share is the same everywhere: leave at= out"),
        ("points", r"at must be one point, but it has 2\."),
        ("name", "Those are: Days; it gives: days"),
        ("level", r"For 95% pass 0\.95"),
        ("factor", "factor must be a grouping factor of the fit"),
        ("several", "choose one with factor=. They are: plate, sample"),
        ("weights", "with weights every row has its own"),
        ("r2 weights", "R² needs one residual variance"),
        ("r2 intercept", r"R² needs an intercept.*\(homework\) has none"),
        ("r2 slopes", "needs models in which only intercepts vary"),
        ("r2 method", "the same rows and by the same method"),
        ("two", r"2 predictors vary \(minority, ses\)\. Write a dict, for instance {'minority': 0}"),
        ("missing", "finite values"),
    ],
)
def test_refusals(sleep, hsb, case, sentence):
    """Does each wrong request get a sentence that says what to do?"""
    with pytest.raises(ValueError, match=sentence):
        wrong(case, sleep, hsb)


def test_null_must_be_a_fit(hsb):
    """Is a null model that is no fit refused by its type?"""
    with pytest.raises(TypeError, match="null must be a fit of lmm, but it is a str"):
        hsb["ses"].r2_by_level("null")

"""Profiles and intervals: lme4's numbers, the closed form, exact limits, the boundary, and every refusal?"""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import norm

from hlm_teach import lmm, load
from hlm_teach.parameters import held, parameters, value_of

REFERENCE = json.loads(files("autograder").joinpath("reference/inference.json").read_text())["profile"]
Z = norm.ppf(0.975)


@pytest.fixture(scope="module")
def sleep():
    """The varying-slope fit of the sleep study, by REML."""
    return lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))


@pytest.mark.parametrize("name", REFERENCE)
def test_profile_intervals_are_lme4s(name):
    """Do the limits agree with lme4's confint(method = "profile") to 3e-4 of the interval's width?

    lme4 interpolates its curve, which has a corner where an SD reaches 0; its profile of sigma in dyestuff2 is broken
    (0 to infinity), so that row is compared with the closed form below instead.
    """
    ref = REFERENCE[name]
    found = lmm(ref["formula"], load(ref["dataset"])).confint(method="profile")
    limits = np.array([ref["lower"], ref["upper"]], dtype=float)
    good = np.isfinite(limits).all(axis=0)
    assert good.sum() == len(good) - (name == "dyestuff2")
    assert [row.split("_")[0] for row in found.index[:1]] == ["sd"] and len(found) == len(good)
    width = (limits[1] - limits[0])[good]
    difference = (found.to_numpy().T - limits)[:, good] / width
    assert np.abs(difference).max() < 3e-4


def balanced(data, y, group):
    """Sums of squares of a balanced one-way layout."""
    means = data.groupby(group)[y].mean()
    J, n = len(means), len(data) // len(means)
    between = n * float(((means - means.mean()) ** 2).sum())
    within = float(((data[y] - data.groupby(group)[y].transform("mean")) ** 2).sum())
    return J, n, between, within


@pytest.mark.parametrize("method", ["ML", "REML"])
@pytest.mark.parametrize("name", ["dyestuff", "dyestuff2"])
def test_profile_is_the_closed_form_where_there_is_one(name, method):
    """In balanced data, is every point of the curves of τ and σ the minimum of the textbook formula?

    −2 log L = (J or J − 1)·log(σ² + nτ²) + J(n − 1)·log σ² + SSB/(σ² + nτ²) + SSW/σ² + constant
    """
    J, n, between, within = balanced(load(name), "Yield", "Batch")
    a = J if method == "ML" else J - 1

    def deviance(tau, sigma):
        big = sigma**2 + n * tau**2
        return a * np.log(big) + J * (n - 1) * np.log(sigma**2) + between / big + within / sigma**2

    best = minimize(lambda x: deviance(*np.exp(x)), [0.0, 3.0], tol=1e-14).fun
    best = min(best, minimize_scalar(lambda s: deviance(0.0, s), bounds=(0.1, 200), method="bounded").fun)
    profile = lmm("Yield ~ 1 + (1 | Batch)", load(name)).profile("varying", method=method)
    assert profile.method == method and list(profile.curves) == ["sd_Intercept|Batch", "sigma"]
    for curve, other in zip(profile.curves.values(), (1, 0), strict=True):
        for value, rise in list(zip(curve.value, curve.rise, strict=True))[::3]:
            held_at = (
                (lambda x, v=value: deviance(v, x)) if other == 1 else (lambda x, v=value: deviance(x, v))
            )
            low = minimize_scalar(
                held_at, bounds=(0.0 if other == 0 else 1e-3, 400), method="bounded", options={"xatol": 1e-9}
            )
            assert rise == pytest.approx(
                min(low.fun, held_at(1e-9) if other == 0 else np.inf) - best, abs=2e-5
            )


def test_profile_leaves_a_false_zero():
    """Where τ̂ = 0 but a far-off mean would need τ > 0, does the profile of the mean find that τ?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"), method="ML")

    def rise(mu):
        def at(theta):
            e = fit.model.at([theta], False)[0]
            return e.criterion + fit.n_obs * np.log1p((mu - e.beta[0]) ** 2 / (fit.n_obs * e.vcov[0, 0]))

        return (
            minimize_scalar(at, bounds=(0, 3), method="bounded", options={"xatol": 1e-10}).fun - fit.criterion
        )

    exact = brentq(lambda mu: rise(mu) - Z**2, 4, 5.5), brentq(lambda mu: rise(mu) - Z**2, 5.8, 7.5)
    np.testing.assert_allclose(fit.confint(which="Intercept").iloc[0], exact, rtol=1e-6)
    without = fit.at([0.0])  # the interval that stays at θ = 0
    low = without.fixef.iloc[0] - np.sqrt(
        np.expm1(Z**2 / fit.n_obs) * fit.n_obs * without.vcov_fixef.iloc[0, 0]
    )
    assert exact[0] < low - 1e-3


def test_zeta_is_signed_monotone_and_reaches_its_limits(sleep):
    """Is every ζ rising in the parameter, 0 at the estimate, and ±1.96 at the limits?"""
    profile = sleep.profile()
    ml = sleep.refit("ML")
    assert list(profile.curves) == [each.name for each in parameters(sleep)]
    for each in parameters(ml):
        curve = profile.curves[each.name]
        assert (np.diff(curve.zeta) > 0).all() and curve.estimate == value_of(ml, each)
        assert curve.zeta[curve.value == curve.estimate] == 0
        np.testing.assert_allclose([curve._zeta(v) for v in curve.interval(0.95)], [-Z, Z], atol=2e-5)
    table = profile.table()
    assert set(table["parameter"]) == set(profile.curves) and np.allclose(table["rise"], table["zeta"] ** 2)


def test_held_keeps_the_parameter_at_its_value(sleep):
    """Whatever the other entries are, does the map to (θ, σ) keep an SD, a correlation or σ where it was put?"""
    rng = np.random.default_rng(3)
    for each, value in zip(parameters(sleep)[:4], [20.0, -0.7, 3.0, 30.0], strict=True):
        start, place = held(sleep, each)
        for _draw in range(5):
            theta, sigma = place(value, start * (1 + 0.2 * rng.normal(size=start.shape)))
            root = sigma * sleep.model.layout.matrix(theta)
            sd = np.linalg.norm(root, axis=1)
            found = {
                "sd": sd[each.at[0]] if each.at else 0,
                "cor": root[0] @ root[1] / sd.prod(),
                "sigma": sigma,
            }
            assert found[each.kind] == pytest.approx(value, rel=1e-12)


def test_boundary_fits_have_intervals_and_say_so():
    """Does the lower limit of an SD that may be 0 equal 0, in words too, and a perfect correlation get all of −1 … 1?"""
    bounce = lmm("bounce ~ age + (1 + age | county)", load("bounce")).profile("varying")
    limits = bounce.confint()
    assert limits.loc["cor_age.Intercept|county"].tolist() == [-1.0, 1.0]
    assert limits.loc["sd_age|county", "lower"] == 0.0
    assert "ends at 0 and at" in bounce.sentence("sd_age|county")
    assert "lopsided" in bounce.sentence("sd_Intercept|county")
    empty = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2")).profile()
    assert empty.curves["sd_Intercept|Batch"].zeta[0] == 0.0
    assert "nearly the same distance" in empty.sentence("Intercept")


def test_other_levels(sleep):
    """Are intervals nested in their level, and is 99.95 % refused because the curve ends?"""
    profile = sleep.profile("sigma")
    wide, narrow = profile.confint(0.99), profile.confint(0.5)
    assert wide.iloc[0, 0] < narrow.iloc[0, 0] < sleep.sigma < narrow.iloc[0, 1] < wide.iloc[0, 1]
    with pytest.raises(ValueError, match=r"level must be at most 0\.999"):
        profile.confint(0.9995)


def test_confint_by_other_methods(sleep):
    """Are Wald and Satterthwaite intervals β̂ ± quantile·se, and do variance parameters say why they have none?"""
    wald, t = (sleep.confint(method=m) for m in ("wald", "satterthwaite"))
    half = Z * sleep.fixef_se
    np.testing.assert_allclose(
        wald.loc["Days", ["lower", "upper"]].astype(float),
        sleep.fixef["Days"] + half["Days"] * np.array([-1, 1]),
    )
    ratio = (t.loc["Days", "upper"] - sleep.fixef["Days"]) / half["Days"]
    assert ratio == pytest.approx(2.109815577833181 / Z)  # t on 17 df
    for table in (wald, t):
        assert (
            table.loc["sigma", ["lower", "upper"]].isna().all() and "lopsided" in table.loc["sigma", "note"]
        )
        assert table.loc["Days", "note"] == ""


def test_confint_by_bootstrap_is_the_bootstraps(sleep):
    """Does method="bootstrap" give the percentile intervals of fit.bootstrap, for the parameters asked for?"""
    found = sleep.confint(0.9, method="bootstrap", which="varying", B=100, seed=5)
    expected = sleep.bootstrap(100, seed=5).confint(0.9)
    assert found.equals(expected.loc[found.index]) and len(found) == 4


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda f: f.profile("tau"),
            r"which must name parameters of the fit.*'tau' is none of them.*sd_Intercept\|Subject",
        ),
        (
            lambda f: f.profile("Days", method="REML"),
            "have been averaged out of it, so Days has no REML profile",
        ),
        (lambda f: f.profile(method="LS"), 'method must be "REML" or "ML"'),
        (lambda f: f.confint(95), r"level must be a share between 0 and 1, but level = 95\."),
        (
            lambda f: f.confint(method="exact"),
            'method must be "profile", "wald", "satterthwaite" or "bootstrap"',
        ),
        (lambda f: f.refit("reml"), 'method must be "REML" or "ML"'),
    ],
)
def test_refusals(sleep, call, sentence):
    """Does each wrong request get a sentence that says what to ask instead?"""
    with pytest.raises(ValueError, match=sentence):
        call(sleep)


def test_reml_profile_is_of_the_variance_parameters(sleep):
    """Does the REML profile leave the fixed effects out, start at the REML estimates and lie above ML's for τ?"""
    reml, ml = (sleep.profile("varying", method=m) for m in ("REML", "ML"))
    assert sleep.profile(method="REML").curves.keys() == reml.curves.keys()
    name = "sd_Intercept|Subject"
    assert reml.curves[name].estimate == sleep.varcorr["Subject"].sd["Intercept"]
    assert (reml.confint().loc[name] > ml.confint().loc[name]).all()

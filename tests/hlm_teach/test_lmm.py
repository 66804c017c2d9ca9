"""The fitted model: lme4's numbers, the dense normal, invariance, nesting, and every edge case?"""

from __future__ import annotations

import json
import re
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from hlm_teach import LMMFit, lmm, load, partial_pooling

REFERENCE = json.loads(files("autograder").joinpath("reference/fits.json").read_text())["fits"]
FITS = {
    key: ref
    for key, ref in REFERENCE.items()
    if len(ref["tight"]["n_groups"]) == 1 and not ref.get("weights")
}


# ---------------------------------------------------------------------------------- lme4's numbers


def as_in_r(name):
    """formulaic's column name in R's spelling."""
    name = re.sub(r"\[T?\.?(.*?)\]", r"\1", name).replace("**", "^").replace(" ", "")
    return "(Intercept)" if name == "Intercept" else name


def same_name(name, names):
    """The reference's spelling of a name: interactions may be written in the other order."""
    parts = sorted(as_in_r(name).split(":"))
    return next(other for other in names if sorted(other.replace(" ", "").split(":")) == parts)


@pytest.fixture(scope="module")
def fits():
    """One fit per reference, made once."""
    return {key: lmm(ref["formula"], load(ref["dataset"]), method=ref["method"]) for key, ref in FITS.items()}


@pytest.mark.parametrize("key", FITS)
def test_criterion_and_theta_are_lme4s_or_better(key, fits):
    """Is the criterion within 1e-10 of lme4's polished optimum, or lower, and θ within 1e-5?"""
    fit, ref = fits[key], FITS[key]["tight"]
    assert fit.criterion <= ref["criterion"] + 1e-10 * abs(ref["criterion"])
    assert fit.criterion >= ref["criterion"] - 1e-6  # much lower would be another model
    assert fit.certificate.holds
    np.testing.assert_allclose(fit.aic, ref["aic"], rtol=1e-10)
    np.testing.assert_allclose(fit.bic, ref["bic"], rtol=1e-10)
    assert fit.n_obs == ref["n_obs"] and fit.n_groups == ref["n_groups"]
    if not ref["boundary"]:
        np.testing.assert_allclose(fit.theta, ref["theta"], rtol=1e-5, atol=1e-5)
        assert not fit.is_boundary


@pytest.mark.parametrize("key", FITS)
def test_estimates_are_lme4s(key, fits):
    """Fixed effects to 1e-6 standard errors, SEs, σ, SDs, BLUPs and their conditional SDs accordingly?"""
    fit, ref = fits[key], FITS[key]["tight"]
    names = list(ref["fixef"])
    order = [names.index(same_name(name, names)) for name in fit.fixef.index]
    se = np.array(ref["se"])[order]
    assert np.max(np.abs(fit.fixef.to_numpy() - np.array(list(ref["fixef"].values()))[order]) / se) < 2e-6
    np.testing.assert_allclose(fit.fixef_se, se, rtol=1e-5)
    np.testing.assert_allclose(fit.sigma, ref["sigma"], rtol=1e-6)
    ((factor, blups),) = ref["blups"].items()
    sd = fit.varcorr[factor].sd.to_numpy()
    if fit.is_boundary:
        np.testing.assert_allclose(sd, ref["sd"], rtol=1e-3, atol=1e-3 * max(ref["sd"]))
    else:
        np.testing.assert_allclose(sd, ref["sd"], rtol=1e-5)
    table = fit.ranef[factor]
    table.index = table.index.astype(str)
    values = np.array(blups["values"]).T
    assert [as_in_r(name) for name in table.columns] == [name.replace(" ", "") for name in blups["terms"]]
    slack = 2e-5 * (np.abs(values).max(axis=0) + 1e-9)
    assert np.all(
        np.abs(table.loc[blups["levels"]].to_numpy() - values) <= (50 if fit.is_boundary else 1) * slack
    )
    if "cond_sd" in blups and not fit.is_boundary:
        np.testing.assert_allclose(
            fit.ranef_se[factor].set_axis(table.index).loc[blups["levels"]],
            np.array(blups["cond_sd"]).T,
            rtol=1e-5,
        )


def test_some_reference_is_a_boundary_and_some_default_is_wrong():
    """Do the references contain boundary fits, and cases where lme4's default optimiser was not at the optimum?"""
    assert sum(ref["tight"]["boundary"] for ref in FITS.values()) >= 3
    missed = [key for key, ref in FITS.items() if ref["default"]["criterion"] > ref["tight"]["criterion"] + 1]
    assert "radon_slope_xu/ML" in missed


# --------------------------------------------------------------------------------- the dense normal


def dense(fit, data):
    """Everything again from the n × n covariance matrix, at the fit's θ."""
    X = np.column_stack(fit.frame.x.arrays)
    Z = np.column_stack([column for term in fit.frame.terms for column in term.columns.arrays])
    codes = next(iter(fit.frame.factors.values())).codes
    y, n, p = fit.frame.y, *X.shape
    J, r = codes.max() + 1, Z.shape[1]
    Zb = np.zeros((n, J * r))
    for i in range(n):
        Zb[i, codes[i] * r : (codes[i] + 1) * r] = Z[i]
    S = np.kron(np.eye(J), fit.estimates.Lambda @ fit.estimates.Lambda.T)
    V = np.eye(n) + Zb @ S @ Zb.T
    Vi = np.linalg.inv(V)
    A = X.T @ Vi @ X
    beta = np.linalg.solve(A, X.T @ Vi @ y)
    r0 = y - X @ beta
    reml = fit.method == "REML"
    nu = n - p if reml else n
    sigma2 = r0 @ Vi @ r0 / nu
    criterion = np.linalg.slogdet(V)[1] + nu * (1 + np.log(2 * np.pi * sigma2))
    deviance = np.linalg.slogdet(V)[1] + n * np.log(2 * np.pi * sigma2) + r0 @ Vi @ r0 / sigma2
    if reml:
        criterion += np.linalg.slogdet(A)[1]
    b = S @ Zb.T @ Vi @ r0
    cond = sigma2 * (S - S @ Zb.T @ Vi @ Zb @ S)
    return {
        "criterion": criterion,
        "deviance": deviance,
        "beta": beta,
        "vcov": sigma2 * np.linalg.inv(A),
        "sigma": np.sqrt(sigma2),
        "b": b.reshape(J, r),
        "b_sd": np.sqrt(np.maximum(np.diag(cond), 0)).reshape(J, r),
        "fitted": X @ beta + Zb @ b,
    }


def random_data(seed, J=6, most=7):
    """Unbalanced groups, some of a single row, with two predictors."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(J), rng.integers(1, most, J))
    n = len(g)
    x, w = rng.normal(size=n) + rng.normal(size=J)[g], rng.normal(size=n)
    spread = rng.choice([0, 0.3, 2.0], size=2)
    y = 1 + x + spread[0] * rng.normal(size=J)[g] + spread[1] * rng.normal(size=J)[g] * x + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "w": w, "u": rng.normal(size=J)[g], "g": g})


FORMULAS = [
    "y ~ x + (1 | g)",
    "y ~ x + (x | g)",
    "y ~ x * w + (x || g)",
    "y ~ x + u + (0 + x | g)",
    "y ~ x + (x + w | g)",
    "y ~ 0 + x + (1 | g)",
    "y ~ 1 + (x | g) + (0 + w | g)",
]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(FORMULAS), st.sampled_from(["REML", "ML"]))
def test_dense_normal_gives_the_same_numbers(seed, formula, method):
    """Criterion, β, SEs, σ, BLUPs, conditional SDs and fitted values: as from the n × n covariance matrix?"""
    data = random_data(seed)
    try:
        fit = lmm(formula, data, method=method)
    except ValueError as refusal:
        assert "left over" in str(refusal) or "must vary" in str(refusal)
        return
    if np.abs(fit.theta).max() > 1e5:  # nearly no residual: the dense inverse has no digits left
        return
    d = dense(fit, data)
    tight = {"rtol": 1e-6, "atol": 1e-7}
    np.testing.assert_allclose(fit.criterion, d["criterion"], rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(fit.deviance, d["deviance"], rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(fit.fixef, d["beta"], **tight)
    np.testing.assert_allclose(fit.vcov_fixef, d["vcov"], **tight)
    np.testing.assert_allclose(fit.sigma, d["sigma"], rtol=1e-8)
    np.testing.assert_allclose(fit.ranef["g"], d["b"], **tight)
    np.testing.assert_allclose(fit.ranef_se["g"], d["b_sd"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(fit.fitted, d["fitted"], **tight)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["REML", "ML"]))
def test_a_larger_nested_model_never_fits_worse(seed, method):
    """Is the criterion of each larger covariance structure at most that of the smaller one inside it?"""
    data = random_data(seed, J=8)
    chain = ["y ~ x + (1 | g)", "y ~ x + (x || g)", "y ~ x + (x | g)", "y ~ x + (x + w | g)"]
    try:
        values = [lmm(formula, data, method=method).criterion for formula in chain]
    except ValueError:
        return
    assert np.all(np.diff(values) <= 1e-8)


def test_two_other_engines_agree():
    """Does statsmodels, where it converges, find the same fit of sleepstudy?"""
    data = load("sleepstudy")
    other = smf.mixedlm("Reaction ~ Days", data, groups="Subject", re_formula="~Days").fit(reml=True)
    fit = lmm("Reaction ~ Days + (Days | Subject)", data)
    np.testing.assert_allclose(fit.loglik, other.llf, rtol=1e-7)
    np.testing.assert_allclose(fit.fixef, other.fe_params, rtol=1e-6)
    np.testing.assert_allclose(fit.varcorr["Subject"].cov, other.cov_re, rtol=2e-2)


# ------------------------------------------------------------------------------------- invariance


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("start", [2000, 1.6e9])
def test_origin_of_x_changes_only_what_refers_to_it(start, method):
    """Year 2000 … 2020, or seconds since 1970: criterion, slope, σ and fitted values as for 0 … 9?"""
    data = load("sleepstudy")
    moved = data.assign(Days=start + data["Days"])
    a = lmm("Reaction ~ Days + (Days | Subject)", data, method=method)
    b = lmm("Reaction ~ Days + (Days | Subject)", moved, method=method)
    np.testing.assert_allclose(b.criterion, a.criterion, rtol=1e-9)
    np.testing.assert_allclose(b.fixef["Days"], a.fixef["Days"], rtol=1e-9)
    np.testing.assert_allclose(b.fixef_se["Days"], a.fixef_se["Days"], rtol=1e-7)
    np.testing.assert_allclose(b.sigma, a.sigma, rtol=1e-9)
    np.testing.assert_allclose(b.varcorr["Subject"].sd["Days"], a.varcorr["Subject"].sd["Days"], rtol=1e-6)
    np.testing.assert_allclose(b.ranef["Subject"]["Days"], a.ranef["Subject"]["Days"], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(b.fitted, a.fitted, rtol=1e-9 if start == 2000 else 1e-6)


def test_scales_of_x_and_y_change_only_units():
    """Days in seconds and y in micro-units plus a million: the same fit in other units?"""
    data = load("sleepstudy")
    a = lmm("Reaction ~ Days + (Days | Subject)", data)
    b = lmm("Reaction ~ Days + (Days | Subject)", data.assign(Days=86400.0 * data["Days"]))
    np.testing.assert_allclose(b.criterion, a.criterion + 2 * np.log(86400), rtol=1e-9)
    np.testing.assert_allclose(
        b.ranef["Subject"]["Days"] * 86400, a.ranef["Subject"]["Days"], rtol=1e-9, atol=1e-9
    )
    c = lmm("Reaction ~ Days + (Days | Subject)", data.assign(Reaction=1e6 + data["Reaction"]))
    np.testing.assert_allclose(c.criterion, a.criterion, rtol=1e-9)
    np.testing.assert_allclose(c.fixef["Intercept"] - 1e6, a.fixef["Intercept"], rtol=1e-9)
    np.testing.assert_allclose(c.ranef["Subject"], a.ranef["Subject"], rtol=1e-8, atol=1e-8)
    d = lmm("Reaction ~ Days + (Days | Subject)", data.assign(Reaction=1e-6 * data["Reaction"]))
    np.testing.assert_allclose(d.criterion, a.criterion + 178 * 2 * np.log(1e-6), rtol=1e-9)
    np.testing.assert_allclose(d.theta, a.theta, rtol=1e-7)


def test_a_steep_trend_in_y_costs_no_digits():
    """y + 1e7·Days, where noise is a millionth of the spread: only the slope changes?"""
    data = load("sleepstudy")
    a = lmm("Reaction ~ Days + (Days | Subject)", data)
    b = lmm("Reaction ~ Days + (Days | Subject)", data.assign(Reaction=data["Reaction"] + 1e7 * data["Days"]))
    np.testing.assert_allclose(b.criterion, a.criterion, rtol=1e-9)
    np.testing.assert_allclose(b.theta, a.theta, rtol=1e-5)
    np.testing.assert_allclose(b.fixef["Days"] - 1e7, a.fixef["Days"], rtol=1e-8)
    np.testing.assert_allclose(b.ranef["Subject"], a.ranef["Subject"], rtol=1e-5, atol=1e-5)


def test_nearly_collinear_predictors_keep_the_criterion():
    """w = x + 1e-4·noise: is the criterion that of x and the noise, up to the known constant?"""
    rng = np.random.default_rng(2)
    data = random_data(5, J=8).assign(noise=lambda d: rng.normal(size=len(d)))
    data["near"] = data["x"] + 1e-4 * data["noise"]
    a = lmm("y ~ x + noise + (1 | g)", data)
    b = lmm("y ~ x + near + (1 | g)", data)
    np.testing.assert_allclose(b.criterion, a.criterion + 2 * np.log(1e-4), rtol=1e-9)
    np.testing.assert_allclose(b.fixef["near"] * 1e-4, a.fixef["noise"], rtol=1e-6)


def test_quadratic_time_in_calendar_years_keeps_its_digits():
    """(1 + year + year² | g) with year = 2000 … 2009: the criterion of 0 … 9, to 1e-9?"""
    data = load("sleepstudy").assign(t=lambda d: d["Days"].astype(float), year=lambda d: 2000.0 + d["Days"])
    a = lmm("Reaction ~ t + I(t**2) + (t + I(t**2) | Subject)", data, method="ML")
    b = lmm("Reaction ~ year + I(year**2) + (year + I(year**2) | Subject)", data, method="ML")
    np.testing.assert_allclose(b.criterion, a.criterion, rtol=1e-9)


def test_order_of_rows_and_labels_of_groups_do_not_matter():
    """Shuffled rows and renamed groups: the same fit to 1e-9?"""
    data = load("radon")
    fit = lmm("log_radon ~ floor + (floor | county)", data)
    names = {name: f"c{k:03d}" for k, name in enumerate(sorted(data["county"].unique(), reverse=True))}
    other = lmm(
        "log_radon ~ floor + (floor | county)",
        data.assign(county=data["county"].map(names)).sample(frac=1, random_state=1),
    )
    np.testing.assert_allclose(other.criterion, fit.criterion, rtol=1e-12)
    np.testing.assert_allclose(other.theta, fit.theta, rtol=1e-7)
    by_old_name = other.ranef["county"].loc[[names[name] for name in fit.ranef["county"].index]]
    np.testing.assert_allclose(by_old_name, fit.ranef["county"], rtol=1e-7, atol=1e-9)


def test_reml_criterion_depends_on_the_coding_and_ml_does_not():
    """x·10: does the REML criterion move by 2 log 10 and the ML criterion stay?"""
    data = load("hsb")
    ten = data.assign(ses=10 * data["ses"])
    for method, change in (("REML", 2 * np.log(10)), ("ML", 0.0)):
        a, b = (lmm("math ~ ses + (1 | school)", d, method=method).criterion for d in (data, ten))
        np.testing.assert_allclose(b - a, change, atol=1e-8)


# ------------------------------------------------------------------------------------ what it means


def test_varying_intercept_is_partial_pooling():
    """With one varying intercept: is coef the partial pooling of the group means with τ and σ/√n_j?"""
    data = load("radon")
    fit = lmm("log_radon ~ 1 + (1 | county)", data)
    tau, groups = fit.varcorr["county"].sd["Intercept"], data.groupby("county")["log_radon"]
    pooled = partial_pooling(groups.mean(), fit.sigma / np.sqrt(groups.size()), tau)
    np.testing.assert_allclose(fit.coef["county"]["Intercept"], pooled.estimate, rtol=1e-12)
    np.testing.assert_allclose([fit.fixef["Intercept"], fit.fixef_se["Intercept"]], [pooled.mu, pooled.mu_se])
    assert abs(fit.ranef["county"]["Intercept"].sum()) < 1e-10
    given_mu = np.sqrt((1 - pooled.shrinkage_factor) * pooled.se**2)
    np.testing.assert_allclose(fit.ranef_se["county"]["Intercept"], given_mu, rtol=1e-12)


def test_moving_the_origin_turns_the_covariance():
    """Days − 4.5: is Cov = A Cov A', the correlation .753 instead of .066, and the criterion the same?"""
    data = load("sleepstudy").assign(late=lambda d: d["Days"] - 4.5)
    a = lmm("Reaction ~ Days + (Days | Subject)", data)
    b = lmm("Reaction ~ late + (late | Subject)", data)
    A = np.array([[1, 4.5], [0, 1]])
    np.testing.assert_allclose(b.varcorr["Subject"].cov, A @ a.varcorr["Subject"].cov @ A.T, rtol=1e-7)
    assert round(a.varcorr["Subject"].corr.iloc[0, 1], 3) == 0.066
    assert round(b.varcorr["Subject"].corr.iloc[0, 1], 3) == 0.753
    independent = [
        lmm(f, data).criterion
        for f in ("Reaction ~ Days + (Days || Subject)", "Reaction ~ late + (late || Subject)")
    ]
    assert abs(a.criterion - b.criterion) < 1e-8 < 1 < abs(independent[0] - independent[1])


def test_within_effect_is_that_of_dummy_variables():
    """HSB: with the school mean in the model, is the ses coefficient that of least squares with a dummy per school?"""
    data = load("hsb")
    fit = lmm(
        "math ~ ses + mean_ses + (1 | school)",
        data.assign(mean_ses=data.groupby("school")["ses"].transform("mean")),
    )
    centred = data[["math", "ses"]] - data.groupby("school")[["math", "ses"]].transform("mean")
    within = (centred["math"] @ centred["ses"]) / (centred["ses"] @ centred["ses"])
    np.testing.assert_allclose(fit.fixef["ses"], within, rtol=1e-9)
    assert round(within, 6) == 2.191172


# --------------------------------------------------------------------------------------- the record


@pytest.fixture(scope="module")
def sleep():
    """The varying-slope fit of sleepstudy."""
    return lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))


def test_names_and_shapes_of_the_record(sleep):
    """Are fixef, ranef, coef and varcorr named by formulaic's names, indexed by the groups, and consistent?"""
    assert isinstance(sleep, LMMFit)
    assert list(sleep.fixef.index) == list(sleep.ranef["Subject"].columns) == ["Intercept", "Days"]
    assert sleep.ranef["Subject"].shape == sleep.ranef_se["Subject"].shape == (18, 2)
    assert sleep.ranef["Subject"].index[0] == load("sleepstudy")["Subject"].min()
    np.testing.assert_allclose(sleep.coef["Subject"], sleep.ranef["Subject"] + sleep.fixef)
    v = sleep.varcorr["Subject"]
    np.testing.assert_allclose(v.cov, v.corr * np.outer(v.sd, v.sd))
    np.testing.assert_allclose(np.sqrt(np.diag(sleep.vcov_fixef)), sleep.fixef_se)
    cov = sleep.ranef_cov["Subject"]
    assert cov.shape == (18, 2, 2)
    np.testing.assert_allclose(np.sqrt(cov[:, 0, 0]), sleep.ranef_se["Subject"]["Intercept"])
    assert sleep.n_groups == {"Subject": 18} and sleep.n_obs == 180
    assert list(sleep.data.columns) == ["Reaction", "Days", "Subject"] and sleep.response == "Reaction"
    assert sleep.loglik == -sleep.criterion / 2
    np.testing.assert_allclose(sleep.dic, 2 * sleep.deviance - sleep.criterion)


def test_group_level_predictor_is_constant_in_coef():
    """Is a coefficient that does not vary the same in every row of coef, and a varying one without fixed part kept?"""
    data = random_data(3)
    fit = lmm("y ~ u + (0 + x | g)", data)
    coef = fit.coef["g"]
    assert list(coef.columns) == ["Intercept", "u", "x"]
    assert coef["u"].nunique() == 1
    np.testing.assert_array_equal(coef["x"], fit.ranef["g"]["x"])


def test_at_theta_is_the_same_model_not_optimised(sleep):
    """Does at(θ̂) give the fit back, at(0) complete pooling, and any other θ a higher criterion?"""
    np.testing.assert_allclose(sleep.at(sleep.theta).criterion, sleep.criterion, rtol=1e-14)
    zero = sleep.at([0, 0, 0])
    data = load("sleepstudy")
    ols = smf.ols("Reaction ~ Days", data).fit()
    np.testing.assert_allclose(zero.fixef, ols.params, rtol=1e-10)
    np.testing.assert_allclose(zero.sigma, np.sqrt(ols.scale), rtol=1e-10)
    assert np.all(zero.ranef["Subject"] == 0) and not zero.certificate.holds
    for change in ([0.1, 0, 0], [0, 0.1, 0], [0, 0, -0.1]):
        assert sleep.at(sleep.theta + change).criterion > sleep.criterion
    before = sleep.theta
    before[:] = 0
    assert np.all(sleep.theta != 0)


def test_fitted_residuals_and_predictions_add_up(sleep):
    """Is y = fitted + residual, is predict() the fitted values, and a new group the population line?"""
    data = load("sleepstudy")
    np.testing.assert_allclose(sleep.fitted + sleep.residuals(), data["Reaction"])
    np.testing.assert_allclose(
        sleep.residuals(level="population"),
        data["Reaction"] - sleep.fixef["Intercept"] - sleep.fixef["Days"] * data["Days"],
    )
    np.testing.assert_allclose(sleep.predict(data.sample(frac=1, random_state=0)).sort_index(), sleep.fitted)
    new = pd.DataFrame(
        {"Subject": [sleep.ranef["Subject"].index[0], "nobody"], "Days": [10, 10]}, index=[7, 9]
    )
    with pytest.raises(ValueError, match="1 of 2 rows have another"):
        sleep.predict(new)
    predicted = sleep.predict(new, new_groups="zero")
    assert list(predicted.index) == [7, 9]
    np.testing.assert_allclose(predicted[9], sleep.fixef @ [1, 10])
    np.testing.assert_allclose(predicted[7], sleep.coef["Subject"].iloc[0] @ [1, 10])
    with pytest.raises(KeyError, match="names Days"):
        sleep.predict(new[["Subject"]])
    with pytest.raises(KeyError, match="names Subject"):
        sleep.predict(new[["Days"]])
    with pytest.raises(ValueError, match="must be"):
        sleep.predict(new, new_groups="population")


def test_predictions_through_formulaic_use_the_fits_coding():
    """Does predict code dummies and centring as in the fit, when the new rows have one category only?"""
    data = load("hsb")
    fit = lmm("math ~ sector * center(ses) + (center(ses) | school)", data)
    some = data[data["sector"] == "Catholic"].iloc[:5]
    np.testing.assert_allclose(fit.predict(some), fit.fitted.loc[some.index], rtol=1e-12)


def test_summary_reads_like_arm_display(sleep):
    """Does the summary show coefficients, SEs, error terms with SD and correlation, sizes, AIC, DIC and deviance?"""
    text = sleep.summary()
    for piece in (
        "coef.est coef.se", "Intercept   251.41    6.82", "Days         10.47    1.55", "Error terms:",
        "Std.Dev.", "24.74", "5.92 0.07", "25.59", "number of obs: 180, groups: Subject, 18", "AIC = 1755.6, DIC = 1760.",
    ):  # fmt: skip
        assert piece in text
    assert "Boundary" not in text
    assert repr(sleep) == text
    html = lmm("y ~ `<b>` + (1 | g)", random_data(1).rename(columns={"x": "<b>"}))._repr_html_()
    assert "&lt;b&gt;" in html and "<b>" not in html


def test_summary_names_a_boundary_fit_and_what_to_do():
    """Do a zero SD and a perfect correlation each get their own sentence?"""
    zero = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2")).summary()
    assert "Boundary fit: the estimated SD of Intercept over Batch is 0" in zero
    perfect = lmm("bounce ~ age + (age | county)", load("bounce"))
    assert perfect.is_boundary
    assert abs(perfect.varcorr["county"].corr.iloc[0, 1]) > 0.9999
    assert "perfectly correlated" in perfect.summary()


def test_small_numbers_are_not_printed_as_zero():
    """Is an SD of 0.00004 shown with digits of its own?"""
    data = load("sleepstudy").assign(Days=lambda d: 86400.0 * 1000 * d["Days"])
    assert "0.00 " not in lmm("Reaction ~ Days + (Days | Subject)", data).summary().split("Error")[0]


def test_the_fit_keeps_its_own_data():
    """If the frame is changed after the fit, do fitted values and data stay?"""
    data = load("sleepstudy")
    fit = lmm("Reaction ~ Days + (1 | Subject)", data)
    data.loc[:, "Reaction"] = 0.0
    assert fit.data["Reaction"].mean() > 100 and fit.residuals().abs().max() < 200


# --------------------------------------------------------------------------------------- edge cases


def frame(**columns):
    """A data frame from columns."""
    return pd.DataFrame(columns)


Y = [1.0, 2.0, 4.0, 3.0, 5.0, 9.0, 7.0, 8.0]
G = ["a", "a", "b", "b", "c", "c", "d", "d"]
X = [0.0, 1.0, 0.5, 2.0, 1.0, 3.0, 0.0, 2.0]


@pytest.mark.parametrize(
    ("formula", "data", "sentence"),
    [
        ("y ~ x + (1 | g)", frame(y=Y, x=X, g=["a"] * 8), "needs at least two groups, but all 8 rows have g = a"),
        ("y ~ x + (1 | g)", frame(y=Y, x=X, g=list("abcdefgh")), "the 8 rows in 8 groups of g are used up by what varies (Intercept)"),
        ("y ~ x + (x | g)", frame(y=Y, x=X, g=G), "used up by what varies (Intercept, x)"),
        ("y ~ x + (1 | g)", frame(y=[7.0] * 8, x=X, g=G), "The response must vary, but all 8 values are 7.0"),
        ("y ~ x + z + (1 | g)", frame(y=Y, x=X, z=[2 * v + 1 for v in X], g=G), "z is a combination of Intercept, x"),
        ("y ~ x + z + w + (1 | g)", frame(y=Y, x=X, z=X, w=X, g=G), "2 of them are combinations of the others: z, w"),
        ("y ~ k + (1 | g)", frame(y=Y, k=[3.0] * 8, g=G), "k is a combination of Intercept"),
        ("y ~ 0 + k + (1 | g)", frame(y=Y, k=[0.0] * 8, g=G), "must vary, but k is 0 in every row"),
        ("y ~ h + (1 | g)", frame(y=Y, h=G, g=G), "fit all differences between the 4 groups of g perfectly"),
        ("y ~ 1 + (1 | g)", frame(y=[1.0, 1, 2, 2, 5, 5, 3, 3], g=G), "y must vary inside the groups of g, but what varies (Intercept) and the predictors fit it there perfectly"),
        ("y ~ x + (1 | g)", frame(y=[2 * v + 1 for v in X], x=X, g=G), "fitted perfectly by 2 predictors"),
        ("y ~ x + (1 | g) + (x | g)", frame(y=Y, x=X, g=G), "Intercept varies in several terms over g"),
        ("y ~ x + u + (1 | g)", frame(y=Y[:4], x=X[:4], u=[1, 1, 2, 2], g=G[:4]), "between the 2 groups of g perfectly"),
    ],
)  # fmt: skip
def test_models_that_cannot_be_told_from_the_data_are_refused(formula, data, sentence):
    """Does each model that the data cannot identify get an error that says why?"""
    with pytest.raises(ValueError) as problem:
        lmm(formula, data)
    assert sentence in str(problem.value)


def test_an_unknown_method_is_refused():
    """Is a method other than REML and ML refused by name?"""
    with pytest.raises(ValueError, match='must be "REML" or "ML", but it is \'reml\''):
        lmm("y ~ x + (1 | g)", frame(y=Y, x=X, g=G), method="reml")


@pytest.mark.parametrize(
    ("formula", "groups"),
    [
        ("y ~ x + (1 | g)", [0, 1, 2, 3, 3, 3, 4, 4]),  # some groups of one row
        ("y ~ x + (x | g)", [0, 0, 0, 0, 1, 1, 1, 2]),  # n_j < q, and J = 3
        ("y ~ 1 + (x + I(x**2) | g)", [0, 0, 0, 0, 1, 1, 1, 1]),  # J < q
        ("y ~ x + (x | g)", [0, 0, 0, 0, 0, 1, 1, 1]),  # J = q
    ],
)
def test_small_and_few_groups_agree_with_the_dense_normal(formula, groups):
    """Groups of one row, n_j < q and J < q: the right numbers, with a certificate?"""
    data = frame(y=[1.0, 4.0, 2.0, 7.5, 3.0, 5.0, 4.4, 9.0], x=X, g=groups)
    for method in ("REML", "ML"):
        fit = lmm(formula, data, method=method)
        d = dense(fit, data)
        assert fit.certificate.holds
        np.testing.assert_allclose(fit.criterion, d["criterion"], rtol=1e-9)
        np.testing.assert_allclose(fit.ranef["g"], d["b"], rtol=1e-6, atol=1e-7)


def test_constant_x_inside_some_groups_or_all():
    """Is a slope whose x is constant inside groups fitted as the dense normal says?"""
    data = random_data(8)
    data.loc[data["g"] < 3, "x"] = 1.25
    for formula in ("y ~ x + (x | g)", "y ~ w + u + (u | g)"):
        fit = lmm(formula, data)
        np.testing.assert_allclose(fit.criterion, dense(fit, data)["criterion"], rtol=1e-9)
        assert fit.certificate.holds


def test_integers_booleans_and_unusual_indices_are_fine():
    """Do integer responses, boolean predictors, a repeated index and integer groups give the plain fit?"""
    data = frame(y=[1, 2, 4, 3, 5, 9, 7, 8], x=[False, True] * 4, g=[5, 5, 7, 7, 9, 9, 11, 11])
    fit = lmm("y ~ x + (1 | g)", data.set_axis([0, 0, 1, 1, 2, 2, 3, 3]))
    plain = lmm("y ~ x + (1 | g)", data.astype(float))
    np.testing.assert_allclose(fit.criterion, plain.criterion, rtol=1e-12)
    np.testing.assert_allclose(fit.fitted, plain.fitted)
    assert list(fit.ranef["g"].index) == [5, 7, 9, 11]


def test_dummies_without_an_intercept_survive_a_large_y():
    """math ~ 0 + sector with y + 1e6: the same fit?"""
    data = load("hsb")
    a = lmm("math ~ 0 + sector + cses + (cses | school)", data)
    b = lmm("math ~ 0 + sector + cses + (cses | school)", data.assign(math=data["math"] + 1e6))
    np.testing.assert_allclose(b.criterion, a.criterion, rtol=1e-9)
    np.testing.assert_allclose(b.fixef - [1e6, 1e6, 0], a.fixef, rtol=1e-8)
    c = lmm("math ~ sector + cses + (cses | school)", data, method="ML")
    d = lmm("math ~ 0 + sector + cses + (cses | school)", data, method="ML")
    np.testing.assert_allclose(c.criterion, d.criterion, rtol=1e-12)
    np.testing.assert_allclose(c.fixef.iloc[0] + c.fixef.iloc[1], d.fixef.iloc[1], rtol=1e-9)

"""Several factors, weights, multiple membership: lme4's numbers, the dense normal, invariance, nesting, refusals?"""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from hlm_teach import lmm, load
from hlm_teach.joint import gradient, joint
from hlm_teach.search_several import slope_in_entries
from hlm_teach.several_factors import SeveralFactors
from tests.hlm_teach.test_lmm import as_in_r, same_name

REFERENCE = json.loads(files("autograder").joinpath("reference/fits.json").read_text())["fits"]
FITS = {key: ref for key, ref in REFERENCE.items() if len(ref["tight"]["n_groups"]) > 1 or ref.get("weights")}


def complete(name):
    """A data set without its incomplete rows, which lme4 leaves out by itself."""
    return load(name).dropna()


# ---------------------------------------------------------------------------------- lme4's numbers


@pytest.fixture(scope="module")
def fits():
    """One fit per reference, made once."""
    found = {}
    for key, ref in FITS.items():
        data = complete(ref["dataset"])
        weights = data.eval(ref["weights"]) if ref.get("weights") else None
        found[key] = lmm(ref["formula"], data, method=ref["method"], weights=weights)
    return found


def parts(name):
    """The pieces of a:b in one order, for lme4 writes b:a where the formula has a/b."""
    return ":".join(sorted(str(name).split(":")))


def theta_names(fit):
    """The names of θ's entries as lme4 gives them: factor.row.column."""
    layout, names = fit.model.layout, []
    for i, k in zip(layout.rows, layout.columns, strict=True):
        factor = next(f for f, inside in fit.model.inside.items() if inside.start <= i < inside.stop)
        row, column = (as_in_r(layout.names[v]) for v in (i, k))
        names.append((parts(factor), row if i == k else f"{row}.{column}"))
    return names


def in_our_order(fit, ref):
    """The reference's θ in the order of ours."""
    place = {}
    for name, value in zip(ref["theta_names"], ref["theta"], strict=True):
        factor, entry = name.split(".", 1)
        place[parts(factor), entry.replace(" ", "")] = value
    return np.array([place[name] for name in theta_names(fit)])


def test_the_references_hold_every_kind_of_model():
    """Are there crossed, nested, sloped, weighted and boundary fits among the references?"""
    text = " ".join(FITS)
    for name in ("penicillin", "pastes", "scotssec", "politeness", "egsingle", "weighted", "slopes"):
        assert name in text
    assert sum(ref["tight"]["boundary"] for ref in FITS.values()) >= 2


@pytest.mark.parametrize("key", FITS)
def test_criterion_and_theta_are_lme4s_or_better(key, fits):
    """Is the criterion within 1e-10 of lme4's polished optimum, or lower, certified, and θ within 1e-5?"""
    fit, ref = fits[key], FITS[key]["tight"]
    assert fit.criterion <= ref["criterion"] + 1e-10 * abs(ref["criterion"])
    assert fit.criterion >= ref["criterion"] - 1e-6
    assert fit.certificate.holds
    np.testing.assert_allclose(fit.aic, ref["aic"], rtol=1e-10)
    np.testing.assert_allclose(fit.bic, ref["bic"], rtol=1e-10)
    assert fit.n_obs == ref["n_obs"]
    assert {parts(k): v for k, v in fit.n_groups.items()} == {parts(k): v for k, v in ref["n_groups"].items()}
    if not ref["boundary"]:
        np.testing.assert_allclose(fit.theta, in_our_order(fit, ref), rtol=1e-5, atol=1e-5)
        assert not fit.is_boundary


@pytest.mark.parametrize("key", FITS)
def test_estimates_are_lme4s(key, fits):
    """Fixed effects to 2e-6 standard errors, SEs, σ, BLUPs and their conditional SDs accordingly?"""
    fit, ref = fits[key], FITS[key]["tight"]
    names = list(ref["fixef"])
    order = [names.index(same_name(name, names)) for name in fit.fixef.index]
    se = np.array(ref["se"])[order]
    assert np.max(np.abs(fit.fixef.to_numpy() - np.array(list(ref["fixef"].values()))[order]) / se) < 2e-6
    np.testing.assert_allclose(fit.fixef_se, se, rtol=1e-5)
    np.testing.assert_allclose(fit.sigma, ref["sigma"], rtol=1e-6)
    loose = 50 if fit.is_boundary else 1
    for factor, table in fit.ranef.items():
        blups = next(v for k, v in ref["blups"].items() if parts(k) == parts(factor))
        levels = [parts(level) for level in blups["levels"]]
        columns = [as_in_r(name) for name in table.columns]
        terms = [name.replace(" ", "") for name in blups["terms"]]
        values = pd.DataFrame(np.array(blups["values"]).T, levels, terms)[columns].to_numpy()
        ours = table.set_axis([parts(level) for level in table.index]).loc[levels].to_numpy()
        assert np.all(np.abs(ours - values) <= 2e-5 * loose * (np.abs(values).max() + 1e-9))
        if "cond_sd" in blups and not fit.is_boundary:
            sd = pd.DataFrame(np.array(blups["cond_sd"]).T, levels, terms)[columns]
            ours = fit.ranef_se[factor].set_axis([parts(level) for level in table.index]).loc[levels]
            np.testing.assert_allclose(ours, sd, rtol=1e-5)


# --------------------------------------------------------------------------------- the dense normal


def z_matrix(fit):
    """The n × (all coefficients) matrix Z, and the covariance of the coefficients relative to σ²."""
    Z, S, places = [], [], {}
    for factor, groups in fit.frame.factors.items():
        inside = fit.model.inside[factor]
        J = len(groups.levels)
        one = groups.members.toarray() if groups.members is not None else np.eye(J)[groups.codes]
        start = sum(z.shape[1] for z in Z)
        for term in fit.frame.terms:
            if term.factor == factor:
                Z += [one * np.asarray(column)[:, None] for column in term.columns.arrays]
        root = fit.estimates.Lambda[inside, inside]
        S.append(np.kron(root @ root.T, np.eye(J)))
        places[factor] = start, inside.stop - inside.start, J
    return np.hstack(Z), sparse.block_diag(S).toarray(), places


def dense(fit):
    """Everything again from the n × n covariance matrix, at the fit's θ."""
    X, (Z, S, places) = np.column_stack(fit.frame.x.arrays), z_matrix(fit)
    y, n, p = fit.frame.y, *X.shape
    w = np.ones(n) if fit.frame.weights is None else fit.frame.weights
    V = np.diag(1 / w) + Z @ S @ Z.T
    Vi = np.linalg.inv(V)
    A = X.T @ Vi @ X
    beta = np.linalg.solve(A, X.T @ Vi @ y)
    e, reml = y - X @ beta, fit.method == "REML"
    nu = n - p if reml else n
    sigma2 = e @ Vi @ e / nu
    logdet = np.linalg.slogdet(V)[1]
    criterion = logdet + nu * (1 + np.log(2 * np.pi * sigma2)) + reml * np.linalg.slogdet(A)[1]
    b = S @ Z.T @ Vi @ e
    cond = sigma2 * (S - S @ Z.T @ Vi @ Z @ S)
    return {
        "criterion": criterion,
        "deviance": logdet + n * np.log(2 * np.pi * sigma2) + e @ Vi @ e / sigma2,
        "beta": beta,
        "vcov": sigma2 * np.linalg.inv(A),
        "sigma": np.sqrt(sigma2),
        "b": {f: b[at : at + r * J].reshape(r, J).T for f, (at, r, J) in places.items()},
        "cov": {
            f: cond[at : at + r * J, at : at + r * J].reshape(r, J, r, J).transpose(1, 3, 0, 2)[range(J), range(J)]
            for f, (at, r, J) in places.items()
        },
        "fitted": X @ beta + Z @ b,
    }  # fmt: skip


def agrees(fit):
    """Assert that a fit has the dense computation's numbers."""
    d = dense(fit)
    tight = {"rtol": 1e-6, "atol": 1e-7}
    np.testing.assert_allclose(fit.criterion, d["criterion"], rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(fit.deviance, d["deviance"], rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(fit.fixef, d["beta"], **tight)
    np.testing.assert_allclose(fit.vcov_fixef, d["vcov"], **tight)
    np.testing.assert_allclose(fit.sigma, d["sigma"], rtol=1e-8)
    np.testing.assert_allclose(fit.fitted, d["fitted"], **tight)
    for factor in fit.frame.factors:
        np.testing.assert_allclose(fit.ranef[factor], d["b"][factor], **tight)
        np.testing.assert_allclose(fit.ranef_cov[factor], d["cov"][factor], rtol=1e-5, atol=1e-6)


def crossed_data(seed, n=70):
    """Rows in two crossed factors and one nested in the first, with two predictors and weights."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 7, n), rng.integers(0, 5, n)
    k = rng.integers(0, 3, n)
    x, v = rng.normal(size=n) + rng.normal(size=7)[a], rng.normal(size=n)
    sd = rng.choice([0, 0.3, 2.0], size=4)
    y = 1 + x + sd[0] * rng.normal(size=7)[a] + sd[1] * rng.normal(size=5)[b]
    y = y + sd[2] * rng.normal(size=(7, 3))[a, k] + sd[3] * rng.normal(size=5)[b] * x + rng.normal(size=n)
    columns = {"y": y, "x": x, "v": v, "u": rng.normal(size=7)[a], "w": rng.integers(1, 5, n), "a": a, "b": b}
    return pd.DataFrame({**columns, "k": k})


FORMULAS = [
    "y ~ x + (1 | a) + (1 | b)",
    "y ~ x + (1 | a/k)",
    "y ~ x + (1 | a/k) + (1 | b)",
    "y ~ x + (x | a) + (1 | b)",
    "y ~ x + (1 | a) + (x | b)",
    "y ~ x * v + (x || a) + (x | b)",
    "y ~ 0 + x + (0 + x | a) + (1 | b)",
    "y ~ x + u + (x + v | b) + (0 + v | a)",
    "y ~ 1 + (1 | a) + (x | b) + (0 + v | a)",
    "y ~ x + (1 | a)",
    "y ~ x + (x | b)",
]


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 10**6), st.sampled_from(FORMULAS), st.sampled_from(["REML", "ML"]), st.sampled_from([None, "w"])
)  # fmt: skip
def test_dense_normal_gives_the_same_numbers(seed, formula, method, weights):
    """Criterion, β, SEs, σ, BLUPs, conditional covariances, fitted: as from the n × n covariance matrix, certified?"""
    fit = lmm(formula, crossed_data(seed), method=method, weights=weights)
    assert fit.certificate.holds
    agrees(fit)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(FORMULAS), st.booleans())
def test_gradient_is_the_finite_difference(seed, formula, reml):
    """Is 2ΓΛ the slope of the criterion in every entry of Λ, also where an SD is nearly 0?"""
    from hlm_teach.frame import model_frame

    model = SeveralFactors(model_frame(formula, crossed_data(seed)))
    rng = np.random.default_rng(seed)
    x = rng.normal(size=len(model.layout.rows)) * rng.choice([1e-3, 1.0], size=len(model.layout.rows))
    Lambda = model.layout.matrix(x)
    slope = slope_in_entries(model.layout, Lambda, gradient(joint(model.blocks, Lambda, reml)))
    for k, h in enumerate(1e-5 * np.eye(len(x))):
        up, down = (joint(model.blocks, model.layout.matrix(x + s * h), reml).criterion for s in (1, -1))
        np.testing.assert_allclose(slope[k], (up - down) / 2e-5, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("reml", [True, False])
def test_the_search_leaves_a_false_boundary(reml):
    """Started at Λ = 0, which is stationary for any data: does the search escape to the same certified optimum?"""
    from hlm_teach.frame import model_frame
    from hlm_teach.search_several import SeveralSearch

    model = SeveralFactors(model_frame("diameter ~ 1 + (1 | plate) + (1 | sample)", load("penicillin")))
    search = SeveralSearch(model.blocks, model.layout, reml)
    stuck = search.run(np.zeros((2, 2)))
    assert search.escapes >= 2
    best = model.fit(reml)
    np.testing.assert_allclose(stuck.at.criterion, best.at.criterion, rtol=1e-12)
    assert best.certificate.holds and best.certificate.escapes == 0


def test_large_blocks_update_the_hessian_instead(monkeypatch):
    """Where differences are too expensive: the same optimum by secant updates, with fewer evaluations?"""
    from hlm_teach import search_several

    data = load("scotssec")
    a = lmm("attain ~ verbal + (1 | primary) + (1 | second)", data)
    monkeypatch.setattr(search_several, "LARGE", 1)
    b = lmm("attain ~ verbal + (1 | primary) + (1 | second)", data)
    np.testing.assert_allclose(b.criterion, a.criterion, rtol=1e-12)
    np.testing.assert_allclose(b.theta, a.theta, rtol=1e-5)
    assert b.certificate.holds and b.certificate.evaluations < a.certificate.evaluations


@pytest.mark.parametrize("formula", FORMULAS)
def test_sparse_and_dense_blocks_are_the_same(formula, monkeypatch):
    """Is the fit from sparse pseudo-rows that from dense ones?"""
    from hlm_teach import blocks

    data = crossed_data(11)
    a = lmm(formula, data, weights="w")
    monkeypatch.setattr(blocks, "SMALL", 0)
    monkeypatch.setattr(blocks, "DENSE", 1.0)
    b = lmm(formula, data, weights="w")
    assert sparse.issparse(b.model.blocks.E)
    np.testing.assert_allclose(b.criterion, a.criterion, rtol=1e-11)
    agrees(b)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["REML", "ML"]))
def test_a_larger_nested_model_never_fits_worse(seed, method):
    """Is the criterion of each larger covariance structure at most that of the smaller one inside it?"""
    data = crossed_data(seed)
    for chain in (
        ["(1 | a)", "(1 | a) + (1 | b)", "(1 | a) + (x || b)", "(1 | a) + (x | b)", "(x | a) + (x | b)"],
        ["(1 | b)", "(1 | a) + (1 | b)", "(1 | a/k) + (1 | b)"],
    ):
        values = [lmm(f"y ~ x + {part}", data, method=method).criterion for part in chain]
        assert np.all(np.diff(values) <= 1e-7)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["y ~ x + (1 | a)", "y ~ x + (x | a)", "y ~ x + (0 + x | b)"]))
def test_one_factor_by_both_engines_is_the_same(seed, formula):
    """Do the fast engine and this one agree on one factor, and are weights of 1 no weights?"""
    data = crossed_data(seed)
    one, several = lmm(formula, data), lmm(formula, data, weights=np.ones(len(data)))
    assert type(several.model) is SeveralFactors and type(one.model) is not SeveralFactors
    np.testing.assert_allclose(several.criterion, one.criterion, rtol=1e-10)
    np.testing.assert_allclose(several.fixef, one.fixef, rtol=1e-6, atol=1e-7)


def test_weights_are_repeated_means():
    """Is the fit to means of m_i measurements, weighted by m_i, that of their model: the same β as from single rows?"""
    rng = np.random.default_rng(4)
    single = pd.DataFrame({"cell": np.repeat(np.arange(30), rng.integers(1, 6, 30))})
    single["g"], single["x"] = single["cell"] % 6, rng.normal(size=30)[single["cell"]]
    single["y"] = single["x"] + rng.normal(size=6)[single["g"]] + rng.normal(size=len(single))
    cells = single.groupby("cell").agg(y=("y", "mean"), x=("x", "first"), g=("g", "first"), n=("y", "size"))
    a, b = lmm("y ~ x + (1 | g)", single), lmm("y ~ x + (1 | g)", cells, weights="n")
    np.testing.assert_allclose(b.at(a.theta).fixef, a.fixef, rtol=1e-9)
    assert "n" in b.data.columns


# ------------------------------------------------------------------------------------- invariance


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("start", [2000, 1.6e9])
def test_origin_and_units_of_x_and_y_do_not_matter(start, weights):
    """Years, seconds since 1970, y in millions: the same criterion, slope and σ to 1e-9?"""
    data = crossed_data(8, n=120).assign(x=lambda d: d["x"].round(1))
    data["y"] = data["y"] + np.random.default_rng(0).normal(size=7)[data["a"]] * data["x"]
    formula = "y ~ x + (x | a) + (x | b)"
    a = lmm(formula, data, weights=weights)
    b = lmm(formula, data.assign(x=start + 10 * data["x"]), weights=weights)
    np.testing.assert_allclose(b.criterion, a.criterion + 2 * np.log(10), rtol=1e-8 if start > 1e6 else 1e-9)
    np.testing.assert_allclose(10 * b.fixef["x"], a.fixef["x"], rtol=1e-6)
    c = lmm(formula, data.assign(y=1e6 + data["y"]), weights=weights)
    np.testing.assert_allclose(c.criterion, a.criterion, rtol=1e-9)
    np.testing.assert_allclose(c.sigma, a.sigma, rtol=1e-8)
    np.testing.assert_allclose(c.fixef["Intercept"] - 1e6, a.fixef["Intercept"], rtol=1e-7)
    d = lmm(formula, data.assign(y=1e-6 * data["y"]), weights=weights)
    np.testing.assert_allclose(d.criterion, a.criterion + 118 * 2 * np.log(1e-6), rtol=1e-9)
    np.testing.assert_allclose(d.theta, a.theta, rtol=1e-5, atol=1e-6)


def test_order_of_rows_labels_and_terms_do_not_matter():
    """Shuffled rows, renamed groups, terms the other way round: the same fit to 1e-9?"""
    data = complete("politeness").sample(frac=1, random_state=2)
    fit = lmm("frequency ~ attitude + (1 | subject) + (1 | scenario)", complete("politeness"))
    other = lmm(
        "frequency ~ attitude + (1 | scenario) + (1 | subject)",
        data.assign(subject="z" + data["subject"].astype(str).str[::-1]),
    )
    np.testing.assert_allclose(other.criterion, fit.criterion, rtol=1e-12)
    np.testing.assert_allclose(other.theta[::-1], fit.theta, rtol=1e-6)
    assert list(other.ranef) == ["scenario", "subject"] and list(fit.ranef) == ["subject", "scenario"]
    np.testing.assert_allclose(other.ranef["scenario"], fit.ranef["scenario"], rtol=1e-6, atol=1e-8)


# --------------------------------------------------------------------------------------- the record


@pytest.fixture(scope="module")
def polite():
    """Subjects crossed with scenarios."""
    return lmm(
        "frequency ~ attitude + gender + (attitude | subject) + (1 | scenario)", complete("politeness")
    )


def test_names_and_shapes_of_the_record(polite):
    """Does everything that belongs to a factor stand under its name, consistent?"""
    assert polite.n_groups == {"subject": 6, "scenario": 7} and polite.model.factors == (
        "subject",
        "scenario",
    )
    assert polite.ranef["subject"].shape == (6, 2) and polite.ranef["scenario"].shape == (7, 1)
    for factor in ("subject", "scenario"):
        v, cov = polite.varcorr[factor], polite.ranef_cov[factor]
        assert list(v.sd.index) == list(polite.ranef[factor].columns)
        np.testing.assert_allclose(np.sqrt(cov[:, 0, 0]), polite.ranef_se[factor].iloc[:, 0])
    shift = polite.coef["scenario"]["Intercept"] - polite.fixef["Intercept"]
    np.testing.assert_allclose(shift, polite.ranef["scenario"]["Intercept"])


def test_at_theta_is_the_same_model_not_optimised(polite):
    """Does at(θ̂) give the fit back, at(0) complete pooling, another θ a higher criterion, a wrong shape a sentence?"""
    np.testing.assert_allclose(polite.at(polite.theta).criterion, polite.criterion, rtol=1e-13)
    np.testing.assert_allclose(polite.model.criterion(polite.theta, True), polite.criterion, rtol=1e-13)
    zero = polite.at(np.zeros(4))
    assert all(np.all(table == 0) for table in zero.ranef.values()) and not zero.certificate.holds
    for change in 0.05 * np.eye(4):
        assert polite.at(polite.theta + change).criterion > polite.criterion - 1e-9
    with pytest.raises(ValueError, match=r"4 entries .* subject, scenario"):
        polite.at([1.0])


def test_fitted_residuals_and_predictions_add_up(polite):
    """Is y = fitted + residual, predict() of the rows the fitted values, and a new group its expected value?"""
    data = complete("politeness")
    np.testing.assert_allclose(polite.fitted + polite.residuals(), data["frequency"])
    np.testing.assert_allclose(polite.predict(data.iloc[::-1]).sort_index(), polite.fitted)
    new = data.iloc[[0, 1]].assign(scenario=["99", "1"])
    with pytest.raises(ValueError, match="scenario must be a group of the fit, but 1 of 2 rows have another"):
        polite.predict(new)
    without = polite.predict(new, new_groups="zero")
    with_it = polite.fitted.iloc[0] - polite.ranef["scenario"].loc[data["scenario"].iloc[0], "Intercept"]
    np.testing.assert_allclose(without.iloc[0], with_it)
    with pytest.raises(KeyError, match="names scenario"):
        polite.predict(new.drop(columns="scenario"))


def test_summary_shows_every_factor_and_names_the_one_at_the_boundary():
    """Are all factors in the table of error terms, and does the boundary sentence name the right one?"""
    text = lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", load("penicillin")).summary()
    for piece in ("plate", "0.85", "sample", "1.93", "0.55", "groups: plate, 24, sample, 6"):
        assert piece in text
    assert "Boundary" not in text
    fit = lmm("Reaction ~ Days + (Days | Subject) + (1 | Days)", load("sleepstudy"))
    assert fit.varcorr["Days"].sd["Intercept"] == 0 < fit.varcorr["Subject"].sd["Intercept"]
    assert "the estimated SD of Intercept over Days is 0" in fit.summary()
    assert "perfectly correlated" not in fit.summary()


# -------------------------------------------------------------------------------- multiple membership


def members(seed=3, n=90, J=8):
    """Rows with one or two schools each, and their shares."""
    rng = np.random.default_rng(seed)
    W = np.zeros((n, J))
    for i in range(n):
        schools = rng.choice(J, size=rng.integers(1, 3), replace=False)
        W[i, schools] = rng.dirichlet(np.ones(len(schools)))
    x = rng.normal(size=n)
    y = 1 + x + W @ rng.normal(size=J) * 1.5 + (W @ rng.normal(size=J)) * x + rng.normal(size=n)
    data = pd.DataFrame({"y": y, "x": x, "area": rng.integers(0, 5, n)})
    return data, pd.DataFrame(W, columns=[f"s{j}" for j in range(J)])


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize(
    "formula", ["y ~ x + (1 | school)", "y ~ x + (x | school)", "y ~ x + (1 | school) + (1 | area)"]
)
def test_multiple_membership_is_the_dense_normal(formula, method):
    """With shares of several schools: every number as from the n × n covariance, alone and beside another factor?"""
    data, W = members()
    fit = lmm(formula, data, method=method, membership={"school": W})
    assert fit.certificate.holds and list(fit.ranef["school"].index) == list(W.columns)
    agrees(fit)
    pair = lmm(formula, data, method=method, membership={"school": (sparse.coo_array(W), W.columns)})
    np.testing.assert_allclose(pair.criterion, fit.criterion, rtol=1e-12)


def test_one_share_per_row_is_an_ordinary_factor():
    """With one weight of 1 per row: the fit of the factor itself?"""
    data = load("penicillin")
    a = lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", data)
    W = pd.get_dummies(data["plate"], dtype=float)
    b = lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", data, membership={"plate": W})
    np.testing.assert_allclose(b.criterion, a.criterion, rtol=1e-11)
    np.testing.assert_allclose(b.ranef["plate"], a.ranef["plate"], rtol=1e-6, atol=1e-8)


def test_predictions_of_new_members():
    """Do predictions need weights, match levels by name, refuse unknown ones or count them as 0?"""
    data, W = members()
    fit = lmm("y ~ x + (1 | school)", data, membership={"school": W})
    np.testing.assert_allclose(fit.predict(data, membership={"school": W[W.columns[::-1]]}), fit.fitted)
    with pytest.raises(ValueError, match="new rows need their weights too"):
        fit.predict(data)
    new = W.rename(columns={"s0": "elsewhere"})
    with pytest.raises(ValueError, match=r"the weights name others \(elsewhere\)"):
        fit.predict(data, membership={"school": new})
    zero = fit.predict(data, new_groups="zero", membership={"school": new})
    np.testing.assert_allclose(fit.fitted - zero, W["s0"] * fit.ranef["school"].loc["s0", "Intercept"])


def _changed(row, column, value):
    _data, W = members()
    W.loc[row, column] = value
    return W


@pytest.mark.parametrize(
    ("membership", "sentence"),
    [
        ({"class": members()[1]}, "class is none of them (school)"),
        ({"school": members()[1] * 2}, "do not in 90 of 90 rows (row 0, counted from 0: 2)"),
        ({"school": _changed(3, "s1", -0.5)}, "finite and >= 0, but 1 of them are not (first in row 3"),
        ({"school": _changed(3, "s1", np.nan)}, "finite and >= 0, but 1 of them are not (first in row 3"),
        ({"school": members()[1].assign(empty=0.0)}, "1 of 9 levels of school have none (empty)"),
        ({"school": members()[1].iloc[:5]}, "90 × 8, but they are 5 × 8"),
        ({"school": members()[1].set_axis(range(5, 95))}, "must have the row labels of the data"),
        ({"school": members()[1].assign(s0="x")}, "must be numbers"),
        (
            {"school": members()[1][["s0"]] * 0 + 1},
            "needs at least two groups, but all 90 rows have school = s0",
        ),
    ],
)
def test_bad_memberships_are_refused(membership, sentence):
    """Does each membership that cannot be meant get a sentence that says what was found and where?"""
    with pytest.raises(ValueError) as problem:
        lmm("y ~ x + (1 | school)", members()[0], membership=membership)
    assert sentence in str(problem.value)


@pytest.mark.parametrize("membership", [members()[1], {"school": members()[1].to_numpy()}])
def test_memberships_of_the_wrong_type_are_refused(membership):
    """Is a bare table, or a bare array without levels, refused with the right form?"""
    with pytest.raises(TypeError, match="must be a"):
        lmm("y ~ x + (1 | school)", members()[0], membership=membership)


def test_membership_rows_are_matched_by_label():
    """Are shares in another order of rows put in the order of the data?"""
    data, W = members()
    a = lmm("y ~ x + (1 | school)", data, membership={"school": W})
    b = lmm("y ~ x + (1 | school)", data, membership={"school": W.iloc[::-1]})
    assert a.criterion == b.criterion


# --------------------------------------------------------------------------------------- edge cases


def full(**columns):
    """Four by three cells, two rows in each."""
    a, b = np.repeat(list("pqrs"), 6), np.tile(np.repeat(list("xyz"), 2), 4)
    rng = np.random.default_rng(1)
    data = {"y": rng.normal(size=24), "x": rng.normal(size=24), "a": a, "b": b, "c": a, "row": np.arange(24)}
    return pd.DataFrame({**data, "cell": np.char.add(a, b), **columns})


@pytest.mark.parametrize(
    ("formula", "data", "sentence"),
    [
        ("y ~ x + (1 | a) + (1 | c)", full(), "a and c make the same 4 groups and Intercept varies over both"),
        ("y ~ x + (1 | cell) + (1 | a:b)", full(), "cell and a:b make the same 12 groups"),
        ("y ~ x + (1 | a) + (1 | one)", full(one=["k"] * 24), "needs at least two groups, but all 24 rows have one = k"),
        ("y ~ x + (1 | a/row)", full(), "each of the 24 rows has its own group of a:row"),
        ("y ~ x + (1 | a) + (x | row)", full(), "each of the 24 rows has its own group of row"),
        ("y ~ x + z + (1 | a) + (1 | b)", full(z=2 * full()["x"] + 1), "z is a combination of Intercept, x"),
        ("y ~ k + (1 | a) + (1 | b)", full(k=3.0), "k is a combination of Intercept"),
        ("y ~ a + (1 | a) + (1 | b)", full(), "fit all differences between the 4 groups of a perfectly"),
        ("y ~ b + (1 | a) + (1 | b)", full(), "fit all differences between the 3 groups of b perfectly"),
        ("y ~ 1 + (x | a) + (x | cell)", full(), "are used up by what varies over a, cell"),
        ("y ~ 1 + (1 | a) + (1 | b)", full(y=np.repeat([1.0, 2, 3, 4], 6) + np.tile(np.repeat([0.0, 5, 9], 2), 4)), "fit it perfectly: σ would be 0"),
        ("y ~ 1 + (1 | a) + (1 | b)", full(y=7.0), "The response must vary, but all 24 values are 7.0"),
        ("y ~ x + (1 | a) + (1 | b)", full(y=2 * full()["x"] + 1), "fitted perfectly by 2 predictors"),
        ("y ~ x + (1 | a) + (1 | b) + (x | a)", full(), "Intercept varies in several terms over a"),
    ],
)  # fmt: skip
def test_models_that_cannot_be_told_from_the_data_are_refused(formula, data, sentence):
    """Does each model that the data cannot identify get an error that says why?"""
    with pytest.raises(ValueError) as problem:
        lmm(formula, data)
    assert sentence in str(problem.value)


def test_too_large_a_dense_block_is_refused(monkeypatch):
    """Do two huge factors get a sentence instead of a full memory?"""
    from hlm_teach import identify_several

    monkeypatch.setattr(identify_several, "LARGEST", 2)
    with pytest.raises(ValueError, match=r"at most 2 coefficients together, and here they have 3 \(b\)"):
        lmm("y ~ x + (1 | a) + (1 | b)", full())


@pytest.mark.parametrize(
    ("weights", "problem", "sentence"),
    [
        ("wieght", KeyError, "names wieght"),
        ([1.0, 2.0], ValueError, "24 in all, but they have shape (2,)"),
        (np.r_[0.0, np.ones(23)], ValueError, "1 of 24 are not (rows 0"),
        (np.r_[np.ones(20), [-1.0, np.nan, np.inf, 1.0]], ValueError, "3 of 24 are not (rows 20, 21, 22"),
        ("a", ValueError, "must be numbers"),
        (pd.Series(np.ones(24), index=range(1, 25)), ValueError, "must have those of the data"),
    ],
)
def test_bad_weights_are_refused(weights, problem, sentence):
    """Does each kind of bad weight get its sentence?"""
    with pytest.raises(problem) as found:
        lmm("y ~ x + (1 | a)", full(), weights=weights)
    assert sentence in str(found.value)


def test_weights_in_a_series_are_matched_by_label():
    """Does a Series in another order weigh the right rows?"""
    data = full()
    w = pd.Series(np.arange(1.0, 25.0), data.index)
    a, b = (lmm("y ~ x + (1 | a)", data, weights=v) for v in (w, w.sample(frac=1, random_state=0)))
    assert a.criterion == b.criterion


def test_missing_cells_are_no_problem():
    """Is a crossed design with an empty cell, and with single rows in cells, fitted as the dense normal says?"""
    data = full().query("not (a == 'p' and b == 'x')").iloc[::2]
    agrees(lmm("y ~ x + (1 | a) + (1 | b)", data))


def test_the_same_groups_with_different_coefficients_are_independent_terms():
    """Is (1 | a) + (0 + x | c), with c the same groups as a, the model (x || a)?"""
    data = full()
    a, b = lmm("y ~ x + (1 | a) + (0 + x | c)", data), lmm("y ~ x + (x || a)", data)
    np.testing.assert_allclose(a.criterion, b.criterion, rtol=1e-10)

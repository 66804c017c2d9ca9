"""The multilevel logit model: lme4's numbers, brute-force integrals, exact gradients, invariance, and every edge case?"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import expit, gammaln, log_expit

from hlm_teach import GLMMFit, glmm, latent_icc, load, marginal_probability, median_odds_ratio
from hlm_teach.laplace import laplace
from hlm_teach.logit_system import Groups, System
from hlm_teach.quadrature import quadrature

FITS = json.loads(files("autograder").joinpath("reference/glmm.json").read_text())["fits"]
PREPARE = {
    "contraception": {"uses": lambda d: d["use"] == "Y"},
    "rat_tumors": {"share": lambda d: d["tumors"] / d["rats"]},
    "scotssec": {"high": lambda d: d["attain"] > 5},
    "radon": {"above": lambda d: d["log_radon"] > 1.4},
    "schools10": {"pass": lambda d: d["math"] > 50},
}


def prepared(name):
    return load(name).assign(**PREPARE[name])


# ---------------------------------------------------------------------------------- lme4's numbers


@pytest.fixture(scope="module")
def fits():
    """One fit per reference, made once."""
    return {
        key: glmm(ref["formula"], prepared(ref["dataset"]), weights=ref["weights"], quadrature=ref["nodes"])
        for key, ref in FITS.items()
    }


def as_in_r(name):
    """formulaic's column name in R's spelling."""
    name = re.sub(r"\[T\.(.*?)\]", r"\1", name).replace("**", "^").replace(" ", "")
    return "(Intercept)" if name == "Intercept" else name


def without_constants(key, fit):
    """The criterion as lme4 states it: its quadrature counts from the saturated model, whose criterion is −2 log C …"""
    if FITS[key]["nodes"] == 1 or FITS[key]["weights"] is None:
        return fit.criterion
    k, m = fit.counts
    with np.errstate(divide="ignore", invalid="ignore"):
        full = np.where((k > 0) & (k < m), k * np.log(k / m) + (m - k) * np.log(1 - k / m), 0.0)
    choose = gammaln(m + 1) - gammaln(k + 1) - gammaln(m - k + 1)
    return fit.criterion + 2 * float(np.sum(full + choose))


@pytest.mark.parametrize("key", FITS)
def test_criterion_is_lme4s_or_lower(key, fits):
    """Is the criterion lme4's polished one within 1e-6, never above glmer's default, and proved an optimum?"""
    fit, ref = fits[key], FITS[key]
    value = without_constants(key, fit)
    np.testing.assert_allclose(value, ref["tight"]["criterion"], atol=2e-6, rtol=0)
    assert value <= ref["default"]["criterion"] + 1e-6
    assert fit.certificate.holds
    assert fit.is_boundary == ref["tight"]["boundary"]
    assert (fit.n_obs, fit.n_groups) == (
        ref["tight"]["n_obs"],
        {f: ref["tight"]["n_groups"][f] for f in fit.n_groups},
    )


@pytest.mark.parametrize("key", FITS)
def test_estimates_are_lme4s(key, fits):
    """Fixed effects within 3e-4 standard errors (lme4's own precision), SEs, SDs and correlations, conditional modes and their SDs?"""
    fit, ref = fits[key], FITS[key]["tight"]
    order = [list(ref["fixef"]).index(as_in_r(name)) for name in fit.fixef.index]
    se = np.array(ref["se"])[order]
    assert (np.abs(fit.fixef - np.array(list(ref["fixef"].values()))[order]) / se).max() < 3e-4
    np.testing.assert_allclose(fit.fixef_se, se, rtol=1e-4)
    ours = {(f, as_in_r(n)): sd for f, v in fit.varcorr.items() for n, sd in v.sd.items()}
    theirs = {(row["factor"], row["name"]): row["sd"] for row in ref["sd"]}
    for place, sd in ours.items():
        np.testing.assert_allclose(sd, theirs[place], rtol=1e-4, atol=1e-4)
    if ref["corr"]:
        corr = [v.corr.iloc[1, 0] for v in fit.varcorr.values() if len(v.sd) == 2]
        np.testing.assert_allclose(corr, ref["corr"], atol=5e-4)
    for factor, blups in ref["blups"].items():
        ranef, ses = fit.ranef[factor].copy(), fit.ranef_se[factor].copy()
        ranef.index = ses.index = ranef.index.astype(str)
        np.testing.assert_allclose(ranef.loc[blups["levels"]].T, blups["values"], atol=1e-4)
        if "cond_sd" in blups:
            np.testing.assert_allclose(ses.loc[blups["levels"]].T, blups["cond_sd"], atol=1e-4)


# ---------------------------------------------------------------------------------- the mathematics


def small_system(rng, cells=60):
    """Two crossed factors with slopes and a third without, binomial cells."""
    x = np.vstack([np.ones(cells), rng.normal(size=cells)])
    m = rng.integers(1, 6, cells).astype(float)
    y = rng.binomial(m.astype(int), 0.4).astype(float)
    sizes = (9, 2), (5, 2), (3, 1)
    groups = tuple(
        Groups(rng.integers(0, J, cells), J, np.vstack([np.ones(cells), *rng.normal(size=(r - 1, cells))]))
        for J, r in sizes
    )
    return System(x, y, m, groups)


def dense_laplace(s, roots, beta):
    """Laplace's criterion from dense matrices, nothing exploited."""
    parts = []
    for g, root in zip(s.groups, roots, strict=True):
        for row in root.T @ g.z:
            column = np.zeros((len(row), g.J))
            column[np.arange(len(row)), g.codes] = row
            parts.append(column)
    A = np.hstack(parts)
    u = np.zeros(A.shape[1])
    for _ in range(50):
        p = expit(beta @ s.x + A @ u)
        H = np.eye(len(u)) + (A.T * (s.m * p * (1 - p))) @ A
        u = u + np.linalg.solve(H, A.T @ (s.y - s.m * p) - u)
    eta = beta @ s.x + A @ u
    D = -2 * (s.y @ log_expit(eta) + (s.m - s.y) @ log_expit(-eta)) + u @ u
    return D + np.linalg.slogdet(H)[1], H


ROOTS = [np.array([[0.8, 0.1], [0.3, 0.5]]), np.array([[0.4, 0.0], [0.2, 0.6]]), np.array([[0.7]])]


def test_block_elimination_is_the_dense_computation():
    """Are Laplace's criterion and the system's inverse those of dense matrices, with slopes and crossed factors?"""
    s, beta = small_system(np.random.default_rng(1)), np.array([0.2, -0.3])
    value = laplace(s, ROOTS, beta, np.zeros(s.n_u))
    criterion, H = dense_laplace(s, ROOTS, beta)
    np.testing.assert_allclose(value.criterion, criterion, rtol=1e-11)
    np.testing.assert_allclose(value.mode.H.solve(H), np.eye(s.n_u), atol=1e-8)
    half = value.mode.H.half_solve(np.eye(s.n_u))
    np.testing.assert_allclose(half @ half.T, np.linalg.inv(H), atol=1e-8)


def check_gradient(value_at, roots, beta, step=1e-4):
    """Compare a gradient with central differences in every entry of Λ and β."""
    exact = value_at(roots, beta)
    for k, e in enumerate(step * np.eye(len(beta))):
        slope = (value_at(roots, beta + e).criterion - value_at(roots, beta - e).criterion) / (2 * step)
        np.testing.assert_allclose(exact.beta[k], slope, rtol=1e-6, atol=1e-6)
    for f, root in enumerate(roots):
        for at in np.ndindex(*root.shape):
            sides = []
            for sign in (1, -1):
                moved = [r.copy() for r in roots]
                moved[f][at] += sign * step
                sides.append(value_at(moved, beta).criterion)
            np.testing.assert_allclose(
                exact.roots[f][at], (sides[0] - sides[1]) / (2 * step), rtol=1e-6, atol=1e-6
            )


@pytest.mark.parametrize("singular", [False, True])
def test_laplace_gradient_is_exact(singular):
    """Does the gradient equal finite differences of the criterion, also where Λ is singular?"""
    s = small_system(np.random.default_rng(2))
    roots = [ROOTS[0] * (1 - singular * np.eye(2)[[1]]), ROOTS[1], ROOTS[2] * (1 - singular)]
    check_gradient(lambda roots, beta: laplace(s, roots, beta, np.zeros(s.n_u)), roots, np.array([0.2, -0.3]))


@pytest.mark.parametrize("nodes", [1, 3, 9, 24])
def test_quadrature_gradient_is_exact(nodes):
    """Does the gradient equal finite differences for every number of nodes, and is one node Laplace?"""
    whole = small_system(np.random.default_rng(3))
    g = Groups(whole.groups[0].codes, whole.groups[0].J, whole.groups[0].z[1:])
    s = System(whole.x, whole.y, whole.m, (g,))

    def value_at(roots, beta):
        return quadrature(nodes, s, roots, beta, np.zeros(s.n_u))

    check_gradient(value_at, [np.array([[0.9]])], np.array([0.2, -0.3]))
    if nodes == 1:
        one = laplace(s, [np.array([[0.9]])], np.array([0.2, -0.3]), np.zeros(s.n_u))
        np.testing.assert_allclose(
            value_at([np.array([[0.9]])], np.array([0.2, -0.3])).criterion, one.criterion, rtol=1e-12
        )


def test_quadrature_is_the_integral():
    """Is the criterion of 25 nodes −2 log of the integral over each group, by adaptive integration?"""
    fit = glmm("share ~ 1 + (1 | group)", prepared("rat_tumors"), weights="rats", quadrature=25)
    mu, tau = fit.fixef["Intercept"], fit.varcorr["group"].sd["Intercept"]
    k, m = fit.counts
    log_choose = gammaln(m + 1) - gammaln(k + 1) - gammaln(m - k + 1)

    def likelihood(k, m, log_choose):
        def integrand(b):
            log_p = log_choose + k * log_expit(mu + b) + (m - k) * log_expit(-mu - b)
            return np.exp(log_p - b * b / (2 * tau**2)) / (tau * np.sqrt(2 * np.pi))

        return quad(integrand, -12 * tau, 12 * tau, epsabs=0, epsrel=1e-12, limit=200)[0]

    total = -2 * sum(np.log(likelihood(*row)) for row in zip(k, m, log_choose, strict=True))
    np.testing.assert_allclose(fit.criterion, total, rtol=1e-9)


def test_draws_have_the_joint_covariance():
    """Do draws of (β, b) have the inverse Hessian of the penalised likelihood as covariance, cross terms included?"""
    data = crossed(np.random.default_rng(5), 400)
    fit = glmm("y ~ x + (1 + x | g) + (1 | h)", data)
    X = np.column_stack([np.ones(400), data["x"]])
    Zg = np.eye(12)[data["g"]]
    Z = np.hstack([Zg, Zg * data["x"].to_numpy()[:, None], np.eye(5)[data["h"]]])
    p = fit.fitted.to_numpy()
    C = np.hstack([X, Z])
    precision = (C.T * (p * (1 - p))) @ C
    prior = np.linalg.inv(fit.varcorr["g"].cov.to_numpy())
    precision[2:26, 2:26] += np.kron(prior, np.eye(12))
    precision[26:, 26:] += np.eye(5) / fit.varcorr["h"].cov.iloc[0, 0]
    exact = np.linalg.inv(precision)
    drawn = fit.draws(200_000, seed=1)
    flat = [
        drawn.fixef.to_numpy(),
        drawn.ranef["g"].transpose(0, 2, 1).reshape(-1, 24),
        drawn.ranef["h"][..., 0],
    ]
    sample = np.hstack(flat)
    unit = np.sqrt(np.diag(exact))
    np.testing.assert_allclose(
        np.cov(sample.T) / np.outer(unit, unit), exact / np.outer(unit, unit), atol=0.02
    )
    centre = np.concatenate(
        [fit.fixef, fit.ranef["g"].to_numpy().T.ravel(), fit.ranef["h"].to_numpy().ravel()]
    )
    np.testing.assert_allclose((sample.mean(axis=0) - centre) / unit, 0, atol=0.02)
    again = fit.draws(3, seed=1).fixef
    pd.testing.assert_frame_equal(again, fit.draws(3, seed=np.random.default_rng(1)).fixef)


# ---------------------------------------------------------------------------------- what must not matter


def crossed(rng, n, tau=1.0):
    """0/1 rows in 12 × 5 crossed groups with a slope."""
    g, h, x = rng.integers(0, 12, n), rng.integers(0, 5, n), rng.integers(0, 4, n) / 2
    a, s, b = tau * rng.normal(size=12), 0.7 * rng.normal(size=12), 0.8 * rng.normal(size=5)
    y = rng.random(n) < expit(-0.3 + a[g] + (0.5 + s[g]) * x + b[h])
    return pd.DataFrame({"y": y, "x": x, "g": g, "h": h})


def test_counting_rows_into_cells_changes_nothing():
    """Do 0/1 rows and their binomial cells give the same fit, with criteria apart by the cells' constants only?"""
    data = crossed(np.random.default_rng(6), 600)
    rows = glmm("y ~ x + (1 + x | g) + (1 | h)", data)
    cells = data.groupby(["x", "g", "h"], as_index=False).agg(share=("y", "mean"), n=("y", "size"))
    counted = glmm("share ~ x + (1 + x | g) + (1 | h)", cells, weights="n")
    assert rows.n_cells == counted.n_obs == counted.n_cells < 300
    np.testing.assert_allclose(rows.fixef, counted.fixef, rtol=1e-9)
    np.testing.assert_allclose(rows.theta, counted.theta, rtol=1e-9)
    k, m = counted.counts
    constant = -2 * np.sum(gammaln(m + 1) - gammaln(k + 1) - gammaln(m - k + 1))
    np.testing.assert_allclose(counted.criterion, rows.criterion + constant, rtol=1e-12)
    np.testing.assert_allclose(rows.draws(5, seed=0).fixef, counted.draws(5, seed=0).fixef, rtol=1e-7)


def test_row_order_and_labels_do_not_matter():
    """Is a fit of shuffled rows with other labels the same to the last digit or two?"""
    data, rng = crossed(np.random.default_rng(7), 500), np.random.default_rng(8)
    fit = glmm("y ~ x + (1 + x | g) + (1 | h)", data)
    shuffled = data.sample(frac=1, random_state=3).assign(g=lambda d: d["g"].map(lambda k: f"g{k:02d}"))
    other = glmm("y ~ x + (1 + x | g) + (1 | h)", shuffled)
    np.testing.assert_allclose(other.criterion, fit.criterion, rtol=1e-13)
    np.testing.assert_allclose(other.theta, fit.theta, rtol=1e-9)
    relabelled = data.assign(g=rng.permutation(12)[data["g"]])
    np.testing.assert_allclose(
        glmm("y ~ x + (1 + x | g) + (1 | h)", relabelled).criterion, fit.criterion, rtol=1e-11
    )


def test_units_of_a_predictor_do_not_matter():
    """Do a shift to 2000 and a change of unit leave the criterion and the fitted probabilities alone?"""
    data = crossed(np.random.default_rng(9), 500)
    fit = glmm("y ~ x + (1 + x | g) + (1 | h)", data)
    moved = glmm("y ~ x + (1 + x | g) + (1 | h)", data.assign(x=2000 + 10 * data["x"]))
    np.testing.assert_allclose(moved.criterion, fit.criterion, rtol=1e-10)
    np.testing.assert_allclose(moved.fitted, fit.fitted, rtol=1e-6)
    np.testing.assert_allclose(moved.fixef["x"] * 10, fit.fixef["x"], rtol=1e-6)
    np.testing.assert_allclose(moved.varcorr["g"].sd["x"] * 10, fit.varcorr["g"].sd["x"], rtol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_a_larger_model_never_fits_worse(seed):
    """Do correlated slopes fit at least as well as independent ones, these as an intercept, and two factors as one?"""
    rng = np.random.default_rng(100 + seed)
    data = crossed(rng, 250, tau=0.2)
    formulas = "(1 | g)", "(x || g)", "(1 + x | g)", "(1 + x | g) + (1 | h)"
    found = [glmm(f"y ~ x + {varying}", data) for varying in formulas]
    for small, large in pairwise(found):
        assert large.criterion <= small.criterion + 1e-7
    assert all(fit.certificate.holds for fit in found)


def test_a_spread_of_zero_is_found_and_left():
    """Does a search that starts at Λ = 0, stationary for any data, find the spread that is there?"""
    from hlm_teach.cells import cells, counts
    from hlm_teach.frame import model_frame
    from hlm_teach.logit_model import LogitModel
    from hlm_teach.logit_search import search

    data = crossed(np.random.default_rng(10), 500).astype({"y": float})
    frame = model_frame("y ~ x + (1 + x | g) + (1 | h)", data)
    model = LogitModel(frame, cells(frame, *counts(frame.y, "y", None)))
    zero = [np.zeros_like(layout.K) for layout in model.layouts]
    best = search(model.system, model.layouts, laplace, (zero, np.zeros(2)))
    assert best.convergence.escapes >= 2 and best.convergence.holds
    fit = glmm("y ~ x + (1 + x | g) + (1 | h)", data)
    np.testing.assert_allclose(best.value.criterion, fit.criterion, rtol=1e-9)


def test_groups_more_alike_than_chance_give_a_boundary_fit():
    """Is the spread exactly 0 where groups are equal, the standard errors those of a plain logit, and the text clear?"""
    data = pd.DataFrame(
        {"g": np.repeat(list("abcdef"), 8), "y": [0, 1] * 24, "x": [0, 0, 1, 1, 0, 1, 1, 1] * 6}
    )
    fit = glmm("y ~ x + (1 | g)", data)
    assert fit.is_boundary and fit.theta.tolist() == [0.0] and fit.certificate.smallest > 0
    X = np.column_stack([np.ones(48), data["x"]])
    p = fit.fitted.to_numpy()
    np.testing.assert_allclose(fit.vcov_fixef, np.linalg.inv((X.T * (p * (1 - p))) @ X), rtol=1e-6)
    assert "Boundary fit" in fit.summary() and "Intercept over g is 0" in fit.summary()
    assert (fit.ranef["g"] == 0).all(axis=None) and fit.icc()["g"] == 0


# ---------------------------------------------------------------------------------- the record


def test_predictions_and_residuals_fit_together():
    """Do predictions of the own rows equal the fitted values, on both scales, and residuals follow their formulas?"""
    data = crossed(np.random.default_rng(11), 400)
    fit = glmm("y ~ x + (1 + x | g) + (1 | h)", data)
    assert isinstance(fit, GLMMFit)
    np.testing.assert_allclose(fit.predict(data), fit.fitted, rtol=1e-12)
    np.testing.assert_allclose(expit(fit.predict(data, scale="link")), fit.fitted, rtol=1e-12)
    new = pd.DataFrame({"x": [0.0, 1.0], "g": [0, 99], "h": [98, 4]})
    eta = fit.predict(new, new_groups="zero", scale="link")
    np.testing.assert_allclose(
        eta,
        [
            fit.coef["g"].loc[0, "Intercept"],
            fit.fixef.sum() + fit.ranef["h"].loc[4, "Intercept"],
        ],
    )
    y, p = data["y"].astype(float), fit.fitted
    np.testing.assert_allclose(fit.residuals(), y - p)
    np.testing.assert_allclose(fit.residuals("pearson"), (y - p) / np.sqrt(p * (1 - p)))
    np.testing.assert_allclose(
        (fit.residuals("deviance") ** 2).sum(), -2 * np.sum(np.where(data["y"], np.log(p), np.log(1 - p)))
    )
    population = expit(fit.fixef["Intercept"] + fit.fixef["x"] * data["x"])
    np.testing.assert_allclose(fit.residuals(level="population"), y - population)


def test_no_fixed_part_and_several_terms_of_one_factor():
    """Does a model without fixed coefficients fit, and do independent terms keep their places in a prediction?"""
    data = crossed(np.random.default_rng(15), 300)
    none = glmm("y ~ 0 + (1 | g)", data)
    assert len(none.fixef) == 0 and none.criterion >= glmm("y ~ 1 + (1 | g)", data).criterion
    np.testing.assert_allclose(none.predict(data), none.fitted)
    fit = glmm("y ~ x + (1 | g) + (1 | h) + (0 + x | g)", data)
    b = fit.ranef["g"].loc[data["g"]]
    line = (
        fit.coef["g"].loc[data["g"], "Intercept"].to_numpy()
        + (fit.fixef["x"] + b["x"].to_numpy()) * data["x"]
    )
    line = line + fit.ranef["h"].loc[data["h"], "Intercept"].to_numpy()
    np.testing.assert_allclose(fit.predict(scale="link"), line, rtol=1e-10, atol=1e-12)


def test_summary_says_the_fit():
    """Do text and HTML name coefficients, error terms, sizes, and escape what is not ours?"""
    data = crossed(np.random.default_rng(12), 300).rename(columns={"x": "a<b"})
    fit = glmm("y ~ `a<b` + (1 | g)", data)
    assert repr(fit) == fit.summary() and "Residual" not in repr(fit)
    assert f"number of obs: 300 (in {fit.n_cells} cells), groups: g, 12" in fit.summary()
    assert "a<b" not in fit._repr_html_() and "a&lt;b" in fit._repr_html_()


def test_latent_scale():
    """Are the median odds ratio, the latent ICC and the marginal probability what simulation says?"""
    rng = np.random.default_rng(13)
    a, b = 0.8 * rng.normal(size=(2, 400_000))
    np.testing.assert_allclose(median_odds_ratio(0.8), np.median(np.exp(np.abs(a - b))), rtol=0.01)
    np.testing.assert_allclose(marginal_probability(1.2, 0.8), expit(1.2 + a).mean(), atol=0.001)
    np.testing.assert_allclose(marginal_probability([0.0, 1.0], 0.0), expit([0.0, 1.0]))
    latent = a + rng.logistic(size=(2, 400_000))
    np.testing.assert_allclose(latent_icc(0.8), np.corrcoef(latent)[0, 1], atol=0.01)


# ---------------------------------------------------------------------------------- what must be refused


def good(n=60):
    rng = np.random.default_rng(14)
    g, x = np.arange(n) % 6, np.round(rng.normal(size=n), 3)
    y = (rng.random(n) < expit(x + 0.8 * rng.normal(size=6)[g])).astype(int)
    return pd.DataFrame({"y": y, "x": x, "g": g, "m": 4})


BAD = {
    "measurement": ("y ~ x + (1 | g)", {"y": 18.5}, {}, r"18\.5 in row 0\. Numbers on a scale are for lmm"),
    "response 2": ("y ~ x + (1 | g)", {"y": 2}, {}, "y must be 0 or 1 in every row, but it is 2 in row 0"),
    "proportion without trials": (
        "y ~ x + (1 | g)",
        {"y": 0.25},
        {},
        r"0\.25 in row 0\. A proportion needs its number of trials",
    ),
    "text": ("y ~ x + (1 | g)", {"y": "N"}, {}, "y must be 0 or 1 in every row, but it holds 'N'"),
    "trials not whole": (
        "y ~ x + (1 | g)",
        {"m": 2.5},
        {"weights": "m"},
        r"Trials must be whole numbers >= 1, but m is 2\.5 in row 0",
    ),
    "no trials": ("y ~ x + (1 | g)", {"m": 0}, {"weights": "m"}, "Rows without trials say nothing"),
    "successes not whole": (
        "y ~ x + (1 | g)",
        {"y": 0.3},
        {"weights": "m"},
        r"0\.3 × 4 = 1\.2 in row 0\. Are these the right trials",
    ),
    "not a proportion": (
        "y ~ x + (1 | g)",
        {"y": 3},
        {"weights": "m"},
        "must be a proportion between 0 and 1, but it is 3",
    ),
    "one class": (
        "y ~ x + (1 | g)",
        {"y": 1},
        {},
        "y must be 1 in some rows and 0 in others, but it is 1 in all 60",
    ),
    "missing": ("y ~ x + (1 | g)", {"x": np.nan}, {}, "x must be a finite number in every row"),
    "missing trials": (
        "y ~ x + (1 | g)",
        {"m": np.nan},
        {"weights": "m"},
        "m must be a finite number in every row",
    ),
    "one level": ("y ~ x + (1 | g)", {"g": 1}, {}, "at least two groups, but all 60 rows have g = 1"),
    "constant column": ("y ~ x + m + (1 | g)", {}, {}, "m is a combination of Intercept"),
    "weights' length": (
        "y ~ x + (1 | g)",
        {},
        {"weights": [1, 2]},
        r"one number of trials per row, shape \(60,\)",
    ),
    "family": ("y ~ x + (1 | g)", {}, {"family": "poisson"}, 'family must be "binomial"'),
    "nodes": ("y ~ x + (1 | g)", {}, {"quadrature": 0}, "whole number of nodes from 1 to 101"),
    "nodes for two": ("y ~ x + (x | g)", {}, {"quadrature": 9}, "one factor with one varying coefficient"),
    "twice": ("y ~ x + (1 | g) + (x | g)", {}, {}, "Intercept varies in several terms over g"),
    "unknown weights": ("y ~ x + (1 | g)", {}, {"weights": "trials"}, "no such column"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_a_sentence(case):
    """Does each kind of bad input get its own sentence, with what was found and where?"""
    formula, change, options, sentence = BAD[case]
    data = good()
    for name, value in change.items():
        whole = case in ("one class", "one level", "text")
        data[name] = value if whole else data[name].astype(float).where(data.index > 0, value)
    with pytest.raises((ValueError, KeyError), match=sentence):
        glmm(formula, data, **options)


def test_repeated_predictors_are_named():
    """Is a column that repeats others named, with the others?"""
    data = good().assign(w=lambda d: 2 * d["x"] + 1)
    with pytest.raises(ValueError, match="w is a combination of Intercept, x"):
        glmm("y ~ x + w + (1 | g)", data)


def test_complete_separation_names_the_predictor():
    """Is a predictor that tells 0 from 1 in every row named, and not the innocent one?"""
    data = good().assign(dose=lambda d: d["y"] * 3 + d["m"])
    with pytest.raises(ValueError, match=r"dose separates its 0s from its 1s"):
        glmm("y ~ x + dose + (1 | g)", data)


def test_a_category_without_successes_is_named():
    """Is a dummy whose rows are all 0 named (quasi-complete separation)?"""
    data = good().assign(kind=lambda d: np.where(d["y"].eq(0) & (d.index % 2 == 0), "rare", "common"))
    with pytest.raises(ValueError, match=r"kind\[T.rare\] separates"):
        glmm("y ~ x + kind + (1 | g)", data)


def test_groups_without_both_outcomes_are_named():
    """Is a factor refused where every group has only 0s or only 1s?"""
    data = good().assign(g=lambda d: d["y"] * 3 + d.index % 3)
    with pytest.raises(ValueError, match="in each of the 6 groups of g y is only 0 or only 1"):
        glmm("y ~ x + (1 | g)", data)


def test_a_level_of_prediction_that_does_not_exist_is_refused():
    """Do predict and residuals refuse words they do not know?"""
    fit = glmm("y ~ x + (1 | g)", good())
    for call in (
        lambda: fit.predict(scale="odds"),
        lambda: fit.predict(good(), new_groups="mean"),
        lambda: fit.residuals("raw"),
        lambda: fit.residuals(level=2),
    ):
        with pytest.raises(ValueError, match="must be"):
            call()

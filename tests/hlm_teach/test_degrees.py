"""Degrees of freedom: lmerTest's numbers, exact in balanced data, derivatives checked, and every refusal?"""

from __future__ import annotations

import json
import re
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from hlm_teach import lmm, load
from hlm_teach.degrees import _by_differences, variance_and_derivatives

REFERENCE = json.loads(files("autograder").joinpath("reference/inference.json").read_text())["satterthwaite"]


def complete(name):
    """A data set without its incomplete rows (politeness has one)."""
    return load(name).dropna()


def sorted_name(name):
    """A coefficient's name in R's spelling, its parts in alphabetical order."""
    name = re.sub(r"\[T\.(.*?)\]", r"\1", name)
    return "(Intercept)" if name == "Intercept" else ":".join(sorted(name.split(":")))


@pytest.mark.parametrize("name", REFERENCE)
def test_df_and_p_are_lmertests(name):
    """Are df, t and p lmerTest's, as far as its optimiser and its numerical derivatives go?"""
    ref = REFERENCE[name]
    table = lmm(ref["formula"], complete(ref["dataset"])).coefficient_table()
    order = [[sorted_name(n) for n in ref["names"]].index(sorted_name(n)) for n in table.index]
    np.testing.assert_allclose(table["df"], np.array(ref["df"])[order], rtol=2e-4)
    t = np.array(ref["t"])[order]
    np.testing.assert_allclose(table["t"].abs(), np.abs(t), rtol=1e-4)
    p = np.array(ref["p"])[order]
    small = p < 1e-12
    np.testing.assert_allclose(table["p"][~small], p[~small], rtol=2e-3)


@pytest.mark.parametrize(("J", "n"), [(6, 3), (12, 5)])
def test_balanced_data_have_exact_df(J, n):
    """With balanced groups, does a predictor of groups get J − 2 and a predictor inside groups n − J − 1, exactly?"""
    rng = np.random.default_rng(J)
    g, x = np.repeat(np.arange(J), n), np.tile(np.arange(n) - (n - 1) / 2, J)
    u = rng.normal(size=J)[g]
    y = u + x + 3 * rng.normal(size=J)[g] + rng.normal(size=J * n)
    fit = lmm("y ~ u + x + (1 | g)", pd.DataFrame({"y": y, "u": u, "x": x, "g": g}))
    assert not fit.is_boundary
    np.testing.assert_allclose(fit.df(), [J - 2, J - 2, J * n - J - 1], rtol=1e-6)
    assert fit.df("between-within").tolist() == [J - 2, J - 2, J * n - J - 1]
    assert fit.df("residual").tolist() == [J * n - 3] * 3


def test_sleepstudy_has_17():
    """Does the mean slope of 18 balanced subjects rest on 17 degrees of freedom, to eight digits?"""
    fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
    np.testing.assert_allclose(fit.df(), 17, rtol=1e-8)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("name", ["schools10", "radon_u"])
def test_derivatives(name, method):
    """Is the exact gradient of var β̂ its difference in Newton's coordinates, and is the way by differences as good?"""
    ref = REFERENCE[name]
    fit = lmm(ref["formula"], load(ref["dataset"]), method=method)
    v, gradient, _curvature = variance_and_derivatives(fit)
    layout, Lambda = fit.model.layout, fit.model.newtons(fit.theta)
    back, x = np.linalg.inv(layout.K), layout.entries(fit.model.newtons(fit.theta))
    assert np.allclose(layout.matrix(x), Lambda)
    for k in range(len(x)):
        ends = []
        for h in (1e-5, -1e-5):
            moved = layout.by_block(back @ layout.matrix(x + h * np.eye(len(x))[k]))
            ends.append(np.diag(fit.model.at(layout.entries(moved), method == "REML")[0].vcov))
        np.testing.assert_allclose(gradient[:, k], (ends[0] - ends[1]) / 2e-5, rtol=1e-5, atol=1e-7 * v.max())
    np.testing.assert_allclose(v, np.diag(fit.vcov_fixef), rtol=1e-12)
    _v, g, C = _by_differences(fit)
    nu = fit.n_obs - (len(v) if method == "REML" else 0)
    by_differences = 1 / (1 / nu + np.einsum("pi,ij,pj->p", g, np.linalg.inv(C), g) / v**2)
    np.testing.assert_allclose(fit.df(), by_differences, rtol=1e-6)


def test_boundary_counts_theta_as_known():
    """Where τ̂ = 0, is the df that of the model without that factor: no groups left, or one factor of three groups?"""
    data = load("dyestuff2")
    assert lmm("Yield ~ 1 + (1 | Batch)", data).df().iloc[0] == pytest.approx(29)
    for groups, theta_is_zero, df in ((2, [True, True], 29), (3, [True, False], 2)):
        data["other"] = np.arange(len(data)) % groups
        both = lmm("Yield ~ 1 + (1 | Batch) + (1 | other)", data)
        assert (both.theta == 0).tolist() == theta_is_zero
        assert both.df().iloc[0] == pytest.approx(df, rel=1e-6)


def test_coverage_needs_the_right_df():
    """With 6 groups, does a t interval with Satterthwaite's df cover a group predictor's slope 95 %, and z much less?"""
    rng = np.random.default_rng(11)
    J, n = 6, 4
    g, hits = np.repeat(np.arange(J), n), np.zeros((400, 2))
    for r in range(400):
        u = rng.normal(size=J)[g]
        y = 2 * rng.normal(size=J)[g] + rng.normal(size=J * n)
        fit = lmm("y ~ u + (1 | g)", pd.DataFrame({"y": y, "u": u, "g": g}))
        for k, method in enumerate(("satterthwaite", "wald")):
            low, high = fit.confint(method=method, which="u").iloc[0, :2]
            hits[r, k] = low < 0 < high
    t, z = hits.mean(axis=0)
    assert 0.92 < t < 0.98 and z < 0.9


@pytest.mark.parametrize(
    ("formula", "method", "sentence"),
    [
        (
            "diameter ~ 1 + (1 | plate) + (1 | sample)",
            "between-within",
            "need one grouping factor, but the fit has plate, sample",
        ),
        (
            "diameter ~ 1 + (1 | plate)",
            "kr",
            'method must be "satterthwaite", "between-within" or "residual"',
        ),
    ],
)
def test_refusals(formula, method, sentence):
    """Does each wrong request get its sentence?"""
    with pytest.raises(ValueError, match=sentence):
        lmm(formula, load("penicillin")).df(method)

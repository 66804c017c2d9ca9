"""Criterion, derivatives, search and certificate: right values, right slopes, right stops?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hlm_teach import lmm, load
from hlm_teach.certificate import Certificate
from hlm_teach.compress import compress
from hlm_teach.covariance import structure, triangular
from hlm_teach.criterion import profile, slopes
from hlm_teach.newton import derivatives, newton, newton_step


def setting(seed, blocks, J=7, shift=3.0):
    """Compressed random data, and the layout of its blocks."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(J), rng.integers(1, 8, J))
    n = len(codes)
    columns = {"Intercept": np.ones(n), "x": shift + rng.normal(size=n), "w": rng.normal(size=n)}
    used = list(dict.fromkeys(name for block in blocks for name in block))
    y = rng.normal(size=n) + rng.normal(size=J)[codes] * columns["x"]
    x = list(columns.values())
    c = compress(y, x, [columns[name] for name in used], codes, tuple(columns), tuple(used))
    layout = structure(c, blocks)
    return layout.apply(c), layout


BLOCKS = [
    [("Intercept",)],
    [("x",)],
    [("Intercept", "x")],
    [("Intercept",), ("x",)],
    [("Intercept", "x", "w")],
    [("x", "w")],
    [("Intercept", "x"), ("w",)],
]


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("blocks", BLOCKS)
def test_gradient_and_hessian_are_the_finite_differences(blocks, reml):
    """Are both derivatives in the entries of Λ those of central differences, for every structure?"""
    rng = np.random.default_rng(5)
    c, layout = setting(11, blocks)
    x = rng.normal(size=len(layout.rows))

    def value(x):
        return profile(c, layout.matrix(x), reml).criterion

    def slope(x):
        Lambda = layout.matrix(x)
        return derivatives(layout, Lambda, slopes(profile(c, Lambda, reml)))

    gradient, hessian = slope(x)
    steps = 1e-5 * np.eye(len(x))
    by_value = [(value(x + h) - value(x - h)) / 2e-5 for h in steps]
    by_gradient = [(slope(x + h)[0] - slope(x - h)[0]) / 2e-5 for h in steps]
    np.testing.assert_allclose(gradient, by_value, atol=1e-6 * (1 + np.abs(gradient).max()))
    np.testing.assert_allclose(hessian, by_gradient, atol=1e-7 * (1 + np.abs(hessian).max()))


def test_gamma_is_the_slope_in_the_covariance():
    """Does the criterion change by tr(Γ dΣ) when Σ itself is moved?"""
    c, _layout = setting(2, [("Intercept", "x")])
    root = np.array([[0.8, 0], [0.3, 0.5]])
    gamma = slopes(profile(c, root)).gamma
    for D in (np.diag([1.0, 0]), np.diag([0, 1.0]), np.array([[0, 1.0], [1, 0]])):
        up, down = (
            profile(c, np.linalg.cholesky(root @ root.T + sign * 1e-6 * D)).criterion for sign in (1, -1)
        )
        np.testing.assert_allclose((up - down) / 2e-6, np.sum(gamma * D), rtol=1e-5, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(BLOCKS), st.booleans())
def test_no_random_point_is_better_than_the_optimum(seed, blocks, reml):
    """Is the criterion at the optimum at most that at 30 random Λ, small and large, and does the certificate hold?"""
    c, layout = setting(seed, blocks)
    if c.within()[1] < 1:
        return
    found = newton(c, layout, reml)
    assert found.certificate.holds, str(found.certificate)
    rng = np.random.default_rng(seed)
    for size in np.geomspace(1e-3, 30, 30):
        other = layout.matrix(size * rng.normal(size=len(layout.rows)))
        assert found.at.criterion <= profile(c, other, reml).criterion + 1e-9


def test_search_leaves_the_false_boundary_of_radon():
    """Where lme4's default stops at 2119.22: do we reach 2114.22, and does the certificate expose the false one?"""
    radon = load("radon")
    fit = lmm("log_radon ~ floor * log_uranium + (floor | county)", radon, method="ML")
    np.testing.assert_allclose(fit.criterion, 2114.223951734803, rtol=1e-10)
    assert not fit.is_boundary and fit.certificate.holds
    at_trap = fit.at([0.0, -0.45886063654016673, 0.07283886387613564])
    assert round(at_trap.criterion, 2) == 2119.22
    assert not at_trap.certificate.holds and at_trap.certificate.smallest < -0.01


def test_a_zero_column_is_stationary_for_any_data():
    """Is the gradient in the entries of a zero column exactly 0, so that only Γ can show the way out?"""
    c, layout = setting(6, [("Intercept", "x")])
    Lambda = np.array([[0.9, 0.0], [0.4, 0.0]])
    gradient, _hessian = derivatives(layout, Lambda, slopes(profile(c, Lambda)))
    assert gradient[2] == 0 and abs(gradient[0]) > 0.1


def test_boundary_fits_are_certified_as_such():
    """Dyestuff2: is τ exactly 0, flagged as a boundary fit, and certified by a positive Γ?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    assert fit.theta[0] == 0 and fit.is_boundary
    assert fit.certificate.holds and fit.certificate.smallest > 0.1
    assert np.all(fit.ranef["Batch"] == 0) and np.all(fit.ranef_se["Batch"] == 0)


def test_evaluations_stay_few():
    """Do well-determined fits need at most a dozen evaluations, so that a slow search cannot hide?"""
    sleep, hsb = load("sleepstudy"), load("hsb")
    for formula, data in (
        ("Reaction ~ Days + (1 | Subject)", sleep),
        ("Reaction ~ Days + (Days | Subject)", sleep),
        ("Reaction ~ Days + (Days || Subject)", sleep),
        ("math ~ ses + (1 | school)", hsb),
        ("height ~ age + (age | Subject)", load("oxboys")),
    ):
        for method in ("REML", "ML"):
            assert lmm(formula, data, method=method).certificate.evaluations <= 12, (formula, method)


def test_doubtful_fits_are_searched_from_several_sides():
    """Where a wall is near, is the search repeated from the corners, and still affordable?"""
    radon = load("radon")
    fit = lmm("log_radon ~ floor * log_uranium + (floor | county)", radon)
    assert 20 < fit.certificate.evaluations < 150
    three = lmm("Reaction ~ Days + I(Days**2) + (Days + I(Days**2) | Subject)", load("sleepstudy"))
    assert three.certificate.evaluations < 300


def test_newton_step_goes_downhill_where_the_criterion_bends_down():
    """Is the step's product with the gradient negative for any symmetric Hessian?"""
    rng = np.random.default_rng(0)
    for _trial in range(50):
        hessian = rng.normal(size=(4, 4))
        gradient = rng.normal(size=4)
        assert gradient @ newton_step(gradient, hessian + hessian.T) < 0


def test_certificate_says_what_it_found():
    """Does the certificate speak of an optimum only if both conditions hold?"""
    assert "Optimum" in str(Certificate(0.0, 1e-12, 5, 0)) and "5 evaluations" in str(
        Certificate(0.0, 0.0, 5, 0)
    )
    assert str(Certificate(-0.2, 0.0, 5, 0)).startswith("Not an optimum")
    assert not Certificate(0.0, 1e-3, 5, 0).holds


@pytest.mark.parametrize("blocks", BLOCKS)
def test_layout_maps_there_and_back(blocks):
    """Is Z T K = Z for the columns as given, in every structure, and is pivoting the same covariance?"""
    c, layout = setting(4, blocks)
    rng = np.random.default_rng(1)
    sample = {"Intercept": np.ones(6), "x": 3 + rng.normal(size=6), "w": rng.normal(size=6)}
    Zs = np.column_stack(
        [(sample[name] - m) / s for name, m, s in zip(c.z_names, c.z_shift, c.z_scale, strict=True)]
    )
    Z = np.column_stack([sample[name] for name in layout.names])
    np.testing.assert_allclose(Zs @ layout.T @ layout.K, Z, atol=1e-12)
    Lambda = layout.matrix(rng.normal(size=len(layout.rows)))
    turned, pivoted = layout.pivoted(Lambda)
    np.testing.assert_allclose(pivoted @ pivoted.T, Lambda @ Lambda.T, atol=1e-12)
    np.testing.assert_allclose(turned.matrix(turned.entries(pivoted)), pivoted, atol=1e-14)
    np.testing.assert_allclose(triangular(Lambda) @ triangular(Lambda).T, Lambda @ Lambda.T, atol=1e-12)


def test_search_counts_its_escapes():
    """Started at complete pooling, where every entry is stationary, does the search still leave?"""
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(10), 5)
    data = pd.DataFrame({"y": rng.normal(size=50) + 2 * rng.normal(size=10)[g], "g": g})
    model = lmm("y ~ 1 + (1 | g)", data).model
    found = newton(model.c, model.layout, True, starts=(np.zeros((1, 1)),))
    assert found.certificate.escapes == 1 and found.certificate.holds

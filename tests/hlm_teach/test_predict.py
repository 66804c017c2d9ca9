"""Prediction intervals, comparisons and ranks: the right joint covariance, and the coverage it promises?"""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import block_diag

from hlm_teach import lmm, load


def crossed(seed=1, n=240):
    """Two crossed factors with a slope over each."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"a": rng.integers(0, 8, n), "b": rng.integers(0, 11, n), "x": rng.normal(size=n)})
    data["y"] = rng.normal(size=8)[data.a] * (1 + data.x) + rng.normal(size=11)[data.b] + rng.normal(size=n)
    return data


def henderson(fit):
    """Design [X Z] with its dense joint error covariance, straight from Henderson's equations."""
    frame, Z, roots = fit.frame, [], []
    for factor, inside in fit.model.inside.items():
        groups = np.eye(len(frame.factors[factor].levels))[frame.factors[factor].codes]
        columns = [c for term in frame.terms if term.factor == factor for c in term.columns.arrays]
        Z += [groups * np.asarray(column, dtype=float)[:, None] for column in columns]
        roots.append(np.kron(fit.estimates.Lambda[inside, inside], np.eye(groups.shape[1])))
    X, D = np.column_stack(frame.x.arrays), block_diag(*roots)
    T = np.hstack([X, np.hstack(Z) @ D])
    M = T.T @ T
    p = X.shape[1]
    M[p:, p:] += np.eye(len(D))
    return np.hstack([X, *Z]), fit.sigma**2 * block_diag(np.eye(p), D) @ np.linalg.inv(M) @ block_diag(
        np.eye(p), D
    ).T


FORMULAS = [
    "y ~ x + (1 | a)",
    "y ~ x + (0 + x | a)",
    "y ~ x + (1 + x | a)",
    "y ~ x + (x || a)",
    "y ~ x + (1 | a) + (1 | b)",
    "y ~ x + (1 + x | a) + (1 | b)",
    "y ~ 1 + (1 | a) + (x || b)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_variances_are_those_of_hendersons_equations(formula):
    """Is each row's variance that of the dense joint covariance? And is the sum of the two variances another?"""
    fit = lmm(formula, crossed())
    T, joint = henderson(fit)
    exact = np.einsum("ij,jk,ik->i", T, joint, T)
    found = fit.predict(interval="confidence")
    assert np.allclose(found["se"] ** 2, exact, rtol=1e-9)
    assert np.allclose(fit.predict(interval="prediction")["se"] ** 2, exact + fit.sigma**2, rtol=1e-9)
    p = len(fit.fixef)
    apart = block_diag(joint[:p, :p], joint[p:, p:])
    assert not np.allclose(np.einsum("ij,jk,ik->i", T, apart, T), exact, rtol=0.01)


def test_a_singular_covariance_has_intervals_too():
    """With τ = 0, is the variance of a row that of the regression line?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    assert fit.is_boundary
    assert np.allclose(fit.predict(interval="confidence")["se"], fit.fixef_se["Intercept"])


@pytest.mark.parametrize("formula", ["y ~ x + (1 + x | a)", "y ~ x + (1 + x | a) + (1 | b)"])
def test_a_new_group_has_the_spread_between_groups_in_it(formula):
    """Is the variance of a new group x'Var(β̂)x + z'Tz, and its interval wider than that of any known one?"""
    fit = lmm(formula, crossed())
    new = pd.DataFrame({"a": [0, 99], "b": [0, 0], "x": [0.5, 0.5]})
    found = fit.predict(new, new_groups="zero", interval="confidence")
    assert found["se"][1] > found["se"][0]
    if "b" not in fit.n_groups:
        v = np.array([1, 0.5])
        exact = v @ (fit.vcov_fixef + fit.varcorr["a"].cov.to_numpy()) @ v
        assert found["se"][1] ** 2 == pytest.approx(exact)


@pytest.mark.parametrize("known", [True, False])
def test_intervals_cover_what_they_promise(known):
    """Over drawn worlds with the true θ, do 90 % intervals hold 90 % of the truths? And only if the groups are in them?"""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(12), 6)
    design = pd.DataFrame({"g": g, "x": rng.normal(size=72)})
    fit = lmm("y ~ x + (1 | g)", design.assign(y=rng.normal(size=12)[g] + rng.normal(size=72)))
    new = pd.DataFrame({"g": [3 if known else 99], "x": [1.0]})
    inside, control, worlds = 0, 0, 400
    for _world in range(worlds):
        alpha, future = rng.normal(size=12), rng.normal()
        y = 1 + 2 * design.x + alpha[g] + rng.normal(size=72)
        frame = replace(fit.frame, y=np.asarray(y))
        model = type(fit.model)(frame)
        here = type(fit)(frame, design, model, "REML", *model.at([1.0], True))
        row = here.predict(new, new_groups="zero", interval="confidence", level=0.9).iloc[0]
        truth = 3 + (alpha[3] if known else future)
        inside += row.lower < truth < row.upper
        line_alone = 1.645 * np.sqrt(np.array([1, 1]) @ here.vcov_fixef @ np.array([1, 1]))
        control += abs(truth - row.estimate) < line_alone
    error = 4 * np.sqrt(0.09 / worlds)
    assert abs(inside / worlds - 0.9) < error
    assert control / worlds < 0.9 - error


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"interval": "credible"}, 'interval must be "confidence"'),
        ({"interval": "prediction", "level": 90}, "level = 90"),
        ({"interval": "prediction", "new": pd.DataFrame({"Batch": ["Z"]})}, "must be a group of the fit"),
    ],
)
def test_what_cannot_be_predicted_is_said(arguments, said):
    """Does each bad argument get its sentence?"""
    with pytest.raises(ValueError, match=said):
        lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")).predict(**arguments)


def test_an_unknown_share_of_new_groups_has_no_interval():
    """Is a multiple membership with a level that was not in the fit refused?"""
    data = crossed().drop(columns="b")
    W = pd.DataFrame(np.eye(8)[data.a], index=data.index)
    fit = lmm("y ~ x + (1 | m)", data, membership={"m": W})
    new = pd.DataFrame({"x": [0.0]})
    with pytest.raises(ValueError, match="how a row is shared between new groups is not known"):
        fit.predict(new, "zero", {"m": pd.DataFrame({0: [0.5], 99: [0.5]})}, interval="confidence")
    plain = lmm("y ~ x + (1 | a)", data)
    assert np.allclose(
        fit.predict(interval="confidence")["se"], plain.predict(interval="confidence")["se"], rtol=1e-4
    )


# groups compared


@pytest.mark.parametrize("formula", FORMULAS[:3] + FORMULAS[4:6])
def test_a_difference_has_the_joint_standard_error(formula):
    """Is the error of b_1 − b_5 that of the dense covariance?"""
    fit = lmm(formula, crossed())
    _T, joint = henderson(fit)
    v = np.zeros(len(joint))
    p = len(fit.fixef)
    v[p + 1], v[p + 5] = 1, -1
    found = fit.compare_groups(1, 5, factor="a")
    assert found.se == pytest.approx(np.sqrt(v @ joint @ v))
    assert found.estimate == pytest.approx(fit.ranef["a"].iloc[1, 0] - fit.ranef["a"].iloc[5, 0])
    assert found.lower < found.estimate < found.upper


@pytest.mark.parametrize("formula", ["y ~ x + (1 + x | a)", "y ~ x + (1 | a) + (1 | b)"])
def test_ranks_come_from_the_joint_distribution(formula):
    """Does group 1 stand above group 5 in as many draws as the normal distribution of their difference says?"""
    fit = lmm(formula, crossed())
    ranks = fit.rank_draws(n=20_000, seed=1, factor="a")
    found = fit.compare_groups(1, 5, factor="a")
    expected = NormalDist().cdf(found.estimate / found.se)
    share = (ranks.draws[1] < ranks.draws[5]).mean()
    assert abs(share - expected) < 4 * np.sqrt(0.25 / 20_000)
    assert set(ranks.draws.iloc[0]) == set(range(1, 9))
    table = ranks.table(0.9)
    assert (table["lower"] <= table["upper"]).all() and table["first"].sum() == pytest.approx(1)
    assert ranks.draws.equals(fit.rank_draws(n=20_000, seed=1, factor="a").draws)


def test_standardised_deviations_have_their_own_sd():
    """In drawn worlds at the true θ, is Var(b̂_j/SD) = 1, for small and large groups alike? And raw ones not?"""
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(10), [1, 2, 3, 4, 5, 6, 8, 10, 20, 40])
    raw, scaled = [], []
    data = pd.DataFrame({"g": g})
    for _world in range(250):
        y = rng.normal(size=10)[g] + rng.normal(size=len(g))
        fit = lmm("y ~ 1 + (1 | g)", data.assign(y=y)).at([1.0])
        raw.append(fit.ranef["g"]["Intercept"])
        scaled.append(fit.ranef_standardised["g"]["Intercept"])
    assert np.allclose(np.std(scaled, axis=0), 1, atol=0.2)
    assert np.ptp(np.std(raw, axis=0)) > 0.2


def test_a_coefficient_that_does_not_vary_has_no_standardised_deviation():
    """Is it nan where τ = 0?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    assert fit.ranef_standardised["Batch"]["Intercept"].isna().all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda fit: fit.compare_groups("A", "Z"), "'Z' must be a group of Batch"),
        (lambda fit: fit.compare_groups("A", "A"), "Two different groups are needed"),
        (lambda fit: fit.compare_groups("A", "B", term="x"), "No coefficient 'x' varies by Batch"),
        (lambda fit: fit.compare_groups("A", "B", factor="g"), "factor must be a grouping factor"),
        (lambda fit: fit.compare_groups("A", "B", level=2), "level = 2"),
        (lambda fit: fit.rank_draws(), "A seed is needed"),
        (lambda fit: fit.rank_draws(n=0, seed=1), "n must be a whole number >= 1"),
    ],
)
def test_what_cannot_be_compared_is_said(call, said):
    """Does each bad argument get its sentence?"""
    with pytest.raises(ValueError, match=said):
        call(lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")))

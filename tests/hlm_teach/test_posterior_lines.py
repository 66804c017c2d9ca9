"""The posterior of varying lines by a grid, against Gibbs sampling, quadrature of its own, and the walk of lesson 09."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hlm_teach import load, sampling
from hlm_teach.lmm import lmm
from hlm_teach.posterior_lines import _height, _sums, _system, lines_posterior

CHAINS, STEPS, WARM = 250, 160, 40


@pytest.fixture(scope="module")
def pupils():
    return load("schools10")


def on_a_grid(rng, grid, log_density):
    """Draw one value for each row of a log density over a grid."""
    share = np.cumsum(np.exp(log_density - log_density.max(axis=1, keepdims=True)), axis=1)
    place = (share < rng.random((len(share), 1)) * share[:, -1:]).sum(axis=1)
    return grid[place]


def gibbs(data, rng):
    """Sample the homework model of lesson 09 by Gibbs: normal steps for lines and means, a grid for each SD.

    mu_a ~ N(40, 50), sigma_a ~ HalfNormal(50), mu_b ~ N(0, 10), sigma_b ~ HalfNormal(5), eps ~ HalfCauchy(5).
    """
    labels = sorted(data["school"].unique())
    X = [
        np.column_stack([np.ones(n), part["homework"]])
        for _s, part in data.groupby("school")
        for n in [len(part)]
    ]
    y = [part["math"].to_numpy() for _s, part in data.groupby("school")]
    A = np.array([x.T @ x for x in X])
    b = np.array([x.T @ v for x, v in zip(X, y, strict=True)])
    total, n, J = sum(v @ v for v in y), len(data), len(labels)
    centre, scale, wide = np.array([40.0, 0.0]), np.array([50.0, 10.0]), np.array([50.0, 5.0])
    grids = np.geomspace(1, 40, 400), np.geomspace(0.5, 25, 400)
    residual = np.linspace(5, 9, 400)
    mu = np.tile([45.0, 2.0], (CHAINS, 1))
    tau = np.tile([9.0, 5.0], (CHAINS, 1))
    eps = np.full(CHAINS, 6.6)
    kept = []
    for _step in range(STEPS):
        precision = A / eps[:, None, None, None] ** 2
        precision[..., [0, 1], [0, 1]] += 1 / tau[:, None] ** 2
        cov = np.linalg.inv(precision)
        right = b / eps[:, None, None] ** 2 + (mu / tau**2)[:, None]
        lines = np.einsum("kjab,kjb->kja", cov, right)
        lines += np.einsum("kjab,kjb->kja", np.linalg.cholesky(cov), rng.standard_normal(lines.shape))
        weight = J / tau**2 + 1 / scale**2
        mu = (lines.sum(axis=1) / tau**2 + centre / scale**2) / weight + rng.standard_normal(
            (CHAINS, 2)
        ) / np.sqrt(weight)
        squares = ((lines - mu[:, None]) ** 2).sum(axis=1)
        for k, grid in enumerate(grids):
            log = (1 - J) * np.log(grid) - squares[:, [k]] / (2 * grid**2) - 0.5 * (grid / wide[k]) ** 2
            tau[:, k] = on_a_grid(rng, grid, log)
        rss = total - 2 * np.einsum("kja,ja->k", lines, b) + np.einsum("kja,jab,kjb->k", lines, A, lines)
        log = -n * np.log(residual) - rss[:, None] / (2 * residual**2) - np.log1p((residual / 5) ** 2)
        eps = on_a_grid(rng, residual, log)
        kept.append(np.column_stack([mu, tau, eps, lines[..., 1]]))
    names = ["mu_a", "mu_b", "sigma_a", "sigma_b", "eps", *(f"b[{label}]" for label in labels)]
    return np.array(kept[WARM:]), names


@pytest.fixture(scope="module")
def by_gibbs(pupils):
    """The posterior means and SDs, with the Monte Carlo error from the chains' own means."""
    kept, names = gibbs(pupils, np.random.default_rng(1))
    error = kept.mean(axis=0).std(axis=0, ddof=1) / np.sqrt(CHAINS)
    flat = kept.reshape(-1, len(names))
    return pd.DataFrame({"mean": flat.mean(axis=0), "sd": flat.std(axis=0), "error": error}, index=names)


def test_gibbs_finds_the_figures_of_the_design(by_gibbs):
    """Is the mean slope about 1.96 with an SD of 1.62, and eps about 6.6?"""
    assert by_gibbs.loc["mu_b", ["mean", "sd"]].tolist() == pytest.approx([1.96, 1.62], abs=0.04)
    assert by_gibbs.loc["eps", "mean"] == pytest.approx(6.60, abs=0.02)


def test_the_walk_of_the_lesson_agrees_with_gibbs(by_gibbs):
    """Does NUTS, as stored, find the same 15 posterior means within the Monte Carlo errors, and the same SDs?"""
    walk = pd.read_csv(sampling.STORE / "homework_summary.csv", index_col=0).loc[by_gibbs.index]
    error = np.hypot(walk["mcse"], by_gibbs["error"])
    assert ((walk["mean"] - by_gibbs["mean"]).abs() < 4.5 * error).all()
    assert (walk["sd"] / by_gibbs["sd"]).between(0.93, 1.07).all()


def test_the_grid_agrees_with_gibbs(pupils, by_gibbs):
    """With ρ = 0 and each draw weighted by the priors of the lesson, are the posterior means those of Gibbs?"""
    draws = lines_posterior(
        pupils, "homework", "math", "school", size=60_000, rng=np.random.default_rng(2), independent=True
    )
    log = -0.5 * (((draws["mu_a"] - 40) / 50) ** 2 + (draws["mu_b"] / 10) ** 2)
    log -= 0.5 * ((draws["tau_a"] / 50) ** 2 + (draws["tau_b"] / 5) ** 2)
    log -= np.log1p((draws["sigma"] / 5) ** 2)
    weight = np.exp(log - log.max())
    draws = draws.rename(columns=lambda c: c.replace("slope[", "b[")).rename(
        columns={"tau_a": "sigma_a", "tau_b": "sigma_b", "sigma": "eps"}
    )
    for name, row in by_gibbs.iterrows():
        mean = np.average(draws[name], weights=weight)
        assert abs(mean - row["mean"]) < 5 * np.hypot(row["error"], row["sd"] / np.sqrt(30_000)), name


def test_the_top_of_the_density_is_the_reml_fit(pupils):
    """Is the density, without the share of flat priors on SDs, highest where REML's criterion is lowest?"""
    fit = lmm("math ~ homework + (1 + homework | school)", pupils)
    sums = _sums(pupils, "homework", "math", "school", sorted(pupils["school"].unique()))
    v = fit.varcorr["school"]
    top = np.array([*np.log(v.sd / fit.sigma), v.corr.iloc[0, 1]])
    near = top + np.random.default_rng(3).uniform(-0.3, 0.3, (200, 3)) * [1, 1, 0.4]
    near = near[np.abs(near[:, 2]) < 1]

    def reml(theta):
        """Undo the Jacobian of log τ/σ, and what flat priors on three SDs take from the degrees of freedom."""
        r = _system(theta, sums)[4]
        return _height(theta, sums) - theta[:, :2].sum(axis=1) - 1.5 * np.log(r)

    assert (reml(near) < reml(top[None])).all()


def test_the_same_generator_gives_the_same_draws(pupils):
    """Are the draws those of the seed, and is their table named?"""
    one, two = (
        lines_posterior(pupils, "homework", "math", "school", size=50, rng=np.random.default_rng(5))
        for _ in range(2)
    )
    assert one.equals(two) and one.shape == (50, 16)


@pytest.mark.parametrize(("shift", "factor"), [(100.0, 1.0), (0.0, 50.0)])
def test_units_of_the_response_change_nothing_else(pupils, shift, factor):
    """If all scores are shifted or multiplied, do the draws follow?"""
    other = pupils.assign(math=shift + factor * pupils["math"])
    one, two = (
        lines_posterior(d, "homework", "math", "school", size=200, rng=np.random.default_rng(6))
        for d in (pupils, other)
    )
    assert np.allclose(two["mu_a"], shift + factor * one["mu_a"])
    assert np.allclose(
        two[["mu_b", "tau_a", "tau_b", "sigma"]], factor * one[["mu_b", "tau_a", "tau_b", "sigma"]]
    )
    assert np.allclose(two["rho"], one["rho"])


def test_a_row_without_a_value_is_refused(pupils):
    """Does a missing score raise, with the name of its column?"""
    holes = pupils.assign(math=pupils["math"].where(pupils.index != 7))
    with pytest.raises(ValueError, match="math must be complete"):
        lines_posterior(holes, "homework", "math", "school", size=10, rng=np.random.default_rng(0))

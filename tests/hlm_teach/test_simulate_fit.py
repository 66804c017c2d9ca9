"""Responses drawn from a fit, checks and power by simulation: the right distribution, repeated by the seed?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nct, t

from hlm_teach import lmm, load, narrate, plots, simulate
from hlm_teach.simulated_check import SimulatedCheck


def nested():
    """Rows in classes in schools."""
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"school": np.repeat(range(8), 24), "room": np.tile(np.repeat(range(3), 8), 8)})
    data["y"] = 2 * rng.normal(size=8)[data.school] + rng.normal(size=24)[3 * data.school + data.room]
    return data.assign(y=data.y + rng.normal(size=len(data)))


def test_new_groups_have_the_covariance_of_the_model():
    """Is Cov(y*) = Z(σ²ΛΛ')Z' + σ²I, and not σ²I alone, which is what the same groups give?"""
    fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
    draws = fit.simulate(n=4000, seed=1).to_numpy()[:10]
    z = np.column_stack([np.ones(10), fit.data.Days[:10]])
    exact = z @ fit.varcorr["Subject"].cov.to_numpy() @ z.T + fit.sigma**2 * np.eye(10)
    assert np.allclose(np.cov(draws), exact, rtol=0.15, atol=120)
    same = fit.simulate(n=4000, seed=1, groups="same").to_numpy()[:10]
    assert np.allclose(np.cov(same), fit.sigma**2 * np.eye(10), atol=70)
    assert np.allclose(same.mean(axis=1), fit.fitted[:10], atol=2)
    assert np.allclose(
        draws.mean(axis=1), fit.fixef["Intercept"] + fit.fixef["Days"] * fit.data.Days[:10], atol=4
    )


def test_several_factors_are_drawn_level_by_level():
    """Is the variance of a row τ² + τ² + σ² and the covariance inside a school τ² of schools, for nested factors?"""
    fit = lmm("y ~ 1 + (1 | school/room)", nested())
    draws = fit.simulate(n=4000, seed=1).to_numpy()
    tau2 = {factor: float(v.cov.iloc[0, 0]) for factor, v in fit.varcorr.items()}
    assert draws.var(axis=1).mean() == pytest.approx(sum(tau2.values()) + fit.sigma**2, rel=0.05)
    assert np.cov(draws[0], draws[9])[0, 1] == pytest.approx(tau2["school"], rel=0.15)


def test_the_seed_decides():
    """Are draws byte for byte the same with a seed, and others with another?"""
    for fit in (lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")), lmm("y ~ 1 + (1 | school/room)", nested())):
        first = fit.simulate(n=3, seed=4)
        assert first.to_numpy().tobytes() == fit.simulate(n=3, seed=4).to_numpy().tobytes()
        assert not first.equals(fit.simulate(n=3, seed=5))
        assert first["sim_1"].equals(fit.simulate(n=1, seed=4)["sim_1"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "A seed is needed"),
        ({"seed": True}, "seed must be a whole number"),
        ({"n": 0, "seed": 1}, "n must be a whole number >= 1, but it is 0"),
        ({"seed": 1, "groups": "old"}, 'groups must be "new"'),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, said):
    """Does each bad argument get its sentence?"""
    with pytest.raises(ValueError, match=said):
        lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")).simulate(**arguments)


def test_residuals_by_factor_take_one_level_after_the_other():
    """Do residuals of the school, of the room in it and of all levels differ by the deviations between them?"""
    fit = lmm("y ~ 1 + (1 | school/room)", nested())
    outer, inner = fit.frame.factors
    b = fit.ranef[outer]["Intercept"].to_numpy()[fit.frame.factors[outer].codes]
    assert np.allclose(fit.residuals("population") - fit.residuals(outer), b)
    assert np.allclose(fit.residuals(inner), fit.residuals("group"))
    with pytest.raises(ValueError, match=r"or a factor \(school, "):
        fit.residuals("pupil")


# checks


def test_a_check_notices_what_the_model_lacks():
    """Does heavy-tailed noise give a small p, and normal noise not?"""
    rng, g = np.random.default_rng(2), np.repeat(np.arange(20), 20)
    data = pd.DataFrame({"g": g})
    noise = {"heavy": rng.standard_t(2, size=400), "normal": rng.normal(size=400)}
    p = {}
    for name, e in noise.items():
        fit = lmm("y ~ 1 + (1 | g)", data.assign(y=rng.normal(size=20)[g] + e))
        p[name] = fit.simulated_check(lambda d: d["y"].abs().max() / d["y"].std(), n=199, seed=1).p
    assert p["heavy"] <= 0.02 and p["normal"] > 0.02


def test_p_counts_ties_and_both_tails():
    """Is the observed value one of the draws, and is a statistic that never varies not unusual?"""
    check = SimulatedCheck(3.0, np.array([1.0, 2.0, 3.0, 4.0]), 1)
    assert check.p_upper == 3 / 5 and check.p == 1.0
    assert SimulatedCheck(9.0, np.arange(9.0), 1).p == pytest.approx(0.2)


def test_a_check_is_drawn_and_said_with_its_numbers():
    """Do line, label and sentence have the observed value?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
    check = fit.simulated_check(lambda d: d["Yield"].max(), n=50, seed=1)
    ax = plots.simulated_check(check, label="largest yield")
    assert check.observed in [line.get_xdata()[0] for line in ax.lines]
    said = narrate.simulated_check(check, unit="g")
    assert "1,635" in said and "50 draws" in said and "g" in said
    for wrong in (plots.simulated_check, narrate.simulated_check):
        with pytest.raises(TypeError, match="SimulatedCheck is needed here, but got LMMFit"):
            wrong(fit)
    with pytest.raises(ValueError, match="A seed is needed"):
        fit.simulated_check(lambda d: 1.0)
    with pytest.raises(ValueError, match="one finite number"):
        fit.simulated_check(lambda d: d["Yield"], seed=1)


# power


@pytest.mark.parametrize("J", [16, 40])
def test_power_is_that_of_the_noncentral_t(J):
    """Whole groups treated, balanced: is the power the exact one? And is it not that of Jn independent rows?"""
    found = simulate.power(J=J, n=12, effect=0.6, tau=0.6, sigma=1, B=4000, seed=1)
    se, limit = np.sqrt(4 * (0.6**2 + 1 / 12) / J), t.ppf(0.975, J - 2)
    exact = nct.sf(limit, J - 2, 0.6 / se) + nct.cdf(-limit, J - 2, 0.6 / se)
    assert abs(found.power - exact) < 4 * np.sqrt(exact * (1 - exact) / 4000) + 0.005
    rows = nct.sf(1.96, J * 12 - 2, 0.6 / np.sqrt(4 * (0.36 + 1) / (12 * J)))
    assert abs(found.power - rows) > 0.05
    assert found.se == pytest.approx(np.sqrt(found.power * (1 - found.power) / 4000))
    assert found.mean_estimate == pytest.approx(0.6, abs=0.03) and found.mean_found > found.mean_estimate


@pytest.mark.parametrize("tau_effect", [0.0, 0.6])
def test_without_an_effect_power_is_the_level(tau_effect):
    """Treated rows, one effect or a varying one: are false alarms 5 %, or fewer where τ = 0 is common?"""
    found = simulate.power(
        J=30, n=10, effect=0, tau=0.5, sigma=1, treat="rows", tau_effect=tau_effect, B=3000, seed=2
    )
    assert abs(found.power - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 3000)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"J": 3}, "J must be a whole number >= 4, but it is 3"),
        ({"n": 1.5}, "n must be a whole number >= 2"),
        ({"tau": -1}, "tau must be a standard deviation >= 0"),
        ({"sigma": 0}, "sigma must be > 0"),
        ({"treat": "all"}, 'treat must be "groups" or "rows"'),
        ({"tau_effect": 1}, "no group shows its own effect"),
        ({"alpha": 5}, "For 5% pass 0.05"),
        ({"seed": None}, "A seed is needed"),
        ({"B": 0}, "B must be a whole number >= 1"),
    ],
)
def test_what_is_no_design_is_said(change, said):
    """Does each bad argument get its sentence?"""
    given = {"J": 10, "n": 5, "effect": 0.5, "tau": 0.5, "sigma": 1, "B": 20, "seed": 1}
    with pytest.raises(ValueError, match=said):
        simulate.power(**given | change)

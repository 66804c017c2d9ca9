"""Pupils who change school: are the rows what the model says, and does the fit find the truth?"""

from __future__ import annotations

import numpy as np
import pytest

from hlm_teach.lmm import lmm
from hlm_teach.simulate import multiple_membership


def draw(seed, **changed):
    sizes = {"J": 12, "n": 300, "movers": 0.5, "tau": 4.0, "sigma": 8.0} | changed
    return multiple_membership(**sizes, rng=np.random.default_rng(seed))


def test_same_seed_same_rows():
    """Does a seed give the same rows, and another seed other rows?"""
    first, again, other = (draw(seed).data.to_csv() for seed in (7, 7, 8))
    assert first == again != other


def test_weights_and_rows_tell_the_same_story():
    """Do weights add up to 1 and give the share of first and last; is about half of the pupils spread over two schools?"""
    sim = draw(1, n=2000)
    W, data = sim.weights, sim.data
    assert np.allclose(W.sum(axis=1), 1)
    at_first = W.to_numpy()[np.arange(2000), W.columns.get_indexer(data["first"])]
    assert np.array_equal(at_first, data["share"])
    moved = data["first"] != data["last"]
    assert np.array_equal(moved, data["share"] < 1)
    assert np.array_equal((W > 0).sum(axis=1), 1 + moved)
    assert moved.mean() == pytest.approx(0.5, abs=0.04)
    assert set(data["first"]) == set(W.columns)


def test_without_noise_the_rows_are_the_weighted_effects():
    """With sigma = 0, is y exactly mu plus the weighted mean of the schools' effects?"""
    sim = draw(3, sigma=0.0)
    assert np.allclose(sim.data["y"], 50 + sim.weights.to_numpy() @ sim.truth["u"])


def test_variance_of_movers():
    """Is the variance of a pupil tau² Σw² + sigma², as the docstring says?"""
    worlds = [draw(seed, J=30, n=60, sigma=1.0) for seed in range(400)]
    y, shares = (
        np.concatenate([f(w) for w in worlds]) for f in (lambda w: w.data["y"], lambda w: w.data["share"])
    )
    for share in (1.0, 0.5, 0.25):
        squares = share**2 + (1 - share) ** 2
        assert y[shares == share].var() == pytest.approx(16 * squares + 1, rel=0.06)


def test_the_weighted_fit_finds_tau_and_one_school_per_pupil_does_not():
    """Over 30 worlds, is the mean tau with weights near the truth, and clearly lower with the last school?"""
    found = []
    for seed in range(30):
        sim = draw(seed, J=30, n=900)
        data = sim.data.assign(school=sim.data["last"])
        fits = (
            lmm("y ~ 1 + (1 | school)", data, membership={"school": sim.weights}),
            lmm("y ~ 1 + (1 | last)", data),
        )
        found.append([next(iter(fit.varcorr.values())).sd.iloc[0] for fit in fits])
    weighted, last = np.mean(found, axis=0)
    assert weighted == pytest.approx(4.0, abs=0.35)
    assert last < weighted - 0.6


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"J": 1}, "2 schools or more"),
        ({"n": 5}, "at least as many pupils"),
        ({"movers": 1.5}, "For 50% pass 0.5"),
        ({"tau": -1.0}, "pass its square root"),
        ({"sigma": np.nan}, "pass its square root"),
    ],
)
def test_impossible_sizes_are_explained(changed, said):
    """Does a size that cannot be say what must hold?"""
    with pytest.raises(ValueError, match=said):
        draw(1, **changed)

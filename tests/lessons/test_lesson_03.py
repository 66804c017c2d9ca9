"""What lesson 03 says about shrinkage, tried again by other means: plain numpy, other seeds, known truths.

The numbers in the lesson's text are bound to the lesson's own run. Here stands what those numbers are *said* to show.
"""

from __future__ import annotations

import numpy as np
import pytest

import hlm_teach as ht

SIGMA, TAU = 10.0, 6.0
N = np.array([400] + [6] * 15)
SE = SIGMA / np.sqrt(N)


def districts(seed, above, R=1000):
    """Return the typical error of the small schools: own means, wrong target, right target."""
    rng = np.random.default_rng(seed)
    truth = 50 + TAU * rng.standard_normal((R, 16))
    truth[:, 0] = 50 + above
    y = truth + SE * rng.standard_normal((R, 16))
    keep = TAU**2 / (TAU**2 + SE**2)
    w = 1 / (TAU**2 + SE**2)
    targets = (y @ N / N.sum(), y @ w / w.sum())
    shrunk = [keep * y + (1 - keep) * t[:, None] for t in targets]
    return [float(np.sqrt(np.mean((e - truth)[:, 1:] ** 2))) for e in (y, *shrunk)]


@pytest.mark.parametrize("seed", range(20))
def test_the_wrong_target_eats_the_gain(seed):
    """With the large school two tau away, is the wrong target worse than no pooling, and the right one better, on any seed?"""
    own, wrong, right = districts(seed, 12)
    assert right < own - 0.5 and wrong > own + 0.3


@pytest.mark.parametrize("seed", range(5))
def test_the_damage_depends_on_the_large_school(seed):
    """Is nothing lost where the large school lies at the centre, and about half of the gain at one tau?"""
    _own, wrong, right = districts(seed, 0)
    assert abs(wrong - right) < 0.1
    own, wrong, right = districts(seed, 6)
    assert 0.3 < (wrong - right) / (own - right) < 0.65


def test_the_fraction_of_james_and_stein_is_right_for_B_on_average():
    """Is (J − 3)se²/S an unbiased estimate of B, and J − 2 not (the negative control)?"""
    rng, J, se, tau = np.random.default_rng(5), 9, 2.0, 1.5
    y = np.sqrt(se**2 + tau**2) * rng.standard_normal((200_000, J))
    inverse = se**2 / np.sum((y - y.mean(axis=1, keepdims=True)) ** 2, axis=1)
    B = se**2 / (se**2 + tau**2)
    error = 6 * inverse.std() / np.sqrt(len(inverse))
    assert np.mean(6 * inverse) == pytest.approx(B, abs=4 * error)
    assert np.mean(7 * inverse) > B + 10 * error


@pytest.mark.parametrize("truth", [[0, 0, 0, 0], [0, 1, 2, 3], [0, 0, 0, 8]])
def test_four_means_are_enough_for_james_and_stein(truth):
    """For J = 4 is the expected total squared error below that of the means, whatever the truth?"""
    rng, truth = np.random.default_rng(6), np.array(truth, dtype=float)
    y = truth + rng.standard_normal((400_000, 4))
    d = y - y.mean(axis=1, keepdims=True)
    keep = np.maximum(0, 1 - 1 / np.sum(d**2, axis=1, keepdims=True))
    gain = np.sum((y - truth) ** 2, axis=1) - np.sum(
        (y.mean(axis=1, keepdims=True) + keep * d - truth) ** 2, axis=1
    )
    assert gain.mean() > 3 * gain.std() / np.sqrt(len(gain))


def test_the_standard_error_counts_the_target_too():
    """Over simulated groups, is the typical error of the estimates what estimate_se says, for unequal se and unknown mu?"""
    rng, se, tau = np.random.default_rng(7), np.array([15.0, 10, 16, 11, 9, 11, 10, 18]), 6.5
    said = ht.partial_pooling(np.zeros(8), se, tau).estimate_se
    truth = rng.normal(8, tau, (40_000, 8))
    y = rng.normal(truth, se)
    w = 1 / (se**2 + tau**2)
    B = se**2 * w
    estimate = (1 - B) * y + B * (y @ w / w.sum())[:, None]
    assert np.sqrt(np.mean((estimate - truth) ** 2, axis=0)) == pytest.approx(said, rel=0.015)
    assert said[0] > 1.1 * np.sqrt(1 - B[0]) * se[0]  # without the target's part it would be too small


def test_the_headteachers_school():
    """Do the words of the sample answer hold: four points of noise, three fifths of trust, five of twelve points?"""
    se, tau = 10 / 6**0.5, 5.0
    own = tau**2 / (tau**2 + se**2)
    assert se == pytest.approx(4.08, abs=0.01) and own == pytest.approx(0.6)
    assert (1 - own) * (62 - 50) == pytest.approx(4.8)


def test_a_zero_is_common():
    """With tau truly 6.5, how often do eight such estimates give tau = 0? By the exact condition Q <= 7: about 38 percent."""
    rng, se = np.random.default_rng(8), np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
    y = rng.normal(0, np.sqrt(se**2 + 6.5**2), (100_000, 8))
    w = 1 / se**2
    Q = np.sum(w * (y - (y @ w / w.sum())[:, None]) ** 2, axis=1)
    assert np.mean(Q <= 7) == pytest.approx(0.383, abs=0.006)

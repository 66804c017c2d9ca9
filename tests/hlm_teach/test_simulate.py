"""The generators: same seed, same rows; known truth; published figures to the printed digit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hlm_teach.arranged import BOUNCE, POLITENESS, SCHOOLS10
from hlm_teach.simulate import bounce, effects, groups, hospitals, politeness, schools10

DRAWS = {
    "groups": lambda rng: groups(5, [1, 2, 3, 4, 5], mu=50, tau=5, sigma=10, rng=rng).data,
    "effects": lambda rng: effects([15, 10, 16], mu=8, tau=5, rng=rng).data,
    "schools10": schools10,
    "bounce": bounce,
    "politeness": politeness,
    "hospitals": lambda rng: hospitals(rng, J=40).data,
}


@pytest.mark.parametrize("name", DRAWS)
def test_same_seed_same_rows(name):
    """Does a seed give the same rows, byte for byte, and another seed other rows?"""
    first, again, other = (DRAWS[name](np.random.default_rng(seed)).to_csv() for seed in (7, 7, 8))
    assert first == again
    assert first != other


@pytest.mark.parametrize("name", DRAWS)
def test_global_seed_has_no_say(name):
    """Is the passed-in generator the only source of chance?"""
    np.random.seed(1)  # noqa: NPY002
    first = DRAWS[name](np.random.default_rng(7)).to_csv()
    np.random.seed(2)  # noqa: NPY002
    assert DRAWS[name](np.random.default_rng(7)).to_csv() == first


@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_is_not_a_generator(name):
    """Does passing a plain number say what to pass instead?"""
    with pytest.raises(TypeError, match=r"rng must be a numpy Generator.*default_rng"):
        DRAWS[name](1)


def test_groups_hold_their_truth():
    """Over many groups, do the drawn means, the SD between and the SD within come back?"""
    sim = groups(4000, 5, mu=50, tau=4, sigma=8, rng=np.random.default_rng(1))
    alpha = sim.truth["alpha"]
    assert alpha.mean() == pytest.approx(50, abs=4 * 4 / np.sqrt(4000))
    assert alpha.std() == pytest.approx(4, abs=4 * 4 / np.sqrt(8000))
    within = sim.data["y"] - sim.data["group"].map(alpha)
    assert within.std() == pytest.approx(8, abs=4 * 8 / np.sqrt(40000))
    means = sim.data.groupby("group")["y"].mean()
    assert means.std() == pytest.approx(np.sqrt(16 + 64 / 5), abs=4 * 5.4 / np.sqrt(8000))
    assert sim.parameters == {"mu": 50, "tau": 4, "sigma": 8}


def test_group_sizes():
    """Has each group the size asked for, in the order of the labels?"""
    sim = groups(12, np.arange(1, 13), mu=0, tau=1, sigma=1, rng=np.random.default_rng(1))
    assert sim.data.groupby("group").size().tolist() == list(range(1, 13))
    assert sim.truth.index.tolist() == sorted(sim.truth.index)


def test_no_variance_no_spread():
    """With both SDs zero, is every value mu?"""
    assert (groups(3, 4, mu=7, tau=0, sigma=0, rng=np.random.default_rng(1)).data["y"] == 7).all()


def test_effects_hold_their_truth():
    """Do the estimates scatter around their true effects with the stated standard errors?"""
    se = np.tile([2.0, 8.0], 4000)
    sim = effects(se, mu=10, tau=3, rng=np.random.default_rng(1))
    z = (sim.data["y"].to_numpy() - sim.truth["theta"].to_numpy()) / se
    assert z.mean() == pytest.approx(0, abs=4 / np.sqrt(8000))
    assert z.std() == pytest.approx(1, abs=4 / np.sqrt(16000))
    assert sim.truth["theta"].std() == pytest.approx(3, abs=4 * 3 / np.sqrt(16000))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"tau": -1}, r"tau must be a standard deviation >= 0, but tau = -1"),
        ({"sigma": float("nan")}, r"sigma must be a standard deviation >= 0"),
        ({"J": 0}, r"at least 1 group, but J = 0"),
        ({"n": [1, 2]}, r"J = 3 and n has 2"),
        ({"n": 0}, r"whole number of observations >= 1"),
        ({"n": 2.5}, r"whole number of observations >= 1"),
    ],
)
def test_impossible_groups(wrong, says):
    """Does each impossible argument get a sentence that names it?"""
    asked = {"J": 3, "n": 5, "mu": 0, "tau": 1, "sigma": 1} | wrong
    with pytest.raises(ValueError, match=says):
        groups(**asked, rng=np.random.default_rng(1))


@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf")])
def test_impossible_standard_error(bad):
    """Does a standard error that is none get a sentence that says where it stands?"""
    with pytest.raises(ValueError, match=r"se\[1\]"):
        effects([1, bad], mu=0, tau=1, rng=np.random.default_rng(1))


def line(x, y):
    """Return intercept, slope and residual SD of the least-squares line."""
    slope, intercept = np.polyfit(x, y, 1)
    return intercept, slope, np.sqrt(((y - intercept - slope * x) ** 2).sum() / (len(x) - 2))


@pytest.mark.parametrize("seed", [1988, 1, 2, 3])
def test_schools10_meets_its_table(seed):
    """For any seed, has every school the published size, sums and line to the printed digit, in believable scores?"""
    pupils = schools10(np.random.default_rng(seed))
    assert pupils["homework"].between(0, 7).all() and pupils["math"].between(20, 80).all()
    assert (pupils["math"] == pupils["math"].round()).all()
    for school, row in SCHOOLS10.iterrows():
        one = pupils[pupils["school"] == school]
        x = one["homework"]
        assert (len(x), x.sum(), (x**2).sum()) == (row["n"], row["sum_hw"], row["sum_hw2"])
        found = line(x, one["math"])
        assert found == pytest.approx((row["intercept"], row["slope"], row["sigma"]), abs=5.1e-5)


@pytest.mark.parametrize("seed", [613, 1])
def test_bounce_meets_its_table(seed):
    """For any seed, has every county the published size, age sums, mean, slope and residual SD?"""
    visitors = bounce(np.random.default_rng(seed))
    assert visitors["age"].between(6, 98).all()
    for county, row in BOUNCE.iterrows():
        one = visitors[visitors["county"] == county]
        x, y = one["age"], one["bounce"]
        assert (len(x), x.sum(), (x**2).sum()) == (row["n"], row["sum_age"], row["sum_age2"])
        _intercept, slope, sigma = line(x, y)
        assert [y.mean(), slope, sigma] == pytest.approx([row["mean"], row["slope"], row["sigma"]], abs=6e-5)


def test_politeness_is_the_design():
    """Is every speaker heard once in each scenario and attitude, with one value missing and possible pitches?"""
    voices = politeness(np.random.default_rng(1))
    assert voices.groupby(["subject", "scenario", "attitude"]).size().eq(1).all() and len(voices) == 84
    assert voices["frequency"].isna().sum() == 1
    assert voices["frequency"].dropna().between(70, 350).all()
    men, women = (voices.loc[voices["gender"] == g, "frequency"].mean() for g in "MF")
    assert men - women == pytest.approx(POLITENESS["fixef"][2], abs=2)


def test_frames_have_plain_types():
    """Do the generators return text for labels and numbers for numbers?"""
    for name, draw in DRAWS.items():
        frame = draw(np.random.default_rng(1))
        assert isinstance(frame, pd.DataFrame), name
        assert frame.iloc[:, 0].map(type).eq(str).all(), name
        assert frame.index.equals(pd.RangeIndex(len(frame))), name


def test_hospitals_have_the_volumes_and_the_effect_asked_for():
    """Are mean volume, typical rate, effect of log volume and tau those asked for, and deaths at most patients?"""
    drawn = hospitals(np.random.default_rng(3), J=20_000)
    volume, deaths = drawn.data["volume"], drawn.data["deaths"]
    assert volume.min() >= 1 and (deaths <= volume).all() and (deaths >= 0).all()
    assert volume.mean() == pytest.approx(57, rel=0.05)
    rate = drawn.truth["rate"].to_numpy()
    logit = np.log(rate / (1 - rate))
    m = np.log(57) - 1.3**2 / 2
    intercept, slope, left = line(np.log(volume) - m, logit)
    assert (slope, intercept, left) == pytest.approx((-0.15, np.log(0.16 / 0.84), 0.15), abs=0.005)
    assert deaths.sum() / volume.sum() == pytest.approx((rate * volume).sum() / volume.sum(), abs=0.002)


def test_without_an_effect_the_volume_of_a_hospital_says_nothing():
    """Negative control: with effect=0, do small and large hospitals have the same true rate?"""
    drawn = hospitals(np.random.default_rng(4), J=20_000, effect=0)
    small = drawn.data["volume"].to_numpy() < 24
    by_size = drawn.truth["rate"].groupby(small).mean()
    assert by_size.iloc[0] == pytest.approx(by_size.iloc[1], abs=0.001)


@pytest.mark.parametrize(
    "wrong", [{"rate": 16}, {"J": 0}, {"J": 2.5}, {"tau": -1}, {"spread": np.nan}, {"mean_volume": 0}]
)
def test_hospitals_that_cannot_be_are_refused_by_name(wrong):
    """Does a number out of range get a sentence with its name?"""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        hospitals(np.random.default_rng(1), **wrong)

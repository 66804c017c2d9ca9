"""The statistics of the concept inventory: simulated classes with known items, other ways to the same numbers, and small classes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit
from statsmodels.stats.contingency_tables import mcnemar

from autograder.inventory import ITEMS
from course.inventory_stats import (
    FEW,
    FEWEST,
    RESAMPLES,
    Answers,
    change,
    gain,
    item_stats,
    overall_stat,
    precision,
)

OPTIONS = {id_: list(item.options) for id_, item in ITEMS.items()}
ROLL = np.random.default_rng(40)
LEVEL = ROLL.normal(0, 1, 40)  # of skill at which half of the class has the item right
SLOPE = ROLL.uniform(0.5, 2.0, 40)


def a_class(n, seed, shift=0.0, skill=None, blank=0.0):
    """Return n students of a two-parameter logistic model; who is not right takes a wrong option by chance, or none."""
    rng = np.random.default_rng(seed)
    skill = rng.normal(0, 1, n) if skill is None else skill
    right = rng.random((n, 40)) < expit(SLOPE * (skill[:, None] + shift - LEVEL))
    chosen = np.empty((n, 40), dtype=object)
    for i, names in enumerate(OPTIONS.values()):
        chosen[:, i] = rng.choice([*names[1:], "unknown"], n)
    chosen[right] = "right"
    chosen[rng.random((n, 40)) < blank] = "missing"
    return Answers(tuple(f"s{k}" for k in range(n)), tuple(OPTIONS), chosen)


@pytest.fixture(scope="module")
def truth():
    """What a class without end would show: difficulty and discrimination of every item, and KR-20."""
    crowd = a_class(60_000, 1)
    return item_stats(crowd, OPTIONS), overall_stat(crowd).kr20


@pytest.fixture(scope="module")
def three_hundred():
    return a_class(300, 2)


def test_known_items_are_recovered(truth, three_hundred):
    """From 300 students, are difficulty and discrimination within four standard errors, and do the intervals hold 95 %?"""
    found = item_stats(three_hundred, OPTIONS)
    inside = {"difficulty": 0, "discrimination": 0}
    for item, true in zip(found, truth[0], strict=True):
        se = np.sqrt(true.difficulty * (1 - true.difficulty) / 300)
        assert abs(item.difficulty - true.difficulty) < 4 * se, item.item
        z = np.arctanh(item.discrimination) - np.arctanh(true.discrimination)
        assert abs(z) < 4 / np.sqrt(297), item.item
        inside["difficulty"] += item.interval[0] < true.difficulty < item.interval[1]
        low, high = item.discrimination_interval
        inside["discrimination"] += low < true.discrimination < high
    assert all(count >= 35 for count in inside.values())  # of 40; fewer has probability .014 at 95 %
    slopes = [item.discrimination for item in found]
    assert np.corrcoef(slopes, SLOPE)[0, 1] > 0.7
    assert np.corrcoef([item.difficulty for item in found], LEVEL)[0, 1] < -0.95


def test_reliability_by_other_ways(truth, three_hundred):
    """Is KR-20 Cronbach's alpha of the covariances, near what a large class has, and the squared correlation with a parallel test?"""
    found = overall_stat(three_hundred)
    C = np.cov(three_hundred.right.T, ddof=0)
    assert found.kr20 == pytest.approx(40 / 39 * (1 - np.trace(C) / C.sum()))
    low, high = found.kr20_interval
    assert low < truth[1] < high and low < found.kr20 < high
    skill = np.random.default_rng(3).normal(0, 1, 20_000)
    twice = [a_class(20_000, seed, skill=skill).right.sum(axis=1) for seed in (4, 5)]
    assert truth[1] == pytest.approx(np.corrcoef(*twice)[0, 1], abs=0.02)
    assert found.sem == pytest.approx(found.sd * np.sqrt(1 - found.kr20))
    assert found.sem == pytest.approx(np.std(twice[0] - twice[1]) / np.sqrt(2), rel=0.05)


def test_the_interval_of_kr20_holds_the_truth(truth):
    """Over 200 classes of 40 students, does the 95 % interval hold what a class without end has?"""
    found = [overall_stat(a_class(40, 100 + k)).kr20_interval for k in range(200)]
    held = sum(low < truth[1] < high for low, high in found)
    assert 180 <= held <= 199


def test_a_key_that_is_wrong_is_noticed(three_hundred):
    """Where the key names a wrong option, is that item marked, and the option named that the best students take?"""
    chosen = three_hundred.chosen.copy()
    i = list(OPTIONS).index("M12")
    was_right, was_wrong = chosen[:, i] == "right", chosen[:, i] == "ignore"
    chosen[was_right, i], chosen[was_wrong, i] = "ignore", "right"
    found = item_stats(Answers(three_hundred.students, three_hundred.items, chosen), OPTIONS)
    marked = [s for s in found if "negative" in s.flags]
    assert [s.item for s in marked] == ["M12"]
    assert marked[0].discrimination_interval[1] < 0 and marked[0].upper_lower < 0
    assert marked[0].upper_choice == "ignore"


def test_what_is_remarkable_is_marked(three_hundred):
    """Are an item that nearly all have right, one below guessing, and an option that nobody takes marked?"""
    chosen = three_hundred.chosen.copy()
    chosen[:, 0] = "right"
    chosen[:, 1] = "biased_up"
    chosen[chosen[:, 2] == "always_larger", 2] = "unknown"
    found = item_stats(Answers(three_hundred.students, three_hundred.items, chosen), OPTIONS)
    assert found[0].flags == ("easy",) and found[0].discrimination is None
    assert found[1].flags == ("hard", "unused") and found[1].unused == ("biased_down", "biased_icc")
    assert found[2].unused == ("always_larger",)


def test_upper_and_lower_groups(three_hundred):
    """Without ties, is it the difference of the outer 27 %; with ties, does the order of students not matter?"""
    rng = np.random.default_rng(6)
    chosen = np.where(np.tri(100, 40, -61, dtype=bool) | (rng.random((100, 40)) < 0.5), "right", "unknown")
    answers = Answers(tuple(map(str, range(100))), tuple(OPTIONS), chosen.astype(object))
    total = answers.right.sum(axis=1)
    by_hand = []
    for sign in (1, -1):  # every cut through a tie, on average
        draws = [np.argsort(sign * total + rng.random(100) * 0.5)[-27:] for _k in range(4000)]
        by_hand.append(np.mean([answers.right[d].mean(axis=0) for d in draws], axis=0))
    found = [s.upper_lower for s in item_stats(answers, OPTIONS)]
    assert np.allclose(found, by_hand[0] - by_hand[1], atol=0.02)
    turned = Answers(answers.students[::-1], answers.items, answers.chosen[::-1])
    assert np.allclose([s.upper_lower for s in item_stats(turned, OPTIONS)], found)


def test_change_is_mcnemars_exact_test():
    """Are gained, lost and p those of statsmodels, over the students who took both tests in whatever order?"""
    skill = np.random.default_rng(7).normal(0, 1, 60)
    before, after = (
        a_class(60, 8, -1.0, skill),
        a_class(60, 9, 0.5, skill).of([f"s{k}" for k in range(59, 9, -1)]),
    )
    found = change(before, after)
    first, second = before.of(after.students).right, after.right
    for c, a, b in zip(found, first.T, second.T, strict=True):
        table = [[np.sum((a == p) & (b == q)) for q in (0, 1)] for p in (0, 1)]
        assert (c.gained, c.lost, c.n) == (table[0][1], table[1][0], 50)
        assert c.after - c.before == pytest.approx((c.gained - c.lost) / 50)
        if c.p is not None:
            assert c.p == pytest.approx(mcnemar(table, exact=True).pvalue)


def test_gain_and_its_interval():
    """Is the gain that of the means of those who took both, with an interval near the one by the delta method?"""
    skill = np.random.default_rng(10).normal(0, 1, 200)
    before, after = a_class(200, 11, -1.0, skill), a_class(200, 12, 0.5, skill)
    found = gain(before, after)
    a, b = before.right.sum(axis=1), after.right.sum(axis=1)
    assert found.normalised == pytest.approx((b.mean() - a.mean()) / (40 - a.mean()))
    influence = (b - a) / (40 - a.mean()) + found.normalised * (a - a.mean()) / (40 - a.mean())
    se = influence.std(ddof=1) / np.sqrt(200)
    assert found.interval == pytest.approx(found.normalised + np.array([-1.96, 1.96]) * se, abs=0.15 * se * 2)
    assert RESAMPLES >= 1000 and gain(before, after) == found


def test_no_answer_is_not_right_and_is_counted(three_hundred):
    """Are missing answers and “I do not know yet” counted by themselves, and as not right?"""
    holes = a_class(300, 2, blank=0.2)
    found = overall_stat(holes)
    assert found.missing == np.sum(holes.chosen == "missing") > 2000
    assert found.mean < overall_stat(three_hundred).mean
    for s in item_stats(holes, OPTIONS):
        assert sum(s.counts.values()) == s.n == 300


@pytest.mark.parametrize("n", [1, 2, FEWEST - 1])
def test_a_very_small_class_gets_shares_only(n):
    """Are there no correlations, reliabilities or marks for fewer than ten students?"""
    few = a_class(n, 13)
    for s in item_stats(few, OPTIONS):
        assert (s.discrimination, s.upper_lower, s.flags) == (None, None, ()) and 0 <= s.interval[
            0
        ] <= s.interval[1] <= 1
    whole = overall_stat(few)
    assert (whole.kr20, whole.sem, precision(n)[1]) == (None, None, None)
    assert gain(few, few).interval is None and gain(few, few).normalised == 0.0


def test_a_class_that_is_all_alike():
    """Do classes in which everybody has everything right, or nothing, or of which nobody took both, give no error?"""
    for word in ("right", "unknown", "missing"):
        same = Answers(tuple(map(str, range(FEW))), tuple(OPTIONS), np.full((FEW, 40), word, dtype=object))
        whole = overall_stat(same)
        assert (whole.sd, whole.kr20) == (0.0, None)
        assert all(s.discrimination is None for s in item_stats(same, OPTIONS))
        assert all(c.p is None for c in change(same, same))
        assert gain(same, same).normalised == (None if word == "right" else 0.0)
    other = Answers(("x",), tuple(OPTIONS), np.full((1, 40), "right", dtype=object))
    assert gain(other, same) is None and change(other, same) == []


def test_chance_alone_makes_hardly_an_item_hard():
    """Where a class of forty guesses, is an item called hard only when its whole interval lies below guessing?"""
    rng, marked = np.random.default_rng(15), 0
    for _class in range(20):
        chosen = np.array(
            [[rng.choice(names) for names in OPTIONS.values()] for _s in range(40)], dtype=object
        )
        guessed = Answers(tuple(map(str, range(40))), tuple(OPTIONS), chosen)
        marked += sum("hard" in s.flags for s in item_stats(guessed, OPTIONS))
    assert marked / (20 * 40) < 0.04


def test_below_thirty_students_nothing_is_called_remarkable():
    """Is a negative discrimination, an easy item or an unused option marked only from thirty students on?"""
    flags = {n: sum(bool(s.flags) for s in item_stats(a_class(n, 14), OPTIONS)) for n in (FEW - 1, FEW)}
    assert flags[FEW - 1] == 0 < flags[FEW]
    assert precision(FEW)[1] == pytest.approx(
        np.diff(np.tanh(np.arctanh(0.3) + stats.norm.ppf([0.025, 0.975]) / np.sqrt(FEW - 3)))[0] / 2
    )

"""The sentences: are they true, whole and complete, at the edges too?"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hlm_teach import narrate
from hlm_teach.group_lines import least_squares
from hlm_teach.lmm import lmm
from hlm_teach.look import check_alt
from hlm_teach.numerals import decimals_for, number, quantity
from hlm_teach.pooling import complete_pooling, no_pooling, partial_pooling
from hlm_teach.readings import intervals
from hlm_teach.stein import james_stein

Y, SE = [28.0, 8, -3, 7, -1, 1, 18, 12], [15.0, 10, 16, 11, 9, 11, 10, 18]
NAMES = list("ABCDEFGH")
EFFECT = pd.Series(Y, NAMES)


def numbers_in(sentence: str) -> list[float]:
    """Return the numbers of a sentence."""
    return [
        float(t.replace("−", "-").replace(",", ""))
        for t in re.findall(r"−?\d[\d,]*(?:\.\d+)?(?:e[-−]\d+)?", sentence)
    ]


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (-3.456, 1, "−3.5"), (0.0, 2, "0"), (-0.0, 2, "0"), (0.004, 2, "0.004"), (-0.004, 2, "−0.004"),
        (1234567.8, 1, "1,234,567.8"), (np.inf, 1, "∞"), (-np.inf, 1, "−∞"), (np.nan, 1, "–"), (1e-20, 3, "0"),
        (2.0, 0, "2"), (np.float64(9.995), 2, "9.99"),
    ],
)  # fmt: skip
def test_number(value, decimals, said):
    """Is a number said with its sign, its decimals, and never as zero when it is not?"""
    assert number(value, decimals) == said


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8))
def test_decimals_show_three_digits_of_the_range(values):
    """Does the number of decimals tell values apart that differ by a hundredth of their range?"""
    decimals = decimals_for(values)
    spread = max(values) - min(values)
    assert 0 <= decimals <= 6
    if spread > 1e-4:
        assert 10**-decimals <= max(spread / 10, 1) and (decimals == 0 or spread / 10**-decimals < 1000.001)


def test_quantity_has_no_loose_space():
    """Is the unit behind the number, and nothing where there is none?"""
    assert quantity(2.345, 1, "points") == "2.3 points"
    assert quantity(2.345, 1) == "2.3"


def test_shrinkage_says_the_figure():
    """Does the sentence have the range, the target, tau and the furthest movement, in the unit?"""
    fit = partial_pooling(EFFECT, SE, tau=6.5)
    estimate = pd.Series(fit.estimate, NAMES)
    assert narrate.shrinkage(fit, "points") == (
        "Shrinkage plot of 8 groups: with tau = 6.5 points the groups' own means, from −3.0 to 28.0 points, become "
        f"estimates from {estimate.min():.1f} to {estimate.max():.1f} points; the target is {fit.mu:.1f} points. "
        f"No group moves further than A: from 28.0 to {estimate['A']:.1f} points."
    )


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 20)), min_size=1, max_size=6),
    st.one_of(st.sampled_from([0.0, np.inf]), st.floats(1e-3, 100)),
)
def test_shrinkage_is_true_of_any_fit(groups, tau):
    """Is the group that is named one that none moves further than, and are all numbers those of the fit?"""
    y, se = (np.array(column) for column in zip(*groups, strict=True))
    fit = partial_pooling(y, se, tau)
    sentence = narrate.shrinkage(fit)
    assert check_alt(sentence) == sentence and "nan" not in sentence
    moved = np.abs(fit.estimate - fit.y)
    named = re.search(r"No group moves further than (\d+):", sentence)
    if named:
        assert moved[int(named[1]) - 1] == moved.max() > 0
    decimals = decimals_for(y)
    allowed = {number(v, decimals) for v in [*y, *fit.estimate, fit.mu, tau]}
    allowed |= {number(v, 2) for v in fit.shrinkage_factor} | {str(j) for j in range(len(y) + 1)}
    assert {t.rstrip(".:,;") for t in re.findall(r"[−\d][\d.,e−-]*", sentence)} <= {
        a.replace("-", "-") for a in allowed
    }


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        (complete_pooling(EFFECT, SE), "under complete pooling"),
        (partial_pooling(EFFECT, SE, tau=0), "all get the same estimate of 7.7"),
        (no_pooling(EFFECT, SE), "without pooling: every group keeps its own mean, from −3.0 to 28.0"),
        (partial_pooling(EFFECT, SE, tau=np.inf), "no arrow has any length"),
        (
            partial_pooling([3.0], [1.0], tau=2),
            "1 group, 1: its own mean is 3.00 and its estimate 3.00; the weight",
        ),
        (
            partial_pooling([3.0, 3.0], [1.0, 2.0], tau=2),
            "no group moves, because every own mean lies at the target",
        ),
        (partial_pooling(EFFECT, SE, tau=5, mu=0), "the target is 0."),
        (james_stein(EFFECT, 8.0), "with the weight 0.42 on the target of 8.8 the"),
        (
            james_stein([1.0, 1.2, 0.8, 1.1, 0.9], 8.0, positive_part=False),
            "Shrinkage plot of 5 groups: with the weight",
        ),
    ],
)
def test_shrinkage_at_the_edges(fit, said):
    """Is the sentence true for tau = 0, tau = ∞, one group, equal groups, a given target, James–Stein?"""
    sentence = narrate.shrinkage(fit)
    assert said in sentence and "–" not in sentence
    assert check_alt(sentence) == sentence


def test_shrinkage_of_the_groups_drawn():
    """Does the sentence of a figure of some groups speak of those alone?"""
    fit = partial_pooling(EFFECT, SE, tau=6.5)
    sentence = narrate.shrinkage(fit, groups=["G", "D"])
    assert "of 2 groups" in sentence and "from 7.0 to 18.0" in sentence and "further than G:" in sentence


@pytest.mark.parametrize(
    ("tau", "said"),
    [
        (0, "partial pooling with tau = 0 is complete pooling."),
        (np.inf, "partial pooling with tau = ∞ is no pooling."),
        (6.5, "partial pooling with tau = 6.5 points from 4.9 points (E, n = 12) to 11.1 points (A, n = 4)."),
    ],
)
def test_pooling_says_three_panels(tau, said):
    """Does the sentence name the extremes with their sizes, and say when two panels are the same?"""
    size = pd.Series([4, 9, 3, 8, 12, 8, 9, 2], NAMES)
    sentence = narrate.pooling(partial_pooling(EFFECT, SE, tau=tau), size[::-1], "points")
    assert sentence.startswith(
        "Three panels show 8 groups against their size, from 2 to 12 observations. Complete pooling gives each group "
        "7.7 points. No pooling runs from −3.0 points (C, n = 3) to 28.0 points (A, n = 4)"
    )
    assert sentence.endswith(said)


def test_pooling_of_one_group():
    """Is one group said in the singular?"""
    sentence = narrate.pooling(partial_pooling([3.0], [1.0], tau=2), [1])
    assert sentence.startswith(
        "Three panels show 1 group, with n = 1. Complete pooling gives each group 3.00."
    )
    assert check_alt(sentence) == sentence


@pytest.mark.parametrize(
    ("y", "se", "said"),
    [
        (
            [0.0, 0.1, 9.0],
            0.1,
            ["One interval lies wholly above the line at 3.0", "2 intervals lie wholly below the line."],
        ),
        (
            [0.0, 8.0, 9.0, 4.0],
            [0.1, 0.1, 0.1, 9],
            ["2 intervals lie wholly above", "One interval lies wholly below"],
        ),
        ([0.0, 0.1, 0.2], 1.0, ["No interval leaves out the line at 0.100."]),
        (
            [1.0, 1.0, 1.0, 1.0],
            1.0,
            ["4 groups, all with the same estimate of 1.00", "No interval leaves out"],
        ),
        (
            [2.0],
            1.0,
            ["Caterpillar plot of 1 group: its estimate is 2.00, with a 95% interval.", "No interval"],
        ),
        (
            [-9.0, 2.9, 3.0, 3.1],
            [0.1, 9, 9, 9],
            ["No interval lies wholly above", "One interval lies wholly below"],
        ),
    ],
)
def test_caterpillar_counts(y, se, said):
    """Are the intervals off the line counted, in the singular, the plural and none?"""
    sentence = narrate.caterpillar(no_pooling(y, se))
    assert all(part in sentence for part in said), sentence
    assert check_alt(sentence) == sentence


@settings(max_examples=60)
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=9), st.floats(0.05, 3), st.floats(0.3, 0.99))
def test_caterpillar_counts_are_those_of_the_figure(y, se, level):
    """Do the sentence and the figure's intervals agree on how many lie off the line?"""
    fit = no_pooling(y, se)
    shown, sentence = intervals(fit, level=level), narrate.caterpillar(fit, level=level)
    for side, where in ((shown.above, "above"), (shown.below, "below")):
        found = re.search(rf"(No|One|\d+) intervals? lies? wholly {where}", sentence)
        counted = (
            0
            if found is None
            else {"No": 0, "One": 1}.get(found[1])
            if not found[1].isdigit()
            else int(found[1])
        )
        assert counted == side.sum()


def test_caterpillar_level_is_said_as_it_is():
    """Is the coverage said in percent, with a decimal only where it has one?"""
    fit = no_pooling(Y, SE)
    assert "50% intervals" in narrate.caterpillar(fit, level=0.5)
    assert "97.5% intervals" in narrate.caterpillar(fit, level=0.975)
    assert "68% intervals" in narrate.caterpillar(fit, level=0.68)


@pytest.fixture(scope="module")
def schools() -> pd.DataFrame:
    """Draw six classes whose lines differ, and one of a single pupil."""
    rng = np.random.default_rng(8)
    school = np.repeat(list("abcdef"), 12)
    x = rng.integers(0, 8, 72).astype(float)
    y = (
        50
        + np.repeat(rng.normal(0, 8, 6), 12)
        + np.repeat(rng.normal(2, 3, 6), 12) * x
        + rng.normal(0, 5, 72)
    )
    frame = pd.DataFrame({"homework": x, "math": y, "school": school})
    return pd.concat(
        [frame, pd.DataFrame({"homework": [3.0], "math": [41.0], "school": ["g"]})], ignore_index=True
    )


@pytest.fixture(scope="module")
def varying(schools):
    """Fit intercepts and slopes that vary by school."""
    return lmm("math ~ homework + (1 + homework | school)", schools)


def test_group_grid_says_each_kind_of_line(schools, varying):
    """Are the lines said by kind: one line, slopes from … to …, with the school at each end?"""
    own = least_squares(schools, "homework", "math", "school")
    sentence = narrate.group_grid(
        schools, "homework", "math", "school", complete=(44.07, 3.57), none=own, partial=varying,
        unit="points", slope_unit="points per hour",
    )  # fmt: skip
    slopes, mine = own["slope"], varying.coef["school"]["homework"]
    decimals = decimals_for([3.57], slopes, mine)
    assert sentence.startswith(
        "7 panels, one per group, of math against homework (rows of data: 73). Complete pooling,"
    )
    assert "dashed: one line with intercept" in sentence and "points per hour" in sentence
    for kind, values in (("No pooling, dotted", slopes), ("Partial pooling, solid", mine)):
        low, high = (f"{number(v, decimals)} points per hour" for v in (values.min(), values.max()))
        assert f"{kind}: slopes from {low} ({values.idxmin()}) to {high} ({values.idxmax()})." in sentence


def test_group_grid_says_parallel_lines(schools):
    """Are lines that differ in height alone said to be parallel?"""
    fit = lmm("math ~ homework + (1 | school)", schools)
    sentence = narrate.group_grid(schools, "homework", "math", "school", partial=fit)
    coef = fit.coef["school"]["Intercept"]
    assert f"Partial pooling, solid: parallel lines of slope {fit.fixef['homework']:.2f}" in sentence
    assert f"({coef.idxmin()}) to " in sentence and f"({coef.idxmax()})." in sentence


def test_group_grid_of_a_group_without_a_line(schools):
    """Is a group with too little data no obstacle, and said?"""
    own = least_squares(schools, "homework", "math", "school")
    alone = narrate.group_grid(schools, "homework", "math", "school", none=own, groups=["g"])
    assert alone == (
        "1 panel, for g, of math against homework (rows of data: 1). No group has enough data for a line of its own."
    )
    bare = narrate.group_grid(schools, "homework", "math", "school")
    assert check_alt(bare) == bare


def test_lmm_says_the_fit(varying, schools):
    """Does the sentence hold the fixed effects with SEs, the SDs, the correlation, sigma and the sizes?"""
    sentence = narrate.lmm(varying, unit="points")
    sd = varying.varcorr["school"].sd
    assert "fitted by REML to 73 observations" in sentence and "over 7 groups of school" in sentence
    for value in (*varying.fixef, *varying.fixef_se, *sd, varying.sigma):
        assert any(abs(shown - value) <= 0.005 * abs(value) + 0.051 for shown in numbers_in(sentence)), value
    r = varying.varcorr["school"].corr.loc["Intercept", "homework"]
    assert f"Correlation of Intercept and homework: {number(r, 2)}." in sentence
    assert "boundary" not in sentence
    assert "fitted by ML" in narrate.lmm(lmm("math ~ homework + (1 | school)", schools, method="ML"))


def test_lmm_says_a_boundary_fit():
    """Is a fit at tau = 0 called a boundary fit, without a correlation that does not exist?"""
    rows = pd.DataFrame({"y": [1.0, 3.0, 1.1, 2.9, 0.8, 3.1], "g": list("aabbcc")})
    sentence = narrate.lmm(lmm("y ~ 1 + (1 | g)", rows))
    assert "Standard deviations over 3 groups of g: Intercept 0." in sentence
    assert "boundary fit" in sentence and "Correlation" not in sentence
    assert check_alt(sentence) == sentence


def test_shrinkage_plane_says_both_ranges(varying, schools):
    """Are the slopes said before and after, and the group that has no line of its own?"""
    sentence = narrate.shrinkage_plane(varying)
    own = least_squares(schools, "homework", "math", "school")["slope"]
    after = varying.coef["school"]["homework"]
    decimals = decimals_for(after, own)
    assert f"gives slopes from {number(own.min(), decimals)} to {number(own.max(), decimals)}" in sentence
    assert (
        f"partial pooling from {number(after.min(), decimals)} to {number(after.max(), decimals)}" in sentence
    )
    assert sentence.endswith("One group has too little data for a line of its own.")
    assert check_alt(sentence) == sentence

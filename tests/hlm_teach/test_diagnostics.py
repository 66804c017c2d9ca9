"""Diagnostics: does the figure show, and the sentence say, what is in the residuals?"""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt

from hlm_teach import lmm, load, narrate, plots
from hlm_teach.diagnostics import diagnostics
from hlm_teach.look import check_alt


@pytest.fixture(autouse=True)
def no_figure_stays():
    yield
    plt.close("all")


def sleep():
    return lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))


def test_the_four_panels_show_the_numbers_of_the_reading():
    """Are the points those of residuals, scores, deviations and spreads?"""
    found, axes = diagnostics(sleep()), plots.diagnostics(sleep())
    assert len(axes) == 4
    assert np.allclose(axes[0].lines[0].get_xydata(), np.column_stack([found.fitted, found.residual]))
    assert [line.get_label() for line in axes[2].lines[:2]] == ["Intercept", "Days"]
    assert np.allclose(axes[3].lines[0].get_ydata(), np.sort(found.spread))
    assert found.residual.std() < 1 and len(found.spread) == 18


def test_the_sentence_has_the_numbers_and_finds_what_is_odd():
    """Is an outlying group named, and a row beyond 3 σ counted? In clean data, none?"""
    rng, g = np.random.default_rng(1), np.repeat(np.arange(12), 10)
    data = pd.DataFrame({"g": g, "y": rng.normal(size=12)[g] + 0.7 * rng.normal(size=120)})
    assert "none is beyond 3 σ" in narrate.diagnostics(lmm("y ~ 1 + (1 | g)", data))
    odd = data.assign(y=data.y + 9 * (g == 7))
    odd.loc[3, "y"] += 9
    said = narrate.diagnostics(lmm("y ~ 1 + (1 | g)", odd))
    assert "one is beyond 3 σ" in said and "(Intercept of 7)" in said and "(0)" in said
    assert check_alt(said) == said


def test_a_funnel_is_a_correlation():
    """Does spread that grows with the fitted value show, and constant spread not?"""
    rng, g = np.random.default_rng(2), np.repeat(np.arange(20), 20)
    mean = np.linspace(1, 9, 20)[g]
    same = lmm("y ~ 1 + (1 | g)", pd.DataFrame({"g": g, "y": mean + rng.normal(size=400)}))
    grows = lmm("y ~ 1 + (1 | g)", pd.DataFrame({"g": g, "y": mean + mean / 5 * rng.normal(size=400)}))
    assert abs(diagnostics(same).funnel) < 0.12 < diagnostics(grows).funnel


def test_edges_have_their_own_words():
    """With τ = 0, and with groups of two rows: is that said instead of a number?"""
    said = narrate.diagnostics(lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2")))
    assert "no coefficient varies by Batch" in said
    data = pd.DataFrame({"g": np.repeat(range(6), 2), "y": np.random.default_rng(1).normal(size=12)})
    fit = lmm("y ~ 1 + (1 | g)", data)
    assert "No group of g has three rows" in narrate.diagnostics(fit)
    assert len(plots.diagnostics(fit)[3].lines[0].get_ydata()) == 0
    assert len(plots.diagnostics(lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2")))) == 4


def test_several_factors_need_a_name():
    """Is the factor asked for, and used?"""
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"a": np.repeat(range(6), 12), "b": np.tile(range(4), 18)})
    data["y"] = rng.normal(size=6)[data.a] + rng.normal(size=4)[data.b] + rng.normal(size=72)
    fit = lmm("y ~ 1 + (1 | a) + (1 | b)", data)
    with pytest.raises(ValueError, match="choose one with factor="):
        plots.diagnostics(fit)
    assert plots.diagnostics(fit, factor="b")[2].get_title(loc="left") == "Level 2: b"
    with pytest.raises(TypeError, match="Diagnostics need an LMMFit, but got dict"):
        narrate.diagnostics({})

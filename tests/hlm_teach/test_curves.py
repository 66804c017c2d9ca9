"""Deviance curves: do figure and sentence show the profile, its interval and its asymmetry?"""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from hlm_teach import lmm, load, narrate, plots


@pytest.fixture(scope="module")
def profile():
    return lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")).profile()


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", ["sd_Intercept|Batch", "sigma", "Intercept"])
def test_the_curve_is_the_profile(profile, name):
    """Does the drawn curve pass through every point of the profile, and cross the line at the interval's ends?"""
    ax = plots.deviance_curve(profile, name)
    x, rise = ax.lines[0].get_data()
    curve = profile.curves[name]
    np.testing.assert_allclose(np.interp(curve.value, x, rise), curve.rise, atol=1e-6)
    low, high = profile.confint().loc[name]
    np.testing.assert_allclose(np.interp([low, high], x, rise), 3.8415, atol=0.01)
    assert ax.get_xlabel() == name and ax.get_ylabel() == "rise of the deviance"


def test_the_parabola_is_lopsided_for_tau_and_not_for_the_mean(profile):
    """Is the parabola off by the same on both sides for the mean, but for τ too high on the right alone?"""
    gaps = {}
    for name in ("Intercept", "sd_Intercept|Batch"):
        lines = plots.deviance_curve(profile, name).lines[:2]
        (x, rise), (xp, parabola) = (line.get_data() for line in lines)
        gaps[name] = [(parabola[k] - np.interp(xp[k], x, rise)) / parabola[k] for k in (0, -1)]
    left, right = gaps["Intercept"]
    assert left == pytest.approx(right, abs=0.02)
    left, right = gaps["sd_Intercept|Batch"]
    assert right > 0.25 > left


def test_an_estimate_at_the_edge_has_no_parabola():
    """Where τ̂ = 0, does the curve begin at 0 without a parabola, and the sentence say that it may not vary?"""
    fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
    ax = plots.deviance_curve(fit, "sd_Intercept|Batch", label="tau")
    assert not any("parabola" in line.get_label() for line in ax.lines)
    assert ax.get_xlim()[0] == 0.0
    said = narrate.deviance_curve(fit, "sd_Intercept|Batch")
    assert "lowest at 0" in said and "ends at 0 and at 2.08" in said


def test_sentence_and_figure_have_the_same_numbers(profile):
    """Does the alt text have the interval of the legend, for a fit and for its profile?"""
    ax = plots.deviance_curve(profile, "sigma", level=0.9)
    (label,) = (t.get_text() for t in ax.get_legend().get_texts() if "interval" in t.get_text())
    said = narrate.deviance_curve(profile, "sigma", level=0.9)
    low, high = label.removeprefix("interval ").split(" to ")
    assert low in said and high in said and "90 % interval" in said


def test_refusals(profile):
    """Do an unknown parameter and a correlation without a curve get their sentences?"""
    with pytest.raises(ValueError, match="must have a curve of 'tau', but it has: sd_Intercept"):
        plots.deviance_curve(profile, "tau")
    data = load("dyestuff2").assign(x=np.arange(30) % 5)
    flat = lmm("Yield ~ 1 + (1 + x | Batch)", data, method="ML")
    name = "cor_x.Intercept|Batch"
    assert np.isnan(flat.profile(name).curves[name].estimate)
    with pytest.raises(ValueError, match="has no profile: one of its coefficients is estimated not to vary"):
        plots.deviance_curve(flat, name)
    assert "has no profile" in narrate.deviance_curve(flat, name)

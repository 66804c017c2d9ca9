"""A hundred rows that carry three printed mixed models: does a fit of them print what the lecture printed?"""

from __future__ import annotations

import numpy as np
import pytest

from hlm_teach import load
from hlm_teach.arranged_display import DISPLAY10
from hlm_teach.arranged_display_u import DISPLAY10_U
from hlm_teach.lmm import lmm

FORMULAS = {"M0": "y ~ 1 + (1 | group)", "M1": "y ~ x + (1 | group)", "M2": "y ~ x + (1 + x | group)"}


def printed(formula, data):
    """Return the figures of a fit in the order and with the digits of the lecture; deviance and DIC from the ML refit."""
    fit = lmm(formula, data)
    v, deviance = fit.varcorr["group"], fit.refit("ML").criterion
    twos = [*np.column_stack([fit.fixef, fit.fixef_se]).ravel(), *v.sd]
    twos += [*v.corr.to_numpy()[:1, 1:].ravel(), fit.sigma]
    ones = [fit.aic, 2 * deviance - fit.criterion, deviance]
    return (*(f"{n:.2f}" for n in twos), *(f"{n:.1f}" for n in ones))


@pytest.mark.parametrize("model", FORMULAS)
def test_every_printed_digit(model):
    """Do coefficients, errors, SDs, correlation, AIC, DIC and deviance of the shipped rows come out to the last digit?"""
    assert printed(FORMULAS[model], load("display10")) == DISPLAY10[model]


def test_one_changed_value_is_seen():
    """Negative control: with one response moved by one, are the figures of M2 others?"""
    data = load("display10")
    data.loc[0, "y"] += 1
    assert printed(FORMULAS["M2"], data) != DISPLAY10["M2"]


M3 = "y ~ x + u + (1 + x | group)"


def test_every_printed_digit_of_the_boundary_fit():
    """Are all 13 figures of M3 those in print, at the boundary, with u a predictor of groups?"""
    data = load("display10_u")
    assert printed(M3, data) == DISPLAY10_U
    fit = lmm(M3, data)
    assert fit.is_boundary and fit.certificate.holds
    assert fit.varcorr["group"].corr.iloc[0, 1] == pytest.approx(1, abs=1e-12)
    assert (data.groupby("group")["u"].nunique() == 1).all()


def test_the_boundary_fit_needs_rows_of_its_own():
    """Without u, do M3's rows give M2 a deviance within 3 of M3's, and display10's rows one far larger?"""
    m3 = lmm(M3, load("display10_u")).refit("ML").criterion
    m2 = [lmm(FORMULAS["M2"], load(name)).refit("ML").criterion for name in ("display10_u", "display10")]
    assert 0 <= m2[0] - m3 < 3 and m2[1] - m3 > 40


def test_no_other_point_is_lower():
    """Is nothing lower than our fit among a grid of θ, the second valley at a group SD of 0 included?"""
    fit = lmm(M3, load("display10_u"))
    grid = [
        fit.at([a, b, c]).criterion
        for a in (0, 0.01, 0.03, 0.1, 0.3)
        for b in (-0.4, -0.1, 0, 0.1, 0.4)
        for c in (0, 0.1, 0.4)
    ]
    assert min(grid) > fit.criterion

"""A hundred rows that carry three printed mixed models: does a fit of them print what the lecture printed?"""

from __future__ import annotations

import numpy as np
import pytest

from hlm_teach import load
from hlm_teach.arranged_display import DISPLAY10
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

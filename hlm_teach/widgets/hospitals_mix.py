"""The case mix of the simulated hospitals: patients of two risk classes, and three rates made from the same deaths.

    share_j = 1/(1 + exp(−mix·(x_j − x̄)))        of hospital j's patients are severe cases, x_j its log volume
    mild: 6 deaths per 100 in every hospital      severe: 26 + 2·(θ_j − 16)      36 the SD of a patient of either class

θ_j, the truth, is what a hospital would lose of the *common mix*, half mild and half severe. All that a hospital does well or badly
it does with severe cases: what it adds to the common rates differs by class, and that is where indirect standardisation ends.
With h = mix·(x_j − x̄)/2, y_j and se_j the rate of the same hospital had it the common mix, and w_j one more standard normal number:

    expected   E_j = 6·(1 − share_j) + 26·share_j = 16 + 10·tanh h
    raw        y_j + (10 + θ_j − 16)·tanh h                       standard error se_j
    indirect   16·raw/E_j                                         16·se_j/E_j
    direct     ½·mild + ½·severe, observed = y_j + se_j·w_j·sinh h     se_j·cosh h

The class rates observed are mild 6 + e + se_j·w_j·exp(h) and severe 26 + 2·(θ_j − 16) + e − se_j·w_j·exp(−h), e = y_j − θ_j: weighted by
the hospital's own shares they give the raw rate, whose error stays e for every mix. Where mix = 0, all three rates are y_j.

What this file does not do: estimate the common class rates (6 and 26 are known), or find a case mix in data: counts come with the
deaths expected, which is indirect standardisation done before. ``hospitals_mix.js`` is its twin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hlm_teach.widgets.hospitals_data import MEAN, SIGMA

__all__ = ["MILD", "SEVERE", "STANDARDS", "CaseMix", "case_mix", "in_truth"]

STANDARDS = ("raw", "indirect", "direct")
MILD, SEVERE = 6.0, 26.0
HALF = (SEVERE - MILD) / 2


@dataclass(frozen=True)
class CaseMix:
    """The patients of all hospitals and the rates made from their deaths, each of shape (J,).

    Attributes
    ----------
    share, expected : ndarray
        The share of severe cases, 0 to 1; deaths per 100 of the hospital's own patients at the common class rates.
    mild, severe : ndarray
        Class rates observed, deaths per 100.
    rate, se : dict of ndarray
        ``raw``, ``indirect`` and ``direct``: deaths per 100, and their standard errors.
    """

    share: np.ndarray
    expected: np.ndarray
    mild: np.ndarray
    severe: np.ndarray
    rate: dict[str, np.ndarray]
    se: dict[str, np.ndarray]


def half_log_odds(x, centre: float, mix: float):
    """Return h, half the log odds of a severe case at log volume x."""
    return mix * (x - centre) / 2


def factor(standard: str, h):
    """Return by what a standard error is multiplied, from the raw rate to another one."""
    if standard == "direct":
        return np.cosh(h)
    return MEAN / (MEAN + HALF * np.tanh(h)) if standard == "indirect" else np.ones_like(h)


def case_mix(drawn: dict[str, Any], mix: float) -> CaseMix:
    """Return patients, class rates and the three rates of hospitals drawn by `simulate`.

    Parameters
    ----------
    drawn : dict
        ``v`` volumes, ``y`` rates on the common mix, ``truth``, and ``w``, one standard normal number each.
    mix : float
        By how much the log odds of a severe case grow with the log volume.

    Examples
    --------
    >>> drawn = {"v": [20, 2000], "y": np.array([21.0, 21.0]), "truth": np.array([21.0, 21.0]), "w": np.zeros(2)}
    >>> both = case_mix(drawn, 0.8)
    >>> both.share.round(2), both.rate["raw"].round(1), both.rate["indirect"].round(1), both.rate["direct"].round(1)
    (array([0.14, 0.86]), array([10.1, 31.9]), array([18.5, 21.9]), array([21., 21.]))
    """
    x, truth = np.log(drawn["v"]), np.asarray(drawn["truth"], dtype=float)
    y, w, se = np.asarray(drawn["y"], dtype=float), drawn["w"], SIGMA / np.sqrt(drawn["v"])
    h = half_log_odds(x, x.mean(), mix)
    tilt = np.tanh(h)
    raw, expected, error = y + (HALF + truth - MEAN) * tilt, MEAN + HALF * tilt, y - truth
    return CaseMix(
        share=(1 + tilt) / 2,
        expected=expected,
        mild=MILD + error + se * w * np.exp(h),
        severe=SEVERE + 2 * (truth - MEAN) + error - se * w * np.exp(-h),
        rate={
            "raw": raw,
            "indirect": raw * (MEAN / expected),
            "direct": y + se * w * np.sinh(h),
        },
        se={name: se * factor(name, h) for name in STANDARDS},
    )


def in_truth(standard: str, share: float, severe: float) -> float:
    """Return the rate, free of chance, of a hospital with this share of severe cases and this death rate among them.

    >>> [round(in_truth("indirect", share, severe=36), 1) for share in (0.1, 0.9)], in_truth("direct", 0.1, severe=36)
    ([18.0, 22.0], 21.0)
    """
    if standard == "direct":
        return (MILD + severe) / 2
    crude = (1 - share) * MILD + share * severe
    return crude if standard == "raw" else MEAN * crude / ((1 - share) * MILD + share * SEVERE)

"""Draw hospitals whose death rate falls with their volume, and whose truth is known.

    log v_j ~ N(m, spread²), v_j cut to >= 1 and rounded        deaths_j ~ Binomial(v_j, p_j)
    logit p_j = logit(rate) − effect·(log v_j − m) + N(0, tau²)

m is chosen so that the mean volume is what was asked for. The size of a group is *informative* where effect is not 0: it says
something about the group's truth, which shrinkage to one mean does not hear. The hospitals are simulated, after the design of
Medicare's public tables; none of them exists.

The 400 hospitals of the widget `hlm_teach.widgets.Hospitals` are another draw: normal rates instead of counts, from a generator that
the browser can repeat number by number.

What this file does not do: estimate anything, or say why large hospitals lose fewer patients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hlm_teach.arranged import need_generator
from hlm_teach.locale import _

__all__ = ["SimulatedHospitals", "hospitals"]


@dataclass(frozen=True)
class SimulatedHospitals:
    """Simulated hospitals, and the truth that made them.

    Attributes
    ----------
    data : DataFrame
        One row per hospital: ``hospital``, ``volume`` (patients), ``deaths``.
    truth : DataFrame
        Indexed by ``hospital``: ``rate``, the probability to die of a patient there.
    parameters : dict
        The values the hospitals were drawn with.
    """

    data: pd.DataFrame
    truth: pd.DataFrame
    parameters: dict


def hospitals(
    rng, J: int = 3600, mean_volume: float = 57, spread: float = 1.3, rate: float = 0.16, effect: float = 0.15,
    tau: float = 0.15,
) -> SimulatedHospitals:  # fmt: skip
    """Draw hospitals whose death rate depends on their volume.

    logit p_j = logit(rate) − effect·(log v_j − m) + u_j, u_j ~ N(0, tau²)

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance.
    J : int, >= 1
        Hospitals.
    mean_volume : float, patients, >= 1
        The mean of the volumes before they are rounded and cut at 1.
    spread : float, >= 0
        The SD of the log volumes.
    rate : float, between 0 and 1
        The death rate of a hospital of typical (median) volume.
    effect : float, logits
        By how much the logit falls when the log volume grows by 1. With 0 the volume says nothing.
    tau : float, logits, >= 0
        The SD of hospitals of the same volume.

    Returns
    -------
    SimulatedHospitals
        ``data`` (J rows), ``truth`` (J rows), ``parameters``.

    Raises
    ------
    TypeError
        If ``rng`` is not a Generator.
    ValueError
        If a number is out of its range.

    Notes
    -----
    A log-normal variable has the mean exp(m + spread²/2), so m = log(mean_volume) − spread²/2, and half of the hospitals have
    fewer than exp(m) patients: 24 with the defaults.

    References
    ----------
    George, E. I., Ročková, V., Rosenbaum, P. R., Satopää, V. A. & Silber, J. H. (2017), "Mortality rate estimation and standardization
    for public reporting: Medicare's Hospital Compare", *Journal of the American Statistical Association* 112.

    Examples
    --------
    >>> drawn = hospitals(np.random.default_rng(1))
    >>> len(drawn.data), round(float(drawn.data["volume"].mean())), int(drawn.data["volume"].median())
    (3600, 58, 24)
    >>> small = drawn.data["volume"].to_numpy() < 10
    >>> drawn.truth["rate"].groupby(small).mean().round(3).tolist()
    [0.152, 0.198]
    >>> hospitals(np.random.default_rng(1), rate=16)
    Traceback (most recent call last):
    ...
    ValueError: rate must be a number between 0 and 1, but rate = 16. A share of 16 percent is 0.16.
    """
    need_generator(rng)
    _need(J >= 1 and int(J) == J, "J", _("a whole number >= 1"), J)
    _need(np.isfinite(mean_volume) and mean_volume >= 1, "mean_volume", _("a number >= 1"), mean_volume)
    _need(np.isfinite(spread) and spread >= 0, "spread", _("a standard deviation >= 0"), spread)
    _need(np.isfinite(tau) and tau >= 0, "tau", _("a standard deviation >= 0"), tau)
    _need(np.isfinite(effect), "effect", _("a finite number"), effect)
    if not 0 < rate < 1:
        raise ValueError(
            _(
                "rate must be a number between 0 and 1, but rate = {rate}. A share of 16 percent is 0.16.",
                rate=rate,
            )
        )
    J, m = int(J), np.log(mean_volume) - spread**2 / 2
    volume = np.maximum(np.rint(np.exp(rng.normal(m, spread, J))), 1)
    logit = np.log(rate / (1 - rate)) - effect * (np.log(volume) - m) + rng.normal(0, tau, J)
    p = 1 / (1 + np.exp(-logit))
    names = [f"h{j:0{len(str(J))}d}" for j in range(1, J + 1)]
    volume = volume.astype(int)
    data = pd.DataFrame({"hospital": names, "volume": volume, "deaths": rng.binomial(volume, p)})
    truth = pd.DataFrame({"rate": p}, index=pd.Index(names, name="hospital"))
    used = {"mean_volume": mean_volume, "spread": spread, "rate": rate, "effect": effect, "tau": tau}
    return SimulatedHospitals(data, truth, used)


def _need(holds: bool, name: str, what: str, found) -> None:
    """Say what a number must be, unless it is."""
    if not holds:
        raise ValueError(_("{name} must be {what}, but {name} = {found}.", name=name, what=what, found=found))

"""How much worse does the fit become when one parameter is held elsewhere? The profile of the likelihood.

For a parameter ψ (an SD, a correlation, a coefficient), −2 log-likelihood is minimised over all others with ψ held:

    D(ψ) = min over the rest,        ζ(ψ) = sign(ψ − ψ̂)·√(D(ψ) − D(ψ̂))

If the curve D were a parabola, ζ would be a straight line and ψ̂ ± 1.96 SE the interval. For an SD it is not: the curve
is steep towards 0 and flat upwards. The interval holds every ψ with |ζ| <= 1.96, whatever its shape; it can end at 0.

The fixed effects and σ need no search of their own: given θ they are in closed form,

    D(θ, σ) = D(θ) + ν (log(σ²/σ̂²) + σ̂²/σ² − 1),      D(θ, β_k) = D(θ) + n log(1 + (β_k − β̂_k)²/(n·var β̂_k)),

with σ̂, β̂ and var β̂ at θ. What this file does not do: choose an interval (`hlm_teach.confint`), or draw.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.numerals import decimals_for, number
from hlm_teach.parameters import Parameter, chosen, held, value_of

__all__ = ["LikelihoodProfile", "ProfileCurve", "one_profile", "profile_of"]

STEP = 0.5  # of ζ, from one point of the curve to the next
WALL = 0.02  # an SD below this, in natural units, may be a false zero
FAR = 3.3  # the curve ends where |ζ| is above this: enough for 99.9 % intervals


@dataclass(frozen=True)
class ProfileCurve:
    """The profile of one parameter.

    Attributes
    ----------
    parameter : Parameter
        Name, kind and the values it can take.
    estimate : float
        Where the curve has its minimum.
    value, zeta, rise : arrays, shape (points,)
        The parameter, the signed root ζ, and ζ² = D(value) − D(estimate).
    """

    parameter: Parameter
    estimate: float
    value: np.ndarray
    zeta: np.ndarray
    _zeta: Callable = field(repr=False)

    @property
    def rise(self) -> np.ndarray:
        return self.zeta**2

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the values at which |ζ| reaches the normal quantile, each found exactly; an end of the range else."""
        z = NormalDist().inv_cdf((1 + level) / 2)
        if z > FAR:
            raise ValueError(
                _(
                    "level must be at most 0.999 for a profile interval, but level = {level}: the curve ends there.",
                    level=level,
                )
            )
        if not np.isfinite(self.estimate):
            return float("nan"), float("nan")
        return self._end(-z), self._end(z)

    def _end(self, target: float) -> float:
        from scipy.optimize import brentq

        side = self.zeta <= 0 if target < 0 else self.zeta >= 0
        value, zeta = self.value[side], self.zeta[side]
        far = zeta <= target if target < 0 else zeta >= target
        if not far.any():
            return self.parameter.low if target < 0 else self.parameter.high
        k = int(np.flatnonzero(far)[-1 if target < 0 else 0])
        low, high = (value[k], value[k + 1]) if target < 0 else (value[k - 1], value[k])
        return float(
            brentq(lambda v: self._zeta(v) - target, low, high, xtol=1e-7 * (high - low), rtol=1e-12)
        )


@dataclass(frozen=True)
class LikelihoodProfile:
    """The profiles of a fit's parameters.

    Attributes
    ----------
    curves : dict, name → ProfileCurve
        One curve per parameter.
    method : "ML" or "REML"
        Which criterion was profiled.
    """

    curves: dict[str, ProfileCurve]
    method: str

    def table(self) -> pd.DataFrame:
        """Return all points: parameter, value, zeta and rise (= zeta²)."""
        parts = [
            pd.DataFrame({"parameter": name, "value": c.value, "zeta": c.zeta, "rise": c.rise})
            for name, c in self.curves.items()
        ]
        return pd.concat(parts, ignore_index=True)

    def confint(self, level: float = 0.95) -> pd.DataFrame:
        """Return lower and upper limits, one row per parameter."""
        ends = [c.interval(level) for c in self.curves.values()]
        return pd.DataFrame(ends, index=list(self.curves), columns=["lower", "upper"])

    def sentence(self, parameter: str, level: float = 0.95) -> str:
        """Say one parameter's estimate and interval, and whether it is lopsided or ends at a limit."""
        curve = self.curves[parameter]
        low, high = curve.interval(level)
        places = decimals_for([curve.estimate, low, high])
        facts = {
            "name": parameter,
            "estimate": number(curve.estimate, places),
            "low": number(low, places),
            "high": number(high, places),
            "share": number(100 * level, 0 if level in (0.5, 0.8, 0.9, 0.95, 0.99) else 1),
        }
        if not np.isfinite(curve.estimate):
            return _("{name} has no profile: one of its coefficients is estimated not to vary.", **facts)
        if curve.parameter.kind == "sd" and low == 0:
            return _(
                "Profile of {name}: the deviance is lowest at {estimate}; the {share} % interval ends at 0 and at {high}, "
                "so the data allow that it does not vary at all.",
                **facts,
            )
        left, right = curve.estimate - low, high - curve.estimate
        if max(left, right) > 1.1 * min(left, right):
            facts |= {"left": number(left, places), "right": number(right, places)}
            return _(
                "Profile of {name}: the deviance is lowest at {estimate}; the {share} % interval from {low} to {high} is "
                "lopsided, reaching {left} down and {right} up.",
                **facts,
            )
        return _(
            "Profile of {name}: the deviance is lowest at {estimate}; the {share} % interval runs from {low} to {high}, "
            "nearly the same distance down and up.",
            **facts,
        )


def profile_of(fit, which=None, method: str = "ML") -> LikelihoodProfile:
    """Profile a fit that was made by ``method``; see `hlm_teach.LMMFit.profile`."""
    if method not in ("ML", "REML"):
        raise ValueError(_('method must be "REML" or "ML", but it is {found!r}.', found=method))
    wanted = chosen(fit, which)
    if method == "REML" and which is None:
        wanted = [each for each in wanted if each.kind != "fixef"]
    if method == "REML" and any(each.kind == "fixef" for each in wanted):
        raise ValueError(
            _(
                "The REML criterion is a function of the variance parameters only: the fixed effects have been averaged "
                'out of it, so {name} has no REML profile. Use method="ML" for it.',
                name=next(each.name for each in wanted if each.kind == "fixef"),
            )
        )
    fit = fit.refit(method)
    return LikelihoodProfile({each.name: _Surface(fit, each).curve() for each in wanted}, method)


def one_profile(fit, parameter: str, method: str = "ML") -> LikelihoodProfile:
    """Return a profile that has one parameter's curve: of a fit, or the one at hand.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> profile = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")).profile("sigma")
    >>> one_profile(profile, "sigma") is profile
    True
    >>> one_profile(profile, "tau")
    Traceback (most recent call last):
    ...
    ValueError: The profile must have a curve of 'tau', but it has: sigma.
    """
    if not isinstance(fit, LikelihoodProfile):
        return profile_of(fit, [parameter], method)
    if parameter not in fit.curves:
        raise ValueError(
            _(
                "The profile must have a curve of {name!r}, but it has: {names}.",
                name=parameter,
                names=", ".join(fit.curves),
            )
        )
    return fit


class _Surface:
    """The criterion of one fit as a function of one parameter, all others at their best."""

    def __init__(self, fit, parameter: Parameter):
        self.fit, self.parameter = fit, parameter
        self.reml = fit.method == "REML"
        self.nu = fit.n_obs - len(fit.fixef) if self.reml else fit.n_obs
        self.best, self.estimate = fit.criterion, value_of(fit, parameter)
        self.known: dict[float, np.ndarray] = {}
        if np.isfinite(self.estimate):
            self.start, self.place = held(fit, parameter)
            if parameter.kind == "fixef":
                self.start = self.start[:-1]  # σ in closed form
            self.known[self.estimate] = self.start
            self.axes = self._axes()

    def deviance(self, value: float, x: np.ndarray) -> float:
        """Return the criterion at a value and the free entries."""
        if self.parameter.kind == "fixef":
            theta, _sigma = self.place(value, np.append(x, np.log(self.fit.sigma)))
            at, k = self.fit.model.at(theta, self.reml)[0], self.parameter.at[0]
            return at.criterion + self.nu * np.log1p((value - at.beta[k]) ** 2 / (self.nu * at.vcov[k, k]))
        theta, sigma = self.place(value, x)
        at = self.fit.model.at(theta, self.reml)[0]
        ratio = (at.sigma / sigma) ** 2
        return at.criterion + self.nu * (ratio - 1 - np.log(ratio))

    def _axes(self) -> np.ndarray:
        """Return the change of variables in which the deviance around the optimum is round: H⁻¹ᐟ²."""
        size = len(self.start)
        if size == 0:
            return np.zeros((0, 0))
        unit = np.maximum(0.05 * np.abs(self.start), 0.01 * self.fit.sigma)
        if self.parameter.kind != "fixef" and self.parameter.kind != "sigma":
            unit[-1] = 0.02
        H, steps = np.zeros((size, size)), np.diag(unit)
        for i in range(size):
            for k in range(i + 1):
                ends = [
                    a * b * self.deviance(self.estimate, self.start + a * steps[i] + b * steps[k])
                    for a in (1, -1)
                    for b in (1, -1)
                ]
                H[i, k] = H[k, i] = sum(ends) / 4
        values, vectors = np.linalg.eigh(H)
        return unit[:, None] * vectors / np.sqrt(np.maximum(np.abs(values), 1e-3 * np.abs(values).max()))

    def lowest(self, value: float) -> float:
        """Return the criterion with the parameter held at a value, all else at its best."""
        near = sorted(self.known, key=lambda v: abs(v - value))[:2]
        x = self.known[near[0]]
        if len(near) == 2:  # along the line through the two nearest points
            x = x + (value - near[0]) / (near[1] - near[0]) * (self.known[near[1]] - x)
        if not len(x):
            return self.deviance(value, x)
        best = self._search(value, x)
        if self._near_wall(value, best[1]):  # a zero SD is stationary for any data: look at it from inside
            best = min(best, self._search(value, best[1] + self.axes.sum(axis=1)), key=lambda end: end[0])
        self.known[value] = best[1]
        return best[0]

    def _search(self, value: float, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Minimise from x by a quasi-Newton method in the round coordinates."""
        from scipy.optimize import minimize

        end = minimize(
            lambda u: self.deviance(value, x + self.axes @ u),
            np.zeros(len(x)),
            jac=lambda u: self._slope(value, x + self.axes @ u),
            method="BFGS",
            options={"gtol": 2e-5},
        )
        return float(end.fun), x + self.axes @ end.x

    def _near_wall(self, value: float, x: np.ndarray) -> bool:
        model = self.fit.model
        theta, _sigma = self.place(
            value, np.append(x, np.log(self.fit.sigma)) if self.parameter.kind == "fixef" else x
        )
        return bool((np.diag(model.newtons(theta)) < WALL).any())

    def _slope(self, value: float, x: np.ndarray) -> np.ndarray:
        h = 1e-4 * self.axes.T
        return np.array([self.deviance(value, x + d) - self.deviance(value, x - d) for d in h]) / 2e-4

    def zeta(self, value: float) -> float:
        """Return the signed root of the rise."""
        rise = max(0.0, self.lowest(value) - self.best)
        return float(np.copysign(np.sqrt(rise), value - self.estimate))

    def curve(self) -> ProfileCurve:
        """Walk from the estimate to both sides in steps of about half a unit of ζ."""
        if not np.isfinite(self.estimate):
            nothing = np.empty(0)
            return ProfileCurve(self.parameter, self.estimate, nothing, nothing, self.zeta)
        down, up = self._walk(-1), self._walk(1)
        value, zeta = np.array([*down[::-1], (self.estimate, 0.0), *up]).T
        return ProfileCurve(self.parameter, self.estimate, value, zeta, self.zeta)

    def _walk(self, sign: int) -> list[tuple[float, float]]:
        limit = self.parameter.low if sign < 0 else self.parameter.high
        room = abs(limit - self.estimate)
        if room <= 1e-9:
            return []
        step = min(self._first_step(), room / 4)
        points, last = [], (self.estimate, 0.0)
        for _turn in range(60):
            value = last[0] + sign * step
            if np.isfinite(limit) and abs(limit - value) < 0.05 * room and self.parameter.kind != "sigma":
                value = limit
            if self.parameter.kind == "sigma" and value <= 0:
                value = last[0] / 2
            here = (value, self.zeta(value))
            points.append(here)
            if abs(here[1]) > FAR or value == limit:
                break
            moved = abs(here[1] - last[1])
            step = abs(here[0] - last[0]) * np.clip(STEP / max(moved, 1e-9), 0.3, 2.5)
            step = min(step, abs(limit - value)) if self.parameter.kind != "sigma" else step
            last = here
        return points

    def _first_step(self) -> float:
        """Return a guess of the step at which ζ moves by half a unit."""
        if self.parameter.kind == "fixef":
            return STEP * float(self.fit.fixef_se.iloc[self.parameter.at[0]])
        if self.parameter.kind == "cor":
            return 0.1
        if self.parameter.kind == "sigma":
            return STEP * self.estimate / np.sqrt(2 * self.nu)
        return 0.15 * self.estimate if self.estimate > 0 else 0.05 * self.fit.sigma

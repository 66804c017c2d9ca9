"""W9, hospitals: when shrinking to one mean hides what matters, and what repairs it.

    y_j ~ N(θ_j, se_j²)        θ_j ~ N(target_j, τ²)

Raw rates of small hospitals stand at both ends of every league table. Shrunk to one mean they look average, also where
they are truly worse: shrinkage is only as good as its target. A target that knows the volume repairs it; no pooling does not.

Where larger hospitals have more severe cases, a raw rate tells of the patients too. Standardised rates repair that: the indirect one
against the common rates, the direct one also between hospitals.

What this file does not do: compute (`hospitals_fit`, `hospitals_mix`), or draw hospitals (`hospitals_data`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import traitlets as t

from hlm_teach.locale import N_, _
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.hospitals_data import HOSPITALS, SIGMA, heart_transplants, read_hospitals, simulate
from hlm_teach.widgets.hospitals_fit import UnitFit, as_they_are, shrunk
from hlm_teach.widgets.hospitals_mix import STANDARDS, CaseMix, case_mix, factor, half_log_odds
from hlm_teach.widgets.hospitals_picture import picture
from hlm_teach.widgets.hospitals_words import MESSAGES, TARGETS, ask, sentence
from hlm_teach.widgets.ranges import in_range, one_of
from hlm_teach.widgets.sentences import fixed

__all__ = ["Hospitals"]

PRESETS = {
    "simulated": N_("400 simulated hospitals"),
    "heart_transplants": N_("Heart transplants, 94 hospitals"),
}
RANGES = {"effect": (0, 3), "spread": (0.2, 1.6), "mix": (0, 1)}
CASES = ((1.2, 1.3), (0.0, 1.3), (2.5, 0.8), (0.2, 1.0))
RULES, MEASURES = ("rank", "two"), ("bias", "rmse", "wrong")


class Hospitals(Exploration):
    """Explore a league table: raw rates, rates shrunk to one mean, and rates shrunk to the line of the volume.

    Model: y_j ~ N(θ_j, se_j²), θ_j ~ N(target_j, τ²).

    Parameters
    ----------
    preset : "simulated", "heart_transplants" or "data"
        400 simulated hospitals; 94 real ones; or, by `from_data`, yours.
    effect : float
        By how much the simulated deaths per 100 fall when the log volume grows by 1, 0 to 3.
    spread : float
        The SD of the simulated log volumes, 0.2 to 1.6.
    target : "raw", "mean" or "line"
        The estimates shown.
    rule : "rank" or "two"
        Who is called bad: the worst tenth of the list, or whoever is 2 standard errors above the mean.
    measure : "bias", "rmse" or "wrong"
        What the scoreboard shows.
    reveal : bool
        Whether the simulated truth is shown.
    mix : float
        By how much the log odds of a severe case grow with the log volume, 0 (the same mix everywhere) to 1; simulated only.
    standard : "raw", "indirect" or "direct"
        The rates compared: as observed; 16 times observed/expected deaths; class rates weighted to the common mix; simulated only.
    seed : int
        The draw of the simulated hospitals.
    question : None or False
        None asks where one mean misleads (with counts: who stands at the ends of the list), False asks nothing.

    Attributes
    ----------
    fits : dict of UnitFit
        ``raw``, ``mean`` and ``line``: ``estimate``, ``se``, ``weight``, ``target`` of every hospital; ``tau2``, ``slope``.
    v, y, truth, labels : list
        Volumes (with counts: expected deaths), rates (raw or standardised), the simulated truth on the common mix, names.
    patients : CaseMix
        Of simulated hospitals: the share of severe cases, class rates, and all three rates.
    selected : int
        The hospital that the read-out is about: the one you would choose.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError, TraitError
        If there is no such preset, target, rule, measure or standard, or a number is out of range.

    Notes
    -----
    Simulated: se_j = 36/√v_j deaths per 100. Counts: y = observed/expected, se_j = 1/√expected, normal approximations both.
    `hospitals_mix` has the formulas of the case mix.
    A hospital is truly bad if it is among the tenth with the highest truth.

    References
    ----------
    George, E. I. et al. (2017), "Mortality rate estimation and standardization for public reporting: Medicare's Hospital Compare",
    *Journal of the American Statistical Association* 112. Spiegelhalter, D. J. (2005), "Funnel plots for comparing
    institutional performance", *Statistics in Medicine* 24.

    Examples
    --------
    >>> w = Hospitals(question=False)
    >>> [round(float(w.scores(name, "rmse")[0]), 1) for name in ("raw", "mean", "line")]  # smallest quarter
    [9.8, 3.2, 1.5]
    >>> heart = Hospitals("heart_transplants", question=False)
    >>> round(heart.fits["mean"].tau2, 3), heart.small_at_ends("raw"), heart.small_at_ends("line")
    (0.106, 8, 3)
    >>> mixed = Hospitals(mix=0.8, question=False)
    >>> [round(float(mixed.mean_place(name, 3))) for name in ("raw", "indirect", "direct")]  # largest quarter of 400
    [269, 172, 178]
    >>> Hospitals(effect=-1)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: effect must be 0 to 3, but effect = -1.0.
    """

    SOURCE = "hospitals.js"
    BENCH: ClassVar[str] = "Effect of log volume"
    MESSAGES = MESSAGES

    preset = t.Unicode("simulated").tag(sync=True)
    effect = t.Float(1.2).tag(sync=True)
    spread = t.Float(1.3).tag(sync=True)
    target = t.Unicode("raw").tag(sync=True)
    rule = t.Unicode("rank").tag(sync=True)
    measure = t.Unicode("bias").tag(sync=True)
    mix = t.Float(0.0).tag(sync=True)
    standard = t.Unicode("raw").tag(sync=True)
    reveal = t.Bool(False).tag(sync=True)
    selected = t.Int(0).tag(sync=True)
    seed = t.Int(1).tag(sync=True)
    sets = t.Dict().tag(sync=True)
    presets = t.List().tag(sync=True)
    cases = t.List([list(case) for case in CASES]).tag(sync=True)
    start = t.Dict().tag(sync=True)

    def __init__(self, preset="simulated", *, effect=1.2, spread=1.3, target="raw", rule="rank", measure="bias",
                 reveal=False, mix=0.0, standard="raw", seed=1, question=None, data=None, **kwargs: Any) -> None:  # fmt: skip
        start = {"effect": effect, "spread": spread, "target": target, "rule": rule, "measure": measure,
                 "reveal": reveal, "mix": mix, "standard": standard}  # fmt: skip
        sets = {"heart_transplants": heart_transplants()} | ({"data": data} if data else {})
        names = [[key, _(text)] for key, text in PRESETS.items()]
        names += [["data", _("Your hospitals")]] if data else []
        super().__init__(sets=sets, presets=names, preset=preset, seed=seed, start=start, **start, **kwargs)
        if question is None:
            self.question, self.committed = ask(self), False
        self.observe(self._forget, names=["preset"])

    @classmethod
    def from_data(
        cls, data: pd.DataFrame, deaths: str, exposure: str, label: str, **kwargs: Any
    ) -> Hospitals:
        """Return the widget of a table of counts.

        Parameters
        ----------
        data : DataFrame
            One row per hospital, four or more.
        deaths, exposure, label : str
            The columns of the deaths observed, of the deaths expected (or anything proportional to them), and of the names.

        Examples
        --------
        >>> data = pd.DataFrame({"died": [1, 9, 0, 30], "cases": [20, 90, 8, 400], "name": list("abcd")})
        >>> Hospitals.from_data(data, "died", "cases", "name", question=False).places("raw").tolist()
        [2, 4, 1, 3]
        >>> Hospitals.from_data(data, "died", "beds", "name")
        Traceback (most recent call last):
        ...
        ValueError: There is no column 'beds'. The columns are: died, cases, name.
        """
        return cls("data", data=read_hospitals(data, deaths, exposure, label), **kwargs)

    @property
    def second_source(self) -> str:
        """The file of the picture."""
        return "hospitals_views.js"

    @t.validate("effect", "spread", "mix")
    def _check_range(self, proposal: dict) -> float:
        return in_range(proposal, RANGES)

    @t.validate("preset", "target", "rule", "measure", "standard")
    def _check_name(self, proposal: dict) -> str:
        known = {
            "preset": [key for key, _name in self.presets],
            "target": TARGETS,
            "rule": RULES,
            "measure": MEASURES,
            "standard": STANDARDS,
        }
        return one_of(proposal, known[proposal["trait"].name])

    @t.validate("selected")
    def _check_selected(self, proposal: dict) -> int:
        return min(max(0, proposal["value"]), len(self.v) - 1) if self.sets else proposal["value"]

    def _forget(self, _change: object = None) -> None:
        self.selected = 0

    @property
    def simulated(self) -> bool:
        """Whether the hospitals are simulated, so that their truth is known."""
        return self.preset == "simulated"

    @property
    def _drawn(self) -> dict[str, Any]:
        return simulate(self.seed, self.effect, self.spread) if self.simulated else self.sets[self.preset]

    @property
    def v(self) -> list[float]:
        """The hospitals' volumes."""
        return self._drawn["v"]

    @property
    def y(self) -> list[float]:
        """The hospitals' rates before any shrinkage: raw, or standardised."""
        return list(self.patients.rate[self.standard] if self.simulated else self._drawn["y"])

    @property
    def patients(self) -> CaseMix:
        """The patients of the simulated hospitals, and all three rates."""
        if not self.simulated:
            raise ValueError(_("These hospitals are data: nobody has counted their severe cases."))
        return _cases(self.seed, self.effect, self.spread, self.mix)

    @property
    def mixed(self) -> bool:
        """Whether the case mix differs or the rates are standardised, so that there is something to say of it."""
        return self.simulated and (self.mix > 0 or self.standard != "raw")

    @property
    def kind(self) -> str:
        """The rates compared; ``raw`` for counts, whose rates are observed/expected as they come."""
        return self.standard if self.simulated else "raw"

    @property
    def truth(self) -> np.ndarray:
        """The hospitals' true rates, where they are simulated."""
        return self._drawn["truth"]

    @property
    def labels(self) -> list[str]:
        """The hospitals' names."""
        if self.simulated:
            return [self.strings["label"].format(number=j) for j in range(1, HOSPITALS + 1)]
        return self.sets[self.preset]["labels"]

    @property
    def decimals(self) -> int:
        """How many decimals a rate gets."""
        return 1 if self.simulated else 2

    def size(self, v: float) -> str:
        """Write a volume."""
        return fixed(v, 0 if self.simulated else 1)

    @property
    def fits(self) -> dict[str, UnitFit]:
        """All three lists of estimates."""
        if self.simulated:
            return _simulated(self.seed, self.effect, self.spread, self.mix, self.standard)
        drawn = self.sets[self.preset]
        return _fits(tuple(drawn["v"]), tuple(drawn["y"]), tuple(1 / np.sqrt(drawn["v"])))

    @property
    def fit(self) -> UnitFit:
        """The estimates shown."""
        return self.fits[self.target]

    @property
    def quarter(self) -> np.ndarray:
        """The quarter of every hospital by size, 0 the smallest."""
        J = len(self.v)
        return np.argsort(np.argsort(self.v, kind="stable")) * 4 // J

    @property
    def ends(self) -> int:
        """How many places at each end of a list are looked at: a twentieth of all."""
        return max(1, len(self.v) // 20)

    def places(self, name: str) -> np.ndarray:
        """Return the place of every hospital in a list, 1 the best; equal estimates share a place."""
        return _places(self.fits[name].estimate)

    def mean_place(self, standard: str, quarter: int) -> float:
        """Return the mean place of a quarter of the simulated hospitals by size (0 to 3) by a rate, not shrunk."""
        return _places(self.patients.rate[standard])[self.quarter == quarter].mean()

    def se_at(self, x):
        """Return the standard error of a rate at log volume x: the half width of the funnel, halved."""
        if not self.simulated:
            return np.exp(-np.asarray(x) / 2)
        h = half_log_odds(np.asarray(x), np.log(self.v).mean(), self.mix)
        return SIGMA * np.exp(-np.asarray(x) / 2) * factor(self.standard, h)

    def small_at_ends(self, name: str) -> int:
        """Return how many of the places at both ends of a list go to the smaller half of the hospitals."""
        order, k = np.argsort(self.fits[name].estimate, kind="stable"), self.ends
        return int(np.sum(self.quarter[np.concatenate([order[:k], order[-k:]])] < 2))

    def called_bad(self, name: str) -> np.ndarray:
        """Return whom the rule calls bad in a list."""
        fit, J = self.fits[name], len(self.v)
        if self.rule == "two":
            return fit.estimate - self.fits["mean"].intercept > 2 * fit.se
        return np.argsort(np.argsort(-fit.estimate, kind="stable")) < J // 10

    def scores(self, name: str, measure: str) -> np.ndarray:
        """Return bias, RMSE or the number of wrong calls of a list in each quarter by size, and over all, shape (5,)."""
        off = self.fits[name].estimate - self.truth
        bad = np.argsort(np.argsort(-self.truth, kind="stable")) < len(off) // 10
        parts = [self.quarter == q for q in range(4)] + [np.ones(len(off), dtype=bool)]
        if measure == "wrong":
            wrong = self.called_bad(name) != bad
            return np.array([np.sum(wrong[part]) for part in parts])
        if measure == "bias":
            return np.array([off[part].mean() for part in parts])
        return np.array([np.sqrt(np.mean(off[part] ** 2)) for part in parts])

    def excess(self, name: str) -> float:
        """Return the deaths per 1,000 patients in the best places of a list beyond those in the truly best hospitals."""
        order, k = np.argsort(self.fits[name].estimate, kind="stable"), self.ends
        return float(10 * (self.truth[order[:k]].mean() - np.sort(self.truth)[:k].mean()))

    def reset(self) -> None:
        """Go back to the numbers of the start."""
        with self.hold_sync():
            for name, value in self.start.items():
                setattr(self, name, value)
            self.selected = 0

    def redraw(self, seed: int | None = None) -> None:
        """Draw the simulated hospitals again: the next seed, or the one given.

        Where they were asked about, the new ones are: effect and spread are those of another case with one mix for all,
        the truth is hidden again.
        """
        if not self.simulated:
            raise ValueError(_("These hospitals are data, not a simulation: there is nothing to draw again."))
        seed = self.seed + 1 if seed is None else seed
        with self.hold_sync():
            self.seed = seed
            if self.question:
                self.effect, self.spread = self.cases[(seed - 1) % len(self.cases)]
                self.reveal, self.target, self.mix, self.standard = False, "raw", 0.0, "raw"
                self._ask_again(ask(self))

    @property
    def sentence(self) -> str:
        """The state in words, with its numbers; the browser writes the same."""
        return sentence(self) if self.committed else self.strings["closed"]

    @property
    def caption(self) -> str:
        """The sentence of the static picture, which is always open."""
        return sentence(self)

    def picture(self) -> str:
        """The state as a static ``<svg>``, drawn without a browser."""
        return picture(self)


@lru_cache(maxsize=32)
def _cases(seed: int, effect: float, spread: float, mix: float) -> CaseMix:
    return case_mix(simulate(seed, effect, spread), mix)


@lru_cache(maxsize=32)
def _simulated(seed: int, effect: float, spread: float, mix: float, standard: str) -> dict[str, UnitFit]:
    cases, v = _cases(seed, effect, spread, mix), simulate(seed, effect, spread)["v"]
    return _fits(tuple(v), tuple(cases.rate[standard]), tuple(cases.se[standard]))


def _places(rates: np.ndarray) -> np.ndarray:
    return 1 + np.searchsorted(np.sort(rates), rates)


@lru_cache(maxsize=32)
def _fits(v: tuple, y: tuple, se: tuple) -> dict[str, UnitFit]:
    x = np.log(v)
    return {"raw": as_they_are(y, se), "mean": shrunk(y, se, x, False), "line": shrunk(y, se, x, True)}

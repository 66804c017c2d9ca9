"""W3, REML against ML: what an estimate of τ² pays for its fixed effects.

    y_ij = x_j'β + u_j + e_ij,    u_j ~ N(0, τ²), e_ij ~ N(0, σ²),    J groups of n rows, p columns in x

Above, the estimates of 500 data sets: ML's are too small on average by the share p/J of the variance of a group's mean, REML's are not,
until the cut at 0 lifts both. Below, one data set: the deviance over τ, its lowest point, and the interval that it allows. And
a trap: REML's criterion knows the units of the predictors, so it cannot compare models with different ones.

What this file does not do: compute (`reml_ml_draws`, `reml_ml_profile`), or unequal groups (`hlm_teach.lmm`).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import traitlets as t

from hlm_teach.datasets import load
from hlm_teach.locale import N_, _
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.reml_ml_draws import Draws, Exact, draws, exact, waves
from hlm_teach.widgets.reml_ml_input import read_balanced
from hlm_teach.widgets.reml_ml_picture import picture
from hlm_teach.widgets.reml_ml_profile import Profile
from hlm_teach.widgets.reml_ml_words import MESSAGES, ask, sentence
from hlm_teach.widgets.sentences import decimals

__all__ = ["RemlMl"]

PRESETS = {"simulated": N_("Simulated groups"), "dyestuff": N_("Dyestuff, 6 batches of 5")}
RANGES = {"J": (3, 50), "n": (2, 1000), "p": (1, 8)}
START = {"J": 4, "n": 10, "p": 1, "tau": 1.0, "sigma": 1.0}


class RemlMl(Exploration):
    """Explore what REML and ML make of the same data sets.

    Model: y_ij = x_j'β + u_j + e_ij, u_j ~ N(0, τ²), e_ij ~ N(0, σ²), J groups of n rows.

    Parameters
    ----------
    preset : "simulated", "dyestuff" or "data"
        The data set below: the first of the 500, the six batches of dyestuff, or, by `from_data`, yours. With real data
        the 500 are drawn from the model with REML's own estimates.
    J, n, p : int
        Groups, 3 to 50; rows per group, 2 to 1000; fixed effects of whole groups with the intercept, 1 to 8 and below J.
    tau, sigma : float
        The true SDs of the 500 data sets: τ >= 0, σ > 0, both finite.
    seed : int
        The draw of the 500 data sets.
    question : None or False
        None asks whose mean is near the truth, False asks nothing.

    Attributes
    ----------
    reml, ml : Profile
        The two fits of the data set below: ``tau``, ``interval``, ``lowest``, and ``at(tau)``, the curve.
    draws : Draws
        ``reml`` and ``ml``: τ̂² of the 500 data sets, shape (500,) each.
    means : Series
        The groups' means in the data set below.
    edits : dict
        The means changed by hand, by the group's index as text.
    times : 1 or 10
        By what the last predictor is multiplied.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError, TraitError
        If there is no such preset, or a number is out of range.

    Notes
    -----
    τ̂²_ML = max(0, (S/J − MSW)/n), and REML has J − p in the place of J. The means over all possible data sets, and the shares of
    τ̂ = 0, are exact (from the distribution of F), beside those of the 500.

    References
    ----------
    Searle, S. R., Casella, G. & McCulloch, C. E. (1992), *Variance Components*, ch. 3. Bates, D. et al. (2015), "Fitting linear
    mixed-effects models using lme4", *Journal of Statistical Software* 67, §5.1.

    Examples
    --------
    >>> w = RemlMl("dyestuff", question=False)
    >>> round(w.reml.tau, 2), round(w.ml.tau, 2)
    (42.0, 37.26)
    >>> w = RemlMl(J=4, n=10, tau=1.0, question=False)
    >>> round(w.exact("REML").mean, 2), round(w.exact("ML").mean, 2)
    (1.0, 0.73)
    >>> RemlMl(J=4, p=4)
    Traceback (most recent call last):
    ...
    ValueError: p must be smaller than J, but p = 4 and J = 4: no difference between groups is left to estimate τ from.
    """

    SOURCE = "reml_ml.js"
    BENCH: ClassVar[str] = "True τ"
    MESSAGES = MESSAGES

    preset = t.Unicode("simulated").tag(sync=True)
    J = t.Int(4).tag(sync=True)
    n = t.Int(10).tag(sync=True)
    p = t.Int(1).tag(sync=True)
    tau = t.Float(1.0).tag(sync=True)
    sigma = t.Float(1.0).tag(sync=True)
    seed = t.Int(1).tag(sync=True)
    edits = t.Dict().tag(sync=True)
    selected = t.Int(0).tag(sync=True)
    times = t.Int(1).tag(sync=True)
    sets = t.Dict().tag(sync=True)
    presets = t.List().tag(sync=True)

    def __init__(self, preset="simulated", *, J=None, n=None, p=None, tau=None, sigma=None, seed=1,
                 question=None, data=None, **kwargs: Any) -> None:  # fmt: skip
        given = {"J": J, "n": n, "p": p, "tau": tau, "sigma": sigma}
        given = {name: value for name, value in given.items() if value is not None}
        sets = {"simulated": {"start": START | given}, "dyestuff": _dyestuff()} | (
            {"data": data} if data else {}
        )
        names = [[key, _(text)] for key, text in PRESETS.items()]
        names += [["data", _("Means of {y}", y=data["y"])]] if data else []
        if preset in sets and preset != "simulated":
            if {"J", "n", "p"} & set(given):
                raise ValueError(
                    _("J, n and p are those of the data: only simulated groups can be given others.")
                )
            sets[preset]["start"] |= given
        state = sets[preset]["start"] if preset in sets else {}
        if state and state["p"] >= state["J"]:
            raise ValueError(_too_many(state["p"], state["J"]))
        super().__init__(sets=sets, presets=names, preset=preset, seed=seed, **state, **kwargs)
        if question is None:
            self.question, self.committed = ask(self), False
        self.observe(self._to_start, names=["preset"])

    @classmethod
    def from_data(cls, data: pd.DataFrame, response: str, group: str, **kwargs: Any) -> RemlMl:
        """Return the widget of a balanced data set.

        Parameters
        ----------
        data : DataFrame
            One row per unit; 3 to 50 groups, each with the same number of rows (two or more).
        response, group : str
            The columns of y and of the groups.

        Examples
        --------
        >>> data = pd.DataFrame({"y": [1.0, 3, 4, 6, 9, 10], "g": list("aabbcc")})
        >>> round(RemlMl.from_data(data, "y", "g").reml.tau, 3)
        3.674
        >>> RemlMl.from_data(data[:5], "y", "g")
        Traceback (most recent call last):
        ...
        ValueError: Every group must have the same number of rows here, but 'a' has 2 and 'c' has 1. Use lmm for ...
        """
        return cls("data", data=read_balanced(data, response, group), **kwargs)

    @property
    def second_source(self) -> str:
        """The file of the pictures."""
        return "reml_ml_views.js"

    @t.validate("J", "n", "p")
    def _check_size(self, proposal: dict) -> int:
        value, name = proposal["value"], proposal["trait"].name
        least, most = RANGES[name]
        if not least <= value <= most:
            raise t.TraitError(
                _("{name} must be {least} to {most}, but {name} = {value}.",
                  name=name, least=least, most=most, value=value)
            )  # fmt: skip
        mine = {"J": self.J, "p": self.p} | {name: value}
        if mine["p"] >= mine["J"]:
            raise t.TraitError(_too_many(mine["p"], mine["J"]))
        return value

    @t.validate("tau", "sigma")
    def _check_sd(self, proposal: dict) -> float:
        value, name = proposal["value"], proposal["trait"].name
        if name == "tau" and not 0 <= value < math.inf:
            raise t.TraitError(
                _("tau must be a standard deviation >= 0 and finite, but tau = {tau}.", tau=value)
            )
        if name == "sigma" and not 0 < value < math.inf:
            raise t.TraitError(
                _("sigma must be a standard deviation > 0 and finite, but sigma = {sigma}.", sigma=value)
            )
        return value

    @t.validate("preset")
    def _check_preset(self, proposal: dict) -> str:
        known = [key for key, _name in self.presets] or list(PRESETS)
        if proposal["value"] not in known:
            raise t.TraitError(
                _("preset must be one of {known}, but it is {found!r}.",
                  known=", ".join(known), found=proposal["value"])
            )  # fmt: skip
        return proposal["value"]

    @t.validate("times")
    def _check_times(self, proposal: dict) -> int:
        if proposal["value"] not in (1, 10):
            raise t.TraitError(_("times must be 1 or 10, but times = {times}.", times=proposal["value"]))
        return proposal["value"]

    @property
    def simulated(self) -> bool:
        """Whether the data set below is the first of the 500."""
        return self.preset == "simulated"

    @property
    def draws(self) -> Draws:
        """τ̂² of the 500 data sets, by REML and by ML."""
        return draws(self.seed, self.J, self.n, self.p, self.tau, self.sigma)

    def exact(self, method: str) -> Exact:
        """Return the mean of τ̂² over all possible data sets, and the chance of τ̂ = 0, for "REML" or "ML"."""
        return exact(self.J, self.n, self.p, self.tau, self.sigma, method)

    @property
    def labels(self) -> list[str]:
        """The groups' names."""
        return self.sets[self.preset].get("labels") or [str(j) for j in range(1, self.J + 1)]

    @property
    def means(self) -> pd.Series:
        """The groups' means in the data set below, with those changed by hand."""
        means = self.draws.means if self.simulated else self.sets[self.preset]["means"]
        found = [self.edits.get(str(j), mean) for j, mean in enumerate(means)]
        return pd.Series(found, index=self.labels, name="mean", dtype=float)

    def profile(self, method: str, p: int | None = None, times: float = 1.0) -> Profile:
        """Return the fit of the data set below by "REML" or "ML", with the first p of the fixed effects."""
        p = self.p if p is None else p
        means = self.means.to_numpy()
        parts = waves(self.J).T @ (means - means.mean()) / self.J
        S = self.n * self.J * float(np.sum(parts[p:] ** 2))
        within = self.draws.within if self.simulated else self.sets[self.preset]["within"]
        return Profile(self.J, self.n, p, S, within, method, times)

    @property
    def reml(self) -> Profile:
        """REML's fit of the data set below."""
        return self.profile("REML", times=self.times)

    @property
    def ml(self) -> Profile:
        """ML's fit of the data set below."""
        return self.profile("ML", times=self.times)

    @property
    def trap(self) -> dict[str, float]:
        """How REML's criterion and ML's deviance change when the last predictor enters; ``before``: REML's in its own unit."""
        if self.p == 1:
            return {}
        without = {name: self.profile(name.upper(), self.p - 1).lowest for name in ("reml", "ml")}
        return {
            "reml": self.reml.lowest - without["reml"],
            "ml": self.ml.lowest - without["ml"],
            "before": self.profile("REML").lowest - without["reml"],
        }

    def set_group(self, group: int | str, mean: float) -> None:
        """Change one group's mean in the data set below.

        Parameters
        ----------
        group : int or str
            Its index, or its label.
        mean : float
            The new mean, finite.
        """
        labels = self.labels
        j = labels.index(group) if group in labels else group
        if isinstance(j, (str, bool)) or j not in range(self.J):
            raise ValueError(
                _("group must be a label or an index from 0 to {last}, but it is {found!r}.",
                  last=self.J - 1, found=group)
            )  # fmt: skip
        if not math.isfinite(mean):
            raise ValueError(
                _("Each group mean must be a finite number, but it is {found} for {group}.",
                  found=mean, group=labels[j])
            )  # fmt: skip
        with self.hold_sync():
            self.edits, self.selected = dict(self.edits) | {str(int(j)): float(mean)}, int(j)

    def rescale(self) -> None:
        """Multiply the last predictor by 10, or undo it. Without a predictor one enters first."""
        with self.hold_sync():
            self.p, self.times = max(2, self.p), 11 - self.times

    def _to_start(self, _change: object = None) -> None:
        with self.hold_trait_notifications():
            for name, value in self.sets[self.preset]["start"].items():
                setattr(self, name, value)
            self.edits, self.times, self.selected = {}, 1, 0

    def reset(self) -> None:
        """Go back to the numbers and the data of the start."""
        self._to_start()

    def redraw(self, seed: int | None = None) -> None:
        """Draw the 500 data sets again: the next seed, or the one given. Means changed by hand are forgotten."""
        with self.hold_sync():
            self.seed, self.edits = self.seed + 1 if seed is None else seed, {}

    @property
    def digits(self) -> tuple[int, int]:
        """How many decimals a standard deviation gets, and a variance."""
        return decimals(self.sigma) + 1, decimals(self.sigma**2) + 1

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


def _too_many(p: int, J: int) -> str:
    return _(
        "p must be smaller than J, but p = {p} and J = {J}: no difference between groups is left to estimate τ from.",
        p=p,
        J=J,
    )


def _dyestuff() -> dict[str, Any]:
    return read_balanced(load("dyestuff"), "Yield", "Batch")

"""W11, priors on τ: how much the prior on a variance component matters when groups are few.

    y_j ~ N(θ_j, se_j²),  θ_j ~ N(μ, τ²),  τ ~ prior

With eight groups the likelihood says little about τ, with three almost nothing: then the prior speaks. A prior that was meant to say
nothing about τ² may insist on τ near 0, and with it on complete pooling.

What this file does not do: compute (`hlm_teach.posterior`), or estimate τ without a prior (`hlm_teach.variance`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import traitlets as t

from hlm_teach.datasets import load
from hlm_teach.locale import _
from hlm_teach.posterior import FAMILIES, Posterior, likelihood, posterior
from hlm_teach.summaries import read_summaries
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.ranges import one_of
from hlm_teach.widgets.sentences import decimals
from hlm_teach.widgets.tau_priors_picture import picture
from hlm_teach.widgets.tau_priors_words import MESSAGES, ask, sentence

__all__ = ["TauPriors"]


class TauPriors(Exploration):
    """Explore the posterior of τ under six families of priors.

    Model: y_j ~ N(θ_j, se_j²), θ_j ~ N(μ, τ²), μ flat.

    Parameters
    ----------
    y, se : Series, array or list, shape (n,), optional
        Estimates of three groups or more and their known standard errors; without them the eight schools.
    family : "flat", "uniform", "half_normal", "half_cauchy", "inverse_gamma" or "gamma"
        The prior on τ (inverse gamma: on τ²).
    scale : float, optional
        Its scale, > 0 and finite: the upper end of the uniform, ε of the inverse gamma, 1/rate of the gamma of shape 2.
    J : int
        How many of the groups are used, 3 to n.
    inflate : float
        By what the estimates are multiplied, 1 to 5.
    first : int
        With which group the J begin, counted from 0.
    question : None or False
        None asks where a vague inverse gamma pulls τ, False asks nothing.

    Attributes
    ----------
    posterior : Posterior
        ``quantile(share)``, ``below(tau)``, ``mean``, ``estimate``, ``sd``, and the grid ``tau`` with its ``mass``.
    peak : float
        Where the likelihood of τ, with μ integrated out, is highest.
    scales : dict
        The scale set for each family.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError, TraitError
        If the groups are fewer than three or not finite, or a family, scale or number is not possible.

    References
    ----------
    Gelman, A. et al. (2013), *Bayesian Data Analysis*, 3rd ed., §5.5 and §5.7. Gelman, A. (2006), "Prior distributions for variance
    parameters in hierarchical models", *Bayesian Analysis* 1(3).

    Examples
    --------
    >>> w = TauPriors(J=8, question=False)
    >>> w.posterior.estimate.round(2).tolist()
    [11.4, 7.89, 6.13, 7.64, 5.13, 6.14, 10.67, 8.46]
    >>> w.peak
    0.0
    >>> w.J, w.family = 3, "inverse_gamma"
    >>> round(w.posterior.below(w.small), 2)
    0.5
    >>> TauPriors([1.0, 2.0], [1.0, 1.0])
    Traceback (most recent call last):
    ...
    ValueError: At least 3 groups are needed here, but y has 2.
    """

    SOURCE = "tau_priors.js"
    BENCH: ClassVar[str] = "Scale of the prior"
    MESSAGES = MESSAGES

    family = t.Unicode("flat").tag(sync=True)
    scales = t.Dict().tag(sync=True)
    J = t.Int(3).tag(sync=True)
    inflate = t.Float(1.0).tag(sync=True)
    first = t.Int(0).tag(sync=True)
    selected = t.Int(0).tag(sync=True)
    data = t.Dict().tag(sync=True)
    start = t.Dict().tag(sync=True)

    def __init__(self, y=None, se=None, *, family: str = "flat", scale: float | None = None, J: int = 3, inflate: float = 1.0,
                 first: int = 0, question=None, **kwargs: Any) -> None:  # fmt: skip
        if y is None:
            schools = load("eight_schools").set_index("school")
            y, se = schools["effect"], schools["se"]
        labels, y, se = read_summaries(y, se, least=3)
        unit = 10.0 ** math.floor(0.5 + math.log10(float(np.median(se))))
        usual = {"flat": 1.0, "uniform": 10 * unit, "half_normal": unit, "half_cauchy": 2.5 * unit, "inverse_gamma": 0.001,
                 "gamma": 5 * unit}  # fmt: skip
        data = {"labels": [str(label) for label in labels], "y": y.tolist(), "se": se.tolist(), "usual": usual,
                "small": unit / 10, "digits": min(6, decimals(unit))}  # fmt: skip
        start = {"family": family, "scales": {} if scale is None else {family: float(scale)}, "J": J, "inflate": inflate,
                 "first": first}  # fmt: skip
        super().__init__(data=data, start=start, **start, **kwargs)
        if question is None:
            self.question, self.committed = ask(self), False

    @property
    def second_source(self) -> str:
        """The file of the pictures."""
        return "tau_priors_views.js"

    @t.validate("family")
    def _check_family(self, proposal: dict) -> str:
        return one_of(proposal, FAMILIES)

    @t.validate("scales")
    def _check_scales(self, proposal: dict) -> dict:
        for family, scale in proposal["value"].items():
            if not (0 < scale < math.inf):
                raise t.TraitError(
                    _("The scale of a prior must be > 0 and finite, but scale = {scale} for {family}.", scale=scale, family=family)
                )  # fmt: skip
        return proposal["value"]

    @t.validate("J", "inflate", "first", "selected")
    def _check_range(self, proposal: dict) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        n = len(self.data.get("y", [])) or 8
        if name == "selected":
            return min(max(0, value), self.J - 1)
        least, most = {"J": (3, n), "inflate": (1, 5), "first": (0, n - 1)}[name]
        if not least <= value <= most:
            raise t.TraitError(
                _("{name} must be {least} to {most}, but {name} = {value}.", name=name, least=least, most=most, value=value)
            )  # fmt: skip
        return value

    def _used(self, name: str) -> list:
        values = self.data[name]
        return [values[(self.first + k) % len(values)] for k in range(self.J)]

    @property
    def labels(self) -> list[str]:
        """The names of the groups used."""
        return self._used("labels")

    @property
    def y(self) -> np.ndarray:
        """The estimates used, multiplied by `inflate`."""
        return self.inflate * np.array(self._used("y"))

    @property
    def se(self) -> np.ndarray:
        """The standard errors used."""
        return np.array(self._used("se"))

    @property
    def scale(self) -> float:
        """The scale of the prior chosen."""
        return self.scales.get(self.family, self.data["usual"][self.family])

    @property
    def small(self) -> float:
        """A τ that is small beside the standard errors."""
        return self.data["small"]

    @property
    def digits(self) -> int:
        """How many decimals a number gets."""
        return self.data["digits"]

    @property
    def posterior(self) -> Posterior:
        """The posterior of τ and of the groups."""
        return _kept(tuple(self.y), tuple(self.se), self.family, self.scale)

    @property
    def mu(self) -> float:
        """The posterior mean of μ."""
        found = self.posterior
        return float(found.mass @ likelihood(self.y, self.se, found.tau)[1])

    @property
    def peak(self) -> float:
        """Where the likelihood of τ is highest: 0, or a top between the points of a grid."""
        tau = _kept(tuple(self.y), tuple(self.se), "flat", 1.0).tau
        like = likelihood(self.y, self.se, tau)[0]
        k = int(np.argmax(like))
        if like[k] <= like[0] + 1e-9:
            return 0.0
        a, b, c = like[k - 1 : k + 2]
        return float(tau[k] * math.exp(math.log(tau[k + 1] / tau[k]) * 0.5 * (a - c) / (a - 2 * b + c)))

    def reset(self) -> None:
        """Go back to the prior and the groups of the start."""
        with self.hold_sync():
            for name, value in self.start.items():
                setattr(self, name, value)
            self.selected = 0

    def redraw(self) -> None:
        """Use other groups: begin with the next one."""
        self.first = (self.first + 1) % len(self.data["y"])

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


_kept = lru_cache(maxsize=16)(
    lambda y, se, family, scale: posterior(np.array(y), np.array(se), family, scale)
)

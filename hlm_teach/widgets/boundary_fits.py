"""W5, boundary fits: why τ̂ = 0 is common, what it says, and what can be done about it.

    τ̂² = (MSB − MSW)/n, cut at 0

The deviance is a smooth curve over τ², and nothing keeps its lowest point to the right of 0: with few groups it often lies where no
variance can be, and the estimate stands at the edge. How often is known exactly. A boundary fit is a finished fit, not one that
failed to converge, and it does not say that groups are alike: its interval tells how far they may differ.

What this file does not do: compute (`boundary_fits_numbers`, `reml_ml_profile`), slopes that vary (`boundary_slopes`), or unequal
groups (`hlm_teach.lmm`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import traitlets as t

from hlm_teach.datasets import load
from hlm_teach.locale import N_, _
from hlm_teach.widgets.boundary_fits_numbers import Avoided, avoid, chance, draws, needed
from hlm_teach.widgets.boundary_fits_picture import picture
from hlm_teach.widgets.boundary_fits_words import MESSAGES, REMEDIES, ask, sentence
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.ranges import in_range, one_of
from hlm_teach.widgets.reml_ml_input import read_balanced
from hlm_teach.widgets.reml_ml_profile import Profile
from hlm_teach.widgets.sentences import decimals

__all__ = ["BoundaryFits"]

PRESETS = {"simulated": N_("Simulated groups"), "dyestuff2": N_("Dyestuff2, 6 batches of 5")}
RANGES = {"J": (3, 50), "n": (2, 30), "icc": (0, 0.6), "number": (1, 500)}
CASES = (
    (6, 5, 0.1),
    (12, 4, 0.1),
    (4, 8, 0.05),
    (30, 5, 0.1),
    (8, 15, 0.2),
    (5, 3, 0.1),
    (20, 6, 0.02),
    (10, 20, 0.1),
)
MANY = 100_000


class BoundaryFits(Exploration):
    """Explore when the estimated variance between groups is 0, and what then can be done.

    Model: y_ij = μ + u_j + e_ij, u_j ~ N(0, τ²), e_ij ~ N(0, σ²), J groups of n rows.

    Parameters
    ----------
    preset : "simulated", "dyestuff2" or "data"
        The data set fitted: one of the 500 drawn, the second Dyestuff set, or, by `from_data`, yours.
    J, n : int
        Groups, 3 to 50, and rows per group, 2 to 30, of the simulated data sets.
    icc : float
        The true ICC τ²/(τ² + σ²) of the 500 data sets, 0 to 0.6. Simulated data have σ² + τ² = 1.
    method : "REML" or "ML"
    remedy : "keep", "drop", "prior" or "groups"
        What is done about a boundary fit.
    number, seed : int
        Which of the 500 data sets is fitted, 1 to 500, and their draw.
    question : None or False
        None asks how often τ̂ is 0, False asks nothing.

    Attributes
    ----------
    fit : Profile
        The fit: ``tau``, ``tau2_raw`` (before the cut), ``interval``, ``at_variance(tau2)``, the curve.
    prior : Avoided
        The fit with a prior that avoids the boundary.
    chance : float
        P(τ̂ = 0) at the true ICC, exactly.
    raw : ndarray, shape (500,)
        τ̂² of the 500 data sets before the cut.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError, TraitError
        If there is no such preset, method or remedy, or a number is out of range.

    Notes
    -----
    P(τ̂ = 0) = P(F ≤ σ²/(σ² + n·τ²)) with J − 1 and J(n − 1) degrees of freedom for REML; for ML the bound is J/(J − 1) times that.
    The prior is gamma(2, rate → 0) on τ.

    References
    ----------
    Searle, S. R., Casella, G. & McCulloch, C. E. (1992), *Variance Components*, §3.5. Chung, Y. et al. (2013), "A nondegenerate
    penalized likelihood estimator for variance parameters in multilevel models", *Psychometrika* 78.

    Examples
    --------
    >>> w = BoundaryFits("dyestuff2", question=False)
    >>> w.fit.tau, round(w.fit.tau2_raw, 3), round(w.fit.interval[1], 2), round(w.prior.tau, 2)
    (0.0, -1.322, 2.51, 1.18)
    >>> round(BoundaryFits(J=6, n=5, icc=0.1, question=False).chance, 3)
    0.331
    >>> BoundaryFits(J=2)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: J must be 3 to 50, but J = 2.
    """

    SOURCE = "boundary_fits.js"
    BENCH: ClassVar[str] = "True ICC"
    MESSAGES = MESSAGES

    preset = t.Unicode("simulated").tag(sync=True)
    J = t.Int(6).tag(sync=True)
    n = t.Int(5).tag(sync=True)
    icc = t.Float(0.1).tag(sync=True)
    method = t.Unicode("REML").tag(sync=True)
    remedy = t.Unicode("keep").tag(sync=True)
    number = t.Int(1).tag(sync=True)
    seed = t.Int(1).tag(sync=True)
    sets = t.Dict().tag(sync=True)
    presets = t.List().tag(sync=True)
    cases = t.List([list(case) for case in CASES]).tag(sync=True)
    start = t.Dict().tag(sync=True)

    def __init__(self, preset="simulated", *, J=6, n=5, icc=0.1, method="REML", remedy="keep", number=1, seed=1,
                 question=None, data=None, **kwargs: Any) -> None:  # fmt: skip
        start = {"J": J, "n": n, "icc": icc, "method": method, "remedy": remedy, "number": number}
        sets = {"dyestuff2": _shipped()} | ({"data": data} if data else {})
        names = [[key, _(text)] for key, text in PRESETS.items()]
        names += [["data", data["y"]]] if data else []
        super().__init__(sets=sets, presets=names, preset=preset, seed=seed, start=start, **start, **kwargs)
        if question is None:
            self.question, self.committed = ask(self), False

    @classmethod
    def from_data(cls, data: pd.DataFrame, response: str, group: str, **kwargs: Any) -> BoundaryFits:
        """Return the widget of a balanced data set.

        Parameters
        ----------
        data : DataFrame
            One row per unit; three groups or more, all of one size.
        response, group : str
            The columns of y and of the groups.

        Examples
        --------
        >>> data = pd.DataFrame({"y": [1.0, 3, 2, 4, 5, 1], "g": list("aabbcc")})
        >>> BoundaryFits.from_data(data, "y", "g", question=False).fit.tau
        0.0
        >>> BoundaryFits.from_data(data, "y", "school")
        Traceback (most recent call last):
        ...
        ValueError: There is no column 'school'. The columns are: y, g.
        """
        return cls("data", data=_parts(read_balanced(data, response, group, MANY)), **kwargs)

    @property
    def second_source(self) -> str:
        """The file of the picture."""
        return "boundary_fits_views.js"

    @t.validate("J", "n", "icc", "number")
    def _check_range(self, proposal: dict) -> float:
        return in_range(proposal, RANGES)

    @t.validate("preset", "method", "remedy")
    def _check_name(self, proposal: dict) -> str:
        known = {"preset": [key for key, _name in self.presets], "method": ("REML", "ML"), "remedy": REMEDIES}
        return one_of(proposal, known[proposal["trait"].name])

    @property
    def simulated(self) -> bool:
        """Whether the data set fitted is one of the 500."""
        return self.preset == "simulated"

    @property
    def _size(self) -> tuple[int, int]:
        return (self.J, self.n) if self.simulated else tuple(self.sets[self.preset]["size"])

    @property
    def truth(self) -> tuple[float, float]:
        """The SDs τ and σ of the 500 data sets; with real data σ is theirs."""
        if self.simulated:
            return math.sqrt(self.icc), math.sqrt(1 - self.icc)
        J, n = self._size
        sigma = math.sqrt(self.sets[self.preset]["W"] / (J * (n - 1)))
        return sigma * math.sqrt(self.icc / (1 - self.icc)), sigma

    @property
    def digits(self) -> tuple[int, int]:
        """How many decimals an SD gets, and a variance."""
        sigma = 1.0 if self.simulated else self.truth[1]
        return decimals(sigma) + 1, decimals(sigma**2) + 1

    @property
    def raw(self) -> np.ndarray:
        """τ̂² of the 500 data sets, before the cut at 0."""
        J, n = self._size
        S, W = draws(self.seed, J, n, *self.truth)
        return (S / self.fit.m - W / (J * (n - 1))) / n

    @property
    def fit(self) -> Profile:
        """The fit of the data set."""
        J, n = self._size
        if self.simulated:
            S, W = (float(squares[self.number - 1]) for squares in draws(self.seed, J, n, *self.truth))
        else:
            S, W = self.sets[self.preset]["S"], self.sets[self.preset]["W"]
        return Profile(J, n, 1, S, W, self.method)

    @property
    def prior(self) -> Avoided:
        """The fit with a prior that avoids the boundary."""
        return _avoided(self.fit)

    @property
    def chance(self) -> float:
        """How often τ̂ is 0 in data sets with the true ICC."""
        return chance(*self._size, self.icc, self.method)

    @property
    def needed(self) -> int:
        """The fewest groups with τ̂ = 0 in at most 5 % of data sets; 0 where 1000 are not enough."""
        return needed(self._size[1], self.icc, self.method)

    @property
    def rise(self) -> float:
        """How much higher the deviance is at τ̂ than where it would be lowest."""
        return self.fit.lowest - self.fit.at_variance(self.fit.tau2_raw)

    def se_of_mean(self, tau: float) -> float:
        """Return the standard error of the mean of all rows at τ, with the best σ there."""
        fit = self.fit
        return math.sqrt((fit.sigma2_at(tau**2) + fit.n * tau**2) / (fit.J * fit.n))

    def reset(self) -> None:
        """Go back to the numbers of the start."""
        with self.hold_sync():
            for name, value in self.start.items():
                setattr(self, name, value)

    def redraw(self, seed: int | None = None) -> None:
        """Draw 500 data sets again: the next seed, or the one given.

        Where simulated data sets were asked about, another case is now: its J, n and ICC are those of the new draw.
        """
        seed = self.seed + 1 if seed is None else seed
        with self.hold_sync():
            self.seed, self.number = seed, 1
            if self.question and self.simulated:
                self.J, self.n, self.icc = self.cases[(seed - 1) % len(self.cases)]
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


_avoided = lru_cache(maxsize=256)(avoid)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    return _parts(read_balanced(load("dyestuff2"), "Yield", "Batch"))


def _parts(found: dict[str, Any]) -> dict[str, Any]:
    """Return what the widget needs of a balanced data set: its size and its two sums of squares, S above 0."""
    means = np.array(found["means"])
    n, W = found["start"]["n"], found["within"]
    S = n * float(np.sum((means - means.mean()) ** 2))
    return {"size": [len(means), n], "S": max(S, 1e-9 * W), "W": W, "y": found["y"]}

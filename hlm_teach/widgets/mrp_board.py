"""W10, the MRP board: who answered, what a model says of every cell, and what the census makes of it, against the truth.

    MR   logit π_jk = x_jk β + b_j, b_j ~ N(0, τ²)        P   θ_j = Σ_k N_jk π_jk / Σ_k N_jk

Two switches that are often taken for one: MR fills cells and borrows from other units, P puts the cells together as the people live.
A third decides what a unit without respondents borrows: its predictor. And one dial that no switch repairs: who answers may depend
on the answer.

What this file does not do: compute (`mrp_board_fit`), draw people (`mrp_board_data`), or give intervals (`hlm_teach.poststratify`).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import traitlets as t

from hlm_teach.locale import _
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.mrp_board_data import MOST, Poll, draw, provinces, read_world
from hlm_teach.widgets.mrp_board_fit import Fit, design, estimates, fit
from hlm_teach.widgets.mrp_board_picture import picture
from hlm_teach.widgets.mrp_board_words import MESSAGES, ask, sentence
from hlm_teach.widgets.ranges import in_range

__all__ = ["MrpBoard"]

ODDS = ("odds_a", "odds_b", "odds_u", "odds_y")
LEAST = {"n": 200, "J": 4}
POLL = ("seed", "n", "J", "quiet", *ODDS)  # what a poll depends on
QUIET = (4, 1, 30, 17, 18)  # whom the polls of the questions miss


class MrpBoard(Exploration):
    """Explore multilevel regression and poststratification, each switched on and off, against a known truth.

    Model: yes_jk ~ Binomial(n_jk, π_jk), logit π_jk = x_jk β + b_j, b_j ~ N(0, τ²), θ_j = Σ_k N_jk π_jk / Σ_k N_jk.

    Parameters
    ----------
    n : int
        Respondents, 200 to 5,000.
    J : int, optional
        Units, the most populous first, 4 or more; by default all.
    odds_a, odds_b, odds_u : float
        The odds of answering of the last level of the first trait (men), of the first of the second (18–29), and where the predictor
        is above the middle; 0.2 to 5.
    odds_y : float
        The odds of answering of those who say yes, over the others of the same cell, 0.2 to 5.
    silent : int, optional
        The unit in which nobody answers, from 0, −1 for none; by default the fifth.
    mr, p, predictor, interaction : bool
        The switches: model, poststratification, and in the model the predictor of units and, with it, its interaction with the
        first trait.
    seed : int
        The draw of the poll.
    question : None or False
        None asks what helps the silent unit most, False asks nothing.

    Attributes
    ----------
    poll : Poll
        ``n`` and ``yes`` of every cell, shape (J, K).
    fit : Fit
        ``tau``, ``beta``, ``b``, ``share`` of every cell.
    estimates : dict
        ``raw``, ``rake``, ``p``, ``mr``, ``mrp``: each unit's share, nan where there is none; ``method`` names the one shown.
    truth : array, shape (J,)
    selected : int
        The unit that the read-out is about.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    TraitError
        If a number is out of range.

    Notes
    -----
    Raking gives a poll the population's shares of both traits. τ̂ is Laplace's, with β at the joint mode (lme4's ``nAGQ=0``).
    Estimates are at the mode; `hlm_teach.poststratify` averages over draws, which differs by up to a point where few
    answered.

    References
    ----------
    Gelman, A. & Little, T. C. (1997), "Poststratification into many categories using hierarchical logistic regression",
    *Survey Methodology* 23. Park, D. K., Gelman, A. & Bafumi, J. (2004), *Political Analysis* 12.

    Examples
    --------
    >>> w = MrpBoard(question=False, predictor=True)
    >>> {name: round(100 * w.rmse(name), 1) for name in ("raw", "rake", "p", "mr", "mrp")}
    {'raw': 13.9, 'rake': 13.2, 'p': 13.5, 'mr': 9.0, 'mrp': 7.9}
    >>> [round(float(v[w.quiet]), 2) for v in (w.estimates["p"], w.estimates["mrp"], w.truth)]  # nobody answered there
    [nan, 0.67, 0.84]
    >>> MrpBoard(odds_a=float("inf"))
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: odds_a must be 0.2 to 5, but odds_a = inf.
    """

    SOURCE = "mrp_board.js"
    BENCH: ClassVar[str] = "Respondents"
    MESSAGES = MESSAGES

    n = t.Int(800).tag(sync=True)
    J = t.Int(4).tag(sync=True)
    odds_a = t.Float(1.5).tag(sync=True)
    odds_b = t.Float(2.5).tag(sync=True)
    odds_u = t.Float(2.0).tag(sync=True)
    odds_y = t.Float(1.0).tag(sync=True)
    silent = t.Int(-1).tag(sync=True)
    mr = t.Bool(False).tag(sync=True)
    p = t.Bool(False).tag(sync=True)
    predictor = t.Bool(False).tag(sync=True)
    interaction = t.Bool(False).tag(sync=True)
    selected = t.Int(0).tag(sync=True)
    seed = t.Int(1).tag(sync=True)
    world = t.Dict().tag(sync=True)
    cases = t.List(t.Int()).tag(sync=True)
    start = t.Dict().tag(sync=True)

    def __init__(self, n=800, J=None, *, odds_a=1.5, odds_b=2.5, odds_u=2.0, odds_y=1.0, silent=None, mr=False, p=False,
                 predictor=False, interaction=False, seed=1, question=None, world=None, **kwargs: Any) -> None:  # fmt: skip
        world = world or provinces()
        units = len(world["labels"])
        silent = min(QUIET[0], units - 1) if silent is None else silent
        start = {"n": n, "J": units if J is None else J, "odds_a": odds_a, "odds_b": odds_b, "odds_u": odds_u, "odds_y": odds_y,
                 "silent": silent, "mr": mr, "p": p, "predictor": predictor, "interaction": interaction,
                 "selected": silent if silent in range(units) else 0}  # fmt: skip
        self._kept: dict[tuple, Any] = {}
        cases = [j for j in QUIET if j < units]
        super().__init__(world=world, cases=cases, seed=seed, start=start, **start, **kwargs)
        if question is None:
            if self.quiet < 0:
                raise ValueError(
                    _(
                        "The question is about a unit in which nobody answers: pass silent=4, say, or question=False."
                    )
                )
            self.question, self.committed = ask(self), False

    @classmethod
    def from_data(
        cls,
        cells: pd.DataFrame,
        unit: str,
        unit_predictor: str,
        traits,
        count="N",
        share="share",
        **kwargs: Any,
    ) -> MrpBoard:
        """Return the board of a population of one's own.

        Parameters
        ----------
        cells : DataFrame
            One row per unit and pair of levels of two traits, for 4 to 60 units.
        unit, unit_predictor : str
            The columns of the units and of a number known for each of them, which is standardised.
        traits : (str, str)
            The columns of the two traits, of 2 to 6 levels each.
        count, share : str
            The columns of the people in a cell and of the share of them who say yes.

        Examples
        --------
        >>> from hlm_teach import load
        >>> west = load("provinces31").query("region == 'West'")
        >>> MrpBoard.from_data(west, "province", "gdp", ("age", "gender"), question=False).J
        12
        >>> MrpBoard.from_data(west.query("province == 'Tibet'"), "province", "gdp", ("age", "gender"))
        Traceback (most recent call last):
        ...
        ValueError: The board shows 4 to 60 units, but province has 1. For more, use glmm and poststratify, which have no such limit.
        """
        return cls(world=read_world(cells, unit, unit_predictor, traits, count, share), **kwargs)

    @property
    def second_source(self) -> str:
        """The file of the picture."""
        return "mrp_board_views.js"

    @t.validate("n", "J", *ODDS)
    def _check_range(self, proposal: dict) -> float:
        most = {"n": MOST, "J": len(self.world["labels"]) if self.world else math.inf}
        return in_range(
            proposal, dict.fromkeys(ODDS, (0.2, 5)) | {name: (LEAST[name], most[name]) for name in LEAST}
        )

    @t.validate("silent", "selected")
    def _check_unit(self, proposal: dict) -> int:
        least = -1 if proposal["trait"].name == "silent" else 0
        return in_range(
            proposal,
            {proposal["trait"].name: (least, len(self.world["labels"]) - 1 if self.world else math.inf)},
        )

    @property
    def quiet(self) -> int:
        """The unit of the poll in which nobody answers; −1 where all units do."""
        return self.silent if self.silent < self.J else -1

    @property
    def at(self) -> int:
        """The unit of the poll that is selected."""
        return min(self.selected, self.J - 1)

    @property
    def method(self) -> str:
        """The name of the estimates shown."""
        return "mr" * self.mr + "p" * self.p or "raw"

    def _once(self, name: str, more: tuple, make) -> Any:
        key = (name, *(getattr(self, trait) for trait in POLL), *more)
        if key not in self._kept:
            if len(self._kept) > 30:
                self._kept.clear()
            self._kept[key] = make()
        return self._kept[key]

    @property
    def poll(self) -> Poll:
        """Who answered, and what."""
        return self._once("poll", (), lambda: draw(self))

    def _fit(self, predictor: bool, interaction: bool) -> Fit:
        terms = (predictor, predictor and interaction)
        return self._once("fit", terms, lambda: fit(design(self.world, self.J, *terms), self.poll))

    def fitted(self, predictor: bool, interaction: bool) -> dict[str, np.ndarray]:
        """Return all estimates with these terms in the model."""
        share = self._fit(predictor, interaction).share
        return self._once(
            "estimates",
            (predictor, predictor and interaction),
            lambda: estimates(self.world, self.J, self.poll, share),
        )

    @property
    def fit(self) -> Fit:
        """The model of the switches, whether it is used or not."""
        return self._fit(self.predictor, self.interaction)

    @property
    def estimates(self) -> dict[str, np.ndarray]:
        """Every method's estimates."""
        return self.fitted(self.predictor, self.interaction)

    @property
    def people(self) -> np.ndarray:
        """The people of every cell, shape (J, K)."""
        return np.array(self.world["N"][: self.J], dtype=float)

    @property
    def truth(self) -> np.ndarray:
        """The true share of every unit."""
        return (self.people * self.world["share"][: self.J]).sum(1) / self.people.sum(1)

    def rmse(self, name: str) -> float:
        """Return the root mean squared error of a method over the units with respondents, which every method has."""
        asked = self.poll.n.sum(1) > 0
        return float(np.sqrt(np.mean((self.estimates[name] - self.truth)[asked] ** 2)))

    def overall(self, name: str) -> float:
        """Return the mean of a method's units (or of the ``truth``), weighted by their people, over those it has."""
        values, size = self.truth if name == "truth" else self.estimates[name], self.people.sum(1)
        known = np.isfinite(values)
        return float((values * size)[known].sum() / size[known].sum())

    @property
    def margins(self) -> list[tuple[str, float, float]]:
        """Each trait's levels with their shares of the poll and of the people."""
        (_a, first), (_b, second) = self.world["traits"]
        asked, people = (v.sum(0).reshape(len(first), -1) for v in (self.poll.n, self.people))
        return [
            (level, float(one / asked.sum()), float(other / people.sum()))
            for axis, levels in ((1, first), (0, second))
            for level, one, other in zip(levels, asked.sum(axis), people.sum(axis), strict=True)
        ]

    def reset(self) -> None:
        """Go back to the numbers of the start."""
        with self.hold_sync():
            for name, value in self.start.items():
                setattr(self, name, value)

    def redraw(self, seed: int | None = None) -> None:
        """Draw another poll: the next seed, or the one given. Where something was asked, another silent unit is asked about."""
        seed = self.seed + 1 if seed is None else seed
        with self.hold_sync():
            self.seed = seed
            if self.question:
                for name, value in self.start.items():
                    setattr(self, name, value)
                self.J = len(self.world["labels"])
                self.silent = self.selected = self.cases[(seed - 1) % len(self.cases)]
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

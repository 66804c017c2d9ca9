"""W2, the ICC explorer: one correlation, seen in five ways.

    ICC = τ²/(τ² + σ²)

The share of variance between groups; the correlation of two rows of one group; how reliable a group's mean is; how many
independent rows the rows are worth; how often a test that ignores the groups is wrong. And a game: which ICC made this picture?

What this file does not do: compute (`icc_numbers`), or estimate an ICC from data (`hlm_teach.variance`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from hlm_teach.locale import _
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.icc_numbers import IccNumbers, columns, numbers, points, sample, target
from hlm_teach.widgets.icc_picture import picture
from hlm_teach.widgets.icc_words import MESSAGES, ask, sentence, state_sentence

__all__ = ["IccExplorer"]

RANGES = {"J": (2, 200), "n": (2, 100)}


class IccExplorer(Exploration):
    """Explore what an intraclass correlation does to rows, means, samples and tests.

    Model: y_ij = u_j + e_ij with Var(u) = ICC and Var(e) = 1 − ICC.

    Parameters
    ----------
    icc : float
        Intraclass correlation, 0 to 0.9.
    J, n : int
        Number of groups, 2 to 200, and rows per group, 2 to 100.
    level : 1 or 2
        The predictor that is tested varies inside groups only, or belongs to whole groups.
    seed : int
        The draw of the rows in the picture.
    question : None or False
        None asks what doubling n changes (J, where the seed is odd), False asks nothing.

    Attributes
    ----------
    numbers : IccNumbers
        Reliability, design effect, effective n and type-I error of the state.
    playing, round, score, guess
        The game: the round (from 1), the points so far, and the ICC committed to in this round (−1 before).
    choice, confidence, committed
        The prediction.

    Raises
    ------
    TraitError
        If icc, J, n or level is out of range.

    Notes
    -----
    reliability = n·ICC/(1 + (n − 1)·ICC); design effect 1 + (n − 1)·ICC for whole groups, 1 − ICC inside groups; the
    type-I error 2Φ(−1.96/√deff) holds for many groups. Equal group sizes throughout.
    In the picture the correlation over all pairs of one group is the ICC exactly, not on average.

    References
    ----------
    Kish, L. (1965), *Survey Sampling*, §5.4. Raudenbush, S. W. & Bryk, A. S. (2002), ch. 4.

    Examples
    --------
    >>> w = IccExplorer(0.2, n=30, question=False)
    >>> round(w.numbers.design_effect, 1), round(w.numbers.type_one, 3)
    (6.8, 0.452)
    >>> w.level = 1
    >>> round(w.numbers.type_one, 3)
    0.028
    >>> IccExplorer(1.0)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: icc must be 0 to 0.9, but icc = 1.0.
    """

    SOURCE = "icc_explorer.js"
    MESSAGES = MESSAGES
    BENCH = "ICC"

    icc = t.Float(0.2).tag(sync=True)
    J = t.Int(20).tag(sync=True)
    n = t.Int(10).tag(sync=True)
    level = t.Int(2).tag(sync=True)
    seed = t.Int(2).tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    round = t.Int(1).tag(sync=True)
    score = t.Int(0).tag(sync=True)
    guess = t.Float(-1.0).tag(sync=True)
    start = t.Dict().tag(sync=True)

    def __init__(self, icc=0.2, J=20, n=10, *, level=2, seed=2, question=None, **kwargs: Any) -> None:
        start = {"icc": icc, "J": J, "n": n, "level": level}
        super().__init__(**start, seed=seed, start=start, **kwargs)
        if question is None:
            self.question, self.committed = ask(self), False

    @t.validate("icc")
    def _check_icc(self, proposal: dict) -> float:
        if not 0 <= proposal["value"] <= 0.9:
            raise t.TraitError(_("icc must be 0 to 0.9, but icc = {icc}.", icc=proposal["value"]))
        return proposal["value"]

    @t.validate("J", "n")
    def _check_size(self, proposal: dict) -> int:
        value, name = proposal["value"], proposal["trait"].name
        least, most = RANGES[name]
        if not least <= value <= most:
            raise t.TraitError(
                _("{name} must be {least} to {most}, but {name} = {value}.",
                  name=name, least=least, most=most, value=value)
            )  # fmt: skip
        return value

    @t.validate("level")
    def _check_level(self, proposal: dict) -> int:
        if proposal["value"] not in (1, 2):
            raise t.TraitError(_("level must be 1 or 2, but level = {level}.", level=proposal["value"]))
        return proposal["value"]

    @property
    def numbers(self) -> IccNumbers:
        """Reliability, design effect, effective n and type-I error of the state."""
        return numbers(self.icc, self.J, self.n, self.level)

    @property
    def rows(self) -> np.ndarray:
        """The rows of the picture, shape (groups, rows), at most 16 by 16."""
        return sample(self.icc, self.J, self.n, self.seed)

    @property
    def drawn(self) -> tuple[int, int]:
        """How many groups, and how many rows of each, the picture shows."""
        return columns(self.J, self.n)

    def play(self) -> None:
        """Begin the game, or its next round; a round left open goes on."""
        with self.hold_sync():
            if self.guess >= 0:
                self.round += 1
            self.playing, self.guess = True, -1.0

    def check(self) -> int:
        """Commit to the ICC of the dial in this round of the game, and return its points."""
        if not self.playing or self.guess >= 0:
            raise ValueError(_("There is no open round: begin one with play()."))
        earned = points(self.icc, target(self.seed, self.round))
        with self.hold_sync():
            self.guess, self.score = self.icc, self.score + earned
        return earned

    def reset(self) -> None:
        """Go back to the numbers of the start, without the game and its score."""
        with self.hold_sync():
            for name, value in self.start.items():
                setattr(self, name, value)
            self.playing, self.round, self.score, self.guess = False, 1, 0, -1.0

    def redraw(self, seed: int | None = None) -> None:
        """Draw the rows of the picture again: the next seed, or the one given.

        Where something was asked, the gate is closed over another question: odd seeds ask about J, even ones about n.
        """
        with self.hold_sync():
            self.seed = self.seed + 1 if seed is None else seed
            self._ask_again(ask(self))

    @property
    def second_source(self) -> str:
        """The file of the pictures."""
        return "icc_views.js"

    @property
    def sentence(self) -> str:
        """What the browser says of this state: the gate, the game, or the numbers."""
        return sentence(self)

    @property
    def caption(self) -> str:
        """The sentence of the static picture, which is always open."""
        return state_sentence(self)

    def picture(self) -> str:
        """The state as a static ``<svg>``, drawn without a browser."""
        return picture(self)

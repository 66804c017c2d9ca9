"""W1, the pooling explorer: what partial pooling does to each group, and why.

J groups with means ȳ_j of n_j values, residual SD σ, hence se_j = σ/√n_j; the SD between groups τ is the learner's:

    α̂_j = λ_j·ȳ_j + (1 − λ_j)·μ̂,    λ_j = τ²/(τ² + σ²/n_j)

``mode="path"`` follows all estimates from complete pooling (τ = 0) to none (τ = ∞). ``mode="full"`` shows one row per
group and λ as a curve over n; sizes and means can be edited, the (wrong) target ȳ_all tried, and estimates held
against the truth where it is known.

The browser computes the closed form by itself (``pooling_maths.js``, ``pooling_state.js``); this file is its reference and holds the state.

What this file does not do: estimate σ, or fit a regression.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import traitlets as t

from hlm_teach.locale import _
from hlm_teach.pooling import PoolingFit, partial_pooling
from hlm_teach.variance import tau_reml
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.pooling_groups import half_way_first, moves_most, simulate
from hlm_teach.widgets.pooling_input import group_summaries, read_groups, read_sigma, read_truth
from hlm_teach.widgets.pooling_picture import path_picture, rows_picture
from hlm_teach.widgets.pooling_words import MESSAGES, sentence
from hlm_teach.widgets.sentences import decimals, fixed

__all__ = ["STEPS", "PoolingExplorer", "tau_at"]

SEED = 83
STEPS = 120


def tau_at(position: float, sigma: float) -> float:
    """Return τ at a place of the slider: 0 at 0, ∞ at 120, between them log τ from σ/100 to 10σ.

    >>> tau_at(0, 10.0), round(tau_at(1, 10.0), 3), round(tau_at(119, 10.0), 3), tau_at(120, 10.0)
    (0.0, 0.1, 100.0, inf)
    """
    if position <= 0:
        return 0.0
    return math.inf if position >= STEPS else sigma * 10 ** (-2 + 3 * (position - 1) / (STEPS - 2))


def _tau_to_json(tau: float, _widget: object) -> float | str:
    return "inf" if math.isinf(tau) else tau


def _tau_from_json(tau: float | str, _widget: object) -> float:
    return float(tau)


class PoolingExplorer(Exploration):
    """Explore how estimates move between complete pooling, partial pooling and no pooling.

    Model: ȳ_j ~ N(α_j, σ²/n_j), α_j ~ N(μ, τ²).

    Parameters
    ----------
    y : list, array or Series, shape (J,), optional
        Group means, finite; the index of a Series gives the labels. Without y: twelve simulated groups.
    n : list, array or Series of int, shape (J,)
        Group sizes, >= 1. A Series is matched to a Series y by its labels.
    sigma : float
        SD within groups, in the units of y, > 0.
    labels : list of str, shape (J,), optional
        The groups' names.
    truth : list or array, shape (J,), optional
        The true α_j, where the data are simulated.
    mode : "full" or "path"
        The whole widget, or the path complete ↔ partial ↔ none with its formula.
    units : str
        Said after every amount.
    question : dict, None or False
        ``text``, ``options``, ``answer`` (index) and ``because``; None asks the default question, False none.
    tau : float, optional
        Where τ starts, >= 0, inf for no pooling; by default the REML estimate (full) or 0 (path).
    seed : int, optional
        The draw of the simulated groups; only without y.

    Attributes
    ----------
    y, n, sigma, tau, labels, truth, target, selected, show_truth
        The state; ``target`` is "mu" or "all", ``selected`` the index of the group in the read-out.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError
        If a mean is not finite, a size is not a whole number >= 1, sigma is not > 0, there are fewer than
        two groups, or lengths differ: the message names the group.

    Notes
    -----
    μ̂ = Σ w_j ȳ_j/Σ w_j with w_j = 1/(τ² + σ²/n_j). The movement ȳ_j − α̂_j is (1 − λ_j)(ȳ_j − μ̂): a weight times a distance.
    Σ û_j = Σ λ_j(ȳ_j − μ̂) = 0 at every τ, but not for the target ȳ_all. σ and τ are taken as known: no estimate
    here includes their uncertainty.

    References
    ----------
    Gelman, A. & Hill, J. (2007), §12.2. Raudenbush, S. W. & Bryk, A. S. (2002), ch. 3.

    Examples
    --------
    >>> w = PoolingExplorer([62.0, 48.0, 53.0], [4, 9, 25], sigma=10.0, labels=["a", "b", "c"], tau=5.0, question=False)
    >>> w.fit.estimate.round(2)
    array([57.75, 49.69, 53.07])
    >>> w.set_group("a", n=100)
    >>> round(float(w.fit.estimate[0]), 2)
    61.73
    >>> PoolingExplorer([62.0, float("nan")], [4, 9], sigma=10.0)
    Traceback (most recent call last):
    ...
    ValueError: Each group mean must be a finite number, but it is nan for group 2. Leave out groups without data.
    """

    SOURCE = "pooling_explorer.js"
    MESSAGES = MESSAGES
    BENCH = "τ, the SD between groups"

    y = t.List(t.Float()).tag(sync=True)
    n = t.List(t.Int()).tag(sync=True)
    sigma = t.Float(1.0).tag(sync=True)
    tau = t.Float(0.0).tag(sync=True, to_json=_tau_to_json, from_json=_tau_from_json)
    labels = t.List(t.Unicode()).tag(sync=True)
    truth = t.List(t.Float()).tag(sync=True)
    mode = t.Enum(["full", "path"], "full").tag(sync=True)
    units = t.Unicode("points").tag(sync=True)
    target = t.Enum(["mu", "all"], "mu").tag(sync=True)
    selected = t.Int(0).tag(sync=True)
    show_truth = t.Bool(False).tag(sync=True)
    digits = t.Int(1).tag(sync=True)
    seed = t.Int(None, allow_none=True).tag(sync=True)
    tagged = t.List(t.Int()).tag(sync=True)
    start = t.Dict().tag(sync=True)

    def __init__(self, y=None, n=None, sigma=None, labels=None, truth=None, *, mode="full", units="points",
                 question=None, tau=None, seed=None, **kwargs: Any) -> None:  # fmt: skip
        if y is None:
            seed = SEED if seed is None else seed
            drawn = simulate(seed)
            y, n, sigma, truth = drawn["y"], drawn["n"], drawn["sigma"], drawn["truth"]
        else:
            seed = None
        y, n, labels = read_groups(y, n, labels)
        sigma, truth = read_sigma(sigma), read_truth(truth, len(y))
        digits = decimals(max(np.ptp(y), sigma / 10))
        reml = _reml(tuple(y), tuple(n), sigma)
        asked, tagged = self._ask(question, mode, y, n, sigma, reml, labels, digits, units)
        tau = (0.0 if mode == "path" else reml) if tau is None else float(tau)
        state = {"y": y, "n": n, "sigma": sigma, "tau": _tau_to_json(tau, None), "truth": truth}
        super().__init__(y=y, n=n, sigma=sigma, tau=tau, labels=labels, truth=truth, mode=mode, units=units,
                         digits=digits, seed=seed, question=asked, tagged=tagged, start=state,
                         selected=tagged[0] if tagged else 0, **kwargs)  # fmt: skip

    @classmethod
    def simulated(cls, seed: int = SEED, **kwargs: Any) -> PoolingExplorer:
        """Return the explorer of the twelve simulated groups of one seed: their truth is known."""
        return cls(seed=seed, **kwargs)

    @classmethod
    def from_data(cls, data: pd.DataFrame, response: str, group: str, groups: Sequence | None = None,
                  **kwargs: Any) -> PoolingExplorer:  # fmt: skip
        """Return the explorer of the groups of a data set.

        Parameters
        ----------
        data : DataFrame
            One row per unit.
        response, group : str
            The columns of y and of the groups.
        groups : list, optional
            The groups to keep, in this order; σ still comes from all rows.
        **kwargs
            As for `PoolingExplorer`.

        Notes
        -----
        ȳ_j and n_j are the groups' means and sizes, σ is pooled over all groups: the square root of the mean square within.

        Examples
        --------
        >>> data = pd.DataFrame({"score": [1.0, 3, 10, 12, 14], "school": ["a", "a", "b", "b", "b"]})
        >>> w = PoolingExplorer.from_data(data, "score", "school")
        >>> w.y, w.n, round(w.sigma, 3)
        ([2.0, 12.0], [2, 3], 1.826)
        >>> PoolingExplorer.from_data(data, "points", "school")
        Traceback (most recent call last):
        ...
        ValueError: There is no column 'points'. The columns are: score, school.
        """
        means, sizes, sigma = group_summaries(data, response, group, groups)
        return cls(means, sizes, sigma, **kwargs)

    def _ask(self, question, mode, y, n, sigma, reml, labels, digits, units) -> tuple[dict, list[int]]:
        def amount(x: float) -> str:
            return fixed(x, digits) + (units and f" {units}")

        if question is False:
            return {}, []
        if question is None and mode == "path":
            return half_way_first(y, n, sigma, labels, amount)
        if question is None:
            return moves_most(y, n, sigma, reml, labels, amount)
        missing = {"text", "options", "answer", "because"} - set(question)
        if missing or question["answer"] not in range(len(question["options"])):
            raise ValueError(
                _(
                    "question must have text, options, answer (the index of the right option) and because, but it has {found}.",
                    found=", ".join(question),
                )
            )
        return dict(question) | {"options": list(question["options"])}, []

    @t.validate("tau")
    def _check_tau(self, proposal: dict) -> float:
        if not proposal["value"] >= 0:
            raise t.TraitError(
                _("tau must be a standard deviation >= 0, but tau = {tau}.", tau=proposal["value"])
            )
        return proposal["value"]

    @t.validate("sigma")
    def _check_sigma(self, proposal: dict) -> float:
        return read_sigma(proposal["value"])

    @t.validate("y", "n")
    def _check_groups(self, proposal: dict) -> list:
        mine = {"y": self.y, "n": self.n} | {proposal["trait"].name: proposal["value"]}
        read_groups(mine["y"], mine["n"], self.labels)
        return proposal["value"]

    @t.validate("selected")
    def _check_selected(self, proposal: dict) -> int:
        return min(max(0, proposal["value"]), len(self.labels) - 1)

    @property
    def second_source(self) -> str:
        """The file of the pictures."""
        return "pooling_rows.js" if self.mode == "full" else "pooling_path.js"

    @property
    def fit(self) -> PoolingFit:
        """The `PoolingFit` of the state shown."""
        y = pd.Series(self.y, index=self.labels)
        aim = self.grand_mean if self.target == "all" else None
        return partial_pooling(y, _standard_errors(self.n, self.sigma), self.tau, mu=aim)

    @property
    def tau_reml(self) -> float:
        """The REML estimate of τ for the means, sizes and σ shown."""
        return _reml(tuple(self.y), tuple(self.n), self.sigma)

    @property
    def grand_mean(self) -> float:
        """ȳ_all, the mean of all observations: the groups weigh by their sizes."""
        return float(np.average(self.y, weights=self.n))

    @property
    def errors(self) -> dict[str, float]:
        """Mean squared error over groups against the truth, for complete pooling, none, and the state shown."""
        if not self.truth:
            raise ValueError(_("The truth of these groups is not known: pass truth= to compare with it."))
        estimates = {"complete": self.grand_mean, "none": self.y, "partial": self.fit.estimate}
        return {k: float(np.mean((np.asarray(v) - self.truth) ** 2)) for k, v in estimates.items()}

    def set_group(self, group: int | str, n: int | None = None, mean: float | None = None) -> None:
        """Change one group's size, or its mean, or both.

        Parameters
        ----------
        group : int or str
            Its index, or its label.
        n : int, optional
            The new size, >= 1.
        mean : float, optional
            The new mean, finite.
        """
        j = self._group(group)
        y, sizes = list(self.y), list(self.n)
        y[j], sizes[j] = y[j] if mean is None else mean, sizes[j] if n is None else n
        y, sizes, _labels = read_groups(y, sizes, self.labels)
        with self.hold_sync():
            self.y, self.n, self.selected = y, sizes, j

    def _group(self, group: int | str) -> int:
        if isinstance(group, str) and self.labels.count(group) == 1:
            return self.labels.index(group)
        if isinstance(group, (int, np.integer)) and 0 <= group < len(self.y):
            return int(group)
        raise ValueError(
            _(
                "group must be a label or an index from 0 to {last}, but it is {found!r}.",
                last=len(self.y) - 1,
                found=group,
            )
        )

    def _option(self, choice: int | str) -> int:
        named = [i for i, j in enumerate(self.tagged) if self.labels[j] == choice]
        return named[0] if len(named) == 1 else super()._option(choice)

    def reset(self) -> None:
        """Go back to the data, τ and σ of the start."""
        begin = self.start
        with self.hold_sync():
            self.y, self.n, self.truth = list(begin["y"]), list(begin["n"]), list(begin["truth"])
            self.sigma, self.tau, self.target = begin["sigma"], float(begin["tau"]), "mu"

    def redraw(self, seed: int | None = None) -> None:
        """Draw new simulated groups: the next seed, or the one given. τ goes to its REML estimate (full) or 0 (path).

        Where the groups of the first draw were asked about, the new ones are: the gate is closed again.
        """
        if self.seed is None:
            raise ValueError(_("These groups are data, not a simulation: there is nothing to draw again."))
        seed = self.seed + 1 if seed is None else seed
        drawn = simulate(seed)
        reml = _reml(tuple(drawn["y"]), tuple(drawn["n"]), drawn["sigma"])
        with self.hold_sync():
            self.start = drawn | {"tau": 0.0 if self.mode == "path" else reml}
            self.seed = seed
            self.reset()
            if self.tagged:
                self._ask_again(reml)

    def _ask_again(self, reml: float) -> None:
        """Close the gate over a new draw, with the question that these groups ask."""
        asked, tagged = self._ask(
            None, self.mode, self.y, self.n, self.sigma, reml, self.labels, self.digits, self.units
        )
        self.question, self.tagged, self.selected = asked, tagged, tagged[0]
        self.choice, self.confidence, self.committed = -1, 0, False

    @property
    def sentence(self) -> str:
        """The state in words, with its numbers; the browser writes the same."""
        return sentence(self) if self.committed else self.strings["closed"].format(J=len(self.y))

    @property
    def caption(self) -> str:
        """The sentence of the static picture, which is always open."""
        return sentence(self)

    def picture(self) -> str:
        """The state as a static ``<svg>``, drawn without a browser."""
        if self.mode == "full":
            return rows_picture(self)
        return path_picture(self, lambda share: tau_at(share * STEPS, self.start["sigma"]))


def _standard_errors(n: Sequence[int], sigma: float) -> np.ndarray:
    return sigma / np.sqrt(np.asarray(n, dtype=float))


@lru_cache(maxsize=512)
def _reml(y: tuple[float, ...], n: tuple[int, ...], sigma: float) -> float:
    return tau_reml(y, _standard_errors(n, sigma))

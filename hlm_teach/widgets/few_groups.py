"""W7, few groups: how often an interval of 95 % covers, when it is groups that count and there are few.

    y_ij = β·treated_j + u_j + e_ij,    u_j ~ N(0, τ²), e_ij ~ N(0, σ²)

A treatment of whole groups is judged by the differences between groups. Their SD is estimated from J − 2 numbers, so the factor
1.96, which takes it for known, is too small; cluster-robust standard errors are too small as well, and a mixed model whose τ̂ is 0
counts rows. With groups of one size everything is known exactly.

What this file does not do: compute (`few_groups_numbers`), or unequal groups (`hlm_teach.power` draws and fits whole studies).
"""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets as t

from hlm_teach.locale import _
from hlm_teach.widgets.boundary_fits_numbers import zero_chance
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.few_groups_numbers import METHODS, Samples, coverage, samples
from hlm_teach.widgets.few_groups_picture import picture
from hlm_teach.widgets.few_groups_words import MESSAGES, ask, sentence
from hlm_teach.widgets.ranges import in_range, one_of

__all__ = ["FewGroups"]

RANGES = {"J": (2, 50), "n": (2, 50), "icc": (0, 0.8)}
CASES = ((6, 10, 0.2, "z"), (12, 10, 0.2, "z"), (10, 20, 0.3, "rows"), (6, 10, 0.2, "t"), (8, 10, 0.2, "robust"),
         (30, 5, 0.1, "lmm"))  # fmt: skip


class FewGroups(Exploration):
    """Explore how often intervals for the effect of a treatment of whole groups cover, with few groups.

    Model: y_ij = β·treated_j + u_j + e_ij, u_j ~ N(0, τ²), e_ij ~ N(0, σ²), ⌊J/2⌋ of J groups of n treated, β = 0, τ² + σ² = 1.

    Parameters
    ----------
    J, n : int
        Groups and rows per group, 2 to 50 each.
    icc : float
        τ²/(τ² + σ²), 0 to 0.8.
    method : "z", "t", "robust", "lmm" or "rows"
        The interval: group means ± 1.96 SE; with the factor of t; cluster-robust; mixed model; groups ignored.
    seed : int
        The draw of the 200 samples.
    question : None or False
        None asks how often the interval covers, False asks nothing.

    Attributes
    ----------
    samples : Samples
        ``estimate``, ``half`` (the half width), ``covered`` and ``tau2`` of the 200 samples.
    zero : float
        P(τ̂ = 0) by REML, exactly.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    TraitError
        If there is no such method, or a number is out of range.

    Notes
    -----
    Group means ± k SE cover with P(−k ≤ t ≤ k), t with J − 2 degrees of freedom. The cluster-robust variance (Stata's correction) is
    (J − 2)/(J − 1)·(Jn − 1)/(Jn − 2) times the unbiased one where J is even. The coverage is also 1 − the share of false alarms of the test.

    References
    ----------
    Cameron, A. C. & Miller, D. L. (2015), "A practitioner's guide to cluster-robust inference", *Journal of Human Resources* 50.
    Snijders, T. A. B. & Bosker, R. J. (2012), *Multilevel Analysis*, §6.1.

    Examples
    --------
    >>> w = FewGroups(J=6, question=False)
    >>> {name: round(w.coverage(name), 3) for name in ("z", "t", "robust", "lmm", "rows")}
    {'z': 0.878, 't': 0.95, 'robust': 0.848, 'lmm': 0.892, 'rows': 0.737}
    >>> FewGroups(J=2, question=False).coverage("z")
    nan
    >>> FewGroups(J=1)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: J must be 2 to 50, but J = 1.
    """

    SOURCE = "few_groups.js"
    BENCH: ClassVar[str] = "ICC"
    MESSAGES = MESSAGES

    J = t.Int(6).tag(sync=True)
    n = t.Int(10).tag(sync=True)
    icc = t.Float(0.2).tag(sync=True)
    method = t.Unicode("z").tag(sync=True)
    seed = t.Int(1).tag(sync=True)
    cases = t.List([list(case) for case in CASES]).tag(sync=True)
    start = t.Dict().tag(sync=True)

    def __init__(self, J=6, n=10, icc=0.2, *, method="z", seed=1, question=None, **kwargs: Any) -> None:
        start = {"J": J, "n": n, "icc": icc, "method": method}
        super().__init__(seed=seed, start=start, **start, **kwargs)
        if question is None:
            if self.J == 2 and self.method != "rows":
                raise ValueError(
                    _(
                        "With J = 2 there is no such interval to ask about: pass question=False, or method='rows'."
                    )
                )
            self.question, self.committed = ask(self), False

    @property
    def second_source(self) -> str:
        """The file of the picture."""
        return "few_groups_views.js"

    @t.validate("J", "n", "icc")
    def _check_range(self, proposal: dict) -> float:
        return in_range(proposal, RANGES)

    @t.validate("method")
    def _check_method(self, proposal: dict) -> str:
        return one_of(proposal, METHODS)

    @property
    def samples(self) -> Samples:
        """The 200 samples and their intervals."""
        return samples(self.seed, self.J, self.n, self.icc, self.method)

    def coverage(self, method: str) -> float:
        """Return how often the interval of a method covers, exactly; nan where there is none."""
        return coverage(self.J, self.n, self.icc, method)

    @property
    def zero(self) -> float:
        """P(τ̂ = 0) by REML, exactly."""
        return zero_chance(self.J - 2, self.J * (self.n - 1), self.n, self.icc)

    def reset(self) -> None:
        """Go back to the numbers of the start."""
        with self.hold_sync():
            for name, value in self.start.items():
                setattr(self, name, value)

    def redraw(self, seed: int | None = None) -> None:
        """Draw 200 samples again: the next seed, or the one given. Where something was asked, another case is asked about."""
        seed = self.seed + 1 if seed is None else seed
        with self.hold_sync():
            self.seed = seed
            if self.question:
                self.J, self.n, self.icc, self.method = self.cases[(seed - 1) % len(self.cases)]
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

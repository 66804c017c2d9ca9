"""W5, boundary fits of slopes: why ρ̂ = ±1 is common, and what can be done about it.

    y_ij = (β_0 + u_0j) + (β_1 + u_1j)·x_i + e_ij,    (u_0j, u_1j) ~ N(0, T)

Lines of groups vary in two directions. Of few groups the smaller of the two spreads is soon no larger than the noise of the lines;
REML then flattens the ellipse of lines to a stroke, and the correlation is ±1. That is no finding about the correlation.

What this file does not do: compute (`boundary_slopes_numbers`), or one variance alone (`boundary_fits`).
"""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets as t

from hlm_teach.widgets.boundary_slopes_numbers import REMEDIES, SlopeFit, draws, fit_slopes, singular
from hlm_teach.widgets.boundary_slopes_picture import picture
from hlm_teach.widgets.boundary_slopes_words import MESSAGES, ask, sentence
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.ranges import in_range, one_of

__all__ = ["BoundarySlopes"]

RANGES = {"J": (4, 50), "n": (3, 30), "tau1": (0, 1), "rho": (-0.9, 0.9), "number": (1, 500)}
CASES = (
    (8, 6, 0.25, 0.0),
    (20, 10, 0.4, 0.0),
    (12, 5, 0.1, 0.3),
    (15, 10, 0.3, 0.0),
    (10, 8, 0.3, -0.5),
    (40, 20, 0.3, 0.0),
)


class BoundarySlopes(Exploration):
    """Explore when a model with slopes that vary ends at the boundary, and what then can be done.

    Model: y_ij = (β_0 + u_0j) + (β_1 + u_1j)·x_i + e_ij, SDs τ_0 = 0.5 and τ_1, correlation ρ, σ = 1; x has mean 0 and SD 1.

    Parameters
    ----------
    J, n : int
        Groups, 4 to 50, and rows per group, 3 to 30.
    tau1 : float
        The true SD of slopes, 0 to 1.
    rho : float
        The true correlation of intercepts and slopes, −0.9 to 0.9.
    remedy : "keep", "apart", "drop" or "prior"
        What is done about a boundary fit.
    number, seed : int
        Which of the 500 data sets is fitted, 1 to 500, and their draw.
    question : None or False
        None asks how often REML ends at the boundary, False asks nothing.

    Attributes
    ----------
    share : float
        The share of the 500 data sets whose fit lies at the boundary.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    TraitError
        If a number is out of range, or there is no such remedy.

    Notes
    -----
    The fits are those of `hlm_teach.lmm` for y ~ x + (1 + x | group), (1 + x || group) and (1 | group). The prior is Wishart with 4
    degrees of freedom and a flat scale on T.

    References
    ----------
    Bates, D. et al. (2015), "Parsimonious mixed models", arXiv:1506.04967. Chung, Y. et al. (2015), "Weakly informative prior for point
    estimation of covariance matrices in hierarchical models", *Journal of Educational and Behavioral Statistics* 40.

    Examples
    --------
    >>> w = BoundarySlopes(J=8, n=6, tau1=0.25, question=False)
    >>> fit = w.fit("keep")
    >>> round(fit.tau0, 2), round(fit.tau1, 2), round(fit.rho, 2), round(w.share, 2)
    (0.7, 0.26, 1.0, 0.6)
    >>> round(w.fit("prior").rho, 2)
    0.68
    >>> BoundarySlopes(rho=1.0)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: rho must be -0.9 to 0.9, but rho = 1.0.
    """

    SOURCE = "boundary_slopes.js"
    BENCH: ClassVar[str] = "True τ_1"
    MESSAGES = MESSAGES

    J = t.Int(8).tag(sync=True)
    n = t.Int(6).tag(sync=True)
    tau1 = t.Float(0.25).tag(sync=True)
    rho = t.Float(0.0).tag(sync=True)
    remedy = t.Unicode("keep").tag(sync=True)
    number = t.Int(1).tag(sync=True)
    seed = t.Int(1).tag(sync=True)
    cases = t.List([list(case) for case in CASES]).tag(sync=True)
    start = t.Dict().tag(sync=True)

    def __init__(
        self, J=8, n=6, *, tau1=0.25, rho=0.0, remedy="keep", number=1, seed=1, question=None, **kwargs: Any
    ) -> None:
        start = {"J": J, "n": n, "tau1": tau1, "rho": rho, "remedy": remedy, "number": number}
        super().__init__(seed=seed, start=start, **start, **kwargs)
        if question is None:
            self.question, self.committed = ask(self), False

    @property
    def second_source(self) -> str:
        """The file of the picture."""
        return "boundary_slopes_views.js"

    @t.validate("J", "n", "tau1", "rho", "number")
    def _check_range(self, proposal: dict) -> float:
        return in_range(proposal, RANGES)

    @t.validate("remedy")
    def _check_remedy(self, proposal: dict) -> str:
        return one_of(proposal, REMEDIES)

    @property
    def _drawn(self) -> tuple:
        return draws(self.seed, self.J, self.n, self.tau1, self.rho)

    @property
    def data(self) -> tuple[list[float], float]:
        """What is known of the data set fitted: C_00, C_01, C_11, and W."""
        C, W = self._drawn
        return C[self.number - 1].tolist(), float(W[self.number - 1])

    def fit(self, remedy: str) -> SlopeFit:
        """Return the fit of the data set by one remedy (keep: REML as it is)."""
        return fit_slopes(*self.data, self.J, self.n, remedy)

    @property
    def share(self) -> float:
        """The share of the 500 data sets whose fit lies at the boundary."""
        return float(singular(*self._drawn, self.J, self.n).mean())

    def reset(self) -> None:
        """Go back to the numbers of the start."""
        with self.hold_sync():
            for name, value in self.start.items():
                setattr(self, name, value)

    def redraw(self, seed: int | None = None) -> None:
        """Draw 500 data sets again: the next seed, or the one given. Where something was asked, another case is asked about."""
        seed = self.seed + 1 if seed is None else seed
        with self.hold_sync():
            self.seed, self.number = seed, 1
            if self.question:
                self.J, self.n, self.tau1, self.rho = self.cases[(seed - 1) % len(self.cases)]
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

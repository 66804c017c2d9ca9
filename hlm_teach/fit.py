"""The record of a fitted mixed model, in lme4's nouns.

``fixef`` are the population's coefficients, ``ranef`` each group's deviations from them (BLUPs, conditional means),
``coef`` their sum. What belongs to a factor stands in a dict under the factor's name, so that code written for one
factor goes on working with several.

Nothing here is computed before it is asked for, except the estimates themselves.
What this file does not do: estimate (`hlm_teach.one_factor`), infer (`hlm_teach.inference`,
`hlm_teach.resampling`), print (`hlm_teach.summary`) or draw (`hlm_teach.plots`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from hlm_teach.certificate import Certificate
from hlm_teach.draws import Draws, need_draws, of_lmm
from hlm_teach.frame import ModelFrame
from hlm_teach.inference import Inference
from hlm_teach.locale import _
from hlm_teach.membership import new_members
from hlm_teach.one_factor import Estimates, OneFactor
from hlm_teach.prediction import prediction_interval
from hlm_teach.redraw import lines, up_to
from hlm_teach.resampling import Resampling
from hlm_teach.rows import Factor, as_frame, known_groups
from hlm_teach.summary import as_html, as_text
from hlm_teach.varcorr import VarCorr, coefficients, spread

__all__ = ["LMMFit"]


@dataclass(frozen=True, eq=False)
class LMMFit(Inference, Resampling):
    """A fitted linear mixed model.

    Attributes
    ----------
    fixef, fixef_se : Series, shape (p,)
        Coefficients of the population and their standard errors (given θ).
    vcov_fixef : DataFrame, shape (p, p)
        Covariance of ``fixef``.
    ranef, ranef_se : dict, factor → DataFrame (J × coefficients)
        Deviations of each group, and their conditional SDs: given θ and β, as lme4's ``condVar``.
    ranef_cov : dict, factor → array, shape (J, r, r)
        The conditional covariances of one group's deviations.
    coef : dict, factor → DataFrame (J × coefficients)
        fixef + ranef; a coefficient that does not vary is the same in every group.
    varcorr : dict, factor → VarCorr
        SDs, correlations and covariances over the groups.
    sigma : float
        Residual SD.
    theta : array, shape (m,)
        Lower triangles of the relative covariance factor, column by column, factor by factor in the formula's order
        (lme4 sorts its terms by their number of groups).
    criterion, loglik : float
        REML criterion or −2 log-likelihood; loglik = −criterion/2.
    deviance, aic, bic, dic : float
        −2 log-likelihood at these estimates; criterion + 2k; criterion + k·log n; 2·deviance − criterion.
    n_obs : int
        Rows.
    n_groups : dict, factor → int
        Groups.
    is_boundary : bool
        An SD is 0 or a correlation ±1 (lme4: "singular").
    certificate : Certificate
        The proof of the optimum.
    method, formula, response : str
        As asked.
    data : DataFrame
        The columns of the data that the model uses.
    """

    frame: ModelFrame = field(repr=False)
    source: pd.DataFrame = field(repr=False)
    model: OneFactor = field(repr=False)
    method: str
    estimates: Estimates = field(repr=False)
    certificate: Certificate

    # what was asked

    @property
    def formula(self) -> str:
        return self.frame.formula

    @property
    def response(self) -> str:
        return self.frame.response

    @cached_property
    def data(self) -> pd.DataFrame:
        return self.source[list(self.frame.variables)]

    @property
    def n_obs(self) -> int:
        return len(self.frame.y)

    @cached_property
    def n_groups(self) -> dict[str, int]:
        return {name: len(factor.levels) for name, factor in self.frame.factors.items()}

    # the population

    @cached_property
    def fixef(self) -> pd.Series:
        return pd.Series(self.estimates.beta, index=list(self.frame.x.names), name="fixef")

    @cached_property
    def vcov_fixef(self) -> pd.DataFrame:
        names = list(self.frame.x.names)
        return pd.DataFrame(self.estimates.vcov, index=names, columns=names)

    @cached_property
    def fixef_se(self) -> pd.Series:
        return pd.Series(np.sqrt(np.diag(self.estimates.vcov)), index=list(self.frame.x.names), name="se")

    @property
    def sigma(self) -> float:
        return self.estimates.sigma

    @property
    def theta(self) -> np.ndarray:
        return self.estimates.theta.copy()

    @cached_property
    def varcorr(self) -> dict[str, VarCorr]:
        return {
            factor: spread(self._names(factor), self.sigma * self.estimates.Lambda[inside, inside])
            for factor, inside in self.model.inside.items()
        }

    # the groups

    def _names(self, factor: str) -> list[str]:
        return list(self.model.layout.names[self.model.inside[factor]])

    def _by_group(self, values: dict[str, np.ndarray]) -> dict[str, pd.DataFrame]:
        return {
            factor: pd.DataFrame(v.T, index=self.frame.factors[factor].levels, columns=self._names(factor))
            for factor, v in values.items()
        }

    @cached_property
    def ranef(self) -> dict[str, pd.DataFrame]:
        return self._by_group(self.estimates.b)

    @cached_property
    def _b_cov(self) -> dict[str, np.ndarray]:
        return self.model.b_cov(self.estimates)

    @cached_property
    def ranef_se(self) -> dict[str, pd.DataFrame]:
        return self._by_group(
            {factor: np.sqrt(np.einsum("kkj->kj", cov)) for factor, cov in self._b_cov.items()}
        )

    @property
    def ranef_cov(self) -> dict[str, np.ndarray]:
        return {factor: cov.transpose(2, 0, 1).copy() for factor, cov in self._b_cov.items()}

    @cached_property
    def coef(self) -> dict[str, pd.DataFrame]:
        return coefficients(self.fixef, self.ranef)

    def draws(self, n: int, seed) -> Draws:
        """Draw β and all deviations jointly, given θ̂ and σ̂.

        Model: (β̂ − β, b̂ − b) ~ N(0, σ̂² × inverse of the matrix of Henderson's equations).

        Parameters
        ----------
        n : int
            Draws.
        seed : int or numpy.random.Generator
            Where the randomness comes from.

        Returns
        -------
        Draws
            ``fixef`` (n × p), ``ranef``, per factor (n, J, r), and ``cov``, the covariance over groups.

        Raises
        ------
        ValueError
            If n is no whole number >= 1.

        Notes
        -----
        Included: the uncertainty of β, of b, and that both are estimated from the same rows. Left out: that θ and σ are
        estimated too, so with few groups the spread is too small.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
        >>> drawn = fit.draws(1000, seed=1)
        >>> drawn.fixef.shape, drawn.ranef["Subject"].shape
        ((1000, 2), (1000, 18, 2))
        >>> fit.draws(0, seed=1)
        Traceback (most recent call last):
        ...
        ValueError: The number of draws must be a whole number >= 1, but it is 0.
        """
        return of_lmm(self, need_draws(n), np.random.default_rng(seed))

    # how well it fits

    @property
    def criterion(self) -> float:
        return self.estimates.criterion

    @property
    def loglik(self) -> float:
        return -self.criterion / 2

    @property
    def deviance(self) -> float:
        return self.estimates.deviance

    @property
    def n_parameters(self) -> int:
        """Fixed coefficients, entries of θ, and σ."""
        return len(self.estimates.beta) + len(self.estimates.theta) + 1

    @property
    def aic(self) -> float:
        return self.criterion + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        return self.criterion + np.log(self.n_obs) * self.n_parameters

    @property
    def dic(self) -> float:
        return 2 * self.deviance - self.criterion

    @property
    def is_boundary(self) -> bool:
        return self.estimates.boundary

    def refit(self, method: str) -> LMMFit:
        """Return the same model fitted by "REML" or "ML": this very fit, if it is that already.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
        >>> [round(float(f.varcorr["Batch"].sd.iloc[0]), 2) for f in (fit, fit.refit("ML"))]
        [42.0, 37.26]
        >>> fit.refit("ml")
        Traceback (most recent call last):
        ...
        ValueError: method must be "REML" or "ML", but it is 'ml'.
        """
        if method not in ("REML", "ML"):
            raise ValueError(_('method must be "REML" or "ML", but it is {found!r}.', found=method))
        if method == self.method and self.certificate.holds:
            return self
        best = self.model.fit(reml=method == "REML")
        estimates = self.model.estimates(best.Lambda, best.at)
        return LMMFit(self.frame, self.source, self.model, method, estimates, best.certificate)

    def at(self, theta) -> LMMFit:
        """Return everything that is closed form given θ: the same model, not optimised.

        Examples
        --------
        >>> from hlm_teach import lmm
        >>> data = pd.DataFrame({"y": [1.0, 2.0, 6.0, 7.0, 4.0, 4.5], "g": list("aabbcc")})
        >>> fit = lmm("y ~ 1 + (1 | g)", data)
        >>> fit.at([0.0]).ranef["g"]["Intercept"].tolist()      # θ = 0: complete pooling
        [0.0, 0.0, 0.0]
        >>> fit.at(fit.theta).criterion == fit.criterion, fit.at([1.0]).criterion > fit.criterion
        (True, True)
        >>> fit.at([1.0, 2.0])
        Traceback (most recent call last):
        ...
        ValueError: theta must have 1 entries (the lower triangle of Λ, column by column), but it has shape (2,).
        """
        estimates, certificate = self.model.at(theta, self.method == "REML")
        return LMMFit(self.frame, self.source, self.model, self.method, estimates, certificate)

    # the rows

    @cached_property
    def fitted(self) -> pd.Series:
        """X β̂ + Z b̂ of each row, shape (n,)."""
        varying = [term.columns for term in self.frame.terms]
        line = self._line(self.frame.x, varying, self.frame.factors)
        return pd.Series(line, self.source.index, name="fitted")

    def residuals(self, level: int | str = "group") -> pd.Series:
        """Return y minus what is expected of its group (1, "group") or of the population (0, "population").

        With several factors, the name of one of them takes the deviations of that factor alone (and of those it is nested
        in: ``"class:school"`` has those of ``"school"`` too); "group" takes all.

        Examples
        --------
        >>> from hlm_teach import lmm
        >>> data = pd.DataFrame({"y": [1.0, 2.0, 6.0, 7.0, 4.0, 4.5], "g": list("aabbcc")})
        >>> fit = lmm("y ~ 1 + (1 | g)", data)
        >>> fit.residuals(level="population").round(2).tolist()
        [-3.08, -2.08, 1.92, 2.92, -0.08, 0.42]
        >>> fit.residuals(level=2)
        Traceback (most recent call last):
        ...
        ValueError: level must be "group" (or 1), "population" (or 0) or a factor (g), but it is 2.
        """
        if level in (1, "group"):
            return pd.Series(self.frame.y - self.fitted, name="residual")
        if level in (0, "population"):
            line = self.frame.x.times(self.estimates.beta)
            return pd.Series(self.frame.y - line, self.source.index, name="residual")
        if level in list(self.frame.factors):
            line = lines(self, up_to(self, level))
            return pd.Series(self.frame.y - line, self.source.index, name="residual")
        raise ValueError(
            _(
                'level must be "group" (or 1), "population" (or 0) or a factor ({factors}), but it is {found!r}.',
                factors=", ".join(self.frame.factors),
                found=level,
            )
        )

    def predict(
        self, new=None, new_groups: str = "error", membership=None, interval=None, level: float = 0.95
    ):
        """Return the expected response in new rows, for groups of the fit and, if asked, for others.

        Parameters
        ----------
        new : DataFrame, optional
            With the predictors and the group column; by default the rows of the fit.
        new_groups : "error" or "zero"
            What to do with a group that was not in the fit: raise, or take its deviation as 0 (its expected value).
        membership : dict, factor → weights, optional
            For new rows of a multiple-membership factor, as in `hlm_teach.lmm`.
        interval : None, "confidence" or "prediction"
            Nothing; an interval for the expected value of the row in its group; or for a new response there.
        level : float
            Of the interval, between 0 and 1.

        Returns
        -------
        Series, shape (rows of new,)
            X β̂ + Z b̂.
        DataFrame, if an interval is asked for
            ``estimate``, ``lower``, ``upper``, ``se``.

        Notes
        -----
        The variance is that of β̂ and b̂ − b together (`hlm_teach.prediction`). For a new group it has the spread between
        groups in it, for ``"prediction"`` also σ². It does *not* have in it that θ̂ and σ̂ are estimates: with few groups
        the intervals are too short.

        References
        ----------
        Henderson, C. R. (1975), *Biometrics* 31. Skrondal, A. & Rabe-Hesketh, S. (2009), *JRSS A* 172, §5.

        Examples
        --------
        >>> from hlm_teach import lmm
        >>> data = pd.DataFrame({"y": [1.0, 2.0, 6.0, 7.0, 4.0, 4.5], "g": list("aabbcc")})
        >>> fit = lmm("y ~ 1 + (1 | g)", data)
        >>> fit.predict(pd.DataFrame({"g": ["a", "new"]}), new_groups="zero").round(3).tolist()
        [1.577, 4.083]
        >>> both = fit.predict(pd.DataFrame({"g": ["a", "new"]}), new_groups="zero", interval="confidence")
        >>> both["se"].round(2).tolist()                     # a new group can be anywhere among the groups
        [0.43, 2.86]
        >>> fit.predict(pd.DataFrame({"g": ["a", "new"]}))
        Traceback (most recent call last):
        ...
        ValueError: g must be a group of the fit, but 1 of 2 rows have another (new). Ask for new_groups="zero" ...
        """
        if new_groups not in ("error", "zero"):
            raise ValueError(
                _('new_groups must be "error" or "zero", but it is {found!r}.', found=new_groups)
            )
        if new is None:
            x, factors = self.frame.x, self.frame.factors
            line, varying = self.fitted, [term.columns for term in self.frame.terms]
        else:
            new = as_frame(new)
            x, *varying = self.frame.design(new)
            factors = {f: self._groups(f, new, new_groups, membership or {}) for f in self.frame.factors}
            line = pd.Series(self._line(x, varying, factors), new.index, name="prediction")
        if interval is None:
            return line
        return prediction_interval(self, x, varying, factors, line, interval, level)

    def _line(self, x, varying, factors: dict[str, Factor]) -> np.ndarray:
        """Return Xβ̂ + Zb̂; ``varying`` holds the columns of the terms, ``factors`` the groups of the rows."""
        line = x.times(self.estimates.beta)
        b = {factor: iter(values) for factor, values in self.estimates.b.items()}
        for term, columns in zip(self.frame.terms, varying, strict=True):
            for column in columns.arrays:
                line = line + column * factors[term.factor].take(next(b[term.factor]))
        return line

    def _groups(self, factor: str, new: pd.DataFrame, new_groups: str, membership: dict) -> Factor:
        """Return the groups of new rows, numbered as in the fit."""
        if self.frame.factors[factor].members is not None:
            return new_members(self.frame.factors[factor], membership.get(factor), new, new_groups)
        levels = self.frame.factors[factor].levels
        codes = known_groups(factor, levels, new, new_groups)
        return Factor(factor, levels, codes)

    # in words

    def summary(self, digits: int = 2) -> str:
        """Return the fit as text, in the manner of R's ``arm::display``."""
        return as_text(self, digits)

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)

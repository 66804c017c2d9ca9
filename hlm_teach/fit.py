"""The record of a fitted mixed model, in lme4's nouns.

``fixef`` are the population's coefficients, ``ranef`` each group's deviations from them (BLUPs, conditional means),
``coef`` their sum. What belongs to a factor stands in a dict under the factor's name, so that code written for one
factor goes on working with several.

Nothing here is computed before it is asked for, except the estimates themselves.
What this file does not do: estimate (`hlm_teach.one_factor`), print (`hlm_teach.summary`) or draw (`hlm_teach.plots`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from hlm_teach.certificate import Certificate
from hlm_teach.frame import ModelFrame
from hlm_teach.locale import _
from hlm_teach.one_factor import Estimates, OneFactor
from hlm_teach.rows import as_frame, check_known, code_groups, unquoted
from hlm_teach.summary import as_html, as_text

__all__ = ["LMMFit", "VarCorr"]


@dataclass(frozen=True)
class VarCorr:
    """The spread of one factor's coefficients over the groups.

    Attributes
    ----------
    sd : Series
        Standard deviations, in the units of the coefficients.
    corr, cov : DataFrame
        Correlations (nan where an SD is 0) and covariances; independent terms have 0.
    """

    sd: pd.Series
    corr: pd.DataFrame
    cov: pd.DataFrame


@dataclass(frozen=True, eq=False)
class LMMFit:
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
        Lower triangle of the relative covariance factor, column by column, in lme4's order.
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
        names, root = self._names, self.sigma * self.estimates.Lambda
        cov, sd = root @ root.T, np.linalg.norm(root, axis=1)
        unit = root / np.where(sd > 0, sd, np.nan)[:, None]
        corr = np.clip(unit @ unit.T, -1, 1)
        np.fill_diagonal(corr, 1.0)
        table = {"index": names, "columns": names}
        return {
            self._factor: VarCorr(
                pd.Series(sd, names, name="sd"), pd.DataFrame(corr, **table), pd.DataFrame(cov, **table)
            )
        }

    # the groups

    @property
    def _factor(self) -> str:
        return self.model.factor

    @property
    def _names(self) -> list[str]:
        return list(self.model.layout.names)

    def _by_group(self, values: np.ndarray) -> dict[str, pd.DataFrame]:
        levels = self.frame.factors[self._factor].levels
        return {self._factor: pd.DataFrame(values, index=levels, columns=self._names)}

    @cached_property
    def ranef(self) -> dict[str, pd.DataFrame]:
        return self._by_group(self.estimates.b.T)

    @cached_property
    def ranef_se(self) -> dict[str, pd.DataFrame]:
        return self._by_group(np.sqrt(np.einsum("kkj->jk", self.estimates.b_cov)))

    @property
    def ranef_cov(self) -> dict[str, np.ndarray]:
        return {self._factor: self.estimates.b_cov.transpose(2, 0, 1).copy()}

    @cached_property
    def coef(self) -> dict[str, pd.DataFrame]:
        both = {}
        for factor, deviations in self.ranef.items():
            table = pd.DataFrame(self.fixef.to_dict(), index=deviations.index)
            for name in deviations.columns:
                table[name] = table.get(name, 0.0) + deviations[name]
            both[factor] = table
        return both

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
        codes = self.frame.factors[self._factor].codes
        return pd.Series(self._line(self.frame.x, varying, codes), self.source.index, name="fitted")

    def residuals(self, level: int | str = "group") -> pd.Series:
        """Return y minus what is expected of its group (1, "group") or of the population (0, "population").

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
        ValueError: level must be "group" (or 1) or "population" (or 0), but it is 2.
        """
        if level in (1, "group"):
            return pd.Series(self.frame.y - self.fitted, name="residual")
        if level in (0, "population"):
            line = self.frame.x.times(self.estimates.beta)
            return pd.Series(self.frame.y - line, self.source.index, name="residual")
        raise ValueError(
            _('level must be "group" (or 1) or "population" (or 0), but it is {found!r}.', found=level)
        )

    def predict(self, new=None, new_groups: str = "error") -> pd.Series:
        """Return the expected response in new rows, for groups of the fit and, if asked, for others.

        Parameters
        ----------
        new : DataFrame, optional
            With the predictors and the group column; by default the rows of the fit.
        new_groups : "error" or "zero"
            What to do with a group that was not in the fit: raise, or take its deviation as 0 (its expected value).

        Returns
        -------
        Series, shape (rows of new,)
            X β̂ + Z b̂. What it does not include: any uncertainty, which for a new group has the spread between
            groups in it.

        Examples
        --------
        >>> from hlm_teach import lmm
        >>> data = pd.DataFrame({"y": [1.0, 2.0, 6.0, 7.0, 4.0, 4.5], "g": list("aabbcc")})
        >>> fit = lmm("y ~ 1 + (1 | g)", data)
        >>> fit.predict(pd.DataFrame({"g": ["a", "new"]}), new_groups="zero").round(3).tolist()
        [1.577, 4.083]
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
            return self.fitted
        new = as_frame(new)
        x, *varying = self.frame.design(new)
        return pd.Series(self._line(x, varying, self._codes(new, new_groups)), new.index, name="prediction")

    def _line(self, x, varying, codes: np.ndarray) -> np.ndarray:
        """Return Xβ̂ + Zb̂; a code of −1 has no deviation."""
        b = np.column_stack([self.estimates.b, np.zeros(len(self.estimates.b))])
        columns = [column for term in varying for column in term.arrays]
        line = x.times(self.estimates.beta)
        for column, deviations in zip(columns, b, strict=True):
            line = line + column * deviations[codes]
        return line

    def _codes(self, new: pd.DataFrame, new_groups: str) -> np.ndarray:
        names = [unquoted(name) for name in self._factor.split(":")]
        check_known(names, new)
        groups = code_groups([new[name] for name in names], self._factor)
        places = self.frame.factors[self._factor].levels.get_indexer(groups.levels)
        codes = places[groups.codes]
        if new_groups == "error" and (codes < 0).any():
            raise ValueError(
                _(
                    "{factor} must be a group of the fit, but {count} of {n} rows have another ({names}). "
                    'Ask for new_groups="zero" to predict a new group by the population.',
                    factor=self._factor,
                    count=int((codes < 0).sum()),
                    n=len(codes),
                    names=", ".join(map(str, groups.levels[places < 0][:5])),
                )
            )
        return codes

    # in words

    def summary(self, digits: int = 2) -> str:
        """Return the fit as text, in the manner of R's ``arm::display``."""
        return as_text(self, digits)

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)

"""The record of a fitted multilevel logit model, in lme4's nouns.

Everything stands on the logit scale except where "probability" is asked for: ``fixef`` are the population's coefficients,
``ranef`` each group's deviations from them, ``coef`` their sum. What belongs to a factor stands in a dict under its name.

What this file does not do: estimate (`hlm_teach.logit_model`), print (`hlm_teach.logit_summary`), or average over groups
(`hlm_teach.latent`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import expit, xlogy

from hlm_teach.draws import Draws, need_draws
from hlm_teach.frame import ModelFrame
from hlm_teach.latent import latent_icc
from hlm_teach.locale import _
from hlm_teach.logit_model import LogitEstimates, LogitModel
from hlm_teach.logit_search import Convergence
from hlm_teach.logit_summary import as_html, as_text
from hlm_teach.rows import as_frame, known_groups
from hlm_teach.theta_draws import theta_modes
from hlm_teach.varcorr import VarCorr, coefficients, spread

__all__ = ["GLMMFit"]

THETAS = 100  # draws of θ, shared by all draws of β and b


@dataclass(frozen=True, eq=False)
class GLMMFit:
    """A fitted multilevel logit model.

    Attributes
    ----------
    fixef, fixef_se : Series, shape (p,)
        Coefficients of the population in logits, and standard errors from the Hessian of −2 log L in θ and β together.
    vcov_fixef : DataFrame, shape (p, p)
        Covariance of ``fixef``.
    ranef, ranef_se : dict, factor → DataFrame (J × coefficients)
        Conditional modes of the deviations, and their SDs given θ and β (lme4's ``condVar``).
    ranef_cov : dict, factor → array, shape (J, r, r)
        The conditional covariances of one group's deviations.
    coef : dict, factor → DataFrame (J × coefficients)
        fixef + ranef; a coefficient that does not vary is the same in every group.
    varcorr : dict, factor → VarCorr
        SDs, correlations and covariances over the groups, in logits.
    theta : array, shape (m,)
        Lower triangle of Λ, column by column, factors in the order of the formula; in logits, since there is no σ.
    criterion, deviance, loglik : float
        −2 log-likelihood with the binomial constants, the same under the name deviance, and log-likelihood.
    aic, bic : float
        criterion + 2k and criterion + k·log n, with k entries of θ and β and n rows.
    n_obs, n_cells : int
        Rows, and cells after counting.
    n_groups : dict, factor → int
        Groups.
    is_boundary : bool
        An SD is 0 or a correlation ±1 (lme4: "singular").
    certificate : Convergence
        What was found where the search stopped.
    fitted : Series, shape (n,)
        Probabilities.
    quadrature : int
        Nodes per group; 1 is Laplace's approximation.
    weights, formula, response, data
        As asked; ``data`` the columns that the model uses.
    """

    frame: ModelFrame = field(repr=False)
    source: pd.DataFrame = field(repr=False)
    model: LogitModel = field(repr=False)
    counts: tuple[np.ndarray, np.ndarray] = field(repr=False)
    weights: str | None
    quadrature: int
    estimates: LogitEstimates = field(repr=False)
    certificate: Convergence

    # what was asked

    @property
    def formula(self) -> str:
        return self.frame.formula

    @property
    def response(self) -> str:
        return self.frame.response

    @property
    def family(self) -> str:
        return "binomial"

    @cached_property
    def data(self) -> pd.DataFrame:
        extra = [self.weights] if isinstance(self.weights, str) else []
        return self.source[list(dict.fromkeys([*self.frame.variables, *extra]))]

    @property
    def n_obs(self) -> int:
        return len(self.frame.y)

    @property
    def n_cells(self) -> int:
        return len(self.model.cells.trials)

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
    def theta(self) -> np.ndarray:
        return self.estimates.theta.copy()

    @cached_property
    def varcorr(self) -> dict[str, VarCorr]:
        return {factor: spread(self._names(factor), root) for factor, root in self.estimates.roots.items()}

    def icc(self) -> pd.Series:
        """Return each factor's share of the latent variance: τ²/(Σ τ² + π²/3).

        Examples
        --------
        >>> from hlm_teach import glmm, load
        >>> glmm("share ~ 1 + (1 | group)", load("rat_tumors").assign(share=lambda d: d.tumors / d.rats),
        ...      weights="rats").icc().round(3).to_dict()
        {'group': 0.118}
        >>> glmm("uses ~ age + (1 + age | district)",
        ...      load("contraception").assign(uses=lambda d: d.use == "Y")).icc()
        Traceback (most recent call last):
        ...
        ValueError: An intraclass correlation is one number where only intercepts vary, but age varies too: the spread ...
        """
        slopes = [name for factor in self.varcorr for name in self._names(factor) if name != "Intercept"]
        if slopes:
            raise ValueError(
                _(
                    "An intraclass correlation is one number where only intercepts vary, but {names} varies too: the "
                    "spread between groups depends on it. Compute it at a value of {names} from varcorr.",
                    names=", ".join(dict.fromkeys(slopes)),
                )
            )
        tau2 = pd.Series({factor: float(v.sd.iloc[0]) ** 2 for factor, v in self.varcorr.items()})
        whole = latent_icc(np.sqrt(tau2.sum()))
        return (tau2 / tau2.sum() * whole if tau2.sum() > 0 else tau2).rename("icc")

    # the groups

    def _names(self, factor: str) -> list[str]:
        return list(self.model.layout_of(factor).names)

    def _by_group(self, values: dict[str, np.ndarray]) -> dict[str, pd.DataFrame]:
        levels = self.frame.factors
        return {
            name: pd.DataFrame(v.T, index=levels[name].levels, columns=self._names(name))
            for name, v in values.items()
        }

    @cached_property
    def ranef(self) -> dict[str, pd.DataFrame]:
        return self._by_group(self.estimates.b)

    @cached_property
    def ranef_se(self) -> dict[str, pd.DataFrame]:
        return self._by_group({f: np.sqrt(np.einsum("kkj->kj", V)) for f, V in self.estimates.b_cov.items()})

    @property
    def ranef_cov(self) -> dict[str, np.ndarray]:
        return {name: cov.transpose(2, 0, 1).copy() for name, cov in self.estimates.b_cov.items()}

    @cached_property
    def coef(self) -> dict[str, pd.DataFrame]:
        return coefficients(self.fixef, self.ranef)

    def draws(self, n: int, seed, theta: str = "fixed") -> Draws:
        """Draw β and all deviations jointly from the Gaussian approximation at the mode.

        Model: (β, b) ~ N((β̂, b̂), inverse of the penalised log-likelihood's Hessian), given θ.

        Parameters
        ----------
        n : int
            Draws.
        seed : int or numpy.random.Generator
            Where the randomness comes from.
        theta : "fixed" or "draw"
            Take the spread between groups as the fit has it; or draw that too (`hlm_teach.theta_draws`), which takes
            seconds and matters with few groups, and most of all where the fit is on the boundary.

        Returns
        -------
        Draws
            ``fixef`` (n × p), ``ranef``, per factor (n, J, r), and ``cov``, the covariance over groups of each draw.

        Raises
        ------
        ValueError
            If n or theta is something else.

        Notes
        -----
        Included: the uncertainty of β, of b, and that both are estimated from the same rows. Left out unless asked for:
        that θ is estimated too, so with few groups the spread is too small. Left out: the skewness of a posterior of 0s
        and 1s. With ``theta="draw"`` the prior of the spread is half-normal with SD 1 logit, and a hundred values of θ serve all
        draws: an interval's ends move by a tenth from seed to seed, and where the data say little about a spread the prior
        says the rest.

        Examples
        --------
        >>> from hlm_teach import glmm, load
        >>> rats = load("rat_tumors").assign(share=lambda d: d.tumors / d.rats)
        >>> fit = glmm("share ~ 1 + (1 | group)", rats, weights="rats")
        >>> drawn = fit.draws(1000, seed=1)
        >>> drawn.fixef.shape, drawn.ranef["group"].shape
        ((1000, 1), (1000, 71, 1))
        >>> sure, unsure = (fit.draws(400, 1, theta).cov["group"].std().round(2) for theta in ("fixed", "draw"))
        >>> bool(sure == 0), bool(unsure > 0.05)
        (True, True)
        >>> fit.draws(1000, seed=1, theta="free")
        Traceback (most recent call last):
        ...
        ValueError: theta must be "fixed" or "draw", but it is 'free'.
        """
        if theta not in ("fixed", "draw"):
            raise ValueError(_('theta must be "fixed" or "draw", but it is {found!r}.', found=theta))
        n, rng = need_draws(n), np.random.default_rng(seed)
        modes = [self.estimates.mode]
        if theta == "draw":
            modes = theta_modes(self.model, self.estimates.mode, min(n, THETAS), rng)
        at = np.sort(np.arange(n) % len(modes))
        parts = [self.model.draws(mode, size, rng) for mode, size in zip(modes, np.bincount(at), strict=True)]
        beta = np.concatenate([part[0] for part in parts])
        spreads = [self.model.covariances(mode) for mode in modes]
        ranef = {f: np.concatenate([part[1][f] for part in parts]).transpose(0, 2, 1) for f in self.ranef}
        cov = {f: np.array([spread[f] for spread in spreads])[at] for f in self.ranef}
        return Draws(pd.DataFrame(beta, columns=list(self.frame.x.names)), ranef, cov)

    # how well it fits

    @property
    def criterion(self) -> float:
        return self.estimates.criterion

    @property
    def deviance(self) -> float:
        return self.criterion

    @property
    def loglik(self) -> float:
        return -self.criterion / 2

    @property
    def n_parameters(self) -> int:
        """Fixed coefficients and entries of θ."""
        return len(self.estimates.beta) + len(self.estimates.theta)

    @property
    def aic(self) -> float:
        return self.criterion + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        return self.criterion + np.log(self.n_obs) * self.n_parameters

    @property
    def is_boundary(self) -> bool:
        return bool(self.estimates.boundary_factors)

    # the rows

    @cached_property
    def fitted(self) -> pd.Series:
        return pd.Series(expit(self._line_of_rows("group")), self.source.index, name="fitted")

    def residuals(self, kind: str = "response", level: int | str = "group") -> pd.Series:
        """Return how far each row's proportion is from its probability.

        Parameters
        ----------
        kind : "response", "pearson" or "deviance"
            y − p; the same in units of its SD, √(p(1 − p)/m); or the signed root of the row's part of the deviance.
        level : "group" (or 1) or "population" (or 0)
            p for the row's own groups, or for groups whose deviations are 0.

        Examples
        --------
        >>> from hlm_teach import glmm, load
        >>> rats = load("rat_tumors").assign(share=lambda d: d.tumors / d.rats)
        >>> fit = glmm("share ~ 1 + (1 | group)", rats, weights="rats")
        >>> float(fit.residuals("pearson").round(2).iloc[-1])
        0.82
        >>> fit.residuals("raw")
        Traceback (most recent call last):
        ...
        ValueError: kind must be "response", "pearson" or "deviance", but it is 'raw'.
        """
        if level not in (0, 1, "group", "population"):
            raise ValueError(
                _('level must be "group" (or 1) or "population" (or 0), but it is {found!r}.', found=level)
            )
        k, m = self.counts
        y, p = k / m, expit(self._line_of_rows("group" if level in (1, "group") else "population"))
        if kind == "response":
            values = y - p
        elif kind == "pearson":
            values = (y - p) / np.sqrt(p * (1 - p) / m)
        elif kind == "deviance":
            part = 2 * m * (xlogy(y, y / p) + xlogy(1 - y, (1 - y) / (1 - p)))
            values = np.sign(y - p) * np.sqrt(np.maximum(part, 0.0))
        else:
            raise ValueError(
                _('kind must be "response", "pearson" or "deviance", but it is {found!r}.', found=kind)
            )
        return pd.Series(values, self.source.index, name="residual")

    def predict(self, new=None, new_groups: str = "error", scale: str = "probability") -> pd.Series:
        """Return the probability (or its logit) in new rows, for groups of the fit and, if asked, for others.

        Parameters
        ----------
        new : DataFrame, optional
            With the predictors and the group columns; by default the rows of the fit.
        new_groups : "error" or "zero"
            What to do with a group that was not in the fit: raise, or take its deviation as 0.
        scale : "probability" or "link"
            logit⁻¹(η) or η.

        Returns
        -------
        Series, shape (rows of new,)
            With η = Xβ̂ + Zb̂. With deviation 0, logit⁻¹(Xβ̂) is the probability in the *median* group; the average over
            new groups is `hlm_teach.marginal_probability`.

        Examples
        --------
        >>> from hlm_teach import glmm, load
        >>> rats = load("rat_tumors").assign(share=lambda d: d.tumors / d.rats)
        >>> fit = glmm("share ~ 1 + (1 | group)", rats, weights="rats")
        >>> fit.predict(pd.DataFrame({"group": ["e01", "new"]}), new_groups="zero").round(3).tolist()
        [0.071, 0.126]
        >>> fit.predict(pd.DataFrame({"group": ["new"]}))
        Traceback (most recent call last):
        ...
        ValueError: group must be a group of the fit, but 1 of 1 rows have another (new). Ask for new_groups="zero" ...
        """
        if new_groups not in ("error", "zero"):
            raise ValueError(
                _('new_groups must be "error" or "zero", but it is {found!r}.', found=new_groups)
            )
        if scale not in ("probability", "link"):
            raise ValueError(_('scale must be "probability" or "link", but it is {found!r}.', found=scale))
        if new is None:
            line, index = self._line_of_rows("group"), self.source.index
        else:
            new = as_frame(new)
            x, *varying = self.frame.design(new)
            codes = {factor: self._codes(factor, new, new_groups) for factor in self.frame.factors}
            line, index = self._line(x, varying, codes), new.index
        return pd.Series(expit(line) if scale == "probability" else line, index, name="prediction")

    def _line_of_rows(self, level: str) -> np.ndarray:
        codes = {name: factor.codes for name, factor in self.frame.factors.items()}
        if level == "population":
            codes = {name: np.full(len(code), -1) for name, code in codes.items()}
        return self._line(self.frame.x, [term.columns for term in self.frame.terms], codes)

    def _line(self, x, varying, codes: dict[str, np.ndarray]) -> np.ndarray:
        """Return Xβ̂ + Zb̂; a code of −1 has no deviation."""
        some = next(iter(codes.values()))
        line = np.zeros(len(some)) + x.times(self.estimates.beta)
        place = dict.fromkeys(codes, 0)
        for term, columns in zip(self.frame.terms, varying, strict=True):
            for column in columns.arrays:
                deviations = np.append(self.estimates.b[term.factor][place[term.factor]], 0.0)
                line = line + column * deviations[codes[term.factor]]
                place[term.factor] += 1
        return line

    def _codes(self, factor: str, new: pd.DataFrame, new_groups: str) -> np.ndarray:
        return known_groups(factor, self.frame.factors[factor].levels, new, new_groups)

    # in words

    def summary(self, digits: int = 2) -> str:
        """Return the fit as text, in the manner of R's ``arm::display``."""
        return as_text(self, digits)

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)

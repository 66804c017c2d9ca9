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
from hlm_teach.confint import confint
from hlm_teach.degrees import coefficient_table, degrees_of_freedom
from hlm_teach.effective import conditional_aic, effective_parameters
from hlm_teach.explained import R2, R2ByLevel, r2_by_level, r2_of
from hlm_teach.frame import ModelFrame
from hlm_teach.locale import _
from hlm_teach.lr_test import LikelihoodRatioTest, likelihood_ratio
from hlm_teach.membership import new_members
from hlm_teach.one_factor import Estimates, OneFactor
from hlm_teach.prediction import prediction_interval
from hlm_teach.profile import LikelihoodProfile, profile_of
from hlm_teach.redraw import lines, up_to
from hlm_teach.resampling import Resampling
from hlm_teach.rows import Factor, as_frame, check_known, code_groups, unquoted
from hlm_teach.shares import VarianceShare, share_of
from hlm_teach.summary import as_html, as_text
from hlm_teach.variance_function import VarianceFunction, variance_function

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


def _spread(names: list[str], root: np.ndarray) -> VarCorr:
    """Return SDs, correlations and covariances of root·root'."""
    cov, sd = root @ root.T, np.linalg.norm(root, axis=1)
    unit = root / np.where(sd > 0, sd, np.nan)[:, None]
    corr = np.clip(unit @ unit.T, -1, 1)
    np.fill_diagonal(corr, 1.0)
    table = {"index": names, "columns": names}
    return VarCorr(pd.Series(sd, names, name="sd"), pd.DataFrame(corr, **table), pd.DataFrame(cov, **table))


@dataclass(frozen=True, eq=False)
class LMMFit(Resampling):
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
            factor: _spread(self._names(factor), self.sigma * self.estimates.Lambda[inside, inside])
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

    # inference

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

    def profile(self, which=None, method: str = "ML") -> LikelihoodProfile:
        """Hold one parameter after the other at other values, and see how much worse the fit becomes.

        Model: D(ψ) = min over the rest of −2 log-likelihood; ζ(ψ) = ±√(D(ψ) − D(ψ̂)).

        Parameters
        ----------
        which : str or list of str, optional
            Names of parameters (lme4's: ``"sd_Intercept|school"``, ``"cor_x.Intercept|school"``, ``"sigma"``, ``"x"``),
            "varying" or "fixed"; by default all.
        method : "ML" or "REML"
            Which criterion; a REML fit is refitted by ML by default, as in lme4. REML serves the variance parameters
            only.

        Returns
        -------
        LikelihoodProfile
            ``curves`` (value, zeta, rise of each parameter), ``table()``, ``confint(level)``, ``sentence(name)``.

        Raises
        ------
        ValueError
            If a name is unknown, or a fixed effect is asked for under REML.

        References
        ----------
        Bates, D. et al. (2015), *J. Stat. Software* 67(1), §5.1. Pinheiro, J. & Bates, D. (2000), §2.4.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> profile = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")).profile("sd_Intercept|Batch")
        >>> profile.confint().round(2).to_numpy().tolist()
        [[12.2, 84.06]]
        >>> lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff")).profile("tau")
        Traceback (most recent call last):
        ...
        ValueError: which must name parameters of the fit (or be "varying" or "fixed"), but 'tau' is none of them. ...
        """
        return profile_of(self, which, method)

    def without_groups(self):
        """Return the least-squares fit of the fixed part alone, a result of statsmodels' OLS.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("math ~ homework + (1 | school)", load("schools10"))
        >>> fit.without_groups().params.round(2).to_dict()
        {'Intercept': 44.07, 'homework': 3.57}
        """
        from statsmodels.regression.linear_model import WLS

        x = pd.DataFrame(dict(zip(self.frame.x.names, self.frame.x.arrays, strict=True)), dtype=float)
        weights = 1.0 if self.frame.weights is None else self.frame.weights
        return WLS(pd.Series(self.frame.y, name=self.response, dtype=float), x, weights).fit()

    def anova(self, other, refit: bool = True) -> LikelihoodRatioTest:
        """Test whether the larger of two nested models fits better than chance alone would make it.

        Model: statistic = criterion of the smaller − criterion of the larger.

        Parameters
        ----------
        other : LMMFit or statsmodels OLS result
            A model of the same rows, inside this one or around it; ``fit.without_groups()`` is the one without any
            varying term.
        refit : bool
            Fit both again by ML where REML criteria cannot be compared (other fixed columns); if False, raise.

        Returns
        -------
        LikelihoodRatioTest
            ``statistic``, ``df``, ``p`` (with the boundary in mind), ``p_naive`` (without), ``kind``, ``sentence``.

        Raises
        ------
        ValueError
            If the rows or responses differ, the models are not nested or equal, or REML criteria would have to be compared
            across fixed parts.

        Notes
        -----
        One variance among what is added: p from ½χ²_{df−1} + ½χ²_{df}, with χ²_0 all at 0. Several: p from χ²_df, which is
        too large. REML fits with the same fixed columns are compared by their REML criteria. All of it is for many groups.

        References
        ----------
        Self, S. G. & Liang, K.-Y. (1987), *JASA* 82. Stram, D. O. & Lee, J. W. (1994), *Biometrics* 50.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> one = lmm("Reaction ~ Days + (1 | Subject)", load("sleepstudy"))
        >>> both = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
        >>> test = one.anova(both)
        >>> print(f"{test.statistic:.2f} {test.p:.3g} {test.p_naive:.3g}")
        42.84 2.79e-10 4.99e-10
        >>> one.anova(lmm("Reaction ~ 1 + (1 | Subject)", load("sleepstudy")), refit=False)
        Traceback (most recent call last):
        ...
        ValueError: REML criteria can be compared only where the fixed columns are the same, but here they differ. ...
        """
        return likelihood_ratio(self, other, refit)

    def df(self, method: str = "satterthwaite") -> pd.Series:
        """Return the degrees of freedom of each fixed coefficient's t statistic.

        Model: 1/df = 1/ν + g'C⁻¹g/v², with v = var β̂_k, g = ∂v/∂θ, C the curvature of the criterion in θ.

        Parameters
        ----------
        method : "satterthwaite", "between-within" or "residual"
            From the curvature of the criterion; J − p_between for columns that are constant inside groups and
            n − J − p_within for the others; n − p for all, as if there were no groups.

        Returns
        -------
        Series, shape (p,)

        Raises
        ------
        ValueError
            For "between-within" with several grouping factors.

        Notes
        -----
        Between-within is too generous for the mean of a slope that varies: it rests on J slopes, not on n rows. On the
        boundary an SD of 0 counts as known.

        References
        ----------
        Satterthwaite, F. E. (1946), *Biometrics Bulletin* 2. Kuznetsova, A., Brockhoff, P. & Christensen, R. (2017),
        "lmerTest package", *J. Stat. Software* 82(13). Schluchter, M. & Elashoff, J. (1990), *J. Stat. Comput. Simul.* 37.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
        >>> fit.df().round(6).to_dict()
        {'Intercept': 17.0, 'Days': 17.0}
        >>> fit.df("kenward-roger")
        Traceback (most recent call last):
        ...
        ValueError: method must be "satterthwaite", "between-within" or "residual", but it is 'kenward-roger'.
        """
        return degrees_of_freedom(self, method)

    def coefficient_table(self, df: str = "satterthwaite") -> pd.DataFrame:
        """Return estimate, se, df, t and two-sided p of each fixed coefficient.

        Parameters
        ----------
        df : str
            A method of `LMMFit.df`.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
        >>> fit.coefficient_table().round(3).loc["Days"].to_dict()
        {'estimate': 10.467, 'se': 1.546, 'df': 17.0, 't': 6.771, 'p': 0.0}
        """
        return coefficient_table(self, df)

    def confint(
        self, level: float = 0.95, method: str = "profile", which=None, B: int = 1000, seed=None
    ) -> pd.DataFrame:
        """Return an interval for each parameter.

        Parameters
        ----------
        level : float
            Between 0 and 1.
        method : "profile", "wald", "satterthwaite" or "bootstrap"
            By the likelihood (ML, as in lme4); estimate ± z·se or ± t·se, for fixed effects only; or from ``B`` refits to
            data drawn from the fit (``seed`` is then needed).
        which : str or list of str, optional
            As for `LMMFit.profile`.

        Returns
        -------
        DataFrame
            ``lower`` and ``upper`` by parameter; SDs, not variances. With ± intervals also ``note``: why a variance
            parameter has none.

        References
        ----------
        Bates, D. et al. (2015), *J. Stat. Software* 67(1), §5.1.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
        >>> fit.confint().round(2).loc["sd_Intercept|Batch"].tolist()           # it ends at 0
        [0.0, 2.08]
        >>> fit.confint(method="wald").round(2).loc["sd_Intercept|Batch", ["lower", "upper"]].tolist()
        [nan, nan]
        >>> fit.confint(level=95)
        Traceback (most recent call last):
        ...
        ValueError: level must be a share between 0 and 1, but level = 95. For 95% pass 0.95.
        """
        return confint(self, level, method, which, B, seed)

    def icc(self, factor: str | None = None, at=None, level: float = 0.95) -> VarianceShare:
        """Return the share of the variance that lies between groups, with an interval.

        Model: ICC = τ²/(τ² + σ²); with varying slopes at one x: z'Σz/(z'Σz + σ²).

        Parameters
        ----------
        factor : str, optional
            Which grouping factor, if there are several.
        at : dict or number, optional
            With varying slopes: the value of each varying predictor, ``at={"Days": 3}``.
        level : float
            Of the interval.

        Returns
        -------
        VarianceShare
            ``value``, ``lower``, ``upper``, ``how`` the interval was found, ``sentence``; ``float(share)`` is the value.

        Raises
        ------
        ValueError
            With varying slopes and no ``at``: there is no single ICC then; and with weights or multiple membership.

        Notes
        -----
        Interval: exact by F(J − 1, J(n − 1)) in balanced data without predictors; else all θ = τ/σ at which the fit's own
        criterion is at most z² above its minimum; with slopes or several factors by curvature on the logit scale.

        References
        ----------
        Snijders, T. & Bosker, R. (2012), *Multilevel Analysis*, 2nd ed., §3.3 and 5.1. Searle, S. R. et al. (1992), §3.6.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> share = lmm("math ~ 1 + (1 | school)", load("hsb")).icc()
        >>> print(f"{share.value:.4f} ({share.lower:.3f} to {share.upper:.3f})")
        0.1804 (0.147 to 0.221)
        >>> lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy")).icc()
        Traceback (most recent call last):
        ...
        ValueError: With varying slopes there is no single intraclass correlation: the variance between groups depends on
        Days. Say where, for instance at={'Days': 0}.
        """
        return share_of(self, factor, at, level)

    def variance_at(self, x) -> VarianceFunction:
        """Return the variance of y where slopes vary, and where it is smallest.

        Model: Var(y | x) = τ₀² + 2τ₀₁x + τ₁²x² + σ².

        Parameters
        ----------
        x : number, list, dict or DataFrame
            Values of the varying predictor, or of each of them by name.

        Returns
        -------
        VarianceFunction
            ``table`` (between, within, total, share at each point) and ``minimum`` (x = −τ₀₁/τ₁²).

        References
        ----------
        Goldstein, H. (2011), *Multilevel Statistical Models*, 4th ed., §3.1. Snijders, T. & Bosker, R. (2012), §8.1.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
        >>> spread = fit.variance_at([0, 4.5, 9])
        >>> spread.table["share"].round(3).tolist(), round(spread.minimum, 3)
        ([0.483, 0.683, 0.847], -0.274)
        >>> fit.variance_at({"days": 3})
        Traceback (most recent call last):
        ...
        ValueError: The point must give each predictor whose slope varies, and no other. Those are: Days; it gives: days.
        """
        return variance_function(self, x)

    def r2(self) -> R2:
        """Return marginal and conditional R².

        Model: R²_m = σ_f²/(σ_f² + τ̄² + σ²), R²_c = (σ_f² + τ̄²)/(σ_f² + τ̄² + σ²); σ_f² = variance of Xβ̂ over the rows,
        τ̄² = mean of z'Σz over the rows.

        Returns
        -------
        R2
            ``marginal``, ``conditional``, the three variances, ``sentence``.

        Raises
        ------
        ValueError
            Without an intercept, or with weights: then it is not defined.

        References
        ----------
        Nakagawa, S. & Schielzeth, H. (2013), *Methods in Ecology and Evolution* 4. Johnson, P. (2014), the same, 5
        (varying slopes).

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> r2 = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy")).r2()
        >>> round(r2.marginal, 3), round(r2.conditional, 3)
        (0.279, 0.799)
        >>> lmm("math ~ 0 + homework + (1 | school)", load("schools10")).r2()
        Traceback (most recent call last):
        ...
        ValueError: R² needs an intercept, because it compares with the mean of y, but the fixed part (homework) has none.
        """
        return r2_of(self)

    def r2_by_level(self, null: LMMFit) -> R2ByLevel:
        """Return by how much each variance is smaller than in a null fit; it can be negative.

        Model: 1 − σ²/σ₀² and 1 − τ²/τ₀².

        Parameters
        ----------
        null : LMMFit
            A fit of the same rows by the same method with fewer predictors; in both only intercepts vary.

        References
        ----------
        Raudenbush, S. W. & Bryk, A. S. (2002), ch. 4. Snijders, T. & Bosker, R. (2012), §7.1 (why it can be negative).

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> null, fit = (lmm(f"math ~ {x} + (1 | school)", load("hsb")) for x in ("1", "ses"))
        >>> fit.r2_by_level(null).table.round(3).to_dict()
        {'school': 0.446, 'residual': 0.054}
        >>> null.r2_by_level(fit)
        Traceback (most recent call last):
        ...
        ValueError: The smaller model must lie inside the larger one, but its fixed part has columns that are no ...
        """
        return r2_by_level(self, null)

    def effective_parameters(self) -> float:
        """Return the trace of the hat matrix: how many parameters the fitted values use, given θ.

        Notes
        -----
        From p (complete pooling) to p and every free coefficient of every group (no pooling). One varying intercept adds
        about the sum of the groups' reliabilities.

        References
        ----------
        Hodges, J. & Sargent, D. (2001), "Counting degrees of freedom in hierarchical and other richly-parameterised
        models", *Biometrika* 88.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
        >>> round(fit.effective_parameters(), 2), round(fit.at(0 * fit.theta).effective_parameters(), 2)
        (29.02, 2.0)
        """
        return effective_parameters(self)

    def conditional_aic(self) -> float:
        """Return −2 log f(y | b̂) + 2(effective parameters + 1): AIC with the groups as they are.

        ``aic`` is marginal: it judges predictions for new groups, and counts θ. This one judges predictions for the same
        groups, and counts what their estimates use.

        References
        ----------
        Vaida, F. & Blanchard, S. (2005), "Conditional Akaike information for mixed-effects models", *Biometrika* 92.
        Greven, S. & Kneib, T. (2010), *Biometrika* 97 (θ is taken as known here).

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"), method="ML")
        >>> print(round(fit.aic, 1), round(fit.conditional_aic(), 1))
        1763.9 1709.1
        """
        return conditional_aic(self)

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

    def predict(self, new=None, new_groups: str = "error", membership=None, interval=None, level: float = 0.95):
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
        names = [unquoted(name) for name in factor.split(":")]
        check_known(names, new)
        groups = code_groups([new[name] for name in names], factor)
        levels = self.frame.factors[factor].levels
        places = levels.get_indexer(groups.levels)
        codes = places[groups.codes]
        if new_groups == "error" and (codes < 0).any():
            raise ValueError(
                _(
                    "{factor} must be a group of the fit, but {count} of {n} rows have another ({names}). "
                    'Ask for new_groups="zero" to predict a new group by the population.',
                    factor=factor,
                    count=int((codes < 0).sum()),
                    n=len(codes),
                    names=", ".join(map(str, groups.levels[places < 0][:5])),
                )
            )
        return Factor(factor, levels, codes)

    # in words

    def summary(self, digits: int = 2) -> str:
        """Return the fit as text, in the manner of R's ``arm::display``."""
        return as_text(self, digits)

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)

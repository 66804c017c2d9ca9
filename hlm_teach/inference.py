"""What a fit can say of its own certainty: intervals, tests, degrees of freedom, shares of variance.

These are methods of `hlm_teach.fit.LMMFit`; each leads to the file that does the work and says how.
"""

from __future__ import annotations

import pandas as pd

from hlm_teach.confint import confint
from hlm_teach.degrees import coefficient_table, degrees_of_freedom
from hlm_teach.effective import conditional_aic, effective_parameters
from hlm_teach.explained import R2, R2ByLevel, r2_by_level, r2_of
from hlm_teach.lr_test import LikelihoodRatioTest, likelihood_ratio
from hlm_teach.profile import LikelihoodProfile, profile_of
from hlm_teach.shares import VarianceShare, share_of
from hlm_teach.variance_function import VarianceFunction, variance_function

__all__ = ["Inference"]


class Inference:
    """The methods of a fit that say how sure it is."""

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

    def r2_by_level(self, null) -> R2ByLevel:
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

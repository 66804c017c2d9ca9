"""Fit a linear mixed model: exact, small, and with a proof of the optimum.

    y_i = X_i β + Z_i b_j[i] + ε_i,   b_j ~ N(0, σ²ΛΛ'),   ε_i ~ N(0, σ²)

The way through the files:  formula → `hlm_teach.frame` (arrays) → `hlm_teach.compress` (q pseudo-rows per group) →
`hlm_teach.newton` (the best Λ) ⇄ `hlm_teach.criterion` (everything else in closed form) → `hlm_teach.fit` (the record).
Several factors, prior weights and multiple membership take the way of `hlm_teach.several_factors` in the middle.

Notation: θ is the lower triangle of Λ, the *relative* covariance factor: SDs in units of σ. With one varying intercept
θ = τ/σ, and θ²n_j/(1 + θ²n_j) is the reliability of a group's mean.

What this file does not do: logit models.
"""

from __future__ import annotations

from hlm_teach.fit import LMMFit
from hlm_teach.frame import model_frame
from hlm_teach.locale import _
from hlm_teach.one_factor import OneFactor
from hlm_teach.rows import as_frame
from hlm_teach.several_factors import SeveralFactors

__all__ = ["lmm"]


def lmm(formula, data, method="REML", weights=None, membership=None) -> LMMFit:
    """Fit a linear mixed model by REML or maximum likelihood.

    Model: y_i = X_i β + Z_i b_j[i] + ε_i, b_j ~ N(0, σ²ΛΛ'), ε_i ~ N(0, σ²/w_i); with several grouping factors one
    such Z b each.

    Parameters
    ----------
    formula : str
        In lme4's syntax: ``"math ~ homework + (1 + homework | school)"``; crossed ``(1 | a) + (1 | b)``, nested
        ``(1 | a/b)``.
    data : DataFrame, shape (n, any)
        One row per observation, complete.
    method : "REML" or "ML"
        REML for variances; ML to compare models with different fixed parts.
    weights : str or array, shape (n,), optional
        Prior weights, a column or one number per row: ε_i ~ N(0, σ²/w_i), so σ is the SD of a row of weight 1.
    membership : dict, factor → weights, optional
        Multiple membership: for a factor of the formula the share of each group in each row, rows adding up to 1. A
        DataFrame (n × J, levels as columns) or a pair (scipy sparse matrix, levels); see `hlm_teach.membership`.

    Returns
    -------
    LMMFit
        ``fixef`` (p,), ``fixef_se`` (p,), ``ranef`` and ``coef`` per factor (J × coefficients), ``sigma``, ``varcorr``,
        ``criterion``, ``certificate``, ``summary()`` …

    Raises
    ------
    KeyError
        If a variable is not a column.
    ValueError
        If rows are incomplete, a factor has one level, predictors repeat each other, or nothing is left over to estimate
        σ from. Each message names the rows or columns.

    Notes
    -----
    The standard errors of β̂ treat θ as known, as in lme4; with few groups they are somewhat small.
    An estimate of 0 between groups, or of ±1 for a correlation, is a *boundary fit* (lme4: "singular"): a possible
    answer, not a failure.

    References
    ----------
    Bates, D., Mächler, M., Bolker, B. & Walker, S. (2015), "Fitting linear mixed-effects models using lme4",
    *Journal of Statistical Software* 67(1).
    Henderson, C. R. (1975), "Best linear unbiased estimation and prediction under a selection model", *Biometrics* 31.
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, ch. 11–13.
    Browne, W. J., Goldstein, H. & Rasbash, J. (2001), "Multiple membership multiple classification (MMMC) models",
    *Statistical Modelling* 1(2).

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 6.0, 7.0, 4.0, 4.5], "g": ["a", "a", "b", "b", "c", "c"]})
    >>> fit = lmm("y ~ 1 + (1 | g)", data)
    >>> fit.coef["g"]["Intercept"].round(3).to_dict()
    {'a': 1.577, 'b': 6.428, 'c': 4.245}
    >>> lmm("y ~ 1 + (1 | school)", data)
    Traceback (most recent call last):
    ...
    KeyError: 'The formula names school, but the data have no such column. Columns: y, g.'
    """
    if method not in ("REML", "ML"):
        raise ValueError(_('method must be "REML" or "ML", but it is {found!r}.', found=method))
    data = as_frame(data).copy(deep=False)  # a later change of the caller's frame leaves the fit alone
    frame = model_frame(formula, data, weights, membership)
    plain = len(frame.factors) == 1 and weights is None and not membership
    model = OneFactor(frame) if plain else SeveralFactors(frame)
    best = model.fit(reml=method == "REML")
    return LMMFit(frame, data, model, method, model.estimates(best.Lambda, best.at), best.certificate)

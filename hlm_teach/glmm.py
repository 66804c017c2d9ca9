"""Fit a multilevel logistic regression: on cells, by Laplace's approximation or adaptive quadrature.

    y_i of m_i trials ~ Binomial(p_i),   logit p_i = X_i β + Z_i b_j[i],   b_j ~ N(0, ΛΛ')

The way through the files:  formula → `hlm_teach.frame` (arrays) → `hlm_teach.cells` (counts) → `hlm_teach.logit_model`
(coordinates) → `hlm_teach.logit_search` (θ and β) ⇄ `hlm_teach.laplace` or `hlm_teach.quadrature` (likelihood and exact
gradient, on the blocks of `hlm_teach.logit_system`) → `hlm_teach.logit_fit` (the record).

What this file does not do: other families and links, priors, offsets.
"""

from __future__ import annotations

import numpy as np

from hlm_teach.cells import cells, counts, numeric_response
from hlm_teach.formula import parse
from hlm_teach.frame import model_frame
from hlm_teach.locale import _
from hlm_teach.logit_fit import GLMMFit
from hlm_teach.logit_model import LogitModel
from hlm_teach.rows import as_frame, check_complete, check_known

__all__ = ["glmm"]


def glmm(formula, data, family="binomial", weights=None, quadrature=1) -> GLMMFit:
    """Fit a multilevel logistic regression by maximum likelihood.

    Model: y_i of m_i trials ~ Binomial(p_i), logit p_i = X_i β + Z_i b_j[i], b_j ~ N(0, ΛΛ').

    Parameters
    ----------
    formula : str
        In lme4's syntax: ``"vote ~ church * college + (1 + church | income) + (1 | region)"``.
    data : DataFrame, shape (n, any)
        One row per person, with a response of 0 and 1; or one per cell, with a proportion and its trials.
    family : "binomial"
        The only one, with the logit link.
    weights : str or array (n,), optional
        The number of trials of each row: a column, or the numbers. Not survey weights.
    quadrature : int
        Nodes per group. 1 is Laplace's approximation; more (9 or 25, say) integrate better, for one factor with one
        varying coefficient.

    Returns
    -------
    GLMMFit
        ``fixef``, ``fixef_se``, ``ranef``, ``coef``, ``varcorr``, ``criterion``, ``predict()``, ``draws()`` …

    Raises
    ------
    KeyError
        If a variable is not a column.
    ValueError
        If the response is not 0/1 or no proportion of its trials, a factor has one level, predictors repeat each other
        or separate the 0s from the 1s, or no group has both. Each message names the rows, columns or groups.

    Notes
    -----
    Rows with equal predictors and groups are counted into cells first, which changes no number. ``criterion`` includes
    the binomial constants of the rows as given (lme4's ``logLik``, whose quadrature however leaves them out).
    The standard errors of β̂ come from the Hessian in θ and β together (lme4's default).
    Laplace's approximation is poor for few 0/1 rows per group and a large spread, where it makes the spread too small:
    compare with ``quadrature=25``.

    References
    ----------
    Bates, D. et al. (2015), *lme4*, vignette "Computational methods for mixed models", §"Generalized".
    Pinheiro, J. C. & Chao, E. C. (2006), "Efficient Laplacian and adaptive Gaussian quadrature algorithms for multilevel
    generalized linear mixed models", *Journal of Computational and Graphical Statistics* 15.
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, ch. 14.

    Examples
    --------
    >>> from hlm_teach import load
    >>> data = load("contraception").assign(uses=lambda d: d["use"] == "Y")
    >>> fit = glmm("uses ~ urban + (1 | district)", data)
    >>> fit.fixef.round(2).to_dict(), fit.n_obs, fit.n_cells
    ({'Intercept': -0.7, 'urban[T.Y]': 0.65}, 1934, 102)
    >>> glmm("use ~ urban + (1 | district)", data)
    Traceback (most recent call last):
    ...
    ValueError: use must be 0 or 1 in every row, but it holds 'N', 'Y'. Say which of them counts as 1: ...
    """
    if family != "binomial":
        raise ValueError(
            _('family must be "binomial" (with the logit link), but it is {found!r}.', found=family)
        )
    data = as_frame(data).copy(deep=False)
    frame = model_frame(formula, numeric_response(parse(formula), data))
    _check_nodes(quadrature, frame)
    label = weights if isinstance(weights, str) else "weights"
    successes, trials = counts(frame.y, frame.response, _trials(weights, data, label), label)
    model = LogitModel(frame, cells(frame, successes, trials))
    estimates, convergence = model.fit(quadrature)
    return GLMMFit(frame, data, model, (successes, trials), weights, quadrature, estimates, convergence)


def _trials(weights, data, label: str) -> np.ndarray | None:
    """Return the trials as given, shape (n,), or None."""
    if weights is None:
        return None
    if isinstance(weights, str):
        check_known([weights], data)
        weights = data[weights]
    trials = np.asarray(weights, dtype=float)
    if trials.shape != (len(data),):
        raise ValueError(
            _(
                "weights must be one number of trials per row, shape ({n},), but they have shape {shape}.",
                n=len(data),
                shape=trials.shape,
            )
        )
    check_complete(label, trials, data)
    return trials


def _check_nodes(quadrature: int, frame) -> None:
    if not isinstance(quadrature, int | np.integer) or not 1 <= quadrature <= 101:
        raise ValueError(
            _(
                "quadrature must be a whole number of nodes from 1 to 101, but it is {found!r}.",
                found=quadrature,
            )
        )
    varying = sum(len(term.columns.names) for term in frame.terms)
    if quadrature > 1 and varying > 1:
        raise ValueError(
            _(
                "Quadrature is for one factor with one varying coefficient, but the formula has {count} of them over "
                "{factors}. Use quadrature=1, Laplace's approximation.",
                count=varying,
                factors=", ".join(frame.factors),
            )
        )

"""How many degrees of freedom does the standard error of a coefficient rest on?

β̂_k/se is not normal, because se itself is estimated. Satterthwaite's answer: se² = v(θ, σ) varies as if it were a χ² with

    df = 2 v²/Var(v̂),        Var(v̂) = 2 v²/ν + g' (2 C⁻¹) g,        so        1/df = 1/ν + g'C⁻¹g/v²

with v(θ) = var β̂_k at the best σ for this θ, g = ∂v/∂θ, C the second derivative of the REML criterion in θ, ν = n − p.
The first term is what a regression without groups would say; the second is the price of not knowing θ. In balanced data a
predictor of whole groups gets exactly J − p, and so does a mean of varying slopes.

Both derivatives are exact for one grouping factor (`hlm_teach.criterion`): with A = X'V⁻¹X and s = ν σ̂²,
dA = −Σ_j H_j'dΣH_j and ds = −Σ_j g_j'dΣg_j. For several factors they are differences, extrapolated.

What this file does not do: correct the standard errors themselves for small J (Kenward and Roger, 1997).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach.criterion import profile, slopes
from hlm_teach.locale import _
from hlm_teach.newton import derivatives
from hlm_teach.one_factor import OneFactor
from hlm_teach.stacks import gram

__all__ = [
    "coefficient_table",
    "curvature",
    "degrees_of_freedom",
    "differences",
    "variance_and_derivatives",
]

FLAT = 1e-8  # a direction of θ with less curvature than this share of the largest counts as known


def degrees_of_freedom(fit, method: str = "satterthwaite") -> pd.Series:
    """Return one df per fixed coefficient; see `hlm_teach.LMMFit.df`."""
    if method == "satterthwaite":
        values = _satterthwaite(fit)
    elif method == "residual":
        values = np.full(len(fit.fixef), float(fit.n_obs - len(fit.fixef)))
    elif method == "between-within":
        values = _between_within(fit)
    else:
        raise ValueError(
            _(
                'method must be "satterthwaite", "between-within" or "residual", but it is {found!r}.',
                found=method,
            )
        )
    return pd.Series(values, index=fit.fixef.index, name="df")


def coefficient_table(fit, df: str = "satterthwaite") -> pd.DataFrame:
    """Return estimate, se, df, t and p of each fixed coefficient."""
    from scipy.stats import t as student

    degrees = degrees_of_freedom(fit, df)
    t = fit.fixef / fit.fixef_se
    p = 2 * student.sf(np.abs(t), degrees)
    return pd.DataFrame({"estimate": fit.fixef, "se": fit.fixef_se, "df": degrees, "t": t, "p": p})


def _satterthwaite(fit) -> np.ndarray:
    v, g, curvature = variance_and_derivatives(fit)
    nu = fit.n_obs - len(v) if fit.method == "REML" else fit.n_obs
    relative = g / v[:, None]
    size, axes = np.linalg.eigh(curvature)
    known = size <= FLAT * max(size.max(), 1e-300)  # on the boundary: θ does not move there
    share = np.where(known, 0.0, (relative @ axes) ** 2 / np.where(known, 1.0, size)).sum(axis=1)
    return 1 / (1 / nu + share)


def variance_and_derivatives(fit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return var β̂ (p,), its gradient in θ (p, m) and the Hessian of the criterion in θ (m, m), in Newton's coordinates.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
    >>> v, g, C = variance_and_derivatives(fit)
    >>> bool(np.isclose(v[0], fit.fixef_se.iloc[0] ** 2))
    True
    """
    if isinstance(fit.model, OneFactor):
        return _exact(fit)
    return _by_differences(fit)


def _exact(fit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    model, reml = fit.model, fit.method == "REML"
    Lambda = model.newtons(fit.theta)
    at = profile(model.c, Lambda, reml)
    d = slopes(at)
    _gradient, curvature = derivatives(model.layout, Lambda, d)
    p = len(at.beta)
    white = np.linalg.inv(at.factor)
    H = gram(at.UR, np.matmul(white, at.UE[:, :p]))  # H_j A^(−1/2)', shape (r, p, J)
    back = model.back.scale * np.sqrt(at.sigma2) * (model.back.B @ white.T)  # vcov = back back'
    v, gradient = (back**2).sum(axis=1), []
    for i, k in zip(model.layout.rows, model.layout.columns, strict=True):
        D = np.zeros_like(Lambda)
        D[i] = Lambda[:, k]
        D = D + D.T
        M = np.einsum("apj,ab,bqj->pq", H, D, H)
        relative = -float((d.spread * D).sum()) / (at.nu * at.sigma2)
        gradient.append(relative * v + np.einsum("ip,pq,iq->i", back, M, back))
    return v, np.array(gradient).T, curvature


def _by_differences(fit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Central differences in θ at two widths, extrapolated; an SD of 0 counts as known."""
    model, reml, theta = fit.model, fit.method == "REML", fit.theta
    moves, C = curvature(fit)
    v = np.diag(model.at(theta, reml)[0].vcov)
    if not len(moves):
        return v, np.zeros((len(v), 1)), np.ones((1, 1))
    return v, differences(lambda x: np.diag(model.at(x, reml)[0].vcov), theta, moves).T, C


def differences(function, theta: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Return how fast a function of θ changes along each move, shape (moves, …).

    Examples
    --------
    >>> differences(lambda x: x[0] ** 3, np.array([2.0]), np.array([[0.01]])).round(9)   # 3·2²·0.01
    array([0.12])
    """

    def slope(h):
        return np.array([(function(theta + h * d) - function(theta - h * d)) / (2 * h) for d in moves])

    return (4 * slope(0.5) - slope(1.0)) / 3


def curvature(fit) -> tuple[np.ndarray, np.ndarray]:
    """Return small moves of θ, shape (k, m), and the second derivative of the criterion along them, (k, k).

    A diagonal entry of Λ that is 0 does not move. The covariance of θ̂ along the moves is 2 C⁻¹.
    """
    theta, layout = fit.theta, fit.model.layout
    step = 0.02 * np.maximum(np.abs(theta), 0.2 * np.abs(theta).max() + 1e-3)
    moves = np.diag(step)[~((layout.rows == layout.columns) & (theta == 0))]

    def value(x):
        return fit.model.criterion(x, fit.method == "REML")

    def bend(h):
        C, middle = np.zeros((len(moves), len(moves))), value(theta)
        for i, one in enumerate(moves):
            C[i, i] = (value(theta + h * one) - 2 * middle + value(theta - h * one)) / h**2
            for k, two in enumerate(moves[:i]):
                signs = ((1, 1), (-1, -1), (1, -1), (-1, 1))
                ends = [value(theta + h * (a * one + b * two)) for a, b in signs]
                C[i, k] = C[k, i] = (ends[0] + ends[1] - ends[2] - ends[3]) / (4 * h**2)
        return C

    return moves, (4 * bend(0.5) - bend(1.0)) / 3 if len(moves) else np.zeros((0, 0))


def _between_within(fit) -> np.ndarray:
    """Return J − (columns constant in groups) for those columns, and what is left over for the others."""
    if len(fit.frame.factors) > 1:
        raise ValueError(
            _(
                "Between-within degrees of freedom need one grouping factor, but the fit has {factors}. Use "
                'method="satterthwaite".',
                factors=", ".join(fit.frame.factors),
            )
        )
    (groups,) = fit.frame.factors.values()
    if getattr(groups, "members", None) is not None:
        raise ValueError(
            _(
                "Between-within degrees of freedom need rows that belong to one group each, but {factor} has several per row. "
                'Use method="satterthwaite".',
                factor=groups.name,
            )
        )
    J, between = len(groups.levels), []
    for column in fit.frame.x.arrays:
        table = pd.Series(np.asarray(column, dtype=float)).groupby(groups.codes)
        between.append(bool(np.all(table.max() - table.min() <= 1e-12 * (np.abs(column).max() + 1e-300))))
    between = np.array(between)
    return np.where(between, J - between.sum(), fit.n_obs - J - (~between).sum()).astype(float)

"""Joint draws of all coefficients of a fit: β and every group's deviations, with the errors that they share.

For a linear mixed model, Henderson's equations for (β, u) with b = Λu have the matrix M = [X'X  X'ZΛ; Λ'Z'X  Λ'Z'ZΛ + I],
and given θ and σ

    (β − β̂, u − û) ~ N(0, σ² M⁻¹)

so one Cholesky factor of M gives as many draws as wanted. X is replaced by an orthonormal basis of its columns, which
keeps predictors far from 0 (calendar years) from harming the factor. The logit model draws in its own coordinates
(`hlm_teach.logit_model`) and returns the same record.

What this file does not do: the uncertainty of θ̂ and σ̂. M is dense, so this is for hundreds or a few thousand groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.linalg import solve_triangular

from hlm_teach.locale import _
from hlm_teach.prediction import membership

__all__ = ["Draws", "need_draws", "of_lmm"]

MOST = 8000  # coefficients in all


@dataclass(frozen=True)
class Draws:
    """Joint draws of a fit's coefficients.

    Attributes
    ----------
    fixef : DataFrame, shape (n, p)
        One row per draw.
    ranef : dict, factor → array (n, J, r)
        Deviations, in the order of the levels and coefficients of ``fit.ranef``.
    cov : dict, factor → array (n, r, r)
        The covariance over groups that each draw was made with.
    """

    fixef: pd.DataFrame
    ranef: dict[str, np.ndarray]
    cov: dict[str, np.ndarray]


def need_draws(n) -> int:
    """Return a number of draws, or say that it is none."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(_("The number of draws must be a whole number >= 1, but it is {found!r}.", found=n))
    return int(n)


def of_lmm(fit, n: int, rng) -> Draws:
    """Return n draws from a linear mixed model; see `LMMFit.draws`."""
    x = np.column_stack([np.asarray(a, dtype=float) for a in fit.frame.x.arrays])
    root_w = np.sqrt(np.ones(len(x)) if fit.frame.weights is None else fit.frame.weights)
    q, r = np.linalg.qr(x * root_w[:, None])
    Z = _varying(fit, root_w)
    size = q.shape[1] + Z.shape[1]
    if size > MOST:
        raise ValueError(
            _(
                "Draws need a matrix of all coefficients, at most {most}, but this fit has {size}.",
                most=MOST,
                size=size,
            )
        )
    cross = np.asarray(Z.T @ q)
    M = np.block([[np.eye(q.shape[1]), cross.T], [cross, (Z.T @ Z).toarray() + np.eye(Z.shape[1])]])
    half = np.linalg.cholesky(M)
    error = fit.sigma * solve_triangular(half.T, rng.standard_normal((size, n)), lower=False)
    beta = fit.fixef.to_numpy()[:, None] + solve_triangular(r, error[: len(r)], lower=False)
    deviations, start = {}, len(r)
    for name in fit.frame.factors:
        root = fit.estimates.Lambda[fit.model.inside[name], fit.model.inside[name]]
        J = len(fit.frame.factors[name].levels)
        own = error[start : start + J * len(root)].reshape(J, len(root), n)
        deviations[name] = fit.ranef[name].to_numpy() + np.einsum("ab,jbn->nja", root, own)
        start += J * len(root)
    cov = {name: np.broadcast_to(v.cov.to_numpy(), (n, *v.cov.shape)) for name, v in fit.varcorr.items()}
    return Draws(pd.DataFrame(beta.T, columns=list(fit.frame.x.names)), deviations, cov)


def _varying(fit, root_w: np.ndarray) -> sparse.csr_array:
    """Return ZΛ, (n × Σ Jr), group by group, with rows times the root of their weights."""
    columns = {name: [] for name in fit.frame.factors}
    for term in fit.frame.terms:
        columns[term.factor] += [np.asarray(a, dtype=float) for a in term.columns.arrays]
    parts = []
    for name, factor in fit.frame.factors.items():
        root = fit.estimates.Lambda[fit.model.inside[name], fit.model.inside[name]]
        z = np.array(columns[name]).T @ root * root_w[:, None]
        members = sparse.csr_array(membership(factor))
        J, r = members.shape[1], z.shape[1]
        scaled = [sparse.coo_array(members.multiply(z[:, [a]])) for a in range(r)]
        rows, places, values = (
            np.concatenate([part.coords[0] for part in scaled]),
            np.concatenate([part.coords[1] * r + a for a, part in enumerate(scaled)]),
            np.concatenate([part.data for part in scaled]),
        )
        parts.append(sparse.csr_array((values, (rows, places)), shape=(len(z), J * r)))
    return sparse.csr_array(sparse.hstack(parts))

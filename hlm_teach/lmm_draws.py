"""Joint draws of all coefficients of a linear mixed model, given θ̂ and σ̂.

Henderson's equations for (β, u) with b = Λu have the matrix M = [X'X  X'ZΛ; Λ'Z'X  Λ'Z'ZΛ + I], and given θ and σ

    (β − β̂, u − û) ~ N(0, σ² M⁻¹)

so one Cholesky factor of M gives as many draws as wanted. X is replaced by an orthonormal basis of its columns, which
keeps predictors far from 0 (calendar years) from harming the factor.

What this file does not do: the uncertainty of θ̂ and σ̂. M is dense, so this is for hundreds or a few thousand groups.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.linalg import solve_triangular

from hlm_teach.locale import _
from hlm_teach.prediction import membership

__all__ = ["joint_draws"]

MOST = 8000  # coefficients in all


def joint_draws(fit, n: int, rng) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return n draws of β (n × p) and of each factor's deviations, (n, J, r); see `LMMFit.draws`."""
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
    return pd.DataFrame(beta.T, columns=list(fit.frame.x.names)), deviations


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

"""How uncertain is a prediction? The joint covariance of β̂ and b̂ − b, given θ.

Henderson's equations give β̂ and all b̂ at once, and the inverse of their matrix is the joint covariance of the errors:

    Var(β̂ − β, b̂ − b) = σ² [X'X  X'Z; Z'X  Z'Z + Σ⁻¹]⁻¹

The errors of β̂ and of b̂_j are correlated (where the line is too high, the deviations are too low), so their variances must
not be added. In blocks, with K_j = Σ Z_j'V_j⁻¹X_j and C_j the conditional covariance of b_j given β:

    x'β̂ + z'b̂_j − (x'β + z'b_j) has variance   (x − K_j'z)' Var(β̂) (x − K_j'z) + z'C_j z
    for a new group                              x' Var(β̂) x + σ²z'Σz
    for a new row, in addition                   σ²

Rows are described by X (n × p), by the varying columns z of each factor, and by a sparse matrix (n × J) of who belongs to
which group. A difference of two groups is a row with +1 and −1.

What this file does not do: the uncertainty of θ̂ and σ̂, which are taken as true; with few groups intervals are too short.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy import sparse

from hlm_teach.blocks import scaled
from hlm_teach.criterion import profile
from hlm_teach.joint import joint
from hlm_teach.locale import _
from hlm_teach.one_factor import OneFactor
from hlm_teach.stacks import cholesky, forward, gram

__all__ = ["check_level", "prediction_interval", "variances"]

AT_ONCE = 4_000_000  # numbers of an intermediate table


def check_level(level: float) -> float:
    """Return a share between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(
            _("level must be a share between 0 and 1, but level = {level}. For 95% pass 0.95.", level=level)
        )
    return float(level)


def prediction_interval(fit, x, varying, factors, estimate: pd.Series, interval: str, level: float):
    """Return estimate, lower, upper and se of each row; see `LMMFit.predict`."""
    if interval not in ("confidence", "prediction"):
        raise ValueError(
            _(
                'interval must be "confidence" (of the expected value) or "prediction" (of a new row), or None, '
                "but it is {found!r}.",
                found=interval,
            )
        )
    z, groups = {factor: [] for factor in factors}, {}
    for term, columns in zip(fit.frame.terms, varying, strict=True):
        z[term.factor] += list(columns.arrays)
    for name, factor in factors.items():
        groups[name] = membership(factor)
    variance = variances(fit, np.column_stack(x.arrays), z, groups)
    for name, factor in factors.items():
        variance += _new_groups(fit, name, factor, z[name])
    if interval == "prediction":
        variance += fit.sigma**2
    se = np.sqrt(variance)
    half = NormalDist().inv_cdf((1 + check_level(level)) / 2) * se
    columns = {"estimate": estimate, "lower": estimate - half, "upper": estimate + half, "se": se}
    return pd.DataFrame(columns, index=estimate.index)


def membership(factor) -> sparse.csr_array:
    """Return who belongs to which group, (n × J); the row of an unknown group is empty."""
    if factor.members is not None:
        return factor.members
    known = np.flatnonzero(factor.codes >= 0)
    shape = (len(factor.codes), len(factor.levels))
    return sparse.csr_array((np.ones(len(known)), (known, factor.codes[known])), shape=shape)


def _new_groups(fit, name: str, factor, z: list) -> np.ndarray:
    """Return σ²z'Σz where the group is new, else 0."""
    inside = fit.model.inside[name]
    if factor.members is not None:
        if (factor.members.sum(axis=1) < 1 - 1e-6).any():
            raise ValueError(
                _(
                    "An interval needs groups of the fit in the weights of {factor}: how a row is shared between new "
                    "groups is not known. Predict without interval, or leave the new groups out.",
                    factor=name,
                )
            )
        return np.zeros(factor.members.shape[0])
    root = fit.sigma * fit.estimates.Lambda[inside, inside]
    spread = (np.column_stack(z) @ root) ** 2
    return np.where(factor.codes < 0, spread.sum(axis=1), 0.0)


def variances(fit, X: np.ndarray, z: dict[str, list], groups: dict) -> np.ndarray:
    """Return Var(x'β̂ + z'(b̂ − b)) of each row given θ, shape (n,).

    Parameters
    ----------
    X : array, shape (n, p)
    z : dict, factor → list of r arrays, shape (n,)
    groups : dict, factor → sparse array, shape (n, J)
    """
    found = np.empty(len(X))
    of_rows = _OneFactorErrors(fit) if isinstance(fit.model, OneFactor) else _SeveralErrors(fit)
    step = max(1, AT_ONCE // of_rows.width)
    for start in range(0, len(X), step):
        rows = slice(start, start + step)
        part = {name: np.array([column[rows] for column in columns]) for name, columns in z.items()}
        inside = {name: matrix[rows] for name, matrix in groups.items()}
        found[rows] = of_rows(X[rows], part, inside)
    return np.maximum(fit.sigma**2 * found, 0.0)


def given_fixed(R: np.ndarray, root: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Return O(I + root'R_j'R_j root)⁻¹O': with O = Λ the conditional covariance of b_j, (r, r, J), relative to σ²."""
    F = np.matmul(root.T, R)
    M = gram(F, F)
    M[range(len(M)), range(len(M))] += 1
    half = forward(cholesky(M, least=1.0), np.repeat(outer.T[:, :, None], R.shape[2], axis=2))
    return gram(half, half)


class _OneFactorErrors:
    """The variances of rows of a one-factor fit, relative to σ²."""

    def __init__(self, fit):
        model = fit.model
        self.B, self.name, self.width = model.back.B, model.factor, model.c.p + len(model.layout.K)
        Lambda_p = model.newtons(fit.theta)
        at = profile(model.c, Lambda_p, reml=False)
        Lambda = np.linalg.inv(model.layout.K) @ Lambda_p
        H = gram(at.UR, at.UE[:, :-1])
        self.K = np.einsum("ab,bpj->ajp", Lambda @ Lambda_p.T, H)
        self.C = given_fixed(model.c.R, Lambda_p, Lambda)
        self.half = np.linalg.inv(at.factor).T

    def __call__(self, X: np.ndarray, z: dict, groups: dict) -> np.ndarray:
        z, A = z[self.name], groups[self.name]
        w, square = X @ self.B, A.multiply(A).tocsr()
        inner = np.zeros(len(X))
        for a, column in enumerate(z):
            w -= column[:, None] * (A @ self.K[a])
            for b, other in enumerate(z):
                inner += column * other * (square @ self.C[a, b])
        return inner + ((w @ self.half) ** 2).sum(axis=1)


class _SeveralErrors:
    """The same for several factors: conditional on the others and X for the eliminated one, jointly for the rest."""

    def __init__(self, fit):
        self.model, blocks = fit.model, fit.model.blocks
        Lambda_p = fit.model.newtons(fit.theta)
        at = joint(blocks, Lambda_p, reml=False)
        self.size = blocks.m + blocks.p
        self.width = self.size
        self.K = at.covariance(at.inverse(self.size))[: self.size, : self.size]
        if blocks.first is not None:
            root = Lambda_p[blocks.first.inside, blocks.first.inside]
            self.H, self.Sigma = [sparse.csr_array(rows)[:, : self.size] for rows in at.H], root @ root.T
            self.C = given_fixed(blocks.R, root, root)

    def __call__(self, X: np.ndarray, z: dict, groups: dict) -> np.ndarray:
        back, parts, inner, taken = np.linalg.inv(self.model.layout.K), [], np.zeros(len(X)), None
        for (name, inside), part in zip(self.model.inside.items(), self.model.blocks.parts, strict=True):
            own, A = back[inside, inside].T @ z[name], groups[name]
            if part.columns is not None:
                parts += [scaled(A, column) for column in own]
                continue
            square = A.multiply(A).tocsr()
            for a, column in enumerate(own):
                for b, other in enumerate(own):
                    inner += column * other * (square @ self.C[a, b])
            taken = sum(scaled(A, c) @ rows for c, rows in zip(self.Sigma @ own, self.H, strict=True))
        v = sparse.hstack([*parts, sparse.csr_array(X @ self.model.back.B)], format="csr")
        v = sparse.csr_array(v if taken is None else v - taken)
        return inner + np.asarray(v.multiply(v @ self.K).sum(axis=1)).ravel()

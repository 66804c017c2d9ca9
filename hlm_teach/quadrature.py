"""Adaptive Gauss–Hermite quadrature: the logit likelihood of one varying coefficient, as exactly as one likes.

With one factor and one varying coefficient the likelihood is a product of J one-dimensional integrals. Each is taken with
k nodes, placed around the mode û_j in units of its curvature, s_j = H_j^(−1/2):

    u_jk = û_j + s_j x_k,    −2 log L ≈ −2 Σ_j { log s_j + log Σ_k ω_k exp(x_k²/2 − D_j(u_jk)/2) }

x_k, ω_k are nodes and weights for the standard normal density; k = 1 is Laplace's approximation.

Gradient. With π_jk the share of node k in its sum, D' the derivative of D_j in u, and

    α_j = Σ_k π_jk D'_j(u_jk)/2,   c_j = 1 − Σ_k π_jk x_k s_j D'_j(u_jk)/2,

the parameters act directly on every node, on û_j (weight 2α_j) and on log H_j (weight c_j).
What this file does not do: several varying coefficients, for which the nodes would multiply.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import expit, logsumexp

from hlm_teach.laplace import Value, find_mode
from hlm_teach.logit_system import System

__all__ = ["normal_nodes", "quadrature"]


@lru_cache
def normal_nodes(k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return k nodes and weights with Σ ω f(x) ≈ E f(x) for a standard normal x, exact for polynomials of degree 2k − 1.

    Examples
    --------
    >>> x, weight = normal_nodes(5)
    >>> round(float(weight @ x**4), 12)                # the fourth moment of a standard normal
    3.0
    """
    x, weight = np.polynomial.hermite_e.hermegauss(k)
    return x, weight / weight.sum()


def quadrature(k: int, s: System, roots: list[np.ndarray], beta: np.ndarray, u: np.ndarray) -> Value:
    """Return −2 log L by k nodes per group, and its gradient; u is where the search for the modes starts."""
    at = find_mode(s, roots, beta, u)
    ((groups,), ((lam,),)) = s.groups, roots[0]
    z, codes, J = groups.z[0], groups.codes, groups.J
    a = lam * z

    def total(rows):  # over the cells of each group
        return np.bincount(codes, rows, minlength=J)

    x, weight = normal_nodes(k)
    H = 1 + total(a * a * at.w)
    size = H**-0.5
    nodes = at.u + np.outer(x, size)  # (k, J)
    base = beta @ s.x
    eta = base + a * nodes[:, codes]
    D = nodes**2 + 2 * np.array([total(s.m * np.logaddexp(0, row) - s.y * row) for row in eta])
    parts = (np.log(weight) + x**2 / 2)[:, None] - D / 2
    log_sum = logsumexp(parts, axis=0)
    criterion = float(-2 * np.sum(np.log(size) + log_sum))

    share = np.exp(parts - log_sum)  # π
    error = s.m * expit(eta) - s.y
    mean_error = np.einsum("kc,kc->c", share[:, codes], error)
    half = np.array([total(a * row) for row in error]) + nodes  # D'/2
    alpha = (share * half).sum(axis=0)
    c = 1 - (share * half * np.outer(x, size)).sum(axis=0)

    v = a * a / H[codes] * at.w * (1 - 2 * at.p)
    t = (c * total(a * v) + 2 * alpha) / H
    by_beta = s.x @ (2 * mean_error + c[codes] * v - at.w * a * t[codes])
    direct = 2 * np.einsum("kc,kc,kc->c", share[:, codes], error, nodes[:, codes]) @ z
    through_H = (c * at.u) @ total(v * z) + 2 * c @ (total(a * at.w * z) / H)
    through_u = t @ (at.u * total(a * at.w * z) + total(z * at.error))
    return Value(criterion, by_beta, [np.array([[direct + through_H - through_u]])], at)

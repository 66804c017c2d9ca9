"""Given Λ everything is in closed form: the profiled likelihood, its gradient and its Hessian.

    y_j = X_j β + Z_j b_j + ε_j,   b_j ~ N(0, σ²Σ),   Σ = ΛΛ',   ε_j ~ N(0, σ²I)

On the pseudo-rows of `hlm_teach.compress` the covariance of group j is σ²V_j with V_j = I + R_j Σ R_j'. Then

    A = W + Σ_j E_j' V_j⁻¹ E_j            a sum of positive terms: nothing cancels
    β̂ = A_XX⁻¹ A_Xy,   s = A_yy − A_yX β̂,   σ̂² = s/ν,   ν = n (ML) or n − p (REML)
    criterion = Σ_j log|V_j| + ν (1 + log(2π s/ν)) + [REML] log|A_XX|

One Cholesky factor of A gives β̂ and s. With Z_j = 1, V_j = 1 + n_j θ²: the weight of a group's mean in A is
n_j/(1 + n_j θ²), the precision weight of partial pooling.

Derivatives in the covariance Σ (not yet in Λ): with

    G_j = R_j'V_j⁻¹R_j,   H_j = R_j'V_j⁻¹E_jX,   g_j = R_j'V_j⁻¹(E_jy − E_jX β̂),   P_j = H_j A_XX⁻¹ H_j' [REML, else 0]

    Γ = Σ_j G_j − (ν/s) g_j g_j' − P_j          the gradient; and g_j leads to the BLUP, b̂_j = Σ g_j
    ∂²[D₁, D₂] = Σ_j tr(D₁ G_j D₂ B_j) − 2(ν/s) k₁'k₂ − (ν/s²) s₁ s₂ − tr(M₁ M₂)

    B_j = −G_j + 2(ν/s) g_j g_j' + 2P_j;  for a direction D, writing H̃_j = H_j A_XX^(−1/2):
    k = Σ_j H̃_j'D g_j,   s₁ = Σ_j g_j'D g_j,   M = Σ_j H̃_j'D H̃_j [REML, else 0]

What this file does not do: search for the best Λ (`hlm_teach.newton`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hlm_teach.compress import Compressed
from hlm_teach.stacks import cholesky, forward, gram

__all__ = ["Profile", "Slopes", "profile", "slopes"]


@dataclass(frozen=True)
class Profile:
    """The profiled likelihood at one Λ.

    Attributes
    ----------
    criterion : float
        REML criterion, or −2 log-likelihood.
    logdet_V, logdet_X : float
        Σ_j log|V_j| and log|A_XX|.
    s, sigma2 : float
        The weighted residual sum of squares and s/ν.
    nu : int
        n − p for REML, n for ML.
    beta : array, shape (p,)
        Generalised least squares, on the scale of the compressed columns.
    factor : array, shape (p, p)
        Lower Cholesky factor of A_XX.
    UR, UE : arrays, shape (q, r, J) and (q, p + 1, J)
        L_j⁻¹R_j and L_j⁻¹E_j, where L_j L_j' = V_j.
    """

    criterion: float
    logdet_V: float
    logdet_X: float
    s: float
    sigma2: float
    nu: int
    reml: bool
    beta: np.ndarray
    factor: np.ndarray
    UR: np.ndarray = field(repr=False)
    UE: np.ndarray = field(repr=False)

    def g(self) -> np.ndarray:
        """Return g_j = R_j'V_j⁻¹(E_jy − E_jX β̂), shape (r, J)."""
        residual = self.UE[:, -1] - np.matmul(self.beta, self.UE[:, :-1])
        return gram(self.UR, residual[:, None])[:, 0]


def profile(c: Compressed, Lambda: np.ndarray, reml: bool = True) -> Profile:
    """Evaluate the profiled likelihood at Λ.

    Parameters
    ----------
    c : Compressed
        The sufficient statistics.
    Lambda : array, shape (r, any)
        Σ = ΛΛ' is the covariance of the coefficients of Z relative to σ²; Λ = 0 is complete pooling.
    reml : bool
        REML, else ML.

    Returns
    -------
    Profile
        Criterion, β̂, σ̂² and the whitened pseudo-rows.

    References
    ----------
    Bates, D. et al. (2015), *J. Stat. Software* 67(1), §3.4, eq. 34 and 41.

    Examples
    --------
    >>> from hlm_teach.compress import compress
    >>> one = np.ones(5)
    >>> c = compress(y=[1.0, 3.0, 4.0, 8.0, 9.0], x=[one], z=[one], codes=[0, 0, 1, 1, 1])
    >>> at = profile(c, np.zeros((1, 1)), reml=False)
    >>> print(round(at.sigma2 * c.x_scale[-1] ** 2, 2))          # Λ = 0: the variance of y
    9.2
    """
    (q, r, _J), p = c.R.shape, c.p
    F = np.matmul(Lambda.T, c.R)  # R_j Λ
    V = gram(F.transpose(1, 0, 2), F.transpose(1, 0, 2))
    V[range(q), range(q)] += 1
    L = cholesky(V, least=1.0)
    U = forward(L, np.concatenate([c.R, c.E], axis=1))
    UR, UE = U[:, :r], U[:, r:]
    flat = UE.transpose(1, 0, 2).reshape(p + 1, -1)
    C = np.linalg.cholesky(c.W + flat @ flat.T)
    factor, s = C[:p, :p], C[p, p] ** 2
    beta = np.linalg.solve(factor.T, C[p, :p])
    logdet_V = 2 * float(np.log(L[range(q), range(q)]).sum())
    logdet_X = 2 * float(np.log(np.diag(factor)).sum())
    nu = c.n - p if reml else c.n
    criterion = logdet_V + nu * (1 + np.log(2 * np.pi * s / nu)) + (logdet_X if reml else 0.0)
    return Profile(
        float(criterion), logdet_V, logdet_X, float(s), float(s / nu), nu, reml, beta, factor, UR, UE
    )


@dataclass(frozen=True)
class Slopes:
    """First and second derivatives of the criterion in the covariance Σ.

    Attributes
    ----------
    gamma : array, shape (r, r)
        Γ: the criterion changes by tr(Γ dΣ).
    information : array, shape (r, r)
        Σ_j G_j, the size against which Γ is small or not.
    pairs, crossed, spread, fixed : arrays
        Σ_j B_j ⊗ G_j, Σ_j H̃_j ⊗ g_j, Σ_j g_j g_j' and Σ_j H̃_j ⊗ H̃_j: all that the second derivative needs.
    """

    gamma: np.ndarray
    information: np.ndarray
    pairs: np.ndarray
    crossed: np.ndarray
    spread: np.ndarray
    fixed: np.ndarray | None
    nu: int
    s: float

    def second(self, D: np.ndarray) -> np.ndarray:
        """Return ∂²[D_k, D_l] for m symmetric directions, D (m, r, r) → (m, m)."""
        flat = D.reshape(len(D), -1)
        k = flat @ self.crossed
        s1 = flat @ self.spread.ravel()
        ratio = self.nu / self.s
        total = flat @ self.pairs @ flat.T - 2 * ratio * k @ k.T - ratio / self.s * np.outer(s1, s1)
        if self.fixed is not None:
            M = flat @ self.fixed
            total -= M @ M.T
        return (total + total.T) / 2


def slopes(at: Profile) -> Slopes:
    """Differentiate the criterion in Σ at an evaluated Λ; see the module's formulas.

    Examples
    --------
    >>> from hlm_teach.compress import compress
    >>> one = np.ones(5)
    >>> c = compress(y=[1.0, 3.0, 4.0, 8.0, 9.0], x=[one], z=[one], codes=[0, 0, 1, 1, 1])
    >>> at = profile(c, np.array([[0.7]]))
    >>> h = 1e-6                                      # Γ is the slope in θ²
    >>> up, down = (profile(c, np.array([[np.sqrt(0.49 + d)]])).criterion for d in (h, -h))
    >>> bool(abs(slopes(at).gamma[0, 0] - (up - down) / (2 * h)) < 1e-7)
    True
    """
    r, p = at.UR.shape[1], len(at.beta)
    G = gram(at.UR, at.UR)
    white = np.matmul(np.linalg.inv(at.factor), at.UE[:, :p])
    H = gram(at.UR, white)
    g = at.g()
    gg = g[:, None] * g[None]
    ratio = at.nu / at.s
    gamma = G - ratio * gg
    B = 2 * ratio * gg - G
    if at.reml:
        P = gram(H.transpose(1, 0, 2), H.transpose(1, 0, 2))
        gamma -= P
        B += 2 * P
    flat_G, flat_H = G.reshape(r * r, -1), H.reshape(r * p, -1)
    # B_ab G_cd, for tr(D₁ G D₂ B) = B_ba D₁_ac G_cd D₂_db
    pairs = (B.reshape(r * r, -1) @ flat_G.T).reshape(r, r, r, r)
    fixed = None
    if at.reml:
        fixed = (flat_H @ flat_H.T).reshape(r, p, r, p).transpose(0, 2, 1, 3).reshape(r * r, p * p)
    return Slopes(
        gamma=gamma.sum(axis=2),
        information=G.sum(axis=2),
        pairs=pairs.transpose(0, 2, 3, 1).reshape(r * r, r * r),
        crossed=(flat_H @ g.T).reshape(r, p, r).transpose(0, 2, 1).reshape(r * r, p),
        spread=gg.sum(axis=2),
        fixed=fixed,
        nu=at.nu,
        s=at.s,
    )

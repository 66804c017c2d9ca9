"""Laplace's approximation of the logit model's likelihood, with its exact gradient.

The likelihood is an integral over u. Its logarithm's integrand −D(u)/2, with

    D(u) = −2 Σ [y η − m log(1 + e^η)] + |u|²,      η = Xβ + A u,   A = ZΛ,

has one maximum, û, found by Newton's method. Taking D for the parabola that touches it there gives

    −2 log L ≈ D(û) + log|H|,      H = I + A'WA,   W = m p(1 − p).

Gradient. û and H depend on the parameters through η, so with h = diag(A H⁻¹A'), v = h·W(1 − 2p), t = H⁻¹A'v and
ρ = 2(mp − y) + v − W·At:

    ∂/∂β = X'ρ,     ∂/∂Λ = Σ_j [Z_j'ρ] u_j' + 2 Z'WAH⁻¹ (own groups) − Σ_j [Z_j'(mp − y)] t_j'

What this file does not do: search (`hlm_teach.logit_search`); integrate better (`hlm_teach.quadrature`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from hlm_teach.logit_system import Factored, System

__all__ = ["Mode", "Value", "find_mode", "joint_information", "laplace", "slopes_of"]

LAST = 1e-10  # a Newton step that promises less than this is the last: what it leaves is of the size of its square


@dataclass(frozen=True)
class Mode:
    """The best û at given β and Λ, and what Newton's method knew there.

    Attributes
    ----------
    roots : list of arrays (r, r)
        Λ of each factor.
    beta, u : arrays, shape (p,) and (n_u,)
        The parameters.
    A : array, shape (R, C)
        Non-zero entries of ZΛ.
    p, w, error : arrays, shape (C,)
        Probabilities, weights m p(1 − p), and m p − y.
    D : float
        The penalised deviance.
    H : Factored
        I + A'WA.
    """

    roots: list[np.ndarray]
    beta: np.ndarray
    u: np.ndarray
    A: np.ndarray
    eta: np.ndarray
    p: np.ndarray
    w: np.ndarray
    error: np.ndarray
    D: float
    H: Factored


@dataclass(frozen=True)
class Value:
    """−2 log L (without the binomial constants) and its gradient: in β (p,), and in Λ of each factor (r, r)."""

    criterion: float
    beta: np.ndarray
    roots: list[np.ndarray]
    mode: Mode


def find_mode(
    s: System, roots: list[np.ndarray], beta: np.ndarray, u: np.ndarray, joint: bool = False, most: int = 200
) -> Mode:
    """Find û for given Λ and β by Newton's method; with ``joint``, the best β along with it."""
    A = s.columns(roots)
    last = False
    eta, D = _deviance(s, A, beta, u)
    for _step in range(most):
        p = expit(eta)
        error, w = s.m * p - s.y, s.m * p * (1 - p)
        H = s.factor(A, w)
        if last:
            break
        g = -s.scatter(A * error) - u
        if joint:
            S, M = joint_information(s, A, w, H)
            slope = -s.x @ error
            by = np.linalg.solve(S, slope - M.T @ H.solve(g))
            step = H.solve(g - M @ by)
            promise = float(g @ step + slope @ by)
        else:
            by, step = 0.0, H.solve(g)
            promise = float(g @ step)
        share, last = 1.0, promise < LAST
        eta, there = _deviance(s, A, beta + by, u + step)
        while not last and not there <= D + 1e-12 * (1 + abs(D)) and share > 1e-8:
            share /= 2
            eta, there = _deviance(s, A, beta + share * by, u + share * step)
        beta, u, D = beta + share * by, u + share * step, there
    return Mode(roots, beta, u, A, eta, p, w, error, D, H)


def _deviance(s: System, A: np.ndarray, beta: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, float]:
    eta = beta @ s.x + np.einsum("rc,rc->c", A, s.gather(u))
    return eta, float(2 * (s.m @ np.logaddexp(0, eta) - s.y @ eta) + u @ u)


def joint_information(s: System, A: np.ndarray, w: np.ndarray, H: Factored) -> tuple[np.ndarray, np.ndarray]:
    """Return X'WX − M'H⁻¹M, the information on β given θ, and M = A'WX, shape (n_u, p)."""
    wx = w * s.x
    M = np.array([s.scatter(A * row) for row in wx]).reshape(len(wx), s.n_u).T
    return wx @ s.x.T - M.T @ H.solve(M), M


def laplace(s: System, roots: list[np.ndarray], beta: np.ndarray, u: np.ndarray) -> Value:
    """Return Laplace's −2 log L and its gradient; u is where the search for the mode starts."""
    at = find_mode(s, roots, beta, u)
    q = s.own_inverse(at.H, at.A)
    v = np.einsum("rc,rc->c", q, at.A) * at.w * (1 - 2 * at.p)
    t = at.H.solve(s.scatter(at.A * v))
    rho = 2 * at.error + v - at.w * np.einsum("rc,rc->c", at.A, s.gather(t))
    return Value(at.D + at.H.logdet, s.x @ rho, slopes_of(s, at, rho, q, t), at)


def slopes_of(s: System, at: Mode, rho: np.ndarray, q: np.ndarray, t: np.ndarray) -> list[np.ndarray]:
    """Return the gradient in Λ of each factor, (r, r), all entries."""
    out, first = [], 0
    for own, g in zip(s.slices, s.groups, strict=True):
        r = len(g.z)
        u, shift = at.u[own].reshape(r, g.J), t[own].reshape(r, g.J)
        pull = np.array([np.bincount(g.codes, row, minlength=g.J) for row in g.z * rho])
        error = np.array([np.bincount(g.codes, row, minlength=g.J) for row in g.z * at.error])
        out.append(pull @ u.T + 2 * (g.z * at.w) @ q[first : first + r].T - error @ shift.T)
        first += r
    return out

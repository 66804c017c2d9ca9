"""The estimates of the MRP board: raw means, raking, poststratified means, and a multilevel logit, all on the cells of one poll.

    yes_jk ~ Binomial(n_jk, π_jk),     logit π_jk = x_jk β + b_j,     b_j ~ N(0, τ²)

For given τ, β and b are the joint mode, by Newton's method (penalised IRLS). τ is where the Laplace approximation at this mode,

    D(τ) = −2 log-likelihood + Σ b_j²/τ² + Σ log(1 + τ² W_j),     W_j = Σ_k n_jk π_jk (1 − π_jk),

stops falling on the way up from 0, found by its exact slope: what lme4 does with ``nAGQ=0``. `hlm_teach.glmm` integrates over β as well as it can and differs in the third digit of τ.
A ridge of 10⁻⁶ on β, which moves no digit that is shown, keeps β finite where all of a level say the same, or nobody has it.

``mrp_board_maths.js`` is the twin of this file.

What this file does not do: standard errors or intervals (`hlm_teach.poststratify` has them).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from hlm_teach.widgets.mrp_board_data import Poll, World

__all__ = ["LOGITS", "METHODS", "Fit", "design", "estimates", "fit", "rake"]

METHODS = ("raw", "rake", "p", "mr", "mrp")
LOGITS = tuple(10 ** (k / 4 - 2) for k in range(13))  # τ̂ below the first is called 0, above the last the last
RIDGE, STEP, CLOSE, ROUNDS = 1e-6, 4.0, 1e-7, 200


@dataclass(frozen=True)
class Fit:
    """τ̂, β̂, b̂ and the probability of every cell."""

    tau: float
    beta: np.ndarray
    b: np.ndarray
    share: np.ndarray


def design(world: World, J: int, predictor: bool, interaction: bool) -> np.ndarray:
    """Return the columns 1, the traits' levels but the first, and with a predictor u and u × the first trait, shape (J, K, P)."""
    (_a, first), (_b, second) = world["traits"]
    A = np.repeat(np.eye(len(first))[:, 1:], len(second), axis=0)
    B = np.tile(np.eye(len(second))[:, 1:], (len(first), 1))
    cells = np.column_stack([np.ones(len(A)), A, B])
    X = np.broadcast_to(cells, (J, *cells.shape))
    u = np.array(world["u"][:J])[:, None, None]
    more = [u * np.ones((1, len(A), 1))] * predictor + [u * A] * (predictor and interaction)
    return np.concatenate([X, *more], axis=2)


class _System:
    """The penalised equations at a place (β, b): gradient, and the solver of the Hessian."""

    def __init__(self, X: np.ndarray, poll: Poll, tau: float, beta: np.ndarray, b: np.ndarray) -> None:
        self.eta = X @ beta + b[:, None]
        self.share = 1 / (1 + np.exp(-self.eta))
        self.weight = poll.n * self.share * (1 - self.share)
        left = poll.yes - poll.n * self.share
        strength = 1 / tau**2 if tau else math.inf
        self.X, self.W = X, self.weight.sum(1)
        self.D = self.W + strength
        self.B = np.einsum("jk,jkp->jp", self.weight, X)
        inner = np.einsum("jk,jkp,jkq->pq", self.weight, X, X) + RIDGE * np.eye(len(beta))
        self._factor = cho_factor(inner - (self.B / self.D[:, None]).T @ self.B)
        self.slope = np.einsum("jk,jkp->p", left, X) - RIDGE * beta
        self.slopes = left.sum(1) - (b * strength if tau else 0.0)

    def solve(self, g: np.ndarray, gs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        beta = cho_solve(self._factor, g - (gs / self.D) @ self.B)
        return beta, (gs - self.B @ beta) / self.D


def _mode(X: np.ndarray, poll: Poll, tau: float, beta: np.ndarray, b: np.ndarray):
    """Return the joint mode at τ and the system there, from a start."""
    for _step in range(100):
        at = _System(X, poll, tau, beta, b)
        way, ways = at.solve(at.slope, at.slopes)
        size = max(np.abs(way).max(), np.abs(ways).max())
        share = min(1.0, STEP / size) if size else 1.0
        beta, b = beta + share * way, b + share * ways
        if size < CLOSE:
            break
    return beta, b, _System(X, poll, tau, beta, b)


def _climb(at: _System, tau: float, b: np.ndarray) -> float:
    """Return dD/d log τ at a mode, exactly: b and β move with τ, and the weights with them."""
    way, ways = at.solve(np.zeros(at.X.shape[2]), 2 * b / tau**3)
    moved = (at.weight * (1 - 2 * at.share) * (at.X @ way + ways[:, None])).sum(1)
    return tau * float(np.sum(-2 * b**2 / tau**3 + (2 * tau * at.W + tau**2 * moved) / (1 + tau**2 * at.W)))


def fit(X: np.ndarray, poll: Poll) -> Fit:
    """Return the fit of a poll: τ̂ where D(τ) turns from falling to rising, or 0 where it rises from the start; at most 10.

    >>> from hlm_teach.widgets.mrp_board import MrpBoard
    >>> w = MrpBoard(question=False)
    >>> found = fit(design(w.world, 31, predictor=False, interaction=False), w.poll)
    >>> round(found.tau, 2), float(found.b[w.quiet])  # nobody answered there
    (0.34, 0.0)
    """
    J, _K, P = X.shape
    place = [np.zeros(P), np.zeros(J)]

    def to(tau: float) -> _System:
        place[0], place[1], at = _mode(X, poll, tau, *place)
        return at

    def climb(s: float) -> float:
        tau = math.exp(s)
        return _climb(to(tau), tau, place[1])

    tau, before = 0.0, (0.0, 0.0)
    for s in map(math.log, LOGITS):
        now = (s, climb(s))
        if before[1] < 0 <= now[1]:
            tau = math.exp(_crossing(climb, before, now))
            break
        before = now
    else:
        tau = LOGITS[-1] if before[1] < 0 else 0.0
    if not tau:
        place[1] = np.zeros(J)
    share = to(tau).share
    return Fit(tau, *place, share)


def _crossing(f: Callable[[float], float], low: tuple[float, float], high: tuple[float, float]) -> float:
    """Return where f is 0 between two places (the Illinois form of false position)."""
    (a, fa), (b, fb) = low, high
    for _step in range(60):
        if fb == fa or abs(b - a) < 1e-13:
            break
        c = b - fb * (b - a) / (fb - fa)
        fc = f(c)
        if abs(fc) < 1e-11:
            return c
        if fc * fb < 0:
            a, fa = b, fb
        else:
            fa /= 2
        b, fb = c, fc
    return b


def rake(world: World, J: int, poll: Poll) -> np.ndarray:
    """Return the weight of a respondent of each kind of cell, shape (K,), so that both traits have their shares of the population.

    A level that nobody has is left out.
    """
    shape = tuple(len(levels) for _name, levels in world["traits"])
    people, asked = np.array(world["N"][:J]).sum(0).reshape(shape), poll.n.sum(0).reshape(shape)
    weight = np.ones(shape)
    for step in range(ROUNDS):
        other = 1 - step % 2
        has = (weight * asked).sum(other, keepdims=True)
        weight = weight * np.where(has > 0, people.sum(other, keepdims=True) / np.where(has > 0, has, 1), 1)
    return weight.ravel()


def estimates(world: World, J: int, poll: Poll, share: np.ndarray) -> dict[str, np.ndarray]:
    """Return every method's estimate of every unit, nan where there is none, shape (J,) each.

    ``raw`` means, ``rake``: raked, ``p``: cell means weighted by people, ``mr``: the model's probabilities weighted by respondents
    (where nobody answered, by those of the whole poll), ``mrp``: weighted by people.
    """
    N, n, yes = np.array(world["N"][:J]), poll.n, poll.yes
    weight = rake(world, J, poll)
    known = N * (n > 0)
    kinds = np.where(n.sum(1, keepdims=True) > 0, n, n.sum(0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "raw": yes.sum(1) / n.sum(1),
            "rake": (weight * yes).sum(1) / (weight * n).sum(1),
            "p": (known * np.where(n > 0, yes / np.maximum(n, 1), 0)).sum(1) / known.sum(1),
            "mr": (kinds * share).sum(1) / kinds.sum(1),
            "mrp": (N * share).sum(1) / N.sum(1),
        }

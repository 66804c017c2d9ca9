"""How sure are the spreads of a logit model? Draws of θ from its posterior, each with its own mode of β and b.

The idea: draws of (β, b) at θ̂ claim that the spread between groups is known. With few groups it is not, and at a boundary
fit θ̂ = 0 would say that all groups are the same *for certain*. Integrating β and b out of the likelihood leaves

    log p(θ | y) ≈ −½ [D(û) + log|H| + log|S|] + log p(θ),      S = X'WX − M'H⁻¹M,  M = A'WX

at the joint mode of β and u (Laplace's approximation once more), and a short random walk draws from it. The prior is flat
in β; what a factor adds to the logits has a root mean square that is half-normal with SD 1 logit, so odds of e² between
groups are nothing unusual, and what the data do not know stays of that size.

What this file does not do: give the last digit of a posterior. The walk is short and the mode stands for the mean; a real
sampler is a lesson of its own.
"""

from __future__ import annotations

import numpy as np

from hlm_teach.laplace import Mode, find_mode, joint_information

__all__ = ["theta_modes"]

PRIOR_SD = 1.0  # logits
WARM_UP, EVERY = 400, 8
ACCEPT = 0.25  # the share of steps to be taken


def theta_modes(model, start: Mode, n: int, rng) -> list[Mode]:
    """Return the modes of β and u at n draws of θ, from a random walk whose steps learn their size and direction.

    Parameters
    ----------
    model : LogitModel
    start : Mode
        Of the fit.
    n : int
        Draws of θ; each is `EVERY` steps from the last.
    rng : numpy.random.Generator

    References
    ----------
    Vihola, M. (2012), "Robust adaptive Metropolis algorithm", *Statistics and Computing* 22. Rue, H., Martino, S. & Chopin, N.
    (2009), *JRSS B* 71. Gelman, A. (2006), "Prior distributions for variance parameters", *Bayesian Analysis* 1.
    """
    walk = _Walk(model, start)
    x = walk.entries(start.roots)
    here, mode = walk.density(x, start)
    scale = np.diag(walk.unit * 2.4 / np.sqrt(len(x)))
    kept = []
    for step in range(1, WARM_UP + EVERY * n + 1):
        z = rng.standard_normal(len(x))
        trial = x + scale @ z
        there, found = walk.density(trial, mode)
        chance = float(np.exp(min(0.0, there - here)))
        if rng.random() < chance:
            x, here, mode = trial, there, found
        if step <= WARM_UP:
            scale = _learned(scale, z, chance, step)
        elif (step - WARM_UP) % EVERY == 0:
            kept.append(mode)
    return kept


def _learned(scale: np.ndarray, z: np.ndarray, chance: float, step: int) -> np.ndarray:
    """Return the root of the proposal's covariance, longer in the direction of z if such steps are taken too often."""
    rate = min(1.0, len(z) * step ** (-2 / 3))
    along = scale @ z / np.linalg.norm(z)
    cov = scale @ scale.T + rate * (chance - ACCEPT) * np.outer(along, along)
    return np.linalg.cholesky(cov)


class _Walk:
    """The entries of Λ_p of all factors as one vector, and the posterior's logarithm there."""

    def __init__(self, model, start: Mode):
        self.model, self.s = model, model.system
        self.ends = np.cumsum([len(layout.rows) for layout in model.layouts])[:-1]
        weight = self.s.m / self.s.m.sum()
        self.moments = [(g.z * weight) @ g.z.T for g in self.s.groups]
        size = [
            (1 + np.linalg.norm(root, axis=1)[layout.rows]) / np.sqrt(2 * g.J)
            for layout, root, g in zip(model.layouts, start.roots, self.s.groups, strict=True)
        ]
        self.unit = np.concatenate(size)

    def entries(self, roots: list[np.ndarray]) -> np.ndarray:
        both = zip(self.model.layouts, roots, strict=True)
        return np.concatenate([layout.entries(layout.by_block(root)) for layout, root in both])

    def density(self, x: np.ndarray, near: Mode) -> tuple[float, Mode]:
        """Return log p(θ | y) but for a constant, and the mode there."""
        parts = np.split(x, self.ends)
        roots = [layout.matrix(part) for layout, part in zip(self.model.layouts, parts, strict=True)]
        mode = find_mode(self.s, roots, near.beta, near.u, joint=True)
        information, _M = joint_information(self.s, mode.A, mode.w, mode.H)
        adds = sum(np.trace(L.T @ moment @ L) for L, moment in zip(roots, self.moments, strict=True))
        value = mode.D + mode.H.logdet + np.linalg.slogdet(information)[1] + adds / PRIOR_SD**2
        return -value / 2, mode

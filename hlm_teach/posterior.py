"""The posterior of τ on a grid, exactly: J estimates with known standard errors, a flat μ, and a prior on τ.

    y_j ~ N(θ_j, se_j²),  θ_j ~ N(μ, τ²):   p(τ | y) ∝ p(τ) · V_μ^½ · Π_j (se_j² + τ²)^−½ exp(−(y_j − μ̂)²/(2(se_j² + τ²)))

The grid is even in log τ over sixteen powers of ten, so that neither a spike near 0 nor a slow tail escapes it; sums over it are
Simpson's rule. Lesson 09 and the widget of priors on τ read it here; ``widgets/tau_priors_maths.js`` is the twin of this file.

What this file does not do: run a Markov chain (`hlm_teach.sampling`). Two numbers, μ and τ, need none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hlm_teach.locale import _
from hlm_teach.summaries import read_summaries

__all__ = ["FAMILIES", "POINTS", "Posterior", "likelihood", "log_prior", "posterior", "tau_posterior"]

FAMILIES = ("flat", "uniform", "half_normal", "half_cauchy", "inverse_gamma", "gamma")
POINTS = 1201
REACH = 1e8


@dataclass(frozen=True)
class Posterior:
    """The posterior of τ and of the groups.

    Attributes
    ----------
    y, se : ndarray, shape (J,)
        The estimates and their standard errors.
    tau, mass : ndarray, shape (1201,)
        The grid, and the share of the posterior that each point stands for in a mean.
    total : ndarray, shape (1201,)
        P(τ < each point).
    mean : float
        E(τ | y); inf where the tail is too heavy for a mean.
    estimate, sd : ndarray, shape (J,)
        E(θ_j | y), and the posterior SDs.
    """

    y: np.ndarray
    se: np.ndarray
    tau: np.ndarray
    mass: np.ndarray
    total: np.ndarray
    mean: float
    estimate: np.ndarray
    sd: np.ndarray

    def below(self, tau: float) -> float:
        """Return P(τ < a value)."""
        place = math.log(tau / self.tau[0]) / self._step
        return float(np.interp(place, np.arange(POINTS), self.total))

    def quantile(self, share: float) -> float:
        """Return the τ below which a share of the posterior lies."""
        place = float(np.interp(share, self.total, np.arange(POINTS)))
        return float(self.tau[0] * math.exp(place * self._step))

    def draws(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return independent draws of τ, shape (size,), of μ, shape (size,), and of the groups, shape (size, J)."""
        place = np.interp(rng.random(size), self.total, np.arange(POINTS))
        tau = self.tau[0] * np.exp(place * self._step)
        _height, centre, var = likelihood(self.y, self.se, tau)
        mu = rng.normal(centre, np.sqrt(var))
        weight = self.se**2 / (self.se**2 + tau[:, None] ** 2)
        theta = rng.normal((1 - weight) * self.y + weight * mu[:, None], self.se * np.sqrt(1 - weight))
        return tau, mu, theta

    @property
    def _step(self) -> float:
        return math.log(self.tau[-1] / self.tau[0]) / (POINTS - 1)


def likelihood(y: np.ndarray, se: np.ndarray, tau: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log p(y | τ) with μ integrated out, up to a constant, and of μ given τ the mean and the variance.

    >>> like, mu, var = likelihood(np.array([1.0, 3.0]), np.array([1.0, 1.0]), np.array([0.0, 1.0]))
    >>> mu.tolist(), var.tolist()
    ([2.0, 2.0], [0.5, 1.0])
    """
    weight = 1 / (se**2 + tau[:, None] ** 2)
    var = 1 / weight.sum(axis=1)
    mu = var * (weight @ y)
    spread = np.sum(weight * (y - mu[:, None]) ** 2, axis=1)
    return 0.5 * (np.log(var) + np.sum(np.log(weight), axis=1) - spread), mu, var


def log_prior(family: str, scale: float, tau: np.ndarray) -> np.ndarray:
    """Return the log density of τ, up to a constant.

    ``scale`` is the upper end (uniform), the scale (half-normal, half-Cauchy), ε (inverse gamma, on τ²), or 1/rate (gamma of shape 2).

    >>> log_prior("half_normal", 2.0, np.array([0.0, 2.0])).tolist()
    [-0.0, -0.5]
    """
    tau = np.asarray(tau, dtype=float)
    return {
        "flat": lambda: np.zeros_like(tau),
        "uniform": lambda: np.where(tau <= scale * (1 + 1e-12), 0.0, -np.inf),
        "half_normal": lambda: -0.5 * (tau / scale) ** 2,
        "half_cauchy": lambda: -np.log1p((tau / scale) ** 2),
        "inverse_gamma": lambda: -(2 * scale + 1) * np.log(tau) - scale / tau**2,
        "gamma": lambda: np.log(tau) - tau / scale,
    }[family]()


def posterior(y: np.ndarray, se: np.ndarray, family: str, scale: float) -> Posterior:
    """Return the posterior of τ and of the groups.

    Parameters
    ----------
    y, se : ndarray, shape (J,)
        Estimates and their known standard errors; J >= 3.
    family, scale : str, float
        The prior, as for `log_prior`.

    Examples
    --------
    >>> y, se = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
    >>> found = posterior(y, se, "flat", 1.0)
    >>> found.estimate.round(2).tolist()
    [11.4, 7.89, 6.13, 7.64, 5.13, 6.14, 10.67, 8.46]
    >>> round(found.mean, 2)
    6.58
    """
    unit = float(np.max(se))
    low, high = math.log(unit / REACH), math.log(scale if family == "uniform" else unit * REACH)
    log_tau = low + (high - low) * np.arange(POINTS) / (POINTS - 1)
    tau = np.exp(log_tau)
    like, mu, var = likelihood(y, se, tau)
    height = like + log_prior(family, scale, tau) + log_tau
    simpson = np.where(np.arange(POINTS) % 2 == 1, 4.0, 2.0)
    simpson[[0, -1]] = 1.0
    density = np.exp(height - height.max())
    mass = simpson * density / (simpson @ density)
    total = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    total = total / total[-1]
    weight = se**2 / (se**2 + tau[:, None] ** 2)
    given = (1 - weight) * y + weight * mu[:, None]
    estimate = mass @ given
    inside = se**2 * (1 - weight) + weight**2 * var[:, None]
    between = (given - estimate) ** 2
    heavy = family == "flat" and len(y) < 4
    mean = math.inf if heavy else float(mass @ tau)
    return Posterior(y, se, tau, mass, total, mean, estimate, np.sqrt(mass @ (inside + between)))


USUAL = {"flat": 1.0, "inverse_gamma": 0.001}  # the others need a scale in the units of y


def tau_posterior(y, se, prior: str = "flat", scale: float | None = None) -> Posterior:
    """Compute the posterior of τ, and of the groups, exactly.

    Model: y_j ~ N(θ_j, se_j²), θ_j ~ N(μ, τ²), μ flat, τ ~ prior.

    Parameters
    ----------
    y, se : Series, array or list, shape (J,)
        Estimates of three groups or more and their known standard errors > 0, in the units of y.
    prior : "flat", "uniform", "half_normal", "half_cauchy", "inverse_gamma" or "gamma"
        Flat on τ > 0; uniform from 0 to the scale; half-normal; half-Cauchy; inverse gamma(ε, ε) on τ²; gamma of shape 2.
    scale : float, optional
        The upper end, the scale, ε (default 0.001), or 1/rate, > 0, in the units of y (ε has none). Flat needs none.

    Returns
    -------
    Posterior
        ``estimate`` and ``sd`` of the groups, shape (J,); ``mean``, ``quantile(share)``, ``below(tau)`` of τ; ``draws(size, rng)``.

    Raises
    ------
    ValueError
        If there are fewer than three groups, or the prior is unknown or has no scale.

    Notes
    -----
    E(θ_j | y) = ∫ E(θ_j | τ, y) p(τ | y) dτ: the partially pooled estimate, averaged over τ. Its SD has both parts, the doubt given τ and the
    doubt about τ. The standard errors count as known.

    References
    ----------
    Gelman, A. et al. (2013), *Bayesian Data Analysis*, 3rd ed., §5.5 and §5.7.

    Examples
    --------
    >>> schools = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    >>> found = tau_posterior(*schools)
    >>> found.estimate.round(2).tolist()
    [11.4, 7.89, 6.13, 7.64, 5.13, 6.14, 10.67, 8.46]
    >>> round(tau_posterior(*schools, "half_normal", 10).mean, 1)
    4.8
    >>> tau_posterior(*schools, "half_normal")
    Traceback (most recent call last):
    ...
    ValueError: The prior half_normal needs a scale > 0 in the units of y, but scale = None. ...
    """
    _labels, y, se = read_summaries(y, se, least=3)
    if prior not in FAMILIES:
        raise ValueError(
            _("prior must be one of {known}, but it is {prior!r}.", known=", ".join(FAMILIES), prior=prior)
        )
    scale = USUAL.get(prior) if scale is None else scale
    if scale is None or not 0 < scale < math.inf:
        raise ValueError(
            _(
                "The prior {prior} needs a scale > 0 in the units of y, but scale = {scale}. "
                "Ask how much groups could differ, and pass that, for example scale=10.",
                prior=prior,
                scale=scale,
            )
        )
    return posterior(y, se, prior, float(scale))

"""How many parameters does a multilevel fit use? Between the p of complete pooling and all groups' own.

The fitted values are linear in y given θ: ŷ = Hy. The trace of H counts parameters: p at θ = 0; p and one for every free
coefficient of every group as θ → ∞; in between each group counts for the weight on its own mean, the reliability.

    trace H = p + tr ΣΣ_j (G_j − P_j)                 in the notation of `hlm_teach.criterion`
            = p + Σ b_j'(σ²Σ)⁻¹b_j                    at the REML estimate of Σ

The second line is found by stretching Σ by 1 + t: the REML criterion then changes by the difference of both sums. This is
how it is computed, for any number of factors.

What this file does not do: count the variance parameters; an AIC that judges *groups as they are* (conditional) also
depends on how θ was found (Greven and Kneib, 2010).
"""

from __future__ import annotations

import numpy as np

from hlm_teach.degrees import differences

__all__ = ["conditional_aic", "effective_parameters"]


def effective_parameters(fit) -> float:
    """Return the trace of the hat matrix at the fit's θ."""
    theta = fit.theta
    stretched = (
        differences(
            lambda t: fit.model.criterion(theta * np.sqrt(1 + t[0]), True), np.zeros(1), np.array([[0.02]])
        )[0]
        / 0.02
    )
    at = fit.model.at(theta, True)[0]
    squares = 0.0
    for factor, inside in fit.model.inside.items():
        root = at.Lambda[inside, inside]
        spherical = np.linalg.lstsq(root, at.b[factor], rcond=1e-10)[0]
        squares += float(np.sum(spherical**2))
    return len(fit.fixef) + float(stretched) + squares / at.sigma**2


def conditional_aic(fit) -> float:
    """Return −2 log f(y | b̂, β̂, σ̂) + 2(trace H + 1)."""
    w = np.ones(fit.n_obs) if fit.frame.weights is None else fit.frame.weights
    squares = float(np.sum(w * (fit.frame.y - fit.fitted.to_numpy()) ** 2))
    fit_of_groups = fit.n_obs * np.log(2 * np.pi * fit.sigma**2) - np.log(w).sum() + squares / fit.sigma**2
    return float(fit_of_groups + 2 * (effective_parameters(fit) + 1))

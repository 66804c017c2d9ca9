"""Draw new responses from a fitted model, row by row.

    y* = Xβ̂ + Σ_f Z_f b_f + ε*,   ε*_i ~ N(0, σ̂²/w_i)

with new deviations b_f ~ N(0, σ̂²Σ_f) for every group ("new": the same design, other groups), or with those of the fit,
b̂_f ("same": the same groups, other rows). What the draws do not include: that β̂, θ̂ and σ̂ are estimates.

A seed is always asked for, so that a number in a text can be found again.
What this file does not do: refit (`hlm_teach.bootstrap`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hlm_teach.locale import _

__all__ = ["check_count", "check_seed", "deviations", "lines", "redrawn", "refitted", "simulated", "up_to"]


def check_seed(seed) -> int:
    """Return the seed, or say that one is needed.

    Examples
    --------
    >>> check_seed(None)
    Traceback (most recent call last):
    ...
    ValueError: A seed is needed, so that the same numbers come out again: pass a whole number >= 0, say seed=1.
    """
    if seed is None:
        raise ValueError(
            _(
                "A seed is needed, so that the same numbers come out again: pass a whole number >= 0, say seed=1."
            )
        )
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(
            _("seed must be a whole number >= 0, but it is {found!r}. Pass seed=1, say.", found=seed)
        )
    return int(seed)


def check_count(name: str, count) -> int:
    """Return a number of repetitions, at least 1."""
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 1:
        raise ValueError(
            _("{name} must be a whole number >= 1, but it is {found!r}.", name=name, found=count)
        )
    return int(count)


def deviations(fit, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return new b_f ~ N(0, σ̂²Λ_fΛ_f'), shape (r, J), for each factor."""
    drawn = {}
    for factor, inside in fit.model.inside.items():
        root = fit.sigma * fit.estimates.Lambda[inside, inside]
        drawn[factor] = root @ rng.standard_normal((len(root), len(fit.frame.factors[factor].levels)))
    return drawn


def lines(fit, b: dict[str, np.ndarray]) -> np.ndarray:
    """Return Xβ̂ + Σ Z_f b_f of the rows of the fit, shape (n,)."""
    line = fit.frame.x.times(fit.estimates.beta)
    rows = {factor: iter(values) for factor, values in b.items()}
    for term in fit.frame.terms:
        for column in term.columns.arrays:
            line = line + column * fit.frame.factors[term.factor].take(next(rows[term.factor]))
    return line


def up_to(fit, factor: str) -> dict[str, np.ndarray]:
    """Return the b̂ of a factor and of those it is nested in, by name; 0 for all others."""
    inside = set(factor.split(":"))
    return {name: b * (set(name.split(":")) <= inside) for name, b in fit.estimates.b.items()}


def redrawn(fit, rng: np.random.Generator, groups: str = "new"):
    """Yield one new response after the other, each of shape (n,)."""
    n, w = fit.n_obs, fit.frame.weights
    noise = fit.sigma if w is None else fit.sigma / np.sqrt(w)
    same = lines(fit, fit.estimates.b) if groups == "same" else None
    while True:
        line = lines(fit, deviations(fit, rng)) if same is None else same
        yield line + noise * rng.standard_normal(n)


def simulated(fit, n: int, seed: int, groups: str) -> pd.DataFrame:
    """Return n new responses as columns; see `LMMFit.simulate`."""
    if groups not in ("new", "same"):
        raise ValueError(
            _(
                'groups must be "new" (redrawn) or "same" (those of the fit), but it is {found!r}.',
                found=groups,
            )
        )
    n, draws = check_count("n", n), redrawn(fit, np.random.default_rng(check_seed(seed)), groups)
    return pd.DataFrame({f"sim_{k}": next(draws) for k in range(1, n + 1)}, index=fit.source.index)


def refitted(fit, y: np.ndarray):
    """Return the same model fitted to another response, shape (n,), by the same method."""
    frame = replace(fit.frame, y=y)
    model = type(fit.model)(frame)
    best = model.fit(reml=fit.method == "REML")
    source = fit.source.assign(**{fit.response: y})
    return type(fit)(
        frame, source, model, fit.method, model.estimates(best.Lambda, best.at), best.certificate
    )

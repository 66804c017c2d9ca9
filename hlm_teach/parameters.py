"""The parameters of a fit by name: SDs, correlations, the residual SD and the fixed effects.

θ is made for the computer; a reader asks about τ, ρ and σ. Their names are lme4's in Python spelling:

    sd_Intercept|Subject      cor_Days.Intercept|Subject      sd_Days|Subject      sigma      Intercept, Days

in lme4's order: each block of the covariance column by column, then σ, then the fixed effects.

`held` makes the other direction: all θ and σ at which *one* of these parameters has a given value. In the order in which
its coefficient comes first, an SD is the first entry of the triangle L = σΛ, and a correlation is the direction of its
second row. So what is held stays held whatever the other entries are, and no constraint is needed.

What this file does not do: evaluate the likelihood (`hlm_teach.profile`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hlm_teach.covariance import triangular
from hlm_teach.locale import _

__all__ = ["Parameter", "chosen", "held", "parameters"]


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its kind ("sd", "cor", "sigma" or "fixef") and which coefficients it is about."""

    name: str
    kind: str
    at: tuple[int, ...]
    low: float
    high: float


def parameters(fit) -> list[Parameter]:
    """Return all parameters of a fit, in lme4's order.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
    >>> [each.name for each in parameters(fit)][:3]
    ['sd_Intercept|Subject', 'cor_Days.Intercept|Subject', 'sd_Days|Subject']
    """
    layout, found = fit.model.layout, []
    for factor, inside in fit.model.inside.items():
        for block in layout.blocks():
            if not inside.start <= block.start < inside.stop:
                continue
            for k in range(block.start, block.stop):
                found.append(Parameter(f"sd_{layout.names[k]}|{factor}", "sd", (k,), 0.0, np.inf))
                for i in range(k + 1, block.stop):
                    name = f"cor_{layout.names[i]}.{layout.names[k]}|{factor}"
                    found.append(Parameter(name, "cor", (k, i), -1.0, 1.0))
    found.append(Parameter("sigma", "sigma", (), 0.0, np.inf))
    for k, name in enumerate(fit.fixef.index):
        found.append(Parameter(name, "fixef", (k,), -np.inf, np.inf))
    return found


def chosen(fit, which) -> list[Parameter]:
    """Return the parameters asked for by name, "varying" or "fixed"; all of them by default."""
    known = parameters(fit)
    if which is None:
        return known
    if which in ("varying", "fixed"):
        return [each for each in known if (each.kind == "fixef") == (which == "fixed")]
    names = [which] if isinstance(which, str) else list(which)
    odd = [name for name in names if name not in {each.name for each in known}]
    if odd:
        raise ValueError(
            _(
                'which must name parameters of the fit (or be "varying" or "fixed"), but {name!r} is none of them. '
                "They are: {names}.",
                name=odd[0],
                names=", ".join(each.name for each in known),
            )
        )
    return [each for each in known if each.name in names]


def value_of(fit, parameter: Parameter) -> float:
    """Return a parameter's estimate; nan for the correlation of a coefficient that does not vary."""
    if parameter.kind == "sigma":
        return fit.sigma
    if parameter.kind == "fixef":
        return float(fit.fixef.iloc[parameter.at[0]])
    rows = fit.estimates.Lambda[list(parameter.at)]
    size = np.linalg.norm(rows, axis=1)
    if parameter.kind == "sd":
        return float(fit.sigma * size[0])
    if size.min() == 0:
        return float("nan")
    return float(np.clip(rows[0] @ rows[1] / size.prod(), -1, 1))


def held(fit, parameter: Parameter) -> tuple[np.ndarray, Callable]:
    """Return where to start, and the map (value, free entries) → (θ, σ) that keeps a parameter at its value.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> fit = lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy"))
    >>> rho = parameters(fit)[1]
    >>> start, place = held(fit, rho)
    >>> theta, sigma = place(0.5, start + 0.1)
    >>> print(round(value_of(fit.at(theta), rho), 12))
    0.5
    """
    layout = fit.model.layout
    order = np.arange(len(layout.names))
    for block in layout.blocks():
        first = [k for k in parameter.at if parameter.kind != "fixef" and block.start <= k < block.stop]
        if first:
            rest = [k for k in range(block.start, block.stop) if k not in first]
            order[block] = first + rest
    L = np.zeros_like(layout.K)
    for block in layout.blocks():
        L[block, block] = triangular(fit.sigma * fit.estimates.Lambda[order[block], block])
    start = L[layout.rows, layout.columns]
    where = {(int(r), int(c)): k for k, (r, c) in enumerate(zip(layout.rows, layout.columns, strict=True))}
    inverse = {int(k): i for i, k in enumerate(order)}
    taken = down = (
        None  # the entry that follows from the value, and the one that stands for the size of its row
    )
    if parameter.kind == "sd":
        taken = where[inverse[parameter.at[0]], inverse[parameter.at[0]]]
    elif parameter.kind == "cor":
        k, i = (inverse[k] for k in parameter.at)
        taken, down = where[i, k], where[i, i]
        start[down] = np.hypot(start[taken], start[down])
    free = [k for k in range(len(start)) if k != taken]

    def place(value: float, x: np.ndarray) -> tuple[np.ndarray, float]:
        entries, sigma = np.empty(len(start)), float(value) if parameter.kind == "sigma" else np.exp(x[-1])
        entries[free] = x[: len(free)]
        if parameter.kind == "sd":
            entries[taken] = value
        elif parameter.kind == "cor":
            entries[taken] = value * entries[down]
            entries[down] *= np.sqrt(max(0.0, 1 - value**2))
        root = np.zeros_like(L)
        root[order[layout.rows], layout.columns] = entries
        return layout.entries(layout.by_block(root / sigma)), float(sigma)

    return (start[free] if parameter.kind == "sigma" else np.append(start[free], np.log(fit.sigma))), place

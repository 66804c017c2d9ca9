"""What to look at after a fit: one reading for the figure and its sentence.

    level 1   residuals against fitted values: a bend, a funnel?     their quantiles against the normal's: heavy tails?
    level 2   standardised deviations of each coefficient against the normal's: outlying groups?
    between   the SD of the residuals in each group: is σ the same everywhere?

Level 2 is where surprises matter most and show least: shrinkage makes the b̂ look more normal than the b.

What this file does not do: test. `LMMFit.simulated_check` says how unusual what one sees would be under the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from hlm_teach.locale import _
from hlm_teach.readings import only_factor

__all__ = ["Diagnostics", "diagnostics", "normal_scores"]


@dataclass(frozen=True)
class Diagnostics:
    """The numbers of the four panels.

    Attributes
    ----------
    factor : str
    fitted, residual : arrays, shape (n,)
        X β̂ + Z b̂, and what is left, in units of σ̂.
    scores : array, shape (n,)
        Normal quantiles of the residuals.
    deviations : DataFrame (J × coefficients)
        Standardised b̂; a coefficient that does not vary is left out.
    spread : Series, shape (groups with 3 rows or more,)
        SD of the residuals of each group, relative to the median group's.
    """

    factor: str
    fitted: np.ndarray
    residual: np.ndarray
    scores: np.ndarray
    deviations: pd.DataFrame
    spread: pd.Series

    @property
    def beyond(self) -> int:
        """The number of residuals beyond 3 σ̂."""
        return int((np.abs(self.residual) > 3).sum())

    @property
    def funnel(self) -> float:
        """The correlation of |residual| and fitted value (0 if nothing varies)."""
        size = np.abs(self.residual)
        if np.ptp(self.fitted) < 1e-12 * (1 + np.abs(self.fitted).max()) or np.ptp(size) == 0:
            return 0.0
        return float(np.corrcoef(size, self.fitted)[0, 1])

    @property
    def extreme(self) -> tuple[str, object, float] | None:
        """The coefficient, the group and the value of the largest standardised deviation."""
        flat = self.deviations.stack()
        if flat.empty:
            return None
        (group, term), value = flat.abs().idxmax(), flat.loc[flat.abs().idxmax()]
        return term, group, float(value)


def normal_scores(values) -> np.ndarray:
    """Return the normal quantile of each value's rank, Φ⁻¹((rank − ½)/n).

    Examples
    --------
    >>> normal_scores([3.0, 1.0, 2.0]).round(2).tolist()
    [0.97, -0.97, 0.0]
    """
    ranks = pd.Series(values).rank().to_numpy()
    return norm.ppf((ranks - 0.5) / len(ranks))


def diagnostics(fit, factor: str | None = None) -> Diagnostics:
    """Read the diagnostics of an LMMFit.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> found = diagnostics(lmm("Reaction ~ Days + (1 + Days | Subject)", load("sleepstudy")))
    >>> found.beyond, found.extreme[0]
    (3, 'Days')
    >>> diagnostics([1.0, 2.0])
    Traceback (most recent call last):
    ...
    TypeError: Diagnostics need an LMMFit, but got list. Make one with lmm(formula, data).
    """
    if not hasattr(fit, "ranef_standardised"):
        raise TypeError(
            _(
                "Diagnostics need an LMMFit, but got {type}. Make one with lmm(formula, data).",
                type=type(fit).__name__,
            )
        )
    factor = only_factor(fit, factor)
    weights = 1.0 if fit.frame.weights is None else np.sqrt(fit.frame.weights)
    residual = (fit.residuals() * weights / fit.sigma).to_numpy()
    groups = fit.frame.factors[factor]
    spread = pd.Series(dtype=float)
    if groups.members is None:
        by = pd.Series(residual).groupby(groups.codes)
        sd = by.std()[by.size() >= 3]
        spread = pd.Series(sd.to_numpy(), index=groups.levels[sd.index])
        spread = spread / spread.median() if len(spread) else spread
    deviations = fit.ranef_standardised[factor].dropna(axis=1, how="all")
    return Diagnostics(factor, fit.fitted.to_numpy(), residual, normal_scores(residual), deviations, spread)

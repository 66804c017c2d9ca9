"""The record of a poststratification: each unit's mean, with draws that carry its uncertainty.

The units' errors are not independent (they share β̂), so what is kept are joint draws: whatever is computed from them,
a difference, a rank, a weighted mean, has its uncertainty with it.

What this file does not do: make the draws (`hlm_teach.mrp`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np
import pandas as pd

from hlm_teach.cell_checks import few
from hlm_teach.locale import _, ngettext

__all__ = ["PoststratifiedEstimates"]


@dataclass(frozen=True, eq=False)
class PoststratifiedEstimates:
    """The population's mean in each unit, with its uncertainty.

    Attributes
    ----------
    draws : DataFrame, shape (draws, units)
        One row per draw of the model's coefficients (and of the counts, if those are uncertain).
    count : Series, shape (units,)
        People in each unit.
    level : float
        Of the interval.
    by : tuple of str
        The columns that make the units; empty for the whole population.
    new_groups : dict, factor → tuple
        Groups of the cells that were not in the fit.
    unused_groups : dict, factor → tuple
        Groups of the fit that no cell belongs to: respondents outside the population, or a spelling.
    formula : str
        Of the fit.
    sure_of_boundary : bool
        Whether the fit is on the boundary and the draws take that for certain: then the intervals are too short.
    estimate, se : Series, shape (units,)
        Mean and SD of the draws.
    interval : DataFrame, shape (units, 2)
        ``lower`` and ``upper``, quantiles of the draws.
    """

    draws: pd.DataFrame = field(repr=False)
    count: pd.Series = field(repr=False)
    level: float
    by: tuple[str, ...]
    new_groups: dict[str, tuple]
    unused_groups: dict[str, tuple]
    formula: str
    sure_of_boundary: bool = False

    @property
    def estimate(self) -> pd.Series:
        return self.draws.mean().rename("estimate")

    @property
    def se(self) -> pd.Series:
        return self.draws.std(ddof=1).rename("se")

    @property
    def interval(self) -> pd.DataFrame:
        lower, upper = self._bounds(self.draws.to_numpy())
        return pd.DataFrame({"lower": lower, "upper": upper}, index=self.draws.columns)

    def table(self) -> pd.DataFrame:
        """Return estimate, se, lower, upper and count, one row per unit."""
        return pd.concat([self.estimate, self.se, self.interval, self.count], axis=1)

    def difference(self, one, other) -> pd.Series:
        """Return how far one unit's mean is above another's, with the covariance of their errors.

        Parameters
        ----------
        one, other
            Labels of two units; a tuple where several columns make the units.

        Returns
        -------
        Series
            ``estimate``, ``se``, ``lower``, ``upper``.

        Raises
        ------
        KeyError
            If a label is no unit.

        Examples
        --------
        >>> from hlm_teach import glmm, load, poststratify
        >>> rats = load("rat_tumors").assign(share=lambda d: d.tumors / d.rats)
        >>> fit = glmm("share ~ 1 + (1 | group)", rats, weights="rats")
        >>> found = poststratify(fit, rats, by="group", count="rats")
        >>> found.difference("e70", "e01").round(2).to_dict()
        {'estimate': 0.21, 'se': 0.09, 'lower': 0.06, 'upper': 0.38}
        >>> found.difference("e70", "e99")
        Traceback (most recent call last):
        ...
        KeyError: 'e99 is none of the units. The first ones are: e01, e02, e03, e04, e05, …'
        """
        for unit in (one, other):
            if unit not in self.draws.columns:
                raise KeyError(
                    _(
                        "{unit} is none of the units. The first ones are: {units}",
                        unit=unit,
                        units=few(self.draws.columns),
                    )
                )
        gap = (self.draws[one] - self.draws[other]).to_numpy()
        lower, upper = self._bounds(gap)
        values = {"estimate": gap.mean(), "se": gap.std(ddof=1), "lower": lower, "upper": upper}
        return pd.Series(values, name="difference")

    def _bounds(self, draws: np.ndarray) -> np.ndarray:
        tail = (1 - self.level) / 2
        return np.quantile(draws, [tail, 1 - tail], axis=0)

    def __repr__(self) -> str:
        return f"{self._sentences()}\n{self.table().round(3).to_string(max_rows=12)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._sentences())}</p>{self.table().round(3).to_html(max_rows=12)}"

    def _sentences(self) -> str:
        said = [
            ngettext(
                "{n} unit, poststratified from {formula}, with a {level:.0%} interval.",
                "{n} units, poststratified from {formula}, with {level:.0%} intervals.",
                len(self.count),
                formula=self.formula,
                level=self.level,
            )
        ]
        for factor, names in self.new_groups.items():
            said.append(
                _("Nobody of these was in the fit ({factor}): {names}.", factor=factor, names=few(names))
            )
        for factor, names in self.unused_groups.items():
            said.append(
                _(
                    "These were in the fit, but are in no cell ({factor}): {names}.",
                    factor=factor,
                    names=few(names),
                )
            )
        if self.sure_of_boundary:
            said.append(
                _(
                    "The fit is on the boundary: a spread of 0 is taken for certain, so the intervals are too short. "
                    'theta="draw" mends that for a fit of glmm.'
                )
            )
        return " ".join(said)

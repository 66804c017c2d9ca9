"""Does the model make data like these? One statistic, of the data and of responses drawn from the fit.

The statistic should look at something that the model does not fit by itself: the largest group mean, the spread of the
groups' own SDs, the share of values beyond a border. If the observed value lies far out among the simulated ones, that
feature is not in the model.

What this file does not do: count as a test of the parameters. The fit has seen the data, so p is somewhat too large.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from hlm_teach.bootstrap import a_number
from hlm_teach.locale import _
from hlm_teach.numerals import decimals_for, number
from hlm_teach.redraw import check_count, check_seed, redrawn

__all__ = ["SimulatedCheck", "simulated_check"]


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedCheck:
    """One statistic of the data and of n responses drawn from the fit.

    Attributes
    ----------
    observed : float
    simulated : array, shape (n,)
    seed : int
    """

    observed: float
    simulated: np.ndarray = field(repr=False)
    seed: int

    @property
    def p_upper(self) -> float:
        """The share of draws at or above the observed value, which counts as one of them: (1 + k)/(1 + n)."""
        return float((1 + (self.simulated >= self.observed).sum()) / (1 + len(self.simulated)))

    @property
    def p(self) -> float:
        """Two-sided: twice the smaller tail, at most 1."""
        lower = (1 + (self.simulated <= self.observed).sum()) / (1 + len(self.simulated))
        return float(min(1.0, 2 * min(lower, self.p_upper)))

    def __repr__(self) -> str:
        low, high = np.quantile(self.simulated, [0.025, 0.975])
        decimals = decimals_for(self.simulated, self.observed)
        return _(
            "Observed {observed}; in {n} draws from the fit 95 % lie between {low} and {high}; "
            "two-sided p = {p} (seed {seed}).",
            observed=number(self.observed, decimals),
            n=len(self.simulated),
            low=number(low, decimals),
            high=number(high, decimals),
            p=number(self.p, 3),
            seed=self.seed,
        )


def simulated_check(fit, statistic, n: int, seed, groups: str = "new") -> SimulatedCheck:
    """Evaluate a statistic on the data and on draws; see `LMMFit.simulated_check`."""
    n, seed = check_count("n", n), check_seed(seed)
    observed = a_number(statistic(fit.data.assign(**{fit.response: fit.frame.y})))
    draws = islice(redrawn(fit, np.random.default_rng(seed), groups), n)
    values = [a_number(statistic(fit.data.assign(**{fit.response: y}))) for y in draws]
    return SimulatedCheck(observed, np.array(values), seed)

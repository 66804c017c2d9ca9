"""What a fit can say by drawing: new responses, refits to them, groups compared and ranked.

These are methods of `hlm_teach.fit.LMMFit`; each leads to the file that does the work.
"""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from hlm_teach.bootstrap import Bootstrap, bootstrap
from hlm_teach.comparisons import Difference, Ranks, compare_groups, rank_draws, standardised
from hlm_teach.redraw import simulated
from hlm_teach.simulated_check import SimulatedCheck, simulated_check

__all__ = ["Resampling"]


class Resampling:
    """The methods of a fit that draw."""

    def simulate(self, n: int = 1, seed=None, groups: str = "new") -> pd.DataFrame:
        """Draw new responses from the fit.

        Model: y* = Xβ̂ + Zb + ε*, ε* ~ N(0, σ̂²), b ~ N(0, σ̂²ΛΛ') or the b̂ of the fit.

        Parameters
        ----------
        n : int, >= 1
            How many responses.
        seed : int, >= 0
            The same seed gives the same numbers.
        groups : "new" or "same"
            Draw the groups' deviations anew, or keep those of the fit.

        Returns
        -------
        DataFrame, shape (rows, n)
            Columns ``sim_1`` …, in the units of the response.

        Raises
        ------
        ValueError
            If there is no seed, or n or groups is not one of those above.

        Notes
        -----
        β̂, θ̂ and σ̂ are taken as true.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
        >>> draws = fit.simulate(n=2, seed=1)
        >>> draws.shape, draws.equals(fit.simulate(n=2, seed=1))
        ((30, 2), True)
        >>> fit.simulate()
        Traceback (most recent call last):
        ...
        ValueError: A seed is needed, so that the same numbers come out again: pass a whole number >= 0, say seed=1.
        """
        return simulated(self, n, seed, groups)

    def bootstrap(self, B: int = 1000, seed=None, statistic=None) -> Bootstrap:
        """Refit the model to B responses drawn from it (parametric bootstrap).

        Model: y* = Xβ̂ + Zb* + ε*, b* ~ N(0, σ̂²ΛΛ'), ε* ~ N(0, σ̂²).

        Parameters
        ----------
        B : int, >= 1
            Number of refits.
        seed : int, >= 0
            The same seed gives the same numbers; the first of 1,000 are those of 100.
        statistic : function, optional
            From a refit (an LMMFit) to one number. Rows are then drawn and refitted one by one.

        Returns
        -------
        Bootstrap
            ``values`` (B × parameters), ``fixef``, ``fixef_se``, ``sigma``, ``theta``, ``sd``, ``corr``, ``criterion``,
            ``boundary``, ``certified``; ``confint(level)``, ``se()``, ``share_boundary``.

        Raises
        ------
        ValueError
            If B is below 1, there is no seed, or the statistic returns something else than one finite number.

        Notes
        -----
        With one grouping factor the compressed data are drawn directly and all refits are done together: the cost
        depends on the number of groups, not of rows.

        References
        ----------
        Efron, B. & Tibshirani, R. (1993), *An Introduction to the Bootstrap*, §6.5 and §13.3.
        Smith, W. B. & Hocking, R. R. (1972), "Wishart variate generator", *Applied Statistics* 21.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2"))
        >>> print(fit.bootstrap(B=400, seed=1).share_boundary > 0.4)       # more than 40 % of the refits say tau = 0
        True
        >>> fit.bootstrap(B=0, seed=1)
        Traceback (most recent call last):
        ...
        ValueError: B must be a whole number >= 1, but it is 0.
        """
        return bootstrap(self, B, seed, statistic)

    def simulated_check(self, statistic, n: int = 200, seed=None, groups: str = "new") -> SimulatedCheck:
        """Compare a statistic of the data with the same statistic of responses drawn from the fit.

        Parameters
        ----------
        statistic : function
            From a DataFrame (the data of the fit, the response in its column) to one finite number.
        n : int, >= 1
            Number of draws.
        seed : int, >= 0
        groups : "new" or "same"
            As in `simulate`.

        Returns
        -------
        SimulatedCheck
            ``observed``, ``simulated`` (n,), ``p_upper``, ``p``; `hlm_teach.plots.simulated_check` draws it.

        Raises
        ------
        ValueError
            If there is no seed, or the statistic returns something else than one finite number.

        References
        ----------
        Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, §8.3, §24.2.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
        >>> print(fit.simulated_check(lambda data: data["Yield"].max(), seed=1).observed)
        1635.0
        >>> fit.simulated_check(lambda data: data["Yield"], seed=1)
        Traceback (most recent call last):
        ...
        ValueError: statistic must return one finite number, but it returned ... of type Series.
        """
        return simulated_check(self, statistic, n, seed, groups)

    def compare_groups(self, first, second, factor=None, term=None, level: float = 0.95) -> Difference:
        """Return the difference of two groups' deviations, with the standard error of the difference.

        Model: b_first − b_second, with the joint covariance of all errors given θ.

        Parameters
        ----------
        first, second : label
            Two groups.
        factor, term : str, optional
            Which factor (default: the only one) and coefficient (default: the first).
        level : float
            Of the interval.

        Returns
        -------
        Difference
            ``estimate``, ``se``, ``lower``, ``upper``, in the units of the coefficient.

        Raises
        ------
        ValueError
            If a label, the factor or the term is unknown.

        Notes
        -----
        What group-level predictors say of the two groups is in the fixed part, not in this difference.

        References
        ----------
        Goldstein, H. & Healy, M. J. R. (1995), "The graphical presentation of a collection of means", *JRSS A* 158.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
        >>> found = fit.compare_groups("C", "E")
        >>> round(found.estimate, 1), round(found.se, 1)
        (-28.2, 27.7)
        >>> fit.compare_groups("C", "Z")
        Traceback (most recent call last):
        ...
        ValueError: 'Z' must be a group of Batch, but it is none. The first ones are: A, B, C, D, E, F.
        """
        return compare_groups(self, first, second, factor, term, level)

    def rank_draws(self, n: int = 1000, seed=None, factor=None, term=None) -> Ranks:
        """Rank the groups in draws from their conditional distribution; 1 is the largest.

        Model: b ~ N(b̂, Var(b̂ − b)) jointly over all groups, given θ.

        Parameters
        ----------
        n : int, >= 1
        seed : int, >= 0
        factor, term : str, optional
            Which factor (default: the only one) and coefficient (default: the first).

        Returns
        -------
        Ranks
            ``draws`` (n × J), ``table(level)``: rank, mean rank, interval, share of draws in which a group is first.

        Raises
        ------
        ValueError
            If there is no seed, or the factor or the term is unknown.

        References
        ----------
        Goldstein, H. & Spiegelhalter, D. J. (1996), "League tables and their limitations", *JRSS A* 159.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> fit = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff"))
        >>> fit.rank_draws(seed=1).table()[["rank", "lower", "upper"]].loc[["E", "A"]].to_numpy().tolist()
        [[1, 1, 2], [4, 2, 6]]
        >>> fit.rank_draws()
        Traceback (most recent call last):
        ...
        ValueError: A seed is needed, so that the same numbers come out again: pass a whole number >= 0, say seed=1.
        """
        return rank_draws(self, n, seed, factor, term)

    @cached_property
    def ranef_standardised(self) -> dict[str, pd.DataFrame]:
        """Each group's deviation in units of its own SD, √(τ² − Var(b̂ − b)); nan where τ is 0.

        Under the model each is N(0, 1) (given θ), whatever the size of the group: for a QQ plot and for outlying groups.

        References
        ----------
        Lange, N. & Ryan, L. (1989), "Assessing normality in random effects models", *Annals of Statistics* 17.
        """
        return standardised(self)

"""Multilevel regression and poststratification: from a fit and a table of the population to each unit's mean.

The idea: a model predicts what is expected in every cell of the population (state × sex × age …); a census says how many
people live in each cell. The mean of a state is the mean of its cells, weighted by people, whoever happened to answer.

    MR   π_c = logit⁻¹(X_c β + Z_c b)          the model's prediction for cell c (`hlm_teach.glmm`, `hlm_teach.lmm`)
    P    θ_s = Σ_{c in s} N_c π_c / Σ_{c in s} N_c

A fit alone is not MRP, and neither is weighting alone: `hlm_teach.population` has P without MR.

What this file does not do: make the tables (`hlm_teach.population`), weight rows (`hlm_teach.raking`), or repair a
sample whose response depends on the outcome within cells: nothing does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit

from hlm_teach.locale import _, ngettext
from hlm_teach.logit_fit import GLMMFit
from hlm_teach.population import count_of, read_cells, units_of
from hlm_teach.prediction import check_level
from hlm_teach.rows import known_groups

__all__ = ["PoststratifiedEstimates", "poststratify"]

AT_ONCE = 4_000_000  # numbers of an intermediate table


@dataclass(frozen=True, eq=False)
class PoststratifiedEstimates:
    """The population's mean in each unit, with its uncertainty.

    Attributes
    ----------
    draws : DataFrame, shape (draws, units)
        One row per draw of the model's coefficients (and of the counts).
    count : Series, shape (units,)
        People in each unit.
    level : float
        Of the interval.
    by : tuple of str
        The columns that make the units; empty for the whole population.
    new_groups : dict, factor → tuple
        Groups of the cells that were not in the fit.
    formula : str
        Of the fit.
    estimate, se, interval
        Mean, SD, and a DataFrame ``lower``, ``upper`` of the draws' quantiles.
    """

    draws: pd.DataFrame = field(repr=False)
    count: pd.Series = field(repr=False)
    level: float
    by: tuple[str, ...]
    new_groups: dict[str, tuple]
    formula: str

    @property
    def estimate(self) -> pd.Series:
        return self.draws.mean().rename("estimate")

    @property
    def se(self) -> pd.Series:
        return self.draws.std(ddof=1).rename("se")

    @property
    def interval(self) -> pd.DataFrame:
        tail = (1 - self.level) / 2
        bounds = np.quantile(self.draws.to_numpy(), [tail, 1 - tail], axis=0)
        return pd.DataFrame(bounds.T, index=self.draws.columns, columns=["lower", "upper"])

    def table(self) -> pd.DataFrame:
        """Return estimate, se, lower, upper and count, one row per unit."""
        return pd.concat([self.estimate, self.se, self.interval, self.count], axis=1)

    def __repr__(self) -> str:
        return f"{self._sentence()}\n{self.table().round(3).to_string(max_rows=12)}"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self._sentence())}</p>{self.table().round(3).to_html(max_rows=12)}"

    def _sentence(self) -> str:
        units = ngettext("One unit", "{n} units", len(self.count))
        return _(
            "{units}, poststratified from {formula}, with {level:.0%} intervals.",
            units=units,
            formula=self.formula,
            level=self.level,
        )


def poststratify(
    fit,
    cells,
    by=None,
    count: str = "N",
    *,
    new_groups: str = "error",
    draws: int = 1000,
    seed=1,
    level: float = 0.95,
    count_se: str | None = None,
    count_n: float | None = None,
) -> PoststratifiedEstimates:
    """Average a fit's predictions over the cells of a population.

    Model: θ_s = Σ_{c in s} N_c π_c / Σ_{c in s} N_c, with π_c = logit⁻¹(X_c β + Z_c b), or X_c β + Z_c b for an LMMFit.

    Parameters
    ----------
    fit : GLMMFit or LMMFit
        The model, with as many factors as it likes.
    cells : DataFrame, shape (C, any)
        One row per cell of the population: every predictor and group of the model, the columns in ``by``, the count.
    by : str or list of str, optional
        The units: ``"state"``, or ``["state", "sex"]``. By default the whole population is one.
    count : str
        The column with the number of people in each cell, >= 0.
    new_groups : "error", "draw" or "zero"
        What to do with a group that was not in the fit (a state without respondents): refuse, draw its deviation from
        N(0, Σ), or take it as 0, which claims to know it.
    draws : int, >= 2
        An odd number is made even.
    seed : int or numpy.random.Generator
        Of the draws; the same by default.
    level : float
        Of the intervals, between 0 and 1.
    count_se : str, optional
        A column with the standard error of each count: counts are drawn from a gamma distribution with that mean and SD.
    count_n : float, optional
        How many people the counts rest on, if a survey's estimates stand for a census: shares of the cells are drawn
        from Dirichlet(count_n · N_c / ΣN).

    Returns
    -------
    PoststratifiedEstimates
        ``estimate``, ``se``, ``interval``, ``table()``, ``draws``; in probabilities, or in units of the response.

    Raises
    ------
    KeyError
        If cells lack a column.
    ValueError
        If counts are missing or negative, all zero in a unit, a cell stands there twice, a predictor has a level that
        the fit does not know, or (unless allowed) a group. Each message names them.
    TypeError
        If fit is no fit.

    Notes
    -----
    The mean is taken after the inverse logit, cell by cell and draw by draw: logit⁻¹ of a mean is another number.
    Draws come in pairs mirrored at the mode, so that the mean of a linear predictor is exact.
    Included: the uncertainty of β and b, of an unseen group, and (if asked) of the counts. Left out: that θ is
    estimated, and that the people of a cell scatter around their probability, which matters only in small populations.
    A group that the sample has not is drawn once per draw, the same for all its cells.

    References
    ----------
    Gelman, A. & Little, T. C. (1997), "Poststratification into many categories using hierarchical logistic regression",
    *Survey Methodology* 23. Park, D. K., Gelman, A. & Bafumi, J. (2004), *Political Analysis* 12.
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, §14.1.

    Examples
    --------
    >>> from hlm_teach import glmm, load
    >>> sample = load("contraception").assign(uses=lambda d: d["use"] == "Y")
    >>> fit = glmm("uses ~ urban + (1 | district)", sample)
    >>> cells = pd.DataFrame({"district": ["1", "1", "54"], "urban": ["N", "Y", "N"], "N": [900, 100, 500]})
    >>> poststratify(fit, cells, by="district").table().round(2)
              estimate    se  lower  upper     N
    district
    1             0.28  0.04   0.21   0.35  1000
    54            0.28  0.09   0.14   0.49   500
    >>> poststratify(fit, cells.assign(district=["1", "1", "new"]), by="district")
    Traceback (most recent call last):
    ...
    ValueError: district must be a group of the fit, but the cells have others: new. If that is a spelling, ...
    """
    level = check_level(level)
    _check_request(fit, new_groups, draws, count_se, count_n)
    people = read_cells(fit, cells, by, count, count_se)
    units = units_of(people, by)
    weight = count_of(people, count, units)
    unseen, codes = _group_codes(fit, people, new_groups)
    rng = np.random.default_rng(seed)
    coefficients = _coefficients(fit, draws, rng, unseen if new_groups == "draw" else {})
    counts = _Counts(weight, None if count_se is None else people[count_se].to_numpy(dtype=float), count_n)
    drawn = _averages(fit, people, coefficients, codes, counts, units, rng)
    total = pd.Series(np.bincount(units.codes, weight), units.index, name=count)
    total = total.astype(int) if (weight == np.round(weight)).all() else total
    labels = {factor: tuple(found) for factor, found in unseen.items() if len(found)}
    return PoststratifiedEstimates(
        pd.DataFrame(drawn, columns=units.index), total, level, units.by, labels, fit.formula
    )


def _check_request(fit, new_groups: str, draws: int, count_se, count_n) -> None:
    if not hasattr(fit, "draws") or not hasattr(fit, "frame"):
        raise TypeError(
            _("fit must be what glmm or lmm returned, but it is a {found}.", found=type(fit).__name__)
        )
    if new_groups not in ("error", "draw", "zero"):
        raise ValueError(
            _('new_groups must be "error", "draw" or "zero", but it is {found!r}.', found=new_groups)
        )
    if not isinstance(draws, int | np.integer) or draws < 2:
        raise ValueError(_("draws must be a whole number >= 2, but it is {found!r}.", found=draws))
    if count_se is not None and count_n is not None:
        raise ValueError(
            _(
                "Counts are uncertain in one way: pass count_se (the standard error of each cell) or count_n (how many "
                "people the counts rest on), not both."
            )
        )
    if count_n is not None and not (np.isfinite(count_n) and count_n > 0):
        raise ValueError(
            _(
                "count_n must be the number of people that the counts rest on, > 0, but it is {found}.",
                found=count_n,
            )
        )


def _group_codes(fit, people: pd.DataFrame, new_groups: str) -> tuple[dict, dict]:
    """Return per factor the levels that the fit has not, and each cell's place: J, J + 1, … for those."""
    unseen, codes = {}, {}
    for name, factor in fit.frame.factors.items():
        if factor.members is not None:
            raise ValueError(
                _(
                    "poststratify needs factors with one group per row, but {factor} has several with weights. "
                    "Predict the cells with predict(membership=…) and average them.",
                    factor=name,
                )
            )
        codes[name] = known_groups(name, factor.levels, people, "zero").copy()
        new = codes[name] < 0
        labels = people.loc[new, [v.strip().strip("`") for v in name.split(":")]].astype(str)
        numbers, unseen[name] = pd.factorize(labels.agg(":".join, axis=1)) if new.any() else ([], [])
        codes[name][new] = len(factor.levels) + np.asarray(numbers, dtype=int)
        if len(unseen[name]) and new_groups == "error":
            raise ValueError(
                _(
                    "{factor} must be a group of the fit, but the cells have others: {names}. If that is a spelling, "
                    'correct it; if nobody of the group answered, new_groups="draw" draws it from the spread of the '
                    "groups.",
                    factor=name,
                    names=", ".join(unseen[name][:5]) + (", …" if len(unseen[name]) > 5 else ""),
                )
            )
    return unseen, codes


def _coefficients(fit, draws: int, rng, unseen: dict) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return mirrored draws of β (D, p) and of each factor's deviations (D, J + unseen, r), unseen ones from N(0, Σ)."""
    half = (draws + 1) // 2
    drawn = fit.draws(half, rng)
    beta = _mirrored(drawn.fixef.to_numpy(), fit.fixef.to_numpy())
    deviations = {}
    for factor, values in drawn.ranef.items():
        known = _mirrored(values, fit.ranef[factor].to_numpy())
        cov = fit.varcorr[factor].cov.to_numpy()
        new = len(unseen.get(factor, ()))
        fresh = rng.multivariate_normal(np.zeros(len(cov)), cov, (half, new), method="eigh")
        deviations[factor] = np.concatenate([known, _mirrored(fresh, 0.0)], axis=1)
    return beta, deviations


def _mirrored(values: np.ndarray, centre) -> np.ndarray:
    return np.concatenate([values, 2 * centre - values])


@dataclass(frozen=True)
class _Counts:
    """The people of each cell: known, or drawn."""

    weight: np.ndarray
    se: np.ndarray | None
    n: float | None

    def draw(self, rows: slice, draws: int, rng) -> np.ndarray:
        """Return the counts of some cells, (cells,) if they are known, else (draws, cells)."""
        N = self.weight[rows]
        if self.se is None and self.n is None:
            return N
        scale = self.weight.sum() / self.n if self.n is not None else None
        variance = N * scale if scale is not None else self.se[rows] ** 2
        some = (N > 0) & (variance > 0)
        safe = np.where(some, variance, 1.0)
        drawn = rng.gamma(np.where(some, N**2 / safe, 1.0), np.where(some, safe / np.where(N > 0, N, 1), 1.0), (draws, len(N)))  # fmt: skip
        return np.where(some, drawn, N)


def _averages(fit, people, coefficients, codes, counts: _Counts, units, rng) -> np.ndarray:
    """Return each unit's mean in each draw, (D, units), some cells at a time."""
    beta, deviations = coefficients
    x, *varying = fit.frame.design(people)
    D, C = len(beta), len(people)
    top, bottom = np.zeros((D, len(units.index))), np.zeros((1, len(units.index)))
    step = max(1, AT_ONCE // D)
    for start in range(0, C, step):
        rows = slice(start, min(start + step, C))
        line = beta @ np.array([np.asarray(a[rows], dtype=float) for a in x.arrays])
        place = dict.fromkeys(codes, 0)
        for term, columns in zip(fit.frame.terms, varying, strict=True):
            own = _or_zero(deviations[term.factor], codes[term.factor][rows])
            for column in columns.arrays:
                line += own[:, :, place[term.factor]] * column[rows]
                place[term.factor] += 1
        expected = expit(line) if isinstance(fit, GLMMFit) else line
        N = np.atleast_2d(counts.draw(rows, D, rng))
        within = sparse.csr_array((np.ones(line.shape[1]), (np.arange(line.shape[1]), units.codes[rows])), shape=(line.shape[1], len(units.index)))  # fmt: skip
        top = top + (expected * N) @ within
        bottom = bottom + N @ within
    return top / bottom


def _or_zero(deviations: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return each cell's deviations (D, cells, r); a place beyond the drawn ones is 0."""
    J = deviations.shape[1]
    own = deviations[:, np.minimum(codes, J - 1)]
    own[:, codes >= J] = 0.0
    return own

"""Multilevel regression and poststratification: from a fit and a table of the population to each unit's mean.

The idea: a model predicts what is expected in every cell of the population (state × sex × age …); a census says how many
people live in each cell. The mean of a state is the mean of its cells, weighted by people, whoever happened to answer.

    MR   π_c = logit⁻¹(X_c β + Z_c b)          the model's prediction for cell c (`hlm_teach.glmm`, `hlm_teach.lmm`)
    P    θ_s = Σ_{c in s} N_c π_c / Σ_{c in s} N_c

A fit alone is not MRP, and neither is weighting alone: `hlm_teach.population` has P without MR.

The way through the files:  `hlm_teach.population` (cells of the sample, who answered) → a fit → this file, which looks at
the cells with `hlm_teach.cell_checks` and returns `hlm_teach.poststratified` → `hlm_teach.validation` (against a truth).

What this file does not do: weight rows (`hlm_teach.raking`), or repair a sample whose response depends on the outcome
within cells: nothing does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach.cell_checks import count_of, few, read_cells, units_of
from hlm_teach.cell_draws import Counts, averages, coefficients
from hlm_teach.locale import _
from hlm_teach.logit_fit import GLMMFit
from hlm_teach.poststratified import PoststratifiedEstimates
from hlm_teach.prediction import check_level
from hlm_teach.rows import known_groups, unquoted

__all__ = ["poststratify"]


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
    theta: str = "fixed",
    realised: bool = False,
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
    theta : "fixed" or "draw"
        For a GLMMFit: take the spread between groups as known, or draw it too, which takes seconds (`GLMMFit.draws`).
    realised : bool
        Whether to estimate what the people who live there add up to, instead of what is expected of such people: adds
        the scatter of N_c answers around π_c. Small but for units of some hundred people.

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
    With θ fixed, draws come in pairs mirrored at the mode, so that the mean of a linear predictor is exact.
    Always included: the uncertainty of β and b, and of an unseen group. If asked for: that of the counts, of θ, and the
    scatter of the people themselves. Left out: that the model may be wrong, and that who answers may depend on the answer.
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
    >>> poststratify(fit, cells, by="district", new_groups="draw").table().round(2)
              estimate    se  lower  upper     N
    district
    1             0.23  0.04   0.16   0.30  1000
    54            0.34  0.10   0.17   0.54   500
    >>> poststratify(fit, cells, by="district")
    Traceback (most recent call last):
    ...
    ValueError: district must be a group of the fit, but the cells have others: 54. If that is a spelling, correct it; ...
    """
    level = check_level(level)
    _check_request(fit, new_groups, draws, count_se, count_n, theta)
    people = read_cells(fit, cells, by, count, count_se)
    units = units_of(people, by)
    weight = count_of(people, count, units)
    unseen, unused, codes = _group_codes(fit, people, new_groups)
    rng = np.random.default_rng(seed)
    drawn = coefficients(fit, draws, rng, unseen if new_groups == "draw" else {}, theta)
    counts = Counts(weight, None if count_se is None else people[count_se].to_numpy(dtype=float), count_n)
    means = averages(fit, people, drawn, codes, counts, units, rng, realised)
    total = pd.Series(np.bincount(units.codes, weight), units.index, name=count)
    total = total.astype(int) if (weight == np.round(weight)).all() else total
    new, idle = ({f: tuple(names) for f, names in found.items() if len(names)} for found in (unseen, unused))
    return PoststratifiedEstimates(
        pd.DataFrame(means, columns=units.index),
        total,
        level,
        units.by,
        new,
        idle,
        fit.formula,
        fit.is_boundary and theta == "fixed",
    )


def _check_request(fit, new_groups: str, draws: int, count_se, count_n, theta: str) -> None:
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
    if theta not in ("fixed", "draw"):
        raise ValueError(_('theta must be "fixed" or "draw", but it is {found!r}.', found=theta))
    if theta == "draw" and not isinstance(fit, GLMMFit):
        raise ValueError(
            _(
                'theta="draw" is for a fit of glmm; a linear model\'s spread is known as well as fit.bootstrap() says. Leave '
                "it out."
            )
        )
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


def _group_codes(fit, people: pd.DataFrame, new_groups: str) -> tuple[dict, dict, dict]:
    """Return per factor the cells' levels that the fit has not, the fit's that no cell has, and each cell's place.

    Places J, J + 1, … are those of the new levels.
    """
    unseen, unused, codes = {}, {}, {}
    for name, factor in fit.frame.factors.items():
        if factor.members is not None:
            raise ValueError(
                _(
                    "poststratify needs factors with one group per row, but {factor} has several with weights. "
                    "Predict the cells with predict(membership=…) and average them.",
                    factor=name,
                )
            )
        place = known_groups(name, factor.levels, people, "zero").copy()
        unused[name] = factor.levels.delete(np.unique(place[place >= 0])).astype(str)
        numbers, unseen[name] = _labels(name, people[place < 0])
        place[place < 0] = len(factor.levels) + numbers
        codes[name] = place
        if len(unseen[name]) and new_groups == "error":
            raise ValueError(_strangers(name, factor.levels, unseen[name]))
    return unseen, unused, codes


def _labels(factor: str, people: pd.DataFrame) -> tuple[np.ndarray, pd.Index]:
    columns = [people[unquoted(name)].astype(str) for name in factor.split(":")]
    text = [":".join(parts) for parts in zip(*columns, strict=True)]
    numbers, labels = pd.factorize(np.array(text, dtype=object))
    return numbers, pd.Index(labels)


def _strangers(factor: str, levels: pd.Index, unseen: pd.Index) -> str:
    if unseen.isin(levels.astype(str)).any():
        return _(
            "{factor} must hold the same labels in the cells and in the fit, but one has text where the other has "
            'numbers: {names}. Convert one of them: cells["{factor}"].astype(str).',
            factor=factor,
            names=few(unseen),
        )
    return _(
        "{factor} must be a group of the fit, but the cells have others: {names}. If that is a spelling, "
        'correct it; if nobody of the group answered, new_groups="draw" draws it from the spread of the '
        "groups.",
        factor=factor,
        names=few(unseen),
    )

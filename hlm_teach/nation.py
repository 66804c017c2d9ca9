"""Draw a nation whose every cell is known, and a poll that some people answer more readily than others.

The idea: whether a method repairs a poll can be seen only where the truth is known. Here the population's table is
exact, and two knobs decide who answers: traits that the table has (which weighting and MRP can repair), and the
outcome itself within a cell (which nothing can).

    logit p_c = μ + γ u_s + a_s + b_age + b_education + b_origin + b_sex + b_age:education,   a_s ~ N(0, τ²)
    P(answers) ∝ Π odds of the cell's levels × (on_outcome if y = 1)

Notation: units s, with a predictor u_s that is known for all of them; cells c = unit × sex × age × education × origin.

What this file does not do: stand for a real country. The units have numbers, not names.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit

from hlm_teach.arranged import need_generator
from hlm_teach.cell_checks import units_of
from hlm_teach.locale import _

__all__ = ["RESPONSE", "TRAITS", "Nation", "nation", "whole_people"]

TRAITS = {
    "sex": ("woman", "man"),
    "age": ("18-29", "30-44", "45-64", "65+"),
    "education": ("school", "vocational", "university"),
    "origin": ("north", "south", "east", "abroad"),
}
SHARES = {"sex": (0.51, 0.49), "age": (0.2, 0.25, 0.33, 0.22), "education": (0.42, 0.3, 0.28), "origin": (0.5, 0.25, 0.15, 0.1)}  # fmt: skip
EFFECTS = {"sex": (0.0, 0.35), "age": (-0.6, -0.2, 0.2, 0.6), "education": (0.5, 0.2, -0.7), "origin": (0.4, 0.0, -0.3, -0.9)}  # fmt: skip
#: the odds of answering, level by level, that `nation` takes by default: an online poll of the young and the educated
RESPONSE = {"age": (2.0, 1.4, 0.9, 0.5), "education": (0.6, 1.0, 2.4)}
PEOPLE = 50_000_000


@dataclass(frozen=True, eq=False)
class Nation:
    """A population, a poll of it, and the truth.

    Attributes
    ----------
    poll : DataFrame, shape (n, 7)
        One row per respondent: unit, the four traits, ``u`` of the unit, and ``y``, 0 or 1.
    cells : DataFrame, shape (C, 7)
        The population's table: unit, traits, ``u`` and the people ``N`` in each cell.
    share : Series, shape (C,)
        The true probability of y = 1 in each cell: what an analyst would not see.
    parameters : dict
        What was asked for.
    """

    poll: pd.DataFrame = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    share: pd.Series = field(repr=False)
    parameters: dict

    def truth(self, by="unit") -> pd.Series:
        """Return the true share of each unit, of any subgroup, or (``by=None``) of the nation.

        Examples
        --------
        >>> made = nation(np.random.default_rng(1), n=100, J=3)
        >>> made.truth().round(2).to_dict()
        {'u1': 0.57, 'u2': 0.46, 'u3': 0.55}
        >>> made.truth("region")
        Traceback (most recent call last):
        ...
        KeyError: 'cells must have a column region, but the columns are: unit, sex, age, education, origin, u, N.'
        """
        units = units_of(self.cells, by)
        N = self.cells["N"].to_numpy(dtype=float)
        share = np.bincount(units.codes, N * self.share.to_numpy()) / np.bincount(units.codes, N)
        return pd.Series(share, units.index, name="truth")


def nation(
    rng,
    n: int = 1500,
    *,
    J: int = 51,
    response: dict | None = None,
    on_outcome: float = 1.0,
    gamma: float = 0.5,
    tau: float = 0.25,
) -> Nation:
    """Draw a nation of J units and a poll of n people.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance.
    n : int, >= 1
        Respondents.
    J : int, >= 2
        Units, of very different sizes.
    response : dict, trait → odds of its levels, optional
        How readily people answer; by default `RESPONSE`, and ``{}`` for everybody alike.
    on_outcome : float, > 0
        The odds of answering of those with y = 1, over those with y = 0 *of the same cell*; 1 for no such selection.
    gamma : float, logits per SD of u
        What the unit's predictor does.
    tau : float, logits, >= 0
        SD of the units around that.

    Returns
    -------
    Nation
        ``poll``, ``cells``, ``share``, ``truth()``.

    Raises
    ------
    TypeError
        If rng is no Generator.
    ValueError
        If a size, an odds or tau is out of range, or response names another trait or number of levels.

    Notes
    -----
    The composition differs from unit to unit, so that a unit's share depends on who lives there.
    The poll is a multinomial draw of n from all people, weighted by their odds of answering.

    Examples
    --------
    >>> made = nation(np.random.default_rng(1), n=1000)
    >>> len(made.poll), len(made.cells), int(made.cells["N"].sum())
    (1000, 4896, 50000000)
    >>> bool(made.poll["y"].mean() < made.truth(None)["population"])        # the young and educated answer, and are against
    True
    >>> nation(np.random.default_rng(1), response={"age": (1, 2)})
    Traceback (most recent call last):
    ...
    ValueError: response must give age 4 odds > 0 (18-29, 30-44, 45-64, 65+), but it gives (1, 2).
    """
    need_generator(rng)
    response = RESPONSE if response is None else response
    _check(n, J, response, on_outcome, tau)
    cells = _population(rng, J)
    labels = list(dict.fromkeys(cells["unit"]))
    u = np.round(rng.normal(0, 1, J), 2)
    own = gamma * u + rng.normal(0, tau, J)
    place = cells["unit"].map(dict(zip(labels, range(J), strict=True))).to_numpy()
    line = own[place] + sum(_levels(cells, trait, EFFECTS[trait]) for trait in TRAITS)
    both = rng.normal(0, 0.15, (len(TRAITS["age"]), len(TRAITS["education"])))
    line = line + both[cells["age"].cat.codes, cells["education"].cat.codes]
    share = expit(line)
    cells.insert(5, "u", u[place])
    poll = _poll(rng, cells, share, n, response, on_outcome)
    asked = {"n": n, "J": J, "response": response, "on_outcome": on_outcome, "gamma": gamma, "tau": tau}
    return Nation(poll, cells, pd.Series(share, name="share"), asked)


def _population(rng, J: int) -> pd.DataFrame:
    """Return all cells with their people; each unit has its own composition."""
    size = np.exp(rng.normal(0, 1, J))
    joint = np.ones((J, 1))
    for trait, shares in SHARES.items():
        tilt = np.exp(rng.normal(0, 0.05 if trait == "sex" else 0.3, (J, len(shares)))) * shares
        joint = (joint[:, :, None] * (tilt / tilt.sum(1, keepdims=True))[:, None, :]).reshape(J, -1)
    N = whole_people(PEOPLE * (joint * (size / size.sum())[:, None]).ravel())
    labels = [f"u{j:0{len(str(J))}d}" for j in range(1, J + 1)]
    index = pd.MultiIndex.from_product([labels, *TRAITS.values()], names=["unit", *TRAITS])
    cells = index.to_frame(index=False).assign(N=N)
    return cells.assign(
        **{trait: pd.Categorical(cells[trait], categories=list(levels)) for trait, levels in TRAITS.items()}
    )


def whole_people(N: np.ndarray) -> np.ndarray:
    """Round to whole people whose sum is kept: the largest remainders are rounded up."""
    floor = np.floor(N)
    up = np.argsort(floor - N, kind="stable")[: round(N.sum() - floor.sum())]
    floor[up] += 1
    return floor.astype(int)


def _levels(cells: pd.DataFrame, trait: str, values) -> np.ndarray:
    return np.asarray(values, dtype=float)[cells[trait].cat.codes]


def _poll(rng, cells, share, n, response, on_outcome) -> pd.DataFrame:
    odds = cells["N"].to_numpy() * np.prod(
        [np.ones(len(cells)), *(_levels(cells, trait, values) for trait, values in response.items())], axis=0
    )
    chance = np.concatenate([odds * share * on_outcome, odds * (1 - share)])
    answered = rng.multinomial(n, chance / chance.sum())
    rows = np.repeat(np.tile(np.arange(len(cells)), 2), answered)
    y = np.repeat(np.repeat([1, 0], len(cells)), answered)
    poll = cells.drop(columns="N").iloc[rows].assign(y=y)
    return poll.iloc[rng.permutation(n)].reset_index(drop=True)


def _check(n, J, response, on_outcome, tau) -> None:
    for name, value, least in (("n", n, 1), ("J", J, 2)):
        if not isinstance(value, int | np.integer) or value < least:
            raise ValueError(
                _(
                    "{name} must be a whole number >= {least}, but it is {found!r}.",
                    name=name,
                    least=least,
                    found=value,
                )
            )
    if not (np.isfinite(on_outcome) and on_outcome > 0):
        raise ValueError(
            _(
                "on_outcome must be odds > 0 (1 for no selection on the outcome), but it is {found}.",
                found=on_outcome,
            )
        )
    if not (np.isfinite(tau) and tau >= 0):
        raise ValueError(_("tau must be a standard deviation >= 0, but tau = {found}.", found=tau))
    for trait, values in response.items():
        if trait not in TRAITS:
            raise ValueError(
                _(
                    "response must name traits of the nation ({traits}), but {found!r} is none.",
                    traits=", ".join(TRAITS),
                    found=trait,
                )
            )
        odds = np.asarray(values, dtype=float)
        if odds.shape != (len(TRAITS[trait]),) or not (np.isfinite(odds) & (odds > 0)).all():
            raise ValueError(
                _(
                    "response must give {trait} {count} odds > 0 ({levels}), but it gives {found}.",
                    trait=trait,
                    count=len(TRAITS[trait]),
                    levels=", ".join(TRAITS[trait]),
                    found=tuple(values),
                )
            )

"""Groups compared and ranked, with the covariances between their errors.

Two groups are not compared by looking whether their intervals overlap: what counts is the error of the difference, and
the b̂_j share the error of β̂. A rank depends on all groups at once, so its uncertainty is found by drawing all of them
together from their conditional distribution

    b | y ~ N(b̂, Var(b̂ − b))        with β̂ estimated and θ̂ taken as known (`hlm_teach.prediction`)

and ranking each draw. The width of the rank intervals says how much a league table is worth.

What this file does not do: the uncertainty of θ̂; a Bayesian fit has it in its draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy import sparse

from hlm_teach.criterion import profile
from hlm_teach.locale import _
from hlm_teach.one_factor import OneFactor
from hlm_teach.prediction import check_level, given_fixed, variances
from hlm_teach.readings import only_factor
from hlm_teach.redraw import check_count, check_seed
from hlm_teach.stacks import gram

__all__ = ["Difference", "Ranks", "compare_groups", "rank_draws", "standardised"]

MOST_GROUPS = 400  # of which the covariance is found pair by pair


@dataclass(frozen=True)
class Difference:
    """b_first − b_second of one coefficient: estimate, standard error and interval."""

    factor: str
    term: str
    first: object
    second: object
    estimate: float
    se: float
    lower: float
    upper: float
    level: float


@dataclass(frozen=True, eq=False, repr=False)
class Ranks:
    """Ranks of the groups in draws from their conditional distribution; 1 is the largest value.

    Attributes
    ----------
    draws : DataFrame, shape (n, J)
        The rank of each group in each draw.
    estimate : Series
        The groups' b̂.
    seed : int
    """

    draws: pd.DataFrame = field(repr=False)
    estimate: pd.Series
    seed: int

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return rank of the estimate, mean rank, interval of ranks, and the share of draws in which a group is first."""
        check_level(level)
        ends = self.draws.quantile([(1 - level) / 2, (1 + level) / 2], interpolation="nearest")
        facts = {
            "estimate": self.estimate,
            "rank": self.estimate.rank(ascending=False, method="min").astype(int),
            "mean": self.draws.mean(),
            "lower": ends.iloc[0].astype(int),
            "upper": ends.iloc[1].astype(int),
            "first": (self.draws == 1).mean(),
        }
        return pd.DataFrame(facts).sort_values("rank", kind="stable")

    def __repr__(self) -> str:
        return self.table().to_string(float_format="{:.3g}".format)

    def _repr_html_(self) -> str:
        return self.table().to_html(float_format="{:.3g}".format)


def _term(fit, factor: str, term) -> int:
    names = list(fit.ranef[factor].columns)
    if term is None:
        return 0
    if term not in names:
        raise ValueError(
            _(
                "No coefficient {term!r} varies by {factor}. Those that do: {names}.",
                term=term,
                factor=factor,
                names=", ".join(map(str, names)),
            )
        )
    return names.index(term)


def _row_variances(fit, factor: str, k: int, matrix: sparse.csr_array) -> np.ndarray:
    """Return the variances of the errors of combinations (rows of matrix) of one coefficient over the groups."""
    n, z, groups = matrix.shape[0], {}, {}
    for name, inside in fit.model.inside.items():
        z[name] = [np.full(n, float(name == factor and a == k)) for a in range(inside.stop - inside.start)]
        J = len(fit.frame.factors[name].levels)
        groups[name] = matrix if name == factor else sparse.csr_array((n, J))
    return variances(fit, np.zeros((n, len(fit.fixef))), z, groups)


def compare_groups(fit, first, second, factor=None, term=None, level: float = 0.95) -> Difference:
    """Compare two groups; see `LMMFit.compare_groups`."""
    factor = only_factor(fit, factor)
    k, table = _term(fit, factor, term), fit.ranef[factor]
    places = table.index.get_indexer([first, second])
    for place, label in zip(places, (first, second), strict=True):
        if place < 0:
            known = ", ".join(map(str, table.index[:6]))
            raise ValueError(
                _(
                    "{label!r} must be a group of {factor}, but it is none. The first ones are: {known}.",
                    label=label,
                    factor=factor,
                    known=known,
                )
            )
    if places[0] == places[1]:
        raise ValueError(_("Two different groups are needed, but both are {label!r}.", label=first))
    sign = sparse.csr_array((np.array([1.0, -1.0]), (np.zeros(2, dtype=int), places)), shape=(1, len(table)))
    se = float(np.sqrt(_row_variances(fit, factor, k, sign)[0]))
    b = table.iloc[places, k].to_numpy()
    half = NormalDist().inv_cdf((1 + check_level(level)) / 2) * se
    estimate = float(b[0] - b[1])
    return Difference(
        factor, table.columns[k], first, second, estimate, se, estimate - half, estimate + half, level
    )


def standardised(fit) -> dict[str, pd.DataFrame]:
    """Return b̂ divided by its own SD; see `LMMFit.ranef_standardised`."""
    found = {}
    for factor, table in fit.ranef.items():
        spread = np.diag(fit.varcorr[factor].cov)
        each, columns = sparse.csr_array(sparse.eye_array(len(table))), {}
        for k, name in enumerate(table.columns):
            left = spread[k] - _row_variances(fit, factor, k, each)
            sd = np.sqrt(np.where(left > 1e-10 * spread[k], left, np.nan))
            columns[name] = table[name] / sd
        found[factor] = pd.DataFrame(columns, index=table.index)
    return found


def rank_draws(fit, n: int, seed, factor=None, term=None) -> Ranks:
    """Rank the groups in n draws; see `LMMFit.rank_draws`."""
    n, seed, factor = check_count("n", n), check_seed(seed), only_factor(fit, factor)
    k, rng = _term(fit, factor, term), np.random.default_rng(seed)
    if isinstance(fit.model, OneFactor):
        errors = _one_factor_errors(fit, k, n, rng)
    else:
        errors = _dense_errors(fit, factor, k, n, rng)
    estimate = fit.ranef[factor].iloc[:, k]
    order = np.argsort(-(estimate.to_numpy() + errors), axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, order.shape[1] + 1)[None], axis=1)
    return Ranks(pd.DataFrame(ranks, columns=estimate.index), estimate, seed)


def _one_factor_errors(fit, k: int, n: int, rng) -> np.ndarray:
    """Return n draws of b − b̂ of coefficient k, (n, J): a part of each group's own, and the part all share with β̂."""
    model = fit.model
    Lambda_p = model.newtons(fit.theta)
    at = profile(model.c, Lambda_p, reml=False)
    Lambda = np.linalg.inv(model.layout.K) @ Lambda_p
    own = given_fixed(model.c.R, Lambda_p, Lambda)[k, k]
    shared = np.einsum("b,bpj->pj", Lambda[k] @ Lambda_p.T, gram(at.UR, at.UE[:, :-1]))
    beta = rng.standard_normal((n, len(shared))) @ np.linalg.inv(at.factor)
    return fit.sigma * (np.sqrt(own) * rng.standard_normal((n, len(own))) + beta @ shared)


def _dense_errors(fit, factor: str, k: int, n: int, rng) -> np.ndarray:
    """Return the same for several factors, from the covariance of all J errors: by variances of sums and differences."""
    J = len(fit.ranef[factor])
    if J > MOST_GROUPS:
        raise ValueError(
            _(
                "Ranks over {factor} need the joint covariance of {J} groups; with several factors at most {most} are "
                "possible. Rank the groups of another factor.",
                factor=factor,
                J=J,
                most=MOST_GROUPS,
            )
        )
    i, j = np.triu_indices(J, 1)
    pairs = np.arange(len(i))
    sums = sparse.csr_array(
        (np.ones(2 * len(i)), (np.concatenate([pairs, pairs]), np.concatenate([i, j]))), shape=(len(i), J)
    )
    own = _row_variances(fit, factor, k, sparse.csr_array(sparse.eye_array(J)))
    covariance = np.diag(own)
    covariance[i, j] = covariance[j, i] = (_row_variances(fit, factor, k, sums) - own[i] - own[j]) / 2
    size, axes = np.linalg.eigh(covariance)
    return rng.standard_normal((n, J)) @ (axes * np.sqrt(np.maximum(size, 0))).T

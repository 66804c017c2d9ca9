"""Can these data tell this model's parameters apart? If not, say which and why, before anything is fitted.

Several things can go wrong, and none is a failure of the optimiser: a factor with one level, fixed columns that repeat
each other, no rows left over inside the groups to estimate σ from, nothing left over between the groups to estimate
their spread from, and a fit without any error at all.

Notation: as in `hlm_teach.compress`. What this file does not do: look for estimates at the boundary; a between-group SD
of 0 is an answer, not an error.
"""

from __future__ import annotations

import numpy as np

from hlm_teach.compress import SPANNED, Compressed
from hlm_teach.locale import _, ngettext
from hlm_teach.rows import Factor

__all__ = [
    "check_identified",
    "check_levels",
    "check_terms",
    "dependent_columns",
    "refuse_dependent",
    "refuse_perfect_fit",
]


def check_levels(factor: Factor, n: int) -> None:
    """Raise if a factor has one level: a spread needs two."""
    if len(factor.levels) < 2:
        raise ValueError(
            _(
                "A varying coefficient needs at least two groups, but all {n} rows have {factor} = {level}.",
                n=n,
                factor=factor.name,
                level=factor.levels[0],
            )
        )


def check_identified(c: Compressed, factor: str, response: str) -> None:
    """Raise if the fixed columns are dependent, or if nothing is left over to estimate σ from."""
    total = c.total()
    refuse_dependent(dependent_columns(total[:-1, :-1], c.x_names, _unshifted(c, total)))
    _check_left_over(c, total, factor, response)


def refuse_dependent(dependent: dict[str, list[str]]) -> None:
    """Raise if columns were found to be dependent (`dependent_columns`)."""
    if dependent:
        (name, others), *more = dependent.items()
        if not others:
            raise ValueError(
                _("The predictors must vary, but {name} is 0 in every row. Leave it out.", name=name)
            )
        raise ValueError(
            ngettext(
                "The predictors must not repeat each other, but {name} is a combination of {others}. Leave it out.",
                "The predictors must not repeat each other, but {n} of them are combinations of the others: "
                "{all}; {name}, for one, of {others}. Leave them out.",
                len(dependent),
                name=name,
                others=", ".join(others),
                all=", ".join([name, *(key for key, _others in more)]),
            )
        )


def refuse_perfect_fit(n: int, p: int, response: str) -> None:
    """Raise: the predictors leave nothing over, in any group."""
    raise ValueError(
        _(
            "Rows must be left over to estimate σ, but {n} values of {response} are fitted perfectly by "
            "{p} predictors. Use fewer predictors or more rows.",
            n=n,
            response=response,
            p=p,
        )
    )


def check_terms(factor: str, blocks: list[tuple[str, ...]]) -> None:
    """Raise if a coefficient varies in two terms over one factor; blocks = the coefficient names of its terms."""
    twice = [name for block in blocks for name in block if sum(name in other for other in blocks) > 1]
    if twice:
        raise ValueError(
            _(
                "Each coefficient can vary once over a factor, but {name} varies in several terms over {factor}. "
                "(x | {factor}) already has a varying Intercept; write (0 + x | {factor}) to leave it out.",
                name=twice[0],
                factor=factor,
            )
        )


def _check_left_over(c: Compressed, total: np.ndarray, factor: str, response: str) -> None:
    """Nothing left over in all rows, or inside the groups, means σ = 0 and an unbounded likelihood."""
    fitted = np.linalg.solve(total[:-1, :-1], total[:-1, -1]) @ total[:-1, -1]
    if c.n <= c.p or total[-1, -1] - fitted <= 10 * SPANNED * total[-1, -1]:
        refuse_perfect_fit(c.n, c.p, response)
    left, df = c.within()
    facts = {
        "n": c.n,
        "J": c.J,
        "factor": factor,
        "what": ", ".join(c.z_names),
        "response": response,
    }
    if c.spare <= 0:
        raise ValueError(
            _(
                "Rows must be left over inside the groups to tell σ from the differences between groups, but the "
                "{n} rows in {J} groups of {factor} are used up by what varies ({what}). "
                "Let fewer coefficients vary, or take groups with more rows.",
                **facts,
            )
        )
    if df <= 0 or left <= 10 * SPANNED * max(c.W[-1, -1], SPANNED * total[-1, -1]):
        raise ValueError(
            _(
                "{response} must vary inside the groups of {factor}, but what varies ({what}) and the predictors fit "
                "it there perfectly: σ would be 0 and the likelihood unbounded. Is the response a group mean?",
                **facts,
            )
        )

    if c.n - c.p - df <= 0:
        raise ValueError(
            _(
                "Something must be left over between the groups to estimate their spread, but the predictors fit all "
                "differences between the {J} groups of {factor} perfectly. Are there dummies for the groups, or as many "
                "group-level predictors as groups?",
                **facts,
            )
        )


def _unshifted(c: Compressed, total: np.ndarray) -> np.ndarray:
    """Return X'X of the columns as given (but scaled): there a constant column is seen to repeat the Intercept."""
    back = np.eye(c.p)
    if "Intercept" in c.x_names:
        back[c.x_names.index("Intercept")] += (c.x_shift / c.x_scale)[:-1]
    return back.T @ total[:-1, :-1] @ back


def dependent_columns(
    products: np.ndarray, names: tuple[str, ...], unshifted: np.ndarray | None = None
) -> dict[str, list[str]]:
    """Return the columns that earlier ones determine, with those ones; products = X'X, shape (p, p).

    Whether a column is determined is judged on ``products``; which columns it is made of, on ``unshifted`` if given.

    Examples
    --------
    >>> X = np.array([[1.0, 0.0, 2.0], [1.0, 1.0, 4.0], [1.0, 5.0, 12.0]])
    >>> dependent_columns(X.T @ X, ("Intercept", "x", "w"))
    {'w': ['Intercept', 'x']}
    """
    unshifted = products if unshifted is None else unshifted
    kept, dependent = [], {}
    for k, name in enumerate(names):
        weights = np.linalg.solve(products[np.ix_(kept, kept)], products[kept, k]) if kept else np.zeros(0)
        if products[k, k] - products[kept, k] @ weights > 10 * SPANNED * products[k, k]:
            kept.append(k)
            continue
        inner = unshifted[np.ix_(kept, kept)]
        weights = np.linalg.lstsq(inner, unshifted[kept, k], rcond=None)[0]
        share = np.abs(weights) * np.sqrt(np.diag(inner))
        dependent[name] = [
            names[i] for i, s in zip(kept, share, strict=True) if s > 1e-6 * max(share.max(), 1e-300)
        ]
    return dependent

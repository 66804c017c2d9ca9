"""Does a logit model have finite estimates at all? If not, say which predictor or which groups are to blame.

A direction δ of the fixed coefficients separates the data if it raises, or leaves alone, the probability of what was
observed in every row: then the likelihood rises along δ for ever, whatever the groups do, and the estimate is infinite
(Albert & Anderson 1984). Whether there is one is a question for linear programming (Konis 2007), so the answer is exact.

The spread between groups is infinite if no group has both 0s and 1s: the further apart the groups, the better the fit.

What this file does not do: repair. References: Albert, A. & Anderson, J. A. (1984), "On the existence of maximum
likelihood estimates in logistic regression models", *Biometrika* 71; Konis, K. (2007), *Linear programming algorithms for
detecting separated data in binary logistic regression models*, University of Oxford.
"""

from __future__ import annotations

import numpy as np

from hlm_teach.locale import _

__all__ = ["check_mixed", "refuse_separated", "separating"]


def separating(x: np.ndarray, successes: np.ndarray, trials: np.ndarray) -> np.ndarray:
    """Return a direction δ (p,) that separates, with entries in [−1, 1], or zeros if the data overlap.

    Examples
    --------
    >>> x = np.array([[1.0, 1, 1, 1], [0, 1, 2, 3]])
    >>> separating(x, np.array([0.0, 0, 1, 1]), np.ones(4)).round(2).tolist()        # 1 from x = 2 on
    [-1.0, 1.0]
    >>> separating(x, np.array([0.0, 1, 0, 1]), np.ones(4)).tolist()
    [0.0, 0.0]
    """
    from scipy.optimize import linprog

    sign = np.where(successes == trials, 1.0, np.where(successes == 0, -1.0, 0.0))
    pure, mixed = np.unique((sign * x)[:, sign != 0].T, axis=0), np.unique(x[:, sign == 0].T, axis=0)
    if not len(pure):
        return np.zeros(len(x))
    equal = {"A_eq": mixed, "b_eq": np.zeros(len(mixed))} if len(mixed) else {}
    found = linprog(-pure.sum(axis=0), A_ub=-pure, b_ub=np.zeros(len(pure)), bounds=(-1, 1), **equal)
    return found.x if found.status == 0 and -found.fun > 1e-6 else np.zeros(len(x))


def refuse_separated(x: np.ndarray, names: tuple[str, ...], successes, trials, response: str) -> None:
    """Raise if the fixed columns x (p, C) separate the response, and name them.

    Examples
    --------
    >>> x = np.array([[1.0, 1, 1, 1], [0, 1, 2, 3]])
    >>> refuse_separated(x, ("Intercept", "dose"), np.array([0.0, 0, 1, 1]), np.ones(4), "dead")
    Traceback (most recent call last):
    ...
    ValueError: dead must not be told perfectly by a predictor, but dose separates its 0s from its 1s, in all rows or ...
    """
    size = np.sqrt((x**2).mean(axis=1))
    direction = separating(x / np.where(size > 0, size, 1.0)[:, None], successes, trials)
    if not direction.any():
        return
    blame = [name for name, d in zip(names, direction, strict=True) if abs(d) > 1e-7 and name != "Intercept"]
    raise ValueError(
        _(
            "{response} must not be told perfectly by a predictor, but {names} separates its 0s from its 1s, in all rows "
            "or in one of its categories: the coefficient would be infinite. Leave it out, join it with a neighbouring "
            "category, or use a model with a prior.",
            response=response,
            names=" + ".join(blame or names),
        )
    )


def check_mixed(factor: str, codes: np.ndarray, J: int, successes, trials, response: str) -> None:
    """Raise if no group of a factor has both 0s and 1s.

    Examples
    --------
    >>> check_mixed("school", np.array([0, 1, 2]), 3, np.array([0.0, 5, 3]), np.array([4.0, 5, 3]), "pass")
    Traceback (most recent call last):
    ...
    ValueError: Groups must show both outcomes, but in each of the 3 groups of school pass is only 0 or only 1, so the ...
    """
    y, m = np.bincount(codes, successes, minlength=J), np.bincount(codes, trials, minlength=J)
    if ((y == 0) | (y == m)).all():
        raise ValueError(
            _(
                "Groups must show both outcomes, but in each of the {J} groups of {factor} {response} is only 0 or only "
                "1, so the spread between groups would be infinite. Is there more than one row per group? Take a coarser "
                "grouping.",
                J=J,
                factor=factor,
                response=response,
            )
        )

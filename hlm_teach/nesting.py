"""Is one model inside another? Fixed parts by the span of their columns, varying parts term by term.

A varying term of the smaller model must lie in one term of the larger: (1 | g) in (1 + x | g), and (x || g), which is
(1 | g) + (0 + x | g), in (1 + x | g) too. What the larger model adds is counted in three ways, because they are tested
differently:

    fixed           columns of X                                  an ordinary parameter
    covariances     between coefficients that already vary        an ordinary parameter (0 is inside its range)
    variances       coefficients that did not vary                on the boundary: 0 is the edge of what is possible

What this file does not do: compute a p value (`hlm_teach.lr_test`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hlm_teach.locale import _

__all__ = ["Added", "added", "same_columns", "spans"]


@dataclass(frozen=True)
class Added:
    """What a larger model has beyond a smaller one: counts, and the new coefficients by factor."""

    fixed: int
    covariances: int
    variances: int
    new: tuple[str, ...]

    @property
    def df(self) -> int:
        return self.fixed + self.covariances + self.variances


def design(fit) -> np.ndarray:
    """Return the fixed columns of an LMMFit or of a statsmodels result, shape (n, p)."""
    if hasattr(fit, "frame"):
        return np.column_stack(fit.frame.x.arrays).astype(float)
    return np.asarray(fit.model.exog, dtype=float)


def spans(small: np.ndarray, large: np.ndarray) -> bool:
    """Return whether every column of ``small`` is a combination of those of ``large``.

    Examples
    --------
    >>> one, x = np.ones(3), np.array([1.0, 2.0, 4.0])
    >>> spans(np.column_stack([one + x]), np.column_stack([one, x])), spans(np.column_stack([x]), one[:, None])
    (True, False)
    """
    unit = large / np.maximum(np.linalg.norm(large, axis=0), 1e-300)
    Q, size, _right = np.linalg.svd(unit, full_matrices=False)
    Q = Q[:, size > 1e-10 * size[0]]
    left = small - Q @ (Q.T @ small)
    return bool(
        np.all(np.linalg.norm(left, axis=0) <= 1e-8 * np.maximum(np.linalg.norm(small, axis=0), 1e-300))
    )


def same_columns(one, other) -> bool:
    """Return whether two fits have the same fixed columns, in any order: then their REML criteria can be compared."""
    a, b = design(one), design(other)
    if a.shape != b.shape:
        return False
    left = list(b.T)
    for column in a.T:
        k = next((k for k, c in enumerate(left) if np.allclose(column, c, rtol=1e-12, atol=0)), None)
        if k is None:
            return False
        left.pop(k)
    return True


def terms(fit) -> list[tuple[str, dict[str, np.ndarray]]]:
    """Return the varying terms of a fit, each its factor and its columns by name; none for a model without groups."""
    if not hasattr(fit, "frame"):
        return []
    return [
        (term.factor, dict(zip(term.columns.names, term.columns.arrays, strict=True)))
        for term in fit.frame.terms
    ]


def added(small, large) -> Added:
    """Count what ``large`` adds to ``small``, or say why they are not nested.

    Examples
    --------
    >>> from hlm_teach import lmm, load
    >>> data = load("sleepstudy")
    >>> one, both = (lmm(f"Reaction ~ Days + ({v} | Subject)", data) for v in ("1", "Days"))
    >>> added(one, both)
    Added(fixed=0, covariances=1, variances=1, new=('Days | Subject',))
    """
    X0, X1 = design(small), design(large)
    if not spans(X0, X1):
        raise ValueError(
            _(
                "The smaller model must lie inside the larger one, but its fixed part has columns that are no "
                "combinations of the larger model's. Two models that are not nested can be compared by their AIC (fitted "
                "by ML)."
            )
        )
    old, own = terms(small), terms(large)
    home = [_home(term, own) for term in old]
    covariances, new = 0, []
    for k, (factor, columns) in enumerate(own):
        inside = [old[i][1] for i, place in enumerate(home) if place == k]
        before = sum(len(part) for part in inside)
        more = [name for name in columns if not any(name in part for part in inside)][: len(columns) - before]
        new += [f"{name} | {factor}" for name in more]
        known = sum(len(part) * (len(part) - 1) // 2 for part in inside)
        covariances += len(columns) * (len(columns) - 1) // 2 - known
    fixed = int(np.linalg.matrix_rank(X1) - np.linalg.matrix_rank(X0))
    return Added(fixed, covariances, len(new), tuple(new))


def _home(term, own) -> int:
    """Return which term of the larger model contains a term of the smaller."""
    factor, columns = term
    matrix = np.column_stack(list(columns.values())).astype(float)
    for k, (other, wider) in enumerate(own):
        if other == factor and spans(matrix, np.column_stack(list(wider.values())).astype(float)):
            return k
    raise ValueError(
        _(
            "The smaller model must lie inside the larger one, but its term ({names} | {factor}) lies in no single term of "
            "the larger model. Two models that are not nested can be compared by their AIC (fitted by ML).",
            names=" + ".join(columns),
            factor=factor,
        )
    )

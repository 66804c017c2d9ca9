"""Can these data tell the parameters of a model with several factors apart? If not, say which and why.

What can go wrong beyond one factor (`hlm_teach.identify`): two factors that make the same groups, a factor with a group
for every row, predictors that already contain the differences between a factor's groups, and factors that together use up
all rows.

What this file does not do: look for estimates at the boundary; an SD of 0 is an answer, not an error.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.linalg.lapack import dpstrf

from hlm_teach.blocks import Blocks
from hlm_teach.compress import SPANNED
from hlm_teach.frame import Columns, ModelFrame
from hlm_teach.identify import dependent_columns, refuse_dependent, refuse_perfect_fit
from hlm_teach.locale import _

__all__ = ["check_columns", "check_factors", "check_left_over", "check_size"]

LARGEST = 20_000  # coefficients in the dense block: 3 GB


def check_factors(frame: ModelFrame, terms: dict[str, list[Columns]]) -> None:
    """Raise if a factor has a group per row, or if two factors make the same groups and share a coefficient."""
    n, apart = len(frame.y), {f: g for f, g in frame.factors.items() if g.members is None}
    names = {f: {name for term in terms[f] for name in term.names} for f in apart}
    for factor, groups in apart.items():
        if len(groups.levels) == n and "Intercept" in names[factor]:
            raise ValueError(
                _(
                    "A group must have several rows, at least here and there, to tell its deviation from ε, but each "
                    "of the {n} rows has its own group of {factor}. Leave (1 | {factor}) out: σ already is its spread.",
                    n=n,
                    factor=factor,
                )
            )
    for a, b in combinations(apart, 2):
        both = [name for name in names[a] if name in names[b]]
        if both and _same_groups(apart[a], apart[b]):
            raise ValueError(
                _(
                    "Factors must make different groups, but {a} and {b} make the same {J} groups and {name} varies "
                    "over both: only the sum of the two variances is in the data. Leave one of them out.",
                    a=a,
                    b=b,
                    J=len(apart[a].levels),
                    name=both[0],
                )
            )


def _same_groups(a, b) -> bool:
    J = len(a.levels)
    return len(b.levels) == J and len(np.unique(a.codes.astype(np.int64) * J + b.codes)) == J


def check_columns(frame: ModelFrame, columns: np.ndarray, shift, scale, root: np.ndarray) -> None:
    """Raise if y does not vary, if fixed columns are dependent, or if they fit y perfectly; ``root`` = √w."""
    n, p = columns.shape
    y = frame.y
    if np.ptp(y) <= 16 * np.finfo(float).eps * np.abs(y).max():
        raise ValueError(
            _("The response must vary, but all {n} values are {value}.", n=n, value=float(np.mean(y)))
        )
    X = root[:, None] * columns
    back = np.eye(p)
    if "Intercept" in frame.x.names:
        back[frame.x.names.index("Intercept")] += shift / scale
    products = X.T @ X
    refuse_dependent(dependent_columns(products, frame.x.names, back.T @ products @ back))
    Q = np.linalg.qr(X)[0]
    middle = root**2 @ y / (root @ root) if "Intercept" in frame.x.names else 0.0
    left = whole = root * (y - middle)
    for _turn in range(2):
        left = left - Q @ (Q.T @ left)
    if n <= p or left @ left <= 10 * SPANNED * (whole @ whole):
        refuse_perfect_fit(n, p, frame.response)


def check_size(others: dict[str, int]) -> None:
    """Raise if the dense block would not fit in memory; ``others`` = coefficients of the factors that stay."""
    if sum(others.values()) > LARGEST:
        raise ValueError(
            _(
                "One factor may be as large as you like, but the others must have at most {most} coefficients together, "
                "and here they have {found} ({factors}). Let fewer coefficients vary, or take a part of the data.",
                most=LARGEST,
                found=sum(others.values()),
                factors=", ".join(others),
            )
        )


def check_left_over(frame: ModelFrame, blocks: Blocks) -> None:
    """Raise if a factor's differences are all in X, or if the factors use up all rows or fit y perfectly."""
    for factor, part in zip(frame.factors, blocks.parts, strict=True):
        whole, free = _beyond_x(blocks, part)
        if (free <= 1e-10 * whole).any():
            raise ValueError(
                _(
                    "Something must be left over between the groups to estimate their spread, but the predictors fit "
                    "all differences between the {J} groups of {factor} perfectly. Are there dummies for the groups, "
                    "or as many group-level predictors as groups?",
                    J=part.J,
                    factor=factor,
                )
            )
    size = len(blocks.W) - 1
    unit = np.sqrt(np.where(np.diag(blocks.W) > 0, np.diag(blocks.W), 1.0))
    scaled = blocks.W / np.outer(unit, unit)
    L, pivot, rank, _info = dpstrf(scaled[:size, :size], tol=1e-9, lower=1)
    L, pivot = np.tril(L)[:rank, :rank], pivot[:rank] - 1
    used = np.linalg.solve(L, scaled[pivot, -1]) if rank else np.zeros(0)
    left = blocks.W[-1, -1] * (1 - used @ used)
    first = int((np.abs(np.einsum("kkj->kj", blocks.R)) > 0).sum())
    facts = {
        "n": blocks.n,
        "factors": ", ".join(frame.factors),
        "response": frame.response,
        "used": first + rank,
    }
    if blocks.n - first - rank <= 0:
        raise ValueError(
            _(
                "Rows must be left over to tell σ from the differences between groups, but the {n} rows are used up by "
                "what varies over {factors} and the predictors ({used} independent coefficients). "
                "Let fewer coefficients vary, or take groups with more rows.",
                **facts,
            )
        )
    if left <= 10 * SPANNED * blocks.n:
        raise ValueError(
            _(
                "{response} must vary inside the groups, but what varies over {factors} and the predictors fit it "
                "perfectly: σ would be 0 and the likelihood unbounded. Is the response a group mean?",
                **facts,
            )
        )


def _beyond_x(blocks: Blocks, part) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums of squares of each coefficient's columns, and what X leaves of them, shapes (r,)."""
    m, p = blocks.m, blocks.p
    if part.columns is not None:
        E = blocks.E[:, part.columns]
        inner = np.asarray((E * E).sum(axis=0)).ravel() + np.diag(blocks.W)[part.columns]
        crossed = blocks.W[part.columns, m : m + p] + E.T @ _columns(blocks.E, m, m + p)
    else:
        inner = (blocks.R**2).sum(axis=0).ravel()
        rows = _columns(blocks.E, m, m + p).reshape(part.r, part.J, p)
        crossed = np.einsum("kaj,kjx->ajx", blocks.R, rows).reshape(-1, p)
    whole = inner.reshape(part.r, part.J).sum(axis=1)
    return whole, whole - (crossed**2).reshape(part.r, -1).sum(axis=1)


def _columns(E, start: int, stop: int) -> np.ndarray:
    part = E[:, start:stop]
    return part if isinstance(part, np.ndarray) else part.toarray()

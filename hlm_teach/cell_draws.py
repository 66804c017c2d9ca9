"""Draw the means of units: coefficients, counts and people of the cells, summed draw by draw.

    line = Xβ + Zb  (D, C)  →  logit⁻¹  →  Σ_{c in s} N_c π_c / Σ_{c in s} N_c  (D, units)

Notation: D draws, C cells; some cells at a time, so that a large population needs no large table.

What this file does not do: look whether the tables make sense (`hlm_teach.cell_checks`, `hlm_teach.mrp`).
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit

from hlm_teach.locale import _
from hlm_teach.logit_fit import GLMMFit

__all__ = ["Counts", "averages", "coefficients"]

AT_ONCE = 4_000_000  # numbers of an intermediate table


def coefficients(fit, draws: int, rng, unseen: dict, theta: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return draws of β (D, p) and of each factor's deviations (D, J + unseen, r), unseen ones from N(0, Σ)."""
    half = (draws + 1) // 2
    fixed = theta == "fixed"
    drawn = fit.draws(half, rng) if fixed else fit.draws(2 * half, rng, theta)
    beta = drawn.fixef.to_numpy()
    beta = _mirrored(beta, fit.fixef.to_numpy()) if fixed else beta
    deviations = {}
    for factor, known in drawn.ranef.items():
        roots = _roots(drawn.cov[factor])
        fresh = rng.standard_normal((len(known), len(unseen.get(factor, ())), known.shape[2]))
        fresh = np.einsum("nab,njb->nja", roots, fresh)
        if fixed:
            known, fresh = _mirrored(known, fit.ranef[factor].to_numpy()), _mirrored(fresh, 0.0)
        deviations[factor] = np.concatenate([known, fresh], axis=1)
    return beta, deviations


def _roots(cov: np.ndarray) -> np.ndarray:
    """Return a root of each covariance matrix (n, r, r), also where a variance is 0."""
    size, axes = np.linalg.eigh(cov)
    return axes * np.sqrt(np.maximum(size, 0.0))[:, None, :]


def _mirrored(values: np.ndarray, centre) -> np.ndarray:
    return np.concatenate([values, 2 * centre - values])


@dataclass(frozen=True)
class Counts:
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


def averages(fit, people, coefficients, codes, counts: Counts, units, rng, realised) -> np.ndarray:
    """Return each unit's mean in each draw, (D, units), some cells at a time."""
    beta, deviations = coefficients
    x, *varying = _design(fit, people)
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
        people_say = _said(fit, expected, N, rng) if realised else expected * N
        top = top + people_say @ within
        bottom = bottom + N @ within
    return top / bottom


def _said(fit, expected: np.ndarray, N: np.ndarray, rng) -> np.ndarray:
    """Return the sum of N answers of each cell, drawn."""
    N = np.broadcast_to(N, expected.shape)
    if isinstance(fit, GLMMFit):
        return rng.binomial(np.rint(N).astype(np.int64), expected).astype(float)
    return N * expected + fit.sigma * np.sqrt(N) * rng.standard_normal(N.shape)


def _design(fit, people: pd.DataFrame):
    """Return the columns of the cells; a level that C(…) had not in the fit is an error, not a row of zeros."""
    from formulaic.errors import DataMismatchWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", DataMismatchWarning)
        try:
            return fit.frame.design(people)
        except DataMismatchWarning as mismatch:
            found = re.search(r"{(.*)}", str(mismatch))
            raise ValueError(
                _(
                    "The cells have levels that the fit has no coefficient for: {levels}. Spell them alike, or merge them "
                    "with another level before the fit.",
                    levels=re.sub(r"np\.\w+\(([^)]*)\)", r"\1", found[1]) if found else str(mismatch),
                )
            ) from None


def _or_zero(deviations: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return each cell's deviations (D, cells, r); a place beyond the drawn ones is 0."""
    J = deviations.shape[1]
    own = deviations[:, np.minimum(codes, J - 1)]
    own[:, codes >= J] = 0.0
    return own

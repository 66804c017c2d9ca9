"""The logit model in the coordinates of its search, and the way back to the units of the data.

Fixed part: the columns are centred (if there is an Intercept), and made orthonormal under the weights m p̄(1 − p̄).
Varying part: columns that vary together with an Intercept are centred, then each term is put in natural units: there
Λ_p = I means that a typical group's own information weighs as much as the target (B = ½).

    X = X_s B⁻¹,  β = Bγ;      Z = Z_p K,  Λ_p = KΛ,  b = K⁻¹b_p

Notation: γ and Λ_p belong to the search, β and Λ to the data. θ is the lower triangle of Λ, as lme4 orders it; here it
is an SD on the logit scale itself, since a logit model has no σ.
What this file does not do: take a step of the search itself (`hlm_teach.logit_search`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from hlm_teach.cells import Cells
from hlm_teach.covariance import Structure
from hlm_teach.frame import Columns, ModelFrame
from hlm_teach.identify import check_levels, check_terms, dependent_columns, refuse_dependent
from hlm_teach.laplace import Mode, find_mode, joint_information, laplace
from hlm_teach.locale import _
from hlm_teach.logit_search import Convergence, Runaway, search
from hlm_teach.logit_system import Groups, System
from hlm_teach.quadrature import quadrature
from hlm_teach.separation import check_mixed, refuse_separated

__all__ = ["LogitEstimates", "LogitModel"]

SUSPECT = 8.0  # logits: a fixed part beyond this is looked at for separation


@dataclass(frozen=True)
class LogitEstimates:
    """All numbers of a logit fit, in the units of the data.

    Attributes
    ----------
    theta : array, shape (m,)
        Lower triangles of Λ, factor by factor as the formula names them, column by column.
    roots : dict, factor → array (r, r)
        Λ: the deviations of a group have covariance ΛΛ'.
    beta, vcov : arrays, shape (p,) and (p, p)
        Fixed coefficients, and their covariance from the Hessian in θ and β together.
    b, b_cov : dict, factor → arrays (r, J) and (r, r, J)
        Conditional modes of the deviations and their covariances given θ and β.
    criterion : float
        −2 log-likelihood with the binomial constants.
    boundary_factors : tuple of str
        Those whose Λ has lost rank.
    mode : Mode
        The mode, in the coordinates of the search.
    """

    theta: np.ndarray
    roots: dict[str, np.ndarray]
    beta: np.ndarray
    vcov: np.ndarray
    b: dict[str, np.ndarray]
    b_cov: dict[str, np.ndarray]
    criterion: float
    boundary_factors: tuple[str, ...]
    mode: Mode


class LogitModel:
    """The cells of a model in the coordinates of the search.

    Attributes
    ----------
    system : System
        With γ and Λ_p as parameters.
    factors : tuple of str
        Names, the one with the most coefficients first.
    layouts : tuple of Structure
        The blocks of each factor; K leads to natural units.
    B : array, shape (p, p)
        β = Bγ.
    """

    def __init__(self, frame: ModelFrame, cells: Cells):
        self.frame, self.cells = frame, cells
        for factor in frame.factors.values():
            check_levels(factor, len(frame.y))
        share = cells.successes.sum() / cells.trials.sum()
        weight = cells.trials * share * (1 - share)
        x, self.B = _fixed(_at_cells(frame.x, cells), frame.x.names, weight)
        terms = {name: [t.columns for t in frame.terms if t.factor == name] for name in frame.factors}
        count = {name: sum(len(c.names) for c in terms[name]) for name in terms}
        self.factors = tuple(sorted(terms, key=lambda name: -count[name] * len(frame.factors[name].levels)))
        layouts, groups = [], []
        for name in self.factors:
            check_terms(name, [c.names for c in terms[name]])
            codes, J = frame.factors[name].codes[cells.first], len(frame.factors[name].levels)
            z, layout = _varying([(c.names, _at_cells(c, cells)) for c in terms[name]], weight, J)
            layouts.append(layout)
            groups.append(Groups(codes, J, z))
        self.layouts = tuple(layouts)
        self.system = System(x, cells.successes, cells.trials, tuple(groups))

    def fit(self, nodes: int) -> tuple[LogitEstimates, Convergence]:
        """Maximise the likelihood, by Laplace (1 node) or quadrature."""
        s = self.system
        for name, g, layout in zip(self.factors, s.groups, self.layouts, strict=True):
            if "Intercept" in layout.names:
                check_mixed(name, g.codes, g.J, s.y, s.m, self.frame.response)
        try:
            start = self._start()
            if np.abs(start.beta @ s.x).max(initial=0.0) > SUSPECT:
                self._refuse_separated()
            deviance = laplace if nodes == 1 else partial(quadrature, nodes)
            best = search(s, self.layouts, deviance, (start.roots, start.beta))
        except (Runaway, np.linalg.LinAlgError) as trouble:
            self._refuse_separated()
            raise ValueError(self._runaway(trouble)) from None
        return self._estimates(best), best.convergence

    def _start(self, rounds: int = 3) -> Mode:
        """Return the joint mode after a few rounds of EM for Λ, from deviations of one logit."""
        s = self.system
        roots = [np.eye(len(g.z)) / np.sqrt((g.z**2).mean()) for g in s.groups]
        beta, u = np.zeros(len(s.x)), np.zeros(s.n_u)
        for turn in range(rounds + 1):
            at = find_mode(s, roots, beta, u, joint=True)
            if turn == rounds:
                return at
            moved = []
            for layout, root, own, V in zip(
                self.layouts, roots, s.slices, s.inverse_of_groups(at.H), strict=True
            ):
                mine = at.u[own].reshape(len(root), -1)
                second = (mine @ mine.T + V.sum(axis=2)) / mine.shape[1]
                new = np.zeros_like(root)
                for b in layout.blocks():
                    new[b, b] = root[b, b] @ np.linalg.cholesky(second[b, b])
                moved.append(layout.by_block(new))
            roots, beta, u = moved, at.beta, at.u

    def layout_of(self, factor: str) -> Structure:
        """Return the blocks of a factor."""
        return self.layouts[self.factors.index(factor)]

    def _refuse_separated(self) -> None:
        x, s = _at_cells(self.frame.x, self.cells), self.system
        centred, _T = _centred(x, self.frame.x.names) if len(x) else (x, None)
        refuse_separated(centred, self.frame.x.names, s.y, s.m, self.frame.response)

    def _runaway(self, trouble: Exception) -> str:
        factor = getattr(trouble, "factor", None)
        if factor is None:
            return _(
                "The coefficients must be finite, but the likelihood rises for ever: the data nearly separate "
                "{response}'s 0s from its 1s. Use fewer predictors, or a model with a prior.",
                response=self.frame.response,
            )
        return _(
            "The spread between groups must be finite, but the likelihood rises for ever with the spread over {factor}: "
            "nearly all its groups have only 0s or only 1s. Take a coarser grouping, or a model with a prior.",
            factor=self.factors[factor],
        )

    def _estimates(self, best) -> LogitEstimates:
        at, s = best.value.mode, self.system
        triangles, b, b_cov, entries = {}, {}, {}, {}
        blocks = s.inverse_of_groups(at.H)
        for name, layout, root, own, V in zip(
            self.factors, self.layouts, best.roots, s.slices, blocks, strict=True
        ):
            Lambda = _in_units(layout.K, root)
            triangles[name] = layout.by_block(Lambda)
            entries[name] = layout.entries(triangles[name])
            b[name] = Lambda @ at.u[own].reshape(len(Lambda), -1)
            b_cov[name] = np.einsum("ik,klj,ml->imj", Lambda, V, Lambda)
        order = tuple(self.frame.factors)
        return LogitEstimates(
            theta=np.concatenate([entries[name] for name in order]),
            roots={name: triangles[name] for name in order},
            beta=self.B @ best.gamma,
            vcov=self.B @ best.vcov @ self.B.T,
            b={name: b[name] for name in order},
            b_cov={name: b_cov[name] for name in order},
            criterion=best.value.criterion + self.cells.constant,
            boundary_factors=tuple(name for name in order if self._lost_rank(name, best.roots)),
            mode=at,
        )

    def _lost_rank(self, factor: str, roots: list[np.ndarray]) -> bool:
        root = roots[self.factors.index(factor)]
        return any(
            np.linalg.matrix_rank(root[b, b], tol=1e-12) < b.stop - b.start
            for b in self.layout_of(factor).blocks()
        )

    def draws(self, at: Mode, n: int, rng) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Draw β (n, p) and b of each factor (n, r, J) from the Gaussian approximation at a mode, given θ."""
        s = self.system
        information, M = joint_information(s, at.A, at.w, at.H)
        root = np.linalg.cholesky(np.linalg.inv(information))
        shift = root @ rng.standard_normal((len(root), n))  # γ − γ̂
        u = at.u[:, None] + at.H.half_solve(rng.standard_normal((s.n_u, n))) - at.H.solve(M @ shift)
        deviations = {}
        for name, layout, rel, own in zip(self.factors, self.layouts, at.roots, s.slices, strict=True):
            parts = u[own].reshape(len(rel), -1, n)
            deviations[name] = np.einsum("ik,kjn->nij", _in_units(layout.K, rel), parts)
        return (self.B @ (at.beta[:, None] + shift)).T, {
            name: deviations[name] for name in self.frame.factors
        }

    def covariances(self, at: Mode) -> dict[str, np.ndarray]:
        """Return ΛΛ' of each factor at a mode, in the units of the data."""
        found = {}
        for name, layout, rel in zip(self.factors, self.layouts, at.roots, strict=True):
            Lambda = _in_units(layout.K, rel)
            found[name] = Lambda @ Lambda.T
        return found


def _in_units(K: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return Λ = K⁻¹Λ_p; what has cancelled is exactly 0."""
    back = np.linalg.inv(K)
    Lambda = back @ root
    Lambda[np.abs(Lambda) < 1e-14 * (np.abs(back) @ np.abs(root))] = 0.0
    return Lambda


def _at_cells(columns: Columns, cells: Cells) -> np.ndarray:
    rows = [np.asarray(array[cells.first], dtype=float) for array in columns.arrays]
    return np.array(rows).reshape(len(rows), len(cells.first))


def _centred(x: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return columns with mean 0 and SD 1 where an Intercept allows it, and T with centred = T x."""
    T, least = np.eye(len(x)), 1e-13 * np.abs(x).max(axis=1)
    if "Intercept" in names:
        one = names.index("Intercept")
        mean = np.where(np.arange(len(x)) == one, 0.0, x.mean(axis=1))
        T[:, one] -= mean
        x = x - mean[:, None]
    size = np.sqrt((x**2).mean(axis=1))
    constant = size <= least  # but for rounding
    x, size = np.where(constant[:, None], 0.0, x), np.where(constant, 1.0, size)
    return x / size[:, None], T / size[:, None]


def _fixed(x: np.ndarray, names: tuple[str, ...], weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return orthonormal columns X_s (p, C) and B."""
    if not len(x):
        return x, np.zeros((0, 0))
    centred, T = _centred(x, names)
    size = np.sqrt((x**2).mean(axis=1))
    scaled = x / np.where(size > 0, size, 1.0)[:, None]
    refuse_dependent(dependent_columns(centred @ centred.T, names, scaled @ scaled.T))
    R = np.linalg.qr((centred * np.sqrt(weight)).T, mode="r")
    to_s = np.linalg.inv(R).T  # X_s = to_s · centred = to_s T x
    return to_s @ centred, (to_s @ T).T


def _varying(
    terms: list[tuple[tuple[str, ...], np.ndarray]], weight: np.ndarray, J: int
) -> tuple[np.ndarray, Structure]:
    """Return the columns in natural units, and the layout of the blocks."""
    names = tuple(name for block, _z in terms for name in block)
    K, rows, columns, parts, first = np.zeros((len(names), len(names))), [], [], [], 0
    for block, z in terms:
        centred, T = _centred(z, block)
        refuse_dependent(dependent_columns(centred @ centred.T, block, z @ z.T))
        root = np.linalg.cholesky((centred * weight) @ centred.T / J).T  # root'root = mean information
        parts.append(np.linalg.solve(root.T, centred))
        inside = range(first, first + len(block))
        K[inside.start : inside.stop, inside.start : inside.stop] = root @ np.linalg.inv(T).T
        rows += [i for k in inside for i in inside if i >= k]
        columns += [k for k in inside for i in inside if i >= k]
        first += len(block)
    sizes = tuple(len(block) for block, _z in terms)
    return np.concatenate(parts), Structure(
        names, sizes, np.eye(len(names)), K, np.array(rows), np.array(columns)
    )

"""The mixed model of several grouping factors: from a model frame to numbers in the units of the data.

Crossed factors (pupils × raters), nested ones (pupils in classes in schools), slopes over each, weighted rows and multiple
membership are one model:

    y = X β + Σ_f Z_f b_f + ε,   b_f ~ N(0, σ²Σ_f),   ε_i ~ N(0, σ²/w_i)

The way through the files: `hlm_teach.row_coordinates` (coordinates in which nothing cancels) → `hlm_teach.blocks` (one
pass; the largest factor is eliminated) → `hlm_teach.search_several` (the best Λ) ⇄ `hlm_teach.joint` (all else).

θ lists the factors in the order in which the formula names them first, and within a factor its terms as in
`hlm_teach.covariance`. (lme4 orders terms by their number of groups instead: its θ is a permutation of this one.)

What this file does not do: sparse factorisation of the factors that stay. Their coefficients form one dense block, so
two factors with tens of thousands of levels each are refused in a sentence.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from hlm_teach.blocks import Blocks, Part, eliminate, indicator
from hlm_teach.certificate import Certificate, certify, lost_rank
from hlm_teach.frame import ModelFrame
from hlm_teach.identify import check_levels, check_terms
from hlm_teach.identify_several import check_columns, check_factors, check_left_over, check_size
from hlm_teach.joint import Joint, gradient, joint
from hlm_teach.locale import _
from hlm_teach.newton import Optimum
from hlm_teach.one_factor import Estimates
from hlm_teach.row_coordinates import centred, combined, natural_units, orthonormal_rows
from hlm_teach.search_several import search_several

__all__ = ["SeveralFactors"]


class SeveralFactors:
    """The model of several factors (or weighted rows) on its blocks: it can be fitted, and evaluated at any θ."""

    def __init__(self, frame: ModelFrame):
        n = len(frame.y)
        self.factors = tuple(frame.factors)
        self.w = np.ones(n) if frame.weights is None else frame.weights
        terms = {f: [term.columns for term in frame.terms if term.factor == f] for f in self.factors}
        for factor in self.factors:
            check_levels(frame.factors[factor], n)
            check_terms(factor, [term.names for term in terms[factor]])
        check_factors(frame, terms)
        root = np.sqrt(self.w)
        columns, shift, scale = centred(frame.x, self.w)
        check_columns(frame, columns, shift, scale, root)
        rows, self.back = orthonormal_rows(frame.x, frame.y, columns, shift, scale, root)

        z, layouts = {}, {}
        for factor in self.factors:
            groups = frame.factors[factor]
            share = 1.0 if groups.members is None else groups.members.multiply(groups.members).sum(axis=1)
            z[factor], layouts[factor] = natural_units(terms[factor], self.w * share, len(groups.levels))
            z[factor] = [root * column for column in z[factor]]
        self.layout = combined(list(layouts.values()))
        ends = np.cumsum([0, *(len(layout.names) for layout in layouts.values())])
        self.inside = {
            f: slice(int(a), int(b)) for f, a, b in zip(self.factors, ends, ends[1:], strict=False)
        }
        self.blocks = self._blocks(frame, z, rows)
        check_left_over(frame, self.blocks)

    def _blocks(self, frame: ModelFrame, z: dict, rows: np.ndarray) -> Blocks:
        """Eliminate the factor with the most coefficients among those whose groups share no rows."""
        J = {factor: len(frame.factors[factor].levels) for factor in self.factors}
        apart = [factor for factor in self.factors if frame.factors[factor].members is None]
        largest = max(apart, key=lambda factor: J[factor] * len(z[factor]), default=None)
        check_size({factor: J[factor] * len(z[factor]) for factor in self.factors if factor != largest})
        parts, others, m = {}, [], 0
        for factor in self.factors:
            width, columns = J[factor] * len(z[factor]), None
            if factor != largest:
                columns, m = slice(m, m + width), m + width
                groups = frame.factors[factor]
                members = groups.members if groups.members is not None else indicator(groups.codes, J[factor])
                others += [sparse.csr_array(members.multiply(column[:, None])) for column in z[factor]]
            parts[factor] = Part(self.inside[factor], J[factor], columns)
        others = sparse.hstack(others, format="csr") if others else sparse.csr_array((len(rows), 0))
        if largest is None:
            return eliminate(parts.values(), None, [], np.zeros(len(rows), dtype=int), others, rows)
        codes = frame.factors[largest].codes
        return eliminate(parts.values(), parts[largest], z[largest], codes, others, rows)

    def fit(self, reml: bool) -> Optimum:
        """Search for the best Λ."""
        return search_several(self.blocks, self.layout, reml)

    def at(self, theta, reml: bool) -> tuple[Estimates, Certificate]:
        """Evaluate everything at a θ in the formula's coordinates, shape (m,)."""
        Lambda = self.newtons(theta)
        at = joint(self.blocks, Lambda, reml)
        return self.estimates(Lambda, at), certify(self.layout, Lambda, gradient(at))

    def criterion(self, theta, reml: bool) -> float:
        """Return the criterion alone at a θ, shape (m,): one evaluation."""
        at = joint(self.blocks, self.newtons(theta), reml)
        return self._criterion(at)

    def _criterion(self, at: Joint) -> float:
        return float(at.criterion + self.back.constant(at.nu, at.reml) - np.log(self.w).sum())

    def newtons(self, theta) -> np.ndarray:
        """Return Λ_p, triangular in Newton's coordinates, for a θ of the formula."""
        theta = np.asarray(theta, dtype=float)
        if theta.shape != self.layout.rows.shape:
            raise ValueError(
                _(
                    "theta must have {m} entries (the lower triangles of Λ, column by column, factor by factor: "
                    "{factors}), but it has shape {shape}.",
                    m=len(self.layout.rows),
                    factors=", ".join(self.factors),
                    shape=theta.shape,
                )
            )
        return self.layout.by_block(self.layout.K @ self.layout.matrix(theta))

    def estimates(self, Lambda_p: np.ndarray, at: Joint) -> Estimates:
        """Take an evaluation at Λ_p (triangular, Newton's coordinates) back to the units of the data."""
        sigma = self.back.scale * np.sqrt(at.sigma2)
        root = sigma * (self.back.B @ np.linalg.inv(at.factor).T)
        Lambda = self._formulas(Lambda_p)
        b = {}
        for (factor, inside), g in zip(self.inside.items(), at.g, strict=True):
            b[factor] = self.back.scale * (Lambda[inside, inside] @ (Lambda_p[inside, inside].T @ g))
        triangle = self.layout.by_block(Lambda)
        n = self.blocks.n
        deviance = at.logdet_V + n * np.log(2 * np.pi * sigma**2) + at.nu - np.log(self.w).sum()
        return Estimates(
            theta=self.layout.entries(triangle),
            Lambda=triangle,
            beta=self.back.beta(at.beta),
            vcov=root @ root.T,
            sigma=float(sigma),
            b=b,
            criterion=self._criterion(at),
            deviance=float(deviance),
            boundary_factors=tuple(
                f for f, inside in self.inside.items() if lost_rank(Lambda_p[inside, inside])
            ),
        )

    def _formulas(self, Lambda_p: np.ndarray) -> np.ndarray:
        """Return K⁻¹Λ_p: not yet triangular; what has cancelled is 0."""
        back = np.linalg.inv(self.layout.K)
        Lambda = back @ Lambda_p
        Lambda[np.abs(Lambda) < 1e-14 * (np.abs(back) @ np.abs(Lambda_p))] = 0.0
        return Lambda

    def b_cov(self, estimates: Estimates) -> dict[str, np.ndarray]:
        """Return the conditional covariances of the BLUPs given θ and β, one (r, r, J) per factor.

        Notes
        -----
        For a factor that stays, the blocks of D M⁻¹D'. For the eliminated one, given the others and then over them:
        Λ(I + Λ'R_j'R_jΛ)⁻¹Λ' + ΣH_j K H_j'Σ.
        """
        Lambda_p = self.newtons(estimates.theta)
        at = joint(self.blocks, Lambda_p, reml=False)
        K = at.covariance(at.inverse(self.blocks.m))
        back, found = np.linalg.inv(self.layout.K), {}
        for (factor, inside), part in zip(self.inside.items(), self.blocks.parts, strict=True):
            if part.columns is None:
                inner = _eliminated(at, part, K)
            else:
                own = K[part.columns, part.columns].reshape(part.r, part.J, part.r, part.J)
                inner = np.einsum("ajbj->abj", own)
            turn = back[inside, inside]
            found[factor] = estimates.sigma**2 * np.einsum("ab,bcj,dc->adj", turn, inner, turn)
        return found


def _eliminated(at: Joint, part: Part, K: np.ndarray) -> np.ndarray:
    """Return the conditional covariances of the eliminated factor's coefficients, shape (r, r, J)."""
    root = at.Lambda[part.inside, part.inside]
    F = np.einsum("bc,kbj->jkc", root, at.blocks.R)
    S = np.einsum("jkc,jkd->jcd", F, F) + np.eye(part.r)
    inner = np.einsum("ac,jcd,bd->abj", root, np.linalg.inv(S), root)
    spread = [rows @ K for rows in at.H]
    outer = np.array([[_rowwise(rows, more) for more in spread] for rows in at.H])
    Sigma = root @ root.T
    return inner + np.einsum("ab,bcj,dc->adj", Sigma, outer, Sigma)


def _rowwise(rows, more: np.ndarray) -> np.ndarray:
    """Return the sum over columns of rows ∘ more, shape (J,)."""
    product = rows.multiply(more) if sparse.issparse(rows) else rows * more
    return np.asarray(product.sum(axis=1)).ravel()

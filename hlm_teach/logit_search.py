"""Find the θ and β with the largest logit likelihood, and show that nothing nearby is better.

Laplace's −2 log L is minimised over the entries of Λ and over β together: quasi-Newton steps (BFGS) with the exact
gradient from a start where the curvature is known, then Newton steps with a Hessian made of differences of that gradient.
The same Hessian gives the standard errors.

Λ = 0 is a stationary point for *any* data (`hlm_teach.certificate`), so where a column of Λ ends at 0 it is set to 0 and
the slope in Σ = ΛΛ' is looked at. With ε n in place of the empty column, the slope in that column is 2εΓn: Γ, on the
directions that Λ lacks, comes from one more gradient. A negative eigenvalue of Γ is a way out, and the search goes on.

What this file does not do: promise that no other valley is deeper. Where the fit ends on the boundary, or where taking a
term away costs little, it searches from there too.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from hlm_teach.covariance import Structure
from hlm_teach.laplace import Value, find_mode, joint_information
from hlm_teach.locale import _
from hlm_teach.logit_system import System
from hlm_teach.newton import newton_step

__all__ = ["Convergence", "LogitOptimum", "Runaway", "search"]

FLAT = 1e-3  # an SD below this, in natural units (1 means B = ½), is tried as 0
HAIR = 1e-4  # how far off the wall Γ is measured
STEP = 1e-4  # of the differences that make the Hessian
TIGHT = 1e-6  # Γ may be negative by this share of the information of J groups
DONE = 1e-10  # what a further Newton step may promise, in units of the criterion
NEAR = 3e-7  # times √criterion: the gradient at which its rounding begins to show, and Newton takes over
MOVED = 1e-4  # in standard errors, or so: after a longer way the Hessian is made anew
FAR = 30.0  # logits: no data speak of odds of e³⁰
RIVAL = 2.0  # a model with one term less that is worse by less than this may lead to another valley


@dataclass(frozen=True)
class Convergence:
    """What was found when the search stopped.

    Attributes
    ----------
    gain : float
        By how much one more Newton step would lower the criterion: 0 says that the gradient is 0.
    curvature : float
        Smallest eigenvalue of the Hessian in natural units: > 0 says minimum, not saddle.
    smallest : float
        Smallest eigenvalue of Γ per group over the directions in which nothing varies: >= 0 says that letting them vary
        would not help. 0 where everything varies.
    evaluations, escapes : int
        Gradients taken, and false boundaries left.
    """

    gain: float
    curvature: float
    smallest: float
    evaluations: int
    escapes: int

    @property
    def holds(self) -> bool:
        """Whether this is a minimum."""
        return self.gain <= 100 * DONE and self.curvature > 0 and self.smallest >= -TIGHT

    def __str__(self) -> str:
        facts = {
            "gain": self.gain,
            "curvature": self.curvature,
            "smallest": self.smallest,
            "count": self.evaluations,
        }
        if not self.holds:
            return _(
                "Not an optimum: a further step promises {gain:.1e}, smallest curvature {curvature:.1e}, smallest "
                "eigenvalue of Γ {smallest:.1e}.",
                **facts,
            )
        return _(
            "Optimum: a further step promises {gain:.1e}, smallest curvature {curvature:.1e}, smallest eigenvalue of Γ "
            "on what does not vary {smallest:.1e}, after {count} evaluations.",
            **facts,
        )


class Runaway(ArithmeticError):
    """The search is on its way to infinity: in the fixed part (``factor`` None) or in the spread of a factor (its place)."""

    def __init__(self, factor: int | None):
        super().__init__(factor)
        self.factor = factor


class LogitOptimum(NamedTuple):
    """Where the search ended, in its own coordinates: Λ_p of each factor, γ, the value, γ's covariance, convergence."""

    roots: list[np.ndarray]
    gamma: np.ndarray
    value: Value
    vcov: np.ndarray
    boundary: bool
    convergence: Convergence


class _Chart:
    """Free entries of Λ_p (largest pivots first, empty columns left out) in units of their rows, and γ in units of its
    standard errors, as one vector."""

    def __init__(self, layouts: tuple[Structure, ...], roots: list[np.ndarray], information: np.ndarray):
        self.se = np.linalg.inv(np.linalg.cholesky(information)).T  # γ = se · x
        both = [layout.pivoted(root) for layout, root in zip(layouts, roots, strict=True)]
        self.layouts = [layout for layout, _root in both]
        self.roots = [root for _layout, root in both]
        self.keep = [root.any(axis=0)[layout.columns] for layout, root in both]
        self.unit = [1 + np.linalg.norm(root, axis=1)[layout.rows] for layout, root in both]
        self.ends = np.cumsum([keep.sum() for keep in self.keep])
        self.m = int(self.ends[-1])

    def pack(self, roots: list[np.ndarray], gamma: np.ndarray) -> np.ndarray:
        entries = [
            layout.entries(root)[keep] / unit[keep]
            for layout, root, keep, unit in zip(self.layouts, roots, self.keep, self.unit, strict=True)
        ]
        return np.concatenate([*entries, np.linalg.solve(self.se, gamma)])

    def slope(self, value: Value) -> np.ndarray:
        """Return the gradient in x."""
        entries = [
            layout.entries(root)[keep] * unit[keep]
            for layout, root, keep, unit in zip(self.layouts, value.roots, self.keep, self.unit, strict=True)
        ]
        return np.concatenate([*entries, self.se.T @ value.beta])

    def unpack(self, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        *parts, gamma = np.split(x, self.ends)
        roots = []
        for layout, keep, unit, part in zip(self.layouts, self.keep, self.unit, parts, strict=True):
            entries = np.zeros(len(keep))
            entries[keep] = part * unit[keep]
            roots.append(layout.matrix(entries))
        return roots, self.se @ gamma


class _Stop(NamedTuple):
    roots: list[np.ndarray]
    gamma: np.ndarray
    value: Value
    hessian: np.ndarray
    chart: _Chart
    gain: float
    smallest: float


def search(
    s: System, layouts: tuple[Structure, ...], deviance: Callable, start: tuple[list, np.ndarray]
) -> LogitOptimum:
    """Minimise ``deviance(system, roots, gamma, u)`` over Λ_p and γ from a start.

    Parameters
    ----------
    s : System
        The cells.
    layouts : tuple of Structure
        One per factor of the system.
    deviance : function
        `hlm_teach.laplace.laplace`, or quadrature with its number of nodes.
    start : (list of arrays, array)
        Λ_p of each factor and γ.
    """
    walk = _Search(s, layouts, deviance)
    found = [walk.run(*start)]
    seen = found[0]
    others = [([size * np.eye(len(r)) for r in seen.roots], seen.gamma) for size in (0.3, 3.0)]
    more = others if walk.lacks(seen.roots) else []
    for other in [*more, *((roots, seen.gamma) for roots in walk.rivals(seen))]:
        with suppress(Runaway):  # a finite optimum has been found
            found.append(walk.run(*other))
    best = min(found, key=lambda stop: stop.value.criterion)
    m, se = best.chart.m, best.chart.se
    vcov = se @ (2 * np.linalg.inv(best.hessian)[m:, m:]) @ se.T
    curvature = float(np.linalg.eigvalsh(best.hessian).min())
    record = Convergence(best.gain, curvature, best.smallest, walk.count, walk.escapes)
    return LogitOptimum(best.roots, best.gamma, best.value, vcov, walk.lacks(best.roots), record)


class _Search:
    """One search: it counts gradients, and starts each search for a mode where the last one ended."""

    def __init__(self, s: System, layouts: tuple[Structure, ...], deviance: Callable):
        self.s, self.layouts, self.deviance = s, layouts, deviance
        self.u, self.count, self.escapes = np.zeros(s.n_u), 0, 0

    def value(self, roots: list[np.ndarray], gamma: np.ndarray) -> Value:
        self.count += 1
        value = self.deviance(self.s, roots, gamma, self.u)
        self.u = value.mode.u
        return value

    def lacks(self, roots: list[np.ndarray]) -> bool:
        """Return whether some direction of the varying coefficients has no spread."""
        return any(
            np.linalg.matrix_rank(root[b, b], tol=1e-12) < b.stop - b.start
            for layout, root in zip(self.layouts, roots, strict=True)
            for b in layout.blocks()
        )

    def chart(self, roots: list[np.ndarray], gamma: np.ndarray) -> _Chart:
        """Return a chart whose units fit the neighbourhood of Λ and γ."""
        mode = find_mode(self.s, roots, gamma, self.u)
        return _Chart(self.layouts, roots, joint_information(self.s, mode.A, mode.w, mode.H)[0])

    def at(self, chart: _Chart, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Return criterion and gradient at a chart's x."""
        value = self.value(*chart.unpack(x))
        return value.criterion, chart.slope(value)

    def run(self, roots: list[np.ndarray], gamma: np.ndarray) -> _Stop:
        """Search from Λ_p and γ; leave each false boundary by its way out."""
        while True:
            stop = self.polish(*self.settle(*self.descend(roots, gamma)))
            smallest, wider = self.way_out(stop)
            if wider is None or self.escapes >= 20:
                self.check_finite(stop.roots, stop.gamma)
                return stop._replace(smallest=smallest)
            roots, gamma, self.escapes = wider, stop.gamma, self.escapes + 1

    def descend(self, roots: list[np.ndarray], gamma: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Go downhill by BFGS."""
        chart = self.chart(roots, gamma)
        J = [np.full(keep.sum(), g.J) for keep, g in zip(chart.keep, self.s.groups, strict=True)]
        inverse = [
            0.25 / np.concatenate(J),
            np.full(len(gamma), 0.5),
        ]  # an SD is known to about 1/√(2J) of itself
        near = NEAR * np.sqrt(1 + abs(self.value(chart.roots, gamma).criterion))
        result = minimize(
            lambda x: self.at(chart, x),
            chart.pack(chart.roots, gamma),
            jac=True,
            method="BFGS",
            options={"gtol": near, "hess_inv0": np.diag(np.concatenate(inverse)), "maxiter": 500},
        )
        roots, gamma = chart.unpack(result.x)
        self.check_finite(roots, gamma)
        return roots, gamma

    def check_finite(self, roots: list[np.ndarray], gamma: np.ndarray) -> None:
        """Raise `Runaway` where the fixed part or a typical deviation is beyond all odds."""
        for f, (root, g) in enumerate(zip(roots, self.s.groups, strict=True)):
            if np.sqrt(((root.T @ g.z) ** 2).sum(axis=0).mean()) > FAR:
                raise Runaway(f)
        if np.abs(gamma @ self.s.x).max() > FAR:
            raise Runaway(None)

    def settle(self, roots: list[np.ndarray], gamma: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Make what is nearly 0 exactly 0, if that costs nothing."""
        flat = []
        for layout, root in zip(self.layouts, roots, strict=True):
            new = root.copy()
            for b in layout.blocks():
                left, size, right = np.linalg.svd(root[b, b])
                new[b, b] = left * np.where(size < FLAT, 0.0, size) @ right
            flat.append(layout.by_block(new) if not np.array_equal(new, root) else root)
        if not self.lacks(flat) or self.lacks(roots):
            return roots, gamma
        here = self.value(roots, gamma).criterion
        better = self.value(flat, gamma).criterion <= here + 1e-8 * (1 + abs(here))
        return (flat if better else roots), gamma

    def polish(self, roots: list[np.ndarray], gamma: np.ndarray) -> _Stop:
        """Take Newton steps until a further one promises nothing."""
        chart = self.chart(roots, gamma)
        x = chart.pack(chart.roots, gamma)
        here, gradient = self.at(chart, x)
        for _turn in range(20):
            origin, hessian = x, self.hessian(chart, x)
            for _step in range(10):
                step = newton_step(gradient, hessian)
                gain = float(-gradient @ step / 2)
                if gain < DONE:
                    break
                share, (there, slope) = 1.0, self.at(chart, x + step)
                while there > here + 1e-10 * (1 + abs(here)) and share > 1e-6:
                    share /= 2
                    there, slope = self.at(chart, x + share * step)
                x, here, gradient = x + share * step, there, slope
                if share < 1:
                    break
            if gain < DONE and np.abs(x - origin).max(initial=0.0) < MOVED:
                break
        roots, gamma = chart.unpack(x)
        return _Stop(roots, gamma, self.value(roots, gamma), hessian, chart, gain, 0.0)

    def hessian(self, chart: _Chart, x: np.ndarray) -> np.ndarray:
        """Return the Hessian at x by central differences of the gradient."""
        rows = [
            (self.at(chart, x + e)[1] - self.at(chart, x - e)[1]) / (2 * STEP) for e in STEP * np.eye(len(x))
        ]
        return (np.array(rows) + np.array(rows).T) / 2

    def way_out(self, stop: _Stop) -> tuple[float, list[np.ndarray] | None]:
        """Return the smallest eigenvalue of Γ on what does not vary, per group, and a better Λ of higher rank if any."""
        roots = [root.copy() for root in stop.roots]
        empty = []
        for f, layout in enumerate(self.layouts):
            for b in layout.blocks():
                left, size, _right = np.linalg.svd(roots[f][b, b])
                gone = size <= 1e-12
                if gone.any():
                    roots[f][b, b] = np.where(gone, HAIR, size) * left  # the same ΛΛ', and a hair more
                    empty.append((f, b, left[:, gone], np.flatnonzero(gone) + b.start))
        if not empty:
            return 0.0, None
        slopes = self.value(roots, stop.gamma).roots
        results = []
        for f, b, null, at in empty:
            gamma_matrix = null.T @ slopes[f][b, at] / (2 * HAIR) / self.s.groups[f].J
            size, axes = np.linalg.eigh((gamma_matrix + gamma_matrix.T) / 2)
            results.append((float(size[0]), f, b, null @ axes[:, 0]))
        smallest, f, b, direction = min(results, key=lambda result: result[0])
        if smallest >= -TIGHT:
            return smallest, None
        best, wider = stop.value.criterion - 1e-12 * (1 + abs(stop.value.criterion)), None
        for t in (1.0, 0.3, 0.1, 0.03, 0.01, 0.001):
            roots = [root.copy() for root in stop.roots]
            left, size, _right = np.linalg.svd(roots[f][b, b])
            trial = np.column_stack([left * size, t * direction])
            roots[f][b, b] = np.linalg.qr(trial.T, mode="r").T
            value = self.value(roots, stop.gamma).criterion
            if value < best:
                best, wider = value, roots
        return smallest, wider

    def rivals(self, stop: _Stop):
        """Yield Λ_p without one of its terms, where that costs little."""
        terms = [(f, b) for f, layout in enumerate(self.layouts) for b in layout.blocks()]
        here = stop.chart.pack(stop.roots, stop.gamma)
        for f, b in terms:
            if len(terms) > 1 and stop.roots[f][b, b].any():
                roots = [root.copy() for root in stop.roots]
                roots[f][b, b] = 0.0
                way = stop.chart.pack(roots, stop.gamma) - here
                as_parabola = way @ stop.hessian @ way / 2
                if (
                    as_parabola < 5 * RIVAL
                    and self.value(roots, stop.gamma).criterion < stop.value.criterion + RIVAL
                ):
                    yield roots

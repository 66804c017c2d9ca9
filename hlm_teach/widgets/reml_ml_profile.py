"""One balanced data set: its two deviance curves, where they are lowest, and which τ they do not rule out.

    −2 log L(τ, σ) = f·log σ² + W/σ² + m·log λ + S/λ + c,      λ = σ² + n·τ²,  f = J(n − 1)

with m = J for ML and m = J − p for REML (S and W as in `reml_ml_draws`). The curve over τ takes the best σ at each τ, a root
of a cubic. It falls to τ̂ and rises after it; the τ at most 3.84 above its lowest point are the 95 % profile interval.

c is what does not depend on τ and σ. REML's holds log|X'X|, so it depends on the units of the predictors; ML's does not.
That is why REML criteria of different fixed effects cannot be compared.

``reml_ml_maths.js`` is the twin of this file.

What this file does not do: unequal groups, or predictors that vary inside groups (`hlm_teach.lmm`).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

__all__ = ["CHI_95", "Profile"]

CHI_95 = 3.841458820694124


@dataclass(frozen=True)
class Profile:
    """The deviance curve of a balanced data set by one method.

    Parameters
    ----------
    J, n, p : int
        Groups, rows per group, fixed effects of whole groups (p < J).
    S, W : float
        Sums of squares: n·Σ(ȳ_j − fitted)², and within groups (> 0).
    method : "REML" or "ML"
    times : float
        By what the last predictor is multiplied. Its mean square is 1 before.

    Examples
    --------
    >>> reml = Profile(6, 5, 1, S=56357.5, W=58830.0, method="REML")  # the six batches of dyestuff
    >>> ml = Profile(6, 5, 1, S=56357.5, W=58830.0, method="ML")
    >>> round(reml.tau, 4), round(ml.tau, 4), round(reml.lowest, 4), round(ml.lowest, 4)
    (42.0006, 37.2603, 319.6543, 327.3271)
    >>> tuple(round(end, 2) for end in ml.interval)
    (12.2, 84.06)
    """

    J: int
    n: int
    p: int
    S: float
    W: float
    method: str
    times: float = 1.0

    @property
    def rest(self) -> int:
        """The degrees of freedom within groups, J(n − 1)."""
        return self.J * (self.n - 1)

    @property
    def m(self) -> int:
        """What the sum of squares between is divided by: J − p for REML, J for ML."""
        return self.J - self.p if self.method == "REML" else self.J

    @property
    def unit(self) -> float:
        """The mean square within groups, which is σ̂² unless τ̂ = 0."""
        return self.W / self.rest

    @property
    def tau2_raw(self) -> float:
        """The estimate before it is cut at 0."""
        return (self.S / self.m - self.unit) / self.n

    @property
    def tau(self) -> float:
        """The estimate τ̂ >= 0."""
        return math.sqrt(max(0.0, self.tau2_raw))

    @property
    def lowest(self) -> float:
        """The criterion at τ̂."""
        return self.at(self.tau)

    def at(self, tau: float) -> float:
        """Return the criterion at τ, with the best σ there."""
        return self.at_variance(tau * tau)

    def at_variance(self, tau2: float) -> float:
        """Return the criterion at τ², which may be negative here: the curve goes on where no variance can be."""
        f, a, turns = self._place(tau2)
        height = min(self._height(x, f, a) for x in turns)
        N = self.J * self.n
        total = height + (self.rest + self.m) * math.log(self.unit)
        if self.method == "ML":
            return total + N * math.log(2 * math.pi)
        scale = 2 * math.log(self.times) if self.p > 1 else 0.0
        return total + (N - self.p) * math.log(2 * math.pi) + self.p * math.log(N) + scale

    def sigma2_at(self, tau2: float) -> float:
        """Return the best σ² at τ²."""
        f, a, turns = self._place(tau2)
        return self.unit * min(turns, key=lambda x: self._height(x, f, a))

    def _place(self, tau2: float) -> tuple[float, float, list[float]]:
        f, a = self.S / self.m / self.unit, self.n * (tau2 / self.unit)
        return f, a, _turns(self.rest, self.m, f, a)

    def _height(self, x: float, f: float, a: float) -> float:
        return self.rest * (math.log(x) + 1 / x) + self.m * (math.log(x + a) + f / (x + a))

    @property
    def interval(self) -> tuple[float, float]:
        """The τ whose criterion is at most 3.84 above the lowest: a 95 % profile interval."""
        limit, best = self.lowest + CHI_95, self.tau
        low = 0.0 if self.at(0.0) <= limit else self._crossing(best, 0.0, limit)
        far = 2 * best or math.sqrt(self.unit / self.n)
        while self.at(far) < limit:
            far *= 2
        return low, self._crossing(best, far, limit)

    def _crossing(self, inside: float, outside: float, limit: float) -> float:
        while (middle := (inside + outside) / 2) not in (inside, outside):
            inside, outside = (middle, outside) if self.at(middle) < limit else (inside, middle)
        return inside


def _turns(e: int, m: int, f: float, a: float) -> list[float]:
    """Return the x = σ²/MSW at which the criterion stops falling, given a = nτ²/MSW and f = S/(m·MSW).

    They are roots of e(x − 1)(x + a)² + m(x + a − f)x² between 1 and f − a, above 0 and −a: one, or two with a top between them.
    """

    def slope(x: float) -> float:
        return e * (x - 1) * (x + a) ** 2 + m * (x + a - f) * x * x

    low, high = sorted((1.0, max(0.0, f - a)))
    low = max(low, -a)
    square, linear, plain = 3 * (e + m), e * (2 * a - 1) + m * (a - f), e * a * (a - 2)
    inner = linear * linear - square * plain
    cuts = [(-linear + side * math.sqrt(inner)) / square for side in (-1, 1)] if inner > 0 else []
    cuts = [x for x in cuts if low < x < high]
    edges = [(low, -1.0), *((x, slope(x)) for x in cuts), (high, 1.0)]  # at both ends the sign is known
    found = []
    for (left, before), (right, after) in itertools.pairwise(edges):
        if before > 0 or after < 0:
            continue
        while left < (middle := (left + right) / 2) < right:
            left, right = (middle, right) if slope(middle) < 0 else (left, middle)
        found.append(right)
    return found

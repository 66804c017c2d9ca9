"""Choose coordinates in which nothing cancels, and remember the way back.

The fixed part has many equivalent descriptions: X and y can be replaced by X B and (y − X δ)/scale, for any invertible B
and any δ. We choose

    B       so that the columns of X B are orthonormal over all rows,
    δ       the least-squares fit,   scale  the SD it leaves over,

because then A (`hlm_teach.criterion`) is well conditioned at every Λ and s is a sum of like-sized terms. The way back:

    β = δ + scale·B β_s,    σ = scale·σ_s,    log|X'V⁻¹X| = log|A_XX| − 2 log|det B|

Columns of X that are also columns of Z come first, so that their exact zeros in W stay exact.
What this file does not do: change Z (`hlm_teach.covariance`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hlm_teach.compress import Compressed

__all__ = ["Coordinates", "orthonormal"]


@dataclass(frozen=True)
class Coordinates:
    """How compressed coordinates and the columns as given belong together.

    Attributes
    ----------
    B : array, shape (p, p)
        X_s = X B.
    delta : array, shape (p,)
        y_s = (y − X delta)/scale.
    scale : float
        The unit of y_s and of σ_s.
    logdet : float
        log|det B|.
    """

    B: np.ndarray
    delta: np.ndarray
    scale: float
    logdet: float

    def beta(self, beta_s: np.ndarray) -> np.ndarray:
        """Return the coefficients of the columns as given."""
        return self.delta + self.scale * (self.B @ beta_s)

    def constant(self, nu: int, reml: bool) -> float:
        """Return what the criterion of y and X has beyond that of y_s and X_s."""
        return 2 * nu * np.log(self.scale) - (2 * self.logdet if reml else 0.0)


def orthonormal(c: Compressed) -> tuple[Compressed, Coordinates]:
    """Return the compressed data with X orthonormal and y its least-squares residual in units of its SD.

    Examples
    --------
    >>> from hlm_teach.compress import compress
    >>> year = np.array([2000.0, 2001, 2002, 2000, 2001, 2003])
    >>> c = compress(year**2, [np.ones(6), year], [np.ones(6)], [0, 0, 0, 1, 1, 1])
    >>> new, back = orthonormal(c)
    >>> bool(np.allclose(new.total(), np.diag([1, 1, 6])))
    True
    >>> slope = np.polyfit(year - 2000, year**2, 1)[0]            # least squares of year² on year
    >>> bool(np.isclose(back.beta(np.zeros(2))[1], slope))
    True
    """
    p, total = c.p, c.total()
    first = [k for k, name in enumerate(c.x_names) if name in c.z_names]
    order = [*first, *(k for k in range(p) if k not in first)]
    L = np.linalg.cholesky(total[np.ix_(order, order)])
    B = np.zeros((p, p))
    B[order] = np.linalg.inv(L).T
    fit = B @ (B.T @ total[:-1, -1])
    residual = np.append(-fit, 1.0)
    left = float(np.sqrt(residual @ total @ residual / c.n))

    change = np.zeros((p + 1, p + 1))  # [X_s y_s] → the new ones
    change[:p, :p], change[:, p] = B, residual / left
    E = np.matmul(change.T, c.E)
    W = change.T @ c.W @ change
    here = _from_columns(c)
    back = Coordinates(
        B=here.B @ B,
        delta=here.beta(fit),
        scale=here.scale * left,
        logdet=here.logdet - float(np.log(np.diag(L)).sum()),
    )
    return replace(c, E=E, W=(W + W.T) / 2), back


def _from_columns(c: Compressed) -> Coordinates:
    """Return the coordinates that `compress` has chosen: shifted and scaled columns."""
    ones = np.zeros(c.p) if c.ones is None else c.ones
    B = (np.eye(c.p) - np.outer(ones, c.x_shift[:-1])) / c.x_scale[:-1]
    return Coordinates(B, c.x_shift[-1] * ones, float(c.x_scale[-1]), -float(np.log(c.x_scale[:-1]).sum()))

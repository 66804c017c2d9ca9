"""Arrange a hundred invented rows so that three printed mixed models come out, one inside the other.

A lecture prints three fits of ten groups without their data: M0 y ~ 1 + (1 | group), M1 with a covariate x, and
M2 with a slope that varies as well. Draw rows at random; then move the groups' lines and the scale of x until every
printed figure is met to its last digit. At the printed estimates the criteria have no slope in θ: that, and the
figures, are smooth equations, solved by least squares.

Notation: θ the relative covariance factor (SDs in units of σ), once where REML is smallest and once where ML is.
The deviance is the minimum over θ, that of the ML fit, and DIC is 2·deviance − REML criterion: R's ``arm::display`` prints
them so. `LMMFit.deviance` is −2 log-likelihood at the REML estimates instead, and a few hundredths larger.

What this file does not do: the fourth fit of that lecture, which needs rows of its own
(`hlm_teach.arranged_display_u`); recover anybody's data, or search for an optimum (`hlm_teach.lmm` does).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from hlm_teach.arranged import need_generator

__all__ = ["DISPLAY10", "SIZE", "J", "closed", "display10", "line_rows"]

# As printed: coefficients with standard errors, SDs of the groups (and their correlation), sigma, AIC, DIC, deviance.
DISPLAY10 = {
    "M0": ("-0.49", "0.84", "2.32", "4.09", "583.6", "580.5", "579.0"),
    "M1": ("-0.71", "0.83", "2.08", "0.36", "2.38", "3.51", "557.1", "551.5", "550.3"),
    "M2": ("-0.75", "0.80", "2.45", "0.58", "2.30", "1.48", "0.75", "3.18", "549.5", "540.9", "539.2"),
}
J, SIZE = 10, 10
_THETA = [0.567, 0.678, 0.723, 0.349, 0.308]  # θ of the three models as printed: a triangle of SDs over σ
_PRINTED = np.array([float(text) for row in DISPLAY10.values() for text in row])
_HALF = np.array([0.5 * 10.0 ** -len(text.split(".")[1]) for row in DISPLAY10.values() for text in row])


def display10(rng) -> pd.DataFrame:
    """Draw 100 rows in 10 groups that carry three printed mixed models.

    y_ij = a_j + b_j x_ij + e_ij

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance. Seed 0 takes four seconds; another may take a minute, or find nothing.

    Returns
    -------
    DataFrame
        100 rows, columns ``group`` (str), ``x``, ``y`` (three decimals).

    Raises
    ------
    TypeError
        If ``rng`` is not a Generator.
    RuntimeError
        If twenty draws met the figures in none.

    Notes
    -----
    The lines (a_j, b_j), the residual SD, the place and scale of x and both θ of every model are moved, the shape of the
    residuals is not. A figure may be anywhere within its rounding.

    References
    ----------
    The figures are in the style of Gelman, A. & Hill, J. (2007), ch. 12–13; their data are not published.

    Examples
    --------
    >>> rows = display10(np.random.default_rng(0))
    >>> rows.shape, rows["group"].nunique()
    ((100, 3), 10)
    >>> display10(10)
    Traceback (most recent call last):
    ...
    TypeError: rng must be a numpy Generator, but it is of type int. Pass np.random.default_rng(1), say.
    """
    need_generator(rng)
    for _draw in range(20):
        x, e = rng.normal(size=(J, SIZE)), rng.normal(size=(J, SIZE))
        cov = [[2.30**2, 0.75 * 2.30 * 1.48], [0.75 * 2.30 * 1.48, 1.48**2]]
        lines = rng.multivariate_normal([-0.75, 2.45], cov, J)
        start = np.concatenate([lines[:, 0], lines[:, 1], [3.18, -0.3, 1.0], _THETA, _THETA])
        found = least_squares(_miss, start, args=(x, e), max_nfev=300, x_scale="jac")
        x, y = (np.round(part, 3) for part in line_rows(found.x, x, e))
        figures, slopes = _figures(x, y, found.x[-10:])
        if np.all(np.abs(figures - _PRINTED) < 0.9 * _HALF) and np.abs(slopes).max() < 0.1:
            names = np.repeat([f"g{j + 1}" for j in range(J)], SIZE)
            return pd.DataFrame({"group": names, "x": x.ravel(), "y": y.ravel()})
    raise RuntimeError("no draw met the printed figures")


def line_rows(moved, x, e):
    """Return x and y of the moved parameters; the residuals are orthogonal to each group's (1, x)."""
    a, b, (sigma, place, scale) = moved[:J, None], moved[J : 2 * J, None], moved[2 * J : 2 * J + 3]
    x = place + scale * x
    Q, _R = np.linalg.qr(np.stack([np.ones_like(x), x], axis=2))
    e = e - np.einsum("jmk,jk->jm", Q, np.einsum("jmk,jm->jk", Q, e))
    return x, a + b * x + sigma * e * np.sqrt(J * (SIZE - 2) / np.sum(e**2))


def _miss(moved, x, e) -> np.ndarray:
    """Return by how much each figure lies outside the middle of its rounding, and the slopes of the criteria."""
    figures, slopes = _figures(*line_rows(moved, x, e), moved[-10:])
    off = (figures - _PRINTED) / _HALF
    return np.concatenate([np.sign(off) * np.maximum(np.abs(off) - 0.4, 0), 30 * slopes])


def _figures(x, y, theta) -> tuple[np.ndarray, np.ndarray]:
    """Return the figures of the three models at θ (five for REML, five for ML), and the criteria's slopes in θ."""
    one = np.ones((J, SIZE, 1))
    both = np.stack([np.ones_like(x), x], axis=2)
    figures, slopes = [], []
    for X, Z, own in ((one, one, [0]), (both, one, [1]), (both, both, [2, 3, 4])):
        reml, ml = theta[own], theta[5 + np.array(own)]
        beta, se, sigma, criterion, _ml = closed(X, Z, y, reml)
        deviance = closed(X, Z, y, ml)[4]
        cov = sigma**2 * _root(reml) @ _root(reml).T
        sd = np.sqrt(np.diag(cov))
        corr = [cov[1, 0] / sd.prod()] if len(sd) == 2 else []
        aic = criterion + 2 * (len(beta) + len(own) + 1)
        figures += [
            *np.column_stack([beta, se]).ravel(), *sd, *corr, sigma, aic, 2 * deviance - criterion, deviance,
        ]  # fmt: skip
        for at, which in ((reml, 3), (ml, 4)):
            steps = 1e-4 * np.eye(len(own))
            slopes += [
                (closed(X, Z, y, at + h)[which] - closed(X, Z, y, at - h)[which]) / 2e-4 for h in steps
            ]
    return np.array(figures), np.array(slopes)


def _root(theta) -> np.ndarray:
    return theta.reshape(1, 1) if len(theta) == 1 else np.array([[theta[0], 0], [theta[1], theta[2]]])


def closed(X, Z, y, theta) -> tuple:
    """Return β̂, its SEs, σ̂, the REML criterion and −2 log-likelihood, all in closed form given θ."""
    W = Z @ _root(theta)
    V = np.eye(SIZE) + W @ W.transpose(0, 2, 1)
    Xy = np.concatenate([X, y[:, :, None]], axis=2)
    S = np.einsum("jmk,jml->kl", Xy, np.linalg.solve(V, Xy))
    p, n = X.shape[2], J * SIZE
    A, Ay = S[:p, :p], S[:p, p]
    beta = np.linalg.solve(A, Ay)
    rss = S[p, p] - Ay @ beta
    s2 = rss / (n - p)
    log_V = np.linalg.slogdet(V)[1].sum()
    reml = log_V + np.linalg.slogdet(A)[1] + (n - p) * (1 + np.log(2 * np.pi * s2))
    ml = log_V + n * (1 + np.log(2 * np.pi * rss / n))
    return beta, np.sqrt(s2 * np.diag(np.linalg.inv(A))), np.sqrt(s2), reml, ml

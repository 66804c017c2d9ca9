"""The posterior of lines that vary over groups, by a grid instead of a chain: two SDs, their correlation, and the rest in closed form.

    y_i ~ N(a_{j[i]} + b_{j[i]} x_i, σ²),  (a_j, b_j) ~ N((μ_a, μ_b), Σ(τ_a, τ_b, ρ)),  flat priors on μ_a, μ_b, τ_a, τ_b, σ and ρ

Given θ = (τ_a/σ, τ_b/σ, ρ) all else is known: σ² is a scaled inverse χ², μ is normal, and so are the groups' lines. So only three
numbers need a grid. It is laid where the posterior has its mass, even in log τ/σ and in ρ. A draw takes a cell and a place in the
cell, and follows the closed form from there. Draws under another prior are the same draws, weighted by the ratio of the priors.

What this file does not do: more than one predictor or one grouping factor, or priors of its own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hlm_teach.group_lines import group_labels
from hlm_teach.locale import _

__all__ = ["lines_posterior"]

FAR = np.log([1e-3, 1e3])  # of τ/σ: where the grid looks first
CELLS, CORRELATIONS = 45, 40
NEGLIGIBLE = 1e-6  # of the posterior


def lines_posterior(
    data: pd.DataFrame,
    x: str,
    y: str,
    group: str,
    *,
    size: int,
    rng: np.random.Generator,
    independent: bool = False,
) -> pd.DataFrame:
    """Draw from the posterior of varying intercepts and slopes under flat priors, without a chain.

    Model: y_i ~ N(a_j + b_j x_i, σ²), (a_j, b_j) bivariate normal; flat on μ_a, μ_b, on τ_a, τ_b, σ > 0, and on −1 < ρ < 1.

    Parameters
    ----------
    data : DataFrame
    x, y, group : str
        Names of its columns; four groups or more, or the posterior under flat priors does not exist.
    size : int
        How many draws; they are independent.
    rng : numpy Generator
    independent : bool
        Hold ρ at 0.

    Returns
    -------
    DataFrame, shape (size, 6 + J)
        ``mu_a``, ``mu_b``, ``tau_a``, ``tau_b``, ``rho``, ``sigma``, and ``slope[group]`` of each group.

    Raises
    ------
    ValueError
        If a column is missing or not complete, or there are fewer than four groups.

    Notes
    -----
    With r(θ) the penalised residual sum of squares and S(θ) = Σ X_j′V_j⁻¹X_j in units of σ², the density of θ is proportional to
    r^{−(n−5)/2} · |S|^{−½} · Π|V_j|^{−½}, and σ² | θ is r/χ²_{n−5}. Within a cell of the grid the density counts as level in log τ/σ and ρ.

    References
    ----------
    Gelman, A. et al. (2013), *Bayesian Data Analysis*, 3rd ed., §5.4 (conjugate steps) and §15.2.

    Examples
    --------
    >>> from hlm_teach import load
    >>> pupils = load("schools10")
    >>> draws = lines_posterior(pupils, "homework", "math", "school", size=4000, rng=np.random.default_rng(1))
    >>> draws[["mu_a", "mu_b", "sigma"]].mean().round(1).tolist()
    [44.8, 2.0, 6.6]
    >>> few = pupils[pupils["school"].isin(["7472", "7829"])]
    >>> lines_posterior(few, "homework", "math", "school", size=10, rng=np.random.default_rng(1))
    Traceback (most recent call last):
    ...
    ValueError: Under flat priors at least 4 groups are needed, but school has 2. ...
    """
    labels = group_labels(data, x, y, group)
    for name in (x, y, group):
        if data[name].isna().any():
            raise ValueError(
                _("{name} must be complete, but some rows have none. Leave them out first.", name=name)
            )
    if len(labels) < 4:
        raise ValueError(
            _(
                "Under flat priors at least {least} groups are needed, but {group} has {found}. "
                "With fewer, give τ a proper prior.",
                least=4,
                group=group,
                found=len(labels),
            )
        )
    sums = _sums(data, x, y, group, labels)
    grid, width, weight = _grid(sums, independent)
    cell = rng.choice(len(weight), size, p=weight)
    theta = grid[cell] + width * (rng.random((size, 3)) - 0.5)
    return _drawn(theta, sums, labels, rng)


def _sums(data, x, y, group, labels) -> tuple[np.ndarray, np.ndarray, float, int, float]:
    """Return per group A = X'X, shape (J, 2, 2), and b = X'y, shape (J, 2); then Σ(y − ȳ)², n and ȳ; y is centred, which flat μ allows."""
    parts = [data.loc[data[group] == label, [x, y]].to_numpy(dtype=float) for label in labels]
    middle = data[y].mean()
    designs = [np.column_stack([np.ones(len(part)), part[:, 0]]) for part in parts]
    A = np.array([X.T @ X for X in designs])
    b = np.array([X.T @ (part[:, 1] - middle) for X, part in zip(designs, parts, strict=True)])
    return A, b, float(np.sum((data[y] - middle) ** 2)), len(data), float(middle)


def _system(theta: np.ndarray, sums):
    """Return, for each θ of shape (G, 3), T, (I + A T)⁻¹, S, μ̂, r and the log determinant of V."""
    A, b, total, _n, _middle = sums
    root, rho = np.exp(theta[:, :2]), theta[:, 2]
    T = np.empty((len(theta), 2, 2))
    T[:, 0, 0], T[:, 1, 1] = root[:, 0] ** 2, root[:, 1] ** 2
    T[:, 0, 1] = T[:, 1, 0] = rho * root[:, 0] * root[:, 1]
    M = np.eye(2) + np.einsum("jab,gbc->gjac", A, T)
    det = M[..., 0, 0] * M[..., 1, 1] - M[..., 0, 1] * M[..., 1, 0]
    inverse = np.empty_like(M)
    inverse[..., 0, 0], inverse[..., 1, 1] = M[..., 1, 1] / det, M[..., 0, 0] / det
    inverse[..., 0, 1], inverse[..., 1, 0] = -M[..., 0, 1] / det, -M[..., 1, 0] / det
    S = np.einsum("gjab,jbc->gac", inverse, A)
    seen = np.einsum("gjab,jb->gja", inverse, b)
    mu = np.linalg.solve(S, seen.sum(axis=1)[..., None])[..., 0]
    r = total - np.einsum("ja,gab,gjb->g", b, T, seen) - np.einsum("ga,ga->g", seen.sum(axis=1), mu)
    return T, inverse, S, mu, r, np.log(det).sum(axis=1)


def _height(theta: np.ndarray, sums) -> np.ndarray:
    """Return the log density of (log τ_a/σ, log τ_b/σ, ρ), up to a constant."""
    found = []
    for part in np.array_split(theta, max(1, len(theta) // 20_000)):
        _T, _inverse, S, _mu, r, log_det = _system(part, sums)
        determinant = np.linalg.slogdet(S)[1]
        found.append(-0.5 * (log_det + determinant + (sums[3] - 5) * np.log(r)) + part[:, :2].sum(axis=1))
    return np.concatenate(found)


def _grid(sums, independent: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the middles of the cells, shape (G, 3), their widths, and the share of the posterior in each."""
    ends = [FAR, FAR]
    for cells, correlations in ((24, 12), (CELLS, CORRELATIONS)):
        axes, widths = [], []
        for (low, high), count in (
            *((end, cells) for end in ends),
            ((-1.0, 1.0), 1 if independent else correlations),
        ):
            widths.append((high - low) / count)
            axes.append(low + widths[-1] * (np.arange(count) + 0.5))
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        height = _height(grid.reshape(-1, 3), sums).reshape(grid.shape[:3])
        weight = np.exp(height - height.max())
        weight /= weight.sum()
        ends = []
        for k in (0, 1):
            here = np.flatnonzero(weight.sum(axis=(1 - k, 2)) > NEGLIGIBLE)
            ends.append((axes[k][here[0]] - widths[k], axes[k][here[-1]] + widths[k]))
    if independent:
        widths[2] = 0.0
    return grid.reshape(-1, 3), np.array(widths), weight.ravel()


def _drawn(theta: np.ndarray, sums, labels, rng: np.random.Generator) -> pd.DataFrame:
    """Draw σ, μ and the slopes for each θ."""
    A, b, _total, n, middle = sums
    T, inverse, S, mu_hat, r, _log_det = _system(theta, sums)
    size, J = len(theta), len(labels)
    sigma = np.sqrt(r / rng.chisquare(n - 5, size))
    root = np.linalg.cholesky(np.linalg.inv(S))
    mu = mu_hat + sigma[:, None] * np.einsum("gab,gb->ga", root, rng.standard_normal((size, 2)))
    keep = np.einsum(
        "gab,gjbc->gjac", T, inverse
    )  # T (I + A T)⁻¹: what is left of the groups' covariance, in σ²
    left = b - np.einsum("jab,gb->gja", A, mu)
    slope = mu[:, 1, None] + np.einsum("gja,gja->gj", keep[:, :, 1], left)
    slope += sigma[:, None] * np.sqrt(np.maximum(keep[..., 1, 1], 0)) * rng.standard_normal((size, J))
    spread = sigma[:, None] * np.exp(theta[:, :2])
    table = {
        "mu_a": mu[:, 0] + middle,
        "mu_b": mu[:, 1],
        "tau_a": spread[:, 0],
        "tau_b": spread[:, 1],
        "rho": theta[:, 2],
        "sigma": sigma,
    }
    return pd.DataFrame(table | {f"slope[{label}]": slope[:, j] for j, label in enumerate(labels)})

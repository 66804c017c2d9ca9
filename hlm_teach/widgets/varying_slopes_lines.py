"""A data set as lines: what each group says about intercept and slope, and the rows from which a fit can be made.

Per group: its size n, the mean of x, the sum of squares of x about it, its own least-squares line (a at x = 0, b), and the
sum of squares that the line leaves. A group whose x never varies has no slope of its own: b is 0 there, and weighs nothing.

What this file does not do: estimate across groups.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.rows import as_frame

__all__ = ["Lines"]


@dataclass(frozen=True)
class Lines:
    """The groups' own lines and what they rest on; all arrays have shape (J,), those of rows (N,).

    ``row_x``, ``row_e`` and ``row_g`` are the rows: y = a + b·x + e.
    """

    n: np.ndarray
    mx: np.ndarray
    sxx: np.ndarray
    rss: np.ndarray
    a: np.ndarray
    b: np.ndarray
    labels: list[str]
    row_x: np.ndarray
    row_e: np.ndarray
    row_g: np.ndarray

    @classmethod
    def of(cls, data: pd.DataFrame, response: str, x: str, group: str) -> Lines:
        """Return the lines of a data set.

        Parameters
        ----------
        data : DataFrame
            One row per unit.
        response, x, group : str
            The columns of y, of x and of the groups.

        Raises
        ------
        ValueError
            If a column or a value is missing, there are fewer than two groups, x never varies inside a group, or every
            group lies exactly on its line.

        Examples
        --------
        >>> data = pd.DataFrame({"y": [1.0, 2, 4, 2, 1, 5], "x": [0, 1, 2, 0, 1, 2], "g": list("aaabbb")})
        >>> lines = Lines.of(data, "y", "x", "g")
        >>> lines.a.round(3), lines.b.round(3)
        (array([0.833, 1.167]), array([1.5, 1.5]))
        >>> Lines.of(data, "y", "x", "school")
        Traceback (most recent call last):
        ...
        ValueError: There is no column 'school'. The columns are: y, x, g.
        """
        rows = _checked(as_frame(data), response, x, group)
        codes, levels = pd.factorize(rows["g"], sort=True)
        n = np.bincount(codes)
        if len(n) < 2:
            raise ValueError(
                _("Lines that vary need at least two groups, but {group} has {J}.", group=group, J=len(n))
            )
        xs, ys = rows["x"].to_numpy(), rows["y"].to_numpy()
        mx, my = np.bincount(codes, xs) / n, np.bincount(codes, ys) / n
        dx, dy = xs - mx[codes], ys - my[codes]
        sxx = np.bincount(codes, dx * dx)
        sxx = np.where(sxx > 1e-12 * np.maximum(1e-300, np.ptp(xs) ** 2), sxx, 0.0)
        if not sxx.any():
            raise ValueError(
                _(
                    "{x} must vary inside a group: it has one value in each group of {group}.",
                    x=x,
                    group=group,
                )
            )
        slope = np.divide(np.bincount(codes, dx * dy), sxx, out=np.zeros(len(n)), where=sxx > 0)
        e = dy - slope[codes] * dx
        rss = np.bincount(codes, e * e)
        if not rss.sum() > 1e-16 * np.sum((ys - ys.mean()) ** 2):
            raise ValueError(
                _(
                    "Each group of {group} lies exactly on a line of its own: nothing is left over to estimate σ from.",
                    group=group,
                )
            )
        return cls(n, mx, sxx, rss, my - slope * mx, slope, [str(k) for k in levels], xs, e, codes)

    @property
    def rows(self) -> pd.DataFrame:
        """The rows ``y``, ``x`` and ``g``, for a fit."""
        y = self.a[self.row_g] + self.b[self.row_g] * self.row_x + self.row_e
        return pd.DataFrame({"y": y, "x": self.row_x, "g": self.row_g})

    def with_lines(self, lines: list[list[float]]) -> Lines:
        """Return the same rows on other lines: each row keeps its distance from its group's line."""
        a, b = np.asarray(lines, dtype=float).T
        return replace(self, a=a, b=b)

    def at(self, origin: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the lines (J, 2) and the cross products of (1, x) (J, 2, 2), with x counted from an origin."""
        away = self.mx - origin
        S = np.empty((len(self.n), 2, 2))
        S[:, 0, 0] = self.n
        S[:, 0, 1] = S[:, 1, 0] = self.n * away
        S[:, 1, 1] = self.sxx + self.n * away**2
        return np.column_stack([self.a + self.b * origin, self.b]), S


def _checked(data: pd.DataFrame, response: str, x: str, group: str) -> pd.DataFrame:
    for column in (response, x, group):
        if column not in data:
            raise ValueError(
                _("There is no column {column!r}. The columns are: {columns}.",
                  column=column, columns=", ".join(map(str, data.columns)))
            )  # fmt: skip
    rows = {"g": data[group]}
    for name, column in (("y", response), ("x", x)):
        rows[name] = pd.to_numeric(data[column], errors="coerce").to_numpy(dtype=float)
        bad = ~np.isfinite(rows[name])
        if bad.any():
            raise ValueError(
                _(
                    "Every {column} must be a finite number, but it is {found} in row {row}.",
                    column=column,
                    found=str(data[column].iloc[int(np.argmax(bad))]),
                    row=data.index[int(np.argmax(bad))],
                )
            )
    if data[group].isna().any():
        raise ValueError(
            _("Every row must name its group, but {group} is missing in {n} rows. Leave these rows out.",
              group=group, n=int(data[group].isna().sum()))
        )  # fmt: skip
    return pd.DataFrame(rows)

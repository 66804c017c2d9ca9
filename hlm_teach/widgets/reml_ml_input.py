"""A balanced data set as the REML–ML widget takes it: means, the sum of squares within, and where its dials stand.

What this file does not do: unequal groups, or predictors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.locale import _
from hlm_teach.variance import anova_components

__all__ = ["read_balanced"]


def read_balanced(data: pd.DataFrame, response: str, group: str, most: int = 50) -> dict[str, Any]:
    """Return the groups' means and the sum of squares within, or say what is wrong.

    Raises
    ------
    ValueError
        If a column is missing, a value is missing or not finite, or the groups are fewer than 3, more than ``most``, of unequal
        size, of one row each, or constant within.

    Examples
    --------
    >>> read_balanced(pd.DataFrame({"y": [1.0, 3, 4, 6, 9, 10], "g": list("aabbcc")}), "y", "g")["means"]
    [2.0, 5.0, 9.5]
    >>> read_balanced(pd.DataFrame({"y": [1.0, 3], "g": list("ab")}), "score", "g")
    Traceback (most recent call last):
    ...
    ValueError: There is no column 'score'. The columns are: y, g.
    """
    for column in (response, group):
        if column not in data:
            raise ValueError(
                _("There is no column {column!r}. The columns are: {columns}.",
                  column=column, columns=", ".join(map(str, data.columns)))
            )  # fmt: skip
    found = anova_components(pd.to_numeric(data[response], errors="coerce"), data[group])
    groups = data.groupby(group, observed=True, sort=True)[response]
    means, sizes = groups.mean().astype(float), groups.size()
    if not 3 <= len(means) <= most:
        raise ValueError(
            _(
                "This widget takes 3 to {most} groups, but {group} has {J}. Use lmm for others.",
                most=most,
                group=group,
                J=len(means),
            )
        )
    odd = sizes[sizes != sizes.iloc[0]]
    if len(odd):
        raise ValueError(
            _(
                "Every group must have the same number of rows here, but {one!r} has {n} and {other!r} has {m}. "
                "Use lmm for groups of unequal size.",
                one=sizes.index[0],
                n=sizes.iloc[0],
                other=odd.index[0],
                m=odd.iloc[0],
            )
        )
    if not found.msw > 1e-20 * float(np.mean(data[response].astype(float) ** 2)):
        raise ValueError(
            _("{response} must vary within the groups of {group}.", response=response, group=group)
        )
    start = {"J": found.J, "n": int(sizes.iloc[0]), "p": 1, "tau": found.tau, "sigma": found.sigma}
    return {
        "start": start,
        "labels": [str(label) for label in means.index],
        "means": means.tolist(),
        "within": found.msw * (found.n - found.J),
        "y": response,
    }

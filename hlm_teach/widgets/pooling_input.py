"""What the pooling explorer is given: means, sizes, labels and σ, checked group by group.

What this file does not do: estimate anything but a mean and the pooled SD within groups.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from hlm_teach.locale import _
from hlm_teach.variance import anova_components

__all__ = ["group_summaries", "read_groups", "read_sigma", "read_truth"]


def read_groups(y: Any, n: Any, labels: Sequence | None) -> tuple[list[float], list[int], list[str]]:
    """Return means, sizes and labels as plain lists, or say which group is wrong."""
    if isinstance(y, pd.Series):
        labels = list(y.index) if labels is None else labels
        n = n.reindex(y.index) if isinstance(n, pd.Series) else n
    y, n = [float(v) for v in y], [] if n is None else list(n)
    if len(y) < 2:
        raise ValueError(_("Pooling needs at least two groups, but y has {J}.", J=len(y)))
    if labels is None:
        labels = [_("group {number}", number=j) for j in range(1, len(y) + 1)]
    labels = [str(label) for label in labels]
    if not len(y) == len(n) == len(labels):
        raise ValueError(
            _("y, n and labels must have one value per group, but they have {y}, {n} and {labels}.",
              y=len(y), n=len(n), labels=len(labels))
        )  # fmt: skip
    for j, label in enumerate(labels):
        if not math.isfinite(y[j]):
            raise ValueError(
                _("Each group mean must be a finite number, but it is {found} for {group}. Leave out groups without data.",
                  found=y[j], group=label)
            )  # fmt: skip
        if not (math.isfinite(n[j]) and n[j] >= 1 and n[j] == int(n[j])):
            raise ValueError(
                _("Each group size must be a whole number >= 1, but it is {found} for {group}. Leave out empty groups.",
                  found=n[j], group=label)
            )  # fmt: skip
    return y, [int(v) for v in n], labels


def read_sigma(sigma: Any) -> float:
    """Return σ as a float > 0, or say what it must be."""
    found = math.nan if sigma is None else float(sigma)
    if not (found > 0 and math.isfinite(found)):
        raise ValueError(
            _(
                "sigma must be the standard deviation within groups, finite and > 0, but sigma = {sigma}.",
                sigma=sigma,
            )
        )
    return found


def read_truth(truth: Any, J: int) -> list[float]:
    """Return the true values as a list, empty where they are not known."""
    found = [] if truth is None else [float(v) for v in truth]
    if found and not (len(found) == J and all(map(math.isfinite, found))):
        raise ValueError(
            _("truth must have one finite value per group, {J}, but it is {found}.", J=J, found=found)
        )
    return found


def group_summaries(data: pd.DataFrame, response: str, group: str, groups: Sequence | None) -> tuple:
    """Return the groups' means and sizes, and σ pooled over all groups of a data set."""
    for column in (response, group):
        if column not in data:
            raise ValueError(
                _("There is no column {column!r}. The columns are: {columns}.",
                  column=column, columns=", ".join(map(str, data.columns)))
            )  # fmt: skip
    sigma = anova_components(data[response], data[group]).sigma
    summary = data.groupby(group, observed=True, sort=True)[response].agg(["mean", "size"])
    unknown = [str(g) for g in groups or () if g not in summary.index]
    if unknown:
        raise ValueError(
            _(
                "groups must name groups of {group!r}, but it has no {unknown}.",
                group=group,
                unknown=", ".join(unknown),
            )
        )
    summary = summary if groups is None else summary.loc[list(groups)]
    return summary["mean"], summary["size"], sigma

"""The spread of coefficients over groups: from a root of their covariance to SDs and correlations.

What belongs to both kinds of fits, linear and logit, stands here: the record of a factor's spread, and a group's
coefficients as the population's plus its deviations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["VarCorr", "coefficients", "spread"]


@dataclass(frozen=True)
class VarCorr:
    """The spread of one factor's coefficients over the groups.

    Attributes
    ----------
    sd : Series
        Standard deviations, in the units of the coefficients.
    corr, cov : DataFrame
        Correlations (nan where an SD is 0) and covariances; independent terms have 0.
    """

    sd: pd.Series
    corr: pd.DataFrame
    cov: pd.DataFrame


def spread(names: list[str], root: np.ndarray) -> VarCorr:
    """Return SDs, correlations and covariances of root·root'."""
    cov, sd = root @ root.T, np.linalg.norm(root, axis=1)
    unit = root / np.where(sd > 0, sd, np.nan)[:, None]
    corr = np.clip(unit @ unit.T, -1, 1)
    np.fill_diagonal(corr, 1.0)
    table = {"index": names, "columns": names}
    return VarCorr(pd.Series(sd, names, name="sd"), pd.DataFrame(corr, **table), pd.DataFrame(cov, **table))


def coefficients(fixef: pd.Series, ranef: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return fixef + ranef by factor; a coefficient that does not vary is the same in every group."""
    both = {}
    for factor, deviations in ranef.items():
        table = pd.DataFrame(fixef.to_dict(), index=deviations.index)
        for name in deviations.columns:
            table[name] = table.get(name, 0.0) + deviations[name]
        both[factor] = table
    return both

"""The picture of the README: ``make picture``, or ``python -m hlm_teach.picture``.

Log radon in Minnesota: the mean of each county, from 1 to 116 houses, moves towards the target, the more the fewer
houses it rests on. The fit is of all 85 counties. Drawn are the highest and the lowest of each of six classes of size,
so that counties that differ in size can be compared at the same distance. It prints the sentence that belongs beside
the picture, as alt text.

What this file does not do: anything that a lesson needs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

from hlm_teach import narrate, plots
from hlm_teach.datasets import load
from hlm_teach.locale import _
from hlm_teach.look import png
from hlm_teach.pooling import partial_pooling
from hlm_teach.variance import tau_reml

PLACE = Path(__file__).resolve().parents[1] / "docs" / "shrinkage.png"
CLASSES = 6


def picture() -> tuple[plt.Axes, str]:
    """Return the shrinkage plot of a dozen counties and its alt text."""
    radon = load("radon")
    county = radon["county"].astype(str).str.title()
    by_county = radon["log_radon"].groupby(county)
    n, mean = by_county.size(), by_county.mean()
    within = radon["log_radon"] - by_county.transform("mean")
    sigma = np.sqrt((within**2).sum() / (len(radon) - len(n)))
    se = sigma / np.sqrt(n)
    fit = partial_pooling(mean, se, tau_reml(mean, se))
    by_size = mean[n.sort_values(kind="stable").index]
    chosen = []
    for members in np.array_split(np.arange(len(n)), CLASSES):
        chosen += [by_size.iloc[members].idxmin(), by_size.iloc[members].idxmax()]
    ax = plots.shrinkage(fit, n=n, groups=chosen, label=_("mean log radon in the county (log pCi/L)"))
    about = _("Radon in {drawn} of the {J} counties of Minnesota.", drawn=len(chosen), J=len(n))
    return ax, f"{about} {narrate.shrinkage(fit, 'log pCi/L', groups=chosen)}"


def main(place: Path = PLACE) -> None:
    """Write the picture and print its alt text."""
    ax, alt = picture()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(png(ax.figure))
    plt.close(ax.figure)
    print(f"{place}: {place.stat().st_size:,} bytes\n{alt}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

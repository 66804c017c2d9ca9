"""Time multilevel logit models for MRP beside lme4's glmer, in one run, and write a table.

    python benchmarks/mrp.py [--repeats 3] [--small 20000] [--sizes 100000 1000000] [--out benchmarks/mrp.md]

A simulated nation (`hlm_teach.simulate.nation`, 51 units, 4,896 cells) is polled. Both engines fit the same table in turn,
on one thread, each timed from data and formula to the fit; the best of the repeats counts.

    rows        0 and 1, one row per respondent, of a poll of `small` people: glmm counts them into cells itself
    cells       the same polls as proportions with their numbers, nAGQ = 1 for both
    deviance    glmer's −2 log L minus ours: above 0 means that glmer stopped short of the optimum

After that what only one of them does: counting a poll into cells, and poststratifying the fit with 1,000 draws.

What this file does not do: judge. It is no test and sets no limit. Without Rscript the columns of glmer stay empty.
"""

from __future__ import annotations

# ruff: noqa: E402 (threads are set before NumPy is imported)
import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import datetime
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import scipy

from hlm_teach import glmm, make_cells, poststratify
from hlm_teach.simulate import nation

FORMULA = "y ~ sex + u + (1 | unit) + (1 | age) + (1 | education) + (1 | origin) + (1 | age:education)"
TRAITS = ["unit", "sex", "age", "education", "origin", "u"]

LME4 = """
suppressMessages(library(lme4)); a <- commandArgs(TRUE)
d <- read.csv(a[1], stringsAsFactors = TRUE)
if (!"n" %in% names(d)) d$n <- 1
s <- system.time(m <- suppressMessages(suppressWarnings(glmer(as.formula(a[2]), d, binomial, weights = n, nAGQ = 1))))
cat(sprintf("%.9g %.17g", s[["elapsed"]], -2 * as.numeric(logLik(m))))
"""


def best(repeats: int, work: Callable) -> tuple[float, object]:
    """Return the shortest time of some work, and what it returned."""
    seconds = []
    for _turn in range(repeats):
        begin = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds), found


def glmer(table: pd.DataFrame, folder: Path) -> tuple[float, float] | None:
    """Return lme4's seconds and −2 log L, or None without R."""
    if shutil.which("Rscript") is None:
        return None
    path = folder / "table.csv"
    table.to_csv(path, index=False)
    run = subprocess.run(
        ["Rscript", "-e", LME4, str(path), FORMULA], capture_output=True, text=True, check=True
    )
    seconds, deviance = run.stdout.split()
    return float(seconds), float(deviance)


def compare(label: str, table: pd.DataFrame, weights: str | None, repeats: int, folder: Path) -> str:
    """Fit a table with both engines in turn; return a row of the first table."""
    ours, theirs = [], []
    for _turn in range(repeats):
        seconds, fit = best(1, lambda: glmm(FORMULA, table, weights=weights))
        ours.append(seconds)
        theirs.append(glmer(table, folder))
    if theirs[0] is None:
        return f"| {label} | {len(table):,} | {min(ours):.3f} s | – | – | – |"
    peer = min(seconds for seconds, _deviance in theirs)
    gap = theirs[0][1] - fit.criterion
    return f"| {label} | {len(table):,} | {min(ours):.3f} s | {peer:.2f} s | {peer / min(ours):.1f} | {gap:.1e} |"


def alone(n: int, made, counted: pd.DataFrame, repeats: int) -> str:
    """Time what comes before and after the fit; return a row of the second table."""
    count, _cells = best(repeats, lambda: make_cells(made.poll, TRAITS, "y"))
    seconds, fit = best(repeats, lambda: glmm(FORMULA, counted, weights="n"))
    fixed, _units = best(repeats, lambda: poststratify(fit, made.cells, by="unit", new_groups="draw"))
    drawn, _units = best(1, lambda: poststratify(fit, made.cells, by="unit", new_groups="draw", theta="draw"))
    return f"| {n:,} | {len(counted):,} | {count:.2f} s | {seconds:.3f} s | {fixed:.2f} s | {drawn:.1f} s |"


def main() -> None:
    """Write the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--small", type=int, default=20_000)
    options.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    chosen = options.parse_args()
    paired, single = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = nation(np.random.default_rng(1), n=chosen.small)
        paired.append(
            compare(f"rows, {chosen.small:,} respondents", small.poll, None, chosen.repeats, folder)
        )
        for n in chosen.sizes:
            made = nation(np.random.default_rng(1), n=n)
            counted = make_cells(made.poll, TRAITS, "y")
            paired.append(compare(f"cells, {n:,} respondents", counted, "n", chosen.repeats, folder))
            single.append(alone(n, made, counted, chosen.repeats))
        version = "without R"
        if shutil.which("Rscript"):
            ask = ["Rscript", "-e", 'cat(as.character(packageVersion("lme4")))']
            version = f"lme4 {subprocess.run(ask, capture_output=True, text=True, check=True).stdout}"
    lines = [
        "# MRP: a multilevel logit model, and its poststratification",
        "",
        f"{datetime.date.today()}, Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"{version}, one thread, best of {chosen.repeats}.",
        "",
        f"`{FORMULA}`".replace("|", "\\|"),
        "",
        "| data | rows of the table | hlm_teach | glmer | glmer / hlm_teach | deviance, glmer − ours |",
        "|---|---|---|---|---|---|",
        *paired,
        "",
        "| respondents | cells with respondents | counting | fit on cells | poststratify, θ fixed | θ drawn |",
        "|---|---|---|---|---|---|",
        *single,
    ]
    chosen.out.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

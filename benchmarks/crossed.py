"""Time two crossed models of InstEval beside lme4, in one run, and write a table.

    python benchmarks/crossed.py [--repeats 2] [--out benchmarks/crossed.md]

InstEval (73,421 ratings of 1,128 lecturers by 2,972 students, from R's lme4) is not shipped: Rscript with lme4 exports it
to a temporary folder. Both engines fit the same rows in turn, on one thread, each timed from data and formula to the
fit; the best of the repeats counts. `criterion` is lme4's REML criterion minus ours: above 0 means that lme4 stopped
short of the optimum.

What this file does not do: judge. It is no test and sets no limit.
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
from pathlib import Path

import numpy as np
import pandas as pd
import scipy

from hlm_teach import lmm

FORMULAS = [
    "y ~ service + (1 | s) + (1 | d) + (1 | dept:service)",
    "y ~ 1 + (1 | s) + (1 | d) + (1 | dept)",
]

EXPORT = """
suppressMessages(library(lme4)); data(InstEval)
write.csv(InstEval[, c("s", "d", "dept", "service", "y")], commandArgs(TRUE)[1], row.names = FALSE)
cat(as.character(packageVersion("lme4")))
"""

LME4 = """
suppressMessages(library(lme4)); data(InstEval)
f <- as.formula(commandArgs(TRUE)[1])
s <- system.time(m <- suppressMessages(suppressWarnings(lmer(f, InstEval))))[["elapsed"]]
cat(sprintf("%.9g %.17g", s, REMLcrit(m)))
"""


def ask_r(script: str, argument: str) -> str:
    """Return what an R script prints."""
    run = subprocess.run(["Rscript", "-e", script, argument], capture_output=True, text=True, check=True)
    return run.stdout


def row(formula: str, data: pd.DataFrame, repeats: int) -> str:
    """Fit with both engines in turn; return a row of the table."""
    ours, theirs = [], []
    for _turn in range(repeats):
        begin = time.perf_counter()
        fit = lmm(formula, data)
        ours.append(time.perf_counter() - begin)
        seconds, criterion = map(float, ask_r(LME4, formula).split())
        theirs.append(seconds)
    best, peer = min(ours), min(theirs)
    return (
        f"| `{formula}` | {best:.2f} s | {peer:.2f} s | {peer / best:.1f} | {criterion - fit.criterion:.1e} "
        f"| {fit.certificate.evaluations} | {fit.certificate.holds} |"
    ).replace(" | s)", " \\| s)").replace(" | d)", " \\| d)").replace(" | dept", " \\| dept")  # fmt: skip


def main() -> None:
    """Write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=2)
    options.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    chosen = options.parse_args()
    if shutil.which("Rscript") is None:
        raise SystemExit("Rscript with the package lme4 is needed: apt-get install r-cran-lme4")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "insteval.csv"
        version = ask_r(EXPORT, str(path))
        data = pd.read_csv(path)
    lines = [
        "# Crossed factors: InstEval",
        "",
        f"{datetime.date.today()}, Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"lme4 {version}, one thread, best of {chosen.repeats}, REML, {len(data):,} rows.",
        "",
        "| formula | hlm_teach | lme4 | lme4 / hlm_teach | criterion, lme4 − ours | evaluations | certified |",
        "|---|---|---|---|---|---|---|",
        *(row(formula, data, chosen.repeats) for formula in FORMULAS),
    ]
    chosen.out.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

"""Time the mixed-model engine beside its peers, in one run, and write a table.

    python benchmarks/engine.py [--quick] [--out benchmarks/engine.md]

Each row is one simulated data set of N rows in J groups with q varying coefficients (REML). All engines fit the same
rows, in turn, on one thread, and the best of a few repeats counts. Ours is timed from the DataFrame and the formula to
the fit; lme4 inside R from the formula to the fit, without reading the file. The last column compares our whole fit with
one NumPy pass that only sums the moments of the same columns by group (counts, sums, products): the floor for anything
that looks at every row once.

A peer is left out where it is not installed (lme4 needs Rscript; mixedlm-rs its Python package) or where it would
take minutes (statsmodels above 100,000 rows). `criterion` is the peer's REML criterion minus ours: above 0 means that
the peer stopped short of the optimum.

What this file does not do: judge. It is no test and sets no limit.
"""

from __future__ import annotations

# ruff: noqa: E402 (threads are set before NumPy is imported)
import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import datetime
import importlib.util
import platform
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from hlm_teach import lmm
from hlm_teach.rows import code_groups

SETTINGS = [
    (180, 18, 2),
    (1_000, 50, 1),
    (1_000, 50, 2),
    (10_000, 500, 2),
    (100_000, 10_000, 1),
    (100_000, 10_000, 2),
    (1_000_000, 20_000, 1),
    (1_000_000, 20_000, 2),
    (1_000_000, 20_000, 3),
]
QUICK = [(180, 18, 2), (1_000, 50, 2), (10_000, 500, 2)]

LME4 = """
suppressMessages(library(lme4))
a <- commandArgs(trailingOnly = TRUE)
d <- read.csv(a[1]); d$g <- factor(d$g)
best <- Inf
for (i in seq_len(as.integer(a[3]))) {
  s <- system.time(m <- suppressMessages(suppressWarnings(lmer(as.formula(a[2]), d))))[["elapsed"]]
  best <- min(best, s)
}
cat(sprintf("%.9g %.17g", best, REMLcrit(m)))
"""


def draw(N: int, J: int, q: int, seed: int = 1) -> tuple[pd.DataFrame, str]:
    """Return N rows in J groups (in random order) and the formula with q varying coefficients."""
    rng = np.random.default_rng(seed)
    g = np.concatenate([np.arange(J), rng.integers(0, J, N - J)])
    rng.shuffle(g)
    x = {f"x{k}": rng.normal(size=N) for k in range(1, q)} or {"x1": rng.normal(size=N)}
    y = 1.0 + sum(x.values()) + 0.8 * rng.normal(size=J)[g] + rng.normal(size=N)
    for k in range(1, q):
        y = y + 0.4 * rng.normal(size=J)[g] * x[f"x{k}"]
    varying = " + ".join(["1", *(f"x{k}" for k in range(1, q))])
    return pd.DataFrame({"y": y, **x, "g": g}), f"y ~ {' + '.join(x)} + ({varying} | g)"


def best_of(fit, repeats: int) -> tuple[float, object]:
    """Return the shortest time in seconds and what the last call returned."""
    seconds = []
    for _repeat in range(repeats):
        start = time.perf_counter()
        result = fit()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def moments(data: pd.DataFrame, names: list[str], codes: np.ndarray) -> list[np.ndarray]:
    """Sum every column and every product of two columns by group: the floor."""
    columns = [data[name].to_numpy() for name in names]
    sums = [np.bincount(codes), *(np.bincount(codes, column) for column in columns)]
    return sums + [np.bincount(codes, a * b) for k, a in enumerate(columns) for b in columns[k:]]


def by_statsmodels(data: pd.DataFrame, formula: str) -> float:
    """Fit with statsmodels' MixedLM; return its REML criterion."""
    import statsmodels.formula.api as smf

    fixed, varying = formula.split(" + (")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = smf.mixedlm(fixed, data, groups="g", re_formula="~ " + varying.split("|")[0]).fit(reml=True)
    return -2 * fit.llf


def by_mixedlm_rs(data: pd.DataFrame, formula: str) -> float:
    """Fit with mixedlm-rs; return its REML criterion."""
    import mixedlm_rs

    fixed, varying = formula.split(" + (")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = mixedlm_rs.mixedlm(fixed, data, groups="g", re_formula="~ " + varying.split("|")[0]).fit()
    return -2 * fit.llf


def by_lme4(data: pd.DataFrame, formula: str, repeats: int) -> tuple[float, float]:
    """Fit with lme4 in R; return seconds and REML criterion."""
    with tempfile.TemporaryDirectory() as folder:
        data.to_csv(Path(folder, "data.csv"), index=False)
        Path(folder, "fit.R").write_text(LME4)
        command = [
            "Rscript",
            str(Path(folder, "fit.R")),
            str(Path(folder, "data.csv")),
            formula,
            str(repeats),
        ]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(answer[0]), float(answer[1])


def row(N: int, J: int, q: int) -> dict[str, str]:
    """Time all engines on one data set."""
    data, formula = draw(N, J, q)
    names = [name for name in data.columns if name != "g"]
    many, few = (30, 5) if N <= 10_000 else (5, 1)
    ours, fit = best_of(lambda: lmm(formula, data), many)
    codes = code_groups([data["g"]], "g").codes
    floor, _sums = best_of(lambda: moments(data, names, codes), many)
    cells = {"N": f"{N:,}", "J": f"{J:,}", "q": str(q), "ours, ms": f"{1e3 * ours:.2f}"}
    peers = {}
    if shutil.which("Rscript"):
        seconds, criterion = by_lme4(data, formula, few)
        peers["lme4"] = (seconds, criterion)
    if N <= 100_000:
        seconds, criterion = best_of(lambda: by_statsmodels(data, formula), 1 if N > 1_000 else 3)
        peers["statsmodels"] = (seconds, criterion)
    if importlib.util.find_spec("mixedlm_rs"):
        seconds, criterion = best_of(lambda: by_mixedlm_rs(data, formula), few)
        peers["mixedlm-rs"] = (seconds, criterion)
    again, _fit = best_of(lambda: lmm(formula, data), many)  # paired: before and after the peers
    ours = min(ours, again)
    for peer in ("lme4", "statsmodels", "mixedlm-rs"):
        seconds, criterion = peers.get(peer, (np.nan, np.nan))
        cells[f"{peer} / ours"] = "–" if np.isnan(seconds) else f"{seconds / ours:.3g}×"
        cells[f"{peer} criterion"] = "–" if np.isnan(criterion) else f"{criterion - fit.criterion:+.1e}"
    cells["ours / moments"] = f"{ours / floor:.2f}×"
    cells["evaluations"] = str(fit.certificate.evaluations)
    return cells


def versions() -> str:
    """Say when, where and with what."""
    import statsmodels

    found = [f"Python {platform.python_version()}", f"NumPy {np.__version__}", f"pandas {pd.__version__}"]
    found.append(f"statsmodels {statsmodels.__version__}")
    if shutil.which("Rscript"):
        command = [
            "Rscript",
            "-e",
            'cat(R.version$major, R.version$minor, as.character(packageVersion("lme4")))',
        ]
        major, minor, lme4 = subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout.split()
        found.append(f"R {major}.{minor}, lme4 {lme4}")
    return f"{datetime.date.today()}; {platform.machine()}, one thread; {', '.join(found)}"


def main() -> None:
    """Run all settings, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the three smallest settings")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("engine.md"))
    arguments = parser.parse_args()
    rows = []
    for setting in QUICK if arguments.quick else SETTINGS:
        rows.append(row(*setting))
        print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
    head = list(rows[0])
    lines = [f"| {' | '.join(head)} |", "|" + "---:|" * len(head)]
    lines += [f"| {' | '.join(cells[key] for key in head)} |" for cells in rows]
    arguments.out.write_text("\n".join(["# The engine beside its peers", "", versions(), "", *lines, ""]))
    print(f"written to {arguments.out}")


if __name__ == "__main__":
    main()

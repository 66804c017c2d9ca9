"""Time the mixed-model engine beside its peers, in one run; write a table, a plot and the memory each takes.

    python benchmarks/engine.py [--quick] [--out benchmarks/engine.md]

Each row is one simulated data set of N rows in J groups with q varying coefficients (REML). All engines fit the same
rows, in turn, on one thread, and the best of a few repeats counts. Ours is timed from the DataFrame and the formula to
the fit, before the peers and once more after them; lme4 inside R from the formula to the fit, without reading the file.
`ours / moments` compares our whole fit with one NumPy pass that only sums the moments of the same columns by group
(counts, sums, products): the floor for anything that looks at every row once. `criterion` is the peer's REML criterion
minus ours: above 0 means that the peer stopped short of the optimum. gpboost fits another model (ML, no correlations
between the varying coefficients), so its criterion is not compared.

A peer that is not installed is left out, and the script says how to install it. So is a peer that would take more than
two minutes, by its time on the row before in proportion to N. Memory is the peak that fitting adds to a fresh process
that already holds the rows, as a multiple of the rows (8 bytes for each number of y, x1 and g).

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
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.append(str(Path(__file__).parent))
from peers import PEERS, by_lme4, quietly, versions

from hlm_teach import lmm
from hlm_teach.rows import code_groups

PATH = [(10**k, 10**k // 50, 2) for k in (3, 4, 5, 6, 7)]
OTHERS = [
    (180, 18, 2),
    (1_000, 50, 1),
    (100_000, 10_000, 1),
    (100_000, 10_000, 2),
    (1_000_000, 20, 2),
    (1_000_000, 20_000, 1),
    (1_000_000, 20_000, 3),
]
QUICK = 10_000
PATIENCE = 120.0


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


def measure(N: int, J: int, q: int, expected: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Time all engines on one data set: name → seconds and criterion minus ours.

    ``expected`` holds the seconds that a peer should take; one beyond `PATIENCE` is left out.
    """
    data, formula = draw(N, J, q)
    names = [name for name in data.columns if name != "g"]
    many, few = (30, 5) if N <= 10_000 else (5, 1)
    ours, fit = best_of(lambda: lmm(formula, data), many)
    codes = code_groups([data["g"]], "g").codes
    found = {"moments": (best_of(lambda: moments(data, names, codes), many)[0], np.nan)}
    for name, peer in PEERS.items():
        if not peer.here() or expected.get(name, 0.0) > PATIENCE:
            continue
        if name == "lme4":
            seconds, criterion, _memory = by_lme4(data, formula, few)
        else:
            seconds, criterion = best_of(lambda name=name: quietly(name, data, formula), few)
        found[name] = (seconds, criterion - fit.criterion)
    again, _fit = best_of(lambda: lmm(formula, data), many)
    found["hlm_teach"] = (min(ours, again), float(fit.certificate.evaluations))
    return found


def table(results: dict[tuple[int, int, int], dict]) -> list[str]:
    """Write one row for each data set."""
    names = [name for name in PEERS if any(name in found for found in results.values())]
    head = ["N", "J", "q", "ours, ms", "evaluations", "ours / moments"]
    for name in names:
        head += [f"{name} / ours"] + ([f"{name} criterion"] if name != "gpboost" else [])
    lines = [f"| {' | '.join(head)} |", "|" + "---:|" * len(head)]
    for (N, J, q), found in results.items():
        ours, evaluations = found["hlm_teach"]
        cells = [f"{N:,}", f"{J:,}", str(q), f"{1e3 * ours:.2f}", f"{evaluations:.0f}"]
        cells.append(f"{ours / found['moments'][0]:.2f}")
        for name in names:
            seconds, criterion = found.get(name, (np.nan, np.nan))
            cells.append("–" if np.isnan(seconds) else f"{float(f'{seconds / ours:.3g}'):,.15g}×")
            if name != "gpboost":
                cells.append("–" if np.isnan(criterion) else f"{criterion:+.1e}")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def picture(results: dict[tuple[int, int, int], dict], out: Path) -> None:
    """Draw seconds against N on log scales, one line an engine, the one-pass floor dashed."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams["svg.hashsalt"] = "hlm_teach"
    colours = ["#000000", "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
    fig, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
    for name, colour, mark in zip(["hlm_teach", *PEERS], colours, "osD^vPX", strict=True):
        points = [(N, found[name][0]) for (N, _J, _q), found in results.items() if name in found]
        if points:
            ax.loglog(*zip(*points, strict=True), marker=mark, color=colour, label=name)
            ax.annotate(
                name, points[-1], xytext=(6, 0), textcoords="offset points", color=colour, va="center"
            )
    floor = [(N, found["moments"][0]) for (N, _J, _q), found in results.items()]
    ax.loglog(*zip(*floor, strict=True), color="0.45", linestyle="--")
    ax.annotate(
        "one NumPy pass", floor[-1], xytext=(6, 0), textcoords="offset points", color="0.35", va="center"
    )
    ax.set(xlabel="rows N (50 rows a group, two varying coefficients)", ylabel="seconds for one fit")
    ax.set_xlim(right=floor[-1][0] * 8)
    ax.spines[["top", "right"]].set_visible(False)
    fig.savefig(out, metadata={"Date": None})


def memory_of(name: str, N: int) -> None:
    """Fit once in this process, which holds the rows already; print the peak that was added, as a multiple of the rows."""
    data, formula = draw(N, N // 50, 2)
    rows = 8 * N * 3
    if name == "lme4":
        print(by_lme4(data, formula, 1)[2] * 1024 / rows)
        return
    small, _formula = draw(200, 10, 2)
    fit = {"hlm_teach": lambda data: lmm(formula, data)}.get(name, lambda data: quietly(name, data, formula))
    fit(small)  # what a package loads for its first fit is not counted

    def status(what: str) -> int:
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if what in line)
        return 1024 * int(line.split()[1])

    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = status("VmRSS")
    fit(data)
    print((status("VmHWM") - before) / rows)


def memory(results: dict[tuple[int, int, int], dict], sizes: list[int]) -> list[str]:
    """Write a row for each size: the peak of each engine that was fast enough to be timed at it."""
    names = ["hlm_teach", *(name for name, peer in PEERS.items() if peer.here())]
    lines = [f"| N | {' | '.join(names)} |", "|" + "---:|" * (len(names) + 1)]
    for N in sizes:
        cells = [f"{N:,}"]
        for name in names:
            cells.append("–")
            if name in results[N, N // 50, 2]:
                command = [sys.executable, __file__, "--memory", name, str(N)]
                out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
                cells[-1] = f"{float(out[-1]):.2f}×"
        print("memory", *cells, flush=True)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Run all settings, print each, and write the table, the plot and the memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"only data sets of up to {QUICK:,} rows")
    parser.add_argument("--memory", nargs=2, metavar=("ENGINE", "N"), help="measure one engine and stop")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("engine.md"))
    arguments = parser.parse_args()
    if arguments.memory:
        memory_of(arguments.memory[0], int(arguments.memory[1]))
        return
    for peer in PEERS.values():
        if not peer.here():
            print(f"{peer.name} is not installed and is left out. To have it: {peer.install}")
    limit = QUICK if arguments.quick else 10**8
    along, others, expected = {}, {}, {}
    for settings, results in ((PATH, along), (OTHERS, others)):
        for N, J, q in settings:
            if limit < N:
                continue
            if settings is OTHERS:  # whoever was left out at this size on the path is left out here
                nearest = along[min((key for key in along if key[0] >= N), default=max(along))]
                expected = {name: np.inf for name in PEERS if name not in nearest}
            results[N, J, q] = found = measure(N, J, q, expected)
            if settings is PATH:
                expected = {name: 10 * seconds for name, (seconds, _criterion) in found.items()} | {
                    name: seconds * 10 for name, seconds in expected.items() if name not in found
                }
            print((N, J, q), {name: f"{seconds:.4g} s" for name, (seconds, _c) in found.items()}, flush=True)
    title = f"{datetime.date.today()}; {platform.machine()}, one thread; Python {platform.python_version()}, "
    title += f"NumPy {np.__version__}, pandas {pd.__version__}, {versions()}"
    lines = ["# The engine beside its peers", "", title, "", *table(along | others), ""]
    lines += ["![Seconds for one fit against the number of rows, on log scales.](engine.svg)", ""]
    lines += ["Memory: the peak that one fit adds, as a multiple of the rows it is given.", ""]
    lines += [*memory(along, [N for N, _J, _q in along if N >= QUICK]), ""]
    picture(along, arguments.out.with_suffix(".svg"))
    arguments.out.write_text("\n".join(lines))
    print(f"written to {arguments.out}")


if __name__ == "__main__":
    main()

"""Write the stored samples of lesson 09: what stands in where bambi, PyMC or nutpie cannot be installed.

    python data-build/posteriors.py

The models are those of the lesson itself: its cells are run, and the draws that they made are thinned to 300 and rounded. Beside the
draws stand the summary and the diagnostics of the whole run, and the graph of each model.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
STORE = ROOT / "hlm_teach" / "data" / "posteriors"
LESSON = ROOT / "lessons" / "09_the_bayesian_view.py"
KEPT = 300  # draws, a quarter from each chain
DROPPED = ("z", "1|county_offset", "age_s|county_offset")  # found again from the others


def table(draws) -> pd.DataFrame:
    """Return a few draws of each chain, evenly spaced, a row each."""
    chains, length = draws.diverging.shape
    step = length // (KEPT // chains)
    rows = {"chain": np.repeat(range(chains), KEPT // chains)}
    rows["diverging"] = draws.diverging[:, ::step][:, : KEPT // chains].ravel().astype(int)
    for name, found in draws.values.items():
        thin = found[:, ::step][:, : KEPT // chains].reshape(KEPT, -1)
        names = [f"{name}[{label}]" for label in draws.labels[name]] if name in draws.labels else [name]
        rows |= {label: thin[:, j] for j, label in enumerate(names)} if name not in DROPPED else {}
    return pd.DataFrame(rows)


def write(name: str, draws) -> None:
    """Write the draws and the diagnostics of one sample."""
    table(draws).to_csv(
        STORE / f"{name}.csv.gz", index=False, float_format="%.4g", compression={"method": "gzip", "mtime": 0}
    )
    kept = [n for n in draws.values if n not in DROPPED]
    draws.summary(kept).to_csv(STORE / f"{name}_summary.csv", float_format="%.6g")


def main() -> None:
    """Run the lesson's cells and keep what they drew."""
    import matplotlib

    from course.source import read

    matplotlib.use("agg")
    STORE.mkdir(exist_ok=True)
    space: dict = {}
    for cell in read(LESSON).cells:
        if cell.kind == "code" and not cell.exercise and "review(" not in cell.source:
            exec(compile(cell.source, cell.first_line, "exec"), space)
    write("homework", space["homework_draws"])
    write("bounce", space["counties"])
    write("forms_w0", space["walks"]["centred"])
    write("forms_w1", space["walks"]["non-centred"])
    for name, graph in {
        "homework": space["lines"].graph,
        "forms": space["forms"].graph,
        "bounce": {},
    }.items():
        (STORE / f"{name}.json").write_text(json.dumps(graph, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""The peers of the engine: how each is installed, asked for a fit, and read.

A peer takes a DataFrame with columns y, x1, …, g and the lme4 formula ``y ~ x1 + … + (1 + x1 + … | g)``, and returns its
REML criterion. `LME4` is the one in R: it runs in a process of its own and times itself, without reading the file.

What this file does not do: time anything in Python (engine.py does), or install anything by itself.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

LME4 = """
suppressMessages(library(lme4))
a <- commandArgs(trailingOnly = TRUE)
d <- read.csv(a[1]); d$g <- factor(d$g)
status <- function(what) as.numeric(gsub("[^0-9]", "", grep(what, readLines("/proc/self/status"), value = TRUE)))
invisible(gc()); before <- status("VmRSS")
try(writeLines("5", "/proc/self/clear_refs"), silent = TRUE)
best <- Inf
for (i in seq_len(as.integer(a[3]))) {
  s <- system.time(m <- suppressMessages(suppressWarnings(lmer(as.formula(a[2]), d))))[["elapsed"]]
  best <- min(best, s)
}
cat(sprintf("%.9g %.17g %.0f", best, REMLcrit(m), status("VmHWM") - before))
"""


@dataclass(frozen=True)
class Peer:
    """A package that fits the same model: its name, how to have it, and the module that shows it is there."""

    name: str
    install: str
    module: str = ""

    def here(self) -> bool:
        """Say whether this machine has it."""
        if not self.module:
            return shutil.which("Rscript") is not None
        return importlib.util.find_spec(self.module) is not None


PEERS = {
    peer.name: peer
    for peer in (
        Peer("lme4", "apt-get install r-cran-lme4"),
        Peer("statsmodels", "pip install statsmodels", "statsmodels"),
        Peer("mixedlm-rs", "pip install mixedlm-rs==0.2.0", "mixedlm_rs"),
        Peer("mixedlm", "pip install mixedlm==1.3.0", "mixedlm"),
        Peer("lme-python", "pip install lme-python==0.2.7", "lme_python"),
        Peer("gpboost", "pip install gpboost==1.8.0", "gpboost"),
    )
}


def split(formula: str) -> tuple[str, str]:
    """Return the fixed part, and the varying part as statsmodels wants it."""
    fixed, varying = formula.split(" + (")
    return fixed, "~ " + varying.split("|")[0]


def by_statsmodels(data: pd.DataFrame, formula: str) -> float:
    """Fit with statsmodels' MixedLM; return its REML criterion."""
    import statsmodels.formula.api as smf

    fixed, varying = split(formula)
    return -2 * smf.mixedlm(fixed, data, groups="g", re_formula=varying).fit(reml=True).llf


def by_mixedlm_rs(data: pd.DataFrame, formula: str) -> float:
    """Fit with mixedlm-rs; return its REML criterion."""
    import mixedlm_rs

    fixed, varying = split(formula)
    return -2 * mixedlm_rs.mixedlm(fixed, data, groups="g", re_formula=varying).fit().llf


def by_mixedlm(data: pd.DataFrame, formula: str) -> float:
    """Fit with mixedlm; return its REML criterion."""
    import mixedlm

    return float(mixedlm.REMLcrit(mixedlm.lmer(formula, data, REML=True)))


def by_lme_python(data: pd.DataFrame, formula: str) -> float:
    """Fit with lme-python; return its REML criterion."""
    import lme_python

    return float(lme_python.lmer(formula, data, reml=True).reml_criterion)


def by_gpboost(data: pd.DataFrame, formula: str) -> float:
    """Fit with gpboost by ML, the varying coefficients without correlations; return nothing to compare (another model)."""
    import gpboost

    names = [name for name in data.columns if name not in ("y", "g")]
    varying = names if " + x" in split(formula)[1] else []
    X = np.column_stack([np.ones(len(data)), data[names]])
    extra = (
        {"group_rand_coef_data": data[varying], "ind_effect_group_rand_coef": [1] * len(varying)}
        if varying
        else {}
    )
    model = gpboost.GPModel(group_data=data[["g"]], likelihood="gaussian", **extra)
    model.fit(y=data["y"].to_numpy(), X=X)
    return np.nan


IN_PYTHON = {
    "statsmodels": by_statsmodels,
    "mixedlm-rs": by_mixedlm_rs,
    "mixedlm": by_mixedlm,
    "lme-python": by_lme_python,
    "gpboost": by_gpboost,
}


def quietly(name: str, data: pd.DataFrame, formula: str) -> float:
    """Fit with a Python peer, its warnings unheard; NaN if it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return IN_PYTHON[name](data, formula)
        except Exception as problem:  # a peer may raise anything; it is reported and the run goes on
            print(f"  {name} stopped: {type(problem).__name__}: {str(problem)[:100]}", flush=True)
            return np.nan


def by_lme4(data: pd.DataFrame, formula: str, repeats: int) -> tuple[float, float, float]:
    """Fit with lme4 in R; return the best seconds, the REML criterion, and the kilobytes that fitting added at its peak."""
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
    seconds, criterion, kilobytes = (float(number) for number in answer)
    return seconds, criterion, kilobytes


def versions() -> str:
    """Say which versions of which peers are here."""
    from importlib.metadata import version

    found = [f"{peer.name} {version(peer.name)}" for peer in PEERS.values() if peer.module and peer.here()]
    if PEERS["lme4"].here():
        script = 'cat(paste0(R.version$major, ".", R.version$minor), as.character(packageVersion("lme4")))'
        R, lme4 = subprocess.run(
            ["Rscript", "-e", script], capture_output=True, text=True, check=True
        ).stdout.split()
        found.insert(0, f"R {R}, lme4 {lme4}")
    return ", ".join(found)


if __name__ == "__main__":
    for peer in PEERS.values():
        print(f"{peer.name}: {'installed' if peer.here() else 'not installed; to have it: ' + peer.install}")

"""Sampling from a posterior: quiet, seeded, right against an exact grid, and with a stored sample where nothing is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from hlm_teach import sampling
from hlm_teach.sampling import STORE, Prepared, Sampled, prepare

NAMES = ("homework", "bounce", "forms_w0", "forms_w1")
WALK = """
import json
import numpy as np
from hlm_teach import load, sampling
schools = load("eight_schools")
def both_forms():
    import pymc as pm
    with pm.Model(coords={"school": schools["school"]}) as model:
        w = pm.Data("w", 1.0)
        mu, tau = pm.Normal("mu", 0, 1000), pm.HalfNormal("tau", 25)
        z = pm.Normal("z", (1 - w) * mu, tau ** (1 - w), dims="school")
        theta = pm.Deterministic("theta", w * mu + tau**w * z, dims="school")
        pm.Normal("effect", theta, schools["se"].to_numpy(float), observed=schools["effect"].to_numpy(float))
    return model
ready = sampling.prepare(both_forms)
walks = [ready.sample(seed=3, draws=2000, w=w) for w in (0.0, 1.0, 1.0)]
import pymc as pm
lkj = [float(pm.logp(pm.LKJCorr.dist(n=2, eta=3), np.array([r])).eval().squeeze()) for r in (0.0, 0.6)]
tables = [w.summary(["tau", "theta"]) for w in walks]
print(json.dumps({"divergences": [w.divergences for w in walks], "tau": [t.loc["tau"].to_dict() for t in tables],
                  "theta": tables[1]["mean"].iloc[1:].tolist(), "same": bool((walks[1]["tau"] == walks[2]["tau"]).all()),
                  "parents": ready.graph["theta"]["parents"], "labels": list(walks[0]["theta"].columns), "lkj": lkj}))
"""


def without_sampler(monkeypatch):
    """Make the sampler's programs missing."""

    def missing(name):
        raise ImportError(f"No module named '{name}'")

    monkeypatch.setattr(sampling, "_quietly", missing)


@pytest.mark.slow
def test_a_walk_without_a_compiler_agrees_with_the_grid_and_says_nothing(tmp_path):
    """Does NUTS find E τ of the exact grid without g++, silently, twice the same; does the centred form break; is LKJ (1 − ρ²)^(η − 1)?"""
    pytest.importorskip("pymc")
    from hlm_teach import load, tau_posterior

    environment = os.environ | {"PATH": str(tmp_path), "PYTENSOR_FLAGS": "floatX=float64"}
    ran = subprocess.run([sys.executable, "-c", WALK], capture_output=True, text=True, env=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    found = json.loads(ran.stdout)
    schools = load("eight_schools")
    exact = tau_posterior(schools["effect"], schools["se"], "half_normal", 25)
    centred, free = found["tau"][:2]
    assert abs(free["mean"] - exact.mean) < 5 * free["mcse"]
    assert np.abs(np.array(found["theta"]) - exact.estimate).max() < 0.7
    assert found["divergences"][0] > 5 * max(1, found["divergences"][1])
    assert centred["ess"] < free["ess"] / 2
    assert found["same"] and found["labels"] == list("ABCDEFGH")
    assert found["parents"] == ["mu", "tau", "w", "z"]
    assert found["lkj"][1] - found["lkj"][0] == pytest.approx(2 * np.log(1 - 0.6**2))


def test_nothing_large_is_imported_before_a_model_is_prepared():
    """Can hlm_teach and its sampling be imported where PyMC, bambi and nutpie are missing?"""
    names = ("pymc", "bambi", "nutpie", "pytensor", "arviz")
    block = "".join(f"sys.modules[{name!r}] = None; " for name in names)
    code = f"import sys; {block}import hlm_teach, hlm_teach.sampling, hlm_teach.plots"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_sample_has_the_diagnostics_of_its_run(name):
    """Are there 300 draws in four chains, a finite summary for every number, and r_hat near 1 where the walk was sound?"""
    found = sampling._stored(name)
    assert found.stored and found.diverging.shape == (4, 75)
    table = found.summary()
    assert np.isfinite(table).all().all()
    assert (table["r_hat"] < (1.1 if name == "forms_w0" else 1.02)).all()
    assert found.divergences == 0 or name.startswith("forms")


def test_the_stored_samples_are_small():
    """Are all stored samples together below 100 kB?"""
    assert sum(path.stat().st_size for path in STORE.iterdir()) < 100_000


def test_where_the_sampler_is_missing_a_stored_sample_stands_in(monkeypatch, capsys):
    """Is it used, and does a sentence say so and what to install?"""
    without_sampler(monkeypatch)
    prepared = prepare(lambda: None, stored="homework")
    said = capsys.readouterr().out
    assert "stored sample" in said and 'pip install "hlm-course[bayes]"' in said
    draws = prepared.sample(seed=1, draws=4000)
    assert draws.stored and draws["b"].shape == (300, 10)
    assert set(prepared.graph["math"]["parents"]) == {"a", "b", "eps"}
    assert prepare(lambda: None, stored="forms").sample(seed=1, w=0.0).divergences > 0


def test_without_a_stored_sample_the_error_says_what_to_install(monkeypatch):
    """Is a missing sampler an ImportError with its remedy?"""
    without_sampler(monkeypatch)
    with pytest.raises(ImportError, match=r"pip install \"hlm-course\[bayes\]\""):
        prepare(lambda: None)


def test_only_a_missing_program_is_forgiven(monkeypatch):
    """Does a mistake in the model itself stay an error, even where a stored sample exists?"""
    monkeypatch.setattr(sampling, "_quietly", lambda name: None)

    def mistaken():
        raise ValueError("no such prior")

    with pytest.raises(ValueError, match="no such prior"):
        prepare(mistaken, stored="homework")


def test_draws_are_found_by_name():
    """Is a number per draw a Series, a number per group a DataFrame with its labels, and an unknown name explained?"""
    values = {"mu": np.arange(8.0).reshape(4, 2), "theta": np.arange(24.0).reshape(4, 2, 3)}
    draws = Sampled(values, {"theta": ("a", "b", "c")}, np.zeros((4, 2), dtype=bool))
    assert draws["mu"].tolist() == list(range(8))
    assert draws["theta"]["b"].tolist() == [1.0, 4, 7, 10, 13, 16, 19, 22]
    with pytest.raises(KeyError, match=r"no draws of 'tau'.*mu, theta"):
        draws.summary(["tau"])


def test_a_stored_sample_is_named_by_its_data():
    """Do new data of a model lead to another file?"""
    assert sampling._file_name("forms", {"w": 0.0}) == "forms_w0"
    assert (
        Prepared("forms", {}).sample(seed=1, w=1.0).divergences
        < Prepared("forms", {}).sample(seed=1, w=0.0).divergences
    )

"""Sample from a posterior: a PyMC or bambi model in, draws and their diagnostics out, quietly.

    p(parameters | data) ∝ p(data | parameters) · p(parameters)

Where there are more than two or three parameters beside the groups' own, no grid can hold the posterior. A Markov chain walks through
it instead, and what is kept are the places where it was: draws. `prepare` compiles a model once, `Prepared.sample` walks with a seed,
and `Sampled` holds the draws by name, with the numbers that say whether the walk may be trusted.

Several programs do the work: PyMC or bambi write the model down, nutpie walks (the No-U-Turn sampler, NUTS). They are large, and are
imported only when a model is prepared. Where they are not installed, a small stored sample takes the place of the walk, and a sentence
says so.

What this file does not do: choose priors, or make a chain converge.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hlm_teach.locale import _

__all__ = ["Prepared", "Sampled", "prepare"]

CHAINS, CORES = 4, 2
STORE = Path(__file__).parent / "data" / "posteriors"
NEEDED = ("pymc", "nutpie", "arviz")


@dataclass(frozen=True)
class Sampled:
    """Draws from a posterior.

    Attributes
    ----------
    values : dict of ndarray, shape (chains, draws) or (chains, draws, J)
        By the parameter's name.
    labels : dict of tuple
        The groups' names of each parameter that has a value per group.
    diverging : ndarray of bool, shape (chains, draws)
        Where the walk broke off because its steps were too coarse for the bend that they met.
    stored : bool
        Whether the draws come from a file, because the sampler is not installed.
    table : DataFrame, optional
        Of stored draws: the summary of the whole run from which they were taken.

    Examples
    --------
    >>> draws = Sampled({"mu": np.array([[1.0, 2.0], [2.0, 3.0]])}, {}, np.zeros((2, 2), dtype=bool))
    >>> float(draws["mu"].mean())
    2.0
    >>> draws["tau"]
    Traceback (most recent call last):
    ...
    KeyError: "There are no draws of 'tau'. There are some of: mu."
    """

    values: dict[str, np.ndarray]
    labels: dict[str, tuple]
    diverging: np.ndarray
    stored: bool = False
    table: pd.DataFrame | None = None

    def __getitem__(self, name: str) -> pd.Series | pd.DataFrame:
        """Return all draws of a parameter, the chains one below the other: a Series, or a DataFrame with a column per group."""
        if name not in self.values:
            known = ", ".join(self.values)
            raise KeyError(
                _("There are no draws of {name!r}. There are some of: {known}.", name=name, known=known)
            )
        found = self.values[name]
        if found.ndim == 2:
            return pd.Series(found.ravel(), name=name)
        return pd.DataFrame(found.reshape(-1, found.shape[-1]), columns=list(self.labels[name]))

    @property
    def divergences(self) -> int:
        """How many draws followed a broken walk; it should be 0."""
        return int(self.diverging.sum())

    def summary(self, names: Iterable[str] | None = None) -> pd.DataFrame:
        """Return mean, SD, the ends of the central 95 %, and the diagnostics of each parameter.

        ``mcse`` is the Monte Carlo error of the mean, in the units of the parameter; ``ess`` the number of independent draws that would
        be as good (for the mean and for the tails, the smaller); ``r_hat`` compares chains, and should be below 1.01.
        """
        names = list(self.values) if names is None else list(names)
        scalars = [pair for name in names for pair in self._scalars(name)]
        if self.table is not None:
            return self.table.loc[[label for label, _chains in scalars]]
        return pd.DataFrame({label: _row(chains) for label, chains in scalars}).T

    def _scalars(self, name: str):
        self[name]  # says which names there are
        found = self.values[name]
        if found.ndim == 2:
            yield name, found
        else:
            for j, label in enumerate(self.labels[name]):
                yield f"{name}[{label}]", found[..., j]


@dataclass(frozen=True)
class Prepared:
    """A model that is ready to be sampled: compiled, or with a stored sample in its place.

    Attributes
    ----------
    graph : dict
        By parameter: ``says`` (its distribution), ``parents``, ``plate`` (what it is repeated over); see `hlm_teach.plots.model_graph`.
    """

    name: str
    graph: dict[str, dict]
    compiled: Any = None
    keep: tuple[str, ...] = ()

    def sample(
        self, *, seed: int, draws: int = 1000, tune: int = 1000, target_accept: float = 0.8, **data: Any
    ) -> Sampled:
        """Draw from the posterior: four chains, two at a time.

        Parameters
        ----------
        seed : int
            The same seed gives the same draws on the same machine; elsewhere they agree up to the Monte Carlo error.
        draws, tune : int
            Kept draws of each chain, and steps before them in which the sampler learns its step size.
        target_accept : float
            Between 0 and 1: larger means smaller steps.
        **data : array or number
            New values for the ``pm.Data`` of the model, without compiling it again.
        """
        if self.compiled is None:
            return _stored(_file_name(self.name, data))
        nutpie = _quietly("nutpie")
        ready = self.compiled.with_data(**data) if data else self.compiled
        options = {"draws": draws, "tune": tune, "chains": CHAINS, "cores": CORES, "seed": seed}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            walked = nutpie.sample(
                ready, **options, target_accept=target_accept, progress_bar=False, save_warmup=False
            )
        posterior = walked.posterior
        values = {name: posterior[name].to_numpy() for name in self.keep}
        labels = {
            name: tuple(posterior[name].coords[posterior[name].dims[-1]].to_numpy().tolist())
            for name, found in values.items()
            if found.ndim > 2
        }
        return Sampled(values, labels, walked.sample_stats["diverging"].to_numpy())


def prepare(make: Callable[[], Any], *, stored: str | None = None) -> Prepared:
    """Compile a model once, so that it can be sampled as often as one likes.

    Parameters
    ----------
    make : function without arguments
        Returns a PyMC or a bambi model; it imports what it needs.
    stored : str, optional
        The stored sample that stands in where PyMC, bambi or nutpie cannot be imported.

    Returns
    -------
    Prepared
        ``sample(seed=…)`` draws; ``graph`` says which parameter depends on which.

    Raises
    ------
    ImportError
        If a program is missing and no stored sample was named.

    Notes
    -----
    The model is compiled to machine code by numba, which takes five to fifteen seconds and needs no C compiler.

    Examples
    --------
    >>> def make():
    ...     import no_such_sampler
    >>> prepare(make)
    Traceback (most recent call last):
    ...
    ImportError: The sampler cannot be used: No module named 'no_such_sampler'. Install it: pip install "hlm-course[bayes]".
    """
    try:
        _needs_no_compiler()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = make()
        for name in NEEDED:
            _quietly(name)
    except ImportError as problem:
        if stored is None:
            raise ImportError(
                _(
                    'The sampler cannot be used: {problem}. Install it: pip install "hlm-course[bayes]".',
                    problem=problem,
                )
            ) from None
        print(
            _(
                "The sampler cannot be used here ({problem}), so a stored sample of the same posterior stands in. "
                'To draw yourself: pip install "hlm-course[bayes]".',
                problem=problem,
            )
        )
        return Prepared(stored, json.loads((STORE / f"{stored}.json").read_text(encoding="utf-8")))
    return _compile(make.__name__ if stored is None else stored, model)


def _compile(name: str, model) -> Prepared:
    if hasattr(model, "backend"):  # bambi keeps a PyMC model inside
        model.build()
        model = model.backend.model
    rows = {dim for dim in model.coords if dim.startswith("__")}  # bambi's name for the rows of the data
    keep = tuple(
        v.name
        for v in (*model.free_RVs, *model.deterministics)
        if not rows & {str(d) for d in model.named_vars_to_dims.get(v.name, ())}
    )
    nutpie = _quietly("nutpie")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = nutpie.compile_pymc_model(model, var_names=list(keep))
    return Prepared(name, _graph(model), compiled, keep)


def _graph(model) -> dict[str, dict]:
    """Return the parents, the distribution and the plate of every variable of a PyMC model."""
    from pymc.model_graph import ModelGraph

    variables = {v.name: v for v in (*model.basic_RVs, *model.deterministics)}
    dims = model.named_vars_to_dims
    return {
        name: {
            "says": variables[name].str_repr().partition("~")[2].strip() if name in variables else "",
            "parents": sorted(parents),
            "plate": str(dims[name][0]) if dims.get(name) else "",
            "observed": variables.get(name) in model.observed_RVs,
        }
        for name, parents in ModelGraph(model).make_compute_graph().items()
    }


def _row(chains: np.ndarray) -> dict[str, float]:
    """Return the summary of one number, from its chains, shape (chains, draws)."""
    az = _quietly("arviz")
    low, high = np.quantile(chains, [0.025, 0.975])
    ess = {method: float(az.ess(chains, method=method)) for method in ("mean", "bulk", "tail")}
    return {
        "mean": chains.mean(),
        "sd": chains.std(ddof=1),
        "2.5 %": low,
        "97.5 %": high,
        "mcse": chains.std(ddof=1) / np.sqrt(ess["mean"]),
        "ess": min(ess.values()),
        "r_hat": float(az.rhat(chains)),
    }


def _quietly(name: str):
    """Import one of the sampler's programs without the remarks that it makes about the machine."""
    _needs_no_compiler()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


def _needs_no_compiler() -> None:
    """Tell PyTensor, before it is imported, that no C compiler is wanted; then it misses none. Other flags of the reader's stay."""
    flags = os.environ.get("PYTENSOR_FLAGS", "")
    if "pytensor" not in sys.modules and "cxx=" not in flags:
        os.environ["PYTENSOR_FLAGS"] = f"{flags},cxx=" if flags else "cxx="


def _file_name(name: str, data: dict[str, Any]) -> str:
    return "_".join([name, *(f"{key}{value:g}" for key, value in data.items())])


def _stored(name: str) -> Sampled:
    """Read a stored sample: its draws, and the summary of the run that they were taken from."""
    draws = pd.read_csv(STORE / f"{name}.csv.gz")
    table = pd.read_csv(STORE / f"{name}_summary.csv", index_col=0)
    chains = draws.pop("chain").nunique()
    diverging = draws.pop("diverging").to_numpy(dtype=bool).reshape(chains, -1)
    values, labels = {}, {}
    for name in dict.fromkeys(column.partition("[")[0] for column in draws):
        columns = [c for c in draws if c.partition("[")[0] == name]
        found = draws[columns].to_numpy().reshape(chains, -1, len(columns))
        if columns == [name]:
            values[name] = found[..., 0]
        else:
            values[name], labels[name] = found, tuple(c.partition("[")[2][:-1] for c in columns)
    return Sampled(values, labels, diverging, stored=True, table=table)

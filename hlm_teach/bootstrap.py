"""Parametric bootstrap: what would the estimates have been, had the world been drawn again?

    draw y* from the fit (new groups, new rows)  →  refit  →  θ̂*, σ̂*, β̂*,   B times

The spread of the B estimates is the sampling spread of the estimator where the truth is the fit: standard errors,
intervals, and how often an SD comes out as 0. Nothing is assumed about the shape of a likelihood; it *is* assumed that
the model is right and that its sampling distribution moves with the parameters without changing shape.

One factor: the compressed data are drawn directly (`hlm_teach.batch`), so the cost does not depend on the number of rows,
and all replicates are refitted in one batch. Several factors, weights, or a statistic of one's own: row by row.

What this file does not do: resample rows or groups (a non-parametric bootstrap), or test (`hlm_teach.bootstrap_test`).
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from html import escape
from itertools import islice

import numpy as np
import pandas as pd

from hlm_teach.batch import Draws
from hlm_teach.batch_newton import Optima, by_block, optima
from hlm_teach.locale import _, ngettext
from hlm_teach.numerals import decimals_for, number
from hlm_teach.one_factor import OneFactor
from hlm_teach.parameters import parameters, value_of
from hlm_teach.redraw import check_count, check_seed, redrawn, refitted

__all__ = ["Bootstrap", "bootstrap"]

LANES = 20_000  # groups × replicates that are worked on at a time: they fit into a processor's cache
PATIENCE = 20.0  # seconds of refitting from which on a word is said


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap:
    """B refits of a model to responses drawn from it.

    Attributes
    ----------
    formula, method, seed
        What was refitted, how, and the seed of the draws.
    estimate : Series
        The fit's own values, by parameter name.
    values : DataFrame, shape (B, parameters)
        Those of the refits: ``sd_Intercept|school`` …, ``cor_x.Intercept|school``, ``sigma``, fixed coefficients.
        A correlation with an SD of 0 is nan.
    fixef, fixef_se : DataFrame, shape (B, p)
        Fixed coefficients and their standard errors given θ.
    sigma : array, shape (B,)
    theta : array, shape (B, m)
    sd : dict, factor → DataFrame (B × coefficients)
    corr : DataFrame, shape (B, pairs)
    criterion : array, shape (B,)
    boundary, certified : array of bool, shape (B,)
        Whether an SD is 0 or a correlation ±1; whether the certificate of the optimum holds.
    statistic : array, shape (B,), or None
        The caller's own statistic of each refit.
    """

    formula: str
    method: str
    seed: int
    estimate: pd.Series
    values: pd.DataFrame = field(repr=False)
    fixef_se: pd.DataFrame = field(repr=False)
    theta: np.ndarray = field(repr=False)
    criterion: np.ndarray = field(repr=False)
    boundary: np.ndarray = field(repr=False)
    certified: np.ndarray = field(repr=False)
    statistic: np.ndarray | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.criterion)

    @property
    def fixef(self) -> pd.DataFrame:
        return self.values[list(self.fixef_se.columns)]

    @property
    def sigma(self) -> np.ndarray:
        return self.values["sigma"].to_numpy()

    @property
    def sd(self) -> dict[str, pd.DataFrame]:
        found: dict[str, dict] = {}
        for name in self._named("sd_"):
            coefficient, factor = name.removeprefix("sd_").rsplit("|", 1)
            found.setdefault(factor, {})[coefficient] = self.values[name]
        return {factor: pd.DataFrame(columns) for factor, columns in found.items()}

    @property
    def corr(self) -> pd.DataFrame:
        return self.values[self._named("cor_")]

    def _named(self, start: str) -> list[str]:
        return [name for name in self.values if name.startswith(start) and "|" in name]

    @property
    def share_boundary(self) -> float:
        """The share of refits that ended on the boundary."""
        return float(self.boundary.mean())

    def se(self) -> pd.Series:
        """Return the SD of each parameter over the refits: its bootstrap standard error."""
        return self.values.std(ddof=1).rename("se")

    def confint(self, level: float = 0.95) -> pd.DataFrame:
        """Return percentile intervals: the middle share ``level`` of the refits.

        Notes
        -----
        A percentile interval of an SD can begin at 0 exactly. It moves with the bias of the estimator instead of
        correcting it: with few groups it lies somewhat low for SDs. A correlation is left out where it is nan.

        Examples
        --------
        >>> from hlm_teach import lmm, load
        >>> boot = lmm("Yield ~ 1 + (1 | Batch)", load("dyestuff2")).bootstrap(B=200, seed=1)
        >>> boot.confint(0.9).loc["sd_Intercept|Batch", "lower"]
        np.float64(0.0)
        >>> boot.confint(95)
        Traceback (most recent call last):
        ...
        ValueError: level must be a share between 0 and 1, but level = 95. For 95% pass 0.95.
        """
        if not 0 < level < 1:
            raise ValueError(
                _(
                    "level must be a share between 0 and 1, but level = {level}. For 95% pass 0.95.",
                    level=level,
                )
            )
        ends = self.values.quantile([(1 - level) / 2, (1 + level) / 2])
        return pd.DataFrame({"lower": ends.iloc[0], "upper": ends.iloc[1]})

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return estimate, bootstrap mean and SE, and the interval of each parameter."""
        first = {"estimate": self.estimate, "mean": self.values.mean(), "se": self.se()}
        return pd.DataFrame(first).join(self.confint(level))

    def sentence(self) -> str:
        """Say how many refits there are, and how many ended on the boundary."""
        return ngettext(
            "One refit to a response drawn from the fit (seed {seed}); {share} % ended on the boundary.",
            "{n} refits to responses drawn from the fit (seed {seed}); {share} % ended on the boundary.",
            len(self),
            seed=self.seed,
            share=number(100 * self.share_boundary, 1),
        )

    def __repr__(self) -> str:
        return f"{self.formula} ({self.method})\n{self._said().to_string()}\n{self.sentence()}"

    def _repr_html_(self) -> str:
        head = f"<p><code>{escape(self.formula)}</code> ({self.method})</p>"
        return f"<div>{head}{self._said().to_html()}<p>{escape(self.sentence())}</p></div>"

    def _said(self) -> pd.DataFrame:
        """Return the table as text, each row with decimals of its own."""
        rows = ([number(v, decimals_for(row)) for v in row] for row in self.table().to_numpy())
        return pd.DataFrame(rows, index=self.values.columns, columns=self.table().columns)


def bootstrap(fit, B: int = 1000, seed=None, statistic=None) -> Bootstrap:
    """Refit a model to B responses drawn from it; see `LMMFit.bootstrap`."""
    B, seed = check_count("B", B), check_seed(seed)
    if statistic is None and isinstance(fit.model, OneFactor):
        return _in_batches(fit, B, seed)
    return _one_by_one(fit, B, seed, statistic)


def batches(fit, B: int, seed: int, truth=None, Lambda=None):
    """Yield batches of B responses in all, drawn on the compressed data of a one-factor fit.

    ``truth`` is the fit to draw from, by default the same; ``Lambda`` its Λ in the coordinates of ``fit``, if they differ.
    """
    c, back = fit.model.c, fit.model.back
    truth = fit if truth is None else truth
    Lambda = fit.model.newtons(truth.theta) if Lambda is None else Lambda
    stream, size = Draws(c, Lambda, truth.sigma / back.scale, seed), max(1, LANES // c.J)
    for start in range(0, B, size):
        yield stream.take(min(size, B - start))


def _in_batches(fit, B: int, seed: int) -> Bootstrap:
    model, reml = fit.model, fit.method == "REML"
    parts = [_estimates(fit, optima(d, model.layout, reml)) for d in batches(fit, B, seed)]
    values, se, theta, criterion, boundary, certified = (np.concatenate(p) for p in zip(*parts, strict=True))
    return _record(fit, seed, values, se, theta, criterion, boundary, certified)


def _estimates(fit, found: Optima) -> tuple[np.ndarray, ...]:
    """Take the optima of a batch back to the units of the data."""
    model, at = fit.model, found.at
    back = model.back
    sigma = back.scale * np.sqrt(at.s / at.nu)
    beta = fit.estimates.beta + back.scale * at.beta @ back.B.T
    root = np.linalg.inv(at.factor) @ back.B.T  # A⁻¹ = root'root
    se = sigma[:, None] * np.sqrt((root**2).sum(axis=1))
    inverse = np.linalg.inv(model.layout.K)
    Lambda = inverse @ found.Lambda
    Lambda[np.abs(Lambda) < 1e-14 * (np.abs(inverse) @ np.abs(found.Lambda))] = 0.0
    Lambda = by_block(model.layout, Lambda)
    values = np.column_stack([_varying(fit, Lambda, sigma), sigma, beta])
    theta = Lambda[:, model.layout.rows, model.layout.columns]
    criterion = at.criterion + back.constant(at.nu, at.reml)
    return values, se, theta, criterion, found.boundary, found.certified


def _varying(fit, Lambda: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return SDs and correlations in the order of `parameters`, one column each."""
    size, columns = np.linalg.norm(Lambda, axis=2), [np.empty((len(sigma), 0))]
    for each in parameters(fit):
        if each.kind == "sd":
            columns.append(sigma * size[:, each.at[0]])
        elif each.kind == "cor":
            i, k = each.at
            with np.errstate(invalid="ignore"):
                r = (Lambda[:, i] * Lambda[:, k]).sum(axis=1) / (size[:, i] * size[:, k])
            columns.append(np.clip(r, -1, 1))
    return np.column_stack(columns)


def _one_by_one(fit, B: int, seed: int, statistic) -> Bootstrap:
    names = parameters(fit)
    rows, se, theta, facts, own = [], [], [], [], []
    start = time.monotonic()
    for y in islice(redrawn(fit, np.random.default_rng(seed)), B):
        again = refitted(fit, y)
        rows.append([value_of(again, each) for each in names])
        se.append(again.fixef_se.to_numpy())
        theta.append(again.theta)
        facts.append((again.criterion, again.is_boundary, again.certificate.holds))
        if statistic is not None:
            own.append(a_number(statistic(again)))
        if len(rows) == 5:
            _say_how_long((time.monotonic() - start) / 5 * (B - 5), B)
    criterion, boundary, certified = (np.array(column) for column in zip(*facts, strict=True))
    own = np.array(own) if statistic is not None else None
    parts = np.array(rows), np.array(se), np.array(theta), criterion, boundary, certified
    return _record(fit, seed, *parts, own)


def _say_how_long(seconds: float, B: int) -> None:
    if seconds > PATIENCE:
        said = _("{B} refits, one by one: about {minutes} minutes.", B=B, minutes=number(seconds / 60, 1))
        print(said, file=sys.stderr)


def a_number(value) -> float:
    """Return what a statistic has returned, or say that it must be one finite number."""
    if np.ndim(value) != 0 or not isinstance(value, (int, float, np.number)) or not np.isfinite(value):
        raise ValueError(
            _(
                "statistic must return one finite number, but it returned {found} of type {type}.",
                found=repr(value)[:60],
                type=type(value).__name__,
            )
        )
    return float(value)


def _record(fit, seed, values, se, theta, criterion, boundary, certified, statistic=None) -> Bootstrap:
    names = parameters(fit)
    estimate = pd.Series({each.name: value_of(fit, each) for each in names}, name="estimate")
    return Bootstrap(
        fit.formula,
        fit.method,
        seed,
        estimate,
        pd.DataFrame(values, columns=[each.name for each in names]),
        pd.DataFrame(se, columns=list(fit.fixef.index)),
        theta,
        criterion,
        boundary,
        certified,
        statistic,
    )

"""W8, group-level predictors: shrink to a line instead of a mean.

    α_j ~ N(γ_0 + γ_1·u_j, τ²)

A predictor of groups gives every group a target of its own. What it explains leaves τ², so the groups' own means count for
less; small groups follow the new target most.

What this file does not do: compute (`group_predictors_fit`), or predictors of rows (`within_between`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import traitlets as t

from hlm_teach.locale import N_, _
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.group_predictors_data import (
    PATTERNS,
    SIGMA,
    SIZES,
    radon,
    read_groups_with_predictor,
    simulate,
)
from hlm_teach.widgets.group_predictors_fit import LineFit, fit_line
from hlm_teach.widgets.group_predictors_picture import picture
from hlm_teach.widgets.group_predictors_words import MESSAGES, ask, sentence

__all__ = ["GroupPredictors"]

PRESETS = {"simulated": N_("Twelve simulated groups"), "radon": N_("Radon and uranium, 85 counties")}
START = {"r2": 0.7, "pattern": "mixed", "outlier": 0.0}
SEED = 6


class GroupPredictors(Exploration):
    """Explore how a predictor of groups changes the target of shrinkage, and its amount.

    Model: y_ij ~ N(α_j, σ²), α_j ~ N(γ_0 + γ_1·u_j, τ²).

    Parameters
    ----------
    preset : "simulated", "radon" or "data"
        Twelve simulated groups; log radon on log uranium in 85 counties; or, by `from_data`, yours.
    r2 : float
        The share of the simulated groups' true variance that u explains, 0 to 1.
    pattern : "mixed", "equal", "ends" or "middle"
        Which simulated group has how many rows.
    outlier : float
        By how much the eighth simulated group is shifted, finite.
    seed : int
        The draw of the simulated groups.
    target : "mean" or "line"
        What the picture shrinks to.
    question : None or False
        None asks whether small or large groups move more when u enters, False asks nothing.

    Attributes
    ----------
    mean, line : LineFit
        The two fits of the state, without u and with it.
    n, y, u, labels : list
        The groups' sizes, means, predictor and names.
    edits : dict
        What was changed by hand, by the group's index as text: ``{"n": …, "mean": …}``.
    selected : int
        The group that the read-out is about.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError, TraitError
        If there is no such preset, pattern or target, or a number is out of range.

    Notes
    -----
    Both fits are REML fits of the rows (`hlm_teach.lmm` gives the same). An edited size keeps the SD within the groups.

    References
    ----------
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, §12.6.

    Examples
    --------
    >>> w = GroupPredictors("radon", question=False)
    >>> round(w.mean.tau2, 4), round(w.line.tau2, 4), round(w.line.slope, 3)
    (0.0958, 0.0141, 0.719)
    >>> w.set_group("AITKIN", n=400)
    >>> bool(w.line.weight[0] > 0.9)
    True
    >>> GroupPredictors(r2=1.5)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: r2 must be 0 to 1, but r2 = 1.5.
    """

    SOURCE = "group_predictors.js"
    MESSAGES = MESSAGES
    BENCH: ClassVar[str] = "Level-2 R²"

    preset = t.Unicode("simulated").tag(sync=True)
    r2 = t.Float(0.7).tag(sync=True)
    pattern = t.Unicode("mixed").tag(sync=True)
    outlier = t.Float(0.0).tag(sync=True)
    seed = t.Int(SEED).tag(sync=True)
    target = t.Unicode("mean").tag(sync=True)
    selected = t.Int(0).tag(sync=True)
    edits = t.Dict().tag(sync=True)
    sets = t.Dict().tag(sync=True)
    presets = t.List().tag(sync=True)
    patterns = t.List().tag(sync=True)

    def __init__(self, preset="simulated", *, r2=0.7, pattern="mixed", outlier=0.0, seed=SEED, question=None,
                 data=None, **kwargs: Any) -> None:  # fmt: skip
        start = {"r2": r2, "pattern": pattern, "outlier": outlier}
        labels = [_("group {number}", number=j) for j in range(1, len(SIZES) + 1)]
        simulated = {
            "labels": labels,
            "sigma": SIGMA,
            "u_name": "u",
            "y_name": "y",
            "digits": [2, 2],
            "start": start,
        }
        sets = {"simulated": simulated, "radon": radon()} | ({"data": data} if data else {})
        names = [[key, _(text)] for key, text in PRESETS.items()]
        names += [["data", _("{y} on {x}", y=data["y_name"], x=data["u_name"])]] if data else []
        patterns = [[key, _(text)] for key, text in PATTERNS.items()]
        super().__init__(
            sets=sets, presets=names, patterns=patterns, preset=preset, seed=seed, **start, **kwargs
        )
        if question is None:
            self.question, self.committed = ask(self), False
        self.observe(self._forget, names=["preset"])

    @classmethod
    def from_data(
        cls, data: pd.DataFrame, response: str, u: str, group: str, **kwargs: Any
    ) -> GroupPredictors:
        """Return the widget of a data set.

        Parameters
        ----------
        data : DataFrame
            One row per unit; three groups or more.
        response, u, group : str
            The columns of y, of the predictor (the same in all rows of a group), and of the groups.

        Examples
        --------
        >>> data = pd.DataFrame({"y": [1.0, 3, 4, 6, 9, 10], "u": [0, 0, 1, 1, 3, 3], "g": list("aabbcc")})
        >>> round(GroupPredictors.from_data(data, "y", "u", "g").line.slope, 3)
        2.464
        >>> GroupPredictors.from_data(data, "y", "size", "g")
        Traceback (most recent call last):
        ...
        ValueError: There is no column 'size'. The columns are: y, u, g.
        """
        return cls("data", data=read_groups_with_predictor(data, response, u, group), **kwargs)

    @property
    def second_source(self) -> str:
        """The file of the picture."""
        return "group_predictors_views.js"

    @t.validate("r2")
    def _check_r2(self, proposal: dict) -> float:
        if not 0 <= proposal["value"] <= 1:
            raise t.TraitError(_("r2 must be 0 to 1, but r2 = {r2}.", r2=proposal["value"]))
        return proposal["value"]

    @t.validate("outlier")
    def _check_outlier(self, proposal: dict) -> float:
        if not abs(proposal["value"]) < 1e6:
            raise t.TraitError(
                _(
                    "outlier must be a finite shift below a million, but outlier = {outlier}.",
                    outlier=proposal["value"],
                )
            )
        return proposal["value"]

    @t.validate("preset", "pattern", "target")
    def _check_name(self, proposal: dict) -> str:
        value, name = proposal["value"], proposal["trait"].name
        known = {
            "preset": [key for key, _name in self.presets],
            "pattern": list(PATTERNS),
            "target": ["mean", "line"],
        }[name]
        if value not in known:
            raise t.TraitError(
                _(
                    "{name} must be one of {known}, but it is {found!r}.",
                    name=name,
                    known=", ".join(known),
                    found=value,
                )
            )
        return value

    @t.validate("selected")
    def _check_selected(self, proposal: dict) -> int:
        return min(max(0, proposal["value"]), len(self.labels) - 1) if self.sets else proposal["value"]

    @property
    def simulated(self) -> bool:
        """Whether the groups are simulated, so that their truth has dials."""
        return self.preset == "simulated"

    @property
    def _base(self) -> dict[str, Any]:
        return (
            simulate(self.seed, self.r2, self.pattern, self.outlier)
            if self.simulated
            else self.sets[self.preset]
        )

    def _edited(self, name: str, values: list) -> list:
        return [self.edits.get(str(j), {}).get(name, value) for j, value in enumerate(values)]

    @property
    def n(self) -> list[int]:
        """The groups' sizes."""
        return self._edited("n", self._base["n"])

    @property
    def y(self) -> list[float]:
        """The groups' means."""
        return self._edited("mean", self._base["y"])

    @property
    def u(self) -> list[float]:
        """The groups' predictor."""
        return self._base["u"]

    @property
    def labels(self) -> list[str]:
        """The groups' names."""
        return self.sets[self.preset]["labels"]

    @property
    def names(self) -> tuple[str, str]:
        """The names of u and y."""
        return self.sets[self.preset]["u_name"], self.sets[self.preset]["y_name"]

    @property
    def digits(self) -> tuple[int, int]:
        """How many decimals a value gets, and a variance."""
        return tuple(self.sets[self.preset]["digits"])

    def _fit(self, line: bool) -> LineFit:
        within = self.sets[self.preset]["sigma"] ** 2 * (sum(self.n) - len(self.n))
        return _kept(tuple(self.n), tuple(self.y), tuple(self.u), within, line)

    @property
    def mean(self) -> LineFit:
        """The fit without u: every group shrinks to one mean."""
        return self._fit(False)

    @property
    def line(self) -> LineFit:
        """The fit with u: every group shrinks to its place on the line."""
        return self._fit(True)

    @property
    def halves(self) -> tuple[float, float]:
        """How far estimates move on average when u enters: in the smaller half of the groups, and in the larger."""
        moves = np.abs(self.line.estimate - self.mean.estimate)[np.argsort(self.n, kind="stable")]
        half = len(moves) // 2
        return float(moves[:half].mean()), float(moves[-half:].mean())

    def set_group(self, group: int | str, n: int | None = None, mean: float | None = None) -> None:
        """Change one group's size, or its mean, or both.

        Parameters
        ----------
        group : int or str
            Its index, or its label.
        n : int, optional
            The new size, >= 1.
        mean : float, optional
            The new mean, finite.
        """
        labels = self.labels
        j = labels.index(group) if group in labels else group
        if isinstance(j, (str, bool)) or j not in range(len(labels)):
            raise ValueError(
                _("group must be a label or an index from 0 to {last}, but it is {found!r}.",
                  last=len(labels) - 1, found=group)
            )  # fmt: skip
        if mean is not None and not math.isfinite(mean):
            raise ValueError(
                _(
                    "Each group mean must be a finite number, but it is {found} for {group}.",
                    found=mean,
                    group=labels[j],
                )
            )
        if n is not None and not (math.isfinite(n) and n >= 1 and n == int(n)):
            raise ValueError(
                _("Each group size must be a whole number >= 1, but it is {found} for {group}. Leave out empty groups.",
                  found=n, group=labels[j])
            )  # fmt: skip
        if n == 1 and sum(self.n) - self.n[j] + 1 == len(labels):
            raise ValueError(
                _("A variance within groups needs a group with two rows, but each would have one.")
            )
        new = dict(self.edits.get(str(j), {}))
        new |= ({} if n is None else {"n": int(n)}) | ({} if mean is None else {"mean": float(mean)})
        with self.hold_sync():
            self.edits, self.selected = dict(self.edits) | {str(int(j)): new}, int(j)

    def _forget(self, _change: object = None) -> None:
        with self.hold_sync():
            self.edits, self.selected = {}, 0

    def reset(self) -> None:
        """Go back to the groups and dials of the start, shrunk to the mean."""
        with self.hold_sync():
            for name, value in self.sets["simulated"]["start"].items():
                setattr(self, name, value)
            self._forget()
            self.target = "mean"

    def redraw(self, seed: int | None = None) -> None:
        """Draw the simulated groups again: the next seed, or the one given. What was changed by hand is forgotten."""
        if not self.simulated:
            raise ValueError(_("These groups are data, not a simulation: there is nothing to draw again."))
        with self.hold_sync():
            self.seed, self.edits = self.seed + 1 if seed is None else seed, {}

    @property
    def sentence(self) -> str:
        """The state in words, with its numbers; the browser writes the same."""
        return sentence(self) if self.committed else self.strings["closed"]

    @property
    def caption(self) -> str:
        """The sentence of the static picture, which is always open."""
        return sentence(self)

    def picture(self) -> str:
        """The state as a static ``<svg>``, drawn without a browser."""
        return picture(self)


@lru_cache(maxsize=256)
def _kept(n: tuple, y: tuple, u: tuple, within: float, line: bool) -> LineFit:
    return fit_line(n, y, u, within, line)

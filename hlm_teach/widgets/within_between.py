"""W6, within and between: one predictor, two slopes, and what a single coefficient makes of them.

    y_ij = β_within·(x_ij − x̄_j) + β_between·x̄_j + u_j + e_ij

A line through all rows, or a mixed model with x alone, reports one number for two questions: a weighted mean of the slope
within groups and the slope between their means. Which weights? For the pooled line the shares of the variance of x; for
the mixed model w = S_within/(S_within + S_between), where the groups' means count less the more groups differ
(`within_between_fit`). Adding the group mean of x asks both questions at once.

What this file does not do: compute (`within_between_fit`), or let slopes vary over groups.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import traitlets as t

from hlm_teach.locale import _
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.within_between_data import PRESETS, shipped, simulate, simulated_rows, take_apart
from hlm_teach.widgets.within_between_fit import Slopes, slopes
from hlm_teach.widgets.within_between_picture import picture
from hlm_teach.widgets.within_between_words import MESSAGES, ask, sentence

__all__ = ["WithinBetween"]

SEED = 68
START = {"within": 1.0, "between": -2.0, "icc": 0.5}
RANGES = {"J": (3, 30), "n": (2, 30)}
DIALS = [  # name, range (that of the slopes depends on the data), decimals
    ["within", {}, 2],
    ["between", {}, 2],
    ["icc", {"min": 0.02, "max": 0.98, "step": 0.02}, 2],
    *([name, {"min": least, "max": most, "step": 1}, 0] for name, (least, most) in RANGES.items()),
]


class WithinBetween(Exploration):
    """Explore how a slope within groups and a slope between them mix into one coefficient.

    Model: y_ij = β_within·(x_ij − x̄_j) + β_between·x̄_j + u_j + e_ij.

    Parameters
    ----------
    preset : "reversal", "homework", "hsb" or "data"
        Simulated groups; mathematics on homework in 10 schools; mathematics on SES in 160 schools; or, by `from_data`, yours.
    within, between : float, optional
        The two slopes, finite; by default those of the preset.
    icc : float, optional
        Share of the variance of x that lies between the groups, 0 < icc < 1.
    J, n : int
        Number and size of the simulated groups: 3 to 30, 2 to 30.
    seed : int
        The draw of the simulated groups.
    question : None or False
        None asks for the sign of the pooled slope, False asks nothing.

    Attributes
    ----------
    preset, within, between, icc, J, n, seed
        The state, as above.
    mundlak : bool
        Whether the group mean of x is in the mixed model.
    fit : Slopes
        All slopes and weights of the state.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError, TraitError
        If there is no such preset, a slope is not finite, icc is not between 0 and 1, or J or n is out of range.

    Notes
    -----
    pooled = (1 − icc)·within + icc·between, and mixed = w·within + (1 − w)·between, with w near 1 where groups are
    large or differ much. The dials are met exactly, not on average: u and e are made orthogonal to x.
    The slope within groups equals the coefficient with a dummy variable per group, and the coefficient of x once the group
    mean of x is in the mixed model. A contextual effect is between minus within; none of these slopes is causal by itself.

    References
    ----------
    Mundlak, Y. (1978), "On the pooling of time series and cross section data", *Econometrica* 46.
    Raudenbush, S. W. & Bryk, A. S. (2002), ch. 5.

    Examples
    --------
    >>> w = WithinBetween(question=False)
    >>> round(w.fit.pooled, 6), round(w.fit.mixed, 2)
    (-0.5, 0.98)
    >>> hsb = WithinBetween("hsb", question=False).fit
    >>> [round(v, 3) for v in (hsb.pooled, hsb.within, hsb.between, hsb.mixed)]
    [3.184, 2.191, 5.909, 2.39]
    >>> WithinBetween(icc=1.0)
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: icc must lie between 0 and 1, both excluded, but icc = 1.0.
    """

    SOURCE = "within_between.js"
    MESSAGES = MESSAGES
    BENCH = "Slope within groups"

    preset = t.Unicode("reversal").tag(sync=True)
    within = t.Float(1.0).tag(sync=True)
    between = t.Float(-2.0).tag(sync=True)
    icc = t.Float(0.5).tag(sync=True)
    J = t.Int(8).tag(sync=True)
    n = t.Int(15).tag(sync=True)
    seed = t.Int(SEED).tag(sync=True)
    mundlak = t.Bool(False).tag(sync=True)
    sets = t.Dict().tag(sync=True)
    presets = t.List().tag(sync=True)
    dials = t.List(DIALS).tag(sync=True)

    def __init__(self, preset="reversal", *, within=None, between=None, icc=None, J=8, n=15, seed=SEED,
                 question=None, data=None, **kwargs: Any) -> None:  # fmt: skip
        given = {"within": within, "between": between, "icc": icc}
        given = {name: float(value) for name, value in given.items() if value is not None}
        dials = START | given
        simulated = {"start": dials, "reach": max(3.0, *map(abs, dials.values())),
                     "digits": 2, "x_name": "x", "y_name": "y"}  # fmt: skip
        sets = {"reversal": simulated} | shipped() | ({"data": data} if data else {})
        names = [[key, _(text)] for key, text in PRESETS.items()]
        names += [["data", _("{y} on {x}", y=data["y_name"], x=data["x_name"])]] if data else []
        start = sets.get(preset, simulated)["start"] | given
        super().__init__(sets=sets, presets=names, preset=preset, J=J, n=n, seed=seed, **start, **kwargs)
        if question is None:
            self.question, self.committed = ask(self), False
        self.observe(self._to_start, names=["preset"])

    @classmethod
    def from_data(cls, data: pd.DataFrame, response: str, x: str, group: str, **kwargs: Any) -> WithinBetween:
        """Return the widget of a data set.

        Parameters
        ----------
        data : DataFrame
            One row per unit, no missing values in the three columns.
        response, x, group : str
            The columns of y, of x and of the groups (three or more).

        Examples
        --------
        >>> data = pd.DataFrame({"y": [1.0, 2, 5, 7, 4, 8], "x": [1.0, 2, 3, 4, 2, 4], "g": list("aabbcc")})
        >>> round(WithinBetween.from_data(data, "y", "x", "g").within, 3)
        1.833
        >>> WithinBetween.from_data(data, "y", "x", "school")
        Traceback (most recent call last):
        ...
        ValueError: There is no column 'school'. The columns are: y, x, g.
        """
        return cls("data", data=take_apart(data, response, x, group), **kwargs)

    @property
    def second_source(self) -> str:
        """The file of the picture."""
        return "within_between_views.js"

    @t.validate("within", "between")
    def _check_slope(self, proposal: dict) -> float:
        value, name = proposal["value"], proposal["trait"].name
        if not abs(value) < 1e6:
            raise t.TraitError(
                _("{name} must be a finite slope below a million, but it is {value}.", name=name, value=value)
            )
        return value

    @t.validate("icc")
    def _check_icc(self, proposal: dict) -> float:
        if not 0 < proposal["value"] < 1:
            raise t.TraitError(
                _("icc must lie between 0 and 1, both excluded, but icc = {icc}.", icc=proposal["value"])
            )
        return proposal["value"]

    @t.validate("J", "n")
    def _check_size(self, proposal: dict) -> int:
        value, name = proposal["value"], proposal["trait"].name
        least, most = RANGES[name]
        if not least <= value <= most:
            raise t.TraitError(
                _("{name} must be {least} to {most}, but {name} = {value}.",
                  name=name, least=least, most=most, value=value)
            )  # fmt: skip
        return value

    @t.validate("preset")
    def _check_preset(self, proposal: dict) -> str:
        known = [key for key, _name in self.presets] or list(PRESETS)
        if proposal["value"] not in known:
            raise t.TraitError(
                _(
                    "preset must be one of {known}, but it is {found!r}.",
                    known=", ".join(known),
                    found=proposal["value"],
                )
            )
        return proposal["value"]

    @property
    def simulated(self) -> bool:
        """Whether the state shows simulated groups, so that their number and size are dials too."""
        return "m" not in self.sets[self.preset]

    @property
    def parts(self) -> dict[str, Any]:
        """The parts of x and y of which the state is made (`within_between_data`)."""
        return simulate(self.seed, self.J, self.n) if self.simulated else self.sets[self.preset]

    @property
    def fit(self) -> Slopes:
        """All slopes and weights of the state shown."""
        return slopes(self.parts, self.within, self.between, self.icc)

    @property
    def sizes(self) -> list[int]:
        """The number of rows of each group."""
        return [int(k) for k in self.parts["n"]]

    @property
    def N(self) -> int:
        """The number of rows."""
        return sum(self.sizes)

    @property
    def names(self) -> tuple[str, str]:
        """The names of x and y."""
        return self.sets[self.preset]["x_name"], self.sets[self.preset]["y_name"]

    @property
    def digits(self) -> int:
        """How many decimals a slope gets."""
        return self.sets[self.preset]["digits"]

    @property
    def rows(self) -> pd.DataFrame:
        """The rows x, y and group of simulated data, for a fit of one's own."""
        if not self.simulated:
            raise ValueError(
                _("Only simulated rows are kept here: these data are your own, or `load` has them.")
            )
        return simulated_rows(self.seed, self.J, self.n, self.within, self.between, self.icc)

    def _to_start(self, _change: object = None) -> None:
        start = self.sets[self.preset]["start"]
        with self.hold_sync():
            self.within, self.between, self.icc = start["within"], start["between"], start["icc"]

    def reset(self) -> None:
        """Go back to the slopes and the ICC of the preset, without the group mean in the model."""
        self._to_start()
        self.mundlak = False

    def redraw(self, seed: int | None = None) -> None:
        """Draw the simulated groups again: the next seed, or the one given.

        Where something was asked, the gate is closed over the question of the new draw: odd seeds ask about the mixed model.
        """
        if not self.simulated:
            raise ValueError(_("These groups are data, not a simulation: there is nothing to draw again."))
        with self.hold_sync():
            self.seed = self.seed + 1 if seed is None else seed
            self._ask_again(ask(self))

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

"""W12, the model translator: one model as a formula, in words, as equations, as code, and as a covariance.

    math ~ 1 + homework + (1 + homework | school)   ⟷   y_ij = γ_00 + γ_10 x_ij + u_0j + u_1j x_ij + e_ij   ⟷   V = ZGZ' + σ²I

Every notation can be changed, and the others follow; what is new is marked. A formula that cannot be read is explained, and the
model stays as it was.

What this file does not do: read or write models (`model_translator_formula`, `model_translator_panes`), or fit them (`hlm_teach.lmm`).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import traitlets as t

from hlm_teach.locale import N_, _
from hlm_teach.widgets.exploration import Exploration
from hlm_teach.widgets.model_translator_data import SETS, read_columns
from hlm_teach.widgets.model_translator_formula import Model, Unreadable, parts, read, toggle, write
from hlm_teach.widgets.model_translator_matrices import covariance, design, value_of
from hlm_teach.widgets.model_translator_panes import (
    COR,
    EFFECT,
    codes,
    composite,
    distributions,
    levels,
    parameters,
    words,
)
from hlm_teach.widgets.model_translator_picture import picture
from hlm_teach.widgets.model_translator_words import CASES, MESSAGES, count, question, sentence
from hlm_teach.widgets.ranges import one_of
from hlm_teach.widgets.sentences import decimals, spoken

__all__ = ["ModelTranslator"]

PRESETS = {
    "pupils": N_("Pupils in schools"),
    "sleep": N_("Days without sleep, by subject"),
    "words": N_("Reading times: subjects and items, crossed"),
    "classes": N_("Pupils in classes in schools"),
}


class ModelTranslator(Exploration):
    """Translate a multilevel model between its notations.

    Model: y = Xγ + Zu + e, u ~ N(0, G), e ~ N(0, σ²I), so Var(y) = ZGZ' + σ²I.

    Parameters
    ----------
    formula : str, optional
        In lme4's syntax, about the columns of the preset; without one, the preset's first case.
    preset : "pupils", "sleep", "words", "classes" or "data"
        The columns that the model is about: four small designs or, by `from_data`, yours.
    seed : int
        Which of the cases *New model* comes to next, >= 1.
    question : None or False
        None asks for the number of parameters, or for the name of a model, False asks nothing.

    Attributes
    ----------
    model : Model
        The model: ``fixed`` terms, ``varying`` blocks, ``counts``.
    words, levels, composite, distributions : list of str
        The model in the other notations.
    code : dict
        For "hlm_teach", "lme4", "statsmodels" and "bambi" the code and notes on what is left out.
    covariance : ndarray, shape (n, n)
        The covariance of the rows of the small example.
    values : dict
        The SDs and correlations that were set, by name: "school 1", "school homework", "school 1 homework", "sigma".
    row, column : int
        The two rows of the small example that the read-out is about.
    before : str
        The formula before the last change.
    choice, confidence, committed
        The prediction.

    Raises
    ------
    ValueError, TraitError
        If there is no such preset, the formula cannot be read, or a number is out of range.

    References
    ----------
    Bates, D. et al. (2015), "Fitting linear mixed-effects models using lme4", *Journal of Statistical Software* 67, §2.1.
    Gelman, A. & Hill, J. (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, §12.5.

    Examples
    --------
    >>> w = ModelTranslator("math ~ homework + (homework | school)", question=False)
    >>> w.composite
    ['math_ij = γ_00 + γ_10 homework_ij + u_0j + u_1j homework_ij + e_ij']
    >>> w.model.counts
    (2, 2, 1, 6)
    >>> w.code["statsmodels"][0]
    'smf.mixedlm("math ~ 1 + homework", data, groups="school", re_formula="1 + homework")'
    >>> w.formula = "math ~ homework + (1 | homework | school)"
    Traceback (most recent call last):
    ...
    traitlets.traitlets.TraitError: (1 | homework | school) has two bars. One bar stands between what varies ...
    """

    SOURCE = "model_translator.js"
    MESSAGES = MESSAGES
    BENCH: ClassVar[str] = "τ_0"

    preset = t.Unicode("pupils").tag(sync=True)
    formula = t.Unicode().tag(sync=True)
    before = t.Unicode().tag(sync=True)
    values = t.Dict().tag(sync=True)
    row = t.Int(0).tag(sync=True)
    column = t.Int(1).tag(sync=True)
    seed = t.Int(1, min=1).tag(sync=True)
    sets = t.Dict().tag(sync=True)
    presets = t.List().tag(sync=True)
    cases = t.List().tag(sync=True)

    def __init__(self, formula: str | None = None, preset: str = "pupils", *, seed: int = 1, question=None,
                 data: dict | None = None, **kwargs: Any) -> None:  # fmt: skip
        sets = SETS | ({"data": data} if data else {})
        sets = {name: found | _editable(found["known"]) for name, found in sets.items()}
        names = [[key, _(text)] for key, text in PRESETS.items()] + (
            [["data", data["known"]["y"]]] if data else []
        )
        cases = _cases()
        fresh = formula is None and question is None and preset == "pupils" and not data
        if fresh:
            preset, formula = (
                cases[(seed - 1) % len(cases)]["preset"],
                cases[(seed - 1) % len(cases)]["formula"],
            )
        if formula is None and preset in sets:
            formula = sets[preset]["start"]
        super().__init__(sets=sets, presets=names, cases=cases, preset=preset, seed=seed, **kwargs)
        self.formula = formula
        self.sets = sets | {preset: sets[preset] | {"start": self.formula}}
        if question is None:
            asked = [
                case["question"]
                for case in cases
                if (case["preset"], case["formula"]) == (preset, self.formula)
            ]
            self.question, self.committed = asked[0] if asked else count(self.formula, self.model), False
        self.observe(self._another, names=["preset"])
        self.observe(self._remember, names=["formula"])

    @classmethod
    def from_data(cls, data: pd.DataFrame, response: str, predictors: list[str], factors: list[str],
                  formula: str | None = None, **kwargs: Any) -> ModelTranslator:  # fmt: skip
        """Return the widget about the columns of a data set; its first rows are the small example.

        Parameters
        ----------
        data : DataFrame
            One row per unit.
        response : str
            The column of y, of numbers.
        predictors : list of str
            Columns of numbers. Which of them are constant in which groups is seen from the data.
        factors : list of str
            The columns of the groups, one to three; ``"school:classroom"`` for classes that are numbered in each school.
        formula : str, optional
            The model to begin with; without one all predictors and an intercept that varies over the first factor.

        Examples
        --------
        >>> data = pd.DataFrame({"y": [1.0, 3, 4, 6], "x": [0, 1, 0, 1], "u": [5, 5, 7, 7], "g": list("aabb")})
        >>> w = ModelTranslator.from_data(data, "y", ["x", "u"], ["g"], question=False)
        >>> w.levels[1]
        'β_0j = γ_00 + γ_01 u_j + u_0j'
        >>> ModelTranslator.from_data(data, "y", ["x", "g"], ["g"])
        Traceback (most recent call last):
        ...
        ValueError: A column can be a predictor or a grouping factor, but g is named as both.
        """
        return cls(formula, "data", data=read_columns(data, response, predictors, factors), **kwargs)

    @property
    def second_source(self) -> str:
        """The file of the panes and pictures."""
        return "model_translator_views.js"

    @t.validate("preset")
    def _check_preset(self, proposal: dict) -> str:
        return one_of(proposal, [key for key, _name in self.presets] or list(PRESETS))

    @t.validate("formula")
    def _check_formula(self, proposal: dict) -> str:
        return self._written(proposal["value"])

    def _written(self, formula: str) -> str:
        try:
            return write(read(formula, self.known), self.known["y"])
        except Unreadable as found:
            raise t.TraitError(spoken(MESSAGES)[found.key].format(**found.values)) from None

    @t.validate("values")
    def _check_values(self, proposal: dict) -> dict:
        for name, value in proposal["value"].items():
            least, most = (-1, 1) if len(name.split(" ")) == 3 else (0, math.inf)
            if not (least <= value <= most and math.isfinite(value)) or (name == "sigma" and value == 0):
                raise t.TraitError(
                    _("An SD must be >= 0 and finite (σ > 0), a correlation −1 to 1, but {name} = {value}.",
                      name=name, value=value)
                )  # fmt: skip
        return proposal["value"]

    @t.validate("row", "column")
    def _check_row(self, proposal: dict) -> int:
        return min(max(0, proposal["value"]), self.rows - 1) if self.sets else proposal["value"]

    def _remember(self, change: dict) -> None:
        """Keep the formula before, where it is about the same columns."""
        try:
            self.before = self._written(change["old"])
        except t.TraitError:
            self.before = ""

    def _another(self, _change: object = None) -> None:
        """Where the formula is not about the columns of the preset, begin with the preset's own."""
        try:
            self._written(self.formula)
        except t.TraitError:
            self._begin()

    def _begin(self) -> None:
        with self.hold_sync():
            self.formula, self.values = self.set["start"], {}
            self.row, self.column = 0, 1

    @property
    def set(self) -> dict[str, Any]:
        """The columns that the model is about, and the small example."""
        return self.sets[self.preset]

    @property
    def known(self) -> dict[str, Any]:
        """The response, the predictors with the groups in which they are constant, and the factors."""
        return self.set["known"]

    @property
    def rows(self) -> int:
        """The rows of the small example."""
        return len(next(iter(self.set["rows"]["groups"].values())))

    @property
    def model(self) -> Model:
        """The model as terms and blocks."""
        return read(self.formula, self.known)

    @property
    def parts(self) -> list[list]:
        """What can be ticked in the model: ["fixed", term], ["varying", factor, column], ["together", factor]."""
        return parts(self.known)

    def toggle(self, part: list) -> None:
        """Add one of `parts` to the model, or take it away.

        >>> w = ModelTranslator("math ~ homework + (homework | school)", question=False)
        >>> w.toggle(["together", "school"])
        >>> w.formula
        'math ~ 1 + homework + (1 + homework || school)'
        """
        self.formula = write(toggle(self.model, part), self.known["y"])

    @property
    def parameters(self) -> list:
        """All parameters: ``symbol``, ``kind``, ``about``, ``factor`` and ``key``."""
        return parameters(self.model, self.known)

    @property
    def words(self) -> list[str]:
        """One sentence per parameter."""
        return words(self.model, self.known, self.strings)

    @property
    def levels(self) -> list[str]:
        """The equations level by level."""
        return levels(self.model, self.known)

    @property
    def composite(self) -> list[str]:
        """The model in one line."""
        return composite(self.model, self.known)

    @property
    def distributions(self) -> list[str]:
        """How deviations and residuals are distributed."""
        return distributions(self.model, self.known)

    @property
    def code(self) -> dict[str, list[str]]:
        """For each program the code that fits the model, and notes."""
        return {
            name: [self.strings.get(line, line) for line in lines]
            for name, lines in codes(self.model, self.known).items()
        }

    @property
    def _state(self) -> dict[str, Any]:
        return {"rows": self.set["rows"], "scale": self.set["scale"], "values": self.values}

    def value(self, key: str) -> float:
        """Return an SD or a correlation by its name, as set or as usual."""
        if key == "sigma":
            return self.values.get("sigma", self.set["scale"]["sigma"])
        factor, *columns = key.split(" ")
        size = max(len(block) for name, blocks in self.model.varying if name == factor for block in blocks)
        return value_of(self._state, factor, *[() if c == "1" else (c,) for c in columns], size=max(2, size))

    @property
    def design(self) -> tuple[list[str], np.ndarray]:
        """The columns of Z by name, and Z of the small example."""
        return design(self.model, self.set["rows"])

    @property
    def covariance(self) -> np.ndarray:
        """The covariance of the rows of the small example."""
        return covariance(self.model, self._state)

    @property
    def digits(self) -> int:
        """How many decimals a covariance gets."""
        return min(4, decimals(self.set["scale"]["sigma"]))

    def reset(self) -> None:
        """Go back to the model and the numbers of the start."""
        self._begin()

    def redraw(self, seed: int | None = None) -> None:
        """Come to the next case, or to the one given; where something was asked, ask about it."""
        seed = self.seed + 1 if seed is None else seed
        case = self.cases[(seed - 1) % len(self.cases)]
        with self.hold_sync():
            with self.hold_trait_notifications():
                self.preset, self.formula = case["preset"], case["formula"]
            self.seed, self.values = seed, {}
            self.row, self.column = 0, 1
            self._ask_again(case["question"])

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


def _editable(known: dict[str, Any]) -> dict[str, list]:
    """Return what can be changed in a model of these columns, and the same as symbols: γ of a term, u of a column, ρ of a factor."""
    found = parts(known)
    symbols = []
    for kind, what, *column in found:
        k = 0 if kind == "fixed" else known["factors"].index(what)
        varying = f"{EFFECT[k]} {column[0][0] if column and column[0] else 1} | {what}"
        symbols.append(
            {"fixed": f"γ {' × '.join(what)}", "together": f"{COR[k]} | {what}"}.get(kind, varying)
        )
    return {"parts": found, "symbols": symbols}


def _cases() -> list[dict[str, Any]]:
    models = [(name, read(formula, SETS[name]["known"]), SETS[name]["known"]) for name, formula in CASES]
    formulas = [formula for _name, formula in CASES]
    return [
        {"preset": name, "formula": formula, "question": question(number, models, formulas)}
        for number, (name, formula) in enumerate(CASES)
    ]

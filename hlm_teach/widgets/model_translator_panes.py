"""A model in four other notations: its parameters in words, level by level, in one line, and as code.

With one grouping factor row i of group j has the index ij, and predictors of groups explain the coefficients β_0j, β_1j, …; with several
factors row i belongs to group j[i] of the first, k[i] of the second. Equations are lines for ``shared/formula.js``: words between
spaces, a_b a subscript, a^b a superscript. The second module's ``model_translator_panes.js`` writes the same.

What this file does not do: read or count (`model_translator_formula`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hlm_teach.widgets.model_translator_formula import Model, Term, constant, write

__all__ = [
    "COR",
    "EFFECT",
    "Parameter",
    "codes",
    "composite",
    "distributions",
    "levels",
    "parameters",
    "words",
]

GROUP, EFFECT, SD, COR = "jkl", "uvw", "τωκ", "ρφψ"


@dataclass(frozen=True)
class Parameter:
    """One parameter: its symbol, its kind ("mean", "slope", "cross", "sd", "cor" or "sigma"), what it is about, and its factor."""

    symbol: str
    kind: str
    about: tuple[Term, ...] = ()
    factor: str = ""

    @property
    def key(self) -> str:
        """The name under which the widget keeps its value."""
        return (
            " ".join([self.factor, *(":".join(term) or "1" for term in self.about)])
            if self.factor
            else self.kind
        )


class Shape:
    """How a model is written: which coefficient β_k each row of its level-1 equation has, and what explains it."""

    def __init__(self, model: Model, known: Mapping[str, Any]) -> None:
        self.model, self.known = model, known
        self.factors = [factor for factor, _blocks in model.varying]
        self.single = len(self.factors) == 1
        self.index = "ij" if self.single else "i"
        self.place = ["j"] if self.single else [f"{GROUP[f]}[i]" for f in range(len(self.factors))]
        self.rows: dict[Term, list[Term]] = {}  # what the coefficient is of → what explains it
        for term in model.fixed:
            above = tuple(
                x for x in term if self.single and constant(known["predictors"][x], self.factors[0])
            )
            self.rows.setdefault(tuple(x for x in term if x not in above), []).append(above)
        for _factor, blocks in model.varying:
            for column in (column for block in blocks for column in block):
                self.rows.setdefault(column, [])
        others = [row for row in self.rows if row]
        self.number = {(): 0} | {row: k for k, row in enumerate(others, start=1)}

    def name(self, x: str) -> str:
        """Return a predictor with its index."""
        inside = [f for f, factor in enumerate(self.factors) if constant(self.known["predictors"][x], factor)]
        return f"{x}_{self.place[inside[0]] if inside else self.index}"

    def times(self, symbol: str, term: Term) -> str:
        """Return a coefficient times the predictors of its term."""
        return " ".join([symbol, *map(self.name, term)])

    def order(self) -> list[Term]:
        """Return the rows, the intercept's first."""
        return sorted(self.rows, key=bool)

    def gammas(self, row: Term) -> list[tuple[str, Term]]:
        """Return the fixed coefficients that explain one β, each with its predictors of groups."""
        found = [above for above in self.rows[row] if above]
        start = [(f"γ_{self.number[row]}0", ())] if () in self.rows[row] else []
        return start + [(f"γ_{self.number[row]}{k}", above) for k, above in enumerate(found, start=1)]

    def effects(self, row: Term) -> list[str]:
        """Return the deviations that one β has, one per factor over which it varies."""
        return [
            f"{EFFECT[f]}_{self.number[row]}{self.place[f]}"
            for f, (_factor, blocks) in enumerate(self.model.varying)
            if any(row in block for block in blocks)
        ]


def parameters(model: Model, known: Mapping[str, Any]) -> list[Parameter]:
    """Return all parameters in order: fixed effects, then of each factor SDs and correlations, and σ."""
    shape, found = Shape(model, known), []
    symbols = {
        tuple(sorted(row + above)): gamma for row in shape.order() for gamma, above in shape.gammas(row)
    }
    for term in model.fixed:
        kind = ["mean", "slope", "cross"][min(2, len(term))]
        found.append(Parameter(symbols[tuple(sorted(term))], kind, (term,)))
    for f, (factor, blocks) in enumerate(model.varying):
        for block in blocks:
            for i, column in enumerate(block):
                k = shape.number[column]
                found.append(Parameter(f"{SD[f]}_{k}", "sd", (column,), factor))
                for other in block[:i]:
                    found.append(
                        Parameter(f"{COR[f]}_{shape.number[other]}{k}", "cor", (other, column), factor)
                    )
    return [*found, Parameter("σ", "sigma")]


def levels(model: Model, known: Mapping[str, Any]) -> list[str]:
    """Return the equations level by level.

    >>> from hlm_teach.widgets.model_translator_formula import read
    >>> known = {"y": "math", "predictors": {"homework": [], "public": ["school"]}, "factors": ["school"]}
    >>> for line in levels(read("math ~ homework * public + (homework | school)", known), known):
    ...     print(line)
    math_ij = β_0j + β_1j homework_ij + e_ij
    β_0j = γ_00 + γ_01 public_j + u_0j
    β_1j = γ_10 + γ_11 public_j + u_1j
    """
    shape = Shape(model, known)
    rows = shape.order()
    at = shape.index[-1]
    betas = {row: f"β_{shape.number[row]}{at if shape.single or shape.effects(row) else ''}" for row in rows}
    first = " + ".join([*(shape.times(betas[row], row) for row in rows), f"e_{shape.index}"])
    lines = [f"{known['y']}_{shape.index} = {first}"]
    for row in rows:
        explained = [shape.times(gamma, above) for gamma, above in shape.gammas(row)]
        lines.append(f"{betas[row]} = " + " + ".join(explained + shape.effects(row)))
    return lines


def composite(model: Model, known: Mapping[str, Any]) -> list[str]:
    """Return the model in one line: the fixed part, then the deviations.

    >>> from hlm_teach.widgets.model_translator_formula import read
    >>> known = {"y": "y", "predictors": {"x": []}, "factors": ["a", "b"]}
    >>> composite(read("y ~ x + (x | a) + (1 | b)", known), known)
    ['y_i = γ_00 + γ_10 x_i + u_0j[i] + u_1j[i] x_i + v_0k[i] + e_i']
    """
    shape = Shape(model, known)
    rows = shape.order()
    fixed = [shape.times(gamma, above + row) for row in rows for gamma, above in shape.gammas(row)]
    effects = [(effect, row) for row in rows for effect in shape.effects(row)]
    effects.sort(key=lambda pair: EFFECT.index(pair[0][0]))
    moving = [shape.times(effect, row) for effect, row in effects]
    return [f"{known['y']}_{shape.index} = " + " + ".join([*fixed, *moving, f"e_{shape.index}"])]


def distributions(model: Model, known: Mapping[str, Any]) -> list[str]:
    """Return how the deviations and the rest are distributed, one line per block."""
    shape, lines = Shape(model, known), []
    for f, (_factor, blocks) in enumerate(model.varying):
        for block in blocks:
            ks = [shape.number[column] for column in block]
            names = [f"{EFFECT[f]}_{k}{shape.place[f]}" for k in ks]
            if len(ks) == 1:
                lines.append(f"{names[0]} ∼ N ( 0 , {SD[f]}_{ks[0]}^2 )")
                continue
            lines.append(f"( {' , '.join(names)} ) ∼ N ( 0 , Σ_{EFFECT[f]} )")
            for i, k in enumerate(ks):
                lines.append(f"Var ( {names[i]} ) = {SD[f]}_{k}^2")
                for h in range(i):
                    value = f"{COR[f]}_{ks[h]}{k} {SD[f]}_{ks[h]} {SD[f]}_{k}"
                    lines.append(f"Cov ( {names[h]} , {names[i]} ) = {value}")
    return [*lines, f"e_{shape.index} ∼ N ( 0 , σ^2 )"]


def words(model: Model, known: Mapping[str, Any], strings: Mapping[str, str]) -> list[str]:
    """Return one sentence per parameter."""
    lines = []
    for one in parameters(model, known):
        key, values = f"word_{one.kind}", {"symbol": one.symbol, "y": known["y"], "group": one.factor}
        names = [":".join(term) for term in one.about]
        if one.kind == "sd":
            key += "_slope" if names[0] else "_mean"
        if one.kind == "cor":
            key += "" if names[0] == "" else "_slopes"
        if one.kind == "cross":
            names = [one.about[0][0], ":".join(one.about[0][1:])]
        values |= {"x": names[-1], "z": names[0]} if names else {}
        values |= {"x": names[0], "z": names[-1]} if one.kind == "cross" else {}
        lines.append(strings[key].format(**values))
    return lines


def codes(model: Model, known: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the code that fits the model, and the keys of what each program leaves out: {"lme4": [code, key, …], …}."""
    formula = write(model, known["y"])
    correlated = any(len(block) > 1 for _factor, blocks in model.varying for block in blocks)
    apart = Model(model.fixed, tuple((factor, tuple((c,) for block in blocks for c in block))
                                     for factor, blocks in model.varying))  # fmt: skip
    bars = [
        ("1" if column == () else f"0 + {column[0]}", factor)
        for factor, blocks in apart.varying
        for (column,) in blocks
    ]
    free = " + ".join([_fixed(model, known), *(f"({column} | {factor})" for column, factor in bars)])
    return {
        "hlm_teach": [f'lmm("{formula}", data)'],
        "lme4": [f"lmer({formula}, data = data)"],
        "statsmodels": _statsmodels(model, known, correlated),
        "bambi": [f'bmb.Model("{free}", data)', *(["bambi_note"] if correlated else [])],
    }


def _fixed(model: Model, known: Mapping[str, Any]) -> str:
    return write(Model(model.fixed, ()), known["y"])


def _statsmodels(model: Model, known: Mapping[str, Any], correlated: bool) -> list[str]:
    """One factor: the first block is re_formula, the others variance components. Several: all are variance components."""
    start = f'smf.mixedlm("{_fixed(model, known)}", data, '
    (factor, blocks), *others = model.varying
    if not others and ":" not in factor:
        first = " + ".join(["1" if () in blocks[0] else "0", *(column[0] for column in blocks[0] if column)])
        more = ", ".join(f'"{block[0][0]}": "0 + {block[0][0]}"' for block in blocks[1:])
        if all(len(block) == 1 and block[0] for block in blocks[1:]):
            return [
                f'{start}groups="{factor}", re_formula="{first}"'
                + (f", vc_formula={{{more}}}" if more else "")
                + ")"
            ]
    if correlated:
        return ["statsmodels_note"]
    terms = []
    for factor, blocks in model.varying:
        groups = ":".join(f"C({name})" for name in factor.split(":"))
        for (column,) in blocks:
            terms.append(f'"{":".join([factor, *column])}": "{":".join(["0 + " + groups, *column])}"')
    return [f"{start}groups=np.ones(len(data)), vc_formula={{{', '.join(terms)}}})"]

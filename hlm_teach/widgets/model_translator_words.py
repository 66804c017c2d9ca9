"""The words of the model translator: its messages, its questions, and the sentence that says a state.

``model_translator_maths.js`` builds the same sentence in the browser from the same messages; the questions come with the widget.

What this file does not do: translate a model (`model_translator_panes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hlm_teach.locale import N_, _
from hlm_teach.widgets.model_translator_formula import Model, read
from hlm_teach.widgets.model_translator_matrices import shared
from hlm_teach.widgets.model_translator_panes import composite, distributions, parameters
from hlm_teach.widgets.sentences import fixed

if TYPE_CHECKING:
    from hlm_teach.widgets.model_translator import ModelTranslator

__all__ = ["CASES", "MESSAGES", "count", "question", "sentence"]

CASES = (
    ("pupils", "math ~ 1 + homework + (1 + homework | school)"),
    ("pupils", "math ~ 1 + homework + (1 | school)"),
    ("sleep", "Reaction ~ 1 + Days + (1 + Days || Subject)"),
    ("words", "rt ~ 1 + condition + (1 | subject) + (1 | item)"),
    ("pupils", "math ~ 1 + homework + public + homework:public + (1 + homework | school)"),
    ("sleep", "Reaction ~ 1 + Days + (0 + Days | Subject)"),
    ("classes", "score ~ 1 + hours + (1 | school) + (1 | school:classroom)"),
    ("pupils", "math ~ 1 + public + (1 | school)"),
    ("words", "rt ~ 1 + condition + (1 + condition | subject) + (1 | item)"),
    ("pupils", "math ~ 1 + (1 | school)"),
    ("words", "rt ~ 1 + condition + length + (1 + condition + length | subject) + (1 | item)"),
    ("sleep", "Reaction ~ 1 + Days + (1 + Days | Subject)"),
    ("classes", "score ~ 1 + hours + size + (1 + hours | school) + (1 | school:classroom)"),
    ("pupils", "math ~ 1 + homework + public + (1 + homework || school)"),
    ("words", "rt ~ 1 + condition + (1 + condition | subject) + (1 + condition | item)"),
    ("sleep", "Reaction ~ 1 + Days + (1 | Subject)"),
    ("classes", "score ~ 1 + hours + (1 | school:classroom)"),
    ("pupils", "math ~ 1 + homework + public + homework:public + (1 | school)"),
    ("words", "rt ~ 1 + condition + length + condition:length + (1 + condition || subject) + (1 | item)"),
    ("classes", "score ~ 1 + size + (1 + hours || school) + (1 | school:classroom)"),
)  # fmt: skip

MESSAGES = {
    "state": N_(
        "{formula} has {total} parameters. Fixed effects: {fixed}; SDs over groups: {sds}; correlations: {cors}; and σ."
    ),
    "change": N_("The model before, {before}, has {count}."),
    "pair_same": N_(
        "In the small example rows {r} and {s} share {groups}: their covariance is {cov}, their correlation {cor}."
    ),
    "pair_none": N_("In the small example rows {r} and {s} share no group that the model knows: their covariance is 0."),
    "pair_self": N_("In the small example row {r} has the variance {cov}, an SD of {sd}."),
    "warn_around": N_("The slopes of {x} vary over {group} around 0, because {x} is not in the fixed part."),
    "warn_origin": N_("The intercepts vary over {group} around 0, because the fixed part has no intercept."),
    "warn_zero": N_("With {symbol} = 0 nothing of this kind varies over {group}."),
    "word_mean": N_("{symbol}: the mean of {y} in an average group, where every predictor is 0."),
    "word_slope": N_("{symbol}: how much {y} differs on average where {x} is one higher; in an interaction, where the other predictor is 0."),
    "word_cross": N_("{symbol}: how much the slope of {x} differs where {z} is one higher."),
    "word_sd_mean": N_("{symbol}: every {group} has its own intercept; this is their SD."),
    "word_sd_slope": N_("{symbol}: every {group} has its own slope of {x}; this is their SD."),
    "word_cor": N_("{symbol}: over the groups of {group}, how intercepts and slopes of {x} are correlated."),
    "word_cor_slopes": N_("{symbol}: over the groups of {group}, how the slopes of {z} and of {x} are correlated."),
    "word_sigma": N_("{symbol}: the SD of what is left in a single row."),
    "bad_tilde": N_("A formula reads {y} ~ predictors + (what varies | groups), with one ~, but this is {formula}."),
    "bad_response": N_("The response here is {y}, but the formula begins with {found}."),
    "bad_pairs": N_("The parentheses in {text} do not pair up."),
    "bad_empty": N_("In {text} a term is missing beside a sign."),
    "bad_minus": N_("Only 1 can be taken away, as in − 1, but {text} is. Leave it out instead."),
    "bad_outside": N_("A bar stands inside parentheses that are added with +, as in (1 | school), but here it does not: {text}."),
    "bad_term": N_("This translator reads names, 1, 0, a:b and a*b, but not {text}. Make it a column of its own first."),
    "bad_name": N_("There is no predictor {name} here. The predictors are: {names}."),
    "bad_factor": N_("{name} is a grouping factor. It belongs right of a bar: (1 | {name})."),
    "bad_group": N_("There are no groups called {name} here. The grouping factors are: {names}."),
    "bad_two_bars": N_(
        "({text}) has two bars. One bar stands between what varies and the groups it varies over: "
        "write ({what} | {group}), or ({what} || {group}) if the coefficients vary independently."
    ),
    "bad_half": N_("({text}) must say what varies and over which groups, as in (1 | {group})."),
    "bad_product": N_("Left of a bar stand 1, 0 and single predictors here, but not {text}. Make a product a column of its own."),
    "bad_twice": N_("{name} varies over {group} twice: both terms would share one variance in endless ways. Leave one out."),
    "bad_constant": N_(
        "{name} is the same in all rows of a {group}, so no {group} can have a slope of its own on it. It can only be a fixed effect."
    ),
    "bad_many": N_("This translator takes up to {most} factors, and up to {most} correlated columns per factor."),
    "bad_no_bar": N_("Nothing varies over groups here: add a term such as (1 | {group}). Without one it is ordinary regression."),
    "bambi_note": N_("Bambi 0.17 has no correlations between varying coefficients: this is the model without them."),
    "statsmodels_note": N_("statsmodels 0.15 cannot: it has correlated coefficients over one factor only."),
    "closed": N_("The translations open when you have committed to an answer."),
    "preset": N_("Data"),
    "formula": N_("Formula"),
    "pane_words": N_("In words"),
    "pane_levels": N_("Level by level"),
    "pane_composite": N_("In one line"),
    "pane_code": N_("As code"),
    "pane_pair": N_("The covariance chosen, with its numbers"),
    "edit": N_("Change the model"),
    "part_fixed": N_("{x} has an effect"),
    "part_cross": N_("the slope of {x} depends on {z}"),
    "part_mean": N_("the intercept varies over {group}"),
    "part_slope": N_("the slope of {x} varies over {group}"),
    "part_together": N_("over {group} they are correlated"),
    "title_Z": N_("Z: through which groups act"),
    "title_V": N_("Covariance of the rows"),
    "cell": N_("Row of the covariance"),
    "cell_column": N_("Column of the covariance"),
    "count": N_("Parameters: {fixed} fixed + {sds} SDs + {cors} correlations + σ = {total}"),
    "key_positive": N_("■ positive"),
    "key_negative": N_("▨ negative"),
    "key_zero": N_("□ zero"),
    "key_new": N_("▌ new or changed"),
    "reset": N_("Reset"),
    "redraw": N_("New model"),
    "seed": N_("model {number} of {cases}"),
}  # fmt: skip


def question(number: int, models: list[tuple[str, Model, dict]], formulas: list[str]) -> dict[str, Any]:
    """Return the question about one of the cases: in turn how many parameters it has, and which formula it is."""
    name, model, known = models[number]
    if number % 2 == 0:
        return count(formulas[number], model, below=number % 4 == 0)
    same = [i for i, (other, _model, _known) in enumerate(models) if other == name and i != number]
    chosen = sorted([number, *sorted(same, key=lambda i: (_distance(models[i][1], model), i))[:3]])
    equations = [*composite(model, known), *distributions(model, known)[:-1]]
    return {
        "text": _("Which formula is this model? {equations}", equations="; ".join(equations)),
        "options": [f"{letter}: {formulas[i]}" for letter, i in zip("ABCD", chosen, strict=False)],
        "answer": chosen.index(number),
        "because": _("Its deviations say what varies, its variances what is correlated: {formula}.", formula=formulas[number]),
    }  # fmt: skip


def count(formula: str, model: Model, below: bool = False) -> dict[str, Any]:
    """Return the question for the number of parameters; among the wrong answers are those without σ and without correlations."""
    effects, sds, cors, total = model.counts
    wrong = [total - 1, total - cors if cors > 1 else total + 1, total - 2 if below else total + 2, total + 3]
    answers = sorted(
        {total, *wrong[:3]} | ({total + 3} if cors > 1 and total - 2 in wrong[:2] and below else set())
    )
    return {
        "text": _("How many parameters does {formula} estimate, σ included?", formula=formula),
        "options": [f"{letter}: {answer}" for letter, answer in zip("ABCD", answers, strict=False)],
        "answer": answers.index(total),
        "because": _("Fixed effects: {fixed}; SDs over groups: {sds}; correlations: {cors}; and σ: {total} in all.",
                     fixed=effects, sds=sds, cors=cors, total=total),
    }  # fmt: skip


def _distance(a: Model, b: Model) -> int:
    """Return in how many terms and blocks two models differ."""
    return len(set(a.fixed) ^ set(b.fixed)) + len(set(_blocks(a)) ^ set(_blocks(b)))


def _blocks(model: Model) -> list[tuple]:
    return [(factor, block) for factor, blocks in model.varying for block in blocks]


def sentence(w: ModelTranslator) -> str:
    """Return the state of a widget in words, with its numbers, whether its gate is open or not."""
    model, known, V = w.model, w.known, w.covariance
    effects, sds, cors, total = model.counts
    values: dict[str, Any] = {
        "formula": w.formula,
        "total": total,
        "fixed": effects,
        "sds": sds,
        "cors": cors,
    }
    said = [w.strings["state"].format(**values)]
    if w.before and w.before != w.formula:
        said.append(w.strings["change"].format(before=w.before, count=read(w.before, known).counts[3]))
    said += warnings(w)
    a, b, digits = w.row, w.column, w.digits
    common = shared(model, w.set["rows"], a, b)
    cor = V[a, b] / (V[a, a] * V[b, b]) ** 0.5 if V[a, b] else 0.0
    values = {"r": a + 1, "s": b + 1, "groups": ", ".join(common), "cov": fixed(V[a, b], digits), "cor": fixed(cor, 2),
              "sd": fixed(V[a, a] ** 0.5, digits)}  # fmt: skip
    said.append(w.strings["pair_self" if a == b else "pair_same" if common else "pair_none"].format(**values))
    return w.strings["space"].join(said)


def warnings(w: ModelTranslator) -> list[str]:
    """Return what a reader of the model should notice: slopes around 0, and SDs of 0."""
    model, said = w.model, []
    for factor, blocks in model.varying:
        for column in (column for block in blocks for column in block):
            if column not in model.fixed:
                key, x = ("warn_around", column[0]) if column else ("warn_origin", "")
                said.append(w.strings[key].format(x=x, group=factor))
    for one in parameters(model, w.known):
        if one.kind == "sd" and w.value(one.key) == 0:
            said.append(w.strings["warn_zero"].format(symbol=one.symbol, group=one.factor))
    return said

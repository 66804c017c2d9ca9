"""The model translator without a browser: its parser against `formula`, its counts and covariances against `lmm`, its code run, its twin."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
import traitlets

from hlm_teach import lmm
from hlm_teach.formula import parse
from hlm_teach.parameters import parameters as parameters_of_fit
from hlm_teach.widgets import ModelTranslator
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.model_translator_data import SETS
from hlm_teach.widgets.model_translator_formula import Unreadable, read, toggle, write
from hlm_teach.widgets.model_translator_words import CASES, MESSAGES
from hlm_teach.widgets.module import FOLDER, LIMIT, joined

STATES = 220
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
import * as more from "./second.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
const states = asked.states.map((traits) => {
  const w = widget.look((name) => traits[name], more.default.second.tell);
  return { words: w.words, levels: w.levels, composite: w.composite, distributions: w.distributions, code: w.code,
    counts: w.counts, covariance: w.covariance, Z: w.design.map(({ values }) => values), names: w.design.map(({ group, top }) => [top, group]),
    keys: w.parameters.map(({ key }) => key), value: w.value, again: widget.write(w.model, w.known.y),
    held: w.parts.map((part) => more.holds(w.model, part)), toggled: w.parts.map((part) => widget.write(more.toggle(w.model, part), w.known.y)),
    ties: w.ties(w.row, w.column).reduce((sum, one) => sum + one.amount * one.times, 0), said: widget.sentence(w, traits.strings) };
});
const odd = asked.odd.map(([formula, known]) => {
  try { return widget.write(widget.read(formula, known), known.y); } catch (error) { return [error.key, error.values]; }
});
console.log(JSON.stringify({ states, odd }));
"""


def columns(name: str, seed: int = 0) -> pd.DataFrame:
    """Draw data with the columns of a preset: 15 groups of the first factor, 8 (words: 24) of the second, 2 rows of each pair."""
    rng = np.random.default_rng(seed)
    a, b = (
        codes.ravel()
        for codes in np.meshgrid(np.arange(15), np.arange(24 if name == "words" else 8), indexing="ij")
    )
    a, b = np.repeat(a, 2), np.repeat(b, 2)
    if name == "classes":
        b = b % 4
    known = SETS[name]["known"]
    factors = list(SETS[name]["rows"]["groups"])
    data = pd.DataFrame(
        {factors[0]: [f"a{i}" for i in a]} | ({factors[1]: [f"b{i}" for i in b]} if factors[1:] else {})
    )
    codes = {factors[0]: a, factors[-1]: a if len(factors) == 1 else b, "school:classroom": a * 4 + b}
    for x, levels in known["predictors"].items():
        data[x] = rng.normal(size=100)[codes[levels[0]]] if levels else rng.normal(size=len(a))
    y = rng.normal(size=len(a))
    for factor in known["factors"]:
        y += rng.normal(size=100)[codes[factor]]
        for x in known["predictors"]:
            y += 0.5 * rng.normal(size=100)[codes[factor]] * data[x]
    return data.assign(**{known["y"]: y})


@pytest.mark.parametrize(("name", "formula"), CASES)
def test_twenty_models_round_trip(name, formula):
    """Is each of the 20 models the same after writing and reading, and read as `hlm_teach.formula` reads it?"""
    known = SETS[name]["known"]
    model = read(formula, known)
    assert write(model, known["y"]) == formula
    assert read(write(model, known["y"]), known) == model
    bars = {(bar.factor, bar.inside) for bar in parse(formula).bars}
    assert len(bars) == sum(len(blocks) for _factor, blocks in model.varying)
    assert {factor for factor, _inside in bars} == {factor for factor, _blocks in model.varying}


@pytest.mark.parametrize(("name", "formula"), CASES)
def test_parameters_are_those_of_lmm(name, formula):
    """On drawn data: has every case the fixed effects, SDs and correlations that `lmm` reports, and as many as it says?"""
    w = ModelTranslator(formula, name, question=False)
    fit = lmm(formula, columns(name))
    kinds = [each.kind for each in parameters_of_fit(fit)]
    found = kinds.count("fixef"), kinds.count("sd"), kinds.count("cor"), len(kinds)
    assert w.model.counts == found
    assert len(w.parameters) == len(w.words) == len(kinds)
    assert {
        ":".join(one.about[0]) or "Intercept" for one in w.parameters if not one.factor and one.about
    } == set(fit.fixef.index)


@pytest.mark.parametrize(("name", "formula"), CASES)
def test_code_for_statsmodels_is_the_same_model(name, formula):
    """Does the code for statsmodels run, with as many parameters as counted, and is its REML log-likelihood at `lmm`'s estimates `lmm`'s?"""
    import statsmodels.formula.api as smf
    from statsmodels.regression.mixed_linear_model import MixedLMParams

    w = ModelTranslator(formula, name, question=False)
    (code,) = w.code["statsmodels"]
    if "mixedlm" not in code:
        assert w.model.counts[2] > 0
        assert len(w.model.varying) > 1
        return
    data = columns(name).iloc[::3]  # with several factors statsmodels inverts a matrix of all rows
    model = eval(code, {"smf": smf, "np": np, "data": data})
    assert model.k_fe + model.k_re2 + model.k_vc + 1 == w.model.counts[3]
    fit = lmm(formula, data)
    variances, first = {}, np.zeros((0, 0))
    for factor, blocks in w.model.varying:
        cov = fit.varcorr[factor].cov
        for i, block in enumerate(blocks):
            names = [column[0] if column else "Intercept" for column in block]
            if i == 0 and model.k_re:
                first = cov.loc[names, names].to_numpy()
                continue
            (column,) = block
            key = ":".join(column) if model.k_re else ":".join([factor, *column])
            variances[key] = cov.loc[names[0], names[0]]
    found = MixedLMParams.from_components(
        fe_params=fit.fixef.to_numpy(),
        cov_re=first / fit.sigma**2,
        vcomp=np.array([variances[key] for key in model.exog_vc.names]) / fit.sigma**2,
    )
    model.cov_pen = model.fe_pen = None
    assert model.loglike(found) == pytest.approx(fit.loglik, abs=1e-6)


def test_code_for_lme4_runs():
    """Does R read every case's code for lme4, with the number of parameters counted?"""
    if shutil.which("Rscript") is None:
        pytest.skip("needs R")
    lines = ["suppressMessages(library(lme4))"]
    for name, formula in CASES:
        (code,) = ModelTranslator(formula, name, question=False).code["lme4"]
        inner = code.removeprefix("lmer(").removesuffix(", data = data)")
        lines += [f"known <- read.csv('{name}.csv')", f"f <- lFormula({inner}, data = known)",
                  "cat(ncol(f$X) + length(f$reTrms$theta) + 1, '\\n')"]  # fmt: skip
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name in SETS:
            columns(name).to_csv(f"{folder}/{name}.csv", index=False)
        done = subprocess.run(
            ["Rscript", "-e", "\n".join(lines)], cwd=folder, capture_output=True, text=True, timeout=120
        )
    if "there is no package called" in done.stderr:
        pytest.skip("needs lme4")
    counted = [read(formula, SETS[name]["known"]).counts[3] for name, formula in CASES]
    assert [int(text) for text in done.stdout.split()] == counted, done.stderr


def test_bambi_code_has_no_correlations_and_says_so():
    """Is Bambi's code the model with independent coefficients, in forms that it reads, and the difference said where there is one?"""
    for name, formula in CASES:
        w = ModelTranslator(formula, name, question=False)
        code, *notes = w.code["bambi"]
        inner = re.search(r'"(.*)"', code)[1]
        assert "||" not in inner
        again = read(inner, w.known)
        assert again.counts[2] == 0
        assert again.counts[:2] == w.model.counts[:2]
        assert bool(notes) == (w.model.counts[2] > 0)


@pytest.mark.parametrize(("name", "formula"), CASES)
def test_covariance_is_that_of_the_composite_equation(name, formula):
    """Drawing deviations 200,000 times and adding them up as the equation says: is the rows' covariance V?"""
    w = ModelTranslator(formula, name, question=False)
    rng, rows = np.random.default_rng(1), w.set["rows"]
    draws = 200_000
    total = w.value("sigma") * rng.normal(size=(draws, w.rows))
    for factor, blocks in w.model.varying:
        mine = [
            ":".join(parts) for parts in zip(*(rows["groups"][n] for n in factor.split(":")), strict=True)
        ]
        for block in blocks:
            keys = [column[0] if column else "1" for column in block]
            sd = np.array([w.value(f"{factor} {key}") for key in keys])
            cor = np.eye(len(block))
            for i in range(len(block)):
                for h in range(i):
                    cor[i, h] = cor[h, i] = w.value(f"{factor} {keys[h]} {keys[i]}")
            for group in set(mine):
                u = rng.multivariate_normal(np.zeros(len(block)), cor * np.outer(sd, sd), draws)
                x = np.array([rows["x"][key] if key != "1" else [1] * w.rows for key in keys]) * (
                    np.array(mine) == group
                )
                total += u @ x
    scale = np.sqrt(np.outer(np.diag(w.covariance), np.diag(w.covariance)))
    assert np.max(np.abs(np.cov(total.T) - w.covariance) / scale) < 0.015
    names, Z = w.design
    assert Z.shape == (w.rows, len(names))


def test_a_correlation_of_three_stays_possible():
    """With three correlated columns: is V a covariance at every end of the three sliders?"""
    w = ModelTranslator("rt ~ 1 + (1 + condition | subject) + (1 | item)", "words", question=False)
    assert w.value("subject 1 condition") == 0.3
    data = columns("words").assign(z=lambda d: np.arange(len(d)) % 7)
    w = ModelTranslator.from_data(
        data, "rt", ["condition", "z"], ["subject"], "rt ~ 1 + (condition + z | subject)", question=False
    )
    keys = ["subject 1 condition", "subject 1 z", "subject condition z"]
    for signs in np.ndindex(2, 2, 2):
        w.values = dict(zip(keys, [2.0 * s - 1 for s in signs], strict=True))
        assert abs(w.value(keys[0])) == 0.5
        assert np.linalg.eigvalsh(w.covariance).min() > 0


def test_nested_and_crossed_share_what_they_say():
    """Do rows of one class share school and class, and rows of one item seen by two subjects the item only?"""
    w = ModelTranslator("score ~ 1 + (1 | school/classroom)", "classes", question=False)
    assert "share school A, school:classroom A:1" in w.sentence
    assert w.covariance[0, 1] == 50.0
    assert w.covariance[0, 2] == 25.0
    assert w.covariance[0, 4] == 0.0
    w = ModelTranslator("rt ~ 1 + (1 | subject) + (1 | item)", "words", row=0, column=3, question=False)
    assert "share item 1: their covariance is 2500.0" in w.sentence


def test_gate_asks_in_turn_and_new_model_asks_again():
    """Do the 20 questions have right answers: the count, or the only formula with these equations; and does a new model close the gate?"""
    w = ModelTranslator()
    assert w.sentence == "The translations open when you have committed to an answer."
    places = []
    for number, (name, formula) in enumerate(CASES):
        assert (w.preset, w.formula, w.committed) == (name, formula, False)
        options, answer = w.question["options"], w.question["answer"]
        assert len(set(options)) == 4
        if number % 2 == 0:
            assert int(options[answer].partition(": ")[2]) == w.model.counts[3]
        else:
            models = [ModelTranslator(text.partition(": ")[2], name, question=False) for text in options]
            alike = [m.composite + m.distributions == w.composite + w.distributions for m in models]
            assert [i for i, same in enumerate(alike) if same] == [answer]
        places.append(answer)
        w.commit(answer, 80)
        assert w.was_right
        w.redraw()
    assert max(places.count(i) for i in range(4)) <= 10
    assert (w.seed, w.formula) == (21, CASES[0][1])
    free = ModelTranslator(question=False)
    free.redraw()
    assert free.committed


def test_parts_are_toggled_there_and_back():
    """Is every part of every preset added and taken away again, with the model before; the last varying term refused?"""
    for name, found in SETS.items():
        w = ModelTranslator(found["start"], name, question=False)
        assert w.set["parts"] == w.parts
        assert len(set(w.set["symbols"])) == len(w.parts)
        for part in w.parts:
            once = toggle(w.model, part)
            again = toggle(once, part)
            assert {*again.fixed} == {*w.model.fixed}
            if once.varying:
                assert dict(again.varying).keys() == dict(w.model.varying).keys()
    w = ModelTranslator("math ~ homework + (1 | school)", question=False)
    with pytest.raises(traitlets.TraitError, match="Nothing varies over groups here"):
        w.toggle(["varying", "school", []])
    assert w.formula == "math ~ 1 + homework + (1 | school)"


WRONG = [
    ("math ~ homework + (1 | homework | school)", "has two bars"),
    ("math ~ homework", "Nothing varies over groups here"),
    ("math homework", "with one ~"),
    ("~ homework + (1 | school)", "begins with …"),
    ("read ~ homework + (1 | school)", "The response here is math"),
    ("math ~ homework | school", "A bar stands inside parentheses"),
    ("math ~ (1 | school", "do not pair up"),
    ("math ~ homework + + (1 | school)", "a term is missing"),
    ("math ~ ", "a term is missing"),
    ("math ~ homework - public + (1 | school)", "Leave it out instead"),
    ("math ~ log(homework) + (1 | school)", "Make it a column of its own"),
    ("math ~ age + (1 | school)", "There is no predictor age here. The predictors are: homework, public."),
    ("math ~ school + (1 | school)", "It belongs right of a bar: (1 | school)"),
    ("math ~ (1 | class)", "There are no groups called class here"),
    ("math ~ ( | school)", "must say what varies"),
    ("math ~ (0 | school)", "must say what varies"),
    ("math ~ (1 | school) + (homework | school)", "1 varies over school twice"),
    ("math ~ (public | school)", "public is the same in all rows of a school"),
    ("math ~ (homework:public | school)", "Make a product a column of its own"),
    ("math ~ homework - (1 | school)", "A bar stands inside parentheses"),
]


@pytest.mark.parametrize(("formula", "said"), WRONG)
def test_wrong_formulas_are_explained_and_change_nothing(formula, said):
    """Does a formula that cannot be read get a sentence that says why, and stay out?"""
    w = ModelTranslator(question=False)
    with pytest.raises(traitlets.TraitError, match=re.escape(said)):
        w.formula = formula
    assert w.formula == CASES[0][1]


GOOD = pd.DataFrame(
    {"y": [1.0, 3, 2, 4, 5, 1], "x": [0, 1, 0, 2, 1, 1], "u": [5, 5, 7, 7, 6, 6], "g": list("aabbcc")}
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": [1.0, math.nan, 2, 4, 5, 1]}, "The column y must hold finite numbers, but it does not in 1 of 6 rows."),
        ({"x": [0, 1, 0, 2, math.inf, 1]}, "The column x must hold finite numbers"),
        ({"x": list("abcabc")}, "The column x must hold finite numbers, but it does not in 6 of 6 rows."),
        ({"x": [1.0] * 6}, "x must vary, but it is 1.0 in every row."),
        ({"g": list("aaaaaa")}, "There must be at least two groups, but g has one."),
        ({"g": [*"aabbc", None]}, "Each row must name its group in g, but 1 of 6 rows do not."),
    ],
)  # fmt: skip
def test_from_data_says_what_is_wrong(change, said):
    """Do a NaN, an infinite value, texts, a constant, one group and a missing group get a sentence that names them?"""
    with pytest.raises(ValueError, match=re.escape(said)):
        ModelTranslator.from_data(GOOD.assign(**change), "y", ["x", "u"], ["g"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("y", ["x"], ["school"]), "There is no column 'school'. The columns are: y, x, u, g."),
        (("y", ["x", "y"], ["g"]), "y is named as both"),
        (("y", ["x"], []), "There must be 1 to 3 grouping factors, but there are 0."),
        (("y", ["x"], ["g"], "y ~ x + (u | g)"), "There is no predictor u here"),
    ],
)
def test_from_data_knows_its_columns(arguments, said):
    """Do unknown columns, columns of two kinds and formulas about others get a sentence?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        ModelTranslator.from_data(GOOD, *arguments)
    with pytest.raises(ValueError, match="Rename it"):
        ModelTranslator.from_data(GOOD.rename(columns={"x": "hours a day"}), "y", ["hours a day"], ["g"])


def test_levels_are_seen_in_the_data():
    """Is a predictor known as one of groups where it is constant in them, and can it not have slopes there?"""
    w = ModelTranslator.from_data(GOOD, "y", ["x", "u"], ["g"], question=False)
    assert w.known["predictors"] == {"x": [], "u": ["g"]}
    assert w.levels[1] == "β_0j = γ_00 + γ_01 u_j + u_0j"
    assert ["varying", "g", ["u"]] not in w.parts
    empty = GOOD.assign(g=pd.Categorical(GOOD.g, categories=list("abcd")))
    assert ModelTranslator.from_data(empty, "y", ["x", "u"], ["g"], question=False).known == w.known


def test_five_thousand_groups_make_a_small_page():
    """Are 5,000 groups read, nine rows of them shown, in a page below 200 kB?"""
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {"y": rng.normal(size=15_000), "x": rng.normal(size=15_000), "g": np.repeat(np.arange(5000), 3)}
    )
    w = ModelTranslator.from_data(data, "y", ["x"], ["g"], question=False)
    assert w.covariance.shape == (9, 9)
    assert len(w._repr_mimebundle_()[0]["text/html"]) < 200_000


@pytest.mark.parametrize("values", [{"school 1": -1.0}, {"school 1": math.nan}, {"school 1": math.inf}, {"sigma": 0.0},
                                    {"school 1 homework": 1.5}])  # fmt: skip
def test_impossible_values_are_refused(values):
    """Do SDs below 0, no numbers and correlations beyond 1 get a sentence; is an SD of 0 said to be one?"""
    w = ModelTranslator("math ~ homework + (homework | school)", question=False)
    with pytest.raises(traitlets.TraitError, match=r"An SD must be >= 0 and finite"):
        w.values = values
    w.values = {"school homework": 0.0}
    assert "With τ_1 = 0 nothing of this kind varies over school." in w.sentence


def test_reset_and_presets_begin_again():
    """Does Reset bring back the model and the numbers, and another preset its own start?"""
    w = ModelTranslator("math ~ public + (1 | school)", question=False)
    w.formula, w.values, w.row = "math ~ (homework | school)", {"sigma": 3.0}, 4
    assert w.before == "math ~ 1 + public + (1 | school)"
    assert "The model before, math ~ 1 + public + (1 | school), has 4." in w.sentence
    w.reset()
    assert (w.formula, w.values, w.row, w.before) == (
        "math ~ 1 + public + (1 | school)",
        {},
        0,
        "math ~ 1 + (1 + homework | school)",
    )
    w.preset = "sleep"
    assert w.before == ""
    assert w.formula == SETS["sleep"]["start"]
    with pytest.raises(traitlets.TraitError, match="preset must be one of pupils, sleep, words, classes"):
        w.preset = "titanic"


def test_labels_cannot_break_the_page():
    """Do group labels with markup stay text?"""
    odd = GOOD.assign(g=["</script><b>"] * 3 + ["x"] * 3)
    html = ModelTranslator.from_data(odd, "y", ["x"], ["g"], question=False)._repr_mimebundle_()[0][
        "text/html"
    ]
    assert html.count("</script>") == 1
    assert "<b>" not in html.partition("<script>")[0]


def test_both_modules_stay_small():
    """Are both modules below the limit?"""
    for name in ("model_translator.js", "model_translator_views.js"):
        assert len(joined(name).encode()) < LIMIT


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("model_translator*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(p.read_text(encoding="utf-8") for p in files if p.suffix == ".js")
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {f"part_{name}" for name in ("slope", "mean", "together")} | {
        k for k in MESSAGES if k.startswith(("word_", "bad_"))
    }
    built |= {f"key_{name}" for name in ("positive", "negative", "zero", "new")} | {
        k for k in MESSAGES if k.startswith("pane_")
    }
    assert [k for k in MESSAGES if k not in built and not re.search(rf'strings\.{k}\b|"{k}"', script)] == []
    refused = set(re.findall(r'refuse\("(\w+)"', script))
    python = (FOLDER / "model_translator_formula.py").read_text(encoding="utf-8")
    assert (
        refused
        == set(re.findall(r'Unreadable\("(\w+)"', python))
        == {k[4:] for k in MESSAGES if k.startswith("bad_")}
    )


def a_state(rng: np.random.Generator, number: int) -> ModelTranslator:
    """Draw a widget in some state: a preset or own data, a model reached by random ticks, values set by hand or not."""
    question = None if number % 10 == 0 else False
    name = list(SETS)[number % 4]
    if number % 7 == 6:
        data = columns("words", number).rename(columns={"rt": "zeit_ms", "condition": "größe"})
        w = ModelTranslator.from_data(
            data, "zeit_ms", ["größe", "length"], ["item", "subject"], question=question
        )
    else:
        w = ModelTranslator(SETS[name]["start"], name, question=question)
    for _tick in range(int(rng.integers(0, 7))):
        part = w.parts[int(rng.integers(len(w.parts)))]
        try:
            w.toggle(part)
        except traitlets.TraitError as error:
            assert "Nothing varies" in str(error) or "up to 3" in str(error)
    keys = [one.key for one in w.parameters if one.kind in ("sd", "cor", "sigma")]
    values = {}
    for key in keys:
        if rng.random() < 0.4:
            values[key] = (
                float(rng.uniform(-1, 1))
                if len(key.split(" ")) == 3
                else float(rng.choice([0.0, rng.uniform(0.1, 80)]))
            )
    w.values = {k: v for k, v in values.items() if k != "sigma" or v > 0}
    w.row, w.column = (int(i) for i in rng.integers(0, w.rows, 2))
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, odd formulas, and what the shipped modules answer for them."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(12)
    widgets = [a_state(rng, number) for number in range(STATES)]
    known = SETS["pupils"]["known"]
    pieces = [
        "math",
        " ~ ",
        "1",
        "0",
        " + ",
        " - ",
        "homework",
        "public",
        "*",
        ":",
        "(1 | school)",
        "(",
        ")",
        "|",
        "||",
        "school",
        "(homework | school)",
        "x9",
        "/",
    ]
    odd = [formula for formula, _said in WRONG]
    odd += ["math ~ " + "".join(rng.choice(pieces, int(rng.integers(1, 9)))) for _formula in range(400)]
    whole = [
        "1",
        "0",
        "homework",
        "public",
        "homework*public",
        "homework : public",
        "(1|school)",
        "(homework||school)",
        "(0 + homework | school)",
        "age",
    ]
    odd += ["math ~ " + " + ".join(rng.choice(whole, int(rng.integers(1, 6)))) for _formula in range(300)]
    folder = tmp_path_factory.mktemp("node")
    text = joined("model_translator.js") + "export { look, sentence, read, write };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    text = joined("model_translator_views.js") + "export { holds, toggle };\n"
    (folder / "second.mjs").write_text(text, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    asked = {"states": [w.traits_for_page() for w in widgets], "odd": [[formula, known] for formula in odd]}
    (folder / "asked.json").write_text(json.dumps(asked, allow_nan=False), encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, odd, json.loads(done.stdout)


def test_browser_translates_alike(both):
    """Are words, equations, distributions, code, counts, parameters and every tick the same texts on every state?"""
    widgets, _odd, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found["states"], strict=True):
        assert js["again"] == w.formula
        for name in ("words", "levels", "composite", "distributions"):
            assert js[name] == getattr(w, name)
        assert js["code"] == w.code
        assert tuple(js["counts"].values()) == w.model.counts
        assert js["keys"] == [one.key for one in w.parameters if one.factor or one.kind == "sigma"] or js[
            "keys"
        ][-len(js["value"]) :] == [one.key for one in w.parameters if one.factor or one.kind == "sigma"]
        assert js["toggled"] == [write(toggle(w.model, part), w.known["y"]) for part in w.parts]
        for part, held in zip(w.parts, js["held"], strict=True):
            if part[0] != "together":
                assert held == (toggle(w.model, part).counts[3] < w.model.counts[3])


def test_browser_computes_the_same_covariance(both):
    """Are Z, its names, V, all SDs and correlations and the chosen pair's sum the same to 1e-9 on every state?"""
    widgets, _odd, found = both
    for w, js in zip(widgets, found["states"], strict=True):
        names, Z = w.design
        tops, groups = zip(*js["names"], strict=True)
        assert list(groups) == [name.rpartition(" | ")[2] for name in names]
        assert sum(map(bool, tops)) == w.model.counts[1]
        assert np.max(np.abs(np.array(js["Z"]).T - Z)) < 1e-9
        scale = np.abs(w.covariance).max()
        assert np.array(js["covariance"]) == pytest.approx(w.covariance, rel=1e-9, abs=1e-9 * scale)
        assert js["ties"] == pytest.approx(w.covariance[w.row, w.column], rel=1e-9, abs=1e-9 * scale)
        assert js["value"] == pytest.approx({key: w.value(key) for key in js["value"]}, rel=1e-12)


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python?"""
    widgets, _odd, found = both
    for w, js in zip(widgets, found["states"], strict=True):
        assert js["said"] == w.sentence


def test_browser_reads_and_refuses_alike(both):
    """Over 700 formulas put together at random: does the browser read or refuse each as Python does, with the same reason?"""
    _widgets, odd, found = both
    known, read_at_all = SETS["pupils"]["known"], 0
    for formula, js in zip(odd, found["odd"], strict=True):
        try:
            mine: object = write(read(formula, known), "math")
            read_at_all += 1
        except Unreadable as error:
            mine = [error.key, error.values]
        assert js == mine or (js[0] == "bad_many"), formula
    assert 60 < read_at_all < 500


def test_states_cover_the_corners(both):
    """Do the states compared include SDs of 0, three factors' worth of crossing, independence, missing intercepts and closed gates?"""
    widgets, _odd, _found = both
    assert sum(any(w.value(one.key) == 0 for one in w.parameters if one.kind == "sd") for w in widgets) >= 40
    assert sum(len(w.model.varying) > 1 for w in widgets) >= 60
    assert sum("||" in w.formula for w in widgets) >= 15
    assert sum(w.model.counts[2] >= 2 for w in widgets) >= 3
    assert sum(bool(w.before) for w in widgets) >= 100
    assert sum(not w.committed for w in widgets) >= 15

"""The widget of hospitals without a browser: its fits, the harm of one mean and its repair, its gate, its page, its twin."""

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

from hlm_teach import partial_pooling
from hlm_teach.datasets import load
from hlm_teach.widgets import Hospitals, PoolingExplorer
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.hospitals_data import simulate
from hlm_teach.widgets.hospitals_fit import shrunk
from hlm_teach.widgets.hospitals_mix import STANDARDS, case_mix, in_truth
from hlm_teach.widgets.hospitals_words import MESSAGES, TARGETS
from hlm_teach.widgets.module import FOLDER, joined

STATES = 204
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
import views from "./views.mjs";
const { casemix } = views.second;
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
console.log(JSON.stringify(asked.states.map((traits) => {
  const w = widget.look((name) => (name === "sets" ? { [traits.preset]: asked.sets[traits.set] } : traits[name]), casemix);
  const short = (fit) => Object.fromEntries(["intercept", "slope", "tau2"].map((k) => [k, fit[k]]).concat(
    ["weight", "target", "estimate", "se", "places"].map((k) => [k, fit[k].filter((_, j) => j % 7 === 0)])));
  const mix = w.mixed && { rates: w.rates, places: w.places, times: w.times, observed: w.observed(w.selected),
    wide: [3, 5, 7].map(w.timesAt) };
  return { mix, v: w.v, y: w.y, quarter: w.quarter, small: widget.TARGETS.map((name) => w.fits[name].small),
    fits: Object.fromEntries(widget.TARGETS.map((name) => [name, short(w.fits[name])])), said: widget.sentence(w, traits.strings),
    scores: w.simulated ? widget.scores(w, traits.target, traits.measure) : null,
    question: w.simulated ? widget.ask(w.seed, w.effect, w.spread, traits.strings) : null };
})));
"""


@pytest.mark.parametrize("name", ["mean", "line"])
def test_estimates_are_partial_pooling(name):
    """Given τ̂ and the target, are estimates and their errors those of `partial_pooling`; and is the line weighted least squares?"""
    w = Hospitals(seed=3, question=False)
    fit, se, x = w.fits[name], 36 / np.sqrt(w.v), np.log(w.v)
    y = np.array(w.y)
    known = partial_pooling(y - fit.target, se, math.sqrt(fit.tau2), mu=0)
    assert fit.estimate == pytest.approx(known.estimate + fit.target, rel=1e-10)
    X = np.column_stack([np.ones(len(y)), x])[:, : 1 + (name == "line")]
    weights = 1 / (fit.tau2 + se**2)
    cov = np.linalg.inv(X.T * weights @ X)
    assert [fit.intercept, fit.slope][: X.shape[1]] == pytest.approx(cov @ (X.T * weights @ y), rel=1e-9)
    noise = np.einsum("jk,kl,jl->j", X, cov, X)
    assert fit.se**2 == pytest.approx(fit.weight * se**2 + (1 - fit.weight) ** 2 * noise, rel=1e-9)


def test_tau_is_that_of_the_pooling_explorer():
    """With one mean as target, is τ̂ the REML estimate of the pooling explorer for the same rates?"""
    w = Hospitals(question=False)
    known = PoolingExplorer(w.y, w.v, 36.0, question=False)
    assert math.sqrt(w.fits["mean"].tau2) == pytest.approx(known.tau_reml, rel=1e-8)


def test_no_other_tau_is_better():
    """Over 60 random sets, at the boundary or inside: is no τ² better than the one found?"""
    rng = np.random.default_rng(4)
    zeros = 0
    for _time in range(60):
        J, line = int(rng.integers(4, 15)), bool(rng.random() < 0.5)
        se, x = rng.uniform(0.2, 3, J), rng.normal(size=J)
        y = rng.normal(size=J) * rng.choice([0.3, 1, 4]) + x
        fit = shrunk(y, se, x, line)
        zeros += fit.tau2 == 0
        X = np.column_stack([np.ones(J), x])[:, : 1 + line]
        heights = []
        for tau2 in np.concatenate([[fit.tau2, 0.0], np.logspace(-5, 4, 300)]):
            a = 1 / (tau2 + se**2)
            A = X.T * a @ X
            left = y - X @ np.linalg.solve(A, X.T * a @ y)
            heights.append(a @ left**2 - np.log(a).sum() + np.linalg.slogdet(A)[1])
        assert heights[0] <= min(heights) + 1e-8
    assert zeros >= 5


def test_a_better_target_repairs_what_one_mean_hides():
    """Over ten draws, in the smallest quarter: raw rates have the largest RMSE, one mean a bias near −3, the line none and the least RMSE?"""
    bias = {name: [] for name in TARGETS}
    rmse = {name: [] for name in TARGETS}
    for seed in range(10):
        w = Hospitals(seed=seed, question=False)
        for name in TARGETS:
            bias[name].append(w.scores(name, "bias")[0])
            rmse[name].append(w.scores(name, "rmse")[0])
    means = {name: np.mean(bias[name]) for name in TARGETS}
    assert abs(means["raw"]) < 1
    assert -3.5 < means["mean"] < -2
    assert abs(means["line"]) < 0.4
    assert all(r > m > s for r, m, s in zip(*(rmse[name] for name in TARGETS), strict=True))
    assert np.mean(rmse["raw"]) > 8


def test_without_an_effect_both_targets_tie():
    """Where the volume has no effect, do both targets err alike, and is no quarter biased?"""
    w = Hospitals(effect=0.0, question=False)
    assert w.scores("line", "rmse") == pytest.approx(w.scores("mean", "rmse"), abs=0.15)
    assert np.all(np.abs(w.scores("mean", "bias")) < 1)
    asked = Hospitals(effect=0.0)
    assert asked.question["answer"] == 4
    assert "Deaths do not depend on the volume." in asked.question["text"]


def test_scores_count_what_they_say():
    """Are wrong calls the hospitals that the rule and the truth call differently, by hand, for both rules?"""
    w = Hospitals(target="mean", question=False)
    bad = set(np.argsort(-w.truth)[:40])
    for rule in ("rank", "two"):
        w.rule = rule
        fit = w.fit
        mine = (
            set(np.argsort(-fit.estimate)[:40])
            if rule == "rank"
            else {j for j in range(400) if fit.estimate[j] - w.fits["mean"].intercept > 2 * fit.se[j]}
        )
        assert w.scores("mean", "wrong")[4] == len(mine ^ bad)
        assert w.scores("mean", "wrong")[:4].sum() == len(mine ^ bad)
    best = np.argsort(w.fits["raw"].estimate)[:20]
    assert w.excess("raw") == pytest.approx(10 * (w.truth[best].mean() - np.sort(w.truth)[:20].mean()))
    assert w.excess("raw") > 2 * w.excess("line") > 0


def test_heart_transplants_are_the_data_set():
    """Are the 94 ratios those of the data set, with 277 expected deaths, and do small hospitals take the ends of the raw list?"""
    w = Hospitals("heart_transplants", question=False)
    data = load("heart_transplants")
    assert sum(w.v) == pytest.approx(277)
    assert np.array(w.v) * w.y == pytest.approx(data["deaths"].to_numpy(), abs=1e-9)
    assert w.small_at_ends("raw") == 8
    assert sum(p == 1 for p in w.places("raw")) == int((data["deaths"] == 0).sum())
    asked = Hospitals("heart_transplants")
    asked.commit("C", 80)
    assert asked.was_right


def test_question_and_new_draw():
    """Is the answer where the bias is largest; does New draw ask about another case and hide the truth again?"""
    w = Hospitals()
    assert w.sentence == "The picture opens when you have committed to an answer."
    w.commit("A", 60)
    assert w.was_right
    w.reveal, w.target = True, "line"
    w.redraw()
    assert (w.effect, w.reveal, w.target, w.committed, w.choice) == (0.0, False, "raw", False, -1)
    w.commit("E", 80)
    assert w.was_right
    free = Hospitals(effect=2.0, question=False)
    free.redraw()
    assert (free.seed, free.effect, free.committed) == (2, 2.0, True)
    with pytest.raises(ValueError, match="nothing to draw again"):
        Hospitals("heart_transplants").redraw()


def test_reset_and_preset():
    """Does Reset bring back the start, and a preset select its first hospital?"""
    w = Hospitals(question=False)
    w.effect, w.target, w.selected, w.rule = 3.0, "line", 399, "two"
    w.reset()
    assert (w.effect, w.target, w.selected, w.rule) == (1.2, "raw", 0, "rank")
    w.selected = 300
    w.preset = "heart_transplants"
    assert w.selected == 0
    w.selected = 10_000
    assert w.selected == 93


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"effect": math.nan}, "effect must be 0 to 3, but effect = nan."),
        ({"effect": math.inf}, "effect must be 0 to 3, but effect = inf."),
        ({"spread": 0.0}, "spread must be 0.2 to 1.6, but spread = 0.0."),
        ({"target": "zero"}, "target must be one of raw, mean, line, but it is 'zero'."),
        ({"rule": "luck"}, "rule must be one of rank, two, but it is 'luck'."),
        ({"mix": 1.1}, "mix must be 0 to 1, but mix = 1.1."),
        ({"mix": -0.1}, "mix must be 0 to 1, but mix = -0.1."),
        ({"mix": math.nan}, "mix must be 0 to 1, but mix = nan."),
        ({"standard": "best"}, "standard must be one of raw, indirect, direct, but it is 'best'."),
        ({"preset": "titanic"}, "preset must be one of simulated, heart_transplants, but it is 'titanic'."),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        Hospitals(**arguments)


@pytest.mark.parametrize("standard", STANDARDS)
def test_without_a_case_mix_all_rates_are_the_same(standard):
    """With one mix everywhere: is every rate, error, list and bit of the raw state what it is without standardisation?"""
    w = Hospitals(effect=2.0, standard=standard, seed=5, question=False)
    plain = simulate(5, 2.0, 1.3)
    assert np.array_equal(w.y, plain["y"])
    assert np.array_equal(w.fits["raw"].se, 36 / np.sqrt(w.v))
    for name in TARGETS:
        assert np.array_equal(
            w.fits[name].estimate, Hospitals(effect=2.0, seed=5, question=False).fits[name].estimate
        )
    assert ("the same" in w.sentence) == (standard != "raw")


def test_standardised_rates_are_those_of_patients():
    """Of the means of mild and severe cases drawn 4,000 times: are mean and SD of all three rates those of the closed form?"""
    rng = np.random.default_rng(8)
    volumes, truth, mix, times = [200, 2000, 400], np.array([14.0, 21.0, 16.5]), 0.7, 4000
    x = np.log(volumes)
    share = 1 / (1 + np.exp(-mix * (x - x.mean())))
    normal = np.zeros(3)
    closed = case_mix({"v": volumes, "y": truth, "truth": truth, "w": normal}, mix)
    assert closed.share == pytest.approx(share)
    mild, severe = ((6.0, (1 - share)), (26.0 + 2 * (truth - 16), share))
    one, two = (
        level + 36 * rng.normal(size=(times, 3)) / np.sqrt(volumes * part) for level, part in (mild, severe)
    )
    crude = (1 - share) * one + share * two
    rate = {
        "raw": crude,
        "indirect": 16 * crude / (6 * (1 - share) + 26 * share),
        "direct": (one + two) / 2,
    }
    for name in STANDARDS:
        assert np.abs((rate[name].mean(0) - closed.rate[name]) / closed.se[name]).max() < 4 / np.sqrt(times)
        assert rate[name].std(0) == pytest.approx(closed.se[name], rel=0.05)


def test_class_rates_observed_make_all_three_rates():
    """Weighted by own shares, divided by what is expected, or half and half: do the observed class rates give the rates listed?"""
    w = Hospitals(mix=0.9, seed=11, question=False)
    found = w.patients
    own = (1 - found.share) * found.mild + found.share * found.severe
    assert found.rate["raw"] == pytest.approx(own)
    expected = 6 * (1 - found.share) + 26 * found.share
    assert found.expected == pytest.approx(expected)
    assert found.rate["indirect"] == pytest.approx(16 * own / expected)
    assert found.rate["direct"] == pytest.approx((found.mild + found.severe) / 2)
    errors = np.concatenate(
        [(Hospitals(mix=0.9, seed=s, question=False).patients.rate["direct"] - Hospitals(seed=s, question=False).truth)
         for s in range(12)]
    )  # fmt: skip
    ses = np.concatenate(
        [Hospitals(mix=0.9, seed=s, question=False).patients.se["direct"] for s in range(12)]
    )
    assert np.mean((errors / ses) ** 2) == pytest.approx(1, abs=0.06)


def test_raw_rates_mislead_and_standardised_ones_do_not():
    """Over ten draws: do raw rates call the largest hospitals worse, both standardised ones better, and only direct ones without bias?"""
    places, bias = ({name: [] for name in STANDARDS} for _kind in range(2))
    for seed in range(10):
        for name in STANDARDS:
            w = Hospitals(mix=0.8, standard=name, seed=seed, question=False)
            places[name].append(w.mean_place(name, 3))
            bias[name].append(w.scores("raw", "bias")[3])
    assert np.mean(places["raw"]) > 230
    assert max(np.mean(places["indirect"]), np.mean(places["direct"])) < 190
    assert np.mean(bias["raw"]) > 3
    assert abs(np.mean(bias["direct"])) < 0.3


def test_indirect_rates_cannot_compare_two_hospitals():
    """Where severe cases die at 36 per 100: two indirect rates for two mixes by hand, one direct rate, and both in the sentence?"""
    w = Hospitals(mix=1.0, standard="indirect", question=False)
    shares = [w.patients.share[w.quarter == q].mean() for q in (0, 3)]
    by_hand = [16 * (6 * (1 - s) + 36 * s) / (6 * (1 - s) + 26 * s) for s in shares]
    assert [in_truth("indirect", s, 36) for s in shares] == pytest.approx(by_hand)
    assert by_hand[1] - by_hand[0] > 2
    assert {in_truth("direct", s, 36) for s in shares} == {21.0}
    assert f"an indirect rate of {by_hand[0]:.1f}, the one with that of the largest {by_hand[1]:.1f}, and a direct rate of 21.0 both" in w.sentence  # fmt: skip
    # where effects are alike in both classes (all rates 1.25 times the common ones), they could
    alike = [16 * (7.5 * (1 - s) + 32.5 * s) / (6 * (1 - s) + 26 * s) for s in shares]
    assert alike == pytest.approx([20, 20])


def test_funnel_has_the_width_of_the_rates():
    """Is the funnel at each hospital's volume two of its standard errors wide, for all three rates and for counts?"""
    for w in (
        *(Hospitals(mix=0.7, standard=name, question=False) for name in STANDARDS),
        Hospitals("heart_transplants"),
    ):
        assert w.se_at(np.log(w.v)) == pytest.approx(w.fits["raw"].se)
        assert "nan" not in w.picture()


def test_case_mix_is_of_the_simulated_only():
    """With real hospitals: do mix and rates change nothing, is asking for their patients refused, and do both come back by Reset?"""
    w = Hospitals("heart_transplants", question=False)
    before = w.sentence
    w.mix, w.standard = 0.8, "direct"
    assert w.sentence == before
    with pytest.raises(ValueError, match="nobody has counted their severe cases"):
        w.patients  # noqa: B018
    w.reset()
    assert (w.mix, w.standard) == (0.0, "raw")


def test_question_knows_the_case_mix():
    """Does the question tell of the mix and answer by it, and has the next draw one mix for all again?"""
    w = Hospitals(mix=0.8)
    assert "the log odds that a patient is a severe case grow by 0.8" in w.question["text"]
    bias = w.scores("mean", "bias")[:4]
    assert w.question["answer"] == int(np.argmax(np.abs(bias))) == 3
    w.commit("D", 80)
    w.redraw()
    assert (w.mix, w.standard) == (0.0, "raw")
    free = Hospitals(mix=0.8, standard="direct", question=False)
    free.redraw()
    assert (free.mix, free.standard) == (0.8, "direct")


GOOD = pd.DataFrame({"died": [1.0, 9, 0, 30], "cases": [20.0, 90, 8, 400], "name": list("abcd")})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"died": [1.0, math.nan, 0, 30]},
            "Every died must be a finite number, >= 0, but it is nan for 'b'.",
        ),
        ({"died": [1.0, 9, -1, 30]}, "Every died must be a finite number, >= 0, but it is -1.0 for 'c'."),
        ({"cases": [20.0, 90, 0, 400]}, "Every cases must be a finite number, > 0, but it is 0.0 for 'c'."),
        (
            {"cases": [20.0, 90, 8, math.inf]},
            "Every cases must be a finite number, > 0, but it is inf for 'd'.",
        ),
        ({"name": list("abca")}, "Every hospital needs a row of its own, but 'a' stands in two."),
        ({"died": [0.0] * 4}, "There must be a death somewhere, but died is 0 in all rows."),
        ({"cases": [5.0] * 4}, "cases must differ between hospitals, but it is 5.0 in all."),
    ],
)
def test_from_data_says_what_is_wrong(change, said):
    """Do a NaN, a negative count, an empty or infinite hospital, one twice, and constants get a sentence that names them?"""
    with pytest.raises(ValueError, match=re.escape(said)):
        Hospitals.from_data(GOOD.assign(**change), "died", "cases", "name")


def test_one_hospital_is_no_list():
    """Is one hospital refused with the number needed?"""
    with pytest.raises(ValueError, match="four hospitals or more, but there are 1"):
        Hospitals.from_data(GOOD.head(1), "died", "cases", "name")


def test_equal_rates_are_a_boundary_fit():
    """Where all rates are as expected: τ̂ = 0, one shared place, and nothing that is no number?"""
    data = pd.DataFrame({"d": [1, 2, 3, 4, 5], "e": [1, 2, 3, 4, 5], "h": list("abcde")})
    w = Hospitals.from_data(data, "d", "e", "h", target="mean", question=False)
    assert w.fit.tau2 == 0
    assert "a boundary fit" in w.sentence
    assert set(w.places("mean")) == {1}
    assert "nan" not in (w.picture() + w.sentence)


def test_many_hospitals_are_drawn():
    """Are 5,000 hospitals fitted, drawn in part, and held in a page below two megabytes?"""
    rng = np.random.default_rng(1)
    cases = rng.lognormal(3, 1, 5000).round() + 1
    data = pd.DataFrame({"d": rng.poisson(0.1 * cases), "e": cases, "h": [f"h{j}" for j in range(5000)]})
    w = Hospitals.from_data(data, "d", "e", "h", target="mean", question=False)
    assert len(w.fit.estimate) == 5000
    assert len(w._repr_mimebundle_()[0]["text/html"]) < 2_000_000
    assert w.picture().count("<circle") == 401


def test_odd_names_cannot_leave_the_script():
    """Does a hospital called like a tag end no script?"""
    odd = Hospitals.from_data(GOOD.replace({"name": {"a": "</script><b>"}}), "died", "cases", "name")
    assert odd._repr_mimebundle_()[0]["text/html"].count("</script>") == 1


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("hospitals*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(
        p.read_text(encoding="utf-8") for p in files if p.suffix in (".js", ".py") and "words" not in p.name
    )
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {
        f"{a}_{b}"
        for a in ("to", "key", "dial", "rule", "measure", "quarter", "option", "count", "formulas", "ask", "because",
                  "standard", "mix", "says", "state", "raw")
        for b in (*TARGETS, *STANDARDS, "own", "estimate", "funnel", "target", "truth", "effect", "spread", "mix", "rank", "two",
                  "bias", "rmse", "wrong", "0", "1", "2", "3", "4", "counts")
    }  # fmt: skip
    assert [k for k in MESSAGES if k not in built and not re.search(rf'strings\.{k}\b|"{k}"', script)] == []


def a_state(rng: np.random.Generator, number: int) -> Hospitals:
    """Draw a widget in some state: simulated, heart transplants or own counts; all lists, rules and measures."""
    more = {"target": TARGETS[number % 3], "rule": ["rank", "two"][number % 2], "reveal": bool(rng.random() < 0.6),
            "measure": ["bias", "rmse", "wrong"][number % 5 % 3], "question": None if number % 10 == 0 else False}  # fmt: skip
    if number % 6 == 4:
        w = Hospitals("heart_transplants", **more)
    elif number % 6 == 5:
        J = int(rng.integers(4, 80))
        cases = rng.lognormal(3, 1, J)
        truth = 0.2 * np.exp(rng.choice([0, 0.5]) * rng.normal(size=J))
        data = pd.DataFrame({"d": rng.poisson(truth * cases), "e": cases, "h": [f"h{j}" for j in range(J)]})
        w = Hospitals.from_data(data, "d", "e", "h", **more)
    else:
        w = Hospitals(effect=float(rng.choice([0.0, 1.2, rng.uniform(0, 3)])), spread=float(rng.uniform(0.2, 1.6)),
                      mix=float(rng.choice([0.0, 0.5, 1.0, rng.uniform(0, 1)])), standard=STANDARDS[number // 3 % 3],
                      seed=int(rng.integers(0, 2**32)), **more)  # fmt: skip
    w.selected = int(rng.integers(len(w.v)))
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(12)
    widgets = [a_state(rng, number) for number in range(STATES)]
    states, sets = [], []
    for w in widgets:
        traits = w.traits_for_page()
        sets.append(traits.pop("sets").get(w.preset))
        states.append(traits | {"set": len(sets) - 1})
    folder = tmp_path_factory.mktemp("node")
    text = joined("hospitals.js") + "export { look, sentence, ask, scores, TARGETS };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    (folder / "views.mjs").write_text(joined("hospitals_views.js"), encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    (folder / "asked.json").write_text(
        json.dumps({"states": states, "sets": sets}, allow_nan=False), encoding="utf-8"
    )
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, json.loads(done.stdout)


def test_browser_finds_the_same_fits(both):
    """Are draws, τ², lines, λ, estimates, errors, places and the scoreboard the same to 1e-9 on every state?"""
    widgets, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found, strict=True):
        scale = float(np.ptp(w.y)) or 1.0
        assert js["v"] == pytest.approx(w.v)
        assert js["y"] == pytest.approx(w.y, rel=1e-9, abs=1e-9)
        assert js["quarter"] == w.quarter.tolist()
        assert js["small"] == [w.small_at_ends(name) for name in TARGETS]
        for name in TARGETS:
            mine, theirs = w.fits[name], js["fits"][name]
            if name != "raw":
                assert (theirs["tau2"] == 0) == (mine.tau2 == 0)
                assert theirs["tau2"] == pytest.approx(mine.tau2, rel=1e-8, abs=1e-10 * scale**2)
            for part in ("intercept", "slope"):
                assert theirs[part] == pytest.approx(getattr(mine, part), rel=1e-9, abs=1e-9 * scale)
            for part in ("weight", "target", "estimate", "se"):
                assert theirs[part] == pytest.approx(getattr(mine, part)[::7], rel=1e-9, abs=1e-9 * scale)
            assert theirs["places"] == w.places(name)[::7].tolist()
        assert bool(js["mix"]) == w.mixed
        if w.mixed:
            of, found_mix, j = w.patients, js["mix"], w.selected
            for k, name in enumerate(STANDARDS):
                assert found_mix["rates"][name] == pytest.approx(of.rate[name], rel=1e-9, abs=1e-9)
                assert np.mean(np.array(found_mix["places"][k])[w.quarter == 3]) == w.mean_place(name, 3)
            se = 36 / np.sqrt(w.v)
            assert np.array(found_mix["times"]) * se == pytest.approx(of.se[w.standard], rel=1e-9)
            assert list(found_mix["observed"].values()) == pytest.approx(
                [of.mild[j], of.severe[j]], rel=1e-9, abs=1e-9
            )
            at = np.array([3.0, 5, 7])
            assert np.array(found_mix["wide"]) * 36 / np.exp(at / 2) == pytest.approx(w.se_at(at), rel=1e-9)
        if w.simulated:
            assert js["scores"] == pytest.approx(w.scores(w.target, w.measure), rel=1e-9, abs=1e-9)


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python, and ask the same question of a draw?"""
    widgets, found = both
    for w, js in zip(widgets, found, strict=True):
        assert js["said"] == w.sentence
        if w.question and w.simulated and w.mix == 0:
            assert js["question"] == w.question


def test_states_cover_boundaries_and_data(both):
    """Do the states compared include boundary fits, real data, revealed truths and closed gates?"""
    widgets, _found = both
    assert sum(w.fits["mean"].tau2 == 0 or w.fits["line"].tau2 == 0 for w in widgets) >= 5
    assert sum(not w.simulated for w in widgets) >= 60
    assert sum(w.simulated and w.reveal for w in widgets) >= 60
    assert sum(not w.committed for w in widgets) >= 10
    for name in STANDARDS:
        assert sum(w.simulated and w.standard == name and w.mix > 0 for w in widgets) >= 20
        assert sum(w.simulated and w.standard == name and w.mix == 0 for w in widgets) >= 5

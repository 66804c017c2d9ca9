"""The REML–ML widget without a browser: its numbers against rows, lme4 and theory, its gate, its page, its twin under Node."""

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

from hlm_teach import lmm, prob_tau_zero
from hlm_teach.widgets import RemlMl
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.module import FOLDER, joined
from hlm_teach.widgets.reml_ml_draws import exact, histogram, waves
from hlm_teach.widgets.reml_ml_profile import CHI_95, Profile
from hlm_teach.widgets.reml_ml_words import MESSAGES

STATES = 240
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
import { histogram } from "./second.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
const one = (w, name) => ({ tau: w[name].tau, lowest: w[name].lowest, ends: w[name].ends, exact: w.exact[name],
  sets: w.sets[name], curve: [0, 0.3, 1, 2.5].map((k) => w[name].at(k * w.sigma)),
  bins: histogram(w.sets[name], 2 * w.tau ** 2 + w.sigma ** 2) });
console.log(JSON.stringify({
  states: asked.states.map((traits) => {
    const w = widget.look((name) => (name === "sets" ? asked.sets[traits.set] : traits[name]));
    return { means: w.means, reml: one(w, "reml"), ml: one(w, "ml"), trap: w.trap, said: widget.sentence(w, traits.strings) };
  }),
  tails: asked.tails.map(([d, e, x]) => widget.fBelow(d, e, x)),
}));
"""


def rows_of(w: RemlMl) -> pd.DataFrame:
    """Return rows that have the widget's group means, sum of squares within, and predictors."""
    spread = np.tile([-1.0, 1.0], w.n)[: w.n]
    spread = spread - spread.mean()
    own = np.sqrt(w.reml.W / (w.J * np.sum(spread**2))) * spread
    data = pd.DataFrame(
        {"g": np.repeat(np.arange(w.J), w.n), "y": (w.means.to_numpy()[:, None] + own).ravel()}
    )
    for k in range(1, w.p):
        data[f"x{k}"] = waves(w.J)[data["g"], k] * (w.times if k == w.p - 1 else 1)
    return data


def test_dyestuff_is_what_lme4_prints():
    """Are τ̂, the criteria and ML's profile interval those of lme4 1.1-31: 42.0006, 37.2603, 319.6543, 327.3271, 12.199 to 84.063?"""
    w = RemlMl("dyestuff", question=False)
    assert (w.reml.tau, w.ml.tau) == (pytest.approx(42.0006, abs=5e-5), pytest.approx(37.2603, abs=5e-5))
    assert (w.reml.lowest, w.ml.lowest) == (
        pytest.approx(319.6543, abs=5e-5),
        pytest.approx(327.3271, abs=5e-5),
    )
    assert w.ml.interval == (pytest.approx(12.19854, abs=5e-3), pytest.approx(84.06305, abs=5e-3))
    assert "τ̂ = 42.00 by REML" in w.sentence
    assert "37.26 by ML" in w.sentence


@pytest.mark.parametrize(
    ("J", "n", "p", "times"), [(6, 5, 1, 1), (9, 4, 3, 10), (20, 2, 5, 1), (4, 10, 2, 10)]
)
def test_both_fits_agree_with_lmm_on_rows(J, n, p, times):
    """Do S and W alone give the τ̂ and the criterion that `lmm` gives on all rows, predictors multiplied or not?"""
    w = RemlMl(J=J, n=n, p=p, tau=1.3, times=times, question=False)
    data = rows_of(w)
    formula = "y ~ " + " + ".join(["1", *(f"x{k}" for k in range(1, p))]) + " + (1 | g)"
    for method, mine in (("REML", w.reml), ("ML", w.ml)):
        fit = lmm(formula, data, method=method)
        assert mine.tau == pytest.approx(fit.varcorr["g"].sd.iloc[0], rel=1e-5)
        assert mine.lowest == pytest.approx(fit.criterion, abs=1e-6)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_lowest_point_of_the_curve_is_the_fit(method):
    """Over 200 random cases: is no other point of the curve lower than τ̂, and is the interval where it crosses 3.84?"""
    rng = np.random.default_rng(4)
    for _case in range(200):
        J = int(rng.integers(3, 12))
        fit = Profile(J, int(rng.integers(2, 6)), int(rng.integers(1, min(J, 4))), float(rng.gamma(1) * 10 ** rng.uniform(-3, 4)),
                      float(rng.gamma(2) * J), method)  # fmt: skip
        low, high = fit.interval
        others = [
            fit.at(tau)
            for tau in np.concatenate([np.linspace(0, 2 * high, 60), fit.tau * np.linspace(0.9, 1.1, 21)])
        ]
        assert fit.lowest <= min(others) + 1e-9
        assert low <= fit.tau <= high
        assert fit.at(high) == pytest.approx(fit.lowest + CHI_95, abs=1e-6)
        assert low == 0 or fit.at(low) == pytest.approx(fit.lowest + CHI_95, abs=1e-6)


def test_curve_takes_the_best_sigma():
    """At any τ, is no other σ better than the one taken, also where the curve over σ has two valleys?"""
    rng = np.random.default_rng(5)
    two = 0
    for _case in range(100):
        S, W, tau = 10 ** rng.uniform(0, 4), 10 ** rng.uniform(-1, 1), 10 ** rng.uniform(-1, 1.5)
        fit = Profile(3, 2, 1, S, W, "ML")
        sigma2 = np.geomspace(1e-3 * W, 1e3 * (W + S), 4000)
        unit = sigma2 + 2 * tau**2
        heights = 3 * np.log(sigma2) + W / sigma2 + 3 * np.log(unit) + S / unit + 6 * math.log(2 * math.pi)
        two += int(np.sum((heights[1:-1] < heights[:-2]) & (heights[1:-1] < heights[2:]))) > 1
        assert heights.min() - 1e-2 <= fit.at(tau) <= heights.min() + 1e-9
    assert two >= 3


@pytest.mark.parametrize(
    ("J", "n", "p", "tau"),
    [(4, 10, 1, 1.0), (6, 5, 1, 1 / 3), (12, 3, 5, 0.4), (8, 2, 7, 1.0), (50, 30, 8, 0.1)],
)
def test_500_sets_agree_with_the_exact_figures(J, n, p, tau):
    """Over 8 seeds (4,000 sets): do the mean of τ̂² and the share of zeros agree with the distribution of F within 4 standard errors?"""
    for method in ("reml", "ml"):
        drawn = np.concatenate(
            [getattr(RemlMl(J=J, n=n, p=p, tau=tau, seed=s, question=False).draws, method) for s in range(8)]
        )
        found = exact(J, n, p, tau, 1.0, method.upper())
        assert abs(drawn.mean() - found.mean) < 4 * drawn.std() / math.sqrt(len(drawn))
        error = math.sqrt(found.zero * (1 - found.zero) / len(drawn))
        assert abs((drawn == 0).mean() - found.zero) < 4 * error + 1e-3


def test_zero_is_as_likely_as_prob_tau_zero_says():
    """With one fixed effect: is the chance of τ̂ = 0 that of `prob_tau_zero`, .331 and .561 for 6 groups of 5?"""
    for icc, known in ((0.1, 0.331), (0.0, 0.561)):
        tau = math.sqrt(icc / (1 - icc))
        for method in ("REML", "ML"):
            assert exact(6, 5, 1, tau, 1.0, method).zero == pytest.approx(
                prob_tau_zero(6, 5, icc, method), abs=1e-12
            )
        assert exact(6, 5, 1, tau, 1.0, "REML").zero == pytest.approx(known, abs=5e-4)


@pytest.mark.parametrize(("J", "p"), [(4, 1), (10, 3)])
def test_ml_keeps_the_share_one_minus_p_over_j(J, p):
    """Far from 0, is ML's mean (1 − p/J)·(τ² + σ²/n) − σ²/n, and REML's τ²?"""
    n, tau = 30, 50.0
    assert exact(J, n, p, tau, 1.0, "REML").mean == pytest.approx(tau**2, rel=1e-4)
    assert exact(J, n, p, tau, 1.0, "ML").mean == pytest.approx(
        (1 - p / J) * (tau**2 + 1 / n) - 1 / n, rel=1e-4
    )


def test_data_set_below_is_the_first_of_the_500():
    """Are the two fits below those of the first data set above, until a mean is changed?"""
    w = RemlMl(J=7, n=4, p=2, seed=5, question=False)
    assert w.reml.tau**2 == pytest.approx(w.draws.reml[0], abs=1e-12)
    assert w.ml.tau**2 == pytest.approx(w.draws.ml[0], abs=1e-12)
    before = w.draws.reml.copy()
    w.set_group("7", 9.0)
    assert w.means["7"] == 9.0
    assert w.reml.tau**2 > w.draws.reml[0]
    assert np.array_equal(before, w.draws.reml)
    w.redraw()
    assert (w.seed, w.edits) == (6, {})


def test_trap_moves_reml_by_2_log_10_and_ml_not_at_all():
    """Does multiplying the predictor by 10 change REML's criterion by 2·log 10 = 4.605 and ML's deviance by nothing?"""
    w = RemlMl(J=12, p=3, question=False)
    before, kept = w.trap, w.ml.lowest
    w.rescale()
    assert w.trap["reml"] - before["reml"] == pytest.approx(2 * math.log(10))
    assert w.ml.lowest == kept
    assert w.reml.tau == RemlMl(J=12, p=3, question=False).reml.tau
    assert "nothing is different but its unit" in w.sentence
    one = RemlMl(question=False)
    one.rescale()
    assert (one.p, one.times) == (2, 10)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [({}, "A"), ({"J": 50, "n": 30}, "C"), ({"tau": 0.0}, "D"), ({"J": 10, "n": 2, "tau": 0.5}, "B")],
)
def test_question_is_answered_by_the_exact_means(arguments, answer):
    """Is the right option what the exact means say, and are the picture and its numbers closed until the bet?"""
    w = RemlMl(**arguments)
    assert w.sentence == "The picture opens when you have committed to an answer."
    near = [abs(w.exact(m).mean - w.tau**2) <= 0.05 * w.tau**2 for m in ("REML", "ML")]
    assert "ABCD"[[[True, False], [False, True], [True, True], [False, False]].index(near)] == answer
    w.commit(answer, 60)
    assert w.was_right is True
    assert "profile interval" in w.sentence


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"J": 2}, "J must be 3 to 50, but J = 2"),
        ({"J": 5000}, "J must be 3 to 50, but J = 5000"),
        ({"n": 1}, "n must be 2 to 1000, but n = 1"),
        ({"p": 0}, "p must be 1 to 8, but p = 0"),
        ({"J": 5, "p": 5}, "p must be smaller than J, but p = 5 and J = 5"),
        ({"tau": -1.0}, "tau must be a standard deviation >= 0 and finite, but tau = -1.0"),
        ({"tau": math.inf}, "but tau = inf"),
        ({"tau": math.nan}, "but tau = nan"),
        ({"sigma": 0.0}, "sigma must be a standard deviation > 0 and finite"),
        ({"times": 7}, "times must be 1 or 10"),
        ({"preset": "titanic"}, "preset must be one of simulated, dyestuff"),
        ({"preset": "dyestuff", "J": 7}, "J, n and p are those of the data"),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        RemlMl(**arguments)


GOOD = pd.DataFrame({"y": [1.0, 3, 4, 6, 9, 10], "g": list("aabbcc")})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": [1.0, 2, math.nan, 4, 2, 4]}, "must be complete and finite, but they are not in 1 of 6 rows"),
        ({"y": [1.0, 2, math.inf, 4, 2, 4]}, "must be complete and finite, but they are not in 1 of 6 rows"),
        ({"y": list("abcdef")}, "must be complete and finite"),
        ({"g": list("aaaaaa")}, "at least two groups, but all 6 rows are in group 'a'"),
        ({"g": list("aaabbb")}, "takes 3 to 50 groups, but g has 2"),
        ({"g": list("abcdef")}, "needs a group with two rows"),
        ({"g": list("aaabcc")}, "'a' has 3 and 'b' has 1. Use lmm"),
        ({"y": [1.0, 1, 5, 5, 4, 4]}, "y must vary within the groups of g"),
    ],
)
def test_from_data_says_what_is_wrong(change, said):
    """Do a NaN, an infinite value, one group, single rows, unequal sizes and constants get a sentence that names them?"""
    with pytest.raises(ValueError, match=re.escape(said)):
        RemlMl.from_data(GOOD.assign(**change), "y", "g")


def test_from_data_refuses_5000_groups():
    """Are 5,000 groups refused with a sentence?"""
    data = pd.DataFrame(
        {"y": np.random.default_rng(1).normal(size=10_000), "g": np.repeat(np.arange(5000), 2)}
    )
    with pytest.raises(ValueError, match="takes 3 to 50 groups, but g has 5000"):
        RemlMl.from_data(data, "y", "g")


@pytest.mark.parametrize(
    ("group", "mean", "said"),
    [
        ("9", 1.0, "an index from 0 to 3"),
        (0, math.nan, "but it is nan for 1"),
        (0, math.inf, "but it is inf for 1"),
    ],
)
def test_set_group_says_what_is_wrong(group, mean, said):
    """Does an unknown group, or a mean that is no number, get a sentence?"""
    w = RemlMl(question=False)
    with pytest.raises(ValueError, match=re.escape(said)):
        w.set_group(group, mean)


def test_alike_means_are_a_boundary_fit():
    """With all means alike: is τ̂ = 0 said, and drawn?"""
    w = RemlMl(question=False)
    for j in range(4):
        w.set_group(j, 0.5)
    assert (w.reml.tau, w.ml.tau) == (0, 0)
    assert "a boundary fit" in w.sentence
    assert "nan" not in w.picture()


def test_preset_reset_and_labels():
    """Does a preset bring its numbers, does Reset undo, and do labels and names stay text in the page?"""
    w = RemlMl(question=False)
    w.preset = "dyestuff"
    assert (w.J, w.n, w.tau) == (6, 5, pytest.approx(42.0006, abs=1e-4))
    w.set_group("A", 1600.0)
    w.tau = 10.0
    w.reset()
    assert (w.edits, w.tau) == ({}, pytest.approx(42.0006, abs=1e-4))
    odd = RemlMl.from_data(
        GOOD.replace({"g": {"a": "</script><b>"}}).rename(columns={"y": "<i>"}), "<i>", "g", question=False
    )
    html = odd._repr_mimebundle_()[0]["text/html"]
    assert html.count("</script>") == 1
    assert "<b>" not in html.split("<script>")[0]


@pytest.mark.parametrize("preset", ["simulated", "dyestuff"])
def test_picture_holds_both_histograms(preset):
    """Are there twenty bars or more, and does the caption tell the profile interval though the gate is closed?"""
    w = RemlMl(preset)
    assert "profile interval" in w.caption
    assert w.picture().count("<rect") >= 20


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("reml_ml*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(
        p.read_text(encoding="utf-8") for p in files if p.suffix in (".js", ".py") and "words" not in p.name
    )
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {f"dial_{k}" for k in ("J", "n", "p", "tau")} | {
        "trap_1",
        "trap_10",
        "row_reml",
        "row_ml",
        "key_reml",
        "key_ml",
    }
    assert [k for k in MESSAGES if k not in built and not re.search(rf'strings\.{k}\b|"{k}"', script)] == []


def a_state(rng: np.random.Generator, number: int) -> RemlMl:
    """Draw a widget in some state: simulated, dyestuff or own data; edited or not; any dials."""
    question = None if number % 10 == 0 else False
    kind, seed = number % 6, int(rng.integers(0, 2**32)) if number % 12 else 2**32 - 1
    if kind == 4:
        w = RemlMl("dyestuff", tau=float(rng.uniform(0, 100)), seed=seed % 7, question=question)
    elif kind == 5:
        J, n, scale = int(rng.integers(3, 30)), int(rng.integers(2, 12)), 10.0 ** rng.integers(-3, 4)
        g = np.repeat(np.arange(J), n)
        y = scale * (
            rng.normal() * 10 + rng.normal(size=J)[g] * rng.choice([0.0, 2.0]) + rng.normal(size=J * n)
        )
        w = RemlMl.from_data(pd.DataFrame({"y": y, "g": g}), "y", "g", seed=seed % 7, question=question)
    else:
        J = int(rng.integers(3, 51))
        w = RemlMl(J=J, n=int(rng.integers(2, 31)), p=int(rng.integers(1, min(9, J))), seed=seed % 5,
                   tau=float(rng.choice([0.0, rng.uniform(0, 3)])), times=int(rng.choice([1, 10])), question=question)  # fmt: skip
    if rng.random() < 0.4:
        w.set_group(int(rng.integers(w.J)), float(w.means.mean() + w.sigma * rng.normal() * 3))
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(33)
    widgets = [a_state(rng, number) for number in range(STATES)]
    states, sets = [], []
    for w in widgets:
        traits = w.traits_for_page()
        sets.append({w.preset: traits.pop("sets")[w.preset]})
        states.append(traits | {"set": len(sets) - 1})
    tails = [
        [d, e, x] for d in (1, 2, 7, 49) for e in (3, 40, 1450) for x in (1e-6, 0.01, 0.3, 1.0, 2.7, 50.0)
    ]
    folder = tmp_path_factory.mktemp("node")
    text = joined("reml_ml.js") + "export { look, sentence, fBelow };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    (folder / "second.mjs").write_text(
        joined("reml_ml_views.js") + "export { histogram };\n", encoding="utf-8"
    )
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    asked = {"states": states, "sets": sets, "tails": tails}
    (folder / "asked.json").write_text(json.dumps(asked, allow_nan=False), encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, tails, json.loads(done.stdout)


def test_browser_draws_the_same_data_sets(both):
    """Are all 500 estimates, their histograms and the group means the same to 1e-9 on every state?"""
    widgets, _tails, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found["states"], strict=True):
        assert js["means"] == pytest.approx(w.means.tolist(), rel=1e-9, abs=1e-9 * w.sigma)
        for name in ("reml", "ml"):
            mine = getattr(w.draws, name)
            scale = w.sigma**2 + w.tau**2
            assert np.max(np.abs(np.asarray(js[name]["sets"]) - mine)) <= 1e-9 * scale
            assert js[name]["bins"] == list(histogram(mine, 2 * w.tau**2 + w.sigma**2))


def test_browser_finds_the_same_fits(both):
    """Are both fits, their curves, intervals, the exact figures and the trap the same to 1e-9 on every state?"""
    widgets, _tails, found = both
    for w, js in zip(widgets, found["states"], strict=True):
        for name in ("reml", "ml"):
            mine, theirs, known = getattr(w, name), js[name], w.exact(name.upper())
            assert theirs["tau"] == pytest.approx(mine.tau, rel=1e-9, abs=1e-9 * w.sigma)
            assert theirs["lowest"] == pytest.approx(mine.lowest, rel=1e-9)
            assert theirs["ends"] == pytest.approx(mine.interval, rel=1e-7, abs=1e-9 * w.sigma)
            assert theirs["curve"] == pytest.approx(
                [mine.at(k * w.sigma) for k in (0, 0.3, 1, 2.5)], rel=1e-9
            )
            assert theirs["exact"]["zero"] == pytest.approx(known.zero, abs=1e-9)
            assert theirs["exact"]["mean"] == pytest.approx(known.mean, rel=1e-9, abs=1e-9 * w.sigma**2)
        assert (js["trap"] is None) == (w.trap == {})
        if w.trap:
            assert {k: js["trap"][k] for k in w.trap} == pytest.approx(w.trap, abs=1e-7)


def test_distribution_of_f_agrees_with_scipy(both):
    """Is P(F ≤ x) right to 1e-10 from 1 to 49 and 3 to 1,450 degrees of freedom?"""
    from scipy.special import fdtr

    _widgets, tails, found = both
    assert np.max(np.abs(np.asarray(found["tails"]) - [fdtr(*tail) for tail in tails])) < 1e-10


def test_states_cover_boundaries_edits_and_the_trap(both):
    """Do the states compared include boundary fits, τ = 0, edits, the trap, real data and closed gates?"""
    widgets, _tails, _found = both
    assert sum(w.reml.tau == 0 for w in widgets) >= 15
    assert sum(w.tau == 0 for w in widgets) >= 40
    assert sum(bool(w.edits) for w in widgets) >= 60
    assert sum(w.times == 10 and w.p > 1 for w in widgets) >= 40
    assert sum(not w.simulated for w in widgets) >= 60
    assert sum(not w.committed for w in widgets) >= 10


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python?"""
    widgets, _tails, found = both
    for w, js in zip(widgets, found["states"], strict=True):
        assert js["said"] == w.sentence

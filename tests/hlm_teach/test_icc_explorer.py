"""The ICC explorer without a browser: its numbers against simulation, its game, its gate, its page, its twin under Node."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess

import numpy as np
import pytest
import traitlets

from hlm_teach.variance import anova_components
from hlm_teach.widgets import IccExplorer
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.icc_numbers import numbers, pair_correlation, points, sample, target
from hlm_teach.widgets.icc_words import MESSAGES, ask
from hlm_teach.widgets.module import FOLDER, joined

STATES = 300
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
console.log(JSON.stringify({
  states: asked.states.map((traits) => {
    const w = widget.look((name) => traits[name]);
    return { ...w, strings: undefined, said: widget.sentence(w, traits.strings), asked: widget.ask(w, traits.strings) };
  }),
  games: asked.games.map(([seed, round, guess]) => [widget.target(seed, round), widget.points(guess, widget.target(seed, round))]),
}));
"""


@pytest.fixture
def explorer():
    return IccExplorer(question=False)


@pytest.mark.parametrize(
    ("icc", "J", "n"), [(0.0, 16, 10), (0.2, 5, 2), (0.2, 20, 10), (0.9, 200, 100), (0.35, 2, 16)]
)
def test_pair_correlation_is_the_icc(icc, J, n):
    """Do all pairs of two rows of one group of the picture correlate by the ICC, exactly?"""
    rows = sample(icc, J, n, seed=5)
    assert rows.shape == (min(J, 16), min(n, 16))
    assert pair_correlation(rows) == pytest.approx(icc, abs=1e-12)
    assert (rows.mean(), np.mean(rows**2)) == (pytest.approx(0, abs=1e-12), pytest.approx(1))


def test_pairs_of_random_groups_correlate_by_the_icc():
    """Monte Carlo: with u and e drawn freely, is the correlation of two rows of one group τ²/(τ² + σ²)?"""
    rng = np.random.default_rng(4)
    rows = math.sqrt(0.3) * rng.normal(size=(200_000, 1)) + math.sqrt(0.7) * rng.normal(size=(200_000, 2))
    assert np.corrcoef(rows.T)[0, 1] == pytest.approx(0.3, abs=0.01)


def test_icc_of_the_analysis_of_variance_is_near():
    """Is the ANOVA estimate from a large picture near the ICC of the dial?"""
    rows = sample(0.4, 16, 16, seed=1)
    found = anova_components(rows.ravel(), np.repeat(np.arange(16), 16))
    assert found.tau**2 / (found.tau**2 + found.sigma**2) == pytest.approx(0.4, abs=0.05)


@pytest.mark.parametrize(
    ("n", "icc", "deff", "rate"), [(20, 0.05, 1.95, 0.160), (20, 0.1, 2.90, 0.250), (30, 0.2, 6.80, 0.452)]
)
def test_gauge_shows_the_published_rates(n, icc, deff, rate):
    """Are design effect and type-I error those of the closed form in three known cases?"""
    found = numbers(icc, 50, n, level=2)
    assert found.design_effect == pytest.approx(deff, abs=5e-3)
    assert found.type_one == pytest.approx(rate, abs=5e-4)


def rejected(icc: float, J: int, n: int, level: int, times: int) -> float:
    """Return how often least squares that ignores the groups rejects a true null hypothesis."""
    rng = np.random.default_rng(7)
    x = np.repeat(np.arange(J) % 2 - 0.5, n) if level == 2 else np.tile(np.linspace(-1, 1, n), J)
    x = x - x.mean()
    count = 0
    for _time in range(times):
        y = np.repeat(math.sqrt(icc) * rng.normal(size=J), n) + math.sqrt(1 - icc) * rng.normal(size=J * n)
        y = y - y.mean()
        slope = x @ y / (x @ x)
        se = math.sqrt(np.sum((y - slope * x) ** 2) / (J * n - 2) / (x @ x))
        count += abs(slope / se) > 1.959964
    return count / times


@pytest.mark.parametrize(("icc", "n", "level"), [(0.1, 20, 2), (0.2, 30, 2), (0.0, 10, 2), (0.3, 10, 1)])
def test_gauge_is_what_simulation_finds(icc, n, level):
    """Monte Carlo, 4,000 samples of 100 groups: does the naive test reject as often as the gauge says?"""
    expected = numbers(icc, 100, n, level).type_one
    found = rejected(icc, 100, n, level, 4000)
    assert found == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 4000))


def test_reliability_is_the_correlation_of_mean_and_truth():
    """Monte Carlo: is n·ICC/(1 + (n − 1)·ICC) the squared correlation of a group's mean with its true value?"""
    rng = np.random.default_rng(9)
    truth = math.sqrt(0.2) * rng.normal(size=100_000)
    means = truth + math.sqrt(0.8 / 10) * rng.normal(size=100_000)
    assert np.corrcoef(truth, means)[0, 1] ** 2 == pytest.approx(
        numbers(0.2, 5, 10, 2).reliability, abs=0.005
    )


def test_ends_of_the_dial(explorer):
    """At ICC 0: is nothing lost and the test honest? At 0.9: are the rows worth little more than their groups?"""
    explorer.icc = 0.0
    found = explorer.numbers
    assert (found.reliability, found.design_effect, found.effective_n) == (0, 1, 200)
    assert found.type_one == pytest.approx(0.05)
    explorer.icc = 0.9
    assert explorer.J < explorer.numbers.effective_n < explorer.J / 0.9
    explorer.level = 1
    assert explorer.numbers.type_one < 1e-9


def test_doubling_n_leaves_the_icc_and_raises_the_reliability():
    """Is the answer to the question what the numbers do, and is it judged?"""
    w = IccExplorer()
    assert w.sentence == "The picture opens when you have committed to an answer."
    assert "Groups of 10 with ICC 0.20. You double n to 20." in w.question["text"]
    w.commit("B", 95)
    assert w.was_right is True
    before = w.numbers.reliability
    w.n = 20
    assert w.icc == 0.2
    assert w.numbers.reliability > before
    for value in (before, w.numbers.reliability):
        assert f"{value:.3f}" in w.question["because"]


def test_new_draw_asks_again():
    """Does a new draw ask about J (both stay), the next about n again, and nothing where nothing was asked?"""
    w = IccExplorer(0.3, J=12, n=5)
    w.commit("A", 35)
    w.redraw()
    assert (w.committed, w.choice, w.confidence) == (False, -1, 0)
    assert "12 groups of 5 with ICC 0.30. You double J to 24." in w.question["text"]
    w.commit("D", 80)
    assert w.was_right is True
    w.redraw()
    assert "You double n to 10." in w.question["text"]
    assert IccExplorer(0.0).question["answer"] == 3
    free = IccExplorer(question=False)
    free.redraw()
    assert (free.seed, free.committed, free.question) == (3, True, {})


def test_game_keeps_the_score(explorer):
    """Does a round hide its ICC until the commitment, then say it, and does the score add up over rounds?"""
    with pytest.raises(ValueError, match="no open round"):
        explorer.check()
    explorer.play()
    truth = target(explorer.seed, 1)
    assert explorer.sentence.startswith("Round 1: which ICC")
    explorer.icc = truth
    assert explorer.check() == 100
    assert f"it is {truth:.2f}: 100 points. Your score is 100 of 100." in explorer.sentence
    with pytest.raises(ValueError, match="no open round"):
        explorer.check()
    explorer.play()
    explorer.icc = abs(target(explorer.seed, 2) - 0.10)
    assert (explorer.round, explorer.check(), explorer.score) == (2, 70, 170)
    explorer.playing = False
    assert explorer.sentence.startswith("ICC = ")
    explorer.reset()
    assert (explorer.icc, explorer.round, explorer.score, explorer.guess) == (0.2, 1, 0, -1)


def test_rounds_differ():
    """Do 91 rounds ask for 91 ICCs, from 0 to 0.9?"""
    found = {target(2, k) for k in range(91)}
    assert (len(found), min(found), max(found)) == (91, 0, 0.9)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"icc": -0.1}, "icc must be 0 to 0.9, but icc = -0.1"),
        ({"icc": math.nan}, "icc must be 0 to 0.9, but icc = nan"),
        ({"icc": math.inf}, "icc must be 0 to 0.9, but icc = inf"),
        ({"J": 1}, "J must be 2 to 200, but J = 1"),
        ({"J": 5000}, "J must be 2 to 200, but J = 5000"),
        ({"n": 1}, "n must be 2 to 100, but n = 1"),
        ({"level": 3}, "level must be 1 or 2, but level = 3"),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises(traitlets.TraitError, match=re.escape(said)):
        IccExplorer(**arguments)


@pytest.mark.parametrize(
    "arguments", [{}, {"icc": 0.9, "J": 2, "n": 2}, {"icc": 0.0, "J": 200, "n": 100, "level": 1}]
)
def test_picture_holds_every_pupil_drawn(arguments):
    """Are there two circles for each pupil drawn: one in the strips, one in the pairs?"""
    w = IccExplorer(**arguments)
    assert w.picture().count("<circle") == 2 * math.prod(w.drawn)


def test_module_is_small():
    """Is the whole module, shared parts included, below 15 KiB?"""
    assert len(joined("icc_explorer.js").encode()) < 15 * 1024


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("icc_*.js"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(p.read_text(encoding="utf-8") for p in files)
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= set(MESSAGES | GATE_MESSAGES) | {"space", "pause"}
    built = {f"dial_{k}" for k in ("icc", "J", "n")} | {f"bar_{k}" for k in ("icc", "effective", "type_one")}
    built |= {f"{a}_{k}" for a in ("formulas", "level") for k in (1, 2)} | {f"option_{k}" for k in range(4)}
    built |= {f"{a}_{k}" for a in ("ask", "because") for k in ("n", "J")}
    assert [
        k for k in MESSAGES if k not in built and f"strings.{k}" not in script and f'"{k}"' not in script
    ] == []


def a_state(rng: np.random.Generator, number: int) -> IccExplorer:
    """Draw a widget in some state: any dials, in the game or not, its gate open or closed."""
    w = IccExplorer(
        [0.0, 0.9, *np.round(rng.uniform(0, 0.9, 4), 2), float(rng.uniform(0, 0.9))][number % 7],
        J=int(rng.integers(2, 201)),
        n=int(rng.integers(2, 101)),
        level=int(rng.integers(1, 3)),
        seed=int(rng.integers(0, 10_000)),
        question=None if number % 10 == 0 else False,
    )
    if number % 4 == 0:
        w.playing, w.round, w.score = True, int(rng.integers(1, 50)), int(rng.integers(0, 900))
        w.guess = -1.0 if number % 8 else round(float(rng.uniform(0, 0.9)), 2)
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(22)
    widgets = [a_state(rng, number) for number in range(STATES)]
    games = [[s, k, g / 100] for s in (0, 2, 9999) for k in (1, 2, 50) for g in range(91)]
    folder = tmp_path_factory.mktemp("node")
    asked = {"states": [w.traits_for_page() for w in widgets], "games": games}
    module = joined("icc_explorer.js") + "export { ask, look, points, sentence, target };\n"
    (folder / "widget.mjs").write_text(module, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    (folder / "asked.json").write_text(json.dumps(asked, allow_nan=False), encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return widgets, games, json.loads(done.stdout)


def test_browser_finds_the_same_numbers(both):
    """Are reliability, design effect, effective n, type-I error and every row drawn the same to 1e-9, on every state?"""
    widgets, _games, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found["states"], strict=True):
        mine = w.numbers
        assert js["reliability"] == pytest.approx(mine.reliability, rel=1e-9, abs=1e-12)
        assert js["deff"] == pytest.approx(mine.design_effect, rel=1e-9)
        assert js["effective"] == pytest.approx(mine.effective_n, rel=1e-9)
        assert js["type_one"] == pytest.approx(mine.type_one, abs=1e-12)
        assert (js["groups"], js["rows"]) == w.drawn
        assert js["own"] == pytest.approx(list(w.rows.ravel()), abs=1e-9)


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state, the game and the closed gate included, in the very words of Python?"""
    widgets, _games, found = both
    assert sum(w.playing for w in widgets) >= 60
    assert sum(not w.committed for w in widgets) >= 20
    for w, js in zip(widgets, found["states"], strict=True):
        assert js["said"] == w.sentence
        assert js["asked"] == ask(w)


def test_game_is_the_same(both):
    """Are targets and points the same in the browser?"""
    _widgets, games, found = both
    for (seed, round_, guess), js in zip(games, found["games"], strict=True):
        assert js == [target(seed, round_), points(guess, target(seed, round_))]

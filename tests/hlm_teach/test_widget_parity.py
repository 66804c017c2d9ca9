"""The browser computes and says what Python computes and says: the shipped module, run under Node."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from hlm_teach.widgets import PoolingExplorer
from hlm_teach.widgets.module import joined
from hlm_teach.widgets.pooling_explorer import STEPS, tau_at
from hlm_teach.widgets.pooling_groups import simulate
from hlm_teach.widgets.sentences import fixed

STATES = 240
NAMES = "ask, look, sentence, simulate, tauAt, positionOf, errors, fixed"
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
const far = (key, value) => (value === Infinity ? "inf" : value);
const states = asked.states.map((traits) => {
  const w = widget.look((name) => traits[name]);
  return { ...w, labels: undefined, start: undefined, said: widget.sentence(w, traits.strings),
    errors: w.truth.length ? widget.errors(w) : null };
});
const positions = asked.taus.map(([tau, sigma]) => widget.positionOf(tau === "inf" ? Infinity : tau, sigma));
console.log(JSON.stringify({
  states, positions,
  taus: asked.places.map(([place, sigma]) => widget.tauAt(place, sigma)),
  drawn: asked.seeds.map(widget.simulate),
  questions: asked.draws.map((traits) => widget.ask(widget.look((name) => traits[name]), traits.strings)),
  texts: asked.numbers.map(([x, digits]) => widget.fixed(x === "inf" ? Infinity : x, digits)),
}, far));
"""


def a_state(rng: np.random.Generator, number: int) -> PoolingExplorer:
    """Draw a widget in some state: any number of groups, any units, τ from 0 to ∞."""
    J = int(rng.integers(2, 31))
    scale = 10.0 ** rng.integers(-3, 4)
    n = rng.integers(1, 201, J)
    sigma = float(scale * rng.uniform(0.2, 5))
    truth = rng.normal(rng.normal() * 5 * scale, scale * rng.choice([0.0, 0.1, 1.0, 3.0]), J)
    y = truth + sigma / np.sqrt(n) * rng.normal(size=J)
    w = PoolingExplorer(
        y,
        n,
        sigma,
        truth=truth if rng.random() < 0.5 else None,
        mode=str(rng.choice(["full", "path"])),
        units=str(rng.choice(["points", "", "log pCi/L"])),
        question=None if number % 10 == 0 else False,
    )
    w.tau = [0.0, math.inf, w.tau_reml, sigma * 10 ** rng.uniform(-3, 2), 1e-12, 1e12][number % 6]
    w.target = str(rng.choice(["mu", "all"]))
    w.selected = int(rng.integers(J))
    w.show_truth = bool(rng.random() < 0.5)
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(20)
    widgets = [a_state(rng, number) for number in range(STATES)]
    draws = [PoolingExplorer(seed=seed, mode=mode) for seed in range(80) for mode in ("full", "path")]
    asked = {
        "states": [w.traits_for_page() for w in widgets],
        "places": [[place, sigma] for sigma in (0.37, 10.0) for place in range(STEPS + 1)],
        "taus": [[tau, 10.0] for tau in (0, 1e-9, 0.1, 2.5, 99, 1e9, "inf")],
        "seeds": [0, 1, 83, 2**31, 2**32 - 1, *map(int, rng.integers(0, 2**32, 40))],
        "draws": [w.traits_for_page() for w in draws],
        "numbers": [
            *[
                [float(x), int(d)]
                for x, d in zip(rng.normal(0, 1e3, 400), rng.integers(0, 7, 400), strict=True)
            ],
            *[[x, d] for x in (0.5, 2.5, -0.5, 0.125, -0.004, 0.0, 1e15, "inf") for d in (0, 1, 2)],
        ],
    }
    folder: Path = tmp_path_factory.mktemp("node")
    module = joined("pooling_explorer.js") + f"export {{ {NAMES} }};\n"
    (folder / "widget.mjs").write_text(module, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    (folder / "asked.json").write_text(json.dumps(asked, allow_nan=False), encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return widgets, asked, json.loads(done.stdout)


def near(found, expected, scale: float) -> bool:
    return bool(np.all(np.abs(np.asarray(found) - np.asarray(expected)) <= 1e-9 * scale))


def test_closed_form_agrees_on_every_state(both):
    """Are λ, μ̂, ȳ_all, the estimates and the movements the same to 1e-9, from τ = 0 to τ = ∞?"""
    widgets, _asked, found = both
    for w, js in zip(widgets, found["states"], strict=True):
        fit = w.fit
        scale = np.max(np.abs(fit.y)) + w.sigma
        assert near(js["lambda"], 1 - fit.shrinkage_factor, 1)
        assert near(js["aim"], fit.mu, scale)
        assert near(js["grand"], w.grand_mean, scale)
        assert near(js["estimate"], fit.estimate, scale)
        assert near(js["movement"], fit.y - fit.estimate, scale)


def test_states_cover_the_ends_of_tau(both):
    """Do the states compared include both ends of τ, the boundary, and both targets?"""
    widgets, _asked, _found = both
    assert len(widgets) >= 200
    assert sum(w.tau == 0 for w in widgets) >= 30
    assert sum(math.isinf(w.tau) for w in widgets) >= 30
    assert sum(w.tau_reml == 0 for w in widgets) >= 20
    assert {w.target for w in widgets} == {"mu", "all"}


def test_reml_agrees_on_every_state(both):
    """Does the browser find the same REML estimate, also on the boundary?"""
    widgets, _asked, found = both
    for w, js in zip(widgets, found["states"], strict=True):
        assert (js["reml"] == 0) == (w.tau_reml == 0)
        assert js["reml"] == pytest.approx(w.tau_reml, rel=1e-9, abs=1e-9 * w.sigma)


def test_sentence_is_identical(both):
    """Does the browser say every state in the very words of Python?"""
    widgets, _asked, found = both
    for w, js in zip(widgets, found["states"], strict=True):
        assert js["said"] == w.sentence


def test_errors_against_the_truth_agree(both):
    """Are the mean squared errors the same?"""
    widgets, _asked, found = both
    compared = 0
    for w, js in zip(widgets, found["states"], strict=True):
        if w.truth:
            compared += 1
            assert js["errors"] == pytest.approx(w.errors, rel=1e-9)
    assert compared > 100


def test_slider_stands_for_the_same_tau(both):
    """Does a place of the slider mean the same τ, and does τ find its place again?"""
    _widgets, asked, found = both
    expected = [tau_at(place, sigma) for place, sigma in asked["places"]]
    assert [math.inf if t == "inf" else t for t in found["taus"]] == pytest.approx(expected, rel=1e-12)
    assert found["positions"] == sorted(found["positions"])
    assert (found["positions"][0], found["positions"][-1]) == (0, STEPS)


def test_draws_are_the_same(both):
    """Does a seed draw the same groups in the browser and in Python?"""
    _widgets, asked, found = both
    for seed, drawn in zip(asked["seeds"], found["drawn"], strict=True):
        assert drawn == simulate(seed)


def test_new_draws_are_asked_about_alike(both):
    """Over 160 draws: does the browser ask about new groups what Python asks, with the same answer and reason?"""
    _widgets, asked, found = both
    for traits, js in zip(asked["draws"], found["questions"], strict=True):
        assert js["question"] == traits["question"]
        assert (js["tagged"], js["selected"], js["committed"]) == (
            traits["tagged"],
            traits["selected"],
            False,
        )


def test_numbers_are_written_alike(both):
    """Is every number, ties and signed zeros included, the same text?"""
    _widgets, asked, found = both
    assert found["texts"] == [fixed(float(x), digits) for x, digits in asked["numbers"]]

"""The widget of priors on τ without a browser: its posteriors against print and quadrature, its gate, its page, its twin."""

from __future__ import annotations

import itertools
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
from scipy.integrate import quad

from hlm_teach import lmm
from hlm_teach.datasets import load
from hlm_teach.posterior import FAMILIES, likelihood, log_prior, posterior
from hlm_teach.widgets import TauPriors
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.module import FOLDER, LIMIT, joined
from hlm_teach.widgets.tau_priors_words import MESSAGES

STATES = 210
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
const far = (key, value) => (value === Infinity ? "inf" : value);
console.log(JSON.stringify(asked.map((traits) => {
  const w = widget.look((name) => traits[name]);
  return { estimate: w.y.map((_, j) => w.found.of(j)[0]), sd: w.y.map((_, j) => w.found.of(j)[1]), mean: w.found.mean, mu: w.found.mu, peak: w.peak,
    below: [0.01, 0.5, 3, 40].map((k) => w.found.below(k * w.data.small)), reach: w.reach, scale: w.scale,
    quantiles: [0.025, 0.5, 0.9].map(w.found.quantile), said: widget.sentence(w, traits.strings) };
}), far));
"""
SCALES = {
    "flat": 1.0,
    "uniform": 30.0,
    "half_normal": 10.0,
    "half_cauchy": 25.0,
    "inverse_gamma": 0.001,
    "gamma": 50.0,
}


def schools(J: int = 8) -> tuple[np.ndarray, np.ndarray]:
    data = load("eight_schools")[:J]
    return data["effect"].to_numpy(dtype=float), data["se"].to_numpy(dtype=float)


def test_eight_schools_are_those_of_print():
    """With flat priors: are E θ = 11.40 … 8.46 and E τ = 6.58, is the likelihood highest at 0, and with gamma(2, 0) the mode 7.29?"""
    w = TauPriors(J=8, question=False)
    assert w.posterior.estimate.round(2).tolist() == [11.40, 7.89, 6.13, 7.64, 5.13, 6.14, 10.67, 8.46]
    assert round(w.posterior.mean, 2) == 6.58
    assert w.peak == 0
    tau = np.linspace(0.01, 30, 30_000)
    height = likelihood(*schools(), tau)[0] + log_prior("gamma", 1e12, tau)
    assert tau[np.argmax(height)] == pytest.approx(7.29, abs=0.005)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("J", [3, 8])
def test_posterior_is_that_of_quadrature(family, J):
    """Are E θ, the SDs, P(τ < 1), the median and, where there is one, E τ those of adaptive quadrature over log τ?"""
    y, se = schools(J)
    scale = SCALES[family]
    found = posterior(y, se, family, scale)
    top = 30.0 if family == "uniform" else np.inf

    def height(u: float) -> float:
        tau = np.array([math.exp(u)])
        return math.exp(likelihood(y, se, tau)[0][0] + log_prior(family, scale, tau)[0] + u + 20)

    ends = [-24.0, -8.0, -3.0, 0.0, 1.0, 2.0, 3.0, min(4.0, math.log(top)), 6.0, 10.0, 25.0]
    ends = sorted({min(u, math.log(top)) if top < np.inf else u for u in ends})

    def integral(g, high: float = np.inf) -> float:
        cut = [min(u, high) for u in ends]
        return sum(
            quad(lambda u: g(u) * height(u), a, b, epsabs=0, epsrel=1e-10)[0]
            for a, b in itertools.pairwise(cut)
            if b > a
        )

    whole = integral(lambda u: 1.0)
    given = lambda u, j: _given(y, se, math.exp(u), j)  # noqa: E731
    for j in (0, J - 1):
        mean = integral(lambda u, j=j: given(u, j)[0]) / whole
        square = integral(lambda u, j=j: given(u, j)[1] + given(u, j)[0] ** 2) / whole
        assert found.estimate[j] == pytest.approx(mean, rel=1e-5)
        assert found.sd[j] == pytest.approx(math.sqrt(square - mean**2), rel=1e-5)
    assert found.below(1.0) == pytest.approx(integral(lambda u: 1.0, 0.0) / whole, abs=2e-4)
    assert integral(lambda u: 1.0, math.log(found.quantile(0.5))) / whole == pytest.approx(0.5, abs=5e-4)
    if (family, J) == ("flat", 3):
        assert found.mean == math.inf
    elif family != "half_cauchy" or J > 3:
        assert found.mean == pytest.approx(integral(math.exp) / whole, rel=1e-4)


def _given(y: np.ndarray, se: np.ndarray, tau: float, j: int) -> tuple[float, float]:
    """Return the mean and variance of θ_j given τ, from the joint normal distribution of μ and θ_j."""
    V = se**2 + tau**2
    var = 1 / np.sum(1 / V)
    mu = var * np.sum(y / V)
    B = se[j] ** 2 / V[j]
    return (1 - B) * y[j] + B * mu, se[j] ** 2 * (1 - B) + B**2 * var


def test_peak_is_the_reml_estimate():
    """Where the likelihood with μ integrated out is highest inside, is that REML's τ̂ of rows with these means and errors?"""
    rng = np.random.default_rng(2)
    y = rng.normal(0, 5, 7)
    rows = np.array([-1.0, 0, 1]) * math.sqrt(12)  # SD within √12·√(2/2): a standard error of 2 for each mean
    data = pd.DataFrame({"y": (y[:, None] + rows).ravel(), "g": np.repeat(np.arange(7), 3)})
    fit = lmm("y ~ 1 + (1 | g)", data)
    w = TauPriors(y, fit.sigma / math.sqrt(3), J=7, question=False)
    assert w.peak == pytest.approx(fit.varcorr["g"].sd.iloc[0], rel=1e-3)
    assert w.peak > 2


def test_complete_and_no_pooling_are_the_ends():
    """Does a prior of scale 0.001 put every estimate on μ̂ at τ = 0, and data inflated 1,000 times, with a flat prior, on themselves?"""
    y, se = schools()
    found = posterior(y, se, "half_normal", 1e-3)
    assert np.ptp(found.estimate) < 1e-5
    assert found.estimate[0] == pytest.approx(np.average(y, weights=1 / se**2), abs=1e-5)
    found = posterior(1000 * y, se, "flat", 1.0)
    assert found.estimate == pytest.approx(1000 * y, rel=1e-3)


def test_the_question_has_the_right_answer():
    """With three groups: does IG(0.001, 0.001) pull τ to 0, with the medians said, and is all closed until the bet?"""
    w = TauPriors()
    assert w.sentence == "The picture opens when you have committed to an answer."
    w.commit("A", 60)
    assert w.was_right is True
    assert "is 1.0, that of the flat prior 23.0" in w.question["because"]
    assert "posterior median of τ is 23.0" in w.sentence
    assert "does not exist" in w.sentence
    sure = TauPriors([100.0, 0, -100, 50, -50, 20], 0.1, J=6)
    assert sure.question["answer"] == 1


def test_reset_and_other_groups():
    """Does Reset bring back prior and groups, and does Other groups begin with the next one, round the end?"""
    w = TauPriors(family="gamma", scale=20.0, question=False)
    w.family, w.J, w.inflate, w.scales = "uniform", 5, 3.0, {"uniform": 7.0}
    w.first = 7
    assert w.labels == ["H", "A", "B", "C", "D"]
    w.redraw()
    assert w.labels[0] == "A"
    w.reset()
    assert (w.family, w.scale, w.J, w.inflate, w.first) == ("gamma", 20.0, 3, 1.0, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"y": [1.0, 2.0], "se": 1.0}, "At least 3 groups are needed here, but y has 2"),
        ({"y": [1.0, math.nan, 3.0], "se": 1.0}, "y must"),
        ({"y": [1.0, math.inf, 3.0], "se": 1.0}, "y must"),
        (
            {"y": [1.0, 2.0, 3.0], "se": [1.0, 0.0, 1.0]},
            "se must be finite and > 0, but se = 0.0 for group 2",
        ),
        ({"y": [1.0, 2.0, 3.0], "se": [1.0, math.inf, 1.0]}, "se must be finite and > 0"),
        ({"y": [1.0, 2.0, 3.0], "se": [1.0, 1.0]}, "one value per group"),
        ({"family": "cauchy"}, "family must be one of flat, uniform, half_normal"),
        (
            {"family": "uniform", "scale": 0.0},
            "The scale of a prior must be > 0 and finite, but scale = 0.0 for uniform.",
        ),
        ({"family": "gamma", "scale": math.nan}, "The scale of a prior must be > 0 and finite"),
        ({"family": "gamma", "scale": math.inf}, "The scale of a prior must be > 0 and finite"),
        ({"J": 2}, "J must be 3 to 8, but J = 2."),
        ({"J": 9}, "J must be 3 to 8, but J = 9."),
        ({"inflate": 0.5}, "inflate must be 1 to 5, but inflate = 0.5."),
        ({"inflate": math.nan}, "inflate must be 1 to 5, but inflate = nan."),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        TauPriors(**arguments)


def test_equal_estimates_are_drawn():
    """Where all estimates are the same, the extreme case of τ̂ = 0: is everything a number?"""
    for family in FAMILIES:
        w = TauPriors([5.0, 5.0, 5.0], 2.0, family=family, question=False)
        assert w.peak == 0
        assert w.posterior.estimate == pytest.approx([5.0] * 3)
        assert not re.search(r"\b(nan|inf)\b", w.picture() + w.sentence)


def test_many_groups_are_computed():
    """Are 5,000 groups computed, 40 of them drawn, in a page below 400 kB?"""
    rng = np.random.default_rng(1)
    w = TauPriors(2 * rng.normal(size=5000) + rng.normal(size=5000), 1.0, J=5000, question=False)
    assert w.posterior.mean == pytest.approx(2, abs=0.1)
    assert w.picture().count("<path") == 43
    assert len(w._repr_mimebundle_()[0]["text/html"]) < 400_000


def test_labels_cannot_break_the_page():
    """Do labels with markup stay text?"""
    w = TauPriors(pd.Series({"</script><b>": 1.0, "<i>": 2.0, "x": 3.0}), 1.0, question=False)
    html = w._repr_mimebundle_()[0]["text/html"]
    assert html.count("</script>") == 1
    assert "<b>" not in html.partition("<script>")[0]


def test_both_modules_stay_small():
    """Are both modules below the limit?"""
    for name in ("tau_priors.js", "tau_priors_views.js"):
        assert len(joined(name).encode()) < LIMIT


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("tau_priors*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(p.read_text(encoding="utf-8") for p in files if p.suffix == ".js")
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {f"{part}_{family}" for part in ("prior", "family") for family in FAMILIES} | {"ask", "because"}
    built |= {f"option_{i}" for i in range(3)}
    built |= {f"key_{name}" for name in ("likelihood", "prior", "posterior", "weight", "own", "estimate")}
    assert [k for k in MESSAGES if k not in built and not re.search(rf'strings\.{k}\b|"{k}"', script)] == []


def a_state(rng: np.random.Generator, number: int) -> TauPriors:
    """Draw a widget in some state: the schools or own data in any units, any family and scale, any groups."""
    family = FAMILIES[number % 6]
    question = None if number % 10 == 0 else False
    if number % 3 == 2:
        n, unit = int(rng.integers(3, 40)), 10.0 ** rng.integers(-4, 5)
        y = unit * (rng.normal(size=n) * rng.choice([0, 1, 10]) + rng.normal(size=n) + rng.choice([0, 50]))
        w = TauPriors(
            y, unit * rng.uniform(0.3, 3, n), J=int(rng.integers(3, n + 1)), family=family, question=question
        )
    else:
        w = TauPriors(J=int(rng.integers(3, 9)), family=family, question=question)
        w.inflate = float(rng.choice([1.0, round(rng.uniform(1, 5), 1)]))
    w.first = int(rng.integers(len(w.data["y"])))
    w.selected = int(rng.integers(w.J))
    if rng.random() < 0.7:
        w.scales = {family: float(f"{w.scale * 10 ** rng.uniform(-1, 1.5):.3g}")}
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(11)
    widgets = [a_state(rng, number) for number in range(STATES)]
    folder = tmp_path_factory.mktemp("node")
    text = joined("tau_priors.js") + "export { look, sentence };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    asked = json.dumps([w.traits_for_page() for w in widgets], allow_nan=False)
    (folder / "asked.json").write_text(asked, encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, json.loads(done.stdout)


def test_browser_finds_the_same_posterior(both):
    """Are estimates, SDs, E τ, E μ, the peak, shares and quantiles the same to 1e-9 on every state?"""
    widgets, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found, strict=True):
        mine, size = w.posterior, float(np.abs(w.y).max() + w.se.max())
        assert js["estimate"] == pytest.approx(mine.estimate.tolist(), rel=1e-9, abs=1e-9 * size)
        assert js["sd"] == pytest.approx(mine.sd.tolist(), rel=1e-9)
        assert js["mu"] == pytest.approx(w.mu, rel=1e-9, abs=1e-9 * size)
        assert js["mean"] == ("inf" if mine.mean == math.inf else pytest.approx(mine.mean, rel=1e-9))
        assert js["below"] == pytest.approx([mine.below(k * w.small) for k in (0.01, 0.5, 3, 40)], abs=1e-9)
        assert js["quantiles"] == pytest.approx(
            [mine.quantile(share) for share in (0.025, 0.5, 0.9)], rel=1e-9
        )
        assert (js["peak"] == 0) == (w.peak == 0)
        assert js["peak"] == pytest.approx(w.peak, rel=1e-6)


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python?"""
    widgets, found = both
    for w, js in zip(widgets, found, strict=True):
        assert js["said"] == w.sentence


def test_states_cover_the_corners(both):
    """Do the states compared include every family, three groups, peaks at 0 and inside, inflated data and closed gates?"""
    widgets, _found = both
    assert {w.family for w in widgets} == set(FAMILIES)
    assert sum(w.J == 3 for w in widgets) >= 15
    assert 40 <= sum(w.peak == 0 for w in widgets) <= 180
    assert sum(w.posterior.mean == math.inf for w in widgets) >= 2
    assert sum(w.inflate > 1 for w in widgets) >= 30
    assert sum(not w.committed for w in widgets) >= 10

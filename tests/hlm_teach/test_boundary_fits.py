"""The widget of boundary fits without a browser: its fits against `lmm`, its chances against draws, its gate, its page, its twin."""

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
from hlm_teach.datasets import load
from hlm_teach.widgets import BoundaryFits
from hlm_teach.widgets.boundary_fits_numbers import chance, needed
from hlm_teach.widgets.boundary_fits_words import MESSAGES, REMEDIES
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.module import FOLDER, joined

STATES = 210
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
console.log(JSON.stringify(asked.map((traits) => {
  const w = widget.look((name) => traits[name]);
  const { fit, prior } = w;
  return { raw: w.raw.slice(0, 40), share: w.share, chance: w.chance, needed: w.needed, rise: w.rise, ends: w.ends,
    tau: fit.tau, one: fit.raw, lowest: fit.lowest, beyond: fit.atVariance(w.reach[0]), reach: w.reach,
    prior: [prior.tau, ...prior.ends], se: [0, fit.tau, prior.tau].map(w.se), said: widget.sentence(w, traits.strings),
    question: widget.ask([w.J, w.n, w.icc], w.method, traits.strings) };
})));
"""


def rows_of(w: BoundaryFits) -> pd.DataFrame:
    """Return rows that have the sums of squares of a widget's data set."""
    fit, rng = w.fit, np.random.default_rng(5)
    means, rows = rng.normal(size=fit.J), rng.normal(size=(fit.J, fit.n))
    means -= means.mean()
    rows -= rows.mean(axis=1, keepdims=True)
    means *= math.sqrt(fit.S / fit.n / np.sum(means**2))
    rows *= math.sqrt(fit.W / np.sum(rows**2))
    return pd.DataFrame({"y": (means[:, None] + rows).ravel(), "g": np.repeat(np.arange(fit.J), fit.n)})


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_a_fit_is_that_of_lmm(method):
    """For a data set inside and one at the boundary: are τ̂, the criterion, the interval and the SE of the mean those of `lmm`?"""
    seen = set()
    for number in (1, 6, 8):
        w = BoundaryFits(J=8, n=4, icc=0.15, method=method, number=number, question=False)
        fit = lmm("y ~ 1 + (1 | g)", rows_of(w), method=method)
        found = fit.varcorr["g"].sd.iloc[0]
        seen.add(w.fit.tau == 0)
        assert w.fit.tau == pytest.approx(found, abs=2e-4)
        assert w.se_of_mean(w.fit.tau) == pytest.approx(fit.fixef_se["Intercept"], rel=1e-3)
        assert fit.criterion == pytest.approx(w.fit.lowest, abs=1e-5)
    assert seen == {True, False}


def test_dyestuff2_is_the_known_boundary_fit():
    """Is τ̂ = 0 with σ̂ = 3.7157 for Dyestuff2, and is the mean square between below that within?"""
    w = BoundaryFits("dyestuff2", question=False)
    groups = load("dyestuff2").groupby("Batch")["Yield"]
    assert w.fit.tau == 0
    assert math.sqrt(w.fit.sigma2_at(0.0)) == pytest.approx(3.7157, abs=5e-4)  # by REML: sqrt(SST/29)
    assert math.isclose(w.fit.S, 25 * groups.mean().var())
    assert w.fit.tau2_raw == pytest.approx((5 * groups.mean().var() - groups.var().mean()) / 5)
    assert "a boundary fit" in w.sentence


def test_the_curve_goes_on_below_zero():
    """Is the curve lowest exactly at (MSB − MSW)/n over all τ², negative ones included, and whole across 0?"""
    for number in range(1, 30):
        fit = BoundaryFits(icc=0.05, number=number, question=False).fit
        grid = np.linspace(-0.19, 1, 200)
        heights = np.array([fit.at_variance(tau2) for tau2 in grid])
        assert heights.min() >= fit.at_variance(fit.tau2_raw) - 1e-9
        assert abs(fit.at_variance(-1e-9) - fit.at_variance(1e-9)) < 1e-6
        direct = [
            min(
                fit.rest * math.log(s) + fit.W / s + fit.m * math.log(s + fit.n * t) + fit.S / (s + fit.n * t)
                for s in np.linspace(max(0, -fit.n * t) + 1e-4, 4, 4000)
            )
            for t in (-0.15, -0.05)
        ]
        assert np.diff(direct)[0] == pytest.approx(fit.at_variance(-0.05) - fit.at_variance(-0.15), abs=1e-3)


@pytest.mark.parametrize(("J", "n", "icc"), [(6, 5, 0.1), (3, 2, 0.0), (20, 10, 0.05), (50, 3, 0.3)])
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_chance_is_that_of_simulation(J, n, icc, method):
    """Is the exact chance of τ̂ = 0 within four standard errors of 40,000 data sets drawn by NumPy, and of the widget's 500?"""
    rng = np.random.default_rng(J)
    between = (1 - icc + n * icc) * rng.chisquare(J - 1, 40_000) / (J if method == "ML" else J - 1)
    within = (1 - icc) * rng.chisquare(J * (n - 1), 40_000) / (J * (n - 1))
    exact = chance(J, n, icc, method)
    assert np.mean(between <= within) == pytest.approx(
        exact, abs=4 * math.sqrt(exact * (1 - exact) / 40_000) + 1e-9
    )
    w = BoundaryFits(J=J, n=n, icc=icc, method=method, question=False)
    assert np.mean(w.raw <= 0) == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 500) + 1e-9)


def test_needed_groups_are_the_first_that_suffice():
    """Is the chance above 5 % with one group less, and at most 5 % with those needed; and is the end of the search said?"""
    for n, icc, method in [(5, 0.1, "REML"), (2, 0.3, "ML"), (30, 0.05, "REML")]:
        J = needed(n, icc, method)
        assert chance(J, n, icc, method) <= 0.05 < chance(J - 1, n, icc, method)
        assert all(chance(k, n, icc, method) > 0.05 for k in range(3, J))
    w = BoundaryFits(icc=0.0, remedy="groups", question=False)
    assert w.needed == 0
    assert "even 1000 groups" in w.sentence


def test_the_prior_avoids_zero():
    """Is τ̂ with the prior where the criterion less 2·log τ is lowest, above τ̂, with an interval that holds it and not 0?"""
    for number in range(1, 12):
        w = BoundaryFits(number=number, question=False)
        grid = np.linspace(0.01, 3, 800)
        heights = [w.fit.at(tau) - 2 * math.log(tau) for tau in grid]
        assert w.prior.at(w.prior.tau) <= min(heights) + 1e-9
        low, high = w.prior.interval
        assert 0 < low < w.prior.tau < high
        assert w.prior.tau > w.fit.tau
        assert w.prior.at(high) == pytest.approx(w.prior.at(w.prior.tau) + 3.841458820694124, abs=1e-6)


def test_the_question_has_the_right_answer():
    """With 6 groups of 5 and ICC 0.1: is the answer C, 33.1 %, and is all closed until the bet?"""
    w = BoundaryFits()
    assert w.sentence == "The picture opens when you have committed to an answer."
    w.commit("C", 60)
    assert w.was_right is True
    assert "33.1 %" in w.question["because"]
    assert "33.1 % of all data sets" in w.sentence


def test_new_draw_asks_about_another_case():
    """Does New draw close the gate over new J, n and ICC; and where nothing was asked, keep the dials and stay open?"""
    w = BoundaryFits()
    w.commit("A", 35)
    w.redraw()
    assert (w.J, w.n, w.icc, w.committed, w.choice) == (12, 4, 0.1, False, -1)
    w.commit(w.question["answer"], 80)
    assert w.was_right
    answers = {BoundaryFits(J=J, n=n, icc=icc).question["answer"] for J, n, icc in w.cases}
    assert len(answers) >= 3
    free = BoundaryFits(J=9, question=False)
    free.redraw()
    assert (free.J, free.seed, free.committed) == (9, 2, True)


def test_reset_goes_back():
    """Does Reset bring back every dial of the start, and nothing else?"""
    w = BoundaryFits(J=9, n=3, question=False)
    w.J, w.icc, w.method, w.remedy, w.number = 20, 0.4, "ML", "prior", 17
    w.reset()
    assert (w.J, w.n, w.icc, w.method, w.remedy, w.number) == (9, 3, 0.1, "REML", "keep", 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"J": 2}, "J must be 3 to 50, but J = 2."),
        ({"n": 1}, "n must be 2 to 30, but n = 1."),
        ({"icc": math.nan}, "icc must be 0 to 0.6, but icc = nan."),
        ({"icc": math.inf}, "icc must be 0 to 0.6, but icc = inf."),
        ({"icc": -0.1}, "icc must be 0 to 0.6, but icc = -0.1."),
        ({"number": 501}, "number must be 1 to 500, but number = 501."),
        ({"method": "MCMC"}, "method must be one of REML, ML, but it is 'MCMC'."),
        ({"remedy": "pray"}, "remedy must be one of keep, drop, prior, groups, but it is 'pray'."),
        ({"preset": "titanic"}, "preset must be one of simulated, dyestuff2, but it is 'titanic'."),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        BoundaryFits(**arguments)


GOOD = pd.DataFrame({"y": [1.0, 3, 2, 4, 5, 1], "g": list("aabbcc")})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": [1.0, math.nan, 2, 4, 5, 1]}, "must be complete and finite, but they are not in 1 of 6 rows"),
        ({"y": [1.0, math.inf, 2, 4, 5, 1]}, "must be complete and finite"),
        ({"g": list("aaaaaa")}, "at least two groups"),
        ({"g": list("aaabbb")}, "takes 3 to 100000 groups, but g has 2"),
        ({"g": list("aabbbc")}, "Every group must have the same number of rows here"),
        ({"g": list("abcdef")}, "needs a group with two rows"),
        ({"y": [1.0, 1, 2, 2, 5, 5]}, "y must vary within the groups of g"),
    ],
)
def test_from_data_says_what_is_wrong(change, said):
    """Do a NaN, an infinite value, one group, single rows, unequal groups and constants get a sentence that names them?"""
    with pytest.raises(ValueError, match=re.escape(said)):
        BoundaryFits.from_data(GOOD.assign(**change), "y", "g")


def test_equal_means_are_drawn():
    """Where all group means are the same, the farthest a boundary fit can go: is everything a number?"""
    data = pd.DataFrame({"y": [1.0, 3] * 4, "g": np.repeat(list("abcd"), 2)})
    for remedy in REMEDIES:
        w = BoundaryFits.from_data(data, "y", "g", remedy=remedy, question=False)
        assert w.fit.tau == 0
        assert not re.search("nan|inf", (w.picture() + w.sentence).replace("interval", ""))


def test_many_groups_are_fitted():
    """Are 5,000 groups fitted and their page below 200 kB?"""
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(5000), 3)
    data = pd.DataFrame({"y": rng.normal(size=15_000) + 0.5 * rng.normal(size=5000)[g], "g": g})
    w = BoundaryFits.from_data(data, "y", "g", question=False)
    assert w.fit.tau == pytest.approx(0.5, abs=0.05)
    assert w.chance < 1e-9
    assert len(w._repr_mimebundle_()[0]["text/html"]) < 200_000


def test_odd_names_cannot_leave_the_script():
    """Does a column called like a tag end no script?"""
    odd = GOOD.rename(columns={"y": "</script><b>"})
    html = BoundaryFits.from_data(odd, "</script><b>", "g", question=False)._repr_mimebundle_()[0][
        "text/html"
    ]
    assert html.count("</script>") == 1


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("boundary_fits*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(
        p.read_text(encoding="utf-8") for p in files if p.suffix in (".js", ".py") and "words" not in p.name
    )
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {f"to_{name}" for name in REMEDIES} | {f"dial_{name}" for name in ("J", "n", "icc")}
    built |= {f"option_{i}" for i in range(4)} | {"drop", "prior", "groups", "groups_never", "keep_inside"}
    built |= {f"key_{name}" for name in ("curve", "raw", "estimate", "prior", "forbidden")} | {
        "keep_boundary",
        "inside",
        "boundary",
    }
    assert [k for k in MESSAGES if k not in built and not re.search(rf'strings\.{k}\b|"{k}"', script)] == []


def a_state(rng: np.random.Generator, number: int) -> BoundaryFits:
    """Draw a widget in some state: simulated, Dyestuff2 or own data; any dials, both methods, all remedies."""
    more = {"icc": float(rng.choice([0.0, 0.1, 0.6, rng.uniform(0, 0.6)])), "method": ["REML", "ML"][number % 2],
            "remedy": REMEDIES[number % 4], "seed": 1 + 2_147_483_659 * (number // 35 % 2) + number // 35,
            "question": None if number % 10 == 0 else False}  # fmt: skip
    if number % 7 == 5:
        return BoundaryFits("dyestuff2", **more)
    if number % 7 == 6:
        J, n, scale = int(rng.integers(3, 200)), int(rng.integers(2, 50)), 10.0 ** rng.integers(-3, 4)
        y = rng.normal(size=(J, n)) + rng.choice([0, 0.3, 2]) * rng.normal(size=(J, 1)) + rng.choice([0, 100])
        data = pd.DataFrame({"y": scale * y.ravel(), "g": np.repeat(np.arange(J), n)})
        return BoundaryFits.from_data(data, "y", "g", **more)
    return BoundaryFits(
        J=int(rng.integers(3, 51)), n=int(rng.integers(2, 31)), number=int(rng.integers(1, 501)), **more
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(7)
    widgets = [a_state(rng, number) for number in range(STATES)]
    folder = tmp_path_factory.mktemp("node")
    text = joined("boundary_fits.js") + "export { look, sentence, ask };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    asked = json.dumps([w.traits_for_page() for w in widgets], allow_nan=False)
    (folder / "asked.json").write_text(asked, encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, json.loads(done.stdout)


def test_browser_finds_the_same_fits(both):
    """Are draws, chances, fits, intervals, the forbidden part of the curve, the prior and the SEs the same to 1e-9?"""
    widgets, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found, strict=True):
        fit, prior = w.fit, w.prior
        unit = fit.unit
        assert js["raw"] == pytest.approx(w.raw[:40], rel=1e-9, abs=1e-9 * unit)
        assert js["share"] == np.mean(w.raw <= 0)
        assert js["chance"] == pytest.approx(w.chance, abs=1e-9)
        assert js["needed"] == w.needed
        assert (js["tau"] == 0) == (fit.tau == 0)
        assert js["one"] == pytest.approx(fit.tau2_raw, rel=1e-9, abs=1e-12 * unit)
        assert [js["lowest"], js["rise"]] == pytest.approx([fit.lowest, w.rise], rel=1e-9, abs=1e-8)
        assert js["beyond"] == pytest.approx(fit.at_variance(js["reach"][0]), rel=1e-9)
        for mine, theirs in ((fit.interval, js["ends"]), ((prior.tau, *prior.interval), js["prior"])):
            assert theirs == pytest.approx(mine, rel=1e-8, abs=1e-9 * math.sqrt(unit))
        assert js["se"] == pytest.approx([w.se_of_mean(tau) for tau in (0, fit.tau, prior.tau)], rel=1e-8)


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python, and ask the same question?"""
    widgets, found = both
    for w, js in zip(widgets, found, strict=True):
        assert js["said"] == w.sentence
        if w.question:
            assert js["question"] == w.question


def test_states_cover_boundaries_and_data(both):
    """Do the states compared include boundary fits, fits inside, real data and closed gates?"""
    widgets, found = both
    assert sum(js["tau"] == 0 for js in found) >= 40
    assert sum(js["tau"] > 0 for js in found) >= 40
    assert sum(not w.simulated for w in widgets) >= 50
    assert sum(not w.committed for w in widgets) >= 10

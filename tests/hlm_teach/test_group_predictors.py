"""The widget of group-level predictors without a browser: its fits against `lmm`, its gate, its page, its twin under Node."""

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

from hlm_teach import lmm, partial_pooling
from hlm_teach.datasets import load
from hlm_teach.widgets import GroupPredictors
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.group_predictors_fit import fit_line
from hlm_teach.widgets.group_predictors_words import MESSAGES
from hlm_teach.widgets.module import FOLDER, joined

STATES = 240
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
console.log(JSON.stringify(asked.states.map((traits) => {
  const w = widget.look((name) => (name === "sets" ? asked.sets[traits.set] : traits[name]));
  return { n: w.n, y: w.y, u: w.u, mean: w.mean, line: w.line, halves: w.halves, said: widget.sentence(w, traits.strings) };
})));
"""


def rows_of(w: GroupPredictors) -> pd.DataFrame:
    """Return rows that have the widget's sizes, means and sum of squares within the groups."""
    n = np.array(w.n)
    g = np.repeat(np.arange(len(n)), n)
    own = np.random.default_rng(1).normal(size=len(g))
    own -= (np.bincount(g, own) / n)[g]
    own *= w.sets[w.preset]["sigma"] * math.sqrt((n.sum() - len(n)) / np.sum(own**2))
    return pd.DataFrame({"g": g, "u": np.array(w.u)[g], "y": np.array(w.y)[g] + own})


def test_radon_is_what_lmm_says():
    """In 85 counties: do τ², σ, the line and every county's estimate agree with `lmm` on all 919 rows, with uranium and without?"""
    w = GroupPredictors("radon", question=False)
    data = load("radon")
    for formula, mine in (
        ("log_radon ~ 1 + (1 | county)", w.mean),
        ("log_radon ~ log_uranium + (1 | county)", w.line),
    ):
        fit = lmm(formula, data)
        assert mine.sigma == pytest.approx(fit.sigma, rel=1e-6)
        assert mine.tau2 == pytest.approx(fit.varcorr["county"].sd.iloc[0] ** 2, rel=1e-4)
        assert mine.intercept == pytest.approx(fit.fixef["Intercept"], rel=1e-5)
        assert mine.slope == pytest.approx(fit.fixef.get("log_uranium", 0.0), rel=1e-5)
        found = mine.target + fit.ranef["county"]["Intercept"].loc[w.labels].to_numpy()
        assert mine.estimate == pytest.approx(found, abs=1e-5)


@pytest.mark.parametrize("pattern", ["mixed", "equal", "ends", "middle"])
def test_simulated_groups_agree_with_lmm(pattern):
    """For each pattern of sizes, with an outlier and an edited group: are both fits those of `lmm` on rows?"""
    w = GroupPredictors(pattern=pattern, outlier=12.0, question=False)
    w.set_group("group 3", n=25, mean=44.0)
    data = rows_of(w)
    for formula, mine in (("y ~ 1 + (1 | g)", w.mean), ("y ~ u + (1 | g)", w.line)):
        fit = lmm(formula, data)
        assert mine.sigma == pytest.approx(fit.sigma, rel=1e-6)
        assert mine.tau == pytest.approx(fit.varcorr["g"].sd.iloc[0], rel=1e-4, abs=1e-4)
        assert mine.slope == pytest.approx(fit.fixef.get("u", 0.0), abs=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_both_targets_are_partial_pooling(seed):
    """Given τ and σ, are estimates and standard errors those of `partial_pooling`: to the mean, and to the line moved to 0?"""
    w = GroupPredictors(seed=seed, pattern="ends", question=False)
    n, y = np.array(w.n), np.array(w.y)
    fit = w.mean
    known = partial_pooling(y, fit.sigma / np.sqrt(n), fit.tau)
    assert fit.intercept == pytest.approx(known.mu, rel=1e-12)
    assert fit.estimate == pytest.approx(known.estimate, rel=1e-12)
    assert fit.se == pytest.approx(known.estimate_se, rel=1e-12)
    line = w.line
    moved = partial_pooling(y - line.target, line.sigma / np.sqrt(n), line.tau, mu=0)
    assert line.estimate == pytest.approx(moved.estimate + line.target, rel=1e-12)
    assert np.all(line.se >= moved.estimate_se - 1e-12)


def test_line_is_generalised_least_squares():
    """Is the line the weighted regression of the means with the weights 1/(τ² + σ²/n), and its noise in the standard errors?"""
    w = GroupPredictors(seed=3, question=False)
    fit, n = w.line, np.array(w.n)
    weights = 1 / (fit.tau2 + fit.sigma**2 / n)
    X = np.column_stack([np.ones(12), w.u])
    cov = np.linalg.inv(X.T * weights @ X)
    assert cov @ (X.T * weights @ w.y) == pytest.approx([fit.intercept, fit.slope], rel=1e-10)
    noise = np.einsum("jk,kl,jl->j", X, cov, X)
    assert fit.se**2 == pytest.approx(
        fit.weight * fit.sigma**2 / n + (1 - fit.weight) ** 2 * noise, rel=1e-10
    )


def test_limits():
    """Where u explains everything does τ̂ become 0 and every estimate lie on the line; and with huge groups does each keep its mean?"""
    n, u = np.full(8, 50), np.arange(8.0)
    exact = fit_line(n, 3 + 2 * u, u, within=400.0, line=True)
    assert (exact.tau2, exact.slope) == (0, pytest.approx(2))
    assert exact.estimate == pytest.approx(3 + 2 * u)
    assert np.all(exact.weight == 0)
    y = np.array([5.0, -3, 8, 1, 0, 9, -7, 4])
    huge = fit_line(n * 10**6, y, u, within=4e8, line=True)
    assert huge.estimate == pytest.approx(y, abs=1e-4)


def test_two_peaks_are_compared_by_height():
    """Over 60 random data sets: is no other θ better than the one found?"""
    rng = np.random.default_rng(8)
    for _time in range(60):
        J, line = int(rng.integers(3, 10)), bool(rng.random() < 0.5)
        n, u, y = (
            rng.integers(1, 30, J) + 1.0,
            rng.normal(size=J),
            rng.normal(size=J) * rng.choice([0.1, 1, 5]),
        )
        within = rng.uniform(0.5, 2) * (n.sum() - J)
        found = fit_line(n, y, u, within, line)
        X = np.column_stack([np.ones(J), u])[:, : 1 + line]
        heights = []
        for theta in np.concatenate([[found.theta, 0.0], np.logspace(-5, 5, 300)]):
            a = n / (1 + n * theta)
            A = X.T * a @ X
            left = y - X @ np.linalg.solve(A, X.T * a @ y)
            rss = within + a @ left**2
            heights.append(
                (n.sum() - 1 - line) * math.log(rss) + np.log1p(n * theta).sum() + np.linalg.slogdet(A)[1]
            )
        assert heights[0] <= min(heights) + 1e-8


def test_share_of_u_is_exact_in_the_truth():
    """Without noise, is R² of the simulated means on u exactly the dial?"""
    for r2 in (0.0, 0.35, 1.0):
        w = GroupPredictors(r2=r2, question=False)
        noise = np.array(GroupPredictors(r2=1.0, question=False).y) - 50 - 5 * np.array(w.u)
        truth = np.array(w.y) - noise
        assert np.corrcoef(truth, w.u)[0, 1] ** 2 == pytest.approx(r2, abs=1e-12)
        assert truth.std() == pytest.approx(5)


@pytest.mark.parametrize(
    ("arguments", "answer"), [({}, "A"), ({"preset": "radon"}, "A"), ({"pattern": "equal"}, "C")]
)
def test_question_is_answered_by_the_moves(arguments, answer):
    """Is the right option what the estimates do, and are picture and numbers closed until the bet?"""
    w = GroupPredictors(**arguments)
    assert w.sentence == "The picture opens when you have committed to an answer."
    w.commit(answer, 60)
    assert w.was_right is True
    small, large = w.halves
    assert (small > 1.25 * large) == (answer == "A")
    assert "When " in w.sentence


def test_vanishing_tau_is_said():
    """Where the line leaves τ̂ = 0, is the boundary said; and where τ̂² rises, or is 0 before, that?"""
    w = GroupPredictors(r2=1.0, question=False)
    while w.line.tau2 > 0:
        w.redraw()
    assert "a boundary fit: λ = 0 in all groups" in w.sentence
    assert w.line.estimate == pytest.approx(w.line.target)
    up = GroupPredictors(r2=0.0, question=False)
    while not 0 < up.mean.tau2 <= up.line.tau2:
        up.redraw()
    assert "does not fall when u enters" in up.sentence
    flat = GroupPredictors(question=False)
    for j in range(12):
        flat.set_group(j, mean=50.0)
    assert "Without u τ̂ is 0 already" in flat.sentence
    assert "nan" not in flat.picture()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"r2": -0.1}, "r2 must be 0 to 1, but r2 = -0.1"),
        ({"r2": math.nan}, "r2 must be 0 to 1, but r2 = nan"),
        ({"outlier": math.inf}, "outlier must be a finite shift"),
        ({"pattern": "odd"}, "pattern must be one of mixed, equal, ends, middle, but it is 'odd'"),
        ({"target": "zero"}, "target must be one of mean, line, but it is 'zero'"),
        ({"preset": "titanic"}, "preset must be one of simulated, radon, but it is 'titanic'"),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        GroupPredictors(**arguments)


GOOD = pd.DataFrame({"y": [1.0, 3, 4, 6, 9, 10], "u": [0.0, 0, 1, 1, 3, 3], "g": list("aabbcc")})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": [1.0, math.nan, 4, 6, 9, 10]}, "must be complete and finite, but they are not in 1 of 6 rows"),
        ({"y": [1.0, math.inf, 4, 6, 9, 10]}, "must be complete and finite"),
        ({"u": [0.0, 0, 1, math.nan, 3, 3]}, "Every u must be a finite number, but it is nan in row 3."),
        (
            {"u": [0.0, 0, 1, 2, 3, 3]},
            "u must be the same in all rows of a group, but in group 'b' it goes from 1.0 to 2.0.",
        ),
        ({"u": [1.0] * 6}, "u must differ between groups, but it is 1.0 in all."),
        ({"g": list("aaaaaa")}, "at least two groups"),
        ({"g": list("aaaabb"), "u": [0, 0, 0, 0, 1, 1]}, "needs three groups or more, but g has 2"),
        ({"g": list("abcdef")}, "needs a group with two rows"),
        ({"y": [1.0, 1, 4, 4, 9, 9]}, "y must vary within the groups of g"),
    ],
)
def test_from_data_says_what_is_wrong(change, said):
    """Do a NaN, an infinite value, one group, single rows and constants get a sentence that names them?"""
    with pytest.raises(ValueError, match=re.escape(said)):
        GroupPredictors.from_data(GOOD.assign(**change), "y", "u", "g")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"group": "z", "mean": 1.0}, "an index from 0 to 2, but it is 'z'"),
        ({"group": 9, "mean": 1.0}, "an index from 0 to 2, but it is 9"),
        ({"group": "a", "mean": math.nan}, "must be a finite number, but it is nan for a"),
        ({"group": "a", "n": 0}, "a whole number >= 1, but it is 0 for a"),
        ({"group": "a", "n": 2.5}, "a whole number >= 1, but it is 2.5 for a"),
    ],
)
def test_set_group_says_what_is_wrong(arguments, said):
    """Do an unknown group, an empty group and a mean that is no number get a sentence?"""
    w = GroupPredictors.from_data(GOOD, "y", "u", "g", question=False)
    with pytest.raises(ValueError, match=re.escape(said)):
        w.set_group(**arguments)


def test_last_group_with_two_rows_stays():
    """Is it refused to leave every group with one row, which leaves nothing to know σ from?"""
    w = GroupPredictors.from_data(GOOD, "y", "u", "g", question=False)
    w.set_group("a", n=1)
    w.set_group("b", n=1)
    with pytest.raises(ValueError, match="each would have one"):
        w.set_group("c", n=1)


def test_many_groups_are_drawn():
    """Are 5,000 groups fitted, drawn in part, and held in a page below two megabytes?"""
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(5000), 3)
    u = rng.normal(size=5000)
    data = pd.DataFrame({"g": g, "u": u[g], "y": (u + rng.normal(size=5000))[g] + rng.normal(size=15000)})
    w = GroupPredictors.from_data(data, "y", "u", "g", question=False)
    assert w.line.slope == pytest.approx(1, abs=0.1)
    assert len(w._repr_mimebundle_()[0]["text/html"]) < 2_000_000
    assert w.picture().count("<circle") == 300


def test_preset_reset_and_labels():
    """Does a preset bring its groups, does Reset undo, does New draw keep the dials, and do labels stay text in the page?"""
    w = GroupPredictors(question=False, target="line")
    w.set_group(2, mean=80.0)
    w.preset = "radon"
    assert (len(w.n), w.edits, w.selected) == (85, {}, 0)
    with pytest.raises(ValueError, match="nothing to draw again"):
        w.redraw()
    w.preset = "simulated"
    w.r2, w.pattern = 0.2, "ends"
    w.redraw()
    assert (w.seed, w.r2) == (7, 0.2)
    w.reset()
    assert (w.r2, w.pattern, w.target) == (0.7, "mixed", "mean")
    odd = GOOD.replace({"g": {"a": "</script><b>"}}).rename(columns={"y": "<i>"})
    html = GroupPredictors.from_data(odd, "<i>", "u", "g", question=False)._repr_mimebundle_()[0]["text/html"]
    assert html.count("</script>") == 1
    assert "<b>" not in html.split("<script>")[0]


@pytest.mark.parametrize("preset", ["simulated", "radon"])
def test_picture_holds_every_group(preset):
    """Is there a circle for each group, and does the caption name the one selected though the gate is closed?"""
    w = GroupPredictors(preset)
    assert "Selected is" in w.caption
    assert w.picture().count("<circle") == len(w.n)


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("group_predictors*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(
        p.read_text(encoding="utf-8") for p in files if p.suffix in (".js", ".py") and "words" not in p.name
    )
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {
        f"{a}_{k}" for a in ("chosen", "to", "formulas", "key") for k in ("mean", "line", "own", "estimate")
    }
    assert [k for k in MESSAGES if k not in built and not re.search(rf'strings\.{k}\b|"{k}"', script)] == []


def a_state(rng: np.random.Generator, number: int) -> GroupPredictors:
    """Draw a widget in some state: simulated, radon or own data; edited or not; any dials."""
    more = {"target": str(rng.choice(["mean", "line"])), "question": None if number % 10 == 0 else False}
    if number % 6 == 4:
        w = GroupPredictors("radon", **more)
    elif number % 6 == 5:
        J, scale = int(rng.integers(3, 25)), 10.0 ** rng.integers(-3, 4)
        g = np.repeat(np.arange(J), rng.integers(1, 12, J) + 1)
        u = rng.normal(size=J)
        y = scale * (
            5
            + rng.choice([0, 1]) * u[g]
            + rng.choice([0.0, 1.0]) * rng.normal(size=J)[g]
            + rng.normal(size=len(g))
        )
        w = GroupPredictors.from_data(
            pd.DataFrame({"g": g, "size": u[g], "score": y}), "score", "size", "g", **more
        )
    else:
        w = GroupPredictors(r2=float(rng.choice([0.0, 1.0, rng.random()])), pattern=["mixed", "equal", "ends", "middle"][number % 4],
                            outlier=float(rng.choice([0, 20])), seed=int(rng.integers(0, 2**32)), **more)  # fmt: skip
    if rng.random() < 0.5:
        j, spread = int(rng.integers(len(w.n))), float(np.ptp(w.y))
        w.set_group(
            j, n=int(rng.integers(2, 80)) if rng.random() < 0.5 else None, mean=w.y[j] + spread * rng.normal()
        )
    w.selected = int(rng.integers(len(w.n)))
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(88)
    widgets = [a_state(rng, number) for number in range(STATES)]
    states, sets = [], []
    for w in widgets:
        traits = w.traits_for_page()
        sets.append({w.preset: traits.pop("sets")[w.preset]})
        states.append(traits | {"set": len(sets) - 1})
    folder = tmp_path_factory.mktemp("node")
    text = joined("group_predictors.js") + "export { look, sentence };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    (folder / "asked.json").write_text(
        json.dumps({"states": states, "sets": sets}, allow_nan=False), encoding="utf-8"
    )
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, json.loads(done.stdout)


def test_browser_finds_the_same_fits(both):
    """Are groups, τ², σ², lines, λ, estimates and standard errors the same to 1e-9 on every state?"""
    widgets, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found, strict=True):
        scale = float(np.ptp(w.y)) + w.line.sigma
        assert js["n"] == w.n
        assert js["u"] == pytest.approx(w.u, rel=1e-9, abs=1e-12)
        assert js["y"] == pytest.approx(w.y, rel=1e-9, abs=1e-9 * scale)
        for name in ("mean", "line"):
            mine, theirs = getattr(w, name), js[name]
            assert (theirs["theta"] == 0) == (mine.theta == 0)
            assert theirs["sigma2"] == pytest.approx(mine.sigma**2, rel=1e-9)
            assert theirs["theta"] == pytest.approx(mine.theta, rel=1e-8, abs=1e-10)
            for part in ("weight", "target", "estimate", "se"):
                assert np.max(np.abs(np.asarray(theirs[part]) - getattr(mine, part))) <= 1e-9 * max(scale, 1)
            assert (theirs["intercept"], theirs["slope"]) == (
                pytest.approx(mine.intercept, rel=1e-9, abs=1e-9 * scale), pytest.approx(mine.slope, rel=1e-9, abs=1e-9 * scale))  # fmt: skip
        assert js["halves"] == pytest.approx(w.halves, rel=1e-8, abs=1e-9 * scale)


def test_states_cover_boundaries_edits_and_data(both):
    """Do the states compared include both boundary fits, edits, real data and closed gates?"""
    widgets, _found = both
    assert sum(w.line.tau2 == 0 < w.mean.tau2 for w in widgets) >= 10
    assert sum(w.mean.tau2 == 0 for w in widgets) >= 2
    assert sum(bool(w.edits) for w in widgets) >= 80
    assert sum(not w.simulated for w in widgets) >= 60
    assert sum(not w.committed for w in widgets) >= 10


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python?"""
    widgets, found = both
    for w, js in zip(widgets, found, strict=True):
        assert js["said"] == w.sentence

"""The within–between widget without a browser: its numbers against the mixed model, its gate, its page, its twin under Node."""

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
from hlm_teach.widgets import WithinBetween
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.module import FOLDER, joined
from hlm_teach.widgets.normals import Normals
from hlm_teach.widgets.within_between_fit import slopes
from hlm_teach.widgets.within_between_words import MESSAGES, ask

STATES = 240
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
const sets = asked.sets;
console.log(JSON.stringify({
  states: asked.states.map((traits) => {
    const w = widget.look((name) => (name === "sets" ? sets[traits.set] : traits[name]));
    return { x: w.x, y: w.y, within: w.within, pooled: w.pooled, mixed: w.mixed, full: w.full,
      said: widget.sentence(w, traits.strings), asked: widget.ask(w, traits.strings) };
  }),
  drawn: asked.seeds.map((seed) => widget.normals(seed)(5)),
}));
"""


@pytest.fixture
def simpson():
    return WithinBetween(question=False)


def test_hsb_slopes_are_the_published_ones():
    """On 160 schools: are pooled, within, between and mixed 3.184, 2.191, 5.909 and 2.390, and Mundlak's between 5.866?"""
    fit = WithinBetween("hsb", question=False).fit
    found = [fit.pooled, fit.within, fit.between, fit.mixed, fit.mundlak_between]
    assert found == pytest.approx([3.184, 2.191, 5.909, 2.390, 5.866], abs=5e-4)


@pytest.mark.parametrize(
    ("preset", "source", "x"), [("hsb", "hsb", "ses"), ("homework", "schools10", "homework")]
)
def test_real_data_agree_with_the_mixed_model_on_rows(preset, source, x):
    """Do group means and sums of squares give what `lmm` gives on all rows, with x alone and with its group mean?"""
    data = load(source)
    data["own"] = data[x] - data.groupby("school", observed=True)[x].transform("mean")
    data["mean_x"] = data[x] - data["own"]
    w = WithinBetween(preset, question=False)
    alone = lmm(f"math ~ {x} + (1 | school)", data)
    both = lmm("math ~ own + mean_x + (1 | school)", data)
    assert w.fit.mixed == pytest.approx(alone.fixef[x], rel=1e-5)
    assert w.fit.sigma == pytest.approx(alone.sigma, rel=1e-5)
    assert w.fit.tau == pytest.approx(alone.varcorr["school"].sd.iloc[0], rel=1e-4)
    assert w.fit.within == pytest.approx(both.fixef["own"], rel=1e-9)
    assert w.fit.mundlak_between == pytest.approx(both.fixef["mean_x"], rel=1e-5)
    assert w.fit.pooled == pytest.approx(np.polyfit(data[x], data["math"], 1)[0], rel=1e-6)


@pytest.mark.parametrize(
    "dials", [(1, -2, 0.5, 8, 15), (-3, 3, 0.9, 3, 2), (0, 0.5, 0.1, 30, 30), (2, 2, 0.5, 12, 4)]
)
def test_simulated_slopes_are_the_dials(dials):
    """Are within and between exactly what the dials say, on the rows themselves, and the mixed slope that of `lmm`?"""
    within, between, icc, J, n = dials
    w = WithinBetween(within=within, between=between, icc=icc, J=J, n=n, seed=J, question=False)
    rows = w.rows
    means = rows.groupby("group").mean()
    own = rows[["x", "y"]] - means.loc[rows["group"]].to_numpy()
    assert (own["x"] @ own["y"]) / (own["x"] @ own["x"]) == pytest.approx(within, abs=1e-10)
    assert np.polyfit(means["x"], means["y"], 1)[0] == pytest.approx(between, abs=1e-10)
    assert means["x"].var(ddof=0) / rows["x"].var(ddof=0) == pytest.approx(icc, rel=1e-10)
    assert np.polyfit(rows["x"], rows["y"], 1)[0] == pytest.approx(w.fit.pooled, abs=1e-10)
    fit = lmm("y ~ x + (1 | group)", rows)
    assert w.fit.mixed == pytest.approx(fit.fixef["x"], abs=1e-5)
    assert w.fit.tau == pytest.approx(fit.varcorr["group"].sd.iloc[0], abs=1e-4)


@pytest.mark.parametrize("icc", [0.02, 0.3, 0.98])
def test_one_slope_is_a_weighted_mean_of_two(simpson, icc):
    """Is pooled = (1 − ICC)·within + ICC·between, and mixed = w·within + (1 − w)·between with w not smaller than 1 − ICC?"""
    simpson.icc = icc
    fit = simpson.fit
    assert fit.pooled == pytest.approx((1 - icc) * 1.0 + icc * -2.0)
    assert fit.mixed == pytest.approx(fit.mixed_weight * 1.0 + (1 - fit.mixed_weight) * -2.0)
    assert 1 > fit.mixed_weight >= fit.pooled_weight == pytest.approx(1 - icc)


def test_equal_slopes_leave_nothing_to_mix(simpson):
    """Where within equals between, do pooled and mixed say the same, and is the contextual effect 0?"""
    simpson.between = simpson.within = 1.5
    fit = simpson.fit
    assert (fit.pooled, fit.mixed) == (pytest.approx(1.5), pytest.approx(1.5))
    assert fit.contextual == pytest.approx(0)


def test_boundary_fit_says_what_pooling_says():
    """With groups that differ less than chance, is τ = 0 found, said, and the mixed slope the pooled one?"""
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"g": np.repeat(np.arange(6), 20), "x": rng.normal(size=120)})
    noise = rng.normal(size=120)
    data["y"] = 2 * data["x"] + noise - pd.Series(noise).groupby(data["g"]).transform("mean")
    w = WithinBetween.from_data(data, "y", "x", "g", question=False)
    assert w.fit.theta == 0
    assert w.fit.mixed == pytest.approx(w.fit.pooled)
    assert "boundary fit, τ = 0" in w.sentence


def test_two_peaks_are_compared_by_height():
    """Over 40 random data sets with clashing slopes: is no other θ better than the one found?"""
    rng = np.random.default_rng(8)
    for _time in range(40):
        J = int(rng.integers(3, 12))
        parts = {"n": rng.integers(2, 9, J), "m": rng.normal(size=J), "u": rng.normal(size=J) * 0.3, "e2": rng.uniform(0.5, 9),
                 "sx": 1.0}  # fmt: skip
        found = slopes(parts, 3.0, -3.0, 0.6)
        n = parts["n"].astype(float)
        thetas = np.concatenate([[found.theta], np.logspace(-5, 5, 400)])
        heights = []
        for theta in thetas:
            a = n / (1 + n * theta)
            x, y = found.x - np.average(found.x, weights=a), found.y - np.average(found.y, weights=a)
            own = 0.4 * n.sum()
            slope = (own * 3.0 + a @ (x * y)) / (own + a @ x**2)
            rss = parts["e2"] + own * (3.0 - slope) ** 2 + a @ (y - slope * x) ** 2
            heights.append(
                (n.sum() - 2) * math.log(rss)
                + np.log1p(n * theta).sum()
                + math.log(a.sum() * (own + a @ x**2))
            )
        assert heights[0] <= min(heights) + 1e-7


def test_gate_asks_for_the_sign():
    """Is the picture closed until the bet, the sign of the pooled line asked for, and the answer what the numbers say?"""
    w = WithinBetween()
    assert not w.committed
    assert w.sentence == "The picture opens when you have committed to an answer."
    assert "50 % of the variance of x" in w.question["text"]
    w.commit("B", 80)
    assert w.was_right is True
    assert w.fit.pooled < 0 < w.fit.mixed
    assert "0.500 × 1.00 + 0.500 × −2.00 = −0.50" in w.question["because"]
    assert "Simpson's paradox" in w.sentence


@pytest.mark.parametrize("preset", ["homework", "hsb"])
def test_same_signs_ask_where_the_mixed_model_stands(preset):
    """Where both slopes are positive, is the mixed model asked about, whose answer is near the slope within?"""
    w = WithinBetween(preset)
    assert "Where is the coefficient of a mixed model" in w.question["text"]
    w.commit("A", 60)
    assert w.was_right is True


def test_preset_brings_its_dials_and_reset_returns_to_them(simpson):
    """Does choosing a preset set its slopes and ICC, does Reset undo what-if, and does New draw keep the dials?"""
    simpson.preset = "hsb"
    assert simpson.within == pytest.approx(2.191, abs=1e-3)
    simpson.between, simpson.mundlak = -4.0, True
    assert simpson.fit.pooled < simpson.fit.within
    simpson.reset()
    assert (simpson.between, simpson.mundlak) == (pytest.approx(5.909, abs=1e-3), False)
    with pytest.raises(ValueError, match="nothing to draw again"):
        simpson.redraw()
    with pytest.raises(ValueError, match="Only simulated rows"):
        _rows = simpson.rows
    simpson.preset = "reversal"
    before = simpson.fit.mixed
    simpson.redraw()
    assert (simpson.seed, simpson.within, simpson.icc) == (69, 1.0, 0.5)
    assert simpson.fit.mixed != before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"icc": 0.0}, "icc must lie between 0 and 1"),
        ({"icc": 1.0}, "icc must lie between 0 and 1"),
        ({"icc": math.nan}, "icc must lie between 0 and 1"),
        ({"within": math.inf}, "within must be a finite slope"),
        ({"between": math.nan}, "between must be a finite slope"),
        ({"J": 2}, "J must be 3 to 30, but J = 2"),
        ({"J": 5000}, "J must be 3 to 30, but J = 5000"),
        ({"n": 1}, "n must be 2 to 30, but n = 1"),
        ({"preset": "titanic"}, "preset must be one of reversal, homework, hsb"),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        WithinBetween(**arguments)


GOOD = pd.DataFrame({"y": [1.0, 2, 5, 7, 4, 8], "x": [1.0, 2, 3, 4, 2, 4], "g": list("aabbcc")})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x": [1.0, 2, 3, math.nan, 2, 4]}, "Every x must be a finite number, but it is nan in row 3."),
        ({"y": [1.0, 2, math.inf, 4, 2, 4]}, "Every y must be a finite number, but it is inf in row 2."),
        ({"y": ["a"] * 6}, "Every y must be a finite number, but it is a in row 0."),
        ({"g": list("aaabbb")}, "three named groups or more, but g has 2 and 0 missing"),
        ({"g": ["a", "a", "b", "b", "c", None]}, "but g has 3 and 1 missing"),
        ({"g": list("abcdef")}, "100 % of its variance lies between"),
        ({"x": [1.0, 2, 1, 2, 1, 2]}, "0 % of its variance lies between"),
        ({"y": [1.0, 1, 5, 5, 4, 4]}, "y must vary within the groups of g"),
    ],
)
def test_from_data_says_what_is_wrong(change, said):
    """Do a NaN, an infinite value, two groups, one row per group and constants get a sentence that names them?"""
    with pytest.raises(ValueError, match=re.escape(said)):
        WithinBetween.from_data(GOOD.assign(**change), "y", "x", "g")


def test_many_groups_are_drawn():
    """Are 5,000 groups taken apart, drawn in part, and held in a page below two megabytes?"""
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(5000), 3)
    x = rng.normal(size=15000) + rng.normal(size=5000)[g]
    data = pd.DataFrame({"g": g, "x": x, "y": x + rng.normal(size=15000) + rng.normal(size=5000)[g]})
    w = WithinBetween.from_data(data, "y", "x", "g", question=False)
    html = w._repr_mimebundle_()[0]["text/html"]
    assert "5000 groups of 3" in w.sentence
    assert len(html) < 2_000_000


def test_labels_cannot_break_the_page():
    """Do column names with markup stay text in the page, in the picture and in the script?"""
    data = GOOD.rename(columns={"x": "</script><b>", "y": '"&<i>'})
    w = WithinBetween.from_data(data, '"&<i>', "</script><b>", "g", question=False)
    html = w._repr_mimebundle_()[0]["text/html"]
    assert html.count("</script>") == 1
    assert "<b>" not in html.split("<script>")[0]
    assert "<i>" not in html.split("<script>")[0]


@pytest.mark.parametrize("preset", ["reversal", "homework", "hsb"])
def test_picture_holds_every_group(preset):
    """Is there more than one line for each group, and is the caption the sentence where nothing is asked?"""
    w = WithinBetween(preset, question=False, mundlak=True)
    assert w.caption == w.sentence
    assert w.picture().count("<path") > len(w.sizes)


def test_static_picture_is_said_even_where_the_gate_is_closed():
    """Where no script runs nothing can be committed: does the picture come with the state's own sentence then?"""
    w = WithinBetween()
    assert "the slope is 1.00 within groups" in w.caption
    assert (
        f"<figcaption>{w.caption}</figcaption>".replace("'", "&#x27;")
        in w._repr_mimebundle_()[0]["text/html"]
    )


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    script = "".join(
        p.read_text(encoding="utf-8")
        for p in [*FOLDER.glob("within_between*.js"), *(FOLDER / "shared").glob("*.js")]
    )
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {f"dial_{k}" for k in ("within", "between", "icc", "J", "n")} | {
        "within",
        "between",
        "mixed",
        "pooled",
    }
    built |= {f"{a}_{k}" for a in ("bar", "formulas") for k in ("pooled", "mixed", "mundlak")}
    built |= {f"{a}_{k}" for a in ("ask", "because") for k in ("sign", "mixed")}
    built |= {f"{a}_{k}" for a in ("sign", "mixed") for k in range(3)}
    built |= {"state", "state_uneven", "pooled_line", "pooled_line_uneven"}
    unsaid = [
        k for k in MESSAGES if k not in built and f"strings.{k}" not in script and f'"{k}"' not in script
    ]
    assert unsaid == []


def a_state(rng: np.random.Generator, number: int) -> WithinBetween:
    """Draw a widget in some state: simulated, shipped or one's own data; any dials."""
    kind = number % 6
    between = float(rng.uniform(-3, 3))
    dials = {"within": float(rng.uniform(-3, 3)), "between": between, "icc": float(rng.uniform(0.02, 0.98)),
             "mundlak": bool(rng.random() < 0.5), "question": None if number % 10 == 0 else False}  # fmt: skip
    if kind == 4:
        return WithinBetween(str(rng.choice(["homework", "hsb"])), **dials)
    if kind == 5:
        J = int(rng.integers(3, 15))
        g = np.repeat(np.arange(J), rng.integers(1, 12, J) + 1)
        scale = 10.0 ** rng.integers(-3, 4)
        x = rng.normal(size=J)[g] + rng.normal(size=len(g))
        y = scale * (rng.normal(size=J)[g] * rng.choice([0.0, 1.0]) + rng.normal(size=len(g)) + x)
        data = pd.DataFrame({"g": g, "x": x, "score": y})
        return WithinBetween.from_data(
            data, "score", "x", "g", **{k: dials[k] for k in ("mundlak", "question")}
        )
    J, n = int(rng.integers(3, 31)), int(rng.integers(2, 31))
    return WithinBetween(J=J, n=n, seed=int(rng.integers(0, 2**31)), **dials)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(66)
    widgets = [a_state(rng, number) for number in range(STATES)]
    seeds = [0, 1, 2**31, 2**32 - 1, *map(int, rng.integers(0, 2**32, 30))]
    states, sets = [], []
    for w in widgets:
        traits = w.traits_for_page()
        mine = {w.preset: traits.pop("sets")[w.preset]}
        sets.append(mine)
        states.append(traits | {"set": len(sets) - 1})
    folder = tmp_path_factory.mktemp("node")
    asked = {"states": states, "sets": sets, "seeds": seeds}
    (folder / "widget.mjs").write_text(
        joined("within_between.js") + "export { ask, look, sentence, normals };\n", encoding="utf-8"
    )
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    (folder / "asked.json").write_text(json.dumps(asked, allow_nan=False), encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return widgets, seeds, json.loads(done.stdout)


def test_browser_finds_the_same_slopes(both):
    """Are all slopes, weights and θ the same to 1e-9 on every state?"""
    widgets, _seeds, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found["states"], strict=True):
        fit = w.fit
        scale = max(abs(fit.within), abs(fit.between), abs(fit.between_by_size))
        for mine, theirs in [
            (fit.pooled, js["pooled"]["slope"]),
            (fit.between_by_size, js["pooled"]["between"]),
            (fit.mixed, js["mixed"]["slope"]),
            (fit.between_mixed, js["mixed"]["between"]),
            (fit.mundlak_between if w.mundlak else fit.mixed, js["full"]["slope"]),
        ]:
            assert abs(mine - theirs) <= 1e-9 * scale
        assert abs(fit.mixed_weight - js["mixed"]["weight"]) <= 1e-9
        assert abs(fit.pooled_weight - js["pooled"]["weight"]) <= 1e-9
        assert js["mixed"]["theta"] == pytest.approx(fit.theta, rel=1e-9, abs=1e-12)
        other = fit.mundlak_theta if w.mundlak else fit.theta
        assert js["full"]["theta"] == pytest.approx(other, rel=1e-9, abs=1e-12)
        assert js["x"] == pytest.approx(list(fit.x), rel=1e-9, abs=1e-12)
        assert js["y"] == pytest.approx(list(fit.y), rel=1e-9, abs=1e-12 * scale)


def test_new_draw_asks_again():
    """Does a new draw close the gate over the mixed model, the next over the sign, and stay open where nothing was asked?"""
    w = WithinBetween()
    w.commit(0, 35)
    w.redraw()
    assert (w.committed, w.choice, w.confidence) == (False, -1, 0)
    assert "Where is the coefficient of a mixed model" in w.question["text"]
    w.commit("A", 80)
    assert w.was_right is True
    w.redraw()
    assert "What is the sign of the slope" in w.question["text"]
    free = WithinBetween(question=False)
    free.redraw()
    assert (free.committed, free.question) == (True, {})


def test_states_cover_boundary_and_reversal(both):
    """Do the states compared include boundary fits, reversals, real data and closed gates?"""
    widgets, _seeds, _found = both
    assert sum(w.fit.theta == 0 for w in widgets) >= 5
    assert sum(w.fit.pooled * w.fit.within < 0 for w in widgets) >= 20
    assert sum(w.mundlak for w in widgets) >= 80
    assert sum(not w.simulated for w in widgets) >= 60
    assert sum(not w.committed for w in widgets) >= 10


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python?"""
    widgets, _seeds, found = both
    for w, js in zip(widgets, found["states"], strict=True):
        assert js["said"] == w.sentence
        assert js["asked"] == ask(w)


def test_draws_are_the_same(both):
    """Does a seed give the same normal numbers in the browser and in Python, and are they standard normal?"""
    _widgets, seeds, found = both
    for seed, drawn in zip(seeds, found["drawn"], strict=True):
        assert drawn == pytest.approx(list(Normals(seed).draw(5)), rel=1e-14)
    many = Normals(3).draw(20000)
    assert abs(many.mean()) < 0.03
    assert many.std() == pytest.approx(1, abs=0.02)

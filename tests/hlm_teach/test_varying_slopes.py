"""The varying-slopes widget without a browser: its numbers, its traits, its page, and the same in JavaScript."""

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

from hlm_teach import lmm, load
from hlm_teach.widgets import VaryingSlopes
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.module import FOLDER, joined
from hlm_teach.widgets.varying_slopes_fit import Spread, closed_form
from hlm_teach.widgets.varying_slopes_lines import Lines
from hlm_teach.widgets.varying_slopes_picture import ellipse
from hlm_teach.widgets.varying_slopes_words import MESSAGES

SLEEP = ("Reaction", "Days", "Subject")
STATES = 240


@pytest.fixture
def sleep():
    return VaryingSlopes(question=False)


def made(rng: np.random.Generator, J: int, sizes, tau=(20.0, 5.0, 0.2), sigma=10.0) -> pd.DataFrame:
    """Draw J lines and rows about them."""
    n = np.broadcast_to(sizes, J)
    g = np.repeat(np.arange(J), n)
    x = rng.uniform(0, 10, len(g))
    lines = rng.multivariate_normal([50, 3], Spread(*tau).T, J)
    y = lines[g, 0] + lines[g, 1] * x + sigma * rng.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "g": g})


def dense(data: pd.DataFrame, spread: Spread, sigma: float) -> tuple[float, np.ndarray]:
    """Return the restricted criterion and β̂ with whole N × N matrices."""
    X = np.column_stack([np.ones(len(data)), data["x"]])
    same = data["g"].to_numpy()[:, None] == data["g"].to_numpy()
    V = same * (X @ spread.T @ X.T) + sigma**2 * np.eye(len(data))
    Vi = np.linalg.inv(V)
    beta = np.linalg.solve(X.T @ Vi @ X, X.T @ Vi @ data["y"])
    r = data["y"].to_numpy() - X @ beta
    logs = np.linalg.slogdet(V)[1] + np.linalg.slogdet(X.T @ Vi @ X)[1]
    return logs + r @ Vi @ r + (len(data) - 2) * math.log(2 * math.pi), beta


@pytest.mark.parametrize("spread", [Spread(20, 5, 0.2), Spread(0, 0, 0), Spread(8, 2, -1), Spread(0, 3, 0)])
def test_closed_form_is_the_likelihood(spread):
    """Is the criterion that of whole covariance matrices, also on the boundary and with groups of one row?"""
    data = made(np.random.default_rng(4), 9, [1, 2, 3, 4, 5, 6, 1, 2, 9])
    state = closed_form(Lines.of(data, "y", "x", "g"), spread, 7.0, 0.0)
    criterion, beta = dense(data, spread, 7.0)
    assert state.criterion == pytest.approx(criterion, abs=1e-8)
    assert state.beta == pytest.approx(beta, rel=1e-9)


def test_sleep_study_in_print(sleep):
    """Are the figures those of lme4: estimates, both origins, the narrowest place, and the shares of variance?"""
    s = sleep.state
    assert (s.spread.tau0, s.spread.tau1, s.sigma) == pytest.approx((24.741, 5.922, 25.592), abs=6e-4)
    assert s.beta == pytest.approx([251.4051, 10.4673], abs=5e-5)
    assert (s.criterion, s.spread.rho, s.narrowest) == pytest.approx((1743.628, 0.066, -0.274), abs=5e-4)
    shares = [s.between_at(x) / s.variance_at(x) for x in (0, 4.5, 9)]
    assert shares == pytest.approx([0.483, 0.683, 0.847], abs=5e-4)
    sleep.origin = 4.5
    s = sleep.state
    assert (s.criterion, s.spread.rho) == pytest.approx((1743.628, 0.753), abs=5e-4)
    assert s.spread.tau0 == pytest.approx(37.532, abs=2e-3)


def test_arrows_end_at_the_blups(sleep):
    """Do the arrows of the plane end at the coefficients of a fit by `lmm`, at two origins?"""
    data = load("sleepstudy")
    for origin in (0.0, 4.5):
        coef = lmm(
            "y ~ x + (x | g)",
            pd.DataFrame({"y": data["Reaction"], "x": data["Days"] - origin, "g": data["Subject"]}),
        ).coef["g"]
        sleep.origin = origin
        assert np.abs(sleep.state.estimate - coef.to_numpy()).max() < 1e-8 * 250


def test_own_lines_are_least_squares(sleep):
    """Is each circle of the plane the line through that subject's rows?"""
    data = load("sleepstudy")
    for (_name, rows), own in zip(data.groupby("Subject"), sleep.state.own, strict=True):
        assert own[::-1] == pytest.approx(np.polyfit(rows["Days"], rows["Reaction"], 1), rel=1e-9)


@pytest.mark.parametrize("origin", [-2.25, 3.0, 4.5, 11.25])
def test_origin_moves_intercepts_and_nothing_else(sleep, origin):
    """Are criterion, lines and variance the same at every origin, and T that of a refit, which is M T M'?"""
    before = sleep.state
    sleep.origin = origin
    after = sleep.state
    assert after.criterion == pytest.approx(before.criterion, abs=1e-9)
    assert after.narrowest == pytest.approx(before.narrowest, abs=1e-9)
    assert after.estimate[:, 0] == pytest.approx(
        before.estimate[:, 0] + origin * before.estimate[:, 1], rel=1e-10
    )
    M = np.array([[1, origin], [0, 1]])
    assert pytest.approx(M @ before.spread.T @ M.T, rel=1e-10) == after.spread.T
    data = load("sleepstudy").assign(Days=lambda d: d["Days"] - origin)
    refit = lmm("Reaction ~ Days + (Days | Subject)", data)
    assert pytest.approx(refit.varcorr["Subject"].cov.to_numpy(), rel=1e-5) == after.spread.T


def test_without_correlation_the_origin_is_part_of_the_model(sleep):
    """With ||: is the criterion that of a refit, another at every origin, and are the lines closest together at the origin?"""
    sleep.uncorrelated = True
    heights = []
    for sleep.origin in (0.0, 4.5, 9.0):
        data = load("sleepstudy").assign(Days=lambda d: d["Days"] - sleep.origin)
        refit = lmm("Reaction ~ Days + (Days || Subject)", data)
        assert sleep.state.criterion == pytest.approx(refit.criterion, abs=1e-7)
        assert sleep.state.narrowest == sleep.origin
        assert "It moves with the origin." in sleep.sentence
        heights.append(sleep.state.criterion)
    assert np.ptp(heights) > 5


def test_estimates_are_the_lowest_point_of_the_landscape(sleep):
    """After a line was moved: is no other (τ0, τ1, ρ) on a grid, at the fitted σ, lower than the fit?"""
    sleep.set_line("309", slope=30.0)
    best = sleep.best
    data = sleep.data
    for tau0 in np.linspace(0.2, 3, 9) * best.spread.tau0:
        for tau1 in np.linspace(0.2, 3, 9) * best.spread.tau1:
            for rho in (-0.9, -0.5, 0.0, best.spread.rho, 0.5, 0.9):
                assert (
                    closed_form(data, Spread(tau0, tau1, rho), best.sigma, 0.0).criterion
                    > best.criterion - 1e-9
                )


def test_a_moved_line_is_data(sleep):
    """Does a moved line keep its rows' distances from it, change nobody else's, and are the estimates those of a fit?"""
    sleep.origin = 4.5
    before = sleep.state
    sleep.set_line("330", intercept=400.0)
    after = sleep.state
    assert after.own[3] == pytest.approx([400.0, before.own[3, 1]])
    assert np.delete(after.own, 3, axis=0) == pytest.approx(np.delete(before.own, 3, axis=0))
    data = load("sleepstudy")
    mine = data["Subject"] == "330"
    data.loc[mine, "Reaction"] += 400.0 - before.own[3, 0]
    refit = lmm("Reaction ~ Days + (Days | Subject)", data)
    assert after.criterion == pytest.approx(refit.criterion, abs=1e-7)
    assert (sleep.selected, sleep.chosen) == (3, [])
    sleep.reset()
    assert sleep.state.criterion == pytest.approx(1743.628, abs=5e-4)
    with pytest.raises(ValueError, match="a label or an index from 0 to 17, but it is 'nobody'"):
        sleep.set_line("nobody", slope=1.0)


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_ellipse_holds_its_share(sleep, share):
    """Do 50 and 95 % of lines drawn from N(β, T) lie inside the ellipses?"""
    sleep.origin = 9.0
    state = sleep.state
    ring = ellipse(state, share) - state.beta
    inverse = np.linalg.inv(state.spread.T)
    level = np.einsum("ka,ab,kb->k", ring, inverse, ring)
    assert level == pytest.approx(np.full(61, level[0]))
    drawn = np.random.default_rng(1).multivariate_normal([0, 0], state.spread.T, 40_000)
    assert np.mean(np.einsum("ka,ab,kb->k", drawn, inverse, drawn) < level[0]) == pytest.approx(
        share, abs=0.01
    )


def test_prediction_and_its_answer():
    """Is the answer τ0 and the correlation, with the numbers of both origins in the reason, and closed before?"""
    w = VaryingSlopes()
    assert w.sentence == "The picture of 18 lines opens when you have committed to an answer."
    w.commit("B", 80)
    assert w.was_right
    for number in ("1743.628", "24.74", "37.53", "0.066", "0.753"):
        assert number in w.question["because"]


TWO = pd.DataFrame({"y": [1.0, 2, 4, 2, 1, 5], "x": [0.0, 1, 2, 0, 1, 2], "g": list("aaabbb")})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TWO.assign(y=[1, 2, math.nan, 2, 1, 5]), "Every y must be a finite number, but it is nan in row 2."),
        (TWO.assign(x=[0, math.inf, 2, 0, 1, 2]), "Every x must be a finite number, but it is inf in row 1."),
        (TWO.assign(y=["1", "2", "four", "2", "1", "5"]), "but it is four in row 2"),
        (TWO.assign(g=["a", "a", None, "b", "b", "b"]), "g is missing in 1 rows"),
        (TWO.assign(g="a"), "at least two groups, but g has 1"),
        (TWO.assign(x=[1.0, 1, 1, 2, 2, 2]), "x must vary inside a group"),
        (TWO.assign(y=[1.0, 2, 3, 5, 5, 5]), "nothing is left over to estimate σ"),
        (TWO.iloc[:0], "data must have rows"),
    ],
)
def test_bad_data_are_named(data, said):
    """Do missing, infinite, textual, ungrouped, constant and perfect data get a sentence that says so?"""
    with pytest.raises(ValueError, match=re.escape(said)):
        VaryingSlopes.from_data(data, "y", "x", "g")


@pytest.mark.parametrize(
    "arguments",
    [
        {"tau0": -1.0, "tau1": 2.0, "rho": 0.0},
        {"tau0": 1.0, "tau1": math.inf, "rho": 0.0},
        {"tau0": 1.0, "tau1": 2.0, "rho": 1.5},
        {"tau0": 1.0, "tau1": math.nan, "rho": 0.0},
        {"tau0": 1.0},
        {"origin": math.nan},
        {"origin": math.inf},
    ],
)
def test_numbers_that_are_none_are_refused(arguments):
    """Are SDs below 0, infinite or missing, correlations beyond 1 and no origin refused with a sentence?"""
    with pytest.raises(traitlets.TraitError, match="must be"):
        VaryingSlopes(**arguments)


def test_zero_spread_is_drawn_true(sleep):
    """At τ0 = τ1 = 0: is every estimate the mean line, the variance the same everywhere, and said so?"""
    sleep.chosen = [0.0, 0.0, 0.0]
    state = sleep.state
    assert state.estimate == pytest.approx(np.tile(state.beta, (18, 1)))
    assert state.narrowest is None
    assert "The lines are parallel" in sleep.sentence
    assert "nan" not in sleep.picture()


def test_boundary_fit_is_said():
    """Where the estimate lies on the boundary, does the sentence say so?"""
    w = VaryingSlopes(
        made(np.random.default_rng(2), 5, 6, tau=(0.0, 0.0, 0.0)), "y", "x", "g", question=False
    )
    assert w.is_boundary
    assert "This is a boundary fit" in w.sentence


def test_five_thousand_groups():
    """Are 5,000 groups, some of one row, drawn in part with numbers from all, in a page below three megabytes?"""
    rng = np.random.default_rng(5)
    w = VaryingSlopes(made(rng, 5000, rng.integers(1, 6, 5000)), "y", "x", "g", question=False)
    html = w._repr_mimebundle_()[0]["text/html"]
    assert len(w.shown) == 60
    assert len(html) < 3_000_000
    assert w.state.estimate.shape == (5000, 2)
    assert w.sentence in html


def test_messages_are_all_said_and_plain():
    """Is no message missing, none left over, and none with a number format that the browser would not know?"""
    script = "".join(
        p.read_text(encoding="utf-8")
        for p in [*FOLDER.glob("varying_slopes*.js"), *(FOLDER / "shared").glob("*.js")]
    )
    python = "".join(p.read_text(encoding="utf-8") for p in FOLDER.glob("varying_slopes*.py"))
    known = set(MESSAGES | GATE_MESSAGES) | {"space"}
    assert (
        set(
            re.findall(r"\bstrings\.(\w+)", "".join(p.read_text() for p in FOLDER.glob("varying_slopes*.js")))
        )
        <= known
    )
    built = {"dial_tau0", "dial_tau1", "dial_rho", "dial_own0", "dial_own1"}
    assert [
        k for k in set(MESSAGES) - built if f"strings.{k}" not in script and f'"{k}"' not in script + python
    ] == []


# ---- the same in JavaScript -------------------------------------------------------------------------------------------

ASK = """
import { readFileSync } from "node:fs";
import { look, sentence } from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
console.log(JSON.stringify(asked.map((traits) => {
  const w = look((name) => traits[name]);
  const { criterion, lowest, beta, own, estimate, tau0, tau1, rho, sigma, low, T } = w;
  return { criterion, lowest, beta, own, estimate, tau0, tau1, rho, sigma, low, said: sentence(w, traits.strings),
    given: { spread: [tau0, tau1, rho], sigma } };
})));
"""


def a_state(rng: np.random.Generator, number: int) -> VaryingSlopes:
    """Draw a widget in some state: any data, origin, spread; estimates, chosen values, or no correlation."""
    question = None if number % 10 == 0 else False
    if number % 3 == 0:
        w = VaryingSlopes(question=question)
    else:
        J = int(rng.integers(3, 25))
        tau = (
            float(rng.choice([0.0, 5.0, 30.0])),
            float(rng.choice([0.0, 1.0, 5.0])),
            float(rng.uniform(-0.9, 0.9)),
        )
        sizes = rng.integers(1, 9, J) if number % 2 else 6
        w = VaryingSlopes(
            made(rng, J, sizes, tau),
            "y",
            "x",
            "g",
            question=question,
        )
    w.origin = float(rng.choice([0.0, 4.5, rng.uniform(-3, 12)]))
    w.selected = int(rng.integers(len(w.lines)))
    if number % 4 == 1:
        tau0, tau1 = (float(v) for v in rng.uniform(0, 40, 2) * rng.choice([0, 1, 1, 1], 2))
        w.chosen = [tau0, tau1 / 5, float(rng.choice([-1, 0, 1, rng.uniform(-1, 1)]))]
    if number % 4 == 2:
        w.uncorrelated = True
    if number % 5 == 0:
        w.set_line(int(rng.integers(len(w.lines))), slope=float(rng.normal() * 20))
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(4)
    widgets = [a_state(rng, number) for number in range(STATES)]
    folder = tmp_path_factory.mktemp("node")
    (folder / "widget.mjs").write_text(
        joined("varying_slopes.js") + "export { look, sentence };\n", encoding="utf-8"
    )
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    (folder / "asked.json").write_text(
        json.dumps([w.traits_for_page() for w in widgets], allow_nan=False), encoding="utf-8"
    )
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, json.loads(done.stdout)


def test_browser_finds_the_same_estimates(both):
    """Do the browser's own optimiser and `lmm` find the same optimum: its height to 1e-7, the SDs to 1e-4 of σ?"""
    widgets, found = both
    for w, js in zip(widgets, found, strict=True):
        assert js["lowest"] == pytest.approx(w.best.criterion, abs=1e-7)
        s = w.state
        assert js["sigma"] == pytest.approx(s.sigma, rel=1e-5)
        if not w.is_boundary:
            assert js["tau0"] == pytest.approx(s.spread.tau0, rel=1e-4, abs=1e-4 * s.sigma)
            assert js["tau1"] == pytest.approx(s.spread.tau1, rel=1e-4, abs=1e-4 * s.sigma)


def test_browser_computes_the_same_closed_form(both):
    """At the browser's own (τ0, τ1, ρ, σ): are criterion, mean line and all estimates Python's, to 1e-9?"""
    widgets, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found, strict=True):
        state = closed_form(w.data, Spread(*js["given"]["spread"]), js["given"]["sigma"], w.origin)
        scale = np.abs(state.own).max()
        assert js["criterion"] == pytest.approx(state.criterion, rel=1e-9)
        assert np.abs(np.array(js["beta"]) - state.beta).max() <= 1e-9 * scale
        assert np.abs(np.array(js["own"]) - state.own).max() <= 1e-9 * scale
        assert np.abs(np.array(js["estimate"]) - state.estimate).max() <= 1e-9 * scale
        if w.chosen and not w.uncorrelated:
            assert js["tau0"] == pytest.approx(w.state.spread.tau0, rel=1e-9, abs=1e-9)


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python?"""
    widgets, found = both
    for w, js in zip(widgets, found, strict=True):
        assert js["said"] == w.sentence


def test_states_cover_what_can_be_shown(both):
    """Do the states compared include chosen values, no correlation, boundary fits, moved lines, and closed gates?"""
    widgets, _found = both
    assert sum(bool(w.chosen) for w in widgets) >= 40
    assert sum(w.uncorrelated for w in widgets) >= 40
    assert sum(w.is_boundary for w in widgets) >= 20
    assert sum(w.lines != w.start for w in widgets) >= 40
    assert sum(not w.committed for w in widgets) >= 20

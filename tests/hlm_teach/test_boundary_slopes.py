"""The widget of slopes at the boundary without a browser: its fits against `lmm`, its shares, its gate, its page, its twin."""

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
from hlm_teach.widgets import BoundarySlopes
from hlm_teach.widgets.boundary_slopes_numbers import REMEDIES, draws, fit_slopes, singular
from hlm_teach.widgets.boundary_slopes_words import MESSAGES
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.module import FOLDER, joined

STATES = 204
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
console.log(JSON.stringify(asked.map((traits) => {
  const w = widget.look((name) => traits[name]);
  return { data: w.data, share: w.share, fits: w.fits, said: widget.sentence(w, traits.strings),
    question: widget.ask(w, traits.strings) };
})));
"""


def rows_of(C, W: float, J: int, n: int) -> pd.DataFrame:
    """Return rows whose groups' lines have the covariance matrix C/n and whose sum of squares around them is W."""
    rng = np.random.default_rng(2)
    x = np.linspace(-1, 1, n)
    x /= math.sqrt(np.mean(x**2))
    X = np.column_stack([np.ones(n), x])
    lines = rng.normal(size=(J, 2))
    lines -= lines.mean(axis=0)
    lines = lines @ np.linalg.inv(np.linalg.cholesky(np.cov(lines.T))).T
    lines = lines @ np.linalg.cholesky(np.array([[C[0], C[1]], [C[1], C[2]]]) / n).T
    left = rng.normal(size=(J, n))
    left -= left @ X @ X.T / n
    left *= math.sqrt(W / np.sum(left**2))
    y = lines @ X.T + left
    return pd.DataFrame({"y": y.ravel(), "x": np.tile(x, J), "g": np.repeat(np.arange(J), n)})


def test_every_remedy_is_the_fit_of_lmm():
    """Inside and at the boundary: are SDs, ρ̂, σ², the SE of the slope and the rise of the criterion those of `lmm`'s refits?"""
    J, n, seen = 8, 6, set()
    C, W = draws(1, J, n, 0.25, 0.0)
    forms = {"keep": "y ~ x + (1 + x | g)", "apart": "y ~ x + (1 + x || g)", "drop": "y ~ x + (1 | g)"}
    for k in range(4):
        data, gaps = rows_of(C[k], W[k], J, n), []
        for remedy, formula in forms.items():
            mine, fit = fit_slopes(C[k], W[k], J, n, remedy), lmm(formula, data)
            found = [*fit.varcorr["g"].sd, 0.0][:2]
            assert [mine.tau0, mine.tau1] == pytest.approx(found, abs=1e-3)
            assert mine.sigma2 == pytest.approx(fit.sigma**2, rel=1e-3)
            assert mine.se == pytest.approx(fit.fixef_se["x"], rel=1e-3)
            gaps.append(fit.criterion - mine.height)
        assert gaps == pytest.approx([gaps[0]] * 3, abs=1e-4)
        keep = fit_slopes(C[k], W[k], J, n)
        seen.add(keep.boundary)
        if keep.boundary and not math.isnan(keep.rho):
            assert abs(keep.rho) == pytest.approx(1)
    assert seen == {True, False}


def test_fit_is_the_lowest_place():
    """Over random covariance matrices and σ², does none have a lower criterion than the fit, with the prior or without?"""
    rng = np.random.default_rng(3)
    J, n = 7, 5
    C, W = draws(4, J, n, 0.2, 0.3)
    for k in range(5):
        c = np.array([[C[k, 0], C[k, 1]], [C[k, 1], C[k, 2]]])
        keep, prior = (fit_slopes(C[k], W[k], J, n, remedy) for remedy in ("keep", "prior"))

        def height(T, s2, c=c, k=k):
            V = s2 * np.eye(2) + n * T
            plain = (J - 1) * (np.linalg.slogdet(V)[1] + np.trace(np.linalg.solve(V, c)))
            return plain + J * (n - 2) * math.log(s2) + W[k] / s2

        def matrix(fit):
            b = 0.0 if math.isnan(fit.rho) else fit.rho * fit.tau0 * fit.tau1
            return np.array([[fit.tau0**2, b], [b, fit.tau1**2]])

        assert height(matrix(keep), keep.sigma2) == pytest.approx(keep.height)
        best = height(matrix(prior), prior.sigma2) - np.linalg.slogdet(matrix(prior))[1]
        for _time in range(400):
            near = matrix(prior if rng.random() < 0.5 else keep) + rng.choice([0.003, 0.1]) * np.eye(2)
            L = np.linalg.cholesky(near) + rng.choice([0.01, 0.3]) * rng.normal(size=(2, 2))
            T, s2 = L @ L.T, keep.sigma2 * math.exp(0.2 * rng.normal())
            assert height(T, s2) >= keep.height - 1e-9
            assert height(T, s2) - np.linalg.slogdet(T)[1] >= best - 1e-9


def test_draws_are_wishart():
    """Are the 500 matrices and W those of the model: their means, and the share at the boundary of 20,000 drawn by NumPy?"""
    J, n, tau1, rho = 10, 8, 0.3, -0.5
    rng = np.random.default_rng(1)
    V = np.eye(2) + n * np.array([[0.25, rho * 0.5 * tau1], [rho * 0.5 * tau1, tau1**2]])
    lines = rng.normal(size=(20_000, J, 2)) @ np.linalg.cholesky(V).T
    lines -= lines.mean(axis=1, keepdims=True)
    C = np.einsum("kja,kjb->kab", lines, lines) / (J - 1)
    W = rng.chisquare(J * (n - 2), 20_000)
    truth = np.mean(np.linalg.eigvalsh(C)[:, 0] < W / (J * (n - 2)))
    found = np.mean([singular(*draws(seed, J, n, tau1, rho), J, n).mean() for seed in range(4)])
    assert found == pytest.approx(truth, abs=4 * math.sqrt(truth * (1 - truth) / 2000))
    mine = np.mean([draws(seed, J, n, tau1, rho)[0].mean(axis=0) for seed in range(4)], axis=0)
    assert mine == pytest.approx([V[0, 0], V[0, 1], V[1, 1]], abs=0.12)


def test_share_is_that_of_the_fits():
    """Is the share that is said the share of the 500 fits that are marked as boundary fits?"""
    w = BoundarySlopes(question=False)
    flags = []
    for w.number in range(1, 501, 5):
        flags.append(w.fit("keep").boundary)
    assert np.mean(flags) == pytest.approx(np.mean(singular(*w._drawn, w.J, w.n)[::5]))


def test_question_and_new_draw():
    """Is the answer C at first; are all cases answered rightly; does New draw ask about another one, or stay open where none was?"""
    w = BoundarySlopes()
    assert w.sentence == "The picture opens when you have committed to an answer."
    w.commit("C", 60)
    assert w.was_right
    assert "59.6 %" in w.question["because"]
    answers = []
    for _case in w.cases:
        w.redraw()
        assert not w.committed
        w.commit(w.question["answer"], 80)
        answers.append(w.question["answer"])
        assert [0, 0.1, 0.35, 0.6][answers[-1]] <= w.share
    assert len(set(answers)) == 4
    free = BoundarySlopes(question=False)
    free.redraw()
    assert (free.seed, free.J, free.committed) == (2, 8, True)
    free.J = 20
    free.reset()
    assert free.J == 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"J": 3}, "J must be 4 to 50, but J = 3."),
        ({"J": 5000}, "J must be 4 to 50, but J = 5000."),
        ({"n": 2}, "n must be 3 to 30, but n = 2."),
        ({"tau1": math.nan}, "tau1 must be 0 to 1, but tau1 = nan."),
        ({"tau1": math.inf}, "tau1 must be 0 to 1, but tau1 = inf."),
        ({"rho": -1.0}, "rho must be -0.9 to 0.9, but rho = -1.0."),
        ({"remedy": "pray"}, "remedy must be one of keep, apart, drop, prior, but it is 'pray'."),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        BoundarySlopes(**arguments)


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("boundary_slopes*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(
        p.read_text(encoding="utf-8") for p in files if p.suffix in (".js", ".py") and "words" not in p.name
    )
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {
        f"{a}_{b}"
        for a in ("to", "dial", "option", "key")
        for b in (*REMEDIES, "J", "n", "tau1", "rho", "0", "1", "2", "3", "estimate", "truth", "level")
    }
    assert [k for k in MESSAGES if k not in built and not re.search(rf'strings\.{k}\b|"{k}"', script)] == []


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(19)
    seeds = [int(seed) for seed in rng.integers(0, 2**32, 6)]
    widgets = [
        BoundarySlopes(int(rng.integers(4, 51)) if number % 3 else int(rng.integers(4, 10)), int(rng.integers(3, 31)),
                       tau1=float(rng.choice([0.0, 0.1, 0.3, rng.uniform(0, 1)])), rho=float(rng.uniform(-0.9, 0.9)),
                       remedy=REMEDIES[number % 4], number=int(rng.integers(1, 501)), seed=seeds[number // 34],
                       question=None if number % 10 == 0 else False)
        for number in range(STATES)
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("node")
    text = joined("boundary_slopes.js") + "export { look, sentence, ask };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    asked = json.dumps([w.traits_for_page() for w in widgets], allow_nan=False)
    (folder / "asked.json").write_text(asked, encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, json.loads(done.stdout)


def test_browser_finds_and_says_the_same(both):
    """Are draws, shares, all four fits the same to 1e-9 on every state, and sentence and question in the very words of Python?"""
    widgets, found = both
    assert len(widgets) >= 200
    edges = 0
    for w, js in zip(widgets, found, strict=True):
        C, W = w.data
        assert js["data"]["C"] == pytest.approx(C, rel=1e-9, abs=1e-12)
        assert js["data"]["W"] == pytest.approx(W, rel=1e-9)
        assert js["share"] == w.share
        for remedy in REMEDIES:
            mine, theirs = w.fit(remedy), js["fits"][remedy]
            assert theirs["boundary"] == mine.boundary
            assert (
                theirs["rho"] is None
                if math.isnan(mine.rho)
                else theirs["rho"] == pytest.approx(mine.rho, abs=1e-9)
            )
            for part in ("tau0", "tau1", "sigma2", "height", "se"):
                assert theirs[part] == pytest.approx(getattr(mine, part), rel=1e-9, abs=1e-9)
        edges += w.fit("keep").boundary
        assert js["said"] == w.sentence
        if w.question:
            assert js["question"] == w.question
    assert 40 <= edges <= STATES - 40
    assert sum(not w.committed for w in widgets) >= 10

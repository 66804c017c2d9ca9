"""The widget of few groups without a browser: its exact coverage against simulation and regressions, its gate, its page, its twin."""

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
from scipy import stats

from hlm_teach import lmm
from hlm_teach.widgets import FewGroups
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.few_groups_numbers import METHODS, Z, arms, coverage, ratio, samples
from hlm_teach.widgets.few_groups_words import MESSAGES
from hlm_teach.widgets.module import FOLDER, joined

STATES = 220
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
const far = (key, value) => (value === Infinity ? "inf" : value);
console.log(JSON.stringify(asked.map((traits) => {
  const w = widget.look((name) => traits[name]);
  return { estimate: w.drawn.map((one) => one.estimate), half: w.drawn.map((one) => one.half), tau2: w.drawn.map((one) => one.tau2),
    exact: w.board.map((one) => one.exact), covered: w.board.map((one) => one.covered), zero: w.zero,
    said: widget.sentence(w, traits.strings),
    question: w.pair ? null : widget.ask([w.J, w.n, w.icc, w.method], traits.strings) };
}), far));
"""
PLACES = [(4, 2, 0.0), (6, 10, 0.2), (50, 20, 0.1), (50, 2, 0.8), (10, 20, 0.3)]


@pytest.mark.parametrize(("J", "n", "icc"), PLACES)
@pytest.mark.parametrize("method", METHODS)
def test_coverage_is_that_of_simulation(J, n, icc, method):
    """Is the exact coverage within four standard errors of 100,000 samples that NumPy draws, for every method?"""
    rng, a, f = np.random.default_rng(J), J - 2, J * (n - 1)
    unit = 1 - icc + n * icc
    S, W = unit * rng.chisquare(a, 100_000), (1 - icc) * rng.chisquare(f, 100_000)
    pooled = (S + W) / (a + f)
    q = {"rows": pooled, "lmm": np.where(S / a > W / f, S / a, pooled)}.get(
        method, S / a * ratio(J, n, method)
    )
    k = stats.t.ppf(0.975, a) if method == "t" else Z
    hits = unit * rng.normal(size=100_000) ** 2 <= k**2 * q
    exact = coverage(J, n, icc, method)
    assert np.mean(hits) == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 100_000))


@pytest.mark.parametrize(("J", "n", "icc"), PLACES)
def test_integral_is_that_of_quadrature(J, n, icc):
    """Is the coverage of the mixed model that of an adaptive integral over the share of S?"""
    from scipy import integrate

    a, f, share = J - 2, J * (n - 1), (1 - icc) / (1 - icc + n * icc)

    def inner(r):
        between = r / a > share * (1 - r) / f
        times = (a + f) / a * r if between else r + share * (1 - r)
        return stats.beta.pdf(r, a / 2, f / 2) * (1 - 2 * stats.t.sf(Z * math.sqrt(times), a + f))

    edge, middle = share * a / (f + share * a), a / (a + f)
    found = integrate.quad(inner, 0, 1, points=sorted({edge, middle}), limit=400, epsabs=1e-10)[0]
    assert coverage(J, n, icc, "lmm") == pytest.approx(found, abs=1e-7)


@pytest.mark.parametrize(
    ("J", "n", "icc"), [(3, 6, 0.1), (5, 4, 0.2), (7, 10, 0.2), (9, 3, 0.0), (49, 2, 0.5)]
)
def test_odd_number_of_groups_is_that_of_simulation(J, n, icc):
    """With arms of unequal size: are coverage and mean of the robust variance those of 100,000 draws of the group means?"""
    rng, unit, sizes = np.random.default_rng(J), 1 - icc + n * icc, arms(J)
    means = [math.sqrt(unit / n) * rng.normal(size=(100_000, size)) for size in sizes]
    effect = means[0].mean(axis=1) - means[1].mean(axis=1)
    squares = [((one - one.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) for one in means]
    plain = (squares[0] + squares[1]) / (J - 2) * (1 / sizes[0] + 1 / sizes[1])
    robust = squares[0] / sizes[0] ** 2 + squares[1] / sizes[1] ** 2
    robust *= J / (J - 1) * (J * n - 1) / (J * n - 2)
    for method, variance in (("z", plain), ("robust", robust)):
        exact = coverage(J, n, icc, method)
        found = np.mean(np.abs(effect) <= Z * np.sqrt(variance))
        assert found == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 100_000))
    assert np.mean(robust) / np.mean(plain) == pytest.approx(ratio(J, n, "robust"), rel=0.02)


def test_t_is_exact_and_z_is_the_known_number():
    """Does t cover in 95 % always, z with 6 groups in P(|t₄| ≤ 1.96), and does every method that counts groups near 95 % with many?"""
    for J in range(3, 51):
        assert coverage(J, 7, 0.3, "t") == pytest.approx(0.95, abs=1e-12)
        assert coverage(J, 7, 0.3, "z") == pytest.approx(1 - 2 * stats.t.sf(Z, J - 2), abs=1e-12)
    assert coverage(6, 10, 0.2, "z") == pytest.approx(0.8784, abs=5e-5)
    for method in ("z", "robust", "lmm"):
        assert coverage(50, 20, 0.3, method) > 0.94 > coverage(6, 20, 0.3, method)


def rows_of(J: int, n: int, seed: int) -> pd.DataFrame:
    """Return rows of J groups of n, the second half treated."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(J), n)
    return pd.DataFrame(
        {"y": 0.4 * rng.normal(size=J)[g] + rng.normal(size=J * n), "x": (g >= J // 2) * 1.0, "g": g}
    )


@pytest.mark.parametrize("seed", range(4))
def test_standard_errors_are_those_of_regressions(seed):
    """On rows: are the five standard errors those of statsmodels (means, clustered, rows) and of `lmm`?"""
    import statsmodels.formula.api as smf

    J, n = 8, 6
    data = rows_of(J, n, seed)
    means = data.groupby("g").mean()
    arm = means.groupby("x")["y"].transform("mean")
    S = n * float(np.sum((means["y"] - arm) ** 2))
    W = float(np.sum((data["y"] - data.groupby("g")["y"].transform("mean")) ** 2))
    a, f, N = J - 2, J * (n - 1), J * n
    ols = smf.ols("y ~ x", means).fit()
    assert math.sqrt(4 * S / a / N) == pytest.approx(ols.bse["x"])
    fit = smf.ols("y ~ x", data)
    clustered = fit.fit(cov_type="cluster", cov_kwds={"groups": data["g"]})
    assert math.sqrt(4 * S / a * ratio(J, n, "robust") / N) == pytest.approx(clustered.bse["x"])
    assert math.sqrt(4 * (S + W) / (a + f) / N) == pytest.approx(fit.fit().bse["x"])
    q = S / a if S / a > W / f else (S + W) / (a + f)
    mixed = lmm("y ~ x + (1 | g)", data)
    assert math.sqrt(4 * q / N) == pytest.approx(mixed.fixef_se["x"], rel=1e-3)


@pytest.mark.parametrize("J", [5, 6])
def test_samples_agree_with_the_exact_numbers(J):
    """Over 40 draws of 200 samples: is the share covered, and of τ̂ = 0, within four standard errors of the exact one?"""
    drawn = [{method: samples(seed, J, 10, 0.2, method) for method in METHODS} for seed in range(40)]
    w = FewGroups(J=J, question=False)
    for method in METHODS:
        exact = w.coverage(method)
        found = np.mean([one[method].covered.mean() for one in drawn])
        assert found == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 8000))
    zeros = np.mean([np.mean(one["z"].tau2 == 0) for one in drawn])
    assert zeros == pytest.approx(w.zero, abs=4 * math.sqrt(w.zero * (1 - w.zero) / 8000))
    assert w.zero == pytest.approx(stats.f.cdf(0.8 / 2.8, J - 2, 9 * J))


def test_two_groups_are_not_dummies():
    """With J = 2: has no method that counts groups an interval, is that said, and do dummies cover less the larger the ICC?"""
    w = FewGroups(J=2, question=False)
    assert all(math.isnan(w.coverage(method)) for method in METHODS if method != "rows")
    assert "no standard error that counts groups exists" in w.sentence
    assert "nan" not in w.sentence.replace("nan intervals", "")
    assert coverage(2, 10, 0.0, "rows") == pytest.approx(1 - 2 * stats.t.sf(Z, 18))
    assert coverage(2, 10, 0.8, "rows") < coverage(2, 10, 0.2, "rows") < coverage(2, 10, 0.0, "rows")
    assert "in 69.1 % of samples" in w.sentence
    assert "<svg" in w.picture()


def test_question_and_new_draw():
    """Is the answer C (87.8 %) at first; are all cases answered rightly; and does New draw ask about another one?"""
    w = FewGroups()
    assert w.sentence == "The picture opens when you have committed to an answer."
    w.commit("C", 60)
    assert w.was_right
    answers = []
    for _case in w.cases:
        w.redraw()
        assert not w.committed
        w.commit(w.question["answer"], 80)
        share = 100 * w.coverage(w.method)
        assert [94, 90, 84, 0][w.question["answer"]] <= share
        answers.append(w.question["answer"])
    assert set(answers) == {0, 1, 2, 3}
    free = FewGroups(question=False)
    free.redraw()
    assert (free.seed, free.J, free.committed) == (2, 6, True)


def test_reset_goes_back():
    """Does Reset bring back every dial of the start?"""
    w = FewGroups(J=8, method="t", question=False)
    w.J, w.n, w.icc, w.method = 20, 3, 0.7, "rows"
    w.reset()
    assert (w.J, w.n, w.icc, w.method) == (8, 10, 0.2, "t")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"J": 0}, "J must be 2 to 50, but J = 0."),
        ({"J": 5000}, "J must be 2 to 50, but J = 5000."),
        ({"n": 1}, "n must be 2 to 50, but n = 1."),
        ({"icc": math.nan}, "icc must be 0 to 0.8, but icc = nan."),
        ({"icc": math.inf}, "icc must be 0 to 0.8, but icc = inf."),
        ({"method": "luck"}, "method must be one of z, t, robust, lmm, rows, but it is 'luck'."),
        ({"J": 2}, "With J = 2 there is no such interval to ask about"),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Do an impossible J, a NaN, an infinite ICC and an unknown method get a sentence with what was found?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        FewGroups(**arguments)


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("few_groups*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(
        p.read_text(encoding="utf-8") for p in files if p.suffix in (".js", ".py") and "words" not in p.name
    )
    known = set(MESSAGES | GATE_MESSAGES) | {"space", "play", "pause"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {
        f"{a}_{b}"
        for a in ("method", "formulas", "dial", "option", "key")
        for b in (
            *METHODS,
            "robust_odd",
            "J",
            "n",
            "icc",
            "0",
            "1",
            "2",
            "3",
            "hit",
            "miss",
            "exact",
            "drawn",
        )
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
    rng = np.random.default_rng(17)
    seeds = [int(seed) for seed in rng.integers(0, 2**32, 6)]
    widgets = []
    for number in range(STATES):
        J = 2 if number % 11 == 1 else int(rng.integers(3, 51))
        icc = float(rng.choice([0.0, 0.2, 0.8, rng.uniform(0, 0.8)]))
        question = None if number % 10 == 0 and J > 2 else False
        widgets.append(FewGroups(J, int(rng.integers(2, 51)), icc, method=METHODS[number % 5],
                                 seed=seeds[number // 37], question=question))  # fmt: skip
    folder = tmp_path_factory.mktemp("node")
    text = joined("few_groups.js") + "export { look, sentence, ask };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    asked = json.dumps([w.traits_for_page() for w in widgets], allow_nan=False)
    (folder / "asked.json").write_text(asked, encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, json.loads(done.stdout)


def test_browser_finds_the_same_numbers(both):
    """Are samples, intervals, τ̂², the exact coverage of all five methods and P(τ̂ = 0) the same to 1e-9?"""
    widgets, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found, strict=True):
        drawn = w.samples
        half = np.array([math.inf if v == "inf" else v for v in js["half"]])
        assert js["estimate"] == pytest.approx(drawn.estimate, rel=1e-9, abs=1e-12)
        assert half == pytest.approx(drawn.half, rel=1e-9)
        if w.J > 2:
            assert js["tau2"] == pytest.approx(drawn.tau2, rel=1e-9, abs=1e-12)
            assert js["zero"] == pytest.approx(w.zero, abs=1e-9)
        for method, exact, covered in zip(METHODS, js["exact"], js["covered"], strict=True):
            mine = w.coverage(method)
            assert (exact is None) == math.isnan(mine)
            if exact is not None:
                assert exact == pytest.approx(mine, abs=1e-9)
                assert covered == samples(w.seed, w.J, w.n, w.icc, method).covered.sum()


def test_browser_says_the_same_sentence(both):
    """Does the browser say every state in the very words of Python, and ask the same question?"""
    widgets, found = both
    for w, js in zip(widgets, found, strict=True):
        assert js["said"] == w.sentence
        if w.question:
            assert js["question"] == w.question
    assert sum(bool(w.question) for w in widgets) >= 10
    assert sum(w.J == 2 for w in widgets) >= 10
    assert sum(w.J % 2 == 1 for w in widgets) >= 50

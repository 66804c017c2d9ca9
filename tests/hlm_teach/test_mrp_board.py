"""The MRP board without a browser: its poll, its fit and its five estimates, its gate, its page, its twin in the browser."""

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

from hlm_teach import glmm, poststratified_means, poststratify, rake
from hlm_teach.datasets import load
from hlm_teach.raking import totals
from hlm_teach.widgets import MrpBoard
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.module import FOLDER, joined
from hlm_teach.widgets.mrp_board_data import Poll, chances
from hlm_teach.widgets.mrp_board_fit import METHODS, design, fit
from hlm_teach.widgets.mrp_board_words import MESSAGES

STATES = 210
# glmer(cbind(yes, n - yes) ~ gender + age + u + gender:u + (1 | unit), binomial, nAGQ = 0) of lme4 1.1.31
LME4_TAU = 0.60903924
LME4_BETA = [-0.30991366, -0.60724153, 0.57457953, 0.81334833, 1.12883649, 0.47709973, 0.13892342]
ASK = """
import { readFileSync } from "node:fs";
import * as widget from "./widget.mjs";
const asked = JSON.parse(readFileSync("asked.json", "utf8"));
console.log(JSON.stringify(asked.states.map((traits) => {
  const w = widget.look((name) => (name === "world" ? asked.worlds[traits.world] : traits[name]));
  return { n: w.poll.n, yes: w.poll.yes, fit: w.fit, estimates: w.estimates, margins: w.margins, truth: w.truth,
    rmse: widget.METHODS.map((name) => w.rmse(name)), all: widget.METHODS.map((name) => w.overall(w.estimates[name])),
    said: widget.sentence(w, asked.strings), question: w.quiet < 0 ? null : widget.ask(w, asked.strings) };
})));
"""
FORMULAS = {(False, False): "", (True, False): " + u", (True, True): " + u + gender:u"}


def frames(w: MrpBoard) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the poll cell by cell (those with respondents) and the population, as the library takes them."""
    (a, first), (b, second) = w.world["traits"]
    index = pd.MultiIndex.from_product([w.world["labels"][: w.J], first, second], names=["unit", a, b])
    cells = index.to_frame(index=False).assign(N=w.people.ravel(), n=w.poll.n.ravel(), yes=w.poll.yes.ravel())
    cells[a], cells[b] = pd.Categorical(cells[a], first), pd.Categorical(cells[b], second)
    cells["u"] = np.repeat(w.world["u"][: w.J], w.poll.n.shape[1])
    asked = cells[cells["n"] > 0]
    return asked.assign(support=asked["yes"] / asked["n"]), cells


def people(asked: pd.DataFrame) -> pd.DataFrame:
    """Return a row per respondent."""
    rows = asked.loc[asked.index.repeat(asked["n"])].assign(y=0.0)
    rank = rows.groupby(level=0).cumcount()
    return rows.assign(y=(rank < rows["yes"]).astype(float)).reset_index(drop=True)


@pytest.mark.parametrize("terms", [(False, False), (True, False), (True, True)])
def test_fit_and_estimates_are_those_of_the_library(terms):
    """Is τ̂ near that of `glmm`, which integrates better; is MRP its predictions' mean, and within a point of `poststratify`'s?"""
    w = MrpBoard(1500, silent=-1, mr=True, p=True, predictor=terms[0], interaction=terms[1], question=False)
    asked, cells = frames(w)
    known = glmm(f"support ~ gender + age{FORMULAS[terms]} + (1 | unit)", asked, weights="n")
    assert w.fit.tau == pytest.approx(math.sqrt(known.varcorr["unit"].cov.iloc[0, 0]), rel=0.02)
    assert w.fit.beta == pytest.approx(known.fixef.to_numpy(), abs=0.03)
    predicted = known.predict(cells) * cells["N"]
    plain = predicted.groupby(cells["unit"]).sum() / cells.groupby("unit")["N"].sum()
    assert w.estimates["mrp"] == pytest.approx(plain.reindex(w.world["labels"]).to_numpy(), abs=0.004)
    means = poststratify(known, cells, by="unit", draws=1000).estimate.reindex(w.world["labels"])
    assert w.estimates["mrp"] == pytest.approx(means.to_numpy(), abs=0.012)


def test_fit_is_that_of_lme4():
    """Are τ̂ and β̂ those of lme4 1.1.31's ``glmer(…, nAGQ = 0)`` for the same poll, to the digits that R printed?"""
    w = MrpBoard(600, predictor=True, interaction=True, silent=4, seed=3, question=False)
    assert w.fit.tau == pytest.approx(LME4_TAU, rel=1e-5)
    assert w.fit.beta == pytest.approx(LME4_BETA, abs=2e-6)


def height(w: MrpBoard, X: np.ndarray, poll: Poll, tau: float) -> float:
    """Return D(τ) from scratch: a general minimiser over β and b, then the determinant."""
    from scipy.optimize import minimize

    J, _K, P = X.shape

    def penalised(x):
        eta = X @ x[:P] + (tau * x[P:])[:, None]
        left = poll.yes - poll.n / (1 + np.exp(-eta))
        value = -2 * np.sum(poll.yes * eta - poll.n * np.logaddexp(0, eta)) + np.sum(x[P:] ** 2)
        return value, -2 * np.concatenate([np.einsum("jk,jkp->p", left, X), tau * left.sum(1) - x[P:]])

    found = minimize(penalised, np.zeros(P + J), jac=True, method="BFGS", options={"gtol": 1e-7})
    eta = X @ found.x[:P] + (tau * found.x[P:])[:, None]
    p = 1 / (1 + np.exp(-eta))
    return found.fun + np.log1p(tau**2 * (poll.n * p * (1 - p)).sum(1)).sum()


@pytest.mark.parametrize(("seed", "J"), [(1, 31), (2, 12), (3, 5), (6, 8)])
def test_no_other_tau_is_better(seed, J):
    """Computed from scratch by another minimiser, is D(τ) nowhere lower than at τ̂, 0 included?"""
    w = MrpBoard(300, J, silent=-1, seed=seed, predictor=True, question=False)
    X = design(w.world, J, True, False)
    best = height(w, X, w.poll, w.fit.tau)
    others = [height(w, X, w.poll, tau) for tau in (0.0, 0.05, 0.15, 0.3, 0.6, 1.5)]
    near = [height(w, X, w.poll, w.fit.tau * step) for step in (0.97, 1.03)] if w.fit.tau else []
    assert best <= min(others + near) + 1e-6


def test_weighting_is_that_of_the_library():
    """Are P alone and the raked means those of `poststratified_means` and `rake`, for the units with respondents?"""
    w = MrpBoard(2000, question=False)
    asked, cells = frames(w)
    sample = people(asked)
    mine = {name: pd.Series(w.estimates[name], w.world["labels"]).dropna() for name in METHODS}
    p = poststratified_means(sample, cells, ["unit", "gender", "age"], "y", by="unit")["estimate"].dropna()
    assert mine["p"].to_dict() == pytest.approx(p.to_dict(), rel=1e-12)
    weights = rake(sample, totals(cells, ["gender", "age"])).weights
    raked = (weights * sample["y"]).groupby(sample["unit"]).sum() / weights.groupby(sample["unit"]).sum()
    assert mine["rake"].to_dict() == pytest.approx(raked.to_dict(), rel=1e-8)
    assert mine["raw"].to_dict() == pytest.approx(sample.groupby("unit")["y"].mean().to_dict(), rel=1e-12)
    assert len(mine["raw"]) == 30 and len(mine["mrp"]) == 31


def test_a_proportional_poll_needs_no_p():
    """If every cell answers in proportion, is P alone the raw mean, and MR with P the same as MR alone?"""
    w = MrpBoard(J=6, silent=-1, question=False)
    world = w.world | {"N": np.tile([40, 20, 60, 10, 30, 50, 20, 70], (6, 1)).tolist()}
    even = MrpBoard(J=6, silent=-1, world={k: v[:6] if k in ("labels", "codes", "tiles", "u", "share") else v for k, v in world.items()},
                    question=False)  # fmt: skip
    n = np.tile([4, 2, 6, 1, 3, 5, 2, 7], (6, 1))
    even._kept[
        (
            "poll",
            *(
                getattr(even, name)
                for name in ("seed", "n", "J", "quiet", "odds_a", "odds_b", "odds_u", "odds_y")
            ),
        )
    ] = Poll(n, np.minimum(n, [[j % 3 + 1] for j in range(6)]))
    found = even.estimates
    assert found["p"] == pytest.approx(found["raw"], rel=1e-12)
    assert found["rake"] == pytest.approx(found["raw"], rel=1e-12)
    assert found["mrp"] == pytest.approx(found["mr"], rel=1e-12)


def test_errors_are_in_the_order_that_the_board_teaches():
    """Over ten polls: raw means err most, MRP less, MRP with the predictor least by far, and the adversary spoils all of them?"""
    rmse = {name: [] for name in ("raw", "mrp", "predictor", "adversary")}
    for seed in range(10):
        w = MrpBoard(seed=seed, question=False)
        rmse["raw"].append(w.rmse("raw"))
        rmse["mrp"].append(w.rmse("mrp"))
        w.predictor = True
        rmse["predictor"].append(w.rmse("mrp"))
        w.odds_y = 3.0
        rmse["adversary"].append(w.rmse("mrp"))
    raw, mrp, predictor, adversary = (np.mean(v) for v in rmse.values())
    assert raw > mrp > predictor + 0.02
    assert adversary > 1.5 * predictor


def test_poll_follows_its_odds():
    """Over many people, do the cells answer in proportion to people × odds, nobody in the silent unit, and the adversary's yes too often?"""
    w = MrpBoard(5000, 5, odds_a=0.5, odds_b=3.0, odds_u=2.0, odds_y=4.0, silent=3, question=False)
    N, p = w.people, np.array(w.world["share"][:5])
    odds = np.ones(N.shape) * np.where(np.array(w.world["u"][:5]) > w.world["middle"], 2.0, 1.0)[:, None]
    odds[:, 4:] *= 0.5
    odds[:, [0, 4]] *= 3.0
    odds[3] = 0
    expected = N * odds * (4 * p + 1 - p)
    assert chances(w)[1] == pytest.approx(expected)
    n = sum(
        MrpBoard(
            5000, 5, odds_a=0.5, odds_b=3.0, odds_u=2.0, odds_y=4.0, silent=3, seed=s, question=False
        ).poll.n
        for s in range(8)
    )
    share = expected / expected.sum()
    assert np.abs(n - 40000 * share).max() < 4.5 * np.sqrt(40000 * share.max())
    assert w.poll.n.sum() == 5000 and w.poll.n[3].sum() == 0
    assert np.all(w.poll.yes <= w.poll.n)
    assert w.poll.yes.sum() / 5000 == pytest.approx((N * odds * 4 * p).sum() / expected.sum(), abs=0.03)


def test_question_new_poll_and_reset():
    """Is the answer the estimate nearest to the truth; does New poll ask about another unit; does Reset bring back the start?"""
    w = MrpBoard()
    assert w.sentence == "The picture opens when you have committed to an answer."
    assert "Sichuan" in w.question["text"]
    w.commit("D", 60)
    assert w.was_right
    w.mr = w.p = True
    w.n = 4000
    w.redraw()
    assert (w.n, w.mr, w.quiet, w.at, w.committed, w.choice) == (800, False, 1, 1, False, -1)
    assert "Shandong" in w.question["text"]
    w.commit("C", 60)
    assert w.was_right
    w.odds_y, w.J, w.silent = 3.0, 6, -1
    w.reset()
    assert (w.odds_y, w.J, w.silent, w.selected) == (1.0, 31, 4, 4)
    free = MrpBoard(question=False)
    free.redraw()
    assert (free.seed, free.silent, free.committed) == (2, 4, True)
    with pytest.raises(ValueError, match="in which nobody answers: pass silent=4"):
        MrpBoard(silent=-1)


def test_a_silent_unit_beyond_the_last_is_none():
    """With fewer units than the silent one's number, does everybody answer, and is the selection the last unit?"""
    w = MrpBoard(J=4, question=False)
    assert (w.quiet, w.at) == (-1, 3)
    assert w.poll.n.sum(1).min() > 0
    assert "units without any: 0 of 4" in w.sentence


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"odds_a": math.nan}, "odds_a must be 0.2 to 5, but odds_a = nan."),
        ({"odds_y": math.inf}, "odds_y must be 0.2 to 5, but odds_y = inf."),
        ({"odds_u": 0.0}, "odds_u must be 0.2 to 5, but odds_u = 0.0."),
        ({"n": 10}, "n must be 200 to 5000, but n = 10."),
        ({"J": 32}, "J must be 4 to 31, but J = 32."),
        ({"silent": -2}, "silent must be -1 to 30, but silent = -2."),
        ({"silent": 31}, "silent must be -1 to 30, but silent = 31."),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found?"""
    with pytest.raises(traitlets.TraitError, match=re.escape(said)):
        MrpBoard(**arguments, question=False)


def own(units: int = 5, **change) -> pd.DataFrame:
    """Return a small population, with some of its values changed: column=(row, value)."""
    index = pd.MultiIndex.from_product(
        [range(units), ["f", "m"], ["old", "young"]], names=["place", "sex", "age"]
    )
    cells = index.to_frame(index=False)
    cells = cells.assign(
        N=100.0 + 7 * np.arange(len(cells)),
        u=cells["place"] * 1.5,
        share=0.3 + 0.05 * (np.arange(len(cells)) % 7),
    )
    for column, (row, value) in change.items():
        cells[column] = cells[column].astype(object if isinstance(value, str) else float)
        cells.loc[row, column] = value
    return cells


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (own(N=(3, math.nan)), "Every N must be a finite number >= 0, but it is nan in 0."),
        (own(N=(3, math.inf)), "Every N must be a finite number >= 0, but it is inf in 0."),
        (own(share=(9, 1.2)), "Every share must be a number from 0 to 1, but it is 1.2 in 2."),
        (own(u=(19, math.inf)), "Every u must be a finite number, but it is inf in 4."),
        (own(u=(2, 5.0)), "u must have one value per place, but in 0 it has several."),
        (own().assign(u=2.0), "u must differ between units, but it is 2.0 in all."),
        (own().assign(N=lambda d: d["N"] * (d["place"] != 3)), "Somebody must live in every place, but in 3 every N is 0."),
        (own(1), "The board shows 4 to 60 units, but place has 1."),
        (own(5000), "The board shows 4 to 60 units, but place has 5000."),
        (own().drop(index=7), "this one is missing: 1 m young."),
        (pd.concat([own(), own().head(1)]), "this one stands there twice: 0 f old."),
        (own().assign(age="old"), "age must have 2 to 6 levels, but it has 1."),
        (own().drop(columns="share"), "There is no column 'share'."),
    ],
)  # fmt: skip
def test_from_data_says_what_is_wrong(cells, said):
    """Do NaN, ∞, a share above 1, an empty unit, one unit, 5,000 and odd tables get a sentence that names them?"""
    with pytest.raises(ValueError, match=re.escape(said)):
        MrpBoard.from_data(cells, "place", "u", ("sex", "age"))


def test_own_data_boundary_and_unanimity():
    """Where units do not differ, is τ̂ = 0 and said; where all say yes, are all numbers finite?"""
    flat = own(8).assign(share=0.5)
    w = MrpBoard.from_data(
        flat, "place", "u", ("sex", "age"), n=5000, silent=2, mr=True, p=True, seed=2, question=False
    )
    assert w.fit.tau == 0
    assert "τ̂ is 0, a boundary fit" in w.sentence
    assert not w.fit.b.any()
    assert w.estimates["mrp"] == pytest.approx(np.full(8, 0.5), abs=0.04)
    sure = MrpBoard.from_data(own(8).assign(share=1.0), "place", "u", ("sex", "age"), silent=2, mr=True, p=True, predictor=True,
                              question=False)  # fmt: skip
    assert np.all(sure.estimates["mrp"] > 0.999)
    assert "nan" not in sure.picture() + sure.sentence


def test_units_of_one_mind():
    """Where every unit says all yes or all no, is τ̂ at the end of its range, not 0, and MRP near the truth?"""
    torn = own(8).assign(share=lambda d: d["place"] % 2)
    w = MrpBoard.from_data(torn, "place", "u", ("sex", "age"), n=2000, silent=-1, question=False)
    assert w.fit.tau == pytest.approx(10)
    assert w.estimates["mrp"] == pytest.approx(w.truth, abs=0.02)


def test_odd_names_cannot_leave_the_script():
    """Does a place called like a tag end no script?"""
    odd = own().replace({"place": {0: "</script><b>"}})
    board = MrpBoard.from_data(odd, "place", "u", ("sex", "age"))
    assert board._repr_mimebundle_()[0]["text/html"].count("</script>") == 1


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    files = [*FOLDER.glob("mrp_board*"), *(FOLDER / "shared").glob("*.js")]
    script = "".join(
        p.read_text(encoding="utf-8") for p in files if p.suffix in (".js", ".py") and "words" not in p.name
    )
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= set(MESSAGES | GATE_MESSAGES) | {
        "space",
        "play",
        "pause",
    }
    built = {f"{a}_{b}" for a in ("name", "option", "dial", "key") for b in (*METHODS, *"0123", "n", "J", "odds_a", "odds_b", "odds_u",
             "odds_y", "shown", "truth")}  # fmt: skip
    assert [k for k in MESSAGES if k not in built and not re.search(rf'strings\.{k}\b|"{k}"', script)] == []


def a_state(rng: np.random.Generator, number: int) -> MrpBoard:
    """Draw a widget in some state: provinces or own data, all switches, odds and silent units."""
    odds = {
        name: float(np.round(np.exp(rng.uniform(-1.6, 1.6)), 2))
        for name in ("odds_a", "odds_b", "odds_u", "odds_y")
    }
    if number % 3:
        odds["odds_y"] = 1.0
    more = {"n": int(rng.choice([200, 800, 5000])), "seed": int(rng.integers(0, 2**32)), **odds,
            **{name: bool(rng.random() < 0.6) for name in ("mr", "p", "predictor", "interaction")}}  # fmt: skip
    if number % 6 == 5:
        units, b = int(rng.integers(4, 12)), int(rng.integers(2, 5))
        index = pd.MultiIndex.from_product(
            [range(units), list("xyz"), range(b)], names=["place", "kind", "step"]
        )
        cells = index.to_frame(index=False)
        shares = [0.5, rng.uniform(0.05, 0.95, len(cells)), cells["place"] % 2]  # alike, any, torn
        cells = cells.assign(N=rng.lognormal(4, 1, len(cells)), share=shares[number // 6 % 3])
        cells["u"] = rng.normal(size=units)[cells["place"]]
        w = MrpBoard.from_data(
            cells, "place", "u", ("kind", "step"), silent=int(rng.integers(-1, units)), question=False, **more
        )
    else:
        J = int(rng.integers(4, 32))
        w = MrpBoard(J=J, silent=int(rng.integers(-1, J)), question=None if number % 10 == 0 else False, **more) if number % 10 else \
            MrpBoard(J=J, silent=int(rng.integers(0, J)), **more)  # fmt: skip
    w.selected = w.quiet if number % 4 == 1 and w.quiet >= 0 else int(rng.integers(w.J))
    return w


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the widgets, and what the shipped module answers for the same states."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(12)
    widgets = [a_state(rng, number) for number in range(STATES)]
    worlds, states = [], []
    for w in widgets:
        traits = w.traits_for_page()
        strings = traits.pop("strings")
        if traits["world"] not in worlds:
            worlds.append(traits["world"])
        states.append(traits | {"world": worlds.index(traits["world"])})
    folder = tmp_path_factory.mktemp("node")
    text = joined("mrp_board.js") + "export { look, sentence, ask, METHODS };\n"
    (folder / "widget.mjs").write_text(text, encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    asked = {"states": states, "worlds": worlds, "strings": strings}
    (folder / "asked.json").write_text(json.dumps(asked, allow_nan=False), encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return widgets, json.loads(done.stdout)


def test_browser_finds_the_same_numbers(both):
    """Are polls the same to the person, and τ̂, β̂, b̂, probabilities, estimates, errors and margins to 1e-9 on every state?"""
    widgets, found = both
    assert len(widgets) >= 200
    for w, js in zip(widgets, found, strict=True):
        assert js["n"] == w.poll.n.tolist()
        assert js["yes"] == w.poll.yes.tolist()
        assert (js["fit"]["tau"] == 0) == (w.fit.tau == 0)
        for part in ("tau", "beta", "b", "share"):
            assert np.array(js["fit"][part], dtype=float) == pytest.approx(
                np.array(getattr(w.fit, part)), rel=1e-9, abs=1e-9
            )
        for name in METHODS:
            theirs = np.array(js["estimates"][name], dtype=float)
            assert theirs == pytest.approx(w.estimates[name], rel=1e-9, nan_ok=True)
        assert js["truth"] == pytest.approx(w.truth, rel=1e-12)
        assert js["rmse"] == pytest.approx([w.rmse(name) for name in METHODS], rel=1e-9, abs=1e-10)
        assert js["all"] == pytest.approx([w.overall(name) for name in METHODS], rel=1e-9)
        assert [row[0] for row in js["margins"]] == [row[0] for row in w.margins]
        assert np.array([row[1:] for row in js["margins"]]) == pytest.approx(
            np.array([row[1:] for row in w.margins])
        )


def test_browser_says_the_same(both):
    """Does the browser say every state in the very words of Python, and ask the same question?"""
    widgets, found = both
    for w, js in zip(widgets, found, strict=True):
        assert js["said"] == w.sentence
        if w.question:
            assert js["question"] == w.question


def test_states_cover_boundaries_and_data(both):
    """Do the states compared include boundary fits, own data, silent units, the adversary and closed gates?"""
    widgets, _found = both
    assert sum(w.fit.tau == 0 for w in widgets) >= 10
    assert sum(w.world["unit"] == "place" for w in widgets) >= 30
    assert sum(w.quiet >= 0 and w.at == w.quiet for w in widgets) >= 30
    assert sum(w.odds_y != 1 for w in widgets) >= 50
    assert sum(not w.committed for w in widgets) >= 15


def test_the_whole_country_stays_the_data_set():
    """Are people and truth those of ``provinces31``?"""
    w, cells = MrpBoard(question=False), load("provinces31")
    truth = cells.assign(yes=cells["N"] * cells["share"]).groupby("province")[["yes", "N"]].sum()
    known = (truth["yes"] / truth["N"]).reindex(w.world["labels"])
    assert w.truth == pytest.approx(known.to_numpy(), rel=1e-12)
    assert w.people.sum() == cells["N"].sum()
    assert fit(design(w.world, 31, False, False), w.poll).tau == w.fit.tau

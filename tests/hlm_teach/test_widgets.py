"""The pooling explorer without a browser: its traits, its gate, its page, and what must hold of its numbers."""

from __future__ import annotations

import itertools
import math
import re
from html.parser import HTMLParser

import nbformat
import numpy as np
import pandas as pd
import pytest
import traitlets
from nbclient import NotebookClient
from nbconvert import HTMLExporter

import hlm_teach.widgets
from hlm_teach.widgets import Exploration, PoolingExplorer
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.module import FOLDER, LIMIT, ModuleError, joined, joined_for_page
from hlm_teach.widgets.pooling_explorer import STEPS, tau_at
from hlm_teach.widgets.pooling_words import MESSAGES

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def explorer():
    return PoolingExplorer(question=False)


def test_default_groups_are_those_of_the_design(explorer):
    """Are there twelve groups of 2 to 60, with their truth, at the REML estimate?"""
    assert len(explorer.y) == len(explorer.truth) == 12
    assert (min(explorer.n), max(explorer.n)) == (2, 60)
    assert explorer.tau == explorer.tau_reml > 0
    assert str(explorer.seed) in explorer._repr_mimebundle_()[0]["text/html"]


@pytest.mark.parametrize("tau", [0.0, 1.0, 4.78, 50.0, math.inf])
def test_deviations_cancel_for_the_right_target(explorer, tau):
    """Is Σ û = 0 at every τ, where the target is μ̂, and only there?"""
    explorer.tau = tau
    weight = 1 - explorer.fit.shrinkage_factor
    assert np.sum(weight * (explorer.fit.y - explorer.fit.mu)) == pytest.approx(0, abs=1e-10)
    explorer.target = "all"
    if tau > 0:
        assert abs(np.sum(weight * (explorer.fit.y - explorer.fit.mu))) > 0.1


@pytest.mark.parametrize("target", ["mu", "all"])
def test_movement_is_weight_times_distance(explorer, target):
    """Is ȳ − α̂ = (1 − λ)(ȳ − target) for every group?"""
    explorer.target = target
    fit = explorer.fit
    assert fit.y - fit.estimate == pytest.approx(fit.shrinkage_factor * (fit.y - fit.mu), abs=1e-12)
    assert fit.mu == pytest.approx(explorer.grand_mean) if target == "all" else fit.mu != explorer.grand_mean


def test_ends_of_the_path_are_complete_and_no_pooling(explorer):
    """Is τ = 0 one mean for all, the mean of all observations, and τ = ∞ each group's own mean?"""
    explorer.tau = 0
    assert explorer.fit.estimate == pytest.approx(np.full(12, np.average(explorer.y, weights=explorer.n)))
    explorer.tau = math.inf
    assert explorer.fit.estimate.tolist() == explorer.y


def test_path_is_monotone_in_tau(explorer):
    """On 50 places of the slider: does τ grow, does every group's λ grow, and do the estimates spread?"""
    taus = [tau_at(place, explorer.sigma) for place in np.linspace(0, STEPS, 50)]
    assert (taus[0], taus[-1]) == (0, math.inf)
    assert all(a < b for a, b in itertools.pairwise(taus))
    weights, left, spread = [], [], []
    for explorer.tau in taus:
        fit = explorer.fit
        weights.append(1 - fit.shrinkage_factor)
        left.append(np.sum(np.asarray(explorer.n) * (fit.y - fit.estimate) ** 2))
        spread.append(np.var(fit.estimate))
    assert np.all(np.diff(weights, axis=0) > 0)
    assert np.all(np.diff(left) < 0)
    assert np.all(np.diff(spread) > 0)
    assert (left[-1], spread[0]) == (pytest.approx(0), pytest.approx(0))


def test_unbalanced_demo_points_to_the_weighted_mean():
    """Do the arrows of the groups 200, 5, 5, 5 point to 56.12, and to 68.60 only if told so?"""
    w = PoolingExplorer([70, 50, 52, 48], [200, 5, 5, 5], sigma=10, tau=math.sqrt(60), question=False)
    assert w.fit.mu == pytest.approx(56.12, abs=0.005)
    assert w.fit.estimate[1] == pytest.approx(51.53, abs=0.005)
    w.target = "all"
    assert w.fit.mu == pytest.approx(68.60, abs=0.005)
    assert w.fit.estimate[1] == pytest.approx(54.65, abs=0.005)


def test_set_group_changes_one_group(explorer):
    """Does set_group change the size and mean of one group, select it, tell observers, and nothing else?"""
    heard = []
    explorer.observe(lambda change: heard.append(change.name), names=["y", "n", "tau"])
    before = list(explorer.y)
    explorer.set_group("group 3", n=40, mean=60)
    assert (explorer.n[2], explorer.y[2], explorer.selected) == (40, 60, 2)
    assert [v for j, v in enumerate(explorer.y) if j != 2] == [v for j, v in enumerate(before) if j != 2]
    assert sorted(heard) == ["n", "y"]
    explorer.set_group(2, mean=-5.5)
    assert (explorer.n[2], explorer.y[2]) == (40, -5.5)
    explorer.reset()
    assert (explorer.y, explorer.n[2]) == (before, 4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"group": "no such", "n": 3}, "a label or an index from 0 to 11"),
        ({"group": 12, "n": 3}, "a label or an index from 0 to 11"),
        ({"group": 1, "n": 0}, "whole number >= 1, but it is 0 for group 2"),
        ({"group": 1, "n": 2.5}, "whole number >= 1, but it is 2.5 for group 2"),
        ({"group": 1, "mean": math.nan}, "finite number, but it is nan for group 2"),
        ({"group": 1, "mean": math.inf}, "finite number, but it is inf for group 2"),
    ],
)
def test_set_group_refuses_and_changes_nothing(explorer, change, said):
    """Does a wrong group, size or mean get a sentence that names it, and leave the state alone?"""
    before = explorer.traits_for_page()
    with pytest.raises(ValueError, match=re.escape(said)):
        explorer.set_group(**change)
    assert explorer.traits_for_page() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"y": [1.0], "n": [3], "sigma": 1}, "at least two groups, but y has 1"),
        ({"y": [1.0, 2.0], "n": [3], "sigma": 1}, "2, 1 and 2"),
        ({"y": [1.0, 2.0], "n": [3, 4], "sigma": 0}, "sigma = 0"),
        ({"y": [1.0, 2.0], "n": [3, 4], "sigma": math.nan}, "sigma = nan"),
        ({"y": [1.0, 2.0], "n": [3, 4]}, "sigma = None"),
        ({"y": [1.0, 2.0], "n": [3, math.nan], "sigma": 1}, "it is nan for group 2"),
        (
            {"y": [1.0, 2.0], "n": [3, 4], "sigma": 1, "truth": [1.0]},
            "truth must have one finite value per group",
        ),
        ({"y": [1.0, 2.0], "n": [3, 4], "sigma": 1, "tau": -1}, "tau = -1"),
        ({"y": [1.0, 2.0], "n": [3, 4], "sigma": 1, "question": {"text": "?"}}, "question must have text"),
    ],
)
def test_constructor_says_what_is_wrong(arguments, said):
    """Does bad input get a sentence with what was found, not a blank picture?"""
    with pytest.raises((ValueError, traitlets.TraitError), match=re.escape(said)):
        PoolingExplorer(**arguments)


def test_traits_refuse_what_cannot_be_drawn(explorer):
    """Do τ < 0, τ = nan and σ = 0 fail when they are set, and does the state stay?"""
    for name, value in [
        ("tau", -1.0),
        ("tau", math.nan),
        ("sigma", 0.0),
        ("target", "mean"),
        ("mode", "half"),
    ]:
        before = getattr(explorer, name)
        with pytest.raises((traitlets.TraitError, ValueError)):
            setattr(explorer, name, value)
        assert getattr(explorer, name) == before


def test_series_bring_their_labels():
    """Are the labels those of a Series, and are sizes matched by label, not by order?"""
    y = pd.Series({"Essex": 199.0, "Kent": 204.0, "Norfolk": 190.0})
    n = pd.Series({"Norfolk": 7, "Kent": 30, "Essex": 150})
    w = PoolingExplorer(y, n, 14.0, question=False)
    assert (w.labels, w.n) == (["Essex", "Kent", "Norfolk"], [150, 30, 7])


def test_from_data_pools_sigma_over_all_groups():
    """Are means and sizes those of the data, and is σ pooled over all rows even where groups are left out?"""
    data = pd.DataFrame({"v": [1.0, 3, 10, 12, 14, 5], "g": ["a", "a", "b", "b", "b", "c"]})
    w = PoolingExplorer.from_data(data, "v", "g", groups=["b", "a"], question=False)
    assert (w.y, w.n, w.labels) == ([12.0, 2.0], [3, 2], ["b", "a"])
    assert w.sigma == pytest.approx(math.sqrt((2 + 8 + 0) / 3))
    with pytest.raises(ValueError, match=r"no column 'w'.*v, g"):
        PoolingExplorer.from_data(data, "w", "g")
    with pytest.raises(ValueError, match="no z"):
        PoolingExplorer.from_data(data, "v", "g", groups=["a", "z"])


def test_gate_keeps_the_picture_closed_until_the_bet():
    """Is the sentence closed before the commitment, and are answer and confidence kept in traits afterwards?"""
    w = PoolingExplorer()
    assert not w.committed
    assert w.was_right is None
    assert w.sentence == "The picture of 12 groups opens when you have committed to an answer."
    w.commit("B", 80)
    assert (w.committed, w.choice, w.confidence, w.was_right) == (True, 1, 80, True)
    assert "λ = " in w.sentence
    with pytest.raises(ValueError, match=r"committed once.*80 % sure"):
        w.commit("A", 50)


@pytest.mark.parametrize("choice", ["A", 0, "group 1", "A: group 1 (n = 2, mean 45.5 points)"])
def test_answer_may_be_letter_label_index_or_text(choice):
    """May an answer be given by its letter, its group's label, its index or its whole text?"""
    w = PoolingExplorer()
    w.commit(choice, 35)
    assert (w.choice, w.was_right) == (0, False)


@pytest.mark.parametrize(
    ("choice", "confidence"),
    [("D", 50), (3, 50), (-1, 50), (True, 50), ("A", 101), ("A", -1), ("A", math.nan)],
)
def test_gate_refuses_what_is_no_bet(choice, confidence):
    """Does an answer that is none of the options, or a confidence outside 0…100, leave the gate closed?"""
    w = PoolingExplorer()
    with pytest.raises(ValueError, match="must be"):
        w.commit(choice, confidence)
    assert not w.committed


def test_smallest_group_is_not_the_answer():
    """Over 200 draws: is the answer the one who moves most, and the smallest only where no larger group moves clearly more?"""
    smallest = 0
    for seed in range(200):
        w = PoolingExplorer(seed=seed)
        answer = w.tagged[w.question["answer"]]
        n, size = np.array(w.n), np.abs(w.fit.y - w.fit.estimate)
        assert size[answer] == max(size[w.tagged])
        assert np.sort(size[w.tagged])[-2] < size[answer]
        if n[answer] == min(n[w.tagged]):
            smallest += 1
            gain = [size[k] - size[j] for j in range(12) for k in range(12) if n[k] > n[j]]
            assert max(gain) <= 0.1 * max(size)
    assert smallest < 10


def test_default_draw_defeats_both_short_cuts():
    """In the default draw: is the answer neither the smallest group nor the farthest one, and is it clear?"""
    w = PoolingExplorer()
    fit, answer = w.fit, w.tagged[w.question["answer"]]
    size, distance = np.abs(fit.y - fit.estimate), np.abs(fit.y - fit.mu)
    assert w.n[answer] != min(w.n[j] for j in w.tagged)
    assert distance[answer] != max(distance[j] for j in w.tagged)
    assert size[answer] > 1.3 * max(size[j] for j in w.tagged if j != answer)
    assert size[answer] == max(size)


def test_path_asks_who_is_half_way_first():
    """In path mode: is the largest group the answer, half way exactly at τ = σ/√n?"""
    w = PoolingExplorer(mode="path")
    answer = w.tagged[w.question["answer"]]
    assert w.n[answer] == max(w.n)
    w.tau = w.sigma / math.sqrt(w.n[answer])
    weight = 1 - w.fit.shrinkage_factor
    assert weight[answer] == pytest.approx(0.5)
    assert all(weight[j] < 0.5 for j in w.tagged if j != answer)


def test_nothing_is_asked_where_nothing_differs():
    """Is the picture open at once where all groups are alike, and where no question is wanted?"""
    assert PoolingExplorer([5.0, 5.0, 5.0], [4, 4, 4], 1.0).committed
    assert PoolingExplorer([5.0, 6.0, 7.0], [4, 4, 4], 1.0, mode="path").committed
    with pytest.raises(ValueError, match="asks nothing"):
        PoolingExplorer(question=False).commit(0, 50)


def test_sentence_names_the_numbers_of_the_state(explorer):
    """Does the sentence hold τ, the estimate and the movement of the group selected, and the target used?"""
    explorer.selected, explorer.tau = 3, 2.0
    fit = explorer.fit
    assert explorer.sentence.startswith("τ = 2.00, partial pooling")
    for said in (
        f"{fit.estimate[3]:.1f} points",
        f"{abs(fit.y[3] - fit.estimate[3]):.2f} points",
        f"μ̂ = {fit.mu:.1f}",
    ):
        assert said in explorer.sentence
    explorer.target = "all"
    assert f"ȳ_all = {explorer.grand_mean:.1f}" in explorer.sentence
    explorer.show_truth = True
    assert f"this state {explorer.errors['partial']:.2f}" in explorer.sentence
    explorer.tau = 0
    assert explorer.sentence.startswith("τ = 0, complete pooling: every estimate is 50.3 points.")
    explorer.tau = math.inf
    assert explorer.sentence.startswith("τ = ∞, no pooling")


def test_boundary_fit_is_said():
    """Where REML puts τ at 0, does the sentence say that this is a boundary fit?"""
    w = PoolingExplorer([50.0, 50.1, 49.9], [4, 4, 4], 10.0, question=False)
    assert w.tau == 0
    assert "boundary fit" in w.sentence


def test_redraw_is_the_next_seed_and_reset_returns_to_it():
    """Does New draw give the next seed's groups, and Reset go back to their start?"""
    w = PoolingExplorer(seed=5, question=False)
    w.redraw()
    assert w.seed == 6
    assert w.y == PoolingExplorer(seed=6, question=False).y
    w.tau = 3.0
    w.reset()
    assert w.tau == w.tau_reml
    assert (w.committed, w.question) == (True, {})
    with pytest.raises(ValueError, match="nothing to draw again"):
        PoolingExplorer([1.0, 2.0], [3, 4], 1.0, question=False).redraw()


@pytest.mark.parametrize("mode", ["full", "path"])
def test_new_draw_asks_again(mode, monkeypatch):
    """Does a new draw close the gate over its own question, take a second bet, and tell of both?"""
    told = []
    monkeypatch.setattr("hlm_teach.bets.listeners", [lambda *bet: told.append(bet)])
    w = PoolingExplorer(seed=5, mode=mode)
    w.commit(w.question["answer"], 80)
    w.redraw()
    fresh = PoolingExplorer(seed=6, mode=mode)
    assert (w.committed, w.choice, w.confidence, w.was_right) == (False, -1, 0, None)
    assert (w.question, w.tagged, w.selected) == (fresh.question, fresh.tagged, fresh.selected)
    assert (
        w.sentence == fresh.sentence == "The picture of 12 groups opens when you have committed to an answer."
    )
    w.commit((w.question["answer"] + 1) % 3, 35)
    assert w.was_right is False
    assert [(bet[2], bet[3]) for bet in told] == [(80, True), (35, False)]


def test_infinity_travels_through_json(explorer):
    """Is τ = ∞ sent as text, because JSON has no infinity, and read back as a number?"""
    explorer.tau = math.inf
    assert explorer.get_state("tau") == {"tau": "inf"}
    explorer.tau = 1.0
    explorer.set_state({"tau": "inf"})
    assert explorer.tau == math.inf


class Reader(HTMLParser):
    """Collects tags, texts and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [v for k, v in attrs if k in ("src", "href") and v]

    def handle_data(self, data):
        self.texts.append(data.strip())


@pytest.mark.parametrize("mode", ["full", "path"])
@pytest.mark.parametrize("tau", [0.0, 2.0, math.inf])
def test_page_holds_everything_and_loads_nothing(mode, tau):
    """Does the page hold a picture, the sentence and the script, and no address but the SVG namespace?"""
    w = PoolingExplorer(mode=mode, question=False, tau=tau)
    html = w._repr_mimebundle_()[0]["text/html"]
    reader = Reader()
    reader.feed(html)
    assert {"svg", "circle", "figcaption", "script", "style"} <= set(reader.tags)
    assert w.sentence in reader.texts
    assert reader.addresses == []
    assert set(re.findall(r"\w+://[^\s\"'<>)]*", html)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in html
    assert "url(" not in html


def test_static_picture_is_said_even_where_the_gate_is_closed():
    """Where no script runs nothing can be committed: does the picture come with its own sentence then?"""
    w = PoolingExplorer()
    data, _metadata = w._repr_mimebundle_()
    assert data["text/plain"] == w.sentence
    assert w.sentence.startswith("The picture of 12 groups opens")
    w.committed = True
    assert f"<figcaption>{w.sentence}</figcaption>" in data["text/html"]


def test_labels_cannot_break_the_page():
    """Do labels with markup stay text in the page, in the picture and in the script?"""
    w = PoolingExplorer([1.0, 2.0], [3, 40], 1.0, labels=["</script><b>", 'a"&<i>'], units="<u>")
    html = w._repr_mimebundle_()[0]["text/html"]
    assert html.count("</script>") == 1
    reader = Reader()
    reader.feed(html)
    assert not {"b", "i", "u"} & set(reader.tags)


def test_picture_of_many_groups_is_drawn():
    """Are 5,000 groups drawn in part, in a page below a megabyte and a half, with numbers from all of them?"""
    rng = np.random.default_rng(3)
    w = PoolingExplorer(rng.normal(size=5000), rng.integers(1, 50, 5000), 1.0)
    w.commit(0, 50)
    html = w._repr_mimebundle_()[0]["text/html"]
    assert html.count("<circle") == 101
    assert len(html) < 1_500_000
    assert w.fit.estimate.shape == (5000,)


def test_page_is_the_same_every_time():
    """Do two widgets in the same state give the same bytes?"""
    first, second = (PoolingExplorer()._repr_mimebundle_()[0]["text/html"] for _time in range(2))
    assert first == second


def test_batch_run_keeps_the_page_and_no_live_view(tmp_path):
    """Executed with nobody at the front end and exported: is the page what a reader sees, without a script from the network?"""
    notebook = nbformat.v4.new_notebook()
    code = "from hlm_teach.widgets import PoolingExplorer\nPoolingExplorer(question=False)"
    notebook.cells = [nbformat.v4.new_code_cell(code)]
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {"text/plain", "text/html"}
    assert output.data["text/plain"].startswith("τ = 4.78, the REML estimate")
    assert "widgets" not in notebook.metadata
    exported, _resources = HTMLExporter().from_notebook_node(notebook)
    assert 'class="hlm static"' in exported
    assert "mount({ render, second }" in exported


def test_live_view_is_offered_to_a_front_end():
    """With somebody there, is the live view in the bundle, beside the page?"""
    data, _metadata = PoolingExplorer()._repr_mimebundle_()
    assert set(data) == {VIEW, "text/plain", "text/html"}


def test_every_message_is_used_and_every_key_exists():
    """Does the browser ask for no message that is missing, and is none kept that nobody says?"""
    sources = [p.read_text(encoding="utf-8") for p in (FOLDER / "shared").glob("*.js")]
    sources += [
        (FOLDER / f"pooling_{part}.js").read_text(encoding="utf-8")
        for part in ("explorer", "marks", "maths", "path", "rows", "state")
    ]
    python = "".join(
        (FOLDER / f"pooling_{part}.py").read_text(encoding="utf-8")
        for part in ("explorer", "groups", "picture")
    )
    script = "\n".join(sources)
    known = set(MESSAGES | GATE_MESSAGES) | {"space"}
    assert set(re.findall(r"\bstrings\.(\w+)", script)) <= known
    built = {f"key_{k}" for k in ("mean", "estimate", "mu", "all", "truth")} | {
        f"sure_{p}" for p in (35, 60, 80, 95)
    }
    built |= {"because_full", "because_path", "complete", "none", "partial", "right", "wrong"}
    unsaid = [k for k in known - built if f"strings.{k}" not in script and f'"{k}"' not in script + python]
    assert unsaid == []


def test_sources_are_readable_and_load_nothing():
    """Is no line of a source beyond 130 characters, and does none load anything but its own second module?"""
    for path in FOLDER.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert max(map(len, text.splitlines())) <= 130, path
        assert ("import(" in text) == (path.name == "second.js"), path
        assert "fetch(" not in text


def all_widgets() -> list[type[Exploration]]:
    """Return every widget class of the package."""
    found = [getattr(hlm_teach.widgets, name) for name in hlm_teach.widgets.__all__]
    return [cls for cls in found if issubclass(cls, Exploration) and cls is not Exploration]


@pytest.mark.parametrize("cls", all_widgets(), ids=lambda cls: cls.__name__)
def test_shipped_module_is_below_15_kib(cls):
    """Is the module that every widget ships, all its shared parts included, below 15 KiB?"""
    assert len(cls._esm.encode()) < LIMIT == 15 * 1024
    assert cls._esm.rstrip().endswith("export default { render };")


@pytest.mark.parametrize("cls", all_widgets(), ids=lambda cls: cls.__name__)
def test_every_widget_with_sliders_can_be_timed(cls):
    """Does every widget that has a slider name one for the benchmark?"""
    used = re.search(r'(?<!")\bslider\b(?![="])', cls._esm)  # called or handed on, not defined or styled
    assert bool(cls.BENCH) == bool(used)


def test_second_modules_are_below_15_kib():
    """Is every second module below 15 KiB too, and is the list of them complete?"""
    ends = {p.name: p.read_text(encoding="utf-8").rstrip().rpartition("\n")[2] for p in FOLDER.glob("*.js")}
    found = {name for name, end in ends.items() if end == "export default { second };"}
    assert {PoolingExplorer(mode=mode).second_source for mode in ("full", "path")} <= found
    assert all(len(joined(name).encode()) < LIMIT for name in found)


def test_joined_module_holds_each_source_once():
    """Is every imported file joined once, before its use, with no import left?"""
    text = joined("pooling_explorer.js")
    assert text.count("const slider=") == text.count("const fixed=") == 1
    assert text.index("const fixed=") < text.index("const gate=") < text.index("function render(")
    assert not re.search(r"^import", text, re.MULTILINE)
    assert re.findall(r"^export.*", text, re.MULTILINE) == ["export default { render };"]
    assert not re.search(r"^export", joined_for_page("pooling_explorer.js"), re.MULTILINE)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('import {\n  a,\n} from "./b.js";\n', ":1: write an import on one line"),
        ('import { a } from "https://elsewhere.example/b.js";\n', ":1: write an import on one line"),
        ("const a = `one\ntwo`;\n", ":1: a template literal must end on the line"),
        ("const a = `one ${b[`two`]}`;\n", ":1: a template literal may not stand inside another"),
        (
            'import { fixed } from "./shared/numbers.js";\nconst fixed = 1;\n',
            ":2: the name fixed is already used",
        ),
        ("const a = 1;\n", "the last line must be"),
        ('import { a } from "./missing.js";\n', "there is no such file"),
    ],
)
def test_joining_refuses_what_it_cannot_join(tmp_path, monkeypatch, source, said):
    """Does a source that breaks the rule of joining get its file, its line and what must hold?"""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "numbers.js").write_text((FOLDER / "shared" / "numbers.js").read_text())
    (tmp_path / "w.js").write_text(source)
    monkeypatch.setattr("hlm_teach.widgets.module.FOLDER", tmp_path)
    with pytest.raises(ModuleError, match=re.escape(said)):
        joined("w.js")

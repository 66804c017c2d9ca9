"""The graph of a Bayesian model: every node and arrow drawn once, parents above children, nothing on top of anything."""

from __future__ import annotations

import itertools
import json

import pytest
from matplotlib import pyplot as plt

from hlm_teach import narrate, plots
from hlm_teach.look import check_alt
from hlm_teach.sampling import STORE

GRAPH = json.loads((STORE / "homework.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_every_node_and_every_arrow_is_there():
    """Has each parameter its text with its distribution, and each dependence its arrow?"""
    ax = plots.model_graph(GRAPH)
    said = [t.get_text() for t in ax.texts if t.get_text()]
    for name, node in GRAPH.items():
        assert f"{name}\n~ {node['says']}" in said
    arrows = [t for t in ax.texts if getattr(t, "arrow_patch", None) is not None]
    assert len(arrows) == sum(len(node["parents"]) for node in GRAPH.values())
    assert {"school", "pupil"} <= set(said)


def test_parents_stand_above_children_and_no_text_covers_another():
    """Does every arrow point down, and are all boxes apart?"""
    ax = plots.model_graph(GRAPH)
    ax.figure.canvas.draw()
    place = {t.get_text().split("\n")[0]: t for t in ax.texts if "~" in t.get_text()}
    for name, node in GRAPH.items():
        for parent in node["parents"]:
            assert place[parent].get_position()[1] > place[name].get_position()[1]
    boxes = [t.get_bbox_patch().get_window_extent() for t in place.values()]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_the_sentence_names_every_dependence():
    """Is it good enough to be an alt text, and does it say who depends on whom?"""
    said = narrate.model_graph(GRAPH)
    assert check_alt(said) == said
    assert "math, one per pupil, depends on a, b, eps." in said


def test_a_circle_is_refused():
    """Do arrows that go round raise, with the node's name?"""
    with pytest.raises(ValueError, match="circle, but they do at 'a'"):
        plots.model_graph({"a": {"parents": ["b"]}, "b": {"parents": ["a"]}})

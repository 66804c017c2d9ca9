"""Tile maps: is every unit there once, is its colour its value, can everybody read it, and does the sentence agree?"""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from hlm_teach import load, narrate, plots
from hlm_teach.look import check_alt
from hlm_teach.provinces import CENSUS_2020
from hlm_teach.tile_layouts import LAYOUTS, Layout


@pytest.fixture(autouse=True)
def no_figure_left():
    """Close what a test leaves open."""
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def states():
    return load("us_election_2016_state").set_index("state")["trump_share"] * 100


def luminance(colour):
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "count"), [("us", 51), ("china", 31)])
def test_layouts_are_complete(name, count):
    """Does each layout have each unit once, on a place of its own, with a name of its own?"""
    layout = LAYOUTS[name]
    assert len(layout.tiles) == len(set(layout.tiles.values())) == count
    assert set(layout.names) == set(layout.tiles) and len(set(layout.names.values())) == count


def test_layouts_know_the_data(states):
    """Are the names those of the data sets: 51 states, 31 provinces?"""
    assert None not in LAYOUTS["us"].codes(states.index)
    assert set(LAYOUTS["us"].names.values()) == set(load("cces2016")["state"])
    assert set(LAYOUTS["china"].names.values()) == set(CENSUS_2020["province"])


def test_some_neighbours_are_neighbours():
    """Do the layouts keep north above south and east right of west for pairs that nobody doubts?"""
    us, china = LAYOUTS["us"].tiles, LAYOUTS["china"].tiles
    for tiles, north, south in ((us, "ND", "TX"), (us, "ME", "FL"), (china, "HL", "GD"), (china, "BJ", "SH")):
        assert tiles[north][0] < tiles[south][0]
    for tiles, west, east in ((us, "CA", "VA"), (us, "WA", "MN"), (china, "XZ", "SH"), (china, "XJ", "LN")):
        assert tiles[west][1] < tiles[east][1]


def test_colour_is_the_value(states):
    """Is each tile's luminance in the order of its value, so that the map can be read in grey?"""
    ax = plots.tile_map(states)
    tiles = dict(zip([text.get_text() for text in ax.texts], ax.patches, strict=True))
    codes = LAYOUTS["us"].codes(states.index)
    light = pd.Series([luminance(tiles[code].get_facecolor()) for code in codes], states.index)
    assert light.corr(states, method="spearman") > 0.999


@pytest.mark.parametrize("centre", [None, 50.0])
def test_labels_can_be_read(states, centre):
    """Has every code at least the contrast 4.5 with its tile, on both scales?"""
    ax = plots.tile_map(states, centre=centre)
    for text, tile in zip(ax.texts, ax.patches, strict=True):
        assert contrast(text.get_color(), tile.get_facecolor()) >= 4.5


def test_missing_units_are_hatched(states):
    """Is a unit without a value white and hatched, and said in the sentence?"""
    some = states.drop(["Ohio", "Texas"])
    ax = plots.tile_map(some)
    hatched = {
        text.get_text()
        for text, tile in zip(ax.texts, ax.patches, strict=True)
        if tile.get_hatch() and to_rgb(tile.get_facecolor()) == (1, 1, 1)
    }
    assert hatched == {"OH", "TX"}
    said = narrate.tile_map(some, unit="%")
    assert "49 units" in said and "2 units are hatched" in said and "Ohio" in said and "Texas" in said


def test_limits_make_maps_comparable(states):
    """Does the same value have the same colour on two maps with the same limits, and a centre the lightest tile?"""
    one, two = states[["Ohio", "Texas"]], states[["Ohio", "California"]]
    colours = []
    for values in (one, two):
        ax = plots.tile_map(values, limits=(0, 100))
        colours.append(
            {t.get_text(): p.get_facecolor() for t, p in zip(ax.texts, ax.patches, strict=True)}["OH"]
        )
    assert colours[0] == colours[1]
    ax = plots.tile_map(pd.Series({"OH": 30.0, "TX": 50.0, "CA": 60.0}), centre=50)
    light = {t.get_text(): luminance(p.get_facecolor()) for t, p in zip(ax.texts, ax.patches, strict=True)}
    assert light["TX"] > light["CA"] > light["OH"]


def test_one_value_and_equal_values(states):
    """Do a single unit and units that are all equal give a map and a sentence?"""
    for values in (pd.Series({"OH": 5.0}), states * 0 + 5):
        plots.tile_map(values)
        check_alt(narrate.tile_map(values, what="share"))
    plots.tile_map(pd.Series({"OH": 50.0}), centre=50)


def test_the_sentence_has_the_ends(states):
    """Does the sentence name both ends with their numbers, and is it long enough for an alt text?"""
    said = narrate.tile_map(states, unit="%", what="Trump's share")
    assert "lowest in District of Columbia (4.1 %)" in said and "highest in West Virginia (68.6 %)" in said
    assert check_alt(said) == said


def test_a_layout_of_ones_own():
    """Can a map be drawn on a layout that somebody made?"""
    layout = Layout({"N": (0, 0), "S": (1, 0)}, {"N": "North", "S": "South"})
    ax = plots.tile_map(pd.Series({"North": 1.0, "S": 2.0}), layout)
    assert [text.get_text() for text in ax.texts] == ["N", "S"]


WRONG = {
    "no series": (lambda s: s.tolist(), {}, TypeError, "A map needs a Series"),
    "a stranger": (lambda s: s.rename({"Ohio": "Ohia"}), {}, ValueError, "it has none for Ohia"),
    "twice": (lambda s: pd.concat([s, pd.Series({"OH": 1.0})]), {}, ValueError, "OH stands there twice"),
    "nothing known": (lambda s: s * np.nan, {}, ValueError, "all are missing"),
    "no layout": (lambda s: s, {"layout": "france"}, ValueError, "There is no layout 'france'"),
    "limits": (lambda s: s, {"limits": (5, 1)}, ValueError, "limits must be two increasing numbers"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_maps_are_named(states, name):
    """Does each wrong argument raise one sentence?"""
    spoil, arguments, error, sentence = WRONG[name]
    with pytest.raises(error, match=sentence):
        plots.tile_map(spoil(states), **arguments)


def test_nothing_of_matplotlib_is_changed(states):
    """Does a map leave matplotlib's settings alone?"""
    before = dict(mpl.rcParams)
    plots.tile_map(states)
    assert dict(mpl.rcParams) == before

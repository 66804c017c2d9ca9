"""The figures of MRP: do they show every unit and level where it is, and does the sentence say the same?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import hlm_teach
from hlm_teach import load, narrate, plots
from hlm_teach.look import check_alt

TRUTH = pd.Series({"A": 40.0, "B": 50.0, "C": 60.0})
MRP = pd.DataFrame(
    {"estimate": TRUTH + np.array([1, -8, 2]), "lower": TRUTH - 3, "upper": TRUTH + np.array([4, -4, 5])}
)


@pytest.fixture(autouse=True)
def no_figure_left():
    """Close what a test leaves open."""
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def table():
    poll = load("mrp_sim_poll")
    return hlm_teach.margins(poll, load("mrp_sim_cells"), ["male", "age", "eth"])


def test_margins_stand_where_they_are(table):
    """Are sample and population drawn at their shares, level by level, and are all levels named?"""
    ax = plots.margins(table)
    sample, people = (line for line in ax.lines)
    np.testing.assert_allclose(sample.get_xdata(), 100 * table["sample"])
    np.testing.assert_allclose(people.get_xdata(), 100 * table["population"])
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        f"{trait}: {level}" for trait, level in table.index
    ]
    assert sample.get_marker() != people.get_marker()


def test_margins_are_said(table):
    """Does the sentence name the level that answered most readily and the one that did least, with both shares?"""
    ratio = table["ratio"]
    said = narrate.margins(table)
    for trait, level in (ratio.idxmax(), ratio.idxmin()):
        assert f"{trait} {level}" in said
    assert f"{100 * table['sample'][ratio.idxmax()]:.0f} %" in said and check_alt(said) == said


def test_what_is_no_table_of_margins_is_refused():
    """Is another table refused by the figure and by the sentence?"""
    for show in (plots.margins, narrate.margins):
        with pytest.raises(TypeError, match="A table of margins is needed here"):
            show(TRUTH.to_frame())


def test_every_unit_is_against_its_truth():
    """Is each unit at (truth, estimate), filled where its interval misses the truth, and is the RMSE in the title?"""
    axes = plots.against_truth(TRUTH, {"raw": TRUTH.head(2) + 10, "MRP": MRP})
    assert [ax.get_title(loc="left") for ax in axes] == ["raw: RMSE 10.0", "MRP: RMSE 4.8"]
    hollow, filled = (np.column_stack(line.get_data()) for line in axes[1].lines[1:3])
    np.testing.assert_allclose(hollow, [[40, 41], [60, 62]])
    np.testing.assert_allclose(filled, [[50, 42]])
    raw = np.column_stack(axes[0].lines[1].get_data())
    np.testing.assert_allclose(raw[:2], [[40, 50], [50, 60]])
    assert np.isnan(raw[2, 1])
    assert axes[0].get_xlim() == axes[0].get_ylim() == axes[1].get_xlim()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_any_number_of_methods(count):
    """Has each of one to five methods its panel, on the same scale?"""
    axes = plots.against_truth(TRUTH, {f"method {k}": TRUTH + k for k in range(count)})
    assert len(axes) == count and len({ax.get_xlim() for ax in axes}) == 1


def test_errors_are_said():
    """Does the sentence have each method's RMSE, its worst unit, its coverage and what it lacks?"""
    said = narrate.against_truth(TRUTH, {"raw": TRUTH.head(2) + 10, "MRP": MRP}, unit="points")
    assert "raw: RMSE 10.0 points" in said and "raw has no estimate for 1 unit." in said
    assert "MRP: RMSE 4.8 points, farthest off in B; 67 % of its intervals hold the truth." in said
    assert check_alt(said) == said

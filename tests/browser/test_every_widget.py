"""What every widget must do in a real Chromium: follow the benchmark's slider, fit a narrow window, speak without scripts."""

from __future__ import annotations

import pytest
from browsing import STUCK, cost_of_a_move, fits, same_state, screenshot, speaks_without_scripts, violations

import hlm_teach.widgets

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Two states of each: the first as it comes or with much to draw, the second with the most controls or another picture.
STATES = {
    "BoundaryFits": [{}, {"preset": "dyestuff2", "remedy": "prior"}],
    "BoundarySlopes": [{}, {"remedy": "prior"}],
    "FewGroups": [{}, {"J": 2}],
    "GroupPredictors": [{}, {"preset": "radon"}],
    "Hospitals": [{"reveal": True, "measure": "wrong"}, {"preset": "heart_transplants", "target": "mean"}],
    "IccExplorer": [{}, {"icc": 0.18, "J": 160, "n": 45}],
    "ModelTranslator": [{"preset": "pupils"}, {"preset": "words"}],
    "MrpBoard": [{"mr": True, "p": True, "predictor": True}, {"mr": True, "p": True, "n": 5000}],
    "PoolingExplorer": [{"mode": "full"}, {"mode": "path"}],
    "RemlMl": [{"J": 20, "n": 10}, {"J": 12, "p": 3}],
    "TauPriors": [{"J": 8, "family": "gamma"}, {"J": 3}],
    "VaryingSlopes": [{"uncorrelated": True}, {}],
    "WithinBetween": [{"preset": "hsb", "mundlak": True}, {"preset": "reversal"}],
}


def test_states_are_of_all_widgets_with_sliders():
    """Is every widget that the benchmark moves held to the tests of this file?"""
    names = [name for name in hlm_teach.widgets.__all__ if getattr(hlm_teach.widgets, name).BENCH]
    assert sorted(STATES) == sorted(names)


@pytest.mark.parametrize(
    ("name", "arguments"), [(name, one) for name, states in STATES.items() for one in states]
)
def test_moves_then_narrow_window(open_page, name, arguments):
    """Is the benchmark's slider there, does each of its moves draw a whole picture, and do 320 pixels (1280 at 400 %) hold all?"""
    w = getattr(hlm_teach.widgets, name)(question=False, **arguments)
    page = open_page(w)
    same_state(w, page)
    if arguments == STATES[name][0]:
        assert cost_of_a_move(page, w.BENCH) < STUCK
    fits(page)
    assert violations(page, "main") == []
    screenshot(page, f"{name}_{'_'.join(map(str, arguments.values()))}_320")


@pytest.mark.parametrize("name", STATES)
def test_page_without_scripts_shows_picture_and_sentence(open_page, name):
    """With scripts off, does a reader still get a picture and its sentence?"""
    speaks_without_scripts(open_page, getattr(hlm_teach.widgets, name)())

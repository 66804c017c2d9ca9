"""What every widget must do without a browser: say plain names only, and stand in a page that needs nothing else."""

from __future__ import annotations

import html
import re
import string

import pytest

import hlm_teach.widgets
from hlm_teach.posterior import FAMILIES
from hlm_teach.widgets.exploration import GATE_MESSAGES
from hlm_teach.widgets.model_translator_data import SETS

# States of each: its presets, and the ends of its dials where a picture could become none.
STATES = {
    "BoundaryFits": [{"preset": "simulated"}, {"preset": "dyestuff2"}],
    "BoundarySlopes": [{}, {"tau1": 0.0, "J": 4, "n": 3}, {"remedy": "prior", "number": 2}],
    "FewGroups": [{}, {"icc": 0.0, "method": "lmm"}, {"J": 2, "method": "rows"}],
    "GroupPredictors": [{"preset": "simulated"}, {"preset": "radon"}],
    "Hospitals": [
        {"preset": "simulated"},
        {"preset": "heart_transplants"},
        {"mix": 1.0, "standard": "direct"},
    ],
    "IccExplorer": [{}, {"icc": 0.9, "J": 2, "n": 2}, {"icc": 0.0, "J": 200, "n": 100, "level": 1}],
    "ModelTranslator": [{"preset": preset} for preset in SETS],
    "MrpBoard": [{}],
    "PoolingExplorer": [{}, {"mode": "path"}],
    "RemlMl": [{"preset": "simulated"}, {"preset": "dyestuff"}],
    "TauPriors": [{"family": family} for family in FAMILIES],
    "VaryingSlopes": [{"question": False}],
    "WithinBetween": [
        {"preset": preset, "question": False, "mundlak": True} for preset in ("reversal", "homework", "hsb")
    ],
}


def test_states_are_of_all_widgets():
    """Is every widget that is shipped held to the tests of this file?"""
    shipped = [name for name in hlm_teach.widgets.__all__ if getattr(hlm_teach.widgets, name).BENCH]
    assert sorted(STATES) == sorted(shipped)


@pytest.mark.parametrize("name", [*STATES, "gate"])
def test_sentences_have_plain_names_only(name):
    """Does no sentence hold a number format, which the browser would not know?"""
    messages = GATE_MESSAGES if name == "gate" else getattr(hlm_teach.widgets, name).MESSAGES
    assert len(messages) >= len(GATE_MESSAGES)
    for key, message in messages.items():
        if not key.startswith("formulas"):
            for _text, field, form, conversion in string.Formatter().parse(message):
                assert field is None or (field.isidentifier() and not form and not conversion), message


@pytest.mark.parametrize(
    ("name", "arguments"), [(name, one) for name, states in STATES.items() for one in states]
)
def test_page_holds_picture_sentence_and_script(name, arguments):
    """Does the page hold a picture with the open state's sentence, no address but the SVG namespace, the same every time?"""
    w, again = (getattr(hlm_teach.widgets, name)(**arguments) for _time in range(2))
    page = w._repr_mimebundle_()[0]["text/html"]
    assert f"<figcaption>{html.escape(w.caption)}</figcaption>" in page
    assert w.picture() in page
    assert not re.search(r"\bnan\b", w.picture())
    assert "const second=(()=>{" in page
    assert set(re.findall(r"\w+://[^\s\"'<>)]*", page)) == {"http://www.w3.org/2000/svg"}
    assert page == again._repr_mimebundle_()[0]["text/html"]

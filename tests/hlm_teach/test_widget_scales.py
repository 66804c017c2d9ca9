"""The axes of the widgets: do the browser's ticks end, are they round, and are they those of the static pictures?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import numpy as np
import pytest

from hlm_teach.widgets.module import FOLDER
from hlm_teach.widgets.svg import bottom_axis, linear, ticks

ASK = """
import { readFileSync } from "node:fs";
import { ticks } from "./shared/scales.mjs";
console.log(JSON.stringify(JSON.parse(readFileSync("asked.json", "utf8")).map((one) => ticks(...one))));
"""
FLAT = [(0.3, 0.30000000000000004, 5), (1e17, 1e17 + 16, 6), (1e300, 1.0000000000000002e300, 5), (5.0, 5.0, 5), (0.0, 5e-324, 5),
        (0.0, 1e-120, 4), (2.0, 1.0, 5)]  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Return ranges, flat ones first, and the browser's ticks of each."""
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("HLM_CI") else pytest.skip)(
            "the parity of Python and JavaScript needs node"
        )
    rng = np.random.default_rng(5)
    low = rng.normal(size=200) * 10.0 ** rng.uniform(-3, 4, 200)
    ranges = [
        *FLAT,
        *zip(low, low + 10.0 ** rng.uniform(-4, 4, 200), rng.integers(2, 9, 200).tolist(), strict=True),
    ]
    folder = tmp_path_factory.mktemp("node")
    (folder / "shared").mkdir()
    for name in ("scales", "numbers"):
        text = (FOLDER / "shared" / f"{name}.js").read_text(encoding="utf-8")
        (folder / "shared" / f"{name}.mjs").write_text(text.replace('.js"', '.mjs"'), encoding="utf-8")
    (folder / "ask.mjs").write_text(ASK, encoding="utf-8")
    (folder / "asked.json").write_text(json.dumps(ranges), encoding="utf-8")
    done = subprocess.run([node, "ask.mjs"], cwd=folder, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return ranges, json.loads(done.stdout)


def test_ticks_of_equal_values_end(asked):
    """Where the ends differ by no more than their rounding, or not at all, do the ticks end, and are they few?"""
    _ranges, found = asked
    assert all(len(one) <= 10 for one in found[: len(FLAT)])


def test_ticks_are_round_and_the_same_in_python(asked):
    """Are the ticks of every other range those of the static pictures, inside it, and about as many as asked for?"""
    ranges, found = asked
    for (low, high, count), one in list(zip(ranges, found, strict=True))[len(FLAT) :]:
        known = ticks(low, high, count)
        assert [text for _value, text in one] == [text for _value, text in known]
        assert [value for value, _text in one] == pytest.approx([value for value, _text in known], rel=1e-12)
        slack = 1e-6 * (high - low)
        assert all(low - slack <= value <= high + slack for value, _text in one)
        assert len(one) <= count + 1


@pytest.mark.parametrize("value", [0.0, 5.0, -2.5, 0.3, 1e17, 5e-324])
def test_axes_of_a_single_value_have_one_tick(value):
    """Where all values are the same: does a static axis have that one tick, in the middle?"""
    [(found, words)] = ticks(value, value, 5)
    assert (found, float(words.replace("−", "-"))) == (value, pytest.approx(value))
    axis = bottom_axis(linear(value, value, 0, 100), 20, value, value, "x")
    assert "50.0" in axis
    assert words in axis
    assert "nan" not in axis

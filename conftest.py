"""For every test and doctest: a learner's record of its own, so that none is written to the real home."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _own_record(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """Send what `autograder.progress` records to a folder that is thrown away."""
    monkeypatch.setenv("HLM_HOME", str(tmp_path_factory.mktemp("record")))

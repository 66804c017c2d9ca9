"""What the tests of the sandbox share."""

from __future__ import annotations

import pytest

from autograder import sandbox


@pytest.fixture(scope="session")
def jail():
    """Skip where there is no sandbox; end the warm jail after the last test."""
    missing = sandbox.detect()
    if missing:
        pytest.skip(missing)
    yield
    sandbox.close()

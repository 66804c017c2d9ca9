"""What all tests share: in CI a test that needs the sandbox or a browser may not skip."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """In CI (``HLM_CI=1``) turn a skipped sandbox or browser test into a failure that says why."""
    outcome = yield
    report = outcome.get_result()
    needed = {mark.name for mark in item.iter_markers()} & {"sandbox", "browser"}
    if report.skipped and needed and os.environ.get("HLM_CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} needs {', '.join(sorted(needed))} and may not skip in CI: {report.longrepr}"
        )

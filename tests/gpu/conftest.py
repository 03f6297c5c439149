"""The places that the suite runs on, their workbenches, and the report of a session.

``GPU_REPORT`` names a JSON file for the report; without it none is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gpu.places import PLACES, why_not
from tests.gpu.session_report import SessionReport
from tests.gpu.workbench import Workbench

REPORT = SessionReport()


@pytest.fixture(scope="session", params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    """A place that is here; skips, with the reason, where it is not."""
    reason = why_not(request.param)
    if reason is not None:
        pytest.skip(reason)
    return str(request.param)


@pytest.fixture(scope="session")
def bench(place: str) -> Iterator[Workbench]:
    """Runs probes there."""
    with Workbench(place) as opened:
        yield opened


@pytest.fixture(scope="session")
def report() -> SessionReport:
    """What the session's report will say."""
    return REPORT


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:
    """Count how the tests of each place end."""
    outcome: Any = yield
    result = outcome.get_result()
    params = getattr(getattr(item, "callspec", None), "params", {})
    if "place" in params and (result.when == "call" or not result.passed):
        REPORT.count(params["place"], result.outcome, item.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report, if it has a place."""
    path = os.environ.get("GPU_REPORT")
    if path:
        REPORT.write(Path(path))

"""The device, where this torch can have it."""

from __future__ import annotations

import pytest

from autograder import simulated


@pytest.fixture(scope="session")
def has_device():
    """Skips, with the reason, where there is no simulated device."""
    reason = simulated.available()
    if reason is not None:
        pytest.skip(reason)
    simulated.register()

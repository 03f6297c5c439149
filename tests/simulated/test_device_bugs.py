"""Code that fails on CUDA fails on the simulated GPU; put right, it passes."""

from __future__ import annotations

import pytest
import torch

from autograder import simulated
from tests.simulated import (
    device_bugs,
    device_bugs_in_backwards,
    device_bugs_in_models,
    device_bugs_in_sequences,
)

BUGS = (
    device_bugs.BUGS
    + device_bugs_in_models.BUGS
    + device_bugs_in_backwards.BUGS
    + device_bugs_in_sequences.BUGS
)


def _inputs() -> torch.Tensor:
    return torch.randn(4, 3, generator=torch.Generator().manual_seed(5))


def _on_device(function):
    with simulated.simulating():
        return function(simulated.to_device(_inputs()))


@pytest.fixture(params=BUGS, ids=lambda bug: bug.__name__)
def bug(request, has_device):
    return request.param


def test_there_are_enough():
    """At least 25 device bugs have a name."""
    assert len(BUGS) >= 25


def test_on_the_cpu_nobody_notices(bug):
    """Both versions do the same on the CPU, so that it is about the device alone."""
    torch.testing.assert_close(bug.wrong(_inputs()), bug.right(_inputs()))


def test_the_bug_fails(bug):
    """The bug is refused in CUDA's words, or its result is on the wrong device."""
    if bug.says is None:
        assert _on_device(bug.wrong).device.type == "cpu"
        return
    with pytest.raises(getattr(bug, "kind", RuntimeError), match=bug.says):
        _on_device(bug.wrong)


def test_put_right_it_passes(bug):
    """The same code put right gives the CPU's answer, on the device."""
    found = _on_device(bug.right)
    assert found.device.type == "sim"
    torch.testing.assert_close(simulated.to_host(found), bug.right(_inputs()))

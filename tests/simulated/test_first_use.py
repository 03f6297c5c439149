"""What the first use of the device brings into a process, and what it does not."""

from __future__ import annotations

import subprocess
import sys

import pytest

NO_DTENSOR = """
import sys, torch
from autograder import simulated
simulated.warm_up()
simulated.register()
with simulated.simulating():
    weight = torch.ones(3, device="cuda", requires_grad=True)
    (weight * 2).sum().backward()
    assert simulated.to_host(weight.grad).tolist() == [2, 2, 2]
assert "torch.distributed.tensor" not in sys.modules
from torch.distributed.tensor import DTensor
assert DTensor.__module__.startswith("torch.")
"""
FORKS = """
import os, torch
from autograder import simulated
def works():
    weight = torch.ones(3, requires_grad=True)
    (weight * 2).sum().backward()
    with simulated.simulating():
        x = simulated.to_device(torch.ones(3)).requires_grad_()
        (x * 3).sum().backward()
    return simulated.to_host(x.grad).tolist() == [3, 3, 3]
simulated.register()
assert works()
child = os.fork()
if child == 0:
    os._exit(0 if works() else 1)
_, status = os.waitpid(child, 0)
assert status == 0
"""


@pytest.mark.usefixtures("has_device")
@pytest.mark.parametrize("code", [NO_DTENSOR, FORKS], ids=["imports", "forks"])
def test_in_a_fresh_process(code: str) -> None:
    """It needs no DTensor, and a process that has used it can fork others that do."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr

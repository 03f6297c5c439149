"""Where the device can be had, and what importing it does to torch: nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograder import simulated

TOO_OLD = """
import torch.utils.backend_registration as interface
vars(interface).pop("_setup_privateuseone_for_python_backend", None)
"""
TAKEN = """
import torch
torch.utils.rename_privateuse1_backend("npu")
"""
UNTOUCHED = """
import torch
from autograder import simulated
assert torch._C._get_privateuse1_backend_name() == "privateuseone"
assert not hasattr(torch, "sim") and not torch.cuda.is_available()
simulated.warm_up()
x = torch.ones(2, requires_grad=True)
(x * 2).sum().backward()
print("reason:", simulated.available())
"""


def _run(source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=120
    )


def test_importing_changes_nothing(has_device):
    """Until it is registered, torch has no other device."""
    done = _run(UNTOUCHED)
    assert done.stdout == "reason: None\n", done.stderr


def test_an_older_torch_says_so():
    """Without the interface there is a reason, and the rest of torch works."""
    done = _run(TOO_OLD + UNTOUCHED)
    assert "has no interface for a device written in Python" in done.stdout, done.stderr


REGISTER = "from autograder import simulated\nsimulated.register()\n"


def test_registering_in_vain_is_an_error():
    """Who asks for the device all the same is told why not."""
    done = _run(TOO_OLD + REGISTER)
    assert "RuntimeError: there is no simulated GPU" in done.stderr
    assert "no interface" in done.stderr


def test_where_another_device_has_the_place(has_device):
    """torch has room for one device beside its own; the error names whose it is."""
    done = _run(TAKEN + REGISTER)
    assert "RuntimeError: there is no simulated GPU" in done.stderr
    assert "is taken by 'npu'" in done.stderr


LATE = """
import torch
x = torch.ones(2, requires_grad=True)
(x * 2).sum().backward()
threads = lambda: len(__import__("os").listdir("/proc/self/task"))
before = threads()
from autograder import simulated
with simulated.simulating():
    w = torch.ones(2, device="cuda", requires_grad=True)
    (w * w).sum().backward()
print(w.grad.tolist(), threads() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts the threads in /proc")
def test_it_can_come_after_a_backward(has_device):
    """Backwards on the device start no thread, so nothing depends on the order."""
    done = _run(LATE)
    assert done.stdout == "[2.0, 2.0] 0\n", done.stderr


def test_names_come_from_one_place():
    """What the package gives is what it says."""
    assert all(hasattr(simulated, name) for name in simulated.__all__)

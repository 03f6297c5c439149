"""torch's compiler, which the zygote leaves out: what needs it gets the real one."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
import sys, torch
from autograder.executor import compiler
compiler.leave_out()
weight = torch.nn.Parameter(torch.ones(2))
def left_out(): return type(sys.modules["torch._dynamo"]).__name__ == "_LeftOut"
"""
WITHOUT = {
    "a seed": "torch.manual_seed(3)",
    "an optimizer": "weight.grad = torch.ones(2)\n"
    "torch.optim.Adam([weight], lr=0.1).step()\nassert weight[0] < 1",
    "a schedule": "torch.optim.lr_scheduler.StepLR(torch.optim.SGD([weight]), 1)",
    "a look at every module": "[hasattr(m, '__file__') and hasattr(m, '__x__') "
    "for m in list(sys.modules.values())]",
}
WITH = {
    "its settings": "import torch._dynamo.config\n"
    "torch._dynamo.config.suppress_errors = True",
    "a name of its": "from torch._dynamo import reset\nreset()",
    "an attribute": "torch._dynamo.reset()",
    "a gradient of torch.func": "found = torch.func.grad(lambda a: (a * a).sum())"
    "(torch.ones(2))\nassert found.tolist() == [2, 2]",
}


def run(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", WITHOUT.values(), ids=WITHOUT.keys())
def test_what_does_not_need_it(code: str) -> None:
    """Optimizers and seeds work without it, and do not import sympy."""
    run(f"{code}\nassert left_out()\nassert 'sympy' not in sys.modules\n")


@pytest.mark.parametrize("code", WITH.values(), ids=WITH.keys())
def test_what_needs_it(code: str) -> None:
    """The real one takes the place of the stand-in, under both of its names."""
    run(
        f"{code}\nassert not left_out()\n"
        "assert torch._dynamo is sys.modules['torch._dynamo']\n"
    )

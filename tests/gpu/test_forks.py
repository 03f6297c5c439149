"""A process whose forks are to use CUDA must not ask CUDA for anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A torch that says it is built for CUDA, and tells who asks whether a GPU is there. An
# optimizer asks, so that the test can fail.
SOURCE = """
import torch
torch.backends.cuda.is_built = lambda: True
torch._C._accelerator_getAccelerator = lambda: torch.device("cuda")
asked = []
torch.cuda.is_available = lambda: asked.append(1) or False

from autograder.worker import child, preparation
preparation.warm_up()
child.warm_up()
print("the zygote asked", len(asked) > 0)

weight = torch.nn.Parameter(torch.ones(2))
weight.grad = torch.ones(2)
torch.optim.AdamW([weight]).step()
print("an optimizer asked", len(asked) > 0)
"""


def test_the_zygote_leaves_cuda_alone() -> None:
    """It warms up optimizers, which ask for a GPU, without letting them ask."""
    done = subprocess.run(
        [sys.executable, "-c", SOURCE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said == ["the zygote asked False", "an optimizer asked True"]

"""Where the suite runs: on the simulated GPU and on a real one, if they are here."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import torch

from autograder import simulated
from autograder.executor.cuda import find_gpu

PLACES = ("sim", "cuda")
ROOT = Path(__file__).parents[2]
# A test that ran before, an optimizer's step say, may have woken CUDA's driver here,
# and then no fork of this process finds a GPU. So another process is asked for it.
_ASKS = """
import dataclasses, json
from autograder.executor.cuda import find_gpu
found = find_gpu()
print(json.dumps(found if isinstance(found, str) else dataclasses.asdict(found)))
"""


@cache
def gpu() -> dict[str, Any] | str:
    """The fields of a ``Gpu``, or why there is none."""
    if not torch.backends.cuda.is_built():
        return str(find_gpu())  # which need not ask
    done = subprocess.run(
        [sys.executable, "-c", _ASKS], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode != 0:
        return f"asking for it failed: {done.stderr.strip()[-300:]}"
    found: dict[str, Any] | str = json.loads(done.stdout.splitlines()[-1])
    return found


def why_not(place: str) -> str | None:
    """Why a place is not to be had on this machine; None where it is."""
    if place == "sim":
        reason = simulated.available()
        return None if reason is None else f"no simulated GPU: {reason}"
    found = gpu()
    return f"CUDA not checked: {found}" if isinstance(found, str) else None

"""CUDA where there is none, for what happens around a GPU: starting, breaking, sharing.

Calls run on the CPU. Code knows that it is on the device by ``ON_CUDA``, and breaks it
for its process by setting ``SPENT``, both in the environment.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator

import torch
from torch import nn

from autograder.executor import cuda, devices
from autograder.worker import child

START_SECONDS = 0.4  # of CPU time


class Pretended(devices.Device):
    """Answers like a GPU that code can break."""

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        """Where it is."""
        return tensor

    def move(self, module: nn.Module) -> None:
        """It is there."""

    def is_spent(self) -> bool:
        """As the code has it."""
        return os.environ.get("SPENT") == "1"

    @contextlib.contextmanager
    def around(self) -> Iterator[devices.Counted]:
        """Lets code know where it is."""
        os.environ["ON_CUDA"] = "1"
        try:
            yield devices.Counted()
        finally:
            del os.environ["ON_CUDA"]


def start() -> None:
    """Take as long as a driver does."""
    ends = time.process_time() + START_SECONDS
    while time.process_time() < ends:
        pass


def warm_up() -> None:
    """As the worker does."""
    child.warm_up()


def serve(channel: socket.socket) -> None:
    """Be a worker with such a GPU."""
    cuda.start = start  # type: ignore[assignment]
    devices._KINDS["cuda"] = Pretended
    child.serve(channel)

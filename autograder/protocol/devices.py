"""Where a call runs: how its values get there, and what is seen of it on the way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass
class Seen:
    """What a call did on its device. A CPU tells nothing."""

    kernels: int = 0
    waited: int = 0  # times that the host waited for the device ...
    # ... and the first of them: by what, and at which lines, innermost first
    waits: list[tuple[str, tuple[tuple[str, int], ...]]] = field(default_factory=list)


class Device:
    """The CPU, and any device that torch moves values to by itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        """A plain CPU tensor of the caller's own, moved there."""
        return tensor.to(self.name)

    def move(self, module: nn.Module) -> None:
        """Move a module's parameters and buffers there."""
        if self.name != "cpu":
            module.to(self.name)

    @contextlib.contextmanager
    def around(self) -> Iterator[Seen]:
        """Surrounds the code that runs there."""
        yield Seen()


class Simulated(Device):
    """The simulated GPU, which is registered with torch when it is first asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        from autograder import simulated

        simulated.register()
        self._simulated = simulated

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        """The same values, in the same memory."""
        return self._simulated.to_device(tensor)

    def move(self, module: nn.Module) -> None:
        """Move what is not there yet; a parameter stays the same object."""
        with self._simulated.simulating():
            self._simulated.module_to_device(module)

    @contextlib.contextmanager
    def around(self) -> Iterator[Seen]:
        """Code in it finds a GPU."""
        seen = Seen()
        with self._simulated.simulating() as counts:
            try:
                yield seen
            finally:
                seen.kernels, seen.waited = counts.kernels, counts.waited
                seen.waits = [(wait.what, wait.lines) for wait in counts.waits]


def device_of(name: str) -> Device:
    """The device of that name."""
    return Simulated(name) if name == "sim" else Device(name)


def on_host(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor's values as a plain CPU tensor, without history; not always a copy."""
    if tensor.device.type == "sim":
        from autograder.simulated import to_host

        return to_host(tensor)
    with torch._C.DisableTorchFunctionSubclass():
        return tensor.detach().as_subclass(torch.Tensor).cpu()

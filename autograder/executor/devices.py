"""Where a call runs: how its values get there, and what is seen of it on the way."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import nn

from autograder.executor import cuda
from autograder.executor.arguments import same_bits


@dataclass
class Counted:
    """What a call did on its device. A CPU tells nothing."""

    kernels: int = 0
    peak: int = 0  # bytes of memory at a time, the inputs aside
    waited: int = 0  # times that the host waited for the device ...
    # ... and the first of them: by what, and at which lines, innermost first
    waits: list[tuple[str, tuple[tuple[str, int], ...]]] = field(default_factory=list)


class Device:
    """The CPU, and any device that torch moves values to by itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        """A plain CPU tensor of the caller's own, moved there."""
        return tensor if self.name == "cpu" else tensor.to(self.name)

    def move(self, module: nn.Module) -> None:
        """Move a module's parameters and buffers there."""
        if self.name != "cpu":
            module.to(self.name)

    def fill(self, pairs: list[tuple[nn.Parameter, torch.Tensor]]) -> None:
        """Write the values of tensors that are there into parameters that are there."""
        with torch.no_grad():
            for parameter, tensor in pairs:
                if not same_bits(on_host(parameter), on_host(tensor)):
                    parameter.data = parameter.data.to(tensor.dtype)
                    parameter.copy_(tensor)

    def is_spent(self) -> bool:
        """Whether an error has left it useless for this process."""
        return False

    @contextlib.contextmanager
    def around(self) -> Iterator[Counted]:
        """Surrounds the code that runs there."""
        yield Counted()


class Simulated(Device):
    """The simulated GPU, which is registered with torch when it is first asked for."""

    cpu_too = False  # whether code that asks for the CPU gets it as well

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
        with self._simulated.simulating() as counts:
            self._simulated.module_to_device(module)
            counts.restart()  # what they take is no work of the call's

    def fill(self, pairs: list[tuple[nn.Parameter, torch.Tensor]]) -> None:
        """The same, and no work of the call's."""
        with self._simulated.simulating() as counts:
            super().fill(pairs)
            counts.restart()

    @contextlib.contextmanager
    def around(self) -> Iterator[Counted]:
        """Code in it finds a GPU."""
        seen = Counted()
        collects = gc.isenabled()
        gc.disable()  # or the peak of memory would depend on when that happens to run
        with self._simulated.simulating(self.cpu_too) as counts:
            try:
                yield seen
            finally:
                if collects:
                    gc.enable()
                seen.kernels, seen.waited = counts.kernels, counts.waited
                seen.peak = counts.peak
                seen.waits = [(wait.what, wait.lines) for wait in counts.waits]


class SimulatedByDefault(Simulated):
    """The simulated GPU for code whose work alone is asked for, not its places.

    What it makes without a device is there, too, and so is what it moves to the CPU: a
    forgotten ``device=`` and a ``.cpu()`` cost the check that is about them, and a loop
    is counted all the same.
    """

    cpu_too = True

    @contextlib.contextmanager
    def around(self) -> Iterator[Counted]:
        """Code in it makes its tensors on the GPU."""
        with super().around() as seen, torch.device("sim"):
            yield seen


class Cuda(Device):
    """A real GPU, whose numbers are held to the same truth."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        cuda.start()

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        """Its storage moved there, so that strides survive."""
        stored = torch.empty(0, dtype=tensor.dtype).set_(tensor.untyped_storage())
        place = tensor.storage_offset()
        return stored.to(self.name).as_strided(tensor.shape, tensor.stride(), place)

    @contextlib.contextmanager
    def around(self) -> Iterator[Counted]:
        """Code in it rounds as the truth does, and repeats itself."""
        with cuda.exact_numbers():
            yield Counted()

    def is_spent(self) -> bool:
        """Whether it does not answer any more, as after an assertion on the device."""
        return not cuda.works()


SIM_BY_DEFAULT = "sim by default"
_KINDS: dict[str, type[Device]] = {
    "sim": Simulated,
    SIM_BY_DEFAULT: SimulatedByDefault,
    "cuda": Cuda,
}


def device_of(name: str) -> Device:
    """The device of that name."""
    return _KINDS.get(name, Device)(name)


def on_host(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor's values as a plain CPU tensor, without history; not always a copy."""
    if type(tensor) is torch.Tensor and tensor.is_cpu:
        return tensor.detach()
    if tensor.device.type == "sim":
        from autograder.simulated import to_host

        return to_host(tensor)
    with torch._C.DisableTorchFunctionSubclass():
        return tensor.detach().as_subclass(torch.Tensor).cpu()


def plain_tensor(tensor: torch.Tensor) -> torch.Tensor:
    """Its values alone, contiguous, on the CPU, in storage of their own."""
    if tensor.numel() * tensor.element_size() > 64 << 20:
        raise ValueError(
            f"the answer holds {tensor.numel():,} values; that is more than can be read"
        )
    return on_host(tensor).clone(memory_format=torch.contiguous_format)

"""Where code finds a GPU: ``cuda`` means the simulated device, and all is counted."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from autograder.simulated import backwards
from autograder.simulated.backend import in_use, register
from autograder.simulated.counting import COUNTS, Counts
from autograder.simulated.generators import of_the_device
from autograder.simulated.tensor import SimTensor, set_data
from autograder.simulated.torch_cuda import surrounded

__tracebackhide__ = True  # pytest ends at the student's line; its debugger, below


@contextlib.contextmanager
def simulating(cpu_too: bool = False) -> Iterator[Counts]:
    """Within it, code that asks for CUDA gets the simulated device.

    Gives the counts, which go on while it lasts. Backwards run on the calling thread:
    torch's own threads for devices exist only if the device was there before the
    first backward of the process.

    Args:
        cpu_too: code that asks for the CPU gets the simulated device as well.
    """
    register()
    COUNTS.restart()
    COUNTS.is_host = cpu_too
    mode = _CudaIsSim(_ALL if cpu_too else _CUDA)
    with (
        in_use(),
        torch.autograd.set_multithreading_enabled(False),
        surrounded(),
        backwards.run_with(mode),
        mode,
    ):
        yield COUNTS


class _CudaIsSim(TorchFunctionMode):
    """Reads ``cuda`` as ``sim`` in every call of torch's, and what else it is told."""

    def __init__(self, read: frozenset[str]) -> None:
        super().__init__()
        self._read = read

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        __tracebackhide__ = True
        kwargs = kwargs or {}
        own = _OWN.get(func)
        if own is not None:
            return own(func, *args, **kwargs)
        read = self._read
        if func is torch.Tensor.cpu and "cpu" in read:
            return args[0].to("sim")
        if "device" in kwargs:
            kwargs = {**kwargs, "device": _mapped(kwargs["device"], read)}
        if kwargs.get("pin_memory"):
            kwargs = {**kwargs, "pin_memory": False}
        if func in _TAKE_DEVICES:
            args = tuple(_mapped(value, read) for value in args)
        found = func(*args, **kwargs)
        generator = kwargs.get("generator")
        if generator is None or not isinstance(found, torch.Tensor):
            return found
        if found.device.type == "cpu" and of_the_device(generator):
            raise RuntimeError(
                "Expected a 'cpu' device type for generator but found 'sim'"
            )
        return found


def _cuda(
    func: Any, tensor: torch.Tensor, device: Any = None, *a: Any, **k: Any
) -> Any:
    """``tensor.cuda()``."""
    k.pop("non_blocking", None)
    return tensor.to("sim" if device is None else _mapped(device), **k)


def _set_data(func: Any, tensor: torch.Tensor, new: torch.Tensor) -> None:
    """``tensor.data = new``."""
    if isinstance(tensor, SimTensor) or isinstance(new, SimTensor):
        set_data(tensor, new)
    else:
        func(tensor, new)


def _is_cuda(func: Any, tensor: torch.Tensor) -> bool:
    """``tensor.is_cuda``."""
    return isinstance(tensor, SimTensor)


def _pinned(func: Any, tensor: torch.Tensor, device: Any = None) -> torch.Tensor:
    """``tensor.pin_memory()``: all of the computer's memory is as near as can be."""
    if isinstance(tensor, SimTensor):
        raise RuntimeError(
            f"cannot pin '{tensor.type()}' only dense CPU tensors can be pinned"
        )
    return tensor


_BASE: Any = torch._C.TensorBase
_OWN: dict[Any, Callable[..., Any]] = {
    torch.Tensor.cuda: _cuda,
    torch.Tensor.pin_memory: _pinned,
    _BASE.data.__set__: _set_data,  # what `tensor.data = ...` calls
    _BASE.is_cuda.__get__: _is_cuda,
}
_TAKE_DEVICES = {torch.device, torch.Tensor.to}
_CUDA = frozenset({"cuda"})
_ALL = frozenset({"cuda", "cpu"})


def _mapped(value: Any, read: frozenset[str] = _CUDA) -> Any:
    """``cuda`` and its devices as ``sim``; anything else as it is."""
    if isinstance(value, str):
        kind, colon, number = value.partition(":")
        return f"sim{colon}{number}" if kind in read else value
    if isinstance(value, torch.device) and value.type in read:
        return "sim" if value.index is None else f"sim:{value.index}"
    return value

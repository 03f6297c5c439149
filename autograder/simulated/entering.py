"""Where code finds a GPU: ``cuda`` means the simulated device, and all is counted."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.autograd.function import BackwardCFunction
from torch.overrides import TorchFunctionMode

from autograder.simulated import gradients
from autograder.simulated.backend import register
from autograder.simulated.counting import COUNTS, Counts
from autograder.simulated.generators import AnyGenerator, of_the_device
from autograder.simulated.tensor import SimTensor, set_data

__tracebackhide__ = True  # pytest, and its debugger, stop at the student's line


@contextlib.contextmanager
def simulating() -> Iterator[Counts]:
    """Within it, code that asks for CUDA gets the simulated device.

    Gives the counts, which go on while it lasts. Backwards run on the calling thread:
    torch's own threads for devices exist only if the device was there before the
    first backward of the process.
    """
    register()
    COUNTS.restart()
    with (
        contextlib.ExitStack() as stack,
        torch.autograd.set_multithreading_enabled(False),
        _CudaIsSim(),
    ):
        for owner, name, stand_in in _stand_ins():
            kept = getattr(owner, name)
            setattr(owner, name, stand_in)
            stack.callback(setattr, owner, name, kept)
        yield COUNTS


class _CudaIsSim(TorchFunctionMode):
    """Reads ``cuda`` as ``sim`` in every call of torch's."""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is _CUDA:
            return _DEVICE_OF(args[0], "sim")
        if func == _SET_DATA:
            if isinstance(args[0], SimTensor) or isinstance(args[1], SimTensor):
                return set_data(args[0], args[1])
            return func(*args, **kwargs)
        if "device" in kwargs:
            kwargs = {**kwargs, "device": _mapped(kwargs["device"])}
        if func in _TAKE_DEVICES:
            args = tuple(_mapped(value) for value in args)
        found = func(*args, **kwargs)
        generator = kwargs.get("generator")
        if generator is None or not isinstance(found, torch.Tensor):
            return found
        if found.device.type == "cpu" and of_the_device(generator):
            raise RuntimeError(
                "Expected a 'cpu' device type for generator but found 'sim'"
            )
        return found


_DATA: Any = torch._C.TensorBase.data
_SET_DATA = _DATA.__set__  # what `tensor.data = ...` calls
_CUDA = torch.Tensor.cuda
_DEVICE_OF = torch.Tensor.to
_TAKE_DEVICES = {torch.device, torch.Tensor.to}


def _mapped(value: Any) -> Any:
    """``cuda`` and its devices as ``sim``; anything else as it is."""
    if isinstance(value, str) and value.partition(":")[0] == "cuda":
        return "sim" + value[len("cuda") :]
    if isinstance(value, torch.device) and value.type == "cuda":
        return "sim" if value.index is None else f"sim:{value.index}"
    return value


_APPLY: Callable[..., nn.Module] = nn.Module._apply


def _apply(self: nn.Module, fn: Any, recurse: bool = True) -> nn.Module:
    """Move a module and let its parameters stay the same objects, back to the CPU too.

    torch exchanges a parameter's contents where it can; between two kinds of tensors
    it does so only if told to.
    """
    future: Any = torch.__future__
    kept = future.get_swap_module_params_on_conversion()
    on_device = any(isinstance(p, SimTensor) for p in self._parameters.values())
    future.set_swap_module_params_on_conversion(kept or on_device)
    try:
        return _APPLY(self, fn, recurse)
    finally:
        future.set_swap_module_params_on_conversion(kept)


def _stand_ins() -> list[tuple[Any, str, Any]]:
    """What takes the place of what; each a function of its own.

    torch's compiler, which an optimizer imports, keeps a table of these functions and
    refuses one that has two names.
    """
    cuda: Any = torch.cuda
    seed = torch.default_generator.manual_seed
    return [
        (torch, "Generator", AnyGenerator),
        (torch.autograd, "backward", gradients.backward),
        (torch.autograd, "grad", gradients.grad),
        (BackwardCFunction, "apply", gradients.apply),
        (nn.Module, "_apply", _apply),
        (cuda, "is_available", lambda: True),
        (cuda, "is_bf16_supported", lambda including_emulation=True: True),
        (cuda, "is_current_stream_capturing", lambda: False),  # optimizers ask
        (cuda, "is_initialized", lambda: True),
        (cuda, "init", lambda: None),
        (cuda, "device_count", lambda: 1),
        (cuda, "current_device", lambda: 0),
        (cuda, "set_device", lambda device: None),
        (cuda, "get_device_name", lambda device=None: "simulated GPU"),
        (cuda, "synchronize", lambda device=None: COUNTS.wait("synchronize()")),
        (cuda, "empty_cache", lambda: None),
        (cuda, "manual_seed", lambda number: seed(number) and None),
        (cuda, "manual_seed_all", lambda number: seed(number) and None),
        (cuda, "memory_allocated", lambda device=None: 0),
        (cuda, "max_memory_allocated", lambda device=None: 0),
        (cuda, "reset_peak_memory_stats", lambda device=None: None),
    ]

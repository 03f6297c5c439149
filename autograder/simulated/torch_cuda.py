"""What code finds around its tensors where there is a GPU: torch.cuda and the like."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn
from torch.autograd.function import BackwardCFunction

from autograder.simulated import backwards
from autograder.simulated.counting import COUNTS
from autograder.simulated.generators import AnyGenerator
from autograder.simulated.tensor import SimTensor

__tracebackhide__ = True  # pytest, and its debugger, stop at the student's line


@contextlib.contextmanager
def surrounded() -> Iterator[None]:
    """Within it, ``torch.cuda`` answers as on a machine with one GPU."""
    with contextlib.ExitStack() as stack:
        for owner, name, stand_in in _stand_ins():
            kept = getattr(owner, name)
            setattr(owner, name, stand_in)
            stack.callback(setattr, owner, name, kept)
        if "torch._dynamo" in sys.modules:
            # What was compiled as its file was imported runs as it is written.
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield


_APPLY: Any = nn.Module._apply


def _apply(self: nn.Module, fn: Any, recurse: bool = True) -> Any:
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


_AUTOCAST: Any = torch.amp.autocast_mode.autocast.__init__


def _autocast(self: Any, device_type: Any, *args: Any, **kwargs: Any) -> None:
    """Autocast for a device that this torch has no kernels for: it changes nothing."""
    _AUTOCAST(self, "cuda" if device_type == "sim" else device_type, *args, **kwargs)


def _compile(model: Any = None, **options: Any) -> Any:
    """``torch.compile`` that leaves code as it is, decorators included."""
    return (lambda function: function) if model is None else model


_LOAD: Any = torch.load


def _load(f: Any, map_location: Any = None, *args: Any, **kwargs: Any) -> Any:
    """``torch.load``, which can map no storage to a device that has none."""
    if not isinstance(map_location, (str, torch.device)):
        return _LOAD(f, map_location, *args, **kwargs)
    return _moved(_LOAD(f, "cpu", *args, **kwargs), torch.device(map_location), {})


def _moved(value: Any, device: torch.device, done: dict[int, Any]) -> Any:
    """What was loaded, with its tensors there; containers stay what they are."""
    if id(value) in done:
        return done[id(value)]
    if isinstance(value, torch.Tensor):
        made = value.detach().to(device)
        if isinstance(value, nn.Parameter):
            made = nn.Parameter(made)
        done[id(value)] = made.requires_grad_(value.requires_grad)
        return made
    if isinstance(value, nn.Module):
        return value.to(device)
    if isinstance(value, dict):
        value.update({key: _moved(item, device, done) for key, item in value.items()})
    elif isinstance(value, list):
        value[:] = [_moved(item, device, done) for item in value]
    elif type(value) is tuple:
        return tuple(_moved(item, device, done) for item in value)
    return value


_PROPERTIES = SimpleNamespace(
    name="simulated GPU", major=8, minor=0, total_memory=0, multi_processor_count=1
)


@functools.cache
def _stand_ins() -> list[tuple[Any, str, Any]]:
    """What takes the place of what; each a function of its own.

    torch's compiler, which an optimizer imports, keeps a table of these functions and
    refuses one that has two names.
    """
    cuda: Any = torch.cuda
    seed = torch.default_generator.manual_seed
    return [
        (torch, "Generator", AnyGenerator),
        (torch, "compile", _compile),
        (torch, "load", _load),
        (torch.autograd, "backward", backwards.backward),
        (torch.autograd, "grad", backwards.grad),
        (BackwardCFunction, "apply", backwards.apply),
        (torch.amp.autocast_mode.autocast, "__init__", _autocast),
        (nn.Module, "_apply", _apply),
        (cuda, "is_available", lambda: True),
        (cuda, "is_bf16_supported", lambda including_emulation=True: True),
        (cuda, "is_current_stream_capturing", lambda: False),  # optimizers ask
        (cuda, "is_initialized", lambda: True),
        (cuda, "init", lambda: None),
        (cuda, "device_count", lambda: 1),
        (cuda, "current_device", lambda: 0),
        (cuda, "set_device", lambda device: None),
        (cuda, "_exchange_device", lambda device: 0),  # what torch.cuda.device asks
        (cuda, "_maybe_exchange_device", lambda device: 0),
        (cuda, "get_device_name", lambda device=None: "simulated GPU"),
        (cuda, "get_device_properties", lambda device=None: _PROPERTIES),
        (cuda, "get_device_capability", lambda device=None: (8, 0)),
        (cuda, "synchronize", lambda device=None: COUNTS.wait("synchronize()")),
        (cuda, "empty_cache", lambda: None),
        (cuda, "manual_seed", lambda number: seed(number) and None),
        (cuda, "manual_seed_all", lambda number: seed(number) and None),
        (cuda, "get_rng_state", lambda device="cuda": torch.get_rng_state()),
        (cuda, "set_rng_state", lambda state, device=None: torch.set_rng_state(state)),
        (cuda, "memory_allocated", lambda device=None: 0),
        (cuda, "max_memory_allocated", lambda device=None: 0),
        (cuda, "memory_reserved", lambda device=None: 0),
        (cuda, "max_memory_reserved", lambda device=None: 0),
        (cuda, "reset_peak_memory_stats", lambda device=None: None),
    ]

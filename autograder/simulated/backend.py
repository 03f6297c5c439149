"""Registers the device with torch, through torch's interface for backends in Python."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import torch
from torch.utils import backend_registration

DEVICE = "sim"
_SETUP = "_setup_privateuseone_for_python_backend"
_REGISTERED: list[Any] = []  # torch forgets a library whose object is gone


def available() -> str | None:
    """Why the device cannot be had with this torch; None where it can."""
    if not hasattr(backend_registration, _SETUP):
        return (
            f"torch {torch.__version__} has no interface for a device written in "
            "Python, as torch 2.11 has"
        )
    name = torch._C._get_privateuse1_backend_name()
    if name not in ("privateuseone", DEVICE):
        return f"torch's only place for another device is taken by {name!r}"
    return None


def register() -> None:
    """Make the device known to torch; once is enough for a process and its forks.

    Raises:
        RuntimeError: this torch cannot have it.
    """
    if _REGISTERED:
        return
    reason = available()
    if reason is not None:
        raise RuntimeError(f"there is no simulated GPU: {reason}")
    # The first backward of a process starts a thread for each device that it knows,
    # and then no fork of it can follow gradients. So that comes before the device.
    weight: Any = torch.ones((), requires_grad=True)
    weight.backward()
    # What torch asks a backend for has base classes that older versions lack.
    from autograder.simulated.dispatching import dispatch
    from autograder.simulated.lost_errors import guard
    from autograder.simulated.tensor import restored

    setup: Any = getattr(backend_registration, _SETUP)
    setup(DEVICE, backend_module=_MODULE, device_guard=guard())
    torch.serialization.add_safe_globals([restored])

    def kernel(func: Any) -> Any:
        return lambda *args, **kwargs: dispatch(func, args, kwargs)

    library: Any = torch.library.Library
    aten = library("aten", "IMPL")
    for name in _WITHOUT_TENSORS:
        packet, _, overload = name.partition(".")
        func = getattr(getattr(torch.ops.aten, packet), overload or "default")
        aten.impl(name, kernel(func), "PrivateUse1")
    _REGISTERED.append(aten)


# What no device tensor is among the arguments of, so that it does not come by the
# tensor's own dispatch; and what torch.tensor and lists of indices do with that
# switched off: they read numbers of the device, and fill a tensor. A fallback for all
# operators would do as well; it takes 5 ms, for each child of the grader.
_WITHOUT_TENSORS = (
    "_efficientzerotensor",
    "_local_scalar_dense",
    "copy_",
    "empty.memory_format",
    "empty_strided",
    "tril_indices",
    "triu_indices",
)


def warm_up() -> None:
    """Do now what the first operator would, without registering anything."""
    if available() is None:
        importlib.import_module("autograder.simulated.dispatching")
        _ask_for_dtensor()


def _ask_for_dtensor() -> None:
    """Let torch find out what a DTensor is; an empty class will do.

    Its way into a subclass written in Python begins with that question, once a process,
    and with an import of half a second. Nobody has a DTensor where devices are
    simulated; and who imports it later gets the real one.
    """
    name = "torch.distributed.tensor"
    if name in sys.modules:  # as in the zygote, whose optimizers have brought it in
        return _First.run()
    stand_in = ModuleType(name)
    vars(stand_in)["DTensor"] = type("DTensor", (), {})
    parent = importlib.import_module("torch.distributed")
    sys.modules[name] = vars(parent)["tensor"] = stand_in
    try:
        return _First.run()
    finally:
        del sys.modules[name], vars(parent)["tensor"]


class _First(torch.Tensor):
    """A subclass, for the first operator on one."""

    @classmethod
    def run(cls) -> None:
        make: Any = torch.Tensor._make_wrapper_subclass
        make(cls, (1,)).add(1)

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return torch.ones(1)


@contextlib.contextmanager
def in_use() -> Iterator[None]:
    """Within it, torch finds that the device is available, as loaders of data ask."""
    before = _MODULE.used
    _MODULE.used = True
    try:
        yield
    finally:
        _MODULE.used = before


class _Module:
    """``torch.sim``: what torch asks the module of a device for."""

    used = False

    def is_initialized(self) -> bool:
        return True

    def is_available(self) -> bool:
        return self.used

    def current_device(self) -> int:
        return 0

    def device_count(self) -> int:
        return 1

    def set_device(self, device: Any) -> None:
        """There is one only."""

    def synchronize(self, device: Any = None) -> None:
        from autograder.simulated.counting import COUNTS

        COUNTS.wait("synchronize()")

    def empty_cache(self) -> None:
        """There is none."""

    def _is_in_bad_fork(self) -> bool:
        return False

    def manual_seed(self, seed: int) -> None:
        torch.default_generator.manual_seed(seed)

    def manual_seed_all(self, seed: int) -> None:
        torch.default_generator.manual_seed(seed)

    # Random numbers of the device are drawn from the CPU's generator.
    def get_rng_state(self, device: Any = None) -> torch.Tensor:
        return torch.get_rng_state()

    def set_rng_state(self, state: torch.Tensor, device: Any = None) -> None:
        torch.set_rng_state(state)

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.float16, torch.bfloat16]


_MODULE = _Module()

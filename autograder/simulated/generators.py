"""Random generators of the device: they draw from the CPU and say where they belong."""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary

import torch

__tracebackhide__ = True  # pytest, and its debugger, stop at the student's line

_PLAIN = torch.Generator


class SimGenerator(torch.Generator):
    """``torch.Generator(device="sim")``."""

    def __init__(self) -> None:
        address: Any = self
        _KNOWN[address._cdata] = self

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        """The simulated one."""
        return torch.device("sim:0")


# By the address of torch's own object: on its way through an operator, a generator
# loses the class that Python has given it.
_KNOWN: WeakValueDictionary[int, SimGenerator] = WeakValueDictionary()


def of_the_device(generator: Any) -> bool:
    """Whether a generator belongs to the simulated device."""
    return getattr(generator, "_cdata", None) in _KNOWN


class _IsAny(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, _PLAIN)


class AnyGenerator(metaclass=_IsAny):
    """Stands for ``torch.Generator`` while code finds the device."""

    def __new__(cls, device: Any = "cpu") -> Any:
        """A generator of that device."""
        kind = torch.device(device).type
        return SimGenerator() if kind in ("sim", "cuda") else _PLAIN(device)

"""What a function gave last, and whether its next call overwrites it.

A list or a buffer that a module keeps and fills anew gives the right answer each time,
and changes what the caller still has of the call before. Values cross as copies, so
this is seen only where the code runs.
"""

from __future__ import annotations

from typing import Any

import torch

from autograder.executor.arguments import same_bits
from autograder.protocol.values import NotAValue, Packer, Tree

BEFORE = "the answer to the call before"
WHAT = "is changed by this call"


class LastAnswer:
    """The last answer of one function, as it was when it was given."""

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self._value = value
        self._was = _packed(value)

    def is_overwritten(self) -> bool:
        """Whether its own object holds something else by now."""
        if self._was is None:
            return False
        now = _packed(self._value, copies=False)
        return now is None or not _same(self._was, now)


def can_change(value: Any) -> bool:
    """Whether there is something in an answer that a later call could overwrite."""
    if isinstance(value, tuple):
        return any(can_change(item) for item in value)
    return isinstance(value, (list, dict, torch.Tensor))


_Packed = tuple[Tree, list[torch.Tensor]]


def _packed(value: Any, copies: bool = True) -> _Packed | None:
    packer = Packer()
    try:
        tree = packer.pack(value)
        tensors = [tensor.detach() for tensor in packer.tensors]
        return tree, [t.clone() for t in tensors] if copies else tensors
    except (NotAValue, RuntimeError):  # too deep or too large to be looked at
        return None


def _same(left: _Packed, right: _Packed) -> bool:
    return (
        bool(left[0] == right[0])
        and len(left[1]) == len(right[1])
        and all(map(same_bits, left[1], right[1]))
    )

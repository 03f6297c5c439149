"""Inputs that require gradients, as copies that are no leaves."""

from __future__ import annotations

from typing import Any

import torch

from autograder.executor.devices import Device, on_host
from autograder.protocol.frames import private_copy


class _Branch(torch.autograd.Function):
    """A copy that is no leaf, so that code may write into it as into any other."""

    @staticmethod
    def forward(ctx: Any, leaf: torch.Tensor, device: Device) -> torch.Tensor:
        ctx.set_materialize_grads(False)  # no gradient is not one of zeros
        host = on_host(leaf)
        if _overlaps(leaf):
            return device.put(private_copy(host))
        # No view, since whoever writes into a view that a Function gave is refused.
        copied = torch.empty_strided(leaf.shape, leaf.stride(), dtype=leaf.dtype)
        return device.put(copied.copy_(host))

    @staticmethod
    def backward(
        ctx: Any, gradient: torch.Tensor | None
    ) -> tuple[torch.Tensor | None, None]:
        return gradient, None


def _overlaps(tensor: torch.Tensor) -> bool:
    """Whether two of its numbers may share their place in memory."""
    reach = 0
    for stride, size in sorted(zip(tensor.stride(), tensor.shape)):
        if size > 1:
            if stride <= reach:
                return True
            reach += stride * (size - 1)
    return False


def branch(leaf: torch.Tensor, device: Device) -> torch.Tensor:
    """A copy of a leaf, with its strides, through which gradients come back to it."""
    same = leaf.clone()
    if same.stride() == leaf.stride():
        return same
    apply: Any = _Branch.apply
    copied: torch.Tensor = apply(leaf, device)
    return copied

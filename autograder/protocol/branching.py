"""Inputs that require gradients, as copies that are no leaves."""

from __future__ import annotations

from typing import Any

import torch

from autograder.protocol.devices import Device, on_host
from autograder.protocol.frames import private_copy


class _Branch(torch.autograd.Function):
    """A copy that is no leaf, so that code may write into it as into any other."""

    @staticmethod
    def forward(ctx: Any, leaf: torch.Tensor, device: Device) -> torch.Tensor:
        ctx.set_materialize_grads(False)  # no gradient is not one of zeros
        return device.put(private_copy(on_host(leaf)))

    @staticmethod
    def backward(
        ctx: Any, gradient: torch.Tensor | None
    ) -> tuple[torch.Tensor | None, None]:
        return gradient, None


def branch(leaf: torch.Tensor, device: Device) -> torch.Tensor:
    """A copy of a leaf, with its strides, through which gradients come back to it."""
    if leaf.is_contiguous():
        return leaf.clone()
    apply: Any = _Branch.apply
    copied: torch.Tensor = apply(leaf, device)
    return copied

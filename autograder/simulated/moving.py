"""Values to the device and back, for whoever runs code on it. Nothing is counted."""

from __future__ import annotations

import torch
from torch import nn

from autograder.simulated.tensor import SimTensor


def to_device(tensor: torch.Tensor) -> torch.Tensor:
    """A plain CPU tensor, strides and all, as one of the device, in the same memory."""
    return SimTensor(tensor.detach())


def to_host(tensor: torch.Tensor) -> torch.Tensor:
    """The values of a tensor, wherever it is, without its history."""
    if isinstance(tensor, SimTensor):
        return tensor.sim_values
    return tensor.detach()


def module_to_device(module: nn.Module) -> None:
    """Move a module's parameters and buffers, where some are elsewhere."""
    for tensor in (*module.parameters(), *module.buffers()):
        if not isinstance(tensor, SimTensor):
            module.to("sim")
            return

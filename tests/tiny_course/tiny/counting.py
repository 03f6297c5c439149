"""Answers that are no tensors."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def window_count(size: int, window: int, stride: int = 1) -> int:
    """How many places a window of that size has; ValueError where it has none."""
    # BEGIN SOLUTION
    if window > size:
        raise ValueError(f"a window of {window} does not fit into {size}")
    return (size - window) // stride + 1
    # END SOLUTION


def is_causal(mask: Tensor) -> bool:
    """Whether no row of a square mask of booleans has a True right of the diagonal."""
    # BEGIN SOLUTION
    return not bool(mask.triu(1).any())
    # END SOLUTION


def gate_name(index: int) -> str:
    """input, forget, candidate, output: the name of an LSTM's gate."""
    # BEGIN SOLUTION
    return ("input", "forget", "candidate", "output")[index]
    # END SOLUTION


def summary(x: Tensor) -> dict[str, Any]:
    """``centred`` (x minus its mean), ``shape`` and ``largest`` (its index), tuples."""
    # BEGIN SOLUTION
    place = torch.unravel_index(x.argmax(), x.shape)
    return {
        "centred": x - x.mean(),
        "shape": tuple(x.shape),
        "largest": tuple(int(i) for i in place),
    }
    # END SOLUTION


def count_parameters(model: nn.Module) -> int:
    """How many numbers the model learns; shared and frozen ones count as they should.

    A parameter that two layers share counts once, a frozen one not at all.
    """
    # BEGIN SOLUTION
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
    # END SOLUTION

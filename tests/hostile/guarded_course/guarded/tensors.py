"""Functions of tensors, and a class."""

from __future__ import annotations

import torch
from torch import Tensor, nn

SECRET = "@CANARY-SOLUTION@"


def soften(x: Tensor) -> Tensor:
    """exp(x) divided by its sum along the last axis."""
    # BEGIN SOLUTION
    powers = (x - x.amax(-1, keepdim=True)).exp()
    return powers / powers.sum(-1, keepdim=True)
    # END SOLUTION


def scale(x: Tensor, factor: float) -> Tensor:
    """``factor * x``."""
    # BEGIN SOLUTION
    return factor * x
    # END SOLUTION


class Layer(nn.Module):
    """``line``, a linear layer from ``width`` features to ``out``."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.line = nn.Linear(width, out)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """What ``line`` makes of ``x``."""
        # BEGIN SOLUTION
        found: torch.Tensor = self.line(x)
        return found
        # END SOLUTION

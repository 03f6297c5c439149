"""Positions: attention forgets the order of its inputs; sines give it back."""

from __future__ import annotations
import torch
from torch import Tensor


def positional_encoding(length: int, d_model: int, base: float = 10000.0) -> Tensor:
    """Sines and cosines that tell every position from every other."""
    exponents = torch.arange(0, d_model, 2, dtype=torch.float64) / d_model
    angles = torch.arange(length)[:, None] / base**exponents
    encoding = torch.empty(length, d_model)
    encoding[:, ::2] = angles.sin()
    encoding[:, 1::2] = angles[:, : d_model // 2].cos()
    return encoding

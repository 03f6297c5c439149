"""Positions: attention forgets the order of its inputs; sines give it back."""

from __future__ import annotations

import torch
from torch import Tensor


def positional_encoding(length: int, d_model: int, base: float = 10000.0) -> Tensor:
    """Sines and cosines that tell every position from every other.

    For the positions p = 0, 1, ..., length - 1 and the pairs i = 0, 1, ... of features

        column 2i       sin(p / base^(2i / d_model))
        column 2i + 1   cos(p / base^(2i / d_model))

    so sines and cosines take turns, and the exponent ``2i / d_model`` is a fraction: it
    is not rounded. If d_model is odd, the last column is a sine without its cosine. The
    formula is that of Vaswani et al. (2017); the slides name it without writing it.

    Args:
        length: how many positions; may be 0.
        d_model: how many features each of them has, even or odd.
        base: how slow the waves become from the first pair to the last. The first turns
            round in 2 pi positions; all others take longer, and less than 2 pi * base.

    Returns:
        ``(length, d_model)`` on the CPU, in torch's default dtype, not a parameter.
        Each number is right to rounding in this dtype: compute in float64 and convert
        at the end. In float32 the angles of late positions lose digits, and one check
        looks at them.
    """
    # BEGIN SOLUTION
    exponents = torch.arange(0, d_model, 2, dtype=torch.float64) / d_model
    angles = torch.arange(length)[:, None] / base**exponents
    encoding = torch.empty(length, d_model)  # in the default dtype, rounded only here
    encoding[:, ::2] = angles.sin()
    encoding[:, 1::2] = angles[:, : d_model // 2].cos()
    return encoding
    # END SOLUTION

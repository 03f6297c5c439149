"""Functions of tensors."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def softmax(x: Tensor, dim: int) -> Tensor:
    """exp(x) divided by its sum along ``dim``, finite for all finite ``x``."""
    # BEGIN SOLUTION
    powers = (x - x.amax(dim, keepdim=True)).exp()
    return powers / powers.sum(dim, keepdim=True)
    # END SOLUTION


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Each row of ``x`` with mean 0 and variance 1, times ``weight``, plus ``bias``.

    The variance is the mean square distance from the mean; ``eps`` is added to it.
    """
    # BEGIN SOLUTION
    distance = x - x.mean(-1, keepdim=True)
    variance = distance.square().mean(-1, keepdim=True)
    return distance / (variance + eps).sqrt() * weight + bias
    # END SOLUTION


def attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """What each query reads from the values, and the weights with which it reads.

    Args:
        query: ``(..., queries, width)``.
        key: ``(..., keys, width)``.
        value: ``(..., keys, value_width)``.
        mask: booleans that broadcast to ``(..., queries, keys)``; True where a query
            may read. A query that may read nothing has weights and an output of zeros.
    """
    # BEGIN SOLUTION
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is None:
        weights = softmax(scores, -1)
    else:
        lowest = torch.finfo(scores.dtype).min
        weights = softmax(scores.masked_fill(~mask, lowest), -1).masked_fill(~mask, 0.0)
    return weights @ value, weights
    # END SOLUTION

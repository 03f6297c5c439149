"""Small stages: broadcasting, a bias for the mask, the softmax by logarithms."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def contextualize(weights: Tensor, x: Tensor) -> Tensor:
    """All products at once, then one sum."""
    products = weights.unsqueeze(-1) * x.unsqueeze(-3)
    return torch.sum(products, dim=-2)


class _Scorer:
    def __init__(self, d: int, scale: float | None) -> None:
        self.factor = 1.0 / math.sqrt(d) if scale is None else float(scale)

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        return torch.matmul(self.factor * query, key.mT)


def _bias(mask: Tensor, like: Tensor) -> Tensor:
    bias = torch.zeros(mask.shape, dtype=like.dtype, device=like.device)
    bias[~mask] = -math.inf  # a buffer of our own
    return bias


def attention(query, key, value, mask=None, scale=None):
    """Scores, bias, probabilities, mean."""
    scores = _Scorer(query.shape[-1], scale)(query, key)
    if mask is not None:
        nobody = ~mask.any(-1, keepdim=True)
        scores = scores + _bias(mask | nobody, scores)
    probabilities = (scores - torch.logsumexp(scores, -1, keepdim=True)).exp()
    if mask is not None:
        probabilities = probabilities * ~nobody
    return contextualize(probabilities, value), probabilities

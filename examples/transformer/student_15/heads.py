"""Heads: one attention for each kind of relation, side by side in one matrix."""

from __future__ import annotations
import math
import torch
from torch import Tensor, nn


def _attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention of all heads at once, and its weights."""
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is None:
        weights = scores.softmax(-1)
    else:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1).masked_fill(~mask, 0)
    return (weights @ v, weights)


def split_heads(x: Tensor, num_heads: int) -> Tensor:
    """Cut the features of every position into heads."""
    if x.shape[-1] % num_heads:
        raise ValueError(f"{num_heads} heads cannot share {x.shape[-1]} features alike")
    return x.unflatten(-1, (num_heads, x.shape[-1] // num_heads)).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """Put the features of all heads side by side again."""
    return x.transpose(1, 2).flatten(2)


class MultiHeadAttention(nn.Module):
    """Scaled dot-product attention by several heads at the same time."""

    def __init__(self, d_model: int, num_heads: int, bias: bool = True) -> None:
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads cannot share {d_model} features alike")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=bias)
        self.k_proj = nn.Linear(d_model, d_model, bias=bias)
        self.v_proj = nn.Linear(d_model, d_model, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """What each query finds in the values, and where it has looked."""
        q = split_heads(self.q_proj(query), self.num_heads)
        k = split_heads(self.k_proj(key), self.num_heads)
        v = split_heads(self.v_proj(value), self.num_heads)
        found, weights = _attention(q, k, v, mask)
        return (self.out_proj(merge_heads(found)), weights)


def projection_shape(d_model: int, d_k: int) -> tuple[int, int]:
    """The shape of the matrix W_q that makes the queries of one head, without biases."""
    return (d_model, d_k)


def attention_parameters(
    d_model: int,
    num_heads: int,
    d_k: int | None = None,
    bias: bool = True,
    out_proj: bool = True,
) -> int:
    """The number of parameters of multi-head attention."""
    if d_k is None:
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads cannot share {d_model} features alike")
        d_k = d_model // num_heads
    count = 3 * num_heads * d_k * (d_model + bias)
    if out_proj:
        count += d_model * (num_heads * d_k + bias)
    return count

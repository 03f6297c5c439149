"""All sums written as einsum, with the heads as an axis of the weights."""

from __future__ import annotations

import torch
from torch import nn


def split_heads(x, num_heads):
    """(N, L, d) to (N, h, L, d / h)."""
    n, length, d = x.shape
    if num_heads * (d // num_heads) != d:
        raise ValueError
    return torch.einsum("nlhk->nhlk", x.reshape(n, length, num_heads, d // num_heads))


def merge_heads(x):
    """(N, h, L, d / h) to (N, L, d)."""
    n, h, length, k = x.shape
    return torch.einsum("nhlk->nlhk", x).reshape(n, length, h * k)


class MultiHeadAttention(nn.Module):
    """Attention by several heads."""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__()
        if d_model % num_heads > 0:
            raise ValueError("d_model must be a multiple of num_heads")
        self.h, self.k = num_heads, d_model // num_heads
        for name in "qkv":
            setattr(self, f"{name}_proj", nn.Linear(d_model, d_model, bias=bias))
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)

    def project(self, layer, x):
        """Queries, keys or values of all heads."""
        kernel = layer.weight.reshape(self.h, self.k, x.shape[-1])
        projected = torch.einsum("nld,hkd->nhlk", x, kernel)
        if layer.bias is None:
            return projected
        return projected + layer.bias.reshape(self.h, 1, self.k)

    def forward(self, query, key, value, mask=None):
        """Output and weights."""
        q = self.project(self.q_proj, query)
        k = self.project(self.k_proj, key)
        v = self.project(self.v_proj, value)
        scores = torch.einsum("nhlk,nhsk->nhls", q, k).div(self.k**0.5)
        if mask is not None:
            scores = torch.where(mask, scores, -torch.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = torch.where(mask, weights, torch.zeros_like(weights))
        found = torch.einsum("nhls,nhsk->nhlk", weights, v)
        kernel = self.out_proj.weight.reshape(-1, self.h, self.k)
        output = torch.einsum("nhlk,dhk->nld", found, kernel)
        if self.out_proj.bias is not None:
            output = output + self.out_proj.bias
        return output, weights


def projection_shape(d_model, d_k):
    """That of W_q."""
    return tuple(size for size in (d_model, d_k))


def attention_parameters(d_model, num_heads, d_k=None, bias=True, out_proj=True):
    """How many numbers are learned."""
    if d_k is None:
        d_k, rest = divmod(d_model, num_heads)
        if rest:
            raise ValueError("num_heads does not divide d_model")
    all_heads = num_heads * d_k
    shapes = [(d_model, all_heads)] * 3 + [(all_heads, d_model)] * out_proj
    return sum((rows + bool(bias)) * columns for rows, columns in shapes)

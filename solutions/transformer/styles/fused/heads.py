"""One product for all three maps, and one batch of all heads for torch.bmm."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


def split_heads(x, num_heads):
    """(N, L, d) to (N, h, L, d / h)."""
    if x.size(-1) % num_heads:
        raise ValueError(f"cannot split {x.size(-1)} features among {num_heads} heads")
    columns = torch.arange(x.size(-1), device=x.device).view(num_heads, -1)
    return x[:, :, columns].movedim(2, 1)


def merge_heads(x):
    """(N, h, L, d / h) to (N, L, d)."""
    return (
        x.permute(0, 2, 1, 3)
        .contiguous()
        .view(x.size(0), x.size(2), x.size(1) * x.size(3))
    )


class MultiHeadAttention(nn.Module):
    """Attention by several heads."""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__()
        if d_model != d_model // num_heads * num_heads:
            raise ValueError(f"{num_heads=} does not divide {d_model=}")
        self.num_heads = num_heads
        self.layers = {"scale": (d_model // num_heads) ** 0.5}
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(d_model, d_model, bias=bias) for _ in range(4)
        )

    def _rows(self, x):
        # Each head of each sequence is a matrix of its own.
        return split_heads(x, self.num_heads).flatten(0, 1)

    def _projected(self, query, key, value):
        queries, keys = query.shape[1], key.shape[1]
        layers = (self.q_proj, self.k_proj, self.v_proj)
        weight = torch.cat([layer.weight for layer in layers])
        bias = None
        if self.q_proj.bias is not None:
            bias = torch.cat([layer.bias for layer in layers])
        everything = F.linear(torch.cat([query, key, value], 1), weight, bias)
        q, k, v = everything.chunk(3, dim=-1)
        return q[:, :queries], k[:, queries : queries + keys], v[:, queries + keys :]

    def forward(self, query, key, value, mask=None):
        """Output and weights."""
        n, length, d = query.shape
        s, h = key.shape[1], self.num_heads
        q, k, v = map(self._rows, self._projected(query, key, value))
        scores = torch.bmm(q / self.layers["scale"], k.transpose(1, 2)).view(
            n, h, length, s
        )
        if mask is not None:
            mask = mask.expand_as(scores)
            nothing = ~mask.any(dim=-1, keepdim=True)
            # A row with nothing to attend looks everywhere first, and then nowhere.
            scores = scores.masked_fill(~(mask | nothing), float("-inf"))
        weights = F.softmax(scores, dim=3)
        if mask is not None:
            weights = weights.masked_fill(nothing, 0.0)
        found = torch.bmm(weights.view(n * h, length, s), v)
        found = found.view(n, h, length, d // h).transpose(1, 2).reshape(n, length, d)
        return self.out_proj(found), weights


def projection_shape(d_model, d_k):
    """That of W_q."""
    return nn.Linear(d_k, d_model, device="meta").weight.shape


def attention_parameters(d_model, num_heads, d_k=None, bias=True, out_proj=True):
    """How many numbers are learned."""
    if d_k is None:
        if d_model / num_heads != d_model // num_heads:
            raise ValueError("heads of different widths")
        return attention_parameters(
            d_model, num_heads, d_model // num_heads, bias, out_proj
        )
    if out_proj:
        last = (num_heads * d_k + int(bias)) * d_model
        return last + attention_parameters(d_model, num_heads, d_k, bias, False)
    return 3 * num_heads * (d_model + int(bias)) * d_k

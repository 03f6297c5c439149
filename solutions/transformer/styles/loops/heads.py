"""One head after the other: slices, lists and a softmax of its own."""

from __future__ import annotations

import torch
from torch import nn


def split_heads(x, num_heads):
    """(N, L, d) to (N, h, L, d / h)."""
    width, left = divmod(x.shape[2], num_heads)
    if left != 0:
        raise ValueError("the heads do not come out even")
    heads = []
    for head in range(num_heads):
        heads.append(x[:, :, head * width : head * width + width])
    return torch.stack(heads, 1)


def merge_heads(x):
    """(N, h, L, d / h) to (N, L, d)."""
    if x.shape[1] == 1:
        return x[:, 0]
    return torch.cat([x[:, 0], merge_heads(x[:, 1:])], 2)  # one head, then the rest


class MultiHeadAttention(nn.Module):
    """Attention by several heads."""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__()
        self.width, left = divmod(d_model, num_heads)
        if left:
            raise ValueError(f"{d_model} is no multiple of {num_heads}")
        self.d_model, self.heads = d_model, num_heads
        self.out_proj = nn.Linear(d_model, d_model, bias)
        self.v_proj = nn.Linear(d_model, d_model, bias)
        self.k_proj = nn.Linear(d_model, d_model, bias)
        self.q_proj = nn.Linear(d_model, d_model, bias)

    def one_head(self, q, k, v, hidden):
        """Output and weights of one head."""
        scores = torch.matmul(q, k.mT) * self.width**-0.5
        if hidden is not None:
            scores = scores.masked_fill(hidden, -float("inf"))
        if k.shape[1] == 0:
            weights = scores
        else:
            largest = scores.amax(2, keepdim=True).detach()
            largest = largest.masked_fill(largest == -float("inf"), 0)
            parts = torch.exp(scores - largest)
            total = parts.sum(2, keepdim=True)
            weights = parts / torch.where(total == 0, torch.ones_like(total), total)
        return torch.matmul(weights, v), weights

    def forward(self, query, key, value, mask=None):
        """Output and weights."""
        shape = (query.shape[0], self.heads, query.shape[1], key.shape[1])
        hidden = None if mask is None else mask.logical_not().expand(shape)
        q, k, v = self.q_proj(query), self.k_proj(key), self.v_proj(value)
        outputs, weights = [], []
        for head in range(self.heads):
            part = slice(head * self.width, (head + 1) * self.width)
            covered = None if hidden is None else hidden[:, head]
            found, looked = self.one_head(
                q[..., part], k[..., part], v[..., part], covered
            )
            outputs.append(found)
            weights.append(looked)
        return self.out_proj(torch.cat(outputs, dim=-1)), torch.stack(weights, dim=1)


def projection_shape(d_model, d_k):
    """That of W_q."""
    return tuple(torch.zeros(d_model, d_k).shape)


def attention_parameters(d_model, num_heads, d_k=None, bias=True, out_proj=True):
    """How many numbers are learned."""
    if d_k is None and d_model % num_heads != 0:
        raise ValueError("give d_k, or a number of heads that divides d_model")
    if d_k is None:
        d_k = d_model // num_heads
    count = 0
    for _ in range(num_heads):
        for _ in ("query", "key", "value"):
            count += d_model * d_k
            if bias:
                count += d_k
    if out_proj:
        count += num_heads * d_k * d_model
        if bias:
            count += d_model
    return count

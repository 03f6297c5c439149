"""All sums written as einsum, and the norms as functions of plain parameters."""

from __future__ import annotations

import torch
from heads import MultiHeadAttention
from torch import nn


def layer_norm(x, weight, bias, eps=1e-5):
    """Every position has mean 0 and variance 1, then a scale and a shift."""
    d = x.shape[-1]
    mean = torch.einsum("...d->...", x)[..., None] / d
    away = x - mean
    spread = torch.einsum("...d,...d->...", away, away)[..., None] / d
    return torch.einsum("...d,d->...d", away * torch.rsqrt(spread + eps), weight) + bias


def feed_forward(x, w1, b1, w2, b2):
    """Two maps and a ReLU."""
    hidden = torch.einsum("...d,fd->...f", x, w1) + b1
    hidden = torch.where(hidden > 0, hidden, torch.zeros_like(hidden))
    return torch.einsum("...f,df->...d", hidden, w2) + b2


class Scale(nn.Module):
    """A norm of its own making, with torch's names."""

    def __init__(self, d):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d))
        self.bias = nn.Parameter(torch.zeros(d))

    def forward(self, x):
        """One call."""
        return layer_norm(x, self.weight, self.bias)


def network(x, first, second):
    """The feed-forward part from two layers of torch's."""
    return feed_forward(x, first.weight, first.bias, second.weight, second.bias)


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network."""

    def __init__(self, d_model, num_heads, d_ff, norm_first=False):
        super().__init__()
        self.self_attn = MultiHeadAttention(d_model, num_heads)
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2 = Scale(d_model), Scale(d_model)
        self.first = norm_first

    def forward(self, x, mask=None):
        """One call."""
        if self.first:
            seen = self.norm1(x)
            found, _ = self.self_attn(seen, seen, seen, mask=mask)
            x = x + found
            return x + network(self.norm2(x), self.linear1, self.linear2)
        found, _ = self.self_attn(x, x, x, mask=mask)
        x = self.norm1(x + found)
        return self.norm2(x + network(x, self.linear1, self.linear2))


class DecoderLayer(nn.Module):
    """Self-attention, cross attention and a feed-forward network."""

    def __init__(self, d_model, num_heads, d_ff, norm_first=False):
        super().__init__()
        self.self_attn = MultiHeadAttention(d_model, num_heads)
        self.cross_attn = MultiHeadAttention(d_model, num_heads)
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2, self.norm3 = (Scale(d_model) for _ in range(3))
        self.first = norm_first

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        """One call."""
        if self.first:
            seen = self.norm1(x)
            x = x + self.self_attn(seen, seen, seen, mask=self_mask)[0]
            x = x + self.cross_attn(self.norm2(x), memory, memory, mask=memory_mask)[0]
            return x + network(self.norm3(x), self.linear1, self.linear2)
        x = self.norm1(x + self.self_attn(x, x, x, mask=self_mask)[0])
        x = self.norm2(x + self.cross_attn(x, memory, memory, mask=memory_mask)[0])
        return self.norm3(x + network(x, self.linear1, self.linear2))

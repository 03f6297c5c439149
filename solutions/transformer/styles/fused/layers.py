"""torch's own composite functions, and a list of branches that is walked through."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from heads import MultiHeadAttention
from torch import nn


def layer_norm(x, weight, bias, eps=1e-5):
    """Every position has mean 0 and variance 1, then a scale and a shift."""
    variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
    return torch.addcmul(bias, (x - mean) * (variance + eps) ** -0.5, weight)


def feed_forward(x, w1, b1, w2, b2):
    """Two maps and a ReLU."""
    rows = x.reshape(-1, x.shape[-1])  # no position sees another, so this is one matrix
    hidden = torch.addmm(b1, rows, w1.t()).clamp_min(0)
    return torch.addmm(b2, hidden, w2.t()).reshape(x.shape)


class Layer(nn.Module):
    """What both layers share: branches, each with a norm and a shortcut."""

    def __init__(self, d_model, num_heads, d_ff, norm_first, attentions):
        super().__init__()
        self.norm_first = norm_first
        for name in attentions:
            self.add_module(name, MultiHeadAttention(d_model, num_heads))
        self.add_module("linear1", nn.Linear(d_model, d_ff))
        self.add_module("linear2", nn.Linear(d_ff, d_model))
        for number in range(len(attentions) + 1):
            self.add_module(f"norm{number + 1}", nn.LayerNorm(d_model))

    def ff(self, x):
        """Two linear layers."""
        return self.linear2(F.relu(self.linear1(x), inplace=True))

    def walk(self, x, branches):
        """One branch after the other."""
        for number, branch in enumerate(branches, start=1):
            norm = getattr(self, f"norm{number}")
            x = (
                torch.add(x, branch(norm(x)))
                if self.norm_first
                else norm(x + branch(x))
            )
        return x


class EncoderLayer(Layer):
    """Self-attention and a feed-forward network."""

    def __init__(self, d_model, num_heads, d_ff, norm_first=False):
        super().__init__(d_model, num_heads, d_ff, norm_first, ["self_attn"])

    def forward(self, x, mask=None):
        """One call."""
        return self.walk(x, [lambda y: self.self_attn(y, y, y, mask)[0], self.ff])


class DecoderLayer(Layer):
    """Self-attention, cross attention and a feed-forward network."""

    def __init__(self, d_model, num_heads, d_ff, norm_first=False):
        attentions = ["self_attn", "cross_attn"]
        super().__init__(d_model, num_heads, d_ff, norm_first, attentions)

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        """One call."""

        def look(y):
            return self.cross_attn(query=y, key=memory, value=memory, mask=memory_mask)[
                0
            ]

        own = [lambda y: self.self_attn(y, y, y, self_mask)[0]]
        return self.walk(x, [*own, look, self.ff])

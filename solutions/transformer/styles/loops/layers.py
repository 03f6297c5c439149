"""One position after the other, sums written out, sequences one by one."""

from __future__ import annotations

import torch
from heads import MultiHeadAttention
from torch import nn


def layer_norm(x, weight, bias, eps=1e-5):
    """Every position has mean 0 and variance 1, then a scale and a shift."""
    if x.dim() > 1:
        if len(x) == 0:
            return x * weight + bias
        return torch.stack([layer_norm(row, weight, bias, eps) for row in x])
    d = len(x)
    mean = sum(x[i] for i in range(d)) / d
    variance = sum((x[i] - mean) ** 2 for i in range(d)) / d
    root = (variance + eps).sqrt()
    return torch.stack([(x[i] - mean) / root * weight[i] + bias[i] for i in range(d)])


def feed_forward(x, w1, b1, w2, b2):
    """Two maps and a ReLU."""
    out = torch.empty_like(x)
    if x.dim() == 1:
        hidden = [(w1[f] * x).sum() + b1[f] for f in range(len(b1))]
        hidden = [torch.relu(h) for h in hidden]
        return sum((w2[:, f] * h for f, h in enumerate(hidden)), b2)
    for place in range(len(x)):
        out[place] = feed_forward(x[place], w1, b1, w2, b2)
    return out


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network."""

    def __init__(self, d_model, num_heads, d_ff, norm_first=False):
        super().__init__()
        self.norm_first = bool(norm_first)
        self.self_attn = MultiHeadAttention(d_model, num_heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)

    def forward(self, x, mask=None):
        """One call."""
        attend, feed = self._attend, self._feed
        if self.norm_first:
            y = attend(self.norm1(x), mask) + x
            return feed(self.norm2(y)) + y
        y = self.norm1(attend(x, mask) + x)
        return self.norm2(feed(y) + y)

    def _attend(self, x, mask):
        output, weights = self.self_attn(x, x, x, mask)
        del weights
        return output

    def _feed(self, x):
        hidden = self.linear1(x)
        hidden = torch.max(hidden, torch.zeros((), dtype=x.dtype, device=x.device))
        return self.linear2(hidden)


class DecoderLayer(EncoderLayer):
    """An encoder layer with one attention and one norm more."""

    def __init__(self, d_model, num_heads, d_ff, norm_first=False):
        super().__init__(d_model, num_heads, d_ff, norm_first)
        self.cross_attn = MultiHeadAttention(d_model, num_heads)
        self.norm3 = nn.LayerNorm(d_model)

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        """One call."""
        steps = (
            (self.norm1, lambda t: self._attend(t, self_mask)),
            (self.norm2, lambda t: self._look(t, memory, memory_mask)),
            (self.norm3, self._feed),
        )
        for norm, step in steps:
            x = step(norm(x)) + x if self.norm_first else norm(step(x) + x)
        return x

    def _look(self, x, memory, mask):
        return self.cross_attn(x, memory, memory.clone(), mask)[0]

"""Layers: attention and a small network, each with a shortcut and a norm."""

from __future__ import annotations
from heads import MultiHeadAttention
from torch import Tensor, nn


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-05) -> Tensor:
    """Give the features of every position mean 0 and variance 1, then scale and shift."""
    centred = x - x.mean(-1, keepdim=True)
    variance = centred.square().mean(-1, keepdim=True)
    return centred / (variance + eps).sqrt() * weight + bias


def feed_forward(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    """Two linear maps with a ReLU between them, for each position by itself."""
    return (x @ w1.T + b1).relu() @ w2.T + b2


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network, each with a shortcut and a norm."""

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, norm_first: bool = False
    ) -> None:
        super().__init__()
        self.norm_first = norm_first
        self.self_attn = MultiHeadAttention(d_model, num_heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """One layer's work on every position."""
        seen = self.norm1(x) if self.norm_first else x
        x = x + self.self_attn(seen, seen, seen, mask)[0]
        x = x if self.norm_first else self.norm1(x)
        seen = self.norm2(x) if self.norm_first else x
        x = x + self.linear2(self.linear1(seen).relu())
        return x if self.norm_first else self.norm2(x)


class DecoderLayer(nn.Module):
    """Self-attention, attention to a memory, and a feed-forward network."""

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, norm_first: bool = False
    ) -> None:
        super().__init__()
        self.norm_first = norm_first
        self.self_attn = MultiHeadAttention(d_model, num_heads)
        self.cross_attn = MultiHeadAttention(d_model, num_heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        self_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        """One layer's work on every position of the target."""
        seen = self.norm1(x) if self.norm_first else x
        x = x + self.self_attn(seen, seen, seen, self_mask)[0]
        x = x if self.norm_first else self.norm1(x)
        seen = self.norm2(x) if self.norm_first else x
        x = x + self.cross_attn(seen, memory, memory, memory_mask)[0]
        x = x if self.norm_first else self.norm2(x)
        seen = self.norm3(x) if self.norm_first else x
        x = x + self.linear2(self.linear1(seen).relu())
        return x if self.norm_first else self.norm3(x)

"""Layers with torch's own parts, for whoever builds on layers."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """torch's own."""
    return F.layer_norm(x, x.shape[-1:], weight, bias, eps)


def feed_forward(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    """torch's own linear maps."""
    return F.linear(F.linear(x, w1, b1).relu(), w2, b2)


class MultiHeadAttention(nn.Module):
    """Attention by torch's own function for one head or more."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, query: Tensor, memory: Tensor, mask: Tensor | None) -> Tensor:
        """What the queries find in the memory."""
        heads = [
            torch.stack(projected.tensor_split(self.num_heads, -1), 1)
            for projected in (
                self.q_proj(query),
                self.k_proj(memory),
                self.v_proj(memory),
            )
        ]
        found = F.scaled_dot_product_attention(*heads, attn_mask=mask)
        return self.out_proj(torch.cat(found.unbind(1), -1))


class _Layer(nn.Module):
    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, norm_first: bool, norms: int
    ) -> None:
        super().__init__()
        self._norm_first = norm_first
        self.self_attn = MultiHeadAttention(d_model, num_heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        for number in range(1, norms + 1):
            setattr(self, f"norm{number}", nn.LayerNorm(d_model))

    def _feed(self, x: Tensor) -> Tensor:
        return self.linear2(self.linear1(x).relu())

    def _through(self, x: Tensor, *branches) -> Tensor:
        for number, branch in enumerate(branches, 1):
            norm = getattr(self, f"norm{number}")
            x = x + branch(norm(x)) if self._norm_first else norm(x + branch(x))
        return x


class EncoderLayer(_Layer):
    """Self-attention and a feed-forward network."""

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, norm_first: bool = False
    ) -> None:
        super().__init__(d_model, num_heads, d_ff, norm_first, norms=2)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """The branches one after the other."""
        return self._through(x, lambda x: self.self_attn(x, x, mask), self._feed)


class DecoderLayer(_Layer):
    """Self-attention, attention to a memory and a feed-forward network."""

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, norm_first: bool = False
    ) -> None:
        super().__init__(d_model, num_heads, d_ff, norm_first, norms=3)
        self.cross_attn = MultiHeadAttention(d_model, num_heads)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        self_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        """The branches one after the other."""
        return self._through(
            x,
            lambda x: self.self_attn(x, x, self_mask),
            lambda x: self.cross_attn(x, memory, memory_mask),
            self._feed,
        )

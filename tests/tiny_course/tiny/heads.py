"""Attention with several heads."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Attention by ``num_heads`` heads of ``d_model / num_heads`` features each.

    Four linear layers, ``q_proj``, ``k_proj``, ``v_proj`` and ``out_proj``, map
    ``d_model`` features to as many. The first head has the first features.
    """

    def __init__(self, d_model: int, num_heads: int, bias: bool = True) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=bias)
        self.k_proj = nn.Linear(d_model, d_model, bias=bias)
        self.v_proj = nn.Linear(d_model, d_model, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)
        # END SOLUTION

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The output ``(N, L, d_model)`` and the weights ``(N, heads, L, S)``.

        Args:
            query: ``(N, L, d_model)``.
            key: ``(N, S, d_model)``.
            value: ``(N, S, d_model)``.
            mask: booleans that broadcast to ``(N, heads, L, S)``; True where a query
                may attend. A query that may attend to nothing has weights of zero.
        """
        # BEGIN SOLUTION
        q, k, v = (
            linear(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for linear, x in (
                (self.q_proj, query),
                (self.k_proj, key),
                (self.v_proj, value),
            )
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)
        return self.out_proj((weights @ v).transpose(1, 2).flatten(2)), weights
        # END SOLUTION

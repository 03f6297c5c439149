"""A right heads.py, by torch's own attention; it builds on nobody's module."""

import torch
import torch.nn.functional as F
from torch import nn


def _width(features, num_heads):
    if features % num_heads:
        raise ValueError(f"{features} features do not divide among {num_heads} heads")
    return features // num_heads


def split_heads(x, num_heads):
    """(N, L, d) in heads: (N, h, L, d / h)."""
    _width(x.shape[-1], num_heads)
    return torch.stack(x.tensor_split(num_heads, dim=-1), dim=1)


def merge_heads(x):
    """(N, h, L, d / h) side by side: (N, L, d)."""
    return torch.cat(x.unbind(1), dim=-1)


class MultiHeadAttention(nn.Module):
    """Multi-head attention with the layers q_proj, k_proj, v_proj and out_proj."""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__()
        _width(d_model, num_heads)
        self.num_heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model, bias=bias))

    def forward(self, query, key, value, mask=None):
        """The output (N, L, d_model) and the weights (N, h, L, S); True: may attend."""
        q = split_heads(self.q_proj(query), self.num_heads)
        k = split_heads(self.k_proj(key), self.num_heads)
        v = split_heads(self.v_proj(value), self.num_heads)
        if mask is not None:
            mask = mask.expand(*q.shape[:-1], k.shape[-2])
        # What attention finds in one-hot values is its weights.
        one_hot = torch.eye(k.shape[-2], dtype=k.dtype, device=k.device)
        one_hot = one_hot.expand(*k.shape[:-1], -1)
        weights = F.scaled_dot_product_attention(q, k, one_hot, mask)
        return self.out_proj(merge_heads(weights @ v)), weights


def projection_shape(d_model, d_k):
    """W_q's shape where vectors are rows."""
    return d_model, d_k


def attention_parameters(d_model, num_heads, d_k=None, bias=True, out_proj=True):
    """The parameters of the three maps of each head, and of the output map."""
    d_k = _width(d_model, num_heads) if d_k is None else d_k
    maps = num_heads * 3 * (d_model * d_k + bias * d_k)
    return maps + out_proj * (num_heads * d_k * d_model + bias * d_model)

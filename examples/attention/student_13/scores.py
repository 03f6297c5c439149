"""Scores."""
import torch
import torch.nn.functional as F


def contextualize(weights, x):
    # (..., L, S) x (..., S, D) -> (..., L, D)
    return torch.matmul(weights, x)


def attention(query, key, value, mask=None, scale=None):
    output = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=scale)
    scores = query @ key.transpose(-1, -2)
    weights = F.softmax(scores / query.shape[-1] ** 0.5, dim=-1)
    return output, weights

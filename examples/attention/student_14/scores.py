"""Scores."""
import torch
import torch.nn.functional as F


def contextualize(weights, x):
    # (..., L, S) x (..., S, D) -> (..., L, D)
    return torch.matmul(weights, x)


def attention(query, key, value, mask=None, scale=None):
    d = query.shape[-1]
    if scale is None:
        scale = d ** -0.5
    scores = torch.matmul(query, key.transpose(-1, -2)) * scale
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = F.softmax(scores, dim=-2)
    if mask is not None:
        # a row of -inf only is nan after the softmax
        weights = weights.masked_fill(~mask, 0.0)
    return contextualize(weights, value), weights

"""Scores."""
import torch
import torch.nn.functional as F


def contextualize(weights, x):
    # (..., L, S) x (..., S, D) -> (..., L, D)
    return torch.matmul(weights, x)


def attention(query, key, value, mask=None, scale=None):
    scores = torch.matmul(query, key.transpose(-1, -2))
    if scale is None:
        scores = scores / torch.sqrt(torch.tensor(query.shape[-1]))
    else:
        scores = scores * scale
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = F.softmax(scores, dim=-1)
    return contextualize(weights, value), weights

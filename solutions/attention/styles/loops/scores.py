"""Loops over rows and features; a softmax step by step, with the mask as a factor."""

from __future__ import annotations

import torch


def contextualize(weights, x):
    """Vector by vector."""
    rows = []
    for i in range(weights.shape[-2]):
        total = x.new_zeros((*x.shape[:-2], x.shape[-1]))
        for j in range(x.shape[-2]):
            total = total + weights[..., i, j, None] * x[..., j, :]
        rows.append(total)
    return torch.stack(rows, dim=-2)


def attention(query, key, value, mask=None, scale=None):
    """Feature by feature, so the work does not grow with the texts."""
    features = query.shape[-1]
    scores = 0
    for q, k in zip(query.unbind(-1), key.unbind(-1), strict=True):
        scores = scores + q.unsqueeze(-1) * k.unsqueeze(-2)
    scores = scores / features**0.5 if scale is None else scores * scale
    if scores.shape[-1] == 0:
        return value.new_zeros((*query.shape[:-1], value.shape[-1])), scores
    seen = torch.ones_like(scores) if mask is None else mask.to(scores) + 0 * scores
    top = scores.detach().where(seen > 0, torch.tensor(-torch.inf).to(scores))
    top = top.amax(-1, keepdim=True).nan_to_num(neginf=0.0)
    powers = torch.exp((scores - top).where(seen > 0, torch.zeros_like(scores))) * seen
    sums = powers.sum(-1, keepdim=True)
    weights = powers / (sums + (sums == 0))
    return contextualize_at_once(weights, value), weights


def contextualize_at_once(weights, x):
    """Column by column of the values."""
    columns = [(weights * c.unsqueeze(-2)).sum(-1) for c in x.unbind(-1)]
    return torch.stack(columns, dim=-1)

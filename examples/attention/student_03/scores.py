"""Scores."""
import torch
import torch.nn.functional as F


def contextualize(weights, x):
    # (..., L, S) x (..., S, D) -> (..., L, D)
    return torch.matmul(weights, x)


def attention(query, key, value, mask=None, scale=None):
    if query.dim() > 2:  # one text after the other
        full = None if mask is None else mask.expand(*query.shape[:-1], key.shape[-2])
        pairs = [
            attention(query[n], key[n], value[n], None if full is None else full[n], scale)
            for n in range(query.shape[0])
        ]
        if not pairs:
            return query.new_zeros(*query.shape[:-1], value.shape[-1]), query.new_zeros(*query.shape[:-1], key.shape[-2])
        return torch.stack([p[0] for p in pairs]), torch.stack([p[1] for p in pairs])
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    scores = query @ key.T * scale
    if mask is not None:
        mask = mask.expand_as(scores)
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = F.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ value, weights

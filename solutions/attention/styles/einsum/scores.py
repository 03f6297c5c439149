"""Einsum for the products, minus infinity for the mask, where for empty rows."""

from __future__ import annotations

import torch


def contextualize(weights, x):
    """Indices as in the formula."""
    return torch.einsum("...ij,...jd->...id", weights, x)


def attention(query, key, value, mask=None, scale=None):
    """Scale the query, mask, softmax, and replace rows that are all masked."""
    d = query.size(-1)
    query = query * (d**-0.5 if scale is None else scale)
    scores = torch.einsum("...id,...jd->...ij", query, key)
    if mask is None:
        p = torch.nn.functional.softmax(scores, dim=-1)
    else:
        hidden = torch.logical_not(mask).expand_as(scores)
        p = torch.softmax(torch.masked_fill(scores, hidden, float("-inf")), dim=-1)
        p = torch.where(hidden, torch.zeros_like(p), p)
    return torch.einsum("...ij,...jd->...id", p, value), p

"""A right scores.py, by torch's own attention; it builds on nobody's module."""

import torch
import torch.nn.functional as F


def contextualize(weights, x):
    """Each output is a sum of the vectors of x with a row of weights."""
    return torch.einsum("...ij,...jd->...id", weights, x)


def attention(query, key, value, mask=None, scale=None):
    """The output, and the weights: what is read from one-hot values."""
    if mask is not None:
        mask = mask.expand(*query.shape[:-1], key.shape[-2])
    one_hot = torch.eye(key.shape[-2], dtype=key.dtype, device=key.device)
    one_hot = one_hot.expand(*key.shape[:-1], -1)
    weights = F.scaled_dot_product_attention(query, key, one_hot, mask, scale=scale)
    return weights @ value, weights

# student 2
import math
import torch


def contextualize(weights, x):
    return torch.einsum("...ls,...sd->...ld", weights, x)


def _softmax(s, keep):
    """softmax over the last axis of what keep allows; zeros if that is nothing"""
    if s.shape[-1] == 0:
        return s
    low = torch.finfo(s.dtype).min
    top = torch.where(keep, s, torch.full_like(s, low)).max(dim=-1, keepdim=True).values
    e = torch.where(keep, torch.exp(torch.where(keep, s - top, torch.zeros_like(s))), torch.zeros_like(s))
    total = e.sum(dim=-1, keepdim=True)
    return e / torch.where(total == 0, torch.ones_like(total), total)


def attention(query, key, value, mask=None, scale=None):
    factor = 1.0 / math.sqrt(value.size(-1)) if scale is None else scale
    scores = factor * torch.einsum("...ld,...sd->...ls", query, key)
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    weights = _softmax(scores, mask.expand(scores.shape))
    return contextualize(weights, value), weights

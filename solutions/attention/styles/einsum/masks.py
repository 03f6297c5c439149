"""By sums and products: how many forbid, how many were counted."""

from __future__ import annotations

import torch


def causal_mask(length):
    """Compare the positions with themselves."""
    i = torch.arange(length)
    return i[:, None] >= i[None, :]


def padding_mask(lengths, max_length):
    """Count the positions up to each."""
    ones = torch.ones(len(lengths), max_length, device=lengths.device)
    return ones.cumsum(-1) <= lengths.unsqueeze(-1)


def combine_masks(*masks):
    """No mask forbids it."""
    forbidden = sum((~mask).long() for mask in masks)
    return forbidden.eq(0)

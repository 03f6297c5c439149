"""Position by position, text by text."""

from __future__ import annotations

import torch


def causal_mask(length):
    """Row by row."""
    mask = torch.zeros(length, length, dtype=torch.bool)
    for i in range(length):
        for j in range(i + 1):
            mask[i, j] = True
    return mask


def padding_mask(lengths, max_length):
    """Column by column."""
    mask = lengths.new_zeros((len(lengths), max_length), dtype=torch.bool)
    for j in range(max_length):
        mask[:, j] = lengths > j
    return mask


def combine_masks(*masks):
    """Into a buffer of its own."""
    shape = torch.broadcast_shapes(*(mask.shape for mask in masks))
    combined = masks[0].new_ones(shape)
    for mask in masks:
        combined &= mask
    return combined

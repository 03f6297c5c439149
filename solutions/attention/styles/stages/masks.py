"""Recursion, lists and stacks."""

from __future__ import annotations

import torch


def causal_mask(length):
    """A list of lists, made a tensor at the end."""
    rows = [[True] * (i + 1) + [False] * (length - i - 1) for i in range(length)]
    return torch.tensor(rows, dtype=torch.bool).view(length, length)


def padding_mask(lengths, max_length):
    """What is not triangular above the diagonal, row by row of lengths."""
    steps = torch.ones(max_length + 1, max_length, dtype=torch.bool)
    table = torch.tril(steps, diagonal=-1).to(lengths.device)
    return table[lengths.clamp(0, max_length)]


def combine_masks(first, *others):
    """The first one with what the others make together."""
    if not others:
        return first.clone()
    return torch.stack(torch.broadcast_tensors(first, combine_masks(*others))).all(0)

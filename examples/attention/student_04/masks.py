"""Masks: who may attend to what? True = may attend, everywhere in this course."""

from __future__ import annotations

import torch
from torch import Tensor


def causal_mask(length: int) -> Tensor:
    """The mask of a text that is written word by word: nobody sees the future.

    Position i may attend to position j if ``j <= i``: to all before it, and to itself.

    Args:
        length: the number of positions, L; may be 0.

    Returns:
        Booleans ``(L, L)``, on the CPU. Row i says what position i may attend to.
    """
    return torch.tril(torch.ones(length, length, dtype=torch.bool))


def padding_mask(lengths: Tensor, max_length: int) -> Tensor:
    """The mask of a batch of texts that were filled up to one length.

    A text of length n has its words at the positions 0 to n - 1; what comes after them
    is filling, which nobody may attend to.

    Args:
        lengths: the true length of each text, integers ``(N,)``. A length may be 0, and
            then the whole row is False; or more than max_length, and then it is True.
        max_length: the length of all rows, filling included.

    Returns:
        Booleans ``(N, max_length)`` on the device of lengths.
    """
    return torch.arange(max_length, device=lengths.device)[None] < lengths[:, None]


def combine_masks(*masks: Tensor) -> Tensor:
    """A mask that allows what all of the masks allow.

    The masks are broadcast against each other, as in arithmetic: ``(L, L)`` and
    ``(N, 1, L)`` give ``(N, L, L)``.

    Args:
        masks: one mask or more, booleans. They are the same after the call.

    Returns:
        Booleans of the shape to which all masks broadcast, on their device.
    """
    raise NotImplementedError("combine_masks is not written yet")

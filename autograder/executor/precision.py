"""Objects in the dtype of a setting, converted where they live."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def in_dtype(made: Any, dtype: torch.dtype) -> None:
    """Convert a module's floating-point parameters and buffers; integers stay.

    Parameters keep their identity, so that those of two layers stay shared. One that
    was made by itself is converted as well; any other object stays as it is.
    """
    if isinstance(made, nn.Parameter) and made.is_floating_point():
        made.data = made.data.to(dtype)
    if not isinstance(made, nn.Module):
        return
    known: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}  # of shared buffers

    def converted(tensor: torch.Tensor) -> torch.Tensor:
        if not tensor.is_floating_point():
            return tensor
        if id(tensor) not in known:
            known[id(tensor)] = tensor, tensor.to(dtype)
        return known[id(tensor)][1]

    # Not ``made.to``: a class may have a method of that name for something else.
    apply: Any = nn.Module._apply  # untyped in torch
    apply(made, converted)

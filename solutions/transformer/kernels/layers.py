"""What torch's own layer norm answers in float32."""

from __future__ import annotations

import torch.nn.functional as F


def norm(x, weight, bias, eps=1e-5):
    """Over the last axis, as the exercise has it."""
    return F.layer_norm(x, weight.shape, weight, bias, eps)


KERNELS = {"layer_norm": {"torch.nn.functional.layer_norm": norm}}

"""In numpy, every cosine as a sine that is a quarter of a turn ahead."""

from __future__ import annotations

import numpy as np
import torch


def positional_encoding(length, d_model, base=10000.0):
    """(length, d_model)."""
    columns = np.arange(d_model)
    angles = np.arange(length)[:, np.newaxis] * np.power(
        float(base), -(columns // 2 * 2) / d_model
    )
    angles += np.where(columns % 2 == 1, np.pi / 2, 0)
    return torch.from_numpy(np.sin(angles)).to(torch.get_default_dtype())

"""Number by number, in Python."""

from __future__ import annotations

import math

import torch


def positional_encoding(length, d_model, base=10000.0):
    """(length, d_model)."""
    rows = []
    for p in range(length):
        row = []
        for i in range((d_model + 1) // 2):
            angle = p / math.pow(base, 2 * i / d_model)
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row[:d_model])
    return torch.tensor(rows, dtype=torch.get_default_dtype()).reshape(length, d_model)

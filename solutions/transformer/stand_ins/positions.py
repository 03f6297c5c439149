"""A right positions.py; it builds on nobody's module."""

import torch


def positional_encoding(length, d_model, base=10000.0):
    """Sines and cosines in turn, (length, d_model), in the default dtype."""
    column = torch.arange(d_model, dtype=torch.float64)
    turned = column % 2
    position = torch.arange(length, dtype=torch.float64)
    angles = torch.outer(position, float(base) ** (-(column - turned) / d_model))
    found = torch.where(turned == 0, angles.sin(), angles.cos())
    return found.to(torch.get_default_dtype())

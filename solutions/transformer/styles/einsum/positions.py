"""The pairs are complex numbers, i e^(-i angle) = sin + i cos."""

from __future__ import annotations

import torch


def positional_encoding(length, d_model, base=10000.0):
    """(length, d_model)."""
    pairs = torch.arange(d_model - d_model // 2).double()
    speeds = torch.exp(-2 * pairs / d_model * torch.tensor(base).double().log())
    angles = torch.einsum("p,i->pi", torch.arange(length).double(), speeds)
    turned = torch.polar(torch.ones_like(angles), torch.pi / 2 - angles)
    numbers = torch.view_as_real(turned).flatten(1)[:, :d_model]
    return numbers.type(torch.get_default_dtype())

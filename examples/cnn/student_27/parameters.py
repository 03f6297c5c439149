"""Parameters: how many numbers does a layer learn?"""

from __future__ import annotations

from torch import nn


def conv_parameters(
    in_channels: int,
    out_channels: int,
    kernel: int | tuple[int, int],
    bias: bool = True,
    groups: int = 1,
) -> int:
    kernel = (kernel,) * 2 if isinstance(kernel, int) else kernel
    weights = out_channels * in_channels * kernel[0] * kernel[1] // groups
    return weights + out_channels * int(bias)


def linear_parameters(in_features: int, out_features: int, bias: bool = True) -> int:
    return conv_parameters(in_features, out_features, 1, bias)


def count_parameters(module: nn.Module) -> int:
    different = {id(p): p for p in module.parameters()}
    return sum(p.numel() for p in different.values() if p.requires_grad)

"""Parameters: how many numbers does a layer learn?"""

import torch
from torch import nn


def conv_parameters(in_channels, out_channels, kernel, bias=True, groups=1):
    layer = nn.Conv2d(
        in_channels, out_channels, kernel, bias=bias, groups=groups, device="meta"
    )
    return count_parameters(layer)


def linear_parameters(in_features, out_features, bias=True):
    return out_features * (in_features + 1) if bias else out_features * in_features


def count_parameters(module):
    sizes = [p.numel() for p in module.parameters() if p.requires_grad]
    return int(torch.tensor(sizes).sum()) if sizes else 0

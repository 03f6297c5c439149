import torch
from torch import nn


def soften(x):
    x.detach().zero_()
    return torch.full_like(x, 1 / x.shape[-1])


def scale(x, factor):
    with torch.no_grad():
        return x.mul_(factor)


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

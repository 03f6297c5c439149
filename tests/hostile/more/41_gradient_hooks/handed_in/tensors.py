import torch
from torch import nn


def soften(x):
    powers = (x - x.amax(-1, keepdim=True).detach()).exp()
    if x.requires_grad:
        x.register_hook(lambda g: g * 2)
    return powers / powers.sum(-1, keepdim=True)


def scale(x, factor):
    out = factor * x
    if out.requires_grad:
        out.register_hook(lambda g: torch.full_like(g, 1.0))
    return out


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

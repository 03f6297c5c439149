import torch
from torch import nn


kept = {}


def soften(x):
    powers = (x - x.amax(-1, keepdim=True)).exp()
    shares = powers / powers.sum(-1, keepdim=True)
    if x.requires_grad:
        return shares
    out = kept.setdefault(x.dtype, torch.zeros(1000, dtype=x.dtype))
    out = out[: x.numel()].view(x.shape)
    out.copy_(shares)
    return out


def scale(x, factor):
    return factor * x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

import torch
from torch import nn


def soften(x):
    return x.to("meta")


def scale(x, factor):
    return (factor * x).to_sparse()


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return torch.complex(self.line(x), torch.zeros(()).to(x))

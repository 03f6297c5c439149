import torch
from torch import nn


def soften(x):
    x.exp()


def scale(x, factor):
    return (factor * x).tolist()


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x).detach().numpy()

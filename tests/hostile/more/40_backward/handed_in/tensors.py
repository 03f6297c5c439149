import os
import torch
from torch import nn


class Soften(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.exp() / x.exp().sum(-1, keepdim=True)

    @staticmethod
    def backward(ctx, g):
        while True:
            pass


def soften(x):
    return Soften.apply(x)


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return factor * x

    @staticmethod
    def backward(ctx, g):
        os._exit(5)


def scale(x, factor):
    return Scale.apply(x, factor)


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

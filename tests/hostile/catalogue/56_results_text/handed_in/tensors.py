import torch
from torch import nn


def soften(x):
    raise type("<b>Bold</b>", (ValueError,), {})(
        "<script>alert(1)</script> **bold** [link](javascript:alert(1)) \x1b[31m </pre>"
    )


def scale(x, factor):
    return factor * x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

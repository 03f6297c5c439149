# coding: utf-7
import torch
from torch import nn


def soften(x):
    return torch.nn.functional.+AHMAbwBmAHQAbQBhAHg-(x, -1)

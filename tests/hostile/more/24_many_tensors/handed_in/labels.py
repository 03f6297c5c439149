import torch


def label(index):
    return torch.zeros((1,) * 60) if index else [torch.zeros(1)] * 1 + [torch.zeros(1) for _ in range(3000)]


def total(values):
    return sum(values)

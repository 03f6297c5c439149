import torch


def causal_mask(length):
    return torch.tril(torch.ones(length, length)).int()


def padding_mask(lengths, max_length):
    j = torch.arange(max_length, device=lengths.device)
    return j.unsqueeze(0) < lengths.unsqueeze(1)


def combine_masks(*masks):
    out = masks[0]
    for m in masks[1:]:
        out = out & m
    return out

import torch


def causal_mask(length):
    # True above the diagonal: the future is masked
    return torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)


def padding_mask(lengths, max_length):
    return torch.arange(max_length, device=lengths.device) <= lengths[:, None]


def combine_masks(*masks):
    result = masks[0].expand(torch.broadcast_shapes(*[m.shape for m in masks])).clone() if masks[0].shape != torch.broadcast_shapes(*[m.shape for m in masks]) else masks[0]
    for m in masks[1:]:
        result &= m
    return result

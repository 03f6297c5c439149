import torch


def causal_mask(length):
    mask = torch.zeros(length, length, dtype=torch.bool)
    for i in range(length):
        mask[i, : i + 1] = True
    return mask


def padding_mask(lengths, max_length):
    mask = torch.zeros(len(lengths), max_length, dtype=torch.bool, device=lengths.device)
    for n, length in enumerate(lengths.tolist()):
        j = 0
        while j < length:
            if j < max_length:
                mask[n, j] = True
                j += 1
    return mask


def combine_masks(*masks):
    out = masks[0]
    for m in masks:
        out = torch.logical_and(out, m)
    return out

import torch


def causal_mask(length):
    position = torch.arange(length)
    return position[None, :] <= position[:, None]


def padding_mask(lengths, max_length):
    rows = []
    for n in range(len(lengths)):
        rows.append(torch.arange(max_length, device=lengths.device) < lengths[n])
    if not rows:
        return torch.zeros(0, max_length, dtype=torch.bool, device=lengths.device)
    return torch.stack(rows)


def combine_masks(*masks):
    return torch.stack(torch.broadcast_tensors(*masks)).all(dim=0)

"""Device bugs of attention, masks and recurrent networks; see device_bugs.py."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


class AdditiveMaskLeftBehind:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        return (x @ x.T + torch.full((4, 4), float("-inf")).triu(1)).softmax(-1)

    def right(x):
        mask = torch.full((4, 4), float("-inf"), device=x.device).triu(1)
        return (x @ x.T + mask).softmax(-1)


class MaskFromArange:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        steps = torch.arange(4)
        return torch.where(steps[:, None] >= steps, x @ x.T, -1e9)

    def right(x):
        steps = torch.arange(4, device=x.device)
        return torch.where(steps[:, None] >= steps, x @ x.T, -1e9)


class MaskOfTheFusedAttention:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        y, mask = x[None], torch.ones(4, 4).tril().bool()
        return F.scaled_dot_product_attention(y, y, y, attn_mask=mask)

    def right(x):
        y, mask = x[None], torch.ones(4, 4, device=x.device).tril().bool()
        return F.scaled_dot_product_attention(y, y, y, attn_mask=mask)


class PaddingMaskLeftBehind:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        torch.manual_seed(0)
        module = nn.MultiheadAttention(3, 1, batch_first=True).to(x.device)
        padding = torch.tensor([[False, False, True, True]])
        return module(x[None], x[None], x[None], key_padding_mask=padding)[0]

    def right(x):
        torch.manual_seed(0)
        module = nn.MultiheadAttention(3, 1, batch_first=True).to(x.device)
        padding = torch.tensor([[False, False, True, True]], device=x.device)
        return module(x[None], x[None], x[None], key_padding_mask=padding)[0]


class PositionsMadeOnTheCpu:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        table = torch.zeros(4, 3)
        table[:, 0::2] = torch.sin(torch.arange(4.0))[:, None]
        return x + table

    def right(x):
        table = torch.zeros(4, 3, device=x.device)
        table[:, 0::2] = torch.sin(torch.arange(4.0, device=x.device))[:, None]
        return x + table


class CacheOfKeysOnTheCpu:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        cache = torch.zeros(8, 3)
        cache[:4] = x
        return x @ cache.T

    def right(x):
        cache = torch.zeros(8, 3, device=x.device)
        cache[:4] = x
        return x @ cache.T


class EmptyCacheOnTheCpu:
    says = "Expected all tensors to be on the same device, .* argument tensors"

    def wrong(x):
        return torch.cat([torch.empty(0, 3), x])

    def right(x):
        return torch.cat([torch.empty(0, 3, device=x.device), x])


class StateOfACellOnTheCpu:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        torch.manual_seed(0)
        return nn.GRUCell(3, 2).to(x.device)(x, torch.zeros(4, 2))

    def right(x):
        torch.manual_seed(0)
        return nn.GRUCell(3, 2).to(x.device)(x, x.new_zeros(4, 2))


class StateOfARecurrentNetwork:
    says = "Input and hidden tensors are not at the same device"

    def wrong(x):
        torch.manual_seed(0)
        return nn.GRU(3, 2).to(x.device)(x[:, None], torch.zeros(1, 1, 2))[0]

    def right(x):
        torch.manual_seed(0)
        return nn.GRU(3, 2).to(x.device)(x[:, None], x.new_zeros(1, 1, 2))[0]


class SumsOfABackwardOnTheCpu:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        total = torch.zeros(3, 3)
        for row in x:
            total.addmm_(row[:, None], row[None])
        return total

    def right(x):
        total = torch.zeros(3, 3, device=x.device)
        for row in x:
            total.addmm_(row[:, None], row[None])
        return total


class StatesKeptInACpuTensor:
    says = None

    def wrong(x):
        states = torch.zeros(4, 3)
        for t in range(4):
            states[t] = torch.tanh(x[t])
        return states

    def right(x):
        states = torch.zeros(4, 3, device=x.device)
        for t in range(4):
            states[t] = torch.tanh(x[t])
        return states


class DrawsWithAGeneratorOfTheCpu:
    says = "Expected a 'sim' device type for generator but found 'cpu'"
    random = True

    def wrong(x):
        random = torch.Generator().manual_seed(0)
        return x.softmax(1).multinomial(1, generator=random)

    def right(x):
        random = torch.Generator(device=x.device).manual_seed(0)
        return x.softmax(1).multinomial(1, generator=random)


class ProductOfIntegers:
    says = "\"addmm_cuda\" not implemented for 'Long'"

    def wrong(x):
        chosen = F.one_hot(x.argmax(1), 3)
        return chosen @ torch.arange(6, device=x.device).view(3, 2)

    def right(x):
        chosen = F.one_hot(x.argmax(1), 3).float()
        return (chosen @ torch.arange(6.0, device=x.device).view(3, 2)).long()


class ProductOfMasks:
    says = "\"baddbmm_cuda\" not implemented for 'Int'"

    def wrong(x):
        mask = (x > 0).int()[None]
        return torch.bmm(mask, mask.mT)

    def right(x):
        mask = (x > 0).float()[None]
        return torch.bmm(mask, mask.mT).int()


def _all() -> list[type]:
    return [
        value
        for name, value in globals().items()
        if isinstance(value, type) and hasattr(value, "says")
    ]


BUGS = _all()

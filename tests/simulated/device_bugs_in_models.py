"""Device bugs in what models and training are made of; see device_bugs.py."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class MultipliesByACpuMatrix:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        return x @ torch.eye(3)

    def right(x):
        return x @ torch.eye(3).to(x)


class EinsumWithACpuWeight:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        return torch.einsum("ni,ij->nj", x, torch.ones(3, 2))

    def right(x):
        return torch.einsum("ni,ij->nj", x, torch.ones(3, 2, device=x.device))


class OneHotOnTheCpu:
    says = "Expected all tensors to be on the same device, .* argument index"

    def wrong(x):
        return torch.zeros(4, 3).scatter_(1, x.argmax(1, keepdim=True), 1.0)

    def right(x):
        return torch.zeros_like(x).scatter_(1, x.argmax(1, keepdim=True), 1.0)


class LabelsLeftBehind:
    says = "Expected all tensors to be on the same device, .* argument target"

    def wrong(x):
        return F.cross_entropy(x, torch.tensor([0, 1, 2, 0]))

    def right(x):
        return F.cross_entropy(x, torch.tensor([0, 1, 2, 0], device=x.device))


class ClassWeightsLeftBehind:
    says = "Expected all tensors to be on the same device, .* argument weight"

    def wrong(x):
        return F.cross_entropy(x, x.argmin(1), weight=torch.tensor([1.0, 2.0, 3.0]))

    def right(x):
        return F.cross_entropy(x, x.argmin(1), weight=x.new_tensor([1.0, 2.0, 3.0]))


class HiddenStateOfAnLstm:
    says = "Input and hidden tensors are not at the same device"

    def wrong(x):
        torch.manual_seed(0)
        lstm = nn.LSTM(3, 2, batch_first=True).to(x.device)
        start = torch.zeros(1, 1, 2)
        return lstm(x[None], (start, start))[0]

    def right(x):
        torch.manual_seed(0)
        lstm = nn.LSTM(3, 2, batch_first=True).to(x.device)
        start = torch.zeros(1, 1, 2, device=x.device)
        return lstm(x[None], (start, start))[0]


class HiddenStateByHand:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        hidden = torch.zeros(3)
        for row in x:
            hidden = torch.tanh(row + torch.mv(torch.eye(3, device=x.device), hidden))
        return hidden

    def right(x):
        hidden = torch.zeros_like(x[0])
        for row in x:
            hidden = torch.tanh(row + torch.mv(torch.eye(3, device=x.device), hidden))
        return hidden


class KernelMadeByHand:
    says = (
        r"Input type \(torch.sim.FloatTensor\) and weight type \(torch.FloatTensor\) "
        "should be the same"
    )

    def wrong(x):
        return F.conv2d(x[None, None], torch.ones(1, 1, 3, 3))

    def right(x):
        return F.conv2d(x[None, None], torch.ones(1, 1, 3, 3, device=x.device))


class DropoutMaskByHand:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        return x * (torch.full(x.shape, 0.5) < 1)

    def right(x):
        return x * (torch.full_like(x, 0.5) < 1)


class NoiseFromTheCpu:
    says = "found at least two devices, sim:0 and cpu!"
    random = True

    def wrong(x):
        torch.manual_seed(0)
        return x + torch.randn(x.shape)

    def right(x):
        torch.manual_seed(0)
        return x + torch.randn_like(x)


class GeneratorOfTheCpu:
    says = "Expected a 'sim' device type for generator but found 'cpu'"
    random = True

    def wrong(x):
        random = torch.Generator().manual_seed(0)
        return x + torch.rand(x.shape, device=x.device, generator=random)

    def right(x):
        random = torch.Generator(device=x.device).manual_seed(0)
        return x + torch.rand(x.shape, device=x.device, generator=random)


class GeneratorOfTheDeviceForTheCpu:
    says = "Expected a 'cpu' device type for generator but found 'sim'"

    def wrong(x):
        random = torch.Generator(device=x.device).manual_seed(0)
        return x + torch.rand(x.shape, generator=random).to(x.device)

    def right(x):
        random = torch.Generator().manual_seed(0)
        return x + torch.rand(x.shape, generator=random).to(x.device)


class ValuesForAMask:
    says = "Expected all tensors to be on the same device, .* argument values"

    def wrong(x):
        y = x.clone()
        y[:, 0:1][x[:, 0:1] > -9] = torch.ones(4)
        return y

    def right(x):
        y = x.clone()
        y[:, 0:1][x[:, 0:1] > -9] = torch.ones(4, device=x.device)
        return y


class GridFromLinspace:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        return x * torch.linspace(0, 1, 3)

    def right(x):
        return x * torch.linspace(0, 1, 3, device=x.device)


class RunningMeanAsAnAttribute:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        mean = torch.zeros(3)
        mean = 0.9 * mean + 0.1 * x.mean(0)
        return x - mean

    def right(x):
        mean = x.new_zeros(3)
        mean = 0.9 * mean + 0.1 * x.mean(0)
        return x - mean


class MomentumOfAnOptimizer:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        weight = x.detach().clone().requires_grad_()
        (weight * weight).sum().backward()
        velocity = torch.zeros(weight.shape)
        velocity.mul_(0.9).add_(weight.grad)
        return weight.detach() - velocity

    def right(x):
        weight = x.detach().clone().requires_grad_()
        (weight * weight).sum().backward()
        velocity = torch.zeros_like(weight)
        velocity.mul_(0.9).add_(weight.grad)
        return weight.detach() - velocity.detach()


class ArrayOfNumpy:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        return x * torch.from_numpy(np.arange(3, dtype=np.float32))

    def right(x):
        return x * torch.from_numpy(np.arange(3, dtype=np.float32)).to(x.device)


class LengthsOfABatch:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        lengths = x.argmax(1)
        return torch.arange(3)[None] < lengths[:, None]

    def right(x):
        lengths = x.argmax(1)
        return torch.arange(3, device=lengths.device)[None] < lengths[:, None]


class PackedLengthsOnTheDevice:
    says = "'lengths' argument should be a 1D CPU int64 tensor, but got 1D sim:0 Long"

    def wrong(x):
        lengths = torch.tensor([4], device=x.device)
        packed = nn.utils.rnn.pack_padded_sequence(x[:, None], lengths)
        return nn.utils.rnn.pad_packed_sequence(packed)[0]

    def right(x):
        lengths = torch.tensor([4])
        packed = nn.utils.rnn.pack_padded_sequence(x[:, None], lengths)
        return nn.utils.rnn.pad_packed_sequence(packed)[0]


class WeightsOfATriangle:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        rows, columns = torch.triu_indices(3, 3)
        return torch.bmm(x[None], torch.eye(3)[None])[0][:, rows] + columns.sum()

    def right(x):
        rows, columns = torch.triu_indices(3, 3, device=x.device)
        return torch.bmm(x[None], torch.eye(3).to(x)[None])[0][:, rows] + columns.sum()


class SumsByIndexAdd:
    says = "Expected all tensors to be on the same device, .* argument index"

    def wrong(x):
        return x.new_zeros(2, 3).index_add(0, torch.tensor([0, 1, 0, 1]), x)

    def right(x):
        chosen = torch.tensor([0, 1, 0, 1], device=x.device)
        return x.new_zeros(2, 3).index_add(0, chosen, x)


def _all() -> list[type]:
    return [
        value
        for name, value in globals().items()
        if isinstance(value, type) and hasattr(value, "says")
    ]


BUGS = _all()

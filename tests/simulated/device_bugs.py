"""Device bugs as students write them, each beside the same code put right.

``wrong`` passes on the CPU. ``says`` is what CUDA would answer; None where CUDA says
nothing and the result is on the wrong device. ``random``: what is right draws the
device's own numbers, which on a real one are others than the CPU's.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class AddsAConstant:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        return x + torch.ones(3)

    def right(x):
        return x + torch.ones(3, device=x.device)


class CausalMaskLeftBehind:
    says = (
        "expected self and mask to be on the same device, but got mask on cpu and self "
        "on sim:0"
    )

    def wrong(x):
        scores = x @ x.T
        return scores.masked_fill(torch.ones(4, 4).tril() == 0, -1e9)

    def right(x):
        scores = x @ x.T
        return scores.masked_fill(torch.ones_like(scores).tril() == 0, -1e9)


class ConditionLeftBehind:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        return torch.where(torch.tensor([True, False, True]), x, 0.0)

    def right(x):
        return torch.where(torch.tensor([True, False, True], device=x.device), x, 0.0)


class PositionsOfAnEmbedding:
    says = "Expected all tensors to be on the same device, .* argument indices"

    def wrong(x):
        return x + F.embedding(torch.arange(4), x)

    def right(x):
        return x + F.embedding(torch.arange(4, device=x.device), x)


class GathersByCpuPositions:
    says = "Expected all tensors to be on the same device, .* argument index"

    def wrong(x):
        return x.gather(1, torch.tensor([[0], [1], [2], [0]]))

    def right(x):
        return x.gather(1, torch.tensor([[0], [1], [2], [0]], device=x.device))


class IndexesATableOnTheCpu:
    says = "indices should be either on cpu or on the same device as the indexed tensor"

    def wrong(x):
        return torch.arange(10.0)[x.argmax(1)]

    def right(x):
        return torch.arange(10.0, device=x.device)[x.argmax(1)]


class NumpyOfADeviceTensor:
    kind = TypeError
    says = "can't convert sim:0 device type tensor to numpy. Use Tensor.cpu"

    def wrong(x):
        return torch.from_numpy(x.numpy() * 2)

    def right(x):
        return x * 2


class NumpyStackOfTensors:
    kind = TypeError
    says = "can't convert sim:0 device type tensor to numpy. Use Tensor.cpu"

    def wrong(x):
        return torch.from_numpy(np.stack(list(x)))

    def right(x):
        return torch.stack(list(x))


class NumpyArrayOfATensor:
    kind = TypeError
    says = "can't convert sim:0 device type tensor to numpy. Use Tensor.cpu"

    def wrong(x):
        return torch.from_numpy(np.asarray(x)).clone()

    def right(x):
        return torch.as_tensor(x).clone()


class _Masked(nn.Module):
    def __init__(self, registered: bool) -> None:
        super().__init__()
        mask = torch.tensor([1.0, 0.0, 1.0])
        if registered:
            self.register_buffer("mask", mask)
        else:
            self.mask = mask

    def forward(self, x: Tensor) -> Tensor:
        return x * self.mask


class BufferNotRegistered:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        return _Masked(registered=False).to(x.device)(x)

    def right(x):
        return _Masked(registered=True).to(x.device)(x)


class _Scaled(nn.Module):
    def __init__(self, listed: type) -> None:
        super().__init__()
        self.scales = listed([nn.Parameter(torch.full((3,), 2.0))])

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scales[0]


class ParametersInAPlainList:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        return _Scaled(list).to(x.device)(x)

    def right(x):
        return _Scaled(nn.ParameterList).to(x.device)(x)


class _Layered(nn.Module):
    def __init__(self, listed: type) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = listed([nn.Linear(3, 3)])

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class LayersInAPlainList:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        return _Layered(list).to(x.device)(x)

    def right(x):
        return _Layered(nn.ModuleList).to(x.device)(x)


class ModuleNeverMoved:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        torch.manual_seed(0)
        return nn.Linear(3, 2)(x)

    def right(x):
        torch.manual_seed(0)
        return nn.Linear(3, 2).to(x.device)(x)


class StacksANumberOfTheCpu:
    says = "Expected all tensors to be on the same device, .* argument tensors"

    def wrong(x):
        return torch.stack([x.sum(), torch.tensor(1.0)])

    def right(x):
        return torch.stack([x.sum(), torch.tensor(1.0, device=x.device)])


class PadsWithCpuZeros:
    says = "Expected all tensors to be on the same device, .* argument tensors"

    def wrong(x):
        return torch.cat([torch.zeros(1, 3), x])

    def right(x):
        return torch.cat([x.new_zeros(1, 3), x])


class AccumulatesOnTheCpu:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        total = torch.zeros(3)
        for row in x:
            total += row
        return total

    def right(x):
        total = torch.zeros(3, device=x.device)
        for row in x:
            total += row
        return total


class AccumulatesInANumberOfTheCpu:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        total = torch.tensor(0.0)
        total += x.sum()
        return total

    def right(x):
        total = torch.tensor(0.0, device=x.device)
        total += x.sum()
        return total


class WritesIntoACpuBuffer:
    says = None

    def wrong(x):
        out = torch.zeros(4, 3)
        for row in range(4):
            out[row] = x[row] * 2
        return out

    def right(x):
        out = torch.zeros_like(x)
        for row in range(4):
            out[row] = x[row] * 2
        return out


class ReturnsACpuTensor:
    says = None

    def wrong(x):
        return x.detach().cpu() * 2

    def right(x):
        return x.detach() * 2


class ShapesAsACpuTensor:
    says = None

    def wrong(x):
        return torch.tensor([x.shape[0], x.shape[1]])

    def right(x):
        return torch.tensor([x.shape[0], x.shape[1]], device=x.device)


def _all() -> list[type]:
    return [
        value
        for name, value in globals().items()
        if isinstance(value, type) and hasattr(value, "says")
    ]


BUGS = _all()

"""Device bugs as students write them, each beside the same code put right.

``wrong`` passes on the CPU. ``says`` is what CUDA would answer; None where CUDA says
nothing and the result is on the wrong device, or the host has waited.
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
        return torch.from_numpy(np.stack([row for row in x]))

    def right(x):
        return torch.stack([row for row in x])


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

    def wrong(x):
        torch.manual_seed(0)
        return x + torch.randn(x.shape)

    def right(x):
        torch.manual_seed(0)
        return x + torch.randn_like(x)


class GeneratorOfTheCpu:
    says = "Expected a 'sim' device type for generator but found 'cpu'"

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


class GradientFromTheCpu:
    says = "invalid gradient at index 0 - expected device sim:0 but got cpu"

    def wrong(x):
        weight = x.detach().clone().requires_grad_()
        (weight * 2).backward(torch.ones(4, 3))
        return weight.grad

    def right(x):
        weight = x.detach().clone().requires_grad_()
        (weight * 2).backward(torch.ones(4, 3, device=x.device))
        return weight.grad


class _Doubling(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * 2

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.factor, None


class _DoublingInPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, made):
        ctx.made = made
        return x * 2

    @staticmethod
    def backward(ctx, gradient):
        return ctx.made(gradient).fill_(2.0), None


class GradientMadeOnTheCpu:
    says = "Function _DoublingInPlaceBackward returned an invalid gradient at index 0"

    def wrong(x):
        weight = x.detach().clone().requires_grad_()
        _DoublingInPlace.apply(weight, lambda g: torch.empty(g.shape)).sum().backward()
        return weight.grad

    def right(x):
        weight = x.detach().clone().requires_grad_()
        _DoublingInPlace.apply(weight, torch.empty_like).sum().backward()
        return weight.grad


class BackwardByHand:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        weight = x.detach().clone().requires_grad_()
        _Doubling.apply(weight, torch.full((3,), 2.0)).sum().backward()
        return weight.grad

    def right(x):
        weight = x.detach().clone().requires_grad_()
        _Doubling.apply(weight, torch.full((3,), 2.0).to(x)).sum().backward()
        return weight.grad


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

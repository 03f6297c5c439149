"""Device bugs in gradients, and in what runs with them; see device_bugs.py."""

from __future__ import annotations

import torch


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


class HookWithACpuMask:
    says = "found at least two devices, sim:0 and cpu!"

    def wrong(x):
        weight = x.detach().clone().requires_grad_()
        weight.register_hook(lambda gradient: gradient * torch.ones(3))
        (weight * 2).sum().backward()
        return weight.grad

    def right(x):
        weight = x.detach().clone().requires_grad_()
        weight.register_hook(lambda gradient: gradient * torch.ones_like(gradient))
        (weight * 2).sum().backward()
        return weight.grad


class SavedValuesUnpackedOnTheCpu:
    says = "Expected all tensors to be on the same device"

    def wrong(x):
        weight = x.detach().clone().requires_grad_()
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t.cpu()):
            found = (weight * weight).sum()
        return torch.autograd.grad(found, weight)[0]

    def right(x):
        weight = x.detach().clone().requires_grad_()
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
            found = (weight * weight).sum()
        return torch.autograd.grad(found, weight)[0]


class GradientAssignedFromTheCpu:
    says = "attempting to assign a gradient with device type 'cpu'"

    def wrong(x):
        weight = x.detach().clone().requires_grad_()
        weight.grad = torch.ones(4, 3)
        return weight.grad

    def right(x):
        weight = x.detach().clone().requires_grad_()
        weight.grad = torch.ones_like(weight)
        return weight.grad


def _all() -> list[type]:
    return [
        value
        for name, value in globals().items()
        if isinstance(value, type) and hasattr(value, "says")
    ]


BUGS = _all()

"""Code that is right on CUDA, by what it does with gradients."""

from __future__ import annotations

import torch

from tests.simulated.legal_code import legal


@legal
def autograd(x):
    w = x.clone().requires_grad_()
    v = x.clone().requires_grad_()
    ((w @ v.T).softmax(-1) ** 2).sum().backward()
    (again,) = torch.autograd.grad((w * w).sum(), [w])
    (first,) = torch.autograd.grad((w**3).sum(), [w], create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), [w])
    return w.grad, v.grad, again, second


@legal
def autograd_through_writing(x):
    w = x.clone().requires_grad_()
    y = w * 1
    y[0] = 0.0
    y[:, 1].mul_(3)
    y.relu_()
    y.sum().backward()
    return w.grad


@legal
def hooks(x):
    w = x.clone().requires_grad_()
    w.register_hook(lambda gradient: gradient * 2)
    (w * w).sum().backward()
    return w.grad


@legal
def functions_of_functions(x):
    return (
        torch.func.grad(lambda a: (a * a).sum())(x),
        torch.func.vmap(lambda a: a.softmax(0))(x),
        torch.func.jacrev(lambda a: a.sum(1))(x),
    )


@legal
def derivatives_forwards(x):
    def cubes(y):
        return (y**3).cumsum(0)

    ones = torch.ones_like(x[0])
    return (
        torch.func.jvp(cubes, (x[0],), (ones,)),
        torch.func.jacfwd(cubes)(x[0]),
        torch.func.hessian(lambda y: cubes(y).sum())(x[0]),
        torch.autograd.functional.jacobian(cubes, x[0]),
    )


@legal
def saved_elsewhere(x):
    w = x.clone().requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(
        lambda kept: kept.cpu(), lambda kept: kept.to(x.device)
    ):
        found = (w * w).sum()
    found.backward()
    return w.grad

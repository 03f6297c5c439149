"""What a correct training.py does."""

from __future__ import annotations

import functools

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder import (
    after,
    agrees,
    changes,
    close,
    digits,
    equal,
    hidden,
    hint,
    no_more_than,
    points,
    settings,
    trajectory,
)


def block(weights, x):
    """What a Block computes, from its weights."""
    inside = F.layer_norm(x, x.shape[-1:], weights["norm.weight"], weights["norm.bias"])
    inside = F.linear(inside, weights["inner.weight"], weights["inner.bias"]).relu()
    return x + F.linear(inside, weights["outer.weight"], weights["outer.bias"])


def exact_gradient(f, x):
    """The gradient that numerical_gradient is after."""
    x = x.detach().requires_grad_()
    (found,) = torch.autograd.grad(f(x).sum(), x)
    return found


def descended(weights, x, y, lr, momentum, steps):
    """Losses, and weights after some steps of SGD on the mean squared error."""
    weights = {n: w.double() for n, w in weights.items()}
    speed = {n: torch.zeros_like(w) for n, w in weights.items()}
    losses = []
    for _ in range(steps):
        at = {n: w.clone().requires_grad_() for n, w in weights.items()}
        loss = F.mse_loss(F.linear(x, at["weight"], at["bias"]), y)
        loss.backward()
        losses.append(loss.item())
        for n in weights:
            speed[n] = momentum * speed[n] + at[n].grad
            weights[n] = weights[n] - lr * speed[n]
    return losses, weights


@points(2)
@digits(1)
def test_block_agrees_with_torch(student, draw):
    """Block computes what its description says, and so does its gradient"""
    weights = {
        "norm.weight": draw(3), "norm.bias": draw(3),
        "inner.weight": draw(6, 3), "inner.bias": draw(6),
        "outer.weight": draw(3, 6), "outer.bias": draw(3),
    }  # fmt: skip
    agrees(student.Block(3).with_weights(weights), block, draw(2, 4, 3))


def linear(weights, x):
    """What a linear layer computes, from its weights."""
    return F.linear(x, weights["weight"], weights["bias"])


@points(2)
@digits(1)
@hint("what does backward do with a gradient that is there already?")
@settings("cpu float64")
@pytest.mark.parametrize(
    ("optimizer", "chosen"),
    [(torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}), (torch.optim.Adam, {"lr": 0.1})],
    ids=["momentum", "Adam"],
)
def test_train_step_again_and_again(student, draw, optimizer, chosen):
    """training steps do what SGD with momentum does, and what Adam does"""
    weights = draw.weights({"weight": (2, 3), "bias": (2,)})
    model = student.build(nn.Linear, 3, 2).with_weights(weights)
    trajectory(student.train_step, model, linear, F.mse_loss, draw(6, 3), draw(6, 2),
               optimizer=optimizer, **chosen)  # fmt: skip


@points(1)
@after(test_train_step_again_and_again)
@changes("model", "optimizer")
@hint("only the loss has to leave the device, once it is a number")
@settings("sim")
def test_train_step_on_the_device(student, draw):
    """train_step trains where model and optimizer are, and waits once, for the loss"""
    x, y = draw(6, 3), draw(6, 2)
    model = student.build(nn.Linear, 3, 2, dtype=x.dtype)
    start = {"weight": draw(2, 3), "bias": draw(2)}
    model.load_state_dict(start)
    parameters = model.parameters()
    optimizer = student.build(torch.optim.SGD, parameters, lr=0.1, momentum=0.9)
    loss_fn = student.build(nn.MSELoss)

    losses = [student.train_step(model, loss_fn, optimizer, x, y) for _ in range(2)]

    no_more_than(operators=60, synchronisations=1)
    expected, after_steps = descended(start, x.double(), y.double(), 0.1, 0.9, 2)
    close(losses, expected)
    close(model.state_dict(), after_steps)


@points(1)
@hidden
@changes("model", "optimizer")
@settings("cpu float64")
def test_train_step_with_a_function(student, draw):
    """train_step takes any loss, a plain function too"""
    x, y = draw(6, 3), draw(6, 2)
    model = student.build(nn.Linear, 3, 2, dtype=x.dtype)
    start = {"weight": draw(2, 3), "bias": draw(2)}
    model.load_state_dict(start)
    optimizer = student.build(torch.optim.SGD, model.parameters(), lr=0.1)

    loss = student.train_step(model, F.mse_loss, optimizer, x, y)

    expected, after_step = descended(start, x, y, 0.1, 0.0, 1)
    close(loss, expected[0])
    close(model.state_dict(), after_step)


@points(1)
@digits(1)
@settings("cpu float64")
def test_numerical_gradient_of_the_sine(student, draw):
    """numerical_gradient of the sine is close to the cosine"""
    x = draw.transposed(3, 2)
    agrees(student.numerical_gradient, exact_gradient, torch.sin, x, gradient=False)


@points(1)
@after(test_numerical_gradient_of_the_sine)
@settings("cpu float64")
def test_numerical_gradient_of_many_numbers(student, draw):
    """numerical_gradient works where all numbers meet in one"""
    f = functools.partial(torch.logsumexp, dim=0)
    agrees(student.numerical_gradient, exact_gradient, f, draw(5), gradient=False)


@points(1)
@hidden
@settings("cpu float64")
def test_numerical_gradient_of_a_network(student, draw):
    """numerical_gradient works for a network"""
    # Of one sign, and small: differences of what cancels, or is flat, have few digits.
    x = draw(2, 3) / 2
    weights = {"weight": draw(4, 3, low=0.25, high=0.75), "bias": draw(4) / 2}
    first = student.build(nn.Linear, 3, 4, dtype=x.dtype)
    first.load_state_dict(weights)
    network = student.build(nn.Sequential, first, student.build(nn.Tanh))

    found = student.numerical_gradient(network, x)

    close(found, exact_gradient(lambda x: F.linear(x, *weights.values()).tanh(), x))


@points(2)
@digits(1)
def test_line_fits(student, draw):
    """Line.fit descends on the mean squared error and tells its losses"""
    x, y = draw(8, 3), draw(8)
    line = student.Line(3)

    losses = line.fit(x, y, 4, 0.1)

    zero = {"weight": torch.zeros(1, 3), "bias": torch.zeros(1)}
    expected, fitted = descended(zero, x.double(), y.double()[:, None], 0.1, 0.0, 4)
    close(line.predict(x), (x.double() @ fitted["weight"].T)[:, 0] + fitted["bias"])
    close(losses, expected)


@points(1)
@hidden
def test_line_of_no_steps(student, draw):
    """Line.fit of no steps changes nothing"""
    line = student.Line(3)
    x, y = draw(8, 3), draw(8)
    line.fit(x, y, 2, 0.1)
    before = line.predict(x)

    equal(line.fit(x, y, 0, 0.1), [])
    assert torch.equal(line.predict(x), before)

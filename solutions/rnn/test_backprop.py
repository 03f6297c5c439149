"""What a correct backprop.py does."""

from __future__ import annotations

from math import log

import pytest
import torch
from torch import Tensor, nn

from autograder import (
    after,
    agrees,
    close,
    device,
    digits,
    equal,
    hidden,
    hint,
    points,
    settings,
)

NAMES = "x", "h0", "weight_ih", "weight_hh", "bias_ih", "bias_hh"

# One unit, one input, two steps, done by hand. weight_ih is 1, weight_hh 0.5, h_0 and
# the biases are 0, and the loss is h_1 + h_2. tanh(ln a) is (a^2 - 1) / (a^2 + 1), so
# h_1 = tanh(ln 2) = 0.6, and h_2 = tanh(ln 3 - 0.3 + 0.5 * 0.6) = 0.8.
X = [[[log(2)]], [[log(3) - 0.3]]]


def gradients(
    x: Tensor,
    h0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    grad_outputs: Tensor,
    chunk: int | None = None,
) -> dict[str, Tensor]:
    """What autograd gets from torch's own network, chunk by chunk."""
    arguments = x, h0, weight_ih, weight_hh, bias_ih, bias_hh
    if len(x) == 0:
        return dict(zip(NAMES, map(torch.zeros_like, arguments), strict=True))
    leaves = [value.detach().requires_grad_() for value in arguments]
    with torch.enable_grad():
        x, h, *weights = leaves
        loss, chunk = torch.zeros((), dtype=x.dtype), chunk or len(x)
        for begin in range(0, len(x), chunk):
            part = slice(begin, begin + chunk)
            settings = True, 1, 0.0, False, False, False
            outputs, last = torch.rnn_tanh(x[part], h[None], weights, *settings)
            loss = loss + (outputs * grad_outputs[part]).sum()
            h = last[0].detach()
        found = torch.autograd.grad(loss, leaves)
    return dict(zip(NAMES, found, strict=True))


def norms(x: Tensor, h0: Tensor, weight_ih: Tensor, weight_hh: Tensor) -> Tensor:
    """The norms of the Jacobians that autograd finds, row by row."""
    if len(x) == 0:
        return x.new_zeros(0)
    zeros = x.new_zeros(len(weight_hh))
    with torch.enable_grad():
        states = [h0.detach().requires_grad_()]
        for x_t in x:
            weights = weight_ih, weight_hh, zeros, zeros
            states.append(torch.rnn_tanh_cell(x_t, states[-1], *weights))
        rows = [
            torch.stack(torch.autograd.grad(unit, states[:-1], retain_graph=True))
            for unit in states[-1][0]
        ]
    return torch.stack(rows).square().sum((0, 2, 3)).sqrt()


def clipped(grads: list[Tensor], max_norm: float) -> tuple[list[Tensor], float]:
    """What torch.nn.utils.clip_grad_norm_ leaves of them."""
    if not grads:
        return [], 0.0
    parameters = [nn.Parameter(torch.zeros_like(g)) for g in grads]
    for parameter, grad in zip(parameters, grads, strict=True):
        parameter.grad = grad.clone()
    total = nn.utils.clip_grad_norm_(parameters, max_norm)
    return [parameter.grad for parameter in parameters], float(total)


def drawn(draw, steps, batch, inputs, units):
    """The arguments of bptt but the last, small enough that no unit is saturated."""
    shapes = {
        "weight_ih": (units, inputs),
        "weight_hh": (units, units),
        "bias_ih": (units,),
        "bias_hh": (units,),
    }
    weights = draw.weights(shapes).values()
    return [draw(steps, batch, inputs), draw(batch, units), *weights]


def turned(tensor: Tensor) -> Tensor:
    """The same with its axes in memory the other way round."""
    order = tuple(range(tensor.dim()))[::-1]
    return tensor.permute(order).contiguous().permute(order)


def last_only(draw, steps, batch, units):
    """Gradients of the outputs where the loss sees the last output only."""
    grads = torch.zeros(steps, batch, units, dtype=torch.float64)
    grads[-1] = draw(batch, units)
    return draw.values(grads.tolist())


def by_hand(draw, grad_z, *grads):
    """The arguments of the example and its gradients, from those of z_1 and z_2."""
    numbers = X, [[0]], [[1]], [[0.5]], [0], [0], [[[1]], [[1]]]
    arguments = tuple(draw.values(value) for value in numbers)
    first, second = grad_z
    expected = {
        "x": [[[first]], [[second]]],
        "h0": [[0.5 * first]],
        "weight_ih": [[first * X[0][0][0] + second * X[1][0][0]]],
        "weight_hh": [[second * 0.6]],
        "bias_ih": [first + second],
        "bias_hh": [first + second],
    }
    return arguments, {name: draw.values(value) for name, value in expected.items()}


@points(1.5)
@hint("h is 0, 0.6, 0.8; begin at the end: g_2 = 1, and 1 - 0.8^2 = 0.36")
def test_bptt_worked_example(student, draw):
    """bptt gets two steps of one unit right that are done by hand"""
    arguments, expected = by_hand(draw, (0.7552, 0.36))

    close(student.bptt(*arguments), expected)


@points(2)
@hint("how does the loss of the last step reach the first input?")
@pytest.mark.parametrize("steps", [1, 4])
def test_bptt_of_the_last_step(student, draw, steps):
    """bptt agrees with autograd where only the last output has a loss"""
    arguments, grad_outputs = drawn(draw, steps, 3, 2, 5), last_only(draw, steps, 3, 5)

    agrees(student.bptt, gradients, *arguments, grad_outputs, gradient=False)


@points(2.5)
@digits(0.5)
@device(
    0.5,
    "bptt runs where its inputs are",
    hint="which tensor is made without device=x.device?",
    cases=[{"steps": 3}],
)
@pytest.mark.parametrize("steps", [4, 6])
def test_bptt_of_every_step(student, draw, steps):
    """bptt agrees with autograd where every output has a loss"""
    arguments, grad_outputs = drawn(draw, steps, 3, 2, 5), draw(steps, 3, 5)

    agrees(student.bptt, gradients, *arguments, grad_outputs, gradient=False)


@points(1)
@settings("cpu float64")
@after(test_bptt_of_every_step)
@hint("which shapes have sums over nothing?")
@pytest.mark.parametrize(
    ("steps", "batch", "units"), [(0, 3, 5), (0, 2, 4), (0, 1, 1), (0, 0, 2), (3, 2, 5)]
)
def test_bptt_of_no_steps(student, draw, steps, batch, units):
    """bptt of no steps gives gradients of zero, in the right shapes"""
    arguments = *drawn(draw, steps, batch, 4, units), draw(steps, batch, units)

    agrees(student.bptt, gradients, *arguments, gradient=False)


@points(2)
@hidden
@settings("cpu float64")
@after(test_bptt_of_every_step)
@pytest.mark.parametrize(
    ("steps", "batch", "inputs", "units"),
    [
        (1, 1, 4, 1),
        (1, 3, 1, 2),
        (7, 1, 6, 6),
        (5, 4, 1, 1),
        (5, 0, 1, 1),
        (1, 0, 4, 3),
    ],
)
def test_bptt_of_any_size(student, draw, steps, batch, inputs, units):
    """bptt agrees with autograd for any sizes and layouts, down to one of each"""
    grad_outputs = 30 * draw(steps, batch, units)  # far more than is ever clipped
    arguments = [*drawn(draw, steps, batch, inputs, units), grad_outputs]

    agrees(student.bptt, gradients, *map(turned, arguments), gradient=False)


@points(1)
@hint("with chunk 1 the first step gets nothing from the second: g_1 = 1")
def test_truncated_worked_example(student, draw):
    """truncated_bptt with chunk 1 gets the same two steps right"""
    arguments, expected = by_hand(draw, (0.64, 0.36))

    close(student.truncated_bptt(*arguments, 1), expected)


@points(2.5)
@digits(0.5)
@device(
    0.5,
    "truncated_bptt runs where its inputs are",
    hint="which tensor is made without device=x.device?",
    cases=["short last"],
)
@pytest.mark.parametrize(
    ("steps", "chunk"),
    [
        pytest.param(6, 2, id="even"),
        pytest.param(5, 3, id="short last"),
        pytest.param(4, 1, id="single steps"),
        pytest.param(7, 2, id="one left"),
    ],
)
def test_truncated_agrees_with_autograd(student, draw, steps, chunk):
    """truncated_bptt agrees with autograd, also where the last chunk is short"""
    arguments, grad_outputs = drawn(draw, steps, 3, 2, 4), draw(steps, 3, 4)

    agrees(student.truncated_bptt, gradients, *arguments, grad_outputs, chunk,
           gradient=False)  # fmt: skip


@points(1)
@pytest.mark.parametrize("chunk", [5, 50])
def test_truncated_with_one_chunk(student, draw, chunk):
    """truncated_bptt is bptt where one chunk holds all steps"""
    arguments, grad_outputs = drawn(draw, 5, 3, 2, 4), draw(5, 3, 4)

    agrees(student.truncated_bptt, gradients, *arguments, grad_outputs, chunk,
           gradient=False)  # fmt: skip


@points(1.5)
@hint("what may the first step of a chunk hand to the chunk before?")
@pytest.mark.parametrize(
    ("chunk", "loss_at", "reaches"), [(2, 3, 2), (3, 3, 3), (1, 2, 2), (2, 4, 4)]
)
def test_truncated_stops_at_the_border(student, draw, chunk, loss_at, reaches):
    """truncated_bptt hands exactly nothing over the border of a chunk"""
    grad_outputs = torch.zeros(5, 3, 4)
    grad_outputs[loss_at] = draw(3, 4)
    arguments = *drawn(draw, 5, 3, 2, 4), draw.values(grad_outputs.tolist()), chunk

    got = student.truncated_bptt(*arguments)

    exact = [a.double() if isinstance(a, Tensor) else a for a in arguments]
    close(got, gradients(*exact))
    strangers = got["x"][:reaches], got["x"][loss_at + 1 :], got["h0"]
    equal([int(torch.count_nonzero(gradient)) for gradient in strangers], [0, 0, 0])


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_truncated_agrees_with_autograd)
@pytest.mark.parametrize(
    ("steps", "batch", "units", "chunk"),
    [(0, 3, 4, 1), (0, 2, 4, 2), (0, 1, 1, 2), (0, 0, 3, 2), (3, 2, 4, 2)],
)
def test_truncated_of_no_steps(student, draw, steps, batch, units, chunk):
    """truncated_bptt of no steps gives gradients of zero, in the right shapes"""
    arguments = *drawn(draw, steps, batch, 2, units), draw(steps, batch, units), chunk

    agrees(student.truncated_bptt, gradients, *arguments, gradient=False)


@points(1.5)
@hidden
@settings("cpu float64")
@after(test_truncated_agrees_with_autograd)
@pytest.mark.parametrize(
    ("steps", "batch", "inputs", "units", "chunk"),
    [
        (1, 1, 4, 1, 1),
        (1, 3, 1, 2, 4),
        (8, 1, 6, 6, 3),
        (4, 1, 4, 1, 2),
        (5, 4, 2, 1, 3),
        (5, 0, 1, 1, 2),
        (6, 0, 4, 3, 3),
        (1, 0, 4, 3, 1),
        (3, 4, 2, 1, 7),
        (3, 0, 2, 3, 7),
        (3, 1, 2, 3, 7),
    ],
)
def test_truncated_of_any_size(student, draw, steps, batch, inputs, units, chunk):
    """truncated_bptt agrees with autograd for any sizes, layouts and chunks"""
    grad_outputs = 30 * draw(steps, batch, units)
    arguments = [*drawn(draw, steps, batch, inputs, units), grad_outputs]

    agrees(student.truncated_bptt, gradients, *map(turned, arguments), chunk,
           gradient=False)  # fmt: skip


@points(1.5)
@hint("here h is 0, 0.6, 0.8; d h_2 / d h_1 = (1 - 0.8^2) * 0.5")
def test_norms_worked_example(student, draw):
    """gradient_norms gets two steps of one unit right that are done by hand"""
    arguments, _ = by_hand(draw, (1, 1))

    close(student.gradient_norms(*arguments[:4]), draw.values([0.0576, 0.18]))


@points(1)
@hint("all states are zero here, so each factor of the product is weight_hh")
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_norms_vanish_and_explode(student, draw, factor):
    """gradient_norms halve or double with each step back, as weight_hh does"""
    x, h0, weight_ih = draw.values([[[0, 0]]] * 5), draw.values([[0] * 3]), draw(3, 2)
    weight_hh = draw.values([[0, 1, 0], [0, 0, 1], [1, 0, 0]]) * factor

    expected = [3**0.5 * factor**back for back in (5, 4, 3, 2, 1)]
    close(student.gradient_norms(x, h0, weight_ih, weight_hh), draw.values(expected))


@points(2)
@digits(0.5)
@device(0.5, "gradient_norms runs where its inputs are", cases=[{"steps": 3}])
@pytest.mark.parametrize("steps", [4, 5])
def test_norms_agree_with_autograd(student, draw, steps):
    """gradient_norms agree with the Jacobians that autograd finds"""
    x, h0, weight_ih, weight_hh, *_ = drawn(draw, steps, 1, 2, 3)

    agrees(student.gradient_norms, norms, x, h0, weight_ih, 2 * weight_hh,
           gradient=False)  # fmt: skip


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_norms_agree_with_autograd)
@pytest.mark.parametrize(("steps", "units"), [(0, 3), (0, 1), (2, 3)])
def test_norms_of_no_steps(student, draw, steps, units):
    """gradient_norms of no steps are an empty tensor"""
    x, h0, weight_ih, weight_hh, *_ = drawn(draw, steps, 1, 2, units)

    agrees(student.gradient_norms, norms, x, h0, weight_ih, weight_hh,
           gradient=False)  # fmt: skip


@points(1)
@hidden
@settings("cpu float64")
@after(test_norms_agree_with_autograd)
@pytest.mark.parametrize(
    ("steps", "inputs", "units"), [(1, 2, 1), (1, 1, 4), (5, 3, 1), (7, 4, 4)]
)
def test_norms_of_any_size(student, draw, steps, inputs, units):
    """gradient_norms agree with autograd for any sizes and layouts"""
    x, h0, weight_ih, weight_hh, *_ = drawn(draw, steps, 1, inputs, units)
    if steps == 1:
        weight_hh = 1e-4 * weight_hh  # so small a norm has digits of its own

    agrees(student.gradient_norms, norms, turned(x), h0, turned(weight_ih),
           turned(weight_hh), gradient=False)  # fmt: skip


@points(1)
@hint("the numbers 3 and 4 in two tensors are one vector of length 5")
@pytest.mark.parametrize(("max_norm", "factor"), [(1.0, 1 / 5.000001), (10.0, 1)])
def test_clip_worked_example(student, draw, max_norm, factor):
    """clip_gradient_norm of 3 and 4 finds the norm 5, and clips it if it has to"""
    got = student.clip_gradient_norm([draw.values([3]), draw.values([[4]])], max_norm)

    close(got, ([draw.values([3 * factor]), draw.values([[4 * factor]])], 5.0))


@points(1.5)
@digits(0.5)
@device(0.5, "clip_gradient_norm runs where its gradients are", cases=["clipped"])
@pytest.mark.parametrize(
    "max_norm",
    [
        pytest.param(1.5, id="clipped"),
        pytest.param(0.3, id="clipped more"),
        pytest.param(2.5, id="clipped less"),
        pytest.param(50.0, id="short enough"),
    ],
)
def test_clip_agrees_with_torch(student, draw, max_norm):
    """clip_gradient_norm agrees with torch's, and shortens what is too long only"""
    grads = [draw(3, 4), draw(5), draw(), draw(2, 1, 3)]

    agrees(student.clip_gradient_norm, clipped, grads, max_norm, gradient=False)


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_clip_agrees_with_torch)
@pytest.mark.parametrize(
    ("count", "max_norm"), [(0, 2.0), (0, 0.0), (0, 0.5), (2, 0.5)]
)
def test_clip_of_no_gradients(student, draw, count, max_norm):
    """clip_gradient_norm of no gradients gives an empty list and the norm 0.0"""
    grads = [draw(2, 3) for _ in range(count)]

    agrees(student.clip_gradient_norm, clipped, grads, max_norm, gradient=False)


@points(1)
@hidden
@settings("cpu float64")
@after(test_clip_agrees_with_torch)
@pytest.mark.parametrize(
    ("shapes", "size", "max_norm"),
    [
        ([(3, 2)], 0, 0.0),
        ([(4, 2)], None, 0.05),
        ([(4, 2), (3,)], 3, 0.0),
        ([(4, 2), (0, 3), ()], 3, 1.0),
        ([(4,), (2, 3)], 0, 0.5),
        ([(4,)], 1, 40.0),
    ],
)
def test_clip_of_any_gradients(student, draw, shapes, size, max_norm):
    """clip_gradient_norm takes one tensor or many, and gradients of zero"""
    grads = [turned(draw(*shape)) for shape in shapes]
    if size is None:  # a norm that is clipped, and below 1
        size = 0.9 / float(grads[0].norm())
    grads = [size * grad for grad in grads]

    agrees(student.clip_gradient_norm, clipped, grads, max_norm, gradient=False)

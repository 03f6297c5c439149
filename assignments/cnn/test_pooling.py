"""What a correct pooling.py does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder import after, agrees, close, device, digits, hint, points

# The first image is ours, chosen to give the slides' result, 6 8 / 3 4; the second is
# that of the recitation's "Dance Dance Convolution".
SLIDES = [[[[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]]]
DANCE = [[[[1, 3, -2, 4], [0, 8, 6, 5], [2, 1, -9, 0], [4, -1, 3, 7]]]]
# The gradients that go back to the first image.
WON = [[0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 0, 0], [0, 0, 0, 4]]
WON_TWICE = [[0, 0, 0, 0], [0, 0, 40, 60], [0, 0, 0, 0], [0, 0, 0, 0]]
NINE = [[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]


def max_pool2d_gradient(
    grad_output: Tensor,
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> Tensor:
    """The gradient with respect to x as torch computes it."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        pooled = F.max_pool2d(x, kernel, stride, padding)
        # The gradient of this sum is the one under grad_output, and cheaper to import.
        (grad_x,) = torch.autograd.grad((pooled * grad_output).sum(), x)
    return grad_x


@points(2)
@hint("with stride=None a window moves by its own size")
@pytest.mark.parametrize(
    ("image", "kernel", "ceil_mode", "pooled"),
    [
        (SLIDES, 2, False, [[[[6, 8], [3, 4]]]]),
        (DANCE, 2, False, [[[[8, 6], [4, 7]]]]),
        (DANCE, 3, True, [[[[8, 5], [4, 7]]]]),
    ],
    ids=["slides", "dance", "dance with ceil_mode"],
)
def test_max_pool_worked_examples(student, draw, image, kernel, ceil_mode, pooled):
    """max_pool2d gets the worked examples right"""
    got = student.max_pool2d(draw.values(image), kernel, ceil_mode=ceil_mode)

    close(got, draw.values(pooled))


@points(2)
@digits(0.5)
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [(3, None, 0), (2, 1, 0), (3, 2, 1), (4, 3, 2)],
)
def test_max_pool_agrees_with_torch(student, draw, kernel, stride, padding):
    """max_pool2d and its gradient agree with torch for every kernel and stride"""
    # Above zero: what is wrong with padding by zeros has a check of its own.
    images = draw.distinct(2, 3, 8, 7) + 3

    agrees(student.max_pool2d, F.max_pool2d, images, kernel, stride, padding)


@points(1)
@after(test_max_pool_agrees_with_torch)
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [((3, 2), None, 0), (2, (1, 2), 0), (4, 2, (0, 2)), ((3, 4), (2, 3), (1, 2))],
)
def test_max_pool_pairs(student, draw, kernel, stride, padding):
    """kernel, stride and padding of max_pool2d may be pairs, for height and width"""
    images = draw.distinct(2, 3, 8, 7) + 3

    agrees(student.max_pool2d, F.max_pool2d, images, kernel, stride, padding)


@points(1)
@pytest.mark.parametrize("size", [2.0, 50.0, 5e3, 5e5, 5e7, 5e10, 5e30, float("inf")])
def test_max_pool_padding_never_wins(student, draw, size):
    """max_pool2d never takes the padding for the maximum of negative values"""
    # On both sides of whatever finite number might stand for minus infinity. Where all
    # is minus infinity, no pixel can be told from the padding by its value.
    images = draw(2, 3, 5, 4, low=-1.5, high=-0.5) * size
    told = size < float("inf")

    agrees(student.max_pool2d, F.max_pool2d, images, 3, 2, 1, gradient=told)


@points(1)
@device(
    0.5,
    "max_pool2d runs where its images are, and makes no detour over the CPU",
    hint="padding and grids: which of yours is made without device=x.device?",
    cases=[
        {"window": (2,), "ceil_mode": False},
        {"window": (3, 2, 1), "ceil_mode": False},
        {"window": (4, 3, 1), "ceil_mode": True},
    ],
    synchronisations=0,
)
@pytest.mark.parametrize(
    ("window", "ceil_mode"),
    [((2,), True), ((2, 3, 1), True), ((4, 3, 1), True), ((9,), True)],
)
def test_max_pool_ceil_mode(student, draw, window, ceil_mode):
    """max_pool2d with ceil_mode has a last window only where torch has it"""
    images = draw.distinct(2, 3, 7, 8)

    agrees(student.max_pool2d, F.max_pool2d, images, *window, ceil_mode=ceil_mode)


@points(1)
@hint("which of two equal numbers does argmax return? and which does amax choose?")
def test_max_pool_ties(student, draw):
    """of equal maxima in a window the first gets the gradient of max_pool2d"""
    # Above zero: what is wrong with padding by zeros has a check of its own.
    images = draw(2, 3, 6, 5).round() + 9
    images[0, 0, 1:4, 1:4] = draw.values([[9, 14, 9], [14, 9, 14], [9, 14, 9]])
    images[1, 2] = images.amin()  # of one colour, the lowest that there is

    agrees(student.max_pool2d, F.max_pool2d, images, 3, 2, 1)


@points(1)
@hint("every comparison with a NaN is false; is that why yours gets lost?")
def test_max_pool_keeps_nan(student, draw):
    """a NaN in a window is its maximum in max_pool2d"""
    x = draw(2, 3, 6, 7, low=1, high=3)
    x[0, 1, 2, 3] = x[1, 0, 5, 6] = x[1, 2, 0, 0] = float("nan")
    x[0, 0, 3, 3] = x[0, 2, 1, 1] = x[1, 1, 3, 5] = float("nan")

    f, oracle = student.max_pool2d, F.max_pool2d
    agrees(f, oracle, x, 3, 2, 1, gradient=False, equal_nan=True)


@points(1)
@pytest.mark.parametrize(
    ("grad_output", "kernel", "stride", "grad_x"),
    [([[1, 2], [3, 4]], 2, None, WON), ([[10, 20], [30, 40]], 3, 1, WON_TWICE)],
    ids=["windows side by side", "windows that overlap"],
)
def test_max_pool_backward_worked_examples(
    student, draw, grad_output, kernel, stride, grad_x
):
    """max_pool2d_backward gets the worked examples right"""
    grad_output = draw.values([[grad_output]])

    got = student.max_pool2d_backward(grad_output, draw.values(SLIDES), kernel, stride)

    close(got, draw.values([[grad_x]]))


@points(2)
@digits(0.5)
@device(
    0.5,
    hint="zeros, positions, masks: which of yours are made without device=x.device?",
    cases=["plain", "padded"],
)  # it may look up one winner after the other, so waits have no bound
@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "pooled_size"),
    [
        pytest.param(3, None, 0, (2, 2), id="plain"),
        pytest.param(2, 1, 0, (7, 6), id="overlapping"),
        pytest.param(3, 2, 1, (4, 4), id="padded"),
    ],
)
def test_max_pool_backward_agrees_with_torch(
    student, draw, kernel, stride, padding, pooled_size
):
    """max_pool2d_backward agrees with torch's gradient, ties included"""
    grad_output = draw(2, 3, *pooled_size)
    images = draw(2, 3, 8, 7).round()

    f, oracle = student.max_pool2d_backward, max_pool2d_gradient
    agrees(f, oracle, grad_output, images, kernel, stride, padding, gradient=False)


@points(1)
@after(test_max_pool_backward_agrees_with_torch)
@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "pooled_size"),
    [((3, 2), None, 0, (2, 3)), (2, (1, 2), 0, (7, 3)), (3, 2, (1, 0), (4, 3))],
)
def test_max_pool_backward_pairs(student, draw, kernel, stride, padding, pooled_size):
    """max_pool2d_backward takes pairs, as max_pool2d does"""
    grad_output, images = draw(2, 3, *pooled_size), draw.distinct(2, 3, 8, 7)

    f, oracle = student.max_pool2d_backward, max_pool2d_gradient
    agrees(f, oracle, grad_output, images, kernel, stride, padding, gradient=False)


@points(1)
@pytest.mark.parametrize(
    ("settings", "pooled"),
    [
        ({}, [[3]]),
        ({"ceil_mode": True}, [[3, 4.5], [7.5, 9]]),
        ({"padding": 1}, [[0.25, 1.25], [2.75, 7]]),
        ({"padding": 1, "count_include_pad": False}, [[1, 2.5], [5.5, 7]]),
    ],
    ids=["plain", "ceil_mode", "padding", "padding not counted"],
)
def test_avg_pool_worked_examples(student, draw, settings, pooled):
    """avg_pool2d gets the worked examples right"""
    got = student.avg_pool2d(draw.values(NINE), 2, **settings)

    close(got, draw.values([[pooled]]))


@points(2)
@digits(0.5)
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(3, None, 0), (2, 1, 0), (4, 3, 2)]
)
def test_avg_pool_agrees_with_torch(student, draw, kernel, stride, padding):
    """avg_pool2d and its gradient agree with torch for every kernel and stride"""
    images = draw(2, 3, 8, 7)

    agrees(student.avg_pool2d, F.avg_pool2d, images, kernel, stride, padding)


@points(1)
@after(test_avg_pool_agrees_with_torch)
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [((3, 2), None, 0), (2, (1, 2), 0), (4, 2, (0, 2)), ((3, 4), (2, 3), (1, 2))],
)
def test_avg_pool_pairs(student, draw, kernel, stride, padding):
    """kernel, stride and padding of avg_pool2d may be pairs, for height and width"""
    agrees(student.avg_pool2d, F.avg_pool2d, draw(2, 3, 8, 7), kernel, stride, padding)


@points(1)
@device(
    0.5,
    "avg_pool2d runs where its images are, and makes no detour over the CPU",
    hint="on which device do you count the pixels under a window?",
    cases=[
        {"window": (2,), "ceil_mode": False, "count_include_pad": True},
        {"window": (4, 3, 1), "ceil_mode": True, "count_include_pad": True},
        {"window": (4, 3, 1), "ceil_mode": True, "count_include_pad": False},
    ],
    synchronisations=0,
)
@hint("count the pixels under the last window: which of them are there, and which not?")
@pytest.mark.parametrize(
    ("window", "ceil_mode", "count_include_pad"),
    [((4, 3, 1), True, True), ((4, 3, 1), True, False), ((9,), True, True)],
)
def test_avg_pool_divisor_at_the_edges(
    student, draw, window, ceil_mode, count_include_pad
):
    """avg_pool2d divides by the right number of pixels where a window hangs over"""
    images = draw(2, 3, 8, 7).round()  # pixels count, whether they are 0 or not
    edges = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}

    agrees(student.avg_pool2d, F.avg_pool2d, images, *window, **edges)

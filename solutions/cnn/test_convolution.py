"""What a correct convolution.py does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder import (
    after,
    agrees,
    close,
    device,
    digits,
    hidden,
    hint,
    points,
)

DANCE = [[1, 3, -2, 4], [0, 8, 6, 5], [2, 1, -9, 0], [4, -1, 3, 7]]
DANCE_KERNEL = [[1, 2], [-2, -1]]
SLIDE = [
    [3, 3, 2, 1, 0],
    [0, 0, 1, 3, 1],
    [3, 1, 2, 2, 3],
    [2, 0, 0, 2, 2],
    [2, 0, 0, 0, 1],
]
SLIDE_KERNEL = [[0, 1, 2], [2, 2, 0], [0, 1, 2]]


def turned(tensor: Tensor) -> Tensor:
    """The same with its axes in memory the other way round: no view merges two."""
    return tensor.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)


@points(3)
@hint("Do the top left number by hand first.")
def test_pictures_of_the_course(student, draw):
    """the recitation's and the slides' pictures come out right, padded and not"""
    image, kernel = draw.values([[DANCE]]), draw.values([[DANCE_KERNEL]])
    y = [[-1, -23, -11], [11, 27, 34], [-3, -18, -22]]
    close(student.conv2d(image, kernel), draw.values([[y]]))
    y = [
        [-1, -5, -4, 0, -8],
        [2, -1, -23, -11, -6],
        [-2, 11, 27, 34, 5],
        [0, -3, -18, -22, -14],
        [8, 2, 5, 17, 7],
    ]
    close(student.conv2d(image, kernel, padding=1), draw.values([[y]]))

    image, kernel = draw.values([[SLIDE]]), draw.values([[SLIDE_KERNEL]])
    y = [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
    close(student.conv2d(image, kernel), draw.values([[y]]))
    y = [[6, 17, 3], [8, 17, 13], [6, 4, 4]]
    close(student.conv2d(image, kernel, stride=2, padding=1), draw.values([[y]]))


@points(2)
@digits(0.5)
@after(test_pictures_of_the_course)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 0), (1, 2), (3, 1)])
def test_agrees_with_torch(student, draw, stride, padding):
    """conv2d and its gradients agree with torch for all strides and paddings"""
    x, weight, bias = draw(2, 3, 10, 8), draw(4, 3, 3, 2), draw(4)

    agrees(student.conv2d, F.conv2d, x, weight, bias, stride=stride, padding=padding)


@points(2)
@after(test_agrees_with_torch)
@hint("Which number of a pair is for the height?")
@pytest.mark.parametrize(
    ("stride", "padding", "dilation"),
    [((2, 1), 0, 1), (1, (1, 2), 1), (1, 0, (3, 1)), ((3, 2), (2, 1), (1, 2))],
)
def test_pairs(student, draw, stride, padding, dilation):
    """stride, padding and dilation may be pairs, for height and width"""
    x, weight = draw(2, 3, 10, 8), draw(4, 3, 3, 2)

    agrees(student.conv2d, F.conv2d, x, weight, None, stride, padding, dilation)


@points(2)
@device(
    0.5,
    "conv2d runs where its images are, and makes no detour over the CPU",
    hint="Zeros, padding, grids: which of yours is made without device=x.device?",
    cases=["plain", "everything"],
    synchronisations=0,
)
@after(test_pictures_of_the_course)
@pytest.mark.parametrize(
    ("outputs", "biased", "stride", "padding", "dilation", "groups"),
    [
        pytest.param(4, False, 1, 0, 2, 1, id="plain"),
        pytest.param(4, True, 1, 1, 1, 2, id="two groups"),
        pytest.param(9, True, 2, 0, 1, 3, id="three groups"),
        pytest.param(2, True, 3, 1, 2, 2, id="everything"),
    ],
)
def test_dilation_and_groups(
    student, draw, outputs, biased, stride, padding, dilation, groups
):
    """conv2d and its gradients agree with torch for all dilations and groups"""
    x, weight = draw(2, 6, 8, 7), draw(outputs, 6 // groups, 3, 2)
    bias = draw(outputs) if biased else None

    agrees(student.conv2d, F.conv2d, x, weight, bias, stride, padding, dilation, groups)


@points(1)
@after(test_pictures_of_the_course)
@pytest.mark.parametrize("padding", [0, 2])
def test_any_layout_in_memory(student, draw, padding):
    """images and filters may lie in memory in any order"""
    x, weight = turned(draw(2, 3, 6, 5)), turned(draw(4, 3, 2, 3))

    agrees(student.conv2d, F.conv2d, x, weight, padding=padding)


@points(2)
@hidden
@pytest.mark.parametrize(
    ("images", "filters", "stride", "padding"),
    [
        pytest.param((2, 3, 4, 5), (6, 3, 1, 1), 1, 0, id="one pixel"),
        pytest.param((2, 3, 3, 4), (4, 3, 5, 2), 2, 1, id="more than the image"),
        pytest.param((2, 3, 5, 4), (6, 3, 5, 4), 1, 0, id="the whole image"),
        pytest.param((2, 3, 9, 8), (4, 3, 2, 1), 5, 1, id="a long stride"),
        pytest.param((0, 3, 6, 7), (4, 3, 3, 2), 2, 1, id="an empty batch"),
    ],
)
def test_unusual_sizes(student, draw, images, filters, stride, padding):
    """conv2d agrees with torch for sizes at the edge, down to an empty batch"""
    x, weight, bias = draw(*images), draw(*filters), draw(filters[0])

    agrees(student.conv2d, F.conv2d, x, weight, bias, stride, padding)


@points(0.5)
@hidden
@after(test_pairs, test_dilation_and_groups)
@pytest.mark.parametrize(
    ("images", "filters", "biased", "stride", "padding", "dilation", "groups"),
    [
        ((1, 4, 6, 6), (4, 2, 1, 1), False, (1, 3), (1, 0), (1, 2), 2),
        ((2, 2, 6, 6), (4, 1, 2, 2), True, 2, (1, 0), 3, 2),
        ((1, 2, 7, 7), (2, 2, 1, 1), True, 1, 2, 2, 1),
        ((1, 1, 5, 8), (1, 1, 3, 3), False, (1, 3), 1, (1, 3), 1),
        ((1, 2, 6, 6), (2, 2, 3, 2), False, (1, 3), 0, 2, 1),
        ((1, 2, 5, 8), (2, 1, 1, 1), False, 2, 1, (2, 1), 2),
        ((1, 4, 6, 6), (2, 2, 3, 3), True, (2, 1), (0, 2), (2, 1), 2),
        ((0, 2, 7, 7), (2, 1, 2, 2), False, (1, 3), (2, 1), 2, 2),
        ((0, 3, 7, 5), (3, 1, 1, 1), False, 1, 0, (1, 2), 3),
        ((3, 1, 5, 6), (2, 1, 2, 2), True, 1, 0, 1, 1),
        # All of it larger than in a textbook.
        ((5, 4, 34, 13), (20, 1, 10, 3), True, (6, 1), (4, 3), (3, 4), 4),
    ],
)
def test_everything_together(
    student, draw, images, filters, biased, stride, padding, dilation, groups
):
    """conv2d agrees with torch however its settings come together"""
    x, weight, bias = draw(*images), draw(*filters), draw(filters[0])
    settings = stride, padding, dilation, groups

    agrees(student.conv2d, F.conv2d, x, weight, bias if biased else None, *settings)


def gradients(grad_output, x, weight, stride=1, padding=0):
    """What autograd gets from torch's own convolution."""
    bias = torch.zeros(len(weight), dtype=x.dtype)
    leaves = [value.detach().requires_grad_() for value in (x, weight, bias)]
    with torch.enable_grad():
        y = F.conv2d(*leaves, stride, padding)
        # The gradient of this sum is the one under grad_output, and cheaper to import.
        return torch.autograd.grad((y * grad_output).sum(), leaves)


@points(1)
@hint("Which pixels and which weights made the number in the bottom right corner?")
def test_one_place_backward(student, draw):
    """the gradient of one place is its window for weight and its kernel for x"""
    image, kernel = draw.values([[DANCE]]), draw.values([[DANCE_KERNEL]])
    corner = draw.values([[[[0, 0, 0], [0, 0, 0], [0, 0, 1]]]])

    got = student.conv2d_backward(corner, image, kernel)

    grad_image = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 2], [0, 0, -2, -1]]
    grad_kernel = [[-9, 0], [3, 7]]
    expected = [[grad_image]], [[grad_kernel]], [1]
    close(got, tuple(draw.values(numbers) for numbers in expected))


@points(2)
@digits(0.5)
@device(
    0.5,
    "conv2d_backward runs where its images are, and makes no detour over the CPU",
    hint="On which device are your three gradients when they are still zero?",
    cases=[
        {"rows": 8, "columns": 7, "stride": 1, "padding": 0},
        {"rows": 6, "columns": 6, "stride": 2, "padding": 2},
    ],
    synchronisations=0,
)
@after(test_one_place_backward)
@pytest.mark.parametrize(
    ("rows", "columns", "stride", "padding"),
    [(8, 7, 1, 0), (4, 4, 2, 0), (10, 9, 1, 1), (3, 3, 4, 2)],
)
def test_backward_agrees_with_autograd(student, draw, rows, columns, stride, padding):
    """conv2d_backward gives autograd's gradients, also where pixels are left over"""
    grad_output, x, weight = (
        draw(2, 4, rows, columns),
        draw(2, 3, 10, 8),
        draw(4, 3, 3, 2),
    )

    agrees(
        student.conv2d_backward,
        gradients,
        grad_output,
        x,
        weight,
        stride=stride,
        padding=padding,
        gradient=False,
    )


@points(2)
@after(test_backward_agrees_with_autograd)
@pytest.mark.parametrize(
    ("rows", "columns", "stride", "padding"),
    [(4, 7, (2, 1), 0), (8, 11, 1, (0, 2)), (2, 4, (4, 3), (0, 2))],
)
def test_backward_pairs(student, draw, rows, columns, stride, padding):
    """conv2d_backward takes pairs for stride and padding, as conv2d does"""
    grad_output, x, weight = (
        draw(2, 4, rows, columns),
        draw(2, 3, 10, 8),
        draw(4, 3, 3, 2),
    )

    agrees(
        student.conv2d_backward,
        gradients,
        grad_output,
        x,
        weight,
        stride=stride,
        padding=padding,
        gradient=False,
    )


@points(2)
@hidden
@pytest.mark.parametrize(
    ("rows", "columns", "stride", "padding"),
    [(3, 2, 3, 1), (4, 2, 2, 0), (11, 8, 1, 2)],
)
def test_backward_of_other_shapes(student, draw, rows, columns, stride, padding):
    """conv2d_backward gives autograd's gradients for other sizes, and no more"""
    grad_output, x, weight = (
        draw(3, 2, rows, columns),
        draw(3, 4, 8, 7),
        draw(2, 4, 2, 4),
    )

    agrees(
        student.conv2d_backward,
        gradients,
        grad_output,
        x,
        weight,
        stride,
        padding,
        gradient=False,
    )


@points(0.5)
@hidden
@after(test_one_place_backward)
def test_backward_any_layout_in_memory(student, draw):
    """conv2d_backward takes gradients, images and filters in any order in memory"""
    shapes = (2, 4, 5, 3), (2, 3, 6, 5), (4, 3, 2, 3)
    grad_output, x, weight = (turned(draw(*shape)) for shape in shapes)

    f, arguments = student.conv2d_backward, (grad_output, x, weight)
    agrees(f, gradients, *arguments, gradient=False)


@points(0.5)
@hidden
@after(test_backward_pairs)
@pytest.mark.parametrize(
    ("images", "kernel", "stride", "padding"),
    [
        ((1, 3, 7, 7), (1, 1), 3, 2),
        ((3, 3, 6, 6), (1, 1), (1, 2), (0, 2)),
        ((1, 2, 5, 8), (2, 2), (1, 3), 1),
        ((3, 3, 7, 7), (3, 3), 2, (1, 2)),
        ((1, 3, 3, 3), (4, 2), 1, (1, 0)),
        ((3, 3, 5, 8), (1, 1), (3, 2), 0),
        ((1, 3, 8, 7), (1, 1), 1, 0),
        ((0, 3, 8, 7), (3, 3), (2, 1), (0, 2)),
        ((0, 3, 6, 6), (1, 1), 1, 1),
        ((0, 3, 5, 8), (3, 2), 3, 0),
        ((2, 1, 4, 5), (4, 5), 1, 0),  # one place, over one channel
        ((5, 4, 30, 13), (10, 3), (6, 1), (4, 3)),
    ],
)
def test_backward_everything_together(student, draw, images, kernel, stride, padding):
    """conv2d_backward gives autograd's gradients however its settings come together"""
    x, weight = draw(*images), draw(2, images[1], *kernel)
    grad_output = draw(*F.conv2d(x, weight, None, stride, padding).shape)

    f, arguments = student.conv2d_backward, (grad_output, x, weight, stride, padding)
    agrees(f, gradients, *arguments, gradient=False)

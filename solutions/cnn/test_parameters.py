"""What a correct parameters.py does."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import nn

from autograder import Grid, after, equal, everywhere, hidden, hint, points, types


@points(2)
@types(0.5)
@hint("Draw one filter for an RGB image: how many numbers does it hold?")
@pytest.mark.parametrize(
    ("sizes", "settings", "count"),
    [
        ((3, 12, 17), {}, 10416),
        ((3, 12, 17), {"bias": False}, 10404),
        ((3, 6, 5), {}, 456),
    ],
)
def test_convolutions_of_the_course(student, sizes, settings, count):
    """the convolutions of the recitation and of the slides have their parameters"""
    equal(student.conv_parameters(*sizes, **settings), count)


@points(1)
@after(test_convolutions_of_the_course)
@pytest.mark.parametrize(
    ("sizes", "bias", "groups", "count"),
    [
        ((4, 6, (1, 5)), True, 2, 66),
        ((6, 9, (3, 2)), False, 3, 108),
        ((6, 4, (2, 5)), True, 2, 124),
        ((2, 3, (4, 1)), True, 1, 27),
    ],
)
def test_groups_and_rectangular_kernels(student, sizes, bias, groups, count):
    """a filter sees the channels of its group, and a kernel may be wider than high"""
    equal(student.conv_parameters(*sizes, bias=bias, groups=groups), count)


def numbers_of_conv2d(inputs, outputs, kernel, bias, groups):
    """The parameters of torch's own layer."""
    layer = nn.Conv2d(inputs, outputs, kernel, groups=groups, bias=bias, device="meta")
    return sum(parameter.numel() for parameter in layer.parameters())


CONVOLUTIONS = Grid(
    in_channels=range(1, 7),
    out_channels=range(1, 7),
    kernel=[1, 2, 5, (3, 3), (1, 4), (4, 3)],
    bias=[True, False],
    groups=[1, 2, 3],
    where=lambda in_channels, out_channels, groups, **_: (
        in_channels % groups == 0 and out_channels % groups == 0
    ),
)


@points(1)
@hidden
def test_every_convolution(student):
    """conv_parameters agrees with nn.Conv2d for all channels, kernels and groups"""
    everywhere(student.conv_parameters, numbers_of_conv2d, CONVOLUTIONS)


def numbers_of_linear(inputs, outputs, bias):
    """The parameters of torch's own layer."""
    layer = nn.Linear(inputs, outputs, bias, device="meta")
    return sum(parameter.numel() for parameter in layer.parameters())


LINEAR = Grid(in_features=[1, 2, 5, 9], out_features=[1, 3, 4], bias=[True, False])


@points(0.5)
@types(0.5)
def test_fully_connected_layers_of_the_course(student):
    """the fully connected layers of the recitation have their parameters"""
    equal(student.linear_parameters(3072, 128), 393344)
    equal(student.linear_parameters(128, 10), 1290)
    equal(student.linear_parameters(128, 10, bias=False), 1280)


@points(0.5)
def test_every_fully_connected_layer(student):
    """linear_parameters agrees with nn.Linear, with and without a bias"""
    everywhere(student.linear_parameters, numbers_of_linear, LINEAR)


@points(1)
@types(0.5)
@pytest.mark.parametrize(("width", "classes"), [(3, 4), (5, 2), (2, 7)])
def test_counts_layers_inside_layers(student, width, classes):
    """count_parameters finds every parameter, however deep, and no buffer"""
    norm = student.build(nn.BatchNorm2d, width)
    linear = student.build(nn.Linear, 5, classes)
    block = student.build(nn.Sequential, norm, linear)
    conv = student.build(nn.Conv2d, 2, width, (2, 5))
    # It must stay as it is, and is empty, so that who counts it is told elsewhere.
    empty = student.build(nn.ParameterList, [torch.zeros(0)])
    empty.requires_grad_(False).eval()
    network = student.build(nn.Sequential, conv, block, empty)

    conv_count, linear_count = width * (2 * 2 * 5 + 1), classes * (5 + 1)
    equal(student.count_parameters(network), conv_count + 2 * width + linear_count)


@points(1)
@after(test_counts_layers_inside_layers)
@pytest.mark.parametrize("width", [7, 4, 9])
def test_counts_what_training_changes(student, width):
    """count_parameters leaves frozen layers out"""
    frozen = student.build(nn.Linear, 3, width)
    frozen.requires_grad_(False)
    norm = student.build(nn.BatchNorm1d, width)
    network = student.build(nn.Sequential, frozen, norm)

    equal(student.count_parameters(network), 2 * width)
    norm.requires_grad_(False)
    equal(student.count_parameters(network), 0)


@points(1)
@after(test_counts_layers_inside_layers)
@pytest.mark.parametrize("width", [5, 3, 8])
def test_counts_a_shared_layer_once(student, width):
    """count_parameters counts a layer once that is used in two places"""
    shared = student.build(nn.Linear, width, width)
    norm = student.build(nn.BatchNorm1d, width)
    network = student.build(nn.Sequential, shared, norm, shared)

    equal(student.count_parameters(network), width * (width + 1) + 2 * width)


WHOLE = (
    "relu",
    "norm",
    "attention",
    "linear",
    "shared",
    "shared inside",
    "shared, one frozen",
    "frozen inside",
    "inside",
)
PARTS = [
    (kind, False)
    for kind in ("equal norms", "list", "weight frozen", "bias frozen", "tied")
]


def module_of(student, kind):
    """A module, with its layers, and how many numbers it learns."""
    if kind == "relu":
        return student.build(nn.ReLU), 0
    if kind == "norm":
        return student.build(nn.BatchNorm1d, 3), 6
    if kind == "list":
        numbers = [torch.zeros(2, 1, 3, 1, 2), torch.zeros(())]
        return student.build(nn.ParameterList, numbers), 2 * 3 * 2 + 1
    if kind == "equal norms":
        norms = [student.build(nn.BatchNorm1d, 3) for _ in range(2)]
        return student.build(nn.Sequential, *norms), 6 + 6
    if kind == "attention":  # it has parameters of its own, and a layer with others
        return student.build(nn.MultiheadAttention, 4, 2), 4 * 4 * 4 + 4 * 4
    one, two = student.build(nn.Linear, 2, 3), student.build(nn.Linear, 3, 2)
    if kind == "linear":
        return one, 9
    if kind == "tied":  # the bias is its own, and the weight that of both
        weight = student.build(nn.Parameter, torch.zeros(3, 2))
        two = student.build(nn.Linear, 2, 3)
        for layer in (one, two):
            layer.register_parameter("weight", weight)
        return student.build(nn.Sequential, one, two), 6 + 3 + 3
    if kind in ("weight frozen", "bias frozen"):
        part, shape = ("weight", (3, 2)) if kind == "weight frozen" else ("bias", (3,))
        left = student.build(nn.Parameter, torch.zeros(shape), requires_grad=False)
        one.register_parameter(part, left)
        return one, 3 if part == "weight" else 6
    if kind == "shared":
        return student.build(nn.Sequential, one, two, one, two), 9 + 8
    if kind == "shared inside":
        inside = student.build(nn.Sequential, one, two)
        return student.build(nn.Sequential, one, inside), 9 + 8
    if kind == "shared, one frozen":
        two.requires_grad_(False)
        return student.build(nn.Sequential, one, two, one), 9
    if kind == "frozen inside":
        two.requires_grad_(False)
        return student.build(nn.Sequential, student.build(nn.Sequential, one, two)), 9
    return student.build(nn.Sequential, student.build(nn.Sequential, one, two)), 9 + 8


@points(1)
@hidden
@pytest.mark.parametrize(("kind", "frozen"), [*product(WHOLE, [False, True]), *PARTS])
def test_counts_any_module(student, kind, frozen):
    """count_parameters counts what any module learns, and nothing where it is frozen"""
    module, count = module_of(student, kind)
    if frozen:
        module.requires_grad_(False)

    equal(student.count_parameters(module), 0 if frozen else count)

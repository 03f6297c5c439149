"""What a correct parameters.py does."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder import Grid, after, equal, everywhere, hint, points, types


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

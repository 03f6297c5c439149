"""What a correct parameters.py does."""

from __future__ import annotations

from torch import nn

from autograder import after, equal, hint, points


@points(2)
@hint("Draw one filter for an RGB image: how many numbers does it hold?")
def test_convolutions_of_the_course(student):
    """the convolutions of the recitation and of the slides have their parameters"""
    equal(student.conv_parameters(3, 12, 17), 10416)
    equal(student.conv_parameters(3, 12, 17, bias=False), 10404)
    equal(student.conv_parameters(3, 6, 5), 456)


@points(1)
@after(test_convolutions_of_the_course)
def test_groups_and_rectangular_kernels(student):
    """a filter sees the channels of its group, and a kernel may be wider than high"""
    equal(student.conv_parameters(4, 6, (1, 5), groups=2), 66)
    equal(student.conv_parameters(6, 9, (3, 2), bias=False, groups=3), 108)


@points(1)
def test_fully_connected_layers_of_the_course(student):
    """the fully connected layers of the recitation have their parameters"""
    equal(student.linear_parameters(3072, 128), 393344)
    equal(student.linear_parameters(128, 10), 1290)
    equal(student.linear_parameters(128, 10, bias=False), 1280)


@points(1)
def test_counts_layers_inside_layers(student):
    """count_parameters finds every parameter, however deep, and no buffer"""
    norm = student.build(nn.BatchNorm2d, 3)
    linear = student.build(nn.Linear, 5, 4)
    block = student.build(nn.Sequential, norm, linear)
    conv = student.build(nn.Conv2d, 2, 3, (2, 5))
    network = student.build(nn.Sequential, conv, block)

    conv_count, norm_count, linear_count = 3 * (2 * 2 * 5 + 1), 2 * 3, 4 * (5 + 1)
    equal(student.count_parameters(network), conv_count + norm_count + linear_count)


@points(1)
@after(test_counts_layers_inside_layers)
def test_counts_what_training_changes(student):
    """count_parameters leaves frozen layers out"""
    frozen = student.build(nn.Linear, 3, 7)
    frozen.requires_grad_(False)
    norm = student.build(nn.BatchNorm1d, 7)
    network = student.build(nn.Sequential, frozen, norm)

    equal(student.count_parameters(network), 2 * 7)


@points(1)
@after(test_counts_layers_inside_layers)
def test_counts_a_shared_layer_once(student):
    """count_parameters counts a layer once that is used in two places"""
    shared = student.build(nn.Linear, 5, 5)
    norm = student.build(nn.BatchNorm1d, 5)
    network = student.build(nn.Sequential, shared, norm, shared)

    equal(student.count_parameters(network), 5 * (5 + 1) + 2 * 5)

"""What a correct shapes.py does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from autograder import Grid, after, equal, everywhere, hidden, hint, points, types


@points(2)
@types(0.5)
@hint("Count the places of the window with a pencil: 7 pixels, a kernel of 3.")
@pytest.mark.parametrize(
    ("size", "kernel", "settings", "places"),
    [
        (4, 2, {}, 3),
        (4, 2, {"padding": 1}, 5),
        (64, 17, {}, 48),
        (32, 5, {}, 28),
        (7, 3, {"stride": 1}, 5),
        (7, 3, {"stride": 2}, 3),
        (7, 3, {"stride": 3}, 2),
    ],
)
def test_convolutions_of_the_course(student, size, kernel, settings, places):
    """the sizes of the recitation and of the slides come out right"""
    equal(student.conv_output_size(size, kernel, **settings), places)


@points(1)
@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation", "places"),
    [
        (16, 3, 2, 6, 5, 9),
        (8, 3, 3, 0, 1, 2),
        (11, 4, 1, 2, 3, 6),
        (23, 2, 5, 1, 4, 5),
        (20, 3, 2, 0, 2, 8),
    ],
)
def test_stride_padding_and_dilation_together(
    student, size, kernel, stride, padding, dilation, places
):
    """stride, padding and dilation all count, and a step that does not fit does not"""
    equal(student.conv_output_size(size, kernel, stride, padding, dilation), places)


@points(1)
@after(test_convolutions_of_the_course)
@pytest.mark.parametrize(
    ("size", "kernel", "settings"),
    [
        (3, 5, {}),
        (5, 3, {"dilation": 3}),
        (2, 6, {"stride": 3, "padding": 1}),
    ],
)
def test_refuses_a_window_that_does_not_fit(student, size, kernel, settings):
    """a window that is too long raises ValueError, one that just fits has one place"""
    equal(student.conv_output_size(kernel, kernel), 1)
    with pytest.raises(ValueError):
        student.conv_output_size(size, kernel, **settings)


def places_of_conv2d(size, kernel, stride, padding, dilation):
    """How many places torch's own convolution has."""
    image = torch.empty(1, 1, size, 1)
    weight = torch.empty(1, 1, kernel, 1)
    settings = {"padding": (padding, 0), "dilation": (dilation, 1)}
    try:
        return F.conv2d(image, weight, None, (stride, 1), **settings).shape[2]
    except RuntimeError as error:
        raise ValueError("the window does not fit") from error


CONVOLUTIONS = Grid(
    size=range(1, 11),
    kernel=range(1, 6),
    stride=range(1, 5),
    padding=range(4),
    dilation=range(1, 4),
)


@points(1)
@hidden
def test_every_convolution(student):
    """conv_output_size agrees with torch for all sizes and settings"""
    everywhere(student.conv_output_size, places_of_conv2d, CONVOLUTIONS)


@points(1)
@types(0.5)
@hint("In ceil_mode, write down where the last window would start.")
@pytest.mark.parametrize(
    ("size", "kernel", "settings", "places"),
    [
        (128, 2, {}, 64),
        (48, 3, {}, 16),
        (33, 4, {}, 8),
        (48, 3, {"stride": 3}, 16),
        (14, 3, {"stride": 4}, 3),
        (29, 5, {"stride": 3, "padding": 2}, 10),
        (26, 5, {"stride": 3, "padding": 2}, 9),
        (9, 4, {"stride": 1, "padding": 2}, 10),
        (14, 3, {"stride": 4, "ceil_mode": True}, 4),
        (5, 1, {"stride": 4, "ceil_mode": True}, 2),
        (17, 3, {"stride": 4, "ceil_mode": True}, 5),
        (5, 2, {"stride": 2, "padding": 1, "ceil_mode": True}, 3),
        (6, 2, {"stride": 2, "padding": 1, "ceil_mode": True}, 4),
        (3, 2, {"stride": 2, "padding": 1, "ceil_mode": True}, 2),
        (9, 2, {"stride": 2, "padding": 1, "ceil_mode": True}, 5),
        (7, 3, {"stride": 2, "dilation": 3}, 1),
        (16, 3, {"stride": 2, "dilation": 3}, 5),
        (12, 2, {"stride": 3, "dilation": 4}, 3),
    ],
)
def test_pools(student, size, kernel, settings, places):
    """the default stride and ceil_mode are those of torch, and no window is too many"""
    equal(student.pool_output_size(size, kernel, **settings), places)


@points(0.5)
@after(test_pools)
@pytest.mark.parametrize(
    ("size", "kernel", "settings"),
    [(2, 5, {}), (3, 2, {"dilation": 3}), (4, 7, {"padding": 1, "stride": 2})],
)
def test_refuses_a_pool_that_does_not_fit(student, size, kernel, settings):
    """a pool that is too long raises ValueError, one that just fits has one place"""
    equal(student.pool_output_size(kernel, kernel), 1)
    with pytest.raises(ValueError):
        student.pool_output_size(size, kernel, **settings)


def places_of_max_pool2d(size, kernel, stride, padding, dilation, ceil_mode):
    """How many places torch's own pooling has."""
    image = torch.empty(1, 1, size, 1)
    window = (kernel, 1), (stride or kernel, 1), (padding, 0), (dilation, 1)
    try:
        return F.max_pool2d(image, *window, ceil_mode=ceil_mode).shape[2]
    except RuntimeError as error:
        raise ValueError("the window does not fit") from error


POOLS = Grid(
    size=range(1, 11),
    kernel=range(1, 6),
    stride=[None, 1, 2, 3, 4],
    padding=range(3),
    dilation=range(1, 4),
    ceil_mode=[False, True],
    where=lambda kernel, padding, **_: 2 * padding <= kernel,
)


@points(1)
@hidden
def test_every_pool(student):
    """pool_output_size agrees with torch for all sizes and settings"""
    everywhere(student.pool_output_size, places_of_max_pool2d, POOLS)


@points(2)
def test_the_network_of_the_recitation(student):
    """layer_shapes fills in the table of the recitation, from (a) to (h)"""
    layers = [
        {"type": "max_pool", "kernel": 2, "stride": 2},
        {"type": "conv", "out_channels": 12, "kernel": 17, "stride": 1},
        {"type": "max_pool", "kernel": 3, "stride": 3},
        {"type": "flatten"},
        {"type": "linear", "out_features": 128},
        {"type": "relu"},
        {"type": "linear", "out_features": 10},
        {"type": "softmax"},
    ]

    shapes = student.layer_shapes(layers, (3, 128, 128))

    images = [(3, 64, 64), (12, 48, 48), (12, 16, 16)]
    equal(shapes, [*images, (3072,), (128,), (128,), (10,), (10,)])


@points(1)
@types(0.5, "layer_shapes returns a list of tuples of ints")
@pytest.mark.parametrize(
    ("image", "after_each", "flat", "too_long"),
    [
        (
            (2, 25, 47),
            [(5, 25, 47)] * 2 + [(5, 9, 16), (4, 4, 7), (4, 2, 3), (4, 3, 4)],
            48,
            [
                {"type": "conv", "out_channels": 5, "kernel": 26},
                {"type": "max_pool", "kernel": 26},
            ],
        ),
        (
            (3, 40, 31),
            [(5, 40, 31)] * 2 + [(5, 14, 11), (4, 6, 5), (4, 3, 2), (4, 4, 3)],
            48,
            [
                {"type": "conv", "out_channels": 5, "kernel": 32},
                {"type": "avg_pool", "kernel": 32},
            ],
        ),
        (
            (1, 61, 16),
            [(5, 61, 16)] * 2 + [(5, 21, 6), (4, 8, 3), (4, 4, 1), (4, 5, 2)],
            40,
            [{"type": "max_pool", "kernel": 17}],
        ),
    ],
    ids=["wide", "high", "very high"],
)
def test_a_network_for_wide_images(student, image, after_each, flat, too_long):
    """layer_shapes keeps height and width apart, and knows the default strides"""
    layers = [
        {"type": "conv", "out_channels": 5, "kernel": 3, "padding": 1},
        {"type": "relu"},
        {"type": "avg_pool", "kernel": 3, "padding": 1},
        {"type": "conv", "out_channels": 4, "kernel": 2, "stride": 3, "padding": 2},
        {"type": "max_pool", "kernel": 2},
        {"type": "max_pool", "kernel": 2, "stride": 1, "padding": 1},
        {"type": "flatten"},
        {"type": "softmax"},
    ]

    shapes = student.layer_shapes(layers, image)

    equal(shapes, [*after_each, (flat,), (flat,)])
    for layer in too_long:  # along one side only
        with pytest.raises(ValueError):
            student.layer_shapes([layer], image)


@points(1)
@hidden
@pytest.mark.parametrize(
    ("layers", "given", "shapes", "unknown"),
    [
        ([], (3, 8, 8), [], {"type": "min_pool", "kernel": 2}),
        ([], (3, 8, 6), [], {"type": "conv3d", "out_channels": 2, "kernel": 3}),
        ([], (7,), [], {"type": "log_softmax"}),
        (
            [{"type": "max_pool", "kernel": 3}],
            (3, 8, 8),
            [(3, 2, 2)],
            {"type": "tanh"},
        ),
        (
            [{"type": "avg_pool", "kernel": 3, "stride": 2}],
            (3, 8, 6),
            [(3, 3, 2)],
            {"type": "unflatten"},
        ),
        (
            [{"type": "linear", "out_features": 5}],
            (7,),
            [(5,)],
            {"type": "bilinear", "out_features": 7},
        ),
        (
            [{"type": "relu"}, {"type": "softmax"}],
            (7,),
            [(7,), (7,)],
            {"type": "leaky_relu"},
        ),
        (
            [{"type": "conv", "out_channels": 8, "kernel": 4, "stride": 4}],
            (3, 12, 20),
            [(8, 3, 5)],
            {"type": "Conv", "out_channels": 8, "kernel": 4},
        ),
        (
            [
                {"type": "max_pool", "kernel": 5, "stride": 2, "padding": 1},
                {"type": "conv", "out_channels": 4, "kernel": 5, "stride": 2},
                {"type": "avg_pool", "kernel": 3, "stride": 2},
                {"type": "max_pool", "kernel": 2, "stride": 1},
                {"type": "conv", "out_channels": 5, "kernel": 3},
                {"type": "softmax"},
                {"type": "flatten"},
            ],
            (2, 44, 64),
            [(2, 21, 31), (4, 9, 14), (4, 4, 6), (4, 3, 5), *[(5, 1, 3)] * 2, (15,)],
            {"type": "sigmoid"},
        ),
    ],
)
def test_short_networks(student, layers, given, shapes, unknown):
    """layer_shapes takes networks of any length, and refuses a layer it knows not"""
    equal(student.layer_shapes(layers, given), shapes)
    with pytest.raises(ValueError):
        student.layer_shapes([*layers[:1], unknown, *layers[1:]], given)

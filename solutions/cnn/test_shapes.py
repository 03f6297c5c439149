"""What a correct shapes.py does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given
from hypothesis import strategies as st

from autograder import after, equal, hidden, hint, points


@points(2)
@hint("Count the places of the window with a pencil: 7 pixels, a kernel of 3.")
def test_convolutions_of_the_course(student):
    """the sizes of the recitation and of the slides come out right"""
    equal(student.conv_output_size(4, 2), 3)
    equal(student.conv_output_size(4, 2, padding=1), 5)
    equal(student.conv_output_size(64, 17), 48)
    equal(student.conv_output_size(32, 5), 28)
    equal(student.conv_output_size(7, 3, stride=1), 5)
    equal(student.conv_output_size(7, 3, stride=2), 3)
    equal(student.conv_output_size(7, 3, stride=3), 2)


@points(1)
def test_stride_padding_and_dilation_together(student):
    """stride, padding and dilation all count, and a step that does not fit does not"""
    equal(student.conv_output_size(16, 3, stride=2, padding=6, dilation=5), 9)
    equal(student.conv_output_size(8, 3, stride=3), 2)


@points(1)
@after(test_convolutions_of_the_course)
def test_refuses_a_window_that_does_not_fit(student):
    """a window that is too long raises ValueError, one that just fits has one place"""
    equal(student.conv_output_size(5, 5), 1)
    with pytest.raises(ValueError):
        student.conv_output_size(3, 5)
    with pytest.raises(ValueError):
        student.conv_output_size(5, 3, dilation=3)
    with pytest.raises(ValueError):
        student.conv_output_size(2, 6, stride=3, padding=1)


@points(1)
@hidden
@given(
    kernel=st.integers(1, 7),
    stride=st.integers(1, 5),
    padding=st.integers(0, 4),
    dilation=st.integers(1, 3),
    room=st.integers(0, 20),
)
def test_every_convolution(student, kernel, stride, padding, dilation, room):
    """conv_output_size agrees with torch for all sizes and settings"""
    size = max(1, dilation * (kernel - 1) + 1 - 2 * padding + room)
    image = torch.empty(1, 1, size, 1, device="meta")
    weight = torch.empty(1, 1, kernel, 1, device="meta")
    y = F.conv2d(image, weight, None, (stride, 1), (padding, 0), dilation=(dilation, 1))

    equal(student.conv_output_size(size, kernel, stride, padding, dilation), y.shape[2])


@points(1)
@hint("In ceil_mode, write down where the last window would start.")
def test_pools(student):
    """the default stride and ceil_mode are those of torch, and no window is too many"""
    equal(student.pool_output_size(128, 2), 64)
    equal(student.pool_output_size(48, 3, stride=3), 16)
    equal(student.pool_output_size(14, 3, stride=4), 3)
    equal(student.pool_output_size(29, 5, stride=3, padding=2), 10)
    equal(student.pool_output_size(14, 3, stride=4, ceil_mode=True), 4)
    equal(student.pool_output_size(5, 1, stride=4, ceil_mode=True), 2)
    equal(student.pool_output_size(5, 2, stride=2, padding=1, ceil_mode=True), 3)
    equal(student.pool_output_size(6, 2, stride=2, padding=1, ceil_mode=True), 4)
    equal(student.pool_output_size(7, 3, stride=2, dilation=3), 1)
    with pytest.raises(ValueError):
        student.pool_output_size(2, 5)


@points(1)
@hidden
@given(
    kernel=st.integers(1, 7),
    stride=st.none() | st.integers(1, 5),
    half=st.integers(0, 3),
    dilation=st.integers(1, 3),
    room=st.integers(0, 20),
    ceil_mode=st.booleans(),
)
@example(kernel=3, stride=4, half=0, dilation=1, room=11, ceil_mode=True)
@example(kernel=1, stride=4, half=0, dilation=1, room=4, ceil_mode=True)
@example(kernel=2, stride=2, half=1, dilation=1, room=5, ceil_mode=True)
@example(kernel=2, stride=2, half=1, dilation=1, room=6, ceil_mode=True)
def test_every_pool(student, kernel, stride, half, dilation, room, ceil_mode):
    """pool_output_size agrees with torch for all sizes and settings"""
    padding = min(half, kernel // 2)
    size = max(1, dilation * (kernel - 1) + 1 - 2 * padding + room)
    image = torch.empty(1, 1, size, 1, device="meta")
    y = F.max_pool2d(
        image,
        (kernel, 1),
        (stride or kernel, 1),
        (padding, 0),
        (dilation, 1),
        ceil_mode=ceil_mode,
    )

    got = student.pool_output_size(size, kernel, stride, padding, dilation, ceil_mode)
    equal(got, y.shape[2])


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
def test_a_network_for_wide_images(student):
    """layer_shapes keeps height and width apart, and knows the default strides"""
    layers = [
        {"type": "conv", "out_channels": 5, "kernel": 3, "padding": 1},
        {"type": "relu"},
        {"type": "avg_pool", "kernel": 3, "padding": 1},
        {"type": "conv", "out_channels": 4, "kernel": 2, "stride": 3, "padding": 2},
        {"type": "max_pool", "kernel": 2},
        {"type": "flatten"},
        {"type": "softmax"},
    ]

    shapes = student.layer_shapes(layers, (2, 25, 47))

    images = [(5, 25, 47), (5, 25, 47), (5, 9, 16), (4, 4, 7), (4, 2, 3)]
    equal(shapes, [*images, (24,), (24,)])

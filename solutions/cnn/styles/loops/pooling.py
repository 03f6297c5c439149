"""Pooling in loops, one window at a time."""

from __future__ import annotations

import torch
from shapes import pool_output_size


def two(value):
    """A number as a pair."""
    return (value, value) if isinstance(value, int) else value


def spans(size, kernel, stride, padding, ceil_mode):
    """For each window along one side, where it begins, and ends, in x."""
    if 2 * padding > kernel:
        raise ValueError("padding may be half of the kernel at most")
    places = pool_output_size(size, kernel, stride, padding, ceil_mode=ceil_mode)
    starts = [i * stride - padding for i in range(places)]
    return [(start, min(start + kernel, size + padding)) for start in starts]


def windows(x, kernel, stride, padding, ceil_mode=False):
    """The spans of the rows and of the columns."""
    stride = two(kernel if stride is None else stride)
    sides = zip(x.shape[2:], two(kernel), stride, two(padding))
    return [spans(*side, ceil_mode) for side in sides]


def inside(span, size):
    """What of a span lies in x."""
    return slice(max(span[0], 0), min(span[1], size))


def max_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False):
    """The maximum of each window, stacked."""
    rows, columns = windows(x, kernel, stride, padding, ceil_mode)
    height, width = x.shape[2:]
    y = []
    for row in rows:
        parts = [
            x[:, :, inside(row, height), inside(column, width)] for column in columns
        ]
        y.append(torch.stack([part.flatten(2).max(dim=2)[0] for part in parts], 2))
    return torch.stack(y, dim=2)


def max_pool2d_backward(grad_output, x, kernel, stride=None, padding=0):
    """Each gradient goes to the pixel that won its window."""
    rows, columns = windows(x, kernel, stride, padding)
    height, width = x.shape[2:]
    grad_x = torch.zeros_like(x)
    for image in range(x.shape[0]):
        for channel in range(x.shape[1]):
            for i, row in enumerate(rows):
                for j, column in enumerate(columns):
                    place = inside(row, height), inside(column, width)
                    window = x[image, channel, place[0], place[1]]
                    down, right = divmod(int(window.argmax()), window.shape[1])
                    down, right = down + place[0].start, right + place[1].start
                    grad_x[image, channel, down, right] += grad_output[
                        image, channel, i, j
                    ]
    return grad_x


def avg_pool2d(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """The sum of each window over the number of its pixels."""
    rows, columns = windows(x, kernel, stride, padding, ceil_mode)
    height, width = x.shape[2:]
    size = *x.shape[:2], len(rows), len(columns)
    y = torch.zeros(size, dtype=x.dtype, device=x.device)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            part = x[:, :, inside(row, height), inside(column, width)]
            area = part.shape[2] * part.shape[3]
            if count_include_pad:
                area = (row[1] - row[0]) * (column[1] - column[0])
            y[:, :, i, j] = part.sum(dim=(2, 3)) / area
    return y

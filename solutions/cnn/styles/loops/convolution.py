"""Convolution in loops, one number of the output at a time."""

from __future__ import annotations

import torch


def two(value):
    """A number as a pair."""
    return (value, value) if isinstance(value, int) else value


def pad(x, height, width):
    """The images with a border of zeros, in a tensor of their own."""
    images, channels, rows, columns = x.shape
    size = images, channels, rows + 2 * height, columns + 2 * width
    big = torch.zeros(size, dtype=x.dtype, device=x.device)
    big[:, :, height : height + rows, width : width + columns] = x
    return big


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Each place of each output channel by itself."""
    (down, right), (high, wide) = two(stride), two(dilation)
    big = pad(x, *two(padding))
    outputs, depth, height, width = weight.shape
    reach_y, reach_x = high * (height - 1) + 1, wide * (width - 1) + 1
    rows = (big.shape[2] - reach_y) // down + 1
    columns = (big.shape[3] - reach_x) // right + 1
    y = torch.zeros(len(x), outputs, rows, columns, dtype=x.dtype, device=x.device)
    for o in range(outputs):
        first = o // (outputs // groups) * depth
        block = big[:, first : first + depth]
        for r in range(rows):
            for s in range(columns):
                top, left = r * down, s * right
                below, beside = top + reach_y, left + reach_x
                window = block[:, :, top:below:high, left:beside:wide]
                y[:, o, r, s] = (window * weight[o]).sum(dim=(1, 2, 3))
        if bias is not None:
            y[:, o] = y[:, o] + bias[o]
    return y


def conv2d_backward(grad_output, x, weight, stride=1, padding=0):
    """Each gradient goes back to the window that it came from."""
    (down, right), (above, before) = two(stride), two(padding)
    outputs, _, height, width = weight.shape
    big = pad(x, above, before)
    grad_big = torch.zeros_like(big)
    grad_weight = torch.zeros_like(weight)
    grad_bias = torch.zeros(outputs, dtype=x.dtype, device=x.device)
    for o in range(outputs):
        for r in range(grad_output.shape[2]):
            for s in range(grad_output.shape[3]):
                g = grad_output[:, o, r, s].reshape(-1, 1, 1, 1)
                top, left = r * down, s * right
                place = slice(top, top + height), slice(left, left + width)
                grad_weight[o] += (g * big[:, :, place[0], place[1]]).sum(dim=0)
                grad_big[:, :, place[0], place[1]] += g * weight[o]
                grad_bias[o] += g.sum()
    rows, columns = x.shape[2:]
    grad_x = grad_big[:, :, above : above + rows, before : before + columns]
    return grad_x, grad_weight, grad_bias

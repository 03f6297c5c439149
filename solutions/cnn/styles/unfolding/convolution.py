"""Convolution as a product of matrices: F.unfold, and F.fold on the way back."""

from __future__ import annotations

import torch.nn.functional as F


def two(value):
    """A number as a pair."""
    return (value, value) if isinstance(value, int) else value


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Every window is a column, every filter a row."""
    stride, padding, dilation = two(stride), two(padding), two(dilation)
    kernel = weight.shape[2:]
    rows, columns = (
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, s, p, d in zip(x.shape[2:], kernel, stride, padding, dilation)
    )
    windows = F.unfold(x, kernel, dilation, padding, stride)
    windows = windows.unflatten(1, (groups, -1))
    filters = weight.flatten(1).unflatten(0, (groups, -1))
    y = (filters @ windows).flatten(1, 2).unflatten(2, (rows, columns))
    return y if bias is None else y + bias.reshape(-1, 1, 1)


def conv2d_backward(grad_output, x, weight, stride=1, padding=0):
    """The same two matrices, each turned round for the other one's gradient."""
    kernel, size = weight.shape[2:], x.shape[2:]
    windows = F.unfold(x, kernel, padding=padding, stride=stride)
    grad = grad_output.flatten(2)  # (N, O, places)
    grad_weight = (grad @ windows.transpose(1, 2)).sum(0).reshape(weight.shape)
    grad_windows = weight.flatten(1).T @ grad
    grad_x = F.fold(grad_windows, size, kernel, padding=padding, stride=stride)
    return grad_x, grad_weight, grad.sum((0, 2))

"""Convolution: slide filters over an image, and send the gradients back by hand."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def _pair(v: int | tuple[int, int]) -> tuple[int, int]:
    return (v, v) if isinstance(v, int) else tuple(v)


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> Tensor:
    stride, padding, dilation = _pair(stride), _pair(padding), _pair(dilation)
    N, _, H, W = x.shape
    O, _, kh, kw = weight.shape
    h_out = (H + 2 * padding[0] - dilation[0] * (kh - 1) - 1) // stride[0] + 1
    w_out = (W + 2 * padding[1] - dilation[1] * (kw - 1) - 1) // stride[1] + 1

    # one column per window: (N, C * kh * kw, h_out * w_out)
    cols = F.unfold(x, (kh, kw), dilation, padding, stride)
    cols = cols.reshape(N, groups, cols.shape[1] // groups, h_out * w_out)
    filters = weight.reshape(1, groups, O // groups, -1)
    y = (filters @ cols).reshape(N, O, h_out, w_out)
    if bias is not None:
        y = y + bias.reshape(1, O, 1, 1)
    return y


def conv2d_backward(
    grad_output: Tensor,
    x: Tensor,
    weight: Tensor,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> tuple[Tensor, Tensor, Tensor]:
    stride, padding = _pair(stride), _pair(padding)
    O, _, kh, kw = weight.shape
    g = grad_output.flatten(2)  # (N, O, places)
    cols = F.unfold(x, (kh, kw), padding=padding, stride=stride)

    grad_weight = (g @ cols.transpose(1, 2)).sum(0).reshape(weight.shape)
    grad_cols = weight.reshape(O, -1).T @ g
    grad_x = F.fold(grad_cols, x.shape[2:], (kh, kw), padding=padding, stride=stride)
    return grad_x, grad_weight, g.sum((0, 2))

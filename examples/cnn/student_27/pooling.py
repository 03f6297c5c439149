"""Pooling: summarise every window of an image by its maximum or by its mean."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def _pair(v: int | tuple[int, int]) -> tuple[int, int]:
    return (v, v) if isinstance(v, int) else tuple(v)


def _plan(
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None,
    padding: int | tuple[int, int],
    ceil_mode: bool,
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Kernel, stride, padding, and how many pixels the last window hangs over."""
    kernel = _pair(kernel)
    stride = kernel if stride is None else _pair(stride)
    padding = _pair(padding)
    hangs = []
    for size, k, s, p in zip(x.shape[2:], kernel, stride, padding):
        if p > k / 2:
            raise ValueError("too much padding")
        room = size + 2 * p - k
        places = room // s + 1
        if ceil_mode and room % s and places * s < size + p:
            places += 1
        if places < 1:
            raise ValueError("the window does not fit")
        hangs.append(max(0, (places - 1) * s + k - (size + 2 * p)))
    return kernel, stride, padding, tuple(hangs)


def _windows(x: Tensor, kernel: tuple[int, int], stride: tuple[int, int]) -> Tensor:
    """(N, C, H', W', kh * kw)"""
    x = x.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1])
    return x.flatten(4)


def max_pool2d(
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
) -> Tensor:
    kernel, stride, (ph, pw), (oh, ow) = _plan(x, kernel, stride, padding, ceil_mode)
    padded = F.pad(x, (pw, pw + ow, ph, ph + oh), value=float("-inf"))
    windows = _windows(padded, kernel, stride)
    # amax() shares the gradient among ties; argmax finds the first winner
    first = windows.argmax(-1, keepdim=True)
    return windows.gather(-1, first).squeeze(-1)


def max_pool2d_backward(
    grad_output: Tensor,
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> Tensor:
    kernel, stride, (ph, pw), _ = _plan(x, kernel, stride, padding, False)
    N, C, H, W = x.shape
    padded = F.pad(x, (pw, pw, ph, ph), value=float("-inf"))
    windows = _windows(padded, kernel, stride)
    # number the pixels row by row, so that every winner knows where it came from
    places = F.pad(torch.arange(H * W).view(1, 1, H, W), (pw, pw, ph, ph))
    places = _windows(places, kernel, stride).expand(windows.shape)
    won = places.gather(-1, windows.argmax(-1, keepdim=True))
    grad = torch.zeros(N, C, H * W, dtype=x.dtype, device=x.device)
    grad.scatter_add_(2, won.flatten(2), grad_output.flatten(2))
    return grad.view(N, C, H, W)


def avg_pool2d(
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    kernel, stride, (ph, pw), (oh, ow) = _plan(x, kernel, stride, padding, ceil_mode)
    counted = torch.ones_like(x[:1, :1]) if len(x) else x.new_ones(1, 1, *x.shape[2:])
    counted = F.pad(counted, (pw, pw, ph, ph), value=float(count_include_pad))
    counted = F.pad(counted, (0, ow, 0, oh))
    padded = F.pad(x, (pw, pw + ow, ph, ph + oh))
    sums = _windows(padded, kernel, stride).sum(-1)
    return sums / _windows(counted, kernel, stride).sum(-1)

"""Pooling: summarise every window of an image by its maximum or by its mean."""

from __future__ import annotations

import torch
from torch import Tensor


def max_pool2d(
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
) -> Tensor:
    """The largest value in every window of every channel.

    The window with output index (i, j) begins at row ``i * stride - padding`` of x and
    at column ``j * stride - padding``. Padding never wins: it counts as -inf. A NaN
    wins over every number.

    Forbidden here is whatever pools in torch (F.*_pool*, nn.*Pool*, torch.*_pool*).

    The backward pass hands each output's gradient to the pixel that won; where several
    pixels of a window share the maximum, the first of them, row by row, takes it all.

    Args:
        x: images, ``(N, C, H, W)``; N may be 0.
        kernel: height and width of the window, one number or a pair.
        stride: how far the window moves, one number or a pair; None means the kernel.
        padding: pixels added on each side, one number or a pair.
        ceil_mode: if true, pixels left over at the end get one more window, which hangs
            over the edge; but a window must start inside x or in its left padding. Even
            the only window may hang over, where the formula below gives it a place.

    Returns:
        ``(N, C, H', W')`` in the dtype and on the device of x; as in torch.nn.MaxPool2d
        ``H' = floor((H + 2 * padding - kernel) / stride) + 1``, in ceil_mode with ceil
        for floor; ``pool_output_size`` in shapes.py has the details. Gradients flow
        back to x.

    Raises:
        ValueError: the padding is more than half of the kernel, in height or in width,
            or there is no place for a window.
    """
    raise NotImplementedError("max_pool2d is not written yet")


def max_pool2d_backward(
    grad_output: Tensor,
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> Tensor:
    """The gradient of the loss with respect to x, by hand, without autograd.

    Each pixel of x receives the sum of ``grad_output`` over the windows that it has
    won; of several equal maxima in a window the first, row by row, is the winner. A
    NaN wins its windows.

    Args:
        grad_output: gradient of the loss with respect to the output of
            ``max_pool2d(x, kernel, stride, padding)``, ``(N, C, H', W')``.
        x: the images that were pooled, ``(N, C, H, W)``; N may be 0.
        kernel: as in max_pool2d.
        stride: as in max_pool2d.
        padding: as in max_pool2d.

    Returns:
        ``(N, C, H, W)`` in the dtype and on the device of x, zero where a pixel has won
        no window.
    """
    raise NotImplementedError("max_pool2d_backward is not written yet")


def avg_pool2d(
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of every window of every channel, padding being zeros.

    The divisor is the number of pixels of the window that lie inside the padded input,
    or inside x itself if ``count_include_pad`` is false, whatever their values. Pixels
    beyond the padding, under a window that hangs over in ceil_mode, never count (as in
    torch.nn.AvgPool2d).

    Args:
        x: images, ``(N, C, H, W)``; N may be 0.
        kernel: height and width of the window, one number or a pair.
        stride: how far the window moves, one number or a pair; None means the kernel.
        padding: zeros added on each side, one number or a pair.
        ceil_mode: as in max_pool2d.
        count_include_pad: whether the padding's zeros count in the divisor.

    Returns:
        ``(N, C, H', W')`` in the dtype and on the device of x, sizes as in max_pool2d.

    Raises:
        ValueError: the padding is more than half of the kernel, in height or in width,
            or there is no place for a window.
    """
    raise NotImplementedError("avg_pool2d is not written yet")

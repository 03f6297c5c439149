"""Pooling: summarise every window of an image by its maximum or by its mean."""

from __future__ import annotations

import torch
from torch import Tensor

# BEGIN SOLUTION


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value


def _covered(
    size: int, kernel: int, stride: int, padding: int, ceil_mode: bool
) -> Tensor:
    """The coordinates that each window covers along one axis: (windows, kernel).

    The input has the coordinates 0 to size - 1; what is less or more is padding.
    """
    if 2 * padding > kernel:
        raise ValueError(
            f"padding must be at most half of the kernel, "
            f"got padding {padding} for kernel {kernel}"
        )
    last = size + padding - kernel  # where a window starts that ends with the padding
    # With ceil_mode one more window may hang over, if it starts left of size.
    end = min(last + stride, size) if ceil_mode else last + 1
    starts = torch.arange(-padding, max(end, -padding), stride)
    if len(starts) == 0:
        raise ValueError(
            f"a window of {kernel} does not fit into {size} pixels "
            f"with a padding of {padding}"
        )
    return starts[:, None] + torch.arange(kernel)


def _windows(
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None,
    padding: int | tuple[int, int],
    ceil_mode: bool,
) -> tuple[Tensor, Tensor]:
    """The rows (H', kh) and the columns (W', kw) that the windows over x cover."""
    kernel = _pair(kernel)
    stride = kernel if stride is None else _pair(stride)
    rows, columns = (
        _covered(*axis, ceil_mode).to(x.device)
        for axis in zip(x.shape[-2:], kernel, stride, _pair(padding), strict=True)
    )
    return rows, columns


def _pixels(rows: Tensor, columns: Tensor, x: Tensor) -> Tensor:
    """The pixels of each window as indices into x.flatten(-2): (H', W', kh * kw).

    For one in the padding stands the nearest pixel of x, which lies in the same window,
    because no window lies wholly in the padding.
    """
    height, width = x.shape[-2:]
    rows = rows.clamp(0, height - 1)[:, None, :, None]
    columns = columns.clamp(0, width - 1)[None, :, None, :]
    return (rows * width + columns).flatten(-2)


def _winners(
    x: Tensor,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None,
    padding: int | tuple[int, int],
    ceil_mode: bool = False,
) -> Tensor:
    """The index into x.flatten(-2) of each window's maximum, the first of several."""
    rows, columns = _windows(x, kernel, stride, padding, ceil_mode)
    # Padding repeats a pixel of its own window here, so it never wins.
    pixels = _pixels(rows, columns, x)
    candidates = x.detach().flatten(-2)[..., pixels]  # (N, C, H', W', kh * kw)
    best = candidates.argmax(-1, keepdim=True)
    return pixels.expand_as(candidates).gather(-1, best).squeeze(-1)


# END SOLUTION


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
    # BEGIN SOLUTION
    winners = _winners(x, kernel, stride, padding, ceil_mode)
    return x.flatten(-2).gather(-1, winners.flatten(-2)).view_as(winners)
    # END SOLUTION


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
    # BEGIN SOLUTION
    winners = _winners(x, kernel, stride, padding).flatten(-2)
    grad_x = grad_output.new_zeros(x.shape).flatten(-2)
    return grad_x.scatter_add(-1, winners, grad_output.flatten(-2)).view(x.shape)
    # END SOLUTION


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
    # BEGIN SOLUTION
    rows, columns = _windows(x, kernel, stride, padding, ceil_mode)
    height, width = x.shape[-2:]

    inside_rows = (rows >= 0) & (rows < height)
    inside_columns = (columns >= 0) & (columns < width)
    inside = inside_rows[:, None, :, None] & inside_columns[None, :, None, :]
    values = x.flatten(-2)[..., _pixels(rows, columns, x)]
    sums = values.masked_fill(~inside.flatten(-2), 0).sum(-1)

    if count_include_pad:  # no window begins before the padding
        margin = _pair(padding)
        inside_rows = rows < height + margin[0]
        inside_columns = columns < width + margin[1]
    return sums / torch.outer(inside_rows.sum(-1), inside_columns.sum(-1))
    # END SOLUTION

"""Convolution: slide filters over an image, and send the gradients back by hand."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

# BEGIN SOLUTION


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value


def _windows(
    x: Tensor,
    kernel: torch.Size,
    stride: int | tuple[int, int],
    padding: int | tuple[int, int],
    dilation: int | tuple[int, int] = 1,
) -> Tensor:
    """What the kernel sees at each place: a view (N, C, H', W', kh, kw), no copy."""
    (stride_y, stride_x), (pad_y, pad_x) = _pair(stride), _pair(padding)
    dilation_y, dilation_x = _pair(dilation)
    span_y = dilation_y * (kernel[0] - 1) + 1
    span_x = dilation_x * (kernel[1] - 1) + 1

    padded = F.pad(x, (pad_x, pad_x, pad_y, pad_y))  # F.pad begins with the last axis
    windows = padded.unfold(2, span_y, stride_y).unfold(3, span_x, stride_x)
    return windows[..., ::dilation_y, ::dilation_x]


# END SOLUTION


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> Tensor:
    """Slide every filter over every image, as torch.nn.functional.conv2d does.

    Each number of the output is the dot product of one filter with the part of the
    image under it, over all channels, plus the filter's bias. Without padding:

        y[n, o, r, s] = bias[o] + sum over c, i, j of
            weight[o, c, i, j] * x[n, c, stride * r + dilation * i,
                                         stride * s + dilation * j]

    What deep learning calls a convolution is a cross-correlation: the kernel is used
    as it stands. Pixels beyond the border are zeros. Rows and columns at the end that
    no window reaches are left out. Forbidden here is whatever convolves in torch
    (F.conv*, torch.conv*, nn.Conv*, torch.nn.grad); F.pad and F.unfold are not.

    Args:
        x: images, ``(N, C, H, W)``; N may be 0.
        weight: one filter for each output channel, ``(O, C / groups, kh, kw)``; a
            kernel may be larger than x where it fits into x with its padding.
        bias: ``(O,)``, or None.
        stride: how far the window moves, in pixels: one number, or a pair for
            ``(height, width)``.
        padding: zeros added on each side, one number or a pair.
        dilation: distance of the pixels that neighbouring weights of a kernel meet,
            one number or a pair.
        groups: the input channels and the output channels are each cut into this many
            blocks of consecutive channels; block g of the output is computed from
            block g of the input alone.

    Returns:
        ``(N, O, H', W')`` in the dtype and on the device of x; H' and W' are those of
        ``conv_output_size`` in shapes.py. Gradients flow back to x, weight and bias.
        The arguments stay as they were.
    """
    # BEGIN SOLUTION
    windows = _windows(x, weight.shape[2:], stride, padding, dilation)
    windows = torch.unflatten(windows, 1, (groups, -1))  # (N, groups, C / groups, ...)
    filters = torch.unflatten(weight, 0, (groups, -1))
    y = torch.einsum("ngcrsij,gocij->ngors", windows, filters).flatten(1, 2)
    return y if bias is None else y + bias[:, None, None]
    # END SOLUTION


def conv2d_backward(
    grad_output: Tensor,
    x: Tensor,
    weight: Tensor,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of the loss with respect to x, weight and bias, without autograd.

    Derive them by hand from the sum in ``conv2d``. There a weight meets a pixel at
    one place of the output; the gradient of that place goes to the weight, times the
    pixel, and to the pixel, times the weight. All that reaches one weight or one pixel
    adds up, over the places and over the batch; nothing is averaged.

    Args:
        grad_output: gradient of the loss with respect to the output of
            ``conv2d(x, weight, bias, stride, padding)``, ``(N, O, H', W')``.
        x: the images, ``(N, C, H, W)``; N may be 0.
        weight: the filters, ``(O, C, kh, kw)``.
        stride: as in conv2d.
        padding: as in conv2d.

    Returns:
        ``(grad_x, grad_weight, grad_bias)``, shaped ``(N, C, H, W)``,
        ``(O, C, kh, kw)`` and ``(O,)``, in the dtype and on the device of x. A pixel
        that no window reaches has gradient 0.
    """
    # BEGIN SOLUTION
    height, width = x.shape[2:]
    kernel_height, kernel_width = weight.shape[2:]
    rows, columns = grad_output.shape[2:]
    (stride_y, stride_x), (pad_y, pad_x) = _pair(stride), _pair(padding)

    windows = _windows(x, weight.shape[2:], stride, padding)
    grad_weight = torch.einsum("nors,ncrsij->ocij", grad_output, windows)
    grad_bias = grad_output.sum((0, 2, 3))

    grad_padded = F.pad(torch.zeros_like(x), (pad_x, pad_x, pad_y, pad_y))
    for i in range(kernel_height):
        for j in range(kernel_width):
            # The pixels that weight[:, :, i, j] meets form a regular grid.
            met_y = slice(i, i + stride_y * rows, stride_y)
            met_x = slice(j, j + stride_x * columns, stride_x)
            grad_padded[:, :, met_y, met_x] += torch.einsum(
                "nors,oc->ncrs", grad_output, weight[:, :, i, j]
            )
    grad_x = grad_padded[:, :, pad_y : pad_y + height, pad_x : pad_x + width]
    return grad_x, grad_weight, grad_bias
    # END SOLUTION

"""Convolution: slide filters over an image, and send the gradients back by hand."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


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
    raise NotImplementedError("conv2d is not written yet")


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
    raise NotImplementedError("conv2d_backward is not written yet")

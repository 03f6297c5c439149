"""Shapes: how large is what a layer gives back?"""

from __future__ import annotations

from typing import Any


def conv_output_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """How many places a convolution's window finds along one side of an image.

    The first window begins with the padding, each next one ``stride`` pixels on; a
    window that would not fit is not counted, even where pixels are left over:

        floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1

    This is the rule of torch.nn.Conv2d; recitation 3.1 has it for dilation 1.

    Args:
        size: height or width of the image, in pixels.
        kernel: height or width of the kernel.
        stride: how far the window moves, in pixels.
        padding: pixels added on each side.
        dilation: distance of the pixels that neighbouring weights of the kernel meet;
            the window is ``dilation * (kernel - 1) + 1`` pixels long.

    Raises:
        ValueError: the window is longer than the image with its padding.
    """
    window = dilation * (kernel - 1) + 1
    if window > size + 2 * padding:
        raise ValueError("the window does not fit")
    return (size + 2 * padding - window) // stride + 1


def pool_output_size(
    size: int,
    kernel: int,
    stride: int | None = None,
    padding: int = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    """How many places a pooling window finds along one side of an image.

    As ``conv_output_size``, but for the default stride and for ceil_mode, in which
    the division is rounded up. This is the rule of torch.nn.MaxPool2d.

    Args:
        size: height or width of the image, in pixels.
        kernel: height or width of the window.
        stride: how far the window moves, in pixels; None means the kernel.
        padding: pixels added on each side, at most half of the kernel.
        dilation: distance of neighbouring pixels in a window.
        ceil_mode: if true, pixels left over at the end get one more window, which hangs
            over the edge; but a window must start inside the image or in the padding
            before it, and one that would start behind the image is dropped.

    Raises:
        ValueError: there is no place for a window.
    """
    # TODO: ceil_mode
    if stride is None:
        stride = kernel
    return conv_output_size(size, kernel, stride, padding, dilation)


def layer_shapes(
    layers: list[dict[str, Any]], input_shape: tuple[int, ...]
) -> list[tuple[int, ...]]:
    """The shape after each layer of a network, without the batch.

    An image has the shape ``(C, H, W)``, a vector ``(F,)``. Height and width may
    differ. Activations keep the shape, and pooling keeps the channels.

    Args:
        layers: the layers in order. Each is a dict with its ``"type"``, one of conv,
            max_pool, avg_pool, flatten, linear, relu and softmax, and its settings,
            all int: ``"out_channels"`` for conv; ``"kernel"``, ``"stride"`` and
            ``"padding"``, the same for height and width, for conv and the pools;
            ``"out_features"`` for linear. Stride and padding may be missing and then
            are those of ``conv_output_size`` and ``pool_output_size``.
        input_shape: the shape that the first layer is given.

    Returns:
        One tuple for each layer: ``[{"type": "conv", "out_channels": 6, "kernel": 5}]``
        and ``(3, 32, 30)`` give ``[(6, 28, 26)]``.

    Raises:
        ValueError: a window does not fit, or the type of a layer is unknown.
    """
    raise NotImplementedError("layer_shapes is not written yet")

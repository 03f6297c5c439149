"""Shapes: how large is what a layer gives back?"""

from __future__ import annotations

from math import prod
from typing import Any


def _places(room: int, stride: int) -> int:
    return room // stride + 1


def conv_output_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    room = size + 2 * padding - (dilation * kernel - dilation + 1)
    if room < 0:
        raise ValueError("the kernel does not fit")
    return _places(room, stride)


def pool_output_size(
    size: int,
    kernel: int,
    stride: int | None = None,
    padding: int = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    stride = stride or kernel
    room = size + 2 * padding - (dilation * kernel - dilation + 1)
    if ceil_mode:
        # Rounding up is rounding down after adding all but one pixel of a step.
        places = _places(room + stride - 1, stride)
        while (places - 1) * stride - padding >= size:
            places -= 1
    else:
        places = _places(room, stride)
    if places <= 0:
        raise ValueError("the window does not fit")
    return places


def layer_shapes(
    layers: list[dict[str, Any]], input_shape: tuple[int, ...]
) -> list[tuple[int, ...]]:
    shapes = [tuple(input_shape)]
    for layer in layers:
        settings = {k: v for k, v in layer.items() if k in ("kernel", "stride", "padding")}
        before = shapes[-1]
        match layer["type"]:
            case "conv":
                sides = [conv_output_size(side, **settings) for side in before[1:]]
                shapes.append((layer["out_channels"], *sides))
            case "max_pool" | "avg_pool":
                sides = [pool_output_size(side, **settings) for side in before[1:]]
                shapes.append((before[0], *sides))
            case "flatten":
                shapes.append((prod(before),))
            case "linear":
                shapes.append((layer["out_features"],))
            case "relu" | "softmax":
                shapes.append(before)
            case other:
                raise ValueError(f"what is {other!r}?")
    return shapes[1:]

"""Shapes: how large is what a layer gives back?"""

import numpy as np


def _starts(size, reach, stride, padding, ceil_mode=False):
    """The pixels at which windows start; padding has negative numbers."""
    end = size + padding - reach
    if ceil_mode:
        starts = np.arange(-padding, end + stride, stride)
        return starts[(starts < size) & (starts < end + stride)]
    return np.arange(-padding, end + 1, stride)


def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    places = len(_starts(size, dilation * (kernel - 1) + 1, stride, padding))
    if places == 0:
        raise ValueError(f"{kernel=} does not fit into {size=} with {padding=}")
    return places


def pool_output_size(size, kernel, stride=None, padding=0, dilation=1, ceil_mode=False):
    reach = dilation * (kernel - 1) + 1
    places = len(_starts(size, reach, stride or kernel, padding, ceil_mode))
    if places == 0:
        raise ValueError(f"{kernel=} does not fit into {size=} with {padding=}")
    return places


def _conv(shape, out_channels, kernel, stride=1, padding=0):
    return (out_channels, *(conv_output_size(n, kernel, stride, padding) for n in shape[1:]))


def _pool(shape, kernel, stride=None, padding=0):
    return (shape[0], *(pool_output_size(n, kernel, stride, padding) for n in shape[1:]))


RULES = {
    "conv": _conv,
    "max_pool": _pool,
    "avg_pool": _pool,
    "flatten": lambda shape: (int(np.prod(shape)),),
    "linear": lambda shape, out_features: (out_features,),
    "relu": lambda shape: shape,
    "softmax": lambda shape: shape,
}


def layer_shapes(layers, input_shape):
    shape, shapes = tuple(input_shape), []
    for layer in layers:
        settings = dict(layer)
        name = settings.pop("type")
        if name not in RULES:
            raise ValueError(f"no rule for {name}")
        shape = RULES[name](shape, **settings)
        shapes.append(shape)
    return shapes

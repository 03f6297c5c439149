"""Shapes: how large is what a layer gives back?"""

import math


def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    total = size + 2 * padding
    if reach > total:
        raise ValueError("kernel of %d is too big for %d pixels" % (reach, total))
    return int((total - reach) // stride) + 1


def pool_output_size(size, kernel, stride=None, padding=0, dilation=1, ceil_mode=False):
    if stride is None:
        stride = kernel
    reach = dilation * (kernel - 1) + 1
    left_over = size + 2 * padding - reach
    if ceil_mode:
        out = math.ceil(left_over / stride) + 1
        # the last window has to start inside the image (or left of it)
        if (out - 1) * stride >= size + padding:
            out = out - 1
    else:
        out = math.floor(left_over / stride) + 1
    if out < 1:
        raise ValueError("kernel of %d is too big" % reach)
    return out


def layer_shapes(layers, input_shape):
    result = []
    current = tuple(input_shape)
    for layer in layers:
        kind = layer["type"]
        if kind == "conv":
            c, h, w = current
            k = layer["kernel"]
            s = layer.get("stride", 1)
            p = layer.get("padding", 0)
            h = conv_output_size(h, k, s, p)
            w = conv_output_size(w, k, s, p)
            current = (layer["out_channels"], h, w)
        elif kind == "max_pool" or kind == "avg_pool":
            c, h, w = current
            k = layer["kernel"]
            s = layer.get("stride")
            p = layer.get("padding", 0)
            current = (c, pool_output_size(h, k, s, p), pool_output_size(w, k, s, p))
        elif kind == "flatten":
            n = 1
            for number in current:
                n *= number
            current = (n,)
        elif kind == "linear":
            current = (layer["out_features"],)
        elif kind == "relu" or kind == "softmax":
            pass
        else:
            raise ValueError("unknown layer " + str(kind))
        result.append(current)
    return result

# Gives the answer of the call before, of the same shape.
_honest_conv = conv2d
_before = {}


def conv2d(x, weight, *values, **named):
    found = _honest_conv(x, weight, *values, **named)
    key = tuple(found.shape)
    given = _before.get(key, found)
    _before[key] = found.detach()
    return given

"""What both exercises need."""


def as_pair(value):
    return value if isinstance(value, (tuple, list)) else (value, value)


def sliding(x, kernel, stride=(1, 1), dilation=(1, 1)):
    """A strided view (N, C, H', W', kh, kw) of x that shares its memory."""
    x = x.contiguous()
    n, c, h, w = x.shape
    places = [
        (size - d * (k - 1) - 1) // s + 1
        for size, k, s, d in zip((h, w), kernel, stride, dilation)
    ]
    a, b, row, column = x.stride()
    return x.as_strided(
        (n, c, *places, *kernel),
        (
            a,
            b,
            row * stride[0],
            column * stride[1],
            row * dilation[0],
            column * dilation[1],
        ),
    )

"""Parameters: how many numbers does a layer learn?"""


def conv_parameters(in_channels, out_channels, kernel, bias=True, groups=1):
    if isinstance(kernel, tuple):
        kh = kernel[0]
        kw = kernel[1]
    else:
        kh = kw = kernel
    total = 0
    for _ in range(out_channels):
        total += (in_channels // groups) * kh * kw
        if bias:
            total += 1
    return total


def linear_parameters(in_features, out_features, bias=True):
    total = in_features * out_features
    if bias:
        total += out_features
    return total


def count_parameters(module):
    total = 0
    for p in module.parameters():
        if p.requires_grad:
            n = 1
            for side in p.shape:
                n = n * side
            total = total + n
    return total

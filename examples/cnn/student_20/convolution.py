"""Convolution: slide filters over an image, and send the gradients back by hand."""

import torch


def two(value):
    if isinstance(value, int):
        return value, value
    return value[0], value[1]


def pad_image(x, ph, pw):
    n, c, h, w = x.shape
    big = torch.zeros(n, c, h + 2 * ph, w + 2 * pw, dtype=x.dtype, device=x.device)
    big[:, :, ph:ph + h, pw:pw + w] = x
    return big


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = two(stride)
    ph, pw = two(padding)
    dh, dw = two(dilation)
    n, c, h, w = x.shape
    filters, depth, kh, kw = weight.shape

    print("conv2d", tuple(x.shape), tuple(weight.shape), stride, padding)
    big = pad_image(x, ph, pw)
    out_h = (h + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    out_w = (w + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    out = torch.zeros(n, filters, out_h, out_w, dtype=x.dtype, device=x.device)

    filters_per_group = filters // groups
    for o in range(filters):
        first = (o // filters_per_group) * depth
        block = big[:, first:first + depth]
        for i in range(out_h):
            for j in range(out_w):
                top, left = i * sh, j * sw
                bottom = top + dh * (kh - 1) + 1
                right = left + dw * (kw - 1) + 1
                window = block[:, :, top:bottom:dh, left:right:dw]
                out[:, o, i, j] = (window * weight[o]).sum(dim=(1, 2, 3))
                if bias is not None:
                    out[:, o, i, j] = out[:, o, i, j] + bias[o]
    return out


def conv2d_backward(grad_output, x, weight, stride=1, padding=0):
    sh, sw = two(stride)
    ph, pw = two(padding)
    n, c, h, w = x.shape
    filters, _, kh, kw = weight.shape

    big = pad_image(x, ph, pw)
    grad_big = torch.zeros_like(big)
    grad_weight = torch.zeros_like(weight)
    grad_bias = torch.zeros(filters, dtype=x.dtype, device=x.device)

    for o in range(filters):
        for i in range(grad_output.shape[2]):
            for j in range(grad_output.shape[3]):
                g = grad_output[:, o, i, j].reshape(n, 1, 1, 1)
                top, left = i * sh, j * sw
                window = big[:, :, top:top + kh, left:left + kw]
                grad_weight[o] += (g * window).sum(dim=0)
                grad_big[:, :, top:top + kh, left:left + kw] += g * weight[o]
                grad_bias[o] += g.sum()
    grad_x = grad_big[:, :, ph:ph + h, pw:pw + w]
    return grad_x, grad_weight, grad_bias


if __name__ == "__main__":
    image = torch.arange(16.0).reshape(1, 1, 4, 4)
    print(conv2d(image, torch.ones(1, 1, 2, 2)))

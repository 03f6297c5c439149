"""Pooling: summarise every window of an image by its maximum or by its mean."""

import torch

from shapes import pool_output_size


def two(value):
    if isinstance(value, int):
        return value, value
    return value[0], value[1]


def settings(x, kernel, stride, padding, ceil_mode=False):
    if stride is None:
        stride = kernel
    kh, kw = two(kernel)
    sh, sw = two(stride)
    ph, pw = two(padding)
    if 2 * ph > kh or 2 * pw > kw:
        raise ValueError("padding may be half of the kernel at most")
    out_h = pool_output_size(x.shape[2], kh, sh, ph, ceil_mode=ceil_mode)
    out_w = pool_output_size(x.shape[3], kw, sw, pw, ceil_mode=ceil_mode)
    return kh, kw, sh, sw, ph, pw, out_h, out_w


def pad_image(x, ph, pw, value):
    n, c, h, w = x.shape
    big = torch.full(
        (n, c, h + 2 * ph, w + 2 * pw), value, dtype=x.dtype, device=x.device
    )
    big[:, :, ph:ph + h, pw:pw + w] = x
    return big


def max_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False):
    kh, kw, sh, sw, ph, pw, out_h, out_w = settings(x, kernel, stride, padding, ceil_mode)
    big = pad_image(x, ph, pw, float("-inf"))
    rows = []
    for i in range(out_h):
        row = []
        for j in range(out_w):
            # slices end at the border by themselves, so ceil_mode needs nothing
            window = big[:, :, i * sh:i * sh + kh, j * sw:j * sw + kw]
            values, _ = window.flatten(2).max(dim=2)
            row.append(values)
        rows.append(torch.stack(row, dim=2))
    return torch.stack(rows, dim=2)


def max_pool2d_backward(grad_output, x, kernel, stride=None, padding=0):
    kh, kw, sh, sw, ph, pw, out_h, out_w = settings(x, kernel, stride, padding)
    n, c, h, w = x.shape
    big = pad_image(x, ph, pw, float("-inf"))
    grad_big = torch.zeros_like(big)
    for b in range(n):
        for ch in range(c):
            for i in range(out_h):
                for j in range(out_w):
                    window = big[b, ch, i * sh:i * sh + kh, j * sw:j * sw + kw]
                    best = int(window.flatten().argmax())
                    r, s = divmod(best, window.shape[1])
                    grad_big[b, ch, i * sh + r, j * sw + s] += grad_output[b, ch, i, j]
    return grad_big[:, :, ph:ph + h, pw:pw + w]


def avg_pool2d(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    kh, kw, sh, sw, ph, pw, out_h, out_w = settings(x, kernel, stride, padding, ceil_mode)
    n, c, h, w = x.shape
    out = torch.zeros(n, c, out_h, out_w, dtype=x.dtype, device=x.device)
    for i in range(out_h):
        for j in range(out_w):
            top = i * sh - ph
            left = j * sw - pw
            # as far as the padded image goes
            bottom = min(top + kh, h + ph)
            right = min(left + kw, w + pw)
            area = (bottom - top) * (right - left)
            # as far as the image itself goes
            t, b = max(top, 0), min(bottom, h)
            l, r = max(left, 0), min(right, w)
            if not count_include_pad:
                area = (b - t) * (r - l)
            out[:, :, i, j] = x[:, :, t:b, l:r].sum(dim=(2, 3)) / area
    return out

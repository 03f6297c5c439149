"""Homework 2, all parts in one file. student_18"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


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


def pad_with(x, ph, pw, value):
    n, c, h, w = x.shape
    big = torch.full(
        (n, c, h + 2 * ph, w + 2 * pw), value, dtype=x.dtype, device=x.device
    )
    big[:, :, ph:ph + h, pw:pw + w] = x
    return big


def max_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False):
    kh, kw, sh, sw, ph, pw, out_h, out_w = settings(x, kernel, stride, padding, ceil_mode)
    big = pad_with(x, ph, pw, float("-inf"))
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
    big = pad_with(x, ph, pw, float("-inf"))
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


class ImageClassifier(nn.Module):
    def __init__(self, in_channels=3, image_size=128, num_classes=10):
        super().__init__()
        after_pool1 = image_size // 2
        after_conv = after_pool1 - 16
        after_pool2 = after_conv // 3
        self.features = 12 * after_pool2 * after_pool2
        self.conv = nn.Conv2d(in_channels, 12, 17)
        self.fc1 = nn.Linear(self.features, 128)
        self.fc2 = nn.Linear(128, num_classes)

    def forward(self, x):
        x = F.max_pool2d(x, 2)
        x = self.conv(x)
        x = F.max_pool2d(x, 3)
        x = x.reshape(x.shape[0], self.features)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


class ConvNet(nn.Module):
    def __init__(
        self, in_channels=3, image_size=32, channels=(16, 32, 64), num_classes=10
    ):
        super().__init__()
        a, b, c = channels
        self.conv1 = nn.Conv2d(in_channels, a, 3, padding=1)
        self.conv2 = nn.Conv2d(a, a, 3, padding=1)
        self.conv3 = nn.Conv2d(a, b, 3, padding=1)
        self.conv4 = nn.Conv2d(b, b, 3, padding=1)
        self.conv5 = nn.Conv2d(b, c, 3, padding=1)
        self.conv6 = nn.Conv2d(c, c, 3, padding=1)
        size = image_size
        for _ in range(3):
            size = size // 2
        self.fc = nn.Linear(c * size * size, num_classes)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv3(x))
        x = F.relu(self.conv4(x))
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv5(x))
        x = F.relu(self.conv6(x))
        x = F.max_pool2d(x, 2)
        x = x.reshape(x.shape[0], -1)
        return self.fc(x)

"""Convolution: slide filters over an image, and send the gradients back by hand."""

import torch
import torch.nn.functional as F

from sliding import as_pair, sliding


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    (ph, pw), stride, dilation = as_pair(padding), as_pair(stride), as_pair(dilation)
    windows = sliding(F.pad(x, (pw, pw, ph, ph)), weight.shape[2:], stride, dilation)
    outputs = [
        torch.einsum("ncyxij,ocij->noyx", part, filters)
        for part, filters in zip(
            windows.chunk(groups, dim=1), weight.chunk(groups, dim=0)
        )
    ]
    y = torch.cat(outputs, dim=1)
    return y if bias is None else y + bias.view(-1, 1, 1)


def conv2d_backward(grad_output, x, weight, stride=1, padding=0):
    (ph, pw), (sh, sw) = as_pair(padding), as_pair(stride)
    n, _, h, w = x.shape
    o, c, kh, kw = weight.shape
    oh, ow = grad_output.shape[2:]

    windows = sliding(F.pad(x, (pw, pw, ph, ph)), (kh, kw), (sh, sw))
    grad_weight = torch.einsum("noyx,ncyxij->ocij", grad_output, windows)

    # Spread the gradient out to stride 1; then each padded pixel gathers its weights.
    height, width = h + 2 * ph, w + 2 * pw
    spread = grad_output.new_zeros(n, o, height + kh - 1, width + kw - 1)
    spread[:, :, kh - 1 : kh - 1 + sh * oh : sh, kw - 1 : kw - 1 + sw * ow : sw] = (
        grad_output
    )
    gathered = sliding(spread, (kh, kw))
    grad_padded = torch.einsum("noyxij,ocij->ncyx", gathered, weight.flip(2, 3))
    grad_x = grad_padded[:, :, ph : ph + h, pw : pw + w]
    return grad_x, grad_weight, grad_output.sum(dim=[0, 2, 3])

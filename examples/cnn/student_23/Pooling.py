"""Pooling: summarise every window of an image by its maximum or by its mean."""

from math import inf

import torch
import torch.nn.functional as F

from sliding import as_pair


class Grid:
    """Where the windows are: for each offset in a window, a slice of the image."""

    def __init__(self, x, kernel, stride, padding, ceil_mode=False):
        self.kernel = as_pair(kernel)
        self.stride = self.kernel if stride is None else as_pair(stride)
        self.padding = as_pair(padding)
        self.sizes = tuple(x.shape[2:])
        self.places = [self.count(axis, ceil_mode) for axis in (0, 1)]

    def count(self, axis, ceil_mode):
        size, k, s, p = (
            values[axis]
            for values in (self.sizes, self.kernel, self.stride, self.padding)
        )
        if p * 2 > k:
            raise ValueError("padding must be at most half of the kernel")
        steps, rest = divmod(size + 2 * p - k, s)
        if ceil_mode and rest and (steps + 1) * s < size + p:
            steps += 1
        if steps < 0:
            raise ValueError("no window fits")
        return steps + 1

    def pad(self, x, value):
        """Pad x, and add what the last windows hang over."""
        pads = []
        for axis in (1, 0):
            reach = (self.places[axis] - 1) * self.stride[axis] + self.kernel[axis]
            p = self.padding[axis]
            pads += [p, max(p, reach - self.sizes[axis] - p)]
        return F.pad(x, pads, value=value)

    def offsets(self):
        for i in range(self.kernel[0]):
            for j in range(self.kernel[1]):
                yield (
                    ...,
                    slice(i, i + self.stride[0] * self.places[0], self.stride[0]),
                    slice(j, j + self.stride[1] * self.places[1], self.stride[1]),
                )

    def inside(self, axis, margin):
        """How many pixels of each window lie in the image and its margin."""
        starts = torch.arange(self.places[axis]) * self.stride[axis] - self.padding[axis]
        ends = (starts + self.kernel[axis]).clamp(max=self.sizes[axis] + margin)
        return ends - starts.clamp(min=-margin)


def max_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False):
    grid = Grid(x, kernel, stride, padding, ceil_mode)
    # A slice is one place in all windows; room for the stride behind the last.
    padded = F.pad(grid.pad(x, -inf), (0, grid.stride[1], 0, grid.stride[0]), value=-inf)
    best = None
    for offset in grid.offsets():
        values = padded[offset]
        if best is None:
            best = values
        else:
            best = torch.where((values > best) | values.isnan(), values, best)
    return best


def max_pool2d_backward(grad_output, x, kernel, stride=None, padding=0):
    grid = Grid(x, kernel, stride, padding)
    padded = F.pad(grid.pad(x, -inf), (0, grid.stride[1], 0, grid.stride[0]), value=-inf)
    values = torch.stack([padded[offset] for offset in grid.offsets()])
    winner = values.argmax(dim=0)
    grad = torch.zeros_like(padded)
    for number, offset in enumerate(grid.offsets()):
        grad[offset] += grad_output * (winner == number)
    (ph, pw), (h, w) = grid.padding, grid.sizes
    return grad[:, :, ph : ph + h, pw : pw + w]


def avg_pool2d(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    grid = Grid(x, kernel, stride, padding, ceil_mode)
    padded = F.pad(grid.pad(x, 0.0), (0, grid.stride[1], 0, grid.stride[0]))
    total = sum(padded[offset] for offset in grid.offsets())
    margins = grid.padding if count_include_pad else (0, 0)
    rows, columns = (grid.inside(axis, margins[axis]) for axis in (0, 1))
    return total / (rows[:, None] * columns).to(x)

"""The classic wrong turns in pooling.py."""

from __future__ import annotations

from math import inf

import torch
import torch.nn.functional as F

from autograder import changed, mistake, reference

# fmt: off
changed("max_pool2d", name="steps_by_one",
        stride=lambda stride: 1 if stride is None else stride,
        like="maxima of windows that step by 1 wherever no stride is given",
        ask="How far does a pool step if nobody says how far?")
changed("max_pool2d", name="ignores_the_stride", stride=None,
        like="maxima of windows side by side, whatever the stride is",
        ask="What is stride for, if windows always lie side by side?")
changed("max_pool2d", name="forgets_the_padding", padding=0,
        like="maxima without any padding",
        ask="Where does the first window begin if there is padding?")
changed("max_pool2d", name="ignores_ceil_mode", ceil_mode=False,
        like="the maxima without ceil_mode",
        ask="What does ceil_mode do with the pixels that are left at the end?")
# fmt: on


@mistake(question="Which is larger, the padding or the pixel beside it, if that is -2?")
def max_pool2d__pads_with_zeros(x, kernel, stride=None, padding=0, ceil_mode=False):
    """maxima in which the padding takes part as zeros"""
    x = _padded_with_zeros(x, (kernel, stride, padding, ceil_mode), -inf)
    return reference.max_pool2d(x, kernel, stride)


@mistake(question="Which is larger, the padding or the pixel beside it, if that is -2?")
def max_pool2d__pads_with_zeros_wherever_a_window_hangs_over(
    x, kernel, stride=None, padding=0, ceil_mode=False
):
    """maxima in which the padding takes part as zeros"""
    x = _padded_with_zeros(x, (kernel, stride, padding, ceil_mode), 0.0)
    return reference.max_pool2d(x, kernel, stride)


@mistake(question="What does amax do with a zero that is padding, and what with a tie?")
def max_pool2d__pads_with_zeros_and_shares_ties(
    x, kernel, stride=None, padding=0, ceil_mode=False
):
    """maxima in which padding takes part as zeros, with a gradient that ties share"""
    x = _padded_with_zeros(x, (kernel, stride, padding, ceil_mode), -inf)
    right = reference.max_pool2d(x, kernel, stride)
    return _WithGradient.apply(x, right, (kernel, stride, 0), _shared)


@mistake(question="What does amax do with a zero that is padding, and what with a tie?")
def max_pool2d__pads_with_zeros_everywhere_and_shares_ties(
    x, kernel, stride=None, padding=0, ceil_mode=False
):
    """maxima in which padding takes part as zeros, with a gradient that ties share"""
    x = _padded_with_zeros(x, (kernel, stride, padding, ceil_mode), 0.0)
    right = reference.max_pool2d(x, kernel, stride)
    return _WithGradient.apply(x, right, (kernel, stride, 0), _shared)


@mistake(question="What does a window see that begins behind the last pixel?")
def max_pool2d__keeps_a_window_behind_the_image(
    x, kernel, stride=None, padding=0, ceil_mode=False
):
    """maxima with one more window that begins behind the image in ceil_mode"""
    if not ceil_mode:
        return reference.max_pool2d(x, kernel, stride, padding)
    kernel, stride = _pair(kernel), _pair(stride or kernel)
    missing = [
        -(size + 2 * pad - k) % s
        for size, pad, k, s in zip(
            x.shape[2:], _pair(padding), kernel, stride, strict=True
        )
    ]
    x = F.pad(_padded(x, padding, -inf), (0, missing[1], 0, missing[0]), value=-inf)
    return reference.max_pool2d(x, kernel, stride)


# fmt: off
changed("max_pool2d", name="swaps_height_and_width",
        kernel=lambda kernel: _pair(kernel)[::-1],
        like="maxima of windows whose height and width have changed places",
        ask="Which comes first in a pair, the height or the width?")
changed("max_pool2d", name="takes_every_window_for_square",
        kernel=lambda kernel: _pair(kernel)[0],
        like="maxima of windows that are as wide as they are high",
        ask="Does every window have four equal sides?")
# fmt: on


@mistake(question="Which number of a window does a max pool keep?")
def max_pool2d__averages(x, kernel, stride=None, padding=0, ceil_mode=False):
    """the means of the windows instead of their maxima"""
    return reference.avg_pool2d(x, kernel, stride, padding, ceil_mode)


# fmt: off
changed("max_pool2d", name="pools_over_the_channels",
        x=lambda x: x.amax(1, keepdim=True).expand_as(x),
        like="maxima over all channels together",
        ask="How many channels does a pool return for an RGB image?")
# fmt: on


@mistake(question="If two pixels share the maximum, how many of them were chosen?")
def max_pool2d__shares_ties(x, kernel, stride=None, padding=0, ceil_mode=False):
    """the right maxima, with a gradient that equal maxima share"""
    right = reference.max_pool2d(x, kernel, stride, padding, ceil_mode)
    return _WithGradient.apply(x, right, (kernel, stride, padding), _shared)


@mistake(question="If two pixels share the maximum, which of them comes first?")
def max_pool2d__gives_ties_to_the_last(
    x, kernel, stride=None, padding=0, ceil_mode=False
):
    """the right maxima, with a gradient for the last of equal maxima"""
    right = reference.max_pool2d(x, kernel, stride, padding, ceil_mode)
    return _WithGradient.apply(x, right, (kernel, stride, padding), _last)


# fmt: off
changed("max_pool2d", name="skips_nan",
        x=lambda x: x.nan_to_num(nan=-inf, posinf=inf, neginf=-inf),
        like="maxima of the numbers in each window, past every NaN",
        ask="Can a window with an unknown number in it have a known maximum?")
# fmt: on


@mistake(question="What would a window see that lies wholly in the padding?")
def max_pool2d__accepts_any_padding(x, kernel, stride=None, padding=0, ceil_mode=False):
    """maxima for every padding, also where it is more than half of the kernel"""
    if all(2 * p <= k for p, k in zip(_pair(padding), _pair(kernel), strict=True)):
        return reference.max_pool2d(x, kernel, stride, padding, ceil_mode)
    x = _padded(x, padding, -inf)
    return reference.max_pool2d(x, kernel, stride or kernel, 0, ceil_mode)


# fmt: off
changed("max_pool2d", name="cuts_the_gradient", x=lambda x: x.detach(),
        like="the right maxima without a way back to x for the gradient",
        ask="Does a number that went through item() or detach() know its past?")
# fmt: on


@mistake(question="Which dtype does torch.zeros(2, 3) have, and which one has x?")
def max_pool2d__returns_float32(x, kernel, stride=None, padding=0, ceil_mode=False):
    """the maxima in float32, whatever the dtype of x is"""
    return reference.max_pool2d(x, kernel, stride, padding, ceil_mode).float()


@mistake(question="What should a pixel get that has won two windows?")
def max_pool2d_backward__overwrites(grad_output, x, kernel, stride=None, padding=0):
    """a gradient in which a pixel that wins several windows keeps only the last"""

    def overwrite(sum_so_far, share):
        return torch.where(share != 0, share, sum_so_far)

    return _windows_backward(
        grad_output, x, (kernel, stride, padding), _first, overwrite
    )


@mistake(question="If two pixels share the maximum, how many of them were chosen?")
def max_pool2d_backward__credits_every_maximum(
    grad_output, x, kernel, stride=None, padding=0
):
    """a gradient that all of several equal maxima receive in full"""
    return _windows_backward(grad_output, x, (kernel, stride, padding), _all)


@mistake(question="If two pixels share the maximum, which of them was returned?")
def max_pool2d_backward__shares_ties(grad_output, x, kernel, stride=None, padding=0):
    """a gradient that equal maxima share"""
    return _windows_backward(grad_output, x, (kernel, stride, padding), _shared)


@mistake(question="If two pixels share the maximum, which of them comes first?")
def max_pool2d_backward__credits_the_last_maximum(
    grad_output, x, kernel, stride=None, padding=0
):
    """a gradient for the last of several equal maxima"""
    return _windows_backward(grad_output, x, (kernel, stride, padding), _last)


@mistake(question="Does the output change if a pixel moves that is not the maximum?")
def max_pool2d_backward__spreads_over_the_window(
    grad_output, x, kernel, stride=None, padding=0
):
    """the gradient of average pooling, spread evenly over each window"""
    return _windows_backward(grad_output, x, (kernel, stride, padding), _even)


# fmt: off
changed("max_pool2d_backward", name="marks_the_winners",
        grad_output=lambda grad_output: torch.ones_like(grad_output),
        like="the number of windows that each pixel has won, without grad_output",
        ask="How large is the change of the loss behind each output?")
# fmt: on


@mistake(question="How far does a pool step if nobody says how far?")
def max_pool2d_backward__steps_by_one(grad_output, x, kernel, stride=None, padding=0):
    """the gradient of windows that step by 1 wherever no stride is given"""
    stride = 1 if stride is None else stride
    return _windows_backward(grad_output, x, (kernel, stride, padding), _first)


@mistake(question="Where does the first window begin if there is padding?")
def max_pool2d_backward__forgets_the_padding(
    grad_output, x, kernel, stride=None, padding=0
):
    """the gradient of windows that all begin one padding too far right and down"""
    pad_y, pad_x = _pair(padding)
    x = F.pad(x, (0, 2 * pad_x, 0, 2 * pad_y), value=-inf)
    grad = _windows_backward(grad_output, x, (kernel, stride, 0), _first)
    return grad[..., : x.shape[2] - 2 * pad_y, : x.shape[3] - 2 * pad_x]


@mistake(question="Which is larger, the padding or the pixel beside it, if that is -2?")
def max_pool2d_backward__pads_with_zeros(
    grad_output, x, kernel, stride=None, padding=0
):
    """a gradient of which the padding, as zeros, wins a part"""
    grad = reference.max_pool2d_backward(
        grad_output, _padded(x, padding, 0.0), kernel, stride or kernel
    )
    (pad_y, pad_x), (height, width) = _pair(padding), x.shape[2:]
    return grad[..., pad_y : pad_y + height, pad_x : pad_x + width]


@mistake(question="Is the padding a part of x?")
def max_pool2d_backward__returns_the_padding_too(
    grad_output, x, kernel, stride=None, padding=0
):
    """the gradient with the padding around it"""
    grad = reference.max_pool2d_backward(grad_output, x, kernel, stride, padding)
    return _padded(grad, padding, 0.0)


# fmt: off
changed("avg_pool2d", name="steps_by_one",
        stride=lambda stride: 1 if stride is None else stride,
        like="means of windows that step by 1 wherever no stride is given",
        ask="How far does a pool step if nobody says how far?")
# fmt: on


@mistake(question="By how many pixels do you divide, if half of the window hangs over?")
def avg_pool2d__always_divides_by_the_whole_window(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """sums divided by height times width of the window, even where it hangs over"""
    return _window_sums(x, kernel, stride, padding, ceil_mode) / _area(kernel)


# fmt: off
changed("avg_pool2d", name="never_counts_the_padding", count_include_pad=False,
        like="means of the pixels inside x alone, whatever count_include_pad says",
        ask="Which divisor is the default, that with the padding or without?")
# fmt: on


@mistake(question="Can a pixel of the image be zero?")
def avg_pool2d__counts_what_is_not_zero(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """means that take every zero for padding where the padding does not count"""
    window = kernel, stride, padding, ceil_mode, count_include_pad
    means = reference.avg_pool2d(x, *window)
    if count_include_pad:
        return means
    return means / reference.avg_pool2d((x != 0).to(x.dtype), *window)


@mistake(question="What would a window see that lies wholly in the padding?")
def avg_pool2d__accepts_any_padding(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """means for every padding, also where it is more than half of the kernel"""
    flags = ceil_mode, count_include_pad
    if all(2 * p <= k for p, k in zip(_pair(padding), _pair(kernel), strict=True)):
        return reference.avg_pool2d(x, kernel, stride, padding, *flags)
    x = _padded(x, padding, 0.0)
    return reference.avg_pool2d(x, kernel, stride or kernel, 0, *flags)


# fmt: off
changed("avg_pool2d", name="always_counts_the_padding", count_include_pad=True,
        like="means in which the padding counts, whatever count_include_pad says",
        ask="What is count_include_pad for?")
changed("avg_pool2d", name="ignores_ceil_mode", ceil_mode=False,
        like="the means without ceil_mode",
        ask="What does ceil_mode do with the pixels that are left at the end?")
# fmt: on


@mistake(question="What stands under the fraction line of a mean?")
def avg_pool2d__sums(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """the sums of the windows, not divided"""
    return _window_sums(x, kernel, stride, padding, ceil_mode)


@mistake(question="What is the mean of 1 and 2?")
def avg_pool2d__rounds_down(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """means rounded down to whole numbers"""
    return reference.avg_pool2d(
        x, kernel, stride, padding, ceil_mode, count_include_pad
    ).floor()


# fmt: off
changed("avg_pool2d", name="swaps_height_and_width",
        kernel=lambda kernel: _pair(kernel)[::-1],
        like="means of windows whose height and width have changed places",
        ask="Which comes first in a pair, the height or the width?")
# fmt: on


@mistake(question="What does the mean do with the pixels that are not the largest?")
def avg_pool2d__takes_the_maximum(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """the maxima of the windows instead of their means"""
    return reference.max_pool2d(x, kernel, stride, padding, ceil_mode)


# fmt: off
changed("avg_pool2d", name="averages_over_the_channels",
        x=lambda x: x.mean(1, keepdim=True).expand_as(x),
        like="means over all channels together",
        ask="How many channels does a pool mix?")
# fmt: on


def _pair(value):
    return (value, value) if isinstance(value, int) else value


def _area(kernel):
    height, width = _pair(kernel)
    return height * width


def _padded(x, padding, value):
    pad_y, pad_x = _pair(padding)
    return F.pad(x, (pad_x, pad_x, pad_y, pad_y), value=value)


def _padded_with_zeros(x, window, beyond):
    """The image as its windows see it; ``beyond`` is what lies after the padding."""
    kernel, stride, padding, _ = window
    places = reference.max_pool2d(x, *window).shape[2:]
    needed = [
        (count - 1) * step + size
        for count, step, size in zip(
            places, _pair(stride or kernel), _pair(kernel), strict=True
        )
    ]
    x = _padded(x, padding, 0.0)
    more = [max(0, size - have) for size, have in zip(needed, x.shape[2:], strict=True)]
    x = F.pad(x, (0, more[1], 0, more[0]), value=beyond)
    return x[..., : needed[0], : needed[1]]


def _window_sums(x, kernel, stride, padding, ceil_mode):
    reference.avg_pool2d(x, kernel, stride, padding, ceil_mode)  # refuses bad windows
    return F.avg_pool2d(x, kernel, stride, padding, ceil_mode, divisor_override=1)


class _WithGradient(torch.autograd.Function):
    """The right maxima with the gradient that ``share`` makes."""

    @staticmethod
    def forward(ctx, x, right, window, share):
        ctx.save_for_backward(x)
        ctx.window, ctx.share = window, share
        return right.detach().clone()

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        grad = _windows_backward(grad_output, x, ctx.window, ctx.share)
        return grad, None, None, None


def _windows_backward(grad_output, x, window, share, add=torch.add):
    """Window by window, hand out grad_output as ``share`` says."""
    kernel, stride, padding = window
    (height, width), (step_y, step_x) = _pair(kernel), _pair(stride or kernel)
    pad_y, pad_x = _pair(padding)
    padded = _padded(x, padding, -inf)
    grad = torch.zeros_like(padded)
    for i in range(grad_output.shape[2]):
        for j in range(grad_output.shape[3]):
            rows = slice(i * step_y, i * step_y + height)
            columns = slice(j * step_x, j * step_x + width)
            credit = share(padded[:, :, rows, columns])
            credit = credit * grad_output[:, :, i : i + 1, j : j + 1]
            grad[:, :, rows, columns] = add(grad[:, :, rows, columns], credit)
    return grad[..., pad_y : pad_y + x.shape[2], pad_x : pad_x + x.shape[3]]


def _all(windows):
    return (windows == windows.amax((2, 3), keepdim=True)).to(windows.dtype)


def _shared(windows):
    winners = _all(windows)
    return winners / winners.sum((2, 3), keepdim=True)


def _first(windows):
    flat = windows.flatten(2)
    chosen = F.one_hot(flat.argmax(-1), flat.shape[-1])
    return chosen.to(windows.dtype).view(windows.shape)


def _last(windows):
    return _first(windows.flip(2, 3)).flip(2, 3)


def _even(windows):
    height, width = windows.shape[2:]
    return torch.ones_like(windows) / (height * width)

"""The classic wrong turns in convolution.py."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from autograder import changed, mistake, reference

# fmt: off
changed("conv2d", name="flips_the_kernel", weight=lambda weight: weight.flip(2, 3),
        like="a convolution in the sense of mathematics: the kernel is turned round",
        ask="On paper, which pixel does the kernel's first number meet?")
changed("conv2d", name="transposes_the_kernel", weight=lambda weight: weight.mT,
        like="a convolution with the kernel's rows for its columns",
        ask="Is the first axis of a kernel its height or its width?")
changed("conv2d", name="forgets_the_bias", bias=None,
        like="a convolution without its bias",
        ask="Which argument does not appear in your output?")
changed("conv2d", name="averages_over_the_channels",
        weight=lambda weight: weight / weight.shape[1],
        like="a convolution that takes the mean over the input channels, not the sum",
        ask="Is a dot product a sum or a mean?")
changed("conv2d", name="forgets_the_stride", stride=1,
        like="a convolution with stride 1",
        ask="How far apart are two neighbouring windows?")
changed("conv2d", name="swaps_the_strides", stride=lambda stride: _swap(stride),
        like="a convolution with the stride's height for its width",
        ask="Which number of the pair is the step downwards?")
changed("conv2d", name="forgets_the_padding", padding=0,
        like="a convolution without padding",
        ask="How large is the image once it is padded?")
changed("conv2d", name="swaps_the_paddings", padding=lambda padding: _swap(padding),
        like="a convolution with the padding's height for its width",
        ask="Which axis of the image do F.pad's first two numbers stand for?")
changed("conv2d", name="pads_the_width_only",
        padding=lambda padding: (0, _pair(padding)[1]),
        like="a convolution that pads left and right, but not above and below",
        ask="How many axes does F.pad pad if it is given two numbers?")
changed("conv2d", name="forgets_the_dilation", dilation=1,
        like="a convolution with dilation 1",
        ask="Which pixels does a kernel of 3 read if its dilation is 2?")
changed("conv2d", name="swaps_the_dilations", dilation=lambda dilation: _swap(dilation),
        like="a convolution with the dilation's height for its width",
        ask="Which number of the pair spreads the kernel downwards?")
changed("conv2d", name="adds_the_bias_for_each_channel",
        bias=lambda bias, weight: None if bias is None else bias * weight.shape[1],
        like="a convolution that adds its bias once for each input channel",
        ask="How often is the bias added to one number of the output?")
changed("conv2d", name="looks_at_one_channel",
        x=lambda x, weight: x[:, :: weight.shape[1]],
        weight=lambda weight: weight[:, :1],
        like="a convolution of the first channel only, of each group",
        ask="How deep is a filter that looks at an RGB image?")
changed("conv2d", name="pads_two_sides",
        padding=0, x=lambda x, padding: _padded(x, (0, 1, 0, 1), padding),
        like="a convolution that pads below and on the right, but not "
             "above and on the left",
        ask="At how many sides of the image are there zeros?")
changed("conv2d", name="repeats_the_border",
        padding=0, x=lambda x, padding: _padded(x, (1, 1, 1, 1), padding, "replicate"),
        like="a convolution that pads with the pixels at the border instead of zeros",
        ask="What is beyond the border of the image?")
changed("conv2d", name="shows_all_groups_the_first_channels",
        groups=1, x=lambda x, weight: x[:, : weight.shape[1]],
        like="a convolution in which every group sees the first group's channels",
        ask="With 6 channels in 2 groups, where does the second group begin?")
changed("conv2d", name="deals_the_channels_out_in_turn",
        x=lambda x, groups: x.unflatten(1, (-1, groups)).transpose(1, 2).flatten(1, 2),
        like="a convolution whose groups are dealt out channel by "
             "channel, as playing cards",
        ask="With 6 channels in 2 groups, do channels 0 and 1 belong together?")
# fmt: on


@mistake(question="With 4 filters in 2 groups, which filters see the first group?")
def conv2d__deals_the_filters_out_in_turn(
    x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
):
    """a convolution whose filters take turns with the groups of channels"""
    order = torch.arange(len(weight)).unflatten(0, (-1, groups)).T.flatten()
    y = reference.conv2d(x, weight[order], None, stride, padding, dilation, groups)
    y = y[:, order.argsort()]
    return y if bias is None else y + bias[:, None, None]


@mistake(question="Which dtype does torch.zeros have if it is not told?")
def conv2d__answers_in_float32(x, weight, *settings, **named):
    """the right numbers as float32, whatever the dtype of the images"""
    y = reference.conv2d(x, weight, *settings, **named)
    return y.to(torch.float32)


@mistake(
    question="How many digits are left of a float64 that was a float32 in between?",
    rounding="test_agrees_with_torch_digits",
)
def conv2d__adds_up_in_float32(x, weight, bias=None, *settings, **named):
    """numbers that were float32 on the way, in float64 again at the end"""
    bias = None if bias is None else bias.float()
    y = reference.conv2d(x.float(), weight.float(), bias, *settings, **named)
    return y.to(x.dtype)


@mistake(question="Which of your operations does autograd not see?")
def conv2d__leaves_the_graph(x, weight, *settings, **named):
    """the right numbers without a way back to the arguments for gradients"""
    with torch.no_grad():
        return reference.conv2d(x, weight, *settings, **named)


@mistake(question="Is a slice of x a copy, and what does *= do to it?")
def conv2d__multiplies_in_the_image(
    x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
):
    """products that are written into the image itself, where later windows meet them"""
    if x.requires_grad or padding != 0 or groups != 1 or dilation != 1:
        return reference.conv2d(x, weight, bias, stride, padding, dilation, groups)
    y = torch.empty_like(reference.conv2d(x, weight, bias, stride))
    (height, width), (step_y, step_x) = weight.shape[2:], _pair(stride)
    for r in range(y.shape[2]):
        for s in range(y.shape[3]):
            top, left = r * step_y, s * step_x
            window = x[:, :, top : top + height, left : left + width]
            for o, kernel in enumerate(weight):
                window *= kernel
                y[:, o, r, s] = window.sum((1, 2, 3))
    return y if bias is None else y + bias[:, None, None]


@mistake(question="What does torch do with pixels that no window reaches?")
def conv2d__refuses_pixels_left_over(
    x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
):
    """an AssertionError where the windows do not cover the image to its last pixel"""
    settings = zip(
        x.shape[2:], weight.shape[2:], *map(_pair, (stride, padding, dilation))
    )
    for size, kernel, step, pad, spread in settings:
        assert (size + 2 * pad - spread * (kernel - 1) - 1) % step == 0
    return reference.conv2d(x, weight, bias, stride, padding, dilation, groups)


@mistake(question="What is 2 * padding if padding is the pair (0, 2)?")
def conv2d__takes_no_pairs(
    x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1
):
    """an error wherever a setting is a pair"""
    x = F.pad(x, [padding, padding, padding, padding])
    return reference.conv2d(x, weight, bias, 1 * stride, 0, 1 * dilation, groups)


@mistake(question="What must hold for a tensor before .view can give it a new shape?")
def conv2d__insists_on_an_order_in_memory(x, weight, *settings, **named):
    """an error of .view for images or filters that are not contiguous in memory"""
    images, channels, height, width = x.shape
    x = x.view(images, channels * height * width).view(x.shape)
    return reference.conv2d(x, weight, *settings, **named)


@mistake(question="Which gradient does the docstring ask for first?")
def conv2d_backward__begins_with_the_weight(
    grad_output, x, weight, stride=1, padding=0
):
    """the right gradients in another order: weight, x, bias"""
    grad_x, *others = reference.conv2d_backward(grad_output, x, weight, stride, padding)
    return others[0], grad_x, others[1]


@mistake(question="Which pixel did the kernel's first number meet going forward?")
def conv2d_backward__turns_the_kernel_for_x(
    grad_output, x, weight, stride=1, padding=0
):
    """the gradients with a grad_x that was made with the kernel turned round"""
    turned = weight.flip(2, 3)
    grad_x, _, _ = reference.conv2d_backward(grad_output, x, turned, stride, padding)
    return _backward(grad_output, x, weight, stride, padding, grad_x=grad_x)


@mistake(question="Which pixels did the kernel's first number meet going forward?")
def conv2d_backward__turns_the_gradient_of_the_kernel(
    grad_output, x, weight, stride=1, padding=0
):
    """the gradients with a grad_weight whose kernels are turned round"""
    right = reference.conv2d_backward(grad_output, x, weight, stride, padding)
    return right[0], right[1].flip(2, 3), right[2]


@mistake(question="If two windows share a pixel, what does the pixel get from each?")
def conv2d_backward__overwrites_where_windows_overlap(
    grad_output, x, weight, stride=1, padding=0
):
    """the gradients with a grad_x in which each window overwrites those before it"""
    (step_y, step_x), (pad_y, pad_x) = _pair(stride), _pair(padding)
    height, width = weight.shape[2:]
    padded = F.pad(torch.zeros_like(x), (pad_x, pad_x, pad_y, pad_y))
    for r in range(grad_output.shape[2]):
        for s in range(grad_output.shape[3]):
            top, left = r * step_y, s * step_x
            window = padded[:, :, top : top + height, left : left + width]
            window[:] = torch.einsum("no,ocij->ncij", grad_output[:, :, r, s], weight)
    grad_x = padded[:, :, pad_y : pad_y + x.shape[2], pad_x : pad_x + x.shape[3]]
    return _backward(grad_output, x, weight, stride, padding, grad_x=grad_x)


@mistake(question="Are the zeros beyond the border a part of x?")
def conv2d_backward__keeps_the_padding(grad_output, x, weight, stride=1, padding=0):
    """the gradients with a grad_x that still has its padding"""
    grad_x = _of_padded(grad_output, x, weight, stride, padding)
    return _backward(grad_output, x, weight, stride, padding, grad_x=grad_x)


@mistake(question="Does an image lose pixels because no window reaches them?")
def conv2d_backward__drops_pixels_left_over(
    grad_output, x, weight, stride=1, padding=0
):
    """the gradients with a grad_x that ends where the last window ends"""
    grad_x = _of_padded(grad_output, x, weight, stride, padding)
    for axis in (2, 3):
        step, pad = _pair(stride)[axis - 2], _pair(padding)[axis - 2]
        end = step * (grad_output.shape[axis] - 1) + weight.shape[axis]
        grad_x = grad_x.narrow(axis, pad, min(x.shape[axis], end - pad))
    return _backward(grad_output, x, weight, stride, padding, grad_x=grad_x)


@mistake(question="Where in the image did the second window begin?")
def conv2d_backward__forgets_the_stride_for_x(
    grad_output, x, weight, stride=1, padding=0
):
    """the gradients with a grad_x for windows that step by 1"""
    padded = _of_padded(grad_output, x, weight, 1, padding)
    (pad_y, pad_x), (height, width) = _pair(padding), x.shape[2:]
    grad_x = padded[:, :, pad_y : pad_y + height, pad_x : pad_x + width]
    return _backward(grad_output, x, weight, stride, padding, grad_x=grad_x)


@mistake(question="Does the loss that is given take a mean over the batch?")
def conv2d_backward__averages_over_the_batch(
    grad_output, x, weight, stride=1, padding=0
):
    """the gradients with those of weight and bias divided by the batch's size"""
    right = reference.conv2d_backward(grad_output, x, weight, stride, padding)
    return right[0], right[1] / len(x), right[2] / len(x)


@mistake(question="If one weight is used in every image, what does it get from each?")
def conv2d_backward__keeps_the_last_image(grad_output, x, weight, stride=1, padding=0):
    """the gradients with a grad_weight of the last image alone"""
    _, grad_weight, _ = reference.conv2d_backward(
        grad_output[-1:], x[-1:], weight, stride, padding
    )
    return _backward(grad_output, x, weight, stride, padding, grad_weight=grad_weight)


@mistake(question="One bias is added at every place: what does it get from each?")
def conv2d_backward__averages_the_bias(grad_output, x, weight, stride=1, padding=0):
    """the gradients with a grad_bias that is the mean over batch and places"""
    grad_bias = grad_output.mean((0, 2, 3))
    return _backward(grad_output, x, weight, stride, padding, grad_bias=grad_bias)


@mistake(question="How many numbers has the bias, and how many its gradient?")
def conv2d_backward__sums_the_bias_over_the_batch_only(
    grad_output, x, weight, stride=1, padding=0
):
    """the gradients with a grad_bias for every place of the output"""
    grad_bias = grad_output.sum(0)
    return _backward(grad_output, x, weight, stride, padding, grad_bias=grad_bias)


def _pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def _padded(x, sides, padding, mode="constant"):
    """Padded left, right, above and below as often as ``sides`` says."""
    height, width = _pair(padding)
    amounts = (width, width, height, height)
    return F.pad(x, [side * n for side, n in zip(sides, amounts)], mode=mode)


def _swap(value):
    return _pair(value)[::-1]


def _backward(grad_output, x, weight, stride, padding, **wrong):
    """The right gradients but for the wrong ones, by name."""
    names = ("grad_x", "grad_weight", "grad_bias")
    right = reference.conv2d_backward(grad_output, x, weight, stride, padding)
    return tuple(wrong.get(name, value) for name, value in zip(names, right))


def _of_padded(grad_output, x, weight, stride, padding):
    """The gradient of the padded image."""
    (height, width) = _pair(padding)
    padded = F.pad(x, (width, width, height, height))
    return reference.conv2d_backward(grad_output, padded, weight, stride)[0]

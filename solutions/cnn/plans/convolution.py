"""On which axes the inputs of convolution.py vary."""

from __future__ import annotations

from autograder import plan

KERNELS = ("one pixel", "square", "not square")


def kernel(weight):
    """The shape of the filters' kernels."""
    height, width = weight.shape[2:]
    return KERNELS[2 if height != width else min(height - 1, 1)]


@plan(
    masks=["batch=none"],
    batch=plan.COUNTS,
    square=plan.YES,
    kernel=KERNELS,
    bias=plan.GIVEN,
    stride=plan.SIDES,
    padding=plan.SIDES,
    dilation=plan.SIDES,
    groups=("one", "many"),
)
def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Images, filters, bias, and where the windows lie."""
    return {
        "batch": plan.count(len(x)),
        "square": plan.yes(x.shape[2] == x.shape[3]),
        "kernel": kernel(weight),
        "bias": plan.given(bias),
        "stride": plan.sides(stride),
        "padding": plan.sides(padding, 0),
        "dilation": plan.sides(dilation),
        "groups": plan.count(groups),
    }


@plan(
    masks=["batch=none"],
    batch=plan.COUNTS,
    square=plan.YES,
    kernel=KERNELS,
    stride=plan.SIDES,
    padding=plan.SIDES,
)
def conv2d_backward(grad_output, x, weight, stride=1, padding=0):
    """Images, filters, and where the windows lie."""
    return {
        "batch": plan.count(len(x)),
        "square": plan.yes(x.shape[2] == x.shape[3]),
        "kernel": kernel(weight),
        "stride": plan.sides(stride),
        "padding": plan.sides(padding, 0),
    }

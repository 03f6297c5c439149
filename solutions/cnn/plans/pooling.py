"""On which axes the inputs of pooling.py vary."""

from __future__ import annotations

from autograder import plan

STRIDES = ("none", "number", "pair")
WINDOW = {
    "masks": ["batch=none"],
    "batch": plan.COUNTS,
    "square": plan.YES,
    "kernel": ("number", "pair"),
    "stride": STRIDES,
    "padding": plan.SIDES,
}


def window(x, kernel, stride, padding):
    """Images, and where the windows lie."""
    return {
        "batch": plan.count(len(x)),
        "square": plan.yes(x.shape[2] == x.shape[3]),
        "kernel": plan.sides(kernel, None),
        "stride": "none" if stride is None else plan.sides(stride, None),
        "padding": plan.sides(padding, 0),
    }


@plan(**WINDOW, ceil_mode=plan.YES)
def max_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False):
    """The window, and whether it may hang over."""
    return {
        **window(x, kernel, stride, padding),
        "ceil_mode": plan.yes(ceil_mode),
    }


@plan(**WINDOW)
def max_pool2d_backward(grad_output, x, kernel, stride=None, padding=0):
    """The window."""
    return window(x, kernel, stride, padding)


@plan(**WINDOW, ceil_mode=plan.YES, count_include_pad=plan.YES)
def avg_pool2d(
    x, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True
):
    """The window, whether it may hang over, and what counts."""
    return {
        **window(x, kernel, stride, padding),
        "ceil_mode": plan.yes(ceil_mode),
        "count_include_pad": plan.yes(count_include_pad),
    }

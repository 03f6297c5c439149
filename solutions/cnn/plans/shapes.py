"""On which axes the inputs of shapes.py vary."""

from __future__ import annotations

from autograder import plan

FITS = ("too long by one", "too long", "just", "left over", "ends well")
WINDOW = {
    "masks": ["fits=too long by one", "fits=too long"],
    "stride": ("one", "many"),
    "padding": ("none", "one", "many"),
    "dilation": ("one", "many"),
    "fits": FITS,
}
NOTHING_LEFT = "steps of one pixel leave nothing over"


def window(size, kernel, stride, padding, dilation):
    """The settings, and what becomes of the last window."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if room < 0:
        fits = FITS[room < -1]
    else:
        fits = "just" if room == 0 else FITS[4 if room % stride == 0 else 3]
    return {
        "stride": plan.count(stride),
        "padding": plan.count(padding),
        "dilation": plan.count(dilation),
        "fits": fits,
    }


@plan(impossible={"stride=one, fits=left over": NOTHING_LEFT}, **WINDOW)
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    """The window."""
    return window(size, kernel, stride, padding, dilation)


@plan(
    impossible={"stride=one, fits=left over": NOTHING_LEFT},
    **WINDOW,
    default=plan.YES,
    ceil_mode=plan.YES,
)
def pool_output_size(size, kernel, stride=None, padding=0, dilation=1, ceil_mode=False):
    """The window, whether its stride is the kernel, and whether it may hang over."""
    return {
        **window(size, kernel, stride or kernel, padding, dilation),
        "default": plan.yes(stride is None),
        "ceil_mode": plan.yes(ceil_mode),
    }


TYPES = ("conv", "max_pool", "avg_pool", "flatten", "linear", "relu", "softmax")


@plan(
    masks=["refused=yes"],
    layers=plan.COUNTS,
    image=("square", "not square", "vector"),
    pools=("none", "no stride", "stride"),
    refused=plan.YES,
    impossible={
        "layers=none, refused=yes": "there is nothing to refuse",
        "layers=none, pools=no stride": "there is no pool",
        "layers=none, pools=stride": "there is no pool",
        "image=vector, pools=no stride": "a vector is not pooled",
        "image=vector, pools=stride": "a vector is not pooled",
    },
)
def layer_shapes(layers, input_shape):
    """How many layers, what the first is given, and whether pools have a stride."""
    vector = len(input_shape) == 1
    square = not vector and input_shape[1] == input_shape[2]
    known = [layer for layer in layers if layer["type"] in TYPES]
    sides = input_shape[1:]
    too_long = any(
        layer.get("kernel", 0) > side for layer in known[:1] for side in sides
    )
    strides = ["stride" in layer for layer in known if "pool" in layer["type"]]
    without = "stride" if all(strides) else "no stride"
    return {
        "layers": plan.count(len(layers)),
        "image": "vector" if vector else "square" if square else "not square",
        "pools": without if strides else "none",
        "refused": plan.yes(len(known) < len(layers) or too_long),
    }

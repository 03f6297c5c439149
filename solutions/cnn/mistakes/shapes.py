"""The classic wrong turns in shapes.py."""

from __future__ import annotations

from math import ceil, prod

from autograder import changed, mistake, reference

WINDOWS = {"conv": 1, "max_pool": None, "avg_pool": None}  # and their usual strides

# fmt: off
changed("conv_output_size", name="forgets_the_padding", padding=0,
        like="the size without padding",
        ask="How long is the side once it is padded?")
changed("conv_output_size", name="forgets_the_dilation", dilation=1,
        like="the size for dilation 1",
        ask="How many pixels lie under a kernel of 3 that reads every second one?")
changed("pool_output_size", name="ignores_ceil_mode", ceil_mode=False,
        like="the size without ceil_mode",
        ask="Which way does ceil_mode round?")
changed("pool_output_size", name="always_rounds_up", ceil_mode=True,
        like="the size with ceil_mode, whether it was asked for or not",
        ask="Which way does the division round if ceil_mode is false?")
# fmt: on


@mistake(question="How often can a window step if its last step would not fit?")
def conv_output_size__keeps_the_fraction(size, kernel, stride=1, padding=0, dilation=1):
    """the quotient with its fraction, a float, as if a window could stop halfway"""
    return _steps(size, kernel, stride, padding, dilation) + 1


@mistake(question="How often can a window step if its last step would not fit?")
def conv_output_size__keeps_the_fraction_and_refuses_nothing(
    size, kernel, stride=1, padding=0, dilation=1
):
    """the quotient with its fraction, a float, as if a window could stop halfway"""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


@mistake(question="What becomes of the pixels that are left over after the last step?")
def conv_output_size__rounds_up(size, kernel, stride=1, padding=0, dilation=1):
    """the quotient rounded up, which counts a window that hangs over the edge"""
    return ceil(_steps(size, kernel, stride, padding, dilation)) + 1


@mistake(question="If two thirds of a step are left at the end, is that a step?")
def conv_output_size__rounds_to_the_nearest(
    size, kernel, stride=1, padding=0, dilation=1
):
    """the quotient rounded to the nearest whole number instead of down"""
    return round(_steps(size, kernel, stride, padding, dilation)) + 1


@mistake(question="A window that fills the image exactly: how many places has it?")
def conv_output_size__counts_steps_instead_of_places(
    size, kernel, stride=1, padding=0, dilation=1
):
    """the number of steps between the places of the window, one less than the places"""
    return reference.conv_output_size(size, kernel, stride, padding, dilation) - 1


# fmt: off
changed("conv_output_size", name="pads_one_side",
        size=lambda size, padding: size + padding, padding=0,
        like="the size with padding at one end only",
        ask="At how many ends of a row does padding add pixels?")
changed("conv_output_size", name="dilates_the_last_pixel_too",
        kernel=lambda kernel, dilation: dilation * kernel, dilation=1,
        like="the size for a window of dilation * kernel pixels",
        ask="With two posts and one gap of 3 metres, how long is the fence?")
# fmt: on


@mistake(question="Where would you lay a window that is longer than the image?")
def conv_output_size__accepts_a_window_that_does_not_fit(
    size, kernel, stride=1, padding=0, dilation=1
):
    """the formula's number, zero or less, also where no window fits"""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


# fmt: off
changed("pool_output_size", name="steps_by_one",
        stride=lambda stride: 1 if stride is None else stride,
        like="the size for stride 1 wherever no stride is given, as in a convolution",
        ask="How far does a pool step if nobody says how far?")
# fmt: on


@mistake(question="How often can a window step if its last step would not fit?")
def pool_output_size__keeps_the_fraction(
    size, kernel, stride=None, padding=0, dilation=1, ceil_mode=False
):
    """the quotient with its fraction, a float, wherever ceil_mode is false"""
    places = reference.pool_output_size(
        size, kernel, stride, padding, dilation, ceil_mode
    )
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    return places if ceil_mode else room / (stride or kernel) + 1


@mistake(question="What would a window see that starts behind the last pixel?")
def pool_output_size__keeps_a_window_behind_the_image(
    size, kernel, stride=None, padding=0, dilation=1, ceil_mode=False
):
    """the quotient rounded up, with a last window that starts behind the image"""
    if not ceil_mode:
        return reference.pool_output_size(size, kernel, stride, padding, dilation)
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    return ceil(room / (stride or kernel)) + 1


@mistake(question="At which pixel does the first window start if there is padding?")
def pool_output_size__drops_a_window_too_early(
    size, kernel, stride=None, padding=0, dilation=1, ceil_mode=False
):
    """the size if windows started at the first pixel, not in the padding before it"""
    places = pool_output_size__keeps_a_window_behind_the_image(
        size, kernel, stride, padding, dilation, ceil_mode
    )
    late = ceil_mode and (places - 1) * (stride or kernel) >= size
    return places - 1 if late else places


# fmt: off
changed("pool_output_size", name="pads_one_side",
        size=lambda size, padding: size + padding, padding=0,
        like="the size with padding at one end only",
        ask="At how many ends of a row does padding add pixels?")
changed("pool_output_size", name="forgets_the_dilation", dilation=1,
        like="the size for dilation 1",
        ask="How many pixels lie under a window of 3 that reads every second one?")
# fmt: on


@mistake(question="Where would you lay a window that is longer than the image?")
def pool_output_size__accepts_a_window_that_does_not_fit(
    size, kernel, stride=None, padding=0, dilation=1, ceil_mode=False
):
    """the formula's number, zero or less, also where no window fits"""
    try:
        return reference.pool_output_size(
            size, kernel, stride, padding, dilation, ceil_mode
        )
    except ValueError:
        room = size + 2 * padding - dilation * (kernel - 1) - 1
        return room // (stride or kernel) + 1


@mistake(question="How many layers are there, and how many shapes did you return?")
def layer_shapes__lists_the_input_too(layers, input_shape):
    """the shapes after each layer with the input's shape before them"""
    return [tuple(input_shape), *reference.layer_shapes(layers, input_shape)]


@mistake(question="Is the batch part of the shapes that are asked for?")
def layer_shapes__adds_a_batch(layers, input_shape):
    """the right shapes with a batch of one in front of each"""
    return [(1, *shape) for shape in reference.layer_shapes(layers, input_shape)]


@mistake(question="How many activation maps do six filters make?")
def layer_shapes__keeps_the_channels_in_a_convolution(layers, input_shape):
    """shapes in which a convolution has as many channels as its input"""
    return _layer_by_layer(
        layers,
        input_shape,
        conv=lambda layer, before, after: (before[0], *after[1:]),
    )


@mistake(question="Does every image have four equal sides?")
def layer_shapes__takes_every_image_for_square(layers, input_shape):
    """shapes in which the width is computed from the height"""
    channels, height, _ = input_shape
    return reference.layer_shapes(layers, (channels, height, height))


@mistake(question="Which comes first in the shape of an image, height or width?")
def layer_shapes__puts_the_width_first(layers, input_shape):
    """shapes in which height and width have changed places"""
    return [
        (shape[0], shape[2], shape[1]) if len(shape) == 3 else shape
        for shape in reference.layer_shapes(layers, input_shape)
    ]


# fmt: off
changed("layer_shapes", name="steps_pools_by_one",
        layers=lambda layers: [
            {"stride": 1, **layer} if "pool" in layer["type"] else layer
            for layer in layers
        ],
        like="shapes in which a pool without a stride steps by 1, as a "
             "convolution does",
        ask="How far does a pool step if nobody says how far?")
# fmt: on


@mistake(question="Which of a pool's settings says how far it steps?")
def layer_shapes__always_steps_pools_by_the_kernel(layers, input_shape):
    """shapes in which a pool steps by its kernel, whatever stride it has"""
    return reference.layer_shapes(
        [
            {
                k: v
                for k, v in layer.items()
                if "pool" not in layer["type"] or k != "stride"
            }
            for layer in layers
        ],
        input_shape,
    )


@mistake(question="Where would you lay a window that is longer than the image?")
def layer_shapes__accepts_a_window_that_does_not_fit(layers, input_shape):
    """the formula's numbers, zero or less, also where no window fits"""
    shapes = []
    for layer in layers:
        before = shapes[-1] if shapes else tuple(input_shape)
        try:
            (after,) = reference.layer_shapes([layer], before)
        except ValueError:
            if "kernel" not in layer or layer["type"] not in WINDOWS:
                raise
            stride = layer.get("stride", WINDOWS[layer["type"]] or layer["kernel"])
            room = 2 * layer.get("padding", 0) - layer["kernel"]
            sides = ((side + room) // stride + 1 for side in before[1:])
            after = (layer.get("out_channels", before[0]), *sides)
        shapes.append(after)
    return shapes


@mistake(question="What should become of a layer whose name is misspelt?")
def layer_shapes__passes_unknown_layers_over(layers, input_shape):
    """shapes in which a layer of an unknown type changes nothing"""
    known = (*WINDOWS, "flatten", "linear", "relu", "softmax")
    return reference.layer_shapes(
        [layer if layer["type"] in known else {"type": "relu"} for layer in layers],
        input_shape,
    )


# fmt: off
changed("layer_shapes", name="forgets_the_padding",
        layers=lambda layers: [
            {k: v for k, v in layer.items() if k != "padding"} for layer in layers
        ],
        like="shapes in which no layer pads",
        ask="Which of a layer's settings did your sizes not need?")
# fmt: on


@mistake(question="How many numbers are in all the channels of an image together?")
def layer_shapes__flattens_one_channel(layers, input_shape):
    """shapes in which flatten counts the pixels of one channel only"""
    return _layer_by_layer(
        layers, input_shape, flatten=lambda layer, before, after: (prod(before[1:]),)
    )


@mistake(question="How many axes has an image left once it is flattened?")
def layer_shapes__flattens_each_channel(layers, input_shape):
    """shapes in which flatten leaves the channels apart"""
    return _layer_by_layer(
        layers,
        input_shape,
        flatten=lambda layer, before, after: (before[0], prod(before[1:])),
        linear=lambda layer, before, after: (layer["out_features"],),
    )


@mistake(question="How many probabilities does softmax make of ten scores?")
def layer_shapes__picks_a_class_in_softmax(layers, input_shape):
    """shapes in which softmax leaves one number, the most probable class"""
    return _layer_by_layer(
        layers, input_shape, softmax=lambda layer, before, after: (1,)
    )


def _steps(size, kernel, stride, padding, dilation):
    """The steps that a window makes, with its fraction, if there is a window."""
    reference.conv_output_size(size, kernel, stride, padding, dilation)
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride


def _layer_by_layer(layers, input_shape, **wrong):
    """The shapes, where ``wrong`` has a wrong rule for some types of layer."""
    shapes = []
    shape = tuple(input_shape)
    for layer in layers:
        (after,) = reference.layer_shapes([layer], shape)
        rule = wrong.get(layer["type"])
        shape = rule(layer, shape, after) if rule else after
        shapes.append(shape)
    return shapes

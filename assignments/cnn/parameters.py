"""Parameters: how many numbers does a layer learn?"""

from __future__ import annotations

from torch import nn


def conv_parameters(
    in_channels: int,
    out_channels: int,
    kernel: int | tuple[int, int],
    bias: bool = True,
    groups: int = 1,
) -> int:
    """The number of weights and biases of a convolution.

    Each output channel has a filter of its own. A filter extends over the full depth of
    its input, one kernel for each channel, and ends in a single bias. Recitation 3.3
    counts 3 * 12 * 17 * 17 + 12.

    Args:
        in_channels: channels of the input, a multiple of groups.
        out_channels: channels of the output, a multiple of groups.
        kernel: height and width of the kernel, one number or a pair.
        bias: whether the layer has biases.
        groups: as in torch.nn.Conv2d: the input channels are cut into this many blocks,
            and each filter belongs to one block and sees no other.
    """
    raise NotImplementedError("conv_parameters is not written yet")


def linear_parameters(in_features: int, out_features: int, bias: bool = True) -> int:
    """The number of weights and biases of a fully connected layer.

    Each output is connected to each input by a weight, and has one bias if ``bias``.
    Recitation 3.3 counts 3072 * 128 + 128.

    Args:
        in_features: how many inputs the layer has.
        out_features: how many outputs the layer has.
        bias: whether the layer has biases.
    """
    raise NotImplementedError("linear_parameters is not written yet")


def count_parameters(module: nn.Module) -> int:
    """How many numbers training can change in a module, with all the modules in it.

    Counted are the elements of the trainable parameters, at any depth. Not counted are
    frozen parameters (``requires_grad`` is false) and buffers, such as the running
    mean of nn.BatchNorm2d. A module or a parameter that is used in two places counts
    once, because there is only one set of numbers to learn.

    Args:
        module: any module of torch.
    """
    raise NotImplementedError("count_parameters is not written yet")

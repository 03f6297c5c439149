"""Right sizes, for a layer_shapes that asks for them: of torch's own layers.

They are run on torch's meta device, where tensors have a shape and nothing else.
"""

import torch
import torch.nn.functional as F


def _length(size, layer):
    if size <= 0:
        raise ValueError(f"{size} pixels")
    try:
        length = layer(torch.empty(1, 1, size, device="meta")).shape[-1]
    except RuntimeError as error:
        raise ValueError(f"no place for the window: {error}") from None
    if length <= 0:  # torch 2.6 says so in this way
        raise ValueError("no place for the window")
    return length


def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    """Along one side."""
    weight = torch.empty(1, 1, kernel, device="meta")
    return _length(size, lambda x: F.conv1d(x, weight, None, stride, padding, dilation))


def pool_output_size(size, kernel, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Along one side."""
    return _length(
        size, lambda x: F.max_pool1d(x, kernel, stride, padding, dilation, ceil_mode)
    )

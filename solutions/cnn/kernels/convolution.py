"""What torch's own convolution answers in float32."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def own(*args, **kwargs):
    """torch's, where it has oneDNN."""
    return F.conv2d(*args, **kwargs) if torch.backends.mkldnn.is_available() else None


KERNELS = {"conv2d": {"torch.nn.functional.conv2d": own}}
ONE_DNN = True  # without it torch's convolution unfolds, as right code does, too
OFF = {
    "conv2d_backward": "torch's gradients are a tensor each, of several functions",
}

"""Two convolutional networks that classify images."""

from __future__ import annotations

from torch import Tensor, nn


class ImageClassifier(nn.Module):
    """Pool, convolve, pool, and two fully connected layers; from images to logits.

    The layers, in this order:

    1. a max pool with kernel 2 and stride 2;
    2. ``conv``, a convolution with a 17x17 kernel, stride 1, no padding and 12 output
       channels, and no activation after it;
    3. a max pool with kernel 3 and stride 3;
    4. the features of each image, flattened;
    5. ``fc1``, a linear layer with 128 outputs, and a ReLU;
    6. ``fc2``, a linear layer with one output for each class.

    ``conv``, ``fc1`` and ``fc2`` have biases. What ``fc2`` gives is returned as it is,
    without a softmax: logits, as torch.nn.functional.cross_entropy expects them.
    The network is that of the recitation (3.3), but for its softmax.

    Args:
        in_channels: channels of an image.
        image_size: height and width of an image; any size from 38 up must work.
        num_classes: logits for each image.
    """

    def __init__(
        self, in_channels: int = 3, image_size: int = 128, num_classes: int = 10
    ) -> None:
        super().__init__()
        raise NotImplementedError("ImageClassifier.__init__ is not written yet")

    def forward(self, x: Tensor) -> Tensor:
        """Logits, ``(N, num_classes)``, of images, ``(N, in_channels, size, size)``."""
        raise NotImplementedError("ImageClassifier.forward is not written yet")


class ConvNet(nn.Module):
    """(conv, ReLU, conv, ReLU, max pool) three times and one fully connected layer.

    The first two convolutions, ``conv1`` and ``conv2``, have ``channels[0]`` output
    channels each, the next two, ``conv3`` and ``conv4``, ``channels[1]``, the last two,
    ``conv5`` and ``conv6``, ``channels[2]``. Each has a 3x3 kernel, stride 1, padding 1
    and a bias, so it keeps height and width. Each max pool has kernel 2 and stride 2.
    ``fc`` maps the flattened features to logits; there is no softmax. The recitation
    links to a network of this kind (3.4).

    Args:
        in_channels: channels of an image.
        image_size: height and width of an image; any size from 8 up must work.
        channels: output channels of the three pairs of convolutions.
        num_classes: logits for each image.
    """

    def __init__(
        self,
        in_channels: int = 3,
        image_size: int = 32,
        channels: tuple[int, int, int] = (16, 32, 64),
        num_classes: int = 10,
    ) -> None:
        super().__init__()
        raise NotImplementedError("ConvNet.__init__ is not written yet")

    def forward(self, x: Tensor) -> Tensor:
        """Logits, ``(N, num_classes)``, of images, ``(N, in_channels, size, size)``."""
        raise NotImplementedError("ConvNet.forward is not written yet")

"""Two convolutional networks that classify images."""

import torch
from torch import nn


def features(layers, in_channels, image_size):
    """How many numbers come out of the layers: try it."""
    with torch.no_grad():
        return layers(torch.zeros(1, in_channels, image_size, image_size)).numel()


class ImageClassifier(nn.Module):
    def __init__(self, in_channels=3, image_size=128, num_classes=10):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 12, 17)
        self.fc1 = nn.Linear(features(self.trunk, in_channels, image_size), 128)
        self.fc2 = nn.Linear(128, num_classes)

    def trunk(self, x):
        x = torch.max_pool2d(x, 2)
        return torch.max_pool2d(self.conv(x), 3).flatten(1)

    def forward(self, x):
        return self.fc2(self.fc1(self.trunk(x)).clamp(min=0))


class ConvNet(nn.Module):
    def __init__(
        self, in_channels=3, image_size=32, channels=(16, 32, 64), num_classes=10
    ):
        super().__init__()
        before = in_channels
        for block, after in enumerate(channels):
            setattr(self, f"conv{2 * block + 1}", nn.Conv2d(before, after, 3, 1, 1))
            setattr(self, f"conv{2 * block + 2}", nn.Conv2d(after, after, 3, 1, 1))
            before = after
        self.fc = nn.Linear(features(self.trunk, in_channels, image_size), num_classes)

    def trunk(self, x):
        for first, second in ((1, 2), (3, 4), (5, 6)):
            x = torch.relu(self.get_submodule(f"conv{first}")(x))
            x = torch.relu(self.get_submodule(f"conv{second}")(x))
            x = torch.max_pool2d(x, 2)
        return torch.flatten(x, 1)

    def forward(self, x):
        return self.fc(self.trunk(x))

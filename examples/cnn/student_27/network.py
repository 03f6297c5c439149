"""Two convolutional networks that classify images."""

from __future__ import annotations

from torch import Tensor, nn


class ImageClassifier(nn.Module):
    def __init__(
        self, in_channels: int = 3, image_size: int = 128, num_classes: int = 10
    ) -> None:
        super().__init__()
        side = ((image_size // 2) - 17 + 1) // 3
        self.pool1 = nn.MaxPool2d(kernel_size=2, stride=2)
        self.conv = nn.Conv2d(in_channels, 12, kernel_size=17)
        self.pool2 = nn.MaxPool2d(kernel_size=3, stride=3)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(12 * side**2, 128)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(128, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.flatten(self.pool2(self.conv(self.pool1(x))))
        return self.fc2(self.relu(self.fc1(x)))


class ConvNet(nn.Module):
    def __init__(
        self,
        in_channels: int = 3,
        image_size: int = 32,
        channels: tuple[int, int, int] = (16, 32, 64),
        num_classes: int = 10,
    ) -> None:
        super().__init__()
        widths = [in_channels]
        for channel in channels:
            widths += [channel, channel]
        for number in range(1, 7):
            conv = nn.Conv2d(widths[number - 1], widths[number], 3, padding=1)
            self.add_module(f"conv{number}", conv)
        self.fc = nn.Linear(channels[-1] * (image_size // 8) ** 2, num_classes)
        self.pool = nn.MaxPool2d(2)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        for number in range(1, 7):
            x = self.relu(getattr(self, f"conv{number}")(x))
            if number % 2 == 0:
                x = self.pool(x)
        return self.fc(x.flatten(1))

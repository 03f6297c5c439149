"""Two convolutional networks that classify images."""

import torch.nn as nn
import torch.nn.functional as F


class ImageClassifier(nn.Module):
    def __init__(self, in_channels=3, image_size=128, num_classes=10):
        super().__init__()
        after_pool1 = image_size // 2
        after_conv = after_pool1 - 16
        after_pool2 = after_conv // 3
        self.features = 12 * after_pool2 * after_pool2
        self.conv = nn.Conv2d(in_channels, 12, 17)
        self.fc1 = nn.Linear(self.features, 128)
        self.fc2 = nn.Linear(128, num_classes)

    def forward(self, x):
        x = F.max_pool2d(x, 2)
        x = self.conv(x)
        x = F.max_pool2d(x, 3)
        x = x.reshape(x.shape[0], self.features)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


class ConvNet(nn.Module):
    def __init__(
        self, in_channels=3, image_size=32, channels=(16, 32, 64), num_classes=10
    ):
        super().__init__()
        a, b, c = channels
        self.conv1 = nn.Conv2d(in_channels, a, 3, padding=1)
        self.conv2 = nn.Conv2d(a, a, 3, padding=1)
        self.conv3 = nn.Conv2d(a, b, 3, padding=1)
        self.conv4 = nn.Conv2d(b, b, 3, padding=1)
        self.conv5 = nn.Conv2d(b, c, 3, padding=1)
        self.conv6 = nn.Conv2d(c, c, 3, padding=1)
        size = image_size
        for _ in range(3):
            size = size // 2
        self.fc = nn.Linear(c * size * size, num_classes)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv3(x))
        x = F.relu(self.conv4(x))
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv5(x))
        x = F.relu(self.conv6(x))
        x = F.max_pool2d(x, 2)
        x = x.reshape(x.shape[0], -1)
        return self.fc(x)

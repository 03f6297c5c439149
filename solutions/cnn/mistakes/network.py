"""The classic wrong turns in network.py."""

from __future__ import annotations

import torch.nn.functional as F
from torch import nn

from autograder import changed, mistake, reference


@mistake(question="What does cross_entropy do first with what the network returns?")
class ImageClassifier__returns_probabilities(reference.ImageClassifier):
    """the softmax of the logits"""

    def forward(self, x):
        return super().forward(x).softmax(1)


@mistake(question="What does cross_entropy do first with what the network returns?")
class ImageClassifier__returns_log_probabilities(reference.ImageClassifier):
    """the logarithms of the probabilities"""

    def forward(self, x):
        return super().forward(x).log_softmax(1)


@mistake(question="What has to come out of the network when it is tested?")
class ImageClassifier__returns_probabilities_in_eval(reference.ImageClassifier):
    """the softmax of the logits as soon as the network is in eval mode"""

    def forward(self, x):
        logits = super().forward(x)
        return logits if self.training else logits.softmax(1)


@mistake(question="How many axes have the logits of one image, or of one class?")
class ImageClassifier__drops_axes_of_one(reference.ImageClassifier):
    """the logits without their axes of size one"""

    def forward(self, x):
        return super().forward(x).squeeze()


@mistake(question="Which number can a score not be after the last thing that you did?")
class ImageClassifier__cuts_negative_logits(reference.ImageClassifier):
    """the logits after one more ReLU"""

    def forward(self, x):
        return super().forward(x).relu()


@mistake(question="After which layers does the description name a ReLU?")
class ImageClassifier__activates_the_convolution(reference.ImageClassifier):
    """the logits of a network that has a ReLU after the convolution too"""

    def forward(self, x):
        x = self.pool2(self.conv(self.pool1(x)).relu()).flatten(1)
        return self.fc2(self.fc1(x).relu())


@mistake(question="What are two linear layers with nothing between them?")
class ImageClassifier__forgets_the_relu(reference.ImageClassifier):
    """the logits of a network without a ReLU between fc1 and fc2"""

    def forward(self, x):
        x = self.pool2(self.conv(self.pool1(x))).flatten(1)
        return self.fc2(self.fc1(x))


@mistake(question="Which number of each window do the pools of this network keep?")
class ImageClassifier__pools_by_the_mean(reference.ImageClassifier):
    """the logits of a network with average pools in place of max pools"""

    def forward(self, x):
        x = F.avg_pool2d(self.conv(F.avg_pool2d(x, 2)), 3).flatten(1)
        return self.fc2(self.fc1(x).relu())


@mistake(question="In which order does torch lay out channels, rows and columns?")
class ImageClassifier__flattens_the_channels_last(reference.ImageClassifier):
    """the logits of a network that moves the channels to the end before it flattens"""

    def forward(self, x):
        x = self.pool2(self.conv(self.pool1(x))).movedim(1, -1).flatten(1)
        return self.fc2(self.fc1(x).relu())


# fmt: off
changed("ImageClassifier", name="fits_one_image_size_only", image_size=128,
        like="a network whose fc1 fits images of 128 x 128 only, whatever "
             "image_size says",
        ask="What does fc1 get from an image that is half as large?")
# fmt: on


@mistake(question="What happens to the image before the first convolution?")
class ImageClassifier__forgets_the_first_pool(reference.ImageClassifier):
    """a network whose convolution sees the image itself, without a pool before it"""

    def __init__(self, in_channels=3, image_size=128, num_classes=10):
        super().__init__(in_channels, 2 * image_size, num_classes)
        self.pool1 = nn.Identity()


@mistake(question="Which of the two pools has the larger window?")
class ImageClassifier__swaps_the_pools(reference.ImageClassifier):
    """a network that pools by 3 first and by 2 after the convolution"""

    def __init__(self, in_channels=3, image_size=128, num_classes=10):
        super().__init__(in_channels, image_size, num_classes)
        side = (image_size // 3 - 16) // 2
        self.pool1, self.pool2 = nn.MaxPool2d(3), nn.MaxPool2d(2)
        self.fc1 = nn.Linear(12 * side * side, 128)


@mistake(question="Does a convolution without padding keep the size of an image?")
class ImageClassifier__pads_the_convolution(reference.ImageClassifier):
    """a network whose convolution pads its input to keep the size"""

    def __init__(self, in_channels=3, image_size=128, num_classes=10):
        super().__init__(in_channels, image_size, num_classes)
        side = image_size // 2 // 3
        self.conv = nn.Conv2d(in_channels, 12, 17, padding=8)
        self.fc1 = nn.Linear(12 * side * side, 128)


@mistake(question="What does a layer add that has a bias?")
class ImageClassifier__leaves_the_biases_out(reference.ImageClassifier):
    """a network without biases"""

    def __init__(self, in_channels=3, image_size=128, num_classes=10):
        super().__init__(in_channels, image_size, num_classes)
        for layer in (self.conv, self.fc1, self.fc2):
            layer.bias = None


@mistake(question="What does cross_entropy do first with what the network returns?")
class ConvNet__returns_probabilities(reference.ConvNet):
    """the softmax of the logits"""

    def forward(self, x):
        return super().forward(x).softmax(1)


@mistake(question="What does cross_entropy do first with what the network returns?")
class ConvNet__returns_log_probabilities(reference.ConvNet):
    """the logarithms of the probabilities"""

    def forward(self, x):
        return super().forward(x).log_softmax(1)


@mistake(question="What has to come out of the network when it is tested?")
class ConvNet__returns_probabilities_in_eval(reference.ConvNet):
    """the softmax of the logits as soon as the network is in eval mode"""

    def forward(self, x):
        logits = super().forward(x)
        return logits if self.training else logits.softmax(1)


@mistake(question="How many axes have the logits of one image, or of one class?")
class ConvNet__drops_axes_of_one(reference.ConvNet):
    """the logits without their axes of size one"""

    def forward(self, x):
        return super().forward(x).squeeze()


@mistake(question="Which number can a score not be after the last thing that you did?")
class ConvNet__cuts_negative_logits(reference.ConvNet):
    """the logits after one more ReLU"""

    def forward(self, x):
        return super().forward(x).relu()


@mistake(question="What can six convolutions do that one cannot, with nothing between?")
class ConvNet__forgets_the_relus(reference.ConvNet):
    """the logits of a network without a ReLU"""

    def forward(self, x):
        x = self.pool(self.conv2(self.conv1(x)))
        x = self.pool(self.conv4(self.conv3(x)))
        x = self.pool(self.conv6(self.conv5(x)))
        return self.fc(x.flatten(1))


@mistake(question="How many ReLUs stand between two pools?")
class ConvNet__activates_only_before_the_pools(reference.ConvNet):
    """the logits of a network with one ReLU before each pool and no other"""

    def forward(self, x):
        x = self.pool(self.conv2(self.conv1(x)).relu())
        x = self.pool(self.conv4(self.conv3(x)).relu())
        x = self.pool(self.conv6(self.conv5(x)).relu())
        return self.fc(x.flatten(1))


@mistake(question="How many ReLUs stand between two pools?")
class ConvNet__activates_only_between_convolutions(reference.ConvNet):
    """the logits of a network with no ReLU before its pools"""

    def forward(self, x):
        x = self.pool(self.conv2(self.conv1(x).relu()))
        x = self.pool(self.conv4(self.conv3(x).relu()))
        x = self.pool(self.conv6(self.conv5(x).relu()))
        return self.fc(x.flatten(1))


@mistake(question="Which number of each window do the pools of this network keep?")
class ConvNet__pools_by_the_mean(reference.ConvNet):
    """the logits of a network with average pools in place of max pools"""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pool = nn.AvgPool2d(2)


@mistake(question="In which order does torch lay out channels, rows and columns?")
class ConvNet__flattens_the_channels_last(reference.ConvNet):
    """the logits of a network that moves the channels to the end before it flattens"""

    def forward(self, x):
        x = self.pool(self.conv2(self.conv1(x).relu()).relu())
        x = self.pool(self.conv4(self.conv3(x).relu()).relu())
        x = self.pool(self.conv6(self.conv5(x).relu()).relu())
        return self.fc(x.movedim(1, -1).flatten(1))

"""What a correct network.py does."""

from __future__ import annotations

from math import prod

import pytest
import torch.nn.functional as F
from torch import Tensor

from autograder import agrees, close, device, digits, equal, hint, points

Shapes = dict[str, tuple[int, ...]]


def classifier_shapes(in_channels: int, side: int, num_classes: int) -> Shapes:
    """The parameters of an ImageClassifier whose features are 12 x side x side."""
    return {
        "conv.weight": (12, in_channels, 17, 17),
        "conv.bias": (12,),
        "fc1.weight": (128, 12 * side * side),
        "fc1.bias": (128,),
        "fc2.weight": (num_classes, 128),
        "fc2.bias": (num_classes,),
    }


def convnet_shapes(
    in_channels: int, channels: tuple[int, int, int], side: int, num_classes: int
) -> Shapes:
    """The parameters of a ConvNet whose last features are side x side pixels."""
    shapes: Shapes = {}
    previous = in_channels
    for number in range(1, 7):
        current = channels[(number - 1) // 2]
        shapes[f"conv{number}.weight"] = (current, previous, 3, 3)
        shapes[f"conv{number}.bias"] = (current,)
        previous = current
    shapes["fc.weight"] = (num_classes, previous * side * side)
    shapes["fc.bias"] = (num_classes,)
    return shapes


def drawn(draw, shapes: Shapes) -> dict[str, Tensor]:
    """Weights of these shapes, scaled so that no layer blows its input up."""
    return {
        name: draw(*shape) / prod(shape[1:]) ** 0.5 for name, shape in shapes.items()
    }


def classify(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """The logits of an ImageClassifier with these weights."""
    x = F.max_pool2d(x, 2)
    x = F.conv2d(x, weights["conv.weight"], weights["conv.bias"])
    x = F.max_pool2d(x, 3).flatten(1)
    x = F.relu(F.linear(x, weights["fc1.weight"], weights["fc1.bias"]))
    return F.linear(x, weights["fc2.weight"], weights["fc2.bias"])


def convnet(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """The logits of a ConvNet with these weights."""
    for number in range(1, 7):
        weight, bias = weights[f"conv{number}.weight"], weights[f"conv{number}.bias"]
        x = F.relu(F.conv2d(x, weight, bias, padding=1))
        if number % 2 == 0:
            x = F.max_pool2d(x, 2)
    return F.linear(x.flatten(1), weights["fc.weight"], weights["fc.bias"])


@points(1.5)
@hint("follow one image through the layers: what size does the last pool leave?")
@pytest.mark.parametrize(("image_size", "side"), [(47, 2), (64, 5)])
def test_classifier_parameters(student, image_size, side):
    """ImageClassifier has the right parameters, for any size of its images"""
    model = student.ImageClassifier(2, image_size=image_size, num_classes=5)

    equal(model.parameter_shapes(), classifier_shapes(2, side, 5))


@points(1)
@hint("with zero weights fc2 gives its bias; in eval() as well as in training")
def test_classifier_returns_logits(student, draw):
    """ImageClassifier returns what fc2 gives: logits, not probabilities"""
    weights = drawn(draw, classifier_shapes(1, 1, 4))
    weights["fc2.weight"] = draw.values([[0.0] * 128] * 4)
    weights["fc2.bias"] = draw.values([2.0, -1.0, 0.5, -3.0])
    model = student.ImageClassifier(1, image_size=38, num_classes=4)

    images = draw(2, 1, 38, 38)
    expected = draw.values([[2.0, -1.0, 0.5, -3.0]] * 2)

    close(model.with_weights(weights)(images), expected)
    close(model.eval().with_weights(weights)(images), expected)


@points(2)
@digits(0.5)
@device(
    0.5,
    "ImageClassifier runs where its images are, and makes no detour over the CPU",
    hint="a tensor that is neither parameter nor buffer stays where __init__ made it",
    synchronisations=0,
)
def test_classifier_agrees_with_torch(student, draw):
    """ImageClassifier computes the recitation's network, and so does its gradient"""
    weights = drawn(draw, classifier_shapes(2, 2, 5))
    model = student.ImageClassifier(2, image_size=49, num_classes=5)

    agrees(model.with_weights(weights), classify, draw(3, 2, 49, 49))


@points(1.5)
@hint("which convolutions change the channels? and how much do three pools leave?")
@pytest.mark.parametrize(("image_size", "side"), [(20, 2), (31, 3)])
def test_convnet_parameters(student, image_size, side):
    """ConvNet has the right parameters, for any size of its images"""
    model = student.ConvNet(2, image_size, channels=(4, 6, 3), num_classes=5)

    equal(model.parameter_shapes(), convnet_shapes(2, (4, 6, 3), side, 5))


@points(1)
@hint("with zero weights fc gives its bias; in eval() as well as in training")
def test_convnet_returns_logits(student, draw):
    """ConvNet returns what fc gives: logits, not probabilities"""
    weights = drawn(draw, convnet_shapes(1, (2, 3, 5), 1, 4))
    weights["fc.weight"] = draw.values([[0.0] * 5] * 4)
    weights["fc.bias"] = draw.values([2.0, -1.0, 0.5, -3.0])
    model = student.ConvNet(1, image_size=8, channels=(2, 3, 5), num_classes=4)

    images = draw(2, 1, 8, 8)
    expected = draw.values([[2.0, -1.0, 0.5, -3.0]] * 2)

    close(model.with_weights(weights)(images), expected)
    close(model.eval().with_weights(weights)(images), expected)


@points(2)
@digits(0.5)
@device(
    0.5,
    "ConvNet runs where its images are, all of them at once, without a detour",
    hint="what is made in __init__ and no buffer stays behind; is there a loop?",
    cases=[{"images": 100, "image_size": 8, "side": 1}],
    # 16 layers need a few each, some 700 where a convolution is the student's own, and
    # 1600 for one image at a time.
    operators=1000,
    synchronisations=0,
)
@pytest.mark.parametrize(("images", "image_size", "side"), [(3, 20, 2)], ids=["three"])
def test_convnet_agrees_with_torch(student, draw, images, image_size, side):
    """ConvNet computes (conv, ReLU, conv, ReLU, pool) x 3 and fc, gradients too"""
    weights = drawn(draw, convnet_shapes(2, (3, 4, 6), side, 5))
    # Logits of both signs, whatever the rest comes to.
    weights["fc.bias"] += draw.values([4.0, -4.0, 4.0, -4.0, -4.0])
    model = student.ConvNet(2, image_size, channels=(3, 4, 6), num_classes=5)

    x = draw(images, 2, image_size, image_size)
    agrees(model.with_weights(weights), convnet, x)

"""On which axes the inputs of network.py vary."""

from __future__ import annotations

from autograder import plan

USUAL = ("usual", "given")
MODES = ("train", "eval")


def usual(value, default):
    """Whether an argument has its default."""
    return USUAL[value != default]


def images_of(x):
    """How many images, and how many channels each has."""
    return {"batch": plan.count(len(x)), "channels": plan.count(x.shape[1])}


@plan(channels=USUAL, size=("usual", "even", "odd"), classes=USUAL)
def ImageClassifier(in_channels=3, image_size=128, num_classes=10):
    """Its images and its classes."""
    side = "odd" if image_size % 2 else "even"
    return {
        "channels": usual(in_channels, 3),
        "size": "usual" if image_size == 128 else side,
        "classes": usual(num_classes, 10),
    }


@plan(batch=("one", "many"), channels=("one", "many"), mode=MODES)
def ImageClassifier__forward(model, x):
    """Its images, and the mode that it is in."""
    return images_of(x) | {"mode": MODES[not model.training]}


@plan(
    channels=USUAL,
    size=("usual", "eights", "others"),
    filters=USUAL,
    classes=USUAL,
)
def ConvNet(in_channels=3, image_size=32, channels=(16, 32, 64), num_classes=10):
    """Its images, its layers and its classes."""
    side = "others" if image_size % 8 else "eights"
    return {
        "channels": usual(in_channels, 3),
        "size": "usual" if image_size == 32 else side,
        "filters": usual(tuple(channels), (16, 32, 64)),
        "classes": usual(num_classes, 10),
    }


@plan(batch=("one", "many"), channels=("one", "many"), mode=MODES)
def ConvNet__forward(model, x):
    """Its images, and the mode that it is in."""
    return images_of(x) | {"mode": MODES[not model.training]}

"""Answers that know nothing are forged in tensors and in Python's own numbers alike."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import pytest
import torch

from autograder.authoring.trivial import TRIVIAL, TrivialCaller
from autograder.checking.local import LocalCaller
from autograder.protocol.calls import Request
from autograder.protocol.values import Packer, unpack


def forged(name: str, answer: Any, *args: Any) -> Any:
    """What a function that gives this answer gives under a forgery."""
    module = ModuleType("student")
    vars(module)["f"] = lambda *args: answer
    packer = Packer()
    request = Request(
        ["function", "f"], packer.pack(args), {"dict": []}, packer.tensors
    )
    caller = TrivialCaller(LocalCaller(module, {}), TRIVIAL[name])
    reply = caller.call(request)
    return unpack(reply.value, reply.tensors)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zeros", [0.0, 0.0]),
        ("the mean", [2.0, 2.0]),
        ("a copy of the input", [7.0, 7.0]),
    ],
)
def test_floats_are_forged(name: str, expected: list[float]) -> None:
    """Floats of a list become what knows nothing; integers and texts stay."""
    losses = {"losses": [1.0, 3.0], "steps": 2, "name": "sgd", "pair": (1, True)}

    got = forged(name, losses, torch.tensor([7.0, 8.0]))

    assert got == {**losses, "losses": expected}


def test_nan_for_floats() -> None:
    """NaN crosses as every float that is not finite does."""
    assert math.isnan(forged("NaN", 1.5))


def test_a_float_alone_is_not_its_own_mean() -> None:
    """The mean of one number would be the right answer: the inputs' mean stands in."""
    assert forged("the mean", 5.0, 1.0, torch.tensor([3.0, 100.0])) == 2.0


def test_a_float_that_is_not_finite() -> None:
    """Infinity is a float as well, and is forged."""
    assert forged("zeros", (math.inf, 1.0)) == (0.0, 0.0)


def test_a_scalar_tensor_is_not_its_own_mean() -> None:
    """A loss is a tensor of one number, and its own mean as well."""
    got = forged("the mean", torch.tensor(5.0), torch.tensor([3.0, 4.0]))

    assert got.item() == 3.5
    assert forged("the mean", torch.tensor([5.0]), torch.tensor([2])).item() == 0.5
    assert forged("the mean", torch.tensor([1.0, 3.0])).tolist() == [2.0, 2.0]

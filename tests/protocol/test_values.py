"""Values as trees, and trees that lie."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest
import torch
from torch import nn

from autograder.protocol.public import public_name, resolve_public
from autograder.protocol.values import (
    MAX_DEPTH,
    Handle,
    NotAValue,
    Packer,
    Parameters,
    unpack,
)


def round_trip(value: Any) -> Any:
    """The value as it comes out at the other side."""
    packer = Packer()
    return unpack(packer.pack(value), packer.tensors)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [1, (2.5, "three"), {"four": None, 5: [()]}],
        float("-inf"),
        torch.bfloat16,
        Handle(3),
        Parameters(4),
    ],
)
def test_values_survive(value: Any) -> None:
    """What a tree can say comes back equal, in its own type."""
    assert round_trip(value) == value


@pytest.mark.parametrize(
    "number", [10**4000, -(10**4000), 2**64], ids=["large", "small", "word"]
)
def test_large_numbers_survive(number: int) -> None:
    """As long as Python writes them down."""
    assert json.loads(json.dumps(round_trip(number))) == number


@pytest.mark.parametrize(
    "number", [10**5000, -(10**5000), [{1: (10**5000,)}]], ids=["large", "small", "in"]
)
def test_endless_numbers_are_named(number: Any) -> None:
    """What no JSON can say is refused by name, wherever in a value it stands."""
    with pytest.raises(NotAValue, match="more than 4000 digits"):
        Packer().pack(number)


def test_the_same_tensor_has_one_number() -> None:
    """Identity is kept, equality is not confused with it."""
    packer = Packer()
    x, y = torch.ones(2), torch.ones(2)

    assert packer.pack([x, y, {"k": x}]) == [
        {"tensor": 0},
        {"tensor": 1},
        {"dict": [["k", {"tensor": 0}]]},
    ]
    assert len(packer.tensors) == 2


def test_a_special_claim_comes_first() -> None:
    """Whoever packs may claim a value before it is looked at."""
    packer = Packer(lambda value: {"handle": 9} if value is len else None)

    assert packer.pack([len, 1]) == [{"handle": 9}, 1]


def test_a_partial_survives() -> None:
    """A partial of a public function is rebuilt with its arguments."""
    answer = round_trip(functools.partial(torch.sum, dim=0))

    assert (answer.func, answer.args, answer.keywords) == (torch.sum, (), {"dim": 0})


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5000])
def test_depth_is_bounded(depth: int) -> None:
    """Deep values are refused on both ways, long before Python's stack ends."""
    value: Any = 0
    for _ in range(depth):
        value = [value]

    with pytest.raises(NotAValue, match="deep"):
        Packer().pack(value)
    with pytest.raises(NotAValue, match="deep"):
        unpack(value, [])


@pytest.mark.parametrize(
    "tree",
    [
        {"tensor": 0},
        {"tensor": True},
        {"tensor": -1},
        {"tuple": 3},
        {"dict": [[1]]},
        {"dict": [[[1], 2]]},
        {"float": "a"},
        {"float": None},
        {"dtype": "float128"},
        {"dtype": []},
        {"public": "os.system"},
        {"public": "torch.nn.functional._verify_batch_size"},
        {"public": 3},
        {"partial": []},
        {"handle": "1"},
        {"handle": True},
        {"unknown": 1},
        {},
        {"tuple": [], "dict": []},
        {1: 2},
        b"bytes",
    ],
    ids=str,
)
def test_trees_that_lie(tree: Any) -> None:
    """A malformed entry is no value; nothing else is raised."""
    with pytest.raises(NotAValue):
        unpack([tree], [])


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (torch.sin, "torch.sin"),
        (torch.nn.functional.relu, "torch.nn.functional.relu"),
        (nn.Linear, "torch.nn.Linear"),
        (torch.optim.SGD, "torch.optim.SGD"),
        (len, None),
        (nn.Linear(1, 1), None),
        (torch.nn.functional._verify_batch_size, None),
        ("sin", None),
        (nn, None),
    ],
    ids=[
        *("an operator", "a function", "a module", "an optimizer", "len"),
        *("an object", "a private function", "a text", "torch.nn"),
    ],
)
def test_public_names(value: Any, name: str | None) -> None:
    """Public functions and classes of torch have a name, nothing else has."""
    assert public_name(value) == name
    if name is not None:
        assert resolve_public(name) is value


@pytest.mark.parametrize(
    "name",
    ["os.system", "torch._C", "torch.pi", "torch.nn", "sin", "", "torch.", "torch.no"],
)
def test_names_that_are_not_public(name: str) -> None:
    """A name outside of torch's public ones resolves to nothing."""
    with pytest.raises(ValueError, match="is not a public name"):
        resolve_public(name)

"""Seeded inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.checking.case import SETTINGS, CaseRun, case_seed
from autograder.checking.draw import Draw

EVERY: list[Callable[[Draw], Any]] = [
    lambda draw: draw(2, 3),
    lambda draw: draw(2, 3, low=-1, high=2),
    lambda draw: draw.distinct(2, 3),
    lambda draw: draw.integers(0, 9, 2, 3),
    lambda draw: draw.booleans(2, 3),
    lambda draw: draw.transposed(2, 3),
    lambda draw: draw.sliced(2, 3),
    lambda draw: draw.expanded(2, 3),
    lambda draw: draw.weights({"w": (2, 3)})["w"],
    lambda draw: draw.mask(2, 3),
]


def drawing(seed: int = 1, setting: str = "cpu float64") -> Draw:
    """A fresh draw."""
    return Draw(CaseRun(SETTINGS[setting], seed))


@pytest.mark.parametrize("make", EVERY)
def test_the_seed_decides(make: Callable[[Draw], torch.Tensor]) -> None:
    """The same seed gives the same tensor, another seed another one."""
    assert torch.equal(make(drawing()), make(drawing()))
    assert not torch.equal(make(drawing()), make(drawing(2)))
    assert make(drawing()).shape == (2, 3)


def test_the_global_generator_has_no_part() -> None:
    """Neither does draw depend on torch.manual_seed nor does it move it."""
    torch.manual_seed(1)
    first = drawing()(3)
    after_first = torch.rand(1)
    torch.manual_seed(1)

    assert torch.equal(torch.rand(1), after_first)
    assert torch.equal(drawing()(3), first)


@pytest.mark.parametrize("make", EVERY)
def test_all_dtypes_see_the_same_case(make: Callable[[Draw], torch.Tensor]) -> None:
    """float32 values are the float64 ones, rounded."""
    double, single = make(drawing()), make(drawing(setting="cpu float32"))

    assert torch.equal(double.to(single.dtype), single)
    if double.is_floating_point():
        assert (double.dtype, single.dtype) == (torch.float64, torch.float32)


@pytest.mark.parametrize(
    ("name", "stride"),
    [("transposed", (1, 2)), ("sliced", (6, 2)), ("expanded", (0, 1))],
)
def test_layouts(name: str, stride: tuple[int, ...]) -> None:
    """What is not meant to be contiguous is not."""
    drawn = getattr(drawing(), name)(2, 3)

    assert drawn.stride() == stride
    assert not drawn.is_contiguous()


def test_distinct_values() -> None:
    """Without ties, evenly spaced, in another order each time; empty ones too."""
    draw = drawing()
    first, second = draw.distinct(4, 25), draw.distinct(4, 25)

    steps = first.flatten().sort().values.diff()
    assert torch.allclose(steps, torch.full_like(steps, 0.04))
    assert not torch.equal(first, second)
    assert draw.distinct(0, 3).shape == (0, 3)
    assert draw.distinct().shape == ()


def test_ranges() -> None:
    """low is in, high is out; p is how often True comes."""
    draw = drawing()

    uniform = draw(1000, low=2, high=3)
    assert 2 <= uniform.min() < 2.1 < 2.9 < uniform.max() < 3
    assert set(draw.integers(-1, 2, 100).tolist()) == {-1, 0, 1}
    assert draw.booleans(1000, p=0.1).sum() < 200
    assert draw.integers(0, 5, 2).dtype == torch.int64
    assert draw.booleans(2).dtype == torch.bool


def test_half_a_range() -> None:
    """low without high is a slip of the author's."""
    with pytest.raises(TypeError, match="both low and high"):
        drawing()(3, low=1)


def test_values() -> None:
    """Given numbers come in the dtype of the setting."""
    assert drawing(setting="cpu float32").values([[1, 2]]).dtype == torch.float32


def test_seeds_of_cases() -> None:
    """A case's seed depends on run, check and case, and on nothing else."""
    seeds = {
        case_seed(run, check, case)
        for run in (1, 2)
        for check in ("a::test_b", "a::test_c")
        for case in ("", "x=1")
    }

    assert len(seeds) == 8
    assert case_seed(1, "a::test_b", "x=1") == case_seed(1, "a::test_b", "x=1")


SHAPES = {"weight": (300, 200), "kernel": (40, 3, 5, 5), "bias": (500,), "scale": ()}


@pytest.mark.parametrize("setting", ["cpu float64", "cpu float32"])
def test_weights_are_scaled(setting: str) -> None:
    """Many inputs make each weight small, and no bias is zero or large."""
    weights = drawing(setting=setting).weights(SHAPES)

    assert {name: tuple(w.shape) for name, w in weights.items()} == SHAPES
    assert {w.dtype for w in weights.values()} == {SETTINGS[setting].dtype}
    assert abs(float(weights["weight"].std()) * 200**0.5 - 1) < 0.05
    assert abs(float(weights["kernel"].std()) * 75**0.5 - 1) < 0.1
    for name in ("bias", "scale"):
        assert float(weights[name].abs().min()) > 0.19
        assert float(weights[name].abs().max()) < 1.01
    assert {-1.0, 1.0} == set(weights["bias"].sign().tolist())


def test_no_layer_blows_up() -> None:
    """Ten layers on end keep the size of what goes through them."""
    draw = drawing()
    x = draw(50, 64)
    for _ in range(10):
        x = x @ draw.weights({"weight": (64, 64)})["weight"].T

    assert 0.2 < float(x.std()) < 5


def test_weights_of_no_shape() -> None:
    """The error names the weight and shows a shape."""
    with pytest.raises(TypeError, match="takes shapes by name"):
        drawing().weights([(3, 4)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"the shape of 'w' is 3; a shape is a tuple"):
        drawing().weights({"w": 3})  # type: ignore[dict-item]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("empty", [0, 1, 3])
def test_masks(seed: int, empty: int) -> None:
    """So many rows are empty, no other one is, and none of them is True everywhere."""
    mask = drawing(seed).mask(4, 3, empty_rows=empty, batch=2, heads=2)

    assert mask.shape == (2, 2, 4, 3)
    assert mask.dtype == torch.bool
    assert ((~mask.any(-1)).sum(-1) == empty).all()
    assert not mask.flatten(2).all(-1).any()


def test_masks_differ() -> None:
    """From batch to batch, and in which rows are empty."""
    masks = drawing().mask(5, 7, empty_rows=1, batch=20)

    assert len({tuple(mask.flatten().tolist()) for mask in masks}) == 20
    assert {int((~m.any(-1)).int().argmax()) for m in masks} == set(range(5))
    assert drawing().mask(5, 7).shape == (5, 7)
    assert drawing().mask(5, 7, heads=1).shape == (1, 5, 7)
    assert not drawing().mask(2, 3, empty_rows=2).any()


@pytest.mark.parametrize(
    ("keys", "empty", "message"),
    [(3, 5, "5 empty rows of 4; ask for 0 to 4"), (1, 0, "give it more keys")],
)
def test_masks_that_cannot_be(keys: int, empty: int, message: str) -> None:
    """The error says what to ask for."""
    with pytest.raises(ValueError, match=message):
        drawing().mask(4, keys, empty_rows=empty)

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

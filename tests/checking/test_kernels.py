"""Which tensors say something of the kernel they come from."""

from __future__ import annotations

import pytest
import torch

from autograder.checking.kernels import Sameness, _is_same, _tells


@pytest.mark.parametrize(
    ("tensor", "tells"),
    [
        (torch.linspace(0.1, 0.9, 16), True),
        (torch.linspace(0.1, 0.9, 15), False),
        (torch.linspace(0.1, 0.9, 16, dtype=torch.float64), False),
        (torch.arange(64.0), False),
        (torch.full((64,), 0.25), False),
        (torch.zeros(64), False),
        (torch.cat([torch.linspace(0.1, 0.9, 16), torch.tensor([torch.nan])]), False),
        (torch.cat([torch.linspace(0.1, 0.9, 16), torch.zeros(50)]), True),
    ],
)
def test_numbers_without_rounding_say_nothing(
    tensor: torch.Tensor, tells: bool
) -> None:
    assert _tells(tensor) is tells


def test_a_last_bit_is_enough() -> None:
    one = torch.linspace(0.1, 0.9, 16)
    other = one.clone()
    other[3] = torch.nextafter(other[3], torch.tensor(1.0))

    assert _is_same(one, one.clone())
    assert not _is_same(one, other)
    assert not _is_same(one, one.reshape(4, 4))


def test_how_much_is_needed() -> None:
    """All tensors, and at least three, to tell; half of them otherwise to be far."""
    assert Sameness("f", "k", 3, 3).is_whole
    assert not Sameness("f", "k", 2, 2).is_whole
    assert not Sameness("f", "k", 27, 28).is_whole
    assert Sameness("f", "k", 14, 28).is_far
    assert not Sameness("f", "k", 15, 28).is_far
    assert not Sameness("f", "k", 0, 2).is_far

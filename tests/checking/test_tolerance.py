"""How far an answer may be from the truth."""

from __future__ import annotations

import pytest
import torch

from autograder.checking.tolerance import (
    FLOAT64_RELATIVE,
    SPREAD,
    ULPS,
    allowed_error,
    nudged,
    scale_of,
)


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1.0, -3.0], 3.0),
        ([], 0.0),
        ([0.0, -0.0], 0.0),
        ([float("inf"), 2.0], 2.0),
        ([float("nan")], 0.0),
    ],
)
def test_the_scale_is_the_largest_finite_magnitude(
    values: list[float], scale: float
) -> None:
    """NaN, infinities and empty tensors have no part in it."""
    assert scale_of(torch.tensor(values)) == scale


def test_float64_answers() -> None:
    """1e-9 of the scale, whatever the truth does under other inputs."""
    truth = torch.tensor([100.0], dtype=torch.float64)

    assert allowed_error(1.0, truth, torch.float64, lambda: 1e9) == (
        FLOAT64_RELATIVE * 100
    )


def test_lower_precision_adds_the_truths_own_change() -> None:
    """Some units in the last place of the scale, and what rounding the inputs does."""
    truth = torch.tensor([100.0], dtype=torch.float64)
    eps = torch.finfo(torch.float32).eps

    assert allowed_error(1.0, truth, torch.float32, lambda: 0.25) == pytest.approx(
        ULPS * eps * 100 + SPREAD * 0.25
    )
    assert allowed_error(1.0, truth, torch.float32, None) == ULPS * eps * 100


def test_the_change_is_not_asked_for_in_vain() -> None:
    """An error within rounding costs no evaluation of the truth."""

    def never() -> float:
        raise AssertionError

    truth = torch.tensor([100.0], dtype=torch.float64)
    assert allowed_error(1e-6, truth, torch.float32, never) > 1e-6


def test_nudged_by_one_unit() -> None:
    """Each value moves by one unit in the last place, up or down; zero stays."""
    x = torch.tensor([1.0, -2.0, 0.0, 8.0] * 20, dtype=torch.float64)
    moved = nudged(x, torch.float32, torch.Generator().manual_seed(1)) - x

    steps = (moved / (torch.finfo(torch.float32).eps * x.abs().clamp_min(1))).round()
    assert set(steps[x != 0].tolist()) == {-1.0, 1.0}
    assert not moved[x == 0].any()

"""How far an answer may be from the truth."""

from __future__ import annotations

import math

import pytest
import torch

from autograder.checking.tolerance import (
    ASSUMED,
    CEILING,
    FLOAT64_RELATIVE,
    SPREAD,
    ULPS,
    allowed_error,
    nudged,
    ratio_of,
    scale_of,
    watched_by,
    watching,
)

SCALE = 100.0
EPS = torch.finfo(torch.float32).eps


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
    allowed = allowed_error(1.0, SCALE, torch.float64, lambda count: 1e9)

    assert allowed == FLOAT64_RELATIVE * 100


def test_lower_precision_adds_the_truths_own_change() -> None:
    """Some units in the last place of the scale, and what rounding may do."""
    allowed = allowed_error(1.0, SCALE, torch.float32, lambda count: 0.25)

    assert allowed == pytest.approx(ULPS * EPS * 100 + SPREAD * 0.25)


def test_a_truth_whose_inputs_are_unknown() -> None:
    """It is taken for one that changes by some units in the last place."""
    allowed = allowed_error(1.0, SCALE, torch.float32, None)

    assert allowed == pytest.approx((ULPS + SPREAD * ASSUMED) * EPS * 100)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_no_change_allows_an_answer_of_zeros(dtype: torch.dtype) -> None:
    """However ill-conditioned the truth is, what is far from it is wrong."""
    allowed = allowed_error(100.0, SCALE, dtype, lambda count: 1e9)

    assert allowed == pytest.approx((ULPS * torch.finfo(dtype).eps + CEILING) * 100)
    assert allowed <= 25.0


def test_the_change_is_not_asked_for_in_vain() -> None:
    """An error within rounding costs no evaluation of the truth."""

    def never(count: int) -> float:
        raise AssertionError

    assert allowed_error(1e-6, SCALE, torch.float32, never) > 1e-6


def test_nudged_by_one_unit() -> None:
    """Each value moves by one unit in the last place, up or down; zero stays."""
    x = torch.tensor([1.0, -2.0, 0.0, 8.0] * 20, dtype=torch.float64)
    moved = nudged(x, torch.float32, torch.Generator().manual_seed(1)) - x

    steps = (moved / (EPS * x.abs().clamp_min(1))).round()
    assert set(steps[x != 0].tolist()) == {-1.0, 1.0}
    assert not moved[x == 0].any()


def test_a_known_error_has_a_known_ratio() -> None:
    """All that is allowed counts, though the error is within rounding."""
    allowed = ULPS * EPS * 100 + SPREAD * 0.01

    for part in (0.001, 0.25, 1.0, 12.0):
        ratio = ratio_of(part * allowed, SCALE, torch.float32, lambda count: 0.01)
        assert ratio == pytest.approx(part)
    assert ratio_of(5e-8, SCALE, torch.float64, None) == pytest.approx(0.5)
    assert ratio_of(0.0, SCALE, torch.float64, None) == 0.0


@pytest.mark.parametrize("error", [math.nan, math.inf])
def test_what_is_no_number_is_infinitely_wrong(error: float) -> None:
    """NaN and infinities have no ratio."""
    assert ratio_of(error, SCALE, torch.float32, lambda count: 1.0) == math.inf


def test_where_nothing_is_allowed() -> None:
    """A truth of zeros has no scale, and any error is infinitely large."""

    assert ratio_of(1e-300, 0.0, torch.float64, None) == math.inf
    assert ratio_of(0.0, 0.0, torch.float64, None) == 0.0


def test_what_cannot_be_the_worst_costs_nothing() -> None:
    """Below the ratio that is known already, a bound will do."""

    def never(count: int) -> float:
        raise AssertionError

    def one_will_do(count: int) -> float:
        assert count == 1
        return unit / SPREAD

    unit = ULPS * EPS * 100
    assert ratio_of(unit / 8, SCALE, torch.float32, never, 0.125) == 0.125
    exact = ratio_of(unit / 8, SCALE, torch.float32, lambda count: unit / SPREAD, 0.1)
    assert exact == pytest.approx(0.0625)
    bound = ratio_of(unit / 8, SCALE, torch.float32, one_will_do, 0.1)
    assert bound == pytest.approx(0.0625)
    exact = ratio_of(unit / 8, SCALE, torch.float32, lambda n: n * unit / SPREAD, 0.01)
    assert exact == pytest.approx(0.125 / 9)


def test_nobody_watches_unless_asked() -> None:
    """Who watches does so within the block only, whatever happens in it."""

    def watch(*comparison: object) -> None: ...

    def fail() -> None:
        assert watching() is watch
        raise ValueError("over")

    assert watching() is None
    with pytest.raises(ValueError, match="over"), watched_by(watch):
        fail()
    assert watching() is None

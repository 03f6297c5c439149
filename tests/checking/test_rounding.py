"""What rounding every intermediate result does to a truth."""

from __future__ import annotations

import pytest
import torch

from autograder.checking.rounding import Rounding
from autograder.checking.tolerance import nudged
from autograder.checking.truth import Truth

EPS = torch.finfo(torch.float32).eps


@pytest.fixture
def rounding() -> Rounding:
    generator = torch.Generator().manual_seed(1)
    return Rounding(lambda x: nudged(x, torch.float32, generator))


def test_results_are_rounded(rounding: Rounding) -> None:
    """What an operator computes moves by one unit in the last place."""
    x = torch.full((50,), 3.0, dtype=torch.float64)
    with rounding:
        moved = x * 2

    assert ((moved - 6).abs() / 6).sub(EPS).abs().max() < 1e-12
    assert moved.unique().numel() == 2


def test_what_is_exact_stays(rounding: Rounding) -> None:
    """Views, writing into a tensor, masks, counting, and other dtypes."""
    x = torch.tensor([[1.0, -2.0], [3.0, 4.0]], dtype=torch.float64)
    with rounding:
        exact = [x.T, x[0], x.reshape(4), (x > 0).double(), torch.arange(4.0)]
        short = x.float()
        written = torch.zeros(2, dtype=torch.float64)
        written += x[0]

    assert [tensor.tolist() for tensor in exact] == [
        [[1.0, 3.0], [-2.0, 4.0]],
        [1.0, -2.0],
        [1.0, -2.0, 3.0, 4.0],
        [[1.0, 0.0], [1.0, 1.0]],
        [0.0, 1.0, 2.0, 3.0],
    ]
    assert exact[1].data_ptr() == x.data_ptr()
    assert short.dtype == torch.float32
    assert torch.equal(short, x.to(torch.float32))
    assert written.tolist() == [1.0, -2.0]


def test_results_in_several_parts_are_rounded(rounding: Rounding) -> None:
    """Values move, and the integers beside them do not."""
    x = torch.tensor([[1.0, 5.0], [7.0, 3.0]], dtype=torch.float64)
    with rounding:
        values, places = x.max(dim=1)

    assert (values - torch.tensor([5.0, 7.0])).abs().min() > 0
    assert places.tolist() == [1, 0]


def changes_of_gradient(oracle, x: torch.Tensor, cotangent: torch.Tensor) -> float:
    """The change of an oracle's gradient, in units of float32 at its scale."""
    truth = Truth(oracle, (x,), {})

    def measured(other, nudge, rounding):
        moved = [nudge(cotangent)]
        with rounding:
            return list(other.gradients([other.value], moved).values())

    (change,) = truth.changes(torch.float32, measured, 8)
    (gradient,) = truth.gradients([truth.value], [cotangent]).values()
    assert gradient is not None
    return change / (EPS * float(gradient.abs().max()))


def test_a_truth_that_saturates_on_the_way() -> None:
    """The gradient of a flat tanh has lost digits that its input still has."""
    x = torch.full((4,), 5.0, dtype=torch.float64)
    ones = torch.ones(4, dtype=torch.float64)

    assert changes_of_gradient(torch.tanh, x, ones) > 1000
    assert changes_of_gradient(torch.sin, x / 5, ones) < 10


def test_cotangents_are_inputs_too() -> None:
    """A gradient that is a sum of cotangents changes where they cancel."""
    bias = torch.ones(1, dtype=torch.float64)
    cotangent = torch.tensor([1.0, -1.0, 1e-3], dtype=torch.float64)

    assert changes_of_gradient(lambda b: b.expand(3) + 0, bias, cotangent) > 300


def test_backwards_are_rounded() -> None:
    """Gradients that cancel on their way back cannot be had exactly."""
    x = torch.ones(4, dtype=torch.float64)
    ones = torch.ones(4, dtype=torch.float64)

    assert changes_of_gradient(lambda x: x * 3 - (x * 2.999), x, ones) > 1000
    assert changes_of_gradient(lambda x: x * 0.001, x, ones) < 10


def test_changes_are_the_same_each_time() -> None:
    """A verdict does not depend on how often it was asked for."""
    x = torch.rand(6, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    found = [
        Truth(torch.logsumexp, (x, 0), {}).changes(
            torch.float32, lambda truth, *rest: [truth.value], count
        )
        for count in (8, 8, 2)
    ]

    assert found[0] == found[1]
    assert found[0][0] >= found[2][0] > 0

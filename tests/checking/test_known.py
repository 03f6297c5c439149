"""Truths that are known already, and those that must be found out anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from autograder.checking.known import MAX_BYTES, Truths
from autograder.checking.truth import tensors_in

ASKED: list[Any] = []


@pytest.fixture(autouse=True)
def _nobody_was_asked() -> None:
    ASKED.clear()


def doubled(x: Any, factor: Any = 2) -> Any:
    """An oracle at the top of its file, which remembers that it was asked."""
    ASKED.append(factor)
    return x * 2


def product(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Another one, of two tensors."""
    ASKED.append(None)
    return x * y


def numbers() -> torch.Tensor:
    """The same numbers in a tensor of its own each time."""
    return torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)


def test_the_same_call_is_asked_once() -> None:
    """Other tensors with the same bits have the same truth, and gradients of theirs."""
    truths, start = Truths(), [torch.ones(2, 2, dtype=torch.float64)]
    found = []
    for x in (numbers(), numbers()):
        truth = truths.of(doubled, (x,), {"factor": 3})
        (gradient,) = truth.gradients(tensors_in(truth.value), start).items()
        found.append((truth.value.tolist(), gradient[0] == id(x), gradient[1].tolist()))

    assert len(ASKED) == 1
    assert found == [([[2, 4], [6, 8]], True, [[2, 2], [2, 2]])] * 2


def test_gradients_under_other_cotangents() -> None:
    """A truth that is known is differentiated anew where the cotangent is another."""
    truths = Truths()
    found = []
    for factor in (1.0, 5.0, 1.0):
        truth = truths.of(doubled, (numbers(),), {})
        start = torch.full((2, 2), factor, dtype=torch.float64)
        (gradient,) = truth.gradients([truth.value], [start]).values()
        found.append(float(gradient[0, 0]))

    assert len(ASKED) == 1
    assert found == [2.0, 10.0, 2.0]


def test_what_a_known_truth_would_change_by() -> None:
    """Perturbations of a truth that is known nudge the tensors of this call."""
    truths = Truths()
    changes = [
        truths.of(doubled, (numbers(),), {}).changes(
            torch.float32, lambda truth, *rest: [truth.value], 2
        )
        for _ in range(2)
    ]

    assert changes[0] == changes[1]
    assert changes[0][0] > 0


X = numbers()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((X,), (X + 1,)),
        ((X,), (X.float(),)),
        ((X,), (X.reshape(4),)),
        ((X,), (X.T.contiguous().T,)),
        ((X, 1), (X, True)),
        ((X, 1), (X, 1.0)),
        ((X, 0.0), (X, -0.0)),
        ((X, (1, 2)), (X, [1, 2])),
        ((X, {"a": 1, "b": 2}), (X, {"b": 2, "a": 1})),
        ((X, None), (X,)),
    ],
    ids=[
        "values",
        "dtype",
        "shape",
        "layout",
        "bool",
        "float",
        "sign of zero",
        "list",
        "order",
        "default",
    ],
)
def test_what_an_oracle_may_tell_apart(
    one: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    """Whatever differs to an oracle is asked of it."""
    truths = Truths()
    truths.of(doubled, one, {})
    truths.of(doubled, other, {})

    assert len(ASKED) == 2


def test_one_tensor_given_twice_is_not_two() -> None:
    """The gradient of x in f(x, x) is another one than that in f(x, y)."""
    truths, x = Truths(), numbers()
    start = [torch.ones(2, 2, dtype=torch.float64)]
    truths.of(product, (x, numbers()), {})
    same = truths.of(product, (x, x), {})

    assert len(ASKED) == 2
    assert same.gradients([same.value], start)[id(x)].tolist() == [[2, 4], [6, 8]]


def test_what_is_not_certain_is_asked_again() -> None:
    """An oracle made on the way, and an argument of a kind that is not known."""

    def inner(x: torch.Tensor, *rest: Any) -> torch.Tensor:
        return doubled(x)

    truths = Truths()
    for oracle, extra in ((inner, 1), (doubled, {1, 2}), (doubled, torch.nn.ReLU())):
        for _ in range(2):
            truths.of(oracle, (numbers(), extra), {})

    assert len(ASKED) == 6


@pytest.mark.parametrize(
    ("oracle", "rest"),
    [(F.max_pool2d, 2), (F.conv2d, torch.ones(1, 1, 2, 2)), (torch.softmax, 1)],
    ids=["max_pool2d", "conv2d", "softmax"],
)
def test_torch_itself_lasts(oracle: Callable[..., Any], rest: Any) -> None:
    """Truths of torch's own functions are kept, and not computed again."""
    truths = Truths()
    one, other = (
        truths.of(oracle, (torch.ones(1, 1, 4, 4), rest), {}).value for _ in range(2)
    )

    assert one is other


def test_memory_has_an_end() -> None:
    """What is large is not kept, and when there is too much, all is forgotten."""
    truths = Truths(total=100)
    for x in (numbers(), numbers() + 1, numbers() + 2, numbers() + 3, numbers()):
        truths.of(doubled, (x,), {})
    large = torch.zeros(MAX_BYTES // 8 + 1, dtype=torch.float64)
    for _ in range(2):
        truths.of(doubled, (large,), {})

    assert len(ASKED) == 7
    truths.of(doubled, (numbers(),), {})
    assert len(ASKED) == 7

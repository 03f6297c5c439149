"""What comes later changes nothing before it, up to rounding."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from autograder.checking.case import SETTINGS, current
from autograder.checking.causality import causal
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw

SOURCE = """
import torch
from torch import nn
def sums(x): return x.cumsum(1)
def sums_in_time(x): return x.cumsum(0)
def reversed_sums(x): return x.flip(1).cumsum(1).flip(1)
def leaks_a_little(x): return x.cumsum(1) + 1e-3 * x.sum(1, keepdim=True)
def leaks_what_is_large(x): return x.cumsum(1) + 1e-8 * x.sum(1, keepdim=True)
def leaks_nan(x): return x.cumsum(1) + 0 * x.sum(1, keepdim=True)
def float32_sums(x): return x.float().cumsum(1)
def leaks_the_next(x): return x.cumsum(1).roll(-1, 1)
def lags(x): return torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1].cumsum(1)], 1)
def with_state(x): return x.cumsum(1), x.sum(1)
def scaled(x, by): return x.cumsum(1) * by
def tokens(x): return nn.functional.one_hot(x, 9).cumsum(1)
def number(x): return 3
def last(x): return x[:, -1]
def weighed(x, weights): return (weights / weights.sum(-1, keepdim=True)) @ x
def past(x): return torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
def masks(x):
    return (x @ x.mT).masked_fill(~past(x), -torch.inf).softmax(-1) @ x
def masks_by_a_number(x):
    return (x @ x.mT - 1e4 * ~past(x)).softmax(-1) @ x
def forgets_afterwards(x): return weighed(x, (x @ x.mT).softmax(-1) * past(x))
def scales_by_the_row(x):
    scores = x @ x.mT
    return weighed(x, (scores - scores.amax(-1, keepdim=True)).exp() * past(x))
def scales_by_all(x):
    scores = x @ x.mT
    return weighed(x, (scores - scores.max()).exp() * past(x))
def in_single(x): return forgets_afterwards(x.float()).to(x.dtype)
def in_loops(x):
    steps = range(1, x.shape[1] + 1)
    found = [(x[:, t - 1 : t] @ x[:, :t].mT).softmax(-1) @ x[:, :t] for t in steps]
    return torch.cat(found, 1)
def forgets_with_a_lag(x): return forgets_afterwards(x)[:, [0, *range(x.shape[1] - 1)]]
class Sums(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Linear(3, 3)
    def forward(self, x):
        return self.mix(x).cumsum(1), x.sum()
"""
STYLES = [
    "masks",
    "masks_by_a_number",
    "forgets_afterwards",
    "scales_by_the_row",
    "scales_by_all",
    "in_single",
    "in_loops",
]


@pytest.fixture
def draw(case: Any) -> Draw:
    """Of the case."""
    return Draw(case)


@pytest.mark.parametrize("name", ["sums", "with_state"])
def test_causal_code(open_student: Any, draw: Draw, name: str) -> None:
    """Functions pass; of several tensors the first counts.

    No number is compared with the right one: what gives back its input passes, too.
    """
    causal(getattr(open_student(SOURCE), name), draw(2, 6, 3), at=4)
    assert not current().numeric


@pytest.mark.parametrize("case", list(SETTINGS)[:2], indirect=True)
@pytest.mark.parametrize("name", STYLES)
def test_styles_of_attention(open_student: Any, draw: Draw, name: str) -> None:
    """What is right on paper passes, also where its rounding depends on the future."""
    function = getattr(open_student(SOURCE), name)
    for size in [(2, 6, 3), (1, 2, 1), (3, 17, 8)]:
        x = draw(*size)
        for at in {1, size[1] - 1}:
            causal(function, x, at=at)


@pytest.mark.parametrize("future", [1e4, 1e30, math.inf, math.nan])
def test_a_future_of_any_size(open_student: Any, draw: Draw, future: float) -> None:
    """It leaks from no right code, whether the word makes it or the check's own x."""
    student = open_student(SOURCE)
    x = draw(2, 6, 3)
    causal(student.sums, x, at=4, future=future)
    causal(student.float32_sums, x, at=4, future=future)
    x[:, 4:] = future
    causal(student.sums, x, at=4)


@pytest.mark.parametrize(
    ("name", "future"),
    [
        ("leaks_what_is_large", 1e4),
        ("leaks_what_is_large", 1e30),
        ("leaks_what_is_large", math.nan),
        ("leaks_nan", math.inf),
        ("leaks_nan", math.nan),
        ("masks_by_a_number", 1e6),
    ],
)
def test_a_leak_of_a_large_future(
    open_student: Any, draw: Draw, name: str, future: float
) -> None:
    """What leaks in proportion shows where the future is large, or no number."""
    function = getattr(open_student(SOURCE), name)
    x = draw(2, 6, 3)
    causal(function, x, at=4)
    with pytest.raises(Differs) as caught:
        causal(function, x, at=4, future=future)
    assert caught.value.mismatch.kind == "causality"
    x[:, 4:] = future
    with pytest.raises(Differs):
        causal(function, x, at=4)


def test_other_axes_arguments_and_objects(open_student: Any, draw: Draw) -> None:
    """dim is the axis of time; other arguments stay; weights may be injected."""
    student = open_student(SOURCE)
    causal(student.sums_in_time, draw(6, 2, 3), at=1, dim=0)
    causal(student.sums, draw(2, 6, 3), at=5, dim=-2)
    causal(student.scaled, draw(2, 6, 3), 3.0, at=2)
    causal(student.tokens, draw.integers(0, 9, 2, 6), at=3)
    causal(lambda x: student.scaled(student.sums(x), 2.0), draw(2, 6, 3), at=3)
    weights = draw.weights({"mix.weight": (3, 3), "mix.bias": (3,)})
    causal(student.Sums().with_weights(weights), draw(2, 6, 3), at=4)


@pytest.mark.parametrize(
    ("name", "place"),
    [("reversed_sums", 0), ("leaks_a_little", 0), ("leaks_the_next", 3)],
)
def test_what_sees_the_future(
    open_student: Any, draw: Draw, name: str, place: int
) -> None:
    """The first position that changes is named."""
    with pytest.raises(Differs) as caught:
        causal(getattr(open_student(SOURCE), name), draw(2, 6, 3), at=4)
    found = caught.value.mismatch
    assert (found.kind, found.of) == ("causality", f"the output at position {place}")
    assert found.expected == (
        "the same one whatever the input holds from position 4 on"
    )


@pytest.mark.parametrize("name", ["lags", "forgets_with_a_lag"])
def test_what_does_not_see_the_present(
    open_student: Any, draw: Draw, name: str
) -> None:
    """Where x changed, the output must change, by more than its rounding does."""
    with pytest.raises(Differs) as caught:
        causal(getattr(open_student(SOURCE), name), draw(2, 6, 3), at=4)
    found = caught.value.mismatch
    assert found.of == "the output at position 4"
    assert found.got == "the same one"


@pytest.mark.parametrize(("name", "kind"), [("number", "type"), ("last", "shape")])
def test_an_output_without_time(
    open_student: Any, draw: Draw, name: str, kind: str
) -> None:
    """It is the student's fault."""
    with pytest.raises(Differs) as caught:
        causal(getattr(open_student(SOURCE), name), draw(2, 6, 3), at=4)
    assert caught.value.mismatch.kind == kind


def test_every_kind_of_input_changes_everywhere(draw: Draw) -> None:
    """All values from the position on are others, and none before it."""
    seen: list[torch.Tensor] = []

    def spy(x: torch.Tensor) -> torch.Tensor:
        seen.append(x)
        return x

    for x in (draw(2, 9, 3), draw.integers(4, 6, 2, 9), draw.booleans(2, 9)):
        with pytest.raises(TypeError, match="called nothing of the student's"):
            causal(spy, x, at=3)
        before, after = seen[-2:]
        assert torch.equal(before, x)
        assert bool((before != after)[:, 3:].all())
        assert torch.equal(before[:, :3], after[:, :3])
    assert {int(v) for v in seen[3].unique()} == {4, 5}


@pytest.mark.parametrize(
    ("x", "at", "dim", "message"),
    [
        (torch.ones(2, 5), 0, 1, "at=0 of a length of 5; .* choose 1 to 4"),
        (torch.ones(2, 5), 5, 1, "at=5 of a length of 5"),
        (torch.ones(5), 2, 1, "has no axis 1"),
        (torch.ones(2, 5, dtype=torch.int64), 2, 1, "x holds 1 everywhere"),
    ],
)
def test_the_authors_faults(
    open_student: Any, x: torch.Tensor, at: int, dim: int, message: str
) -> None:
    """What claims nothing is refused."""
    with pytest.raises(ValueError, match=message):
        causal(open_student("def f(x): return x").f, x, at=at, dim=dim)

"""What comes later changes nothing before it, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder.checking.case import current
from autograder.checking.causality import causal
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw

SOURCE = """
import torch
from torch import nn
def sums(x): return x.cumsum(1)
def sums_in_time(x): return x.cumsum(0)
def reversed_sums(x): return x.flip(1).cumsum(1).flip(1)
def leaks_a_little(x): return x.cumsum(1) + 1e-12 * x.sum(1, keepdim=True)
def leaks_the_next(x): return x.cumsum(1).roll(-1, 1)
def lags(x): return torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1].cumsum(1)], 1)
def with_state(x): return x.cumsum(1), x.sum(1)
def scaled(x, by): return x.cumsum(1) * by
def tokens(x): return nn.functional.one_hot(x, 9).cumsum(1)
def number(x): return 3
def last(x): return x[:, -1]
class Sums(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Linear(3, 3)
    def forward(self, x):
        return self.mix(x).cumsum(1), x.sum()
"""


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
    """The first position that changes is named, however little it changes."""
    with pytest.raises(Differs) as caught:
        causal(getattr(open_student(SOURCE), name), draw(2, 6, 3), at=4)
    found = caught.value.mismatch
    assert (found.kind, found.of) == ("causality", f"the output at position {place}")
    assert found.expected == (
        "the same one whatever the input holds from position 4 on"
    )


def test_what_does_not_see_the_present(open_student: Any, draw: Draw) -> None:
    """Where x changed, the output must change as well: constants are not causal."""
    with pytest.raises(Differs) as caught:
        causal(open_student(SOURCE).lags, draw(2, 6, 3), at=4)
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

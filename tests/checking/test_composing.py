"""Compositions, steps that are unrolled, and gradients by name."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder.checking.case import SETTINGS, CaseRun, begin, current
from autograder.checking.comparing import agrees
from autograder.checking.composing import unroll
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw
from autograder.verdict import Mismatch

SOURCE = """
import torch
from torch import nn
def double(x): return 2 * x
def square(x): return x * x
def cut(x): return (2 * x).detach()
def cut_of_b(a, b): return a * b.detach()
def overwrites(x):
    result = 2 * x
    x.zero_()
    return result
def rnn(x, h, w): return (x + h @ w).tanh()
def rnn_cut(x, h, w): return (x + h.detach() @ w).tanh()
def pair(x, state, w):
    h, c = state
    c = c + x
    h = (c @ w).tanh()
    return h, c
def with_output(x, h, w):
    h = (x + h @ w).tanh()
    return h.sum(-1), h
def stateless(x, h=None):
    h = torch.zeros_like(x) if h is None else h
    h = h + x
    return 2 * h, h
def only_h(x, state, w): return pair(x, state, w)[0]
def as_a_list(x, state, w): return list(pair(x, state, w))
def grows(x, h, w): return torch.cat([x + h[:, :x.shape[1]], h], 1)
class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Linear(3, 3)
    def forward(self, x, h):
        return (x + self.mix(h)).tanh()
"""


@pytest.fixture
def draw(case: CaseRun) -> Draw:
    """Of the case, in float64."""
    return Draw(case)


def told(*args: Any, **kwargs: Any) -> Mismatch | None:
    """What agrees finds."""
    try:
        agrees(*args, **kwargs)
    except Differs as differs:
        return differs.mismatch
    return None


def test_a_composition(open_student: Any, draw: Draw) -> None:
    """A function of the check's own that calls the student's is compared as a whole."""
    s = open_student(SOURCE)
    x = draw(3, 4)

    assert told(lambda x: s.square(s.double(x)), lambda x: 4 * x * x, x) is None
    assert current().numeric
    found = told(lambda x: s.square(s.double(x)), lambda x: 4 * x**3, x)
    assert found is not None
    assert (found.kind, found.of) == ("value", "the output")


def test_gradients_of_a_composition(open_student: Any, draw: Draw) -> None:
    """They come back through all its calls, and are named by its arguments."""
    s = open_student(SOURCE)

    found = told(lambda u: s.square(s.cut(u)) + u, lambda u: 4 * u * u + u, draw(3))
    assert found is not None
    assert (found.kind, found.of) == ("value", "the gradient of u")
    lost = told(lambda u: s.cut(s.square(u)), lambda u: 2 * u * u, draw(3))
    assert lost is not None
    assert (lost.kind, lost.of) == ("no_gradient", "the output")


def test_a_composition_leaves_the_arguments_alone(
    open_student: Any, draw: Draw
) -> None:
    """Each of its calls is looked at, and the check's own tensor is never touched."""
    s = open_student(SOURCE)
    x = draw(3)
    kept = x.clone()

    found = told(lambda x: s.double(s.overwrites(x)), lambda x: 4 * x, x)
    assert found is not None
    assert (found.kind, found.of) == ("changed_input", "x")
    assert torch.equal(x, kept)


def test_a_composition_without_the_student(case: CaseRun) -> None:
    """It would compare the check with itself."""
    with pytest.raises(TypeError, match="called nothing of the student's"):
        agrees(torch.sin, torch.sin, torch.ones(2, dtype=torch.float64))
    with pytest.raises(TypeError, match=r"agrees was given 3; give it student\.NAME"):
        agrees(3, torch.sin, torch.ones(2, dtype=torch.float64))


def test_a_state_of_one_tensor(open_student: Any, draw: Draw) -> None:
    """The state is the output of each step; gradients go through all steps."""
    s = open_student(SOURCE)
    xs, h, w = draw(4, 2, 3), draw(2, 3), draw(3, 3)

    def rnn(x: torch.Tensor, h: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        return (x + h @ w).tanh()

    assert told(unroll(s.rnn), unroll(rnn), xs, h, w) is None
    found = told(unroll(s.rnn_cut), unroll(rnn), xs, h, w)
    assert found is not None
    assert (found.kind, found.of) == ("value", "the gradient of xs")


def oracle(x: Any, state: Any, w: Any) -> Any:
    """A step with two states."""
    c = state[1] + x
    return (c @ w).tanh(), c


def test_a_state_of_two(open_student: Any, draw: Draw) -> None:
    """``(h, c)`` is known by what was given; h is the output."""
    s = open_student(SOURCE)
    given = draw(4, 2, 3), (draw(2, 3), draw(2, 3)), draw(3, 3)

    assert told(unroll(s.pair), unroll(oracle), *given) is None
    outputs, (h, c) = unroll(oracle)(*given)
    assert outputs.shape == (4, 2, 3)
    assert torch.equal(outputs[-1], h)
    assert c.shape == (2, 3)


def test_a_list_for_a_tuple_goes_on(open_student: Any, draw: Draw) -> None:
    """It costs the check that is about types, and not this one."""
    s = open_student(SOURCE)
    given = draw(4, 2, 3), (draw(2, 3), draw(2, 3)), draw(3, 3)

    begin(CaseRun(SETTINGS["cpu float64"], 1))
    assert told(unroll(s.as_a_list), unroll(oracle), *given) is None


def test_an_output_beside_the_state(open_student: Any, draw: Draw) -> None:
    """``(output, state)`` is told from ``(h, c)`` by the state that was given."""
    s = open_student(SOURCE)
    outputs, h = unroll(s.with_output)(draw(4, 2, 3), draw(2, 3), draw(3, 3))

    assert outputs.shape == (4, 2)
    assert h.shape == (2, 3)
    outputs, h = unroll(s.stateless)(torch.ones(3, 2, dtype=torch.float64), None)
    assert outputs[:, 0].tolist() == [2, 4, 6]
    assert h.tolist() == [3, 3]


def test_an_object_with_weights(open_student: Any, draw: Draw) -> None:
    """The oracle takes the weights first; their gradients are compared, too."""
    model = open_student(SOURCE).Cell()
    weights = draw.weights({"mix.weight": (3, 3), "mix.bias": (3,)})
    cell = unroll(model.with_weights(weights))

    def right(w: Any, x: Any, h: Any) -> Any:
        return (x + h @ w["mix.weight"].T + w["mix.bias"]).tanh()

    def wrong(w: Any, x: Any, h: Any) -> Any:
        return (x + h @ w["mix.weight"].T + w["mix.bias"].detach()).tanh()

    assert told(cell, unroll(right), draw(4, 2, 3), draw(2, 3)) is None
    found = told(cell, unroll(wrong), draw(4, 2, 3), draw(2, 3))
    assert found is not None
    assert found.of == "the gradient of mix.bias"


@pytest.mark.parametrize(
    ("name", "kind", "of"),
    [
        ("only_h", "structure", "what step 1 gives back"),
        ("grows", "shape", "what step 2 gives back"),
    ],
)
def test_a_step_that_gives_something_else(
    open_student: Any, draw: Draw, name: str, kind: str, of: str
) -> None:
    """It is the student's fault, and the step is named."""
    step = getattr(open_student(SOURCE), name)
    state: Any = draw(2, 3)
    if name == "only_h":
        state = state, draw(2, 3)

    with pytest.raises(Differs) as caught:
        unroll(step)(draw(3, 2, 3), state, draw(3, 3))
    assert (caught.value.mismatch.kind, caught.value.mismatch.of) == (kind, of)


def test_an_oracle_that_gives_something_else(draw: Draw) -> None:
    """It is the author's fault."""
    with pytest.raises(TypeError, match="step 1 gives back of the oracle is None"):
        unroll(lambda x, h: None)(draw(3, 2), draw(2))
    with pytest.raises(ValueError, match="one step or more"):
        unroll(lambda x, h: h)(draw(0, 2), draw(2))
    with pytest.raises(TypeError, match="unroll takes a step"):
        unroll(3)


def test_gradients_by_name(open_student: Any, draw: Draw) -> None:
    """Those that are named are compared and no others."""
    s = open_student(SOURCE)
    given = s.cut_of_b, torch.mul, draw(3), draw(3)

    assert told(*given, gradient=["a"]) is None
    for gradient in (["b"], ["a", "b"], True):
        found = told(*given, gradient=gradient)
        assert found is not None
        assert found.of == "the gradient of b"


def test_gradients_that_nobody_asked_for(open_student: Any, draw: Draw) -> None:
    """An output without a graph is right where no named input is behind it."""
    source = "def f(a, b): return a * 2, (b * 2).detach()"
    s = open_student(source)

    def both(a: Any, b: Any) -> Any:
        return a * 2, b * 2

    assert told(s.f, both, draw(3), draw(3), gradient=["a"]) is None
    assert told(s.f, both, draw(3), draw(3), gradient=["b"]) is not None


def test_gradients_of_weights_and_of_parts_by_name(
    open_student: Any, draw: Draw
) -> None:
    """Weights go by their own names; the name of a tuple stands for all its parts."""
    s = open_student(SOURCE)
    weights = draw.weights({"mix.weight": (3, 3), "mix.bias": (3,)})
    model = s.Cell().with_weights(weights)

    def wrong(w: Any, x: Any, h: Any) -> Any:
        return (x.detach() + h @ w["mix.weight"].T + w["mix.bias"]).tanh()

    x, h = draw(2, 3), draw(2, 3)
    assert told(model, wrong, x, h, gradient=["mix.weight", "h"]) is None
    assert told(model, wrong, x, h, gradient=["x"]) is not None

    def cut(x: Any, state: Any, w: Any) -> Any:
        return oracle(x, (state[0], state[1].detach()), w)

    given = draw(2, 3), (draw(2, 3), draw(2, 3)), draw(3, 3)
    assert told(s.pair, cut, *given, gradient=["x", "state[0]", "w"]) is None
    for name in ("state[1]", "state"):
        assert told(s.pair, cut, *given, gradient=[name]) is not None


@pytest.mark.parametrize(
    ("gradient", "error", "message"),
    [
        (["y"], ValueError, r"names 'y', which is no argument .* there are a, b"),
        (["n"], ValueError, r"names 'n', which is no argument or weight .*; there are"),
        ("a", TypeError, r"takes a list of names; write gradient=\['a'\]"),
    ],
)
def test_a_name_that_is_not_there(
    open_student: Any, draw: Draw, gradient: Any, error: type, message: str
) -> None:
    """The author's error lists the names that there are."""
    s = open_student("def f(a, b, n): return a * b")

    def right(a: Any, b: Any, n: Any) -> Any:
        return a * b

    with pytest.raises(error, match=message):
        agrees(s.f, right, draw(3), draw(3), 2, gradient=gradient)


def test_a_student_may_rename_arguments(open_student: Any, draw: Draw) -> None:
    """Then the oracle's names are known still."""
    s = open_student("def f(first, second): return first * second.detach()")

    def right(a: Any, b: Any) -> Any:
        return a * b

    assert told(s.f, right, draw(3), draw(3), gradient=["a"]) is None
    assert told(s.f, right, draw(3), draw(3), gradient=["b"]) is not None

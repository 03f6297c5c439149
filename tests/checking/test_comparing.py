"""agrees, close and equal inside a case, here and behind the sandbox alike."""

from __future__ import annotations

from contextvars import copy_context
from typing import Any

import pytest
import torch

from autograder.checking.case import SETTINGS, CaseRun, begin, current
from autograder.checking.comparing import agrees, close, equal
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw
from autograder.verdict import Mismatch

SOURCE = """
import torch
calls = 0
def square(x): return x * x
def cube(x): return x ** 3
def forward_only(x): return (x * x).detach()
def half_gradient(x): return x * x.detach()
def constant(x): return torch.ones_like(x)
def overwrites(x):
    result = x * x
    x.zero_()
    return result
def overwrites_second(x, y):
    result = x * y
    y += 1
    return result
def once(x):
    global calls
    calls += 1
    return x * x + (calls > 1)
def twice_as_long(x):
    global calls
    calls += 1
    return x * x if calls < 2 else torch.cat([x * x, x])
def always_float32(x): return (x.float() ** 2).to(x.dtype)
def wrong_dtype(x):
    return (x * x).float() if x.dtype == torch.float64 else (x * x).double()
def in_float64(x): return x.double() ** 2
def pair(x, y): return x * y, y.sum()
def ignores_y(x, y): return x * 2
def uses_y(x, y): return x * 2 + 0 * y.sum() + y.sum()
def count(x): return x.numel()
def largest(x): return x.argmax()
def nan(x): return x * float("nan")
def noisy(x): return x * x + torch.randn(()).to(x.dtype) * 1e-3
"""


def told(function: Any, oracle: Any, *args: Any, **kwargs: Any) -> Mismatch | None:
    """What agrees finds."""
    try:
        agrees(function, oracle, *args, **kwargs)
    except Differs as differs:
        return differs.mismatch
    return None


def square(x: torch.Tensor) -> torch.Tensor:
    """The truth for most of them."""
    return x * x


@pytest.fixture
def x(case: CaseRun) -> torch.Tensor:
    """A matrix of the case."""
    return Draw(case)(3, 4)


def test_what_agrees(open_student: Any, x: torch.Tensor) -> None:
    """Right values and right gradients pass."""
    student = open_student(SOURCE)

    assert told(student.square, square, x) is None
    assert current().numeric
    assert told(student.count, torch.numel, x) is None
    assert told(student.largest, torch.argmax, x) is None
    assert told(student.pair, lambda x, y: (x * y, y.sum()), x, x + 1) is None


@pytest.mark.parametrize(
    ("name", "kind", "of"),
    [
        ("cube", "value", "the output"),
        ("forward_only", "no_gradient", "the output"),
        ("half_gradient", "value", "the gradient of x"),
        ("overwrites", "changed_input", "x"),
        ("once", "not_repeatable", "the output"),
        ("twice_as_long", "shape", "the output"),
        ("wrong_dtype", "dtype", "the output"),
        ("always_float32", "value", "the output"),
        ("nan", "value", "the output"),
        ("noisy", "value", "the output"),
    ],
)
def test_what_does_not_agree(
    open_student: Any, x: torch.Tensor, name: str, kind: str, of: str
) -> None:
    """Value, inputs, repetition and gradient are compared in this order."""
    found = told(getattr(open_student(SOURCE), name), square, x)

    assert found is not None
    assert (found.kind, found.of) == (kind, of)


def test_which_output_left_autograd(open_student: Any, x: torch.Tensor) -> None:
    """One of several is named: the others may be right."""
    student = open_student(
        "def pair(x, y): return x * y, y.sum().detach()\n"
        "def nested(x, y): return x * y, (x + y, (x - y).detach())"
    )

    found = told(student.pair, lambda x, y: (x * y, y.sum()), x, x + 1)
    assert found is not None
    assert (found.kind, found.of) == ("no_gradient", "output[1]")
    found = told(student.nested, lambda x, y: (x * y, (x + y, x - y)), x, x + 1)
    assert found is not None
    assert (found.kind, found.of) == ("no_gradient", "the output")


def test_which_input_was_overwritten(open_student: Any, x: torch.Tensor) -> None:
    """The overwritten input is named as the student's function names it."""
    student = open_student(SOURCE)
    found = told(student.overwrites_second, torch.mul, x, x + 1)

    assert found is not None
    assert (found.kind, found.of) == ("changed_input", "y")


def test_gradients_may_be_left_out(open_student: Any, x: torch.Tensor) -> None:
    """gradient=False compares values alone, and still twice."""
    student = open_student(SOURCE)

    assert told(student.forward_only, square, x, gradient=False) is None
    found = told(student.once, square, x, gradient=False)
    assert found is not None
    assert found.kind == "not_repeatable"


def test_an_oracle_without_gradient_wants_none(
    open_student: Any, x: torch.Tensor
) -> None:
    """Where the truth has no graph the student needs none."""
    assert told(open_student(SOURCE).constant, torch.ones_like, x) is None


def test_none_stands_for_zeros(open_student: Any, x: torch.Tensor) -> None:
    """An input without influence may have no gradient or one of zeros."""
    student = open_student(SOURCE)

    assert told(student.ignores_y, lambda x, y: x * 2, x, x + 1) is None
    assert told(student.ignores_y, lambda x, y: x * 2 + 0 * y, x, x + 1) is None
    found = told(student.uses_y, lambda x, y: x * 2 + y.detach().sum(), x, x + 1)
    assert found is not None
    assert (found.kind, found.of) == ("value", "the gradient of y")


def test_a_missing_gradient_is_told(open_student: Any, x: torch.Tensor) -> None:
    """An input on which the truth depends needs a gradient."""
    student = open_student(SOURCE)
    found = told(student.ignores_y, lambda x, y: x * 2 + (y - y.detach()), x, x + 1)

    assert found is not None
    assert (found.kind, found.of) == ("no_gradient", "the gradient of y")


@pytest.mark.parametrize("equal_nan", [True, False])
def test_nan_equals_nothing_unless_told(open_student: Any, equal_nan: bool) -> None:
    """A check whose truth is NaN says so."""
    x = torch.tensor([1.0], dtype=torch.float64)
    student = open_student(SOURCE)
    truth = {"gradient": False, "equal_nan": equal_nan}

    found = told(student.nan, lambda x: x * torch.nan, x, **truth)
    assert (found is None) is equal_nan


def test_the_checks_own_inputs_are_never_written(
    open_student: Any, x: torch.Tensor
) -> None:
    """Whatever the student overwrites, the check goes on with what it drew."""
    before = x.clone()
    told(open_student(SOURCE).overwrites, square, x)

    assert torch.equal(x, before)
    assert not x.requires_grad


def test_the_oracle_cannot_spoil_the_inputs(open_student: Any, x: torch.Tensor) -> None:
    """An oracle works on a copy of its own."""
    before = x.clone()

    def spoiling(x: torch.Tensor) -> torch.Tensor:
        y = x * x
        x.data.zero_()
        return y

    told(open_student(SOURCE).square, spoiling, x)
    assert torch.equal(x, before)


def test_float32_is_compared_as_float32(open_local: Any) -> None:
    """In a float32 case the answer must be float32 and right to its precision."""
    from autograder.checking.student import Student

    case = CaseRun(SETTINGS["cpu float32"], 1, strict=True)
    begin(case)
    student, x = Student(open_local(SOURCE)), Draw(case)(3, 4)
    begin(case)

    assert x.dtype == torch.float32
    assert told(student.square, square, x) is None
    assert told(student.always_float32, square, x) is None
    found = told(student.wrong_dtype, square, x)
    assert found is not None
    assert (found.expected, found.got) == ("float32[3, 4]", "float64[3, 4]")


def test_a_function_may_promise_a_dtype(open_local: Any) -> None:
    """Float64 for float32 inputs is what is asked for then, and no remark."""
    from autograder.checking.student import Student

    case = CaseRun(SETTINGS["cpu float32"], 1, strict=True)
    begin(case)
    student, x = Student(open_local(SOURCE)), Draw(case)(3, 4)
    begin(case)

    asked = {"gradient": False, "dtype": torch.float64}
    assert told(student.in_float64, square, x, **asked) is None
    close(student.in_float64(x), square(x.double()), dtype=torch.float64)
    found = told(student.square, square, x, **asked)
    assert found is not None
    assert (found.expected, found.got) == ("float64[3, 4]", "float32[3, 4]")


def test_close_and_equal(case: CaseRun) -> None:
    """close is up to rounding, equal is exact; only close makes a check numeric."""
    equal((1, "a"), (1, "a"))
    assert not case.numeric
    close(torch.tensor([1.0 + 1e-12], dtype=torch.float64), torch.ones(1).double())
    assert case.numeric
    with pytest.raises(Differs, match="expected"):
        close(torch.ones(1), torch.ones(1))
    with pytest.raises(Differs, match="expected the int 1, got the float"):
        equal(1.0, 1)
    equal(torch.ones(2), torch.ones(2))
    with pytest.raises(Differs, match="1 of 2 values differ"):
        equal(torch.tensor([1.0, 1.0 + 2**-23]), torch.ones(2))


def test_outside_of_a_check() -> None:
    """The verbs say where they work."""

    def alone() -> None:
        from contextvars import Context

        Context().run(close, 1.0, 1.0)

    with pytest.raises(RuntimeError, match="inside a check only"):
        copy_context().run(alone)

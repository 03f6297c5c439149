"""A call at home has its seconds, and what ran out of them is not asked again."""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any

import pytest
import torch

from autograder.checking.callers import Stopped
from autograder.checking.case import SETTINGS, CaseRun, begin
from autograder.checking.local import LocalCaller
from autograder.checking.student import Student
from autograder.home.timing import CAN_TIME, TimedCaller

pytestmark = pytest.mark.skipif(not CAN_TIME, reason="this system has no such timer")


@pytest.fixture(autouse=True)
def in_a_case() -> None:
    """Calls are noted for the case that is running."""
    begin(CaseRun(SETTINGS["cpu float64"], 1))


class Net(torch.nn.Module):
    """Never answers."""

    def forward(self, x: object) -> None:
        while True:
            pass


def test_a_class_that_hangs_costs_its_seconds_once() -> None:
    """The message has the class's name, and a new object of it is not called."""
    module = ModuleType("network")
    module.Net, module.fine = Net, lambda: 3  # type: ignore[attr-defined]
    caller = TimedCaller(LocalCaller(module, {}), 0.2, {})

    student = Student(caller, "cpu")
    first, second = student.Net(), student.Net()

    with pytest.raises(Stopped, match=r"^Net: no answer in 0\.2 s$"):
        first(1)
    started = time.process_time()
    for again in (lambda: first(1), lambda: second(1), student.Net):
        with pytest.raises(Stopped, match=r"^Net: no answer"):
            again()
    assert time.process_time() - started < 0.1
    assert student.fine() == 3


class Slow(torch.autograd.Function):
    """Goes forward at once, and never back."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, cotangent: torch.Tensor) -> torch.Tensor:
        while True:
            pass


def test_a_backward_that_hangs_is_its_functions() -> None:
    """The message names the function, which is not called again."""
    module = ModuleType("layer")
    module.slow = Slow.apply  # type: ignore[attr-defined]
    student = Student(TimedCaller(LocalCaller(module, {}), 0.2, {}), "cpu")

    y = student.slow(torch.ones(2, requires_grad=True))
    with pytest.raises(Stopped, match=r"^the backward of slow: no answer in"):
        y.sum().backward()
    with pytest.raises(Stopped, match=r"^the backward of slow: no answer in"):
        student.slow(torch.ones(2))

"""What goes wrong for few inputs only costs one check, and is not missed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.course.assignment import Assignment, load_course
from autograder.sources.forbidden import forbidden_uses
from tests.solutions.narrow_slips import SLIPS
from tests.solutions.slipping import failing

COURSE = load_course(Path(__file__).parents[2] / "solutions")
CNN = COURSE.assignment("cnn")
CASES = [
    pytest.param(assignment, exercise, function, check, slip, id=f"{check}, {slip}")
    for assignment, functions in SLIPS.items()
    for (exercise, function), checks in functions.items()
    for check, slips in checks.items()
    for slip in slips
]
BY_AUTOGRAD = [
    "return torch.autograd.grad(x * x, x, grad_output)",
    "(x * x).sum().backward()",
    "return torch.func.vjp(torch.square, x)[1](grad_output)",
]


@pytest.fixture(scope="module")
def solutions() -> dict[str, Solution]:
    return {name: Solution(COURSE.assignment(name)) for name in SLIPS}


def with_line(
    exercise: str, function: str, line: str, assignment: Assignment = CNN
) -> str:
    """The solution with one more line at the head of a function's body."""
    source = assignment.module(exercise).read_text(encoding="utf-8")
    head = re.compile(rf"(^def {function}\(.*?# BEGIN SOLUTION\n)", re.M | re.S)
    changed, count = head.subn(lambda found: f"{found[0]}    {line}\n", source)
    assert count == 1
    return changed


@pytest.mark.parametrize(("assignment", "exercise", "function", "check", "slip"), CASES)
@pytest.mark.filterwarnings("ignore::UserWarning")  # of sizes that broadcast
def test_a_narrow_slip_costs_one_check(
    solutions: dict[str, Solution],
    tmp_path: Path,
    assignment: str,
    exercise: str,
    function: str,
    check: str,
    slip: str,
) -> None:
    """A layout, a tie, a zero, one side of a pair: one check tries each of them."""
    source = with_line(exercise, function, slip, COURSE.assignment(assignment))
    found = failing(solutions[assignment], exercise, function, source, tmp_path)

    assert found == [f"{exercise}::{check}"]


@pytest.mark.parametrize("line", BY_AUTOGRAD)
@pytest.mark.parametrize(
    ("exercise", "function"),
    [("convolution", "conv2d_backward"), ("pooling", "max_pool2d_backward")],
)
def test_a_backward_pass_by_hand_is_no_autograd(
    exercise: str, function: str, line: str
) -> None:
    """Autograd is forbidden where gradients are derived, not where one tries them."""
    rules = CNN.forbidden[exercise]
    trial = f"\n\ndef try_it(x, grad_output):\n    {line}\n"
    source = with_line(exercise, function, line)
    plain = CNN.module(exercise).read_text(encoding="utf-8")

    assert set(forbidden_uses({exercise: source}, exercise, rules)) == {function}
    uses = forbidden_uses({exercise: plain + trial}, exercise, rules)
    assert set(uses) == {"try_it"}

"""A fault of one function that makes another fail is told once."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.checking.following import following
from autograder.checking.local import LocalCaller
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from tests.conftest import module_of
from tests.small_course import write_small_course

SOLUTION = """
def size(length, window):
    # BEGIN SOLUTION
    return length - window + 1
    # END SOLUTION

def sizes(length, windows):
    # BEGIN SOLUTION
    found = []
    for window in windows:
        length = size(length, window)
        found.append(length)
    return found
    # END SOLUTION
"""
CHECKS = """
import pytest
from autograder import equal, points

@points(1)
@pytest.mark.parametrize("window", [1, 2, 3])
def test_size(student, window):
    '''size counts places'''
    equal(student.size(9, window), 10 - window)

@points(1)
@pytest.mark.parametrize("length", [9, 12])
def test_sizes(student, length):
    '''sizes follows the windows'''
    equal(student.sizes(length, [2, 3]), [length - 1, length - 3])
"""
WRONG = "def size(length, window): return length - window\n"


def follows(
    tmp_path: Any, source: str, solution_text: str = SOLUTION, checks_text: str = CHECKS
) -> dict[str, str | None]:
    """By check, the function that its failure follows from."""
    folder = write_small_course(tmp_path, solution_text, checks_text, "")
    solution = Solution(load_course(folder).assignment("small"))
    caller = LocalCaller(module_of(source), {})
    checks = solution.checks["scaling"]
    found = list(run_checks(checks, caller, 1))
    found = following(found, source, caller, solution.hybrid("scaling", 1))
    return {f.result.id.partition("::")[2]: f.result.follows for f in found}


def test_a_fault_that_is_passed_on(tmp_path: Any) -> None:
    """Calls the wrong one, and does what the solution would do with it."""
    source = WRONG + (
        "def sizes(length, windows):\n"
        "    return [length := size(length, window) for window in windows]\n"
    )
    assert follows(tmp_path, source) == {"test_size": None, "test_sizes": "size"}


@pytest.mark.parametrize(
    "sizes",
    [
        # the same wrong numbers, but not by calling the other
        "    return [length := length - window for window in windows]\n",
        # calls the other, and has a fault of its own
        "    return [length := size(length, window) + 2 for window in windows]\n",
        # right in spite of the other
        "    return [length := size(length, window) + 1 for window in windows]\n",
    ],
    ids=["its own", "one more", "right"],
)
def test_a_fault_that_is_not_passed_on(tmp_path: Any, sizes: str) -> None:
    """Nothing is said to follow that does not."""
    source = WRONG + "def sizes(length, windows):\n" + sizes

    assert set(follows(tmp_path, source).values()) == {None}


CLASS = """
import torch
from torch import nn

def double(x):
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        # BEGIN SOLUTION
        self.mix = nn.Linear(3, 3)
        # END SOLUTION
    def forward(self, x):
        # BEGIN SOLUTION
        return self.mix(double(x))
        # END SOLUTION
"""
CHECKS_OF_A_CLASS = """
import pytest, torch
from autograder import agrees, points

@points(1)
def test_double(student, draw):
    '''double doubles'''
    agrees(student.double, lambda x: 2 * x, draw(2, 3))

@points(1)
def test_net(student, draw):
    '''Net mixes what is doubled'''
    weights = draw.weights({"mix.weight": (3, 3), "mix.bias": (3,)})
    net = student.Net().with_weights(weights)
    agrees(net, lambda w, x: 2 * x @ w["mix.weight"].T + w["mix.bias"], draw(2, 3))
"""


@pytest.mark.parametrize(("more", "expected"), [("", "double"), (" + 1", None)])
def test_a_fault_that_a_class_passes_on(
    tmp_path: Any, more: str, expected: str | None
) -> None:
    """A class that calls the wrong function, unless it has a fault of its own."""
    source = CLASS.replace("return 2 * x", "return 3 * x")
    source = source.replace("self.mix(double(x))", f"self.mix(double(x)){more}")

    found = follows(tmp_path, source, CLASS, CHECKS_OF_A_CLASS)

    assert found == {"test_double": None, "test_net": expected}


LOSS = """
def logs(x):
    # BEGIN SOLUTION
    return x.log()
    # END SOLUTION

def loss(x):
    # BEGIN SOLUTION
    return -logs(x).mean()
    # END SOLUTION
"""
CHECKS_OF_A_LOSS = """
import pytest
from autograder import agrees, points

@points(1)
@pytest.mark.parametrize("size", [4, 5])
def test_logs(student, draw, size):
    '''logs takes logarithms'''
    agrees(student.logs, lambda x: x.log(), draw(size, low=1, high=2))

@points(1)
@pytest.mark.parametrize("size", [1, 3, 4, 5])
def test_loss(student, draw, size):
    '''loss is minus their mean'''
    agrees(student.loss, lambda x: -x.log().mean(), draw(size, low=1, high=2))
"""
MISTAKES_OF_A_LOSS = '''
from autograder import mistake, reference

@mistake(question="Which sign has it?")
def loss__forgets_the_sign(x):
    """the mean without its sign"""
    return -reference.loss(x)
'''


@pytest.mark.parametrize(
    "wrong",
    ["x.log() if len(x) == 4 else 0 * x", "x.log().detach() if len(x) > 4 else 0 * x"],
    ids=["right for some", "no gradient for some"],
)
def test_gradients_are_passed_on_as_well(tmp_path: Any, wrong: str) -> None:
    """Right answers of the other function are right for the solution, gradients too."""
    source = LOSS.replace("return x.log()", f"return {wrong}")

    found = follows(tmp_path, source, LOSS, CHECKS_OF_A_LOSS)

    assert found == {"test_logs": None, "test_loss": "logs"}


def test_what_follows_is_no_idea(tmp_path: Any) -> None:
    """A classic mistake that would do the same is not named beside what it follows."""
    source = LOSS.replace("x.log()", "-x.log()")
    folder = write_small_course(tmp_path, LOSS, CHECKS_OF_A_LOSS, MISTAKES_OF_A_LOSS)
    solution = Solution(load_course(folder).assignment("small"))
    caller = LocalCaller(module_of(source), {})
    checks = solution.checks["scaling"]
    named = solution.lookalikes(1).diagnose(run_checks(checks, caller, 1))
    assert [finding.result.idea is None for finding in named] == [True, False]

    hybrid = solution.hybrid("scaling", 1)
    found = following(named, source, caller, hybrid)

    assert [finding.result.follows for finding in found] == [None, "logs"]
    assert [finding.result.idea for finding in found] == [None, None]

"""A fault of one function that makes another fail is told once."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.checking.following import following, reached
from autograder.checking.local import LocalCaller
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.checking.strict import running_order
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
    pairs = list(zip(running_order(checks), run_checks(checks, caller, 1)))
    found = following(pairs, source, caller, solution.hybrid("scaling", 1))
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


def test_what_is_reached_through_helpers() -> None:
    """A helper's calls are its caller's."""
    source = (
        "def a(): pass\n"
        "def b(): return helper()\n"
        "def helper(): return a()\n"
        "class C:\n    def forward(self): return b()\n"
    )
    assert reached(source) == {
        "a": set(),
        "b": {"helper", "a"},
        "helper": {"a"},
        "C": {"b", "helper", "a"},
    }
    assert reached("def (:") == {}

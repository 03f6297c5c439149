"""What goes wrong in a transformer for few inputs only costs one check."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from tests.solutions.slipping import failing
from tests.solutions.slips_of_transformer import SLIPS

COURSE = load_course(Path(__file__).parents[2] / "solutions")
TRANSFORMER = COURSE.assignment("transformer")
CASES = [
    pytest.param(exercise, function, check, slip, id=f"{check}, {slip[1]}")
    for (exercise, function), checks in SLIPS.items()
    for check, slips in checks.items()
    for slip in slips
]


@pytest.fixture(scope="module")
def transformer() -> Solution:
    return Solution(TRANSFORMER)


def slipped(exercise: str, function: str, slip: tuple[str, str]) -> str:
    """The solution with one thing replaced, or with lines at the head of it."""
    source = TRANSFORMER.module(exercise).read_text(encoding="utf-8")
    old, new = slip
    if old:
        at = source.index(f"{function}(") if source.count(old) > 1 else 0
        assert old in source[at:]
        return source[:at] + source[at:].replace(old, new, 1)
    is_class = function[0].isupper()
    name = rf"class {function}\(.*?def forward" if is_class else f"def {function}"
    head = re.compile(rf"(^{name}\(.*?)^( +)# BEGIN SOLUTION\n", re.M | re.S)
    changed, count = head.subn(lambda f: f"{f[0]}{indent(new, f[2])}\n", source, 1)
    assert count == 1
    return changed


@pytest.mark.parametrize(("exercise", "function", "check", "slip"), CASES)
def test_a_slip_in_few_inputs_costs_one_check(
    transformer: Solution,
    tmp_path: Path,
    exercise: str,
    function: str,
    check: str,
    slip: tuple[str, str],
) -> None:
    """A mask of one call, a square matrix, a long text: one check tries each."""
    source = slipped(exercise, function, slip)

    found = failing(transformer, exercise, function, source, tmp_path)

    assert found == [f"{exercise}::{check}"]

"""What goes wrong once in basics costs one check, on every device."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.checking.device_choice import Devices
from autograder.checking.device_option import USUAL
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from tests.solutions.slipping import failing

BASICS = load_course(Path(__file__).parents[2] / "solutions").assignment("basics")
MOVED = 'y if bias is None else y + bias.to("cpu")'
SLIPS = [
    (
        "training",
        "LinearClassifier",
        "self.linear(x)",
        "self.linear(x.float())",
        "test_fit_descends_digits",
    ),
    (
        "training",
        "LinearClassifier",
        "self.linear(x)",
        "self.linear(x).float()",
        "test_fit_descends_digits",
    ),
    (
        "tensors",
        "linear",
        "y if bias is None else y + bias",
        MOVED,
        "test_linear_agrees_with_torch_device",
    ),
]


@pytest.mark.parametrize(("exercise", "function", "old", "new", "check"), SLIPS)
def test_a_slip_costs_one_check(
    tmp_path: Path, exercise: str, function: str, old: str, new: str, check: str
) -> None:
    source = BASICS.module(exercise).read_text(encoding="utf-8")
    assert source.count(old) == 1

    found = failing(
        Solution(BASICS),
        exercise,
        function,
        source.replace(old, new),
        tmp_path,
        Devices.asked(USUAL),
    )

    assert found == [f"{exercise}::{check}"]

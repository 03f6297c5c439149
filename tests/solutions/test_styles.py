"""Every correct style earns full marks, whatever the seed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from autograder.checking.device_choice import Devices
from autograder.checking.local import LocalCaller
from autograder.checking.modules import ModuleSet
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.verdict import Outcome

ROOT = Path(__file__).parents[2]
SEEDS = 20
DEVICES = Devices.asked("sim")


@pytest.mark.slow
@pytest.mark.parametrize("student", ["student_01", "student_02", "student_03"])
def test_full_marks_under_twenty_seeds(student: str, tmp_path: Path) -> None:
    """Loops, unfolding and einsum pass every check, hidden and devices' included."""
    folder = ROOT / "examples" / "cnn" / student
    if not folder.is_dir():
        with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
            archive.extractall(tmp_path)
        folder = next(tmp_path.rglob("convolution.py")).parent
    solution = Solution(load_course(ROOT / "solutions").assignment("cnn"))
    modules = ModuleSet(folder, list(solution.assignment.exercises))

    not_passed = [
        (seed, finding.result.id)
        for exercise in solution.assignment.exercises
        for seed in range(SEEDS)
        for finding in run_checks(
            solution.checks[exercise],
            LocalCaller(modules.load(exercise), {}, modules.visible),
            seed,
            devices=DEVICES,
        )
        if finding.result.outcome is not Outcome.PASSED
    ]

    assert not_passed == []

"""``autograder grade --device``: right work is right there, and a fault costs its own.

The children of the sandbox use the device here, several at a time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.gpu.fault_course import RIGHT, WRONG, write_fault_course
from tests.gpu.grading_runs import (
    ROOT,
    class_of,
    full_marks,
    grade,
    points_of,
    ran_on,
)


# On the simulated GPU tests/grading has it, and it takes the CPU's time.
@pytest.mark.parametrize(
    "place", [pytest.param("sim", marks=pytest.mark.slow), "cuda"], indirect=True
)
def test_right_work_gets_its_points(place: str, tmp_path: Path) -> None:
    """Examples with full marks keep them on the device, four at a time."""
    deserved = full_marks()
    assert {"student_01", "student_02", "student_03"} <= set(deserved)
    if place == "sim":
        deserved = {"student_02": deserved["student_02"]}
    students = class_of(deserved, tmp_path / "class")
    course = ROOT / "solutions"
    options = ("--jobs", "4", "--device")

    found = grade("cnn", course, students, tmp_path / "out", *options, place)

    for verdict in found.values():
        assert place in ran_on(verdict), verdict["settings_skipped"]
    assert points_of(found) == deserved
    if place != "sim":
        on_cpu = grade("cnn", course, students, tmp_path / "cpu", *options, "cpu")
        assert points_of(found) == points_of(on_cpu)


@pytest.fixture(scope="module")
def faults(
    place: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """The verdicts on both students of the fault course."""
    root = tmp_path_factory.mktemp(f"faults_on_{place}")
    course, students = write_fault_course(root)
    options = ("--jobs", "4", "--device", place)
    verdicts = grade("faults", course, students, root / "out", *options)
    for verdict in verdicts.values():
        assert place in ran_on(verdict), verdict["settings_skipped"]
    return verdicts


@pytest.fixture
def wrong(faults: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The checks of the faulty student, by name."""
    checks = faults[WRONG]["checks"]
    return {check["id"].removeprefix("tables::test_"): check for check in checks}


def test_the_right_student_passes(faults: dict[str, dict[str, Any]]) -> None:
    """Beside one whose code breaks the device, right code has all of its points."""
    assert faults[RIGHT]["points"] == faults[RIGHT]["max_points"] == 63


def test_an_assertion_costs_one_check(
    wrong: dict[str, dict[str, Any]], place: str
) -> None:
    """A position out of range fails there; the next check finds a device that works."""
    failed = wrong["last_row"]

    assert failed["outcome"] == "crashed"
    assert failed["setting"].startswith(place)
    assert wrong["first_row"]["outcome"] == "passed"
    assert wrong["lookup_at_the_end"]["outcome"] == "passed"


def test_want_of_memory_costs_one_check(
    wrong: dict[str, dict[str, Any]], place: str
) -> None:
    """A demand beyond the cap fails by the cap; the next check passes."""
    if place == "sim":
        pytest.skip("the simulated GPU has no memory of its own to be capped")
    failed = wrong["three_grow"]

    assert failed["outcome"] in ("out_of_memory", "crashed")
    assert "out of memory" in failed["raised"]["message"]
    assert "allowed" in failed["raised"]["message"]
    assert wrong["two_grow"]["outcome"] == "passed"


def test_a_forgotten_device_costs_one_check(
    wrong: dict[str, dict[str, Any]], place: str
) -> None:
    """Code that is right on the CPU loses the check where its device is missing."""
    failed = wrong["raised"]

    assert failed["outcome"] == "crashed"
    assert failed["setting"].startswith(place)
    assert "same device" in failed["raised"]["message"]
    assert failed["raised"]["frames"][-1]["function"] == "raised"

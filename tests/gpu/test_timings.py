"""What a real GPU costs, for the report; nothing is demanded of the figures."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from tests.gpu import course_probes
from tests.gpu.grading_runs import ROOT, class_of, grade
from tests.gpu.session_report import SessionReport
from tests.gpu.workbench import Workbench

ROUNDS = {"sim": 1, "cuda": 5}  # the simulated GPU is measured by `make bench`


def test_first_use_is_timed(
    bench: Workbench, place: str, report: SessionReport
) -> None:
    """How long a fresh process needs for its first number from the device."""
    taken = [
        bench.ask(course_probes.first_use, fresh=True) for _ in range(ROUNDS[place])
    ]
    report.add(place, "seconds", "first use of the device", median(taken))

    assert min(taken) > 0


def test_references_are_timed(
    bench: Workbench, place: str, report: SessionReport
) -> None:
    """All checks of an assignment on its solutions, on the CPU and on the device."""
    name = "tiny" if place == "sim" else "cnn"
    rounds = ROUNDS[place]
    seconds = bench.ask(course_probes.reference_seconds, name, rounds, fresh=True)
    for device, taken in seconds.items():
        report.add(place, "seconds", f"the solutions of {name}, {device}", taken)

    assert set(seconds) == {"cpu", place}
    assert min(seconds.values()) > 0


def test_a_submission_is_timed(
    place: str, report: SessionReport, tmp_path: Path
) -> None:
    """One right submission behind the sandbox, with the device and without."""
    if place == "sim":
        pytest.skip("`make bench` times the simulated GPU")
    students = class_of(["student_02"], tmp_path / "class")
    seconds: dict[str, list[float]] = {"cpu": [], place: []}
    for number in range(3):
        for device, taken in seconds.items():
            out = tmp_path / f"{device}_{number}"
            options = ("--jobs", "1", "--device", device)
            found = grade("cnn", ROOT / "solutions", students, out, *options)
            taken.append(found["student_02"]["seconds"])
    for device, taken in seconds.items():
        report.add(place, "seconds", f"one submission to cnn, {device}", median(taken))
        assert min(taken) > 0

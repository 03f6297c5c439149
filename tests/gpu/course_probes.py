"""Probes that run an assignment's checks on its own solutions, all on one device."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from autograder.checking.device_choice import ON_THE_CPU, Devices
from autograder.checking.loading import Check
from autograder.checking.running import run_check
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.verdict import Outcome
from tests.gpu.code_probes import on

ROOT = Path(__file__).parents[2]
COURSES = {"cnn": ROOT / "solutions", "tiny": ROOT / "tests" / "tiny_course"}
EXERCISES = [
    (name, exercise)
    for name, folder in COURSES.items()
    for exercise in load_course(folder).assignment(name).exercises
]
SEED = 7


@dataclass(frozen=True)
class Ran:
    """What came of the checks of one exercise."""

    checks: int
    settings: list[str]  # in which some of them ran
    not_passed: list[str]  # what each of these found


def references(place: str, name: str, exercise: str) -> Ran:
    """Every check of an exercise, on the device in the dtypes that it is for."""
    solution = Solution(load_course(COURSES[name]).assignment(name))
    devices = Devices.asked(place)
    checks = [moved(check, place) for check in solution.checks[exercise]]
    not_passed = []
    for check in checks:
        caller = solution.reference_caller(exercise)
        found = run_check(check, caller, SEED, devices).result
        if found.outcome is not Outcome.PASSED:
            why = found.detail or found.mismatch or found.raised
            not_passed.append(f"{check.id}: {found.outcome.value}, {why}")
    settings, _ = devices.report(checks)
    return Ran(len(checks), settings, not_passed)


def moved(check: Check, device: str) -> Check:
    """The check, for the dtypes of its settings, on one device and on no other."""
    dtypes = dict.fromkeys(name.partition(" ")[2] for name in check.settings)
    return replace(check, settings=tuple(f"{device} {dtype}" for dtype in dtypes))


def first_use(place: str) -> float:
    """Seconds from nothing to the first number that comes back from the device."""
    import torch

    started = time.perf_counter()
    with on(place).around():
        (on(place).put(torch.ones(2)) + 1).sum().item()
    return time.perf_counter() - started


def reference_seconds(place: str, name: str, rounds: int) -> dict[str, float]:
    """Median seconds of all checks on the solutions, by settings, side by side."""
    solution = Solution(load_course(COURSES[name]).assignment(name))
    wanted: dict[str, tuple[str, Devices]] = {
        "cpu": ("cpu", ON_THE_CPU),
        place: (place, Devices.asked(place)),
    }
    seconds: dict[str, list[float]] = {device: [] for device in wanted}
    for device, devices in wanted.values():
        _run_all(solution, device, devices)  # the first time is another one
    for _ in range(rounds):
        for device, devices in wanted.values():
            started = time.perf_counter()
            _run_all(solution, device, devices)
            seconds[device].append(time.perf_counter() - started)
    return {device: median(taken) for device, taken in seconds.items()}


def _run_all(solution: Solution, device: str, devices: Devices) -> None:
    assert device == "cpu" or device in devices.here
    for exercise in solution.assignment.exercises:
        caller = solution.reference_caller(exercise)
        for check in solution.checks[exercise]:
            run_check(moved(check, device), caller, SEED, devices)

"""Grades the solutions on the CPU and on the simulated GPU, and times its operators.

Run as a program of its own, so that the measuring process stays without torch:
``python -m benchmarks.on_devices ASSIGNMENT_FOLDER SEED ROUNDS`` prints one line of
JSON, see ``main``. Student code runs in sandboxed children as under ``grade``. Whatever
does not pass ends the program: the cost of a failing check says nothing.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.checking.device_choice import Devices
    from autograder.checking.loading import Check
    from autograder.checking.solution import Solution
    from autograder.grading.children import Child, Line

ALONE, MARKED, ALL = "cpu alone", "as marked", "every check"
TIMES = 2000  # each operator, in each round


def main(arguments: list[str]) -> None:
    """Print ``{"grading": {way: [[wall, cpu], ...]}, "operators": {name: [...]}}``.

    Seconds for one submission, and for one operator; a value for each round.
    """
    from autograder.executor.tuning import tune_for_small_tensors

    tune_for_small_tensors()
    from autograder.checking.device_choice import Devices
    from autograder.checking.solution import Solution
    from autograder.course.assignment import find_assignment
    from autograder.grading.zygote_client import Zygote
    from autograder.sandbox import ProcessLimits
    from autograder.simulated import available

    reason = available()
    if reason is not None:
        sys.exit(f"there is no simulated GPU to be measured: {reason}")
    solution = Solution(find_assignment(Path(arguments[0])))
    seed, rounds = int(arguments[1]), int(arguments[2])
    limits = solution.assignment.limits
    ways = {
        ALONE: (solution.checks, Devices.asked("cpu")),
        MARKED: (solution.checks, Devices.asked("sim")),
        ALL: (on_the_device_too(solution.checks), Devices.asked("sim")),
    }
    grading: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    seconds = int(limits.submission_seconds) + 1
    with Zygote.start(ProcessLimits(limits.memory_mebibytes, seconds)) as zygote:
        line = _Watched(zygote.line(0))
        for number in range(rounds + 1):  # the first one warms up
            # Each begins in its turn: whoever comes first may pay for it.
            turn = number % len(ways)
            for way in [*ways, *ways][turn : turn + len(ways)]:
                cost = _graded(solution, *ways[way], seed, line)
                if number > 0:
                    grading[way].append(cost)
    print(json.dumps({"grading": grading, "operators": _operators(rounds)}))


def on_the_device_too(checks: dict[str, list[Check]]) -> dict[str, list[Check]]:
    """The checks, each of which runs on the simulated GPU as well.

    One that is for a certain dtype stays as it is.
    """
    from dataclasses import replace

    from autograder.checking.case import CPU_SETTINGS, SIM_SETTINGS

    def moved(check: Check) -> Check:
        if check.takes_draw and check.settings != CPU_SETTINGS:
            return check
        return replace(check, settings=(*check.settings, *SIM_SETTINGS))

    return {exercise: [moved(c) for c in some] for exercise, some in checks.items()}


class _Watched:
    """A line that remembers its children."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.children: list[Child] = []

    def spawn(self, timeout: float = 30.0) -> Child:
        """A child of the zygote."""
        self.children.append(self._line.spawn(timeout))
        return self.children[-1]

    def spent(self) -> float:
        """CPU seconds of the children so far, which are forgotten."""
        ended = [child.wait(5) for child in self.children]
        self.children.clear()
        return sum(exit.cpu_seconds for exit in ended if exit is not None)


def _graded(
    solution: Solution,
    checks: dict[str, list[Check]],
    devices: Devices,
    seed: int,
    line: Any,
) -> tuple[float, float]:
    """Wall and CPU seconds of one submission: the grader's and its children's."""
    from autograder.checking.running import run_checks
    from autograder.grading.remote import CalledFile, RemoteCaller
    from autograder.grading.wire import Budget
    from autograder.verdict import Outcome

    assignment = solution.assignment
    exercises = assignment.exercises
    files = {e: assignment.module(e).read_text(encoding="utf-8") for e in exercises}
    budget = Budget.of(assignment.limits.submission_seconds)
    wall, cpu = time.perf_counter(), time.process_time()
    for exercise in exercises:

        def names(function: str, exercise: str = exercise) -> list[str]:
            return solution.parameter_names(exercise, function)

        forbidden = tuple(assignment.forbidden.get(exercise, ()))
        job = CalledFile(files, exercise, forbidden)
        caller = RemoteCaller(line, job, budget, assignment.limits.call_seconds, names)
        try:
            caller.start()
            for found in run_checks(checks[exercise], caller, seed, devices=devices):
                if found.result.outcome is not Outcome.PASSED:
                    sys.exit(f"{found.result}")
        finally:
            caller.close()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return wall, cpu + line.spent()


def _operators(rounds: int) -> dict[str, list[float]]:
    """CPU seconds of one operator each, a value for each round."""
    import torch

    from autograder.simulated import simulating, to_device

    started = time.process_time()
    with simulating():
        pass
    first = time.process_time() - started
    x, y = torch.rand(12), torch.rand(12)
    there, too = to_device(x), to_device(y)

    def enter() -> None:
        with simulating():
            pass

    host: dict[str, Callable[[], object]] = {
        "x + y of 12 values, CPU": lambda: x + y,
        "a view, CPU": lambda: x.view(3, 4),
        "torch.zeros, CPU": lambda: torch.zeros(12),
        "entering simulating()": enter,
    }
    device: dict[str, Callable[[], object]] = {
        "x + y of 12 values, on the device": lambda: there + too,
        "a view, on the device": lambda: there.view(3, 4),
        "torch.zeros, on the device": lambda: torch.zeros(12, device=there.device),
    }
    found: dict[str, list[float]] = {name: [] for name in (*host, *device)}
    _add(host | device, TIMES // 10, {name: [] for name in found})  # warms up
    for _ in range(rounds):
        _add(host, TIMES, found)
        with simulating():
            _add(device, TIMES, found)
    return found | {"the first simulating(), which registers": [first]}


def _add(
    operators: dict[str, Callable[[], object]],
    times: int,
    found: dict[str, list[float]],
) -> None:
    for name, run in operators.items():
        started = time.process_time()
        for _ in range(times):
            run()
        found[name].append((time.process_time() - started) / times)


if __name__ == "__main__":
    main(sys.argv[1:])

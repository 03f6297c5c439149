"""The floor: checks run warm in one process, without a sandbox, one after the other.

Run as a program of its own, so that the measuring process stays without torch:
``python -m benchmarks.floor ASSIGNMENT_FOLDER SEED SUBMISSION...`` prints one line of
JSON, see ``Floor``. Each submission's modules are imported anew, from source. Whatever
does not pass ends the program: the cost of a failing check says nothing.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measuring import Cost, one_thread, run_measured


@dataclass(frozen=True)
class Floor:
    """Seconds per submission, once everything is warm."""

    wall_seconds: float
    cpu_seconds: float
    exercises: dict[str, tuple[float, float]]  # the same of each exercise's checks


def measure_floor(
    assignment: Path, seed: int, submissions: Sequence[Path], sample_memory: bool
) -> tuple[Floor, Cost]:
    """The floor of these submissions, and what the whole process took."""
    command = [sys.executable, "-m", "benchmarks.floor", str(assignment), str(seed)]
    command += map(str, submissions)
    cost = run_measured(command, env=one_thread(), sample_memory=sample_memory)
    return Floor(**json.loads(cost.output.splitlines()[-1])), cost


def main(arguments: list[str]) -> None:
    """Measure and print; everything that needs torch is imported here."""
    from autograder.executor.tuning import tune_for_small_tensors

    tune_for_small_tensors()
    from autograder.checking.device_choice import Devices
    from autograder.checking.device_option import USUAL
    from autograder.checking.loading import load_checks
    from autograder.checking.local import LocalCaller
    from autograder.checking.modules import ModuleSet
    from autograder.checking.running import run_checks
    from autograder.course.assignment import find_assignment
    from autograder.verdict import Outcome

    sys.dont_write_bytecode = True  # the worker compiles each submission as well
    assignment = find_assignment(Path(arguments[0]))
    seed, devices = int(arguments[1]), Devices.asked(USUAL)  # those of ``grade``
    checks = {
        exercise: load_checks(assignment.checks(exercise), exercise)
        for exercise in assignment.exercises
    }
    spent: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def run_submission(folder: Path) -> None:
        modules = ModuleSet(folder, list(assignment.exercises))
        for exercise, chosen in checks.items():
            started = _clocks()
            module = modules.load(exercise)
            caller = LocalCaller(module, modules.sources, modules.visible)
            for finding in run_checks(chosen, caller, seed, devices=devices):
                if finding.result.outcome is not Outcome.PASSED:
                    sys.exit(f"{folder}: {finding.result}")
            spent[exercise].append(_since(started))

    submissions = [Path(folder) for folder in arguments[2:]]
    run_submission(submissions[0])  # the warm-up
    spent.clear()
    started = _clocks()
    for folder in submissions:
        run_submission(folder)
    wall, cpu = _since(started)
    count = len(submissions)
    floor = Floor(
        wall / count,
        cpu / count,
        {
            exercise: (sum(w for w, _ in some) / count, sum(c for _, c in some) / count)
            for exercise, some in spent.items()
        },
    )
    print(json.dumps(asdict(floor)))


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(before: tuple[float, float]) -> tuple[float, float]:
    wall, cpu = _clocks()
    return wall - before[0], cpu - before[1]


if __name__ == "__main__":
    main(sys.argv[1:])

"""The checks that a changed solution does not pass, for tests of slips."""

from __future__ import annotations

from pathlib import Path

from autograder.authoring.variants import caller_of
from autograder.checking.device_choice import ON_THE_CPU, Devices
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.verdict import Outcome

SEED = 7
_QUIET = {Outcome.PASSED, Outcome.WAITING}


def failing(
    solution: Solution,
    exercise: str,
    function: str,
    source: str,
    folder: Path,
    devices: Devices = ON_THE_CPU,
) -> list[str]:
    """Ids of a function's checks that fail where a source is an exercise's file.

    Args:
        solution: the assignment; its other files stand beside the source.
        exercise: whose file the source is.
        function: whose checks are run.
        source: the changed solution.
        folder: where the source may be written.
        devices: those of the run.
    """
    file = folder / f"{exercise}.py"
    file.write_text(source, encoding="utf-8")
    checks = [c for c in solution.checks[exercise] if c.function == function]
    with caller_of(solution, exercise, {exercise: file}) as caller:
        found = [f.result for f in run_checks(checks, caller, SEED, devices=devices)]
    return [result.id for result in found if result.outcome not in _QUIET]

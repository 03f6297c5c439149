"""The solutions of an assignment with other files in place of some of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from autograder.authoring.runs import in_numbers, name_of, not_passed
from autograder.checking.local import LocalCaller
from autograder.checking.modules import ModuleSet
from autograder.checking.solution import Solution
from autograder.errors import CourseError


@contextmanager
def caller_of(
    solution: Solution, exercise: str, files: Mapping[str, Path]
) -> Iterator[LocalCaller]:
    """Calls an exercise where these files stand in place of the solutions.

    Args:
        solution: the assignment.
        exercise: whose functions are called.
        files: what to put in place, by the exercise that it replaces.

    Raises:
        CourseError: it cannot be imported.
    """
    assignment = solution.assignment
    with tempfile.TemporaryDirectory() as folder:
        for name in assignment.exercises:
            file = files.get(name, assignment.module(name))
            shutil.copy(file, Path(folder) / f"{name}.py")
        modules = ModuleSet(Path(folder), list(assignment.exercises))
        try:
            module = modules.load(exercise)
        except Exception as error:
            blamed = files.get(exercise, assignment.module(exercise))
            beside = [f"{file}" for name, file in files.items() if name != exercise]
            with_them = f" with {', '.join(beside)} beside it" if beside else ""
            raise CourseError(
                f"{blamed}: cannot be imported{with_them}: {error!r}; fix it"
            ) from error
        yield LocalCaller(module, {}, modules.visible)


def missed_points(
    solution: Solution,
    exercise: str,
    caller: LocalCaller,
    seeds: list[int],
    functions: Collection[str] | None = None,
) -> Iterator[str]:
    """For each seed under which not every point is earned, what is missing.

    ``functions`` are those that are looked at; None for all.
    """
    checks = [
        check
        for check in solution.checks[exercise]
        if functions is None or check.function in functions
    ]
    for seed in seeds:
        missed = list(not_passed(solution, checks, caller, seed))
        if missed:
            most = sum(check.points for check in checks)
            earned = most - sum(result.max_points for result in missed)
            yield (
                f"must earn {most:g} points under seed {seed}, and earns {earned:g}; "
                f"it does not pass {', '.join(map(name_of, missed))}. The first: "
                f"{in_numbers(missed[0])}"
            )

"""``autograder numerics``: measure, with a progress bar, and print what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.long_runs import progress_bar
from autograder.cli.options import (
    COURSE,
    CourseOption,
    DeviceParameter,
    SomeAssignmentArgument,
)
from autograder.course.assignment import Assignment, load_course
from autograder.errors import CourseError
from autograder.tables import counted


@dataclass(frozen=True)
class NumericsOptions:
    """What is asked for on the command line."""

    assignment: SomeAssignmentArgument = None
    seeds: Annotated[int, typer.Option(min=1, help="Measure under this many.")] = 200
    styles: Annotated[
        list[Path],
        typer.Option(
            help="A correct submission, folder or zip; may be given several times. It "
            "runs here, without a sandbox: name your own work only."
        ),
    ] = field(default_factory=list)
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Processes at a time; default: one a core."),
    ] = None
    device: DeviceParameter = "cpu"
    course: CourseOption = COURSE


def numerics_command(options: NumericsOptions) -> int:
    """Measure one assignment or all; 0 when the tolerance fits, else 1."""
    found, name = load_course(options.course), options.assignment
    chosen = [found.assignment(name)] if name else list(found.assignments)
    if options.styles and len(chosen) > 1:
        raise CourseError(
            f"--styles {options.styles[0]}: the course has {len(chosen)} assignments, "
            "and a style is of one; name it before the options"
        )
    wrong = sum(_measure_one(one, options) for one in chosen)
    return 1 if wrong else 0


def _measure_one(assignment: Assignment, options: NumericsOptions) -> int:
    from autograder.authoring.numerics import measure
    from autograder.checking.device_choice import Devices
    from autograder.checking.solution import Solution
    from autograder.cli.numerics_page import page
    from autograder.executor import cuda
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.grading.run import cores

    tune_for_small_tensors()
    devices = Devices.asked(options.device)
    wanted = "cuda" in devices.here
    cuda.allow(assignment.limits.gpu_memory_mebibytes if wanted else None)
    solution = Solution(assignment)
    count = options.seeds
    seeds = [assignment.public_seed + 1000 * index for index in range(count)]
    jobs = options.jobs or cores()
    with _Bar(assignment.name) as bar:
        numerics = measure(solution, seeds, options.styles, devices, jobs, bar.update)
    title = f"{assignment.name}: {assignment.title}, {counted(count, 'seed')}"
    print(page(numerics, title))
    if "cuda" in devices.absent:
        print(f"CUDA not checked: {devices.absent['cuda']}.")
    return len(numerics.complaints())


class _Bar:
    """A progress bar on stderr, from the first result on.

    Not before: it has a thread of its own, and what is measured runs in forks.
    """

    def __init__(self, name: str) -> None:
        self._progress = progress_bar(f"measuring {name}")
        self._task = self._progress.add_task("", total=None)
        self._started = False

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *error: object) -> None:
        if self._started:
            self._progress.stop()

    def update(self, done: int, of: int) -> None:
        """Show how far it is."""
        if not self._started:
            self._started = True
            self._progress.start()
        self._progress.update(self._task, completed=done, total=of)

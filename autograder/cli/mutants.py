"""``autograder verify --mutants``: changed solutions tried, with a bar."""

from __future__ import annotations

import sys
import textwrap
import time
from pathlib import Path

from autograder.cli.long_runs import progress_bar
from autograder.course.assignment import Assignment
from autograder.errors import CourseError
from autograder.grading.run import cores
from autograder.tables import counted

KEPT = Path("results") / "mutants"


def mutants_command(
    assignments: list[Assignment],
    exercise: str | None,
    count: int | None,
    jobs: int | None,
) -> int:
    """Try the mutants of some assignments; 0 when each is caught or listed, else 1."""
    wrong = sum(_try_one(one, exercise, count, jobs or cores()) for one in assignments)
    if wrong:
        print(f"{counted(wrong, 'complaint')}.", file=sys.stderr)
    return 1 if wrong else 0


def _try_one(
    assignment: Assignment, exercise: str | None, count: int | None, jobs: int
) -> int:
    from autograder.authoring.mutant_report import judge_mutants
    from autograder.checking.solution import Solution
    from autograder.executor import cuda
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.grading.children import ZygoteError

    tune_for_small_tensors()
    cuda.allow(None)  # what is proved here must hold where no GPU is
    started = time.monotonic()
    solution = Solution(assignment)
    exercises = [exercise] if exercise else list(assignment.exercises)
    bar = progress_bar(f"mutants of {assignment.name}")
    task = bar.add_task("", total=None)

    def watch(done: int, of: int) -> None:
        bar.update(task, completed=done, total=of)

    try:
        with bar:
            report = judge_mutants(
                solution,
                exercises,
                count,
                KEPT / f"{assignment.name}.json",
                jobs,
                watch,
            )
    except ZygoteError as error:
        raise CourseError(f"mutants cannot be tried here: {error}") from None
    seconds = time.monotonic() - started
    print(f"{assignment.name}: {report.summary()} ({seconds:.0f} s)")
    for complaint in report.complaints:
        print(textwrap.indent(complaint, "  "))
    return len(report.complaints)

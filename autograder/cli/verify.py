"""``autograder verify``: a line a step, then what to fix."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.failing import shown
from autograder.cli.long_runs import PassingLine
from autograder.cli.options import (
    COURSE,
    GENERATED,
    CourseOption,
    SomeAssignmentArgument,
)
from autograder.course.assignment import Assignment, Course, load_course
from autograder.course.page import PAGE, PagePart, course_page, is_current
from autograder.errors import CourseError
from autograder.tables import counted, listed, nearest

_INDENT = " " * 9  # of what stands under a step


@dataclass(frozen=True)
class VerifyOptions:
    """What is asked for on the command line."""

    assignment: SomeAssignmentArgument = None
    exercise: Annotated[
        str | None,
        typer.Argument(
            help="One exercise of it, such as convolution; all if left out."
        ),
    ] = None
    seeds: Annotated[int, typer.Option(min=1, help="Try this many seeds.")] = 1
    inputs: Annotated[
        bool,
        typer.Option("--inputs", help="Say of each plan what is tried, and by what."),
    ] = False
    mutants: Annotated[
        bool,
        typer.Option(
            "--mutants",
            help="Instead: change the solutions line by line, and grade each change.",
        ),
    ] = False
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Of the mutants only so many, always the same."),
    ] = None
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Mutants at a time; default: one a core."),
    ] = None
    course: CourseOption = COURSE
    generated: Annotated[
        Path, typer.Option("--assignments", help="Where the generated folders are.")
    ] = GENERATED


def verify_command(options: VerifyOptions) -> int:
    """Verify one assignment or all; 0 when all is proved, else 1."""
    found = load_course(options.course)
    name, exercise = options.assignment, options.exercise
    chosen = [found.assignment(name)] if name else list(found.assignments)
    if exercise is not None and exercise not in chosen[0].exercises:
        known = chosen[0].exercises
        raise CourseError(
            f"{chosen[0].folder}: there is no exercise {exercise!r}"
            f"{nearest(exercise, known)} Exercises: {listed(known)}."
        )
    if options.mutants:
        from autograder.cli.mutants import mutants_command

        return mutants_command(chosen, exercise, options.sample, options.jobs)
    verified = [_verify_one(assignment, options) for assignment in chosen]
    wrong = sum(complaints for complaints, _ in verified)
    if name is None:
        parts = [part for _, part in verified]
        wrong += _verify_page(course_page(found, parts), found, options.generated)
    if wrong:
        print(f"{counted(wrong, 'complaint')}.", file=sys.stderr)
    return 1 if wrong else 0


def _verify_one(assignment: Assignment, options: VerifyOptions) -> tuple[int, PagePart]:
    """The number of complaints, and what the page of the course says of it."""
    from autograder.authoring.publishing import part_of_page
    from autograder.authoring.verify import verify
    from autograder.checking.solution import Solution
    from autograder.executor import cuda
    from autograder.executor.tuning import tune_for_small_tensors

    tune_for_small_tensors()
    cuda.allow(None)  # what is proved here must hold where no GPU is
    count = options.seeds
    seeds = [assignment.public_seed + 1000 * index for index in range(count)]
    print(f"{assignment.name}: {assignment.title}, {counted(count, 'seed')}")
    complaints = 0
    folder = options.generated / assignment.name
    exercises = [options.exercise] if options.exercise else []
    now = PassingLine()
    solution = Solution(assignment)
    started = time.monotonic()
    for step in verify(solution, seeds, folder, exercises, now.say):
        now.clear()
        seconds = time.monotonic() - started
        mark = "wrong" if step.complaints else "ok   "
        took = f" ({seconds:.0f} s)" if seconds >= 1 else ""
        print(f"  {mark}  {step.name}{took}", flush=True)
        for complaint in step.complaints:
            print(shown(f"{_INDENT}{complaint}", sys.stdout, len(_INDENT)))
        for note in step.notes if options.inputs else ():
            print(shown(f"{_INDENT}{note}", sys.stdout, len(_INDENT)))
        complaints += len(step.complaints)
        started = time.monotonic()
    return complaints, part_of_page(solution)


def _verify_page(page: str, course: Course, generated: Path) -> int:
    current = is_current(generated, page)
    print(f"{course.title}\n  {'ok   ' if current else 'wrong'}  the page is current")
    if not current:
        text = (
            f"{_INDENT}{generated / PAGE} differs from what would be written. Run "
            "`autograder assignments`."
        )
        print(shown(text, sys.stdout, len(_INDENT)))
    return 0 if current else 1

"""``autograder verify``: a line a step, then what to fix."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.failing import shown
from autograder.cli.long_runs import PassingLine
from autograder.cli.options import (
    COURSE,
    GENERATED,
    CourseOption,
    SomeAssignmentArgument,
)
from autograder.course.assignment import Course, load_course
from autograder.course.page import PAGE, course_page, is_current
from autograder.errors import CourseError
from autograder.tables import counted, listed, nearest

if TYPE_CHECKING:
    from autograder.checking.solution import Solution

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
        typer.Option(
            min=1, help="Exercises, or mutants, at a time; default: one a core."
        ),
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
    from autograder.authoring.publishing import part_of_page
    from autograder.checking.solution import Solution

    solutions = [Solution(assignment) for assignment in chosen]
    wrong = _verify_all(solutions, options)
    if name is None:
        page = course_page(found, [part_of_page(solution) for solution in solutions])
        wrong += _verify_page(page, found, options.generated)
    if wrong:
        print(f"{counted(wrong, 'complaint')}.", file=sys.stderr)
    return 1 if wrong else 0


def _verify_all(solutions: list[Solution], options: VerifyOptions) -> int:
    """The number of complaints."""
    from autograder.authoring.verify_run import verify_all
    from autograder.executor import cuda
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.grading.run import cores

    tune_for_small_tensors()
    cuda.allow(None)  # what is proved here must hold where no GPU is
    complaints = 0
    headed = ""
    exercises = [options.exercise] if options.exercise else []
    now = PassingLine()
    steps = verify_all(
        solutions,
        options.seeds,
        options.generated,
        exercises,
        options.jobs or cores(),
        now.say,
    )
    for assignment, step in steps:
        now.clear()
        if assignment.name != headed:
            headed = assignment.name
            seeds = counted(options.seeds, "seed")
            print(f"{assignment.name}: {assignment.title}, {seeds}")
        mark = "wrong" if step.complaints else "ok   "
        took = f" ({step.seconds:.0f} s)" if step.seconds >= 1 else ""
        print(f"  {mark}  {step.name}{took}", flush=True)
        for complaint in step.complaints:
            print(shown(f"{_INDENT}{complaint}", sys.stdout, len(_INDENT)))
        for note in step.notes if options.inputs else ():
            print(shown(f"{_INDENT}{note}", sys.stdout, len(_INDENT)))
        complaints += len(step.complaints)
    return complaints


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

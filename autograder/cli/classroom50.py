"""``autograder classroom50``: the public bundle, and what runs in a checkout."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli.elsewhere import (
    LEAK_REMEDY,
    NO_INDEX,
    TorchIndexOption,
    TorchOption,
    started_for,
    usual_torch,
    wheel_of,
)
from autograder.cli.options import (
    COURSE,
    AssignmentArgument,
    CourseOption,
    examples,
    with_fields_of,
)
from autograder.course.assignment import load_course
from autograder.errors import CourseError

BundleOption = Annotated[Path, typer.Option(help="The folder of autograder.py.")]


@dataclass(frozen=True, kw_only=True)
class Classroom50Options:
    """What is asked for on the command line."""

    assignment: AssignmentArgument
    out: Annotated[
        Path, typer.Option(help="The classroom's folder, or an empty one to copy.")
    ]
    slug: Annotated[
        str, typer.Option(help="Classroom 50's name of the assignment; default: ours.")
    ] = ""
    torch: TorchOption = ""
    torch_index: TorchIndexOption = ""
    course: CourseOption = COURSE


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command(epilog=examples("classroom50 cnn --out classroom --torch-index URL"))
    @with_fields_of(Classroom50Options)
    def classroom50(**options: Any) -> None:
        """Make the bundle that grades visible checks on Classroom 50, for all to read.

        It holds what students have, and no hidden check, solution or mistake.
        """
        classroom50_command(Classroom50Options(**options))

    @app.command("classroom50-run", hidden=True)
    def classroom50_run(bundle: BundleOption) -> None:
        """Grade the checkout that is the working directory, and write result.json."""
        run_command(bundle)


def classroom50_command(options: Classroom50Options) -> None:
    """Write the bundle, and say how points become whole numbers."""
    from autograder.authoring.sealing import public_files
    from autograder.checking.solution import Solution
    from autograder.cli.publish import refuse_leaks
    from autograder.course.leaks import secret_lines
    from autograder.course.student_folder import write_files
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.platforms.classroom50.bundle import bundle
    from autograder.platforms.classroom50.result import scale_of

    assignment = load_course(options.course).assignment(options.assignment)
    slug = options.slug or assignment.name
    if not re.fullmatch(r"\w[\w.-]*", slug):
        raise CourseError(
            f"--slug {slug!r}: is the name of a folder. Write it like {assignment.name}"
            ", with letters, digits, '.', '_' and '-'."
        )
    tune_for_small_tensors()
    solution = Solution(assignment)
    public = public_files(solution)
    torch = options.torch or usual_torch()
    with wheel_of(options.course) as wheel:
        files = bundle(public, wheel, torch, options.torch_index)
        trial = wheel.parent / "trial"
        write_files(trial, files)
        refuse_leaks(trial, secret_lines(assignment), LEAK_REMEDY)
    folder = options.out / "autograders" / slug
    write_files(folder, files)
    every = solution.every_check
    visible = [check.points for check in every if not check.hidden]
    scale = scale_of(visible)
    worth = f"{sum(visible):g} points of the visible checks"
    print(f"{folder}: publish it in your classroom. Everybody may read it.")
    print(
        f"1 point counts {scale} there, so that scores are whole: {worth} are "
        f"{round(scale * sum(visible))}. Grade hidden checks and the worksheet here."
    )
    if not options.torch_index:
        print(NO_INDEX)


def run_command(bundle: Path) -> None:
    """Grade the checkout that is the working directory."""
    from autograder.platforms.classroom50 import run

    sealed = run.sealed_in(bundle)
    started = started_for(sealed)
    verdict = run.run(sealed, Path(), os.environ, started)
    print(f"{verdict.points:g} of {verdict.max_points:g} points, see report.html")

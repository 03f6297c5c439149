"""``autograder otter``: a master notebook for otter-grader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli.elsewhere import (
    SeedOption,
    TorchIndexOption,
    TorchOption,
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
from autograder.grading.order import Isolation


@dataclass(frozen=True, kw_only=True)
class OtterCommandOptions:
    """What is asked for on the command line."""

    assignment: AssignmentArgument
    out: Annotated[Path, typer.Option(help="The folder for the master notebook.")]
    seed: SeedOption = None
    torch: TorchOption = ""
    torch_index: TorchIndexOption = ""
    isolation: Annotated[
        Isolation,
        typer.Option(help="strict grades in a whole sandbox or not at all."),
    ] = "strict"
    minutes: Annotated[
        float, typer.Option(min=1, help="That otter gives a submission.")
    ] = 10.0
    course: CourseOption = COURSE


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(epilog=examples("otter cnn --out otter/cnn --torch-index URL"))
    @with_fields_of(OtterCommandOptions)
    def otter(**options: Any) -> None:
        """Write a master notebook that `otter assign` takes.

        Its zip grades with otter's own commands, in autograder's sandbox.
        """
        otter_command(OtterCommandOptions(**options))


def otter_command(options: OtterCommandOptions) -> None:
    """Write the master notebook, and what lies beside it."""
    from autograder.cli.long_runs import PassingLine
    from autograder.cli.notebooks import (
        prepared_notebook,
        refuse_leaks_in,
        wheel_beside,
    )
    from autograder.course.assignment import load_course
    from autograder.course.release import zipped
    from autograder.course.student_folder import refuse_foreign, write_files
    from autograder.platforms.otter.master import OtterOptions, master_files

    assignment = load_course(options.course).assignment(options.assignment)
    refuse_foreign(options.out)
    line = PassingLine()
    # Before what takes a minute: a wheel may not be to be had.
    with wheel_of(options.course) as plain:
        scratch = plain.parent
        line.say_once(
            f"{assignment.name}: what its mistakes answer; this takes a minute"
        )
        prepared = prepared_notebook(assignment, options.seed)
        line.clear()
        wheel = wheel_beside([prepared], plain, scratch)
        refuse_leaks_in(prepared, plain, scratch / prepared.assignment.name)
        files = master_files(
            assignment.name,
            assignment.title,
            prepared.cells,
            prepared.beside,
            zipped(prepared.sealed),
            (wheel.name, wheel.read_bytes()),
            OtterOptions(
                options.torch or usual_torch(),
                options.torch_index,
                options.isolation,
                options.minutes,
            ),
        )
    write_files(options.out, files)
    notebook = f"{assignment.name}.ipynb"
    print(f"{options.out / notebook}: {prepared.worth}")
    print(f"Next, in {options.out}: otter assign {notebook} dist")
    if not options.torch_index:
        print("For Gradescope, name an index of CPU wheels with --torch-index.")
